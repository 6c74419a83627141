"""The board of categories and satisfaction 研判, and the scissors: the same figures for everybody, each over its own rows."""

from collections.abc import Sequence
from html import escape
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from tibandu.base.columns import Column
from tibandu.base.doors import actor_required
from tibandu.base.figures import REGISTRY, Figure, Value
from tibandu.base.ledgers import spreadsheet
from tibandu.insight.enums import By
from tibandu.insight.forms import BoardForm
from tibandu.insight.queries import figures
from tibandu.insight.queries.figures import IN_TABLE, MOST_CHARTED, PARTS, SCISSORS, Board, Group
from tibandu.insight.rules import change
from tibandu.insight.views.rows import rows_url

NOTHING = "—"


@actor_required
def overview(request: HttpRequest) -> HttpResponse:
    """Every figure with last year beside it, the categories of both, and a table by unit, class, committee or year."""
    form = BoardForm(request.GET, actor=request.actor, today=localdate())
    board = figures.board(request.actor, form.period, form.scope, form.parted_by)
    context = {
        "form": form,
        "by": _tabs(request, form),
        "parts": [
            (f"part-{n}", label, [_key(REGISTRY[name], board, form) for name in names])
            for n, (label, names) in enumerate(_parts(board), 1)
        ],
        "categories": _categories(board, form),
        "table": _table(board, form, IN_TABLE),
        "chart": _category_chart(board, form),
        "export_url": _address("overview_export", request),
    }
    return render(request, "insight/overview.html", context)


@actor_required
def scissors(request: HttpRequest) -> HttpResponse:
    """Satisfied beside done: the gap of every unit or year, and what lies in it."""
    form = BoardForm(request.GET, actor=request.actor, today=localdate())
    board = figures.board(request.actor, form.period, form.scope, form.parted_by, SCISSORS)
    shown = ("satisfied", "resolved", "kept", "satisfied_undone", "done_asked_again")
    context = {
        "form": form,
        "by": _tabs(request, form),
        "figures": [_key(REGISTRY[name], board, form) for name in shown],
        "table": _table(board, form, shown, with_gap=True),
        "chart": _gap_chart(board, form),
        "flawless": [_flawless(group, form) for group in board.groups if figures.is_flawless(group)]
        if form.parted_by == "unit"
        else [],
        "export_url": _address("scissors_export", request),
    }
    return render(request, "insight/scissors.html", context)


@actor_required
def overview_export(request: HttpRequest) -> HttpResponse:
    """The table of the board as a spreadsheet: of a share both numbers stand beside it."""
    form = BoardForm(request.GET, actor=request.actor, today=localdate())
    board = figures.board(request.actor, form.period, form.scope, form.parted_by)
    return spreadsheet(_sheet(form, IN_TABLE), board.groups, f"{_('研判')} {form.words}", "overview")


@actor_required
def scissors_export(request: HttpRequest) -> HttpResponse:
    """The table of the scissors as a spreadsheet."""
    form = BoardForm(request.GET, actor=request.actor, today=localdate())
    board = figures.board(request.actor, form.period, form.scope, form.parted_by, SCISSORS)
    gap = Column("gap", _("剪刀差（百分点）"), lambda g: figures.gap_of(g).points, kind="number", width=14)
    return spreadsheet(
        [*_sheet(form, SCISSORS), gap], board.groups, f"{_('剪刀差')} {form.words}", "scissors"
    )


def _sheet(form: BoardForm, names: Sequence[str]) -> list[Column]:
    columns = [Column("label", str(By(form.parted_by).label), lambda g: g.label, width=24)]
    for name in names:
        columns += _sheet_columns(REGISTRY[name])
    return columns


def _sheet_columns(figure: Figure) -> list[Column]:
    def number(group: Group) -> object:
        return group.values[figure.id].number if figure.id in group.values else None

    def halves(group: Group) -> object:
        value = group.values.get(figure.id)
        return f"{value.counted}/{value.among}" if value else None

    label = str(figure.label)
    own = [Column(figure.id, f"{label}（%）" if figure.among else label, number, kind="number", width=12)]
    return own if figure.among is None else [*own, Column(f"{figure.id}_of", f"{label}（件）", halves)]


def _parts(board: Board) -> list[tuple[Any, tuple[str, ...]]]:
    """The parts of the board; what other rooms have registered comes last."""
    known = {name for _label, names in PARTS for name in names}
    other = tuple(f.id for f in figures.figures() if f.id not in known and f not in figures.OWN)
    return [*PARTS, (_("督办"), other)] if other else list(PARTS)


def _key(figure: Figure, board: Board, form: BoardForm) -> dict[str, Any]:
    """A figure as its tile shows it, with the same days a year earlier; it opens its rows."""
    value, before = board.now[figure.id], board.before.get(figure.id, Value())
    period, scope = form.period, form.scope
    return {
        "label": figure.label,
        "definition": figure.definition,
        "value": _shown(value),
        "unit": "%" if value.percent is not None else "",
        "url": rows_url(figure.id, period, scope),
        "before": _shown(before),
    }


def _shown(value: Value) -> str:
    return NOTHING if value.number is None else f"{value.number:,}"


def _table(board: Board, form: BoardForm, names: Sequence[str], *, with_gap: bool = False) -> dict[str, Any]:
    """Head and body of a board's table: plain strings, for there are many cells, each with the address of its rows."""
    shown = [REGISTRY[name] for name in names if any(name in g.values for g in board.groups)]
    heads = [(f.label, f.definition, "%" if f.among else "") for f in shown]
    if with_gap:
        heads.append((_("剪刀差"), _("首评满意率减办成率，百分点；正数是满意多于办成。"), ""))
    lines = [_line(group, shown, form, with_gap) for group in board.groups]
    return {"label": By(form.parted_by).label, "heads": heads, "body": mark_safe("".join(lines))}


def _line(group: Group, shown: Sequence[Figure], form: BoardForm, with_gap: bool) -> str:
    address = rows_url("", group.period, {**form.scope, **group.scope}).partition("figure=&")[::2]
    cells = [(str(figure.label), _cell(figure, group, address)) for figure in shown]
    if with_gap:
        points = figures.gap_of(group).points
        cells.append((_("剪刀差"), NOTHING if points is None else f"{points:+}"))
    body = "".join(f'<td class="number" data-label="{escape(label)}">{cell}</td>' for label, cell in cells)
    return f'<tr><th scope="row" class="group">{escape(group.label)}</th>{body}</tr>\n'


def _cell(figure: Figure, group: Group, address: tuple[str, str]) -> str:
    """What is shown, linked to its rows, and of how many."""
    value = group.values.get(figure.id)
    if value is None or value.number is None:
        return "" if value is None else NOTHING
    start, rest = address
    url = escape(f"{start}figure={figure.id}&{rest}")
    of = f' <span class="quiet small">{value.counted}/{value.among}</span>' if value.among else ""
    return f'<a href="{url}">{_shown(value)}</a>{of}'


def _categories(board: Board, form: BoardForm) -> list[dict[str, Any]]:
    """Each category's share now and a year earlier, both shown; the difference in points, the relative one beside it."""
    now = sum(row[2] for row in board.categories)
    before = sum(row[3] for row in board.categories)
    lines = []
    for code, resolved, count, earlier in board.categories:
        share, was = Value(count, now).percent, Value(earlier, before).percent
        points, relative = change(count, now, earlier, before)
        lines.append(
            {
                "label": _class(code),
                "resolved": resolved,
                "count": count,
                "share": share,
                "earlier": earlier,
                "was": was,
                "points": points,
                "relative": relative,
                "url": rows_url("replied", form.period, form.scope, category=code),
                "earlier_url": rows_url("replied", form.period.before, form.scope, category=code),
            }
        )
    return lines


def _class(code: str) -> str:
    return str(_("%(code)s类")) % {"code": code} if code.isascii() else code


def _category_chart(board: Board, form: BoardForm) -> dict[str, Any]:
    """The categories of each group, stacked."""
    groups = [group for group in board.groups if group.categories][:MOST_CHARTED]
    codes = sorted({code for group in groups for code in group.categories})
    return {
        "kind": "bar",
        "stack": True,
        "unit": str(_("件")),
        "labels": [group.label for group in groups],
        "series": [
            {
                "name": _class(code),
                "values": [group.categories.get(code, 0) for group in groups],
                "urls": [
                    rows_url("replied", g.period, {**form.scope, **g.scope}, category=code) for g in groups
                ],
            }
            for code in codes
        ],
    }


def _gap_chart(board: Board, form: BoardForm) -> dict[str, Any]:
    """Satisfied beside done: bars of units, lines through the years."""
    groups = [group for group in board.groups if figures.gap_of(group).points is not None]
    groups = groups[:MOST_CHARTED] if form.parted_by != "year" else groups[::-1]
    names = ("satisfied", "resolved", "kept")
    return {
        "kind": "line" if form.parted_by == "year" else "bar",
        "unit": "%",
        "labels": [group.label for group in groups],
        "series": [
            {
                "name": str(REGISTRY[name].label),
                "values": [group.values[name].percent if name in group.values else None for group in groups],
                "urls": [rows_url(name, g.period, {**form.scope, **g.scope}) for g in groups],
            }
            for name in names
        ],
    }


def _flawless(group: Group, form: BoardForm) -> dict[str, Any]:
    """A unit whose shares are all whole, with what each is a share of."""
    scope = {**form.scope, **group.scope}
    return {
        "label": group.label,
        "parts": [
            (
                REGISTRY[name].label,
                f"{group.values[name].counted}/{group.values[name].among}",
                rows_url(name, group.period, scope, among=True),
            )
            for name in figures.FLAWLESS
        ],
    }


def _tabs(request: HttpRequest, form: BoardForm) -> list[tuple[Any, str, bool]]:
    """The ways to part the table, the present one marked."""
    query = request.GET.copy()
    tabs = []
    for name, label in By.choices:
        query["by"] = name
        tabs.append((label, f"?{query.urlencode()}", name == form.parted_by))
    return tabs


def _address(name: str, request: HttpRequest) -> str:
    return f"{reverse(f'insight:{name}')}?{request.GET.urlencode()}"
