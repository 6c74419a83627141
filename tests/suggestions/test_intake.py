"""How a draft is written, co-signed, handed in and taken back."""

from datetime import date, timedelta

import pytest

from tests import cases
from tests.town import Town, moment, seat
from tibandu.base.flow import Moved, NotYourStep, Refused
from tibandu.base.models import JournalLine
from tibandu.people.models import Delegation, Group, Message
from tibandu.people.queries import actor_of_seat
from tibandu.suggestions import actions
from tibandu.suggestions.actions.drafting import Stale
from tibandu.suggestions.enums import Consent, State
from tibandu.suggestions.models import Proposer, Suggestion

LATER = moment(date(2026, 2, 20))
NOON = moment(cases.WRITTEN, 12)


def states(suggestion: Suggestion) -> list[tuple[str, str]]:
    return list(suggestion.proposers.order_by("position").values_list("name", "state"))


def verbs(suggestion: Suggestion) -> list[str]:
    lines = JournalLine.objects.filter(chain=suggestion.chain).order_by("seq")
    return [line.verb for line in lines]


def titles_told(town: Town, who: str) -> list[str]:
    told = Message.objects.filter(seat=town.seats[who]).order_by("pk")
    return [message.title for message in told]


def test_a_draft_has_its_writer_as_lead(town: Town) -> None:
    made = cases.draft(town)
    assert states(made) == [("安立夏", Consent.CONFIRMED)]
    assert (made.state, made.congress_id, verbs(made)) == (State.DRAFT, town.congress.pk, ["create"])


def test_only_a_deputy_in_office_writes(town: Town) -> None:
    with pytest.raises(NotYourStep):
        cases.draft(town, by=town.office)
    ended = actor_of_seat(town.seats["alice"], town.term.ends_on + timedelta(days=1))
    with pytest.raises(Refused):
        cases.draft(town, by=ended)


def test_an_autosave_keeps_the_text_without_a_line(town: Town) -> None:
    made = cases.draft(town)
    actions.keep(town.alice, made, at=NOON, revision=1, title="新标题", asks=["只要一条"])
    made.refresh_from_db()
    assert (made.title, made.revision, [ask.text for ask in made.asks.all()]) == ("新标题", 2, ["只要一条"])
    assert verbs(made) == ["create"]


def test_a_window_that_lags_behind_does_not_overwrite_the_other(town: Town) -> None:
    made = cases.draft(town)
    actions.keep(town.alice, made, at=NOON, revision=1, title="先保存的")
    for save in (actions.keep, actions.edit):
        with pytest.raises(Stale):
            save(town.alice, made, at=NOON, revision=1, title="后保存的")
    assert issubclass(Stale, Moved)
    assert Suggestion.objects.get(pk=made.pk).title == "先保存的"
    actions.edit(town.alice, made, at=NOON, revision=1, title="先保存的")  # nothing differs: no conflict


def test_nobody_else_edits_a_draft(town: Town) -> None:
    made = cases.draft(town)
    with pytest.raises(NotYourStep):
        actions.edit(town.bob, made, at=NOON, title="改")


def test_a_change_asks_the_confirmed_again(town: Town) -> None:
    made = cases.draft(town)
    actions.invite(town.alice, made, at=NOON, seats=[town.seats["bob"], town.seats["chen"]])
    cases.confirm(town, made, "bob")
    actions.edit(town.alice, made, at=LATER, facts="全新的情况。" * 10)
    assert states(made)[1:] == [("柏远", Consent.INVITED), ("陈牧", Consent.INVITED)]
    assert verbs(made) == ["create", "invite", "confirm_text", "ask_again", "edit"]
    assert titles_told(town, "bob")[-1] == f"《{cases.TITLE}》的文本有改动，请重新确认联名"


def test_what_is_not_text_asks_nobody_again(town: Town) -> None:
    made = cases.draft(town)
    actions.invite(town.alice, made, at=NOON, seats=[town.seats["bob"]])
    cases.confirm(town, made, "bob")
    actions.edit(town.alice, made, at=LATER, wants_contact=True)
    assert states(made)[1:] == [("柏远", Consent.CONFIRMED)]


def test_an_autosave_does_not_undo_a_confirmation_by_accident(town: Town) -> None:
    made = cases.draft(town)
    actions.invite(town.alice, made, at=NOON, seats=[town.seats["bob"]])
    cases.confirm(town, made, "bob")
    with pytest.raises(Refused):
        actions.keep(town.alice, made, at=LATER, title="另一个标题")
    assert states(made)[1:] == [("柏远", Consent.CONFIRMED)]


def test_a_cosigner_confirms_only_the_text_that_was_shown(town: Town) -> None:
    made = cases.draft(town)
    actions.invite(town.alice, made, at=NOON, seats=[town.seats["bob"]])
    shown = cases.digest(made)
    actions.edit(town.alice, made, at=NOON, title="换了标题")
    row = made.proposers.get(seat=town.seats["bob"])
    with pytest.raises(Refused):
        actions.confirm_text(town.bob, row, at=LATER, digest=shown)
    with pytest.raises(NotYourStep):
        actions.confirm_text(town.chen, row, at=LATER, digest=cases.digest(made))


def test_sixty_cosigners_are_invited_by_group_and_all_confirm(town: Town) -> None:
    group = Group.objects.create(congress=town.congress, name="第一小组")
    seats = [seat(town.term, f"代表{n}", f"8{n:02d}", group=group) for n in range(60)]
    made = cases.draft(town)
    actions.invite(town.alice, made, at=NOON, groups=[group])
    text = cases.digest(made)
    for row in made.proposers.filter(is_lead=False):
        row.seat.person, row.seat.term = row.seat.person, town.term
        actions.confirm_text(actor_of_seat(row.seat, cases.WRITTEN), row, at=NOON, digest=text)
    actions.submit(town.alice, made, at=LATER)
    assert made.proposers.filter(state=Consent.CONFIRMED, text_digest=text).count() == len(seats) + 1
    assert (made.state, verbs(made).count("confirm_text")) == (State.SUBMITTED, 60)


def test_the_second_answer_to_one_invitation_is_refused(town: Town) -> None:
    made = cases.draft(town)
    actions.invite(town.alice, made, at=NOON, seats=[town.seats["bob"]])
    first, second = (made.proposers.get(seat=town.seats["bob"]) for _ in range(2))
    actions.decline(town.bob, first, at=NOON)
    with pytest.raises(Moved):
        actions.confirm_text(town.bob, second, at=NOON, digest=cases.digest(made))


def test_a_silent_invitation_holds_submission_until_it_is_taken_off(town: Town) -> None:
    made = cases.draft(town)
    actions.invite(town.alice, made, at=NOON, seats=[town.seats["bob"]])
    with pytest.raises(Refused, match="柏远"):
        actions.submit(town.alice, made, at=LATER)
    actions.take_off(town.alice, made.proposers.get(seat=town.seats["bob"]), at=LATER)
    actions.submit(town.alice, made, at=LATER)
    assert states(made) == [("安立夏", Consent.CONFIRMED), ("柏远", Consent.DECLINED)]


def test_who_declined_can_be_invited_again_but_nobody_twice(town: Town) -> None:
    made = cases.draft(town)
    actions.invite(town.alice, made, at=NOON, seats=[town.seats["bob"]])
    with pytest.raises(Refused):
        actions.invite(town.alice, made, at=NOON, seats=[town.seats["bob"]])
    actions.decline(town.bob, made.proposers.get(seat=town.seats["bob"]), at=NOON, words="再想想")
    actions.invite(town.alice, made, at=LATER, seats=[town.seats["bob"]])
    assert states(made)[1:] == [("柏远", Consent.INVITED)]


def test_an_empty_draft_is_not_handed_in(town: Town) -> None:
    made = cases.draft(town, asks=[])
    with pytest.raises(Refused, match="具体要求"):
        actions.submit(town.alice, made, at=LATER)


@pytest.mark.parametrize(
    ("at", "in_session"),
    [
        (moment(date(2026, 1, 13), 11), True),
        (moment(date(2026, 1, 13), 13), False),  # an hour after the cut-off
        (moment(date(2026, 1, 11), 9), False),
        (moment(date(2026, 2, 9), 9), False),
    ],
)
def test_the_cutoff_decides_whether_it_counts_for_the_session(town: Town, at, in_session: bool) -> None:
    made = cases.submitted(town, at=at)
    assert (made.session == town.session, made.regulation) == (in_session, town.measure)


def test_what_comes_back_after_the_cutoff_keeps_its_session(town: Town) -> None:
    made = cases.submitted(town, at=cases.IN_SESSION)
    ground = made.regulation.grounds.get(code="empty", kind="screening")
    actions.return_for_edit(town.office, made, at=moment(date(2026, 1, 14)), ground=ground, words="写细些")
    actions.submit(town.alice, made, at=LATER)
    assert (made.state, made.session, made.submitted_at) == (State.SUBMITTED, town.session, LATER)


def test_a_delegation_suggests_by_its_head_and_in_session_only(town: Town) -> None:
    delegation = Delegation.objects.get()
    with pytest.raises(Refused):
        cases.draft(town, delegation=delegation)
    made = cases.draft(town, by=town.evan, at=cases.IN_SESSION, delegation=delegation)
    with pytest.raises(Refused, match="代表团"):
        actions.submit(town.evan, made, at=LATER)
    actions.submit(town.evan, made, at=cases.IN_SESSION)
    assert (states(made), made.session) == ([("汀溪代表团", Consent.CONFIRMED)], town.session)


def test_a_single_author_takes_a_suggestion_back(town: Town) -> None:
    made = cases.submitted(town, cosigners=[])
    actions.withdraw(town.alice, made, at=LATER, words="另有考虑")
    assert made.state == State.WITHDRAWN


def test_joint_authors_take_it_back_only_together(town: Town) -> None:
    made = cases.submitted(town)
    with pytest.raises(Refused, match="全体联名代表"):
        actions.withdraw(town.alice, made, at=LATER)


def test_a_cosigner_leaves_before_assignment_and_the_lead_does_not(town: Town) -> None:
    made = cases.registered(town)
    actions.leave(town.bob, made.proposers.get(seat=town.seats["bob"]), at=LATER)
    left = Proposer.objects.get(suggestion=made, seat=town.seats["bob"])
    assert (left.state, left.left_on) == (Consent.LEFT, date(2026, 2, 20))
    with pytest.raises(NotYourStep):
        actions.leave(town.alice, made.proposers.get(is_lead=True), at=LATER)


def test_nobody_joins_a_text_that_was_handed_in(town: Town) -> None:
    made = cases.submitted(town)
    row = Proposer.objects.create(suggestion=made, seat=town.seats["chen"], name="陈牧", position=9)
    with pytest.raises(Refused):
        actions.confirm_text(town.chen, row, at=LATER, digest=cases.digest(made))
