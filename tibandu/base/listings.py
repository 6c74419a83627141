"""Knows how the rows of a ledger are read as light values, by a text that is made once for each kind of reader.

To compile such a query takes Django longer than the database takes to answer it, and to fill models with what the page
does not show takes longer still.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from functools import lru_cache
from typing import Any, Generic, Protocol, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import CharField, Count, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, NullIf

from tibandu.base.prepared import Statement, compiled, keeping_cursor, mark

KEPT = 256  # texts of one listing: a few kinds of reader, each with the filters that are asked most


class Asker(Protocol):
    """Who asks: a frozen dataclass, whose keys are its whole numbers."""

    def nameless(self) -> Any:
        """What of it decides which rows are in sight, keys included and names left out."""


Row = TypeVar("Row", bound=tuple[Any, ...])


class Listing(Generic[Row]):
    """`Listing(build, Row, unit="unit__name")`: rows of `build(asker, wanted, *facts)` as values of `Row`.

    A field is read from the column of its name, or from the path or expression that is given for it. Askers who differ
    by their keys alone share one text; filters and facts (a day) belong to the text, so they must be hashable.
    """

    def __init__(
        self, build: Callable[..., QuerySet[Any, Any]], row: type[Row], **paths: str | Combinable
    ) -> None:
        self._build = build
        self._row = row
        self._names: tuple[str, ...] = row._fields  # type: ignore[attr-defined]
        self._paths = [paths.get(name, name) for name in self._names]
        self._text = lru_cache(KEPT)(self._compiled)

    def rows(
        self, asker: Asker, wanted: Mapping[str, Any], *facts: Any, start: int = 0, stop: int | None = None
    ) -> list[Row]:
        """The rows that fit from `start` up to `stop`, in the order of the queryset."""
        statement, values = self._asked(asker, wanted, facts)
        if statement is None:
            return []
        sql, params = statement.sql, statement.filled(values)
        if stop is not None:
            sql, params = f"{sql} LIMIT %s OFFSET %s", [*params, max(0, stop - start), start]
        with keeping_cursor() as cursor:
            cursor.execute(sql, params)
            found = cursor.fetchall()
        make: Callable[[Any], Row] = self._row._make  # type: ignore[attr-defined]
        return [make(row) for row in statement.read(found)]

    def sums(self, asker: Asker, wanted: Mapping[str, Any], *facts: Any, of: tuple[str, ...]) -> list[int]:
        """How many rows fit, and what each of these fields comes to over all of them."""
        statement, values = self._asked(asker, wanted, facts)
        if statement is None:
            return [0] * (1 + len(of))
        columns = ", ".join(f"c{n}" for n in range(len(self._paths)))
        summed = "".join(f", SUM(c{self._names.index(name)})" for name in of)
        sql = f"WITH part({columns}) AS ({statement.sql}) SELECT COUNT(*){summed} FROM part"
        with keeping_cursor() as cursor:
            cursor.execute(sql, statement.filled(values))
            return [int(value or 0) for value in cursor.fetchone()]

    def _asked(
        self, asker: Asker, wanted: Mapping[str, Any], facts: tuple[Any, ...]
    ) -> tuple[Statement | None, dict[str, int]]:
        plain = asker.nameless()
        values = _keys(plain)
        marks = {name: mark(int, n) for n, name in enumerate(values)}
        return self._text(connection.vendor, replace(plain, **marks), tuple(wanted.items()), facts), values

    def _compiled(
        self, _vendor: str, asker: Any, wanted: tuple[tuple[str, Any], ...], facts: tuple[Any, ...]
    ) -> Statement | None:
        try:
            rows = self._build(asker, dict(wanted), *facts)
            return compiled(rows.values_list(*self._paths), _keys(asker))
        except EmptyResultSet:
            return None


def _keys(asker: Any) -> dict[str, int]:
    held = {field.name: getattr(asker, field.name) for field in fields(asker)}
    return {name: value for name, value in held.items() if type(value) is int}


def first_of(*paths: str) -> Combinable:
    """The first of these text columns that holds anything."""
    filled = [NullIf(F(path), Value("")) for path in paths]
    return Coalesce(*filled, Value(""), output_field=CharField())


def count_of(rows: QuerySet[Any], by: str) -> Combinable:
    """How many of these rows point by this column at the row that is read."""
    counted = rows.filter(**{by: OuterRef("pk")}).order_by().values(by).annotate(n=Count("pk"))
    return Coalesce(Subquery(counted.values("n")), 0)
