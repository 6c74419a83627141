"""Knows the closed word lists of a suggestion's life."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    """The one state of a suggestion, moved by two flows: intake up to REGISTERED, case from there."""

    DRAFT = "draft", _("草稿")
    COSIGNING = "cosigning", _("征求联名")
    SUBMITTED = "submitted", _("待审查")
    RETURNED = "returned", _("退回修改")
    WITHDRAWAL_SUGGESTED = "withdrawal_suggested", _("建议撤回")
    NOT_ACCEPTED = "not_accepted", _("不予受理")
    LETTER = "letter", _("作来信处理")
    REFERENCE = "reference", _("转有关方面参考")
    SENT_ON = "sent_on", _("转其他层级办理")
    MERGED = "merged", _("并入他件")
    WITHDRAWN = "withdrawn", _("已撤回")
    REGISTERED = "registered", _("已立案")
    ASSIGNED = "assigned", _("办理中")
    FOLLOW_UP = "follow_up", _("跟踪落实")
    CLOSED = "closed", _("办结")


WRITABLE = (State.DRAFT, State.COSIGNING, State.RETURNED, State.WITHDRAWAL_SUGGESTED)
UNSEEN = (State.DRAFT, State.COSIGNING)  # only the authors know of it
ON_FILE = (State.REGISTERED, State.ASSIGNED, State.FOLLOW_UP, State.CLOSED)  # it has a number
OPEN = (State.REGISTERED, State.ASSIGNED, State.FOLLOW_UP)


class Nature(TextChoices):
    """What the paper is; motions turned suggestions and imported proposals keep their nature."""

    SUGGESTION = "suggestion", _("代表建议")
    MOTION = "motion", _("议案转建议")
    PROPOSAL = "proposal", _("政协提案")


class Origin(TextChoices):
    RESEARCH = "research", _("专题调研")
    VISIT = "visit", _("视察走访")
    MEETING = "meeting", _("座谈")
    RESIDENT = "resident", _("群众反映")
    OTHER = "other", _("其他")


class Publicity(TextChoices):
    FULL = "full", _("同意全文公开")
    TITLE = "title", _("仅同意公开标题")
    NONE = "none", _("不同意公开")


class Repeated(TextChoices):
    NO = "no", _("首次提出")
    TWO_YEARS = "two", _("两年未解决")
    THREE_YEARS = "three", _("三年未解决")
    LONGER = "longer", _("三年以上未解决")


class Consent(TextChoices):
    """Whether a proposer stands behind the exact text."""

    INVITED = "invited", _("待确认")
    CONFIRMED = "confirmed", _("已确认")
    DECLINED = "declined", _("未同意")
    LEFT = "left", _("已退出")


class HandoverState(TextChoices):
    SENT = "sent", _("待分办")
    DISTRIBUTED = "distributed", _("已分办")


class MeetingState(TextChoices):
    PLANNED = "planned", _("筹备")
    HELD = "held", _("已召开")


class Role(TextChoices):
    LEAD = "lead", _("主办")
    CO = "co", _("会办")
    SEPARATE = "separate", _("分办")


class ShareState(TextChoices):
    SENT = "sent", _("待签收")
    SIGNED_FOR = "signed_for", _("已签收")
    HANDLING = "handling", _("办理中")
    ANSWERED = "answered", _("已答复")
    REASSIGNED = "reassigned", _("已改办")
    STOPPED = "stopped", _("已停办")


OPEN_SHARES = (ShareState.SENT, ShareState.SIGNED_FOR, ShareState.HANDLING)
LIVE_SHARES = (*OPEN_SHARES, ShareState.ANSWERED)


class Trigger(TextChoices):
    """Why a round of handling began."""

    FIRST = "first", _("首次交办")
    DISSATISFIED = "dissatisfied", _("代表不满意")
    LAPSED = "lapsed", _("承诺未兑现")
    REVIEW = "review", _("回头看")


class ObjectionState(TextChoices):
    OPEN = "open", _("待裁定")
    ESCALATED = "escalated", _("待指定机构裁定")
    UPHELD = "upheld", _("同意")
    REJECTED = "rejected", _("不同意")


class ExtensionState(TextChoices):
    ASKED = "asked", _("待审批")
    GRANTED = "granted", _("同意延期")
    REFUSED = "refused", _("不同意延期")


class Mode(TextChoices):
    VISIT = "visit", _("走访")
    MEETING = "meeting", _("座谈")
    ON_SITE = "on_site", _("现场察看")
    CALL = "call", _("电话")
    LETTER = "letter", _("书面")


class ContactState(TextChoices):
    RECORDED = "recorded", _("待代表确认")
    CONFIRMED = "confirmed", _("代表已确认")
    DISPUTED = "disputed", _("代表有异议")
    UNCONFIRMED = "unconfirmed", _("未经代表确认")
    WAIVED = "waived", _("免予联系")


class PlanState(TextChoices):
    OPEN = "open", _("进行中")
    DONE = "done", _("已完成")


class OpinionState(TextChoices):
    GIVEN = "given", _("待主办会签")
    COUNTERSIGNED = "countersigned", _("已会签")
    SENT_BACK = "sent_back", _("退回补充")


class ReplyKind(TextChoices):
    LETTER = "letter", _("书面答复")
    IN_SESSION = "in_session", _("会议期间当面答复")
    NOT_REQUESTED = "not_requested", _("办理结果说明")
    INTERIM = "interim", _("阶段性答复")


class Cause(TextChoices):
    FIRST = "first", _("首次答复")
    CORRECTION = "correction", _("更正")
    PROMISE_DONE = "promise_done", _("承诺兑现后再次答复")
    REHANDLED = "rehandled", _("二次交办后答复")


class ReplyState(TextChoices):
    DRAFT = "draft", _("起草")
    CHECKING = "checking", _("待核稿")
    SIGNING = "signing", _("待签发")
    SIGNED = "signed", _("已签发")
    SENT = "sent", _("已发出")
    REPLACED = "replaced", _("已被更正")


class PublicationState(TextChoices):
    UNDECIDED = "undecided", _("未定")
    FULL = "full", _("全文公开")
    SUMMARY = "summary", _("摘要公开")
    NONE = "none", _("不公开")


class RatingState(TextChoices):
    OPEN = "open", _("待评价")
    RATED = "rated", _("已评价")
    UNRATED = "unrated", _("未评价")


class PromiseKind(TextChoices):
    WITHIN_YEAR = "within_year", _("年内解决")
    STEP_BY_STEP = "step_by_step", _("逐步解决")


class PromiseState(TextChoices):
    DRAFT = "draft", _("随答复起草")
    OPEN = "open", _("兑现中")
    CLAIMED = "claimed", _("申报完成")
    KEPT = "kept", _("已兑现")
    LAPSED = "lapsed", _("未兑现")
    RELEASED = "released", _("随撤回解除")


OPEN_PROMISES = (PromiseState.OPEN, PromiseState.CLAIMED)
MADE_PROMISES = (
    *OPEN_PROMISES,
    PromiseState.KEPT,
    PromiseState.LAPSED,
)  # what promises kept ÷ made divides by


class RequestState(TextChoices):
    OPEN = "open", _("待处理")
    GRANTED = "granted", _("同意")
    REFUSED = "refused", _("不同意")


class SeenBy(TextChoices):
    """Who may read a journal line, beside the case itself."""

    ALL = "all", _("所有看得见本件的人")
    CONGRESS = "congress", _("人大一方")
    AUTHORS = "authors", _("提出人与人大一方")
    HANDLERS = "handlers", _("承办一方与人大一方")


class PaperState(TextChoices):
    ENTERED = "entered", _("待复核")
    CONFIRMED = "confirmed", _("已复核")
    REFUSED = "refused", _("复核不通过")


# The kinds of codes on printed forms, and the step that each form is typed in for. Codes know no I, L or O.
PAPER_CODES = {
    "SF": ("assignment", "sign_for"),
    "TH": ("assignment", "object"),
    "CT": ("contact", "confirm_contact"),
    "RT": ("rating", "rate"),
    "WD": ("suggestion", "request_withdrawal"),
}
