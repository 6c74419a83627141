"""Knows that no form offers a row that its reader may not see, so that none takes one: not of another congress, not out of sight."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django import forms
from django.http import QueryDict
from django.test import Client
from django.utils.timezone import localdate

from tests import cases
from tests.town import Town, moment
from tests.web.test_bad_input import PERSONAS, open_steps
from tests.web.test_bad_input import lives as lives
from tests.web.test_tenancy import World
from tests.web.test_tenancy import world as world
from tibandu.base.filters import FilterForm
from tibandu.base.rows import RowsField
from tibandu.people import actions as people
from tibandu.people.enums import Scope
from tibandu.people.models import Organ, Person
from tibandu.people.queries import Actor, persons_visible_to
from tibandu.people.views.editing import CHANGES
from tibandu.suggestions import queries
from tibandu.suggestions.forms import form_of
from tibandu.suggestions.forms.assigning import PlanMeetingForm
from tibandu.suggestions.forms.ledger import LedgerForm
from tibandu.suggestions.models import Suggestion

pytestmark = pytest.mark.sweep

# By which way a row belongs to a congress; a form with a choice of rows of another kind fails here until it is said.
CONGRESS_OF = {
    "AssignmentMeeting": "congress",
    "Assignment": "suggestion__congress",
    "Attachment": "suggestion__congress",
    "Fund": "congress",
    "Group": "congress",
    "Reply": "suggestion__congress",
    "Appointment": "post__unit__organ__congress",
    "Ask": "suggestion__congress",
    "CaseFile": "congress",
    "Category": "version__document__congress",
    "ContactStage": "version__document__congress",
    "Delegation": "term__congress",
    "Ground": "version__document__congress",
    "Organ": "congress",
    "Partner": "congress",
    "Proposer": "suggestion__congress",
    "Seat": "term__congress",
    "Session": "term__congress",
    "SubjectClass": "congress",
    "Unit": "organ__congress",
}
# What is sent on goes to another congress: on purpose.
ON_PURPOSE = {"send_on congress"}


def choices_of(form: forms.Form) -> Iterator[tuple[str, Any]]:
    """Each field of a form, and of the rows in it, by which a row is chosen, with what may be chosen."""
    for name, field in form.fields.items():
        if isinstance(field, forms.ModelChoiceField):
            yield name, field.queryset
        if isinstance(field, RowsField):
            for key, rows in choices_of(field.row_form(**field.widget.row_arguments)):
                yield f"{name}.{key}", rows


def forms_of_steps(town: Town) -> Iterator[tuple[Actor, str, forms.Form]]:
    for persona in PERSONAS:
        actor = town.actors[persona]
        for _noun, row, verb in open_steps(actor):
            yield actor, verb, form_of(verb)(actor=actor, case=row, today=localdate())
        for other in (LedgerForm, *FilterForm.__subclasses__()):
            yield actor, other.__name__, other(QueryDict("filter=1"), actor=actor, today=localdate())
        yield actor, "PlanMeetingForm", PlanMeetingForm(actor=actor)


def own_rows(actor: Actor, model: Any) -> Any:
    """The rows of a kind that belong to the actor's congress; of suggestions and persons those in sight."""
    if model is Suggestion:
        return queries.visible_to(actor)
    if model is Person:
        return persons_visible_to(actor)
    return model.objects.filter(**{CONGRESS_OF[model.__name__]: actor.congress_id})


def strangers_in(found: Iterator[tuple[Actor, str, forms.Form]]) -> tuple[list[str], int]:
    """What is offered from elsewhere or out of sight, and how many choices were looked at."""
    wrong, looked = [], 0
    for actor, verb, form in found:
        for name, rows in choices_of(form):
            if f"{verb} {name}" in ON_PURPOSE:
                continue
            looked += 1
            others = rows.exclude(pk__in=own_rows(actor, rows.model).values("pk"))
            wrong += [f"{verb} {name}: {row}" for row in others]
    return wrong, looked


def test_no_step_and_no_list_offers_a_row_of_elsewhere(lives: Town) -> None:
    cases.draft(lives, by=lives.foreign_deputy)
    wrong, looked = strangers_in(forms_of_steps(lives))
    assert wrong == []
    assert looked > 60


def test_no_change_of_the_rolls_offers_a_row_of_elsewhere(world: World) -> None:
    actor = world.town.office
    found = (
        (actor, verb, entry.form(actor=actor, row=entry.rows(actor).first()))
        for verb, entry in CHANGES.items()
    )
    wrong, looked = strangers_in(found)
    assert wrong == []
    assert looked > 10


def test_a_row_of_elsewhere_is_refused_by_page_and_api_alike(lives: Town, hat: Callable[..., Client]) -> None:
    """The same through the whole way: the fields of a sent form, and the ids of an API body."""
    case = Suggestion.objects.filter(state="registered").first()
    foreign = Organ.objects.create(congress=lives.district, system="government", name="汀溪区人民政府")
    page = hat(lives.office).post(f"/suggestions/{case.pk}/assign/", {"organs": [foreign.pk]})
    _row, secret = people.issue_token(lives.office, name="测试", scope=Scope.WRITE, at=moment())
    told = Client().post(
        f"/api/v1/suggestions/{case.pk}/steps/assign",
        {"organs": [foreign.pk]},
        content_type="application/json",
        headers={"Authorization": f"Bearer {secret}"},
    )
    assert (page.status_code, told.status_code) == (422, 422)
    assert "organs" in told.json()["fields"]
    case.refresh_from_db()
    assert (case.state, case.handovers.count()) == ("registered", 0)
