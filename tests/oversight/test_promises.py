"""A claim is found kept by the deputies and the watching body, or goes back, or is settled on the spot."""

from datetime import date, timedelta

import pytest

from tests.oversight import promises_cases as cases
from tests.oversight.rights import golden
from tests.suggestions.test_rating import set_choice, titles
from tests.town import Town, moment
from tibandu.base.flow import NotYourStep, Refused
from tibandu.oversight import actions
from tibandu.oversight.enums import Party, Verdict
from tibandu.oversight.jobs.promises import tick
from tibandu.oversight.models import Finding
from tibandu.oversight.queries import promises as queries
from tibandu.oversight.queries.desk import waiting_for
from tibandu.people.enums import Competence
from tibandu.people.models import Appointment, CompetenceHolder, Term
from tibandu.suggestions import actions as suggestions
from tibandu.suggestions.enums import PromiseState
from tibandu.suggestions.models import Promise, Suggestion

OPEN, CLAIMED, KEPT = PromiseState.OPEN, PromiseState.CLAIMED, PromiseState.KEPT


def test_what_both_sides_find_is_kept(town: Town) -> None:
    promise = cases.agree(town.alice, cases.claimed(town))
    assert promise.state == CLAIMED
    promise = cases.agree(town.member, promise)
    assert (promise.state, promise.closed_on, promise.closed_by) == (
        KEPT,
        cases.FOUND,
        "提出建议的代表、市人大城环委",
    )
    assert list(Finding.objects.values_list("party", "agrees", "claim")) == [
        (Party.DEPUTY, True, 1),
        (Party.WATCHER, True, 1),
    ]
    assert "承诺已认定兑现，请再次答复代表：在大桥东侧建成人行天桥1座" in titles(unit=town.units["housing"])


def test_of_a_joint_suggestion_each_or_the_lead_is_asked_as_the_measure_says(town: Town) -> None:
    set_choice(town, rated_by="each")
    promise = cases.claimed(town, cosigners=("bob",))
    promise = cases.agree(town.member, cases.agree(town.alice, promise))
    assert promise.state == CLAIMED
    set_choice(town, rated_by="lead")
    assert queries.heard_on(cases.again(promise)).is_kept
    set_choice(town, rated_by="each")
    assert cases.agree(town.bob, promise).state == KEPT


def test_a_doubt_sends_the_claim_back_and_the_next_claim_is_found_anew(town: Town) -> None:
    promise = cases.doubt(town.alice, cases.claimed(town))
    assert (promise.state, promise.claimed_on, promise.entries.get().words) == (OPEN, None, "电梯没有开通")
    assert "承诺兑现未获认定，请继续兑现：在大桥东侧建成人行天桥1座" in titles(unit=town.units["housing"])
    cases.claim(town, promise, date(2026, 8, 1))
    promise = cases.agree(town.alice, promise, date(2026, 8, 3))
    assert cases.agree(town.member, promise, date(2026, 8, 4)).state == KEPT


def test_when_the_sides_differ_a_look_at_the_place_settles_it(town: Town) -> None:
    promise = cases.doubt(town.alice, cases.agree(town.member, cases.claimed(town)))
    assert promise.state == CLAIMED
    told = "各方对承诺是否兑现意见不一致，请现场核查：在大桥东侧建成人行天桥1座"
    assert (told in titles(unit=town.units["committee"]), told in titles(unit=town.units["deputy_work"])) == (
        True,
        True,
    )
    check = cases.check(town.member, promise, cases.FOUND)
    promise = cases.again(promise)
    assert (promise.state, promise.closed_by, check.claim) == (KEPT, "市人大城环委（现场核查）", 1)


@pytest.mark.parametrize("verdict", [Verdict.NOT_DONE, Verdict.UNDER_WAY])
def test_a_look_that_sees_it_undone_sends_the_claim_back(town: Town, verdict: str) -> None:
    promise = cases.agree(town.alice, cases.doubt_and_agree(town))
    cases.check(town.office, promise, verdict=verdict, found="只建了桥墩")
    assert (cases.again(promise).state, promise.site_checks.get().verdict) == (OPEN, verdict)


def test_silence_is_no_consent_and_is_waited_for(town: Town) -> None:
    promise = cases.agree(town.member, cases.claimed(town))
    with pytest.raises(Refused, match="代表和对口机构可在2026-07-14前表明意见"):
        cases.check(town.member, promise, date(2026, 7, 14))
    cases.check(town.member, promise, date(2026, 7, 15))
    assert cases.again(promise).state == KEPT


def test_a_look_at_what_is_under_way_or_kept_is_kept_as_what_was_seen(town: Town) -> None:
    promise = cases.made(town)
    cases.check(town.office, promise, date(2026, 5, 6), verdict=Verdict.UNDER_WAY)
    promise = cases.again(promise)
    assert (promise.state, promise.site_checks.count()) == (OPEN, 1)
    assert "现场核查承诺（正在推进）：在大桥东侧建成人行天桥1座" in titles(unit=town.units["housing"])
    with pytest.raises(Refused, match="核查日期不能晚于今天。"):
        cases.check(town.office, promise, date(2026, 5, 6), held_on=date(2026, 5, 7))


def test_nobody_finds_twice_on_one_claim(town: Town) -> None:
    promise = cases.agree(town.alice, cases.claimed(town))
    with pytest.raises(Refused, match="对这次申报已经表明意见。"):
        cases.doubt(town.alice, promise)


def test_nobody_finds_on_what_their_unit_promised_or_they_handled(town: Town) -> None:
    promise = cases.claimed(town)
    with pytest.raises(NotYourStep):
        cases.agree(town.housing_chief, promise)
    post = Appointment.objects.get(person=town.housing_section.person_id)
    Appointment.objects.filter(pk=post.pk).update(person=town.alice.person_id)
    with pytest.raises(Refused, match="您在作出承诺的单位任职，应当回避。"):
        cases.agree(town.alice, promise)
    Appointment.objects.filter(pk=post.pk).update(person=town.housing_section.person_id)
    promise.suggestion.replies.update(checked_by_id=town.alice.person_id)
    with pytest.raises(Refused, match="您本人参与了本件办理，应当回避。"):
        cases.agree(town.alice, promise)


def test_a_masked_author_finds_without_being_named(town: Town) -> None:
    promise = cases.claimed(town)
    Suggestion.objects.filter(pk=promise.suggestion_id).update(is_masked=True)
    promise = cases.doubt(town.alice, promise)
    assert promise.entries.get().entered_by == "（提出人保密）"
    parties = queries.parties_of(town.housing_officer, promise)
    assert "安立夏" not in [said.name for said in parties]


def test_who_may_take_which_step_on_a_promise(town: Town) -> None:
    lines = golden(town, "promise", cases.made(town), (OPEN, CLAIMED, KEPT, PromiseState.LAPSED))
    assert "\n".join(lines) == RIGHTS.strip()


RIGHTS = """
open office: check_site
open clerk: check_site
open member: check_site
open housing_chief: explain_unmet
open housing_deputy_head: explain_unmet
open housing_section: explain_unmet
open housing_officer: explain_unmet
claimed alice: agree_delivery doubt_delivery
claimed office: check_site
claimed clerk: check_site
claimed member: agree_delivery doubt_delivery check_site
claimed housing_chief: explain_unmet
claimed housing_deputy_head: explain_unmet
claimed housing_section: explain_unmet
claimed housing_officer: explain_unmet
kept office: check_site
kept clerk: check_site
kept member: check_site
lapsed office: check_site
lapsed clerk: check_site
lapsed member: check_site
lapsed housing_chief: explain_unmet
lapsed housing_deputy_head: explain_unmet
lapsed housing_section: explain_unmet
lapsed housing_officer: explain_unmet
"""


def test_a_claim_waits_on_the_desk_of_whoever_is_asked_until_they_speak(town: Town) -> None:
    promise = cases.claimed(town)

    def asked() -> list[int]:
        return [
            sum(task.verb == "agree_delivery" for task in waiting_for(town.actors[name], cases.FOUND))
            for name in ("alice", "bob", "member", "office", "housing_officer")
        ]

    assert asked() == [1, 0, 1, 0, 0]
    cases.agree(town.alice, promise)
    assert asked() == [0, 0, 1, 0, 0]
    Suggestion.objects.update(committee=None)
    assert asked() == [0, 0, 0, 1, 0]


def test_whoever_watches_is_told_once_that_the_time_to_speak_is_over(town: Town) -> None:
    cases.claimed(town)
    told = "申报兑现逾期未表明意见，可现场核查认定：在大桥东侧建成人行天桥1座"
    tick(moment(date(2026, 7, 14)))
    assert told not in titles(unit=town.units["committee"])
    counts = [tick(moment(cases.LATE)), tick(moment(cases.LATE + timedelta(1)))]
    assert (counts, told in titles(unit=town.units["committee"])) == ([2, 0], True)


def test_what_is_open_when_the_term_ends_is_explained_in_writing(town: Town) -> None:
    promise = cases.made(town)
    with pytest.raises(Refused, match="本届至2099-01-09届满"):
        actions.explain_unmet(town.housing_officer, promise, at=moment(cases.FOUND), words="汛期停工")
    Term.objects.filter(pk=town.term.pk).update(ends_on=date(2026, 12, 31))
    day = date(2027, 1, 5)
    owing = Promise.objects.filter(queries.unexplained(day))
    assert (tick(moment(day)), tick(moment(day)), owing.count()) == (1, 0, 1)
    assert queries.figures(town.office, day).unexplained == 1
    actions.explain_unmet(town.housing_officer, cases.again(promise), at=moment(day), words="汛期停工")
    assert (owing.count(), promise.explanations.get().signed_by) == (0, "林溪")
    assert "承诺未兑现的书面说明：在大桥东侧建成人行天桥1座" in titles(seat=town.seats["alice"])


def test_a_lapsed_promise_is_explained_at_any_time(town: Town) -> None:
    promise = cases.made(town)
    suggestions.lapse_promise(town.office, promise, at=moment(cases.NOVEMBER), words="没有开工")
    actions.explain_unmet(town.housing_officer, cases.again(promise), at=moment(cases.NOVEMBER), words="征地")
    assert promise.explanations.count() == 1


def test_the_office_watches_what_the_committee_itself_promised(town: Town) -> None:
    promise = cases.claimed(town)
    promise.reply.assignment.__class__.objects.update(unit=town.units["committee"])
    verbs = [task.verb for task in waiting_for(town.member, cases.FOUND)]
    assert ("agree_delivery" in verbs, queries.watches(town.office, cases.again(promise))) == (False, True)
    CompetenceHolder.objects.filter(competence=Competence.CLOSE).update(unit=town.units["committee"])
    assert queries.watches(town.chairpersons, cases.again(promise))
