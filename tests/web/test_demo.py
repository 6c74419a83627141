"""Knows what a demo is: built once, only in an empty place, alike every time, with a token for every persona."""

from datetime import date
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from tests.town import Town
from tibandu.base import journal
from tibandu.base.models import Installation
from tibandu.suggestions.models import Suggestion
from tibandu.web.demo import building, topics, year

TODAY = date(2026, 11, 20)
FIELDS = ["congress", "desk", "hat", "name", "rank", "title", "token"]
DESKS = ["admin", "committee", "deputy", "deputy_work", "dispatch", "handling", "presidium"]


@pytest.fixture
def demo(settings: Any) -> None:
    settings.DEMO = True
    settings.LOGIN_URL = "web:personas"
    settings.AUTHENTICATION_BACKENDS = [*settings.AUTHENTICATION_BACKENDS, "tibandu.web.signin.DemoBackend"]


@pytest.mark.django_db
def test_a_small_demo_is_built_its_journal_holds_and_its_personas_work(demo: None) -> None:
    client = Client(SERVER_NAME="127.0.0.1")  # personas are let in on this machine only
    building.build(TODAY, "small")
    assert building.is_complete()
    assert list(journal.verify()) == []
    personas = client.get(reverse("web:demo_personas")).json()["personas"]
    assert sorted(personas[0]) == FIELDS
    assert len({row["hat"] for row in personas}) == len(personas)
    assert sorted({row["desk"] for row in personas}) == DESKS
    for desk in DESKS:
        token = next(row["token"] for row in personas if row["desk"] == desk)
        answer = client.get("/api/v1/suggestions", headers={"Authorization": f"Bearer {token}"})
        assert (desk, answer.status_code) == (desk, 200)
    page = client.get(reverse("web:troubles")).content.decode()
    assert page.count("<tr id=") == len(building.FEW)
    _enter_by_one_click(client)


def _enter_by_one_click(client: Client) -> None:
    """The button of a row signs in as that persona and opens the case."""
    case = Suggestion.objects.filter(state="closed", congress__slug="city").first()
    assert case is not None
    hat = f"seat:{case.proposers.get(is_lead=True).seat_id}"
    url = reverse("suggestions:case", args=[case.pk])
    answer = client.post(reverse("web:personas"), {"persona": hat, "next": url}, follow=True)
    assert answer.redirect_chain == [(url, 302)]
    assert answer.status_code == 200


@pytest.mark.parametrize("name", ["web:troubles", "web:demo_personas"])
def test_outside_a_demo_these_pages_are_not_there(client: Client, town: Town, name: str) -> None:
    assert client.get(reverse(name)).status_code == 404


def test_a_demo_is_not_built_where_real_data_is(town: Town) -> None:
    with pytest.raises(CommandError, match="正式数据"):
        call_command("demo", "--no-serve")
    assert not building.is_demo()


@pytest.mark.django_db
def test_a_building_that_was_broken_off_is_not_complete() -> None:
    Installation.objects.update_or_create(pk=1, defaults={"is_demo": True})
    assert building.is_demo()
    assert not building.is_complete()


def test_there_are_sixty_matters_and_each_answers_every_ask() -> None:
    plain = topics.ordinary()
    assert len(plain) == len({source["key"] for source in plain})
    assert len(plain) >= 60
    assert [source["key"] for source in plain if len(source["done"]) != len(source["asks"])] == []
    assert [source["key"] for source in plain if not 2 <= len(source["asks"]) <= 4] == []


def test_a_session_never_hears_the_same_title_twice() -> None:
    found = [row.title for row in year.matters(range(4))]
    assert len(found) == len(set(found))


def test_the_figures_of_a_session_add_up() -> None:
    assert year.RECEIVED - year.RETURNED - year.MERGED == 152
    assert len(year.unfit()) == year.RETURNED


def test_five_units_hold_half_of_the_load_and_a_case_has_two_and_a_half_units() -> None:
    load: dict[str, int] = {}
    cases = list(year.matters(range(4)))[:152]
    for number, found in enumerate(cases):
        for key, _role, _part in year.shares_of(found, year.Draw(number)):
            load[key] = load.get(key, 0) + 1
    busiest = sorted(load.values(), reverse=True)[:5]
    assert 0.45 < sum(busiest) / sum(load.values()) < 0.6
    assert 2.4 < sum(load.values()) / len(cases) < 2.8
