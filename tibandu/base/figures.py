"""Knows what a figure is: a number with its definition, which opens exactly the rows that it counts."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import reduce
from operator import or_
from typing import Any, Literal

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Case, F, IntegerField, Q, QuerySet, When
from django.db.models import Value as Value_
from django.utils.timezone import make_aware

Half = Literal["counted", "among"]
Scope = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Period:
    """The days that a figure speaks of, both ends included: a year, all since a day, or a campaign from one day to another."""

    kind: Literal["year", "since", "campaign"]
    since: date
    until: date

    @classmethod
    def year(cls, n: int) -> "Period":
        return cls("year", date(n, 1, 1), date(n, 12, 31))

    @property
    def before(self) -> "Period":
        """The same days a year earlier."""
        return Period(self.kind, _year_earlier(self.since), _year_earlier(self.until))


def _year_earlier(day: date) -> date:
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


@dataclass(frozen=True)
class Source:
    """Rows of one noun in an actor's sight. `paths` lead from a row to the one unit, class or year that it belongs to."""

    noun: str
    rows: Callable[[Any], QuerySet[Any]]
    paths: Mapping[str, str] = field(default_factory=dict)

    def within(self, actor: Any, scope: Scope) -> QuerySet[Any]:
        """The rows of a scope; what these rows cannot be asked for has none of them."""
        rows = self.rows(actor)
        if not scope.keys() <= self.paths.keys():
            return rows.none()
        return rows.filter(**{self.paths[name]: value for name, value in scope.items()})


@dataclass(frozen=True)
class Part:
    """Which rows count, and the column of the day on which each counts; `is_moment` where that column holds a time."""

    day: str
    holds: Q = field(default_factory=Q)
    is_moment: bool = False

    def ends(self, period: Period) -> tuple[date, date]:
        """The first and the last day of a period, or their first and last moment."""
        if not self.is_moment:
            return period.since, period.until
        first = make_aware(datetime.combine(period.since, time.min))
        return first, make_aware(datetime.combine(period.until, time.max))

    def during(self, period: Period) -> Q:
        first, last = self.ends(period)
        return Q(**{f"{self.day}__gte": first, f"{self.day}__lte": last})

    def q(self, period: Period) -> Q:
        return self.during(period) & self.holds


@dataclass(frozen=True)
class Figure:
    """A count of rows, or with `among` the share of them that holds."""

    id: str
    label: Any
    definition: Any
    source: Source
    counted: Part
    among: Part | None = None

    def rows(self, actor: Any, period: Period, scope: Scope, half: Half = "counted") -> QuerySet[Any]:
        """Exactly the rows that the number counts, or that its share is taken of."""
        part = self.counted if half == "counted" or self.among is None else self.among
        return self.source.within(actor, scope).filter(part.q(period))

    def value(self, actor: Any, period: Period, scope: Scope) -> "Value":
        counted = self.rows(actor, period, scope).count()
        among = self.rows(actor, period, scope, "among").count() if self.among else None
        return Value(counted, among)


@dataclass(frozen=True, slots=True)
class Value:
    """How many rows count, and for a share among how many."""

    counted: int = 0
    among: int | None = None

    @property
    def percent(self) -> float | None:
        """The share in per cent; nothing where it would be a share of nothing."""
        return round(self.counted * 100 / self.among, 1) if self.among else None

    @property
    def number(self) -> float | int | None:
        """What is shown: the count, or the share in per cent."""
        return self.counted if self.among is None else self.percent


REGISTRY: dict[str, Figure] = {}


def register(*figures: Figure) -> tuple[Figure, ...]:
    """Makes the figures of a room known under their names, so that every board and report takes the same number."""
    for figure in figures:
        if REGISTRY.setdefault(figure.id, figure) is not figure:
            raise ValueError(f"a figure of this name is known already: {figure.id}")
    return figures


# What was counted in each group (one entry for each of `by`): by figure and place of the period, its value.
Tally = dict[tuple[Any, ...], dict[tuple[str, int], Value]]


def tally(
    figures: Iterable[Figure],
    actor: Any,
    periods: Sequence[Period],
    *,
    scope: Scope | None = None,
    by: Sequence[str] = (),
) -> Tally:
    """Every figure in every period and group, in one query a source; a row belongs to one group, so that groups add up."""
    found: Tally = defaultdict(dict)
    sources: dict[int, list[Figure]] = defaultdict(list)
    for figure in figures:
        sources[id(figure.source)].append(figure)
    for of_source in sources.values():
        _count(found, of_source, actor, periods, scope or {}, by)
    return found


def _count(
    found: Tally,
    figures: Sequence[Figure],
    actor: Any,
    periods: Sequence[Period],
    scope: Scope,
    by: Sequence[str],
) -> None:
    """Of every row its groups, days and conditions are asked once, and counted over all periods in the same statement."""
    source = figures[0].source
    parts = list({id(p): p for f in figures for p in (f.counted, f.among) if p}.values())
    places = {id(part): place for place, part in enumerate(parts)}
    try:
        rows, params = _facts(source, actor, scope, by, parts, periods)
    except EmptyResultSet:
        return
    columns = [f"c{n}" for n in range(len(by) + 2 * len(parts))]
    groups = ", ".join(columns[: len(by)])
    sums = [_sum(part, period, len(by) + 2 * n) for n, part in enumerate(parts) for period in periods]
    sql = f"WITH facts({', '.join(columns)}) AS MATERIALIZED ({rows}) SELECT "
    sql += ", ".join([*columns[: len(by)], *(text for text, _days in sums)]) + " FROM facts"
    values = [*params, *(day for _text, days in sums for day in days)]
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} GROUP BY {groups}" if by else sql, values)
        answers = cursor.fetchall()
    for answer in answers:
        cells, counts = found[answer[: len(by)]], [n or 0 for n in answer[len(by) :]]
        for figure in figures:
            for m in range(len(periods)):
                counted = counts[places[id(figure.counted)] * len(periods) + m]
                among = counts[places[id(figure.among)] * len(periods) + m] if figure.among else None
                cells[figure.id, m] = Value(counted, among)


def _facts(
    source: Source,
    actor: Any,
    scope: Scope,
    by: Sequence[str],
    parts: Sequence[Part],
    periods: Sequence[Period],
) -> tuple[str, tuple[Any, ...]]:
    """A statement of all rows that may count: the groups of each, and for every part its day and whether it holds."""
    nothing = Value_(None, output_field=IntegerField())
    columns: dict[str, Any] = {
        f"group_{n}": F(source.paths[name]) if name in source.paths else nothing for n, name in enumerate(by)
    }
    for n, part in enumerate(parts):
        columns[f"day_{n}"] = F(part.day)
        always = Value_(1, output_field=IntegerField())
        columns[f"holds_{n}"] = Case(When(part.holds, then=1), default=0) if part.holds else always
    span = Period("since", min(p.since for p in periods), max(p.until for p in periods))
    days = {part.day: part.during(span) for part in parts}
    rows = source.within(actor, scope).filter(reduce(or_, days.values())).order_by()
    sql, params = rows.annotate(**columns).values_list(*columns).query.sql_with_params()
    return sql, tuple(params)


def _sum(part: Part, period: Period, place: int) -> tuple[str, tuple[Any, ...]]:
    """How many rows hold on a day of the period, by the columns at a place."""
    days = tuple(_stored(part, day) for day in part.ends(period))
    return f"SUM(CASE WHEN c{place + 1} = 1 AND c{place} BETWEEN %s AND %s THEN 1 ELSE 0 END)", days


def _stored(part: Part, day: Any) -> Any:
    """A day or a moment as the database keeps it."""
    ops = connection.ops
    return ops.adapt_datetimefield_value(day) if part.is_moment else ops.adapt_datefield_value(day)


def fold(found: Tally, *places: int) -> Tally:
    """The same with only these entries of each group kept, what falls together added up."""
    sums: dict[tuple[Any, ...], dict[tuple[str, int], list[Any]]] = defaultdict(dict)
    for key, cells in found.items():
        kept = sums[tuple(key[place] for place in places)]
        for cell, value in cells.items():
            if cell not in kept:
                kept[cell] = [value.counted, value.among]
                continue
            kept[cell][0] += value.counted
            if value.among is not None:
                kept[cell][1] += value.among
    return {key: {cell: Value(*both) for cell, both in cells.items()} for key, cells in sums.items()}
