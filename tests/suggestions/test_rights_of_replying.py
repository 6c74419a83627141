"""Who may do what with a reply, in every state."""

from tests.cases import drafted, handling
from tests.town import Town
from tibandu.suggestions.enums import ReplyState
from tibandu.suggestions.flow import NOUNS

PEOPLE = (
    "alice",
    "bob",
    "office",
    "chairpersons",
    "member",
    "dispatcher",
    "dispatch_head",
    "housing_chief",
    "housing_deputy_head",
    "housing_officer",
    "transport_chief",
    "foreign_office",
)
OFFICER_SENT = "attach_scan correct_reply publish_reply"


def test_rights_on_a_reply(town: Town) -> None:
    reply = drafted(town, handling(town, cos=("transport",)))
    lines = []
    for state in ReplyState:
        reply.state = state.value
        for key in PEOPLE:
            verbs = [
                step.verb
                for flow in NOUNS["reply"][1]
                for step in flow.steps
                if not step.quiet and state in step.sources and step.role.holds(town.actors[key], reply)
            ]
            lines += [f"{state.value} {key}: {' '.join(verbs)}"] if verbs else []
    assert lines == [
        "draft housing_chief: edit_reply submit_reply",
        "draft housing_deputy_head: edit_reply submit_reply",
        "draft housing_officer: edit_reply submit_reply",
        "checking dispatcher: check_reply return_reply",
        "checking dispatch_head: check_reply return_reply",
        "signing dispatcher: return_reply",
        "signing dispatch_head: return_reply",
        "signing housing_chief: sign_reply send_back_to_drafter",
        "signed housing_chief: send_reply attach_scan",
        "signed housing_deputy_head: send_reply attach_scan",
        "signed housing_officer: send_reply attach_scan",
        f"sent housing_chief: {OFFICER_SENT}",
        f"sent housing_deputy_head: {OFFICER_SENT}",
        f"sent housing_officer: {OFFICER_SENT}",
    ]
