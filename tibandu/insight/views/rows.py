"""The rows that a number counts: the ledger behind every figure, under the same rule of sight."""

from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from tibandu.base.columns import Column, label_of
from tibandu.base.doors import actor_required
from tibandu.base.figures import REGISTRY, Figure, Period
from tibandu.base.ledgers import PAGE, Asked, Found, Ledger, exported, printed, shown
from tibandu.base.whole import whole
from tibandu.insight.forms import BoardForm

Reach = Callable[[Any], Any]


def _path(*names: str) -> Reach:
    """What lies at the end of these attributes, nothing where one is empty."""

    def reached(row: Any) -> Any:
        for name in names:
            row = getattr(row, name) if row is not None else None
        return row

    return reached


def _case(reach: Reach) -> list[Column]:
    def url(row: Any) -> str:
        return reverse("suggestions:case", args=[reach(row).pk])

    return [
        Column("number", _("编号"), lambda r: reach(r).number_text, kind="code", width=12),
        Column("title", _("标题"), lambda r: reach(r).title, kind="title", width=44, href=url),
    ]


def _unit(*names: str) -> Column:
    reach = _path(*names)
    return Column("unit", _("承办单位"), lambda r: str(reach(r) or ""), width=18)


def _state() -> Column:
    def word(row: Any) -> str:
        return label_of(row._meta.get_field("state"), "state")(row)

    return Column("state", _("状态"), word, width=10)


def _day(code: str, label: Any) -> Column:
    return Column(code, label, _path(code), kind="date")


def _subject(reach: Reach) -> Column:
    return Column("subject", _("分类"), lambda r: str(reach(r).subject or ""), width=12)


# By noun: what a row needs beside itself, how its suggestion is reached, and what the ledger shows of it.
SHOWN: dict[str, tuple[tuple[str, ...], Reach, Callable[[], list[Column]]]] = {
    "suggestion": (
        ("subject",),
        lambda r: r,
        lambda: [
            _state(),
            Column("submitted", _("提交"), lambda r: r.submitted_at, kind="date", width=16),
            _day("registered_on", _("立案")),
            _day("assigned_on", _("交办")),
        ],
    ),
    "assignment": (
        ("suggestion__subject", "unit", "round"),
        _path("suggestion"),
        lambda: [
            _unit("unit"),
            _state(),
            Column("round", _("轮次"), _path("round", "n"), kind="number"),
            _day("assigned_on", _("交办")),
            _day("due_on", _("期限")),
            _day("answered_on", _("答复")),
        ],
    ),
    "reply": (
        ("suggestion__subject", "assignment__unit", "category"),
        _path("suggestion"),
        lambda: [
            _unit("assignment", "unit"),
            Column("category", _("类别"), lambda r: str(r.category or ""), width=18),
            _day("sent_on", _("发出")),
        ],
    ),
    "rating": (
        ("suggestion__subject", "reply__assignment__unit", "reply__category"),
        _path("suggestion"),
        lambda: [
            _unit("reply", "assignment", "unit"),
            Column("category", _("类别"), lambda r: str(r.reply.category or ""), width=18),
            _state(),
            Column("sent_on", _("答复"), _path("reply", "sent_on"), kind="date"),
            _day("rated_on", _("评价")),
        ],
    ),
    "promise": (
        ("suggestion__subject", "reply__assignment__unit"),
        _path("suggestion"),
        lambda: [
            Column("what", _("承诺事项"), lambda r: r.what, kind="long", width=30),
            _unit("reply", "assignment", "unit"),
            _state(),
            _day("due_on", _("兑现时限")),
        ],
    ),
    "objection": (
        ("assignment__suggestion__subject", "assignment__unit"),
        _path("assignment", "suggestion"),
        lambda: [_unit("assignment", "unit"), _state(), _day("raised_on", _("提出"))],
    ),
    "extension": (
        ("assignment__suggestion__subject", "assignment__unit"),
        _path("assignment", "suggestion"),
        lambda: [
            _unit("assignment", "unit"),
            _day("old_due_on", _("原期限")),
            _day("until", _("延至")),
            _day("ruled_on", _("审批")),
        ],
    ),
}


def columns(noun: str) -> list[Column]:
    """The columns of a noun's ledger; a noun of another room is shown by its name and its state."""
    if noun not in SHOWN:
        return [
            Column("title", _("名称"), str, kind="title", width=44, href=lambda r: r.get_absolute_url()),
            _state(),
        ]
    _beside, reach, own = SHOWN[noun]
    return [*_case(reach), *own(), _subject(reach)]


def rows_url(figure: str, period: Period, scope: dict[str, Any], *, among: bool = False, **more: Any) -> str:
    """The address of the rows behind a number."""
    days = {"year": period.since.year}
    if period.kind != "year":
        days = {"since": period.since.isoformat(), "until": period.until.isoformat()}  # type: ignore[dict-item]
    asked = {"figure": figure, **({"half": "among"} if among else {}), **days, **scope, **more}
    return f"{reverse('insight:rows')}?{urlencode(asked)}"


def asked(request: HttpRequest, today: date) -> tuple[Figure, BoardForm, QuerySet[Any]]:
    """The figure that the address names and its rows in the reader's sight; 404 where there is no such figure."""
    figure = REGISTRY.get(request.GET.get("figure", ""))
    if figure is None:
        raise Http404
    form = BoardForm(request.GET, actor=request.actor, today=today)
    scope = {name: key for name in SCOPES if (key := whole(request.GET.get(name, ""))) is not None}
    if category := request.GET.get("category", "").replace("\x00", ""):
        scope["category"] = category
    half = "among" if request.GET.get("half") == "among" else "counted"
    rows = figure.rows(request.actor, form.period, scope, half)  # type: ignore[arg-type]
    if figure.source.noun in SHOWN:
        rows = rows.select_related(*SHOWN[figure.source.noun][0])
    return figure, form, rows.order_by("-pk")


SCOPES = ("unit", "subject", "committee")


@actor_required
def rows(request: HttpRequest) -> HttpResponse:
    """The ledger of one figure, fifty rows at a time, with how many there are."""
    return shown(ledger_of(request), request)


@actor_required
def export(request: HttpRequest) -> HttpResponse:
    return exported(ledger_of(request), request)


@actor_required
def on_paper(request: HttpRequest) -> HttpResponse:
    return printed(ledger_of(request), request)


def ledger_of(request: HttpRequest) -> Ledger:
    """The ledger of the figure that the address names, under its period and scope."""
    figure, form, found = asked(request, localdate())

    def page(asked: Asked) -> Found:
        count = found.count()
        rows = list(found[asked.start : asked.start + PAGE])
        return Found(rows, asked.start + PAGE < count, [(_("共"), count)])

    return Ledger(
        "insight:rows",
        figure.label,
        lambda asked: columns(figure.source.noun),
        lambda asked, start, stop: found[start:stop],
        _("没有计入的行"),
        words=f"{form.words}。{figure.definition}",
        page=page,
        views=lambda asked: _halves(asked, figure),
        file=figure.id,
        remembers=False,
    )


def _halves(asked: Asked, figure: Figure) -> list[tuple[Any, str, bool]]:
    if figure.among is None:
        return []
    is_among = asked.request.GET.get("half") == "among"
    return [
        (_("计入的"), asked.url(half=""), not is_among),
        (_("分母"), asked.url(half="among"), is_among),
    ]
