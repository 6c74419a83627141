"""Knows that the API takes the steps of the pages: same sight, same rights, same sentences; writes once per key."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests import cases
from tests.town import Town, moment
from tibandu.base.models import RepeatedRequest
from tibandu.people import actions as people
from tibandu.people.enums import Scope
from tibandu.people.queries import Actor
from tibandu.suggestions import actions
from tibandu.suggestions.flow import offered_steps
from tibandu.web.api import api

Call = Callable[..., Any]


@pytest.fixture
def call(client: Client) -> Call:
    """`call(actor, "post", path, data, **headers)` with a fresh token of the actor."""

    def caller(
        actor: Actor, method: str, path: str, data: object = None, *, scope: str = "write", **headers: str
    ) -> Any:
        _row, secret = people.issue_token(actor, name="测试", scope=Scope(scope), at=moment())
        send = getattr(client, method)
        body = {} if method == "get" else {"data": data or {}, "content_type": "application/json"}
        return send(f"/api/v1/{path}", headers={"Authorization": f"Bearer {secret}", **headers}, **body)

    return caller


def test_without_a_token_nothing_is_answered(client: Client, town: Town) -> None:
    assert client.get("/api/v1/suggestions").status_code == 401


def test_the_list_shows_what_the_ledger_shows(town: Town, call: Call) -> None:
    cases.registered(town, title="关于修桥的建议")
    items = call(town.office, "get", "suggestions").json()["items"]
    assert [(item["title"], item["state"]) for item in items] == [("关于修桥的建议", "registered")]
    assert call(town.foreign_office, "get", "suggestions").json()["items"] == []


def test_the_detail_offers_steps_and_says_why_one_is_refused(town: Town, call: Call) -> None:
    case = cases.assigned(town)
    detail = call(town.office, "get", f"suggestions/{case.pk}").json()
    refusals = {offer["verb"]: offer["refusal"] for offer in detail["offers"]}
    assert refusals["close"] == "还有承办单位没有答复。"
    assert refusals["urge"] is None


def test_a_deputy_writes_and_submits(town: Town, call: Call) -> None:
    text = {"title": "关于修桥的建议", "facts": "桥旧了。", "asks": [{"text": "修桥"}]}
    made = call(town.alice, "post", "suggestions", text)
    assert made.status_code == 201, made.content
    step = call(town.alice, "post", f"suggestions/{made.json()['id']}/steps/submit", {})
    assert (step.status_code, step.json()["state"]) == (200, "submitted")


def test_out_of_sight_is_404_and_not_your_step_is_403(town: Town, call: Call) -> None:
    case = cases.submitted(town)
    assert call(town.foreign_office, "post", f"suggestions/{case.pk}/steps/register", {}).status_code == 404
    assert call(town.alice, "post", f"suggestions/{case.pk}/steps/register", {}).status_code == 403


def test_a_step_from_a_state_that_has_passed_is_409(town: Town, call: Call) -> None:
    case = cases.registered(town)
    again = call(town.office, "post", f"suggestions/{case.pk}/steps/register", {"subject": town.subject.pk})
    assert (again.status_code, again.json()["refusal"]) == (
        409,
        "“立案编号”在“待审查”时办理，现在是“已立案”。",
    )


def test_a_form_that_is_wrong_is_422_with_its_fields(town: Town, call: Call) -> None:
    case = cases.submitted(town)
    answer = call(town.office, "post", f"suggestions/{case.pk}/steps/refuse", {"words": "不属于本级职权"})
    assert answer.status_code == 422
    assert "ground" in answer.json()["fields"] or "ground" in answer.content.decode()


def test_a_token_for_reading_takes_no_step(town: Town, call: Call) -> None:
    case = cases.submitted(town)
    answer = call(town.office, "post", f"suggestions/{case.pk}/steps/register", {}, scope="read")
    assert answer.status_code == 403


def test_a_repeated_write_with_the_same_key_gets_the_first_answer(town: Town, call: Call) -> None:
    case = cases.submitted(town)
    path, data = f"suggestions/{case.pk}/steps/register", {"subject": town.subject.pk}
    first = call(town.office, "post", path, data, **{"Idempotency-Key": "one"})
    second = call(town.office, "post", path, data, **{"Idempotency-Key": "one"})
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json() == second.json()
    assert RepeatedRequest.objects.count() == 1


def test_a_key_is_not_for_two_requests(town: Town, call: Call) -> None:
    one, two = cases.submitted(town), cases.submitted(town)
    data = {"subject": town.subject.pk}
    call(town.office, "post", f"suggestions/{one.pk}/steps/register", data, **{"Idempotency-Key": "one"})
    other = call(
        town.office, "post", f"suggestions/{two.pk}/steps/register", data, **{"Idempotency-Key": "one"}
    )
    assert other.status_code == 422


def test_a_misspelt_field_is_refused(town: Town, call: Call) -> None:
    case = cases.submitted(town)
    assert (
        call(town.office, "post", f"suggestions/{case.pk}/steps/register", {"subjekt": 1}).status_code == 422
    )


def test_the_document_has_a_typed_route_for_every_step() -> None:
    operations = {
        operation["operationId"]
        for path in api.get_openapi_schema()["paths"].values()
        for operation in path.values()
    }
    wanted = {f"{noun}_{step.verb}" for noun, step in offered_steps()}
    assert wanted - operations == set()


def test_every_list_of_the_document_says_what_is_in_it() -> None:
    def untyped(part: Any, place: str = "") -> list[str]:
        if isinstance(part, list):
            return [found for row in part for found in untyped(row, place)]
        if not isinstance(part, dict):
            return []
        own = [place] if part.get("type") == "array" and not part.get("items") else []
        return own + [found for key, value in part.items() for found in untyped(value, f"{place}/{key}")]

    schemas = json.loads(json.dumps(api.get_openapi_schema()["components"]["schemas"]))
    assert untyped(schemas) == []
    assert schemas["ScoreProgrammeMarksRow"]["properties"]["criterion"]["type"] == "string"


def test_a_program_finds_the_ids_its_forms_need(town: Town, call: Call) -> None:
    words = call(town.office, "get", "vocabulary").json()
    assert [word["code"] for word in words["categories"]] == ["A", "B", "C", "D"]
    assert {"id": town.units["housing"].pk, "code": "", "label": "市住建局"} in words["units"]
    assert sorted(words["grounds"]) == ["extension", "not_public", "objection", "screening", "waiver"]
    assert call(town.foreign_office, "get", "vocabulary").json()["categories"] == []


def test_a_meeting_is_planned_used_and_held(town: Town, call: Call) -> None:
    case = cases.registered(town)
    made = call(town.office, "post", "meetings", {"title": "春季交办会", "held_on": "2026-03-02"})
    assert (made.status_code, made.json()["state"]) == (201, "planned")
    meeting = made.json()["id"]
    data = {"organs": [town.government.pk], "meeting": meeting}
    assert call(town.office, "post", f"suggestions/{case.pk}/steps/assign", data).status_code == 200
    held = call(town.office, "post", f"meetings/{meeting}/steps/hold_meeting", {"minutes": "已交办一件。"})
    assert (held.status_code, held.json()["state"]) == (200, "held")
    assert call(town.foreign_office, "get", f"meetings/{meeting}").status_code == 404


def test_the_marks_of_a_rating_are_read_by_whoever_sees_it_and_by_no_handler_before_its_time(
    town: Town, call: Call
) -> None:
    case = cases.replied(town)
    rating = case.ratings.get(proposer__name="安立夏")
    marks = [{"dimension": name, "grade": "satisfied"} for name in ("attitude", "contact", "result")]
    actions.rate(town.alice, rating, at=moment(cases.SENT, 16), marks=marks, words="很好")
    seen = call(town.office, "get", f"ratings/{rating.pk}").json()["fields"]["marks"]
    assert [(mark["dimension"], mark["grade"]) for mark in seen] == [
        ("attitude", "satisfied"),
        ("contact", "satisfied"),
        ("result", "satisfied"),
    ]
    assert call(town.housing_officer, "get", f"ratings/{rating.pk}").status_code == 404


def test_a_program_finds_the_asks_to_answer_and_what_was_answered(town: Town, call: Call) -> None:
    case = cases.replied(town)
    found = call(town.alice, "get", f"suggestions/{case.pk}").json()
    asks = [ask["id"] for ask in found["fields"]["asks"]]
    assert asks == list(case.asks.order_by("number").values_list("pk", flat=True))
    assert [part["ask"] for part in found["rows"]["replies"][0]["fields"]["parts"]] == asks


def test_what_a_co_unit_wrote_to_the_lead_is_no_row_for_deputies(town: Town, call: Call) -> None:
    case = cases.handling(town, cos=["transport"])
    share = cases.share_of(town, case, "transport")
    opinion = actions.give_opinion(
        town.transport_officer, share, at=moment(cases.TALKED), text="同意", signed_by="孟通"
    )
    assert call(town.housing_officer, "get", f"opinions/{opinion.pk}").status_code == 200
    assert call(town.alice, "get", f"opinions/{opinion.pk}").status_code == 404
    assert call(town.alice, "get", f"suggestions/{case.pk}").json()["rows"]["opinions"] == []
