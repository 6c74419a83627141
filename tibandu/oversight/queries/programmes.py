"""Knows who sees a programme and what is owed, which fit a ledger's filters, and how the suggestions of one stand."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from tibandu.base.listings import count_of
from tibandu.oversight.enums import (
    STANDING_PROGRAMMES,
    EntryKind,
    OwedState,
    PlannedState,
    ProgrammeKind,
    ProgrammeState,
)
from tibandu.oversight.models import (
    AgendaItem,
    Attendance,
    Capacity,
    Enclosure,
    GovernmentMeeting,
    Owed,
    Participant,
    Programme,
    ProgrammeEntry,
    ProgrammeStep,
    Score,
)
from tibandu.oversight.queries.desk import Task
from tibandu.oversight.rules.programmes import Mark, average, has_whole_sheet, next_step, totals
from tibandu.people.enums import Competence, Function
from tibandu.people.models import Unit
from tibandu.people.queries import Actor, units_in_being
from tibandu.regulations.enums import OptionKind
from tibandu.regulations.queries import measure_in_force, options_of
from tibandu.suggestions.enums import MADE_PROMISES, OPEN_PROMISES, Consent, PromiseState, ReplyState
from tibandu.suggestions.models import Promise, Reply, Suggestion
from tibandu.suggestions.queries import visible_to

# The states in which the next step is one body's to take.
BEFORE_AND_AFTER = (ProgrammeState.NOMINATED, ProgrammeState.FIXED, ProgrammeState.REPORTED)
BUNDLED = Programme.suggestions.through


def programmes_visible_to(actor: Actor) -> QuerySet[Programme]:
    """The congress sees its own; a unit what names it or its suggestions; a deputy what stands, and what names its own."""
    rows = Programme.objects.select_related("congress", "committee", "decided_by", "grade")
    if actor.is_system:
        return rows
    ours = rows.filter(congress=actor.congress_id)
    if actor.is_congress_side:
        return ours
    standing = Q(state__in=STANDING_PROGRAMMES)
    if actor.is_deputy:
        own = Q(nominated_seat=actor.seat_id) | Q(pk__in=_on(own_suggestions(actor)))
        return ours.filter(own if actor.seat_ended else own | standing)
    if actor.dispatches_organ_id:
        return ours.filter(standing)
    mine = {"unit": actor.unit_id}
    named = (
        Q(pk__in=Capacity.objects.filter(**mine).values("programme"))
        | Q(pk__in=Participant.objects.filter(**mine).values("programme"))
        | Q(pk__in=Owed.objects.filter(**mine, programme__isnull=False).values("programme"))
        | Q(pk__in=_on(own_suggestions(actor)))
    )
    return ours.filter(standing & named)


def own_suggestions(actor: Actor) -> QuerySet[Suggestion]:
    """The suggestions that a deputy stands behind, or of which a unit has a share."""
    if actor.is_deputy:
        behind = Q(proposers__seat=actor.seat_id) & ~Q(proposers__state=Consent.DECLINED)
        return Suggestion.objects.filter(behind)
    return Suggestion.objects.filter(assignments__unit=actor.unit_id or 0)


def _on(suggestions: QuerySet[Suggestion]) -> QuerySet[Any, Any]:
    return BUNDLED.objects.filter(suggestion__in=suggestions.values("pk")).values("programme")


def meetings_visible_to(actor: Actor) -> QuerySet[GovernmentMeeting]:
    """The government's own office and the congress see all; units and deputies what names them once it was held."""
    rows = GovernmentMeeting.objects.select_related("congress", "organ")
    if actor.is_system:
        return rows
    ours = rows.filter(congress=actor.congress_id)
    if actor.is_congress_side:
        return ours
    if actor.dispatches_organ_id:
        return ours.filter(organ=actor.dispatches_organ_id)
    about = AgendaItem.objects.filter(suggestions__in=own_suggestions(actor).values("pk")).values("meeting")
    if actor.is_deputy:
        return ours.filter(pk__in=about, state="held")
    invited = Attendance.objects.filter(unit=actor.unit_id).values("meeting")
    owing = Owed.objects.filter(unit=actor.unit_id, meeting__isnull=False).values("meeting")
    return ours.filter(Q(pk__in=invited) | Q(pk__in=owing) | Q(pk__in=about, state="held"))


def owed_visible_to(actor: Actor) -> QuerySet[Owed]:
    """What is owed is seen with the programme or the meeting it belongs to."""
    seen = Q(programme__in=programmes_visible_to(actor).values("pk"))
    seen |= Q(meeting__in=meetings_visible_to(actor).values("pk"))
    return Owed.objects.filter(seen).select_related("unit", "programme", "meeting")


def steps_visible_to(actor: Actor) -> QuerySet[ProgrammeStep]:
    seen = programmes_visible_to(actor).values("pk")
    return ProgrammeStep.objects.filter(programme__in=seen).select_related("programme")


def entries_visible_to(actor: Actor) -> QuerySet[ProgrammeEntry]:
    seen = programmes_visible_to(actor).values("pk")
    return ProgrammeEntry.objects.filter(programme__in=seen)


def programmes_on_ledger(actor: Actor, wanted: dict[str, Any]) -> QuerySet[Programme]:
    """The programmes that fit the cleaned filters, newest year first, each with how its suggestions stand."""
    rows = programmes_visible_to(actor)
    for name in ("kind", "year", "committee"):
        if value := wanted.get(name):
            rows = rows.filter(**{name: value})
    if state := wanted.get("state"):
        rows = rows.filter(state__in=STANDING_PROGRAMMES if state == "standing" else [state])
    if lead := wanted.get("lead"):
        rows = rows.filter(pk__in=Capacity.objects.filter(person__icontains=lead).values("programme"))
    if words := wanted.get("q"):
        rows = rows.filter(title__icontains=words)
    answered = Reply.objects.filter(suggestion=OuterRef("suggestion"), state=ReplyState.SENT)
    bundled = BUNDLED.objects.all()
    return rows.annotate(
        bundled=count_of(bundled, "programme"),
        answered=count_of(bundled.filter(Exists(answered)), "programme"),
        open_owed=count_of(Owed.objects.exclude(state=OwedState.DONE), "programme"),
    ).order_by("-year", "kind", "pk")


def nominations(actor: Actor, wanted: dict[str, Any]) -> QuerySet[Programme]:
    """What was nominated and is not decided, or was not taken up, with its sheets; the highest mean first."""
    states = (ProgrammeState.NOMINATED, ProgrammeState.DECLINED)
    rows = programmes_on_ledger(actor, {"state": ProgrammeState.NOMINATED} | wanted).filter(state__in=states)
    given = Score.objects.filter(programme=OuterRef("pk")).order_by().values("programme")
    points = Subquery(given.annotate(n=Sum("points")).values("n"))
    sheets = Subquery(given.annotate(n=Count("unit", distinct=True)).values("n"))
    mean = F("points") * 1.0 / F("sheets")
    return rows.annotate(points=points, sheets=Coalesce(sheets, 0)).order_by(
        mean.desc(nulls_last=True), "-nominated_on", "pk"
    )


def meetings_on_ledger(actor: Actor, wanted: dict[str, Any]) -> QuerySet[GovernmentMeeting]:
    """The government meetings that fit the cleaned filters, newest first, with what became of their tasks."""
    rows = meetings_visible_to(actor)
    if kind := wanted.get("kind"):
        rows = rows.filter(kind=kind)
    return rows.annotate(
        item_count=count_of(AgendaItem.objects.all(), "meeting"),
        task_count=count_of(Owed.objects.all(), "meeting"),
        done_count=count_of(Owed.objects.filter(state=OwedState.DONE), "meeting"),
    ).order_by("-held_on", "-pk")


def programme_whole(actor: Actor, pk: int) -> Programme | None:
    """A programme in sight with everything that its page shows."""
    whole = programmes_visible_to(actor).select_related("nominated_unit", "nominated_seat__person")
    return (
        whole.filter(pk=pk)
        .prefetch_related(
            Prefetch("capacities", Capacity.objects.select_related("option", "unit")),
            Prefetch("participants", Participant.objects.select_related("unit")),
            "steps",
            "entries__suggestion",
            Prefetch("owed", Owed.objects.select_related("unit")),
            Prefetch("scores", Score.objects.select_related("unit", "criterion")),
        )
        .first()
    )


@dataclass(frozen=True)
class Member:
    """A suggestion of a programme as it stands: what was answered, in which category, what of it was kept."""

    suggestion: Suggestion
    category: str
    faced_on: date | None
    promised: int
    kept: int

    @property
    def is_answered(self) -> bool:
        return bool(self.category) or getattr(self.suggestion, "is_answered", False)


@dataclass(frozen=True)
class Members:
    """The suggestions of a programme that the actor sees, and how many others there are."""

    seen: list[Member]
    unseen: int

    @property
    def answered(self) -> int:
        return sum(member.is_answered for member in self.seen)

    @property
    def promised(self) -> int:
        return sum(member.promised for member in self.seen)

    @property
    def kept(self) -> int:
        return sum(member.kept for member in self.seen)


def members_in_sight(actor: Actor, programme: Programme) -> QuerySet[Suggestion]:
    """Those suggestions of a programme that the actor may see."""
    return programme.suggestions.filter(pk__in=visible_to(actor).values("pk")).order_by("number_text", "pk")


def members_of(actor: Actor, programme: Programme) -> Members:
    """How the suggestions of a programme stand, read from them: two queries."""
    sent = Reply.objects.filter(suggestion=OuterRef("pk"), state=ReplyState.SENT)
    made = Promise.objects.filter(suggestion=OuterRef("pk"), state__in=MADE_PROMISES).order_by()
    newest = sent.filter(category__isnull=False).order_by("-sent_on", "-pk").values("category__code")[:1]
    rows = members_in_sight(actor, programme).annotate(
        is_answered=Exists(sent),
        last_category=Coalesce(Subquery(newest), "imported__category__code"),
        promised=_per_suggestion(made),
        kept=_per_suggestion(made.filter(state=PromiseState.KEPT)),
    )
    faced = {
        entry.suggestion_id: entry.held_on
        for entry in programme.entries.all()
        if entry.kind == EntryKind.FACE_REPLY
    }
    seen = [
        Member(row, row.last_category or "", faced.get(row.pk), row.promised or 0, row.kept or 0)
        for row in rows
    ]
    return Members(seen, programme.suggestions.count() - len(seen))


def _per_suggestion(rows: QuerySet[Any]) -> Subquery:
    return Subquery(rows.values("suggestion").annotate(n=Count("pk")).values("n"))


def open_promises(programme: Programme) -> int:
    """How many promises of a programme's suggestions are neither kept nor found broken."""
    bundled = programme.suggestions.values("pk")
    return Promise.objects.filter(suggestion__in=bundled, state__in=OPEN_PROMISES).count()


@dataclass(frozen=True)
class ScoreTable:
    """Every body's sheet on a nomination: the criteria as head, one row of points each, sums and their mean."""

    criteria: list[Any]
    rows: list[tuple[Unit, list[tuple[Any, int | None]], int]]
    average: str


def score_table(programme: Programme) -> ScoreTable:
    """The sheets of one programme, from rows already read."""
    scores = list(programme.scores.all())
    criteria = {score.criterion_id: score.criterion for score in scores}
    points = {(score.unit_id, score.criterion_id): score.points for score in scores}
    units = {score.unit_id: score.unit for score in scores}
    sums = totals(Mark(score.unit_id, score.criterion_id, score.points) for score in scores)
    in_order = sorted(criteria.values(), key=lambda option: option.order)
    rows = [
        (units[pk], [(option, points.get((pk, option.pk))) for option in in_order], total)
        for pk, total in sums.items()
    ]
    return ScoreTable(in_order, rows, average(sums.values()))


def is_scored(programme: Programme, today: date) -> bool:
    """Whether a body gave its whole sheet by the criteria of the measure in force; only a key topic needs one."""
    if programme.kind != ProgrammeKind.KEY:
        return True
    criteria = options_of(measure_in_force(programme.congress_id, today), OptionKind.KEY_CRITERION)
    sheets: dict[int, set[str]] = {}
    for unit, code in programme.scores.values_list("unit", "criterion__code"):
        sheets.setdefault(unit, set()).add(code)
    return has_whole_sheet(sheets.values(), [option.code for option in criteria])


def bodies_of(congress_id: int | None, on: date) -> QuerySet[Unit]:
    """The bodies of the congress side that can lead supervision."""
    sides = (Function.COMMITTEE, Function.DEPUTY_WORK, Function.PRESIDIUM)
    return units_in_being(congress_id or 0, on).filter(function__in=sides)


def handlers_of(congress_id: int | None, on: date) -> QuerySet[Unit]:
    """The units to which supervision can be addressed: all but the congress's own bodies."""
    return units_in_being(congress_id or 0, on).filter(function__in=(Function.HANDLING, Function.DISPATCH))


def suggestions_by_number(actor: Actor, numbers: list[str]) -> dict[str, Suggestion]:
    """The suggestions in sight that bear these numbers."""
    rows = visible_to(actor).filter(number_text__in=numbers, congress=actor.congress_id)
    return {row.number_text: row for row in rows.order_by("pk")}


def enclosures_of(noun: str, pks: list[int]) -> dict[int, list[Enclosure]]:
    """The files under rows of one noun, by row."""
    found: dict[int, list[Enclosure]] = {}
    for row in Enclosure.objects.filter(noun=noun, object_id__in=pks).order_by("pk") if pks else ():
        found.setdefault(row.object_id, []).append(row)
    return found


def enclosure(pk: int) -> Enclosure | None:
    """A file with the row it stands under; whoever asks for it must see that row."""
    return Enclosure.objects.select_related("file").filter(pk=pk).first()


def waiting_programmes(actor: Actor, today: date) -> list[Task]:
    """What of programmes and of government meetings waits for this hat: nothing asked for deputies, three queries for the congress."""
    if actor.is_deputy or actor.is_system or not actor.congress_id:
        return []
    rows = Owed.objects.select_related("unit", "programme", "meeting")
    if not actor.is_congress_side:
        mine = Q(unit=actor.unit_id, state=OwedState.OPEN)
        if actor.dispatches_organ_id:
            mine |= Q(meeting__organ=actor.dispatches_organ_id, state=OwedState.ANSWERED)
        return [_owed_task(row) for row in rows.filter(mine)]
    answered = rows.filter(programme__committee=actor.unit_id, state=OwedState.ANSWERED)
    tasks = [Task("programme", row, verb) for row, verb in _next_of_programmes(actor, today)]
    return tasks + [_owed_task(row) for row in answered] + _late_steps(actor, today)


def _next_of_programmes(actor: Actor, today: date) -> Iterator[tuple[Programme, str]]:
    """The programmes whose next step is this hat's; what is to be scored is asked only where a nomination has no sheet."""
    powers = {"assigns": actor.may(Competence.ASSIGN), "decides": actor.may(Competence.DECIDE)}
    mine = {} if any(powers.values()) else {"committee": actor.unit_id}
    rows = Programme.objects.filter(state__in=BEFORE_AND_AFTER, congress=actor.congress_id, **mine)
    sheets = Score.objects.filter(programme=OuterRef("pk"))
    for row in rows.annotate(has_sheet=Exists(sheets)).order_by("pk"):
        scored = row.has_sheet or row.state != ProgrammeState.NOMINATED or is_scored(row, today)
        leads = row.committee_id == actor.unit_id
        if verb := next_step(row.kind, row.state, leads=leads, is_scored=scored, **powers):
            yield row, verb


def _late_steps(actor: Actor, today: date) -> list[Task]:
    """The dated steps of this body's plans whose day has passed, the oldest first."""
    late = ProgrammeStep.objects.filter(
        programme__committee=actor.unit_id,
        programme__congress=actor.congress_id,
        programme__state=ProgrammeState.UNDER_WAY,
        state=PlannedState.OPEN,
        due_on__lt=today,
    )
    return [
        Task("programme_step", row, "finish_step", row.due_on, str(row.programme))
        for row in late.select_related("programme").order_by("due_on", "pk")
    ]


def _owed_task(row: Owed) -> Task:
    is_open = row.state == OwedState.OPEN
    verb = "answer_owed" if is_open else "verify_owed"
    return Task(
        "owed", row, verb, row.due_on if is_open else None, str(row.journal_case if is_open else row.unit)
    )
