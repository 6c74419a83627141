"""When a claim counts as kept, refused or split, and what colour a promise has: tables of values."""

from datetime import date

import pytest

from tibandu.oversight.enums import Lamp
from tibandu.oversight.rules.promises import Heard, lamp, may_settle_by_check, stopped_on

DAY, BEFORE, AFTER = date(2026, 7, 3), date(2026, 7, 2), date(2026, 7, 10)


@pytest.mark.parametrize(
    ("deputies", "watcher", "found"),
    [
        ({}, None, "open"),
        ({1: True}, True, "open"),
        ({1: True, 2: True}, None, "open"),
        ({}, True, "open"),
        ({1: True, 2: True}, True, "kept"),
        ({1: False}, None, "refused"),
        ({1: True, 2: False}, None, "refused"),
        ({}, False, "refused"),
        ({1: True}, False, "refused"),
        ({1: False}, False, "refused"),
        ({1: False}, True, "split"),
        ({1: True, 2: True}, False, "split"),
    ],
)
def test_what_both_sides_say_settles_a_claim(
    deputies: dict[int, bool], watcher: bool | None, found: str
) -> None:
    heard = Heard((1, 2), deputies, watcher)
    states = {"kept": heard.is_kept, "refused": heard.is_refused, "split": heard.is_split}
    assert [name for name, holds in states.items() if holds] == ([] if found == "open" else [found])


def test_where_nobody_is_asked_nobody_has_agreed() -> None:
    assert Heard((), {}, True).deputy_side is None


@pytest.mark.parametrize(
    ("heard", "until", "may"),
    [
        (Heard((1,), {}, True), AFTER, False),
        (Heard((1,), {}, True), DAY, False),
        (Heard((1,), {}, True), BEFORE, True),
        (Heard((1,), {}, True), None, True),
        (Heard((1,), {1: False}, True), AFTER, True),
    ],
)
def test_a_check_settles_when_sides_differ_or_the_time_is_over(
    heard: Heard, until: date | None, may: bool
) -> None:
    assert may_settle_by_check(heard, until, DAY) is may


@pytest.mark.parametrize(
    ("state", "due_on", "colour"),
    [
        ("open", BEFORE, Lamp.OVERDUE),
        ("open", DAY, Lamp.NEAR),
        ("open", AFTER, Lamp.NEAR),
        ("open", date(2026, 7, 11), Lamp.OPEN),
        ("claimed", BEFORE, Lamp.CLAIMED),
        ("kept", BEFORE, Lamp.KEPT),
        ("lapsed", AFTER, Lamp.LAPSED),
        ("released", AFTER, Lamp.RELEASED),
    ],
)
def test_the_colour_follows_state_and_clock(state: str, due_on: date, colour: Lamp) -> None:
    assert lamp(state, due_on, AFTER, DAY) is colour


def test_a_clock_stops_with_the_claim_else_with_the_finding() -> None:
    assert [stopped_on(state, BEFORE, DAY) for state in ("kept", "claimed", "lapsed")] == [
        BEFORE,
        BEFORE,
        DAY,
    ]
    assert stopped_on("open", None, None) is None
