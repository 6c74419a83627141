"""Knows what each page of the database at hand costs: processor time and SQL, beside the least that bare Django can do for it.

A request goes through the product's own middleware and session, without a server around it. The limit of a page is one
indexed query for as many rows, and the page's own answer, cut at every tag and joined anew as plain strings.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.core.management.base import CommandError
from django.db import connection
from django.test import Client, RequestFactory, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import URLResolver, get_resolver, reverse
from django.utils.timezone import localdate

from tibandu.people.queries import account_of_hat, actor_for, personas
from tibandu.suggestions.queries import visible_to
from tibandu.web.bench import limits

WARM = 2  # requests that load code and plans, and are not counted
# A ledger that shows nothing before it is told what.
NEEDS = {"insight:rows": "figure=registered&since=2000-01-01&until=2099-12-31"}
HEAD = f"{'page':26} {'hat':12} {'CPU ms':>7} {'limit':>7} {'ratio':>6} {'SQL':>4} {'rows':>5} {'bytes':>8}"


@dataclass(frozen=True)
class Cost:
    """What one page costs one hat: median processor milliseconds of page and limit, statements, size."""

    page: str
    hat: str
    cpu_ms: float
    limit_cpu_ms: float
    ratio: float
    sql: int
    rows: int
    bytes: int

    def __str__(self) -> str:
        name, hat, cpu, limit, ratio, sql, rows, size = asdict(self).values()
        return f"{name:26} {hat:12} {cpu:7.2f} {limit:7.2f} {ratio:6.2f} {sql:4} {rows:5} {size:8}"


def hats() -> list[str]:
    """One hat of each kind of desk of the first congress."""
    groups = personas(localdate())
    return [people[0].hat for congress, _kind, people in groups if congress == groups[0][0]]


def pages(hat: str) -> Iterator[tuple[str, str]]:
    """The desk, the newest case in sight, and every ledger: an address with a spreadsheet and a print beside it."""
    yield "web:desk", reverse("web:desk")
    account = account_of_hat(hat)
    actor = actor_for(account.person_id, hat, localdate()) if account else None
    newest = visible_to(actor).order_by("-pk").values_list("pk", flat=True).first() if actor else None
    if newest:
        yield "suggestions:case", reverse("suggestions:case", args=[newest])
    for name in sorted(_ledgers(get_resolver())):
        yield name, f"{reverse(name)}?{NEEDS[name]}" if name in NEEDS else reverse(name)


def _ledgers(resolver: URLResolver) -> Iterator[str]:
    names = {getattr(pattern, "name", None) for pattern in resolver.url_patterns}
    for name in names:
        if {f"{name}_export", f"{name}_print"} <= names:
            yield f"{resolver.app_name}:{name}"
    for inner in resolver.url_patterns:
        if isinstance(inner, URLResolver):
            yield from _ledgers(inner)


def costs(hat: str, requests: int) -> Iterator[Cost]:
    """Every page of a hat; page and limit are asked in turn."""
    cookie = _signed_in(hat)
    with override_settings(ROOT_URLCONF="tibandu.web.bench.urls"):
        for name, url in pages(hat):
            ask = _asker(url, cookie)
            answer = ask()
            if not answer:
                continue
            with CaptureQueriesContext(connection) as queries:
                ask()
            sql = len(queries)
            rows = answer.count(b"<tr data-row")
            limits.imitate(answer.decode(), rows)
            own, least = _in_turn(ask, _asker("/bench/imitated/", cookie), requests)
            yield Cost(
                name, hat, round(own, 2), round(least, 2), round(least / own, 2), sql, rows, len(answer)
            )


def _in_turn(page: Callable[[], bytes], limit: Callable[[], bytes], requests: int) -> tuple[float, float]:
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(WARM + requests):
        for ask, taken in zip((page, limit), times, strict=True):
            start = time.process_time()
            ask()
            if number >= WARM:
                taken.append((time.process_time() - start) * 1000)
    return statistics.median(times[0]), statistics.median(times[1])


def _signed_in(hat: str) -> str:
    client = Client()
    client.force_login(account_of_hat(hat))
    session = client.session
    session["hat"] = hat
    session.save()
    return f"sessionid={session.session_key}"


def _asker(url: str, cookie: str) -> Callable[[], bytes]:
    """A function that asks for an address once and gives the answer's body, nothing where it is not for this hat."""
    handler, factory = WSGIHandler(), RequestFactory(HTTP_COOKIE=cookie)

    def ask() -> bytes:
        response: Any = handler(factory.get(url).environ.copy(), lambda *_told: None)
        body = b"".join(response)
        response.close()
        if response.status_code == 404:
            return b""
        if response.status_code != 200:
            raise CommandError(f"{url}: {response.status_code}")
        return body

    return ask
