"""The years of one promise: made, lapsed, made again under a higher rank, kept, verified by three, answered and rated."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from tests import cases
from tests.town import Town, moment
from tibandu.base.flow import NotYourStep, Refused
from tibandu.oversight import actions as oversight
from tibandu.oversight.queries import promises as queries
from tibandu.people.queries import SYSTEM
from tibandu.suggestions import actions
from tibandu.suggestions.enums import Cause, PromiseState, State, Trigger
from tibandu.suggestions.models import Promise, Rating, Reply, Suggestion

LAPSED, AGAIN, ANSWERED = date(2026, 11, 2), date(2026, 11, 3), date(2026, 12, 18)
CLAIMED, SEEN, TOLD, RATED = date(2027, 5, 20), date(2027, 5, 25), date(2027, 6, 4), date(2027, 6, 8)
SECOND = {**cases.OVERPASS, "due_on": date(2027, 5, 31)}


def test_a_promise_lives_from_one_reply_to_the_next_over_two_years(
    town: Town, hat: Callable[..., Client]
) -> None:
    suggestion = made_and_lapsed(town)
    promise = made_again(town, suggestion)
    kept(town, promise)
    answered_again(town, suggestion)
    rated_and_closed(town, suggestion)
    walked(town, hat, suggestion)
    call_command("verify")


def made_and_lapsed(town: Town) -> Suggestion:
    """Without its promises the reply does not leave; what it promised is not done when the day has passed."""
    suggestion = cases.handling(town, cosigners=())
    share = cases.share_of(town, suggestion, "housing")
    cases.heard(town, share, "before", "during")
    bare = cases.drafted(town, suggestion, code="B")
    with pytest.raises(Refused, match="列入承诺台账，请先把承诺逐项写清"):
        actions.submit_reply(town.housing_officer, bare, at=moment(cases.DRAFTED, 10))
    written = {"kind": bare.kind, "category": bare.category, "contact_name": bare.contact_name}
    parts = [{"ask": part.ask, "text": part.text} for part in bare.parts.all()]
    at = moment(cases.DRAFTED, 11)
    actions.edit_reply(town.housing_officer, bare, at=at, parts=parts, promises=[cases.OVERPASS], **written)
    send(town, bare, cases.SENT)
    promise = suggestion.promises.get()
    assert (promise.state, promise.made_on) == (PromiseState.OPEN, cases.SENT)
    actions.lapse_promise(town.office, promise, at=moment(LAPSED), words="桥墩尚未施工")
    return Suggestion.objects.get(pk=suggestion.pk)


def sent(
    town: Town, suggestion: Suggestion, code: str, day: date, promises: list[dict[str, object]]
) -> Reply:
    drafted = cases.drafted(town, suggestion, code=code, promises=promises, at=moment(day))
    return send(town, drafted, day)


def send(town: Town, drafted: Reply, day: date) -> Reply:
    reply = cases.signed(town, Reply.objects.get(pk=drafted.pk), at=moment(day))
    actions.send_reply(town.housing_officer, reply, at=moment(day, 15))
    return reply


def made_again(town: Town, suggestion: Suggestion) -> Promise:
    """The second assignment is led by a higher rank, and the unit promises anew."""
    actions.assign_again(town.office, suggestion, at=moment(AGAIN), trigger=Trigger.LAPSED, words="限期开工")
    assert [(row.n, row.rank) for row in suggestion.rounds.all()] == [(1, ""), (2, "principal")]
    share = cases.sign(town, suggestion, "housing", at=moment(AGAIN))
    cases.begin(town, suggestion, "housing", at=moment(AGAIN))
    cases.heard(town, cases.share_of(town, suggestion, "housing"), "before", "during", at=moment(AGAIN))
    reply = sent(town, suggestion, "B", ANSWERED, [SECOND])
    assert (reply.cause, share.round.n) == (Cause.REHANDLED, 2)
    promise = suggestion.promises.get(state=PromiseState.OPEN)
    with pytest.raises(Refused, match="承诺认定兑现后再次答复"):
        cases.drafted(town, suggestion, code="A", at=moment(ANSWERED))
    return promise


def kept(town: Town, promise: Promise) -> None:
    """Carried over into the next year, stated, claimed, and found kept by the deputy and the committee."""
    assert queries.on_ledger(town.office, {"carried": "2027"}, CLAIMED).count() == 1
    actions.claim_promise(town.housing_officer, promise, at=moment(CLAIMED), proof="5月18日通过验收")
    with pytest.raises(NotYourStep):
        oversight.agree_delivery(town.office, promise, at=moment(SEEN))
    for who in (town.alice, town.member):
        found = queries.promise_on_page(who, promise.pk)
        oversight.agree_delivery(who, found, at=moment(SEEN), words="现场看过，属实")
    promise.refresh_from_db()
    assert (promise.state, promise.closed_by) == (PromiseState.KEPT, "提出建议的代表、市人大城环委")


def answered_again(town: Town, suggestion: Suggestion) -> None:
    """The kept promise is answered a second time, and the category becomes A with its history."""
    reply = sent(town, suggestion, "A", TOLD, [])
    assert reply.cause == Cause.PROMISE_DONE
    changes = suggestion.category_changes.order_by("pk")
    assert [(row.old and row.old.code, row.new.code, row.changed_on) for row in changes][-1] == (
        "B",
        "A",
        TOLD,
    )


def rated_and_closed(town: Town, suggestion: Suggestion) -> None:
    """The deputy rates the delivery; the earlier replies were not rated, which counts for nothing."""
    for rating in unrated(suggestion):
        actions.let_rating_lapse(SYSTEM, rating, at=moment(RATED))
    delivery = Rating.objects.get(suggestion=suggestion, state="open")
    marks = [{"dimension": "delivery", "grade": "satisfied"}]
    actions.rate(town.alice, delivery, at=moment(RATED), marks=marks)
    share = cases.share_of(town, suggestion, "housing")
    cases.heard(town, share, "after", at=moment(RATED))
    actions.close(town.office, Suggestion.objects.get(pk=suggestion.pk), at=moment(RATED, 16))
    assert Suggestion.objects.get(pk=suggestion.pk).state == State.CLOSED


def unrated(suggestion: Suggestion) -> Iterator[Rating]:
    yield from Rating.objects.filter(suggestion=suggestion, state="open", closes_on__lt=RATED)


def walked(town: Town, hat: Callable[..., Client], suggestion: Suggestion) -> None:
    """The pages tell the same to each side."""
    first, second = suggestion.promises.order_by("pk")
    for who in ("alice", "member", "housing_officer", "office"):
        page = hat(town.actors[who]).get(reverse("oversight:promise", args=[second.pk])).content.decode()
        said = ["现场看过，属实", "承诺兑现后再次答复", "第2轮", "由主要负责人领办", "5月18日通过验收"]
        assert [word for word in said if word not in page] == []
    page = hat(town.office).get(reverse("oversight:promise", args=[first.pk])).content.decode()
    assert "桥墩尚未施工" in page
