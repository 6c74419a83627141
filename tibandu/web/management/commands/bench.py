"""Measures how long pages take: on the database at hand, or on a generated province through the default server."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import localdate
from tqdm import tqdm

from tibandu.web.bench import generate, inprocess, measure, report


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
        hats = inprocess.hats()
        if not hats:
            raise CommandError("数据库里还没有人员。\nThere is nobody in this database yet.")
        requests = options["requests"] or 30
        found = [cost for hat in tqdm(hats, disable=None, delay=2) for cost in inprocess.costs(hat, requests)]
        if options["json"]:
            self.stdout.write(json.dumps([asdict(cost) for cost in found], ensure_ascii=False))
        else:
            self.stdout.write("\n".join([inprocess.HEAD, *map(str, found)]))

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
