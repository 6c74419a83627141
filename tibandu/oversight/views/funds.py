"""The pages of earmarked money: one fund's entries, one project, and how they begin."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tibandu.base import columns as table
from tibandu.base.columns import Column
from tibandu.base.doors import actor_required
from tibandu.base.flow import NotYourStep, Refused
from tibandu.oversight import actions
from tibandu.oversight.enums import InvestmentState, ProjectState
from tibandu.oversight.forms.funds import NominateForm, OpenFundForm
from tibandu.oversight.models import Project
from tibandu.oversight.queries import funds as queries
from tibandu.oversight.queries.ledgers import PROJECTS
from tibandu.oversight.views.casepage import context_of
from tibandu.oversight.views.ledgers.funds import PROJECT_COLUMNS
from tibandu.oversight.views.ledgers.parts import money
from tibandu.people.enums import Competence

MOVE_COLUMNS = [
    Column("day", _("日期"), lambda r: r.entered_on, kind="date"),
    Column("kind", _("类型"), lambda r: r.get_kind_display()),
    money("fen", _("金额（万元）"), lambda r: r.fen),
    money("balance", _("余额（万元）"), lambda r: r.balance),
    Column("project", _("项目"), lambda r: str(r.project or ""), kind="long"),
    Column("words", _("摘要"), lambda r: r.words, kind="long"),
]

# -- funds ------------------------------------------------------------------------------------------------------------


@actor_required
def fund(request: HttpRequest, pk: int) -> HttpResponse:
    """One fund: what is left, how the balance moved, what it pays for."""
    found = queries.funds_with_sums(request.actor).filter(pk=pk).first()
    if found is None:
        raise Http404
    moves = queries.entries_of(found)
    projects = PROJECTS.rows(request.actor, {"fund": found})
    shown = table.chosen(PROJECT_COLUMNS, ("title", "unit", "state", "planned", "appropriated", "paid"))
    context = context_of(request.actor, "fund", found, {}, localdate()) | {
        "given": found.total - found.balance,
        "moves": table.rows_html(MOVE_COLUMNS, moves),
        "moves_head": table.head_html(MOVE_COLUMNS),
        "moves_count": len(moves),
        "projects": table.rows_html(shown, projects),
        "projects_head": table.head_html(shown),
        "projects_count": len(projects),
    }
    return render(request, "oversight/funds_fund.html", context)


@actor_required
def open_fund(request: HttpRequest) -> HttpResponse:
    return _begin(request, Competence.FUND, OpenFundForm, actions.open_fund, _now("设立专项资金"))


@actor_required
def register_project(request: HttpRequest) -> HttpResponse:
    words = _now("登记其他资金项目")
    return _begin(request, Competence.CLOSE, NominateForm, actions.register_project, words)


def _begin(
    request: HttpRequest, power: Competence, form_type: Any, action: Callable[..., Any], title: str
) -> HttpResponse:
    """The page on which a row is begun that no row stands before."""
    if not request.actor.may(power):
        raise NotYourStep(title)
    form = form_type(request.POST or None, actor=request.actor, case=None, today=localdate())
    if request.method == "POST" and form.is_valid():
        try:
            made = action(request.actor, at=now(), **form.cleaned_data)
            messages.success(request, _("已办理：%(step)s") % {"step": title})
            return redirect(made.get_absolute_url())
        except Refused as refusal:
            form.add_error(next(iter(refusal.fields), None), refusal.sentence)
    context = {"form": form, "title": title, "back": reverse("oversight:funds")}
    return render(request, "oversight/funds_begin.html", context, status=422 if form.is_bound else 200)


# -- projects ---------------------------------------------------------------------------------------------------------


@actor_required
def project(request: HttpRequest, pk: int) -> HttpResponse:
    """One project: its money, whom it serves, how it was chosen, paid for, accepted and reviewed."""
    found = queries.project_on_page(request.actor, pk)
    if found is None:
        raise Http404
    rows = {"payment": list(found.payments.all()), "investment": list(found.investments.all())}
    for members in rows.values():
        for row in members:
            row.project = found  # read already
    context = context_of(request.actor, "project", found, rows, localdate()) | {
        "tone": queries.TONES[ProjectState(found.state)],
        "money": _money_of(found, rows["investment"]),
        "sections": _sections(found, rows),
    }
    return render(request, "oversight/funds_project.html", context)


def _money_of(project: Project, investments: Sequence[Any]) -> list[tuple[Any, str]]:
    standing = [row for row in investments if row.state == InvestmentState.STANDING]
    invested = sum(row.fen for row in standing)
    own = [
        (_("计划（元）"), project.planned),
        (_("已拨付（元）"), project.appropriated),
        (_("已支付（元）"), project.paid),
        (_("未支付（元）"), project.unpaid),
    ]
    found = [*(own if project.fund_id else own[:1]), (_("其他投入（元）"), invested)]
    return [(label, f"{fen / 100:,.2f}") for label, fen in found]


def _sections(project: Project, rows: dict[str, list[Any]]) -> list[tuple[str, Any, int | None]]:
    found = [
        ("project", _("项目"), None),
        ("screenings", _("筛选论证"), len(project.screenings.all()) + len(project.sheets.all())),
        ("payments", _("支付"), len(rows["payment"])),
        ("investments", _("其他投入"), len(rows["investment"])),
        ("acceptances", _("验收"), len(project.acceptances.all())),
        ("reviews", _("绩效评价"), len(project.reviews.all())),
        ("timeline", _("时间线"), None),
    ]
    return [(anchor, label, count) for anchor, label, count in found if count is None or count]
