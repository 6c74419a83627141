"""Who may do what in every state, for the nouns whose states no other table shows: a suggestion, its authors, what they say of it."""

from tests import cases
from tests.suggestions.test_papers import entered
from tests.suggestions.test_rating import rating_of
from tests.suggestions.test_rights_of_handling import golden
from tests.town import Town, moment
from tibandu.suggestions import actions
from tibandu.suggestions.enums import Consent, PaperState, PromiseState, RatingState, RequestState, State
from tibandu.suggestions.flow import NOUNS
from tibandu.suggestions.models import Promise, Proposer, Suggestion

ELSEWHERE = {
    "meeting",
    "handover",
    "assignment",
    "objection",
    "extension",
    "contact",
    "plan",
    "opinion",
    "reply",
}


def test_rights_on_a_suggestion(town: Town) -> None:
    case = Suggestion.objects.get(pk=cases.replied(town).pk)
    assert golden(town, "suggestion", case, State) == SUGGESTION.strip().splitlines()


def test_rights_on_what_authors_say(town: Town) -> None:
    case = cases.replied(town, code="B", promises=[cases.OVERPASS])
    rows = {
        "proposer": (Proposer.objects.get(suggestion=case, is_lead=False), Consent),
        "rating": (rating_of(town, case, "alice"), RatingState),
        "promise": (Promise.objects.get(suggestion=case), PromiseState),
        "paper": (entered(town, rating_of(town, case, "alice")), PaperState),
        "withdrawal": (
            actions.request_withdrawal(town.bob, case, at=moment(), reason="情况变了"),
            RequestState,
        ),
    }
    lines = [
        f"{noun} {line}" for noun, (row, states) in rows.items() for line in golden(town, noun, row, states)
    ]
    assert lines == SAID.strip().splitlines()


def test_every_noun_has_its_table() -> None:
    assert set(NOUNS) == ELSEWHERE | {"suggestion", "proposer", "rating", "promise", "paper", "withdrawal"}


SUGGESTION = """
draft alice: edit attach detach invite submit withdraw
cosigning alice: edit attach detach invite submit withdraw
submitted alice: withdraw request_withdrawal
submitted bob: request_withdrawal
submitted office: register return_for_edit refuse treat_as_letter pass_for_reference suggest_withdrawal send_on merge
returned alice: edit attach detach submit withdraw
withdrawal_suggested alice: edit attach detach submit withdraw
withdrawal_suggested office: refuse
merged office: unmerge
registered alice: withdraw request_withdrawal
registered bob: request_withdrawal
registered office: merge classify assign join_file leave_file publish
assigned alice: request_withdrawal
assigned bob: request_withdrawal
assigned office: classify hand_over_too join_file leave_file urge assign_again record_meeting close publish
assigned member: urge
assigned chairpersons: urge
follow_up alice: request_withdrawal
follow_up bob: request_withdrawal
follow_up office: classify urge assign_again record_meeting close publish
follow_up member: urge
follow_up chairpersons: urge
closed office: classify reopen publish
"""
SAID = """
proposer invited alice: take_off
proposer invited bob: confirm_text decline
proposer confirmed bob: leave
rating open alice: rate
rating rated alice: change_rating
promise open office: lapse_promise
promise open housing_officer: report_promise extend_promise change_promise claim_promise
paper entered alice: confirm_paper refuse_paper
paper entered office: confirm_paper refuse_paper
withdrawal open alice: consent
withdrawal open bob: consent
withdrawal open office: grant_withdrawal refuse_withdrawal
"""
