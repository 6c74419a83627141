"""The ledgers of programmes, nominations, instruments, government meetings and deliberation opinions, and of draws."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tibandu.base.columns import Column, label_of
from tibandu.base.ledgers import Ledger
from tibandu.oversight.enums import (
    DrawState,
    GovernmentMeetingKind,
    GovernmentMeetingState,
    InstrumentKind,
    InstrumentState,
    OpinionCaseState,
    ProgrammeKind,
    ProgrammeState,
)
from tibandu.oversight.flow.draws import DRAWER
from tibandu.oversight.forms import ledgers as forms
from tibandu.oversight.queries import ledgers as rows
from tibandu.oversight.views.ledgers.parts import begins, read, state_column, title_column

PROGRAMME_COLUMNS = [
    Column("year", _("年度"), lambda r: r.year, kind="code", width=8),
    Column("kind", _("督办方式"), label_of(ProgrammeKind, "kind"), width=12),
    title_column(_("主题"), "programme"),
    state_column(ProgrammeState),
    Column("committee", _("牵头督办机构"), lambda r: r.committee, width=18),
    Column("bundled", _("建议"), lambda r: r.bundled, kind="number"),
    Column("answered", _("已答复"), lambda r: r.answered, kind="number"),
    Column("owed", _("未落实事项"), lambda r: r.open_owed, kind="number"),
    Column("meeting", _("决定会议"), lambda r: r.decided_at_meeting, width=18, default=False),
    Column("decided", _("决定日期"), lambda r: r.decided_on, kind="date", default=False),
    Column("concluded", _("办结日期"), lambda r: r.concluded_on, kind="date", default=False),
]
PROGRAMMES = Ledger(
    "oversight:programmes",
    _("督办项目"),
    lambda asked: PROGRAMME_COLUMNS,
    read(rows.PROGRAMMES),
    _("还没有督办项目"),
    words=_("重点督办、联合督办和跟踪督办，从确定到办结。"),
    form=forms.ProgrammesForm,
    begins=begins("nominate_programme", "open_joint_programme"),
    ways=((_("督办推荐"), "oversight:nominations"),),
)
NOMINATION_COLUMNS = [
    Column("day", _("推荐日期"), lambda r: r.nominated_on, kind="date"),
    Column("kind", _("督办方式"), label_of(ProgrammeKind, "kind"), width=12),
    title_column(_("主题"), "programme"),
    state_column(ProgrammeState),
    Column("bundled", _("建议"), lambda r: r.bundled, kind="number"),
    Column("committee", _("牵头督办机构"), lambda r: r.committee, width=18),
    Column("reason", _("推荐理由"), lambda r: r.reason, kind="long", width=40),
]
MARK_COLUMNS = [
    Column("sheets", _("评分单位"), lambda r: r.sheets, kind="number"),
    Column("average", _("平均分"), lambda r: f"{r.points / r.sheets:.1f}" if r.sheets else "", kind="number"),
]
NOMINATIONS = Ledger(
    "oversight:nominations",
    _("督办推荐"),
    lambda asked: [*NOMINATION_COLUMNS, *(MARK_COLUMNS if asked.actor.is_congress_side else [])],
    read(rows.NOMINATIONS),
    _("没有待研究的推荐"),
    words=_("推荐的题目按评分项评分，由决定机关研究是否列入。"),
    form=forms.ProgrammesForm,
    begins=begins("nominate_programme"),
    ways=((_("督办项目"), "oversight:programmes"),),
)
INSTRUMENT_COLUMNS = [
    Column("day", _("发起日期"), lambda r: r.ordered_on, kind="date"),
    Column("kind", _("方式"), label_of(InstrumentKind, "kind"), width=12),
    title_column(_("标题"), "instrument"),
    state_column(InstrumentState),
    Column("by", _("发起单位"), lambda r: r.by, width=18),
    Column("due", _("答复时限"), lambda r: r.due_on, kind="clock", width=16, done=lambda r: r.closed_on),
    Column("addressed", _("受文"), lambda r: r.addressed, kind="number"),
    Column("answered", _("已答复"), lambda r: r.answered, kind="number"),
    Column("number", _("文号"), lambda r: r.number, kind="code", default=False),
    Column("meeting", _("决定会议"), lambda r: r.meeting, width=18, default=False),
]
INSTRUMENTS = Ledger(
    "oversight:instruments",
    _("督办手段"),
    lambda asked: INSTRUMENT_COLUMNS,
    read(rows.INSTRUMENTS),
    _("还没有用过督办手段"),
    words=_("回头看、约见、专题询问、通报、限期改正和第三方评估。"),
    form=forms.InstrumentsForm,
    begins=begins("order_instrument"),
)
MEETING_COLUMNS = [
    Column("day", _("会议日期"), lambda r: r.held_on, kind="date"),
    Column("kind", _("会议种类"), label_of(GovernmentMeetingKind, "kind"), width=12),
    title_column(_("会议名称"), "meeting"),
    state_column(GovernmentMeetingState),
    Column("items", _("议题"), lambda r: r.item_count, kind="number"),
    Column("tasks", _("落实任务"), lambda r: r.task_count, kind="number"),
    Column("done", _("已落实"), lambda r: r.done_count, kind="number"),
]
MEETINGS = Ledger(
    "oversight:meetings",
    _("政府会议研究"),
    lambda asked: MEETING_COLUMNS,
    read(rows.MEETINGS),
    _("还没有政府会议研究代表建议的记录"),
    words=_("政府全体会议、常务会议研究代表建议，议定的任务落实到单位。"),
    form=forms.MeetingsForm,
    begins=begins("convene_government_meeting"),
)
OPINION_COLUMNS = [
    Column("day", _("审议日期"), lambda r: r.deliberated_on, kind="date"),
    title_column(_("审议意见"), "opinion"),
    state_column(OpinionCaseState),
    Column("unit", _("研究处理单位"), lambda r: r.unit, width=18),
    Column("due", _("报告期限"), lambda r: r.due_on, kind="clock", width=16, done=lambda r: r.reported_on),
    Column("rounds", _("交办次数"), lambda r: r.rounds, kind="number"),
    Column("grade", _("评价"), lambda r: r.grade, width=10),
    Column("committee", _("跟踪督办机构"), lambda r: r.committee, width=18),
]
OPINIONS = Ledger(
    "oversight:opinions",
    _("审议意见"),
    lambda asked: OPINION_COLUMNS,
    read(rows.OPINIONS),
    _("还没有审议意见"),
    words=_("常委会审议意见从反馈、交办、督办到评价的全过程。"),
    form=forms.OpinionsForm,
    begins=begins("open_opinion"),
)

DRAW_TONES = {DrawState.FROZEN: "waiting", DrawState.DRAWN: "going", DrawState.CHECKED: "going"}


DRAW_COLUMNS = [
    title_column(_("名称"), "draw", 36),
    state_column(DrawState, lambda r: DRAW_TONES.get(r.state, "done")),
    Column("frozen", _("冻结"), lambda r: r.frozen_on, kind="date"),
    Column("seed", _("种子"), lambda r: r.seed or r.seed_on, width=16),
    Column("listed", _("名单"), lambda r: r.listed, kind="number"),
    Column("wanted", _("抽取"), lambda r: r.wanted, kind="number"),
    Column("checked", _("已核查"), lambda r: r.checked, kind="number"),
    Column("disagreed", _("不相符"), lambda r: r.disagreed, kind="number"),
]
DRAWS = Ledger(
    "oversight:draws",
    _("随机抽查"),
    lambda asked: DRAW_COLUMNS,
    read(rows.DRAWS),
    _("还没有随机抽查"),
    words=_("从单位自报已经解决的答复里抽，名单先冻结，种子后公布，谁都可以重算。"),
    begins=lambda actor: (
        [(_("冻结名单"), reverse("oversight:freeze_draw"))] if DRAWER.holds(actor, None) else []
    ),
)
