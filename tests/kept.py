"""What a builder leaves in the database is kept, and put back row by row when the same is built from the same beginning.

A builder takes every step by the real verbs once in a process. That costs a few hundred statements; to put back what
they left costs one a table. It is done only where nothing but builders has written since the database was empty.
"""

import pickle
import re
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from io import BytesIO
from typing import Any, ParamSpec, TypeVar

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Model
from django.utils.translation import get_language

P = ParamSpec("P")
R = TypeVar("R")
Row = tuple[Any, ...]
Rows = dict[str, dict[Any, Row]]  # by table and key

READING = re.compile(r"\s*\(?(SELECT|SAVEPOINT|RELEASE|PRAGMA|SET)\b")
WRITING = re.compile(r'\s*(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM)\s+"?(\w+)')
# Rows that stand for a file, which lies outside the database and ends with the test.
OF_FILES = {"base_storedfile", "oversight_packet"}
MOST_ROWS = 200


@dataclass
class Place:
    """A state of the database to which builders alone have led, and the ways that lead on from it."""

    rows: Rows
    ways: dict[Hashable, "Way"] = field(default_factory=dict)


@dataclass
class Way:
    """The statements that lead from one place to the next, and what the builder gave back there."""

    to: Place
    statements: list[tuple[str, list[Any] | None]]
    told: bytes


class Watch:
    """Looks at every statement of a test, to know at which place its database stands."""

    def __init__(self, place: Place) -> None:
        self.place: Place | None = place
        self.written: set[str] = set()

    def __call__(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        if written := WRITING.match(sql):
            self.written.add(written[1])
        elif not READING.match(sql):  # a rollback, or what no builder does
            self.place = None
        return execute(sql, params, many, context)

    def stands(self) -> Place | None:
        return None if self.written else self.place

    def arrive(self) -> Place | None:
        """The place to which a builder has come; None where it left more than rows."""
        tables = self.written - _virtual
        if self.place is None or not tables <= set(_keys) - OF_FILES:
            return None
        self.move(Place({**self.place.rows, **{table: _read(table) for table in tables}}))
        return self.place

    def move(self, place: Place) -> None:
        self.place = place
        self.written.clear()


_keys: dict[str, tuple[int, str]] = {}  # the place and the name of each table's key
_virtual: set[str] = set()  # full text indexes of SQLite, which keep tables of their own
_beginning = Place({})
_watch: Watch | None = None


def begin() -> None:
    """Reads the database as migrating leaves it, where every test begins."""
    global _beginning
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL%%'")
            _virtual.update(name for (name,) in cursor.fetchall())
        own = {f"{index}_{part}" for index in _virtual for part in ("data", "idx", "docsize", "config")}
        for table in sorted({*connection.introspection.table_names(cursor)} - _virtual - own):
            if key := connection.introspection.get_primary_key_column(cursor, table):
                columns = connection.introspection.get_table_description(cursor, table)
                _keys[table] = [column.name for column in columns].index(key), key
    _beginning = Place({table: _read(table) for table in _keys})


@contextmanager
def watched() -> Iterator[None]:
    """Builders keep what they build in here; the database stands at its beginning."""
    global _watch
    _watch = Watch(_beginning)
    try:
        with connection.execute_wrapper(_watch):
            yield
    finally:
        _watch = None


def is_watched() -> bool:
    return _watch is not None


def kept(build: Callable[P, R]) -> Callable[P, R]:
    """Marks a builder; what it is given are rows, plain values and the town."""

    @wraps(build)
    def run(*given: P.args, **fields: P.kwargs) -> R:
        place, key = _watch and _watch.stands(), _key(build, given, fields)
        if _watch is None or place is None or key is None:
            return build(*given, **fields)
        rows = [value for value in (*given, *fields.values()) if isinstance(value, Model)]
        if way := place.ways.get(key):
            return _gone(_watch, way, rows)
        result = build(*given, **fields)
        if (to := _watch.arrive()) is not None:
            place.ways[key] = Way(to, _statements(place.rows, to.rows), _told(result, rows))
        return result

    return run


def _key(build: Any, given: Iterable[Any], fields: dict[str, Any]) -> Hashable:
    """What the result of a builder depends on besides the place; None where that cannot be told."""
    try:
        return (build, _plain(list(given)), _plain(fields), get_language(), _plain(settings.TIBANDU_GATEWAYS))
    except TypeError:
        return None


def _plain(value: Any) -> Hashable:
    if isinstance(value, Model):
        return type(value), value.pk
    if isinstance(value, dict):
        return tuple((name, _plain(one)) for name, one in value.items())
    if isinstance(value, list | tuple):
        return tuple(map(_plain, value))
    if hasattr(value, "cast"):
        return value.cast()
    hash(value)
    return type(value), value


def _gone(watch: Watch, way: Way, rows: list[Model]) -> Any:
    """Goes the way by its statements; the rows that were given are then as the builder would leave them."""
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        for sql, params in way.statements:
            cursor.execute(sql, params)
    watch.move(way.to)
    reading = pickle.Unpickler(BytesIO(way.told))
    reading.persistent_load = rows.__getitem__  # type: ignore[method-assign]
    result, left = reading.load()
    for row, values in zip(rows, left, strict=True):
        vars(row).clear()
        vars(row).update(values)
    return result


class _Pickler(pickle.Pickler):
    """Names the rows that were given by their number, so that who gave them finds the same objects in the result."""

    def __init__(self, file: BytesIO, rows: list[Model]) -> None:
        super().__init__(file)
        self.numbers = {id(row): number for number, row in enumerate(rows)}

    def persistent_id(self, value: Any) -> int | None:
        return self.numbers.get(id(value))


def _told(result: Any, rows: list[Model]) -> bytes:
    file = BytesIO()
    _Pickler(file, rows).dump((result, [vars(row) for row in rows]))
    return file.getvalue()


def _read(table: str) -> dict[Any, Row]:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}"')
        return {row[_keys[table][0]]: tuple(row) for row in cursor.fetchall()}


def _statements(before: Rows, after: Rows) -> list[tuple[str, list[Any] | None]]:
    """What leads from some rows to others: on PostgreSQL one text, which is quicker there than many."""
    found: list[tuple[str, list[Any]]] = []
    for table, rows in after.items():
        if rows is not (old := before[table]):
            gone = [row for key, row in old.items() if rows.get(key) != row]
            come = [row for key, row in rows.items() if old.get(key) != row]
            found += [*_taken_out(table, gone), *_put_in(table, come)]
    if connection.vendor != "postgresql" or not found:
        return list(found)
    with connection.cursor() as cursor:
        return [("; ".join(cursor.mogrify(sql, params) for sql, params in found), None)]


def _taken_out(table: str, rows: list[Row]) -> Iterator[tuple[str, list[Any]]]:
    index = table.removesuffix("_tokens")
    at, key = _keys[table]
    for row in rows:
        if index in _virtual:
            yield f"INSERT INTO {index} ({index}, rowid, words) VALUES ('delete', %s, %s)", [*row]
        yield f'DELETE FROM "{table}" WHERE "{key}" = %s', [row[at]]


def _put_in(table: str, rows: list[Row]) -> Iterator[tuple[str, list[Any]]]:
    index = table.removesuffix("_tokens")
    into = [f'"{table}"', *([f"{index} (rowid, words)"] if index in _virtual else [])]
    for start in range(0, len(rows), MOST_ROWS):
        some = rows[start : start + MOST_ROWS]
        marks = ", ".join([f"({', '.join(['%s'] * len(some[0]))})"] * len(some))
        for name in into:
            yield f"INSERT INTO {name} VALUES {marks}", [value for row in some for value in row]
