"""Knows how the clock is looked at from the command line, once and for all rooms, and the outbox emptied after it."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import is_naive, localtime, make_aware, now

from tibandu.people.jobs import deliver
from tibandu.web.ticking import tick

WORDS = {
    "overseen": "承诺核查和年度报告 promises looked after",
    "clocks_moved": "期限重算 clocks moved",
    "contacts_passed": "联系逾期未确认 talks passed unconfirmed",
    "ratings_lapsed": "逾期未评价 ratings lapsed",
    "reminders": "提醒 reminders told",
    "families_placed": "新归入家谱的建议 placed in families",
    "sealed_lines": "当日封存行数 lines under the day's seal",
}


def moment_of(text: str | None) -> datetime:
    """The moment that was asked for, in local time where it names no zone; else now."""
    if not text:
        return now()
    try:
        at = datetime.fromisoformat(text)
    except ValueError as problem:
        raise CommandError(
            f"--at {text}: 应如 2026-03-02T09:00 · write it like 2026-03-02T09:00"
        ) from problem
    return make_aware(at) if is_naive(at) else at


class Command(BaseCommand):
    help = "按时钟办事：提醒、逾期、封存、发送；可重复运行，不会重复提醒 · Do what the clock asks; safe to repeat, nobody is told twice"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--at", metavar="ISO", help="按这一时刻办理，默认现在 · the moment to act at (default: now)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        at = moment_of(options["at"])
        ticked = tick(at)
        delivered = deliver(at)
        self.stdout.write(f"{localtime(at):%Y-%m-%d %H:%M}")
        for name, number in ticked.items():
            self.stdout.write(f"  {WORDS[name]}: {number}")
        self.stdout.write(
            f"  发送 outbox: {delivered.sent} 已发 sent, {delivered.postponed} 稍后再试 postponed, {delivered.failed} 失败 failed"
        )
