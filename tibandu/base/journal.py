"""Knows how a line enters the journal, how chains are verified, and which triggers keep the table append-only."""

import contextvars
import hashlib
import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import groupby
from typing import Any, Required, TypedDict, Unpack

from django.apps import apps
from django.conf import settings
from django.db import connections
from django.db.models import Count
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from tibandu.base.models import Chained, Installation, JournalLine, Seal
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
    rows = type(case)._base_manager.filter(pk=case.pk)
    seq, head = rows.values_list("journal_seq", "journal_head").get()
    facts = json.loads(json.dumps(dict(deed.pop("facts", None) or {}), default=str, ensure_ascii=False))
    line = JournalLine(
        chain=case.chain,
        seq=seq + 1,
        previous=head,
        happened_at=at,
        recorded_at=_recorded(at),
        request_id=request_id.get(),
        person_id=actor.person_id,
        hat=actor.hat,
        who=actor.facts(),
        facts=facts,
        **deed,
    )
    line.digest = digest_of(line, algorithm())
    if not rows.filter(journal_seq=seq).update(journal_seq=line.seq, journal_head=line.digest):
        raise Moved
    line.save(force_insert=True)
    case.journal_seq, case.journal_head = line.seq, line.digest
    return line


def _recorded(at: datetime) -> datetime:
    """Now; but a demo's past is made up, so its lines are recorded when they are said to have happened."""
    return at if settings.DEMO else now()


@lru_cache(maxsize=1)
def algorithm() -> str:
    """The digest chosen when the database was created; it never changes, so it is asked once a process."""
    return Installation.objects.values_list("digest", flat=True).first() or "sha256"


def digest_of(line: JournalLine, name: str) -> str:
    """The digest over every column of the line but its own, moments in UTC."""
    values = [_plain(getattr(line, column)) for column in HASHED]
    text = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.new(name, text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return str(value) if isinstance(value, uuid.UUID) else value


@dataclass(frozen=True)
class Break:
    """A place where the journal does not hold, with a sentence for the person who reads it."""

    chain: str
    seq: int
    sentence: Any


def verify(progress: Callable[[int], None] | None = None) -> Iterator[Break]:
    """Recomputes every chain against its lines, its head on the case, and the latest seal.

    `progress` hears now and then how many lines were read.
    """
    heads = {chain: (seq, head) for chain, seq, head in _heads()}
    lines = _counted(JournalLine.objects.order_by("chain", "seq").iterator(2000), progress)
    for chain, members in groupby(lines, key=lambda line: line.chain):
        yield from _verify_chain(chain, members, heads)
    for chain, (seq, _head) in heads.items():
        yield Break(chain, seq, _("整条日志缺失"))
    yield from _verify_seals()


def _counted(lines: Iterator[JournalLine], progress: Callable[[int], None] | None) -> Iterator[JournalLine]:
    for count, line in enumerate(lines, 1):
        if progress and count % 1000 == 0:
            progress(count)
        yield line


def _verify_chain(
    chain: str, lines: Iterator[JournalLine], heads: dict[str, tuple[int, str]]
) -> Iterator[Break]:
    """One chain, line by line, and its tail against the head on the case, which is taken off `heads`."""
    name, previous, expected, verb = algorithm(), "", 1, ""
    for line in lines:
        if line.seq != expected:
            yield Break(chain, expected, _("缺少或多出一行"))
        if line.previous != previous:
            yield Break(chain, line.seq, _("与前一行不衔接"))
        if line.digest != digest_of(line, name):
            yield Break(chain, line.seq, _("内容被改动"))
        previous, expected, verb = line.digest, line.seq + 1, line.verb
    if chain not in heads and verb == LAST_VERB:
        return
    if heads.pop(chain, None) != (expected - 1, previous):
        yield Break(chain, expected - 1, _("末尾与卷宗上的链头不符"))


def _heads() -> Iterator[tuple[str, int, str]]:
    for model in apps.get_models():
        if issubclass(model, Chained):
            rows = model._base_manager.filter(journal_seq__gt=0).order_by("pk")
            for pk, seq, head in rows.values_list("pk", "journal_seq", "journal_head").iterator(2000):
                yield f"{model._meta.label_lower}:{pk}", seq, head


def seal(day: date, at: datetime) -> Seal:
    """The day's seal over all lines recorded before `at`; made once, later calls return the same row."""
    found = Seal.objects.filter(day=day).first()
    return found or Seal.objects.create(day=day, sealed_at=at, **_sealed(at))


def last_seal() -> Seal | None:
    """The seal of the latest day on which the clock ran."""
    return Seal.objects.order_by("-day").first()


def _sealed(at: datetime) -> dict[str, Any]:
    total = hashlib.new(algorithm())
    lines = chains = 0
    tails = (
        JournalLine.objects.filter(recorded_at__lt=at)
        .values("chain")
        .annotate(n=Count("pk"))
        .order_by("chain")
    )
    for row in tails.iterator(2000):
        head = (
            JournalLine.objects.filter(chain=row["chain"], seq=row["n"])
            .values_list("digest", flat=True)
            .first()
        )
        total.update(f"{row['chain']} {row['n']} {head}\n".encode())
        lines, chains = lines + row["n"], chains + 1
    return {"lines": lines, "chains": chains, "digest": total.hexdigest()}


def _verify_seals() -> Iterator[Break]:
    latest = last_seal()
    if latest and _sealed(latest.sealed_at)["digest"] != latest.digest:
        yield Break(f"seal:{latest.day}", latest.lines, _("与当日封存不符"))


_SQLITE = """CREATE TRIGGER IF NOT EXISTS {name} BEFORE {event} ON base_journalline
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"""
_POSTGRES = (
    """CREATE OR REPLACE FUNCTION journal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the journal is append-only'; END $$""",
    "DROP TRIGGER IF EXISTS journal_no_change ON base_journalline",
    """CREATE TRIGGER journal_no_change BEFORE UPDATE OR DELETE ON base_journalline
FOR EACH ROW EXECUTE FUNCTION journal_is_append_only()""",
    "DROP TRIGGER IF EXISTS journal_no_truncate ON base_journalline",
    """CREATE TRIGGER journal_no_truncate BEFORE TRUNCATE ON base_journalline
FOR EACH STATEMENT EXECUTE FUNCTION journal_is_append_only()""",
)


def create_guards(using: str = "default") -> None:
    """Makes the table append-only at the database; called after every migration, since a table remake drops triggers."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for event in ("UPDATE", "DELETE"):
                cursor.execute(_SQLITE.format(name=f"journal_no_{event.lower()}", event=event))
        else:
            for statement in _POSTGRES:
                cursor.execute(statement)


def lift_guards(using: str = "default") -> None:
    """Removes the triggers, for the emptying of a test database only."""
    connection = connections[using]
    suffix = "" if connection.vendor == "sqlite" else " ON base_journalline"
    names = ("update", "delete") if connection.vendor == "sqlite" else ("change", "truncate")
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"DROP TRIGGER IF EXISTS journal_no_{name}{suffix}")


def guards_present(using: str = "default") -> bool:
    """Whether the database still refuses to change the journal."""
    connection = connections[using]
    query = (
        "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'journal_no_%'"
        if connection.vendor == "sqlite"
        else "SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'journal_no_%' AND tgenabled <> 'D'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return bool(cursor.fetchone()[0] == 2)
