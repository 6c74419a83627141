"""Knows how a line enters the journal, how it is sealed and verified, and what keeps it append-only at the database."""

import contextvars
import hashlib
import json
import uuid
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import groupby
from typing import Any, Required, TypedDict, Unpack

from django.apps import apps
from django.conf import settings
from django.db import connection, connections, transaction
from django.db.models import CharField, Exists, OuterRef, Value
from django.db.models.functions import Cast, Concat
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from tibandu.base.models import Chained, Installation, JournalLine, Seal
from tibandu.base.prepared import insert_row, update_row
from tibandu.base.refusals import Actor, Moved

# Lines of one request carry one id, so that a page can show them as one deed.
request_id: contextvars.ContextVar[uuid.UUID | None] = contextvars.ContextVar("request_id", default=None)

# The one deed after which a case may be gone: its chain ends with it.
LAST_VERB = "discard"

HASHED = [
    "chain",
    "seq",
    "happened_at",
    "recorded_at",
    "request_id",
    "person_id",
    "hat",
    "who",
    "noun",
    "object_id",
    "verb",
    "label",
    "source",
    "target",
    "words",
    "facts",
    "seen_by",
    "previous",
]


# A line as it is verified: the values of HASHED, then its digest.
Line = tuple[Any, ...]
_SEQ, _PREVIOUS, _VERB = HASHED.index("seq"), HASHED.index("previous"), HASHED.index("verb")
LINES_AT_ONCE, CHAINS_AT_ONCE = 5000, 500


class Deed(TypedDict, total=False):
    """What a line says was done: on which row, by which verb, from which state to which, in which words."""

    noun: Required[str]
    object_id: Required[int]
    verb: Required[str]
    label: Required[str]
    source: str
    target: str
    words: str
    facts: Mapping[str, Any] | None
    seen_by: str


def record(case: Chained, actor: Actor, *, at: datetime, **deed: Unpack[Deed]) -> JournalLine:
    """Appends one line to the chain of `case` inside the caller's transaction; raises Moved if the chain forked."""
    facts = json.loads(json.dumps(dict(deed.pop("facts", None) or {}), default=str, ensure_ascii=False))
    line = JournalLine(
        chain=case.chain,
        happened_at=at,
        recorded_at=_recorded(at),
        request_id=request_id.get(),
        person_id=actor.person_id,
        hat=actor.hat,
        who=actor.facts(),
        facts=facts,
        **deed,
    )
    _link(case, line)
    insert_row(line)
    case.journal_seq, case.journal_head = line.seq, line.digest
    return line


def _link(case: Chained, line: JournalLine) -> None:
    """Puts the line behind the head that the case was read with; where that is an old one, behind what stands there."""
    rows = type(case)._base_manager.filter(pk=case.pk)
    for known in (case, None):
        head = rows.values_list("journal_seq", "journal_head")
        seq, line.previous = (known.journal_seq, known.journal_head) if known else head.get()
        line.seq = seq + 1
        line.digest = digest_of(line, algorithm())
        at_head = {"journal_seq": seq, "journal_head": line.previous}
        if update_row(case, at_head, {"journal_seq": line.seq, "journal_head": line.digest}):
            return
    raise Moved


def _recorded(at: datetime) -> datetime:
    """Now; but a demo's past is made up, so its lines are recorded when they are said to have happened."""
    return at if settings.DEMO else now()


@lru_cache(maxsize=1)
def algorithm() -> str:
    """The digest chosen when the database was created; it never changes, so it is asked once a process."""
    return Installation.objects.values_list("digest", flat=True).first() or "sha256"


def digest_of(line: JournalLine, name: str) -> str:
    """The digest over every column of the line but its own, moments in UTC."""
    return _digest([getattr(line, column) for column in HASHED], name)


def _digest(values: Iterable[Any], name: str) -> str:
    plain = [_plain(value) if isinstance(value, (datetime, uuid.UUID)) else value for value in values]
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.new(name, text.encode()).hexdigest()


def _plain(value: datetime | uuid.UUID) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return str(value)


@dataclass(frozen=True)
class Break:
    """A place where the journal does not hold, with a sentence for the person who reads it."""

    chain: str
    seq: int
    sentence: Any


def verify(progress: Callable[[int], None] | None = None) -> Iterator[Break]:
    """Recomputes every line, and holds every chain against the head on its case, and every day against its seal.

    Reads page by page, so that memory stays small and no long reader holds up the database.
    `progress` hears now and then how many lines were read.
    """
    tails: list[Line] = []
    for chain, lines in groupby(_counted(_lines(), progress), key=lambda line: line[0]):
        tails.append((yield from _verify_chain(chain, lines)))
        if len(tails) == CHAINS_AT_ONCE:
            yield from _verify_tails(tails)
            tails.clear()
    yield from _verify_tails(tails)
    yield from _missing_chains()
    yield from _verify_seals()


def _lines() -> Iterator[Line]:
    """The hashed columns of every line and its digest, chain by chain."""
    rows = JournalLine.objects.order_by("chain", "seq").values_list(*HASHED, "digest")
    page = list(rows[:LINES_AT_ONCE])
    while page:
        yield from page
        after = rows.extra(where=["(chain, seq) > (%s, %s)"], params=page[-1][:2])
        page = list(after[:LINES_AT_ONCE])


def _counted(lines: Iterator[Line], progress: Callable[[int], None] | None) -> Iterator[Line]:
    for count, line in enumerate(lines, 1):
        if progress and count % 1000 == 0:
            progress(count)
        yield line


def _verify_chain(chain: str, lines: Iterator[Line]) -> Generator[Break, None, Line]:
    """One chain, line by line; answers its last line."""
    name, before, expected = algorithm(), "", 1
    for line in lines:
        *values, digest = line
        if line[_SEQ] != expected:
            yield Break(chain, expected, _("缺少或多出一行"))
        if line[_PREVIOUS] != before:
            yield Break(chain, line[_SEQ], _("与前一行不衔接"))
        if digest != _digest(values, name):
            yield Break(chain, line[_SEQ], _("内容被改动"))
        before, expected = digest, line[_SEQ] + 1
    return line


def _verify_tails(tails: list[Line]) -> Iterator[Break]:
    """The last lines of chains against the heads on their cases."""
    heads = _heads([line[0] for line in tails])
    for line in tails:
        if not _fits(heads.get(line[0]), line):
            yield from _look_again(line[0])


def _fits(head: tuple[int, str] | None, last: Line) -> bool:
    return last[_VERB] == LAST_VERB if head is None else head == (last[_SEQ], last[-1])


def _look_again(chain: str) -> Iterator[Break]:
    """A case may have moved since its lines were read, so its lock is taken before the tail is judged."""
    with transaction.atomic():
        head = _heads([chain], locked=True).get(chain)
        last = JournalLine.objects.filter(chain=chain).order_by("seq").values_list(*HASHED, "digest").last()
    if last and not _fits(head, last):
        yield Break(chain, last[_SEQ], _("末尾与卷宗上的链头不符"))


def _chained() -> dict[str, type[Chained]]:
    return {m._meta.label_lower: m for m in apps.get_models() if issubclass(m, Chained)}


def _heads(chains: list[str], *, locked: bool = False) -> dict[str, tuple[int, str]]:
    """The number and digest of the last line as the cases of these chains know them."""
    keys: dict[str, list[int]] = {}
    for chain in chains:
        label, _colon, key = chain.rpartition(":")
        if key.isdecimal():
            keys.setdefault(label, []).append(int(key))
    heads = {}
    for label in keys.keys() & _chained().keys():
        rows = _chained()[label]._base_manager.filter(pk__in=keys[label])
        rows = rows.select_for_update() if locked else rows
        for key, seq, head in rows.values_list("pk", "journal_seq", "journal_head"):
            heads[f"{label}:{key}"] = (seq, head)
    return heads


def _missing_chains() -> Iterator[Break]:
    """Cases that know of lines, of which there is none."""
    for label, model in _chained().items():
        chain = Concat(Value(f"{label}:"), Cast(OuterRef("pk"), CharField()))
        rows = model._base_manager.filter(journal_seq__gt=0).order_by("pk")
        rows = rows.exclude(Exists(JournalLine.objects.filter(chain=chain)))
        for key, seq in rows.values_list("pk", "journal_seq"):
            yield Break(f"{label}:{key}", seq, _("整条日志缺失"))


def seal(day: date, at: datetime) -> Seal:
    """The day's seal over all lines recorded before `at`, tied to the seal before it; made once, later calls return it."""
    last = last_seal()
    if last and (last.day >= day or last.sealed_at >= at):
        return last
    return Seal.objects.get_or_create(day=day, defaults=_sealed(last, day, at))[0]


def last_seal() -> Seal | None:
    """The seal of the latest day on which the clock ran."""
    return Seal.objects.order_by("-day").first()


def _sealed(before: Seal | None, day: date, at: datetime) -> dict[str, Any]:
    """What the seal of a day holds: the heads that moved since the seal before it, that seal's digest, and all counts.

    Through that digest it holds every head there is, at the cost of the day's lines only.
    """
    total = hashlib.new(algorithm())
    previous, since = (before.digest, before.sealed_at) if before else ("", datetime.min.replace(tzinfo=UTC))
    lines, chains = (before.lines, before.chains) if before else (0, 0)
    for chain, count, first, last, digest in _moved(since, at):
        total.update(f"{chain} {last} {digest}\n".encode())
        lines, chains = lines + count, chains + (first == 1)
    total.update(f"{day} {_plain(at)} {lines} {chains} {previous}\n".encode())
    return {
        "sealed_at": at,
        "lines": lines,
        "chains": chains,
        "previous": previous,
        "digest": total.hexdigest(),
    }


def _moved(since: datetime, until: datetime) -> Iterator[tuple[str, int, int, int, str]]:
    """Each chain with lines recorded in between: how many, the first, the last, and the last one's digest.

    In the order of bytes, since servers sort letters differently. PostgreSQL hands rows on only inside a transaction.
    """
    is_postgres = connection.vendor == "postgresql"
    moments = [connection.ops.adapt_datetimefield_value(moment) for moment in (since, until)]
    with (
        transaction.atomic() if is_postgres else nullcontext(),
        connection.chunked_cursor() as cursor,
    ):
        cursor.execute(_MOVED.format(bytewise='COLLATE "C"' if is_postgres else ""), moments)
        while rows := cursor.fetchmany(LINES_AT_ONCE):
            yield from rows


_MOVED = """SELECT moved.chain, moved.count, moved.first, moved.last, line.digest
FROM (SELECT chain, count(*) AS count, min(seq) AS first, max(seq) AS last FROM base_journalline
      WHERE recorded_at >= %s AND recorded_at < %s GROUP BY chain) AS moved
JOIN base_journalline AS line ON line.chain = moved.chain AND line.seq = moved.last
ORDER BY moved.chain {bytewise}"""


def _verify_seals() -> Iterator[Break]:
    """Every seal, made anew from the lines and the seal before it."""
    before = None
    for found in Seal.objects.order_by("day"):
        made = _sealed(before, found.day, found.sealed_at)
        if found.previous != made["previous"]:
            yield Break(f"seal:{found.day}", found.lines, _("与前一次日封不衔接"))
        elif any(getattr(found, name) != value for name, value in made.items()):
            yield Break(f"seal:{found.day}", found.lines, _("与当日封存不符"))
        before = found


# The tables that only grow: their short names, and the columns that name a row.
GUARDED = {"journal": ("base_journalline", ("chain", "seq")), "seal": ("base_seal", ("day",))}
# INSERT OR REPLACE deletes without asking the trigger on DELETE, so the row that would go is looked for first.
_SQLITE = {
    "update": "BEFORE UPDATE ON {table}",
    "delete": "BEFORE DELETE ON {table}",
    "replace": "BEFORE INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id OR ({same}))",
}
_POSTGRES = {
    "change": "BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW",
    "truncate": "BEFORE TRUNCATE ON {table} FOR EACH STATEMENT",
}
_REFUSE = """CREATE OR REPLACE FUNCTION journal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the journal is append-only'; END $$"""


def _guards(vendor: str) -> Iterator[tuple[str, str, str]]:
    """Every trigger: its name, its table, and what makes it fire."""
    for short, (table, key) in GUARDED.items():
        same = " AND ".join(f"{column} = NEW.{column}" for column in key)
        for event, when in (_SQLITE if vendor == "sqlite" else _POSTGRES).items():
            yield f"{short}_no_{event}", table, when.format(table=table, same=same)


def create_guards(using: str = "default") -> None:
    """Makes the tables append-only at the database; called after every migration, since a table remake drops triggers."""
    vendor = connections[using].vendor
    with transaction.atomic(using), connections[using].cursor() as cursor:
        if vendor == "postgresql":
            cursor.execute(_REFUSE)
        for name, _table, when in _guards(vendor):
            if vendor == "sqlite":
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
                deed = "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
                cursor.execute(f"CREATE TRIGGER {name} {when} {deed}")
            else:
                cursor.execute(
                    f"CREATE OR REPLACE TRIGGER {name} {when} EXECUTE FUNCTION journal_is_append_only()"
                )


def lift_guards(using: str = "default") -> None:
    """Removes the triggers, for the emptying of a test database only."""
    vendor = connections[using].vendor
    with connections[using].cursor() as cursor:
        for name, table, _when in _guards(vendor):
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{'' if vendor == 'sqlite' else f' ON {table}'}")


def guards_present(using: str = "default") -> bool:
    """Whether the database still refuses to change the journal and its seals."""
    vendor = connections[using].vendor
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%RAISE(ABORT,%'"
        if vendor == "sqlite"
        else """SELECT tgname FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
        WHERE tgenabled IN ('O', 'A') AND prosrc LIKE '%RAISE EXCEPTION%'"""
    )
    with connections[using].cursor() as cursor:
        cursor.execute(query)
        found = {name for (name,) in cursor.fetchall()}
    return {name for name, _table, _when in _guards(vendor)} <= found


def grant(role: str, using: str = "default") -> None:
    """Gives the role that serves all it needs on PostgreSQL: it works with every table, and on what is guarded it only adds."""
    name = connections[using].ops.quote_name(role)
    tables = ", ".join(table for table, _key in GUARDED.values())
    with transaction.atomic(using), connections[using].cursor() as cursor:
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {name}")
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name}")
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {name}")
        cursor.execute(f"REVOKE ALL ON {tables} FROM {name}")
        cursor.execute(f"GRANT SELECT, INSERT ON {tables} TO {name}")


def may_change(using: str = "default") -> bool:
    """Whether the connected PostgreSQL role could change the guarded tables, or take their triggers off."""
    tables = [table for table, _key in GUARDED.values()]
    with connections[using].cursor() as cursor:
        cursor.execute(_MAY_CHANGE, [tables])
        return bool(cursor.fetchone()[0])


_MAY_CHANGE = """SELECT bool_or(pg_has_role(relowner, 'USAGE') OR has_any_column_privilege(pg_class.oid, 'UPDATE')
    OR has_table_privilege(pg_class.oid, 'DELETE, TRUNCATE, TRIGGER'))
FROM pg_class WHERE relname = ANY(%s) AND relkind = 'r' AND pg_table_is_visible(pg_class.oid)"""
