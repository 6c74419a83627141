"""Knows what the clock asks for: whom to remind of what, once each, and what passes when a window has closed."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.timezone import localdate

from tibandu.base.flow import Moved, Refused
from tibandu.people.actions import tell
from tibandu.people.enums import Competence, MessageKind
from tibandu.people.models import CompetenceHolder, Message
from tibandu.people.queries import SYSTEM
from tibandu.regulations.enums import Gate, LimitCode
from tibandu.regulations.models import Version
from tibandu.regulations.queries import Measure, measure_in_force, measure_of, working_days
from tibandu.suggestions.actions.closing import tell_if_closable
from tibandu.suggestions.actions.contacting import let_contact_pass
from tibandu.suggestions.actions.rating import let_rating_lapse
from tibandu.suggestions.actions.sealing import unseal
from tibandu.suggestions.actions.telling import key_of, page_of, seat_of
from tibandu.suggestions.enums import (
    OPEN,
    OPEN_PROMISES,
    OPEN_SHARES,
    ContactState,
    ExtensionState,
    ObjectionState,
    PromiseState,
    RatingState,
    Role,
    ShareState,
    State,
)
from tibandu.suggestions.models import (
    Assignment,
    Contact,
    Extension,
    Objection,
    Promise,
    Rating,
    Reply,
    Suggestion,
)

BATCH = 300


@dataclass(frozen=True)
class Owed:
    """One reminder: what is said to whom, under a key that is used once."""

    key: str
    title: str
    kind: MessageKind
    url: str
    units: tuple[int, ...] = ()
    seats: tuple[int, ...] = ()

    @property
    def full_keys(self) -> list[str]:
        """The keys of the messages that this reminder becomes."""
        return [f"{self.key}:unit:{pk}" for pk in self.units] + [f"{self.key}:seat:{pk}" for pk in self.seats]


@dataclass
class Look:
    """One look at the clock: the day, its calendar, the measures of the open cases, and who holds which power."""

    today: date
    days: Any = field(default_factory=working_days)
    measures: dict[int, Measure] = field(default_factory=dict)
    holders: dict[tuple[int, str], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        pinned = Suggestion.objects.filter(state__in=OPEN).values("regulation").distinct()
        self.measures = {row.pk: measure_of(row) for row in Version.objects.filter(pk__in=pinned)}
        rows = CompetenceHolder.objects.values_list("congress_id", "competence", "unit_id")
        self.holders = {(congress, power): unit for congress, power, unit in rows}
        self._near: dict[int, date | None] = {}

    def due(self, suggestion: Suggestion, code: str, start: date | None) -> date | None:
        """The last day of a limit of the case's measure; None where it knows no such limit."""
        measure = self.measures.get(suggestion.regulation_id or 0)
        return measure.due_on(code, start, self.days) if measure and start else None

    def has_passed(self, suggestion: Suggestion, code: str, start: date | None) -> bool:
        due = self.due(suggestion, code, start)
        return due is not None and self.today > due

    def is_near(self, suggestion: Suggestion, due_on: date) -> bool:
        """Whether a day lies within the measure's warning time."""
        version = suggestion.regulation_id or 0
        if version not in self._near:
            self._near[version] = self.due(suggestion, LimitCode.NEAR, self.today)
        until = self._near[version]
        return until is not None and self.today <= due_on <= until

    def holder(self, suggestion: Suggestion, power: Competence) -> tuple[int, ...]:
        unit = self.holders.get((suggestion.congress_id, power))
        return (unit,) if unit else ()


def remind(at: datetime) -> int:
    """Tells everything that is owed on this day and was not told yet; answers how many messages went out.

    What was missed on earlier days is owed once: a clock that has run out is overdue, and no longer near.
    """
    look = Look(localdate(at))
    return tell_owed((reminder for source in SOURCES for reminder in source(look)), at=at)


def tell_owed(reminders: Iterable[Owed], *, at: datetime) -> int:
    """Tells each reminder whose key was not used yet, asking the database once a batch which were."""
    told = 0
    for batch in _batches(reminders):
        keys = [key for reminder in batch for key in reminder.full_keys]
        known = set(Message.objects.filter(key__in=keys).values_list("key", flat=True))
        for reminder in batch:
            if set(reminder.full_keys) - known:
                told += tell(
                    key=reminder.key,
                    units=reminder.units,
                    seats=reminder.seats,
                    kind=reminder.kind,
                    title=reminder.title,
                    url=reminder.url,
                    at=at,
                )
    return told


def _batches(reminders: Iterable[Owed]) -> Iterator[list[Owed]]:
    batch: list[Owed] = []
    for reminder in reminders:
        batch.append(reminder)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _owed(
    suggestion: Suggestion, key: str, words: str, kind: MessageKind, units: Iterable[int | None], **to: Any
) -> Owed:
    told = tuple(dict.fromkeys(unit for unit in units if unit))
    return Owed(
        key=key_of(suggestion, key),
        title=f"{words}：{suggestion}",
        kind=kind,
        url=to.pop("url", "") or page_of(suggestion),
        units=told,
        **to,
    )


# -- shares -----------------------------------------------------------------------------------------------------------


def _open_shares() -> QuerySet[Assignment]:
    shares = Assignment.objects.filter(state__in=OPEN_SHARES, suggestion__state__in=OPEN)
    related = shares.select_related("suggestion", "unit", "handover__organ")
    return related.defer("suggestion__facts", "suggestion__analysis").order_by("pk")


def clocks_of_shares(look: Look) -> Iterator[Owed]:
    """One word when a share comes due, one when it is overdue, for each due day it ever has."""
    for share in _open_shares():
        suggestion, dispatcher = share.suggestion, share.handover.organ.dispatcher_id
        if share.due_on < look.today:
            office = look.holder(suggestion, Competence.CLOSE)
            units = (share.unit_id, dispatcher, *office)
            words = f"{share.unit}办理逾期（{share.due_on.isoformat()}）"
            yield _owed(suggestion, f"overdue:{share.pk}:{share.due_on}", words, MessageKind.OVERDUE, units)
        elif look.is_near(suggestion, share.due_on):
            words = f"办理期限临近（{share.due_on.isoformat()}）"
            key = f"near:{share.pk}:{share.due_on}"
            yield _owed(suggestion, key, words, MessageKind.REMINDER, (share.unit_id,))


def unsigned_shares(look: Look) -> Iterator[Owed]:
    for share in _open_shares().filter(state=ShareState.SENT):
        if look.has_passed(share.suggestion, LimitCode.SIGN_FOR, share.assigned_on):
            units = (share.unit_id, share.handover.organ.dispatcher_id)
            words = f"{share.unit}逾期未签收"
            yield _owed(share.suggestion, f"unsigned:{share.pk}", words, MessageKind.REMINDER, units)


def shares_without_contact(look: Look) -> Iterator[Owed]:
    """Whoever answers and has not spoken with the deputy when the first talk was due."""
    talks = Contact.objects.filter(assignment=OuterRef("pk")).exclude(state=ContactState.DISPUTED)
    for share in _open_shares().filter(~Q(Exists(talks))).exclude(role=Role.CO):
        if look.has_passed(share.suggestion, LimitCode.FIRST_CONTACT, share.assigned_on):
            words = f"{share.unit}逾期未联系代表"
            units = (share.unit_id, share.handover.organ.dispatcher_id)
            yield _owed(share.suggestion, f"uncontacted:{share.pk}", words, MessageKind.REMINDER, units)


def shares_without_after_contact(look: Look) -> Iterator[Owed]:
    """The talks that are due after the answer and hold back closing."""
    shares = Assignment.objects.filter(
        state=ShareState.ANSWERED, continued_by=None, suggestion__state__in=OPEN
    ).exclude(role=Role.CO)
    related = shares.select_related("suggestion", "unit").prefetch_related("contacts__stage")
    for share in related.defer("suggestion__facts", "suggestion__analysis").order_by("pk"):
        measure = look.measures.get(share.suggestion.regulation_id or 0)
        held = {talk.stage.code for talk in share.contacts.all() if talk.state != ContactState.DISPUTED}
        missing = (
            [s.label for s in measure.stages_before(Gate.CLOSING) if s.code not in held] if measure else []
        )
        if missing and look.has_passed(share.suggestion, LimitCode.AFTER_CONTACT, share.answered_on):
            words = f"{'、'.join(missing)}逾期未做"
            yield _owed(share.suggestion, f"after:{share.pk}", words, MessageKind.REMINDER, (share.unit_id,))


def rulings_due(look: Look) -> Iterator[Owed]:
    """Objections and extensions that somebody should have ruled."""
    waiting = (ObjectionState.OPEN, ObjectionState.ESCALATED)
    mine = "assignment__suggestion"
    objections = Objection.objects.filter(state__in=waiting, due_on__lt=look.today)
    for row in objections.select_related(mine, "assignment__handover__organ").order_by("pk"):
        suggestion, dispatcher = row.assignment.suggestion, row.assignment.handover.organ.dispatcher_id
        ruler: tuple[int | None, ...] = look.holder(suggestion, Competence.ARBITRATE)
        if row.state == ObjectionState.OPEN:
            straight = row.by_deputy or not dispatcher
            ruler = look.holder(suggestion, Competence.ASSIGN) if straight else (dispatcher,)
        key = f"ruling:{row.pk}:{row.state}:{row.due_on}"
        yield _owed(suggestion, key, "申退逾期未裁定", MessageKind.OVERDUE, ruler)
    asked = Extension.objects.filter(state=ExtensionState.ASKED).select_related(mine)
    for extension in asked.order_by("pk"):
        suggestion, day = extension.assignment.suggestion, extension.old_due_on
        if day < look.today or look.is_near(suggestion, day):
            ruler = look.holder(suggestion, Competence.ASSIGN)
            words = f"延期申请待审批，原期限{day.isoformat()}"
            yield _owed(suggestion, f"extension:{extension.pk}", words, MessageKind.REMINDER, ruler)


# -- ratings, promises, screening -------------------------------------------------------------------------------------


def unrated_replies(look: Look) -> Iterator[Owed]:
    """One reminder to whoever has not rated; after it silence counts for nothing (CQ §29)."""
    open_ = Rating.objects.filter(state=RatingState.OPEN, closes_on__gte=look.today)
    related = open_.select_related("suggestion", "proposer__delegation", "reply__assignment__unit")
    for rating in related.order_by("pk"):
        suggestion = rating.suggestion
        reminded_on = look.due(suggestion, LimitCode.RATING_REMINDER, rating.opened_on)
        if reminded_on is None or look.today < reminded_on:
            continue
        words = f"{rating.reply.assignment.unit}的答复尚未评价，{rating.closes_on.isoformat()}截止"
        seat = seat_of(rating.proposer)
        through_office = suggestion.is_masked or not seat
        yield _owed(
            suggestion,
            f"unrated:{rating.pk}",
            words,
            MessageKind.REMINDER,
            look.holder(suggestion, Competence.SCREEN) if through_office else (),
            seats=() if through_office else (seat,),
        )


def clocks_of_promises(look: Look) -> Iterator[Owed]:
    """One word when a promise comes due, one when it is overdue, for each due day it ever has."""
    open_ = Promise.objects.filter(state=PromiseState.OPEN)
    for promise in open_.select_related("suggestion", "reply__assignment__unit").order_by("pk"):
        suggestion, unit = promise.suggestion, promise.reply.assignment.unit_id
        if promise.due_on < look.today:
            units = (unit, *look.holder(suggestion, Competence.CLOSE))
            words = f"承诺逾期未兑现（{promise.due_on.isoformat()}）：{promise}"
            key = f"promise-overdue:{promise.pk}:{promise.due_on}"
            yield _owed(suggestion, key, words, MessageKind.OVERDUE, units)
        elif look.is_near(suggestion, promise.due_on):
            words = f"承诺时限临近（{promise.due_on.isoformat()}）：{promise}"
            key = f"promise-near:{promise.pk}:{promise.due_on}"
            yield _owed(suggestion, key, words, MessageKind.REMINDER, (unit,))


def unscreened_and_unassigned(look: Look) -> Iterator[Owed]:
    """What the congress itself owes: word to the authors after screening, and the handing over."""
    measures: dict[int, Measure | None] = defaultdict(lambda: None)
    waiting = Suggestion.objects.filter(
        state__in=[State.SUBMITTED, State.REGISTERED], submitted_at__isnull=False
    )
    for suggestion in waiting.select_related("session").defer("facts", "analysis").order_by("pk"):
        congress = suggestion.congress_id
        if congress not in measures:
            version = measure_in_force(congress, look.today)
            measures[congress] = measure_of(version) if version else None
        power, code, start = _owed_by_congress(suggestion)
        due = measures[congress].due_on(code, start, look.days) if measures[congress] else None
        if due and look.today > due:
            words = "逾期未审查立案" if power == Competence.SCREEN else "逾期未交办"
            key, units = f"{power}:{due}", look.holder(suggestion, power)
            yield _owed(suggestion, key, words, MessageKind.OVERDUE, units)


def _owed_by_congress(suggestion: Suggestion) -> tuple[Competence, LimitCode, date]:
    submitted = localdate(suggestion.submitted_at)
    if suggestion.state == State.SUBMITTED:
        return Competence.SCREEN, LimitCode.SCREENING_NOTICE, submitted
    if suggestion.session:
        return Competence.ASSIGN, LimitCode.ASSIGNMENT_IN_SESSION, suggestion.session.closes_on
    return Competence.ASSIGN, LimitCode.ASSIGNMENT_BETWEEN, submitted


SOURCES: tuple[Callable[[Look], Iterator[Owed]], ...] = (
    unscreened_and_unassigned,
    unsigned_shares,
    clocks_of_shares,
    shares_without_contact,
    rulings_due,
    unrated_replies,
    shares_without_after_contact,
    clocks_of_promises,
)


# -- what passes ------------------------------------------------------------------------------------------------------


def pass_contacts(at: datetime) -> int:
    """A silent deputy does not make the unit late: talks unconfirmed in time go on as unconfirmed (model.md rule 1)."""
    late = Contact.objects.filter(state=ContactState.RECORDED, confirm_by__lt=localdate(at))
    return _each(late.select_related("assignment__suggestion", "stage"), let_contact_pass, at)


def lapse_ratings(at: datetime) -> int:
    """Closes the windows that are over: the silent are unrated, and the units may read what was said."""
    today = localdate(at)
    late = Rating.objects.filter(state=RatingState.OPEN, closes_on__lt=today)
    lapsed = _each(late.select_related("suggestion", "reply__assignment"), let_rating_lapse, at)
    still = Rating.objects.filter(reply=OuterRef("pk")).filter(
        Q(state=RatingState.OPEN) | Q(closes_on__gte=today)
    )
    over = Reply.objects.filter(~Q(Exists(still)), ratings__unsealed_on=None, ratings__isnull=False)
    for reply in over.distinct():
        unseal(reply, at=at)
    return lapsed


def _each(rows: QuerySet[Any], action: Callable[..., None], at: datetime) -> int:
    """Takes a step for each row in its own transaction; a row that moved meanwhile is left to who moved it."""
    taken = 0
    for row in list(rows.order_by("pk")):
        try:
            action(SYSTEM, row, at=at)
        except (Moved, Refused):
            continue
        taken += 1
    return taken


def offer_closing(at: datetime) -> int:
    """Tells the closer of each case in whose way nothing stands any more."""
    shares = Assignment.objects.filter(suggestion=OuterRef("pk"))
    ratings = Rating.objects.filter(suggestion=OuterRef("pk"), state=RatingState.OPEN)
    promises = Promise.objects.filter(suggestion=OuterRef("pk"), state__in=OPEN_PROMISES)
    quiet = Suggestion.objects.filter(
        ~Q(Exists(shares.filter(state__in=OPEN_SHARES))),
        Q(Exists(shares.filter(state=ShareState.ANSWERED))),
        ~Q(Exists(ratings)),
        ~Q(Exists(promises)),
        state__in=[State.ASSIGNED, State.FOLLOW_UP],
    )
    return sum(tell_if_closable(suggestion, at=at) for suggestion in quiet.order_by("pk"))
