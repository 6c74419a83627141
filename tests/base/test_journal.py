"""Knows that the journal shows every alteration, refuses changes at the database, and is sealed once a day."""

from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from tibandu.base import journal
from tibandu.base.models import JournalLine, Seal
from tibandu.people.enums import Level
from tibandu.people.models import Congress
from tibandu.people.queries import SYSTEM

AT = datetime(2026, 3, 2, 1, tzinfo=UTC)


@pytest.fixture
def case(db: None) -> Congress:
    """A row that heads a chain of three lines."""
    made = Congress.objects.create(slug="x", name="某大", short_name="某", level=Level.TOWN)
    for n in range(3):
        write(made, words=f"第{n}行")
    return made


def write(case: Congress, **deed: str) -> JournalLine:
    return journal.record(
        case, SYSTEM, noun="congress", object_id=case.pk, verb="note", label="记录", at=AT, **deed
    )


def breaks() -> list[tuple[int, str]]:
    return [(found.seq, str(found.sentence)) for found in journal.verify()]


def tamper(sql: str) -> None:
    journal.lift_guards()
    with connection.cursor() as cursor:
        cursor.execute(sql)
    journal.create_guards()


def test_an_untouched_journal_holds(case: Congress) -> None:
    assert breaks() == []
    assert (case.journal_seq, JournalLine.objects.count()) == (3, 3)


def test_an_altered_line_is_found(case: Congress) -> None:
    tamper("UPDATE base_journalline SET words = '改过' WHERE seq = 2")
    assert breaks() == [(2, "内容被改动")]


def test_a_removed_line_is_found(case: Congress) -> None:
    tamper("DELETE FROM base_journalline WHERE seq = 2")
    assert breaks()[0] == (2, "缺少或多出一行")


def test_a_cut_tail_is_found_against_the_head_on_the_case(case: Congress) -> None:
    tamper("DELETE FROM base_journalline WHERE seq = 3")
    assert breaks() == [(2, "末尾与卷宗上的链头不符")]


def test_a_chain_that_vanished_whole_is_found(case: Congress) -> None:
    tamper("DELETE FROM base_journalline")
    assert breaks() == [(3, "整条日志缺失")]


def test_a_case_that_is_gone_is_found_unless_its_chain_ends_with_being_discarded(case: Congress) -> None:
    other = Congress.objects.create(slug="y", name="另大", short_name="另", level=Level.TOWN)
    deed = {"noun": "congress", "object_id": other.pk, "verb": "discard", "label": "放弃"}
    journal.record(other, SYSTEM, at=AT, **deed)
    other.delete()
    assert breaks() == []
    case.delete()
    assert breaks() == [(3, "末尾与卷宗上的链头不符")]


def test_an_inserted_line_is_found(case: Congress) -> None:
    line = JournalLine.objects.get(seq=3)
    line.pk, line.seq = None, 4
    line.save(force_insert=True)
    assert (4, "与前一行不衔接") in breaks()


def test_tail_and_head_cut_together_are_found_against_the_seal(case: Congress) -> None:
    journal.seal(date(2026, 3, 2), datetime(2100, 1, 1, tzinfo=UTC))
    second = JournalLine.objects.get(seq=2)
    tamper("DELETE FROM base_journalline WHERE seq = 3")
    Congress.objects.update(journal_seq=2, journal_head=second.digest)
    assert [sentence for _seq, sentence in breaks()] == ["与当日封存不符"]


def test_a_day_is_sealed_once(case: Congress) -> None:
    first = journal.seal(date(2026, 3, 2), datetime(2100, 1, 1, tzinfo=UTC))
    again = journal.seal(date(2026, 3, 2), datetime(2100, 1, 2, tzinfo=UTC))
    assert (first, Seal.objects.count(), first.lines) == (again, 1, 3)


@pytest.mark.parametrize("sql", ["UPDATE base_journalline SET words = 'x'", "DELETE FROM base_journalline"])
def test_the_database_refuses_to_change_a_line(case: Congress, sql: str) -> None:
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
    assert journal.guards_present()


def test_a_stale_writer_does_not_fork_the_chain(case: Congress) -> None:
    stale = Congress.objects.get(pk=case.pk)
    write(case)
    write(stale)
    assert breaks() == []
