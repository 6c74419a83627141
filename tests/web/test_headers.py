"""Knows what stands around every answer: a policy without anything inline, closed cookies, and no post without its token."""

import re
from collections.abc import Callable

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
PAGES = [
    "/",
    "/desk/",
    "/suggestions/",
    "/suggestions/print/",
    "/suggestions/promises/",
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


@pytest.mark.parametrize(
    "name", ["suggestions:write", "suggestions:batch", "suggestions:save_view", "people:me"]
)
def test_a_post_without_the_token_is_refused(town: Town, name: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(Account.objects.get(person=town.alice.person_id))
    assert client.post(reverse(name), {"title": "x"}).status_code == 403


def test_a_session_opens_no_step_of_the_api(town: Town, hat: Callable[..., Client]) -> None:
    """The API takes tokens only, so that no other site can use a browser's session for it."""
    case = cases.submitted(town)
    path = f"/api/v1/suggestions/{case.pk}/steps/register"
    assert hat(town.office).post(path, {}, content_type="application/json").status_code == 401


def test_cookies_are_closed_to_scripts_and_other_sites() -> None:
    assert (settings.SESSION_COOKIE_HTTPONLY, settings.SESSION_COOKIE_SAMESITE) == (True, "Lax")
    assert (settings.CSRF_COOKIE_SAMESITE, settings.SECURE_REFERRER_POLICY) == ("Lax", "same-origin")
