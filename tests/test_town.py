"""Knows that the town stands: the cast wears its hats, and the measure is in force."""

from tests.town import Town


def test_the_town_has_its_cast_and_a_measure_in_force(town: Town) -> None:
    assert town.alice.kind == "deputy"
    assert town.office.kind == "deputy_work"
    assert town.dispatcher.dispatches_organ_id == town.government.pk
    assert town.measure.compiled
