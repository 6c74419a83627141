"""Knows that wherever the search for a page begins, it finds the rows of the rules themselves, in order and counted."""

from typing import Any

import pytest

from tests import cases
from tests.town import TODAY, Town
from tibandu.suggestions.models import Suggestion
from tibandu.suggestions.queries import keys, ledger
from tibandu.suggestions.queries.sight import Way, either, ways_of_sight

READERS = (
    "office",
    "chen",
    "member",
    "housing_officer",
    "finance_officer",
    "dispatcher",
    "alice",
    "foreign_deputy",
)
COSTS = "WALKED", "FEW", "READ", "COMPARED"
AS_IT_COMES = tuple(getattr(keys, name) for name in COSTS)
ALWAYS_BEGUN, ALWAYS_WALKED, ALWAYS_COMPARED = (10**9, 10**6, 1, 1), (0, 0, 1, 1), (10**9, 0, 0, -(10**9))


@pytest.fixture
def busy(town: Town) -> Town:
    """Cases in every corner, one of them a deputy's at another congress."""
    cases.submitted(town, title="关于修桥的建议")
    cases.registered(town, title="关于路灯的建议")
    cases.assigned(town, title="关于修桥和路灯的建议")
    cases.replied(town, title="关于停车的建议")
    abroad = cases.submitted(town, title="关于跨界修桥的建议")
    Suggestion.objects.filter(pk=abroad.pk).update(congress=town.foreign_office.congress_id)
    return town


def wants(town: Town) -> list[dict[str, Any]]:
    unit, subject = town.units["housing"], Suggestion.objects.exclude(subject=None)[0].subject
    name = town.seats["alice"].person.name
    return [
        {}, {"q": "修桥"}, {"q": "桥"}, {"q": "没有"}, {"unit": unit}, {"state": "registered"},
        {"subject": subject}, {"category": "A"}, {"category": "none"}, {"clock": "near"}, {"clock": "overdue"},
        {"round": 2}, {"author": name}, {"unit": unit, "q": "路灯"}, {"state": "assigned", "author": name},
        {"collection": "旧汇编"},
    ]  # fmt: skip


@pytest.mark.parametrize("costs", [ALWAYS_BEGUN, ALWAYS_WALKED, ALWAYS_COMPARED, AS_IT_COMES])
def test_a_page_is_the_same_wherever_it_begins(
    busy: Town, monkeypatch: pytest.MonkeyPatch, costs: tuple[int, ...]
) -> None:
    for name, value in zip(COSTS, costs, strict=True):
        monkeypatch.setattr(keys, name, value)
    for actor in (busy.actors[name] for name in READERS):
        for wanted in wants(busy):
            asked = ledger.asked_of(actor, wanted, TODAY)
            rows = ledger.filtered(actor, wanted, TODAY)
            for sort in keys.ORDERS:
                every = list(ledger.ordered(rows, sort).values_list("pk", flat=True))
                for start in (0, 2):
                    found = keys.find(actor, asked, TODAY, sort, start, 2)
                    assert found.keys == every[start : start + 2], (actor, wanted, sort)
                    assert (found.has_more, found.count) == (len(every) > start + 2, len(every))


def test_a_unit_s_shares_are_compared_with_what_holds_the_words(
    busy: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in zip(COSTS, ALWAYS_COMPARED, strict=True):
        monkeypatch.setattr(keys, name, value)
    officer = busy.actors["housing_officer"]
    asked = ledger.asked_of(officer, {"q": "路灯"}, TODAY)
    plan = keys._plan(keys._sight_of(officer), asked, keys.NEWEST, 10, TODAY)
    assert all(branch.among for branch in plan.branches)
    assert "assignment" in plan.branches[0].start.leads[0]


def test_a_count_stops_and_says_so(busy: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "MOST_COUNTED", 3)
    assert ledger.page(busy.office, {}, TODAY, most=1).count_text == "3+"
    assert ledger.page(busy.office, {}, TODAY, most=9).count_text == "4"
    assert ledger.page(busy.office, {"state": "registered"}, TODAY).count_text == "1"


def test_an_own_case_at_another_congress_is_on_the_page(busy: Town) -> None:
    for sort in keys.ORDERS:
        shown = [row.title for row in ledger.page(busy.alice, {}, TODAY, sort).rows]
        assert "关于跨界修桥的建议" in shown
    assert "关于跨界修桥的建议" not in [row.title for row in ledger.page(busy.chen, {}, TODAY).rows]


def test_a_way_says_the_same_as_a_condition_and_as_rows_that_lead_to_it(busy: Town) -> None:
    for actor in (busy.actors[name] for name in READERS):
        seen = set(Suggestion.objects.filter(either(ways_of_sight(actor))).values_list("pk", flat=True))
        reached: set[int] = set()
        for way in ways_of_sight(actor):
            rows = Suggestion.objects.filter(way.holds)
            if way.through is not None:
                rows = rows.filter(pk__in=way.through.values("suggestion"))
            reached |= set(rows.values_list("pk", flat=True))
        assert seen == reached
    assert isinstance(ways_of_sight(busy.alice)[0], Way)
