"""Knows how a bench's database comes to be: a province by the product's verbs, its suggestions in bulk, marked at the end."""

import gc
import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from random import Random
from time import monotonic
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from tibandu.base import journal
from tibandu.base.models import JournalLine
from tibandu.people.models import Congress
from tibandu.suggestions.models import Series, Suggestion
from tibandu.web.bench import lines, loading, vocabulary, world
from tibandu.web.bench.cases import Plan, chunk

CHUNK = 1_000
IN_ONE_TRANSACTION = 20
ALONE = 5_000  # fewer rows are made faster than processes start
SEED = 20_260_302
PROCESSES = 2
MARK = "bench_database"

Watch = Callable[[Iterable[Any], int], Iterable[Any]]


@dataclass(frozen=True)
class Built:
    """What a bench's database says of itself."""

    rows: int
    seconds: float
    bytes: int


def held() -> Built | None:
    """The mark of a complete bench in this database."""
    if MARK not in connection.introspection.table_names():
        return None
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT suggestions, seconds, bytes FROM {MARK}")
        row = cursor.fetchone()
    return Built(*row) if row else None


def is_empty() -> bool:
    return not Congress.objects.exists()


def build(rows: int, today: date, watch: Watch = lambda chunks, _total: chunks) -> Built:
    """Fills an empty, migrated database; the same rows, day and seed give the same cases."""
    started = monotonic()
    plan = planned(rows, today)
    with loading.unguarded():
        _load(plan, watch)
    _advance_series()
    size = loading.bytes_on_disk()
    return _mark(Built(rows, round(monotonic() - started, 1), size))


def planned(rows: int, today: date) -> Plan:
    rng = Random(SEED)
    words = vocabulary.vocabulary(rng)
    place = world.found(today, rows)
    last = JournalLine.objects.aggregate(last=Max("pk"))["last"] or 0
    plan = Plan(place, words, rows, SEED, lines.shapes(), journal.algorithm(), last)
    for word in vocabulary.rare_words(rows):
        spoken = [
            vocabulary.clause(rng.choice(words.words) + word + rng.choice(words.words)) for _n in range(3)
        ]
        for _hit in range(vocabulary.RARE_HITS):
            plan.rare.setdefault(rng.randrange(rows), []).append(rng.choice(spoken))
    return plan


def _load(plan: Plan, watch: Watch) -> None:
    loader = loading.Loader()
    starts = range(0, plan.rows, CHUNK)
    made = watch(_made(plan, loader, starts), len(starts))
    waiting: list[dict[str, Any]] = []
    for one in made:
        waiting.append(one)
        if len(waiting) == IN_ONE_TRANSACTION:
            _put(loader, waiting)
    _put(loader, waiting)


def _put(loader: loading.Loader, waiting: list[dict[str, Any]]) -> None:
    """Several chunks in one transaction, for each commit is written out."""
    with transaction.atomic():
        for one in waiting:
            for name, rows in one.items():
                loader.put(name, rows)
    waiting.clear()


def _made(plan: Plan, loader: loading.Loader, starts: range) -> Iterator[dict[str, Any]]:
    """The chunks in order, from other processes where it pays."""
    copying = {name: found[2] for name, found in loader.targets.items()} if loading.is_postgresql() else None
    if plan.rows < ALONE:
        _prepare(plan, copying)
        yield from map(_make, starts)
        return
    context = multiprocessing.get_context("fork")
    with context.Pool(PROCESSES, _prepare, (plan, copying)) as pool:
        yield from _ahead(pool, starts)


def _ahead(pool: Any, starts: range) -> Iterator[dict[str, Any]]:
    """Never more than a few chunks ahead of the writer, so that memory stays bounded."""
    coming: list[Any] = []
    for start in starts:
        coming.append(pool.apply_async(_make, (start,)))
        if len(coming) > 3 * PROCESSES:
            yield coming.pop(0).get()
    for one in coming:
        yield one.get()


_plans: list[tuple[Plan, dict[str, tuple[Any, ...]] | None]] = []


def _prepare(plan: Plan, copying: dict[str, tuple[Any, ...]] | None) -> None:
    """What a process that makes chunks is given once."""
    _plans[:] = [(plan, copying)]
    gc.disable()


def _make(start: int) -> dict[str, Any]:
    plan, copying = _plans[0]
    rows = chunk(plan, start, min(start + CHUNK, plan.rows))
    if copying is None:
        return dict(rows)
    return {name: loading.as_copy(one, copying[name], indexed=name == "index") for name, one in rows.items()}


def _advance_series() -> None:
    """The counters stand where the numbers ended."""
    last = Suggestion.objects.exclude(series=None).values("series").annotate(last=Max("number")).order_by()
    for row in last:
        Series.objects.filter(pk=row["series"]).update(last=row["last"])


def _mark(built: Built) -> Built:
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {MARK} (suggestions integer, seconds real, bytes bigint)")
        cursor.execute(f"INSERT INTO {MARK} VALUES (%s, %s, %s)", [built.rows, built.seconds, built.bytes])
    return built
