"""The procedures of programmes, of their steps and of what is owed to them: who nominates, decides, leads, reports, accepts."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tibandu.base.flow import Flow, Role, Step
from tibandu.oversight.enums import OwedState, PlannedState, ProgrammeKind, ProgrammeState
from tibandu.oversight.models import Owed, Programme, ProgrammeStep
from tibandu.oversight.queries.programmes import is_scored, open_promises
from tibandu.people.enums import Competence
from tibandu.people.queries import Actor

# fmt: off
NOMINATED, FIXED, UNDER_WAY, REPORTED, CONCLUDED, DECLINED = (
    ProgrammeState.NOMINATED, ProgrammeState.FIXED, ProgrammeState.UNDER_WAY,
    ProgrammeState.REPORTED, ProgrammeState.CONCLUDED, ProgrammeState.DECLINED,
)
# fmt: on


def is_ours(actor: Actor, row: Any) -> bool:
    """Whether a row belongs to the congress for which the actor acts."""
    return actor.is_system or row.congress_id == actor.congress_id


def _watches(actor: Actor, row: Any) -> bool:
    return actor.is_congress_side and is_ours(actor, row)


def _leads(actor: Actor, row: Any) -> bool:
    """The committee that leads, or whoever assigns or decides in this congress."""
    head = row if isinstance(row, Programme) else row.programme
    powers = actor.may(Competence.ASSIGN) or actor.may(Competence.DECIDE)
    return _watches(actor, row) and (powers or head.committee_id == actor.unit_id)


def _leads_a(kind: ProgrammeKind) -> Any:
    return lambda actor, row: row.kind == kind and _leads(actor, row)


def _decides(actor: Actor, row: Any) -> bool:
    return is_ours(actor, row) and actor.may(Competence.DECIDE)


def _concludes(actor: Actor, programme: Programme) -> bool:
    """What the deciding organ fixed it concludes; joint supervision is concluded by its leading body."""
    return _leads(actor, programme) if programme.kind == ProgrammeKind.JOINT else _decides(actor, programme)


def _takes_part(actor: Actor, programme: Programme) -> bool:
    """A unit that answers for the programme, takes part in it, or owes it something."""
    if actor.unit_id is None or actor.is_congress_side:
        return False
    rows = (programme.capacities, programme.participants, programme.owed)
    return any(row.unit_id == actor.unit_id for held in rows for row in held.all())


def _verifies(actor: Actor, owed: Owed) -> bool:
    if owed.programme_id:
        return _leads(actor, owed)
    organ = owed.meeting.organ_id if owed.meeting else None
    return actor.dispatches_organ_id is not None and actor.dispatches_organ_id == organ


def _of_unit(actor: Actor, row: Any) -> bool:
    return actor.unit_id is not None and row.unit_id == actor.unit_id


WATCHER = Role(_("人大有关机构"), _watches)
LEAD = Role(_("牵头督办机构"), _leads)
LEAD_OF_KEY = Role(_("重点督办的牵头机构"), _leads_a(ProgrammeKind.KEY))
LEAD_OF_JOINT = Role(_("联合督办的牵头机构"), _leads_a(ProgrammeKind.JOINT))
LEAD_OF_TRACKING = Role(_("跟踪督办的牵头机构"), _leads_a(ProgrammeKind.TRACKING))
LEAD_OR_PART = Role(
    _("牵头机构或者参加单位"), lambda actor, row: _leads(actor, row) or _takes_part(actor, row)
)
DECIDER = Role(_("决定机关"), _decides)
CONCLUDER = Role(_("决定机关或者牵头机构"), _concludes)
VERIFIER = Role(_("牵头机构或者分办机构"), _verifies)
OWING = Role(_("责任单位"), _of_unit)


def has_suggestions(actor: Actor, programme: Programme, today: date) -> Any:
    return None if programme.suggestions.exists() else _("还没有纳入建议，请先把有关建议纳入本题目。")


def scored_if_key(actor: Actor, programme: Programme, today: date) -> Any:
    """A key topic is decided on score sheets, where the measure in force names what is scored."""
    return None if is_scored(programme, today) else _("还没有一份评全各项的评分表，请先评分再决定。")


def all_settled(actor: Actor, programme: Programme, today: date) -> Any:
    """Every opinion handed over and everything settled on the spot was done, and somebody looked."""
    left = programme.owed.exclude(state=OwedState.DONE).count()
    return _now("还有 %(n)d 项交办事项没有核实落实。") % {"n": left} if left else None


def no_promise_open(actor: Actor, programme: Programme, today: date) -> Any:
    """A matter stays on the tracking list until every promise of its suggestions is kept or found broken."""
    if programme.kind != ProgrammeKind.TRACKING:
        return None
    left = open_promises(programme)
    return (
        _now("所跟踪的建议还有 %(n)d 项承诺没有了结，由承办单位申报、人大认定后再报告。") % {"n": left}
        if left
        else None
    )


def not_their_own(actor: Actor, row: Any, today: date) -> Any:
    """Nobody finds done what their own unit was to do."""
    return _("由责任单位以外的人核实。") if actor.unit_id == row.unit_id else None


# fmt: off
SELECTION = Flow("programme", [
    Step("bundle_suggestions", _("纳入建议"), (NOMINATED, FIXED, UNDER_WAY), "", LEAD),
    Step("score_programme", _("评分"), (NOMINATED,), "", WATCHER, seen_by="congress"),
    Step("decide_programme", _("列入督办"), (NOMINATED,), FIXED, DECIDER, (has_suggestions, scored_if_key),
         primary=True),
    Step("decline_programme", _("不列入"), (NOMINATED,), DECLINED, DECIDER),
    Step("name_capacities", _("明确督办责任"), (FIXED, UNDER_WAY), "", LEAD),
    Step("name_participants", _("明确联合督办单位"), (FIXED, UNDER_WAY), "", LEAD_OF_JOINT),
])
CONDUCT = Flow("programme", [
    Step("plan_programme", _("制定督办方案"), (FIXED, UNDER_WAY), UNDER_WAY, LEAD, primary=True),
    Step("record_visit", _("记录现场督办"), (UNDER_WAY,), "", LEAD),
    Step("record_coordination", _("记录座谈协调"), (UNDER_WAY,), "", LEAD),
    Step("hand_over_point", _("交办意见"), (UNDER_WAY,), "", LEAD),
    Step("record_face_reply", _("记录当面答复"), (UNDER_WAY,), "", LEAD_OF_KEY),
    Step("report_programme", _("报告进展"), (UNDER_WAY,), "", LEAD_OR_PART),
    Step("note_year", _("写年度小结"), (UNDER_WAY,), "", LEAD_OF_TRACKING),
    Step("report_result", _("报告督办结果"), (UNDER_WAY,), REPORTED, LEAD, (all_settled, no_promise_open),
         primary=True),
    Step("accept_result", _("评价并办结"), (REPORTED,), CONCLUDED, CONCLUDER, primary=True),
    Step("return_result", _("退回继续督办"), (REPORTED,), UNDER_WAY, CONCLUDER),
])
STEP = Flow("programme_step", [
    Step("finish_step", _("记录开展情况"), (PlannedState.OPEN,), PlannedState.DONE, LEAD),
])
OWED = Flow("owed", [
    Step("report_owed", _("报告进展"), (OwedState.OPEN,), "", OWING),
    Step("answer_owed", _("报告落实情况"), (OwedState.OPEN,), OwedState.ANSWERED, OWING, primary=True),
    Step("verify_owed", _("核实落实"), (OwedState.ANSWERED,), OwedState.DONE, VERIFIER, (not_their_own,),
         primary=True),
    Step("return_owed", _("退回继续落实"), (OwedState.ANSWERED,), OwedState.OPEN, VERIFIER),
])
# fmt: on
NOUNS: dict[str, tuple[Any, tuple[Flow, ...]]] = {
    "programme": (Programme, (SELECTION, CONDUCT)),
    "programme_step": (ProgrammeStep, (STEP,)),
    "owed": (Owed, (OWED,)),
}


def _nominates(actor: Actor, _row: Any) -> bool:
    """Any body of the congress side, and every deputy in office."""
    return actor.is_congress_side or (actor.is_deputy and not actor.seat_ended)


NOMINATOR = Role(_("人大有关机构或者代表"), _nominates)
OPENER_OF_JOINT = Role(_("人大有关机构"), lambda actor, _row: actor.is_congress_side)
