"""Knows how a year's arrangement of rest days is read from a spreadsheet or from plain lines."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import IO

from django.utils.translation import gettext as _

from tibandu.base.sheets import SheetProblem, body, find_header, header_names, read_rows
from tibandu.base.words import plain_header

HEADERS = {
    "日期": "first",
    "开始": "first",
    "开始日期": "first",
    "结束": "last",
    "结束日期": "last",
    "安排": "works",
    "类型": "works",
    "名称": "name",
    "节日": "name",
}
WORKED = {"上班", "班", "调休上班", "工作日", "1"}
REST = {"放假", "休", "休息", "假", "节假日", "0", ""}
_DAY = re.compile(r"(\d{4})\D{1,2}(\d{1,2})\D{1,2}(\d{1,2})\D?")
LONGEST = 31

Days = dict[date, tuple[bool, str]]


def read_calendar(file: IO[bytes], name: str) -> Days:
    """The days of a file with the columns 日期 (or 开始、结束), 安排, 名称; raises SheetProblem with the row."""
    rows = read_rows(file, name).rows
    header = find_header(rows, set(HEADERS))
    if header is None:
        raise SheetProblem(_("找不到表头，须有“日期”“安排”“名称”几列。"))
    fields = [HEADERS.get(plain_header(cell), "") for cell in header_names(rows, header)]
    days: Days = {}
    for number, cells in body(rows, header):
        days |= _row(dict(zip(fields, cells, strict=True)), number)
    return days


def to_lines(days: Mapping[date, tuple[bool, str]]) -> str:
    """The same days as lines that a person can read and mend: 2027-01-01 放假 元旦."""
    return "\n".join(
        f"{day.isoformat()} {'上班' if works else '放假'} {name}".strip()
        for day, (works, name) in sorted(days.items())
    )


def from_lines(lines: str) -> Days:
    """Days written one a line; raises SheetProblem with the line."""
    days: Days = {}
    for number, line in enumerate(lines.splitlines(), start=1):
        if line.strip():
            first, works, name = [*line.split(maxsplit=2), "", ""][:3]
            days |= _row({"first": first, "works": works, "name": name}, number)
    return days


def likely_year(days: Iterable[date]) -> int | None:
    """The year to which most of the days belong."""
    years = [day.year for day in days]
    return max(sorted(set(years)), key=years.count, default=None)


def _row(cells: Mapping[str, str], number: int) -> Days:
    first = _day(cells.get("first", ""), number)
    last = _day(cells["last"], number) if cells.get("last") else first
    works = cells.get("works", "").strip()
    if works not in WORKED | REST:
        raise SheetProblem(
            _("第 %(n)d 行的安排“%(works)s”不认识，请写“放假”或“上班”。") % {"n": number, "works": works}
        )
    if not 0 <= (last - first).days <= LONGEST:
        raise SheetProblem(_("第 %(n)d 行的结束日期不对。") % {"n": number})
    span = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return {day: (works in WORKED, cells.get("name", "").strip()[:20]) for day in span}


def _day(text: str, number: int) -> date:
    found = _DAY.fullmatch(text.strip())
    try:
        return date(*map(int, found.groups())) if found else date.fromisoformat(text.strip())
    except ValueError as problem:
        raise SheetProblem(_("第 %(n)d 行的日期“%(day)s”不对。") % {"n": number, "day": text}) from problem
