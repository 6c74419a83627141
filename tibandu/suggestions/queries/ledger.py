"""Knows how the ledger 台账 is filtered, ordered, paged and read: the same rows for page, spreadsheet and print."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tibandu.base.prepared import Prepared, keeping_cursor, mark
from tibandu.base.scrub import without_hidden
from tibandu.base.search import SearchIndex
from tibandu.people.models import Session, Unit
from tibandu.people.queries import Actor
from tibandu.regulations.models import Category, SubjectClass
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
from tibandu.suggestions.models import (
    Assignment,
    ImportedRow,
    Proposer,
    Reply,
    Round,
    SavedView,
    Suggestion,
)
from tibandu.suggestions.queries import keys
from tibandu.suggestions.queries.asked import TABLE, Asked, Start, any_of, as_asked
from tibandu.suggestions.queries.sight import Way, either, ratings_visible_to, visible_to
from tibandu.suggestions.rules.summary_sheet import written_units

NEAR_DAYS = 7
PAGE = 50
KEPT = 1024  # texts of a filter that hang on who asks
SORTED = (
    "state",
    "session",
    "subject",
    "committee",
)  # of these the indexes know the numbers and the days in order
INDEX = SearchIndex("suggestion")
_LAST = ExpressionWrapper(Q(session=None) | Q(number=None), output_field=BooleanField())
ORDERS = {
    "-id": ("-id",),
    "id": ("id",),
    "number": (_LAST, F("session_id").asc(nulls_last=True), F("number").asc(nulls_last=True), "id"),
    "-number": (_LAST, F("session_id").desc(nulls_last=True), F("number").desc(nulls_last=True), "-id"),
    "due": (F("due_on").asc(nulls_last=True), "id"),
    "-due": (F("due_on").desc(nulls_last=True), "-id"),
}


@dataclass(slots=True)
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
    state_label: str
    nature_label: str
    category: str
    external_units: str
    authors: list[str] = field(default_factory=list)
    leads: list[str] = field(default_factory=list)
    cos: list[str] = field(default_factory=list)
    grade: str = ""
    answered: bool = False
    own_due_on: date | None = None
    own_state: str = ""

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
    ways = (FILTERS[name].ways(actor, value, today) for name, value in _held(wanted))
    fitting = Q(*(either(one) for one in ways))
    return visible_to(actor).filter(fitting).exclude(state__in=[State.DRAFT, State.COSIGNING])


def _held(wanted: dict[str, Any]) -> list[tuple[str, Any]]:
    return [(name, value) for name, value in wanted.items() if value and name in FILTERS]


def asked_of(actor: Actor, wanted: dict[str, Any], today: date) -> list[Asked]:
    """The same filters as text."""
    return [FILTERS[name].asked(actor, value, today) for name, value in _held(wanted)]


def _ways_of_words(_actor: Actor, words: str, _today: date) -> list[Way]:
    """By words of the text, or by the whole number."""
    text = without_hidden(str(words))
    return [Way(Q(pk__in=INDEX.matches(text))), Way(Q(number_text=text))]


def _asked_for_words(_actor: Actor, words: str, _today: date) -> Asked:
    text = without_hidden(str(words))
    numbered = (f"SELECT id AS suggestion_id FROM {TABLE} WHERE number_text = %s", (text,))
    found = INDEX.lead("suggestion_id", text)
    spoken = Start(found.keys, is_ordered=found.is_ordered, size=found.size, spans=found.spans)
    said, params = INDEX.check(f"{TABLE}.id", text)
    check = (f"{said} OR {TABLE}.number_text = %s", (*params, text))
    return Asked(check, (spoken, Start(numbered, size=lambda: 0)), reads=True)


def _ways_of_unit(_actor: Actor, unit: Any, _today: date) -> list[Way]:
    return [Way(through=Assignment.objects.filter(unit=unit, state__in=LIVE_SHARES))]


def _ways_of_category(_actor: Actor, category: Any, _today: date) -> list[Way]:
    """By the category of a reply that was sent, or the one that an imported table gave."""
    sent = Reply.objects.filter(state=ReplyState.SENT, category=category)
    return [Way(through=sent), Way(through=ImportedRow.objects.filter(category=category), is_ordered=False)]


def _ways_of_code(actor: Actor, code: str, today: date) -> list[Way]:
    """A code stands in every version of the measure."""
    ways = [way for one in _categories(code) for way in _ways_of_category(actor, one, today)]
    return ways or [Way(Q(pk__in=[]))]


def _asked_for_code(actor: Actor, code: str, today: date) -> Asked:
    return any_of([_CATEGORY.asked(actor, one, today) for one in _categories(code)])


def _categories(code: str) -> list[int]:
    return list(Category.objects.filter(code=code).order_by("pk").values_list("pk", flat=True))


def _ways_of_author(actor: Actor, name: str, _today: date) -> list[Way]:
    """By the name of an author; a masked one is found by the congress and by the authors alone."""
    named = Proposer.objects.filter(name=name)
    if actor.is_congress_side:
        return [Way(through=named)]
    known = Q(is_masked=False)
    if actor.is_deputy:
        known |= Q(Exists(Proposer.objects.filter(suggestion=OuterRef("pk"), seat=actor.seat_id)))
    return [Way(known, named)]


def _ways_of_round(_actor: Actor, n: int, _today: date) -> list[Way]:
    return [Way(through=Round.objects.filter(n=n))]


def _ways_of_clock(actor: Actor, clock: str, today: date) -> list[Way]:
    """Late or near: by the own unit's open shares for a unit, by any open share for everybody else."""
    waiting = Assignment.objects.filter(state__in=OPEN_SHARES)
    is_own = bool(actor.unit_id and not actor.is_congress_side and not actor.dispatches_organ_id)
    if is_own:
        waiting = waiting.filter(unit=actor.unit_id)
    if clock == "overdue":
        waiting = waiting.filter(due_on__lt=today)
    else:
        waiting = waiting.filter(due_on__gte=today, due_on__lte=today + timedelta(days=NEAR_DAYS))
    return [Way(Q(state__in=OPEN), waiting, is_ordered=not is_own)]


Ways = Callable[[Actor, Any, date], list[Way]]


class Filter:
    """A filter of the ledger: its ways as querysets, and as text that is made once for all values of a kind.

    Without a kind the value and the day belong to the text; in a personal one the actor does.
    """

    def __init__(
        self, ways: Ways, kind: type | None = None, *, column: str = "", is_personal: bool = False
    ) -> None:
        self.ways, self._kind, self._column, self._is_personal = ways, kind, column, is_personal
        self._text = lru_cache(KEPT)(self._made)

    def asked(self, actor: Actor, value: Any, today: date) -> Asked:
        who = actor if self._is_personal else None
        if self._kind is None:
            return self._text(connection.vendor, who, value, today)
        held = mark(self._kind, 0)
        return self._text(connection.vendor, who, held, None).filled(held, getattr(value, "pk", value))

    def _made(self, _vendor: str, actor: Any, value: Any, today: Any) -> Asked:
        return as_asked(self.ways(actor, value, today), self._column)


@dataclass(frozen=True)
class Composed:
    """A filter whose text is put together for each question."""

    ways: Ways
    asked: Callable[[Actor, Any, date], Asked]


def _by(column: str, kind: type) -> Filter:
    def ways(_actor: Actor, value: Any, _today: date) -> list[Way]:
        return [Way(Q(**{column: value}), is_ordered=column in SORTED)]

    return Filter(ways, kind, column=column)


_CATEGORY = Filter(_ways_of_category, int)
FILTERS: dict[str, Filter | Composed] = {
    "q": Composed(_ways_of_words, _asked_for_words),
    "unit": Filter(_ways_of_unit, int),
    "category": Composed(_ways_of_code, _asked_for_code),
    "author": Filter(_ways_of_author, str, is_personal=True),
    "round": Filter(_ways_of_round),
    "clock": Filter(_ways_of_clock, is_personal=True),
    **{name: _by(name, int) for name in ("session", "subject", "committee")},
    **{name: _by(name, str) for name in ("state", "collection", "nature")},
}


def ordered(rows: QuerySet[Suggestion], sort: str) -> QuerySet[Suggestion]:
    return rows.order_by(*ORDERS.get(sort, ORDERS["-id"]))


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """A page of the ledger: its rows, whether more follow, and how many there are, exactly up to some hundreds."""

    rows: list[LedgerRow]
    has_more: bool
    count_text: str


def page(
    actor: Actor, wanted: dict[str, Any], today: date, sort: str = "-id", start: int = 0, most: int = PAGE
) -> LedgerPage:
    """The same rows as `ordered(filtered(…), sort)` from `start` on, found and read in two queries, seldom more."""
    found = keys.find(actor, asked_of(actor, wanted, today), today, sort, start, most)
    text = f"{found.count:,}" if found.is_exact else f"{found.count:,}+"
    return LedgerPage(rows_by_key(actor, found.keys), found.has_more, text)


def rows_by_key(actor: Actor, wanted: Sequence[int]) -> list[LedgerRow]:
    """The rows of these keys in their order, in one query."""
    if not wanted:
        return []
    sql, params = _statement(actor)
    keys_of_page = json.dumps(list(wanted)) if connection.vendor == "sqlite" else list(wanted)
    with keeping_cursor() as cursor:
        cursor.execute(sql, (keys_of_page, *params))
        texts = cursor.fetchone()
    cases, authors, shares, answers, marks = (json.loads(text) if text else [] for text in texts)
    rows = _rows(cases)
    _add_authors(actor, rows, authors)
    _add_shares(actor, rows, shares)
    _add_answers(rows, answers, marks)
    return [rows[key] for key in wanted if key in rows]


_PAGE = RawSQL("SELECT id FROM page", ())


@lru_cache(4096)
def _statement(actor: Actor) -> tuple[str, tuple[Any, ...]]:
    """What a page shows, each kind of row as one JSON text; made once for an actor, whose sight of ratings is in it."""
    texts: list[str] = []
    params: list[Any] = []
    is_sqlite = connection.vendor == "sqlite"
    collect = "json_group_array(json_array(%s))" if is_sqlite else "json_agg(json_build_array(%s))::text"
    for rows in _parts(actor):
        sql, values = rows.query.sql_with_params()
        columns = ", ".join(
            f"c{n}" for n in range(len(rows.query.annotation_select) + len(rows.query.values_select))
        )
        texts.append(f"(WITH part({columns}) AS ({sql}) SELECT {collect % columns} FROM part)")
        params += values
    keys_of_page = "SELECT value FROM json_each(%s)" if is_sqlite else "SELECT unnest(%s::bigint[])"
    return f"WITH page (id) AS ({keys_of_page}) SELECT {', '.join(texts)}", tuple(params)


_FIRST = "pk", "number_text", "external_no", "title", "state", "nature"
_THEN = "registered_on", "assigned_on", "due_on", "closed_on", "is_masked", "external_units"


def _cases() -> QuerySet[Any, Any]:
    """The suggestions with the names of what they belong to, each asked by itself: to plan a join of them takes longer."""

    def told(model: Any, column: str, **by: Any) -> Subquery:
        return Subquery(model.objects.filter(**by).values(column))

    session = {"pk": OuterRef("session")}
    names = {
        "told_term": told(Session, "term__number", **session),
        "told_session": told(Session, "number", **session),
        "told_subject": told(SubjectClass, "name", pk=OuterRef("subject")),
        "told_committee": told(Unit, "short_name", pk=OuterRef("committee")),
        "told_category": told(ImportedRow, "category__code", suggestion=OuterRef("pk")),
    }
    cases = Suggestion.objects.filter(pk__in=_PAGE).annotate(**names)
    return cases.values_list(*_FIRST, *names, "collection", *_THEN)


def _parts(actor: Actor) -> list[QuerySet[Any, Any]]:
    """The suggestions of a page, their authors, shares and answers, and the grades that the actor may see."""
    stands = Proposer.objects.filter(Q(state=Consent.CONFIRMED) | Q(is_lead=True), suggestion__in=_PAGE)
    shares = Assignment.objects.filter(suggestion__in=_PAGE, state__in=LIVE_SHARES).order_by("pk")
    sent = Reply.objects.filter(suggestion__in=_PAGE, state=ReplyState.SENT, category__isnull=False)
    rated = ratings_visible_to(actor).filter(
        suggestion__in=_PAGE,
        state=RatingState.RATED,
        marks__version=F("version"),
        marks__dimension__is_headline=True,
    )
    return [
        _cases(),
        stands.order_by("position").values_list("suggestion_id", "name", "seat_id"),
        shares.values_list("suggestion_id", "unit_id", "unit__short_name", "role", "state", "due_on"),
        sent.order_by("sent_on", "pk").values_list("suggestion_id", "pk", "category__code"),
        rated.order_by("marks__grade__order").values_list("suggestion_id", "reply_id", "marks__grade__label"),
    ]


@lru_cache
def _labels(language: str | None) -> tuple[dict[str, str], dict[str, str]]:
    """The names of states and natures in a language."""
    return {s.value: str(s.label) for s in State}, {n.value: str(n.label) for n in Nature}


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _rows(cases: Iterable[list[Any]]) -> dict[int, LedgerRow]:
    states, natures = _labels(get_language())
    rows = {}
    for pk, number, other, title, state, nature, *rest in cases:
        term, session, subject, committee, category, collection, *rest = rest
        registered, assigned, due, closed, masked, units = rest
        rows[pk] = LedgerRow(
            pk,
            number or other,
            title,
            state,
            nature,
            f"第{term}届第{session}次会议" if session else collection,
            subject or "",
            committee or "",
            _day(registered),
            _day(assigned),
            _day(due),
            _day(closed),
            bool(masked),
            states[state],
            natures[nature],
            category or "",
            units,
        )
    return rows


def _add_authors(actor: Actor, rows: dict[int, LedgerRow], authors: Iterable[list[Any]]) -> None:
    for pk, name, seat in authors:
        row = rows[pk]
        if row.is_masked and not actor.is_congress_side and seat != actor.seat_id:
            row.authors = [_("（保密）")]
        else:
            row.authors.append(name)


def _add_shares(actor: Actor, rows: dict[int, LedgerRow], shares: Iterable[list[Any]]) -> None:
    answering: dict[int, bool] = {}
    for pk, unit, name, role, state, due in shares:
        row = rows[pk]
        names = row.cos if role == Role.CO else row.leads
        if name not in names:
            names.append(name)
        if role != Role.CO:
            answering[pk] = answering.get(pk, True) and state not in OPEN_SHARES
        if unit == actor.unit_id:
            row.own_due_on, row.own_state = _day(due), state
    for pk, is_answered in answering.items():
        rows[pk].answered = is_answered
    for row in rows.values():
        if row.external_units and not (row.leads or row.cos):
            row.leads, row.cos = written_units(row.external_units)


def _add_answers(
    rows: dict[int, LedgerRow], answers: Iterable[list[Any]], marks: Iterable[list[Any]]
) -> None:
    newest: dict[int, int] = {}
    for pk, reply, code in answers:
        rows[pk].category, newest[pk] = code, reply
    for pk, reply, label in marks:
        if newest.get(pk) == reply:
            rows[pk].grade = label


def saved_views(hat: str) -> list[tuple[str, str]]:
    """The names and filters that a hat has kept."""
    return [(name, query) for name, query in _SAVED_VIEWS.rows(hat=hat)]


_SAVED_VIEWS = Prepared(
    lambda hat: SavedView.objects.filter(hat=hat).order_by("pk").values_list("name", "query"), hat=str
)
