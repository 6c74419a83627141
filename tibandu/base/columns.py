"""One table of columns that gives a page's rows, a spreadsheet and a print of the same ledger."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from html import escape
from typing import Any, Literal

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import is_aware, localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tibandu.base.tones import clock_html, state_html

# A title links to its row, a code never breaks, a long text is cut on the page, a clock is a day that runs.
Kind = Literal["text", "number", "date", "state", "title", "code", "long", "clock"]
CLASSES = {"number": "number", "code": "code bare", "title": "title-cell", "long": "long", "state": "bare"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a ledger. `value` takes a row and feeds every form of it; the rest shapes the page only.

    `href` links the cell (a long one that has no address stands unlinked); `tone` colours a state; `done` stops a clock; `sort` is the order its head asks for.
    """

    code: str
    label: str | Promise
    value: Callable[[Any], object]
    kind: Kind = "text"
    width: int = 12
    default: bool = True
    href: Callable[[Any], str] | None = None
    tone: Callable[[Any], str] | None = None
    done: Callable[[Any], date | None] | None = None
    sort: str = ""


def label_of(choices: Any, name: str) -> Callable[[Any], str]:
    """The `value` of a column that holds a word of a closed list: its label in the reader's language."""

    def value(row: Any) -> str:
        return _labels(choices, get_language())[getattr(row, name)]

    return value


@lru_cache
def _labels(choices: Any, _language: str | None) -> dict[str, str]:
    return {value: str(label) for value, label in choices.choices}


def page_of(name: str, key: str = "pk") -> Callable[[Any], str]:
    """The `href` of a column: the address of this name for a row's key, resolved once and not for each row."""
    folder = cache(lambda: reverse(name, args=[0]).rpartition("0")[0])
    return lambda row: f"{folder()}{getattr(row, key)}/"


def chosen(columns: Sequence[Column], codes: Iterable[str] = ()) -> list[Column]:
    """The columns of these codes in the table's order; without any known code, the default ones."""
    wanted = frozenset(codes) & {column.code for column in columns}
    return [column for column in columns if (column.code in wanted if wanted else column.default)]


def shown(value: object) -> str:
    """A value as people read it in a ledger: days as ISO, moments in local time, nothing as an empty cell."""
    if type(value) is str:
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, datetime):
        return (localtime(value) if is_aware(value) else value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return f"{Decimal(f'{value:.15g}'):f}"
    if isinstance(value, (list, tuple)):
        return "、".join(map(shown, value))
    return str(value)


def cells(columns: Sequence[Column], rows: Iterable[Any]) -> list[list[str]]:
    """Every cell as plain text, to be escaped by whatever prints it."""
    values = [column.value for column in columns]
    return [[shown(value(row)) for value in values] for row in rows]


def rows_html(
    columns: Sequence[Column],
    rows: Iterable[Any],
    *,
    today: date | None = None,
    pick: Callable[[Any], tuple[int, str]] | None = None,
) -> SafeString:
    """The rows of a table body, escaped and joined as plain strings: that is where a ledger's time goes.

    `data-label` names the column where a phone stacks the cells; `pick` gives key and name of a row one can tick;
    a clock needs `today`.
    """
    printers = [_printer(column, today) for column in columns]
    if pick:
        printers.insert(0, _picker(pick))
    body = "".join(
        '<tr data-row tabindex="-1">' + "".join([printer(row) for printer in printers]) + "</tr>\n"
        for row in rows
    )
    return mark_safe(body)


def head_html(
    columns: Sequence[Column], *, sort: str = "", url: Callable[[str], str] | None = None
) -> SafeString:
    """The cells of the head row that goes with `rows_html`; a sortable one links to `url` of its order and back."""
    return mark_safe("".join(_head(column, sort, url) for column in columns))


def menu_html(columns: Sequence[Column], shown: Sequence[Column]) -> SafeString:
    """The boxes with which a reader chooses the columns, one line each."""
    return mark_safe("".join(_box(column, column in shown) for column in columns))


def _box(column: Column, is_shown: bool) -> str:
    return (
        f'<label class="menu-entry choice"><input type="checkbox" name="c" value="{escape(column.code)}"'
        f"{' checked' if is_shown else ''}><span>{escape(str(column.label))}</span></label>"
    )


def _head(column: Column, sort: str, url: Callable[[str], str] | None) -> str:
    label, css = escape(str(column.label)), CLASSES.get(column.kind, "")
    if not (column.sort and url):
        return f'<th scope="col" class="{css}">{label}</th>'
    up, down = sort == column.sort, sort == f"-{column.sort}"
    order = f' aria-sort="{"ascending" if up else "descending"}"' if up or down else ""
    arrow = " ↑" if up else " ↓" if down else ""
    target = escape(url(f"-{column.sort}" if up else column.sort))
    return f'<th scope="col" class="{css}"{order}><a href="{target}">{label}{arrow}</a></th>'


def _picker(pick: Callable[[Any], tuple[int, str]]) -> Callable[[Any], str]:
    label = escape(_("选取《%(title)s》"))

    def box(row: Any) -> str:
        key, name = pick(row)
        return (
            f'<td class="pick"><input type="checkbox" name="pick" value="{key}" form="batch" data-pick '
            f'aria-label="{label % {"title": escape(name)}}"></td>'
        )

    return box


def _printer(column: Column, today: date | None) -> Callable[[Any], str]:
    """A function that prints one cell, with everything decided beforehand that does not hang on the row."""
    opening = f'<td class="{CLASSES.get(column.kind, "")}" data-label="{escape(str(column.label))}">'
    body = _BODIES.get(column.kind, _plain)(column, today)

    def cell(row: Any) -> str:
        return f"{opening}{body(row)}</td>"

    return cell


def _plain(column: Column, today: date | None) -> Callable[[Any], str]:
    value, href = column.value, column.href
    if href is None:
        return lambda row: escape(shown(value(row)))
    return lambda row: f'<a href="{escape(href(row))}">{escape(shown(value(row)))}</a>'


def _long(column: Column, today: date | None) -> Callable[[Any], str]:
    value, href = column.value, column.href

    def body(row: Any) -> str:
        text = escape(shown(value(row)))
        url = href(row) if href else ""
        return (
            f'<a href="{escape(url)}" title="{text}">{text}</a>'
            if url
            else f'<span title="{text}">{text}</span>'
        )

    return body


def _state(column: Column, today: date | None) -> Callable[[Any], str]:
    value, tone = column.value, column.tone
    known: dict[tuple[str, str], str] = {}  # a page has few states and many rows

    def body(row: Any) -> str:
        words = shown(value(row))
        if not words:
            return ""
        key = (tone(row) if tone else "going", words)
        if key not in known:
            known[key] = state_html(*key)
        return known[key]

    return body


def _clock(column: Column, today: date | None) -> Callable[[Any], str]:
    value, done = column.value, column.done
    known: dict[tuple[date, date | None], str] = {}  # cases handed over together share their clocks

    def body(row: Any) -> str:
        due = value(row)
        if not isinstance(due, date) or today is None:
            return ""
        key = (due, done(row) if done else None)
        if key not in known:
            known[key] = clock_html(due, today, key[1])
        return known[key]

    return body


_BODIES = {"title": _long, "long": _long, "state": _state, "clock": _clock}
