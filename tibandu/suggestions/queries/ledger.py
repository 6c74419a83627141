"""Knows how the ledger 台账 is filtered, ordered, paged and read: the same rows for page, spreadsheet and print."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from tibandu.base.search import SearchIndex
from tibandu.people.queries import Actor
from tibandu.suggestions import rules
from tibandu.suggestions.enums import (
    LIVE_SHARES,
    OPEN,
    OPEN_SHARES,
    Consent,
    Nature,
    RatingState,
    ReplyState,
    Role,
    State,
)
from tibandu.suggestions.models import Assignment, Proposer, RatingMark, Reply, Round, SavedView, Suggestion
from tibandu.suggestions.queries.sight import ratings_visible_to, visible_to
from tibandu.suggestions.rules.summary_sheet import written_units

NEAR_DAYS = 7
PAGE = 50
MOST_COUNTED = 1000
INDEX = SearchIndex("suggestion")
ORDERS = {
    "-id": ("-id",),
    "id": ("id",),
    "number": ("session_id", "number", "id"),
    "-number": (F("session_id").desc(nulls_last=True), F("number").desc(nulls_last=True), "-id"),
    "due": (F("due_on").asc(nulls_last=True), "id"),
    "-due": (F("due_on").desc(nulls_last=True), "-id"),
}


@dataclass
class LedgerRow:
    """One suggestion as its ledger shows it."""

    pk: int
    number_text: str
    title: str
    state: str
    nature: str
    session: str
    subject: str
    committee: str
    registered_on: date | None
    assigned_on: date | None
    due_on: date | None
    closed_on: date | None
    is_masked: bool
    authors: list[str] = field(default_factory=list)
    leads: list[str] = field(default_factory=list)
    cos: list[str] = field(default_factory=list)
    category: str = ""
    grade: str = ""
    answered: bool = False
    own_due_on: date | None = None
    own_state: str = ""
    external_units: str = ""

    @property
    def state_label(self) -> str:
        return str(State(self.state).label)

    @property
    def nature_label(self) -> str:
        return str(Nature(self.nature).label)

    @property
    def author(self) -> str:
        first = self.authors[0] if self.authors else ""
        return (
            _("%(name)s等%(n)s人") % {"name": first, "n": len(self.authors)}
            if len(self.authors) > 1
            else first
        )

    @property
    def clock(self) -> date | None:
        """The day that counts for the reader: the own share's where there is one, else the suggestion's."""
        return self.own_due_on or self.due_on

    def tone(self, today: date) -> str:
        if self.state in (State.REGISTERED, State.SUBMITTED):
            return "waiting"
        if self.state not in OPEN:
            return "done" if self.state == State.CLOSED else "ended"
        done = self.answered if not self.own_state else self.own_state not in OPEN_SHARES
        found = rules.tone(today, self.clock, NEAR_DAYS, done)
        return "going" if found in ("calm", "done") else found


def filtered(actor: Actor, wanted: dict[str, Any], today: date) -> QuerySet[Suggestion]:
    """The visible suggestions that fit the cleaned filters of the ledger's form."""
    rows = visible_to(actor).exclude(state__in=[State.DRAFT, State.COSIGNING])
    for name, value in wanted.items():
        if name == "clock":
            rows = rows.filter(_clock(actor, value, today))
        elif name == "author":
            rows = rows.filter(_by_author(actor, value))
        elif value and name in FILTERS:
            rows = rows.filter(FILTERS[name](value))
    return rows


def _by_words(words: str) -> Q:
    return Q(pk__in=INDEX.matches(words)) | Q(number_text=words)


def _by_unit(unit: Any) -> Q:
    return Q(Exists(_shares().filter(unit=unit, state__in=LIVE_SHARES)))


def _by_category(code: str) -> Q:
    return Q(Exists(_newest_replies().filter(category__code=code))) | Q(imported__category__code=code)


def _by_author(actor: Actor, name: str) -> Q:
    """By the name of an author; a masked one is found by the congress and by the authors alone."""
    proposers = Proposer.objects.filter(suggestion=OuterRef("pk"))
    named = Q(Exists(proposers.filter(name=name)))
    if actor.is_congress_side:
        return named
    own = Q(Exists(proposers.filter(seat=actor.seat_id))) if actor.is_deputy else Q(pk__in=[])
    return named & (Q(is_masked=False) | own)


FILTERS: dict[str, Callable[[Any], Q]] = {
    "q": _by_words,
    "unit": _by_unit,
    "category": _by_category,
    "state": lambda state: Q(state=state),
    "session": lambda session: Q(session=session),
    "collection": lambda collection: Q(collection=collection),
    "subject": lambda subject: Q(subject=subject),
    "committee": lambda committee: Q(committee=committee),
    "nature": lambda nature: Q(nature=nature),
    "round": lambda n: Q(Exists(Round.objects.filter(suggestion=OuterRef("pk"), n=n))),
}


def _shares() -> QuerySet[Assignment]:
    return Assignment.objects.filter(suggestion=OuterRef("pk"))


def _newest_replies() -> QuerySet[Reply]:
    return Reply.objects.filter(suggestion=OuterRef("pk"), state=ReplyState.SENT)


def _clock(actor: Actor, clock: str, today: date) -> Q:
    """Late or near: by the own unit's open shares for a unit, by any open share for everybody else."""
    waiting = _shares().filter(state__in=OPEN_SHARES)
    if actor.unit_id and not actor.is_congress_side and not actor.dispatches_organ_id:
        waiting = waiting.filter(unit=actor.unit_id)
    if clock == "overdue":
        return Q(state__in=OPEN) & Q(Exists(waiting.filter(due_on__lt=today)))
    return Q(state__in=OPEN) & Q(
        Exists(waiting.filter(due_on__gte=today, due_on__lte=today + timedelta(days=NEAR_DAYS)))
    )


def capped_count(rows: QuerySet[Suggestion]) -> str:
    """How many, exactly up to a thousand: a full count is the dearest part of a ledger."""
    found = rows.order_by()[: MOST_COUNTED + 1].count()
    return f"{MOST_COUNTED:,}+" if found > MOST_COUNTED else str(found)


def ordered(rows: QuerySet[Suggestion], sort: str) -> QuerySet[Suggestion]:
    return rows.order_by(*ORDERS.get(sort, ORDERS["-id"]))


def ledger_rows(actor: Actor, found: Iterable[Suggestion]) -> list[LedgerRow]:
    """The rows of a page, in four queries whatever their number: suggestions, authors, shares, replies with grades."""
    rows = {
        s.pk: LedgerRow(
            s.pk,
            s.number_text or s.external_no,
            s.title,
            s.state,
            s.nature,
            str(s.session or s.collection or ""),
            s.subject.name if s.subject else "",
            s.committee.short_name if s.committee else "",
            s.registered_on,
            s.assigned_on,
            s.due_on,
            s.closed_on,
            s.is_masked,
            category=_imported_category(s),
            external_units=s.external_units,
        )
        for s in found
    }
    _add_authors(actor, rows)
    _add_shares(actor, rows)
    _add_answers(actor, rows)
    return list(rows.values())


def on_ledger(rows: QuerySet[Suggestion]) -> QuerySet[Suggestion]:
    """What the rows need, joined, and no long text."""
    joined = rows.select_related("session__term", "subject", "committee", "imported__category")
    return joined.defer("facts", "analysis", "imported__cells")


def _imported_category(suggestion: Suggestion) -> str:
    """What a table said of an answer whose unit is not on the rolls, so that no reply could hold it."""
    origin = getattr(suggestion, "imported", None)
    return origin.category.code if origin and origin.category else ""


def _add_authors(actor: Actor, rows: dict[int, LedgerRow]) -> None:
    stands = Proposer.objects.filter(suggestion__in=rows).filter(Q(state=Consent.CONFIRMED) | Q(is_lead=True))
    for pk, name, seat in stands.order_by("position").values_list("suggestion_id", "name", "seat_id"):
        row = rows[pk]
        if row.is_masked and not actor.is_congress_side and seat != actor.seat_id:
            row.authors = [_("（保密）")]
        else:
            row.authors.append(name)


def _add_shares(actor: Actor, rows: dict[int, LedgerRow]) -> None:
    shares = Assignment.objects.filter(suggestion__in=rows, state__in=LIVE_SHARES).order_by("pk")
    named = ["suggestion_id", "unit_id", "unit__short_name", "role", "state", "due_on"]
    answering: dict[int, list[bool]] = {}
    for pk, unit, name, role, state, due in shares.values_list(*named):
        row = rows[pk]
        names = row.cos if role == Role.CO else row.leads
        if name not in names:
            names.append(name)
        if role != Role.CO:
            answering.setdefault(pk, []).append(state not in OPEN_SHARES)
        if unit == actor.unit_id:
            row.own_due_on, row.own_state = due, state
    for pk, answers in answering.items():
        rows[pk].answered = all(answers)
    for row in rows.values():
        if row.external_units and not (row.leads or row.cos):
            row.leads, row.cos = written_units(row.external_units)


def _add_answers(actor: Actor, rows: dict[int, LedgerRow]) -> None:
    sent = Reply.objects.filter(suggestion__in=rows, state=ReplyState.SENT, category__isnull=False)
    newest = {}
    for pk, reply, code in sent.order_by("sent_on", "pk").values_list(
        "suggestion_id", "pk", "category__code"
    ):
        rows[pk].category, newest[pk] = code, reply
    rated = ratings_visible_to(actor).filter(reply__in=newest.values(), state=RatingState.RATED)
    marks = RatingMark.objects.filter(
        rating__in=rated, version=F("rating__version"), dimension__is_headline=True
    )
    for pk, label in marks.order_by("grade__order").values_list("rating__suggestion_id", "grade__label"):
        rows[pk].grade = label


def rows_by_key(actor: Actor, keys: list[int]) -> list[LedgerRow]:
    """The rows of these keys in their order."""
    found = Suggestion.objects.filter(pk__in=keys)
    rows = {row.pk: row for row in ledger_rows(actor, list(on_ledger(found)))}
    return [rows[key] for key in keys if key in rows]


def saved_views(hat: str) -> list[tuple[str, str]]:
    """The names and filters that a hat has kept."""
    return list(SavedView.objects.filter(hat=hat).order_by("pk").values_list("name", "query"))
