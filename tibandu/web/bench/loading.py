"""Knows how rows enter a database in bulk and what is put aside meanwhile: indexes, foreign keys, caution."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.core.management.color import no_style
from django.db import connection, models

from tibandu.base.models import JournalLine
from tibandu.base.search import vector
from tibandu.people.models import Message
from tibandu.suggestions.queries.ledger import INDEX
from tibandu.web.bench.cases import COLUMNS, MESSAGE_COLUMNS
from tibandu.web.bench.lines import COLUMNS as LINE_COLUMNS

MODELS: dict[str, tuple[type[models.Model], tuple[str, ...]]] = {
    **COLUMNS,
    "line": (JournalLine, LINE_COLUMNS),
    "message": (Message, MESSAGE_COLUMNS),
}
Rows = Sequence[tuple[Any, ...]]


def is_postgresql() -> bool:
    return connection.vendor == "postgresql"


def target(name: str) -> tuple[str, list[str], tuple[Any, ...]]:
    """Table, columns and what stands in those that the rows do not name."""
    if name == "index":
        table = INDEX.name if is_postgresql() else f"{INDEX.name}_tokens"
        return table, ["key", "words", *(["vector"] if is_postgresql() else [])], ()
    model, named = MODELS[name]
    others = [field for field in model._meta.concrete_fields if field.attname not in named]
    defaults = tuple(field.get_db_prep_save(field.get_default(), connection) for field in others)
    fields = [*(model._meta.get_field(attname) for attname in named), *others]
    return model._meta.db_table, [str(field.column) for field in fields], defaults


def as_copy(rows: Rows, defaults: tuple[Any, ...], *, indexed: bool) -> bytes:
    """Rows in the text that COPY reads; no text of a bench holds a tab or a line break."""
    tail = "".join("\t" + _written(value) for value in defaults)
    lines = ["\t".join([_written(value) for value in row]) + tail for row in rows]
    if indexed:
        lines = [f"{line}\t{vector(key, words)}" for line, (key, words) in zip(lines, rows, strict=True)]
    return ("\n".join(lines) + "\n").encode()


def _written(value: Any) -> str:
    if value is None:
        return "\\N"
    return value.replace("\\", "\\\\") if type(value) is str else str(value)


class Loader:
    """Takes rows by table; what it needs of the tables is asked once."""

    def __init__(self) -> None:
        self.targets = {name: target(name) for name in [*MODELS, "index"]}

    def statement(self, name: str) -> str:
        table, columns, _defaults = self.targets[name]
        named = ", ".join(f'"{column}"' for column in columns)
        if is_postgresql():
            return f'COPY "{table}" ({named}) FROM STDIN'
        return f'INSERT INTO "{table}" ({named}) VALUES ({", ".join("?" * len(columns))})'

    def put(self, name: str, rows: Any) -> None:
        """Tuples on SQLite, the text of COPY on PostgreSQL."""
        with connection.cursor() as cursor:
            if is_postgresql():
                with cursor.copy(self.statement(name)) as copy:
                    copy.write(rows)
                return
        defaults = self.targets[name][2]
        whole = [row + defaults for row in rows] if defaults else rows
        connection.connection.executemany(self.statement(name), whole)


@contextmanager
def unguarded() -> Iterator[None]:
    """Indexes and foreign keys away, the log of writing off; everything is put back and analysed at the end."""
    with (_unguarded_postgresql if is_postgresql() else _unguarded_sqlite)():
        yield


def _tables() -> list[str]:
    return [model._meta.db_table for model, _columns in MODELS.values()]


@contextmanager
def _unguarded_sqlite() -> Iterator[None]:
    marks = ", ".join(["%s"] * len(_tables()))
    kept = _rows(
        f"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql <> '' AND tbl_name IN ({marks})",
        _tables(),
    )
    _run("PRAGMA foreign_keys = OFF", "PRAGMA journal_mode = MEMORY", "PRAGMA synchronous = OFF")
    _run("PRAGMA cache_size = -400000", "PRAGMA threads = 2")
    _run(*(f'DROP INDEX "{name}"' for name, _sql in kept))
    yield
    # Words gather in memory: from pieces of one megabyte, the usual, half an hour goes into joining them.
    _run(_configured("hashsize", 256 * 2**20), f"INSERT INTO {INDEX.name} ({INDEX.name}) VALUES ('rebuild')")
    _run(_configured("hashsize", 2**20))
    _run(*(sql for _name, sql in kept), "PRAGMA analysis_limit = 200", "ANALYZE")  # as the nightly tick does
    _run("PRAGMA foreign_keys = ON")
    connection.close()  # the next connection is as careful as the settings say


def _configured(name: str, value: int) -> str:
    return f"INSERT INTO {INDEX.name} ({INDEX.name}, rank) VALUES ('{name}', {value})"


@contextmanager
def _unguarded_postgresql() -> Iterator[None]:
    names = [*_tables(), INDEX.name]
    # Keys of primary tables grow in order and stay; they are also what the foreign keys of others point at.
    constraints = _rows(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE conrelid::regclass::text = ANY(%s) AND contype IN ('f', 'u') ORDER BY contype DESC",
        [names],
    )
    _run(*(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"' for table, name, _sql in reversed(constraints)))
    indexes = _rows(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index "
        "WHERE indrelid::regclass::text = ANY(%s) AND NOT indisprimary",
        [names],
    )
    _run(*(f"DROP INDEX {name}" for name, _sql in indexes), "SET synchronous_commit = off")
    yield
    _run("SET maintenance_work_mem = '1GB'", *(sql for _name, sql in indexes))
    _run(*(f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" {sql}' for table, name, sql in constraints))
    _run(*connection.ops.sequence_reset_sql(no_style(), [model for model, _columns in MODELS.values()]))
    _run("SET maintenance_work_mem TO DEFAULT", "SET synchronous_commit TO DEFAULT")
    _run("VACUUM ANALYZE")  # so that pages may trust the indexes alone


def _run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _rows(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def bytes_on_disk() -> int:
    """What the database takes."""
    if is_postgresql():
        return int(_rows("SELECT pg_database_size(current_database())", [])[0][0])
    sizes = dict(
        zip(
            ("page_count", "page_size"),
            (_rows(f"PRAGMA {name}", [])[0][0] for name in ("page_count", "page_size")),
            strict=True,
        )
    )
    return int(sizes["page_count"] * sizes["page_size"])
