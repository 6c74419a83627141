"""Knows the closed word lists of supervision: of promises, programmes, funds, referrals and draws."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


# Funds: earmarked money, the projects it pays for, and what else pays for them.
class FundState(TextChoices):
    OPEN = "open", _("使用中")
    CLOSED = "closed", _("已结束")


class FundEntryKind(TextChoices):
    """Why a fund's balance moved: money came in, went to a project, or came back from one."""

    ALLOT = "allot", _("安排")
    APPROPRIATE = "appropriate", _("拨付")
    RETURN = "return", _("退回")


class ProjectState(TextChoices):
    CANDIDATE = "candidate", _("候选")
    ARGUED = "argued", _("已论证")
    APPROVED = "approved", _("已批准")
    APPROPRIATED = "appropriated", _("已拨付")
    UNDER_WAY = "under_way", _("实施中")
    COMPLETED = "completed", _("待验收")
    ACCEPTED = "accepted", _("已验收")
    REVIEWED = "reviewed", _("已评价")
    NOT_CHOSEN = "not_chosen", _("未安排")
    CANCELLED = "cancelled", _("已取消")


PROJECTS_OVER = (ProjectState.REVIEWED, ProjectState.NOT_CHOSEN, ProjectState.CANCELLED)
PROJECTS_CHOSEN = (
    ProjectState.APPROVED,
    ProjectState.APPROPRIATED,
    ProjectState.UNDER_WAY,
    ProjectState.COMPLETED,
    ProjectState.ACCEPTED,
    ProjectState.REVIEWED,
)
PROJECTS_FUNDED = PROJECTS_CHOSEN[1:]  # money may have come


class PaymentState(TextChoices):
    ASKED = "asked", _("待支付")
    PAID = "paid", _("已支付")
    REFUSED = "refused", _("不予支付")


class InvestmentSource(TextChoices):
    """Whose money it is that does not come out of the fund."""

    DEPARTMENT = "department", _("部门预算")
    HIGHER = "higher", _("上级资金")
    OTHER_FUND = "other_fund", _("其他专项资金")
    SOCIAL = "social", _("社会资金")


class InvestmentState(TextChoices):
    STANDING = "standing", _("有效")
    STRUCK = "struck", _("已冲销")


class ReviewSide(TextChoices):
    FINANCE = "finance", _("财政部门")
    OFFICE = "office", _("代表工作机构")


# Referrals to and from the procuratorate, and packets.
class Direction(TextChoices):
    """Which way a matter goes between suggestion and procuratorate."""

    OUT = "out", _("建议转线索")
    IN = "in", _("文书转建议")


class ReferralState(TextChoices):
    """The life of a referral; what comes after PASSED is the procuratorate's alone."""

    SCREENED = "screened", _("已筛选，待移送")
    DROPPED = "dropped", _("不移送")
    PASSED = "passed", _("已移送，待登记")
    LOGGED = "logged", _("检察院已登记")
    ASSESSED = "assessed", _("已评估")
    NOT_FILED = "not_filed", _("不予立案")
    FILED = "filed", _("已立案")
    RECOMMENDED = "recommended", _("已发检察建议")
    AGENCY_REPLIED = "agency_replied", _("行政机关已回复")
    RECTIFIED = "rectified", _("已整改")
    NOT_RECTIFIED = "not_rectified", _("未整改到位")
    SUIT = "suit", _("已提起公益诉讼")
    JUDGED = "judged", _("已裁判")
    RECEIVED = "received", _("收到检察文书，待评估")
    EVALUATED = "evaluated", _("已评估，待请代表")
    ASKED = "asked", _("待代表答复")
    DRAFTING = "drafting", _("代表起草中")
    SET_ASIDE = "set_aside", _("不转为建议")
    CLOSED = "closed", _("已终结")


NOT_PASSED = (ReferralState.SCREENED, ReferralState.DROPPED)
WITH_PROCURATORATE = (
    ReferralState.PASSED,
    ReferralState.LOGGED,
    ReferralState.ASSESSED,
    ReferralState.FILED,
    ReferralState.RECOMMENDED,
    ReferralState.AGENCY_REPLIED,
    ReferralState.RECTIFIED,
    ReferralState.NOT_RECTIFIED,
    ReferralState.SUIT,
    ReferralState.JUDGED,
)
ENDED_REFERRALS = (
    ReferralState.DROPPED,
    ReferralState.NOT_FILED,
    ReferralState.SET_ASIDE,
    ReferralState.CLOSED,
)


class ProcuratorialKind(TextChoices):
    """What a paper of the procuratorate, or one sent to it, is."""

    FILING = "filing", _("立案决定书")
    NOT_FILING = "not_filing", _("不立案通知书")
    RECOMMENDATION = "recommendation", _("检察建议书")
    AGENCY_REPLY = "agency_reply", _("行政机关回复函")
    SUIT = "suit", _("公益诉讼起诉书")
    JUDGMENT = "judgment", _("裁判文书")
    CLOSING = "closing", _("终结案件决定书")
    OTHER = "other", _("其他文书")


class CopyState(TextChoices):
    MADE = "made", _("待抄送人大")
    COPIED = "copied", _("已抄送人大")


class PartnerKind(TextChoices):
    """Who is at the other end of an exchange of packets."""

    CONGRESS = "congress", _("人大")
    GOVERNMENT = "government", _("政府")
    HOTLINE = "hotline", _("12345热线")
    PROCURATORATE = "procuratorate", _("检察院")
    PLATFORM = "platform", _("省级平台")


class PartnerState(TextChoices):
    TRUSTED = "trusted", _("互信中")
    ENDED = "ended", _("已停止交换")


class PacketKind(TextChoices):
    SUGGESTION = "suggestion", _("代表建议")
    REFERRAL = "referral", _("公益诉讼线索")
    PROCURATORIAL_PAPER = "procuratorial_paper", _("检察文书")
    RESULT = "result", _("办理结果")
    RECEIPT = "receipt", _("回执")


class PacketState(TextChoices):
    SENT = "sent", _("已发出，待回执")
    RECEIPTED = "receipted", _("已收到回执")
    TAKEN = "taken", _("已接收")


# Promises: what the deputies and the watching body find, site checks, the yearly statement and its receipts.
class Party(TextChoices):
    """On whose side a finding about a claimed promise is made."""

    DEPUTY = "deputy", _("提出建议的代表")
    WATCHER = "watcher", _("人大对口机构")


class Verdict(TextChoices):
    """What a site check saw."""

    DONE = "done", _("已兑现")
    UNDER_WAY = "under_way", _("正在推进")
    NOT_DONE = "not_done", _("未兑现")


class StatementState(TextChoices):
    ASKED = "asked", _("待报告")
    GIVEN = "given", _("已报告")
    CLOSED = "closed", _("已办结")


class ReceiptState(TextChoices):
    WAITING = "waiting", _("待确认")
    ACKNOWLEDGED = "acknowledged", _("已确认")


class Lamp(TextChoices):
    """The colour of a promise in the ledger, from its state and its clock."""

    OVERDUE = "overdue", _("逾期")
    NEAR = "near", _("临近")
    OPEN = "open", _("兑现中")
    CLAIMED = "claimed", _("待认定")
    KEPT = "kept", _("已兑现")
    LAPSED = "lapsed", _("未兑现")
    RELEASED = "released", _("已解除")


# Programmes: key, joint and tracked supervision; what is planned, done and owed in them.
class ProgrammeKind(TextChoices):
    KEY = "key", _("重点督办")
    JOINT = "joint", _("联合督办")
    TRACKING = "tracking", _("跟踪督办")


class ProgrammeState(TextChoices):
    NOMINATED = "nominated", _("推荐待研究")
    DECLINED = "declined", _("未列入")
    FIXED = "fixed", _("已确定")
    UNDER_WAY = "under_way", _("督办中")
    REPORTED = "reported", _("待评价")
    CONCLUDED = "concluded", _("已办结")


STANDING_PROGRAMMES = (
    ProgrammeState.FIXED,
    ProgrammeState.UNDER_WAY,
    ProgrammeState.REPORTED,
    ProgrammeState.CONCLUDED,
)


class WorkKind(TextChoices):
    """The other work of supervision that joint supervision is bundled with."""

    ENFORCEMENT = "enforcement", _("执法检查")
    INSPECTION = "inspection", _("视察")
    RESEARCH = "research", _("专题调研")
    REPORT = "report", _("听取专项报告")
    OTHER = "other", _("其他监督工作")


class EntryKind(TextChoices):
    VISIT = "visit", _("现场督办")
    COORDINATION = "coordination", _("座谈协调")
    FACE_REPLY = "face_reply", _("负责人当面答复")
    PROGRESS = "progress", _("进展")
    YEAR = "year", _("年度小结")


class PlannedState(TextChoices):
    OPEN = "open", _("待开展")
    DONE = "done", _("已开展")


class OwedKind(TextChoices):
    """Where a duty comes from: an opinion handed over, a coordination, a decision of a government meeting."""

    OPINION = "opinion", _("交办意见")
    SETTLED = "settled", _("协调确定")
    DECIDED = "decided", _("会议议定")


class OwedState(TextChoices):
    OPEN = "open", _("待落实")
    ANSWERED = "answered", _("待核实")
    DONE = "done", _("已落实")


# Instruments: single tools of supervision, and the units they are addressed to.
class InstrumentKind(TextChoices):
    LOOK_BACK = "look_back", _("回头看")
    REQUESTED_MEETING = "requested_meeting", _("约见")
    SPECIAL_INQUIRY = "special_inquiry", _("专题询问")
    CIRCULAR = "circular", _("通报")
    CORRECTION_ORDER = "correction_order", _("限期改正")
    THIRD_PARTY = "third_party", _("第三方评估")


DECIDED_INSTRUMENTS = (InstrumentKind.SPECIAL_INQUIRY, InstrumentKind.CORRECTION_ORDER)


class InstrumentState(TextChoices):
    OPEN = "open", _("进行中")
    CLOSED = "closed", _("已结束")


class AddressState(TextChoices):
    SENT = "sent", _("待答复")
    ANSWERED = "answered", _("待核查")
    CHECKED = "checked", _("已核查")


# Meetings of a government that study suggestions.
class GovernmentMeetingKind(TextChoices):
    WHOLE = "whole", _("全体会议")
    EXECUTIVE = "executive", _("常务会议")


class GovernmentMeetingState(TextChoices):
    PLANNED = "planned", _("待召开")
    HELD = "held", _("已召开")


# Deliberation opinions: fed back, handed over, followed, rated.
class OpinionCaseState(TextChoices):
    FED_BACK = "fed_back", _("已反馈，待交办")
    HANDED_OVER = "handed_over", _("已交办，待报方案")
    PLANNED = "planned", _("办理中")
    REPORTED = "reported", _("已报告，待评价")
    CLOSED = "closed", _("已办结")


# Draws: answers said to have solved their matter, picked by a public number for a site check.
class DrawState(TextChoices):
    FROZEN = "frozen", _("名单已冻结")
    DRAWN = "drawn", _("已抽取，待核查")
    CHECKED = "checked", _("已核查，待办结")
    CLOSED = "closed", _("已办结")


class LotState(TextChoices):
    LISTED = "listed", _("在名单上")
    PICKED = "picked", _("抽中，待核查")
    CHECKED = "checked", _("已核查")
