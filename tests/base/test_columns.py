"""One table of columns, as a page prints it."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from django.utils.translation import gettext_lazy

from tibandu.base.columns import Column, cells, chosen, head_html, rows_html, shown

COLUMNS = [
    Column(
        "number", "编号", lambda row: row.number, kind="number", href=lambda row: f"/s/{row.number}?a=1&b"
    ),
    Column("title", gettext_lazy("标题"), lambda row: row.title, width=40),
    Column("due", "到期日", lambda row: row.due, kind="date", default=False),
    Column("state", "状态", lambda row: row.state, kind="state", tone=lambda row: "late"),
]
ROWS = [
    SimpleNamespace(number=12, title='修<桥> & "路"', due=date(2026, 3, 4), state="逾期"),
    SimpleNamespace(number=13, title=None, due=None, state=""),
]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("桥", "桥"),
        (None, ""),
        (True, "是"),
        (False, "否"),
        (0, "0"),
        (12.5, "12.5"),
        (date(2026, 3, 4), "2026-03-04"),
        (datetime(2026, 3, 4, 1, 5, tzinfo=UTC), "2026-03-04 09:05"),
        (datetime(2026, 3, 4, 1, 5), "2026-03-04 01:05"),
        (["甲", 2], "甲、2"),
        (gettext_lazy("标题"), "标题"),
    ],
)
def test_a_value_is_shown_as(value, expected):
    assert shown(value) == expected


def test_the_default_columns_are_shown_unless_others_are_chosen():
    assert [column.code for column in chosen(COLUMNS)] == ["number", "title", "state"]
    assert [column.code for column in chosen(COLUMNS, ["due", "number", "unknown"])] == ["number", "due"]
    assert [column.code for column in chosen(COLUMNS, ["unknown"])] == ["number", "title", "state"]


def test_cells_are_plain_text():
    assert cells(COLUMNS, ROWS) == [["12", '修<桥> & "路"', "2026-03-04", "逾期"], ["13", "", "", ""]]


def test_rows_are_escaped_and_labelled():
    assert rows_html(COLUMNS, ROWS) == (
        '<tr><td class="cell-number" data-label="编号"><a href="/s/12?a=1&amp;b">12</a></td>'
        '<td class="cell-text" data-label="标题">修&lt;桥&gt; &amp; &quot;路&quot;</td>'
        '<td class="cell-date" data-label="到期日">2026-03-04</td>'
        '<td class="cell-state" data-label="状态"><span class="state state-late">逾期</span></td></tr>\n'
        '<tr><td class="cell-number" data-label="编号"><a href="/s/13?a=1&amp;b">13</a></td>'
        '<td class="cell-text" data-label="标题"></td>'
        '<td class="cell-date" data-label="到期日"></td>'
        '<td class="cell-state" data-label="状态"></td></tr>\n'
    )


def test_the_head_goes_with_the_rows():
    assert head_html(COLUMNS[:2]) == (
        '<th scope="col" class="cell-number">编号</th><th scope="col" class="cell-text">标题</th>'
    )
