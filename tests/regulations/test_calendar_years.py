"""The yearly arrangements: counts that the notices state, and the vectors of the rules over the recorded years."""

from datetime import date

import pytest

from tests.town import moment
from tibandu.base.clock import Limit, Unit, due_on
from tibandu.people.queries import SYSTEM
from tibandu.regulations import actions, queries
from tibandu.regulations.calendar_years import YEARS, days_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def days():
    assert actions.seed_calendar(SYSTEM, at=moment(), confirmed_by="高言") == 4
    return queries.working_days()


def test_weekends_that_are_worked_are_weekends_and_rest_days_are_not_worked_too():
    for year, arrangement in YEARS.items():
        named = days_of(arrangement)
        assert {day for _name, day in arrangement.worked} == {d for d, (works, _n) in named.items() if works}
        assert all(day.weekday() >= 5 for day, (works, _name) in named.items() if works)
        assert all(day.year == year or day == date(2022, 12, 31) for day in named)


@pytest.mark.parametrize(("year", "worked"), [(2023, 249), (2024, 251), (2025, 248), (2026, 248)])
def test_a_year_has_so_many_working_days(days, year, worked):
    assert len(days.ordinals(year)) == worked


@pytest.mark.parametrize(
    ("start", "limit", "expected"),
    [
        (date(2025, 11, 28), Limit(3, Unit.MONTH), date(2026, 2, 28)),
        (date(2025, 11, 30), Limit(3, Unit.MONTH), date(2026, 2, 28)),
        (date(2026, 1, 30), Limit(1, Unit.MONTH), date(2026, 2, 28)),
        (date(2026, 2, 12), Limit(10, Unit.WORKING_DAY), date(2026, 3, 4)),
        (date(2026, 8, 31), Limit(1, Unit.MONTH), date(2026, 9, 30)),
    ],
)
def test_the_vectors_of_the_rules_come_out(days, start, limit, expected):
    assert due_on(start, limit, days) == expected


def test_seeding_again_changes_nothing(days):
    assert actions.seed_calendar(SYSTEM, at=moment(), confirmed_by="高言") == 0


def test_beyond_the_last_notice_days_are_provisional(days):
    assert days.last_known_year == 2026
    assert days.is_provisional(date(2027, 1, 4))
