"""Draws the import of units, staff and deputies: the file, the preview of every row, the import, the refused rows."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tibandu.base.doors import actor_required
from tibandu.base.flow import NotYourStep
from tibandu.base.sheets import SheetProblem
from tibandu.base.verdicts import OUTCOMES
from tibandu.people import forms, jobs, queries
from tibandu.people.jobs.rolls import Rolls

KEPT = "people_import"
TONES = {"imported": "done", "repaired": "near", "refused": "refused", "unchanged": "ended"}


def outcome_words() -> dict[str, str]:
    return {
        "imported": _("导入"),
        "repaired": _("修正后导入"),
        "refused": _("不能导入"),
        "unchanged": _("无变化"),
    }


@actor_required
def upload(request: HttpRequest) -> HttpResponse:
    """Reads the file and keeps its rows with the session until they are imported or replaced."""
    _refuse_others(request)
    form = forms.UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            file = form.cleaned_data["file"]
            rolls = jobs.read_rolls(file, file.name)
        except SheetProblem as problem:
            form.add_error("file", str(problem))
        else:
            request.session[KEPT] = {
                "kind": rolls.kind,
                "headers": list(rolls.headers),
                "places": dict(rolls.places),
                "rows": rolls.rows,
            }
            return redirect("people:import_preview")
    return render(request, "people/import.html", {"form": form}, status=422 if form.errors else 200)


@actor_required
def preview(request: HttpRequest) -> HttpResponse:
    """What would become of each row; posting imports."""
    _refuse_others(request)
    rolls = _kept(request)
    if rolls is None:
        return redirect("people:import")
    report = _run(request, rolls, keep=request.method == "POST")
    if request.method == "POST":
        messages.success(request, _("导入完成。"))
    page = {"report": report, "kind": rolls.kind, "is_done": request.method == "POST"}
    words = outcome_words()
    page["counts"] = [(TONES[outcome], words[outcome], report.count(outcome)) for outcome in OUTCOMES]
    page["rows"] = [(verdict, TONES[verdict.outcome], words[verdict.outcome]) for verdict in report.verdicts]
    return render(request, "people/import_preview.html", page)


@require_safe
@actor_required
def refused(request: HttpRequest) -> HttpResponse:
    """The refused rows as a sheet, to mend and import again."""
    _refuse_others(request)
    rolls = _kept(request)
    if rolls is None:
        raise Http404
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    response = HttpResponse(_run(request, rolls, keep=False).refused_sheet(), content_type=kind)
    response["Content-Disposition"] = 'attachment; filename="refused.xlsx"'
    return response


def _refuse_others(request: HttpRequest) -> None:
    if not queries.keeps_the_rolls(request.actor, request.actor.congress_id):
        raise NotYourStep(_("导入人员单位"))


def _run(request: HttpRequest, rolls: Rolls, *, keep: bool) -> Any:
    congress = queries.congress_of(request.actor)
    return jobs.import_rolls(request.actor, congress, rolls, at=timezone.now(), keep=keep)


def _kept(request: HttpRequest) -> Rolls | None:
    kept = request.session.get(KEPT)
    if not kept:
        return None
    rows = [(number, cells) for number, cells in kept["rows"]]
    return Rolls(kept["kind"], tuple(kept["headers"]), kept["places"], rows)
