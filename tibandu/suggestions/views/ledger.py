"""The ledger 台账: one column table gives the page, the spreadsheet and the print of exactly what is filtered."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from tibandu.base import columns as table
from tibandu.base.columns import Column
from tibandu.base.doors import actor_required
from tibandu.base.sheets import write_xlsx
from tibandu.base.whole import whole
from tibandu.people.enums import Competence
from tibandu.suggestions import actions
from tibandu.suggestions.enums import OPEN
from tibandu.suggestions.forms.ledger import LedgerForm, SavedViewForm
from tibandu.suggestions.queries import ledger
from tibandu.suggestions.queries.importing import may_import
from tibandu.suggestions.queries.ledger import LedgerRow

PAGE = ledger.PAGE
MOST_PRINTED = 2000
LONGEST_QUERY = 400
CHUNK = 500


def columns(today: date) -> list[Column]:
    """Every column the ledger knows, in order; the reader chooses among them."""

    folder = reverse("suggestions:case", args=[0]).removesuffix("0/")

    def url(row: LedgerRow) -> str:
        return f"{folder}{row.pk}/"

    def stopped(row: LedgerRow) -> date | None:
        return None if row.state in OPEN and not row.answered else row.closed_on or row.clock

    return [
        Column("number", gettext("编号"), lambda r: r.number_text, kind="code", width=12, sort="number"),
        Column("title", gettext("标题"), lambda r: r.title, kind="title", width=44, href=url),
        Column("author", gettext("提出人"), lambda r: r.author, width=14),
        Column(
            "state",
            gettext("状态"),
            lambda r: r.state_label,
            kind="state",
            width=10,
            tone=lambda r: r.tone(today),
        ),
        Column("due", gettext("期限"), lambda r: r.clock, kind="clock", width=16, done=stopped, sort="due"),
        Column("leads", gettext("主办、分办"), lambda r: r.leads, width=18),
        Column("cos", gettext("会办"), lambda r: r.cos, width=18, default=False),
        Column("category", gettext("类别"), lambda r: r.category, kind="code", width=6),
        Column("grade", gettext("评价"), lambda r: r.grade, width=10),
        Column("subject", gettext("分类"), lambda r: r.subject, width=12),
        Column("committee", gettext("对口委员会"), lambda r: r.committee, width=16, default=False),
        Column("session", gettext("会议"), lambda r: r.session, width=18, default=False),
        Column("nature", gettext("性质"), lambda r: r.nature_label, width=10, default=False),
        Column("registered", gettext("立案"), lambda r: r.registered_on, kind="date", default=False),
        Column("assigned", gettext("交办"), lambda r: r.assigned_on, kind="date", default=False),
        Column("closed", gettext("办结"), lambda r: r.closed_on, kind="date", default=False),
    ]


@actor_required
def index(request: HttpRequest) -> HttpResponse:
    """The page of the ledger, fifty rows at a time."""
    today = localdate()
    form = LedgerForm(request.GET, actor=request.actor, today=today)
    wanted = form.wanted()
    context = {
        "may_screen": request.actor.may(Competence.SCREEN),
        "may_import": may_import(request.actor),
        "ledger": _table(request, wanted, today) | _around(request, form, wanted),
    }
    return _remembering(request, render(request, "suggestions/ledger.html", context))


def _table(request: HttpRequest, wanted: dict[str, Any], today: date) -> dict[str, Any]:
    """Head, body and paging of what was asked for."""
    start, sort = _offset(request.GET), _sort(request.GET)
    found = ledger.page(request.actor, wanted, today, sort, start)
    every = columns(today)
    chosen = table.chosen(every, _chosen(request))
    pick = (lambda row: (row.pk, row.title)) if BATCH.get(request.actor.kind) else None
    return {
        "menu": table.menu_html(every, chosen),
        "head": table.head_html(chosen, sort=sort, url=lambda order: _with(request.GET, sort=order)),
        "body": table.rows_html(chosen, found.rows, today=today, pick=pick),
        "rows": found.rows,
        "totals": [(_("共"), found.count_text)],
        "next_url": _with(request.GET, start=start + PAGE) if found.has_more else "",
        "previous_url": _with(request.GET, start=max(0, start - PAGE)) if start else "",
    }


def _around(request: HttpRequest, form: LedgerForm, wanted: dict[str, Any]) -> dict[str, Any]:
    """Filters, views, batch and the ways out of the page."""
    return {
        "filters": _chips(request.GET, form, wanted),
        "filter_form": form if "filter" in request.GET else None,
        "filter_url": _with(request.GET, filter=1),
        "close_url": _with(request.GET, filter=""),
        "views": _views(request),
        "batch": BATCH.get(request.actor.kind, ()),
        "batch_url": reverse("suggestions:batch"),
        "export_url": reverse("suggestions:export") + _with(request.GET),
        "print_url": reverse("suggestions:print") + _with(request.GET),
        "empty": _("没有符合条件的建议"),
    }


def _remembering(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Keeps the columns asked for until others are."""
    if "c" in request.GET:
        known = " ".join(
            column.code for column in table.chosen(columns(localdate()), request.GET.getlist("c"))
        )
        response.set_cookie("ledger_columns", known, max_age=31_536_000, httponly=True)
    return response


# Which verbs a kind of desk takes for many cases at once; each needs no words of its own per case.
BATCH: dict[str, tuple[tuple[str, Any], ...]] = {
    "deputy_work": (("assign", _("交办")), ("close", _("办结"))),
    "presidium": (("assign", _("交办")), ("close", _("办结"))),
    "dispatch": (("distribute", _("分办")),),
    "handling": (("sign_for", _("签收")),),
}


def _chosen(request: HttpRequest) -> list[str]:
    """The columns asked for now, else those chosen last time."""
    return request.GET.getlist("c") or request.COOKIES.get("ledger_columns", "").split()


def _sort(query: QueryDict) -> str:
    return query.get("sort", "-id")


def _offset(query: QueryDict) -> int:
    return whole(query.get("start", "")) or 0


def _with(query: QueryDict, **changes: Any) -> str:
    """The address of this ledger with some parameters changed; paging starts anew unless it is the change."""
    kept = [
        (key, value) for key, values in query.lists() for value in values if key not in {*changes, "start"}
    ]
    return "?" + urlencode([*kept, *((key, value) for key, value in changes.items() if value != "")])


def _chips(query: QueryDict, form: LedgerForm, wanted: dict[str, Any]) -> list[tuple[Any, str, str]]:
    chips = []
    for name, value in wanted.items():
        field = form.fields[name]
        labels = dict(getattr(field, "choices", ())) if isinstance(value, (str, int)) else {}
        chips.append((field.label, str(labels.get(value, value)), _with(query, **{name: ""})))
    return chips


def _views(request: HttpRequest) -> list[tuple[str, str, bool]]:
    """All, the clocks that matter, and the views this hat has saved; the one in the address is current."""
    base, here = reverse("suggestions:ledger"), request.GET.urlencode()
    fixed = [
        (_("全部"), ""),
        (_("逾期"), "clock=overdue"),
        (_("七天内到期"), "clock=near"),
        (_("二次交办"), "round=2"),
    ]
    saved = ledger.saved_views(request.actor.hat)
    return [
        (str(label), f"{base}?{query}" if query else base, query == here) for label, query in [*fixed, *saved]
    ]


@actor_required
def export(request: HttpRequest) -> HttpResponse:
    """The same rows and columns as a spreadsheet."""
    today = localdate()
    chosen = table.chosen(columns(today), _chosen(request))
    content = write_xlsx(chosen, _all_rows(request, today), title=str(_("建议台账")))
    response = HttpResponse(
        content, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    response["Content-Disposition"] = f'attachment; filename="ledger-{today.isoformat()}.xlsx"'
    return response


@actor_required
def printed(request: HttpRequest) -> HttpResponse:
    """The same rows and columns on paper."""
    today = localdate()
    chosen = table.chosen(columns(today), _chosen(request))
    rows = list(_all_rows(request, today))
    form = LedgerForm(request.GET, actor=request.actor, today=today)
    context = {
        "head": table.head_html(chosen),
        "body": table.rows_html(chosen, rows, today=today),
        "filters": _chips(request.GET, form, form.wanted()),
        "count": len(rows),
        "most": MOST_PRINTED,
    }
    return render(request, "suggestions/print.html", context)


def _all_rows(request: HttpRequest, today: date) -> Iterator[LedgerRow]:
    """Every filtered row, read in short pieces by key so that no long reader holds the database."""
    form = LedgerForm(request.GET, actor=request.actor, today=today)
    found = ledger.ordered(ledger.filtered(request.actor, form.wanted(), today), _sort(request.GET))
    keys = list(found.values_list("pk", flat=True)[:MOST_PRINTED])
    for start in range(0, len(keys), CHUNK):
        yield from ledger.rows_by_key(request.actor, keys[start : start + CHUNK])


@actor_required
@require_POST
def save_view(request: HttpRequest) -> HttpResponse:
    """Keeps the filters of the address under a name for this hat."""
    form = SavedViewForm(request.POST)
    query = request.POST.get("query", "").replace("\x00", "")[:LONGEST_QUERY]
    if not form.is_valid():
        raise Http404
    actions.save_view(request.actor, form.cleaned_data["name"], query=query)
    messages.success(request, _("已存为常用视图。"))
    return redirect(f"{reverse('suggestions:ledger')}?{query}")
