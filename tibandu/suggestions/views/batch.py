"""The batch 批量办理: what a verb would do to many cases and who refuses why, then the list of what was done."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_POST

from tibandu.base.doors import actor_required
from tibandu.base.whole import wholes
from tibandu.suggestions.actions import action_of
from tibandu.suggestions.actions.batch import BATCHABLE, Item, planned, take_many
from tibandu.suggestions.flow import flow_of, noun_of
from tibandu.suggestions.forms import StepForm, form_of
from tibandu.suggestions.forms.assigning import MANY


@actor_required
@require_POST
def batch(request: HttpRequest) -> HttpResponse:
    """Without `confirm` a preview; with it every item that does not refuse is taken, each in its own transaction."""
    verb = request.POST.get("verb", "")
    if verb not in BATCHABLE:
        raise Http404
    picks = wholes(request.POST.getlist("pick"))
    items = planned(request.actor, verb, picks, localdate())
    going = [item for item in items if not item.sentence]
    form = _form(request, verb, going)
    context = {
        "step": flow_of(noun_of(verb), verb).step(verb),
        "picks": picks,
        "back": _back(request),
    }
    if "confirm" in request.POST and (form is None or form.is_valid()):
        fields = form.cleaned_data if form else {}
        taken = take_many(request.actor, action_of(verb), items, at=now(), **fields)
        return render(request, "suggestions/batch_done.html", context | _sorted(taken))
    context |= _sorted(items) | {"form": form}
    return render(request, "suggestions/batch.html", context, status=422 if form and form.is_bound else 200)


def _sorted(items: list[Item]) -> dict[str, Any]:
    return {
        "done": [item for item in items if not item.sentence],
        "refused": [item for item in items if item.sentence],
    }


def _form(request: HttpRequest, verb: str, going: list[Item]) -> StepForm | None:
    """The one form that serves every item, drawn for the first; none where nothing would be done."""
    if not going:
        return None
    kind = MANY.get(verb) or form_of(verb)
    data = request.POST if "confirm" in request.POST else None
    form = kind(data, actor=request.actor, case=going[0].row, today=localdate())
    if data is None:
        form.initial.update({name: request.POST[name] for name in form.fields if name in request.POST})
    return form


def _back(request: HttpRequest) -> str:
    """Where the picks came from."""
    url = request.POST.get("next") or request.headers.get("referer", "")
    hosts = {request.get_host()}
    safe = url_has_allowed_host_and_scheme(url, allowed_hosts=hosts, require_https=request.is_secure())
    return url if safe and request.path not in url else reverse("suggestions:ledger")
