"""The pages on which a deputy writes: a new text, the draft with its autosave, similar ones beside it, files, Word drafts."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate, localtime, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tibandu.base.doors import actor_required
from tibandu.base.files import FileProblem, checked_kind
from tibandu.base.flow import Moved, NotYourStep, Refused
from tibandu.base.papers import PaperProblem, docx_text
from tibandu.base.whole import whole
from tibandu.suggestions import actions, queries, rules
from tibandu.suggestions.actions.drafting import Stale
from tibandu.suggestions.enums import Consent
from tibandu.suggestions.flow import INTAKE
from tibandu.suggestions.forms.intake import (
    SHORT_FIELDS,
    WISHES,
    AttachForm,
    BeginForm,
    DetachForm,
    WriteForm,
)
from tibandu.suggestions.models import Suggestion
from tibandu.suggestions.queries.similar import similar_to

LARGEST_DRAFT = 10 * 1024 * 1024
NEXT_PAGES = {"invite": "suggestions:invite", "submit": "suggestions:submit", "save": "suggestions:edit"}


@actor_required
def write(request: HttpRequest) -> HttpResponse:
    """A new text; nothing is created before the first save."""
    _refuse_unless_deputy(request)
    form = BeginForm(request.POST or None, actor=request.actor, case=None, today=localdate())
    if request.method == "POST" and form.is_valid():
        try:
            suggestion = actions.create(request.actor, at=now(), **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("草稿已保存"))
            return redirect(NEXT_PAGES.get(request.POST.get("then", ""), "suggestions:edit"), suggestion.pk)
    context = _beside(request, form) | {
        "form": form,
        "autosave_url": reverse("suggestions:autosave_new"),
        "fields": _fields(form),
    }
    return render(request, "suggestions/write.html", context, status=422 if form.is_bound else 200)


@actor_required
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The draft; a save from a window that lags behind shows the other text beside and asks again."""
    case = _case(request, pk)
    INTAKE.check("edit", request.actor, case, localdate())
    form = _form(request, case)
    status, other = 200, None
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.edit(request.actor, case, at=now(), **form.cleaned_data)
            except Stale:
                status, case = 409, _case(request, pk)
                other = case
                data = request.POST.copy()
                data["revision"] = str(case.revision)
                form.data = data
            else:
                messages.success(request, _("草稿已保存"))
                return redirect(NEXT_PAGES.get(request.POST.get("then", ""), "suggestions:edit"), pk)
    context = _beside(request, form, case) | {
        "form": form,
        "case": case,
        "other": other,
        "fields": _fields(form),
        "autosave_url": reverse("suggestions:autosave", args=[pk]),
        "attachments": case.attachments.all(),
        "attach_form": AttachForm(actor=request.actor, case=case, today=localdate()),
        "proposers": case.proposers.all(),
        "confirmed": sum(p.state == Consent.CONFIRMED and not p.is_lead for p in case.proposers.all()),
    }
    return render(request, "suggestions/write.html", context, status=status)


def _refuse_unless_deputy(request: HttpRequest) -> None:
    if not request.actor.is_deputy:
        raise NotYourStep(_("写建议"))


def _case(request: HttpRequest, pk: int) -> Suggestion:
    try:
        return queries.on_page(request.actor, pk)
    except ObjectDoesNotExist:
        raise Http404 from None


def _form(request: HttpRequest, case: Suggestion) -> WriteForm:
    names = [name for name in WriteForm.base_fields if name != "asks"]
    initial = {name: getattr(case, name) for name in names}
    initial["asks"] = [{"text": ask.text} for ask in case.asks.all()]
    return WriteForm(request.POST or None, actor=request.actor, case=case, today=localdate(), initial=initial)


def _fields(form: WriteForm) -> dict[str, Any]:
    """The form in the three parts of its page: the words, the choices, the wishes."""
    shorts = [name for name in ("delegation", *SHORT_FIELDS) if name in form.fields]
    return {
        "words": [form[name] for name in ("title", "facts", "analysis", "asks")],
        "choices": [form[name] for name in shorts],
        "wishes": [form[name] for name in WISHES],
    }


def _beside(request: HttpRequest, form: WriteForm, case: Suggestion | None = None) -> dict[str, Any]:
    """What stands beside a text: earlier ones like it, and what the check of the draft advises."""
    if form.is_bound:
        form.is_valid()
        given = {name: form.data.get(name, "") for name in ("title", "facts", "analysis")}
        asks = [row["text"] for row in form.cleaned_data.get("asks") or []]
    else:
        given = {name: getattr(case, name, "") for name in ("title", "facts", "analysis")}
        asks = [ask.text for ask in case.asks.all()] if case else []
    text = "\n".join([given["title"], *given.values(), *asks])
    congress = case.congress_id if case else request.actor.congress_id
    return {
        "similar": similar_to(request.actor, text, congress_id=congress, without=case.pk if case else 0),
        "advice": rules.advise(**given, asks=asks) if text.strip() else [],
        "is_empty": not text.strip(),
    }


@require_POST
@actor_required
def similar(request: HttpRequest) -> HttpResponse:
    """The piece of the writing page that follows the typing; it reads only."""
    of = whole(request.GET.get("of", ""))
    case = _case(request, of) if of is not None else None
    form = WriteForm(request.POST, actor=request.actor, case=case, today=localdate())
    context = _beside(request, form, case) | {"is_piece": True}
    return render(request, "suggestions/write.html#beside", context)


@require_POST
@actor_required
def autosave_new(request: HttpRequest) -> JsonResponse:
    """The first autosave makes the draft and answers where it lives from now on."""
    form = BeginForm(request.POST, actor=request.actor, case=None, today=localdate())
    if not form.is_valid():
        return _invalid(form)
    try:
        suggestion = actions.create(request.actor, at=now(), **form.cleaned_data)
    except (Refused, NotYourStep) as refusal:
        return JsonResponse({"refusal": str(refusal)}, status=422)
    moved = {
        "page": reverse("suggestions:edit", args=[suggestion.pk]),
        "autosave_url": reverse("suggestions:autosave", args=[suggestion.pk]),
    }
    return _saved(suggestion, **moved)


@require_POST
@actor_required
def autosave(request: HttpRequest, pk: int) -> JsonResponse:
    """Keeps what was typed; 409 with the text that another window saved meanwhile."""
    case = _case(request, pk)
    form = WriteForm(request.POST, actor=request.actor, case=case, today=localdate())
    if not form.is_valid():
        return _invalid(form)
    try:
        actions.keep(request.actor, case, at=now(), **form.cleaned_data)
    except Moved as moved:
        return _conflict(moved, _case(request, pk))
    except (Refused, NotYourStep) as refusal:
        return JsonResponse({"refusal": str(refusal)}, status=422)
    return _saved(case)


def _saved(suggestion: Suggestion, **more: str) -> JsonResponse:
    said = {"revision": suggestion.revision, "saved_at": localtime(now()).isoformat(timespec="seconds")}
    return JsonResponse(said | more)


def _conflict(moved: Moved, case: Suggestion) -> JsonResponse:
    text = {name: getattr(case, name) for name in ("title", "facts", "analysis")}
    text["asks"] = [ask.text for ask in case.asks.all()]
    return JsonResponse({"refusal": str(moved.sentence), "revision": case.revision, "text": text}, status=409)


def _invalid(form: WriteForm) -> JsonResponse:
    first = next(iter(form.errors.values()))[0]
    return JsonResponse({"refusal": first, "fields": form.errors}, status=422)


@require_POST
@actor_required
def import_draft(request: HttpRequest) -> HttpResponse:
    """A Word file becomes a draft, taken apart by its headings; nothing of it is lost."""
    _refuse_unless_deputy(request)
    file = request.FILES.get("file")
    try:
        if file is None:
            raise FileProblem(_("请选择 Word 文件。"))
        content = file.read(LARGEST_DRAFT + 1)
        if checked_kind(content, file.name, most=LARGEST_DRAFT) != "docx":
            raise FileProblem(_("请选择 .docx 文件。"))
        parted = rules.part_draft(docx_text(content))
    except (FileProblem, PaperProblem) as problem:
        messages.error(request, str(problem))
        return redirect("suggestions:write")
    suggestion = actions.create(
        request.actor,
        at=now(),
        title=parted.title,
        facts=parted.facts,
        analysis=parted.analysis,
        asks=parted.asks,
    )
    messages.success(request, _("已从 Word 文件导入，请核对各段放得对不对"))
    return redirect("suggestions:edit", suggestion.pk)


@actor_required
def attach(request: HttpRequest, pk: int) -> HttpResponse:
    """Adds files to a draft and comes back to it."""
    case = _case(request, pk)
    INTAKE.check("attach", request.actor, case, localdate())
    form = AttachForm(
        request.POST or None, request.FILES or None, actor=request.actor, case=case, today=localdate()
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.attach(request.actor, case, at=now(), **form.cleaned_data)
        except Refused as refusal:
            form.add_error("files", refusal.sentence)
        else:
            messages.success(request, _("附件已添加"))
            return redirect("suggestions:edit", pk)
    case_url = reverse("suggestions:case", args=[pk])
    context = {"step": INTAKE.step("attach"), "form": form, "case": case, "case_url": case_url}
    return render(request, "step.html", context, status=422 if form.is_bound else 200)


@actor_required
def detach(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes a file off a draft and comes back to it."""
    case = _case(request, pk)
    form = DetachForm(request.POST or None, actor=request.actor, case=case, today=localdate())
    if request.method == "POST" and form.is_valid():
        actions.detach(request.actor, case, at=now(), **form.cleaned_data)
        messages.success(request, _("附件已删除"))
    return redirect("suggestions:edit", pk)
