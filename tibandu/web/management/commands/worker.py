"""Knows how background work is done: round after round over the outbox, by as many workers as there are hosts."""

import logging
import signal
from argparse import ArgumentParser
from threading import Event
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import Error, close_old_connections, connection
from django.utils.timezone import now

from tibandu.people.jobs import Delivered, deliver

# Few, so that a worker that is told to stop stops soon.
MOST_A_ROUND = 20
log = logging.getLogger("tibandu.worker")


class Command(BaseCommand):
    help = "发出邮件、短信提醒，Ctrl+C 停止；可以同时开几个 · Send what waits in the outbox; Ctrl+C stops; several may run"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--interval", type=float, default=2.0, help="几秒查看一次 · seconds between looks at the outbox"
        )
        parser.add_argument("--batch", action="store_true", help="办完即退出 · stop when nothing is due")

    def handle(self, *args: Any, **options: Any) -> None:
        if not any(settings.TIBANDU_GATEWAYS.values()):
            self.stdout.write(
                "没有设邮件、短信网关，没有要发的 · There is no gateway for mail or SMS, so nothing to send."
            )
            return
        stop = Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        while not stop.is_set():
            close_old_connections()
            if self.round() != Delivered():
                continue
            if options["batch"]:
                return
            stop.wait(options["interval"])

    def round(self) -> Delivered:
        """One round; a database that is away for a while is waited for."""
        try:
            return deliver(now(), MOST_A_ROUND)
        except Error as error:
            log.warning("数据库没有应答，稍后再试 · the database does not answer, trying again: %s", error)
            connection.close()
            return Delivered()
