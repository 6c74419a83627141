"""Knows what happens around every request: who is acting, how a refusal is shown, the content security policy."""

import uuid
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest
from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from tibandu.base import journal
from tibandu.base.flow import Moved, NotYourStep, Refused
from tibandu.base.refusals import BEYOND
from tibandu.people import queries
from tibandu.web.signin import has_second_factor

GetResponse = Callable[[HttpRequest], HttpResponse]

POLICY = {
    "default-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "style-src": ["'self'"],
    "script-src": ["'self'"],
    "object-src": ["'none'"],
    "base-uri": ["'self'"],
    "frame-ancestors": ["'none'"],
    "form-action": ["'self'"],
}

# Pages that stay open to somebody who must first do something about the sign-in itself.
ALWAYS_OPEN = {"account_logout", "set_language", "web:large_type"}
FOR_NEW_PASSWORD = ALWAYS_OPEN | {"account_change_password"}
FOR_SECOND_FACTOR = FOR_NEW_PASSWORD | {
    "account_reauthenticate", "mfa_index", "mfa_reauthenticate", "mfa_reauthenticate_webauthn", "mfa_activate_totp",
    "mfa_list_webauthn", "mfa_add_webauthn", "mfa_generate_recovery_codes", "mfa_view_recovery_codes",
    "mfa_download_recovery_codes", "web:hat",
}  # fmt: skip
WITHOUT_HAT = FOR_SECOND_FACTOR | {"usersessions_list", "account_login"}


def content_security_policy(get_response: GetResponse) -> GetResponse:
    """Sends a policy without any inline script or style; `SECURE_CSP` (Django 6's name) may replace it."""
    rules = getattr(settings, "SECURE_CSP", None) or POLICY
    header = "; ".join(f"{name} {' '.join(sources)}" for name, sources in rules.items())

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", header)
        return response

    return middleware


def actor(get_response: GetResponse) -> GetResponse:
    """Says who acts: `request.actor`, its `request.hats` and `request.counts`.

    A signed-in account costs one query for itself and one for its hats. Nobody goes past an initial password or a missing second factor.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        request.actor, request.hats, request.counts = None, [], {}
        request.asks_second_factor = False
        if request.user.is_authenticated:
            _wear_hat(request)
        token = journal.request_id.set(uuid.uuid4())
        try:
            return get_response(request)
        finally:
            journal.request_id.reset(token)

    def process_view(request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        return _detour(request) if request.user.is_authenticated else None

    middleware.process_view = process_view  # type: ignore[attr-defined]
    return middleware


def _wear_hat(request: HttpRequest) -> None:
    account = request.user
    wished = request.session.get("hat") or account.last_hat
    worn = queries.worn_by(account.person_id, wished, timezone.localdate())
    request.actor, request.hats = worn.actor, worn.hats
    request.asks_second_factor = worn.asks_second_factor
    if worn.actor:
        request.counts = {"people:messages": worn.unread}


def _detour(request: HttpRequest) -> HttpResponse | None:
    """Where somebody is sent who may not go on yet."""
    name = request.resolver_match.view_name
    if request.user.must_change_password:
        return None if name in FOR_NEW_PASSWORD else redirect("account_change_password")
    if request.asks_second_factor and name not in FOR_SECOND_FACTOR and not has_second_factor(request):
        return redirect("mfa_index")
    if request.actor is None and name not in WITHOUT_HAT:
        words = _("这个账号目前没有岗位或席位，不能办理。请联系代表工作机构核对任职。")
        return refusal_page(request, 403, _("没有可用的身份"), words)
    return None


def refusals(get_response: GetResponse) -> GetResponse:
    """Shows a refusal as a sentence with a way back: 422 refused, 403 not your step, 409 moved meanwhile."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if "%00" in request.META.get("QUERY_STRING", ""):  # PostgreSQL takes no NUL, and no address has one
            raise BadRequest("NUL in the address")
        return get_response(request)

    def process_exception(request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Refused):
            return refusal_page(request, 422, _("现在不能办理"), exception)
        if isinstance(exception, NotYourStep):
            return refusal_page(request, 403, _("这一步不由您办理"), _not_yours(exception))
        if isinstance(exception, Moved):
            return refusal_page(request, 409, _("情况有变"), exception)
        if isinstance(exception, (OverflowError, DataError)):  # a number or a day that nothing can hold
            return refusal_page(request, 422, _("现在不能办理"), BEYOND)
        return None

    middleware.process_exception = process_exception  # type: ignore[attr-defined]
    return middleware


def _not_yours(exception: NotYourStep) -> Any:
    step = str(exception)
    return _("“%(step)s”由别的岗位办理。") % {"step": step} if step else _("这件事由别的岗位办理。")


def refusal_page(request: HttpRequest, status: int, title: Any, words: Any) -> HttpResponse:
    """The sentence as a page in the reader's frame, or as a notice where htmx asked for a piece."""
    if getattr(request, "htmx", False):
        notice = {"tone": "refused", "title": title, "words": words}
        return render(request, "components/notice.html", notice, status=status)
    shell = "base.html" if getattr(request, "actor", None) else "base_public.html"
    found = {"shell": shell, "title": title, "words": words, "back_url": way_back(request)}
    return render(request, "refused.html", found, status=status)


def way_back(request: HttpRequest) -> str:
    """The page one came from, if it is ours, else the first page."""
    referer = request.META.get("HTTP_REFERER", "")
    if referer and url_has_allowed_host_and_scheme(referer, {request.get_host()}):
        return referer
    return reverse("web:home")
