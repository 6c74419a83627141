"""Knows how a ledger 台账 is answered: what its address asks, the page of it, and the same rows as spreadsheet and print."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from tibandu.base import columns as table
from tibandu.base.columns import Column
from tibandu.base.doors import View, actor_required
from tibandu.base.sheets import write_xlsx
from tibandu.base.whole import whole

PAGE = 50
MOST = 5000  # rows of a spreadsheet
MOST_PRINTED = 2000
MOST_SKIPPED = 1_000_000
A_YEAR = 31_536_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Chip = tuple[Any, str, str]
Way = tuple[Any, str]  # label and address


@dataclass(frozen=True)
class Found:
    """A page of rows, whether more follow, and what stands at its foot as (label, value), else how many rows it has."""

    rows: Sequence[Any]
    has_more: bool
    totals: Sequence[tuple[Any, Any]] | None = None


@dataclass(frozen=True)
class Ledger:
    """One ledger: all that differs between it and every other.

    `name` names its address; its spreadsheet and its print are named after it. `rows(asked, start, stop)` reads rows in
    their order; `page` reads a page of them where that is done otherwise, or where totals stand at its foot.
    """

    name: str
    title: Any
    columns: Callable[["Asked"], Sequence[Column]]
    rows: Callable[["Asked", int, int], Iterable[Any]]
    # What stands there while it has no rows, and what to do about it.
    empty: Any
    hint: Any = ""
    words: Any = ""
    form: Any = None
    page: Callable[["Asked"], Found] | None = None
    opens: Callable[[Any], bool] = lambda actor: True
    # What may be begun here, the first of it foremost; and where else one goes, as (label, name of the address).
    begins: Callable[[Any], Sequence[Way]] = lambda actor: ()
    ways: Sequence[tuple[Any, str]] = ()
    views: Callable[["Asked"], Sequence[tuple[Any, str, bool]]] = lambda asked: ()
    # What its template shows beside it, by its rows; and further parts of components/ledger.html.
    beside: Callable[["Asked", Sequence[Any]], Mapping[str, Any]] = lambda asked, rows: {}
    tools: Callable[["Asked"], Mapping[str, Any]] = lambda asked: {}
    pick: Callable[["Asked"], Callable[[Any], tuple[int, str]] | None] = lambda asked: None
    template: str = "ledger.html"
    # What its spreadsheet is called, where not as its address; whether the columns that somebody chose are kept.
    file: str = ""
    remembers: bool = True

    @property
    def short(self) -> str:
        """The name of the address within its room."""
        return self.name.partition(":")[2]

    @property
    def cookie(self) -> str:
        """Where the columns that somebody chose are kept."""
        return f"{self.name.replace(':', '_')}_columns"

    def url(self, form: str = "") -> str:
        return reverse(f"{self.name}_{form}" if form else self.name)


@dataclass(frozen=True)
class Asked:
    """What one request asks of a ledger: by whom, on which day, which filters, columns, order and part of the rows."""

    ledger: Ledger
    request: HttpRequest
    actor: Any
    today: date = field(default_factory=localdate)
    kept: dict[str, Any] = field(default_factory=dict)  # what columns and rows both need, read once

    @cached_property
    def form(self) -> Any:
        kind = self.ledger.form
        return kind(self.request.GET, actor=self.actor, today=self.today) if kind else None

    @cached_property
    def wanted(self) -> dict[str, Any]:
        return self.form.wanted() if self.form else {}

    @property
    def start(self) -> int:
        return min(whole(self.request.GET.get("start", "")) or 0, MOST_SKIPPED)

    @property
    def sort(self) -> str:
        return self.request.GET.get("sort", "")

    @cached_property
    def every_column(self) -> Sequence[Column]:
        return self.ledger.columns(self)

    @cached_property
    def columns(self) -> list[Column]:
        """The columns asked for now, else those chosen last time, else the usual ones."""
        kept = self.request.COOKIES.get(self.ledger.cookie, "") if self.ledger.remembers else ""
        return table.chosen(self.every_column, self.request.GET.getlist("c") or kept.split())

    def found(self) -> Found:
        """The page of rows; one more is read to see whether more follow."""
        if self.ledger.page:
            return self.ledger.page(self)
        rows = list(self.ledger.rows(self, self.start, self.start + PAGE + 1))
        return Found(rows[:PAGE], len(rows) > PAGE)

    def url(self, **changes: Any) -> str:
        """The address of this page with some parameters changed; paging starts anew unless it is the change."""
        gone = {*changes, "start"}
        kept = [
            (key, value) for key, values in self.request.GET.lists() if key not in gone for value in values
        ]
        changed = [(key, value) for key, value in changes.items() if value != ""]
        return "?" + urlencode([*kept, *changed])

    def chips(self) -> list[Chip]:
        """The filters that hold, each with the address without it."""
        found = []
        for name, value in self.wanted.items():
            asked = self.form.fields[name]
            labels = dict(getattr(asked, "choices", ())) if isinstance(value, (str, int)) else {}
            found.append((asked.label, str(labels.get(value, value)), self.url(**{name: ""})))
        return found


def shown(ledger: Ledger, request: HttpRequest, status: int = 200, **more: Any) -> HttpResponse:
    """The page of a ledger; `more` is for its template. It keeps the columns asked for until others are."""
    asked = _asked(ledger, request)
    found = asked.found()
    context = {
        "book": ledger,
        "ledger": {**_table(asked, found), **_around(asked), **ledger.tools(asked)},
        "begins": ledger.begins(asked.actor),
        "ways": [(label, reverse(name)) for label, name in ledger.ways],
        **ledger.beside(asked, found.rows),
        **more,
    }
    response = render(request, ledger.template, context, status=status)
    if ledger.remembers and "c" in request.GET:
        codes = " ".join(column.code for column in asked.columns)
        response.set_cookie(ledger.cookie, codes, max_age=A_YEAR, path=ledger.url(), httponly=True)
    return response


def _asked(ledger: Ledger, request: HttpRequest) -> Asked:
    """What is asked; a ledger that is not for this reader is not there."""
    actor = request.actor  # type: ignore[attr-defined]
    if not ledger.opens(actor):
        raise Http404
    return Asked(ledger, request, actor)


def _table(asked: Asked, found: Found) -> dict[str, Any]:
    """Head, body and paging of what was found."""
    chosen, start = asked.columns, asked.start
    return {
        "menu": table.menu_html(asked.every_column, chosen),
        "head": table.head_html(chosen, sort=asked.sort, url=lambda order: asked.url(sort=order)),
        "body": table.rows_html(chosen, found.rows, today=asked.today, pick=asked.ledger.pick(asked)),
        "rows": found.rows,
        "totals": found.totals or [(_("本页") if start or found.has_more else _("共"), len(found.rows))],
        "next_url": asked.url(start=start + PAGE) if found.has_more else "",
        "previous_url": asked.url(start=max(0, start - PAGE)) if start else "",
    }


def _around(asked: Asked) -> dict[str, Any]:
    """Filters, views and the ways out of the page."""
    ledger, query = asked.ledger, asked.url()
    return {
        "filters": asked.chips(),
        "filter_form": asked.form if "filter" in asked.request.GET else None,
        "filter_url": asked.url(filter=1) if ledger.form else "",
        "close_url": asked.url(filter=""),
        "views": ledger.views(asked),
        "export_url": ledger.url("export") + query,
        "print_url": ledger.url("print") + query,
        "empty": None if asked.wanted else ledger.empty,
        "hint": ledger.hint,
    }


def exported(ledger: Ledger, request: HttpRequest) -> HttpResponse:
    """The same rows and columns as a spreadsheet."""
    asked = _asked(ledger, request)
    return spreadsheet(asked.columns, ledger.rows(asked, 0, MOST), ledger.title, ledger.file or ledger.short)


def spreadsheet(columns: Sequence[Column], rows: Iterable[Any], title: Any, name: str) -> HttpResponse:
    """A spreadsheet to keep, named after its ledger and the day."""
    response = HttpResponse(write_xlsx(columns, rows, title=str(title)), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}-{localdate().isoformat()}.xlsx"'
    return response


def printed(ledger: Ledger, request: HttpRequest) -> HttpResponse:
    """The same rows and columns for paper."""
    asked = _asked(ledger, request)
    rows = list(ledger.rows(asked, 0, MOST_PRINTED))
    context = {
        "book": ledger,
        "head": table.head_html(asked.columns),
        "body": table.rows_html(asked.columns, rows, today=asked.today),
        "filters": asked.chips(),
        "count": len(rows),
        "most": MOST_PRINTED,
    }
    return render(request, "ledger_print.html", context)


def addresses(folder: str, ledger: Ledger, view: View | None = None) -> list[URLPattern]:
    """The addresses of a ledger: its page (answered by `view` where it does more), its spreadsheet, its print."""
    name = ledger.short
    return [
        path(folder, view or _view(shown, ledger), name=name),
        path(f"{folder}export.xlsx", _view(exported, ledger), name=f"{name}_export"),
        path(f"{folder}print/", _view(printed, ledger), name=f"{name}_print"),
    ]


def _view(answer: Callable[[Ledger, HttpRequest], HttpResponse], ledger: Ledger) -> View:
    @actor_required
    def view(request: HttpRequest) -> HttpResponse:
        return answer(ledger, request)

    return view
