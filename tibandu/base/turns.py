"""Knows how writers of one SQLite file wait in turn: for a lock that the system hands on, where SQLite sleeps and looks again."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction


@contextmanager
def writing() -> Iterator[None]:
    """A transaction that writes. Whoever writes without it is kept apart by SQLite as before, only less quickly."""
    if connection.in_atomic_block or not _is_file():
        with transaction.atomic():
            yield
        return
    with open(f"{connection.settings_dict['NAME']}-turn", "a") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)  # until the file is closed
        with transaction.atomic():
            yield


def _is_file() -> bool:
    own: Any = connection
    return connection.vendor == "sqlite" and not own.is_in_memory_db()
