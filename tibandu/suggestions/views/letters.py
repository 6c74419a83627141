"""Knows how a reply leaves as PDF and Word, how its sealed scan is read, and how an office brings its own template."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _

from tibandu.base.doors import actor_required
from tibandu.base.files import KINDS, open_stored
from tibandu.base.flow import NotYourStep, Refused
from tibandu.base.papers import PaperProblem, letter_docx, letter_pdf
from tibandu.base.papers.word import NEEDED, OPTIONAL
from tibandu.suggestions import actions, queries
from tibandu.suggestions.forms.publishing import LetterTemplateForm
from tibandu.suggestions.models import Reply
from tibandu.suggestions.queries.letters import letter_of, template_for
from tibandu.suggestions.queries.publishing import congress_of, may_set_template, own_template


@actor_required
def letter(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """The letter of a visible reply; an addressee who reads it is noted as having opened it."""
    if form not in ("pdf", "docx"):
        raise Http404
    reply = _visible(request, pk)
    if reply.sent_on:
        actions.note_opened(request.actor, reply, at=now())
    content = _rendered(reply, form)
    name = f"{reply.doc_no or _('答复') + str(reply.pk)}.{form}"
    headers = {"Content-Disposition": content_disposition_header(form == "docx", name)}
    return HttpResponse(content, content_type=KINDS[form], headers=headers)


def _rendered(reply: Reply, form: str) -> bytes:
    """Rendered outside any transaction: a font or a template may take its time."""
    try:
        found = letter_of(reply, localdate())
        return letter_pdf(found) if form == "pdf" else letter_docx(found, _template(reply))
    except PaperProblem as problem:
        raise Refused(str(problem)) from problem


def _template(reply: Reply) -> bytes | None:
    own = template_for(reply)
    if own is None:
        return None
    with open_stored(own.file.sha256) as file:
        return bytes(file.read())


def _visible(request: HttpRequest, pk: int) -> Reply:
    found = queries.row_on_page(request.actor, "reply", pk)
    if found is None:
        raise Http404
    reply: Reply = found[1]
    return reply


@actor_required
def scan(request: HttpRequest, pk: int) -> FileResponse:
    """The sealed letter as it was sent."""
    reply = _visible(request, pk)
    if reply.scan is None:
        raise Http404
    actions.note_opened(request.actor, reply, at=now())
    name = f"{reply.doc_no or reply.pk}.{reply.scan.kind}"
    kind = KINDS[reply.scan.kind]
    return FileResponse(open_stored(reply.scan.sha256), filename=name, content_type=kind)


@actor_required
def letter_template(request: HttpRequest) -> HttpResponse:
    """Upload of a Word template for one's own unit, or for the whole congress."""
    if not may_set_template(request.actor):
        raise NotYourStep(_("设置答复函模板"))
    form = LetterTemplateForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        congress = congress_of(request.actor)
        actions.set_letter_template(request.actor, congress, at=now(), file=form.cleaned_data["file"])
        messages.success(request, _("模板已启用，今后的答复函按此排版。"))
        return redirect("suggestions:letter_template")
    context: dict[str, Any] = {
        "form": form,
        "current": own_template(request.actor),
        "needed": _placeholders(NEEDED),
        "optional": _placeholders(OPTIONAL),
    }
    return render(request, "suggestions/letter_template.html", context, status=422 if form.errors else 200)


def _placeholders(names: dict[str, str]) -> list[tuple[str, str]]:
    return [("{{ " + name + " }}", label) for name, label in names.items()]


@actor_required
def current_template(request: HttpRequest) -> FileResponse:
    """The template in use, to be changed in Word."""
    own = own_template(request.actor)
    if own is None:
        raise Http404
    return FileResponse(
        open_stored(own.file.sha256), filename=own.name, as_attachment=True, content_type=KINDS["docx"]
    )
