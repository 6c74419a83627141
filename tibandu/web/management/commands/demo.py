"""Knows how a demo is built from the command line, where its data is absent, and served."""

import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterable
from io import StringIO
from time import monotonic
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from django.utils.timezone import localdate
from tqdm import tqdm

from tibandu.base import journal
from tibandu.suggestions.queries.ledger import INDEX
from tibandu.web.demo import building

Told = list[Callable[[], None]]


class Command(BaseCommand):
    help = "建立演示数据并启动服务（不需要密码，只在本机） · Build the demo data and serve it (no password, this machine only)"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="端口 · port")
        parser.add_argument("--no-serve", action="store_true", help="只建立数据 · build the data only")
        parser.add_argument("--rebuild", action="store_true", help="清空演示数据重建 · empty and build anew")
        parser.add_argument(
            "--scale",
            choices=("full", "small"),
            default="full",
            help="规模：full 一年的真实件数，small 供测试 · the size: a real year, or a few cases for tests",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        if building.holds_other_data():
            raise CommandError(
                "这个数据库里有正式数据，不能建立演示数据。\n"
                "This database holds real data; a demo is built in an empty place only."
            )
        if building.is_demo() and (options["rebuild"] or not building.is_complete()):
            self.empty()
        if building.is_complete():
            self.stdout.write("演示数据已在 · The demo data is here already.")
        else:
            self.build(options["scale"])
        call_command("tick", stdout=StringIO())  # what fell due since it was built
        connections.close_all()
        if not options["no_serve"]:
            call_command("serve", port=options["port"])

    def empty(self) -> None:
        """Removes every row of a demo; the triggers that keep the journal are lifted for it and put back."""
        journal.lift_guards()
        call_command("flush", interactive=False, verbosity=0)
        INDEX.clear()
        call_command("migrate", interactive=False, verbosity=0)

    def build(self, scale: str) -> None:
        started = monotonic()
        building.build(localdate(), scale, self.watch)
        self.stdout.write(f"✓ 演示数据已建立 demo built: {monotonic() - started:.0f} s")

    def watch(self, told: Told) -> Iterable[Callable[[], None]]:
        """A bar for people; a file or a pipe gets none."""
        return tqdm(
            told,
            desc="演示数据 demo",
            unit="件",
            file=sys.stderr,
            disable=not sys.stderr.isatty(),
            leave=False,
        )
