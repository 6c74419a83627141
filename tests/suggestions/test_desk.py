"""Knows that the desk asks for a step exactly where the step would not be refused: closing, another round, replies."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from tests import cases
from tests.suggestions.test_closing import dissatisfied, meet, satisfied
from tests.suggestions.test_importing import OLD, imported
from tests.suggestions.test_rating import rating_of
from tests.town import Town, moment
from tibandu.base.flow import Refused
from tibandu.suggestions import actions, queries
from tibandu.suggestions.flow import CASE, offers
from tibandu.suggestions.models import Suggestion
from tibandu.suggestions.queries import desk

RATED = date(2026, 3, 25)
LATER = date(2026, 4, 20)


def asked_of(town: Town, suggestion: Suggestion) -> list[str]:
    """The steps on the case that the desk of the office asks for."""
    tasks = desk.waiting_for(town.office, LATER)
    return [task.verb for task in tasks if task.noun == "suggestion" and task.case == suggestion]


def refuses_to_close(town: Town, suggestion: Suggestion) -> bool:
    case = queries.on_page(town.office, suggestion.pk)
    return any(guard(town.office, case, LATER) for guard in CASE.step("close").guards)


@pytest.mark.parametrize(("day", "heard"), [(RATED - timedelta(days=1), False), (RATED, True)])
def test_a_meeting_answers_only_those_who_were_dissatisfied_before_it(
    town: Town, day: date, heard: bool
) -> None:
    suggestion = dissatisfied(town)
    rating = rating_of(town, suggestion, "alice")
    type(rating).objects.filter(pk=rating.pk).update(rated_on=RATED)
    cases.heard(town, cases.share_of(town, suggestion, "housing"), "after", at=moment(date(2026, 3, 26)))
    meet(town, suggestion, held_on=day)
    assert asked_of(town, suggestion) == (["close"] if heard else ["assign_again"])
    assert refuses_to_close(town, suggestion) == (not heard)


def test_a_case_that_satisfied_everybody_is_asked_to_be_closed(town: Town) -> None:
    suggestion = satisfied(town)
    assert asked_of(town, suggestion) == ["close"]
    assert not refuses_to_close(town, suggestion)


def test_a_helper_who_still_owes_a_view_does_not_hold_the_case_open(town: Town) -> None:
    suggestion = satisfied(town)
    share = cases.share_of(town, suggestion, "housing")
    type(share).objects.create(
        suggestion=suggestion,
        handover=share.handover,
        round=share.round,
        unit=town.units["police"],
        role="co",
        assigned_on=share.assigned_on,
        due_on=share.due_on,
        limit_code=share.limit_code,
    )
    assert (asked_of(town, suggestion), refuses_to_close(town, suggestion)) == (["close"], False)


def test_a_draft_of_a_share_that_ended_goes_no_further_and_waits_on_no_desk(town: Town) -> None:
    suggestion = cases.handling(town, cosigners=())
    reply = cases.drafted(town, suggestion)
    withdrawal = actions.request_withdrawal(town.alice, suggestion, at=moment(cases.DRAFTED), reason="已解决")
    actions.grant_withdrawal(town.office, withdrawal, at=moment(cases.DRAFTED, 11))
    row = queries.row_on_page(town.housing_officer, "reply", reply.pk)[1]
    refusals = {offer.verb: str(offer.refusal) for offer in offers(town.housing_officer, "reply", row, LATER)}
    assert {refusals["edit_reply"], refusals["submit_reply"]} == {"本单位的承办已经终止，不再答复。"}
    with pytest.raises(Refused, match="本单位的承办已经终止"):
        actions.submit_reply(town.housing_officer, reply, at=moment(LATER))
    assert [task for task in desk.waiting_for(town.housing_officer, LATER) if task.noun == "reply"] == []


def test_what_came_in_from_an_old_table_asks_for_no_contact_and_no_rating(
    town: Town, hat: Callable[..., Client], settings: object, tmp_path: object
) -> None:
    settings.MEDIA_ROOT = tmp_path
    imported(town, OLD)
    case = Suggestion.objects.get(external_no="12")
    page = hat(town.office).get(reverse("suggestions:case", args=[case.pk])).content.decode()
    assert [word for word in ('id="contacts"', 'id="ratings"', "免予联系") if word in page] == []
    assert 'id="imported"' in page


def test_the_cells_of_an_old_table_name_no_masked_author(
    town: Town, hat: Callable[..., Client], settings: object, tmp_path: object
) -> None:
    settings.MEDIA_ROOT = tmp_path
    imported(town, OLD)
    case = Suggestion.objects.get(external_no="12")
    Suggestion.objects.filter(pk=case.pk).update(is_masked=True)
    page = hat(town.housing_officer).get(reverse("suggestions:case", args=[case.pk])).content.decode()
    assert "安立夏" not in page


def test_a_masked_suggestion_goes_only_into_one_that_is_masked_too(town: Town) -> None:
    hidden, master = cases.registered(town), cases.submitted(town, by=town.chen, cosigners=())
    Suggestion.objects.filter(pk=hidden.pk).update(is_masked=True)
    hidden.refresh_from_db()
    with pytest.raises(Refused, match="隐去提出人的件只能并入同样隐去提出人的件。"):
        actions.merge(town.office, hidden, at=moment(), master=master, words="内容相同")
