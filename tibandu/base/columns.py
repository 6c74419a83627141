"""One table of columns that gives a page's rows, a spreadsheet and a print of the same ledger."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from html import escape
from typing import Any, Literal

from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import is_aware, localtime
from django.utils.translation import gettext as _

Kind = Literal["text", "number", "date", "state"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a ledger; `value` takes a row, `href` and `tone` (of a state) shape the page only."""

    code: str
    label: str | Promise
    value: Callable[[Any], object]
    kind: Kind = "text"
    width: int = 12
    default: bool = True
    href: Callable[[Any], str] | None = None
    tone: Callable[[Any], str] | None = None


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


def rows_html(columns: Sequence[Column], rows: Iterable[Any]) -> SafeString:
    """The rows of a table body, escaped; `data-label` names the column where a phone stacks the cells."""
    printers = [_printer(column) for column in columns]
    body = "".join("<tr>" + "".join([printer(row) for printer in printers]) + "</tr>\n" for row in rows)
    return mark_safe(body)


def head_html(columns: Sequence[Column]) -> SafeString:
    """The cells of the head row that goes with `rows_html`."""
    names = (
        f'<th scope="col" class="cell-{column.kind}">{escape(str(column.label))}</th>' for column in columns
    )
    return mark_safe("".join(names))


def _printer(column: Column) -> Callable[[Any], str]:
    """A function that prints one cell, with everything decided beforehand that does not hang on the row."""
    opening = f'<td class="cell-{column.kind}" data-label="{escape(str(column.label))}">'
    value, href, tone = column.value, column.href, column.tone

    def text(row: Any) -> str:
        return escape(shown(value(row)))

    def link(row: Any) -> str:
        return f'{opening}<a href="{escape(href(row))}">{text(row)}</a></td>' if href else ""

    def state(row: Any) -> str:
        words = text(row)
        shade = f" state-{escape(tone(row))}" if tone else ""
        return f'{opening}<span class="state{shade}">{words}</span></td>' if words else f"{opening}</td>"

    def plain(row: Any) -> str:
        return f"{opening}{text(row)}</td>"

    if href:
        return link
    return state if column.kind == "state" else plain
