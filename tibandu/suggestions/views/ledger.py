"""The ledger 台账: one column table gives the page, the spreadsheet and the print of exactly what is filtered."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from tibandu.base.columns import Column
from tibandu.base.doors import actor_required
from tibandu.base.ledgers import Asked, Found, Ledger
from tibandu.people.enums import Competence
from tibandu.suggestions import actions
from tibandu.suggestions.enums import OPEN
from tibandu.suggestions.forms.ledger import LedgerForm, SavedViewForm
from tibandu.suggestions.queries import ledger
from tibandu.suggestions.queries.importing import may_import
from tibandu.suggestions.queries.ledger import LedgerRow

NEWEST = "-id"
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


# Which verbs a kind of desk takes for many cases at once; each needs no words of its own per case.
BATCH: dict[str, tuple[tuple[str, Any], ...]] = {
    "deputy_work": (("assign", _("交办")), ("close", _("办结"))),
    "presidium": (("assign", _("交办")), ("close", _("办结"))),
    "dispatch": (("distribute", _("分办")),),
    "handling": (("sign_for", _("签收")),),
}


def _page(asked: Asked) -> Found:
    found = ledger.page(asked.actor, asked.wanted, asked.today, asked.sort or NEWEST, asked.start)
    return Found(found.rows, found.has_more, [(_("共"), found.count_text)])


def _rows(asked: Asked, start: int, stop: int) -> Iterator[LedgerRow]:
    """The filtered rows, read in short pieces by key so that no long reader holds the database."""
    found = ledger.ordered(ledger.filtered(asked.actor, asked.wanted, asked.today), asked.sort or NEWEST)
    keys = list(found.values_list("pk", flat=True)[start:stop])
    for first in range(0, len(keys), CHUNK):
        yield from ledger.rows_by_key(asked.actor, keys[first : first + CHUNK])


def _views(asked: Asked) -> list[tuple[str, str, bool]]:
    """All, the clocks that matter, and the views this hat has saved; the one in the address is current."""
    base, here = reverse("suggestions:ledger"), asked.request.GET.urlencode()
    fixed = [
        (_("全部"), ""),
        (_("逾期"), "clock=overdue"),
        (_("七天内到期"), "clock=near"),
        (_("二次交办"), "round=2"),
    ]
    saved = ledger.saved_views(asked.actor.hat)
    return [
        (str(label), f"{base}?{query}" if query else base, query == here) for label, query in [*fixed, *saved]
    ]


def _pick(asked: Asked) -> Callable[[LedgerRow], tuple[int, str]] | None:
    return (lambda row: (row.pk, row.title)) if BATCH.get(asked.actor.kind) else None


LEDGER = Ledger(
    "suggestions:ledger",
    _("建议台账"),
    lambda asked: columns(asked.today),
    _rows,
    _("没有符合条件的建议"),
    form=LedgerForm,
    page=_page,
    views=_views,
    tools=lambda asked: {
        "batch": BATCH.get(asked.actor.kind, ()),
        "batch_url": reverse("suggestions:batch"),
    },
    pick=_pick,
    beside=lambda asked, rows: {
        "may_screen": asked.actor.may(Competence.SCREEN),
        "may_import": may_import(asked.actor),
    },
    template="suggestions/ledger.html",
)


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
