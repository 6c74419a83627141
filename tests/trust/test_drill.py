"""The drill: a backup while people write and upload, brought back into an empty place, verified there."""

import hashlib
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection

from tests import cases
from tests.races import town_to_share
from tests.suggestions.test_papers import PDF
from tests.town import Town, moment
from tests.trust.crash import ROOT, database_url
from tibandu.base.files import path_of, store_content
from tibandu.base.models import JournalLine
from tibandu.suggestions import actions

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def town(transactional_db: None, tmp_path: Path) -> Iterator[Town]:
    with town_to_share(tmp_path) as shared:
        yield shared


@contextmanager
def busy_people(town: Town) -> Iterator[None]:
    """Two deputies who write, upload and hand in without end; the block begins when both have begun."""
    stopped, begun = threading.Event(), threading.Semaphore(0)

    def work(who: str) -> None:
        number = 0
        while not stopped.is_set():
            number += 1
            case = cases.draft(town, by=town.actors[who])
            scan = store_content(PDF + f"{who} {number}".encode(), "图.pdf")
            actions.attach(town.actors[who], case, at=moment(cases.WRITTEN), files=[scan])
            actions.submit(town.actors[who], case, at=moment(cases.HANDED_IN))
            begun.release()
        connection.close()

    people = [threading.Thread(target=work, args=[who]) for who in ("alice", "bob")]
    for one in people:
        one.start()
    try:
        assert begun.acquire(timeout=30)
        assert begun.acquire(timeout=30)
        yield
    finally:
        stopped.set()
        for one in people:
            one.join()


@contextmanager
def empty_place(folder: Path) -> Iterator[str]:
    """The address of a database that is not there yet, or holds nothing."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{folder}/restored.sqlite3"
        return
    name = connection.settings_dict["NAME"]
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}_drill"')
    try:
        yield f"{database_url()}_drill"
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{name}_drill" WITH (FORCE)')


def rows(url: str, sql: str) -> list[Any]:
    opened = sqlite3.connect(url[10:]) if url.startswith("sqlite") else psycopg.connect(url)
    with closing(opened) as database:
        return list(database.execute(sql).fetchall())


def test_what_was_written_before_the_backup_comes_back_whole(town: Town, tmp_path: Path) -> None:
    archive, elsewhere = tmp_path / "kept.tar", tmp_path / "elsewhere"
    with busy_people(town):
        before = JournalLine.objects.count()
        call_command("backup", str(archive))
        after = JournalLine.objects.count()
    with empty_place(tmp_path) as url:
        own = {"TIBANDU_DATABASE_URL": url, "TIBANDU_DATA": str(elsewhere), "TIBANDU_SECRET_KEY": "test"}
        command = [sys.executable, "-m", "tibandu", "restore", str(archive)]
        done = subprocess.run(
            command, cwd=ROOT, env={**os.environ, **own}, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        kept = rows(url, "SELECT count(*) FROM base_journalline")[0][0]
        assert f"✓ {kept:,} 行完整" in done.stdout
        assert before <= kept <= after
        files = [name for (name,) in rows(url, "SELECT sha256 FROM base_storedfile")]
        contents = [(elsewhere / "files" / path_of(name)).read_bytes() for name in files]
        assert [hashlib.sha256(content).hexdigest() for content in contents] == files
        assert len(files) >= 2
