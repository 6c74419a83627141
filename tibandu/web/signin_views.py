"""Draws the pages around sign-in: the first page, the personas of a demo, the account, the hat, large type."""

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import authenticate, login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from tibandu.base.doors import actor_required, public
from tibandu.people import actions, queries
from tibandu.web import signin

A_YEAR = 365 * 24 * 3600


@public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The desk, or where one signs in."""
    return redirect("web:desk" if request.actor else settings.LOGIN_URL)


@public
def personas(request: HttpRequest) -> HttpResponse:
    """The invented people of a demo, by the kind of desk; one click signs in."""
    if request.method == "POST":
        return _enter(request, request.POST.get("persona", ""))
    if signin.demo_refusal(request):
        return redirect("account_login")
    groups = queries.personas(timezone.localdate())
    first = groups[0][0] if groups else ""
    starters = [(kind, people[0]) for place, kind, people in groups if place == first]
    return render(request, "web/personas.html", {"groups": groups, "starters": starters})


def _enter(request: HttpRequest, persona: str) -> HttpResponse:
    account = authenticate(request, persona=persona)
    if account is None:
        raise Http404
    login(request, account)
    UserSession.objects.create_from_request(request)
    request.session["hat"] = persona
    return redirect(_next(request))


@require_POST
@actor_required
def hat(request: HttpRequest) -> HttpResponse:
    """Puts on another of one's hats, and remembers it for the next sign-in."""
    wished = request.POST.get("hat", "")
    if wished not in dict(request.hats):
        raise Http404
    request.session["hat"] = wished
    actions.remember_hat(request.user, wished)
    return redirect("web:home")


@require_POST
@public
def large_type(request: HttpRequest) -> HttpResponse:
    """Larger letters on this device."""
    response = redirect(_next(request))
    response.set_cookie(
        "large_type", "1" if request.POST.get("large") == "1" else "0", max_age=A_YEAR, samesite="Lax"
    )
    return response


def _next(request: HttpRequest) -> str:
    """The page asked for, if it is one of ours."""
    wished = request.POST.get("next", "")
    return wished if url_has_allowed_host_and_scheme(wished, {request.get_host()}) else "web:home"
