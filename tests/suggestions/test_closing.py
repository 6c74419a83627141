"""Another round, the meeting of both sides, the end of a case, its reopening, and withdrawal after submission."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from tests import cases
from tests.kept import kept
from tests.suggestions.tables import who_may
from tests.suggestions.test_rating import BAD, GOOD, rate, rating_of, set_choice, titles
from tests.town import Town, moment
from tibandu.base import journal
from tibandu.base.flow import Moved, NotYourStep, Refused
from tibandu.people.enums import Rank
from tibandu.people.queries import SYSTEM, Actor
from tibandu.regulations.enums import LimitCode
from tibandu.suggestions import actions
from tibandu.suggestions.enums import (
    ObjectionState,
    PromiseState,
    RatingState,
    RequestState,
    ShareState,
    State,
    Trigger,
)
from tibandu.suggestions.flow import CASE, WITHDRAWAL
from tibandu.suggestions.models import Assignment, Promise, Suggestion, WithdrawalRequest

AGAIN = date(2026, 4, 1)
MINE = {"assign_again", "record_meeting", "close", "reopen", "request_withdrawal"}


@kept
def dissatisfied(town: Town, **fields: object) -> Suggestion:
    """Answered, and Alice alone has said no on 25 March 2026."""
    suggestion = cases.replied(town, cosigners=(), **fields)
    rate(town, suggestion, "alice", BAD, "没有时间表")
    suggestion.refresh_from_db()
    return suggestion


@kept
def satisfied(town: Town, **fields: object) -> Suggestion:
    """Answered, rated well, and talked over afterwards."""
    suggestion = cases.replied(town, cosigners=(), **fields)
    rate(town, suggestion, "alice", GOOD)
    cases.heard(town, cases.share_of(town, suggestion, "housing"), "after", at=moment(date(2026, 3, 26)))
    suggestion.refresh_from_db()
    return suggestion


def again(town: Town, suggestion: Suggestion, trigger: str = "dissatisfied", **fields: object) -> None:
    actions.assign_again(
        town.office, suggestion, at=moment(AGAIN), trigger=trigger, words="请给出时间表", **fields
    )


def newest(suggestion: Suggestion) -> Assignment:
    return suggestion.assignments.latest("pk")


def state_of(suggestion: Suggestion) -> str:
    return Suggestion.objects.get(pk=suggestion.pk).state


# -- another round ----------------------------------------------------------------------------------------------------


def test_a_second_assignment_continues_the_share_under_a_higher_rank_and_a_new_clock(town: Town) -> None:
    suggestion = dissatisfied(town)
    again(town, suggestion)
    share, second = newest(suggestion), suggestion.rounds.get(n=2)
    assert (second.trigger, second.rank, second.words) == (
        Trigger.DISSATISFIED,
        Rank.PRINCIPAL,
        "请给出时间表",
    )
    assert (share.state, share.round, share.unit, share.limit_code) == (
        ShareState.SENT, second, town.units["housing"], LimitCode.REHANDLING,
    )  # fmt: skip
    assert (share.continues.state, share.due_on) == (ShareState.ANSWERED, date(2026, 5, 1))
    suggestion.refresh_from_db()
    assert (suggestion.state, suggestion.due_on) == (State.ASSIGNED, share.due_on)


def test_a_second_assignment_shows_the_unit_what_to_mend(town: Town) -> None:
    suggestion = dissatisfied(town)
    again(town, suggestion)
    assert suggestion.ratings.get().unsealed_on == AGAIN


def test_only_the_unit_whose_answer_dissatisfied_is_assigned_again_alone(town: Town) -> None:
    suggestion = cases.handling(town, cosigners=(), separate=("housing", "police"))
    for unit in ("housing", "police"):
        cases.heard(town, cases.share_of(town, suggestion, unit), "before", "during")
        reply = cases.signed(town, cases.drafted(town, suggestion, unit=unit), unit=unit)
        actions.send_reply(town.actors[f"{unit}_officer"], reply, at=moment(cases.SENT, 15))
    ratings = {r.reply.assignment.unit: r for r in suggestion.ratings.all()}
    for unit, grades in (("housing", GOOD), ("police", BAD)):
        marks = [{"dimension": key, "grade": value} for key, value in grades.items()]
        actions.rate(
            town.alice, ratings[town.units[unit]], at=moment(cases.SENT, 16), marks=marks, words="无措施"
        )
    again(town, suggestion)
    assert [share.unit for share in suggestion.assignments.filter(round__n=2)] == [town.units["police"]]


def test_rounds_have_no_limit(town: Town) -> None:
    suggestion = dissatisfied(town)
    for number in (2, 3):
        again(town, suggestion)
        Assignment.objects.filter(pk=newest(suggestion).pk).update(state=ShareState.ANSWERED)
        suggestion.replies.update(assignment=newest(suggestion))
        assert suggestion.rounds.latest("n").n == number


def test_nobody_is_assigned_again_on_a_whim(town: Town) -> None:
    suggestion = satisfied(town)
    with pytest.raises(Refused, match="没有不满意的评价或未兑现的承诺，无需二次交办。"):
        again(town, suggestion)


def test_a_no_is_answered_by_the_round_that_followed_it(town: Town) -> None:
    suggestion = dissatisfied(town)
    again(town, suggestion)
    with pytest.raises(Refused, match="无需二次交办"):
        again(town, suggestion)


def test_a_trigger_must_fit_the_case(town: Town) -> None:
    suggestion = dissatisfied(town)
    with pytest.raises(Refused, match="没有与这一缘由相符的已答复单位。"):
        again(town, suggestion, trigger=Trigger.LAPSED)
    with pytest.raises(Refused, match="先重新启动本件"):
        again(town, suggestion, trigger=Trigger.REVIEW)


def test_a_look_back_may_assign_again_what_was_closed(town: Town) -> None:
    suggestion = satisfied(town)
    actions.close(town.office, suggestion, at=moment(date(2026, 4, 1)))
    actions.reopen(town.office, suggestion, at=moment(date(2026, 5, 6)), words="现场仍未开工")
    actions.assign_again(
        town.office, suggestion, at=moment(date(2026, 5, 7)), trigger=Trigger.REVIEW, words="限期开工"
    )
    assert (newest(suggestion).round.trigger, state_of(suggestion)) == (Trigger.REVIEW, State.ASSIGNED)


def test_of_two_second_assignments_the_later_is_refused(town: Town) -> None:
    suggestion = dissatisfied(town)
    stale = Suggestion.objects.get(pk=suggestion.pk)
    again(town, suggestion)
    with pytest.raises(Refused):
        again(town, stale)
    assert suggestion.rounds.count() == 2


# -- meeting, closing, reopening --------------------------------------------------------------------------------------


def meet(town: Town, suggestion: Suggestion, held_on: date = date(2026, 3, 30)) -> None:
    words = {"place": "柳塘镇政府", "attended": "安立夏、郎定", "agreed": "六月底前公示方案"}
    actions.record_meeting(town.office, suggestion, at=moment(AGAIN), held_on=held_on, **words)


def test_a_meeting_of_both_sides_is_kept_with_what_was_agreed(town: Town) -> None:
    suggestion = dissatisfied(town)
    meet(town, suggestion)
    assert [(m.agreed, m.recorded_by) for m in suggestion.review_meetings.all()] == [
        ("六月底前公示方案", "高言")
    ]


def test_a_meeting_has_its_reason_and_its_day(town: Town) -> None:
    with pytest.raises(Refused, match="没有代表不满意，无需召开协调会。"):
        meet(town, satisfied(town))
    with pytest.raises(Refused, match="协调会日期不能晚于今天。"):
        meet(town, dissatisfied(town, title="关于另一事项的建议"), held_on=date(2026, 4, 2))


def test_the_congress_closes_what_is_answered_rated_and_talked_over(town: Town) -> None:
    suggestion = satisfied(town)
    actions.close(town.office, suggestion, at=moment(AGAIN), words="同意办结")
    suggestion.refresh_from_db()
    assert (suggestion.state, suggestion.closed_on) == (State.CLOSED, AGAIN)
    assert suggestion.ratings.get().unsealed_on == AGAIN
    assert f"已办结：{suggestion}" in titles(unit=town.units["housing"])


def test_a_case_is_not_closed_before_its_answer(town: Town) -> None:
    with pytest.raises(Refused, match="还有承办单位没有答复。"):
        actions.close(town.office, cases.handling(town), at=moment(AGAIN))


def test_a_case_is_not_closed_while_a_rating_is_waited_for(town: Town) -> None:
    with pytest.raises(Refused, match="还在等待评价：安立夏、柏远。"):
        actions.close(town.office, cases.replied(town), at=moment(AGAIN))


def test_a_case_is_not_closed_before_the_talk_after_the_answer(town: Town) -> None:
    suggestion = cases.replied(town, cosigners=())
    rate(town, suggestion, "alice", GOOD)
    with pytest.raises(Refused, match="市住建局的办后联系尚未完成。"):
        actions.close(town.office, suggestion, at=moment(AGAIN))


def test_a_dissatisfied_deputy_is_heard_before_the_end(town: Town) -> None:
    suggestion = dissatisfied(town)
    cases.heard(town, cases.share_of(town, suggestion, "housing"), "after", at=moment(date(2026, 3, 26)))
    with pytest.raises(Refused, match="有代表不满意：请二次交办，或召开协调会并记录结果。"):
        actions.close(town.office, suggestion, at=moment(AGAIN))
    meet(town, suggestion)
    actions.close(town.office, suggestion, at=moment(AGAIN))
    assert state_of(suggestion) == State.CLOSED


def test_a_meeting_before_the_no_does_not_answer_it(town: Town) -> None:
    suggestion = dissatisfied(town)
    cases.heard(town, cases.share_of(town, suggestion, "housing"), "after", at=moment(date(2026, 3, 26)))
    meet(town, suggestion, held_on=date(2026, 3, 24))
    with pytest.raises(Refused, match="有代表不满意"):
        actions.close(town.office, suggestion, at=moment(AGAIN))


def test_a_case_is_not_closed_while_a_promise_is_open(town: Town) -> None:
    suggestion = satisfied(town, code="B", promises=[cases.OVERPASS])
    with pytest.raises(Refused, match="还有 1 项承诺未兑现。"):
        actions.close(town.office, suggestion, at=moment(AGAIN))


@pytest.mark.parametrize("who", ["alice", "housing_chief", "dispatcher", "member", "foreign_office"])
def test_only_the_closer_closes(town: Town, who: str) -> None:
    with pytest.raises(NotYourStep):
        actions.close(town.actors[who], satisfied(town), at=moment(AGAIN))


def test_a_closed_case_is_reopened_with_its_reason(town: Town) -> None:
    suggestion = satisfied(town)
    actions.close(town.office, suggestion, at=moment(AGAIN))
    actions.reopen(town.office, suggestion, at=moment(date(2026, 5, 6)), words="现场仍未开工")
    suggestion.refresh_from_db()
    assert (suggestion.state, suggestion.closed_on) == (State.FOLLOW_UP, None)


def test_of_two_who_close_the_second_is_told_to_look_again(town: Town) -> None:
    suggestion = satisfied(town)
    stale = Suggestion.objects.get(pk=suggestion.pk)
    actions.close(town.office, suggestion, at=moment(AGAIN))
    with pytest.raises(Moved):
        actions.close(town.clerk, stale, at=moment(AGAIN))


def test_the_closer_is_told_once_that_a_case_may_be_closed(town: Town) -> None:
    from tibandu.suggestions.actions.closing import tell_if_closable

    suggestion = satisfied(town)
    for _time in range(2):
        assert tell_if_closable(suggestion, at=moment(AGAIN))
    assert titles(title=f"可以办结：{suggestion}") == [f"可以办结：{suggestion}"]


# -- withdrawal -------------------------------------------------------------------------------------------------------


def asked(town: Town, suggestion: Suggestion, who: str = "alice") -> WithdrawalRequest:
    return actions.request_withdrawal(
        town.actors[who], suggestion, at=moment(AGAIN), reason="问题已由镇里解决"
    )


def test_a_joint_suggestion_is_withdrawn_when_all_agree(town: Town) -> None:
    suggestion = cases.handling(town)
    withdrawal = asked(town, suggestion)
    with pytest.raises(Refused, match="还有提出人未同意撤回：柏远。"):
        actions.grant_withdrawal(town.office, withdrawal, at=moment(AGAIN))
    assert f"有提出人申请撤回，请表明是否同意：{suggestion}" in titles(seat=town.seats["bob"])
    actions.consent(town.bob, withdrawal, at=moment(AGAIN))
    assert f"提出人申请撤回，请处理：{suggestion}" in titles(unit=town.units["deputy_work"])
    actions.grant_withdrawal(town.office, withdrawal, at=moment(AGAIN))
    assert (withdrawal.state, state_of(suggestion)) == (RequestState.GRANTED, State.WITHDRAWN)


def test_the_lead_alone_withdraws_where_the_measure_says_so(town: Town) -> None:
    set_choice(town, withdrawal_consent="lead")
    suggestion = cases.handling(town)
    actions.grant_withdrawal(town.office, asked(town, suggestion), at=moment(AGAIN))
    assert state_of(suggestion) == State.WITHDRAWN


def test_a_withdrawal_ends_all_that_was_under_way_and_says_so(town: Town) -> None:
    suggestion = cases.replied(town, cosigners=(), code="B", promises=[cases.OVERPASS])
    actions.grant_withdrawal(town.office, asked(town, suggestion), at=moment(AGAIN), words="同意")
    share, promise = newest(suggestion), Promise.objects.get(suggestion=suggestion)
    assert (share.state, share.ended_on) == (ShareState.STOPPED, AGAIN)
    assert (promise.state, suggestion.ratings.get().state) == (PromiseState.RELEASED, RatingState.UNRATED)
    line = next(line for line in _lines(suggestion) if line.verb == "end_withdrawn")
    assert line.facts == {"停办单位": "市住建局", "解除承诺": "1项", "不再评价": "安立夏"}
    assert f"代表撤回，停止办理：{suggestion}" in titles(unit=town.units["housing"])
    assert list(journal.verify()) == []


def _lines(suggestion: Suggestion) -> list[journal.JournalLine]:
    return list(journal.JournalLine.objects.filter(chain=suggestion.chain).order_by("seq"))


def test_a_withdrawal_leaves_nobody_to_rule_what_a_unit_had_asked(town: Town) -> None:
    suggestion = cases.assigned(town, cosigners=())
    share = newest(suggestion)
    actions.object(
        town.housing_officer,
        share,
        at=moment(cases.TAKEN),
        ground=_ground(town),
        clause="三定规定第二条",
        reason="属交通部门职责",
        proposed_unit=town.units["transport"],
    )
    actions.grant_withdrawal(town.office, asked(town, suggestion), at=moment(AGAIN))
    assert share.objections.get().state == ObjectionState.REJECTED


def _ground(town: Town) -> object:
    from tibandu.regulations.models import Ground

    return Ground.objects.filter(version=town.measure, kind="objection").first()


def test_a_withdrawal_that_is_refused_says_why_and_the_work_goes_on(town: Town) -> None:
    suggestion = cases.handling(town, cosigners=())
    withdrawal = asked(town, suggestion)
    actions.refuse_withdrawal(town.office, withdrawal, at=moment(AGAIN), words="涉及公共安全，继续办理")
    withdrawal.refresh_from_db()
    assert (withdrawal.state, withdrawal.words) == (RequestState.REFUSED, "涉及公共安全，继续办理")
    assert state_of(suggestion) == State.ASSIGNED


def test_there_is_one_request_at_a_time_and_one_consent_each(town: Town) -> None:
    suggestion = cases.handling(town)
    withdrawal = asked(town, suggestion)
    with pytest.raises(Refused, match="已有一份撤回申请待处理。"):
        asked(town, suggestion, "bob")
    with pytest.raises(Refused, match="您已同意撤回。"):
        actions.consent(town.alice, withdrawal, at=moment(AGAIN))


@pytest.mark.parametrize("who", ["chen", "housing_chief", "office"])
def test_only_who_stands_behind_the_text_asks_to_withdraw_it(town: Town, who: str) -> None:
    with pytest.raises(NotYourStep):
        asked(town, cases.handling(town), who)


def test_who_has_left_the_authors_does_not_speak_for_them(town: Town) -> None:
    suggestion = cases.registered(town)
    actions.leave(town.bob, suggestion.proposers.get(seat=town.seats["bob"]), at=moment(date(2026, 2, 13)))
    with pytest.raises(NotYourStep):
        asked(town, Suggestion.objects.get(pk=suggestion.pk), "bob")


# -- rights and pages -------------------------------------------------------------------------------------------------


def test_who_may_end_and_restart_a_case(town: Town) -> None:
    rights = who_may(town, CASE, cases.handling(town))
    assert [line for line in rights if line.split(":")[0] in MINE] == [
        "assign_again: office clerk system",
        "record_meeting: office clerk system",
        "close: office clerk system",
        "reopen: office clerk system",
        "request_withdrawal: alice bob",
    ]


def test_who_may_withdraw(town: Town) -> None:
    withdrawal = asked(town, cases.handling(town))
    assert who_may(town, WITHDRAWAL, withdrawal) == [
        "consent: alice bob",
        "grant_withdrawal: office clerk system",
        "refuse_withdrawal: office clerk system",
    ]


def test_the_pages_of_ending_and_restarting_are_shown(town: Town, hat: Callable[..., Client]) -> None:
    suggestion = dissatisfied(town)
    client = hat(town.office)
    page = client.get(reverse("suggestions:assign_again", args=[suggestion.pk]))
    assert page.status_code == 200
    assert page.content.decode().count("checked") == 1  # the share whose answer dissatisfied
    assert client.get(reverse("suggestions:record_meeting", args=[suggestion.pk])).status_code == 200
    share = newest(suggestion)
    posted = {"trigger": "dissatisfied", "shares": [share.pk], "rank": "principal", "words": "请给出时间表"}
    assert client.post(reverse("suggestions:assign_again", args=[suggestion.pk]), posted).status_code == 302
    page = client.get(reverse("suggestions:case", args=[suggestion.pk])).content.decode()
    assert ("第2轮" in page, "由主要负责人领办" in page) == (True, True)


def test_the_page_of_a_consent_shows_the_reason(town: Town, hat: Callable[..., Client]) -> None:
    withdrawal = asked(town, cases.handling(town))
    page = hat(town.bob).get(reverse("suggestions:consent", args=[withdrawal.pk]))
    assert "问题已由镇里解决" in page.content.decode()


@pytest.mark.parametrize("actor", [SYSTEM])
def test_the_system_closes_nothing_by_itself(town: Town, actor: Actor) -> None:
    assert {step.verb for step in CASE.steps if step.quiet} == {"follow", "end_withdrawn"}
    assert rating_of(town, cases.replied(town), "alice").state == RatingState.OPEN


def test_each_further_round_is_led_by_a_higher_rank_and_the_third_is_told_to_who_decides(
    town: Town,
) -> None:
    suggestion = cases.replied(town, cosigners=())
    Suggestion.objects.filter(pk=suggestion.pk).update(state=State.FOLLOW_UP)
    set_choice(town, rehandling_rank="deputy_head")
    for n in (2, 3):
        suggestion = Suggestion.objects.get(pk=suggestion.pk)
        actions.assign_again(
            town.office, suggestion, at=moment(date(2026, 4, n)), trigger=Trigger.REVIEW, words="再办"
        )
        Assignment.objects.filter(suggestion=suggestion).update(state="answered")
        Suggestion.objects.filter(pk=suggestion.pk).update(state=State.FOLLOW_UP)
    assert [row.rank for row in suggestion.rounds.all()] == ["", "deputy_head", "principal"]
    assert f"第3次交办，请主任会议关注：{suggestion}" in titles(unit=town.units["chairpersons"])
    with pytest.raises(Refused, match="这一轮由主要负责人以上领办。"):
        actions.assign_again(
            town.office, suggestion, at=moment(date(2026, 4, 4)), trigger=Trigger.REVIEW, words="再办",
            rank="deputy_head",
        )  # fmt: skip
