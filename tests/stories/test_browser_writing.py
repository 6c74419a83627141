"""Writing in a real browser when things go wrong: no connection, two windows on one draft, hands that never leave the keys."""

import pytest
from playwright.sync_api import Page

from tests import cases
from tests.stories.browser import People
from tibandu.suggestions.models import Suggestion

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def saved(page: Page) -> None:
    page.locator("[data-saved][data-kind=saved]").wait_for()


def test_what_is_typed_without_a_connection_is_there_afterwards(people: People) -> None:
    draft = cases.draft(people.town)
    phone = people.at("alice", phone=True).go(f"/suggestions/{draft.pk}/edit/")
    phone.page.context.set_offline(True)
    phone.fill(facts="断线时写下的情况。")
    phone.page.locator("[data-saved][data-kind=local]").wait_for()
    phone.page.context.set_offline(False)
    phone.page.reload()
    assert phone.page.locator("[name=facts]").input_value() == "断线时写下的情况。"
    saved(phone.page)
    assert Suggestion.objects.get(pk=draft.pk).facts == "断线时写下的情况。"


def test_two_windows_do_not_overwrite_each_other_in_silence(people: People) -> None:
    draft = cases.draft(people.town)
    one = people.at("alice").go(f"/suggestions/{draft.pk}/edit/")
    other = people.at("alice", phone=True).go(f"/suggestions/{draft.pk}/edit/")
    one.fill(analysis="先写的分析。")
    saved(one.page)
    other.fill(analysis="后写的分析。")
    other.page.locator("[data-saved][data-kind=conflict]").wait_for()
    assert Suggestion.objects.get(pk=draft.pk).analysis == "先写的分析。"
    other.page.locator("form#draft").get_by_role("button", name="以此处为准").click()
    saved(other.page)
    assert Suggestion.objects.get(pk=draft.pk).analysis == "后写的分析。"


def test_the_ledger_is_worked_by_keys_alone(people: People) -> None:
    for title in ("关于修桥的建议", "关于修路的建议"):
        cases.registered(people.town, cosigners=(), title=title)
    page = people.at("office").go("/suggestions/").page
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert page.locator("[data-row].is-here").get_by_role("link").first.inner_text() == "关于修桥的建议"
    assert page.locator("[data-pick]:checked").count() == 1
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="关于修路的建议").wait_for()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
