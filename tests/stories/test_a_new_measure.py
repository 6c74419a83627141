"""The story of a new measure: the office changes two numbers, a new case obeys, an old one keeps its own."""

from datetime import date

import pytest
from django.test import Client

from tests import cases
from tests.town import Town, moment
from tibandu.base.flow import Refused
from tibandu.people.models import Appointment
from tibandu.regulations import actions as regulations
from tibandu.regulations.enums import LimitCode
from tibandu.regulations.models import Version
from tibandu.suggestions import actions
from tibandu.suggestions.models import Assignment, Suggestion

ENACTED = date(2026, 3, 10)
OBJECTION = {"clause": "三定方案第六条", "reason": "过街设施由交通部门负责。"}


@pytest.fixture
def changed(town: Town) -> Version:
    """The measure as the office changed it: five working days to object, and a date demanded of category A."""
    draft = regulations.draft_version(
        town.office, town.measure.document, at=moment(ENACTED), label="2026年3月修订"
    )
    limit = draft.limits.get(code=LimitCode.OBJECTION)
    limit.amount, limit.unit = 5, "working_day"
    solved = draft.categories.get(code="A")
    solved.needs_due_date = True
    regulations.change_rows(town.office, draft, "limits", [limit], [], at=moment(ENACTED))
    regulations.change_rows(town.office, draft, "categories", [solved], [], at=moment(ENACTED))
    regulations.enact(town.office, draft, at=moment(ENACTED), effective_on=ENACTED)
    return draft


def new_case(town: Town) -> Suggestion:
    """Handed over on 11 March and split on 12 March, when the changed measure holds."""
    case = cases.registered(town)
    actions.assign(town.office, case, at=moment(date(2026, 3, 11)), organs=[town.government])
    shares = [{"unit": town.units["housing"], "role": "lead"}]
    actions.distribute(town.dispatcher, case.handovers.get(), at=moment(date(2026, 3, 12)), shares=shares)
    return case


def object_on(town: Town, share: Assignment, day: date) -> None:
    ground = share.suggestion.regulation.grounds.filter(kind="objection").first()
    unit = town.units["transport"]
    actions.object(
        town.housing_officer, share, at=moment(day), ground=ground, proposed_unit=unit, **OBJECTION
    )


def test_the_window_to_object_is_that_of_the_measure_the_case_began_under(
    town: Town, changed: Version
) -> None:
    """Eight days after its distribution the old case may still be objected to, the new one no longer."""
    old, new = cases.assigned(town), new_case(town)
    object_on(town, cases.share_of(town, old, "housing"), date(2026, 3, 6))
    with pytest.raises(Refused, match="申退期限已过"):
        object_on(town, cases.share_of(town, new, "housing"), date(2026, 3, 20))


def test_a_category_demands_what_its_own_version_says(town: Town, changed: Version) -> None:
    old = cases.handling(town)
    actions.submit_reply(town.housing_officer, cases.drafted(town, old, code="A"), at=moment(cases.DRAFTED))
    new = new_case(town)
    share = cases.sign(town, new, "housing", at=moment(date(2026, 3, 13)))
    people = [
        {"rank": "officer", "appointment": Appointment.objects.get(person=town.housing_officer.person_id)}
    ]
    actions.name_responsible(town.housing_officer, share, at=moment(date(2026, 3, 13)), people=people)
    reply = cases.drafted(town, new, code="A")
    with pytest.raises(Refused, match="承诺"):
        actions.submit_reply(town.housing_officer, reply, at=moment(cases.DRAFTED))


def test_the_page_of_a_share_explains_its_day_by_its_own_version(
    town: Town, changed: Version, client: Client
) -> None:
    new = new_case(town)
    client.force_login(town.seats["alice"].person.account)
    page = client.get(f"/rules/computation/?start=2026-03-12&limit=objection&version={new.regulation_id}")
    assert "5 个工作日" in page.content.decode().replace("5个工作日", "5 个工作日")
    assert new.regulation_id == changed.pk
