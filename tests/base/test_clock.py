"""Deadlines: the vectors of the rules and what holds for every start and limit."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tibandu.base.clock import (
    Limit,
    Remaining,
    Rest,
    Unit,
    WorkingDays,
    due_on,
    explain,
    next_working_day,
    remaining,
    working_days_between,
)


def _days(first, last):
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


DAYS = WorkingDays.of(
    holidays={
        **dict.fromkeys(_days(date(2026, 1, 1), date(2026, 1, 3)), "元旦"),
        **dict.fromkeys(_days(date(2026, 2, 15), date(2026, 2, 23)), "春节"),
        **dict.fromkeys(_days(date(2026, 10, 1), date(2026, 10, 7)), "国庆节"),
    },
    adjusted=[date(2026, 1, 4), date(2026, 2, 14), date(2026, 2, 28), date(2026, 9, 20), date(2026, 10, 10)],
    known_years=[2025, 2026],
)
starts = st.dates(date(2020, 1, 1), date(2040, 1, 1))
limits = st.builds(Limit, st.integers(0, 40), st.sampled_from(Unit))


@pytest.mark.parametrize(
    ("start", "limit", "expected"),
    [
        (date(2025, 11, 28), Limit(3, Unit.MONTH), date(2026, 2, 28)),
        (date(2025, 11, 30), Limit(3, Unit.MONTH), date(2026, 2, 28)),
        (date(2026, 1, 30), Limit(1, Unit.MONTH), date(2026, 2, 28)),
        (date(2026, 2, 12), Limit(10, Unit.WORKING_DAY), date(2026, 3, 4)),
        (date(2026, 8, 31), Limit(1, Unit.MONTH), date(2026, 9, 30)),
        (date(2026, 9, 21), Limit(10, Unit.CALENDAR_DAY), date(2026, 10, 8)),
        (date(2024, 2, 29), Limit(1, Unit.YEAR), date(2025, 2, 28)),
        (date(2026, 12, 30), Limit(3, Unit.WORKING_DAY), date(2027, 1, 4)),
        (date(2026, 3, 4), Limit(0, Unit.WORKING_DAY), date(2026, 3, 4)),
    ],
)
def test_a_limit_ends_on(start, limit, expected):
    assert due_on(start, limit, DAYS) == expected


def test_without_rolling_the_end_may_be_a_rest_day():
    assert due_on(date(2026, 9, 21), Limit(10, Unit.CALENDAR_DAY), DAYS, roll=False) == date(2026, 10, 1)


def test_a_negative_limit_is_a_mistake():
    with pytest.raises(ValueError, match="not negative"):
        Limit(-1, Unit.MONTH)


def test_a_computation_names_each_skipped_day_and_why():
    computed = explain(date(2026, 2, 12), Limit(10, Unit.WORKING_DAY), DAYS)
    assert [(skipped.day.isoformat()[5:], str(skipped.label)) for skipped in computed.skipped] == [
        *((f"02-{day}", "春节") for day in range(15, 24)),
        ("03-01", "周末"),
    ]
    assert computed.adjusted == (date(2026, 2, 14), date(2026, 2, 28))
    assert (computed.raw_end, computed.end) == (date(2026, 3, 4), date(2026, 3, 4))
    assert (computed.is_month_end, computed.is_rolled, computed.is_provisional) == (False, False, False)


def test_a_computation_says_that_the_month_ended_early_and_the_end_moved():
    computed = explain(date(2026, 8, 31), Limit(6, Unit.MONTH), DAYS)
    assert (computed.raw_end, computed.end) == (date(2027, 2, 28), date(2027, 3, 1))
    assert [(skipped.day, skipped.rest) for skipped in computed.skipped] == [
        (date(2027, 2, 28), Rest.WEEKEND)
    ]
    assert (computed.is_month_end, computed.is_rolled, computed.is_provisional) == (True, True, True)


def test_beyond_the_last_notice_monday_to_friday_count_provisionally():
    assert DAYS.last_known_year == 2026
    assert DAYS.is_provisional(date(2027, 10, 1))
    assert DAYS.is_working(date(2027, 10, 1))
    assert not DAYS.is_provisional(date(2026, 10, 1))


def test_known_years_follow_from_the_holidays_when_not_given():
    days = WorkingDays.of([date(2026, 1, 1)])
    assert (days.known_years, days.last_known_year) == (frozenset({2026}), 2026)
    assert WorkingDays.of().last_known_year is None
    assert days.rest_of(date(2026, 1, 1)) == Rest.HOLIDAY
    assert days.rest_of(date(2026, 1, 2)) is None


def test_remaining_time_is_negative_when_overdue():
    due = date(2026, 3, 4)
    assert remaining(date(2026, 2, 12), due, DAYS) == Remaining(20, 10)
    assert remaining(due, due, DAYS) == Remaining(0, 0)
    assert remaining(date(2026, 3, 9), due, DAYS) == Remaining(-5, -3)


def test_limits_read_as_in_a_notice():
    assert [str(Limit(3, unit)) for unit in Unit] == ["3 日", "3 个工作日", "3 个月", "3 年"]


@given(starts, limits)
def test_a_rolled_end_is_never_a_rest_day_nor_before_the_start(start, limit):
    end = due_on(start, limit, DAYS)
    assert DAYS.is_working(end)
    assert end >= start


@given(starts, st.integers(0, 40), st.integers(0, 40), st.integers(0, 40), st.sampled_from(Unit))
def test_a_later_start_or_a_longer_limit_never_ends_earlier(start, later, amount, more, unit):
    end = due_on(start, Limit(amount, unit), DAYS)
    assert due_on(start + timedelta(days=later), Limit(amount, unit), DAYS) >= end
    assert due_on(start, Limit(amount + more, unit), DAYS) >= end


@given(starts, st.integers(1, 300))
def test_working_days_counted_back_are_the_limit(start, amount):
    end = due_on(start, Limit(amount, Unit.WORKING_DAY), DAYS)
    assert working_days_between(start, end, DAYS) == amount
    assert working_days_between(end, start, DAYS) == -amount


@given(starts, st.integers(0, 500))
def test_working_days_between_is_a_plain_count(start, length):
    end = start + timedelta(days=length)
    counted = sum(DAYS.is_working(day) for day in _days(start + timedelta(days=1), end))
    assert working_days_between(start, end, DAYS) == counted


@given(starts, limits, st.booleans())
def test_the_explanation_ends_where_the_rule_ends(start, limit, roll):
    computed = explain(start, limit, DAYS, roll=roll)
    assert computed.end == due_on(start, limit, DAYS, roll=roll)
    assert computed.raw_end == due_on(start, limit, DAYS, roll=False)


@given(starts)
def test_the_next_working_day_of_a_working_day_is_itself(start):
    day = next_working_day(start, DAYS)
    assert next_working_day(day, DAYS) == day
