"""Knows that the bench measures what it says, and that what it generates is what the product would have written."""

import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from tests import cases
from tests.races import shared_database
from tests.town import TODAY, Town
from tibandu.base.journal import create_guards, verify
from tibandu.base.models import JournalLine
from tibandu.base.searchtext import tokens
from tibandu.oversight.views.ledgers import LEDGERS
from tibandu.people.models import Appointment
from tibandu.suggestions.enums import State
from tibandu.suggestions.models import Assignment, Series, Suggestion
from tibandu.suggestions.queries.ledger import INDEX
from tibandu.suggestions.queries.similar import text_of
from tibandu.web.bench import generate, limits, measure, report
from tibandu.web.bench.vocabulary import COMMON, MIDDLING, rare_words

ROWS = 400


@pytest.mark.page  # its requests close PostgreSQL's connection, and the test's transaction with it
def test_the_bench_measures_every_ledger_of_each_kind_of_desk_beside_its_limit(town: Town) -> None:
    cases.assigned(town)
    out = StringIO()
    call_command("bench", requests=1, json=True, stdout=out)
    rows = json.loads(out.getvalue())
    pages = {row["page"] for row in rows}
    assert {"web:desk", "suggestions:case", "suggestions:ledger", "insight:rows"} < pages
    assert {f"oversight:{ledger.short}" for ledger in LEDGERS.values()} < pages
    assert len({row["hat"] for row in rows}) > 4
    for row in rows:
        assert min(row["sql"], row["cpu_ms"], row["limit_cpu_ms"], row["ratio"]) > 0
        assert "oversight:" not in row["page"] or row["sql"] <= 6
    table = StringIO()
    call_command("bench", requests=1, stdout=table)
    lines = table.getvalue().splitlines()
    assert (lines[0].split()[:2], len(lines)) == (["page", "hat"], len(rows) + 1)


def test_an_empty_database_cannot_be_measured(db: None) -> None:
    with pytest.raises(CommandError, match="还没有人员"):
        call_command("bench", requests=1)


@pytest.fixture
def province(transactional_db: None) -> Iterator[generate.Built]:
    """A generated province of a few hundred suggestions, taken away again with what no flush empties."""
    create_guards()
    INDEX.clear()
    yield generate.build(ROWS, TODAY)
    INDEX.clear()
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {generate.MARK}")


@pytest.mark.django_db(transaction=True)
def test_a_generated_province_holds_what_the_product_would_have_written(province: generate.Built) -> None:
    assert generate.held() == province
    assert province.rows == Suggestion.objects.count() == ROWS
    assert JournalLine.objects.filter(chain__startswith="suggestions.suggestion:").count() == 10 * ROWS
    assert abs(Assignment.objects.count() / ROWS - 2.6) < 0.1
    assert list(verify()) == []
    _check_the_index()
    _check_the_numbers()
    _check_the_pages()
    with pytest.raises(CommandError, match="别的数据"):
        call_command("bench", rows=ROWS + 1)


def _check_the_index() -> None:
    with connection.cursor() as cursor:
        table = INDEX.name if connection.vendor == "postgresql" else f"{INDEX.name}_tokens"
        cursor.execute(f"SELECT key, words FROM {table} ORDER BY key")
        words = dict(cursor.fetchall())
    on_file = Suggestion.objects.exclude(state=State.SUBMITTED)
    assert {pk: words[pk] for pk in words} == {row.pk: tokens(text_of(row)) for row in on_file}
    found = {word: len(INDEX.find(word, limit=ROWS)) for word in (COMMON[0], rare_words(ROWS)[0])}
    assert found[COMMON[0]] > 0.15 * ROWS
    assert 0 < found[rare_words(ROWS)[0]] < 20
    assert sum(len(INDEX.find(word, limit=ROWS)) for word in MIDDLING) > 0


def _check_the_numbers() -> None:
    for series in Series.objects.exclude(last=0):
        numbers = sorted(series.suggestions.values_list("number", flat=True))
        assert numbers == list(range(1, series.last + 1))


def _check_the_pages() -> None:
    """One suggestion of every state opens for the office, and so does the ledger."""
    client = Client()
    clerk = Appointment.objects.filter(post__unit__function="deputy_work").earliest("pk")
    client.force_login(clerk.person.account)
    addresses = ["/suggestions/", "/desk/"]
    addresses += [
        f"/suggestions/{Suggestion.objects.filter(state=state).latest('pk').pk}/"
        for state in Suggestion.objects.values_list("state", flat=True).distinct().order_by()
    ]
    assert [client.get(address).status_code for address in addresses] == [200] * len(addresses)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    "connection.vendor == 'postgresql'", reason="the server under measure is the same on both"
)
def test_pages_and_steps_are_measured_beside_their_limits_through_the_default_server(
    province: generate.Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with shared_database(tmp_path):
        monkeypatch.setenv("TIBANDU_DATABASE_URL", f"sqlite:///{connection.settings_dict['NAME']}")
        found = measure.Bench(ROWS, TODAY, measure.Size(alone=2, together=4)).measure()
        assert list(verify()) == []
    assert set(found["pages"]) == {"ledger", "search", "detail", "step"}
    for row in found["pages"].values():
        assert row["ratio"] > 0
        assert row["sql"] > 0
        assert row["p95_ms"]["1"] > 0
    assert "ledger" in report.table(found | {"generate_seconds": province.seconds})


def test_growth_is_the_page_that_slowed_most() -> None:
    def results(rows: int, ledger: float) -> dict[str, object]:
        return {
            "rows": rows,
            "pages": {"ledger": {"mean_ms": {"1": ledger}}, "detail": {"mean_ms": {"1": 8.0}}},
        }

    found = measure.grown(results(1000, 15.0), results(10, 10.0))
    assert (found["growth"], found["growth_from"]) == (1.5, 10)


def test_an_answer_is_cut_without_losing_a_sign() -> None:
    answer = "<!doctype html>\n<p>一 &amp; 二</p><b>三</b> 尾"
    assert [(markup, text) for markup, text in limits.cut(answer)] == [
        ("<!doctype html>\n<p>", "一 & 二"),
        ("</p><b>", "三"),
        ("</b> ", "尾"),
    ]
