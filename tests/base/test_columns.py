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
    Column("state", "状态", lambda row: row.state, kind="state", tone=lambda row: "overdue"),
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
    assert rows_html(COLUMNS, ROWS[:1]) == (
        '<tr data-row tabindex="-1"><td class="number" data-label="编号"><a href="/s/12?a=1&amp;b">12</a></td>'
        '<td class="" data-label="标题">修&lt;桥&gt; &amp; &quot;路&quot;</td>'
        '<td class="" data-label="到期日">2026-03-04</td>'
        '<td class="bare" data-label="状态"><span class="state tone-overdue">'
        '<span class="shape" aria-hidden="true">■</span>逾期</span></td></tr>\n'
    )


def test_a_clock_runs_until_it_is_stopped():
    clock = Column(
        "due", "期限", lambda row: row.due, kind="clock", done=lambda row: row.title and date(2026, 3, 6)
    )
    body = rows_html([clock], ROWS, today=date(2026, 3, 2))
    assert "迟 2 天" in body
    assert body.count("<time") == 1


def test_a_row_that_can_be_ticked_says_which_it_is():
    body = rows_html([COLUMNS[0]], ROWS[:1], pick=lambda row: (row.number, "修桥"))
    assert '<td class="pick"><input type="checkbox" name="pick" value="12" form="batch" data-pick' in body


def test_the_head_goes_with_the_rows_and_sorts_where_it_can():
    assert head_html(COLUMNS[:2]) == (
        '<th scope="col" class="number">编号</th><th scope="col" class="">标题</th>'
    )
    sortable = Column("due", "期限", lambda row: row.due, sort="due")
    assert head_html([sortable], sort="due", url=lambda order: f"?sort={order}") == (
        '<th scope="col" class="" aria-sort="ascending"><a href="?sort=-due">期限 ↑</a></th>'
    )
