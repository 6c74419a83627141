"""A year's arrangement from a file or from lines, with the row that is wrong."""

import io
from datetime import date

import pytest

from tibandu.base.sheets import SheetProblem
from tibandu.regulations.calendar_file import from_lines, likely_year, read_calendar, to_lines

DAYS = {
    date(2027, 1, 1): (False, "元旦"),
    date(2027, 1, 2): (False, "元旦"),
    date(2027, 1, 10): (True, "元旦"),
}


def read(text):
    return read_calendar(io.BytesIO(text.encode()), "安排.csv")


def test_a_file_with_one_day_a_row():
    assert read("日期,安排,名称\n2027-01-01,放假,元旦\n2027/1/2,休,元旦\n2027年1月10日,上班,元旦\n") == DAYS


def test_a_file_with_spans():
    assert (
        read("节日,开始日期,结束日期,类型\n元旦,2027-01-01,2027-01-02,放假\n元旦,2027-01-10,,上班\n") == DAYS
    )


def test_lines_are_read_back_as_they_were_written():
    assert from_lines(to_lines(DAYS)) == DAYS
    assert to_lines(DAYS).splitlines()[2] == "2027-01-10 上班 元旦"
    assert from_lines("2027-01-01\n\n") == {date(2027, 1, 1): (False, "")}


def test_the_year_of_most_days():
    assert likely_year([date(2026, 12, 31), *DAYS]) == 2027
    assert likely_year([]) is None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("甲,乙\n1,2\n", "找不到表头，须有“日期”“安排”“名称”几列。"),
        ("日期,安排,名称\n2027-13-01,放假,元旦\n", "第 2 行的日期“2027-13-01”不对。"),
        ("日期,安排,名称\n明天,放假,元旦\n", "第 2 行的日期“明天”不对。"),
        ("日期,安排,名称\n2027-01-01,也许,元旦\n", "第 2 行的安排“也许”不认识，请写“放假”或“上班”。"),
        ("开始,结束,安排\n2027-02-01,2027-01-01,放假\n", "第 2 行的结束日期不对。"),
    ],
)
def test_what_is_wrong_is_said_with_its_row(text, sentence):
    with pytest.raises(SheetProblem) as problem:
        read(text)
    assert str(problem.value) == sentence
