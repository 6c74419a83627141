"""On PostgreSQL two roles share the database: the one that serves works with everything and cannot touch the journal."""

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils.timezone import now

from tests import cases
from tests.town import Town
from tibandu.base import journal
from tibandu.base.models import JournalLine, Seal
from tibandu.web.management.commands import doctor

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db,
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no roles"),
]
APP = "tibandu_app_of_a_test"


@pytest.fixture
def served(town: Town, settings: object) -> Iterator[Town]:
    """The town, worked with by the second role since migrating; the role goes with the transaction of the test."""
    settings.APP_ROLE = APP
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {APP}")
        call_command("migrate", verbosity=0, interactive=False)
        cursor.execute(f"SET SESSION AUTHORIZATION {APP}")
        yield town
        cursor.execute("RESET SESSION AUTHORIZATION")


def answer_of_the_doctor() -> tuple[bool, str]:
    return next((well, words) for label, well, words in doctor.examine() if label.endswith("journal role"))


def test_the_role_that_serves_does_all_the_work(served: Town) -> None:
    suggestion = cases.replied(served)
    journal.seal(cases.SENT, now())
    assert (suggestion.state, Seal.objects.count()) == ("assigned", 1)
    assert list(journal.verify()) == []
    assert answer_of_the_doctor() == (True, f"{APP} 只能追加 may only append")


FORBIDDEN = {
    "UPDATE {} SET digest = 'x'": "permission denied",
    "DELETE FROM {}": "permission denied",
    "TRUNCATE {}": "permission denied",
    "DROP TRIGGER {}_no_change ON {}": "must be owner",
    "ALTER TABLE {} DISABLE TRIGGER ALL": "must be owner",
    "DROP TABLE {}": "must be owner",
    "SET session_replication_role = replica": "permission denied",
    "CREATE OR REPLACE FUNCTION journal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RETURN NULL; END $$": "permission denied|must be owner",
}


@pytest.mark.parametrize("table", ["base_journalline", "base_seal"])
@pytest.mark.parametrize("sql", FORBIDDEN)
def test_the_role_that_serves_cannot_touch_the_journal(served: Town, sql: str, table: str) -> None:
    cases.submitted(served)
    trigger = "journal" if table == "base_journalline" else "seal"
    statement = sql.replace("{}_no", f"{trigger}_no").replace("{}", table)
    with pytest.raises(DatabaseError, match=FORBIDDEN[sql]), transaction.atomic():
        connection.cursor().execute(statement)
    assert JournalLine.objects.exists()


def test_the_doctor_warns_where_the_owner_serves(town: Town) -> None:
    well, words = answer_of_the_doctor()
    assert (well, "could change the journal" in words) == (False, True)
