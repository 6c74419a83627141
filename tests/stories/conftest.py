"""Opens the browser of the stories once, and lets the people of the town sit down at it."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.stories.browser import People, picture
from tests.town import Town
from tibandu.web import settings as product

ASSETS = product.PACKAGE / "web" / "static" / "dist" / "app.js"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
FAILED = Path("artifacts/pictures/failed")
PLAIN_STATIC = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}


def chromium() -> str:
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return os.environ.get("TIBANDU_CHROMIUM") or next(filter(None, map(shutil.which, names)), "")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all stories; without it or without the built assets there is nothing to look at."""
    path, required = chromium(), "chromium" in os.environ.get("TIBANDU_REQUIRE", "")
    if not required and not path:
        pytest.skip("no Chromium in PATH; set TIBANDU_CHROMIUM")
    if not required and not ASSETS.exists():
        pytest.skip("the assets are not built; run `make setup`")
    # Playwright drives the browser from an event loop in this thread; the database is used between its calls only.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path or None, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture
def people(browser: Browser, live_server: Any, town: Town, settings: Any, tmp_path: Path) -> Iterator[People]:
    """The town behind a real server."""
    settings.STORAGES = settings.STORAGES | {"staticfiles": PLAIN_STATIC}
    settings.MEDIA_ROOT = tmp_path / "files"
    found = People(browser, live_server.url, town)
    yield found
    for context in browser.contexts:
        context.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: Any) -> Any:
    """What the people saw when a story broke is kept as pictures."""
    report = yield
    if report.when == "call" and report.failed and (people := getattr(item, "funcargs", {}).get("people")):
        for (who, _phone), page in people.windows.items():
            picture(page, FAILED / f"{who}.png", full=False)
    return report
