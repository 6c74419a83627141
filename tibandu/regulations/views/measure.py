"""Knows the pages of the measure: what it says, how its draft is edited row by row, compared, enacted or discarded."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from tibandu.base.doors import actor_required
from tibandu.base.flow import Refused
from tibandu.regulations import actions, comparison, flow, forms, profiles, queries, reading
from tibandu.regulations.enums import DocumentKind, VersionState
from tibandu.regulations.models import Version

TONES = {"draft": "draft", "in_force": "done", "revised": "ended", "repealed": "ended"}


def crumbs(*below: tuple[str, str]) -> list[tuple[str, str]]:
    """Where a page stands: the library, and what lies between."""
    return [(_("制度库"), reverse("regulations:library")), *below]


def crumbs_of(version: Version, here: str) -> list[tuple[str, str]]:
    address = reverse("regulations:version", args=[version.pk])
    return crumbs((f"{version.document.title} {version.label}", address), (here, ""))


@actor_required
def measure(request: HttpRequest) -> HttpResponse:
    """The measure that holds today."""
    today = timezone.localdate()
    found = queries.version_on(queries.measures_visible_to(request.actor), today)
    if found is None:
        newest = queries.measures_visible_to(request.actor).first()
        if newest is None:
            return render(
                request, "regulations/no_measure.html", {"is_keeper": queries.is_keeper(request.actor)}
            )
        found = newest
    return _shown(request, found)


@actor_required
def version(request: HttpRequest, pk: int) -> HttpResponse:
    """One version, in force or not."""
    return _shown(request, get_object_or_404(queries.versions_visible_to(request.actor), pk=pk))


def _shown(request: HttpRequest, shown: Version) -> HttpResponse:
    is_measure = shown.document.kind == DocumentKind.MEASURE
    articles = list(shown.articles.all())
    sections = reading.sections(shown, articles) if is_measure else []
    governed: dict[str, list[reading.Line]] = {}
    for section in sections:
        for line in section.lines:
            governed.setdefault(line.article, []).append(line)
    document_url = reverse("regulations:document", args=[shown.document_id])
    context = {
        "crumbs": crumbs((shown.document.title, document_url), (shown.label, "")),
        "version": shown,
        "document": shown.document,
        "tone": TONES[shown.state],
        "articles": [(article, governed.get(article.number, [])) for article in articles],
        "is_measure": is_measure,
        "sections": [section for section in sections if section.lines or shown.state == VersionState.DRAFT],
        "versions": [
            (row, TONES[row.state])
            for row in queries.versions_visible_to(request.actor)
            .filter(document=shown.document_id)
            .order_by("-pk")
        ],
        "offers": offers_for(request, shown),
        "may_edit": shown.state == VersionState.DRAFT and queries.is_keeper(request.actor),
        "is_keeper": queries.is_keeper(request.actor),
        "read_at": queries.read_at(request.actor, shown),
    }
    return render(request, "regulations/version.html", context)


def offers_for(request: HttpRequest, shown: Version) -> list[dict[str, Any]]:
    """The steps as buttons; reading is asked for by its own button."""
    urls = {
        "enact": reverse("regulations:preview", args=[shown.pk]),
        "discard": reverse("regulations:discard", args=[shown.pk]),
        "repeal": reverse("regulations:repeal", args=[shown.pk]),
    }
    is_measure = shown.document.kind == DocumentKind.MEASURE
    offered = flow.VERSION.offers(request.actor, shown, timezone.localdate())
    return [
        {
            "verb": offer.verb,
            "label": offer.label,
            "url": urls[offer.verb],
            "refusal": offer.refusal,
            "primary": offer.primary,
        }
        for offer in offered
        if offer.verb in urls and not (offer.verb == "repeal" and is_measure)
    ]


@actor_required
def install_profile(request: HttpRequest) -> HttpResponse:
    """The first draft of a congress's measure, from a worked profile."""
    if not queries.is_keeper(request.actor):
        raise Http404
    today = timezone.localdate()
    form = forms.ProfileForm(request.POST or None, initial={"effective_on": today, "profile": "hunan-city"})
    if form.is_valid():
        try:
            made = actions.install_profile(
                request.actor, queries.congress_of(request.actor), at=timezone.now(), **form.cleaned_data
            )
            return redirect("regulations:version", made.pk)
        except Refused as refused:
            form.refuse(refused)
    title = _("从样本建立处理办法")
    return _form(request, form, title, _("建立草案"), reverse("regulations:measure"))


@actor_required
def draft_version(request: HttpRequest, pk: int) -> HttpResponse:
    """A new draft that starts from the version in force."""
    document = get_object_or_404(queries.documents_visible_to(request.actor), pk=pk)
    if not queries.is_keeper(request.actor):
        raise Http404
    form = forms.DraftVersionForm(request.POST or None)
    if form.is_valid():
        try:
            made = actions.draft_version(
                request.actor, document, at=timezone.now(), label=form.cleaned_data["label"]
            )
            return redirect("regulations:version", made.pk)
        except Refused as refused:
            form.refuse(refused)
    back = reverse("regulations:document", args=[pk])
    return _form(request, form, _("起草新版本"), _("起草"), back, document=document)


def editable(request: HttpRequest, pk: int) -> Version:
    """A draft that the actor may edit; anything else is out of sight or refused with its sentence."""
    found = get_object_or_404(queries.versions_visible_to(request.actor), pk=pk)
    flow.VERSION.check("edit", request.actor, found, timezone.localdate())
    return found


@actor_required
def describe(request: HttpRequest, pk: int) -> HttpResponse:
    """Label, number, day of adoption and legal basis of a draft."""
    found = editable(request, pk)
    names = ("label", "number", "adopted_on", "legal_basis")
    form = forms.DescribeForm(request.POST or None, initial={name: getattr(found, name) for name in names})
    if form.is_valid():
        try:
            actions.describe(request.actor, found, at=timezone.now(), **form.cleaned_data)
            return redirect("regulations:version", pk)
        except Refused as refused:
            form.refuse(refused)
    back = reverse("regulations:version", args=[pk])
    return _form(request, form, _("版本信息"), _("保存"), back, document=found.document)


@actor_required
def write_articles(request: HttpRequest, pk: int) -> HttpResponse:
    """The text of a draft as one field; it is split into articles again."""
    found = editable(request, pk)
    text = "\n".join(f"{article.number}　{article.text}" for article in found.articles.all())
    form = forms.ArticlesForm(request.POST or None, initial={"text": text})
    if form.is_valid():
        try:
            count = actions.write_articles(request.actor, found, form.cleaned_data["text"], at=timezone.now())
            messages.success(request, _("已保存 %(n)d 条。") % {"n": count})
            return redirect("regulations:version", pk)
        except Refused as refused:
            form.refuse(refused)
    back = reverse("regulations:version", args=[pk])
    return _form(request, form, _("修改条文"), _("保存条文"), back, document=found.document)


@actor_required
def change_rows(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The rows of one kind of a draft measure."""
    if kind not in queries.KINDS:
        raise Http404
    found = editable(request, pk)
    use = _use(request, kind) if kind in queries.USES else ""
    formset = forms.rows_formset(found, kind, request.POST or None, use=use)
    refusal = None
    if request.method == "POST" and formset.is_valid():
        try:
            changed, removed = forms.changed_rows(formset)
            actions.change_rows(request.actor, found, kind, changed, removed, at=timezone.now())
            messages.success(request, _("已保存。"))
            return redirect(f"{reverse('regulations:version', args=[pk])}#{kind}")
        except Refused as refused:
            refusal = refused
    label = queries.KINDS[kind]._meta.verbose_name
    context = {"version": found, "formset": formset, "label": label, "refusal": refusal, "use": use}
    context["uses"] = queries.use_counts(found, kind) if use else []
    context["crumbs"] = crumbs_of(found, str(label))
    wrong = request.method == "POST"
    return render(request, "regulations/change_rows.html", context, status=422 if wrong else 200)


def _use(request: HttpRequest, kind: str) -> str:
    """The use of grounds or options that the address asks for, else the first."""
    wished = request.GET.get("of", queries.USES[kind].values[0])
    if wished not in queries.USES[kind]:
        raise Http404
    return str(wished)


@actor_required
def replace_categories(request: HttpRequest, pk: int) -> HttpResponse:
    """Another scheme of reply categories in the place of a draft's."""
    found = editable(request, pk)
    if found.document.kind != DocumentKind.MEASURE:
        raise Http404
    form = forms.CategorySchemeForm(request.POST or None)
    if form.is_valid():
        try:
            rows = profiles.CATEGORY_SCHEMES[form.cleaned_data["scheme"]][1]
            actions.replace_categories(request.actor, found, rows, at=timezone.now())
            messages.success(request, _("已换用另一套类别。请核对条文里写到类别的那一条。"))
            return redirect(f"{reverse('regulations:version', args=[pk])}#categories")
        except Refused as refused:
            form.refuse(refused)
    back = reverse("regulations:version", args=[pk])
    return _form(request, form, _("换用另一套类别"), _("换用"), back, document=found.document)


@actor_required
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Deletes a draft; one comes back to the document, or to the library where nothing is left of it."""
    found = get_object_or_404(queries.versions_visible_to(request.actor), pk=pk)
    flow.VERSION.check("discard", request.actor, found, timezone.localdate())
    form = forms.DiscardForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            actions.discard(request.actor, found, at=timezone.now(), **form.cleaned_data)
            messages.success(request, _("草案已放弃。"))
            left = queries.documents_visible_to(request.actor).filter(pk=found.document_id).exists()
            return (
                redirect("regulations:document", found.document_id)
                if left
                else redirect("regulations:library")
            )
        except Refused as refused:
            form.refuse(refused)
    back = reverse("regulations:version", args=[pk])
    title = _("放弃草案“%(label)s”") % {"label": found.label}
    words = _("条文和数据一并删去，不能恢复；日志里留有记录。")
    return _form(request, form, title, _("放弃草案"), back, document=found.document, words=words)


@actor_required
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """What a draft changes against the version in force, and the day from which it shall hold."""
    found = editable(request, pk)
    former = queries.in_force(found.document)
    form = forms.EnactForm(
        request.POST or None, initial={"effective_on": found.effective_on or timezone.localdate()}
    )
    if form.is_valid():
        try:
            actions.enact(
                request.actor, found, at=timezone.now(), effective_on=form.cleaned_data["effective_on"]
            )
            messages.success(request, _("已公布施行。"))
            return redirect("regulations:version", pk)
        except Refused as refused:
            form.refuse(refused)
    offer = next((o for o in offers_for(request, found) if o["verb"] == "enact"), None)
    context = {"version": found, "former": former, "form": form, "offer": offer, **compared(former, found)}
    context["crumbs"] = crumbs_of(found, _("核对与施行"))
    return render(request, "regulations/preview.html", context, status=422 if form.errors else 200)


def compared(old: Version | None, new: Version) -> dict[str, Any]:
    """Article by article and row by row, what the newer version says differently."""
    before, after = (list(row.articles.all()) if row else [] for row in (old, new))
    pairs = comparison.compare(*([(a.number, a.text) for a in side] for side in (before, after)))
    is_measure = new.document.kind == DocumentKind.MEASURE
    lines = reading.differences(
        reading.sections(old, before) if old and is_measure else [],
        reading.sections(new, after) if is_measure else [],
    )
    return {
        "pairs": [pair for pair in pairs if pair.kind != comparison.SAME],
        "unchanged": sum(pair.kind == comparison.SAME for pair in pairs),
        "differences": lines,
    }


def _form(request: HttpRequest, form: Any, title: str, verb: str, back: str, **more: Any) -> HttpResponse:
    context = {"form": form, "title": title, "verb": verb, "back": back, **more}
    return render(request, "regulations/form.html", context, status=422 if form.errors else 200)
