"""The ledger of promises, the page of one, the statements, each as its readers see it, on pages and through the API."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from tests.oversight import promises_cases as cases
from tests.town import Town, moment
from tibandu.oversight import actions
from tibandu.oversight.models import Finding
from tibandu.oversight.queries import promises as queries
from tibandu.people import actions as people
from tibandu.people.enums import Scope
from tibandu.people.queries import Actor
from tibandu.suggestions.enums import PromiseState
from tibandu.suggestions.models import Promise, Suggestion

WHAT = "在大桥东侧建成人行天桥1座"
Hat = Callable[..., Client]


def copies(promise: Promise, states: list[str], **fields: object) -> None:
    """Further promises of the same reply, in these states."""
    for state in states:
        twin = Promise.objects.get(pk=promise.pk)
        twin.pk, twin.state = None, state
        for name, value in fields.items():
            setattr(twin, name, value)
        twin.save(force_insert=True)


@pytest.mark.parametrize("who", ["alice", "office", "member", "housing_officer", "dispatcher"])
def test_the_ledger_is_filtered_in_its_address(town: Town, hat: Hat, who: str) -> None:
    promise = cases.made(town)
    Promise.objects.update(due_on=date(2099, 10, 31))
    client, url = hat(town.actors[who]), reverse("oversight:ledger")
    unit, other = town.units["housing"].pk, town.units["police"].pk
    committee = town.units["committee"].pk
    asked = {
        "": True,
        f"?unit={unit}": True,
        f"?unit={other}": False,
        f"?committee={committee}": True,
        "?state=open": True,
        "?state=kept": False,
        "?state=made": True,
        "?state=unexplained": False,
        "?kind=within_year": True,
        "?kind=step_by_step": False,
        "?category=B": True,
        "?category=A": False,
        "?until=2099-10-30": False,
        "?state=overdue": False,
    }
    found = {query: WHAT in client.get(url + query).content.decode() for query in asked}
    assert (found, promise.number_text in client.get(url).content.decode()) == (asked, True)


def test_the_figures_count_what_one_sees_and_open_their_rows(town: Town, hat: Hat) -> None:
    promise = cases.made(town)
    day, last = date(2026, 11, 20), date(2025, 6, 1)
    copies(promise, [PromiseState.KEPT, PromiseState.LAPSED, PromiseState.RELEASED, PromiseState.DRAFT])
    copies(promise, [PromiseState.KEPT], made_on=last, closed_on=date(2025, 9, 1))
    copies(promise, [PromiseState.CLAIMED], made_on=last)
    found = queries.figures(town.office, day)
    assert (found.made, found.kept, found.lapsed, found.claimed, found.overdue, found.carried) == (
        5, 2, 1, 1, 1, 1,
    )  # fmt: skip
    assert [
        found.share(found.kept_now, found.made_now),
        found.share(found.kept_before, found.made_before),
    ] == [
        "33.3",
        "50.0",
    ]
    for wanted, count in (
        ({"state": "made"}, found.made),
        ({"state": "made", "year": "2026"}, found.made_now),
        ({"state": "kept"}, found.kept),
        ({"state": "overdue"}, found.overdue),
        ({"carried": "2026"}, found.carried),
    ):
        assert queries.on_ledger(town.office, wanted, day).count() == count
    assert queries.figures(town.foreign_office, day).made == 0


@pytest.mark.parametrize("who", ["alice", "office", "member", "housing_officer", "dispatcher"])
def test_the_page_of_a_promise_shows_its_three_parties(town: Town, hat: Hat, who: str) -> None:
    promise = cases.agree(town.alice, cases.claimed(town))
    page = hat(town.actors[who]).get(reverse("oversight:promise", args=[promise.pk])).content.decode()
    assert [
        word in page for word in (WHAT, "三方认定", "安立夏", "看过，属实", "市人大城环委", "未表明意见")
    ] == [True] * 6


def test_the_words_that_settle_a_claim_stand_once_above_and_once_on_the_timeline(
    town: Town, hat: Hat
) -> None:
    promise = cases.claimed(town)
    cases.agree(town.alice, promise)
    actions.agree_delivery(town.member, cases.again(promise), at=moment(cases.FOUND), words="电梯也开通了")
    page = hat(town.office).get(reverse("oversight:promise", args=[promise.pk])).content.decode()
    above, timeline = page.split('id="timeline"')
    assert [above.count("电梯也开通了"), timeline.count("电梯也开通了")] == [1, 1]
    assert "认定兑现" in timeline


def test_a_masked_author_is_named_on_no_page_of_a_promise(town: Town, hat: Hat) -> None:
    promise = cases.claimed(town)
    Suggestion.objects.filter(pk=promise.suggestion_id).update(is_masked=True)
    cases.doubt(town.alice, cases.agree(town.member, promise))
    url = reverse("oversight:promise", args=[promise.pk])
    assert [
        "安立夏" in hat(town.actors[who]).get(url).content.decode() for who in ("housing_officer", "office")
    ] == [
        False,
        True,
    ]


def test_a_claim_is_found_on_through_pages_and_leads_back_to_its_page(town: Town, hat: Hat) -> None:
    promise = cases.claimed(town)
    home = reverse("oversight:promise", args=[promise.pk])
    agree = reverse("oversight:agree_delivery", args=[promise.pk])
    assert hat(town.alice).get(agree).status_code == 200
    answer = hat(town.alice).post(agree, {"words": "看过"})
    assert (answer.status_code, answer["Location"]) == (302, home)
    doubt = reverse("oversight:doubt_delivery", args=[promise.pk])
    assert hat(town.member).post(doubt, {}).status_code == 422
    assert hat(town.member).post(doubt, {"words": "电梯未开通"}).status_code == 302
    check = {
        "held_on": "2026-07-02",
        "place": "大桥东侧",
        "attended": "韩澄",
        "found": "已开放",
        "verdict": "done",
    }
    url = reverse("oversight:check_site", args=[promise.pk])
    assert hat(town.office).post(url, check).status_code == 302
    assert Promise.objects.get(pk=promise.pk).state == PromiseState.KEPT
    assert hat(town.foreign_office).get(home).status_code == 404


def test_the_units_own_steps_lead_back_to_the_page_of_the_promise(town: Town, hat: Hat) -> None:
    promise = cases.made(town)
    Promise.objects.update(due_on=date(2099, 10, 31))
    home = reverse("oversight:promise", args=[promise.pk])
    page = hat(town.housing_officer).get(home).content.decode()
    url = reverse("suggestions:claim_promise", args=[promise.pk])
    assert f"{url}?next=" in page
    answer = hat(town.housing_officer).post(f"{url}?next={home}", {"proof": "已完成"})
    assert answer["Location"] == home


def test_statements_are_asked_given_and_received_through_pages(town: Town, hat: Hat) -> None:
    promise = cases.made(town)
    Promise.objects.update(made_on=moment().date())
    listed = reverse("oversight:statements")
    assert hat(town.member).post(listed, {"year": "2026"}).status_code == 403
    Promise.objects.update(made_on=date.today())
    year = str(date.today().year)
    assert hat(town.office).post(listed, {"year": year}).status_code == 302
    row = queries.statements_visible_to(town.office).get()
    unit = hat(town.housing_officer)
    page = unit.get(reverse("oversight:give_statement", args=[row.pk])).content.decode()
    assert WHAT in page
    posted = {"lines-0-promise": promise.pk, "lines-0-words": "桥面贯通"}
    give = reverse("oversight:give_statement", args=[row.pk])
    assert unit.post(give, posted)["Location"] == row.get_absolute_url()
    receipt = row.receipts.get()
    assert "acknowledge" in hat(town.alice).get(row.get_absolute_url()).content.decode()
    hat(town.alice).post(reverse("oversight:acknowledge", args=[receipt.pk]), {})
    for who in ("office", "housing_officer", "alice"):
        client = hat(town.actors[who])
        assert "桥面贯通" in client.get(row.get_absolute_url()).content.decode()
        assert "市住建局" in client.get(listed).content.decode()
    assert hat(town.bob).get(row.get_absolute_url()).status_code == 404


def caller(actor: Actor) -> dict[str, str]:
    _row, secret = people.issue_token(actor, name="测试", scope=Scope.WRITE, at=moment())
    return {"Authorization": f"Bearer {secret}"}


def test_the_ledger_and_the_statements_are_read_and_asked_through_the_api(town: Town, client: Client) -> None:
    promise = cases.claimed(town)
    office, alice = caller(town.office), caller(town.alice)
    [row] = client.get("/api/v1/promises?state=claimed", headers=office).json()
    assert (row["what"], row["lamp"], row["unit"]) == (WHAT, "claimed", "市住建局")
    answer = client.post(
        f"/api/v1/promises/{promise.pk}/steps/agree_delivery", {}, "application/json", headers=alice
    )
    assert (answer.status_code, Finding.objects.count()) == (200, 1)
    Promise.objects.update(made_on=date.today())
    year = {"year": str(date.today().year)}
    made = client.post("/api/v1/statements", year, "application/json", headers=office)
    assert (made.status_code, [row["state"] for row in made.json()]) == (201, ["asked"])
    assert len(client.get("/api/v1/statements", headers=office).json()) == 1
    refused = client.post("/api/v1/statements", year, "application/json", headers=alice)
    assert refused.status_code == 403
