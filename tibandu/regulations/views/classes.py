"""Knows the page of the classes of matters and their committees, and how who keeps the rules changes them."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tibandu.base.doors import actor_required
from tibandu.base.flow import Refused
from tibandu.base.whole import whole
from tibandu.regulations import actions, forms, queries
from tibandu.regulations.models import SubjectClass


@actor_required
def classes(request: HttpRequest) -> HttpResponse:
    """Both levels with their committees; a class without one is followed by its parent's."""
    tree = queries.class_tree(request.actor)
    lines = []
    for (top, below), place in zip(tree, _places(len(tree)), strict=True):
        lines.append({"row": top, "is_top": True, "committee": top.committee, **place})
        for row, inner in zip(below, _places(len(below)), strict=True):
            follows = row.committee or top.committee
            lines.append({"row": row, "committee": follows, "is_inherited": not row.committee, **inner})
    context = {"lines": lines, "is_keeper": queries.is_keeper(request.actor)}
    return render(request, "regulations/classes.html", context)


def _places(count: int) -> list[dict[str, int]]:
    """For each row of a level the places to which it may be moved; 0 where it stands at an end."""
    return [{"up": n - 1, "down": n + 1 if n < count else 0} for n in range(1, count + 1)]


@actor_required
def add_class(request: HttpRequest) -> HttpResponse:
    """A new class; `under` in the address chooses the first level it comes below."""
    _keeper_only(request)
    form = _form(request, initial={"parent": request.GET.get("under", "")})
    if form.is_valid():
        try:
            actions.add_class(
                request.actor, queries.congress_of(request.actor), at=timezone.now(), **form.cleaned_data
            )
            messages.success(request, _("已新增分类。"))
            return redirect("regulations:classes")
        except Refused as refused:
            form.refuse(refused)
    return _page(request, form, _("新增分类"), _("新增"))


@actor_required
def change_class(request: HttpRequest, pk: int) -> HttpResponse:
    """Name, parent and committee of a class."""
    subject = _found(request, pk)
    columns = {"name": subject.name, "parent": subject.parent_id, "committee": subject.committee_id}
    form = _form(request, subject=subject, initial=columns)
    if form.is_valid():
        try:
            actions.change_class(request.actor, subject, at=timezone.now(), **form.cleaned_data)
            messages.success(request, _("已保存。"))
            return redirect("regulations:classes")
        except Refused as refused:
            form.refuse(refused)
    return _page(request, form, _("修改分类“%(name)s”") % {"name": subject.name}, _("保存"))


@require_POST
@actor_required
def place_class(request: HttpRequest, pk: int) -> HttpResponse:
    """One place up or down among the classes of its level."""
    subject = _found(request, pk)
    if (wished := whole(request.POST.get("place", ""))) is not None:
        actions.place_class(request.actor, subject, place=wished, at=timezone.now())
    return redirect(f"{reverse('regulations:classes')}#class-{pk}")


@require_POST
@actor_required
def install_subject_classes(request: HttpRequest) -> HttpResponse:
    """The classes to start from."""
    _keeper_only(request)
    congress = queries.congress_of(request.actor)
    made = actions.install_subject_classes(request.actor, congress, at=timezone.now())
    messages.success(request, _("已建立 %(n)d 个分类，请逐一确定对口委员会。") % {"n": made})
    return redirect("regulations:classes")


def _keeper_only(request: HttpRequest) -> None:
    if not queries.is_keeper(request.actor):
        raise Http404


def _found(request: HttpRequest, pk: int) -> SubjectClass:
    _keeper_only(request)
    return get_object_or_404(queries.classes_visible_to(request.actor), pk=pk)


def _form(request: HttpRequest, **more: Any) -> forms.ClassForm:
    return forms.ClassForm(request.POST or None, actor=request.actor, today=timezone.localdate(), **more)


def _page(request: HttpRequest, form: forms.ClassForm, title: str, verb: str) -> HttpResponse:
    context = {"form": form, "title": title, "verb": verb, "back": reverse("regulations:classes")}
    return render(request, "regulations/form.html", context, status=422 if form.errors else 200)
