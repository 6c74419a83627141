"""Knows that the bench measures what it says on the database at hand."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests import cases
from tests.town import Town


def test_the_bench_measures_each_kind_of_desk(town: Town) -> None:
    cases.assigned(town)
    out = StringIO()
    call_command("bench", requests=1, json=True, stdout=out)
    rows = json.loads(out.getvalue())
    assert {row["page"] for row in rows} == {"desk", "ledger", "detail"}
    assert all(row["sql"] > 0 and row["p50_ms"] > 0 for row in rows)


def test_the_bench_prints_a_table_for_people(town: Town) -> None:
    out = StringIO()
    call_command("bench", requests=1, stdout=out)
    assert out.getvalue().startswith("page")


def test_an_empty_database_cannot_be_measured(db: None) -> None:
    with pytest.raises(CommandError, match="还没有人员"):
        call_command("bench", requests=1)
