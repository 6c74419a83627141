"""Knows how a bench runs: answers are gathered once, then page and limit are measured in turn under one server."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from django.core.management.base import CommandError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tibandu.web.bench import asked as asking
from tibandu.web.bench import limits, loading
from tibandu.web.bench.asked import SEARCHES, Lists, Want
from tibandu.web.bench.client import Asked, Run, run
from tibandu.web.bench.server import free_port, serving, worker_megabytes

SEED = 7
MANY = 16
SLICES = 3
MOST_WARM = 16
PAGES = ("ledger", *SEARCHES, "detail")
COUNTED = 12  # pages whose SQL is counted
TEMPLATES = ("jinja", "django")


@dataclass(frozen=True)
class Size:
    """How much is asked: requests over one connection and over sixteen, and how long a slice may last."""

    alone: int = 90
    together: int = 300
    seconds: float = 30.0

    @property
    def warm(self) -> int:
        """How many are asked first and not counted: the first pages of a process load code and plans."""
        return min(MOST_WARM, self.alone)

    @property
    def each(self) -> int:
        return self.warm + self.alone + self.together


@dataclass
class Taken:
    """Times of one thing that was measured, by number of connections."""

    ms: dict[int, list[float]] = field(default_factory=lambda: {1: [], MANY: []})
    seconds: dict[int, float] = field(default_factory=lambda: {1: 0.0, MANY: 0.0})
    by_persona: dict[str, dict[int, list[float]]] = field(default_factory=dict)
    cpu_ms: list[float] = field(default_factory=list)
    bytes: list[int] = field(default_factory=list)

    def add(self, asked: Sequence[Asked], done: Run, connections: int) -> None:
        for one, answer in zip(asked, done.answers, strict=True):
            if answer is None:
                continue
            if answer.status not in (200, 302):
                raise CommandError(f"{one.path} ({one.hat}): {answer.status}")
            self.ms[connections].append(answer.ms)
            kinds = self.by_persona.setdefault(one.persona, {1: [], MANY: []})
            kinds[connections].append(answer.ms)
            self.bytes.append(len(answer.body))
        self.seconds[connections] += done.seconds
        self.cpu_ms.append(
            1000 * done.cpu_seconds / max(1, sum(answer is not None for answer in done.answers))
        )

    def join(self, other: "Taken") -> None:
        for connections in (1, MANY):
            self.ms[connections] += other.ms[connections]
            self.seconds[connections] += other.seconds[connections]
            for kind, times in other.by_persona.items():
                self.by_persona.setdefault(kind, {1: [], MANY: []})[connections].extend(times[connections])
        self.cpu_ms += other.cpu_ms
        self.bytes += other.bytes

    @property
    def rps(self) -> float:
        return round(len(self.ms[MANY]) / self.seconds[MANY], 1) if self.seconds[MANY] else 0.0


def quantile(times: Sequence[float], part: float) -> float | None:
    """The smallest time that so large a part of the times does not exceed."""
    return round(sorted(times)[max(0, math.ceil(len(times) * part) - 1)], 1) if times else None


class Bench:
    """One measuring of the database at hand; its rows are known."""

    def __init__(self, rows: int, today: date, size: Size) -> None:
        self.rows, self.today, self.size = rows, today, size
        self.people = asking.personas(today)
        lists = Lists(self.people, rows, SEED)
        # Some ledgers turn out too short for a page of fifty rows and are left out.
        self.wants = {page: lists.draw(page, size.each * (3 if page == "ledger" else 1)) for page in PAGES}
        self.sql = {page: self._count(page) for page in PAGES}
        self.memory: list[int] = []

    def measure(self) -> dict[str, Any]:
        """Everything, as the page of results wants it."""
        with TemporaryDirectory() as folder:
            pages = Path(folder)
            self._gather(pages)
            port = free_port()
            found: dict[str, tuple[Taken, Taken, dict[str, Taken]]] = {}
            with serving(port, pages):
                for page in PAGES:
                    found[page] = self._page(port, page)
                steps = self._steps(port)
        return self._report(found, steps)

    # -- what is asked ------------------------------------------------------------------------------------------------

    def _gather(self, folder: Path) -> None:
        """Asks for every page once and keeps the answers; the memory of the workers is looked at afterwards."""
        port = free_port()
        with serving(port) as server:
            for page in PAGES:
                wants = self.wants[page]
                asked = [want.asked() for want in wants]
                done = run(port, asked, MANY, self.size.seconds * 6)
                Taken().add(asked, done, MANY)
                kept = _whole(page, wants, done)[: self.size.each]
                self.wants[page] = [want for want, _body in kept]
                for number, (_want, body) in enumerate(kept):
                    (folder / f"{page}-{number}.html").write_bytes(body)
            self.memory = worker_megabytes(server)

    def _count(self, page: str) -> int:
        """The most queries that a page of this kind takes, session and person included."""
        return max(self._queries(want) for want in self.wants[page][: min(COUNTED, self.size.each)])

    def _queries(self, want: Want) -> int:
        client = Client(HTTP_HOST="localhost")
        client.cookies["sessionid"] = want.persona.cookie.split("=", 1)[1].split(";", 1)[0]
        with CaptureQueriesContext(connection) as queries:
            client.get(want.path)
            return _statements(queries.captured_queries)

    # -- measuring ----------------------------------------------------------------------------------------------------

    def _page(self, port: int, page: str) -> tuple[Taken, Taken, dict[str, Taken]]:
        wants = self.wants[page]
        own = [want.asked() for want in wants]
        plain = [want.limit("plain", page, number) for number, want in enumerate(wants)]
        taken, limit = self._in_turn(port, own, plain)
        through = {}
        for kind in TEMPLATES:
            through[kind] = Taken()
            asked = [want.limit(kind, page, number) for number, want in enumerate(wants)][
                : self.size.warm + self.size.alone
            ]
            run(port, asked[: self.size.warm], MANY, self.size.seconds)
            rest = asked[self.size.warm :]
            through[kind].add(rest, run(port, rest, MANY, self.size.seconds), MANY)
        return taken, limit, through

    def _in_turn(self, port: int, own: Sequence[Asked], plain: Sequence[Asked]) -> tuple[Taken, Taken]:
        """Page and limit by slices, so that what disturbs the machine disturbs both."""
        taken, limit = Taken(), Taken()
        for asked in (own, plain):
            run(port, asked[: self.size.warm], MANY, self.size.seconds)
        warm = self.size.warm
        alone = min(self.size.alone, (len(own) - warm) // 3)
        for connections, first, last in ((1, warm, warm + alone), (MANY, warm + alone, len(own))):
            for start, stop in _slices(first, last):
                for kept, asked in ((taken, own), (limit, plain)):
                    part = asked[start:stop]
                    kept.add(part, run(port, part, connections, self.size.seconds), connections)
        return taken, limit

    def _steps(self, port: int) -> tuple[Taken, Taken, int]:
        own = asking.steps(self.size.each, self.today, Random(SEED))
        if len(own) < 2 * self.size.warm:
            raise CommandError(
                "待签收的承办件不够，请重建数据库。\nToo few shares wait to be signed for; build the database anew."
            )
        counted = own.pop()
        limits.make_tables(len(own))
        try:
            taken, limit = self._in_turn(port, own, asking.limit_steps(own, self.people[0]))
        finally:
            limits.drop_tables()
        return taken, limit, self._queries_of_step(counted)

    def _queries_of_step(self, step: Asked) -> int:
        client = Client(HTTP_HOST="localhost")
        client.cookies["sessionid"] = step.wire.decode().split("sessionid=", 1)[1].split(";", 1)[0]
        with CaptureQueriesContext(connection) as queries:
            response = client.post(step.path)
            found = _statements(queries.captured_queries)
        if response.status_code != 302:
            raise CommandError(f"{step.path}: {response.status_code}")
        return found

    # -- results ------------------------------------------------------------------------------------------------------

    def _report(
        self, found: dict[str, tuple[Taken, Taken, dict[str, Taken]]], steps: tuple[Taken, Taken, int]
    ) -> dict[str, Any]:
        taken, limit, sql = steps
        search = (Taken(), Taken(), {kind: Taken() for kind in TEMPLATES})
        for name in SEARCHES:
            for sum_, one in zip(search[:2], found[name][:2], strict=True):
                sum_.join(one)
            for kind in TEMPLATES:
                search[2][kind].join(found[name][2][kind])
        classes = {name: _results(*found[name], self.sql[name]) for name in SEARCHES}
        pages = {
            "ledger": _results(*found["ledger"], self.sql["ledger"]),
            "search": _results(*search, max(self.sql[name] for name in SEARCHES)) | {"classes": classes},
            "detail": _results(*found["detail"], self.sql["detail"]),
            "step": _results(taken, limit, {}, sql),
        }
        cpu = [value for _own, plain, _through in found.values() for value in plain.cpu_ms]
        return {
            "rows": self.rows,
            "database": connection.vendor,
            "pages": pages,
            "growth": None,
            "worker_mb": self.memory,
            "client_cpu_ms": round(statistics.median(cpu), 2) if cpu else None,
            "database_bytes": loading.bytes_on_disk(),
        }


def _results(own: Taken, limit: Taken, through: dict[str, Taken], sql: int) -> dict[str, Any]:
    found = {
        "persona": ", ".join(own.by_persona),
        "p50_ms": {str(n): quantile(own.ms[n], 0.5) for n in (1, MANY)},
        "p95_ms": {str(n): quantile(own.ms[n], 0.95) for n in (1, MANY)},
        "mean_ms": {str(n): round(statistics.fmean(own.ms[n]), 1) if own.ms[n] else None for n in (1, MANY)},
        "rps": own.rps,
        "limit_rps": limit.rps,
        "ratio": round(own.rps / limit.rps, 3) if limit.rps else None,
        "sql": sql,
        "limit_p95_ms": {str(n): quantile(limit.ms[n], 0.95) for n in (1, MANY)},
        "requests": len(own.ms[1]) + len(own.ms[MANY]),
        "bytes": round(statistics.fmean(own.bytes)) if own.bytes else 0,
        "by_persona": {
            kind: {f"p95_ms_{n}": quantile(times[n], 0.95) for n in (1, MANY)}
            for kind, times in own.by_persona.items()
        },
    }
    return found | {f"{kind}_rps": taken.rps for kind, taken in through.items()}


def _whole(page: str, wants: Sequence[Want], done: Run) -> list[tuple[Want, bytes]]:
    """What was answered; a ledger is measured with fifty rows where the database has them, a search with what it finds."""
    answered = [(want, answer.body) for want, answer in zip(wants, done.answers, strict=True) if answer]
    full = [(want, body) for want, body in answered if body.count(b"<tr data-row") >= asking.PAGE]
    return full if page == "ledger" and len(full) >= len(answered) // 10 else answered


def _statements(queries: Sequence[dict[str, str]]) -> int:
    return sum(
        not str(query["sql"]).startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")) for query in queries
    )


def _slices(first: int, last: int) -> list[tuple[int, int]]:
    edges = [first + (last - first) * number // SLICES for number in range(SLICES + 1)]
    return [(start, stop) for start, stop in pairwise(edges) if stop > start]


def grown(found: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """How much slower each page is than in the results of a smaller database, over one connection."""
    ratios = {
        page: round(row["mean_ms"]["1"] / before["pages"][page]["mean_ms"]["1"], 2)
        for page, row in found["pages"].items()
        if row["mean_ms"]["1"] and before["pages"].get(page, {}).get("mean_ms", {}).get("1")
    }
    return found | {
        "growth": max(ratios.values(), default=None),
        "growth_by_page": ratios,
        "growth_from": before["rows"],
    }
