"""Measures how long pages take: on the database at hand, or on a generated province through the default server."""

import json
import statistics
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import localdate
from tqdm import tqdm

from tibandu.people.queries import account_of_hat, actor_for, personas
from tibandu.suggestions.queries import visible_to
from tibandu.web.bench import generate, measure, report


class Command(BaseCommand):
    help = "测量主要页面的速度；给出 --rows 时先批量生成一省数据 · Measure the main pages; with --rows, on a generated province"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--requests",
            type=int,
            help="每页请求数（默认 30，--rows 时 90） · requests a page (30, or 90 with --rows)",
        )
        parser.add_argument("--json", action="store_true", help="输出 JSON · print JSON")
        parser.add_argument(
            "--rows",
            type=int,
            help="在空库中生成这么多件建议，再经默认服务测量 · generate so many suggestions",
        )
        parser.add_argument(
            "--against", help="与这份较小的 JSON 结果比较 · compare with the JSON of a smaller database"
        )
        parser.add_argument("--build", action="store_true", help="只生成，不测量 · generate only")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["rows"]:
            self.handle_rows(options)
            return
        settings.ALLOWED_HOSTS = ["*"]
        hats = list(self.hats())
        if not hats:
            raise CommandError("数据库里还没有人员。\nThere is nobody in this database yet.")
        rows = [
            self.measure(hat, page, url, options["requests"] or 30)
            for hat in tqdm(hats, disable=None, delay=2)
            for page, url in self.pages(hat)
        ]
        self.stdout.write(json.dumps(rows, ensure_ascii=False) if options["json"] else self.table(rows))

    def handle_rows(self, options: dict[str, Any]) -> None:
        """Builds the province where it is absent, and measures through the default server."""
        before = json.loads(Path(options["against"]).read_text("utf-8")) if options["against"] else None
        call_command("migrate", interactive=False, verbosity=0)
        built = self.built(options["rows"])
        facts = {"generate_seconds": built.seconds, "database_bytes": built.bytes}
        if options["build"]:
            self.stdout.write(json.dumps({"rows": built.rows} | facts))
            return
        alone = options["requests"] or measure.Size.alone
        size = measure.Size(alone=alone, together=alone * 10 // 3)
        found = measure.Bench(built.rows, localdate(), size).measure() | {"generate_seconds": built.seconds}
        found = measure.grown(found, before) if before else found
        self.stdout.write(json.dumps(found, ensure_ascii=False) if options["json"] else report.table(found))

    def built(self, rows: int) -> generate.Built:
        """The bench's own database, kept from before or made now; never one with anything else in it."""
        held = generate.held()
        if held and held.rows == rows:
            return held
        if held or not generate.is_empty():
            raise CommandError(
                f"这个数据库里已有别的数据，不能生成 {rows} 件。\n"
                f"This database holds something else; {rows} suggestions are generated in an empty place only."
            )
        return generate.build(
            rows, localdate(), lambda made, total: tqdm(made, total=total, unit="千件", disable=None)
        )

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
