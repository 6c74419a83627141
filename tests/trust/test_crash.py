"""Kill −9 of the server under write load: nothing acknowledged is lost or done twice, nothing is half done, the chains hold.

TIBANDU_KILLS says how often (100 for the full proof); without it a few, to keep the suite short.
"""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from tests.races import town_to_share
from tests.town import Town
from tests.trust.crash import kill_under_load

pytestmark = pytest.mark.django_db(transaction=True)
KILLS = int(os.environ.get("TIBANDU_KILLS", "3"))


@pytest.fixture
def town(transactional_db: None, tmp_path: Path) -> Iterator[Town]:
    with town_to_share(tmp_path) as shared:
        yield shared


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number: int = free.getsockname()[1]
        return number


def test_a_killed_server_has_lost_nothing_it_acknowledged(town: Town, tmp_path: Path, port: int) -> None:
    outcome = kill_under_load(town, tmp_path, port, KILLS)
    print(outcome)
    assert (outcome.faults, outcome.kills) == ([], KILLS)
    assert outcome.acknowledged > KILLS


def test_sqlite_writes_through_to_the_disk_before_it_answers(town: Town) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL has its own switch")
    with connection.cursor() as cursor:
        answers = [cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")]
    assert answers == ["wal", 2]
