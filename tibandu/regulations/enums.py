"""Knows the closed word lists of the rule library and of the measure."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class DocumentKind(TextChoices):
    MEASURE = "measure", _("代表建议处理办法")
    LAW = "law", _("法律法规")
    RULE = "rule", _("机关制度")
    OPINION = "opinion", _("实施意见")
    DRAFT = "draft", _("拟制文件")


class VersionState(TextChoices):
    DRAFT = "draft", _("起草中")
    IN_FORCE = "in_force", _("现行有效")
    REVISED = "revised", _("已被修订")
    REPEALED = "repealed", _("已废止")


class DayUnit(TextChoices):
    CALENDAR_DAY = "calendar_day", _("日")
    WORKING_DAY = "working_day", _("个工作日")
    MONTH = "month", _("个月")


class StartEvent(TextChoices):
    ASSIGNED = "assigned", _("自交办之日")
    RECEIVED = "received", _("自收到之日")
    SUBMITTED = "submitted", _("自提交之日")
    ASKED = "asked", _("自提出之日")
    SENT = "sent", _("自答复发出之日")
    SESSION_CLOSED = "session_closed", _("自会议闭幕之日")
    ISSUED = "issued", _("自作出之日")
    ACCEPTED = "accepted", _("自验收通过之日")


class LimitCode(TextChoices):
    """Every limit the procedure asks for; its length, unit and start are rows of the measure."""

    SCREENING_NOTICE = "screening_notice", _("审查告知")
    ASSIGNMENT_IN_SESSION = "assignment_in_session", _("会议建议交办")
    ASSIGNMENT_BETWEEN = "assignment_between", _("闭会建议交办")
    REPLY = "reply", _("答复期限")
    REPLY_LONG = "reply_long", _("复杂建议答复期限")
    OPINION = "opinion", _("会办意见期限")
    OBJECTION = "objection", _("申退期限")
    REASSIGNMENT = "reassignment", _("重新交办期限")
    ARBITRATION = "arbitration", _("裁定期限")
    SIGN_FOR = "sign_for", _("签收期限")
    FIRST_CONTACT = "first_contact", _("办前联系期限")
    CONTACT_CONFIRMATION = "contact_confirmation", _("代表确认联系期限")
    AFTER_CONTACT = "after_contact", _("办后联系期限")
    RATING = "rating", _("代表评价期限")
    RATING_REMINDER = "rating_reminder", _("评价提醒")
    REHANDLING = "rehandling", _("二次交办答复期限")
    PUBLICATION = "publication", _("公开期限")
    NEAR = "near", _("临期提醒")
    FINDING = "finding", _("核实期限")
    STATEMENT = "statement", _("承诺落实情况报告期限")
    RECEIPT = "receipt", _("代表回执期限")
    PAPER_COPY = "paper_copy", _("检察文书抄送期限")
    AGENCY_REPLY = "agency_reply", _("检察建议回复期限")
    AGENCY_URGENT = "agency_urgent", _("紧急检察建议回复期限")
    PLAN = "plan", _("督办办理方案期限")
    ACCEPTANCE = "acceptance", _("资金项目验收期限")
    PERFORMANCE = "performance", _("资金项目绩效评价期限")


# Deputies Law article 51: what no measure may exceed without a stated legal basis; counted from assignment.
STATUTORY_MONTHS = {LimitCode.REPLY: 3, LimitCode.REPLY_LONG: 6}


class Gate(TextChoices):
    """What a contact stage holds back until it is confirmed."""

    NONE = "none", _("不作前置")
    SENDING = "sending", _("发出答复前")
    CLOSING = "closing", _("办结前")


class GroundKind(TextChoices):
    SCREENING = "screening", _("审查理由")
    OBJECTION = "objection", _("申退理由")
    EXTENSION = "extension", _("延期理由")
    NOT_PUBLIC = "not_public", _("不公开理由")
    WAIVER = "waiver", _("免予联系理由")


class OptionKind(TextChoices):
    """What supervision chooses from: marks of a key topic, posts in it, fields of public interest, marks of a fund."""

    KEY_CRITERION = "key_criterion", _("重点督办评分项")
    CAPACITY = "capacity", _("督办责任")
    LEGAL_FIELD = "legal_field", _("公益诉讼领域")
    FUND_CRITERION = "fund_criterion", _("专项资金评分项")


class ScreeningOutcome(TextChoices):
    """What a screener may do on a ground; the verbs are steps of a suggestion's intake."""

    RETURN_FOR_EDIT = "return_for_edit", _("退回修改")
    REFUSE = "refuse", _("不予受理")
    TREAT_AS_LETTER = "treat_as_letter", _("作来信处理")
    PASS_FOR_REFERENCE = "pass_for_reference", _("转送参考")
    SUGGEST_WITHDRAWAL = "suggest_withdrawal", _("建议撤回")
    SEND_ON = "send_on", _("转其他层级办理")


class SettingKey(TextChoices):
    """The single choices of a measure; each has a closed list of values in `SETTING_VALUES`."""

    SIGNER_RANK = "signer_rank", _("答复签发层级")
    REHANDLING_RANK = "rehandling_rank", _("二次交办领办层级")
    DISPATCH_CHECKS_REPLY = "dispatch_checks_reply", _("答复发出前由分办机构核稿")
    ADDRESSEES = "addressees", _("联名建议答复对象")
    RATED_BY = "rated_by", _("联名建议由谁评价")
    SECOND_TRIGGER = "second_trigger", _("二次交办触发")
    SECOND_MODE = "second_mode", _("二次交办方式")
    CATEGORY_RULE = "category_rule", _("多家答复的类别取法")
    PUBLICATION = "publication", _("默认公开方式")
    RATE_WITHOUT_LETTER = "rate_without_letter", _("不需书面答复的也评价")
    WITHDRAWAL_CONSENT = "withdrawal_consent", _("联名建议撤回须谁同意")
    OBJECTION_LATE = "objection_late", _("逾期申退")


class SeriesKind(TextChoices):
    SESSION = "session", _("会议建议")
    BETWEEN = "between", _("闭会建议")
    LETTER = "letter", _("答复文号")
    OPINION = "opinion", _("会办意见文号")


# Closed value lists: the shape of the procedure is code, the choice among its shapes is data.
SETTING_VALUES: dict[str, dict[str, object]] = {
    SettingKey.SIGNER_RANK: {"principal": _("主要负责人"), "deputy_head": _("分管负责人")},
    SettingKey.REHANDLING_RANK: {"principal": _("主要负责人"), "deputy_head": _("分管负责人")},
    SettingKey.DISPATCH_CHECKS_REPLY: {"yes": _("是"), "no": _("否")},
    SettingKey.ADDRESSEES: {"each": _("逐一答复每位代表"), "lead": _("答复领衔代表")},
    SettingKey.RATED_BY: {"each": _("每位代表"), "lead": _("领衔代表汇总")},
    SettingKey.SECOND_TRIGGER: {
        "any": _("任一代表不满意"),
        "lead": _("领衔代表不满意"),
        "majority": _("过半数代表不满意"),
    },
    SettingKey.SECOND_MODE: {"automatic": _("自动启动"), "decided": _("经研究决定")},
    SettingKey.CATEGORY_RULE: {"lowest": _("取解决程度最低的"), "lead": _("取主办单位的")},
    SettingKey.PUBLICATION: {"full": _("全文公开"), "title": _("仅公开标题"), "none": _("不公开")},
    SettingKey.RATE_WITHOUT_LETTER: {"yes": _("是"), "no": _("否")},
    SettingKey.WITHDRAWAL_CONSENT: {"all": _("全体联名代表"), "lead": _("领衔代表")},
    SettingKey.OBJECTION_LATE: {"refused": _("不再受理"), "flagged": _("受理并注明逾期")},
}
