"""The page of a case: what people wrote is never markup, and it is read in a fixed number of statements."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests.base.test_gather import rich_case
from tests.town import Town
from tibandu.people.models import Unit
from tibandu.suggestions.models import (
    Assignment,
    Contact,
    Extension,
    Handover,
    Objection,
    Opinion,
    Responsible,
)
from tibandu.suggestions.models import Suggestion as Case

Wear = Callable[..., Client]
NASTY = "<i>\"'&"
SHOWN = "&lt;i&gt;&quot;&#x27;&amp;"


def test_what_people_wrote_in_a_case_is_never_markup(town: Town, hat: Wear) -> None:
    case = rich_case(town)
    Case.objects.filter(pk=case.pk).update(title=NASTY)
    Handover.objects.update(words=NASTY)
    Assignment.objects.filter(unit=town.units["housing"]).update(part=NASTY)
    Unit.objects.filter(pk=town.units["housing"].pk).update(name=NASTY)
    Responsible.objects.update(name=NASTY, phone=NASTY)
    Objection.objects.update(reason=NASTY, clause=NASTY, ruling=NASTY, ruled_by=NASTY)
    Extension.objects.update(reason=NASTY)
    Opinion.objects.update(text=NASTY, signed_by=NASTY, number_text=NASTY, answer=NASTY)
    Contact.objects.update(said=NASTY, answer=NASTY, place=NASTY, persons=NASTY)
    page = hat(town.office).get(f"/suggestions/{case.pk}/").content.decode()
    assert NASTY not in page
    assert "<i>" not in page
    assert page.count(SHOWN) > 30


@pytest.mark.parametrize("who", ["office", "housing_officer", "alice"])
def test_a_case_of_any_length_is_shown_in_eight_statements_at_most(
    town: Town, hat: Wear, django_assert_max_num_queries: Callable[..., object], who: str
) -> None:
    case = rich_case(town)
    client = hat(town.actors[who])
    client.get(f"/suggestions/{case.pk}/")  # the calendar is read once and then remembered
    with django_assert_max_num_queries(8):
        client.get(f"/suggestions/{case.pk}/")
