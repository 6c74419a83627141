"""The ledgers between suggestions and other bodies: referrals to and from the procuratorate, and packets."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tibandu.base.columns import Column, label_of, page_of
from tibandu.base.ledgers import Asked, Ledger, Way
from tibandu.oversight.enums import (
    Direction,
    PacketKind,
    PacketState,
    ReferralState,
)
from tibandu.oversight.flow.referrals import PROCURATORATE
from tibandu.oversight.forms import ledgers as forms
from tibandu.oversight.models import Referral
from tibandu.oversight.queries import ledgers as rows
from tibandu.oversight.queries.packets import sends_for_referrals
from tibandu.oversight.queries.referrals import tone_of as referral_tone
from tibandu.oversight.views.ledgers.parts import read, state_column, title_column
from tibandu.people.enums import Competence
from tibandu.people.queries import Actor


def _referral_columns(asked: Asked) -> list[Column]:
    today = asked.today

    def stopped(row: Any) -> date | None:
        return row.agency_replied_on or (None if row.state == ReferralState.RECOMMENDED else row.closed_on)

    return [
        Column("number", _("编号"), lambda r: r.number, kind="code", width=16),
        title_column(_("事项"), "referral", 40),
        Column("direction", _("方向"), label_of(Direction, "direction"), width=18),
        state_column(ReferralState, lambda r: referral_tone(r, today), 16),
        Column("due", _("回复期限"), lambda r: r.due_on, kind="clock", width=16, done=stopped),
        Column("copy", _("文书抄送期限"), lambda r: r.copy_due, kind="clock", width=16),
        Column("field", _("法定领域"), lambda r: r.field, width=18),
        Column("agency", _("行政机关"), lambda r: r.agency, width=16),
        Column("suggestion", _("建议编号"), lambda r: r.suggestion, kind="code", width=14),
        Column("opened", _("开始日期"), lambda r: r.opened_on, kind="date", default=False),
        Column("closed", _("终结日期"), lambda r: r.closed_on, kind="date", default=False),
        Column("outcome", _("结果"), lambda r: r.outcome, kind="long", width=40, default=False),
    ]


def _referrals(asked: Asked, start: int, stop: int) -> list[rows.ReferralRow]:
    return rows.REFERRALS.rows(asked.actor, asked.wanted, asked.today, start=start, stop=stop)


def may_receive(actor: Actor) -> bool:
    """Whether the actor takes in papers of the procuratorate: it itself, or whoever screens."""
    here = Referral(congress_id=actor.congress_id)
    return bool(PROCURATORATE.holds(actor, here)) or actor.may(Competence.SCREEN)


def _referral_begins(actor: Actor) -> list[Way]:
    found = (
        (actor.is_congress_side, _("筛选线索"), "oversight:open_referral"),
        (may_receive(actor), _("登记检察文书"), "oversight:receive_paper"),
    )
    return [(label, reverse(name)) for may, label, name in found if may]


REFERRALS = Ledger(
    "oversight:referrals",
    _("公益诉讼衔接"),
    _referral_columns,
    _referrals,
    _("还没有线索或者文书"),
    form=forms.ReferralsForm,
    begins=_referral_begins,
)

PACKET_TONES = {PacketState.SENT: "waiting", PacketState.RECEIPTED: "done", PacketState.TAKEN: "done"}
PACKET_WAYS = {Direction.OUT: _("发出"), Direction.IN: _("接收")}


def _page_of_packet(row: Any) -> str:
    if row.referral_id:
        return reverse("oversight:referral", args=[row.referral_id])
    return reverse("suggestions:case", args=[row.suggestion_id]) if row.suggestion_id else ""


PACKET_COLUMNS = [
    Column("day", _("日期"), lambda r: r.recorded_at, kind="date", width=16),
    Column("partner", _("对象"), lambda r: r.partner, width=20),
    Column("direction", _("收发"), lambda r: PACKET_WAYS[r.direction], width=8),
    Column("sequence", _("序号"), lambda r: r.sequence, kind="number"),
    Column("kind", _("内容"), label_of(PacketKind, "kind"), width=14),
    Column("title", _("事项"), lambda r: r.title, kind="title", width=40, href=_page_of_packet),
    Column("words", _("对方所述"), lambda r: r.words, kind="long", width=30),
    state_column(PacketState, lambda r: PACKET_TONES[PacketState(r.state)], 16),
    Column("file", _("数据包"), lambda r: r.digest[:12], kind="code", href=page_of("oversight:packet_file")),
    Column("digest", _("摘要"), lambda r: r.digest, kind="long", width=66, default=False),
]


def _packet_views(asked: Asked) -> list[tuple[Any, str, bool]]:
    here, direction = reverse("oversight:packets"), asked.wanted.get("direction", "")
    kinds = (("", _("全部")), (Direction.OUT, _("已发出")), (Direction.IN, _("已接收")))
    return [(label, f"{here}?direction={code}" if code else here, direction == code) for code, label in kinds]


PACKETS = Ledger(
    "oversight:packets",
    _("建议数据包"),
    lambda asked: PACKET_COLUMNS,
    read(rows.PACKETS),
    _("还没有收发过数据包"),
    hint=_("有了交换对象，就可以在它那一行制作数据包；收到的从“接收数据包”进来。"),
    form=forms.PacketsForm,
    opens=lambda actor: actor.is_congress_side or sends_for_referrals(actor),
    views=_packet_views,
    template="oversight/packets.html",
)
