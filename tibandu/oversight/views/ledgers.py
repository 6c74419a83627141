"""Knows how a ledger of this room is shown and exported: filters in the address, columns chosen, pages by key."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate

from tibandu.base import columns as table
from tibandu.base.columns import Column
from tibandu.base.doors import actor_required
from tibandu.base.sheets import write_xlsx
from tibandu.base.whole import whole
from tibandu.oversight.forms.instruments import BEGINNINGS
from tibandu.people.queries import Actor

PAGE, MOST = 50, 5000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Book:
    """One ledger: its name in addresses, its title and one sentence, its columns, filters and rows, what can be begun here."""

    name: str
    title: Any
    words: Any
    columns: Callable[[Actor], list[Column]]
    form: Any
    rows: Callable[[Actor, dict[str, Any]], Any]
    empty: Any
    begins: tuple[str, ...] = ()


def page(book: Book) -> Callable[..., HttpResponse]:
    """The page of a ledger."""

    @actor_required
    def view(request: Any) -> HttpResponse:
        today = localdate()
        form = book.form(request.GET, actor=request.actor, today=today)
        wanted = form.wanted()
        start = whole(request.GET.get("start", "")) or 0
        rows = list(book.rows(request.actor, wanted)[start : start + PAGE + 1])
        every = book.columns(request.actor)
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
            "export_url": reverse(f"oversight:{book.name}_export") + _with(request.GET),
            "next_url": _with(request.GET, start=start + PAGE) if len(rows) > PAGE else "",
            "previous_url": _with(request.GET, start=max(0, start - PAGE)) if start else "",
            "empty": None if wanted else book.empty,
        }
        context = {"ledger": ledger, "book": book, "begins": beginnings(request.actor, book.begins)}
        return render(request, "oversight/book.html", context)

    return view


def export(book: Book) -> Callable[..., HttpResponse]:
    """The same rows and columns as a spreadsheet."""

    @actor_required
    def view(request: Any) -> HttpResponse:
        today = localdate()
        form = book.form(request.GET, actor=request.actor, today=today)
        chosen = table.chosen(book.columns(request.actor), request.GET.getlist("c"))
        rows = list(book.rows(request.actor, form.wanted())[:MOST])
        response = HttpResponse(write_xlsx(chosen, rows, title=str(book.title)), content_type=XLSX)
        response["Content-Disposition"] = f'attachment; filename="{book.name}-{today.isoformat()}.xlsx"'
        return response

    return view


def beginnings(actor: Actor, names: tuple[str, ...]) -> list[tuple[Any, str]]:
    """What this actor may begin, as (label, address)."""
    return [
        (BEGINNINGS[name].label, reverse(f"oversight:{name}"))
        for name in names
        if BEGINNINGS[name].role.holds(actor, None)
    ]


def _with(query: QueryDict, **changes: Any) -> str:
    """The address of a ledger with some parameters changed; paging starts anew unless it is the change."""
    kept = [
        (key, value) for key, values in query.lists() for value in values if key not in {*changes, "start"}
    ]
    return "?" + urlencode([*kept, *((key, value) for key, value in changes.items() if value != "")])


def _chips(query: QueryDict, form: Any, wanted: dict[str, Any]) -> list[tuple[Any, str, str]]:
    chips = []
    for name, value in wanted.items():
        labels = dict(getattr(form.fields[name], "choices", ())) if isinstance(value, str) else {}
        chips.append((form.fields[name].label, str(labels.get(value, value)), _with(query, **{name: ""})))
    return chips
