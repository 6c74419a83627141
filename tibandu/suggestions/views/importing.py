"""Draws the import of a table of suggestions: the file, the preview of every row, the import, the refused rows."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tibandu.base.doors import actor_required
from tibandu.base.files import FileProblem, open_stored, store
from tibandu.base.flow import NotYourStep, Refused
from tibandu.base.sheets import SheetProblem
from tibandu.base.verdicts import IMPORTED, OUTCOMES, REFUSED, REPAIRED, UNCHANGED
from tibandu.base.whole import whole
from tibandu.people.queries import congress_of
from tibandu.suggestions import actions, jobs
from tibandu.suggestions.forms.importing import ColumnsForm, ImportForm
from tibandu.suggestions.jobs.importing import Judged, Shelf, Table
from tibandu.suggestions.models import ImportRun
from tibandu.suggestions.queries.importing import may_import, runs_visible_to
from tibandu.suggestions.rules.summary_sheet import FIELDS

PAGE = 100
RUNS = 20
MOST_ON_A_PAGE = 5_000  # more than these take longer than a page may wait; the command takes them
TONES = {IMPORTED: "done", REPAIRED: "near", REFUSED: "refused", UNCHANGED: "ended"}
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def outcome_words() -> dict[str, str]:
    return {
        IMPORTED: _("导入"),
        REPAIRED: _("修正后导入"),
        REFUSED: _("不能导入"),
        UNCHANGED: _("无变化"),
    }


@actor_required
def upload(request: HttpRequest) -> HttpResponse:
    """Takes a file and where it goes; the preview is the next page."""
    _refuse_others(request)
    form = ImportForm(request.POST or None, request.FILES or None, actor=request.actor)
    if request.method == "POST" and form.is_valid() and (run := _started(request, form)):
        return redirect("suggestions:import_run", run.pk)
    context = {"form": form, "runs": runs_visible_to(request.actor)[:RUNS]}
    return render(request, "suggestions/import.html", context, status=422 if form.errors else 200)


def _started(request: HttpRequest, form: ImportForm) -> ImportRun | None:
    given = form.cleaned_data
    try:
        jobs.read_table(given["file"], given["file"].name)
        given["file"].seek(0)
        stored = store(given["file"])
    except (SheetProblem, FileProblem) as problem:
        form.add_error("file", str(problem))
        return None
    return actions.start_import(
        request.actor,
        congress_of(request.actor),
        at=now(),
        file=stored,
        session=given["session"],
        collection=given["collection"],
    )


@dataclass
class Preview:
    """A run read and judged, or the sentence for which it cannot be."""

    run: ImportRun
    table: Table
    judged: Judged | None = None
    problem: str = ""


def _preview(run: ImportRun) -> Preview:
    with open_stored(run.file.sha256) as file:
        table = jobs.read_table(file, run.name, run.mapping)
    shelf = Shelf(run.congress, run.session, run.collection)
    try:
        return Preview(run, table, jobs.judge(table, shelf, at=run.finished_at or now(), run=run))
    except SheetProblem as problem:
        return Preview(run, table, problem=str(problem))


@actor_required
def import_run(request: HttpRequest, pk: int) -> HttpResponse:
    """What would become of each row, or what became of it; posting says what columns mean, or imports."""
    run = _run(request, pk)
    preview = _preview(run)
    form = _columns_form(request, preview)
    if request.method == "POST" and "map" not in request.POST:
        return _imported(request, preview)
    if request.method == "POST" and form.is_valid():
        actions.map_columns(request.actor, run, mapping=form.cleaned_data["mapping"])
        messages.success(request, _("已按新的对应重新判断。"))
        return redirect("suggestions:import_run", run.pk)
    context = _context(request, preview) | {"form": form}
    return render(request, "suggestions/import_run.html", context, status=422 if form.errors else 200)


def _imported(request: HttpRequest, preview: Preview) -> HttpResponse:
    if preview.judged is None:
        raise Refused(preview.problem)
    if preview.run.finished_at:
        raise Refused(_("这份文件已经导入。"))
    if len(preview.judged.ready) > MOST_ON_A_PAGE:
        raise Refused(_("超过%(n)s行，请系统维护人员用导入命令导入。") % {"n": MOST_ON_A_PAGE})
    jobs.carry_out(request.actor, preview.run, preview.judged, at=now())
    messages.success(request, _("导入完成。"))
    return redirect("suggestions:import_run", preview.run.pk)


def _columns_form(request: HttpRequest, preview: Preview) -> ColumnsForm:
    table = preview.table
    asked = [name for name in table.headers if name in preview.run.mapping or name in table.unknown]
    examples = {
        header: [cells[place] for _row, cells in table.rows[:PAGE] if cells[place]]
        for place, header in enumerate(table.headers)
        if header in asked
    }
    posted = request.POST if "map" in request.POST else None
    return ColumnsForm(posted, columns=examples, mapping=preview.run.mapping)


def _context(request: HttpRequest, preview: Preview) -> dict[str, Any]:
    words, table, run = outcome_words(), preview.table, preview.run
    known = [(table.headers[place], FIELDS[code][0]) for code, place in table.places.items()]
    context: dict[str, Any] = {
        "run": run,
        "shelf": run.session or run.collection,
        "known": [(header, label) for header, label in known if header not in run.mapping],
        "problem": preview.problem,
        "is_done": run.finished_at is not None,
    }
    if preview.judged is None:
        return context
    report = preview.judged.report
    show = request.GET.get("show", "")
    wanted = [verdict for verdict in report.verdicts if show in ("", verdict.outcome)]
    page = whole(request.GET.get("page", "")) or 1
    start = (max(page, 1) - 1) * PAGE
    tabs = [(outcome, TONES[outcome], words[outcome], report.count(outcome)) for outcome in OUTCOMES]
    return context | {
        "total": len(report.verdicts),
        "tabs": [tab for tab in tabs if tab[3]],
        "show": show,
        "rows": [(v, TONES[v.outcome], words[v.outcome]) for v in wanted[start : start + PAGE]],
        "previous_url": f"?{urlencode({'show': show, 'page': page - 1})}" if page > 1 else "",
        "next_url": f"?{urlencode({'show': show, 'page': page + 1})}" if start + PAGE < len(wanted) else "",
        "has_refused": bool(report.count(REFUSED)),
        "can_import": bool(preview.judged.ready) and run.finished_at is None,
    }


@require_safe
@actor_required
def refused(request: HttpRequest, pk: int) -> HttpResponse:
    """The refused rows as a sheet, to mend and import again."""
    preview = _preview(_run(request, pk))
    if preview.judged is None:
        raise Http404
    response = HttpResponse(preview.judged.report.refused_sheet(), content_type=SHEET)
    response["Content-Disposition"] = 'attachment; filename="refused.xlsx"'
    return response


def _run(request: HttpRequest, pk: int) -> ImportRun:
    _refuse_others(request)
    try:
        return runs_visible_to(request.actor).get(pk=pk)
    except ObjectDoesNotExist:
        raise Http404 from None


def _refuse_others(request: HttpRequest) -> None:
    if not may_import(request.actor):
        raise NotYourStep(_("导入建议"))
