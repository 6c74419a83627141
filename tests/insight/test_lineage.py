"""Families of suggestions: made from texts, added to, made anew alike, and shown as far as one sees their members."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests import cases
from tests.insight.lives import answered, asked_again, rated
from tests.kept import kept
from tests.town import Town
from tibandu.insight import actions, queries
from tibandu.insight.actions import kinship
from tibandu.insight.models import Kin
from tibandu.insight.queries import lineage
from tibandu.suggestions.models import Suggestion

Wear = Callable[..., Client]


@pytest.fixture
@kept
def asked(town: Town) -> list[Suggestion]:
    """Asked and answered in 2026, asked again in 2027 and 2028, and something else in 2027."""
    first = answered(town)
    rated(town, first)
    again = [asked_again(town, first, year) for year in (2027, 2028)]
    other = asked_again(
        town, first, 2027, title="关于增加普惠托位的建议", facts="托育机构少，收费高。", analysis=""
    )
    actions.refresh()
    return [first, *again, other]


def families() -> dict[int, int]:
    return dict(Kin.objects.order_by("suggestion").values_list("suggestion", "family"))


def test_the_same_matter_is_one_family_and_another_is_its_own(asked: list[Suggestion]) -> None:
    first, second, third, other = (row.pk for row in asked)
    assert families() == {first: first, second: first, third: first, other: other}


def test_read_from_all_texts_at_once_families_are_the_same(
    asked: list[Suggestion], monkeypatch: pytest.MonkeyPatch
) -> None:
    one_by_one = families()
    actions.forget()
    monkeypatch.setattr(kinship, "FEW", 0)
    told: list[tuple[int, int]] = []
    assert actions.refresh(lambda done, of: told.append((done, of))) == 4
    assert (families(), told) == (one_by_one, [(4, 4)])


def test_what_has_its_place_is_not_placed_again(town: Town, asked: list[Suggestion]) -> None:
    assert actions.refresh() == 0
    asked_again(town, asked[0], 2029)
    assert (actions.refresh(), Kin.objects.filter(family=asked[0].pk).count()) == (1, 4)


def test_what_leaves_the_file_leaves_its_family(asked: list[Suggestion]) -> None:
    Suggestion.objects.filter(pk=asked[1].pk).update(is_classified=True)
    actions.refresh()
    assert asked[1].pk not in families()


def test_families_are_listed_by_times_and_years(town: Town, asked: list[Suggestion]) -> None:
    rows = lineage.titled(town.office, lineage.families_of(town.office, times=2))
    found = [(r["family"], r["times"], r["years"], r["first"], r["last"], r["case"]) for r in rows]
    assert found == [(asked[0].pk, 3, 3, 2026, 2028, asked[2])]
    assert not lineage.families_of(town.office, times=4).exists()
    assert not lineage.families_of(town.office, words="托位").exists()
    unit = town.units["housing"].pk
    assert lineage.families_of(town.office, unit=unit).count() == 1


def test_each_sees_the_members_in_its_own_sight(town: Town, asked: list[Suggestion], hat: Wear) -> None:
    first = asked[0]
    seen = {
        name: len(lineage.members_of(town.actors[name], first.pk))
        for name in ("office", "chen", "housing_officer", "police_officer", "foreign_office")
    }
    assert seen == {
        "office": 3, "chen": 3, "housing_officer": 1, "police_officer": 0, "foreign_office": 0,
    }  # fmt: skip
    assert queries.asked_before(town.office, first) == (first.pk, 3)
    assert queries.asked_before(town.housing_officer, first) == (0, 0)
    assert hat(town.foreign_office).get(f"/insight/lineage/{first.pk}/").status_code == 404


def test_a_masked_author_stays_masked_in_the_family(town: Town, asked: list[Suggestion]) -> None:
    Suggestion.objects.filter(pk=asked[0].pk).update(is_masked=True)
    (time,) = lineage.members_of(town.housing_officer, asked[0].pk)
    assert "安立夏" not in "".join(time.authors)
    assert "安立夏" in lineage.members_of(town.office, asked[0].pk)[0].authors


def test_at_the_third_time_supervision_is_proposed_and_closing_never(
    town: Town, asked: list[Suggestion], hat: Wear
) -> None:
    page = hat(town.office).get(f"/insight/lineage/{asked[0].pk}/").content.decode()
    assert "已经提到第 3 次" in page
    assert "列为重点督办" in page
    assert "办结建议" not in page
    Suggestion.objects.filter(pk=asked[2].pk).update(is_classified=True)
    actions.refresh()
    assert "已经提到" not in hat(town.office).get(f"/insight/lineage/{asked[0].pk}/").content.decode()


def test_replies_stand_side_by_side_with_what_they_share(town: Town, hat: Wear) -> None:
    first = answered(town)
    second = answered(town, title=first.title)
    actions.refresh()
    page = hat(town.office).get(f"/insight/lineage/{first.pk}/").content.decode()
    assert families()[second.pk] == first.pk
    assert "文字重合 100%" in page
    assert f"<mark>{cases.ANSWERS[0]}" in page


def test_the_list_of_families_takes_as_many_queries_for_three_as_for_one(
    town: Town, asked: list[Suggestion], django_assert_num_queries: Callable[..., object]
) -> None:
    for _more in range(2):
        with django_assert_num_queries(2):
            lineage.titled(town.office, lineage.families_of(town.office, times=1))
        Kin.objects.filter(suggestion=asked[1].pk).update(family=asked[1].pk)
