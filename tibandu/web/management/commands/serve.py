"""Knows how the pages are served: granian in front of WSGI, after a look at the database."""

import os
from argparse import ArgumentParser
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import DatabaseError


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def unapplied_migrations() -> list[str]:
    """The migrations that this database still lacks."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def refuse_demo_on(host: str) -> None:
    if settings.DEMO and not is_loopback(host):
        raise CommandError(
            f"演示模式无需密码，只能在本机地址上运行，不能监听 {host}。\n"
            f"Demo mode asks for no password, so it serves on a loopback address only, not on {host}."
        )


class Command(BaseCommand):
    help = "启动服务 · Serve the pages and the API"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="监听地址 · address to listen on")
        parser.add_argument("--port", type=int, default=8000, help="端口 · port")
        parser.add_argument("--workers", type=int, default=2, help="进程数 · worker processes")
        parser.add_argument("--threads", type=int, default=4, help="每进程线程数 · threads of a worker")
        parser.add_argument(
            "--migrate", action="store_true", help="先升级数据库 · bring the database up to date first"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_demo_on(options["host"])
        self.prepare_database(migrate=options["migrate"])
        connections.close_all()
        self.serve(options["host"], options["port"], options["workers"], options["threads"])

    def prepare_database(self, *, migrate: bool) -> None:
        if migrate:
            call_command("migrate", interactive=False, verbosity=0)
        try:
            missing = unapplied_migrations()
        except DatabaseError as error:
            raise CommandError(f"连不上数据库 · The database does not answer: {error}") from error
        if missing:
            raise CommandError(
                f"数据库缺 {len(missing)} 项升级，请加 --migrate 再启动。\n"
                f"The database lacks {len(missing)} migrations ({missing[0]} …); start again with --migrate."
            )

    def serve(self, host: str, port: int, workers: int, threads: int) -> None:
        from granian import Granian
        from granian.constants import Interfaces
        from granian.log import LogLevels

        os.environ.setdefault("TIBANDU_ORIGIN", f"http://localhost:{port}")
        shown = "127.0.0.1" if host == "0.0.0.0" else host
        self.stdout.write(f"提办督 Tibandu: http://{shown}:{port}  （Ctrl+C 停止 · stops）")
        Granian(
            "tibandu.web.wsgi:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=workers,
            blocking_threads=threads,
            respawn_failed_workers=True,
            websockets=False,
            log_level=LogLevels.warning,
        ).serve()
