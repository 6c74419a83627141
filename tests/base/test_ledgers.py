"""Knows that one maker answers every ledger: filters, chips, columns, pages, and the same rows as sheet and print."""

import io
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from django import forms
from django.test import Client
from django.urls import include, path
from python_calamine import CalamineWorkbook

from tests.town import Town
from tibandu.base.columns import Column
from tibandu.base.filters import ANY, FilterForm
from tibandu.base.ledgers import PAGE, Asked, Ledger, addresses

Wear = Callable[..., Client]
COLOURS = [("red", "红"), ("blue", "蓝")]
LOOKED: list[str] = []


class Thing(NamedTuple):
    pk: int
    name: str
    colour: str


THINGS = [Thing(n, f"<物>{n}", "red" if n % 3 else "blue") for n in range(PAGE * 2 + 20)]


def _sizes(_actor: Any, _today: Any) -> list[tuple[str, str]]:
    LOOKED.append("sizes")
    return [("big", "大")]


class ThingsForm(FilterForm):
    OFFERED = {"size": _sizes}

    colour = forms.ChoiceField(label="颜色", required=False, choices=[*ANY, *COLOURS])
    size = forms.ChoiceField(label="大小", required=False)


def _rows(asked: Asked, start: int, stop: int) -> list[Thing]:
    found = [row for row in THINGS if row.colour == asked.wanted.get("colour", row.colour)]
    return (found[::-1] if asked.sort == "-number" else found)[start:stop]


LEDGER = Ledger(
    "things:things",
    "物品",
    lambda asked: [
        Column("number", "编号", lambda row: row.pk, kind="number", sort="number"),
        Column("name", "名称", lambda row: row.name),
        Column("colour", "颜色", lambda row: dict(COLOURS)[row.colour], default=False),
    ],
    _rows,
    "还没有物品",
    form=ThingsForm,
    opens=lambda actor: not actor.is_deputy,
    begins=lambda actor: [("添加", "/new/")],
    ways=(("工作台", "web:desk"),),
)
urlpatterns = [
    path("", include((addresses("things/", LEDGER), "things"))),
    path("", include("tibandu.web.urls")),
]
pytestmark = pytest.mark.urls(__name__)


def shown(client: Client, query: str = "") -> dict[str, Any]:
    ledger: dict[str, Any] = client.get(f"/things/{query}").context["ledger"]
    return ledger


def keys(ledger: dict[str, Any]) -> list[int]:
    return [row.pk for row in ledger["rows"]]


def test_a_page_holds_fifty_and_leads_on_and_back(town: Town, hat: Wear) -> None:
    client = hat(town.office)
    first = shown(client)
    assert (keys(first)[0], len(first["rows"]), first["previous_url"]) == (0, PAGE, "")
    second = shown(client, first["next_url"])
    last = shown(client, second["next_url"])
    assert (keys(second)[0], keys(last)[0], len(last["rows"])) == (PAGE, 2 * PAGE, 20)
    assert (last["next_url"], second["previous_url"]) == ("", "?start=0")
    assert [str(label) for label, _n in (*first["totals"], *last["totals"])] == ["本页", "本页"]
    assert shown(client, "?start=99999999999")["rows"] == []


def test_filters_stand_as_chips_that_can_be_taken_away(town: Town, hat: Wear) -> None:
    client = hat(town.office)
    found = shown(client, "?colour=blue&start=0&c=name")
    assert {row.colour for row in found["rows"]} == {"blue"}
    assert found["filters"] == [("颜色", "蓝", "?c=name")]
    assert shown(client, "?colour=green&size=huge")["filters"] == []  # means nothing here, so it is dropped
    assert [(str(label), value) for label, value in found["totals"]] == [("共", 40)]


def test_choices_are_read_only_for_whoever_looks_at_the_form_or_asks_by_them(town: Town, hat: Wear) -> None:
    client = hat(town.office)
    LOOKED.clear()
    assert shown(client)["filter_form"] is None
    shown(client, "?colour=red")
    assert LOOKED == []
    assert list(shown(client, "?filter=1")["filter_form"].fields) == ["colour", "size"]
    assert shown(client, "?size=big")["filters"] == [("大小", "大", "?")]
    assert LOOKED == ["sizes"] * 2


def test_sheet_and_print_hold_all_rows_of_the_page_s_filters_columns_and_order(town: Town, hat: Wear) -> None:
    client, query = hat(town.office), "?colour=blue&c=number&c=colour&sort=-number"
    ledger = shown(client, query)
    sheet = client.get(ledger["export_url"])
    table = CalamineWorkbook.from_filelike(io.BytesIO(sheet.content)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in table[-40:]] == keys(ledger)
    assert [row[1] for row in table[-40:]] == ["蓝"] * 40
    assert 'filename="things-' in sheet["Content-Disposition"]
    paper = client.get(ledger["print_url"]).content.decode()
    assert ("共 40 条" in paper, "颜色：蓝" in paper, paper.count("<tr data-row")) == (True, True, 40)
    assert [words in paper for words in (">117<", ">名称<")] == [True, False]


def test_columns_once_chosen_are_kept_for_this_ledger(town: Town, hat: Wear) -> None:
    client = hat(town.office)
    client.get("/things/?c=colour&c=nothing&c=number")
    assert client.cookies[LEDGER.cookie].value == "number colour"
    assert client.cookies[LEDGER.cookie]["path"] == "/things/"
    assert "名称" not in shown(client)["head"]
    assert "名称" in shown(client, "?c=name")["head"]


def test_a_head_orders_and_a_text_is_only_text(town: Town, hat: Wear) -> None:
    ledger = shown(hat(town.office), "?sort=-number&colour=red")
    assert 'aria-sort="descending"' in ledger["head"]
    assert "?colour=red&amp;sort=number" in ledger["head"]
    assert keys(ledger)[0] == 119
    assert "&lt;物&gt;119" in ledger["body"]


def test_the_page_leads_to_what_may_be_begun_and_elsewhere(town: Town, hat: Wear) -> None:
    page = hat(town.office).get("/things/?colour=red")
    text = page.content.decode()
    assert [words in text for words in ('href="/new/"', 'href="/desk/"', "<h1>物品</h1>")] == [True] * 3
    assert page.context["ledger"]["empty"] is None
    assert shown(hat(town.office))["empty"] == "还没有物品"


def test_a_ledger_that_is_not_for_a_reader_is_not_there(town: Town, hat: Wear) -> None:
    client = hat(town.alice)
    assert [client.get(f"/things/{form}").status_code for form in ("", "export.xlsx", "print/")] == [404] * 3
