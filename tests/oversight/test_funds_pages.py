"""The pages, spreadsheets and routes of earmarked money: who is shown what, at which cost."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.oversight import funds_cases as money
from tests.town import Town, moment
from tibandu.oversight import actions
from tibandu.oversight.models import Fund, Project
from tibandu.oversight.queries import funds as queries
from tibandu.people import actions as people
from tibandu.people.enums import Scope

Hat = Callable[..., Client]


def seen(town: Town, *names: str) -> dict[str, list[str]]:
    return {
        name: sorted(queries.projects_visible_to(town.actors[name]).values_list("title", flat=True))
        for name in names
    }


def test_who_sees_which_project(town: Town) -> None:
    fund = money.opened(town)
    money.nominated(town, fund, money.of_case(town), title="甲")
    money.nominated(town, fund, title="乙", unit=town.units["transport"])
    money.approved(town, fund, title="丙")
    assert seen(
        town, "office", "member", "finance_chief", "alice", "chen", "housing_officer", "transport_chief",
        "police_chief", "dispatcher", "foreign_office", "foreign_deputy",
    ) == {
        "office": ["丙", "乙", "甲"],
        "member": ["丙", "乙", "甲"],
        "finance_chief": ["丙", "乙", "甲"],
        "alice": ["丙", "甲"],
        "chen": ["丙"],
        "housing_officer": ["丙", "甲"],
        "transport_chief": ["乙"],
        "police_chief": [],
        "dispatcher": ["丙", "乙", "甲"],
        "foreign_office": [],
        "foreign_deputy": [],
    }  # fmt: skip
    funds = {name: queries.funds_visible_to(town.actors[name]).count() for name in ("chen", "police_chief")}
    assert funds == {"chen": 1, "police_chief": 0}


def test_beside_a_suggestion_stands_its_project(town: Town) -> None:
    fund, suggestion = money.opened(town), money.of_case(town)
    project = money.nominated(town, fund, suggestion)
    assert queries.beside(town.alice, suggestion) == [
        ("资金项目", str(project), project.get_absolute_url(), "候选", "draft")
    ]
    assert queries.beside(town.chen, suggestion) == []


PAGES = ("funds", "projects", "funds_export", "projects_export")


@pytest.mark.parametrize(
    "who", ["office", "finance_chief", "member", "chairpersons", "alice", "housing_officer"]
)
def test_the_pages_open_for_every_kind_of_reader(town: Town, hat: Hat, who: str) -> None:
    project = money.accepted(town, money.opened(town), money.of_case(town))
    pay = {"at": moment(money.LOOKED), "amount": 100, "payee": "市政公司", "words": "工程款"}
    actions.ask_payment(town.housing_officer, project, **pay)
    elsewhere = {"source": "department", "what": "部门预算", "amount": 300_000_000, "paid_on": money.DONE}
    actions.record_investment(town.housing_officer, project, at=moment(money.LOOKED), **elsewhere)
    actions.review_project(town.finance_chief, project, at=moment(money.LOOKED), score=90, words="合规")
    client = hat(town.actors[who])
    answers = [client.get(reverse(f"oversight:{name}")) for name in PAGES]
    assert [answer.status_code for answer in answers] == [200] * 4
    assert answers[3].content[:2] == b"PK"
    page = client.get(project.get_absolute_url()).content.decode()
    for words in (
        "大桥东侧路口行人等待区",
        "400,000.00",
        "3,000,000.00",
        "市政公司",
        "平均 85 分",
        "已经启用",
        "90 分",
    ):
        assert words in page
    page = client.get(Fund.objects.get().get_absolute_url()).content.decode()
    assert ("4,600,000.00 元" in page, "兴财建〔2026〕11号" in page) == (True, True)


def test_another_congress_finds_nothing(town: Town, hat: Hat) -> None:
    project = money.nominated(town, money.opened(town))
    client = hat(town.foreign_office)
    urls = [project.get_absolute_url(), project.fund.get_absolute_url()]
    urls += [reverse("oversight:argue_project", args=[project.pk]), reverse("oversight:allot", args=[1])]
    assert [client.get(url).status_code for url in urls] == [404] * 4
    assert client.get(reverse("oversight:open_fund")).status_code == 403


def test_the_ledger_is_filtered_in_its_address(town: Town, hat: Hat) -> None:
    fund = money.opened(town)
    money.approved(town, fund)
    client, url = hat(town.office), reverse("oversight:projects")
    unit = town.units["housing"].pk
    asked = (f"?fund={fund.pk}", f"?unit={unit}", "?state=chosen", "?state=candidate", "?source=fund", "?year=2025",
             "?source=social", "?filter=1")  # fmt: skip
    found = ["大桥东侧路口行人等待区" in client.get(url + query).content.decode() for query in asked]
    assert found == [True, True, True, False, True, False, False, True]


def test_money_is_typed_in_yuan_and_kept_in_fen(town: Town, hat: Hat) -> None:
    client, suggestion = hat(town.finance_chief), money.of_case(town)
    typed = {"name": "专项", "year": 2026, "amount": "5000000.55", "cap": "", "source": "市级预算"}
    assert client.post(reverse("oversight:open_fund"), typed).status_code == 302
    fund = Fund.objects.get()
    assert (fund.balance, fund.cap) == (500_000_055, None)
    assert client.post(reverse("oversight:open_fund"), typed).status_code == 422
    client = hat(town.office)
    plan = {"unit": town.units["housing"].pk, "planned": "400000", "beneficiaries": "居民"}
    url = reverse("oversight:nominate_project", args=[fund.pk])
    assert client.get(url).status_code == 200
    assert client.post(url, plan).status_code == 422
    assert client.post(url, {**plan, "suggestion": "9-9-999"}).status_code == 422
    assert client.post(url, {**plan, "suggestion": suggestion.number_text}).status_code == 302
    project = Project.objects.get()
    assert (project.title, project.planned, project.suggestion) == (suggestion.title, 40_000_000, suggestion)


def test_every_step_of_a_project_has_a_page(town: Town, hat: Hat) -> None:
    fund = money.opened(town)
    project = money.nominated(town, fund)
    steps = (("office", "change_project"), ("member", "score_project"), ("office", "leave_out_project"))
    for who, name in steps:
        assert hat(town.actors[who]).get(reverse(f"oversight:{name}", args=[project.pk])).status_code == 200
    sheet = {"appraiser": "韩澄", "words": ""}
    for n, row in enumerate(money.marks(town)):
        sheet |= {f"marks-{n}-{key}": value for key, value in row.items()}
    client = hat(town.member)
    assert client.post(reverse("oversight:score_project", args=[project.pk]), sheet).status_code == 302
    assert project.sheets.get().total == 80
    given = money.under_way(town, fund, title="另一个")
    steps = (("finance_chief", "return_money"), ("housing_officer", "ask_payment"), ("office", "record_investment"),
             ("housing_officer", "report_project"), ("housing_officer", "ask_acceptance"))  # fmt: skip
    for who, name in steps:
        assert hat(town.actors[who]).get(reverse(f"oversight:{name}", args=[given.pk])).status_code == 200


def post(client: Client, path: str, secret: str, **data: Any) -> Any:
    headers = {"Authorization": f"Bearer {secret}"}
    return client.post(f"/api/v1/{path}", json.dumps(data), content_type="application/json", headers=headers)


def test_the_api_begins_moves_and_lists(town: Town, client: Client) -> None:
    finance, office = (
        people.issue_token(actor, name="程序", scope=Scope.WRITE, at=moment())[1]
        for actor in (town.finance_chief, town.office)
    )
    fund = {"name": "专项", "year": 2026, "amount": "5000000", "source": "市级预算", "cap": None}
    assert post(client, "funds", office, **fund).status_code == 403
    made = post(client, "funds", finance, **fund)
    assert (made.status_code, made.json()["fields"]["balance"]) == (201, 500_000_000)
    plan = {"title": "护栏", "unit": town.units["housing"].pk, "planned": "1000.50", "beneficiaries": "居民"}
    path = f"funds/{made.json()['id']}/steps/nominate_project"
    assert post(client, path, office, **plan).status_code == 200
    assert post(client, "projects", office, **plan).json()["state"] == "under_way"
    assert post(client, "projects", office, **plan | {"title": ""}).status_code == 422
    project = Project.objects.get(state="candidate")
    marks = money.marks(town)
    path = f"projects/{project.pk}/steps/score_project"
    assert post(client, path, office, appraiser="高言", marks=marks, words="").status_code == 200
    headers = {"Authorization": f"Bearer {office}"}
    rows = client.get("/api/v1/projects?state=candidate", headers=headers).json()
    assert [(row["fields"]["planned"], next(o["verb"] for o in row["offers"])) for row in rows] == [
        (100_050, "argue_project")
    ]
    assert [row["noun"] for row in client.get("/api/v1/funds", headers=headers).json()] == ["fund"]
