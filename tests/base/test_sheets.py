"""Spreadsheets in and out: clean text in, typed cells out, and a sentence for whatever cannot be read."""

import io
from datetime import UTC, date, datetime, time, timedelta

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from tibandu.base import sheets
from tibandu.base.columns import Column
from tibandu.base.sheets import (
    Sheet,
    SheetProblem,
    body,
    clean_cell,
    find_header,
    header_names,
    read_rows,
    write_xlsx,
)
from tibandu.base.words import plain_header


def _workbook(*pages):
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"default_date_format": "yyyy-mm-dd"}) as book:
        for name, rows in pages:
            page = book.add_worksheet(name)
            for number, row in enumerate(rows):
                page.write_row(number, 0, row)
    return io.BytesIO(buffer.getvalue())


def test_a_workbook_is_read_as_clean_text():
    rows = [
        ["编号", "标题", "日期", ""],
        [12.0, " 修\u00a0桥\u200b ", date(2026, 3, 4), ""],
        ["", "", "", " "],
    ]
    found = read_rows(_workbook(("空", []), ("建议", rows)), "甲.XLSX")
    assert found == Sheet("建议", [["编号", "标题", "日期"], ["12", "修 桥", "2026-03-04"]], ("空",))


def test_a_named_sheet_is_read():
    file = _workbook(("一", [["甲"]]), ("二", [["乙"]]))
    assert read_rows(file, "a.xlsx", sheet="二") == Sheet("二", [["乙"]], ("一",))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_a_text_table_is_read_in_every_usual_encoding(encoding):
    text = '编号,标题\r\n1,"修桥,补\r\n路"\r\n,\r\n'
    found = read_rows(io.BytesIO(text.encode(encoding)), "名单.csv")
    assert found == Sheet("名单", [["编号", "标题"], ["1", "修桥,补\n路"]])


def test_tabs_and_semicolons_also_part_cells():
    assert read_rows(io.BytesIO("编号\t标题\n1\t桥".encode()), "a.tsv").rows == [
        ["编号", "标题"],
        ["1", "桥"],
    ]
    assert read_rows(io.BytesIO("编号;标题\n1;桥".encode()), "a.txt").rows == [["编号", "标题"], ["1", "桥"]]


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "a.xlsx", "文件是空的。"),
        (b"x", "a.pdf", "不认识“a.pdf”这种文件，请用 xlsx、xls、et、ods 或 csv。"),
        (b"not a workbook", "a.xlsx", "文件打不开，可能已损坏，或扩展名与内容不符。"),
        (b"PK\x03\x04 broken", "a.xlsx", "文件打不开，可能已损坏，或扩展名与内容不符。"),
        (
            b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"),
            "a.xlsx",
            "文件加了密码，请去掉密码后再导入。",
        ),
        (b"\x81", "a.csv", "认不出文件的文字编码，请另存为 UTF-8 的 csv 或 xlsx。"),
        (b'"' + b"x" * 200_000, "a.csv", "文件不是规范的 csv 表格。"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(content, name, sentence):
    with pytest.raises(SheetProblem) as refused:
        read_rows(io.BytesIO(content), name)
    assert str(refused.value) == sentence


def test_an_empty_workbook_is_refused():
    with pytest.raises(SheetProblem, match="没有任何内容"):
        read_rows(_workbook(("空", [[" "]])), "a.xlsx")


@pytest.mark.parametrize(
    ("limit", "most", "sentence"),
    [
        ("MOST_ROWS", 1, "表格有 2 行，一次最多导入 1 行。"),
        ("MOST_COLUMNS", 1, "表格有 2 列，最多 1 列。"),
        ("MOST_BYTES", 1024 * 1024, "文件超过 1 MB，请拆分后再导入。"),
        ("MOST_UNPACKED", 10, "文件解开后过大，不能导入。"),
    ],
)
def test_what_is_too_large_is_refused(monkeypatch, limit, most, sentence):
    monkeypatch.setattr(sheets, limit, most)
    file = _workbook(("一", [["甲", "乙"], ["丙", "丁"]]))
    if limit == "MOST_BYTES":
        file = io.BytesIO(b"x" * (most + 1))
    with pytest.raises(SheetProblem) as refused:
        read_rows(file, "a.xlsx")
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (12.0, "12"),
        (12.5, "12.5"),
        (1e-7, "0.0000001"),
        (4.3110319900101e17, "431103199001010000"),
        ("\u3000张 三\ufeff", "张 三"),
        (datetime(2026, 3, 4), "2026-03-04"),
        (datetime(2026, 3, 4, 9, 5), "2026-03-04 09:05"),
        (time(9, 5), "09:05"),
        (timedelta(hours=30), "30:00"),
        (True, "是"),
        (None, ""),
    ],
)
def test_a_cell_becomes(value, expected):
    assert clean_cell(value) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("姓 名*（必填）", "姓名"),
        ("* 标题：", "标题"),
        ("建议(件)名称", "建议(件)名称"),
        ("（一）", "(一)"),
        ("ＩＤ", "id"),
    ],
)
def test_a_header_is_compared_without_decoration(text, expected):
    assert plain_header(text) == expected


KNOWN = {"编号", "标题", "主办单位", "会办单位", "领衔人"}


def test_the_header_is_found_below_title_rows():
    rows = [
        ["兴澜市建议目录", "", ""],
        ["标题", "", ""],
        ["编 号", "标题", "主办单位（牵头）"],
        ["1", "桥", "住建局"],
    ]
    assert find_header(rows, KNOWN) == 2
    assert header_names(rows, 2) == ["编号", "标题", "主办单位（牵头）"]
    assert body(rows, 2) == [(4, ["1", "桥", "住建局"])]


def test_a_header_of_two_storeys_gives_names_from_both():
    rows = [
        ["编号", "标题", "承办", ""],
        ["", "", "主办单位", "会办单位"],
        ["1", "桥", "住建局", ""],
        ["", "", "", ""],
    ]
    assert find_header(rows, KNOWN) == 0
    assert header_names(rows, 1) == ["编号", "标题", "主办单位", "会办单位"]
    assert body(rows, 1) == [(3, ["1", "桥", "住建局", ""])]


def test_doubled_headers_are_told_apart():
    assert header_names([["标题", "单位", "单位", ""]], 0) == ["标题", "单位", "单位（2）", ""]


def test_without_known_headers_there_is_no_header():
    assert find_header([["甲", "乙"], ["标题", "丙"]], KNOWN) is None
    assert find_header([], KNOWN) is None
    assert find_header([["标题"]], {"标题"}) == 0


COLUMNS = [
    Column("number", "编号", lambda row: row[0], kind="number", width=8),
    Column("title", "标题", lambda row: row[1], width=40),
    Column("due", "到期日", lambda row: row[2], kind="date"),
    Column("at", "时间", lambda row: row[3], kind="date"),
]


def test_a_workbook_is_written_typed_and_never_with_formulas():
    moment = datetime(2026, 3, 4, 1, 5, tzinfo=UTC)
    rows = [
        (1, "=1+1", date(2026, 3, 4), moment),
        (2, "@SUM(A1)", None, datetime(2026, 3, 4, 9, 5)),
        (3, "", None, None),
    ]
    content = write_xlsx(COLUMNS, rows, title="建议:台账/2026")
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    assert book.sheet_names == ["建议 台账 2026"]
    local = datetime(2026, 3, 4, 9, 5)
    assert book.get_sheet_by_index(0).to_python() == [
        ["编号", "标题", "到期日", "时间"],
        [1.0, "=1+1", date(2026, 3, 4), local],
        [2.0, "@SUM(A1)", "", local],
        [3.0, "", "", ""],
    ]


def test_what_is_written_reads_back_as_the_page_shows_it():
    content = write_xlsx(COLUMNS[:2], [(7, "修桥")], title="")
    assert read_rows(io.BytesIO(content), "a.xlsx").rows == [["编号", "标题"], ["7", "修桥"]]
