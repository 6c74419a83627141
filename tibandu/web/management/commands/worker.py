"""Knows how background tasks are worked off: the database worker, with an interval that leaves SQLite in peace."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection

# On SQLite each look at the queue is a writing transaction; on PostgreSQL it is cheap.
SECONDS = {"sqlite": 5.0, "postgresql": 1.0}


class Command(BaseCommand):
    help = "处理后台任务，Ctrl+C 停止 · Work off the background tasks; Ctrl+C stops"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--interval", type=float, help="几秒查看一次队列 · seconds between looks at the queue"
        )
        parser.add_argument("--batch", action="store_true", help="办完即退出 · stop when the queue is empty")

    def handle(self, *args: Any, **options: Any) -> None:
        interval = options["interval"] or SECONDS.get(connection.vendor, 1.0)
        call_command("db_worker", interval=interval, batch=options["batch"], verbosity=options["verbosity"])
