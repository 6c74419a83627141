"""Knows how a race is run: real threads on real connections, on SQLite over a file, since memory has one writer only."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier
from typing import Any

from django.db import connection, connections
from django.test import override_settings

from tests.town import Town, built
from tibandu.base.flow import Moved, NotYourStep, Refused
from tibandu.base.journal import verify


@contextmanager
def shared_database(folder: Path) -> Iterator[None]:
    """The database that every thread opens for itself; one in memory is copied to a file that is used in its place."""
    if connection.vendor != "sqlite" or not connection.is_in_memory_db():
        yield
        return
    path, memory = folder / "race.sqlite3", connections["default"]
    settings = memory.settings_dict
    memory.cursor().execute("VACUUM INTO %s", [str(path)])
    connections.settings["default"] = {**settings, "NAME": str(path)}
    connections["default"] = connections.create_connection("default")
    try:
        yield
    finally:
        connections["default"].close()
        connections.settings["default"], connections["default"] = settings, memory


def at_once(*deeds: Callable[[], Any]) -> list[Any]:
    """What became of each deed, all begun at one moment: its result, or the refusal that it met."""
    start = Barrier(len(deeds), timeout=10)

    def run(deed: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()  # nobody starts late because of connecting
            start.wait()
            return deed()
        except (Moved, NotYourStep, Refused) as told:
            return told
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


@contextmanager
def town_to_share(folder: Path) -> Iterator[Town]:
    """The town in a database that several threads open; at the end its journal must hold."""
    with override_settings(MEDIA_ROOT=folder / "files"), shared_database(folder):
        yield built()
        assert list(verify()) == []
