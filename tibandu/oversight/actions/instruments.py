"""Knows every verb of instruments, of government meetings, and of the loop of deliberation opinions."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from tibandu.base.files import Stored
from tibandu.base.flow import NotYourStep, Refused
from tibandu.base.verbs import verb
from tibandu.oversight.actions.cases import begun, enclose, may_open, owe, refuse_late, tell_case, tell_holder
from tibandu.oversight.enums import DECIDED_INSTRUMENTS, InstrumentKind, OwedKind
from tibandu.oversight.flow.instruments import (
    ADDRESS,
    CONVENER,
    INSTRUMENT,
    MEETING,
    OPENER_OF_OPINION,
    OPINION,
    ORDERER_OF_ANY,
)
from tibandu.oversight.models import (
    Address,
    AgendaItem,
    Attendance,
    GovernmentMeeting,
    Instrument,
    OpinionCase,
    OpinionRound,
    Programme,
)
from tibandu.people.enums import Competence, MessageKind
from tibandu.people.models import Unit
from tibandu.people.queries import Actor, unit_holding
from tibandu.regulations.enums import LimitCode
from tibandu.regulations.models import Category, Grade
from tibandu.regulations.queries import measure_in_force, measure_of, working_days
from tibandu.suggestions.models import Assignment, Suggestion


@transaction.atomic
def order_instrument(
    actor: Actor,
    *,
    at: datetime,
    kind: str,
    title: str,
    words: str,
    units: Sequence[Unit] = (),
    suggestions: Sequence[Suggestion] = (),
    due_on: date | None = None,
    number: str = "",
    meeting: str = "",
    assessor: str = "",
    programme: Programme | None = None,
) -> Instrument:
    """Orders a tool of supervision; only the deciding organ inquires specially or orders to correct. Deputies ask to meet."""
    label = InstrumentKind(kind).label
    congress = may_open(actor, ORDERER_OF_ANY, label)
    _refuse_order(actor, kind, units, suggestions, due_on, at)
    _refuse_undecided(kind, meeting)
    row = Instrument.objects.create(
        congress_id=congress,
        kind=kind,
        title=title,
        words=words,
        number=number,
        meeting=meeting,
        assessor=assessor,
        ordered_unit_id=actor.unit_id,
        ordered_seat_id=actor.seat_id,
        ordered_on=localdate(at),
        due_on=due_on,
        programme=programme,
    )
    row.suggestions.set(suggestions)
    begun(actor, row, "instrument", "order_instrument", label, at=at)
    _address(row, units, suggestions)
    told = row.addresses.values_list("unit", flat=True).distinct()
    todo = MessageKind.TODO if due_on else MessageKind.NOTICE
    tell_case(row, told, f"{row.get_kind_display()}：{row}", at=at, kind=todo)
    return row


def _refuse_order(
    actor: Actor,
    kind: str,
    units: Sequence[Unit],
    suggestions: Sequence[Suggestion],
    due_on: date | None,
    at: datetime,
) -> None:
    if kind in DECIDED_INSTRUMENTS and not actor.may(Competence.DECIDE):
        raise NotYourStep(InstrumentKind(kind).label)
    if actor.is_deputy and kind != InstrumentKind.REQUESTED_MEETING:
        raise NotYourStep(InstrumentKind(kind).label)
    if kind == InstrumentKind.LOOK_BACK:
        if not suggestions or due_on is None:
            raise Refused(_("回头看须写明建议和完成时限。"), {"suggestions": _("请写建议编号和完成时限")})
    elif not units:
        raise Refused(_("请写明受文单位。"), {"units": _("请选受文单位")})
    if kind == InstrumentKind.CORRECTION_ORDER and due_on is None:
        raise Refused(_("限期改正须写明期限。"), {"due_on": _("请写期限")})
    if due_on and due_on < localdate(at):
        raise Refused(_("时限不能早于今天。"), {"due_on": _("时限不能早于今天")})


def _refuse_undecided(kind: str, meeting: str) -> None:
    if kind in DECIDED_INSTRUMENTS and not meeting:
        words = {"kind": InstrumentKind(kind).label}
        raise Refused(_("“%(kind)s”须写明作出决定的会议。") % words, {"meeting": _("请写会议")})


def _address(row: Instrument, units: Sequence[Unit], suggestions: Sequence[Suggestion]) -> None:
    """A look-back asks one return for every suggestion of whichever unit answered it; other tools go to each unit once."""
    if not row.is_look_back:
        Address.objects.bulk_create(Address(instrument=row, unit=unit) for unit in units)
        return
    shares = Assignment.objects.filter(suggestion__in=suggestions).exclude(role="co")
    if units:
        shares = shares.filter(unit__in=units)
    pairs = dict.fromkeys(shares.order_by("suggestion", "pk").values_list("suggestion_id", "unit_id"))
    if not pairs:
        raise Refused(_("这些建议还没有承办单位，不能回头看。"), {"suggestions": _("还没有承办单位")})
    Address.objects.bulk_create(
        Address(instrument=row, suggestion_id=suggestion, unit_id=unit) for suggestion, unit in pairs
    )


@verb
def answer_address(
    actor: Actor,
    address: Address,
    *,
    at: datetime,
    words: str,
    category: Category | None = None,
    cause: str = "",
    files: Sequence[Stored] = (),
) -> None:
    """The unit answers; of a look-back it says in which category the matter stands now, and why it is not done."""
    if address.instrument.is_look_back and category is None:
        raise Refused(_("回头看须填写现办复类别。"), {"category": _("请选类别")})
    facts = {"现办复类别": str(category or ""), "未落实原因": cause}
    filled_by = None if actor.unit_id == address.unit_id else actor.unit_id
    changes = {"answer": words, "answered_on": localdate(at), "cause": cause, "filled_by_id": filled_by}
    ADDRESS.take(
        "answer_address",
        actor,
        address,
        at=at,
        words=words,
        facts={key: value for key, value in facts.items() if value},
        category_id=category.pk if category else None,
        **changes,
    )
    enclose(actor, "address", address.pk, files, at=at)
    head = address.instrument
    title = f"已答复，请核查：{head}（{address.unit}）"
    tell_case(head, [_who_checks(address)], title, at=at, seats=[head.ordered_seat_id])


def _who_checks(address: Address) -> int | None:
    """Whoever ordered it; but what that body filled in, whoever assigns or else decides."""
    head = address.instrument
    powers = (unit_holding(head.congress_id, power) for power in (Competence.ASSIGN, Competence.DECIDE))
    bodies = [head.ordered_unit_id, *(unit.pk for unit in powers if unit)]
    return next((body for body in bodies if body != address.filled_by_id), None)


@verb
def check_address(actor: Actor, address: Address, *, at: datetime, words: str, checked_on: date) -> None:
    """Whoever ordered it looked, and says what was found."""
    if checked_on > localdate(at):
        raise Refused(_("日期还没有到。"), {"checked_on": _("不能晚于今天")})
    found = {"finding": words, "checked_on": checked_on, "checked_by": str(actor)[:60]}
    ADDRESS.take("check_address", actor, address, at=at, words=words, **found)
    title = f"答复已核查：{address.instrument}"
    tell_case(address.instrument, [address.unit_id], title, at=at, kind=MessageKind.NOTICE)


@verb
def send_back_address(actor: Actor, address: Address, *, at: datetime, words: str) -> None:
    """The answer is not enough; the unit answers again."""
    ADDRESS.take("send_back_address", actor, address, at=at, words=words, finding=words)
    tell_case(address.instrument, [address.unit_id], f"答复退回补充：{address.instrument}", at=at)


@verb
def close_instrument(
    actor: Actor, instrument: Instrument, *, at: datetime, words: str, files: Sequence[Stored] = ()
) -> None:
    """What came of it."""
    changes = {"finding": words, "closed_on": localdate(at)}
    INSTRUMENT.take("close_instrument", actor, instrument, at=at, words=words, **changes)
    enclose(actor, "instrument", instrument.pk, files, at=at)
    units = instrument.addresses.values_list("unit", flat=True).distinct()
    title = f"{instrument.get_kind_display()}已结束：{instrument}"
    tell_case(instrument, units, title, at=at, kind=MessageKind.NOTICE)


@transaction.atomic
def convene_government_meeting(
    actor: Actor,
    *,
    at: datetime,
    kind: str,
    title: str,
    held_on: date,
    place: str = "",
    attendances: Sequence[Mapping[str, Any]] = (),
) -> GovernmentMeeting:
    """The government's office enters a meeting that will study suggestions, and who must attend."""
    label = _("安排政府会议")
    congress = may_open(actor, CONVENER, label)
    row = GovernmentMeeting.objects.create(
        congress_id=congress,
        organ_id=actor.dispatches_organ_id,
        kind=kind,
        title=title,
        held_on=held_on,
        place=place,
    )
    begun(actor, row, "government_meeting", "convene_government_meeting", label, at=at)
    named = {mark["unit"].pk: mark for mark in attendances}
    Attendance.objects.bulk_create(Attendance(meeting=row, **mark) for mark in named.values())
    day = held_on.isoformat()
    tell_case(row, named, f"请{day}参加{row}", at=at, kind=MessageKind.NOTICE)
    tell_holder(row, Competence.ASSIGN, f"政府将研究代表建议：{row}", at=at)
    return row


@verb
def add_agenda_item(
    actor: Actor,
    meeting: GovernmentMeeting,
    *,
    at: datetime,
    subject: str,
    suggestions: Sequence[Suggestion] = (),
    programme: Programme | None = None,
) -> AgendaItem:
    """An item about suggestions or about a programme."""
    if not suggestions and programme is None:
        raise Refused(_("议题须写明所研究的建议或者督办项目。"), {"suggestions": _("请写建议编号")})
    facts = {"建议": "、".join(row.number_text for row in suggestions)} if suggestions else {}
    facts |= {"督办项目": str(programme)} if programme else {}
    MEETING.take("add_agenda_item", actor, meeting, at=at, words=subject, facts=facts)
    item = AgendaItem.objects.create(
        meeting=meeting, order=meeting.items.count() + 1, subject=subject, programme=programme
    )
    item.suggestions.set(suggestions)
    return item


@verb
def hold_government_meeting(
    actor: Actor,
    meeting: GovernmentMeeting,
    *,
    at: datetime,
    held_on: date,
    minutes: str,
    decisions: Sequence[Mapping[str, Any]],
    came: Sequence[Attendance] = (),
    tasks: Sequence[Mapping[str, Any]] = (),
) -> None:
    """What was decided on each item, who came, and what follows from it for whom until when."""
    if held_on > localdate(at):
        raise Refused(_("会议日期还没有到。"), {"held_on": _("不能晚于今天")})
    refuse_late(tasks, held_on)
    words = {row["item"]: row["decision"] for row in decisions}
    items = list(meeting.items.all())
    if missing := [item.subject for item in items if not words.get(item.order)]:
        raise Refused(
            _("还没有写议定事项：%(items)s。") % {"items": "、".join(missing)}, {"decisions": _("请逐项写明")}
        )
    if not items:
        raise Refused(_("还没有议题，请先增加议题。"))
    facts = {"议题": len(items), "任务": len(tasks)}
    changes = {"minutes": minutes, "held_on": held_on}
    MEETING.take("hold_government_meeting", actor, meeting, at=at, words=minutes, facts=facts, **changes)
    for item in items:
        item.decision = words[item.order]
    AgendaItem.objects.bulk_update(items, ["decision"])
    meeting.attendances.filter(pk__in=[row.pk for row in came]).update(came=True)
    owe(meeting, tasks, OwedKind.DECIDED, at=at, meeting=meeting)
    tell_holder(meeting, Competence.ASSIGN, f"政府会议研究了代表建议：{meeting}", at=at)


@verb
def add_meeting_task(
    actor: Actor, meeting: GovernmentMeeting, *, at: datetime, unit: Unit, what: str, due_on: date
) -> None:
    """One more task that follows from a meeting."""
    row = {"unit": unit, "what": what, "due_on": due_on}
    refuse_late([row], localdate(at))
    facts = {"责任单位": str(unit), "完成时限": due_on.isoformat()}
    MEETING.take("add_meeting_task", actor, meeting, at=at, words=what, facts=facts)
    owe(meeting, [row], OwedKind.DECIDED, at=at, meeting=meeting)


@transaction.atomic
def open_opinion(
    actor: Actor,
    *,
    at: datetime,
    title: str,
    meeting: str,
    deliberated_on: date,
    words: str,
    committee: Unit,
    suggestions: Sequence[Suggestion] = (),
) -> OpinionCase:
    """Enters what the standing committee said of a report; the loop begins with its being fed back."""
    label = _("录入审议意见")
    congress = may_open(actor, OPENER_OF_OPINION, label)
    if deliberated_on > localdate(at):
        raise Refused(_("审议日期还没有到。"), {"deliberated_on": _("不能晚于今天")})
    row = OpinionCase.objects.create(
        congress_id=congress,
        title=title,
        meeting=meeting,
        deliberated_on=deliberated_on,
        words=words,
        committee=committee,
    )
    row.suggestions.set(suggestions)
    begun(actor, row, "opinion_case", "open_opinion", label, at=at)
    tell_case(row, [committee.pk], f"请交办审议意见：{row}", at=at)
    return row


@verb
def hand_over_opinion_case(
    actor: Actor, case: OpinionCase, *, at: datetime, unit: Unit, due_on: date, words: str = ""
) -> None:
    """Hands the opinion to a unit: a plan within the measure's limit, a report until the given day."""
    facts = {"研究处理单位": str(unit), "报告期限": due_on.isoformat()}
    OPINION.take("hand_over_opinion_case", actor, case, at=at, words=words, facts=facts, unit_id=unit.pk)
    _begin_round(case, at, unit.pk, due_on, words)


def _begin_round(case: OpinionCase, at: datetime, unit: int | None, due_on: date, words: str) -> None:
    day = localdate(at)
    if due_on < day:
        raise Refused(_("报告期限不能早于今天。"), {"due_on": _("报告期限不能早于今天")})
    version = measure_in_force(case.congress_id, day)
    plan_due = measure_of(version).due_on(LimitCode.PLAN, day, working_days()) if version else None
    number = case.rounds.count() + 1
    OpinionRound.objects.create(
        case=case,
        number=number,
        unit_id=unit,
        handed_on=day,
        words=words,
        plan_due_on=plan_due,
        due_on=due_on,
    )
    tell_case(case, [unit], f"交办审议意见，请研究处理：{case}", at=at, key=f"round:{number}")


@verb
def plan_opinion_case(actor: Actor, case: OpinionCase, *, at: datetime, words: str) -> None:
    """The unit's plan."""
    OPINION.take("plan_opinion_case", actor, case, at=at, words=words)
    _write_round(case, plan=words, planned_on=localdate(at))
    tell_case(case, [case.committee_id], f"已报送办理方案：{case}", at=at, kind=MessageKind.NOTICE)


@verb
def note_opinion_case(actor: Actor, case: OpinionCase, *, at: datetime, words: str) -> None:
    """How far the unit is."""
    OPINION.take("note_opinion_case", actor, case, at=at, words=words)
    _write_round(case, progress=words)


@verb
def report_opinion_case(
    actor: Actor, case: OpinionCase, *, at: datetime, words: str, files: Sequence[Stored] = ()
) -> None:
    """The unit reports back what it did about the opinion."""
    OPINION.take("report_opinion_case", actor, case, at=at, words=words)
    _write_round(case, report=words, reported_on=localdate(at))
    enclose(actor, "opinion_case", case.pk, files, at=at)
    tell_case(case, [case.committee_id], f"已报告研究处理情况，请评价：{case}", at=at)


@verb
def rate_opinion_case(actor: Actor, case: OpinionCase, *, at: datetime, grade: Grade, words: str) -> None:
    """Rated and closed; what dissatisfies goes back instead."""
    if grade.is_dissatisfied:
        raise Refused(_("评价不满意的，请再次交办。"), {"grade": _("不满意的请再次交办")})
    _rate(actor, case, "rate_opinion_case", at, grade, words, closed_on=localdate(at))
    tell_case(case, [case.unit_id], f"审议意见已评价办结：{case}", at=at, kind=MessageKind.NOTICE)


@verb
def send_back_opinion_case(
    actor: Actor, case: OpinionCase, *, at: datetime, grade: Grade, words: str, due_on: date
) -> None:
    """Rated and handed over again to the same unit, with a new day."""
    _rate(actor, case, "send_back_opinion_case", at, grade, words)
    _begin_round(case, at, case.unit_id, due_on, words)


def _rate(
    actor: Actor, case: OpinionCase, step: str, at: datetime, grade: Grade, words: str, **changes: Any
) -> None:
    OPINION.take(step, actor, case, at=at, words=words, facts={"评价": str(grade)}, **changes)
    _write_round(case, grade=grade, rating=words, rated_on=localdate(at))


def _write_round(case: OpinionCase, **columns: Any) -> None:
    """Writes on the newest round, whose case the caller holds locked."""
    newest = case.rounds.order_by("-number").values("pk")[:1]
    OpinionRound.objects.filter(pk__in=list(newest.values_list("pk", flat=True))).update(**columns)
