"""The pages of earmarked money: funds by year with their picture, one fund's entries, the ledger and page of projects."""

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tibandu.base import columns as table
from tibandu.base.columns import Column
from tibandu.base.doors import actor_required
from tibandu.base.flow import NotYourStep, Refused
from tibandu.base.sheets import write_xlsx
from tibandu.base.whole import whole
from tibandu.oversight import actions
from tibandu.oversight.enums import InvestmentState, ProjectState
from tibandu.oversight.forms.funds import NominateForm, OpenFundForm, ProjectsForm
from tibandu.oversight.models import Project
from tibandu.oversight.queries import funds as queries
from tibandu.oversight.views.casepage import context_of
from tibandu.people.enums import Competence

PAGE, MOST = 50, 5000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def wan(fen: int | None) -> str:
    """Fen in ten thousands of yuan, up to four decimals: what ledgers show."""
    return "" if fen is None else f"{fen / 1_000_000:,.4f}".rstrip("0").rstrip(".")


def money(code: str, label: Any, fen: Callable[[Any], int | None], **more: Any) -> Column:
    return Column(code, label, lambda row: wan(fen(row)), kind="number", width=14, **more)


FUND_COLUMNS = [
    Column("year", _("年度"), lambda r: r.year, kind="code", width=8),
    Column(
        "name", _("专项资金"), lambda r: r.name, kind="title", width=30, href=lambda r: r.get_absolute_url()
    ),
    Column(
        "state",
        _("状态"),
        lambda r: r.get_state_display(),
        kind="state",
        tone=lambda r: "going" if r.state == "open" else "ended",
    ),
    Column("projects", _("批准项目"), lambda r: r.projects_chosen, kind="number"),
    money("total", _("安排（万元）"), lambda r: r.total),
    money("planned", _("计划（万元）"), lambda r: r.planned),
    money("given", _("已拨付（万元）"), lambda r: r.total - r.balance),
    money("paid", _("已支付（万元）"), lambda r: r.paid),
    money("balance", _("余额（万元）"), lambda r: r.balance),
    money("cap", _("单项上限（万元）"), lambda r: r.cap),
    Column("source", _("资金来源"), lambda r: r.source, kind="long", width=30, default=False),
]

PROJECT_COLUMNS = [
    Column(
        "title", _("项目"), lambda r: r.title, kind="title", width=40, href=lambda r: r.get_absolute_url()
    ),
    Column("unit", _("项目单位"), lambda r: str(r.unit), width=16),
    Column(
        "state",
        _("状态"),
        lambda r: r.get_state_display(),
        kind="state",
        tone=lambda r: queries.TONES[ProjectState(r.state)],
    ),
    Column("progress", _("进度（%）"), lambda r: r.progress, kind="number"),
    money("planned", _("计划（万元）"), lambda r: r.planned),
    money("appropriated", _("已拨付（万元）"), lambda r: r.appropriated),
    money("paid", _("已支付（万元）"), lambda r: r.paid),
    money("left", _("未支付（万元）"), lambda r: r.unpaid, default=False),
    money("invested", _("其他投入（万元）"), lambda r: r.invested),
    Column("count", _("受益人数"), lambda r: r.beneficiary_count, kind="number"),
    Column("fund", _("专项资金"), lambda r: str(r.fund or ""), width=20),
    Column("beneficiaries", _("受益群众"), lambda r: r.beneficiaries, kind="long", width=30, default=False),
    Column(
        "number",
        _("建议编号"),
        lambda r: r.suggestion.number_text if r.sees_suggestion else "",
        kind="code",
        default=False,
    ),
    Column("nominated", _("提出日期"), lambda r: r.nominated_on, kind="date", default=False),
    Column("accepted", _("验收日期"), lambda r: r.accepted_on, kind="date", default=False),
]
ENTRY_COLUMNS = [
    Column("day", _("日期"), lambda r: r.entered_on, kind="date"),
    Column("kind", _("类型"), lambda r: r.get_kind_display()),
    money("fen", _("金额（万元）"), lambda r: r.fen),
    money("balance", _("余额（万元）"), lambda r: r.balance),
    Column("project", _("项目"), lambda r: str(r.project or ""), kind="long"),
    Column("words", _("摘要"), lambda r: r.words, kind="long"),
]


# -- funds ------------------------------------------------------------------------------------------------------------


@actor_required
def funds(request: HttpRequest) -> HttpResponse:
    """Every fund one may see, in figures, as a picture by year and as a ledger."""
    rows = list(queries.funds_with_sums(request.actor))
    sums = queries.sums_of(queries.projects_on_ledger(request.actor, {"state": "chosen"}))
    chosen = table.chosen(FUND_COLUMNS, request.GET.getlist("c"))
    context = {
        "ledger": {
            "menu": table.menu_html(FUND_COLUMNS, chosen),
            "head": table.head_html(chosen),
            "body": table.rows_html(chosen, rows),
            "rows": rows,
            "totals": [(_("本页"), len(rows))],
            "export_url": reverse("oversight:funds_export") + _with(request.GET),
            "empty": _("还没有专项资金"),
        },
        "figures": _figures(rows, sums),
        "chart": _chart(rows[::-1]),
        "may_open": request.actor.may(Competence.FUND),
        "may_register": request.actor.may(Competence.CLOSE),
    }
    return render(request, "oversight/funds.html", context)


def _figures(rows: Sequence[Any], sums: queries.Sums) -> list[dict[str, Any]]:
    """Money in ten thousands of yuan; each number opens the rows it counts."""
    projects, here = reverse("oversight:projects"), reverse("oversight:funds")
    given = sum(row.total - row.balance for row in rows)
    in_wan = [
        (_("安排（万元）"), sum(row.total for row in rows), here, ""),
        (_("已拨付（万元）"), given, f"{projects}?state=chosen", _("从专项资金拨给项目的，扣除退回的。")),
        (_("已支付（万元）"), sums.paid, f"{projects}?state=chosen", ""),
        (_("余额（万元）"), sum(row.balance for row in rows), here, _("安排的减去拨付的，加上退回的。")),
        (
            _("其他投入（万元）"),
            sums.invested,
            f"{projects}?state=chosen",
            _("专项资金以外的投入，不含已冲销的。"),
        ),
    ]
    found: list[dict[str, Any]] = [
        {"label": label, "value": wan(fen), "url": url, "definition": meaning}
        for label, fen, url, meaning in in_wan
    ]
    chosen = {
        "label": _("批准项目"),
        "value": sums.count,
        "url": f"{projects}?state=chosen",
        "definition": _("各年度批准的，连同不使用专项资金的项目。"),
    }
    return [chosen, *found]


def _chart(rows: Sequence[Any]) -> dict[str, Any]:
    """What of each fund was paid, lies with projects, and is left; together they are what was allotted."""
    urls = [row.get_absolute_url() for row in rows]
    has_one_name = len({row.name for row in rows}) == 1
    parts = {
        _now("已支付"): [row.paid for row in rows],
        _now("已拨付未支付"): [row.total - row.balance - row.paid for row in rows],
        _now("余额"): [row.balance for row in rows],
    }
    return {
        "kind": "bar",
        "stack": True,
        "unit": _now("万元"),
        "labels": [str(row.year) if has_one_name else str(row) for row in rows],
        "series": [
            {"name": name, "values": [fen / 1_000_000 for fen in values], "urls": urls}
            for name, values in parts.items()
        ],
    }


@actor_required
def funds_export(request: HttpRequest) -> HttpResponse:
    chosen = table.chosen(FUND_COLUMNS, request.GET.getlist("c"))
    return _sheet(chosen, list(queries.funds_with_sums(request.actor)), _("专项资金"), "funds")


@actor_required
def fund(request: HttpRequest, pk: int) -> HttpResponse:
    """One fund: what is left, how the balance moved, what it pays for."""
    found = queries.funds_with_sums(request.actor).filter(pk=pk).first()
    if found is None:
        raise Http404
    moves = queries.entries_of(found)
    projects = list(queries.projects_on_ledger(request.actor, {"fund": found})[:MOST])
    shown = table.chosen(PROJECT_COLUMNS, ("title", "unit", "state", "planned", "appropriated", "paid"))
    context = context_of(request.actor, "fund", found, {}, localdate()) | {
        "given": found.total - found.balance,
        "moves": table.rows_html(ENTRY_COLUMNS, moves),
        "moves_head": table.head_html(ENTRY_COLUMNS),
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
def projects(request: HttpRequest) -> HttpResponse:
    """The ledger of projects with its filters."""
    form = ProjectsForm(request.GET, actor=request.actor, today=localdate())
    wanted = form.wanted()
    start = whole(request.GET.get("start", "")) or 0
    found = queries.projects_on_ledger(request.actor, wanted)
    rows, sums = list(found[start : start + PAGE + 1]), queries.sums_of(found)
    chosen = table.chosen(PROJECT_COLUMNS, request.GET.getlist("c"))
    ledger = {
        "menu": table.menu_html(PROJECT_COLUMNS, chosen),
        "head": table.head_html(chosen),
        "body": table.rows_html(chosen, rows[:PAGE]),
        "rows": rows[:PAGE],
        "filters": _chips(request.GET, form, wanted),
        "filter_form": form if "filter" in request.GET else None,
        "filter_url": _with(request.GET, filter=1),
        "close_url": _with(request.GET, filter=""),
        "totals": [
            (_("共"), sums.count),
            (_("计划（万元）"), wan(sums.planned)),
            (_("已拨付（万元）"), wan(sums.appropriated)),
            (_("已支付（万元）"), wan(sums.paid)),
            (_("其他投入（万元）"), wan(sums.invested)),
        ],
        "export_url": reverse("oversight:projects_export") + _with(request.GET),
        "next_url": _with(request.GET, start=start + PAGE) if len(rows) > PAGE else "",
        "previous_url": _with(request.GET, start=max(0, start - PAGE)) if start else "",
        "empty": _("没有符合条件的项目"),
    }
    return render(request, "oversight/funds_projects.html", {"ledger": ledger})


@actor_required
def projects_export(request: HttpRequest) -> HttpResponse:
    form = ProjectsForm(request.GET, actor=request.actor, today=localdate())
    chosen = table.chosen(PROJECT_COLUMNS, request.GET.getlist("c"))
    rows = list(queries.projects_on_ledger(request.actor, form.wanted())[:MOST])
    return _sheet(chosen, rows, _("资金项目台账"), "projects")


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


# -- what they share --------------------------------------------------------------------------------------------------


def _sheet(chosen: Sequence[Column], rows: list[Any], title: Any, name: str) -> HttpResponse:
    response = HttpResponse(write_xlsx(chosen, rows, title=str(title)), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}-{localdate().isoformat()}.xlsx"'
    return response


def _with(query: QueryDict, **changes: Any) -> str:
    """The address of this ledger with some parameters changed; paging starts anew unless it is the change."""
    kept = [
        (key, value) for key, values in query.lists() for value in values if key not in {*changes, "start"}
    ]
    return "?" + urlencode([*kept, *((key, value) for key, value in changes.items() if value != "")])


def _chips(query: QueryDict, form: ProjectsForm, wanted: dict[str, Any]) -> list[tuple[Any, str, str]]:
    chips = []
    for name, value in wanted.items():
        labels = dict(getattr(form.fields[name], "choices", ())) if isinstance(value, str) else {}
        chips.append((form.fields[name].label, str(labels.get(value, value)), _with(query, **{name: ""})))
    return chips
