"""The board and the scissors: each number counts the rows it opens, each reader's own, in few questions to the database."""

import io
from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from tests import cases
from tests.insight.lives import YEAR, answered, asked_again, rated, value
from tests.kept import kept
from tests.suggestions.test_rating import BAD
from tests.town import Town, moment
from tibandu.base.figures import REGISTRY, Period, Value
from tibandu.insight.actions import refresh
from tibandu.insight.queries import figures
from tibandu.suggestions import actions
from tibandu.suggestions.models import Promise, Reply

Wear = Callable[..., Client]


@pytest.fixture
@kept
def two(town: Town) -> list[object]:
    """One solved and one promised, both rated satisfied; a third put on file only."""
    cases.registered(town, cosigners=())
    both = [answered(town), answered(town, code="B", title="关于加宽兴澜大桥人行道的建议")]
    for suggestion in both:
        rated(town, suggestion)
    return list(both)


def test_every_figure_on_the_board_counts_the_rows_it_opens(town: Town, two: list[object]) -> None:
    for actor in (town.office, town.member, town.dispatcher, town.housing_officer, town.alice, town.chen):
        board = figures.board(actor, YEAR, {}, "unit")
        opened = {name: figure.value(actor, YEAR, {}) for name, figure in REGISTRY.items()}
        assert (board.now, actor) == (opened, actor)


def test_the_figures_of_a_known_year(town: Town, two: list[object]) -> None:
    now = figures.board(town.office, YEAR, {}, "unit").now
    assert [now[name] for name in ("received", "registered", "assigned", "answered")] == [
        Value(3), Value(3), Value(2), Value(2),
    ]  # fmt: skip
    assert [now[name] for name in ("on_time", "resolved", "satisfied", "kept", "satisfied_undone")] == [
        Value(2, 2), Value(1, 2), Value(2, 2), Value(0, 1), Value(1, 2),
    ]  # fmt: skip
    assert now["contacted"] == Value(0, 2)  # the talk after the reply has not been held


def test_removing_one_reply_changes_exactly_the_figures_that_count_it(town: Town, two: list[object]) -> None:
    before = figures.board(town.office, YEAR, {}, "unit").now
    Promise.objects.all().delete()
    Reply.objects.filter(suggestion=two[0]).delete()
    after = figures.board(town.office, YEAR, {}, "unit").now
    changed = {name for name in after if after[name] != before[name]}
    assert (after["replied"].counted, before["replied"].counted) == (1, 2)
    counts_replies = {"replied", "resolved", "done_asked_again"}
    counts_what_hangs_on_them = {"satisfied", "satisfied_undone", "unrated", "promised", "kept", "owed"}
    assert changed == counts_replies | counts_what_hangs_on_them


def test_a_share_first_given_counts_and_not_what_it_became(town: Town) -> None:
    rating = rated(town, answered(town), BAD)
    good = [{"dimension": code, "grade": "satisfied"} for code in ("attitude", "contact", "result")]
    at = moment(rating.rated_on)
    actions.change_rating(town.alice, rating, at=at, marks=good, reason="再次现场看过")
    shares = [value(town.office, name) for name in ("satisfied", "dissatisfied")]
    assert shares == [Value(0, 1), Value(1)]


def test_a_unit_reads_no_rating_before_it_is_unsealed(town: Town, two: list[object]) -> None:
    assert value(town.office, "satisfied") == Value(2, 2)
    assert value(town.housing_officer, "satisfied") == Value(0, 0)


def test_another_congress_counts_nothing(town: Town, two: list[object]) -> None:
    board = figures.board(town.foreign_office, YEAR, {}, "unit")
    assert {v.counted for v in board.now.values()} == {0}
    assert (board.groups, board.categories) == ([], [])


def test_a_scope_narrows_and_what_has_no_unit_has_none_of_it(town: Town, two: list[object]) -> None:
    housing, police = town.units["housing"].pk, town.units["police"].pk
    assert value(town.office, "answered", unit=housing) == Value(2)
    assert value(town.office, "answered", unit=police) == Value(0)
    assert value(town.office, "registered", unit=housing) == Value(0)
    assert value(town.office, "registered", subject=town.subject.pk) == Value(3)


def test_groups_categories_and_years_add_up(town: Town, two: list[object]) -> None:
    board = figures.board(town.office, YEAR, {}, "unit")
    assert [(g.label, g.categories, g.values["answered"]) for g in board.groups] == [
        ("市住建局", {"A": 1, "B": 1}, Value(2))
    ]
    assert [(code, resolved, n) for code, resolved, n, _was in board.categories] == [
        ("A", True, 1), ("B", False, 1),
    ]  # fmt: skip
    years = figures.board(town.office, YEAR, {}, "year").groups
    assert [(g.label, g.values["answered"].counted) for g in years][:2] == [("2026", 2), ("2025", 0)]


def test_what_was_called_done_and_is_asked_again_is_counted(town: Town) -> None:
    suggestion = answered(town)
    assert value(town.office, "done_asked_again") == Value(0, 1)
    asked_again(town, suggestion, 2027)
    refresh()
    assert value(town.office, "done_asked_again") == Value(1, 1)


def test_a_campaign_counts_its_own_days(town: Town, two: list[object]) -> None:
    march = Period("campaign", date(2026, 3, 1), date(2026, 3, 19))
    april = Period("campaign", date(2026, 3, 20), date(2026, 4, 30))
    assert (value(town.office, "answered", march), value(town.office, "answered", april)) == (
        Value(0),
        Value(2),
    )


@pytest.mark.parametrize("by", ["unit", "subject", "committee", "year"])
def test_the_board_asks_the_database_as_often_for_three_cases_as_for_none(
    town: Town, two: list[object], by: str, django_assert_num_queries: Callable[..., object]
) -> None:
    sources = len({id(figure.source) for figure in REGISTRY.values()})
    with django_assert_num_queries(sources + (by != "year")):
        figures.board(town.office, YEAR, {}, by)
    assert sources == 8


def test_each_reader_opens_board_scissors_and_rows(town: Town, two: list[object], hat: Wear) -> None:
    for actor in (town.office, town.dispatcher, town.housing_officer, town.alice, town.court_officer):
        client = hat(actor)
        for address in ("/insight/", "/insight/scissors/", "/insight/?by=year", "/insight/lineage/"):
            assert client.get(f"{address}{'&' if '?' in address else '?'}year=2026").status_code == 200
        assert client.get("/insight/rows/?figure=answered&year=2026").status_code == 200
        assert client.get("/insight/rows/?figure=nothing").status_code == 404


def test_a_number_links_to_exactly_its_rows(town: Town, two: list[object], hat: Wear) -> None:
    client = hat(town.office)
    page = client.get("/insight/?year=2026").content.decode()
    for name, number in (("registered", 3), ("replied", 2), ("resolved", 1)):
        address = f"/insight/rows/?figure={name}&amp;year=2026"
        assert address in page
        shown = client.get(address.replace("&amp;", "&")).content.decode()
        assert shown.count("<tr data-row") == number
    among = client.get("/insight/rows/?figure=resolved&year=2026&half=among").content.decode()
    category = client.get("/insight/rows/?figure=replied&year=2026&category=A").content.decode()
    assert (among.count("<tr data-row"), category.count("<tr data-row")) == (2, 1)


def test_units_that_are_whole_in_everything_are_named(town: Town, hat: Wear) -> None:
    suggestion = answered(town)
    cases.heard(town, cases.share_of(town, suggestion, "housing"), "after", at=moment(date(2026, 3, 23)))
    rated(town, suggestion)
    page = hat(town.office).get("/insight/scissors/?year=2026").content.decode()
    assert "三项都是百分之百" in page
    assert "+0.0" in page


def test_boards_and_rows_are_spreadsheets_too(town: Town, two: list[object], hat: Wear) -> None:
    client = hat(town.office)
    sheets = {
        address: CalamineWorkbook.from_filelike(
            io.BytesIO(client.get(f"/insight/{address}year=2026").content)
        )
        .get_sheet_by_index(0)
        .to_python()
        for address in ("export.xlsx?", "scissors/export.xlsx?", "rows/export.xlsx?figure=answered&")
    }
    board, scissors, rows = sheets.values()
    assert [row[0] for row in board if "市住建局" in row] == ["市住建局"]
    assert [row[-1] for row in scissors if "市住建局" in row] == [50.0]
    assert sum("市住建局" in row for row in rows) == 2
