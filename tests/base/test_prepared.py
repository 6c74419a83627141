"""Knows that a query compiled once answers as the queryset itself would."""

from copy import copy
from datetime import date
from typing import Any

import pytest
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Concat

from tests.town import TODAY, Town
from tibandu.base.journal import HASHED
from tibandu.base.models import JournalLine
from tibandu.base.prepared import Prepared, insert_row, update_row
from tibandu.people.models import Appointment, Seat


def held(person: int, today: date) -> QuerySet[Any, Any]:
    begun = Q(until=None) | Q(until__gt=today)
    found = Appointment.objects.filter(begun, person=person, since__lte=today).order_by("pk")
    return found.values_list("pk", "since", "post__administers", "post__title")


def test_it_answers_every_value_as_the_queryset_does(town: Town, django_assert_num_queries: Any) -> None:
    prepared = Prepared(held, person=int, today=date)
    people = [actor.person_id for actor in town.actors.values() if actor.person_id]
    for day in (TODAY, date(1990, 1, 1)):
        found = [prepared.rows(person=person, today=day) for person in people]
        assert found == [list(held(person, day)) for person in people]
    with django_assert_num_queries(1):
        assert prepared.rows(person=town.office.person_id, today=TODAY)


def test_a_word_is_a_value_too(town: Town) -> None:
    names = Prepared(lambda name: Seat.objects.filter(person__name=name).values_list("pk"), name=str)
    seat = town.seats["alice"]
    assert names.rows(name=seat.person.name) == [(seat.pk,)]
    assert names.rows(name="' OR 1=1 --") == []


@pytest.mark.django_db
def test_a_name_that_the_query_does_not_use_is_an_error() -> None:
    with pytest.raises(ValueError, match="person, other"):
        Prepared(
            lambda person, other: Seat.objects.filter(person=person).values_list("pk"), person=int, other=int
        ).rows(person=1, other=2)


def test_a_row_is_changed_only_while_it_is_as_it_was(town: Town) -> None:
    seat, party = town.seats["alice"], town.seats["alice"].delegation
    assert update_row(seat, {"card_no": seat.card_no}, {"card_no": "0099", "delegation_id": None})
    assert not update_row(seat, {"card_no": seat.card_no}, {"card_no": "0100"})
    changed = Seat.objects.get(pk=seat.pk)
    assert (changed.card_no, changed.delegation) == ("0099", None)
    assert update_row(changed, {}, {"card_no": Concat(F("card_no"), Value("甲")), "delegation": party})
    changed.refresh_from_db()
    assert (changed.card_no, changed.delegation) == ("0099甲", party)


def test_a_row_is_put_in_as_saving_it_would(town: Town) -> None:
    line = JournalLine.objects.latest("pk")
    twin = copy(line)
    twin.pk, twin.chain = None, "tried:1"
    insert_row(twin)
    kept = JournalLine.objects.get(pk=twin.pk)
    assert {name: getattr(kept, name) for name in HASHED} == {name: getattr(twin, name) for name in HASHED}
    assert (kept.chain, kept.who) == ("tried:1", line.who)
