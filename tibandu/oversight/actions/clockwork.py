"""Knows which clocks run in programmes, instruments, opinions, projects and referrals, and whom to remind: once for each day."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.timezone import localdate

from tibandu.oversight.enums import (
    AddressState,
    CopyState,
    InstrumentState,
    OpinionCaseState,
    OwedState,
    PlannedState,
    ProgrammeState,
    ProjectState,
    ReferralState,
)
from tibandu.oversight.models import (
    Address,
    OpinionCase,
    Owed,
    ProcuratorialPaper,
    ProgrammeStep,
    Project,
    Referral,
)
from tibandu.oversight.queries.funds import owing_review
from tibandu.oversight.queries.instruments import due_on as due_of_opinion
from tibandu.oversight.queries.promises import near_until
from tibandu.oversight.queries.referrals import procuratorate_of
from tibandu.people.enums import Competence, MessageKind
from tibandu.people.queries import unit_holding
from tibandu.suggestions.actions.clockwork import Owed as Reminder
from tibandu.suggestions.actions.clockwork import tell_owed


@dataclass(frozen=True)
class Clock:
    """A day until which somebody owes something; `watchers` are told besides when it has passed."""

    row: Any
    due_on: date
    words: str
    units: tuple[int | None, ...]
    watchers: tuple[int | None, ...] = ()


def remind(at: datetime) -> int:
    """One word when a day comes near, one when it has passed, for each day a row ever has; answers how many went out."""
    today = localdate(at)
    near: dict[int, date | None] = {}
    return tell_owed(_reminders(today, near), at=at)


def _reminders(today: date, near: dict[int, date | None]) -> Iterator[Reminder]:
    for clock in (clock for source in SOURCES for clock in source(today)):
        congress = clock.row.congress_id
        if congress not in near:
            near[congress] = near_until(congress, today)
        until = near[congress]
        if clock.due_on < today:
            yield _reminder(clock, "late", "逾期", MessageKind.OVERDUE, (*clock.units, *clock.watchers))
        elif until and clock.due_on <= until:
            yield _reminder(clock, "near", "临近", MessageKind.REMINDER, clock.units)


def _reminder(clock: Clock, name: str, word: str, kind: MessageKind, units: Iterable[int | None]) -> Reminder:
    row, day = clock.row, clock.due_on.isoformat()
    return Reminder(
        key=f"{row._meta.model_name}:{row.pk}:{name}:{day}",
        title=f"{clock.words}{word}（{day}）：{row}",
        kind=kind,
        url=row.get_absolute_url(),
        units=tuple(dict.fromkeys(unit for unit in units if unit)),
    )


def steps_of_plans(today: date) -> Iterator[Clock]:
    """The dated steps of plans under way, for the leading body."""
    open_ = ProgrammeStep.objects.filter(state=PlannedState.OPEN, programme__state=ProgrammeState.UNDER_WAY)
    for step in open_.select_related("programme").order_by("pk"):
        yield Clock(step, step.due_on, "督办安排", (step.programme.committee_id,))


def owed_matters(today: date) -> Iterator[Clock]:
    """What units owe to programmes and government meetings; late ones are told to whoever verifies, too."""
    open_ = Owed.objects.filter(state=OwedState.OPEN)
    for owed in open_.select_related("unit", "programme", "meeting__organ").order_by("pk"):
        looks = owed.programme.committee_id if owed.programme else None
        if owed.meeting:
            looks = owed.meeting.organ.dispatcher_id
        yield Clock(owed, owed.due_on, "交办事项", (owed.unit_id,), (looks,))


def answers_to_instruments(today: date) -> Iterator[Clock]:
    sent = Address.objects.filter(
        state=AddressState.SENT, instrument__state=InstrumentState.OPEN, instrument__due_on__isnull=False
    )
    for row in sent.select_related("instrument", "unit", "suggestion").order_by("pk"):
        head = row.instrument
        words = f"{head.get_kind_display()}答复"
        yield Clock(row, head.due_on, words, (row.unit_id,), (head.ordered_unit_id,))


def opinions(today: date) -> Iterator[Clock]:
    """The plan, then the report that a deliberation opinion asks for."""
    asked = OpinionCase.objects.filter(state__in=(OpinionCaseState.HANDED_OVER, OpinionCaseState.PLANNED))
    for case in asked.prefetch_related("rounds").order_by("pk"):
        if due := due_of_opinion(case):
            yield Clock(case, due, "审议意见办理", (case.unit_id,), (case.committee_id,))


def projects(today: date) -> Iterator[Clock]:
    """An acceptance that was asked for, then the performance review of each side that has not given its own."""
    owed = Project.objects.filter(
        state__in=(ProjectState.COMPLETED, ProjectState.ACCEPTED), due_on__isnull=False
    )
    for row in owed.prefetch_related("reviews").order_by("pk"):
        if row.state == ProjectState.ACCEPTED:
            yield Clock(row, row.due_on, "资金项目绩效评价", tuple(owing_review(row)))
        elif office := unit_holding(row.congress_id, Competence.CLOSE):
            yield Clock(row, row.due_on, "资金项目验收", (office.pk,))


def replies_of_agencies(today: date) -> Iterator[Clock]:
    """Two months, or fifteen days where it is urgent, from the day on which a recommendation was served."""
    asked = Referral.objects.filter(state=ReferralState.RECOMMENDED, due_on__isnull=False)
    for row in asked.order_by("pk"):
        prosecutors = _prosecutors(row.congress_id, today)
        units = (row.agency_id,) if row.agency_id else prosecutors
        yield Clock(row, row.due_on, "检察建议回复", units, prosecutors)


def copies_of_papers(today: date) -> Iterator[Clock]:
    """A paper that the congress has not been given; late ones are told to whoever screens, too."""
    made = ProcuratorialPaper.objects.filter(state=CopyState.MADE, due_on__isnull=False)
    for paper in made.select_related("referral").order_by("pk"):
        units = _prosecutors(paper.congress_id, today)
        office = unit_holding(paper.congress_id, Competence.SCREEN)
        yield Clock(paper, paper.due_on, "检察文书抄送", units, (office and office.pk,))


def _prosecutors(congress_id: int, today: date) -> tuple[int, ...]:
    return tuple(unit.pk for unit in procuratorate_of(congress_id, today))


SOURCES: tuple[Callable[[date], Iterator[Clock]], ...] = (
    steps_of_plans,
    owed_matters,
    answers_to_instruments,
    opinions,
    projects,
    replies_of_agencies,
    copies_of_papers,
)
