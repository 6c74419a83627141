"""Knows how a query that every page asks is compiled once in a process and run with other values each time.

Compiling a wide query costs Django more than the database needs to answer it; planning it costs PostgreSQL more, too,
so there the plan is kept with the connection, but for connections that a pool lends for one transaction at a time.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connection
from django.db.models import Model, QuerySet

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
class Statement:
    """A compiled query: its text, its parameters with the names of those that change, and what reads its rows."""

    sql: str
    params: tuple[Any, ...]
    places: tuple[tuple[int, str], ...]
    read: Callable[[list[tuple[Any, ...]]], Any]

    def filled(self, values: Mapping[str, Any]) -> list[Any]:
        """The parameters with these values in their places."""
        params = list(self.params)
        for place, name in self.places:
            params[place] = _adapted(values[name])
        return params


class Prepared:
    """`Prepared(build, person=int, today=date)`: `build(person=…, today=…)` gives a `values_list` queryset.

    `rows(person=3, today=…)` runs it; every named value is a key (int), a day (date) or a word (str).
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], **kinds: type) -> None:
        self._build = build
        self._kinds: Mapping[str, type] = kinds
        self._statements: dict[str, Statement] = {}

    def rows(self, **values: int | date | str) -> list[tuple[Any, ...]]:
        """The rows as tuples, their values converted as the queryset would."""
        statement = self._statements.get(connection.vendor)
        if statement is None:
            statement = self._statements[connection.vendor] = self._compiled()
        with keeping_cursor() as cursor:
            cursor.execute(statement.sql, statement.filled(values))
            found = cursor.fetchall()
        return [tuple(row) for row in statement.read(found)]

    def _compiled(self) -> Statement:
        marks = {name: mark(kind, n) for n, (name, kind) in enumerate(self._kinds.items())}
        statement = compiled(self._build(**marks), marks)
        if {name for _place, name in statement.places} != set(marks):
            raise ValueError(f"the query does not use all of {', '.join(marks)}")
        return statement


def mark(kind: type, n: int) -> Any:
    """The n-th mark for the place of a value of this kind."""
    return _MARKS[kind](n)


def compiled(rows: QuerySet[Any, Any], marks: Mapping[str, Any]) -> Statement:
    """The text of a `values_list` queryset in which marks hold the places of named values."""
    compiler = rows.query.get_compiler(connection=connection)
    sql, params = compiler.as_sql()
    names = {_adapted(mark): name for name, mark in marks.items()}
    places = tuple((place, names[value]) for place, value in enumerate(params) if value in names)
    converters = compiler.get_converters([column[0] for column in compiler.select])
    return Statement(sql, tuple(params), places, lambda rows: compiler.apply_converters(rows, converters))


def update_row(row: Model, where: Mapping[str, Any], changes: Mapping[str, Any]) -> bool:
    """`filter(pk=row.pk, **where).update(**changes)` by a text that is made once; whether the row was still so.

    `where` names columns that are never null.
    """
    if any(isinstance(value, Model) or hasattr(value, "resolve_expression") for value in changes.values()):
        return bool(type(row)._base_manager.filter(pk=row.pk, **where).update(**changes))
    sql, fields = _update_text(connection.vendor, type(row), tuple(changes), ("pk", *where))
    values = zip(fields, (*changes.values(), row.pk, *where.values()), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(sql, [field.get_db_prep_save(value, connection) for field, value in values])
        return bool(cursor.rowcount)


@lru_cache(512)
def _update_text(
    _vendor: str, model: type[Model], changed: tuple[str, ...], asked: tuple[str, ...]
) -> tuple[str, list[Any]]:
    options = model._meta
    fields: list[Any] = [options.pk if name == "pk" else options.get_field(name) for name in changed + asked]
    texts = [f"{connection.ops.quote_name(field.column)} = %s" for field in fields]
    sets, wheres = ", ".join(texts[: len(changed)]), " AND ".join(texts[len(changed) :])
    return f"UPDATE {connection.ops.quote_name(options.db_table)} SET {sets} WHERE {wheres}", fields


def insert_row(row: Model) -> None:
    """`save(force_insert=True)` of a row without relations, by a text that is made once."""
    sql, fields = _insert_text(connection.vendor, type(row))
    values = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        row.pk = cursor.fetchone()[0]
    row._state.adding, row._state.db = False, connection.alias


@lru_cache(512)
def _insert_text(_vendor: str, model: type[Model]) -> tuple[str, list[Any]]:
    options, quote = model._meta, connection.ops.quote_name
    fields: list[Any] = [field for field in options.concrete_fields if not field.primary_key]
    names, marks = ", ".join(quote(field.column) for field in fields), ", ".join(["%s"] * len(fields))
    into = f"INSERT INTO {quote(options.db_table)} ({names}) VALUES ({marks})"
    return f"{into} RETURNING {quote(str(options.pk.column))}", fields


def _adapted(value: int | date | str) -> Any:
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value
