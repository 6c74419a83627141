"""The pages of supervision, each once per kind of reader; ledgers under a literal count; papers; the same through the API."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests import cases
from tests.oversight import programmes_cases as made
from tests.town import Town, moment
from tibandu.base.files import Stored
from tibandu.oversight.actions.cases import enclose
from tibandu.oversight.enums import InstrumentKind, ProgrammeState
from tibandu.oversight.models import Enclosure, Programme
from tibandu.people import actions as people
from tibandu.people.enums import Scope
from tibandu.suggestions.models import Suggestion

Hat = Callable[..., Client]


def url(name: str, *args: object) -> str:
    return reverse(f"oversight:{name}", args=args)


@pytest.fixture
def case(town: Town) -> Suggestion:
    """One suggestion that everything in a test is about."""
    return cases.assigned(town)


def test_the_way_in_counts_and_opens_what_there_is(
    town: Town, hat: Hat, case: Suggestion, django_assert_max_num_queries: Any
) -> None:
    made.under_way(town, case)
    made.nominated(town, case, title="另一题目")
    browser = hat(town.office)
    with django_assert_max_num_queries(6):
        page = browser.get(url("index"))
    counts = {
        (group["title"], figure["label"]): figure["value"]
        for group in page.context["groups"]
        for figure in group["figures"]
    }
    assert (counts["督办项目", "重点督办"], counts["督办项目", "推荐待研究"]) == (1, 1)
    for group in page.context["groups"]:
        for figure in group["figures"]:
            rows = browser.get(figure["url"]).context["ledger"]["rows"]
            assert len(rows) == figure["value"], figure


def test_a_programme_shows_each_reader_its_part(town: Town, hat: Hat, case: Suggestion) -> None:
    programme = made.owing(town, case)
    made.settle(town, programme)
    seen = {}
    for name in ("office", "housing_officer", "alice", "dispatcher", "police_officer", "foreign_office"):
        seen[name] = hat(town.actors[name]).get(url("programme", programme.pk))
    assert [page.status_code for page in seen.values()] == [200, 200, 200, 200, 404, 404]
    for name in ("office", "housing_officer", "alice"):
        text = seen[name].content.decode()
        for words in ("何岳（常委会主任）", "第四十六次主任会议", "盲道已补设", case.number_text, "反馈"):
            assert words in text, (name, words)
    assert "推荐督办项目" in seen["office"].content.decode()
    assert "推荐督办项目" not in seen["alice"].content.decode()


def test_steps_are_taken_on_their_pages(town: Town, hat: Hat, case: Suggestion) -> None:
    browser = hat(town.member)
    given = {
        "kind": "key",
        "year": 2026,
        "title": "过街设施",
        "reason": "难",
        "suggestions": case.number_text,
    }
    address = url("nominate_programme")
    assert browser.get(address + f"?suggestions={case.number_text}").status_code == 200
    wrong = browser.post(address, given | {"committee": town.units["committee"].pk, "suggestions": "无此号"})
    assert "没有找到编号：无此号" in wrong.content.decode()
    browser.post(address, given | {"committee": town.units["committee"].pk})
    programme = Programme.objects.get()
    score = browser.get(url("score_programme", programme.pk))
    assert score.content.decode().count("事关全局（30）") >= 1
    marks = {}
    for number, code in enumerate(("whole", "concern", "hard", "agenda")):
        marks |= {f"marks-{number}-criterion": code, f"marks-{number}-points": 15}
    browser.post(url("score_programme", programme.pk), marks)
    browser = hat(town.chairpersons)
    assert "60" in browser.get(url("programme", programme.pk)).content.decode()
    decision = {"meeting": "主任会议", "decided_on": "2026-03-02", "decision": "列入"}
    assert browser.post(url("decide_programme", programme.pk), decision).status_code == 302
    for verb in ("name_capacities", "plan_programme"):
        assert browser.get(url(verb, programme.pk)).status_code == 200
    plan = {"steps-0-what": "察看", "steps-0-due_on": "2026-04-01"}
    browser.post(url("plan_programme", programme.pk), plan)
    programme.refresh_from_db()
    assert programme.state == ProgrammeState.UNDER_WAY
    for verb in ("record_coordination", "hand_over_point", "record_face_reply", "report_result"):
        assert browser.get(url(verb, programme.pk)).status_code == 200, verb


def test_instruments_are_shown_and_printed(town: Town, hat: Hat, case: Suggestion) -> None:
    tools = [made.ordered(town, kind) for kind in InstrumentKind if kind != InstrumentKind.LOOK_BACK]
    tools.append(made.ordered(town, InstrumentKind.LOOK_BACK, units=[], suggestions=[case]))
    for name, tool in [("office", tool) for tool in tools] + [("housing_officer", tools[-1])]:
        browser = hat(town.actors[name])
        assert tool.title in browser.get(url("instrument", tool.pk)).content.decode()
        paper = browser.get(url("instrument_paper", tool.pk))
        assert paper.content.startswith(b"%PDF"), tool
    assert hat(town.police_officer).get(url("instrument_paper", tools[0].pk)).status_code == 404
    address = tools[-1].addresses.get()
    assert "现办复类别" in hat(town.housing_officer).get(url("answer_address", address.pk)).content.decode()
    choices = hat(town.alice).get(url("order_instrument")).context["form"].fields["kind"].choices
    assert [code for code, _label in choices] == ["requested_meeting"]


def test_meetings_and_opinions_are_shown_to_those_they_name(town: Town, hat: Hat, case: Suggestion) -> None:
    meeting, opinion = made.held(town, case), made.told_back(town)
    for name in ("office", "dispatcher", "housing_officer", "alice"):
        text = hat(town.actors[name]).get(url("meeting", meeting.pk)).content.decode()
        assert "年内建成天桥一座" in text, name
        assert case.number_text in text, name
    for name in ("office", "housing_officer", "alice"):
        text = hat(town.actors[name]).get(url("opinion", opinion.pk)).content.decode()
        assert "分三步推进" in text, name
    assert hat(town.police_officer).get(url("opinion", opinion.pk)).status_code == 404
    assert hat(town.police_officer).get(url("meeting", meeting.pk)).status_code == 404
    assert hat(town.housing_officer).get(url("convene_government_meeting")).status_code == 403
    for name, verb in (("dispatcher", "convene_government_meeting"), ("office", "open_opinion")):
        assert hat(town.actors[name]).get(url(verb)).status_code == 200
    planned = made.convened(town, case)
    assert (
        "研究过街设施建设"
        in hat(town.dispatcher).get(url("hold_government_meeting", planned.pk)).content.decode()
    )


def test_beside_a_suggestion_stands_all_of_it(town: Town, hat: Hat, case: Suggestion) -> None:
    programme, meeting = made.under_way(town, case), made.held(town, case)
    browser = hat(town.alice)
    beside = reverse("web:beside", args=[case.pk])
    assert beside in browser.get(reverse("suggestions:case", args=[case.pk])).content.decode()
    whole = browser.get(beside).content.decode()
    piece = browser.get(beside, headers={"HX-Request": "true"}).content.decode()
    assert programme.title in piece
    assert meeting.title in piece
    assert "<html" not in piece
    assert piece.strip() in whole
    assert hat(town.foreign_office).get(beside).status_code == 404


def test_a_file_is_read_by_whoever_sees_its_row(town: Town, hat: Hat, case: Suggestion) -> None:
    owed = made.owing(town, case).owed.get()
    stored = Stored(sha256="0" * 64, size=1, kind="pdf", name="照片.pdf")
    enclose(town.housing_officer, "owed", owed.pk, [stored, stored], at=moment())
    file = Enclosure.objects.get()
    assert "照片.pdf" in hat(town.office).get(url("programme", owed.programme_id)).content.decode()
    assert hat(town.police_officer).get(url("enclosure", file.pk)).status_code == 404


def test_the_api_lists_begins_and_moves(town: Town, client: Client, case: Suggestion) -> None:
    def call(actor: Any, method: str, path: str, data: object = None) -> Any:
        _row, secret = people.issue_token(actor, name="测试", scope=Scope.WRITE, at=moment())
        body = {} if method == "get" else {"data": data or {}, "content_type": "application/json"}
        headers = {"Authorization": f"Bearer {secret}"}
        return getattr(client, method)(f"/api/v1/{path}", headers=headers, **body)

    given = {
        "kind": "key",
        "year": 2026,
        "title": "过街设施",
        "reason": "难",
        "suggestions": case.number_text,
    }
    begun = call(
        town.member,
        "post",
        "programmes/nominate_programme",
        given | {"committee": town.units["committee"].pk},
    )
    assert begun.status_code == 201, begun.content
    pk = begun.json()["id"]
    assert begun.json()["fields"]["suggestions"] == [case.pk]
    sheet = {"marks": made.marks(*made.WHOLE_SHEET)}
    assert call(town.office, "post", f"programmes/{pk}/steps/score_programme", sheet).status_code == 200
    decision = {"meeting": "主任会议", "decided_on": "2026-03-02", "decision": "列入"}
    path = f"programmes/{pk}/steps/decide_programme"
    assert call(town.member, "post", path, decision).status_code == 403
    assert call(town.chairpersons, "post", path, decision).json()["state"] == "fixed"
    assert [row["id"] for row in call(town.housing_officer, "get", "programmes").json()] == [pk]
    assert call(town.foreign_office, "get", "programmes").json() == []
