"""Knows how a suggestion reaches those who handle it: handed to organs, split among units, signed for, filed together."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from tibandu.base.flow import Refused
from tibandu.base.verbs import verb
from tibandu.people.enums import Competence, MessageKind
from tibandu.people.models import Organ, Unit
from tibandu.people.queries import Actor
from tibandu.regulations.enums import LimitCode
from tibandu.regulations.queries import measure_in_force, measure_of
from tibandu.suggestions import rules
from tibandu.suggestions.actions.due import due_day
from tibandu.suggestions.actions.telling import tell_authors, tell_unit
from tibandu.suggestions.enums import LIVE_SHARES, OPEN_SHARES, Role, Trigger
from tibandu.suggestions.flow import ASSIGNMENT, CASE, HANDOVER, MEETING
from tibandu.suggestions.models import (
    Assignment,
    AssignmentMeeting,
    CaseFile,
    Handover,
    Round,
    Suggestion,
)

Rows = Sequence[Mapping[str, Any]]


@verb
def assign(
    actor: Actor,
    suggestion: Suggestion,
    *,
    at: datetime,
    organs: Iterable[Organ],
    meeting: AssignmentMeeting | None = None,
    limit_code: str = LimitCode.REPLY,
    words: str = "",
    units: Rows = (),
) -> None:
    """Hands the case to one or more organs. All rounds follow the measure in force on this day (model.md rule 9)."""
    day, organs = localdate(at), list(organs)
    version = measure_in_force(suggestion.congress_id, day)
    if version is None:
        raise Refused(_("没有现行有效的处理办法，不能交办。"))
    suggestion.regulation = version
    due, _provisional = due_day(measure_of(version), limit_code, day)
    facts = {"交办机关": "、".join(organ.name for organ in organs), "期限": due.isoformat()}
    CASE.take(
        "assign",
        actor,
        suggestion,
        at=at,
        words=words,
        facts=facts,
        regulation=version,
        assigned_on=day,
        due_on=due,
    )
    Round.objects.create(
        suggestion=suggestion, n=1, trigger=Trigger.FIRST, decided_on=day, decided_by=str(actor), words=words
    )
    handing = {"meeting": meeting, "limit_code": limit_code, "words": words}
    _hand_over(actor, suggestion, organs, units, at, **handing)


@verb
def hand_over_too(
    actor: Actor,
    suggestion: Suggestion,
    *,
    at: datetime,
    organs: Iterable[Organ],
    limit_code: str = LimitCode.REPLY,
    words: str = "",
    units: Rows = (),
) -> None:
    """Hands a case that is being handled to a further organ, whose clock starts on this day."""
    organs = list(organs)
    facts = {"交办机关": "、".join(organ.name for organ in organs)}
    CASE.take("hand_over_too", actor, suggestion, at=at, words=words, facts=facts)
    _hand_over(actor, suggestion, organs, units, at, limit_code=limit_code, words=words)


def _hand_over(
    actor: Actor, suggestion: Suggestion, organs: list[Organ], units: Rows, at: datetime, **handing: Any
) -> None:
    if not organs:
        raise Refused(_("请选择交办机关。"), {"organs": _("请选择交办机关。")})
    known = set(suggestion.handovers.values_list("organ_id", flat=True))
    if twice := [organ.name for organ in organs if organ.pk in known]:
        raise Refused(_("已交办%(organs)s。") % {"organs": "、".join(twice)})
    _check_straight_units(organs, units)
    authors_hear = f"已交办{'、'.join(organ.name for organ in organs)}"
    tell_authors(suggestion, authors_hear, at=at)
    for organ in organs:
        handover = Handover.objects.create(
            suggestion=suggestion, organ=organ, handed_on=localdate(at), **handing
        )
        shares = [row for row in units if row["unit"].organ_id == organ.pk]
        if organ.dispatcher:
            title = f"请分办：{suggestion}"
            tell_unit(organ.dispatcher, suggestion, title, at=at, key=f"distribute:{handover.pk}")
        elif shares:
            _distribute(actor, handover, shares, at, handing.get("words", ""))


def _check_straight_units(organs: list[Organ], units: Rows) -> None:
    """Units are named at once only where no dispatcher splits the work (model.md: bodies without one go straight)."""
    straight = {organ.pk for organ in organs if not organ.dispatcher_id}
    for row in units:
        if row["unit"].organ_id not in straight:
            sentence = _("%(unit)s由其所属机关的分办机构确定，交办时不直接指定。") % {"unit": row["unit"]}
            raise Refused(sentence, {"units": sentence})


@verb
def distribute(actor: Actor, handover: Handover, *, at: datetime, shares: Rows, words: str = "") -> None:
    """Splits what an organ was handed among its units: lead, co or separate, each with its clock."""
    _distribute(actor, handover, shares, at, words)


@verb
def add_units(actor: Actor, handover: Handover, *, at: datetime, shares: Rows, words: str = "") -> None:
    """Adds units to a case that is already split."""
    HANDOVER.take("add_units", actor, handover, at=at, words=words, facts=_facts_of(shares))
    _open(actor, handover, shares, at)


def _distribute(actor: Actor, handover: Handover, shares: Rows, at: datetime, words: str) -> None:
    HANDOVER.take("distribute", actor, handover, at=at, words=words, facts=_facts_of(shares))
    _open(actor, handover, shares, at)


def _facts_of(shares: Rows) -> dict[str, str]:
    """The units by role, as the timeline shows them."""
    facts: dict[str, list[str]] = {}
    for row in shares:
        part = f"（{row['part']}）" if row.get("part") else ""
        facts.setdefault(str(Role(row["role"]).label), []).append(f"{row['unit']}{part}")
    return {role: "、".join(units) for role, units in facts.items()}


def _open(actor: Actor, handover: Handover, shares: Rows, at: datetime) -> None:
    day = localdate(at)
    check_shares(handover.suggestion, shares, day)
    for row in shares:
        if row["unit"].organ_id != handover.organ_id:
            raise Refused(_("%(unit)s不属于%(organ)s。") % {"unit": row["unit"], "organ": handover.organ})
    made = [open_share(handover, **row, at=at) for row in shares]
    names = "、".join(str(share) for share in made)
    title = f"承办单位已确定：{names}"
    tell_authors(handover.suggestion, title, at=at, key=f"distribute:{made[0].pk}")


def check_shares(suggestion: Suggestion, shares: Rows, day: date) -> None:
    """Refuses shares that cannot stand beside the open ones, or go to a unit that is no more."""
    held = [
        rules.Wanted(share.unit_id, share.role, share.part)
        for share in suggestion.assignments.filter(state__in=OPEN_SHARES)
    ]
    wanted = [rules.Wanted(row["unit"].pk, row["role"], row.get("part", "")) for row in shares]
    if fault := rules.distribution_fault(wanted, held):
        raise Refused(fault, {"shares": fault})
    for row in shares:
        if not is_in_being(row["unit"], day):
            raise Refused(_("%(unit)s已不存在，请改选承接单位。") % {"unit": row["unit"]})


def is_in_being(unit: Unit, day: date) -> bool:
    begun = unit.valid_from is None or unit.valid_from <= day
    return begun and (unit.valid_until is None or unit.valid_until > day)


def open_share(
    handover: Handover,
    *,
    at: datetime,
    unit: Unit,
    role: str,
    part: str = "",
    asks: Iterable[Any] = (),
    **further: Any,
) -> Assignment:
    """A new share of the latest round, its clock started on the day, its unit told."""
    suggestion, day = handover.suggestion, localdate(at)
    asked = further.pop("limit_code", handover.limit_code)
    code = LimitCode.OPINION if role == Role.CO else asked
    due, provisional = due_day(measure_of(suggestion.regulation), code, day)
    share = Assignment.objects.create(
        suggestion=suggestion,
        handover=handover,
        unit=unit,
        role=role,
        part=part.strip(),
        assigned_on=day,
        limit_code=code,
        due_on=due,
        due_is_provisional=provisional,
        **({"round": suggestion.rounds.last()} | further),
    )
    share.asks.set(asks)
    title = f"请签收：{suggestion}"
    tell_unit(unit, suggestion, title, at=at, key=f"sign_for:{share.pk}")
    return share


@verb
def sign_for(actor: Actor, share: Assignment, *, at: datetime, words: str = "") -> None:
    """The unit takes the share over."""
    facts = {"承办单位": str(share.unit)}
    ASSIGNMENT.take("sign_for", actor, share, at=at, words=words, facts=facts, signed_for_on=localdate(at))


@verb
def take_over(actor: Actor, share: Assignment, *, at: datetime, words: str = "") -> None:
    """The successor of a renamed or merged unit carries its share on, clock and all."""
    facts = {"原承办单位": str(share.unit), "承接单位": str(share.unit.successor)}
    own = share.suggestion.assignments.filter(unit=actor.unit_id, part=share.part, state__in=OPEN_SHARES)
    doubled = own.first() if share.state in OPEN_SHARES else None
    if doubled is not None and share.role == Role.CO:
        return _fold(actor, share, at)
    if doubled is not None:
        _fold(actor, doubled, at)
    ASSIGNMENT.take("take_over", actor, share, at=at, words=words, facts=facts, unit_id=actor.unit_id)


def _fold(actor: Actor, share: Assignment, at: datetime) -> None:
    """Two units that became one need no opinion from each other."""
    words = "机构合并，由承接单位一并办理"
    ASSIGNMENT.take("stop", actor, share, at=at, words=words, ended_on=localdate(at))


@verb
def urge(actor: Actor, suggestion: Suggestion, *, at: datetime, words: str) -> None:
    """Reminds every unit that still owes something, in words of the congress."""
    live = list(suggestion.assignments.filter(state__in=LIVE_SHARES).select_related("unit"))
    owing = [share for share in live if share.state in OPEN_SHARES] or rules.newest_shares(live)
    facts = {"催办单位": "、".join(str(share.unit) for share in owing)}
    CASE.take("urge", actor, suggestion, at=at, words=words, facts=facts)
    title = f"催办：{suggestion}"
    kind = MessageKind.REMINDER
    for share in owing:
        tell_unit(
            share.unit, suggestion, title, at=at, key=f"urge:{share.pk}:{suggestion.journal_seq}", kind=kind
        )


@verb
def join_file(
    actor: Actor,
    suggestion: Suggestion,
    *,
    at: datetime,
    case_file: CaseFile | None = None,
    title: str = "",
    words: str = "",
) -> None:
    """Puts the case into a file with others that are handled together; each keeps its number and its reply."""
    if case_file is None and not title.strip():
        raise Refused(_("请选择并案卷，或写新卷的名称。"), {"title": _("请选择并案卷，或写新卷的名称。")})
    if case_file is not None and case_file.congress_id != suggestion.congress_id:
        raise Refused(_("并案卷不属于本级人大。"))
    if suggestion.case_file_id and case_file and suggestion.case_file_id == case_file.pk:
        raise Refused(_("本件已在该卷。"))
    file = case_file or CaseFile.objects.create(
        congress_id=suggestion.congress_id, title=title.strip(), opened_on=localdate(at)
    )
    facts = {"并案卷": file.title}
    CASE.take("join_file", actor, suggestion, at=at, words=words, facts=facts, case_file=file)


@verb
def leave_file(actor: Actor, suggestion: Suggestion, *, at: datetime, words: str = "") -> None:
    """Takes the case out of its file again."""
    if suggestion.case_file is None:
        raise Refused(_("本件没有并案。"))
    facts = {"并案卷": suggestion.case_file.title}
    CASE.take("leave_file", actor, suggestion, at=at, words=words, facts=facts, case_file=None)


def plan_meeting(
    actor: Actor, *, session: Any, title: str, held_on: date, place: str = ""
) -> AssignmentMeeting:
    """An assignment meeting that is being prepared; only who assigns may call it."""
    if not actor.may(Competence.ASSIGN):
        raise Refused(_("由交办机构召集交办会。"))
    return AssignmentMeeting.objects.create(
        congress_id=actor.congress_id, session=session, title=title, held_on=held_on, place=place
    )


@verb
def hold_meeting(
    actor: Actor, meeting: AssignmentMeeting, *, at: datetime, attended: str = "", minutes: str = ""
) -> None:
    """The meeting has been held; its minutes are kept and may be printed."""
    facts = {"交办会": meeting.title, "日期": meeting.held_on.isoformat()}
    MEETING.take("hold_meeting", actor, meeting, at=at, facts=facts, attended=attended, minutes=minutes)
