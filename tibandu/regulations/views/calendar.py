"""Knows the pages of time: the years of rest days, their import and sign-off, and how a day was computed."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from tibandu.base import clock
from tibandu.base.doors import actor_required
from tibandu.base.flow import Refused
from tibandu.regulations import actions, calendar_file, forms, queries, reading


@actor_required
def calendar(request: HttpRequest) -> HttpResponse:
    """Every recorded year with its days; the year after the last one is provisional."""
    years = [(year, reading.spans(year.days.all())) for year in queries.calendar_years()]
    last = max((year.year for year, _spans in years), default=None)
    context = {
        "years": years,
        "last": last,
        "next_year_words": _("%(year)s 年起的安排尚未收到，涉及的期限标为暂定。") % {"year": (last or 0) + 1},
        "may_record": queries.may_record_calendar(request.actor),
    }
    return render(request, "regulations/calendar.html", context)


@actor_required
def import_calendar(request: HttpRequest) -> HttpResponse:
    """A year's file: read here, shown on the next page for a person to check against the notice."""
    _refuse_others(request)
    form = forms.CalendarFileForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        days = form.cleaned_data["days"]
        year = calendar_file.likely_year(days)
        notice = _("国务院办公厅关于%(year)s年部分节假日安排的通知") % {"year": year}
        initial = {"year": year, "notice": notice, "lines": calendar_file.to_lines(days)}
        return _preview(request, forms.CalendarYearForm(initial=initial), days)
    back = reverse("regulations:calendar")
    context = {
        "form": form,
        "title": _("导入放假安排"),
        "verb": _("读取并核对"),
        "back": back,
        "is_upload": True,
    }
    return render(request, "regulations/form.html", context, status=422 if form.errors else 200)


@actor_required
def record_calendar_year(request: HttpRequest) -> HttpResponse:
    """The sign-off of a year; the name of who checked it is kept."""
    _refuse_others(request)
    form = forms.CalendarYearForm(request.POST or None)
    if form.is_valid():
        try:
            is_new = actions.record_calendar_year(
                request.actor,
                form.cleaned_data["year"],
                notice=form.cleaned_data["notice"],
                days=form.days,
                confirmed_by=request.actor.person_name,
                at=timezone.now(),
            )
            words = _("已确认 %(year)d 年的安排。") if is_new else _("%(year)d 年的安排没有变化。")
            messages.success(request, words % {"year": form.cleaned_data["year"]})
            return redirect("regulations:calendar")
        except Refused as refused:
            form.refuse(refused)
    return _preview(request, form, getattr(form, "days", {}))


def _preview(request: HttpRequest, form: Any, days: calendar_file.Days) -> HttpResponse:
    rows = [
        actions.CalendarDay(day=day, works=works, name=name) for day, (works, name) in sorted(days.items())
    ]
    context = {"form": form, "spans": reading.spans(rows), "count": len(rows)}
    return render(
        request, "regulations/record_calendar_year.html", context, status=422 if form.errors else 200
    )


def _refuse_others(request: HttpRequest) -> None:
    if not queries.may_record_calendar(request.actor):
        raise Http404


@actor_required
def computation(request: HttpRequest) -> HttpResponse:
    """How a due day was computed: start, rule and article, what was passed over, where it ended and why."""
    versions = queries.measures_visible_to(request.actor)
    form = forms.ComputationForm(request.GET or None, versions=versions)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        asked = form.cleaned_data
        version = asked["version"] or queries.version_on(versions, asked["start"]) or versions.first()
        rule = queries.measure_of(version).limits.get(asked["limit"]) if version and asked["limit"] else None
        limit = rule.limit if rule else _own_limit(asked)
        if limit is None:
            context["unknown"] = True
        else:
            computed = clock.explain(asked["start"], limit, queries.working_days())
            context |= _explained(computed) | {"version": version, "rule": rule, "article": None}
            if rule and version:
                context["article"] = version.articles.filter(number=rule.article).first()
                context["limit_label"] = dict(form.fields["limit"].choices)[asked["limit"]]
                context["start_label"] = reading.start_label(rule.start)
    return render(request, "regulations/computation.html", context, status=422 if form.errors else 200)


def _own_limit(asked: dict[str, Any]) -> clock.Limit | None:
    if asked["amount"] is None or not asked["unit"]:
        return None
    return clock.Limit(asked["amount"], clock.Unit(asked["unit"]))


def _explained(computed: clock.Computation) -> dict[str, Any]:
    skipped = reading.skipped_spans(computed.skipped)
    return {
        "computed": computed,
        "first": _day_after(computed.start),
        "skipped": skipped,
        "count": len(computed.skipped),
    }


def _day_after(day: date) -> date:
    return day + timedelta(days=1)
