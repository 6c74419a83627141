"""What a deputy's page does when the network goes, and when two windows hold one draft; in a real browser."""

import os
import shutil
from collections.abc import Iterator

import pytest

from tests.town import Town, build
from tibandu.people.models import Account
from tibandu.suggestions.models import Suggestion

sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture
def window(transactional_db: None, live_server, client, settings, monkeypatch) -> Iterator:
    """A phone's browser in which Alice is signed in; `window.home` is the address of the room."""
    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}
    town: Town = build()
    client.force_login(Account.objects.get(person=town.alice.person_id))
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context(viewport={"width": 390, "height": 844})
        value = client.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": value, "url": live_server.url}])
        context.home = f"{live_server.url}/suggestions"
        yield context
        browser.close()


def saved(page) -> None:
    page.wait_for_selector("[data-saved][data-kind=saved]")


def test_what_was_typed_without_network_is_there_after_it_returns(window) -> None:
    page = window.new_page()
    page.goto(f"{window.home}/write/")
    page.fill("#id_title", "关于修桥的建议")
    saved(page)
    address = page.url
    window.set_offline(True)
    page.fill("#id_facts", "断网时写下的情况。")
    page.click("[data-repeat-add]")
    page.keyboard.type("断网时写的要求")
    page.wait_for_selector("[data-saved][data-kind=local]")
    with pytest.raises(sync_api.Error):
        page.reload()
    window.set_offline(False)
    page.goto(address)
    page.wait_for_selector("[data-saved][data-kind=restored]")
    assert page.input_value("#id_facts") == "断网时写下的情况。"
    saved(page)
    made = Suggestion.objects.get()
    assert (made.title, made.facts) == ("关于修桥的建议", "断网时写下的情况。")
    assert [ask.text for ask in made.asks.all()] == ["断网时写的要求"]


def test_two_windows_do_not_overwrite_each_other_silently(window) -> None:
    first = window.new_page()
    first.goto(f"{window.home}/write/")
    first.fill("#id_title", "关于修桥的建议")
    saved(first)
    second = window.new_page()
    second.goto(first.url)
    second.fill("#id_title", "第二个窗口改的标题")
    saved(second)
    first.fill("#id_title", "第一个窗口改的标题")
    first.wait_for_selector("[data-saved][data-kind=conflict]")
    assert Suggestion.objects.get().title == "第二个窗口改的标题"
    first.click("button[value=save]")
    first.wait_for_selector(".other-window")
    assert first.input_value("#id_title") == "第一个窗口改的标题"
    assert "第二个窗口改的标题" in first.inner_text(".other-window")
