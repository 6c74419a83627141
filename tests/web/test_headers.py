"""Knows what stands around every answer: a policy without anything inline, closed cookies, and no post without its token."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import get_resolver, reverse

from tests import cases
from tests.town import Town
from tests.web.test_doors import API, patterns
from tibandu.people.models import Account

INLINE = re.compile(
    r"<style|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*\ssrc=)(?![^>]*application/json)", re.I
)
FORM = "application/x-www-form-urlencoded"
PAGES = [
    "/",
    "/desk/",
    "/suggestions/",
    "/suggestions/print/",
    "/oversight/promises/",
    "/oversight/statements/",
    "/suggestions/screening/",
    "/suggestions/enter/",
    "/suggestions/import/",
    "/suggestions/meetings/",
    "/suggestions/paper/",
    "/people/",
    "/people/deputies/",
    "/people/terms/",
    "/people/me/",
    "/people/messages/",
    "/rules/measure/",
    "/rules/library/",
    "/rules/classes/",
    "/rules/calendar/",
    "/rules/computation/",
    "/search/",
    "/suggestions/open/",
    "/accounts/password/change/",
    "/accounts/2fa/",
    "/accounts/sessions/",
    "/nowhere/",
    "/suggestions/?q=%00",
]


def test_every_page_says_the_policy_and_has_nothing_inline(town: Town, hat: Callable[..., Client]) -> None:
    case = cases.replied(town, code="B", promises=[cases.OVERPASS])
    client = hat(town.office)
    wrong = []
    for path in [*PAGES, reverse("suggestions:case", args=[case.pk])]:
        answer = client.get(path, follow=True)
        policy = answer.headers.get("Content-Security-Policy", "")
        if "script-src 'self'" not in policy or "unsafe" in policy:
            wrong.append(f"{path}: {policy or 'no policy'}")
        wrong += [f"{path}: {found}" for found in INLINE.findall(answer.content.decode())]
        kept = [answer.headers.get(name) for name in ("X-Content-Type-Options", "X-Frame-Options")]
        wrong += [f"{path}: {kept}"] if kept != ["nosniff", "DENY"] else []
    assert wrong == []


def test_no_address_but_the_api_goes_without_the_token_of_a_form() -> None:
    free = [path for path, one in patterns(get_resolver()) if getattr(one.callback, "csrf_exempt", False)]
    assert [path for path in free if not path.startswith(API)] == []


def test_no_address_takes_a_post_without_the_token(town: Town) -> None:
    """Signed in or not, ours or the sign-in library's: what a page of somebody else posts is refused, in words."""
    client, taken = Client(enforce_csrf_checks=True), []
    client.force_login(Account.objects.get(person=town.office.person_id))
    for path, _one in patterns(get_resolver()):
        if not path.startswith(API):
            answer = client.post(f"/{filled(path)}", {"title": "x"})
            refused = answer.status_code == 403 and "没有受理" in answer.content.decode()
            taken += [] if refused else [f"{path}: {answer.status_code}"]
    assert taken == []


def filled(path: str) -> str:
    """An address with something in the place of its parts."""
    path = re.sub(r"<int:\w+>", "1", re.sub(r"<day:\w+>", "2026-03-02", path))
    return re.sub(r"<(\w+:)?\w+>", "x", path).replace("^", "").replace("$", "").replace("\\Z", "")


def test_a_session_opens_no_step_of_the_api(town: Town, hat: Callable[..., Client]) -> None:
    """The API takes tokens only, so that no other site can use a browser's session for it."""
    case = cases.submitted(town)
    path = f"/api/v1/suggestions/{case.pk}/steps/register"
    assert hat(town.office).post(path, {}, content_type="application/json").status_code == 401


def test_cookies_are_closed_to_scripts_and_other_sites() -> None:
    assert (settings.SESSION_COOKIE_HTTPONLY, settings.SESSION_COOKIE_SAMESITE) == (True, "Lax")
    assert (settings.CSRF_COOKIE_SAMESITE, settings.SECURE_REFERRER_POLICY) == ("Lax", "same-origin")


def answers_of_every_kind(town: Town, client: Client) -> dict[str, Any]:
    """Answers that no page of a person gives: errors, files, what programs read, what goes elsewhere."""
    case = cases.replied(town)
    reply = case.replies.get()
    stranger = Client(raise_request_exception=False)
    return {
        "404": client.get("/nowhere/"),
        "400": client.get("/suggestions/?q=%00"),
        "403": client.get("/suggestions/write/"),
        "403 token": Client(enforce_csrf_checks=True).post("/suggestions/write/"),
        "405": client.get("/suggestions/batch/"),
        "409": client.get(f"/suggestions/{case.pk}/register/"),
        "413": client.post("/suggestions/enter/", b"x" * 10_000_000, content_type=FORM),
        "429": [client.post("/accounts/login/", {"login": "x", "password": "x"}) for _try in range(31)][-1],
        "500": stranger.get("/suggestions/open/"),
        "to sign in": stranger.get("/desk/"),
        "letter": client.get(f"/suggestions/reply/{reply.pk}/letter.pdf"),
        "export": client.get("/suggestions/export.xlsx"),
        "api": client.get("/api/v1/suggestions"),
        "api document": client.get("/api/v1/openapi.json"),
    }


def test_errors_files_and_what_programs_read_carry_the_policy_too(
    town: Town, hat: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(request: Any) -> None:
        raise RuntimeError("a fault nobody thought of")

    monkeypatch.setattr("tibandu.suggestions.views.public.OpenListForm", broken)
    found = answers_of_every_kind(town, hat(town.office))
    wrong = []
    for name, answer in found.items():
        policy = answer.headers.get("Content-Security-Policy", "")
        wrong += (
            [f"{name}: {answer.status_code}"] if name.isdigit() and str(answer.status_code) != name else []
        )
        wrong += [f"{name}: {policy}"] if "script-src 'self'" not in policy or "unsafe" in policy else []
        wrong += [f"{name}: sniffed"] if answer.headers.get("X-Content-Type-Options") != "nosniff" else []
        text = answer.content.decode("utf-8", "replace") if "html" in answer.headers["Content-Type"] else ""
        wrong += [f"{name}: {inline}" for inline in INLINE.findall(text)]
        wrong += [f"{name}: English"] if text and not re.search("[\u4e00-\u9fff]", text) else []
    assert wrong == []


@pytest.mark.parametrize(
    ("origin", "closed"), [("https://tibandu.example", True), ("http://10.0.0.7", False)]
)
def test_cookies_travel_over_https_only_where_the_address_is_https(origin: str, closed: bool) -> None:
    """A plain intranet must still be able to sign in; the setting follows the address that people type."""
    code = "from tibandu.web import settings as s; print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE)"
    environment = {**os.environ, "TIBANDU_ORIGIN": origin}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == [str(closed)] * 2
