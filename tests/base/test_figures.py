"""Periods, shares of nothing, groups that add up, and a name that is taken."""

from datetime import date

import pytest

from tibandu.base.figures import REGISTRY, Figure, Part, Period, Source, Value, fold, register


def test_a_period_is_a_year_or_any_days_and_has_the_same_days_a_year_earlier() -> None:
    assert Period.year(2026).before == Period.year(2025)
    leap = Period("campaign", date(2024, 2, 29), date(2024, 3, 31))
    assert leap.before == Period("campaign", date(2023, 2, 28), date(2023, 3, 31))


@pytest.mark.parametrize(
    ("value", "number"), [(Value(3), 3), (Value(1, 3), 33.3), (Value(0, 0), None), (Value(0, 2), 0.0)]
)
def test_a_share_of_nothing_is_nothing(value: Value, number: float | None) -> None:
    assert value.number == number


def test_groups_add_up() -> None:
    found = {
        ("A", 1): {("x", 0): Value(1, 2)},
        ("B", 1): {("x", 0): Value(2, 2)},
        ("B", 2): {("x", 0): Value(0, 1), ("y", 0): Value(7)},
    }
    assert fold(found) == {(): {("x", 0): Value(3, 5), ("y", 0): Value(7)}}
    assert fold(found, 1)[1,] == {("x", 0): Value(3, 4)}


def test_two_figures_cannot_bear_one_name() -> None:
    known = next(iter(REGISTRY.values()), None) or register(_figure("answered"))[0]
    with pytest.raises(ValueError, match=known.id):
        register(_figure(known.id))


def _figure(name: str) -> Figure:
    return Figure(name, "名", "义", Source("row", lambda actor: None), Part("day"))  # type: ignore[arg-type,return-value]
