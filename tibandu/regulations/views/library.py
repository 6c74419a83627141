"""Knows the pages of the library: the list with its search, a document at a day, two versions side by side, receipts."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tibandu.base.doors import actor_required
from tibandu.base.flow import Refused
from tibandu.regulations import actions, forms, queries
from tibandu.regulations.reading import excerpts
from tibandu.regulations.views.measure import TONES, compared, crumbs, offers_for

EXCERPTS = 3


@actor_required
def library(request: HttpRequest) -> HttpResponse:
    """Every document of the congress, by kind, with what was looked for in its text."""
    form = forms.LibraryForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    words = asked.get("q", "").strip()
    found = queries.library(
        request.actor, words=words, kind=asked.get("kind", ""), state=asked.get("state", "")
    )
    rows = [
        {
            "document": row.document,
            "version": row.version,
            "tone": TONES[row.version.state],
            "hits": [(article, excerpts(article.text, words)) for article in row.hits[:EXCERPTS]],
            "more": max(0, len(row.hits) - EXCERPTS),
        }
        for row in found
    ]
    context = {"form": form, "rows": rows, "words": words, "is_keeper": queries.is_keeper(request.actor)}
    return render(request, "regulations/library.html", context)


@actor_required
def document(request: HttpRequest, pk: int) -> HttpResponse:
    """A document as it read on a day, its versions, and who has read it."""
    found = get_object_or_404(queries.documents_visible_to(request.actor), pk=pk)
    versions = queries.versions_visible_to(request.actor).filter(document=pk).order_by("-pk")
    on = forms.day_or(request.GET.get("on", ""), timezone.localdate())
    shown = queries.version_on(versions, on)
    is_keeper = queries.is_keeper(request.actor)
    context = {
        "crumbs": crumbs((found.title, "")),
        "document": found,
        "on": on,
        "version": shown,
        "articles": list(shown.articles.all()) if shown else [],
        "versions": [(row, TONES[row.state]) for row in versions],
        "tone": TONES[shown.state] if shown else "",
        "offers": offers_for(request, shown) if shown else [],
        "is_keeper": is_keeper,
        "read_at": queries.read_at(request.actor, shown) if shown else None,
        "receipts": list(queries.receipts_of(shown)) if shown and is_keeper else [],
    }
    return render(request, "regulations/document.html", context)


@actor_required
def compare(request: HttpRequest, pk: int) -> HttpResponse:
    """Two versions of a document, article by article; without a choice the newest two."""
    found = get_object_or_404(queries.documents_visible_to(request.actor), pk=pk)
    versions = list(queries.versions_visible_to(request.actor).filter(document=pk).order_by("-pk"))
    if len(versions) < 2:
        raise Http404
    new = _chosen(request.GET.get("new", ""), versions) or versions[0]
    old = _chosen(request.GET.get("old", ""), versions) or next(row for row in versions if row.pk != new.pk)
    context = {"document": found, "versions": versions, "old": old, "new": new, **compared(old, new)}
    here = (_("比较版本"), "")
    context["crumbs"] = crumbs((found.title, reverse("regulations:document", args=[pk])), here)
    return render(request, "regulations/compare.html", context)


def _chosen(key: str, versions: list) -> object | None:
    if not key:
        return None
    found = next((row for row in versions if str(row.pk) == key), None)
    if found is None:
        raise Http404
    return found


@actor_required
def add_document(request: HttpRequest) -> HttpResponse:
    """A document pasted as text."""
    if not queries.is_keeper(request.actor):
        raise Http404
    form = forms.AddDocumentForm(request.POST or None)
    if form.is_valid():
        try:
            made = actions.add_document(
                request.actor, request.actor.congress_id, at=timezone.now(), **form.cleaned_data
            )
            return redirect("regulations:version", made.pk)
        except Refused as refused:
            form.refuse(refused)
    context = {
        "form": form,
        "title": _("新增制度文件"),
        "verb": _("存为草案"),
        "back": reverse("regulations:library"),
    }
    return render(request, "regulations/form.html", context, status=422 if form.errors else 200)


@require_POST
@actor_required
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """A read receipt."""
    found = get_object_or_404(queries.versions_visible_to(request.actor), pk=pk)
    actions.read(request.actor, found, at=timezone.now())
    return redirect("regulations:document", found.document_id)


@actor_required
def repeal(request: HttpRequest, pk: int) -> HttpResponse:
    """The end of a document without a successor."""
    found = get_object_or_404(queries.versions_visible_to(request.actor), pk=pk)
    if not queries.is_keeper(request.actor):
        raise Http404
    form = forms.RepealForm(request.POST or None, initial={"ended_on": timezone.localdate()})
    if form.is_valid():
        try:
            actions.repeal(request.actor, found, at=timezone.now(), **form.cleaned_data)
            return redirect("regulations:document", found.document_id)
        except Refused as refused:
            form.refuse(refused)
    back = reverse("regulations:document", args=[found.document_id])
    context = {"form": form, "title": _("废止"), "verb": _("废止"), "back": back, "document": found.document}
    return render(request, "regulations/form.html", context, status=422 if form.errors else 200)
