"""Draws the pages that only a demo has: one of every trouble, and the personas with their tokens for scripts."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from tibandu.base.doors import public
from tibandu.web import signin
from tibandu.web.demo import showing


@public
@require_safe
def troubles(request: HttpRequest) -> HttpResponse:
    """A table of cases, one of every trouble; a click signs in as somebody concerned and opens the case."""
    _refuse_outside_a_demo(request)
    rows = [
        {"trouble": row.trouble, "case": row.case, "eyes": row.eyes, "url": _page_of(row.case.pk)}
        for row in showing.rows(localdate())
    ]
    return render(request, "web/troubles.html", {"rows": rows})


@public
@require_safe
def personas(request: HttpRequest) -> JsonResponse:
    """Every persona with a bearer token that works on the API."""
    _refuse_outside_a_demo(request)
    return JsonResponse({"personas": showing.all_personas(localdate())})


def _refuse_outside_a_demo(request: HttpRequest) -> None:
    if signin.demo_refusal(request):
        raise Http404


def _page_of(case: int) -> str:
    return reverse("suggestions:case", args=[case])
