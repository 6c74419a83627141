"""Knows how the keys of a page of suggestions are found in a large table: where to begin, and what to check of each row.

The rules themselves stand in `sight` and `ledger`, as ways by which suggestions are reached. A database begins at
the wrong end of such rules when they are put to it as one condition under ORDER BY and LIMIT, so the beginning is
chosen here: at the newest suggestion of the congress, or at the rows of a child that lead to few of them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache, reduce
from typing import Any

from django.db import connection

from tibandu.base.search import Piece
from tibandu.people.queries import Actor
from tibandu.suggestions.queries.asked import TABLE, Asked, Start, starts_of, where
from tibandu.suggestions.queries.sight import either, ways_of_sight

MOST_SIZED = 200_000  # rows of a beginning are counted so far
FEW = 5_000  # so many keys are rather read than as many texts
# What a row costs beside one that is fetched by its key: walked over, read as a key that holds words, or compared with those.
WALKED, READ, COMPARED = 0.5, 0.2, 0.02
MOST_COUNTED, MOST_COUNTED_DEARLY = 300, 100
DEAR = 20_000  # so many rows looked at are not worth an exact count
NEWEST_KEY: Piece = (f"SELECT MAX(id) FROM {TABLE}", ())
MOST_KEPT = 4096
_SIZES: dict[tuple[date, Piece], int | None] = {}
SEEN = f"NOT ({TABLE}.state IN ('draft', 'cosigning'))"


@dataclass(frozen=True, slots=True)
class Order:
    """How a page is sorted: its terms where they are known, and what says so in a way that an index can begin at."""

    terms: tuple[str, ...] = ()
    known: str = ""
    is_descending: bool = True

    def by(self, *, of: str, key: str, is_known: bool = False) -> str:
        """The known first, either way; what is unknown in part comes last as well among its like.

        Where all terms are known an index gives the order, which has to be asked for plainly.
        """
        direction = " DESC" if self.is_descending else ""
        parts = [] if is_known or not self.terms else [self.unknown(of)]
        for term in self.terms:
            parts += [*([] if is_known else [f"({of}{term} IS NULL)"]), f"{of}{term}{direction}"]
        return ", ".join([*parts, f"{key}{direction}"])

    def unknown(self, of: str) -> str:
        return f"({' OR '.join(f'{of}{term} IS NULL' for term in self.terms)})"


_NUMBER = ("session_id", "number")
_NUMBERED = f"{TABLE}.session_id > 0 AND {TABLE}.number IS NOT NULL"
_DATED = f"{TABLE}.due_on > '0001-01-01'"
NEWEST = Order()
# Where all are of one session, the index is begun at it, and the numbers follow.
IN_SESSION = {
    "number": Order(("number",), f"{TABLE}.number IS NOT NULL", is_descending=False),
    "-number": Order(("number",), f"{TABLE}.number IS NOT NULL"),
}
ORDERS = {
    "-id": NEWEST,
    "id": Order(is_descending=False),
    "number": Order(_NUMBER, _NUMBERED, is_descending=False),
    "-number": Order(_NUMBER, _NUMBERED),
    "due": Order(("due_on",), _DATED, is_descending=False),
    "-due": Order(("due_on",), _DATED),
}


@dataclass(frozen=True, slots=True)
class _Sight:
    """An actor's sight as text: the check of a row, and the ways to it through child rows and without."""

    check: Piece
    congress: int | None = None
    direct: tuple[Piece, ...] = ()
    through: tuple[Start, ...] = ()

    @property
    def starts(self) -> tuple[Start, ...]:
        """The child rows that lead to all that is seen, where there are such."""
        return () if self.direct else self.through


@dataclass(frozen=True, slots=True)
class Branch:
    """Where to begin (nowhere is: at the suggestions themselves) and what to check of each row."""

    start: Start | None
    checks: tuple[Piece, ...]
    beyond: int | None = None  # not looked at where no other congress is in the database
    among: Piece | None = None  # only these rows of the beginning are looked at


@dataclass(frozen=True, slots=True)
class Plan:
    """Where a page is looked for, whether an index gives its order, and whether it takes too long to count far."""

    branches: Sequence[Branch]
    is_walk: bool = False
    is_dear: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A page of keys, whether more follow, and how many there are in all; the count stopped where it is not exact."""

    keys: list[int]
    has_more: bool
    count: int = 0
    is_exact: bool = True


def find(actor: Actor, asked: Sequence[Asked], today: date, sort: str, start: int, most: int) -> Found:
    """The keys of a page of what the actor sees and asks for; the rows up to its end are those that are counted."""
    orders = ORDERS | IN_SESSION if any(one.column == "session" for one in asked) else ORDERS
    order, end = orders.get(sort, NEWEST), start + most
    plan = _plan(_sight_of(actor), asked, order, max(end, MOST_COUNTED) + 1, today)
    counted = max(end, MOST_COUNTED_DEARLY if plan.is_dear else MOST_COUNTED)
    keys = _first(plan, order, counted + 1)
    return Found(keys[start:end], len(keys) > end, min(len(keys), counted), len(keys) <= counted)


@lru_cache(4096)
def _sight_of(actor: Actor) -> _Sight:
    """Compiling the rule costs more than asking it; it hangs on nothing but the actor."""
    if actor.is_system:
        return _Sight(("", ()), direct=(("", ()),))
    ways = ways_of_sight(actor)
    check = where(either(ways))
    direct = tuple(where(way.holds) for way in ways if way.through is None)
    return _Sight(
        check, actor.congress_id, direct, starts_of([way for way in ways if way.through is not None])
    )


@dataclass(slots=True)
class _Leading:
    """A filter as a beginning: its place among the checks (0 is sight), where one can begin, and how many rows stand there."""

    place: int
    starts: tuple[Start, ...]
    size: int = 0

    @property
    def is_child(self) -> bool:
        return self.starts[0].is_child

    def is_walked(self, order: Order) -> bool:
        """Whether walking in this order looks at no other rows."""
        return not self.is_child and (not order.terms or self.starts[0].is_ordered)


def _plan(sight: _Sight, asked: Sequence[Asked], order: Order, wanted: int, today: date) -> Plan:
    """Begins where the fewest rows have to be looked at; what is not begun at is checked of each row."""
    if not asked and not order.terms:
        each = [Branch(None, ((SEEN, ()), way)) for way in sight.direct]
        return Plan([*each, *(Branch(start, ((SEEN, ()), start.holds)) for start in sight.through)])
    checks = dict(enumerate((one.check for one in asked), 1)) | {0: sight.check}
    leading = [_Leading(place, one.starts) for place, one in enumerate(asked, 1)]
    if sight.starts:
        leading.insert(0, _Leading(0, sight.starts))
    if all(one.is_walked(order) for one in leading):
        return Plan(_walk(sight, checks), is_walk=True)
    if len(leading) == 1 and not order.terms and leading[0].starts[0].is_ordered:
        return Plan(_begun(checks, leading[0]))
    newest = _sized(leading, today)
    words = next((one for one in leading if one.place and asked[one.place - 1].reads), None)
    chosen, cost, is_narrowed = _chosen(leading, order, wanted, newest, words)
    among = None
    if words and words is not chosen and (is_narrowed or words.size < FEW):
        among = _rows_of(words)
        checks[words.place] = ("", ()) if chosen and chosen.is_child else _is_among(f"{TABLE}.id", among)
    # What fewest rows pass is asked first of each.
    checks = {one.place: checks[one.place] for one in sorted(leading, key=lambda one: one.size)} | checks
    branches = _begun(checks, chosen, among) if chosen else _walk(sight, checks)
    return Plan(branches, is_walk=not chosen, is_dear=cost > DEAR)


def _chosen(
    leading: Sequence[_Leading], order: Order, wanted: int, newest: int, words: _Leading | None
) -> tuple[_Leading | None, float, bool]:
    """The beginning (nothing is: to walk) at which the fewest rows are looked at for so many that fit, as if all filters
    were strangers to each other; and whether its rows are first compared with all that hold the words.
    """
    fitting = newest * reduce(lambda part, one: part * one.size / newest, leading, 1.0)
    walked = min([one.size for one in leading if one.is_walked(order)], default=newest)
    best, cost, is_narrowed = None, WALKED * _looked_at(walked, wanted, fitting), False
    for one in leading:
        is_read_in_order = one.starts[0].is_ordered and not order.terms
        own = _looked_at(one.size, wanted, fitting) if is_read_in_order else float(one.size)
        if own < cost and not one.is_walked(order):
            best, cost, is_narrowed = one, own, False
        if words and one is not words and one.is_child:
            own = READ * words.size + COMPARED * own + min(wanted, fitting)
            if own < cost:
                best, cost, is_narrowed = one, own, True
    return best, cost, is_narrowed


def _looked_at(rows: float, wanted: int, fitting: float) -> float:
    """How many of these rows are looked at until so many are found, if so many fit."""
    return rows if fitting < wanted else rows * wanted / fitting


def _begun(checks: dict[int, Piece], chosen: _Leading, among: Piece | None = None) -> list[Branch]:
    rest = [(SEEN, ()), *(check for place, check in checks.items() if place != chosen.place)]
    kept = among if chosen.is_child else None
    return [Branch(start, (*rest, start.holds), among=kept) for start in chosen.starts]


def _rows_of(leading: _Leading) -> Piece:
    """The keys of all rows of a beginning."""
    texts = [start.leads for start in leading.starts]
    return " UNION ALL ".join(sql for sql, _params in texts), tuple(
        v for _sql, params in texts for v in params
    )


def _is_among(key: str, among: Piece) -> Piece:
    # IS TRUE keeps PostgreSQL from joining them to every row; so they are read once.
    return f"({key} IN ({among[0]})) IS TRUE", among[1]


def _walk(sight: _Sight, checks: dict[int, Piece]) -> list[Branch]:
    """From the suggestions of the actor's congress; what the actor sees of others is reached by its child rows."""
    every = ((SEEN, ()), *checks.values())
    if sight.congress is None:
        return [Branch(None, every)]
    home = (f"{TABLE}.congress_id = %s", (sight.congress,))
    found = [Branch(None, (home, *every))]
    asked = ((SEEN, ()), *(check for place, check in checks.items() if place))
    others = "EXISTS (SELECT 1 FROM people_congress WHERE id <> %s LIMIT 1 OFFSET 0)"
    away = (f"{TABLE}.congress_id <> %s AND {others}", (sight.congress, sight.congress))
    return found + [Branch(start, (away, *asked, start.holds), sight.congress) for start in sight.through]


def _sized(leading: Sequence[_Leading], today: date) -> int:
    """Learns how many rows stand at each beginning; answers how many suggestions there are about, by the newest key.

    It only decides where to begin, so it is asked once a day.
    """
    pieces = [NEWEST_KEY, *(start.leads for one in leading for start in one.starts if not start.size)]
    known = {piece: _SIZES.get((today, piece)) for piece in pieces}
    lacking = [piece for piece, size in known.items() if size is None]
    if lacking:
        known |= zip(lacking, (_expected if _is_postgresql() else _counts)(lacking), strict=True)
        if len(_SIZES) > MOST_KEPT:
            _SIZES.clear()
        _SIZES.update({(today, piece): known[piece] for piece in lacking})
    for one in leading:
        one.size = sum(start.size() if start.size else known[start.leads] or 0 for start in one.starts)
    return known[NEWEST_KEY] or 1


def _counts(pieces: Sequence[Piece]) -> tuple[int, ...]:
    """How many rows there are, counted in one statement."""
    texts = [
        f"({sql})"
        if (sql, params) == NEWEST_KEY
        else f"(SELECT COUNT(*) FROM (SELECT 1 FROM ({sql}) lead LIMIT {MOST_SIZED}) few)"
        for sql, params in pieces
    ]
    values = [value for _sql, params in pieces for value in params]
    return tuple(_row(f"SELECT {', '.join(texts)}", values))


def _expected(pieces: Sequence[Piece]) -> Iterator[int]:
    """How many rows PostgreSQL expects by its statistics, in one statement; to count them would take longer than the page."""
    asked = [piece for piece in pieces if piece != NEWEST_KEY]
    firsts = ", ".join(f"(SELECT 1 FROM ({sql}) lead LIMIT 1)" for sql, _params in asked)
    (plans,) = _row(f"EXPLAIN (FORMAT JSON) SELECT {firsts}", [v for _sql, params in asked for v in params])
    read = (part for first in plans[0]["Plan"].get("Plans", ()) for part in first["Plans"])
    expected = (int(part["Plan Rows"]) for part in read if part["Parent Relationship"] == "Outer")
    for piece in pieces:
        yield int(_row(*NEWEST_KEY)[0] or 0) if piece == NEWEST_KEY else next(expected)


def _row(sql: str, params: Sequence[Any]) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found: tuple[Any, ...] = cursor.fetchone()
    return found


def _is_postgresql() -> bool:
    return connection.vendor == "postgresql"


def _first(plan: Plan, order: Order, wanted: int) -> list[int]:
    """The first keys in their order, from no more rounds than it takes."""
    keys: list[int] = []
    for branches, part in _rounds(plan, order):
        sql, params = _union(branches, order, part, wanted - len(keys))
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            keys += [row[0] for row in cursor.fetchall()]
        if len(keys) >= wanted:
            break
    return keys


def _rounds(plan: Plan, order: Order) -> Iterator[tuple[Sequence[Branch], str]]:
    """What is looked at one after the other, and what holds there: what an index does not know comes after what it
    knows, and rows that lead here in no order come span by span of their keys.
    """
    spans = next(
        (branch.start.spans for branch in plan.branches if branch.start and branch.start.spans), None
    )
    if plan.is_walk and order.terms:
        yield from ((plan.branches, part) for part in (order.known, order.unknown(f"{TABLE}.")))
    elif spans and not order.terms:
        for low, high, leads in spans(order.is_descending):
            yield (
                [_in_span(branch, leads) for branch in plan.branches],
                f"{TABLE}.id BETWEEN {low} AND {high}",
            )
    else:
        yield plan.branches, ""


def _in_span(branch: Branch, leads: Piece) -> Branch:
    start = branch.start
    return replace(branch, start=replace(start, leads=leads)) if start and start.spans else branch


def _union(branches: Sequence[Branch], order: Order, part: str, wanted: int) -> Piece:
    """The first rows of all branches together."""
    texts: list[str] = []
    params: list[Any] = []
    for branch in branches:
        sql, values = _select(branch, order, part, wanted)
        texts.append(sql)
        params += values
    if len(texts) == 1:
        return texts[0], tuple(params)
    united = " UNION ".join(f"SELECT * FROM ({text}) b{n}" for n, text in enumerate(texts))
    ordering = order.by(of="", key="id")
    return f"SELECT * FROM ({united}) united ORDER BY {ordering} LIMIT {wanted}", tuple(params)


def _select(branch: Branch, order: Order, part: str, wanted: int) -> Piece:
    """The first rows of one branch, with the terms they are sorted by."""
    checks = [*branch.checks, (part, ())]
    condition = " AND ".join(f"({sql})" for sql, _ in checks if sql) or "1 = 1"
    params = tuple(value for _sql, values in checks for value in values)
    terms = "".join(f", {TABLE}.{term}" for term in order.terms)
    is_known = bool(part) and part == order.known
    if branch.start is None:
        ordering = order.by(of=f"{TABLE}.", key=f"{TABLE}.id", is_known=is_known)
        return (
            f"SELECT {TABLE}.id{terms} FROM {TABLE} WHERE {condition} ORDER BY {ordering} LIMIT {wanted}",
            params,
        )
    source, values = _source(branch, f"{TABLE}.id = way.suggestion_id AND {condition}", terms)
    # A sum instead of the bare column keeps SQLite from walking all rows.
    key = "way.suggestion_id" if branch.start.is_ordered else "way.suggestion_id + 0"
    found = f"SELECT DISTINCT {key} AS id{terms} FROM {source}"
    if terms:
        found, key = f"SELECT * FROM ({found}) found", "id"
    return f"{found} ORDER BY {order.by(of='', key=key)} LIMIT {wanted}", (*values, *params)


def _source(branch: Branch, condition: str, terms: str) -> Piece:
    """The rows to begin at, each with its suggestion, in such words that a database does begin there.

    CROSS JOIN tells SQLite, and the index that few columns are checked; LATERAL and OFFSET tell PostgreSQL.
    """
    assert branch.start is not None
    leads, values = branch.start.leads
    if branch.among:
        among, compared = _is_among("led.suggestion_id", branch.among)
        leads, values = f"SELECT led.suggestion_id FROM ({leads}) led WHERE {among}", (*values, *compared)
    others = "(SELECT id FROM people_congress WHERE id <> %s LIMIT 1) other CROSS JOIN "
    beyond = (others, (branch.beyond,)) if branch.beyond else ("", ())
    if connection.vendor == "sqlite":
        way, row = f"({leads}) way", f"{TABLE} INDEXED BY suggestion_facts WHERE {condition}"
    else:
        row = f"LATERAL (SELECT {TABLE}.id{terms} FROM {TABLE} WHERE {condition} OFFSET 0) {TABLE}"
        way = f"({leads}) way" if branch.start.is_ordered and not branch.beyond else f"({leads} OFFSET 0) way"
        if branch.beyond:
            way = f"LATERAL (SELECT * FROM ({leads}) led WHERE other.id > 0 OFFSET 0) way"
    return f"{beyond[0]}{way} CROSS JOIN {row}", (*beyond[1], *values)
