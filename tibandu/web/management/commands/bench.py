"""Measures how long the main pages take on the database at hand, for each kind of desk, with their SQL counts."""

import json
import statistics
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import localdate
from tqdm import tqdm

from tibandu.people.queries import account_of_hat, actor_for, personas
from tibandu.suggestions.queries import visible_to


class Command(BaseCommand):
    help = "测量主要页面的速度 · Measure the main pages on the database at hand"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--requests", type=int, default=30, help="每页请求数 · requests a page")
        parser.add_argument("--json", action="store_true", help="输出 JSON · print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        settings.ALLOWED_HOSTS = ["*"]
        hats = list(self.hats())
        if not hats:
            raise CommandError("数据库里还没有人员。\nThere is nobody in this database yet.")
        rows = [
            self.measure(hat, page, url, options["requests"])
            for hat in tqdm(hats, disable=None, delay=2)
            for page, url in self.pages(hat)
        ]
        self.stdout.write(json.dumps(rows, ensure_ascii=False) if options["json"] else self.table(rows))

    def hats(self) -> Iterator[str]:
        """One hat of each kind of desk."""
        for _congress, _kind, people in _first_groups():
            yield people[0].hat

    def pages(self, hat: str) -> Iterator[tuple[str, str]]:
        yield "desk", reverse("web:desk")
        yield "ledger", reverse("suggestions:ledger")
        account = account_of_hat(hat)
        actor = actor_for(account.person_id, hat, localdate()) if account else None
        newest = visible_to(actor).order_by("-pk").values_list("pk", flat=True).first() if actor else None
        if newest:
            yield "detail", reverse("suggestions:case", args=[newest])

    def measure(self, hat: str, page: str, url: str, requests: int) -> dict[str, Any]:
        client = Client(raise_request_exception=True)
        client.force_login(account_of_hat(hat))
        session = client.session
        session["hat"] = hat
        session.save()
        with CaptureQueriesContext(connection) as queries:
            response = client.get(url)
        sql = len(queries)  # now: the next request empties the log
        if response.status_code != 200:
            raise CommandError(f"{url}: {response.status_code}")
        times = []
        for _n in range(requests):
            start = time.perf_counter()
            client.get(url)
            times.append((time.perf_counter() - start) * 1000)
        times.sort()
        return {
            "hat": hat,
            "page": page,
            "p50_ms": round(statistics.median(times), 1),
            "p95_ms": round(times[int(len(times) * 0.95)], 1),
            "sql": sql,
            "bytes": len(response.content),
        }

    def table(self, rows: list[dict[str, Any]]) -> str:
        head = f"{'page':8} {'hat':12} {'p50 ms':>8} {'p95 ms':>8} {'SQL':>4} {'bytes':>8}"
        lines = [
            f"{r['page']:8} {r['hat']:12} {r['p50_ms']:8} {r['p95_ms']:8} {r['sql']:4} {r['bytes']:8}"
            for r in rows
        ]
        return "\n".join([head, *lines])


def _first_groups() -> list[Any]:
    """The first congress's groups of people, by kind of desk."""
    groups = personas(localdate())
    return [group for group in groups if group[0] == groups[0][0]]
