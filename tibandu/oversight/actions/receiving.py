"""Knows what becomes of a packet's contents once it is taken: which row begins, or which earlier packet is answered."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from tibandu.base import journal
from tibandu.base.files import Stored
from tibandu.base.flow import Refused
from tibandu.oversight.actions.cases import keep_files
from tibandu.oversight.actions.referrals import receive_paper, record_copy
from tibandu.oversight.enums import (
    Direction,
    PacketKind,
    PartnerKind,
    ProcuratorialKind,
    ReferralState,
)
from tibandu.oversight.flow.referrals import PASSING
from tibandu.oversight.models import Packet, Partner, Referral
from tibandu.oversight.queries import packets as queries
from tibandu.oversight.queries.referrals import procuratorate_of
from tibandu.people.actions import tell
from tibandu.people.enums import Competence, MessageKind
from tibandu.people.queries import Actor, unit_holding
from tibandu.regulations.enums import OptionKind
from tibandu.regulations.models import Option
from tibandu.regulations.queries import measure_in_force, options_of
from tibandu.suggestions import actions as suggestions
from tibandu.suggestions.models import Suggestion

# Who screened what it passes on; what comes from others is screened here first.
SCREENED_THERE = (PartnerKind.CONGRESS, PartnerKind.PLATFORM)
UNNAMED = "未署名"


@dataclass(frozen=True)
class Arrival:
    """What became of a packet: the row it began or answers, and under which number it is known here."""

    title: str
    number: str = ""
    words: str = ""
    answers: Packet | None = None
    rows: dict[str, Any] = field(default_factory=dict)


def arrive(
    actor: Actor, partner: Partner, kind: str, body: Any, stored: Sequence[Stored], at: datetime
) -> Arrival:
    """Does what a packet of this kind asks for, inside the caller's transaction."""
    return ARRIVALS[kind](actor, partner, body, stored, at)


def _suggestion(
    actor: Actor, partner: Partner, body: queries.SuggestionBody, stored: Sequence[Stored], at: datetime
) -> Arrival:
    """From another congress or platform it is put on file at once, for it was screened there; else it waits for screening."""
    said = body.suggestion
    action: Callable[..., Suggestion] = (
        suggestions.receive_transfer if partner.kind in SCREENED_THERE else suggestions.enter
    )
    made = action(
        actor,
        at=at,
        received_from=partner.name,
        external_no=said.number,
        names=said.authors or [UNNAMED],
        title=said.title,
        facts=said.facts,
        analysis=said.analysis,
        asks=said.asks,
        publicity=said.publicity,
        files=stored,
    )
    return Arrival(str(made), made.number_text, rows={"suggestion": made})


def _referral(
    actor: Actor, partner: Partner, body: queries.ReferralBody, stored: Sequence[Stored], at: datetime
) -> Arrival:
    """A lead that another congress passed to the procuratorate beside this one, with the words of its suggestion."""
    said, day = body.referral, localdate(at)
    made = Referral.objects.create(
        congress_id=partner.congress_id,
        direction=Direction.OUT,
        state=ReferralState.PASSED,
        title=said.title,
        reason=said.reason,
        field=_field(partner.congress_id, said.field_code, day),
        source=partner.name,
        source_words=_as_words(body.suggestion),
        opened_on=day,
        letter_no=said.number,
        passed_on=said.passed_on or day,
    )
    journal.record(
        made,
        actor,
        noun="referral",
        object_id=made.pk,
        verb="take_referral",
        label=_("收到移送的线索"),
        at=at,
        target=made.state,
        facts={"来自": partner.name},
    )
    keep_files(actor, "referral", made.pk, stored, at=at)
    units = procuratorate_of(made.congress_id, day)
    _tell(made, units, f"请登记线索：{made}", at)
    return Arrival(made.title, rows={"referral": made})


def _field(congress_id: int, code: str, day: Any) -> Option | None:
    known = options_of(measure_in_force(congress_id, day), OptionKind.LEGAL_FIELD)
    return next((option for option in known if option.code == code), None)


def _as_words(said: queries.SuggestionSaid | None) -> str:
    if said is None:
        return ""
    asks = [f"{place}．{ask}" for place, ask in enumerate(said.asks, 1)]
    return "\n".join(filter(None, [f"{said.number} {said.title}".strip(), said.facts, said.analysis, *asks]))


def _paper(
    actor: Actor, partner: Partner, body: queries.PaperBody, stored: Sequence[Stored], at: datetime
) -> Arrival:
    """A paper of a case that we passed on is kept as a copy; any other may become a suggestion."""
    said = body.paper
    kind = said.kind if said.kind in ProcuratorialKind.values else ProcuratorialKind.OTHER
    told = {"kind": kind, "number": said.number, "issued_on": said.issued_on, "words": said.words}
    sent = queries.sent_packet(partner, body.about) if body.about else None
    if body.about and (sent is None or sent.referral is None):
        raise Refused(_("文书所指的线索不是由本级发出的。"))
    if sent is not None and sent.referral is not None:
        referral = sent.referral
        record_copy(actor, referral, at=at, files=stored, **told)
        return Arrival(f"{referral}", answers=sent, rows={"referral": referral})
    made = receive_paper(
        actor,
        at=at,
        title=said.title,
        agency_name=said.agency,
        source=partner.name,
        files=stored,
        **told,
    )
    return Arrival(made.title, rows={"referral": made})


def _result(
    actor: Actor, partner: Partner, body: queries.ResultBody, stored: Sequence[Stored], at: datetime
) -> Arrival:
    """What became of what we sent is noted where it began and told to the office."""
    sent = queries.sent_packet(partner, body.about)
    if sent is None:
        raise Refused(_("结果所指的数据包不是由本级发出的。"))
    replies = [f"{reply.unit}（{reply.category}）" for reply in body.replies]
    words = "\n".join(filter(None, [body.state, body.words, "、".join(replies)]))
    if sent.referral is not None:
        with transaction.atomic():
            PASSING.take("note_result", actor, sent.referral, at=at, words=words)
    holder = unit_holding(partner.congress_id, Competence.SCREEN)
    _tell(sent.referral or partner, [holder] if holder else [], f"{partner}反馈结果：{sent.title}", at)
    rows = {"referral": sent.referral, "suggestion": sent.suggestion}
    return Arrival(sent.title, words=words, answers=sent, rows=rows)


def _receipt(
    actor: Actor, partner: Partner, body: queries.ReceiptBody, stored: Sequence[Stored], at: datetime
) -> Arrival:
    sent = queries.sent_packet(partner, body.about)
    if sent is None:
        raise Refused(_("回执所指的数据包不是由本级发出的。"))
    words = " ".join(filter(None, [body.words, body.number]))
    return Arrival(_("回执：%(title)s") % {"title": sent.title}, words=words, answers=sent)


def _tell(row: Referral | Partner, units: Sequence[Any], title: str, at: datetime) -> None:
    key = f"{row._meta.model_name}:{row.pk}:packet:{row.journal_seq}"
    tell(key=key, units=units, kind=MessageKind.TODO, title=title, url=row.get_absolute_url(), at=at)


ARRIVALS: dict[str, Callable[..., Arrival]] = {
    PacketKind.SUGGESTION: _suggestion,
    PacketKind.REFERRAL: _referral,
    PacketKind.PROCURATORIAL_PAPER: _paper,
    PacketKind.RESULT: _result,
    PacketKind.RECEIPT: _receipt,
}
