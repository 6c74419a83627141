"""Knows three worked measures to start from: of a city, of a district, of a town; a place edits its own copy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.utils.translation import gettext_lazy as _

from tibandu.regulations.enums import (
    DayUnit,
    Gate,
    GroundKind,
    LimitCode,
    OptionKind,
    SeriesKind,
    SettingKey,
    StartEvent,
)
from tibandu.regulations.rules import amount_words, article_number

DAY, WORKING, MONTH = DayUnit.CALENDAR_DAY, DayUnit.WORKING_DAY, DayUnit.MONTH


@dataclass(frozen=True)
class LimitRow:
    amount: int
    unit: DayUnit
    start: StartEvent
    article: str


@dataclass(frozen=True)
class CategoryRow:
    code: str
    label: str
    definition: str
    counts_as_resolved: bool = False
    opens_ledger: bool = False
    needs_due_date: bool = False
    needs_reason: bool = False
    needs_upward_report: bool = False


@dataclass(frozen=True)
class GradeRow:
    code: str
    label: str
    counts_as_satisfied: bool = False
    is_dissatisfied: bool = False


@dataclass(frozen=True)
class DimensionRow:
    code: str
    label: str
    is_headline: bool = False
    is_delivery: bool = False


@dataclass(frozen=True)
class GroundRow:
    kind: GroundKind
    code: str
    label: str
    outcomes: str = ""


@dataclass(frozen=True)
class OptionRow:
    kind: OptionKind
    code: str
    label: str
    points: int | None = None


@dataclass(frozen=True)
class StageRow:
    code: str
    label: str
    gate: Gate
    needs_draft: bool = False


@dataclass(frozen=True)
class Profile:
    """A measure as data; `article` names are keys of `articles`, whose numbers follow from their order."""

    code: str
    label: str
    articles: Mapping[str, str]
    limits: Mapping[LimitCode, LimitRow]
    settings: Mapping[SettingKey, tuple[str, str]]
    categories: tuple[CategoryRow, ...]
    grades: tuple[GradeRow, ...]
    dimensions: tuple[DimensionRow, ...]
    grounds: tuple[GroundRow, ...]
    stages: tuple[StageRow, ...]
    patterns: Mapping[SeriesKind, str]
    copies: tuple[tuple[str, str], ...]
    options: tuple[OptionRow, ...]
    # Which article speaks of a whole kind of rows, for rows that do not name their own.
    spoken_by: Mapping[str, str] = field(
        default_factory=lambda: {
            "categories": "categories",
            "grades": "rating",
            "dimensions": "rating",
            "stages": "contact",
            "patterns": "numbering",
            "copies": "letter",
            GroundKind.SCREENING: "grounds",
            GroundKind.OBJECTION: "objection",
            GroundKind.EXTENSION: "extension",
            GroundKind.NOT_PUBLIC: "publication",
            GroundKind.WAIVER: "contact",
            OptionKind.KEY_CRITERION: "key",
            OptionKind.CAPACITY: "key",
            OptionKind.LEGAL_FIELD: "linkage",
            OptionKind.FUND_CRITERION: "fund",
        }
    )

    def number_of(self, article: str) -> str:
        return article_number(list(self.articles).index(article) + 1)


@dataclass(frozen=True)
class Place:
    """How the bodies of a level are called in the text of its measure."""

    area: str
    body: str
    organ: str
    decider: str
    dispatcher: str
    government: str


CITY = Place("本市", "代表工作委员会", "市人大常委会", "主任会议", "市人民政府办公室", "市人民政府")
DISTRICT = Place("本区", "代表工作委员会", "区人大常委会", "主任会议", "区人民政府办公室", "区人民政府")
TOWN = Place("本镇", "主席团", "镇人民代表大会", "主席团", "镇人民政府", "镇人民政府")


def limits(shorter: Mapping[LimitCode, tuple[int, DayUnit]]) -> dict[LimitCode, LimitRow]:
    """The limits most places have, with those that a place sets otherwise."""
    rows = {
        LimitCode.SCREENING_NOTICE: LimitRow(7, DAY, StartEvent.SUBMITTED, "screening"),
        LimitCode.ASSIGNMENT_IN_SESSION: LimitRow(1, MONTH, StartEvent.SESSION_CLOSED, "assignment"),
        LimitCode.ASSIGNMENT_BETWEEN: LimitRow(10, WORKING, StartEvent.SUBMITTED, "assignment"),
        LimitCode.REPLY: LimitRow(3, MONTH, StartEvent.ASSIGNED, "reply"),
        LimitCode.REPLY_LONG: LimitRow(6, MONTH, StartEvent.ASSIGNED, "reply"),
        LimitCode.OPINION: LimitRow(1, MONTH, StartEvent.ASSIGNED, "opinion"),
        LimitCode.OBJECTION: LimitRow(10, DAY, StartEvent.RECEIVED, "objection"),
        LimitCode.REASSIGNMENT: LimitRow(10, WORKING, StartEvent.ASKED, "ruling"),
        LimitCode.ARBITRATION: LimitRow(5, WORKING, StartEvent.ASKED, "ruling"),
        LimitCode.SIGN_FOR: LimitRow(3, WORKING, StartEvent.ASSIGNED, "sign_for"),
        LimitCode.FIRST_CONTACT: LimitRow(20, WORKING, StartEvent.ASSIGNED, "contact"),
        LimitCode.CONTACT_CONFIRMATION: LimitRow(5, WORKING, StartEvent.ASKED, "confirmation"),
        LimitCode.AFTER_CONTACT: LimitRow(10, DAY, StartEvent.SENT, "contact"),
        LimitCode.RATING: LimitRow(10, DAY, StartEvent.SENT, "rating"),
        LimitCode.RATING_REMINDER: LimitRow(7, DAY, StartEvent.SENT, "rating"),
        LimitCode.REHANDLING: LimitRow(1, MONTH, StartEvent.ASSIGNED, "second"),
        LimitCode.PUBLICATION: LimitRow(20, WORKING, StartEvent.SENT, "publication"),
        LimitCode.NEAR: LimitRow(7, DAY, StartEvent.ASSIGNED, "reminders"),
        LimitCode.FINDING: LimitRow(10, WORKING, StartEvent.ASKED, "promises"),
        LimitCode.STATEMENT: LimitRow(30, DAY, StartEvent.ASKED, "promises"),
        LimitCode.RECEIPT: LimitRow(20, WORKING, StartEvent.RECEIVED, "promises"),
        LimitCode.PAPER_COPY: LimitRow(10, DAY, StartEvent.ISSUED, "linkage"),
        LimitCode.AGENCY_REPLY: LimitRow(2, MONTH, StartEvent.RECEIVED, "linkage"),
        LimitCode.AGENCY_URGENT: LimitRow(15, DAY, StartEvent.RECEIVED, "linkage"),
        LimitCode.PLAN: LimitRow(20, WORKING, StartEvent.ASSIGNED, "key"),
        LimitCode.ACCEPTANCE: LimitRow(20, WORKING, StartEvent.ASKED, "fund"),
        LimitCode.PERFORMANCE: LimitRow(2, MONTH, StartEvent.ACCEPTED, "fund"),
    }
    for code, (amount, unit) in shorter.items():
        rows[code] = LimitRow(amount, unit, rows[code].start, rows[code].article)
    return rows


def settings(own: Mapping[SettingKey, str]) -> dict[SettingKey, tuple[str, str]]:
    """The choices most places make with their articles, and those that a place makes otherwise."""
    rows = {
        SettingKey.SIGNER_RANK: ("principal", "signing"),
        SettingKey.REHANDLING_RANK: ("principal", "second"),
        SettingKey.DISPATCH_CHECKS_REPLY: ("yes", "signing"),
        SettingKey.ADDRESSEES: ("each", "letter"),
        SettingKey.RATED_BY: ("each", "rating"),
        SettingKey.SECOND_TRIGGER: ("any", "second"),
        SettingKey.SECOND_MODE: ("decided", "second"),
        SettingKey.CATEGORY_RULE: ("lowest", "categories"),
        SettingKey.PUBLICATION: ("full", "publication"),
        SettingKey.RATE_WITHOUT_LETTER: ("yes", "no_letter"),
        SettingKey.WITHDRAWAL_CONSENT: ("all", "withdrawal"),
        SettingKey.OBJECTION_LATE: ("refused", "objection"),
    }
    return rows | {key: (value, rows[key][1]) for key, value in own.items()}


NATIONAL_CATEGORIES = (
    CategoryRow("A", "已经解决或者基本解决", "所提问题已经解决或者基本解决的", counts_as_resolved=True),
    CategoryRow(
        "B",
        "正在解决或者列入规划逐步解决",
        "所提问题正在解决，或者已列入规划、计划逐步解决的",
        opens_ledger=True,
        needs_due_date=True,
    ),
    CategoryRow("C", "因条件限制待以后解决", "因目前条件限制或者其他原因，需待以后解决的", needs_reason=True),
    CategoryRow("D", "留作参考", "所提意见留作工作参考的", needs_reason=True),
)
# A district that also keeps in its ledger what waits for better conditions.
FOLLOWED_CATEGORIES = (
    *NATIONAL_CATEGORIES[:2],
    CategoryRow(
        "C",
        "因条件限制待以后解决",
        "因目前条件限制或者其他原因，需待以后解决的",
        opens_ledger=True,
        needs_reason=True,
    ),
    NATIONAL_CATEGORIES[3],
)
TOWN_CATEGORIES = (
    CategoryRow("A", "已经解决或者采纳", "所提问题已经解决或者意见已被采纳的", counts_as_resolved=True),
    CategoryRow(
        "B",
        "列入计划解决",
        "所提问题部分解决，或者已列入计划解决的",
        opens_ledger=True,
        needs_due_date=True,
    ),
    CategoryRow("C", "留作参考或者暂难解决", "留作参考，或者因条件所限难以解决的", needs_reason=True),
)


def stem_categories() -> tuple[CategoryRow, ...]:
    """The scheme 甲乙丙 that some places use in the place of letters."""
    return (
        CategoryRow("甲", "甲类 已经解决", "所提问题已经解决或者基本解决的", counts_as_resolved=True),
        CategoryRow(
            "乙",
            "乙类 列入计划",
            "所提问题正在解决，或者列入计划逐步解决的",
            opens_ledger=True,
            needs_due_date=True,
        ),
        CategoryRow("丙", "丙类 暂难解决", "因条件限制暂时难以解决或者留作参考的", needs_reason=True),
    )


# The schemes that a draft may take in the place of its own.
CATEGORY_SCHEMES: dict[str, tuple[Any, tuple[CategoryRow, ...]]] = {
    "national": (_("A、B、C、D 四类（通行）"), NATIONAL_CATEGORIES),
    "followed": (_("A、B、C、D 四类（C 类也列入承诺台账）"), FOLLOWED_CATEGORIES),
    "three": (_("A、B、C 三类"), TOWN_CATEGORIES),
    "stems": (_("甲、乙、丙三类"), stem_categories()),
}
GRADES = (
    GradeRow("satisfied", "满意", counts_as_satisfied=True),
    GradeRow("basically", "基本满意", counts_as_satisfied=True),
    GradeRow("dissatisfied", "不满意", is_dissatisfied=True),
)
DIMENSIONS = (
    DimensionRow("attitude", "办理态度"),
    DimensionRow("contact", "联系沟通"),
    DimensionRow("result", "办理结果", is_headline=True),
    DimensionRow("delivery", "承诺兑现", is_delivery=True),
)
THREE_STAGES = (
    StageRow("before", "办前联系", Gate.SENDING),
    StageRow("during", "办中联系", Gate.SENDING, needs_draft=True),
    StageRow("after", "办后联系", Gate.CLOSING),
)
GROUNDS = (
    GroundRow(
        GroundKind.SCREENING,
        "personal",
        "涉及代表本人或者亲属的个人问题",
        "refuse treat_as_letter suggest_withdrawal",
    ),
    GroundRow(
        GroundKind.SCREENING,
        "own_unit",
        "属于本单位的个别问题",
        "return_for_edit refuse treat_as_letter suggest_withdrawal",
    ),
    GroundRow(
        GroundKind.SCREENING,
        "forwarded",
        "代转群众来信或者他人信件",
        "return_for_edit refuse treat_as_letter",
    ),
    GroundRow(
        GroundKind.SCREENING, "complaint", "属于申诉、控告、检举", "refuse treat_as_letter suggest_withdrawal"
    ),
    GroundRow(
        GroundKind.SCREENING, "case", "涉及具体司法、监察案件", "refuse treat_as_letter suggest_withdrawal"
    ),
    GroundRow(
        GroundKind.SCREENING, "tender", "涉及正在进行的招标投标的具体意见", "refuse suggest_withdrawal"
    ),
    GroundRow(
        GroundKind.SCREENING,
        "academic_product",
        "学术探讨、产品推介",
        "refuse pass_for_reference suggest_withdrawal",
    ),
    GroundRow(
        GroundKind.SCREENING, "empty", "没有具体内容或者明确意见", "return_for_edit refuse suggest_withdrawal"
    ),
    GroundRow(GroundKind.SCREENING, "several_matters", "一件建议写了几件互不相关的事", "return_for_edit"),
    GroundRow(
        GroundKind.SCREENING,
        "remit",
        "不属于本级国家机关职权",
        "refuse pass_for_reference suggest_withdrawal send_on",
    ),
    GroundRow(
        GroundKind.SCREENING, "interest", "与本人利益关联，可能干涉公平竞争", "refuse suggest_withdrawal"
    ),
    GroundRow(
        GroundKind.SCREENING,
        "other",
        "其他不宜作为代表建议的情形",
        "return_for_edit refuse treat_as_letter pass_for_reference suggest_withdrawal send_on",
    ),
    GroundRow(GroundKind.OBJECTION, "not_ours", "不属于本单位职责"),
    GroundRow(GroundKind.OBJECTION, "moved", "有关职能已经划转"),
    GroundRow(GroundKind.OBJECTION, "other_lead", "宜由其他单位主办，本单位会办"),
    GroundRow(GroundKind.OBJECTION, "more_units", "涉及多个单位，须增加承办单位"),
    GroundRow(GroundKind.OBJECTION, "other", "其他理由"),
    GroundRow(GroundKind.EXTENSION, "wide", "涉及面广，须多方协调"),
    GroundRow(GroundKind.EXTENSION, "hard", "处理难度大，须专题论证"),
    GroundRow(GroundKind.EXTENSION, "superior", "须报请上级机关批准"),
    GroundRow(GroundKind.EXTENSION, "season", "受工期、季节或者资金安排所限"),
    GroundRow(GroundKind.EXTENSION, "other", "其他理由"),
    GroundRow(GroundKind.NOT_PUBLIC, "state_secret", "涉及国家秘密"),
    GroundRow(GroundKind.NOT_PUBLIC, "business_secret", "涉及商业秘密"),
    GroundRow(GroundKind.NOT_PUBLIC, "privacy", "涉及个人隐私"),
    GroundRow(GroundKind.NOT_PUBLIC, "safety", "公开可能危及公共安全、社会稳定"),
    GroundRow(GroundKind.NOT_PUBLIC, "author", "代表不同意公开或者要求保密"),
    GroundRow(GroundKind.NOT_PUBLIC, "internal", "属于内部管理或者尚在研究的事项"),
    GroundRow(GroundKind.WAIVER, "declined", "代表表示不需要联系"),
    GroundRow(GroundKind.WAIVER, "absent", "代表因病、出国等长期无法联系"),
    GroundRow(GroundKind.WAIVER, "in_session", "会议期间已经当面沟通"),
    GroundRow(GroundKind.WAIVER, "urgent", "事项紧急，答复后补行联系"),
    GroundRow(GroundKind.WAIVER, "other", "其他理由"),
)
PATTERNS = {
    SeriesKind.SESSION: "{term}-{session}-{seq:03d}",
    SeriesKind.BETWEEN: "闭{year}-{seq:03d}",
    SeriesKind.LETTER: "{code}函〔{year}〕{seq}号",
    SeriesKind.OPINION: "{code}会办〔{year}〕{seq}号",
}
# Classes of matters of a city or district, each with its second level.
SUBJECT_CLASSES = {
    "财政经济": ("财税金融", "工业商贸", "国有资产", "营商环境"),
    "农业农村": ("农业生产", "乡村建设", "水利", "林业"),
    "城建环资": ("城市建设", "交通", "生态环境", "住房", "自然资源"),
    "教科文卫": ("教育", "科技", "文化旅游", "卫生健康", "体育"),
    "监察司法": ("公安", "审判", "检察", "法治宣传"),
    "社会建设": ("社会保障", "民政养老", "基层治理", "应急安全"),
}
# What supervision chooses from: marks and posts of a key topic, fields of public interest by law, marks of a fund.
OPTIONS = tuple(
    OptionRow(kind, code, label, points)
    for kind, rows in {
        OptionKind.KEY_CRITERION: (
            ("whole", "事关全局", 30),
            ("concern", "群众反映集中", 30),
            ("hard", "涉及面广、处理难度大", 20),
            ("agenda", "列入年度工作安排", 20),
        ),
        OptionKind.CAPACITY: (
            ("leader", "领衔督办", None),
            ("sponsor", "挂帅领办", None),
            ("committee", "对口督办", None),
            ("department", "具体承办", None),
        ),
        OptionKind.LEGAL_FIELD: (
            ("environment", "生态环境和资源保护", None),
            ("food_drug", "食品药品安全", None),
            ("state_property", "国有财产保护", None),
            ("state_land", "国有土地使用权出让", None),
            ("heroes", "英雄烈士权益保护", None),
            ("minors", "未成年人保护", None),
            ("soldiers", "军人地位和权益保障", None),
            ("work_safety", "安全生产", None),
            ("personal_data", "个人信息保护", None),
            ("monopoly", "反垄断", None),
            ("telecom_fraud", "反电信网络诈骗", None),
            ("farm_produce", "农产品质量安全", None),
            ("women", "妇女权益保障", None),
            ("barrier_free", "无障碍环境建设", None),
            ("relics", "文物保护", None),
        ),
        OptionKind.FUND_CRITERION: (
            ("benefit", "群众受益面", 30),
            ("urgency", "紧迫程度", 25),
            ("ready", "实施条件", 25),
            ("budget", "资金测算", 20),
        ),
    }.items()
    for code, label, points in rows
)

ARTICLES = {
    "aim": "为了做好人大代表建议、批评和意见（以下称代表建议）的处理工作，保障代表依法行使职权，"
    "根据代表法和有关法律法规，结合{area}实际，制定本办法。",
    "scope": "本办法适用于{area}人大代表在大会会议期间和闭会期间所提代表建议的提出、审查、交办、办理、答复、"
    "评价和督办。大会主席团决定作为代表建议处理的议案，适用本办法。",
    "principles": "办理代表建议是有关机关、组织的法定职责，应当分级负责、沟通在前、讲求实效、件件有答复。",
    "authors": "代表建议可以由代表一人提出，也可以联名提出，或者由代表团提出。联名提出的，领衔代表应当让"
    "每名代表看到全文，由其本人确认。一人提出和联名提出具有同等效力。",
    "writing": "代表建议应当一事一议，有情况、有分析、有具体意见，所提事项逐条写明。代表可以注明是否同意公开、"
    "是否需要书面答复、希望由哪个单位办理。",
    "screening": "{body}收到代表建议后应当及时审查，自代表提交之日起{screening_notice}内将审查结果告知代表。"
    "不予受理、退回修改、转作来信或者转送参考的，应当说明理由。",
    "grounds": "涉及个人问题、本单位个别问题、代转信件、申诉控告、具体案件、具体招标投标、学术探讨和产品推介、"
    "没有具体内容、不属于本级职权等情形的，不作为代表建议处理。",
    "withdrawal": "代表要求撤回所提建议的，应当书面说明。联名提出的，须经{withdrawal_consent}同意。"
    "撤回后办理工作即行终止，已交办的应当通知承办单位。",
    "merging": "内容相同的代表建议可以在审查时合并为一件，内容相近的可以合并办理、分别答复，并告知代表。",
    "numbering": "受理的代表建议统一登记编号。会议期间的按届次、会次编号，闭会期间的按年度编号，编号不得重复、"
    "不得空缺。",
    "assignment": "会议期间的代表建议自会议闭幕之日起{assignment_in_session}内集中交办，闭会期间的自提交之日起"
    "{assignment_between}内交办。{body}确定承办系统，属于{government}工作的由{dispatcher}分办。",
    "units": "代表建议由一个单位单独办理，或者由主办单位会同会办单位办理，或者由几个单位分别办理。"
    "分别办理的应当写明各自负责的事项。",
    "sign_for": "承办单位应当自交办之日起{sign_for}内清点签收，确定分管负责人、承办科室和承办人。",
    "objection": "承办单位认为不属于本单位职责的，应当自收到之日起{objection}内书面说明理由并提出应由哪个单位"
    "承办，不得自行转送。{objection_late}",
    "ruling": "交办机构应当自承办单位提出之日起{reassignment}内决定是否改办，不同意的应当继续办理。"
    "再次提出的，报请裁定，裁定应当在{arbitration}内作出。",
    "contact": "{contact_text}承办单位应当自交办之日起{first_contact}内首次联系代表；答复发出后{after_contact}内"
    "听取代表对办理工作的意见。代表同意免予联系的，应当注明理由。",
    "confirmation": "联系代表应当如实记录时间、方式、参加人员和代表意见，交代表确认。代表自收到记录之日起"
    "{contact_confirmation}内未确认的，注明未经确认，不计入联系率。",
    "plan": "承办单位应当就代表所提事项逐项列明措施、责任人和完成时间，实行项目化、清单化管理。",
    "opinion": "会办单位应当自交办之日起{opinion}内向主办单位书面提出会办意见，主办单位在答复中予以吸收并说明。",
    "reply": "承办单位应当自交办之日起{reply}内答复代表。涉及面广、处理难度大的，应当自交办之日起{reply_long}内"
    "答复。",
    "extension": "按期答复确有困难的，承办单位应当在期限届满前说明理由，经交办机构同意后延期，并告知代表。",
    "letter": "答复应当逐条回应代表所提事项，使用公文格式，{addressees}，并抄送{body}和有关单位。"
    "不得以内设机构名义答复。",
    "signing": "答复须由承办单位{signer_rank}审核签发。{dispatch_checks_reply}签发后不得改动，需要更正的另行出具。",
    "no_letter": "代表注明不需要书面答复的，承办单位应当说明办理结果。会议期间能够当面答复的，可以当面答复并"
    "由代表签名确认。{rate_without_letter}",
    "categories": "答复按解决程度分为{categories}。由几个单位分别答复的，{category_rule}。",
    "promises": "答复中承诺解决的事项应当列入承诺台账，写明事项、措施、责任单位和完成时限，逐件落实，"
    "解决后再次答复代表，当年未完成的转入下一年度继续办理。承办单位提出已经落实的，自提出之日起{finding}内核实。"
    "承办单位每年应当自要求之日起{statement}内报告当年和上一年度承诺的落实情况，代表自收到之日起{receipt}内回执。",
    "rating": "代表自答复发出之日起{rating}内，对办理态度、联系沟通、办理结果分别作出满意、基本满意、不满意的"
    "评价，不满意的应当说明理由；满{rating_reminder}未评价的予以提醒。联名建议由{rated_by}评价。逾期未评价的不计入统计。",
    "second": "{second_trigger}的，{second_mode}二次交办。承办单位应当由{rehandling_rank}负责，自再次交办之日起"
    "{rehandling}内重新答复。",
    "closing": "答复已经评价、联系已经确认、承诺事项已经落实的，由{body}办结。办结后发现未落实的，可以重新办理。",
    "key": "{decider}可以从代表建议中确定重点督办建议和跟踪督办建议，由有关负责人领衔督办，对口机构跟踪检查。"
    "重点督办建议从事关全局、群众关注、涉及面广、列入年度工作安排的建议中评分推荐。交办督办事项或者审议意见的，"
    "承办单位自交办之日起{plan}内报送办理方案，并报告办理结果，由交办机构评价。",
    "publication": "代表建议和答复{publication_text}。涉及国家秘密、商业秘密、个人隐私或者代表要求保密的不予公开。"
    "公开应当在答复发出后{publication}内完成。",
    "reminders": "期限届满前{near}应当提醒承办单位；逾期未答复的，{body}予以催办并通报。",
    "report": "{body}应当每年汇总办理情况，形成报告，印发下一次人民代表大会会议，并向社会公布。",
    "fund": "{government}可以安排专项资金用于办理代表建议。拟安排的项目应当评分论证，专款专用，"
    "{body}会同财政部门跟踪资金使用和项目实施。项目单位申请验收的，自提出之日起{acceptance}内验收；"
    "验收通过的，{performance}内完成绩效评价。",
    "linkage": "代表建议涉及国家利益或者社会公共利益受到损害的，可以在交办的同时转送检察机关。检察机关作出的文书"
    "自作出之日起{paper_copy}内抄送{body}。行政机关自收到检察建议之日起{agency_reply}内回复，情况紧急的{agency_urgent}内回复。",
    "independence": "任何单位和个人不得干预代表评价，不得对代表提出建议打击报复。承办单位不得代填、修改评价。",
    "force": "本办法由{organ}负责解释，自公布的施行日期起施行。施行前已交办的代表建议，适用交办时的规定。",
}

# How a choice reads within the sentence of its article.
CHOICE_WORDS = {
    SettingKey.SIGNER_RANK: {"principal": "主要负责人", "deputy_head": "分管负责人"},
    SettingKey.REHANDLING_RANK: {"principal": "主要负责人", "deputy_head": "分管负责人"},
    SettingKey.DISPATCH_CHECKS_REPLY: {"yes": "政府系统的答复发出前，由分办机构核稿。", "no": ""},
    SettingKey.ADDRESSEES: {"each": "逐一送交提出建议的每名代表", "lead": "送交领衔代表并由其转告联名代表"},
    SettingKey.RATED_BY: {"each": "每名代表各自", "lead": "领衔代表征求意见后"},
    SettingKey.SECOND_TRIGGER: {
        "any": "有代表对办理结果不满意",
        "lead": "领衔代表对办理结果不满意",
        "majority": "过半数提出代表对办理结果不满意",
    },
    SettingKey.SECOND_MODE: {"automatic": "应当启动", "decided": "经研究可以决定"},
    SettingKey.CATEGORY_RULE: {"lowest": "以解决程度最低的为准", "lead": "以主办单位的为准"},
    SettingKey.RATE_WITHOUT_LETTER: {"yes": "办理结果仍请代表评价。", "no": "前款情形不再征求评价。"},
    SettingKey.WITHDRAWAL_CONSENT: {"all": "全体联名代表", "lead": "领衔代表"},
    SettingKey.OBJECTION_LATE: {
        "refused": "逾期提出的不再受理。",
        "flagged": "逾期提出的注明逾期，仍可受理。",
    },
    SettingKey.PUBLICATION: {
        "full": "应当全文向社会公开，代表仅同意公开标题的从其意见",
        "title": "向社会公开标题和办理结果",
        "none": "的公开以年度办理情况报告为主，单件一般不公开",
    },
}


def articles(
    place: Place,
    limit_rows: Mapping[LimitCode, LimitRow],
    setting_rows: Mapping[SettingKey, tuple[str, str]],
    categories: tuple[CategoryRow, ...],
    contact_text: str,
) -> dict[str, str]:
    """The text of every article, in which each number and choice is written from the row that it governs."""
    words = {code.value: amount_words(row.amount, row.unit) for code, row in limit_rows.items()}
    choices = {key.value: CHOICE_WORDS[key][setting_rows[key][0]] for key in CHOICE_WORDS}
    listed = "、".join(
        f"{row.code}类（{row.label}）" if row.code.isascii() else row.label for row in categories
    )
    facts = {**vars(place), **choices, **words, "contact_text": contact_text, "categories": listed}
    facts["publication_text"] = choices[SettingKey.PUBLICATION.value]
    return {key: text.format(**facts) for key, text in ARTICLES.items()}


THREE_CONTACTS = (
    "承办单位应当在办前、办中、办后三个阶段联系代表：办前了解意图，办中商量方案、出示答复初稿，办后听取意见。"
    "办前、办中联系未经确认的不得发出答复，办后联系未经确认的不得办结。"
)
ONE_CONTACT = "承办单位应当在办理前当面或者通过电话听取代表意见，未经确认的不得发出答复。"


@cache
def profile(code: str) -> Profile:
    """A worked measure by its code; raises KeyError for one that is not here."""
    return {"hunan-city": _city, "hunan-district": _district, "town": _town}[code]()


def _city() -> Profile:
    copies = (("市人大常委会代表工作委员会", ""), ("市人民政府办公室", "government"))
    return _made("hunan-city", "市级办法", CITY, NATIONAL_CATEGORIES, limits({}), settings({}), copies)


def _district() -> Profile:
    own = settings({SettingKey.SECOND_MODE: "automatic"})
    copies = (("区人大常委会代表工作委员会", ""), ("区人民政府办公室", "government"))
    return _made("hunan-district", "区级办法", DISTRICT, FOLLOWED_CATEGORIES, limits({}), own, copies)


def _town() -> Profile:
    shorter = limits(
        {
            LimitCode.OBJECTION: (5, WORKING),
            LimitCode.OPINION: (15, DAY),
            LimitCode.REASSIGNMENT: (5, WORKING),
            LimitCode.FIRST_CONTACT: (10, WORKING),
        }
    )
    own = settings(
        {
            SettingKey.DISPATCH_CHECKS_REPLY: "no",
            SettingKey.RATED_BY: "lead",
            SettingKey.SECOND_TRIGGER: "lead",
            SettingKey.CATEGORY_RULE: "lead",
            SettingKey.PUBLICATION: "none",
            SettingKey.RATE_WITHOUT_LETTER: "no",
            SettingKey.OBJECTION_LATE: "flagged",
        }
    )
    copies = (("镇人民代表大会主席团", ""),)
    return _made("town", "乡镇办法", TOWN, TOWN_CATEGORIES, shorter, own, copies)


def _made(
    code: str,
    label: str,
    place: Place,
    categories: tuple[CategoryRow, ...],
    limit_rows: dict[LimitCode, LimitRow],
    setting_rows: dict[SettingKey, tuple[str, str]],
    copies: tuple[tuple[str, str], ...],
) -> Profile:
    is_town = place is TOWN
    return Profile(
        code=code,
        label=label,
        articles=articles(
            place, limit_rows, setting_rows, categories, ONE_CONTACT if is_town else THREE_CONTACTS
        ),
        limits=limit_rows,
        settings=setting_rows,
        categories=categories,
        grades=GRADES,
        dimensions=DIMENSIONS,
        grounds=GROUNDS,
        stages=THREE_STAGES[:1] if is_town else THREE_STAGES,
        patterns=PATTERNS,
        copies=copies,
        options=OPTIONS,
    )


PROFILES = ("hunan-city", "hunan-district", "town")
