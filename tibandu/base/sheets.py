"""Spreadsheets: rows of clean text out of whatever office people send, and typed workbooks back to them."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import PurePath
from typing import IO, Any
from zipfile import BadZipFile, ZipFile

import xlsxwriter
from django.utils.timezone import is_aware, localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum

from tibandu.base.columns import Column, shown
from tibandu.base.scrub import without_hidden
from tibandu.base.words import plain_header

MOST_ROWS = 20_000
MOST_COLUMNS = 200
MOST_BYTES = 20 * 1024 * 1024
MOST_UNPACKED = 300 * 1024 * 1024
HEADER_WITHIN = 20
WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xls", ".et", ".ods"})
TEXTS = frozenset({".csv", ".txt", ".tsv"})
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_SPACE = re.compile(r"\s+")
_NOT_IN_SHEET_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]")

_LOCKED = "EncryptedPackage".encode("utf-16-le")
_BROKEN = gettext_lazy("文件打不开，可能已损坏，或扩展名与内容不符。")


class SheetProblem(Exception):
    """A spreadsheet cannot be read; the message is a sentence for the person who sent it."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet as text: every row equally long, nothing empty at its right or bottom."""

    title: str
    rows: list[list[str]]
    others: tuple[str, ...] = ()


def read_rows(file: IO[bytes], name: str, *, sheet: str | None = None) -> Sheet:
    """Read a workbook or a text table; without `sheet`, the first visible sheet that holds anything."""
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise SheetProblem(_("文件超过 %(n)d MB，请拆分后再导入。") % {"n": MOST_BYTES // 1024 // 1024})
    if not content.strip():
        raise SheetProblem(_("文件是空的。"))
    ending = PurePath(name).suffix.lower()
    if ending in TEXTS:
        return Sheet(PurePath(name).stem, _squared(_csv_rows(content)))
    if ending not in WORKBOOKS:
        raise SheetProblem(_("不认识“%(name)s”这种文件，请用 xlsx、xls、et、ods 或 csv。") % {"name": name})
    return _read_workbook(content, sheet)


def find_header(rows: Sequence[Sequence[str]], known: set[str]) -> int | None:
    """The row among the first twenty with the most known headers (two at least, if two are known)."""
    plain = {plain_header(header) for header in known}
    counts = [len({plain_header(cell) for cell in row} & plain) for row in rows[:HEADER_WITHIN]]
    best = max(counts, default=0)
    return counts.index(best) if best >= min(2, max(len(plain), 1)) else None


def header_names(rows: Sequence[Sequence[str]], header: int) -> list[str]:
    """The names of all columns: a cell merged downwards takes its name from above, a double gets a number."""
    above: Sequence[str] = rows[header - 1] if header else ()
    is_two_storeys = sum(1 for cell in above if cell) > 1
    names: list[str] = []
    for place, cell in enumerate(rows[header]):
        name = _SPACE.sub("", cell)
        if not name and is_two_storeys:
            name = _SPACE.sub("", above[place])
        names.append(name)
    return _told_apart(names)


def body(rows: Sequence[Sequence[str]], header: int) -> list[tuple[int, list[str]]]:
    """What stands below the header as (row number in the file, cells), without rows that are empty."""
    start = header + 1
    return [(number, list(row)) for number, row in enumerate(rows[start:], start=start + 1) if any(row)]


def clean_cell(value: object) -> str:
    """One cell as the text a person sees: 12.0 is 12, days are ISO, invisible characters are gone."""
    if isinstance(value, str):
        seen = _INVISIBLE.sub("", without_hidden(value))
        lines = seen.replace("\u00a0", " ").replace("\r\n", "\n").replace("\r", "\n")
        return lines.strip()
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, timedelta):
        minutes = int(value.total_seconds()) // 60
        return f"{minutes // 60:02d}:{minutes % 60:02d}"
    return shown(value)


def write_xlsx(columns: Sequence[Column], rows: Iterable[Any], *, title: str) -> bytes:
    """A workbook of one sheet: header frozen, numbers and days typed, text never read as a formula."""
    buffer = io.BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "in_memory": False,
    }
    with xlsxwriter.Workbook(buffer, options) as book:
        page = book.add_worksheet(_NOT_IN_SHEET_NAME.sub(" ", title).strip("' ")[:31] or None)
        book.set_properties({"title": title})
        formats = _formats(book)
        for place, column in enumerate(columns):
            page.set_column(
                place,
                place,
                max(column.width, 2 * len(str(column.label)) + 2),
                formats.get(column.kind, formats["text"]),
            )
        page.freeze_panes(1, 0)
        page.repeat_rows(0)
        page.set_landscape()
        page.fit_to_pages(1, 0)
        for place, column in enumerate(columns):
            page.write_string(0, place, str(column.label), formats["header"])
        last = 0
        for last, row in enumerate(rows, start=1):
            for place, column in enumerate(columns):
                _write(page, last, place, column.value(row), formats)
        page.autofilter(0, 0, last, max(len(columns) - 1, 0))
    return buffer.getvalue()


def _formats(book: Any) -> dict[str, Any]:
    base = {"font_name": "宋体", "font_size": 11, "valign": "top"}
    header = {"bold": True, "bg_color": "#E8EDF3", "bottom": 1, "valign": "vcenter", "text_wrap": True}
    return {
        "header": book.add_format(base | header),
        "text": book.add_format(base | {"text_wrap": True}),
        "state": book.add_format(base),
        "number": book.add_format(base),
        "date": book.add_format(base | {"num_format": "yyyy-mm-dd", "align": "left"}),
        "moment": book.add_format(base | {"num_format": "yyyy-mm-dd hh:mm", "align": "left"}),
    }


def _write(page: Any, row: int, place: int, value: object, formats: dict[str, Any]) -> None:
    if value is None or value == "":
        return
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        page.write_number(row, place, value, formats["number"])
    elif isinstance(value, datetime):
        local = localtime(value).replace(tzinfo=None) if is_aware(value) else value
        page.write_datetime(row, place, local, formats["moment"])
    elif isinstance(value, date):
        page.write_datetime(row, place, value, formats["date"])
    else:
        page.write_string(row, place, shown(value)[:32_767], formats["text"])


def _read_workbook(content: bytes, wanted: str | None) -> Sheet:
    _refuse_bomb(content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = [kept.name for kept in book.sheets_metadata if kept.typ == SheetTypeEnum.WorkSheet]
        for name in [wanted] if wanted in names else names:
            page = book.get_sheet_by_name(name)
            last_row, last_column = page.end or (-1, -1)
            _refuse_size(last_row + 1, last_column + 1)
            rows = _squared(
                [[clean_cell(cell) for cell in row] for row in page.to_python(skip_empty_area=False)]
            )
            if rows or name == wanted:
                return Sheet(name, rows, tuple(other for other in names if other != name))
    except CalamineError as problem:
        is_locked = isinstance(problem, PasswordError) or _LOCKED in content
        raise SheetProblem(
            _("文件加了密码，请去掉密码后再导入。") if is_locked else str(_BROKEN)
        ) from problem
    raise SheetProblem(_("文件里没有任何内容。"))


def _refuse_bomb(content: bytes) -> None:
    """A workbook is a packed archive: look at what it unpacks to before a reader does."""
    if not content.startswith(b"PK"):
        return
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except BadZipFile as problem:
        raise SheetProblem(str(_BROKEN)) from problem
    if unpacked > MOST_UNPACKED:
        raise SheetProblem(_("文件解开后过大，不能导入。"))


def _refuse_size(height: int, width: int) -> None:
    if height > MOST_ROWS:
        raise SheetProblem(
            _("表格有 %(n)d 行，一次最多导入 %(most)d 行。") % {"n": height, "most": MOST_ROWS}
        )
    if width > MOST_COLUMNS:
        raise SheetProblem(_("表格有 %(n)d 列，最多 %(most)d 列。") % {"n": width, "most": MOST_COLUMNS})


def _csv_rows(content: bytes) -> list[list[str]]:
    text = _decoded(content)
    first = text.split("\n", 1)[0]
    delimiter = max(",\t;", key=first.count)
    try:
        rows = [
            [clean_cell(cell) for cell in row] for row in csv.reader(io.StringIO(text), delimiter=delimiter)
        ]
    except csv.Error as problem:
        raise SheetProblem(_("文件不是规范的 csv 表格。")) from problem
    _refuse_size(len(rows), max(map(len, rows), default=0))
    return rows


def _decoded(content: bytes) -> str:
    """UTF-8 with or without its mark, UTF-16 with it, else the Chinese national encoding."""
    encodings = ["utf-16"] if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise SheetProblem(_("认不出文件的文字编码，请另存为 UTF-8 的 csv 或 xlsx。"))


def _squared(rows: list[list[str]]) -> list[list[str]]:
    """All rows equally long, without what is empty at the right and at the bottom."""
    width = max((place for row in rows for place, cell in enumerate(row, start=1) if cell), default=0)
    height = max((number for number, row in enumerate(rows, start=1) if any(row)), default=0)
    return [row[:width] + [""] * (width - len(row)) for row in rows[:height]]


def _told_apart(names: list[str]) -> list[str]:
    seen: dict[str, int] = {}
    apart = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        apart.append(f"{name}（{seen[name]}）" if name and seen[name] > 1 else name)
    return apart
