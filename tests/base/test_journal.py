"""Knows that the journal shows every alteration, refuses changes at the database, and is sealed once a day."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, models, transaction

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


def test_a_line_added_behind_the_tail_is_found_against_the_head(case: Congress) -> None:
    line = JournalLine.objects.get(seq=3)
    line.pk, line.seq, line.previous = None, 4, line.digest
    line.digest = journal.digest_of(line, "sha256")
    line.save(force_insert=True)
    assert breaks() == [(4, "末尾与卷宗上的链头不符")]


def test_lines_of_a_case_that_never_was_are_found(case: Congress) -> None:
    line = JournalLine.objects.get(seq=1)
    line.pk, line.chain = None, "elsewhere.case:1"
    line.digest = journal.digest_of(line, "sha256")
    line.save(force_insert=True)
    assert breaks() == [(1, "末尾与卷宗上的链头不符")]


def test_a_chain_is_read_whole_over_the_edges_of_pages(
    case: Congress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "LINES_AT_ONCE", 2)
    monkeypatch.setattr(journal, "CHAINS_AT_ONCE", 1)
    write(Congress.objects.create(slug="y", name="另大", short_name="另", level=Level.TOWN))
    assert breaks() == []
    tamper("UPDATE base_journalline SET words = '改过' WHERE seq = 3")
    assert breaks() == [(3, "内容被改动")]


DAYS = [date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4)]


@pytest.fixture
def sealed(case: Congress) -> list[Seal]:
    """Three days' seals over one case that moved each day and one that moved only before the first."""
    still = Congress.objects.create(slug="y", name="另大", short_name="另", level=Level.TOWN)
    write(still)
    seals = []
    for day in DAYS:
        write(case)
        seals.append(journal.seal(day, after_the_last_line()))
    return seals


def after_the_last_line() -> datetime:
    recorded = JournalLine.objects.latest("recorded_at").recorded_at
    return recorded + timedelta(microseconds=1)


def seals_broken() -> list[tuple[str, str]]:
    return [(f.chain, str(f.sentence)) for f in journal.verify() if f.chain.startswith("seal:")]


def test_seals_count_everything_and_are_tied_to_one_another(sealed: list[Seal]) -> None:
    assert [(one.day, one.lines, one.chains) for one in sealed] == [
        (day, lines, 2) for day, lines in zip(DAYS, (5, 6, 7), strict=True)
    ]
    assert [one.previous for one in sealed] == ["", sealed[0].digest, sealed[1].digest]
    assert breaks() == []


def test_tail_and_head_cut_together_are_found_against_the_seal(case: Congress, sealed: list[Seal]) -> None:
    before = JournalLine.objects.get(chain=case.chain, seq=5)
    tamper("DELETE FROM base_journalline WHERE seq = 6")
    Congress.objects.filter(pk=case.pk).update(journal_seq=5, journal_head=before.digest)
    assert [(f.chain, str(f.sentence)) for f in journal.verify()] == [("seal:2026-03-04", "与当日封存不符")]


def test_a_case_forged_whole_with_its_head_is_found_against_an_old_seal(
    case: Congress, sealed: list[Seal]
) -> None:
    still = Congress.objects.get(slug="y")
    line = JournalLine.objects.get(chain=still.chain)
    line.words = "伪造"
    digest = journal.digest_of(line, "sha256")
    tamper(f"UPDATE base_journalline SET words = '伪造', digest = '{digest}' WHERE id = {line.pk}")
    Congress.objects.filter(pk=still.pk).update(journal_head=digest)
    assert [(f.chain, str(f.sentence)) for f in journal.verify()] == [("seal:2026-03-02", "与当日封存不符")]


def test_a_line_backdated_before_a_seal_is_found(case: Congress, sealed: list[Seal]) -> None:
    other = Congress.objects.create(slug="z", name="又大", short_name="又", level=Level.TOWN)
    line = write(other)
    line.recorded_at = JournalLine.objects.earliest("recorded_at").recorded_at
    digest = journal.digest_of(line, "sha256")
    moment = connection.ops.adapt_datetimefield_value(line.recorded_at)
    tamper(f"UPDATE base_journalline SET recorded_at = '{moment}', digest = '{digest}' WHERE id = {line.pk}")
    Congress.objects.filter(pk=other.pk).update(journal_head=digest)
    assert seals_broken() == [("seal:2026-03-02", "与当日封存不符")]


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("UPDATE base_seal SET lines = 4 WHERE day = '2026-03-02'", "与当日封存不符"),
        ("UPDATE base_seal SET day = '2026-03-01' WHERE day = '2026-03-02'", "与当日封存不符"),
        ("UPDATE base_seal SET digest = '0' WHERE day = '2026-03-02'", "与当日封存不符"),
        ("UPDATE base_seal SET previous = '0' WHERE day = '2026-03-03'", "与前一次日封不衔接"),
        ("DELETE FROM base_seal WHERE day = '2026-03-03'", "与前一次日封不衔接"),
        ("DELETE FROM base_seal WHERE day = '2026-03-02'", "与前一次日封不衔接"),
    ],
)
def test_a_changed_or_removed_seal_is_found(sealed: list[Seal], sql: str, found: str) -> None:
    tamper(sql)
    assert seals_broken()[0][1] == found


def test_a_day_is_sealed_once(case: Congress) -> None:
    first = journal.seal(date(2026, 3, 2), datetime(2100, 1, 1, tzinfo=UTC))
    again = journal.seal(date(2026, 3, 2), datetime(2100, 1, 2, tzinfo=UTC))
    assert (first, Seal.objects.count(), first.lines) == (again, 1, 3)


def test_a_clock_that_was_put_back_makes_no_seal_before_the_last(sealed: list[Seal]) -> None:
    assert journal.seal(date(2026, 3, 1), after_the_last_line()) == sealed[-1]
    assert journal.seal(date(2026, 3, 9), sealed[0].sealed_at) == sealed[-1]


def test_the_seal_of_a_day_reads_the_lines_of_the_day_only(sealed: list[Seal], case: Congress) -> None:
    write(case)
    moved = list(journal._moved(sealed[-1].sealed_at, after_the_last_line()))
    assert [(chain, count, last) for chain, count, _first, last, _digest in moved] == [(case.chain, 1, 7)]


CHANGES = [
    "UPDATE base_journalline SET words = 'x'",
    "DELETE FROM base_journalline",
    "UPDATE base_seal SET digest = 'x'",
    "DELETE FROM base_seal",
]
VENDOR_CHANGES = {
    "sqlite": [
        "REPLACE INTO base_journalline SELECT * FROM base_journalline WHERE seq = 1",
        "REPLACE INTO base_journalline SELECT id + 100, chain, seq, happened_at, recorded_at, request_id, person_id,"
        " hat, who, noun, object_id, verb, label, source, target, words, facts, seen_by, previous, digest"
        " FROM base_journalline WHERE seq = 1",
        "REPLACE INTO base_seal SELECT * FROM base_seal",
    ],
    "postgresql": ["TRUNCATE base_journalline", "TRUNCATE base_seal"],
}


def refused(sql: str) -> bool:
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
    return True


def test_the_database_refuses_to_change_a_line_or_a_seal(sealed: list[Seal]) -> None:
    changes = CHANGES + VENDOR_CHANGES[connection.vendor]
    assert [sql for sql in changes if not refused(sql)] == []
    assert journal.guards_present()


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="only SQLite remakes a table to alter it")
@pytest.mark.parametrize("model", [JournalLine, Seal])
@pytest.mark.django_db(transaction=True)
def test_a_table_remake_drops_the_guards_and_migrating_puts_them_back(model: type[models.Model]) -> None:
    journal.create_guards()
    field = model._meta.get_field("digest")
    longer = models.CharField(max_length=65)
    longer.set_attributes_from_name("digest")
    with connection.schema_editor() as editor:
        editor.alter_field(model, field, longer)
    assert not journal.guards_present()
    with connection.schema_editor() as editor:
        editor.alter_field(model, longer, field)
    call_command("migrate", verbosity=0, interactive=False)
    assert journal.guards_present()


def test_a_guard_that_was_made_to_do_nothing_is_missed(case: Congress) -> None:
    journal.create_guards()
    with connection.cursor() as cursor:
        cursor.execute(
            "DROP TRIGGER seal_no_update"
            if connection.vendor == "sqlite"
            else "ALTER TABLE base_seal DISABLE TRIGGER seal_no_change"
        )
    assert not journal.guards_present()
    journal.create_guards()
    assert journal.guards_present()


def test_a_stale_writer_does_not_fork_the_chain(case: Congress) -> None:
    stale = Congress.objects.get(pk=case.pk)
    write(case)
    write(stale)
    assert breaks() == []
