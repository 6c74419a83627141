"""The ledger of promises 承诺台账 (advantage A1): what was promised, by whom, until when, and what became of it."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from tibandu.base import columns as table
from tibandu.base.columns import Column
from tibandu.base.doors import actor_required
from tibandu.base.sheets import write_xlsx
from tibandu.base.whole import whole
from tibandu.suggestions import queries
from tibandu.suggestions.enums import PromiseState
from tibandu.suggestions.forms.promises import PromisesForm
from tibandu.suggestions.models import Promise
from tibandu.suggestions.templatetags.outcomes import promise_tone, stopped_on

PAGE = 50
MOST = 5000


def columns(today: date) -> list[Column]:
    """Every column of the ledger, in order."""

    def url(row: Promise) -> str:
        return reverse("suggestions:case", args=[row.suggestion_id]) + f"#promise-{row.pk}"

    return [
        Column("number", _("编号"), lambda r: r.suggestion.number_text, kind="code", width=12),
        Column("title", _("承诺事项"), lambda r: r.what, kind="title", width=44, href=url),
        Column("unit", _("承办单位"), lambda r: str(r.reply.assignment.unit), width=16),
        Column(
            "state",
            _("状态"),
            lambda r: r.get_state_display(),
            kind="state",
            width=10,
            tone=lambda r: promise_tone(r, today),
        ),
        Column("due", _("兑现时限"), lambda r: r.due_on, kind="clock", width=16, done=stopped_on),
        Column("kind", _("类型"), lambda r: r.get_kind_display(), width=10),
        Column("owner", _("责任人"), lambda r: r.owner, width=14),
        Column("measure", _("衡量标准"), lambda r: r.measure, kind="long", width=24),
        Column("money", _("资金（万元）"), _wan, kind="number", width=12, default=False),
        Column(
            "suggestion", _("建议标题"), lambda r: r.suggestion.title, kind="long", width=36, default=False
        ),
        Column("closed", _("认定日期"), lambda r: r.closed_on, kind="date", default=False),
        Column("closed_by", _("认定人"), lambda r: r.closed_by, default=False),
    ]


def _wan(promise: Promise) -> str:
    return "" if promise.money is None else f"{promise.money / 1_000_000:,.2f}".rstrip("0").rstrip(".")


@actor_required
def promises(request: HttpRequest) -> HttpResponse:
    """The page of the ledger, with its headline: promises kept ÷ made."""
    today = localdate()
    form = PromisesForm(request.GET, actor=request.actor, today=today)
    wanted = form.wanted()
    start = whole(request.GET.get("start", "")) or 0
    found = queries.promises_on_ledger(request.actor, wanted, today)
    rows = list(found[start : start + PAGE + 1])
    every = columns(today)
    chosen = table.chosen(every, request.GET.getlist("c"))
    ledger = {
        "menu": table.menu_html(every, chosen),
        "head": table.head_html(chosen),
        "body": table.rows_html(chosen, rows[:PAGE], today=today),
        "rows": rows[:PAGE],
        "filters": _chips(request.GET, form, wanted),
        "filter_form": form if "filter" in request.GET else None,
        "filter_url": _with(request.GET, filter=1),
        "close_url": _with(request.GET, filter=""),
        "totals": [(_("本页"), len(rows[:PAGE]))],
        "export_url": reverse("suggestions:promises_export") + _with(request.GET),
        "next_url": _with(request.GET, start=start + PAGE) if len(rows) > PAGE else "",
        "previous_url": _with(request.GET, start=max(0, start - PAGE)) if start else "",
        "empty": _("没有符合条件的承诺"),
    }
    context = {"ledger": ledger, "figures": _figures(request)}
    return render(request, "suggestions/promises.html", context)


def _figures(request: HttpRequest) -> list[dict[str, Any]]:
    """Kept ÷ made first; each number opens the rows it counts."""
    found, here = queries.promise_figures(request.actor), reverse("suggestions:promises")
    return [
        {
            "label": _("兑现率"),
            "value": found.kept_share or "—",
            "unit": "%" if found.kept_share else "",
            "definition": _("经认定已兑现的承诺 ÷ 已作出的承诺；随撤回解除的不计。"),
            "url": f"{here}?state=made",
        },
        {"label": _("已兑现"), "value": found.kept, "url": f"{here}?state={PromiseState.KEPT}"},
        {"label": _("待认定"), "value": found.claimed, "url": f"{here}?state={PromiseState.CLAIMED}"},
        {"label": _("未兑现"), "value": found.lapsed, "url": f"{here}?state={PromiseState.LAPSED}"},
        {"label": _("已作出"), "value": found.made, "url": f"{here}?state=made"},
    ]


@actor_required
def export(request: HttpRequest) -> HttpResponse:
    """The same rows and columns as a spreadsheet."""
    today = localdate()
    form = PromisesForm(request.GET, actor=request.actor, today=today)
    chosen = table.chosen(columns(today), request.GET.getlist("c"))
    rows = queries.promises_on_ledger(request.actor, form.wanted(), today)[:MOST]
    content = write_xlsx(chosen, list(rows), title=str(_("承诺台账")))
    response = HttpResponse(
        content, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    response["Content-Disposition"] = f'attachment; filename="promises-{today.isoformat()}.xlsx"'
    return response


def _with(query: QueryDict, **changes: Any) -> str:
    """The address of this ledger with some parameters changed; paging starts anew unless it is the change."""
    kept = [
        (key, value) for key, values in query.lists() for value in values if key not in {*changes, "start"}
    ]
    return "?" + urlencode([*kept, *((key, value) for key, value in changes.items() if value != "")])


def _chips(query: QueryDict, form: PromisesForm, wanted: dict[str, Any]) -> list[tuple[Any, str, str]]:
    chips = []
    for name, value in wanted.items():
        labels = dict(getattr(form.fields[name], "choices", ())) if isinstance(value, str) else {}
        chips.append((form.fields[name].label, str(labels.get(value, value)), _with(query, **{name: ""})))
    return chips
