"""Knows how any step is taken on a page: its form, its refusal, and the way back to the case."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import select_template
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _

from tibandu.base.doors import actor_required
from tibandu.base.flow import Refused
from tibandu.suggestions import queries
from tibandu.suggestions.actions import action_of
from tibandu.suggestions.flow import flow_of
from tibandu.suggestions.forms import form_of


def step_view(noun: str, verb: str) -> Callable[..., HttpResponse]:
    """The page of one verb: asks for its form, takes the step, and says in place why it is refused."""

    @actor_required
    def view(request: HttpRequest, pk: int) -> HttpResponse:
        found = queries.row_on_page(request.actor, noun, pk)
        if found is None:
            raise Http404
        case, row = found
        today = localdate()
        step = flow_of(noun, verb).check(verb, request.actor, row, today)
        posted = (request.POST, request.FILES) if request.method == "POST" else ()
        form = form_of(verb)(*posted, actor=request.actor, case=row, today=today)
        if request.method == "POST" and form.is_valid() and _taken(request, verb, row, form):
            messages.success(request, _("已办理：%(step)s") % {"step": step.label})
            return _back(request, case)
        context = {
            "step": step,
            "noun": noun,
            "row": row,
            "case": case,
            "form": form,
            "article": queries.article_for(case, form.governed_by),
        }
        template = select_template([f"suggestions/{verb}.html", "suggestions/step.html"])
        status = 422 if form.is_bound else 200
        return render(request, template.template.name, context, status=status)

    view.__name__ = verb
    return view


def _taken(request: HttpRequest, verb: str, row: object, form: object) -> bool:
    """Takes the step; a refusal is put at the field it names, or above the form."""
    try:
        action_of(verb)(request.actor, row, at=now(), **form.cleaned_data)
    except Refused as refusal:
        for field, sentence in (refusal.fields or {None: refusal.sentence}).items():
            form.add_error(field if field in form.fields else None, sentence)
        return False
    return True


def _back(request: HttpRequest, case: object) -> HttpResponse:
    url = reverse("suggestions:case", args=[case.pk])
    asked = request.GET.get("next", "")
    if asked and url_has_allowed_host_and_scheme(asked, {request.get_host()}):
        url = asked
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return redirect(url)
