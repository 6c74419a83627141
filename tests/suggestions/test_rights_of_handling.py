"""Who may do what with a handover, share, objection, extension, contact, measure and opinion, in every state."""

from datetime import date
from typing import Any

from tests.cases import assigned, share_of
from tests.town import Town, moment
from tibandu.regulations.models import ContactStage
from tibandu.suggestions.enums import (
    ContactState,
    ExtensionState,
    HandoverState,
    MeetingState,
    ObjectionState,
    OpinionState,
    PlanState,
    ShareState,
)
from tibandu.suggestions.flow import NOUNS
from tibandu.suggestions.models import (
    AssignmentMeeting,
    Contact,
    Extension,
    Objection,
    Opinion,
    PlanItem,
)

PEOPLE = (
    "alice",
    "bob",
    "chen",
    "office",
    "member",
    "chairpersons",
    "dispatcher",
    "housing_officer",
    "transport_officer",
    "police_officer",
    "foreign_office",
)


def golden(town: Town, noun: str, row: Any, states: Any) -> list[str]:
    """One line per state and person who has a step there: "state person: verbs"."""
    lines = []
    for state in states:
        row.state = state.value
        for key in PEOPLE:
            steps = [step for flow in NOUNS[noun][1] for step in flow.steps]
            verbs = [
                step.verb
                for step in steps
                if not step.quiet and row.state in step.sources and step.role.holds(town.actors[key], row)
            ]
            if verbs:
                lines.append(f"{state} {key}: {' '.join(verbs)}")
    return lines


def test_rights_on_a_meeting(town: Town) -> None:
    meeting = AssignmentMeeting(congress=town.congress, title="交办会", held_on=date(2026, 2, 25))
    assert golden(town, "meeting", meeting, MeetingState) == ["planned office: hold_meeting"]


def test_rights_on_a_handover(town: Town) -> None:
    handover = assigned(town).handovers.get()
    assert golden(town, "handover", handover, HandoverState) == [
        "sent dispatcher: distribute",
        "distributed dispatcher: add_units",
    ]


def test_rights_on_the_share_of_the_lead(town: Town) -> None:
    share = share_of(town, assigned(town, cos=("transport",)), "housing")
    assert golden(town, "assignment", share, ShareState) == [
        "sent alice: contest",
        "sent bob: contest",
        "sent housing_officer: sign_for object",
        "signed_for alice: contest",
        "signed_for bob: contest",
        "signed_for housing_officer: object name_responsible request_extension",
        "handling alice: contest",
        "handling bob: contest",
        "handling office: waive_contact",
        "handling housing_officer: name_responsible plan record_contact request_extension draft_reply",
        "answered office: waive_contact",
        "answered housing_officer: plan record_contact draft_reply",
    ]


def test_rights_on_the_share_of_a_co_unit(town: Town) -> None:
    share = share_of(town, assigned(town, cos=("transport",)), "transport")
    assert golden(town, "assignment", share, ShareState) == [
        "sent alice: contest",
        "sent bob: contest",
        "sent transport_officer: sign_for object",
        "signed_for alice: contest",
        "signed_for bob: contest",
        "signed_for transport_officer: object name_responsible request_extension",
        "handling alice: contest",
        "handling bob: contest",
        "handling transport_officer: name_responsible plan request_extension give_opinion",
        "answered transport_officer: plan",
    ]


def test_a_successor_takes_over(town: Town) -> None:
    share = share_of(town, assigned(town), "housing")
    share.unit.successor = town.units["police"]
    lines = golden(town, "assignment", share, ShareState)
    assert [line for line in lines if "police" in line] == [
        "sent police_officer: take_over",
        "signed_for police_officer: take_over",
        "handling police_officer: take_over",
        "answered police_officer: take_over",
    ]


def test_rights_on_the_objection_of_a_unit(town: Town) -> None:
    objection = Objection(assignment=share_of(town, assigned(town), "housing"), n=1)
    assert golden(town, "objection", objection, ObjectionState) == [
        "open office: uphold reject escalate",
        "open dispatcher: uphold reject escalate",
        "escalated chairpersons: uphold reject",
    ]


def test_rights_on_the_objection_of_a_deputy(town: Town) -> None:
    objection = Objection(assignment=share_of(town, assigned(town), "housing"), n=1, by_deputy=True)
    assert golden(town, "objection", objection, ObjectionState) == [
        "open office: uphold reject escalate",
        "escalated chairpersons: uphold reject",
    ]


def test_rights_on_an_extension(town: Town) -> None:
    extension = Extension(assignment=share_of(town, assigned(town), "housing"))
    assert golden(town, "extension", extension, ExtensionState) == [
        "asked office: grant_extension refuse_extension"
    ]


def test_rights_on_a_contact(town: Town) -> None:
    share = share_of(town, assigned(town), "housing")
    contact = Contact(
        assignment=share,
        proposer=share.suggestion.proposers.get(name="柏远"),
        stage=ContactStage.objects.filter(version=town.measure)[0],
        held_on=moment().date(),
    )
    assert golden(town, "contact", contact, ContactState) == [
        "recorded bob: confirm_contact dispute_contact",
        "unconfirmed bob: confirm_contact dispute_contact",
    ]


def test_rights_on_a_measure(town: Town) -> None:
    item = PlanItem(assignment=share_of(town, assigned(town), "housing"))
    assert golden(town, "plan", item, PlanState) == ["open housing_officer: report_progress finish_measure"]


def test_rights_on_an_opinion(town: Town) -> None:
    opinion = Opinion(assignment=share_of(town, assigned(town, cos=("transport",)), "transport"))
    assert golden(town, "opinion", opinion, OpinionState) == [
        "given housing_officer: countersign send_back_opinion"
    ]
