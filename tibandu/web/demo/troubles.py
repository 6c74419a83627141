"""Knows one of every trouble that the procedure has an answer for, each told as a case of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tibandu.web.demo import disputes, exceptions, outcomes
from tibandu.web.demo.cast import World
from tibandu.web.demo.topics import Matter, matter

Story = Callable[[World, Any], None]


@dataclass(frozen=True)
class Trouble:
    """A row of the table: what it is called, what happened in it, by which words its page is known, who looks at it."""

    key: str
    label: str
    says: str
    shows: str
    topic: str
    where: str
    tell: Story
    eyes: tuple[str, ...] = ("author", "unit", "office")
    is_twin: bool = False  # its case is the second of a pair, under its other title

    @property
    def matter(self) -> Matter | None:
        """What is asked for; nothing is known of it where the case is classified."""
        return matter(self.topic, 0, self.where) if self.where else None

    @property
    def title(self) -> str:
        if self.matter is None:
            return "涉密件"
        return self.matter.also if self.is_twin else self.matter.title


IN_SESSION = ("in_session", "delegation", "motion")  # received by this year's session

# fmt: off
TROUBLES = (
    #       key                 label                     what happened in it
    Trouble("in_session",       "会议期间当面答复",       "代表在会上提出，承办单位闭幕前当面答复，不再发函。", "会议期间当面答复", "street_light", "会展南路", exceptions.in_session),
    Trouble("delegation",       "代表团提出",             "团长代表全团署名；联系、评价都到团长。", "枫岭代表团", "dike", "枫岭大堤", exceptions.delegation),
    Trouble("motion",           "议案转建议",             "大会主席团决定议案作为建议处理，由办公机构录入。", "议案转建议", "myopia", "青少年宫学校", exceptions.motion),
    Trouble("waiting",          "等待联名确认",           "领衔代表已发出邀请，一人确认，两人还没有答复，不能提交。", "待确认", "parking", "花园街道", exceptions.waiting, ("author", "cosigner")),
    Trouble("merged",           "审查时合并",             "两件内容相同，审查时合并为一件，后一件的作者列为联名。", "并入他件", "pothole", "南溪线", exceptions.merged, ("author", "office"), is_twin=True),
    Trouble("unmerged",         "合并后又取消",           "合并三天后代表说明内容不同，取消合并，各自编号办理。", "取消合并", "river_clean", "南溪河", exceptions.unmerged),
    Trouble("withdrawn_early",  "交办前撤回",             "立案以后、交办以前，领衔代表自己撤回。", "已撤回", "sports_open", "南溪中学", exceptions.withdrawn_early, ("author", "office")),
    Trouble("withdrawn_late",   "交办后撤回",             "全体联名代表同意，准予撤回，承办单位停办。", "已撤回", "garbage", "南溪乡", exceptions.withdrawn_late),
    Trouble("masked",           "隐去提出人",             "提出人受保护，联系、答复和评价都经代表工委转。", "提出人保密", "fraud", "花园里社区", exceptions.masked, ("unit", "author", "office")),
    Trouble("classified",       "涉密件只留一行",         "只登记编号、日期和承办单位，其余线下办理。", "涉密件", "classified", "", exceptions.classified, ("office",)),
    Trouble("from_district",    "下级人大转来",           "汀溪区审查认为属于市级职权，转市人大立案，原编号和来源都在。", "汀溪区", "railway_noise", "铁北小区", exceptions.from_district),
    Trouble("many",            "二十四人联名",           "联名人数不设上限，每个人确认的是同一份文本。", "联名", "nursery", "花园街道", exceptions.many),
    Trouble("second_bounce",    "两次申退，指定机构裁定", "两个单位都说不归自己，第二次申退报主任会议裁定，继续办理。", "指定机构裁定", "homestead", "南溪镇", disputes.second_bounce, ("author", "unit", "arbiter")),
    Trouble("at_arbiter",       "申退待裁定",             "第二次申退已报主任会议，还没有裁定，期限正在走。", "待指定机构裁定", "drain_flood", "花园东路", disputes.at_arbiter, ("unit", "arbiter", "office")),
    Trouble("contested",        "代表对承办单位有异议",   "代表认为办错了单位，交办机构裁定改办。", "改由", "skill", "花园产业园", disputes.contested),
    Trouble("extension",        "延期答复",               "期限届满前申请，同意后期限改到新的一天，当天告知代表。", "延期", "care_bed", "南溪片区", disputes.extension),
    Trouble("extension_asked",  "延期申请待批",           "承办单位刚刚申请延期，交办机构还没有答复。", "待审批", "tea_brand", "南溪镇", disputes.extension_asked),
    Trouble("joint_file",       "并案办理",               "两件相近的建议放进一个卷里办，编号和答复各是各的。", "并案", "cold_store", "南溪镇", disputes.joint_file),
    Trouble("separate",         "分别办理",               "三项要求分给两个单位，各答各的、各评各的。", "分办", "school_bus", "南溪镇", disputes.separate),
    Trouble("no_dispatcher",    "没有分办机构",           "法院没有督查室，交办时直接到办理单位。", "市中级法院", "court_filing", "南溪镇", disputes.no_dispatcher),
    Trouble("reform",           "办到一半单位改名",       "文旅局并入新的文旅体局，期限不断，承接单位接着办。", "承接", "heritage", "南溪村", disputes.reform),
    Trouble("heads_unit",       "代表本人是承办单位局长", "提出人回避，不任责任人、不签发，由另一名负责人签发。", "答复", "farm_road", "南溪镇", disputes.heads_unit),
    Trouble("unsigned",         "交办后没有签收",         "超过签收期限，单位还没有签收，系统已经提醒。", "待签收", "job_park", "花园街道", disputes.unsigned, ("unit", "office", "dispatch")),
    Trouble("overdue",          "逾期没有答复",           "三个月已过，答复还没有发出。", "逾期", "zone_rent", "南溪产业园", disputes.overdue, ("author", "unit", "office", "dispatch")),
    Trouble("near",             "期限临近",               "还有几天到期，答复在核稿。", "待核稿", "clinic", "南溪镇", disputes.near, ("unit", "dispatch", "office")),
    Trouble("silent",           "代表一直没有确认联系",   "单位记录了两次联系，代表没有回应，期满后答复注明未经代表确认。", "未经代表确认", "reservoir", "南溪镇", outcomes.silent),
    Trouble("disputed",         "代表说联系不属实",       "代表对联系记录提出异议，单位重新上门，第二次得到确认。", "有异议", "lift", "花园小区", outcomes.disputed),
    Trouble("late",             "迟到的答复",             "过了期限才答复，台账上记着晚了几天。", "答复", "market_move", "花园街道", outcomes.late),
    Trouble("interim",          "阶段性答复",             "先告知进展，期限照走，正式答复还没有发。", "阶段性答复", "bridge_name", "南溪水", outcomes.interim),
    Trouble("corrected",        "答复有误，出具更正件",   "第一份答复年份写错，更正件送达以后第一份被代替。", "更正", "tap_water", "南溪镇", outcomes.corrected),
    Trouble("no_letter",        "代表不要书面答复",       "供研究参考，承办单位只作办理结果说明。", "办理结果说明", "statistics_open", "花园片区", outcomes.no_letter),
    Trouble("ex_deputy",        "离任代表接着评价",       "代表资格终止以后，自己的旧件还能看、能评价。", "答复", "disabled_ramp", "南溪医院", outcomes.ex_deputy),
    Trouble("second_round",     "不满意后二次交办",       "代表不满意，主要负责人领办，第二次答复后满意。", "二次交办", "crossing", "花园小学", outcomes.second_round),
    Trouble("still_no",         "两次都不满意",           "第二次答复后仍不满意，召开协调会，商定事项记录在案。", "协调会", "freight_ban", "花园路", outcomes.still_no),
    Trouble("promise_kept",     "承诺兑现后再次答复",     "列入台账的承诺完成并认定，单位再次答复，代表评价兑现情况。", "已兑现", "green_park", "花园街道", outcomes.promise_kept),
    Trouble("promise_lapsed",   "承诺没有兑现",           "时限过了没有完成，办公机构认定未兑现，等待决定是否二次交办。", "未兑现", "irrigation", "南溪线", outcomes.promise_lapsed),
    Trouble("paper",            "纸质评价等第二个人复核", "年过七十的代表寄来纸质评价表，一人已录入，等另一人核对。", "纸件", "elderly_meal", "花园街道", outcomes.paper, ("author", "clerk", "office")),
)
# fmt: on
