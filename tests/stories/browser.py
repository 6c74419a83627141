"""People at a browser: each signed in under a hat in a window of their own, pressing what a person would press."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request

from tests.town import Town
from tibandu.people.models import Account

DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
PATIENCE = 15_000


class People:
    """Opens windows for the people of the town and notes every request and every error that a page makes."""

    def __init__(self, browser: Browser, address: str, town: Town) -> None:
        self.browser, self.address, self.town = browser, address, town
        self.windows: dict[tuple[str, bool], Page] = {}
        self.requests: list[Request] = []
        self.errors: list[str] = []

    def at(self, who: str, *, phone: bool = False) -> "Window":
        """The window of somebody, at the desk or on the phone; opened once."""
        if (who, phone) not in self.windows:
            self.windows[who, phone] = self.context(who, phone=phone).new_page()
        return Window(self.windows[who, phone], self.address)

    def context(self, who: str = "", *, phone: bool = False, width: int = 0) -> BrowserContext:
        """A fresh browser profile; without a name nobody is signed in."""
        size = PHONE if phone else DESKTOP
        look: dict[str, Any] = {"is_mobile": True, "has_touch": True} if phone else {}
        context = self.browser.new_context(
            locale="zh-CN",
            viewport={**size, "width": width or size["width"]},
            reduced_motion="reduce",  # nobody waits for what only moves
            **look,
        )
        context.set_default_timeout(PATIENCE)
        context.on("request", lambda request: self.requests.append(request))
        context.on("weberror", lambda error: self.errors.append(str(error.error)))
        context.on("console", lambda said: said.type == "error" and self.errors.append(said.text))
        if who:
            context.add_cookies([self._cookie(who)])
        return context

    def _cookie(self, who: str) -> Any:
        actor, client = self.town.actors[who], Client()
        client.force_login(Account.objects.get(person=actor.person_id))
        session = client.session
        session["hat"] = actor.hat
        session.save()
        return {"name": "sessionid", "value": session.session_key, "url": self.address}

    def strangers(self) -> set[str]:
        """Addresses outside the server that any page asked for."""
        return {
            request.url
            for request in self.requests
            if not request.url.startswith((self.address, "data:", "blob:", "about:"))
        }


class Window:
    """One person's page, read and pressed by the words that stand on it."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address

    def go(self, path: str) -> "Window":
        answer = self.page.goto(self.address + path, wait_until="load")
        assert answer is None or answer.ok, (path, answer.status)
        return self

    @property
    def place(self) -> Locator:
        """Where one acts: the sheet when it is open, else the page."""
        sheet = self.page.locator("#sheet[open]")
        return sheet if sheet.count() else self.page.locator("#main")

    def step(self, label: str, **fields: Any) -> "Window":
        """Presses an offered step on the case, fills what it asks and sends it."""
        self.offer(label).click()
        self.page.locator("#sheet[open] form, .step-head").first.wait_for()
        return self.fill(**fields).send(label)

    def offer(self, label: str) -> Locator:
        return self.page.locator("aside.offers").get_by_role("link", name=label, exact=True).first

    def reason(self, label: str) -> str:
        """Why a greyed step cannot be taken now."""
        refused = self.page.locator(".offer", has=self.page.get_by_role("button", name=label, exact=True))
        return refused.locator(".why").first.inner_text()

    def fill(self, **fields: Any) -> "Window":
        for name, value in fields.items():
            field = self.place.locator(f'[name="{name.replace("__", "-")}"]')
            if callable(value):
                value(field)
            elif isinstance(value, bool):
                field.set_checked(value)
            elif field.first.evaluate("e => e.tagName") == "SELECT":
                field.select_option(**option(value))
            elif field.first.get_attribute("type") in ("radio", "checkbox"):
                tick(self.place, name, value)
            else:
                field.fill(str(value))
        return self

    def send(self, label: str) -> "Window":
        """Presses the button and waits until the page says that it was done; earlier notices have been read."""
        self.page.evaluate("document.querySelectorAll('#notices .notice').forEach(notice => notice.remove())")
        self.place.get_by_role("button", name=label, exact=True).last.click()
        self.done()
        return self

    def done(self) -> None:
        self.page.locator("#notices .notice-done, .error-summary, [data-refusal]").first.wait_for()
        wrong = self.page.locator(".error-summary, [data-refusal]")
        assert not wrong.count(), wrong.first.inner_text()

    def text(self, selector: str = "#main") -> str:
        return self.page.locator(selector).first.inner_text()


def option(value: Any) -> dict[str, Any]:
    """A choice in a list by its label, or by a part of it."""
    return {"label": value} if isinstance(value, str) else {"value": str(value)}


def tick(place: Locator, name: str, values: Any) -> None:
    for value in [values] if isinstance(values, str | int) else values:
        if isinstance(value, str):
            place.locator(f'label:has(input[name="{name}"])', has_text=value).first.click()
        else:
            place.locator(f'input[name="{name}"][value="{value}"]').check()


def picture(page: Page, path: Path, *, full: bool = True) -> None:
    """A picture of the whole page, as it will be looked at."""
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path, full_page=full, animations="disabled")


def starting(words: str) -> Callable[[Locator], None]:
    """Chooses the entry of a list whose label begins with these words."""

    def choose(field: Locator) -> None:
        labels = field.locator("option").all_inner_texts()
        field.select_option(label=next(label for label in labels if re.match(words, label)))

    return choose
