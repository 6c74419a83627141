"""Ratings: who is asked, what is kept, that units are blind under every hat, and what follows from a no."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests import cases
from tests.kept import kept
from tests.suggestions.tables import who_may
from tests.town import Town, appoint, moment
from tibandu.base.flow import Moved, NotYourStep, Refused
from tibandu.people import actions as people
from tibandu.people.enums import Rank, Scope
from tibandu.people.models import Appointment, Message, Post
from tibandu.people.queries import SYSTEM, actor_of_appointment
from tibandu.regulations.models import Version
from tibandu.suggestions import actions, queries
from tibandu.suggestions.enums import RatingState, ShareState, Trigger
from tibandu.suggestions.flow import RATING
from tibandu.suggestions.models import EarlierRating, Rating, Suggestion
from tibandu.suggestions.queries.following import is_dissatisfied

SENT = cases.SENT  # 20 March 2026; the window of ten days closes on 30 March
LATER = date(2026, 3, 25)
AFTER = date(2026, 3, 31)
GOOD = {"attitude": "satisfied", "contact": "satisfied", "result": "basically"}
BAD = {**GOOD, "result": "dissatisfied"}


def marks(grades: dict[str, str]) -> list[dict[str, str]]:
    return [{"dimension": dimension, "grade": grade} for dimension, grade in grades.items()]


def rating_of(town: Town, suggestion: Suggestion, who: str) -> Rating:
    return Rating.objects.filter(suggestion=suggestion, proposer__seat=town.seats[who]).latest("pk")


@kept
def rate(
    town: Town, suggestion: Suggestion, who: str, grades: dict[str, str], words: str = "", day: date = LATER
) -> Rating:
    rating = rating_of(town, suggestion, who)
    actions.rate(town.actors[who], rating, at=moment(day), marks=marks(grades), words=words)
    return rating


def set_choice(town: Town, **choices: str) -> None:
    """Changes choices of the measure in force, as if it had been enacted so."""
    text = json.loads(Version.objects.get(pk=town.measure.pk).compiled)
    text["settings"] |= choices
    Version.objects.filter(pk=town.measure.pk).update(
        compiled=json.dumps(text, ensure_ascii=False, sort_keys=True)
    )


def titles(**to: object) -> list[str]:
    return list(Message.objects.filter(**to).order_by("pk").values_list("title", flat=True))


def test_each_proposer_is_asked_to_rate_a_sent_reply_until_the_window_closes(town: Town) -> None:
    suggestion = cases.replied(town)
    ratings = Rating.objects.filter(suggestion=suggestion).order_by("proposer__position")
    asked = [(r.proposer.name, r.state, r.opened_on, r.closes_on) for r in ratings]
    window = (RatingState.OPEN, SENT, date(2026, 3, 30))
    assert asked == [("安立夏", *window), ("柏远", *window)]
    assert f"请评价市住建局的答复：{suggestion}" in titles(seat=town.seats["bob"])


def test_the_lead_alone_gathers_where_the_measure_says_so(town: Town) -> None:
    set_choice(town, rated_by="lead")
    suggestion = cases.replied(town)
    assert [r.proposer.name for r in suggestion.ratings.all()] == ["安立夏"]


def test_whoever_handled_the_case_is_not_asked(town: Town) -> None:
    checker = Post.objects.get(unit=town.units["dispatch"], rank=Rank.SECTION)
    Appointment.objects.filter(post=checker).update(person=town.seats["bob"].person)
    held = Appointment.objects.select_related("person", "post__unit__organ").get(post=checker)
    town.actors["dispatcher"] = actor_of_appointment(held)
    suggestion = cases.replied(town, cosigners=("bob", "dora"))
    assert [r.proposer.name for r in suggestion.ratings.order_by("pk")] == ["安立夏", "杜若"]


def test_a_rating_keeps_every_dimension_apart_and_the_words(town: Town) -> None:
    suggestion = cases.replied(town)
    rating = rate(town, suggestion, "alice", GOOD, "天桥图纸请公示")
    kept = {m.dimension.code: m.grade.code for m in rating.marks.all()}
    rating.refresh_from_db()
    assert (kept, rating.words, rating.state, rating.version, rating.rated_on) == (
        GOOD, "天桥图纸请公示", RatingState.RATED, 1, LATER,
    )  # fmt: skip


def test_no_grade_is_assumed(town: Town) -> None:
    rating = rating_of(town, cases.replied(town), "alice")
    with pytest.raises(Refused, match="请评价：联系沟通、办理结果。"):
        actions.rate(town.alice, rating, at=moment(LATER), marks=marks({"attitude": "satisfied"}))


def test_a_dissatisfied_deputy_says_why(town: Town) -> None:
    rating = rating_of(town, cases.replied(town), "alice")
    with pytest.raises(Refused, match="不满意的，请写明意见。") as caught:
        actions.rate(town.alice, rating, at=moment(LATER), marks=marks(BAD), words="  ")
    assert set(caught.value.fields) == {"words"}


@pytest.mark.parametrize(
    "wrong",
    [
        [*marks(GOOD), {"dimension": "delivery", "grade": "satisfied"}],
        [*marks(GOOD), {"dimension": "result", "grade": "satisfied"}],
        marks({**GOOD, "result": "splendid"}),
    ],
)
def test_only_what_is_asked_is_rated_once_with_the_grades_of_the_measure(
    town: Town, wrong: list[dict[str, str]]
) -> None:
    rating = rating_of(town, cases.replied(town), "alice")
    with pytest.raises(Refused, match="评价项目或者等次不对。"):
        actions.rate(town.alice, rating, at=moment(LATER), marks=wrong)


def test_a_window_that_is_over_takes_no_rating(town: Town) -> None:
    rating = rating_of(town, cases.replied(town), "alice")
    with pytest.raises(Refused, match="评价期已于2026-03-30截止。"):
        actions.rate(town.alice, rating, at=moment(AFTER), marks=marks(GOOD))


def test_of_two_ratings_on_the_same_stale_row_the_second_is_told_to_look_again(town: Town) -> None:
    suggestion = cases.replied(town)
    first, second = rating_of(town, suggestion, "alice"), rating_of(town, suggestion, "alice")
    actions.rate(town.alice, first, at=moment(LATER), marks=marks(GOOD))
    with pytest.raises(Moved):
        actions.rate(town.alice, second, at=moment(LATER), marks=marks(BAD), words="不行")
    assert first.marks.count() == 3


def test_a_changed_rating_keeps_the_earlier_one_and_the_reason(town: Town) -> None:
    suggestion = cases.replied(town)
    rating = rate(town, suggestion, "alice", BAD, "没有时间表")
    change = {"marks": marks(GOOD), "reason": "补充了时间表", "words": "满意"}
    actions.change_rating(town.alice, rating, at=moment(date(2026, 3, 27)), **change)
    earlier = EarlierRating.objects.get(rating=rating)
    assert (earlier.version, earlier.words, earlier.rated_on) == (1, "没有时间表", LATER)
    assert sorted((m.version, m.grade.code) for m in rating.marks.filter(dimension__code="result")) == [
        (1, "dissatisfied"), (2, "basically"),
    ]  # fmt: skip
    rating.refresh_from_db()
    assert (rating.change_reason, is_dissatisfied(rating)) == ("补充了时间表", False)


def test_what_the_unit_has_read_is_not_changed(town: Town) -> None:
    suggestion = cases.replied(town, cosigners=())
    rating = rate(town, suggestion, "alice", BAD, "没有时间表")
    actions.assign_again(
        town.office, suggestion, at=moment(date(2026, 3, 26)), trigger="dissatisfied", words="再办"
    )
    with pytest.raises(Refused, match="评价已向承办单位公布，不能再改。"):
        actions.change_rating(
            town.alice, rating, at=moment(date(2026, 3, 27)), marks=marks(GOOD), reason="改"
        )


def test_silence_is_unrated_and_never_satisfaction(town: Town) -> None:
    suggestion = cases.replied(town)
    rating = rating_of(town, suggestion, "bob")
    actions.let_rating_lapse(SYSTEM, rating, at=moment(AFTER))
    assert (rating.state, rating.marks.count(), is_dissatisfied(rating)) == (RatingState.UNRATED, 0, False)


def test_only_the_system_lets_a_rating_lapse(town: Town) -> None:
    rating = rating_of(town, cases.replied(town), "bob")
    with pytest.raises(NotYourStep):
        actions.let_rating_lapse(town.office, rating, at=moment(AFTER))


def test_a_rater_with_a_post_in_the_unit_is_flagged_and_not_blocked(town: Town) -> None:
    suggestion = cases.replied(town)
    post = Post.objects.create(unit=town.units["housing"], title="工会主席", rank=Rank.OFFICER)
    Appointment.objects.create(post=post, person=town.seats["alice"].person, since=date(2026, 1, 1))
    rating = rate(town, suggestion, "alice", GOOD)
    rating.refresh_from_db()
    assert rating.hint == "评价人在被评价的单位任职"


# -- blindness --------------------------------------------------------------------------------------------------------


def test_the_unit_and_other_deputies_see_nothing_before_the_window_closes(town: Town) -> None:
    suggestion = cases.replied(town, cosigners=())
    rate(town, suggestion, "alice", BAD, "没有时间表")
    eyes = ["housing_chief", "dispatcher", "bob", "alice", "office", "member"]
    seen = {who: queries.ratings_visible_to(town.actors[who]).count() for who in eyes}
    assert seen == {"housing_chief": 0, "dispatcher": 0, "bob": 0, "alice": 1, "office": 1, "member": 1}
    assert queries.ratings_visible_to(None).count() == 0


def test_the_timeline_and_the_messages_of_a_unit_say_nothing_of_a_rating(town: Town) -> None:
    suggestion = cases.replied(town)
    before = titles(unit=town.units["housing"])
    rate(town, suggestion, "alice", BAD, "没有时间表")
    verbs = {
        who: {line.verb for line in queries.timeline(town.actors[who], suggestion)} & {"rate"}
        for who in ("housing_chief", "chen", "alice", "office")
    }
    assert verbs == {"housing_chief": set(), "chen": set(), "alice": {"rate"}, "office": {"rate"}}
    assert titles(unit=town.units["housing"]) == before
    line = next(line for line in queries.timeline(town.bob, suggestion) if line.verb == "rate")
    assert (line.words, line.facts) == ("", {"答复单位": "市住建局"})


def test_a_person_with_two_hats_is_blind_under_the_congress_hat_too(town: Town) -> None:
    suggestion = cases.replied(town, cosigners=())
    rate(town, suggestion, "alice", BAD, "没有时间表")
    two_hats = appoint(town.units["committee"], "副主任委员", Rank.DEPUTY_HEAD, "程双")
    assert queries.ratings_visible_to(two_hats).count() == 1
    post = Post.objects.create(unit=town.units["housing"], title="总工程师", rank=Rank.DEPUTY_HEAD)
    Appointment.objects.create(post=post, person_id=two_hats.person_id, since=date(2025, 1, 1))
    assert queries.ratings_visible_to(two_hats).count() == 0


def test_everybody_of_the_case_sees_the_ratings_after_the_window(town: Town) -> None:
    suggestion = cases.replied(town)
    rate(town, suggestion, "alice", GOOD)
    actions.let_rating_lapse(SYSTEM, rating_of(town, suggestion, "bob"), at=moment(AFTER))
    assert queries.ratings_visible_to(town.housing_officer).count() == 2


@pytest.mark.parametrize(
    ("who", "status"), [("alice", 200), ("office", 403), ("housing_chief", 404), ("bob", 404)]
)
def test_the_page_of_a_rating_is_its_authors(
    town: Town, hat: Callable[..., Client], who: str, status: int
) -> None:
    rating = rating_of(town, cases.replied(town), "alice")
    Rating.objects.update(closes_on=date(2099, 1, 1))
    assert hat(town.actors[who]).get(reverse("suggestions:rate", args=[rating.pk])).status_code == status


def test_the_page_of_a_rating_has_no_default_and_keeps_what_was_ticked(
    town: Town, hat: Callable[..., Client]
) -> None:
    rating = rating_of(town, cases.replied(town), "alice")
    Rating.objects.update(closes_on=date(2099, 1, 1))
    client, url = hat(town.alice), reverse("suggestions:rate", args=[rating.pk])
    assert b" checked" not in client.get(url).content
    half = {"marks-0-dimension": "attitude", "marks-0-grade": "satisfied", "marks-1-dimension": "contact"}
    answer = client.post(url, half | {"marks-2-dimension": "result"})
    assert (answer.status_code, answer.content.count(b" checked")) == (422, 1)
    assert "请评价：联系沟通、办理结果。" in answer.content.decode()
    full = half | {"marks-1-grade": "satisfied", "marks-2-dimension": "result", "marks-2-grade": "satisfied"}
    assert client.post(url, full).status_code == 302
    assert Rating.objects.get(pk=rating.pk).state == RatingState.RATED


def test_the_case_page_tells_a_unit_that_ratings_are_not_shown_yet(
    town: Town, hat: Callable[..., Client]
) -> None:
    suggestion = cases.replied(town)
    rate(town, suggestion, "alice", BAD, "没有时间表")
    url = reverse("suggestions:case", args=[suggestion.pk])
    page = hat(town.housing_chief).get(url).content.decode()
    assert ("评价期未满，暂不显示。" in page, "没有时间表" in page) == (True, False)
    page = hat(town.office).get(url).content.decode()
    assert ("评价期未满，暂不显示。" in page, "没有时间表" in page) == (False, True)


def test_the_api_is_as_blind_as_the_pages_and_takes_the_same_rating(town: Town, client: Client) -> None:
    suggestion = cases.replied(town, cosigners=())
    rating = rating_of(town, suggestion, "alice")
    Rating.objects.update(closes_on=date(2099, 1, 1))

    def call(who: str, method: str, path: str, **data: object) -> Any:
        _row, secret = people.issue_token(town.actors[who], name="测试", scope=Scope.WRITE, at=moment(LATER))
        body = {"data": data, "content_type": "application/json"} if data else {}
        return getattr(client, method)(
            f"/api/v1/{path}", headers={"Authorization": f"Bearer {secret}"}, **body
        )

    step = f"ratings/{rating.pk}/steps/rate"
    half = call("alice", "post", step, marks=marks({"attitude": "satisfied"}))
    assert (half.status_code, half.json()["refusal"]) == (422, "请评价：联系沟通、办理结果。")
    assert call("housing_chief", "post", step, marks=marks(GOOD)).status_code == 404
    done = call("alice", "post", step, marks=marks(BAD), words="没有时间表")
    assert (done.status_code, done.json()["state"]) == (200, "rated")
    seen = {
        who: "没有时间表" in str(call(who, "get", f"suggestions/{suggestion.pk}").json())
        for who in ("housing_chief", "dispatcher", "chen", "office")
    }
    assert seen == {"housing_chief": False, "dispatcher": False, "chen": False, "office": True}


# -- what follows -----------------------------------------------------------------------------------------------------


def test_the_assigner_hears_of_a_no_when_all_have_spoken(town: Town) -> None:
    suggestion = cases.replied(town)
    rate(town, suggestion, "alice", BAD, "没有时间表")
    asked = f"代表不满意，请研究是否二次交办：{suggestion}"
    assert titles(title=asked) == []
    rate(town, suggestion, "bob", GOOD)
    assert titles(title=asked, unit=town.units["deputy_work"]) == [asked]


def test_a_second_assignment_starts_by_itself_where_the_measure_says_so(town: Town) -> None:
    set_choice(town, second_mode="automatic")
    suggestion = cases.replied(town, cosigners=())
    rate(town, suggestion, "alice", BAD, "没有时间表")
    again = suggestion.rounds.get(n=2)
    assert (again.trigger, again.decided_by[:2]) == (Trigger.DISSATISFIED, "系统")
    assert [s.state for s in suggestion.assignments.order_by("pk")] == [ShareState.ANSWERED, ShareState.SENT]


def test_an_automatic_second_assignment_that_cannot_start_leaves_the_rating_standing(town: Town) -> None:
    set_choice(town, second_mode="automatic")
    suggestion = cases.replied(town, cosigners=())
    Suggestion.objects.filter(pk=suggestion.pk).update(state="closed")
    rating = rate(town, suggestion, "alice", BAD, "没有时间表")
    assert (rating.state, suggestion.rounds.count()) == (RatingState.RATED, 1)


@pytest.mark.parametrize(("trigger", "called"), [("any", True), ("lead", False), ("majority", False)])
def test_whose_no_counts_is_the_measures_choice(town: Town, trigger: str, called: bool) -> None:
    set_choice(town, second_trigger=trigger)
    suggestion = cases.replied(town)
    rate(town, suggestion, "alice", GOOD)
    rate(town, suggestion, "bob", BAD, "没有时间表")
    assert bool(titles(title__startswith="代表不满意")) == called


def test_an_ex_deputy_rates_an_own_case(town: Town) -> None:
    from tibandu.people.queries import actor_of_seat

    suggestion = cases.replied(town, cosigners=())
    town.seats["alice"].ended_on = date(2026, 3, 21)
    town.seats["alice"].save()
    former = actor_of_seat(town.seats["alice"], LATER)
    actions.rate(former, rating_of(town, suggestion, "alice"), at=moment(LATER), marks=marks(GOOD))
    assert (former.seat_ended, suggestion.ratings.get().state) == (True, RatingState.RATED)


def test_who_may_rate(town: Town) -> None:
    rating = rating_of(town, cases.replied(town), "alice")
    assert who_may(town, RATING, rating) == [
        "rate: alice",
        "change_rating: alice",
        "let_rating_lapse: system",
    ]
