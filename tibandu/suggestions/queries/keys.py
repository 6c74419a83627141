"""Knows how the keys of a page of suggestions are found in a large table: where to begin, what to check, what to count.

The rules themselves stand in `sight` and `ledger`, as ways by which suggestions are reached. A database begins at
the wrong end of such rules when they are put to it as one condition under ORDER BY and LIMIT, so the beginning is
chosen here: at the newest suggestion of the congress, or at the rows of a child that lead to few of them.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import or_
from typing import Any

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Q

from tibandu.people.queries import Actor
from tibandu.suggestions.models import Suggestion
from tibandu.suggestions.queries.sight import Way, ways_of_sight

Piece = tuple[str, tuple[Any, ...]]

MOST_SORTED = 8_000  # more rows are never fetched to be sorted
MOST_SIZED = 20_000
WORTH = 90  # so many rows are walked over in the time in which one is fetched out of order, for a page and its count
MOST_COUNTED = 300
MOST_COUNTED_WALKING = 100  # where many rows are walked over for each that fits
TABLE = "suggestions_suggestion"
ONE_ROW = " LIMIT 1 OFFSET 0)"  # OFFSET keeps PostgreSQL from reading all a subquery could give into a hash
SEEN = f"NOT ({TABLE}.state IN ('draft', 'cosigning'))"


@dataclass(frozen=True, slots=True)
class Order:
    """How a page is sorted: its terms where they are known, and what says so in a way that an index can begin at."""

    terms: tuple[str, ...] = ()
    known: str = ""
    is_descending: bool = True

    def _sorted(self, *names: str) -> str:
        direction = " DESC" if self.is_descending else ""
        return ", ".join(f"{name}{direction}" for name in names)

    def within(self, *, of: str, key: str) -> str:
        """For rows whose terms are all known: an index gives this order."""
        return self._sorted(*(f"{of}{term}" for term in self.terms), key)

    def over_all(self, *, of: str, key: str) -> str:
        """The known first, either way; what is unknown in part comes last as well among its like."""
        if not self.terms:
            return self._sorted(key)
        names = [part for term in self.terms for part in (f"({of}{term} IS NULL)", f"{of}{term}")]
        lasts = [name if "IS NULL" in name else self._sorted(name) for name in names]
        return ", ".join([f"{self.unknown(of)}", *lasts, self._sorted(key)])

    def unknown(self, of: str) -> str:
        return f"({' OR '.join(f'{of}{term} IS NULL' for term in self.terms)})"


_NUMBER = ("session_id", "number")
_NUMBERED = f"{TABLE}.session_id > 0 AND {TABLE}.number IS NOT NULL"
_DATED = f"{TABLE}.due_on > '0001-01-01'"
ORDERS = {
    "-id": Order(),
    "id": Order(is_descending=False),
    "number": Order(_NUMBER, _NUMBERED, is_descending=False),
    "-number": Order(_NUMBER, _NUMBERED),
    "due": Order(("due_on",), _DATED, is_descending=False),
    "-due": Order(("due_on",), _DATED),
}
NEWEST = ORDERS["-id"]


@dataclass(frozen=True, slots=True)
class Start:
    """Rows to begin at, by a statement of their `suggestion_id`, and what must hold of the suggestion besides.

    Those of a child noun may come newest first; suggestions themselves do so when they are walked, so one begins at
    them only where they are few.
    """

    leads: Piece
    holds: Piece = ("", ())
    is_ordered: bool = True
    is_child: bool = True
    size: int | None = None  # where it is known, or known to be many


@dataclass(frozen=True, slots=True)
class Asked:
    """One filter: the ways to what fits it, other beginnings of the same, and a cheaper check of a single row."""

    ways: Sequence[Way]
    leads: tuple[Start, ...] = ()
    check: Piece | None = None

    @property
    def q(self) -> Q:
        return reduce(or_, (way.q for way in self.ways))

    @property
    def starts(self) -> tuple[Start, ...]:
        """Where one can begin."""
        return self.leads or _starts(self.ways)


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


@dataclass(frozen=True, slots=True)
class Plan:
    """Where a page is looked for, where its rows are counted and how far, and whether an index gives its order."""

    branches: Sequence[Branch]
    counted: Sequence[Branch]
    most_counted: int
    is_walk: bool


@dataclass(frozen=True, slots=True)
class Found:
    """A page of keys, whether more follow, and how many there are in all; the count stopped where it is not exact."""

    keys: list[int]
    has_more: bool
    count: int = 0
    is_exact: bool = True


def find(actor: Actor, asked: Sequence[Asked], sort: str, start: int, most: int) -> Found:
    """The keys of a page of what the actor sees and asks for."""
    order = ORDERS.get(sort, NEWEST)
    try:
        plan = _plan(_sight_of(actor), asked, order)
    except EmptyResultSet:
        return Found([], False)
    keys, count = _read(plan, order, start, most + 1)
    if start and not keys:
        count = _read(plan, NEWEST, 0, 1)[1]
    seen = start + min(len(keys), most) if keys else 0
    if keys and len(keys) <= most:
        return Found(keys, False, seen)
    is_exact = count <= plan.most_counted
    return Found(keys[:most], len(keys) > most, max(seen, min(count, plan.most_counted)), is_exact)


def where(q: Q) -> Piece:
    """A condition on a suggestion as text."""
    query = Suggestion.objects.filter(q).query
    try:
        sql, params = query.where.as_sql(query.get_compiler(DEFAULT_DB_ALIAS), connection)
    except FullResultSet:
        return "", ()
    return sql.replace(" LIMIT 1)", ONE_ROW), tuple(params)


def _starts(ways: Sequence[Way]) -> tuple[Start, ...]:
    """Where the ways begin: at child rows, or at the suggestions of which something holds."""
    return tuple(_start_through(way) if way.through is not None else _start_at(way) for way in ways)


def _start_through(way: Way) -> Start:
    assert way.through is not None
    sql, params = way.through.order_by().values_list("suggestion_id").query.sql_with_params()
    return Start((sql, tuple(params)), where(way.holds), way.is_ordered)


def _start_at(way: Way) -> Start:
    """By congress, for so the indexes begin."""
    sql, params = where(way.holds)
    every = f"SELECT id AS suggestion_id FROM {TABLE} WHERE congress_id IN (SELECT id FROM people_congress)"
    return Start((f"{every} AND {sql}", params), is_ordered=False, is_child=False)


Leading = tuple[int, tuple[Start, ...]]  # which of the filters (0 is sight), and where one can begin


@lru_cache(4096)
def _sight_of(actor: Actor) -> _Sight:
    """Compiling the rule costs more than asking it; it hangs on nothing but the actor."""
    if actor.is_system:
        return _Sight(("", ()), direct=(("", ()),))
    ways = ways_of_sight(actor)
    check = where(reduce(or_, (way.q for way in ways)))
    direct = tuple(where(way.holds) for way in ways if way.through is None)
    return _Sight(check, actor.congress_id, direct, _starts([way for way in ways if way.through is not None]))


def _plan(sight: _Sight, asked: Sequence[Asked], order: Order) -> Plan:
    """Begins at few child rows, else where the order is at hand; what is not begun at is checked of each row."""
    if not asked and not order.terms:
        each = [Branch(None, ((SEEN, ()), way)) for way in sight.direct]
        each += [Branch(start, ((SEEN, ()), start.holds)) for start in sight.through]
        return Plan(each, each, MOST_COUNTED, False)
    checks = [(SEEN, ()), *(one.check or where(one.q) for one in asked)]
    leading = [(n, one.starts) for n, one in enumerate(asked, 1)]
    if sight.starts:
        leading.insert(0, (0, sight.starts))
    chosen = _chosen(leading, checks, order, {n for n, one in enumerate(asked, 1) if one.check})
    if chosen:
        branches = _begun(sight, checks, chosen)
        return Plan(branches, branches, MOST_COUNTED, False)
    branches = _walk(sight, checks)
    if sight.starts and not asked:
        return Plan(branches, _begun(sight, checks, leading[0]), MOST_COUNTED, True)
    is_dense = not any(starts[0].is_child for _n, starts in leading)
    return Plan(branches, branches, MOST_COUNTED if is_dense else MOST_COUNTED_WALKING, True)


def _begun(sight: _Sight, checks: Sequence[Piece], chosen: Leading) -> list[Branch]:
    n, starts = chosen
    rest = [check for place, check in enumerate(checks) if place != n or n == 0]
    if n:
        rest.append(sight.check)
    return [Branch(start, (*rest, start.holds)) for start in starts]


def _chosen(
    leading: Sequence[Leading], checks: list[Piece], order: Order, dear: Collection[int]
) -> Leading | None:
    """The beginning with the fewest rows: few, or else such that come newest first where a page is read so.

    A check that reads every row's text is put better where what fits is known to be little.
    """
    by_order = [one for one in leading if one[1][0].is_ordered]
    if order.terms or not all(starts[0].is_child for _n, starts in leading):
        by_order = []
    is_bare = not order.terms and not any(starts[0].is_child for _n, starts in leading)
    if len(leading) == len(by_order) == 1 or not leading or is_bare:
        return by_order[0] if by_order else None
    newest, *sizes = _sizes([starts for _n, starts in leading])
    by_size = sorted(zip(sizes, leading, strict=True), key=lambda pair: (pair[0], not pair[1][0]))
    for size, (n, starts) in by_size:
        if n in dear and size < MOST_SIZED:
            checks[n] = _among(starts)
    size, least = by_size[0]
    if size <= MOST_SORTED and size * size <= WORTH * newest:
        return least
    return next((one for _size, one in by_size if one in by_order), None)


def _among(starts: Sequence[Start]) -> Piece:
    every = " UNION ALL ".join(start.leads[0] for start in starts)
    return f"{TABLE}.id IN ({every})", tuple(value for start in starts for value in start.leads[1])


def _walk(sight: _Sight, checks: Sequence[Piece]) -> list[Branch]:
    """From the suggestions of the actor's congress; what the actor sees of others is reached by its child rows."""
    if sight.congress is None:
        return [Branch(None, tuple(checks))]
    home = (f"{TABLE}.congress_id = %s", (sight.congress,))
    found = [Branch(None, (home, *checks, sight.check))]
    others = "EXISTS (SELECT 1 FROM people_congress WHERE id <> %s LIMIT 1 OFFSET 0)"
    away = (f"{TABLE}.congress_id <> %s AND {others}", (sight.congress, sight.congress))
    return found + [Branch(start, (away, *checks, start.holds), sight.congress) for start in sight.through]


def _sizes(leading: Sequence[Sequence[Start]]) -> list[int]:
    """The newest key of all, and how many child rows stand at each beginning, counted as far as it matters."""
    counts = [f"(SELECT MAX(id) FROM {TABLE})"]
    params: list[Any] = []
    for starts in leading:
        most = MOST_SIZED if len(leading) > 1 and leading[1][0].is_child else MOST_SORTED + 1
        some = "(SELECT COUNT(*) FROM (SELECT 1 FROM ({}) lead LIMIT {}) few)"
        asked = [start for start in starts if start.size is None]
        known = str(sum(start.size or 0 for start in starts))
        counts.append(" + ".join([known, *(some.format(start.leads[0], most) for start in asked)]))
        params += [value for start in asked for value in start.leads[1]]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(counts)}", params)
        return [found or 0 for found in cursor.fetchone()]


def _read(plan: Plan, order: Order, start: int, most: int) -> tuple[list[int], int]:
    """The keys from `start` on with the count; where an index gives the order, what it does not know is read after it."""
    parts = [""]
    if plan.is_walk and order.terms:
        parts = [order.known, order.unknown(f"{TABLE}.")]
    keys: list[int] = []
    count = None
    for part in parts:
        wanted = start + most - len(keys)
        if wanted <= 0:
            break
        rows = _run(plan, order, part, wanted, count is None)
        if count is None:
            count = rows[0][1] if rows else None
        keys += [row[0] for row in rows]
    return keys[start:], count or 0


def _run(plan: Plan, order: Order, part: str, wanted: int, counting: bool) -> list[tuple[int, int]]:
    sql, params = _union(plan.branches, order, part, wanted)
    count = "0"
    if counting:
        counted, values = _union(plan.counted, NEWEST, "", plan.most_counted + 1)
        count, params = f"(SELECT COUNT(*) FROM ({counted}) counted)", (*values, *params)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, {count} FROM ({sql}) page", params)
        return list(cursor.fetchall())


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
    ordering = order.over_all(of="", key="id")
    return f"SELECT * FROM ({united}) united ORDER BY {ordering} LIMIT {wanted}", tuple(params)


def _select(branch: Branch, order: Order, part: str, wanted: int) -> Piece:
    """The first rows of one branch, with the terms they are sorted by."""
    checks = [*branch.checks, (part, ())]
    condition = " AND ".join(f"({sql})" for sql, _ in checks if sql) or "1 = 1"
    params = [value for _sql, values in checks for value in values]
    terms = "".join(f", {TABLE}.{term}" for term in order.terms)
    key, source, distinct = f"{TABLE}.id", TABLE, ""
    if branch.start:
        # CROSS JOIN holds SQLite to this beginning; a sum instead of the bare column keeps it from walking all rows.
        key = "way.suggestion_id" if branch.start.is_ordered else "way.suggestion_id + 0"
        source, distinct = f"({branch.start.leads[0]}) way CROSS JOIN {TABLE}", "DISTINCT "
        condition = f"{TABLE}.id = way.suggestion_id AND {condition}"
        params = [*branch.start.leads[1], *params]
        if branch.beyond:
            source = f"(SELECT id FROM people_congress WHERE id <> %s LIMIT 1) other CROSS JOIN {source}"
            params = [branch.beyond, *params]
    of = f"{TABLE}."
    ordering = (
        order.within(of=of, key=key) if part and part == order.known else order.over_all(of=of, key=key)
    )
    found = f"SELECT {distinct}{key} AS id{terms} FROM {source} WHERE {condition}"
    if distinct and terms:
        found, ordering = f"SELECT * FROM ({found}) found", order.over_all(of="", key="id")
    return f"{found} ORDER BY {ordering} LIMIT {wanted}", tuple(params)
