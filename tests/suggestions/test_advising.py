"""Which units the pages, the API and the command propose, with duty, past cases and rulings; a tap fills the form."""

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.cases import assigned, handed_over, registered
from tests.suggestions.test_disputing import objected
from tests.town import Town, moment
from tibandu.people import actions as people
from tibandu.people.enums import Scope
from tibandu.people.models import Unit
from tibandu.people.queries import units_in_being
from tibandu.suggestions import actions
from tibandu.suggestions.enums import Role
from tibandu.suggestions.models import Handover, Suggestion
from tibandu.suggestions.queries import advising
from tibandu.suggestions.queries.advising import Advised, advice_on

Hat = Callable[..., Client]
ROAD = {
    "title": "关于硬化石门通村公路的建议",
    "facts": "石门片区三个村的通村公路还是砂石路，雨天塌方断行。",
    "analysis": "村道等级低，养护没有着落。",
    "asks": ("硬化石门通村公路六公里",),
    "cosigners": (),
}
LIKE_IT = ROAD | {"title": "关于拓宽石门片区农村公路的建议"}


@pytest.fixture(autouse=True)
def nothing_learned() -> Iterator[None]:
    advising.forget()
    yield
    advising.forget()


def advised(town: Town, suggestion: Suggestion) -> list[Advised]:
    return advice_on(town.office, suggestion, units_in_being(town.congress.pk, date(2026, 3, 2)))


def test_the_unit_of_the_duty_leads_and_its_past_case_stands_beside(town: Town) -> None:
    before = assigned(town, lead="transport", **LIKE_IT)
    lead = advised(town, registered(town, **ROAD))[0]
    assert (lead.unit, lead.role) == (town.units["transport"], Role.LEAD)
    assert "公路" in lead.proposal.clause.text
    assert [past.suggestion for past in lead.past] == [before]
    assert lead.percent > 50


def test_a_unit_that_is_no_more_is_not_proposed(town: Town) -> None:
    Unit.objects.filter(pk=town.units["transport"].pk).update(valid_until=date(2026, 3, 1))
    assert town.units["transport"] not in [item.unit for item in advised(town, registered(town, **ROAD))]


def test_a_classified_stub_gets_no_advice(town: Town) -> None:
    assert advised(town, Suggestion(congress=town.congress, is_classified=True)) == []


def test_a_town_that_the_text_names_is_proposed_beside(town: Town) -> None:
    named = Unit.objects.create(organ=town.government, name="石门镇人民政府", short_name="石门镇")
    found = advised(town, registered(town, **ROAD | {"facts": "石门镇的通村公路雨天断行。"}))
    assert [(item.unit, item.role, item.is_named) for item in found if item.proposal is None] == [
        (named, Role.CO, True)
    ]


@pytest.mark.parametrize("verdict", ["uphold", "reject"])
def test_a_ruling_becomes_a_precedent(town: Town, verdict: str) -> None:
    before = assigned(town, lead="housing", **LIKE_IT)
    objection = objected(town, before)
    ruled: dict[str, Any] = {"words": "按职责办理。"}
    if verdict == "uphold":
        ruled |= {"unit": town.units["transport"], "role": Role.LEAD}
    getattr(actions, verdict)(town.dispatcher, objection, at=moment(date(2026, 3, 3)), **ruled)
    lead = advised(town, registered(town, **ROAD))[0]
    assert lead.unit == town.units["transport"]
    [past] = lead.past
    assert [(one.pk, one.clause, one.proposed_unit) for one in past.rulings] == [
        (objection.pk, "三定规定第四条", town.units["transport"])
    ]
    kind = "transport" if verdict == "uphold" else "housing_construction"
    learned = advising._memories[town.congress.pk].learned
    assert {code: n for code, n in learned.cases.items() if n} == {kind: 1}


def test_what_one_sees_not_is_no_past_case(town: Town) -> None:
    case = handed_over(town, **ROAD)
    other = registered(town, **LIKE_IT)
    court = [{"unit": town.units["court_office"], "role": Role.LEAD, "part": "", "asks": []}]
    actions.assign(town.office, other, at=moment(date(2026, 3, 2)), organs=[town.court], units=court)
    units = Unit.objects.filter(pk=town.units["court_office"].pk)
    assert [past.suggestion for past in advice_on(town.office, case, units)[0].past] == [other]
    assert advice_on(town.dispatcher, case, units)[0].past == []


def test_the_page_shows_the_advice_and_a_link_fills_the_form(town: Town, hat: Hat) -> None:
    case = handed_over(town, **ROAD)
    client = hat(town.dispatcher)
    url = reverse("suggestions:distribute", args=[Handover.objects.get(suggestion=case).pk])
    page = client.get(url)
    transport, police = town.units["transport"], town.units["police"]
    assert f'href="{url}?unit={transport.pk}"' in page.content.decode()
    assert "主管公路" in page.content.decode()
    filled = client.get(f"{url}?unit={transport.pk}&unit={police.pk}&unit=x&unit=99999999999&unit=7777")
    assert filled.context["form"].initial["shares"] == [
        {"unit": transport.pk, "role": Role.LEAD},
        {"unit": police.pk, "role": Role.CO},
    ]
    assert f'<option value="{transport.pk}" selected>' in filled.content.decode()
    refused = client.post(url, {})
    assert refused.status_code == 422
    assert 'id="advice"' in refused.content.decode()


def test_who_assigns_is_led_to_the_organ(town: Town, hat: Hat) -> None:
    case = registered(town, **ROAD)
    url = reverse("suggestions:assign", args=[case.pk])
    filled = hat(town.office).get(f"{url}?unit={town.units['court_office'].pk}").context["form"]
    assert filled.initial["organs"] == [town.court]
    assert filled.initial["units"] == [{"unit": town.units["court_office"].pk, "role": Role.LEAD}]
    led = hat(town.office).get(f"{url}?unit={town.units['transport'].pk}").context["form"]
    assert (led.initial["organs"], "units" in led.initial) == ([town.government], False)


def test_more_past_cases_cost_no_more_queries(town: Town) -> None:
    case = registered(town, **ROAD)
    counts = []
    for n in (1, 2):
        for k in range(n):
            assigned(town, lead="transport", **LIKE_IT | {"title": f"关于拓宽石门第{n}{k}段农村公路的建议"})
        with CaptureQueriesContext(connection) as queries:
            found = advised(town, case)
        assert len(found[0].past) == (1, 3)[n - 1]
        counts.append(len([q for q in queries if "_tokens" not in q["sql"] and "MATCH" not in q["sql"]]))
    assert counts[0] == counts[1]


def test_the_api_answers_those_who_assign_and_distribute(town: Town, client: Client) -> None:
    case = handed_over(town, **ROAD)
    path = f"/api/v1/suggestions/{case.pk}/advice"

    def asked(actor: Any) -> Any:
        _row, secret = people.issue_token(actor, name="测试", scope=Scope.READ, at=moment())
        return client.get(path, headers={"Authorization": f"Bearer {secret}"})

    for actor in (town.office, town.dispatcher):
        first = asked(actor).json()[0]
        assert (first["unit"], first["role"]) == (town.units["transport"].pk, "lead")
        assert "《公路法》第八条" in first["source"]
    assert asked(town.alice).status_code == 403
    assert asked(town.housing_chief).status_code == 404


def test_the_command_answers_line_by_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "texts.jsonl"
    rows = [{"title": ROAD["title"], "body": ROAD["facts"]}, {"title": "关于增加小学学位的建议"}]
    file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n\n", "utf-8")
    call_command("advise", str(file), "--json", "--top", "3")
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [answer["ranked"][0]["unit_kind"] for answer in answers] == ["transport", "education"]
    assert [len(answer["ranked"]) for answer in answers] == [3, 3]
    assert "《公路法》第八条" in answers[0]["ranked"][0]["reason"]
    call_command("advise", str(file))
    assert "交通运输部门：" in capsys.readouterr().out
    file.write_text('{"name": 1}', "utf-8")
    with pytest.raises(CommandError, match="第1行"):
        call_command("advise", str(file))
    with pytest.raises(CommandError, match="没有这个文件"):
        call_command("advise", str(tmp_path / "none.jsonl"))
