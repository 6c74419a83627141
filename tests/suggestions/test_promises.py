"""Promises: progress, a longer date, another text, the claim of the unit and what somebody else found."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from tests import cases
from tests.kept import kept
from tests.suggestions.tables import who_may
from tests.suggestions.test_rating import titles
from tests.town import Town, moment
from tibandu.base.files import store
from tibandu.base.flow import Moved, Refused
from tibandu.suggestions import actions, queries
from tibandu.suggestions.enums import Cause, PromiseState, ReplyState, Trigger
from tibandu.suggestions.flow import PROMISE
from tibandu.suggestions.models import Promise, Reply, Suggestion
from tibandu.suggestions.queries.records import promise_breaks

JUNE, NOVEMBER = date(2026, 6, 30), date(2026, 11, 2)
OVERPASS = cases.OVERPASS  # due on 31 October 2026


@kept
def promised(town: Town) -> Promise:
    """A case in follow-up since 20 March 2026, with one promise in the ledger."""
    suggestion = cases.replied(town, cosigners=(), code="B", promises=[OVERPASS])
    return Promise.objects.select_related("reply__assignment").get(suggestion=suggestion)


def claim(town: Town, promise: Promise, day: date = JUNE) -> None:
    actions.claim_promise(town.housing_officer, promise, at=moment(day), proof="6月28日通过验收并开放")


def accept(town: Town, promise: Promise) -> None:
    claim(town, promise)
    actions.accept_promise(town.office, promise, at=moment(date(2026, 7, 3)), words="现场察看，已开放通行")


def test_a_category_that_opens_the_ledger_keeps_the_case_in_follow_up(town: Town) -> None:
    promise = promised(town)
    assert (promise.state, promise.suggestion.state) == (PromiseState.OPEN, "follow_up")


def test_progress_is_kept_and_told_to_the_deputy(town: Town) -> None:
    promise = promised(town)
    actions.report_promise(town.housing_officer, promise, at=moment(JUNE), words="桥墩完工")
    assert [(e.words, e.entered_on) for e in promise.entries.all()] == [("桥墩完工", JUNE)]
    assert "承诺进展：在大桥东侧建成人行天桥1座" in titles(seat=town.seats["alice"])


def test_a_longer_date_keeps_the_earlier_one_and_is_told(town: Town) -> None:
    promise = promised(town)
    actions.extend_promise(
        town.housing_officer, promise, at=moment(JUNE), until=date(2026, 12, 20), words="汛期停工"
    )
    entry = promise.entries.get()
    assert (promise.due_on, entry.old_due_on, entry.new_due_on) == (
        date(2026, 12, 20), date(2026, 10, 31), date(2026, 12, 20),
    )  # fmt: skip
    told = "承诺时限由2026-10-31改为2026-12-20：在大桥东侧建成人行天桥1座"
    assert (told in titles(seat=town.seats["alice"]), told in titles(unit=town.units["deputy_work"])) == (
        True,
        True,
    )


def test_a_longer_date_is_later(town: Town) -> None:
    with pytest.raises(Refused, match="新的时限须晚于原时限2026-10-31。"):
        actions.extend_promise(
            town.housing_officer, promised(town), at=moment(JUNE), until=date(2026, 10, 31), words="改"
        )


def test_a_date_that_has_passed_is_not_moved(town: Town) -> None:
    with pytest.raises(Refused, match="时限已过，不能自行变更，请填报进展说明情况。"):
        actions.extend_promise(
            town.housing_officer, promised(town), at=moment(NOVEMBER), until=date(2026, 12, 1), words="改"
        )


def test_the_unit_claims_and_somebody_else_finds(town: Town) -> None:
    promise = promised(town)
    accept(town, promise)
    promise.refresh_from_db()
    assert (promise.state, promise.proof, promise.claimed_on, promise.closed_by) == (
        PromiseState.KEPT, "6月28日通过验收并开放", JUNE, "高言",
    )  # fmt: skip
    assert "承诺已认定兑现，请再次答复代表：在大桥东侧建成人行天桥1座" in titles(unit=town.units["housing"])


def test_no_unit_finds_its_own_promise_kept(town: Town) -> None:
    promise = promised(town)
    claim(town, promise)
    with pytest.raises(Refused, match="承诺须由承办单位以外的人认定。"):
        actions.accept_promise(town.housing_chief, promise, at=moment(JUNE), words="已完成")


def test_the_committee_of_the_matter_watches_else_who_closes_else_who_decides(town: Town) -> None:
    promise = promised(town)
    case = promise.suggestion
    watching = [queries.watching_unit(promise)]
    case.committee = None
    watching.append(queries.watching_unit(promise))
    promise.reply.assignment.unit = town.units["deputy_work"]
    watching.append(queries.watching_unit(promise))
    assert watching == [town.units[key].pk for key in ("committee", "deputy_work", "chairpersons")]


def test_a_claim_asks_the_deputies_and_the_watching_body(town: Town) -> None:
    claim(town, promised(town))
    asked = "申报承诺兑现，请认定：在大桥东侧建成人行天桥1座"
    told = [asked in titles(seat=town.seats["alice"]), asked in titles(unit=town.units["committee"])]
    assert told == [True, True]


def test_progress_is_shown_with_its_papers(town: Town, tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    promise = promised(town)
    paper = store(SimpleUploadedFile("桥墩.txt", "桥墩完工".encode()))
    actions.report_promise(town.housing_officer, promise, at=moment(JUNE), words="桥墩完工", files=[paper])
    [file] = promise.suggestion.attachments.all()
    assert (file.noun, file.object_id) == ("promise_entry", promise.entries.get().pk)


def test_a_changed_promise_keeps_what_it_said_and_is_told(town: Town) -> None:
    promise = promised(town)
    told = {"what": "在大桥东侧建成地下通道1条", "measure": "通过验收", "money": 230_000_000}
    actions.change_promise(town.housing_officer, promise, at=moment(JUNE), words="地质条件所限", **told)
    promise.refresh_from_db()
    entry = promise.entries.get()
    assert (promise.what, promise.money, entry.old_what, entry.old_measure, entry.old_money) == (
        "在大桥东侧建成地下通道1条", 230_000_000, "在大桥东侧建成人行天桥1座", "通过验收并开放通行", 118_000_000,
    )  # fmt: skip
    title = "承诺内容由“在大桥东侧建成人行天桥1座”变更为“在大桥东侧建成地下通道1条”"
    assert (title in titles(seat=town.seats["alice"]), title in titles(unit=town.units["deputy_work"])) == (
        True,
        True,
    )
    with pytest.raises(Refused, match="内容没有变化。"):
        actions.change_promise(town.housing_officer, promise, at=moment(JUNE), words="再报", **told)


def test_a_promise_is_not_changed_after_its_date(town: Town) -> None:
    promise = promised(town)
    with pytest.raises(Refused, match="时限已过"):
        actions.change_promise(
            town.housing_officer, promise, at=moment(NOVEMBER), what="另建", measure="开放", words="改"
        )


def test_a_claim_that_does_not_hold_goes_back(town: Town) -> None:
    promise = promised(town)
    claim(town, promise)
    actions.refuse_claim(town.office, promise, at=moment(date(2026, 7, 3)), words="电梯尚未开通")
    promise.refresh_from_db()
    assert (promise.state, promise.claimed_on, promise.entries.get().words) == (
        PromiseState.OPEN, None, "电梯尚未开通",
    )  # fmt: skip


def test_a_promise_lapses_only_after_its_date(town: Town) -> None:
    promise = promised(town)
    with pytest.raises(Refused, match="时限未到，不能认定为未兑现。"):
        actions.lapse_promise(town.office, promise, at=moment(date(2026, 10, 31)), words="未开工")
    actions.lapse_promise(town.office, promise, at=moment(NOVEMBER), words="未开工")
    assert promise.state == PromiseState.LAPSED
    assert "承诺未兑现：在大桥东侧建成人行天桥1座。请研究是否二次交办。" in titles(
        unit=town.units["deputy_work"]
    )


def test_a_lapsed_promise_is_answered_by_a_second_assignment(town: Town) -> None:
    promise = promised(town)
    actions.lapse_promise(town.office, promise, at=moment(NOVEMBER), words="未开工")
    suggestion = Suggestion.objects.get(pk=promise.suggestion_id)
    actions.assign_again(
        town.office, suggestion, at=moment(NOVEMBER), trigger=Trigger.LAPSED, words="限期开工"
    )
    assert (suggestion.rounds.get(n=2).trigger, suggestion.rounds.get(n=2).rank) == (
        Trigger.LAPSED,
        "principal",
    )


def test_of_two_who_find_the_second_is_told_to_look_again(town: Town) -> None:
    promise = promised(town)
    claim(town, promise)
    stale = Promise.objects.get(pk=promise.pk)
    actions.accept_promise(town.office, promise, at=moment(JUNE), words="已开放")
    with pytest.raises(Moved):
        actions.refuse_claim(town.clerk, stale, at=moment(JUNE), words="未见")


def test_a_kept_promise_asks_for_a_second_reply_until_it_is_sent(town: Town) -> None:
    promise = promised(town)
    accept(town, promise)
    assert list(queries.kept_unanswered()) == [promise]
    share = promise.reply.assignment
    Reply.objects.create(
        assignment=share,
        suggestion=share.suggestion,
        cause=Cause.PROMISE_DONE,
        seq=2,
        state=ReplyState.SENT,
        sent_on=date(2026, 7, 10),
    )
    assert list(queries.kept_unanswered()) == []


def test_the_second_reply_is_rated_by_its_delivery(town: Town) -> None:
    promise = promised(town)
    accept(town, promise)
    share = promise.reply.assignment
    reply = Reply.objects.create(
        assignment=share, suggestion=share.suggestion, cause=Cause.PROMISE_DONE, seq=2, sent_on=date(2026, 7, 10),
        state=ReplyState.SENT,
    )  # fmt: skip
    [rating] = actions.open_ratings(reply, at=moment(date(2026, 7, 10)))
    marks = [{"dimension": "delivery", "grade": "satisfied"}]
    actions.rate(town.alice, rating, at=moment(date(2026, 7, 11)), marks=marks)
    assert [(m.dimension.code, m.grade.code) for m in rating.marks.all()] == [("delivery", "satisfied")]


def test_verify_names_a_promise_whose_day_or_state_was_changed_past_the_journal(
    town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    promise = promised(town)
    later = {"at": moment(JUNE), "until": NOVEMBER, "words": "管线迁改未完成"}
    actions.extend_promise(town.housing_officer, promise, **later)
    accept(town, promise)
    assert list(promise_breaks()) == []
    Promise.objects.filter(pk=promise.pk).update(due_on=date(2027, 12, 31), state=PromiseState.RELEASED)
    number = promise.suggestion.number_text
    with pytest.raises(SystemExit):
        call_command("verify")
    assert capsys.readouterr().out.splitlines() == [
        f"✗ 承诺“{number} {promise.what}”：时限2027-12-31，留痕2026-11-02",
        f"✗ 承诺“{number} {promise.what}”：状态“{PromiseState.RELEASED.label}”，留痕“已兑现”",
    ]


def test_who_may_move_a_promise(town: Town) -> None:
    assert who_may(town, PROMISE, promised(town)) == [
        "report_promise: housing_chief housing_deputy_head housing_section housing_officer",
        "extend_promise: housing_chief housing_deputy_head housing_section housing_officer",
        "change_promise: housing_chief housing_deputy_head housing_section housing_officer",
        "claim_promise: housing_chief housing_deputy_head housing_section housing_officer",
        "lapse_promise: office clerk system",
    ]


def test_the_pages_of_a_promise_are_shown_to_its_people(town: Town, hat: Callable[..., Client]) -> None:
    promise = promised(town)
    Promise.objects.update(due_on=date(2099, 10, 31))
    client = hat(town.housing_officer)
    for verb in ("report_promise", "extend_promise", "change_promise", "claim_promise"):
        assert client.get(reverse(f"suggestions:{verb}", args=[promise.pk])).status_code == 200
    url = reverse("suggestions:claim_promise", args=[promise.pk])
    assert client.post(url, {"proof": "已完成验收"}).status_code == 302
    page = hat(town.office).get(reverse("suggestions:case", args=[promise.suggestion_id])).content.decode()
    assert ("已完成验收" in page, "申报完成" in page) == (True, True)
