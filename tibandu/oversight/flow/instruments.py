"""The procedures of instruments and of those they are addressed to, of government meetings, and of deliberation opinions."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tibandu.base.flow import Flow, Role, Step
from tibandu.oversight.enums import (
    AddressState,
    GovernmentMeetingState,
    InstrumentState,
    OpinionCaseState,
)
from tibandu.oversight.flow.programmes import is_ours, not_their_own
from tibandu.oversight.models import Address, GovernmentMeeting, Instrument, OpinionCase
from tibandu.people.enums import Competence
from tibandu.people.queries import Actor


def _ordered(actor: Actor, row: Any) -> bool:
    """Who ordered it, or whoever assigns in this congress."""
    head = row if isinstance(row, Instrument) else row.instrument
    own = (actor.unit_id and head.ordered_unit_id == actor.unit_id) or (
        actor.seat_id and head.ordered_seat_id == actor.seat_id
    )
    return is_ours(actor, row) and bool(own or actor.may(Competence.ASSIGN))


def _checks(actor: Actor, address: Address) -> bool:
    """The body that looks; what such a body filled in itself is open to every other body of the congress."""
    of_others = address.filled_by_id is not None and is_ours(actor, address)
    return actor.is_congress_side and (of_others or _ordered(actor, address))


def _answers(actor: Actor, address: Address) -> bool:
    """The unit itself; a return of a look-back may also be filled in by the body that looks."""
    own = actor.unit_id is not None and address.unit_id == actor.unit_id
    looks = address.instrument.is_look_back and actor.is_congress_side
    return own or (looks and _ordered(actor, address))


def _dispatches(actor: Actor, meeting: GovernmentMeeting) -> bool:
    return actor.dispatches_organ_id is not None and actor.dispatches_organ_id == meeting.organ_id


def _follows(actor: Actor, case: OpinionCase) -> bool:
    mine = actor.is_congress_side and (case.committee_id == actor.unit_id or actor.may(Competence.ASSIGN))
    return is_ours(actor, case) and mine


def _rates(actor: Actor, case: OpinionCase) -> bool:
    return _follows(actor, case) or (is_ours(actor, case) and actor.may(Competence.DECIDE))


ORDERER = Role(_("发起单位"), _ordered)
CHECKER = Role(_("发起单位"), _checks)
ANSWERER = Role(_("受文单位"), _answers)
DISPATCHER = Role(_("政府分办机构"), _dispatches)
FOLLOWER = Role(_("跟踪督办机构"), _follows)
RATER = Role(_("常委会或者跟踪督办机构"), _rates)
CHARGED = Role(
    _("研究处理单位"), lambda actor, case: actor.unit_id is not None and case.unit_id == actor.unit_id
)


def all_checked(actor: Actor, instrument: Instrument, today: date) -> Any:
    """Where answers were asked for, each was given and checked."""
    if instrument.due_on is None:
        return None
    left = instrument.addresses.exclude(state=AddressState.CHECKED).count()
    return _now("还有 %(n)d 份答复没有收到或者没有核查。") % {"n": left} if left else None


def asks_answer(actor: Actor, address: Address, today: date) -> Any:
    return _("这份文件不要求答复。") if address.instrument.due_on is None else None


def still_open(actor: Actor, address: Address, today: date) -> Any:
    return _("已经结束，不再收答复。") if address.instrument.state == InstrumentState.CLOSED else None


def not_who_filled(actor: Actor, address: Address, today: date) -> Any:
    """Who filled in a return does not find it right."""
    if address.filled_by_id is None or actor.unit_id != address.filled_by_id:
        return None
    return _("这份情况由本机构代填，须由其他机构核查，或者退回由承办单位自己填写。")


# fmt: off
INSTRUMENT = Flow("instrument", [
    Step("close_instrument", _("写结论并结束"), (InstrumentState.OPEN,), InstrumentState.CLOSED, ORDERER,
         (all_checked,)),
])
ADDRESS = Flow("address", [
    Step("answer_address", _("答复"), (AddressState.SENT,), AddressState.ANSWERED, ANSWERER,
         (still_open, asks_answer), primary=True),
    Step("check_address", _("核查"), (AddressState.ANSWERED,), AddressState.CHECKED, CHECKER,
         (still_open, not_their_own, not_who_filled), primary=True),
    Step("send_back_address", _("退回补充"), (AddressState.ANSWERED,), AddressState.SENT, CHECKER, (still_open,)),
])
MEETING = Flow("government_meeting", [
    Step("add_agenda_item", _("增加议题"), (GovernmentMeetingState.PLANNED,), "", DISPATCHER),
    Step("hold_government_meeting", _("记录会议议定"), (GovernmentMeetingState.PLANNED,),
         GovernmentMeetingState.HELD, DISPATCHER, primary=True),
    Step("add_meeting_task", _("增加落实任务"), (GovernmentMeetingState.HELD,), "", DISPATCHER),
])
OPINION = Flow("opinion_case", [
    Step("hand_over_opinion_case", _("交办审议意见"), (OpinionCaseState.FED_BACK,), OpinionCaseState.HANDED_OVER,
         FOLLOWER, primary=True),
    Step("plan_opinion_case", _("报送办理方案"), (OpinionCaseState.HANDED_OVER,), OpinionCaseState.PLANNED,
         CHARGED, rule="limit:plan", primary=True),
    Step("note_opinion_case", _("报告进展"), (OpinionCaseState.PLANNED,), "", CHARGED),
    Step("report_opinion_case", _("报告研究处理情况"), (OpinionCaseState.PLANNED,), OpinionCaseState.REPORTED,
         CHARGED, primary=True),
    Step("rate_opinion_case", _("评价并办结"), (OpinionCaseState.REPORTED,), OpinionCaseState.CLOSED, RATER,
         primary=True),
    Step("send_back_opinion_case", _("评价并再次交办"), (OpinionCaseState.REPORTED,),
         OpinionCaseState.HANDED_OVER, RATER),
])
# fmt: on
NOUNS: dict[str, tuple[Any, tuple[Flow, ...]]] = {
    "instrument": (Instrument, (INSTRUMENT,)),
    "address": (Address, (ADDRESS,)),
    "government_meeting": (GovernmentMeeting, (MEETING,)),
    "opinion_case": (OpinionCase, (OPINION,)),
}

ORDERER_OF_ANY = Role(
    _("人大有关机构或者代表"),
    lambda actor, _row: actor.is_congress_side or (actor.is_deputy and not actor.seat_ended),
)
CONVENER = Role(_("政府分办机构"), lambda actor, _row: actor.dispatches_organ_id is not None)
OPENER_OF_OPINION = Role(_("人大有关机构"), lambda actor, _row: actor.is_congress_side)
