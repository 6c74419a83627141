"""The insight room for programs: the same numbers, rows and families as on the pages, for reading only."""

from tests.insight.lives import answered, asked_again, rated
from tests.suggestions.test_api import Call, call
from tests.town import Town
from tibandu.insight.actions import refresh

__all__ = ["call"]


def test_figures_rows_scissors_and_families_are_read(town: Town, call: Call) -> None:
    first = answered(town)
    rated(town, first)
    again = asked_again(town, first, 2027)
    refresh()
    told = {f["figure"]: f for f in call(town.office, "get", "insight/figures?year=2026").json()}
    assert (told["satisfied"]["counted"], told["satisfied"]["among"], told["satisfied"]["percent"]) == (
        1, 1, 100.0,
    )  # fmt: skip
    rows = call(town.office, "get", "insight/figures/registered/rows?year=2026").json()
    assert (rows["noun"], rows["count"], rows["rows"]) == ("suggestion", 1, [first.pk])
    gaps = call(town.office, "get", "insight/scissors?year=2026").json()
    assert gaps == [{"label": "市住建局", "satisfied": 100.0, "resolved": 100.0, "points": 0.0}]
    (family,) = call(town.office, "get", "insight/families").json()
    assert (family["family"], family["times"]) == (first.pk, 2)
    assert call(town.office, "get", f"insight/families/{first.pk}").json() == [first.pk, again.pk]


def test_what_is_not_in_sight_is_not_there(town: Town, call: Call) -> None:
    first = answered(town)
    refresh()
    assert call(town.foreign_office, "get", f"insight/families/{first.pk}").status_code == 404
    assert call(town.office, "get", "insight/figures/nothing/rows").status_code == 404
    counted = call(town.foreign_office, "get", "insight/figures?year=2026").json()
    assert {figure["counted"] for figure in counted} == {0}
