"""Knows how the record is verified from the command line: lines, heads, seals, triggers, sums of money, promises."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from tibandu.base import journal
from tibandu.base.models import JournalLine
from tibandu.oversight.queries.funds import balance_breaks
from tibandu.suggestions.queries.records import promise_breaks

WIDTH = 30


class Command(BaseCommand):
    help = "核对留痕链条：逐行重算，断处列明，有断处时退出码为 1 · Re-compute the journal line by line; exit code 1 when it breaks"

    def handle(self, *args: Any, **options: Any) -> None:
        total = JournalLine.objects.count()
        breaks = list(journal.verify(progress=lambda lines: self._draw(lines, total)))
        if sys.stderr.isatty():
            self.stderr.write("\r" + " " * (WIDTH + 24) + "\r", ending="")
        for found in breaks:
            self.stdout.write(f"✗ {found.chain} 第 {found.seq} 行: {found.sentence}")
        if not journal.guards_present():
            self.stdout.write(
                "✗ 数据库不再阻止改动留痕，请运行 tibandu migrate · the append-only triggers are gone; run tibandu migrate"
            )
        wrong_rows = [*balance_breaks(), *promise_breaks()]
        for sentence in wrong_rows:
            self.stdout.write(f"✗ {sentence}")
        if breaks or wrong_rows or not journal.guards_present():
            sys.exit(1)
        self.stdout.write(f"✓ {total:,} 行完整 lines hold")

    def _draw(self, lines: int, total: int) -> None:
        """A bar for people; a file or a pipe gets none."""
        if sys.stderr.isatty() and total:
            done = min(lines, total) * WIDTH // total
            self.stderr.write(f"\r{'█' * done}{'░' * (WIDTH - done)} {lines:,}/{total:,}", ending="")
