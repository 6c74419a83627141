"""Knows how a query that every page asks is compiled once in a process and run with other values each time.

Compiling a wide query costs Django more than the database needs to answer it; planning it costs PostgreSQL more, too,
so there the plan is kept with the connection, but for connections that a pool lends for one transaction at a time.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connection
from django.db.models import QuerySet

# Values no row has: they mark the places of the parameters in the compiled statement.
_MARKS: dict[type, Callable[[int], Any]] = {
    int: lambda n: 2**62 - 1 - n,
    date: lambda n: date(1, 1, 1) + timedelta(days=n),
    str: lambda n: f"\ufdd0{n}",
}


USES_BEFORE_KEPT = 2
_direct: WeakKeyDictionary[Any, bool] = WeakKeyDictionary()


def keeping_cursor() -> Any:
    """A cursor for statements whose text is always the same; on PostgreSQL their plans stay with the connection."""
    if connection.vendor != "postgresql":
        return connection.cursor()
    if not is_direct():
        return connection.cursor()
    from django.db.backends.postgresql.base import (
        ServerBindingCursor,
    )  # needs psycopg, which SQLite does without

    own: Any = connection
    kept: Any = ServerBindingCursor
    return own._prepare_cursor(kept(connection.connection))


def is_direct() -> bool:
    """Whether what is kept with a PostgreSQL connection stays there; behind a pool other processes answer than the one that greeted."""
    connection.ensure_connection()
    held = connection.connection
    if held not in _direct:
        (answering,) = held.execute("SELECT pg_backend_pid()").fetchone()
        _direct[held] = answering == held.info.backend_pid
        held.prepare_threshold = USES_BEFORE_KEPT if _direct[held] else None
    return _direct[held]


@dataclass(frozen=True, slots=True)
class _Statement:
    """A compiled query: its text, its parameters with the names of those that change, and what reads its rows."""

    sql: str
    params: tuple[Any, ...]
    places: tuple[tuple[int, str], ...]
    read: Callable[[list[tuple[Any, ...]]], Any]


class Prepared:
    """`Prepared(build, person=int, today=date)`: `build(person=…, today=…)` gives a `values_list` queryset.

    `rows(person=3, today=…)` runs it; every named value is a key (int), a day (date) or a word (str).
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], **kinds: type) -> None:
        self._build = build
        self._kinds: Mapping[str, type] = kinds
        self._statements: dict[str, _Statement] = {}

    def rows(self, **values: int | date | str) -> list[tuple[Any, ...]]:
        """The rows as tuples, their values converted as the queryset would."""
        statement = self._statements.get(connection.vendor)
        if statement is None:
            statement = self._statements[connection.vendor] = self._compiled()
        params = list(statement.params)
        for place, name in statement.places:
            params[place] = _adapted(values[name])
        with keeping_cursor() as cursor:
            cursor.execute(statement.sql, params)
            found = cursor.fetchall()
        return [tuple(row) for row in statement.read(found)]

    def _compiled(self) -> _Statement:
        marks = {name: _MARKS[kind](n) for n, (name, kind) in enumerate(self._kinds.items())}
        compiler = self._build(**marks).query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        names = {_adapted(mark): name for name, mark in marks.items()}
        places = tuple((place, names[value]) for place, value in enumerate(params) if value in names)
        if {name for _place, name in places} != set(marks):
            raise ValueError(f"the query does not use all of {', '.join(marks)}")
        converters = compiler.get_converters([column[0] for column in compiler.select])
        return _Statement(
            sql, tuple(params), places, lambda rows: compiler.apply_converters(rows, converters)
        )


def _adapted(value: int | date | str) -> Any:
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value
