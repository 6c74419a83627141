"""Knows that rows read as light values are those of the queryset, and that like readers share one text."""

from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from tests.town import Town
from tibandu.base.listings import Listing, count_of, first_of
from tibandu.people.models import Post, Unit
from tibandu.people.queries import Actor


class UnitRow(NamedTuple):
    pk: int
    name: str
    places: int


def units(actor: Actor, wanted: dict[str, Any], least: int = 0) -> QuerySet[Unit]:
    rows = Unit.objects.annotate(places=count_of(Post.objects.all(), "unit"))
    rows = rows.filter(Q(organ__congress=actor.congress_id), places__gte=least, **wanted)
    return rows.order_by("-pk") if actor.unit_id else rows.none()


def listing() -> Listing[UnitRow]:
    return Listing(units, UnitRow, name=first_of("short_name", "name"))


def test_rows_are_those_of_the_queryset_in_its_order(town: Town) -> None:
    found = listing()
    for actor in (town.office, town.housing_officer, town.foreign_office):
        rows = units(actor, {})
        assert [row.pk for row in found.rows(actor, {})] == [unit.pk for unit in rows]
        assert [row.name for row in found.rows(actor, {})] == [str(unit) for unit in rows]
        assert found.rows(actor, {}, start=2, stop=4) == found.rows(actor, {})[2:4]
        assert found.sums(actor, {}, of=("places",)) == [len(rows), sum(unit.places for unit in rows)]


def test_filters_and_facts_hold(town: Town) -> None:
    found, housing = listing(), town.units["housing"]
    assert [row.pk for row in found.rows(town.office, {"pk": housing.pk})] == [housing.pk]
    assert found.rows(town.office, {"pk": housing.pk}, 99) == []


def test_who_sees_nothing_is_shown_nothing(town: Town) -> None:
    assert listing().rows(town.alice, {}, start=0, stop=5) == []
    assert listing().sums(town.alice, {}, of=("places",)) == [0, 0]


def test_readers_who_differ_by_their_keys_alone_share_one_text(town: Town) -> None:
    built: list[Actor] = []

    def counting(actor: Actor, wanted: dict[str, Any]) -> QuerySet[Unit]:
        built.append(actor)
        return units(actor, wanted)

    found = Listing(counting, UnitRow, name="name")
    ours, theirs = found.rows(town.office, {}), found.rows(town.foreign_office, {})
    assert {row.pk for row in ours}.isdisjoint(row.pk for row in theirs)
    assert (len(built), town.office.competences == town.foreign_office.competences) == (1, True)
    assert not {town.office.person_name, town.office.hat} & {built[0].person_name, built[0].hat}
