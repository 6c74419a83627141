"""Who may do what at intake, as lines: state, then each actor with the verbs offered (refused ones in brackets)."""

from tests import cases
from tests.town import TODAY, Town, moment
from tibandu.suggestions import actions, flow, queries
from tibandu.suggestions.models import Suggestion

CAST = ("alice", "bob", "chen", "office", "clerk", "member", "chairpersons", "dispatcher", "housing_chief")
FOREIGN = ("foreign_office", "foreign_deputy")


def offered(town: Town, suggestion: Suggestion) -> list[str]:
    """One line per actor who is offered anything of the two intake flows, seen or unseen."""
    case = Suggestion.objects.get(pk=suggestion.pk)
    lines = []
    for name in (*CAST, *FOREIGN):
        actor = town.actors[name]
        rows = [("suggestion", case), *(("proposer", row) for row in case.proposers.all())]
        found = [
            (f"({offer.verb})" if offer.refusal else offer.verb)
            for noun, row in rows
            for offer in flow.offers(actor, noun, row, TODAY)
            if noun == "proposer" or offer.verb in flow.INTAKE
        ]
        if found:
            lines.append(f"{name}: {' '.join(found)}")
    return lines


def test_a_draft_belongs_to_its_lead(town: Town) -> None:
    made = cases.draft(town)
    assert offered(town, made) == ["alice: submit edit attach detach invite withdraw"]


def test_an_invited_deputy_answers_and_the_lead_waits(town: Town) -> None:
    made = cases.draft(town)
    actions.invite(town.alice, made, at=moment(), seats=[town.seats["bob"]])
    assert offered(town, made) == [
        "alice: edit attach detach invite withdraw (submit) take_off",
        "bob: confirm_text decline",
    ]


def test_what_was_handed_in_is_the_screener_s(town: Town) -> None:
    made = cases.submitted(town)
    screener = (
        "register return_for_edit refuse treat_as_letter pass_for_reference suggest_withdrawal send_on merge"
    )
    assert offered(town, made) == [
        "alice: (withdraw)",
        "bob: leave",
        f"office: {screener}",
        f"clerk: {screener}",
    ]


def test_what_is_on_file_can_be_merged_and_left(town: Town) -> None:
    made = cases.registered(town)
    assert offered(town, made) == [
        "alice: (withdraw)",
        "bob: leave",
        "office: merge",
        "clerk: merge",
    ]


def test_a_masked_author_signs_no_line_that_others_read(town: Town) -> None:
    made = cases.registered(town)
    actions.classify(town.office, made, at=moment(), subject=town.subject, is_masked=True)
    made = Suggestion.objects.get(pk=made.pk)
    names = {
        name: {line.who["person"] for line in queries.timeline(town.actors[name], made)}
        for name in ("office", "alice", "housing_chief", "chen")
    }
    assert names["housing_chief"] == names["chen"] == {"（提出人保密）", "高言"}
    assert names["alice"] == {"安立夏", "柏远", "高言"}
    assert names["office"] == {"安立夏", "柏远", "高言"}
