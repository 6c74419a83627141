"""Knows what runs by the clock; running it again does nothing twice."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.utils.timezone import localdate, now

from tibandu.base import journal
from tibandu.people.queries import SYSTEM
from tibandu.suggestions.actions import recompute_clocks
from tibandu.suggestions.actions.clockwork import lapse_ratings, offer_closing, pass_contacts, remind

# A seal covers lines that no transaction under way can still be writing.
SETTLED = timedelta(minutes=10)


@dataclass(frozen=True)
class Ticked:
    """What one tick did."""

    clocks_moved: int
    contacts_passed: int
    ratings_lapsed: int
    reminders: int
    sealed_lines: int


def tick(at: datetime) -> Ticked:
    """Everything the clock asks for at this moment, each thing in its own transaction; safe to repeat.

    Clocks first, then what passes, then words about what is left, then the seal of the day over the journal.
    """
    clocks = recompute_clocks(SYSTEM, at=at)
    contacts = pass_contacts(at)
    ratings = lapse_ratings(at)
    offer_closing(at)
    reminders = remind(at)
    settled = now() - SETTLED
    seal = journal.seal(localdate(now()), settled)
    _tend_sqlite(is_new_day=seal.sealed_at == settled)
    return Ticked(clocks, contacts, ratings, reminders, seal.lines)


def _tend_sqlite(*, is_new_day: bool) -> None:
    """Folds SQLite's write-ahead log back, which long readers may have kept from shrinking, and once a day looks at how
    its rows lie, as PostgreSQL does by itself: without that the newest page of a unit takes seconds at a million.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        if is_new_day:
            cursor.execute("PRAGMA analysis_limit = 200")
            cursor.execute("ANALYZE")
