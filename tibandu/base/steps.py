"""Knows how any step is taken on a page: its form, its refusal, and the way back to the case."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import select_template
from django.urls import URLPattern, path
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _

from tibandu.base.doors import actor_required
from tibandu.base.flow import Refused
from tibandu.base.procedures import Room
from tibandu.base.stepforms import StepForm


def step_paths(room: Room, case: str, *, but: frozenset[str] = frozenset()) -> list[URLPattern]:
    """An address for each step that people take; those of the noun `case` need no noun in it. `but`: verbs with own pages."""
    return [
        path(
            f"{'' if noun == case else f'{noun}/'}<int:pk>/{step.verb}/",
            step_view(room, noun, step.verb),
            name=step.verb,
        )
        for noun, step in room.procedures.offered_steps()
        if step.verb not in but
    ]


def step_view(room: Room, noun: str, verb: str) -> Callable[..., HttpResponse]:
    """The page of one verb: asks for its form, takes the step, and says in place why it is refused."""

    @actor_required
    def view(request: Any, pk: int) -> HttpResponse:
        found = room.found(request.actor, noun, pk)
        if found is None:
            raise Http404
        case, row = found
        today = localdate()
        step = room.procedures.flow_of(noun, verb).check(verb, request.actor, row, today)
        posted = (request.POST, request.FILES) if request.method == "POST" else ()
        form = room.form_of(verb)(*posted, actor=request.actor, case=row, today=today)
        if request.method == "GET":
            form.begin_with(request.GET)
        if request.method == "POST" and form.is_valid() and _taken(room, request, verb, row, form):
            messages.success(request, _("已办理：%(step)s") % {"step": step.label})
            return _back(request, room.page_of(case, row))
        context = {
            "step": step,
            "noun": noun,
            "row": row,
            "case": case,
            "case_url": room.page_of(case, row),
            "form": form,
            "article": room.article(case, form.governed_by, today),
        }
        template = select_template([f"{room.name}/{verb}.html", "step.html"]).template
        return render(request, template.name, context, status=422 if form.is_bound else 200)

    view.__name__ = verb
    return view


def _taken(room: Room, request: Any, verb: str, row: object, form: StepForm) -> bool:
    """Takes the step; a refusal is put at the field it names, or above the form."""
    try:
        room.action_of(verb)(request.actor, row, at=now(), **form.cleaned_data)
    except Refused as refusal:
        for field, sentence in (refusal.fields or {"": refusal.sentence}).items():
            form.add_error(field if field in form.fields else None, sentence)
        return False
    return True


def _back(request: HttpRequest, url: str) -> HttpResponse:
    asked = request.GET.get("next", "")
    if asked and url_has_allowed_host_and_scheme(asked, {request.get_host()}):
        url = asked
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return redirect(url)
