"""Knows how the cells of summary tables are read: numbers, days, units, categories, natures."""

from datetime import date

import pytest

from tibandu.suggestions.enums import Nature
from tibandu.suggestions.rules.summary_sheet import (
    Scheme,
    day_of,
    field_named,
    field_of,
    nature_of,
    number_of,
    places_of,
    read_row,
    sequence_of,
    spellings,
    units_of,
)

TODAY = date(2026, 3, 2)
LETTERS = Scheme([(1, "A", "已经解决"), (2, "B", "列入计划"), (3, "C", "暂难解决"), (4, "D", "留作参考")])
STEMS = Scheme([(1, "甲", "甲类"), (2, "乙", "乙类"), (3, "丙", "丙类")])


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("第12号", "12"),
        ("建议第 012 号", "012"),
        ("第１２号建议", "12"),
        ("7-3-046", "7-3-046"),
        ("DH269", "DH269"),
        ("", ""),
    ],
)
def test_numbers_are_read(text: str, number: str) -> None:
    assert number_of(text) == number


@pytest.mark.parametrize(
    ("number", "sequence"),
    [("12", 12), ("7-3-046", 46), ("20240076", 76), ("DH269", 269), ("无号", None), ("1234567", None)],
)
def test_the_place_in_a_series_is_the_last_figure(number: str, sequence: int | None) -> None:
    assert sequence_of(number, 2024) == sequence


@pytest.mark.parametrize(
    ("text", "day", "is_plain"),
    [
        ("2025-03-01", date(2025, 3, 1), True),
        ("2025年3月1日", date(2025, 3, 1), True),
        ("2025.3.1", date(2025, 3, 1), True),
        ("20250301", date(2025, 3, 1), True),
        ("2025年3月", date(2025, 3, 1), False),
        ("3月1日", date(2024, 3, 1), False),
        ("45717", date(2025, 3, 1), False),
        ("2025-02-30", None, False),
        ("春节前", None, False),
    ],
)
def test_days_are_read(text: str, day: date | None, is_plain: bool) -> None:
    assert day_of(text, 2024) == (day, is_plain)


@pytest.mark.parametrize(
    ("lead", "co", "words"),
    [
        ("市住建局", "", "主办：市住建局"),
        ("市住建局（主办）、市交通局（会办）", "", "主办：市住建局；会办：市交通局"),
        ("主办：市住建局 会办：市交通局、市公安局", "", "主办：市住建局；会办：市交通局、市公安局"),
        ("由市住建局牵头，市交通局、市公安局配合", "", "主办：市住建局；会办：市交通局、市公安局"),
        ("市住建局、市交通局", "市公安局", "主办：市住建局；会办：市交通局、市公安局"),
        ("市住建局(市人防办)", "", "主办：市住建局(市人防办)"),
        ("", "市公安局等3个部门", "会办：市公安局"),
        ("分办：市住建局、市交通局", "", "分办：市住建局、市交通局"),
        ("主办：市住建局、市交通局", "市住建局", "主办：市住建局；会办：市交通局"),
    ],
)
def test_unit_cells_are_split(lead: str, co: str, words: str) -> None:
    assert units_of(lead, co).words == words


@pytest.mark.parametrize(
    ("text", "letter", "stem"),
    [
        ("A", 1, 1),
        ("a", 1, 1),
        ("A2", 1, 1),
        ("（B）类", 2, 2),
        ("C类", 3, 3),
        ("丙", 3, 3),
        ("D", 4, None),
        ("已解决或基本解决", 1, 1),
        ("列入规划逐步解决", 2, 2),
        ("因条件限制待以后解决", 3, 3),
        ("留作参考", 4, None),
        ("政策性解释答复", None, None),
        ("未采纳", None, None),
    ],
)
def test_categories_are_recognised_in_each_scheme(text: str, letter: int | None, stem: int | None) -> None:
    assert (LETTERS.match(text)[0], STEMS.match(text)[0]) == (letter, stem)


def test_natures_and_headers_are_recognised() -> None:
    assert [nature_of(text) for text in ("人大代表建议", "政协委员提案", "议案转为建议")] == [
        Nature.SUGGESTION,
        Nature.PROPOSAL,
        Nature.MOTION,
    ]
    assert [field_of(" 主办单位* "), field_of("答复类别（必填）"), field_of("怪列")] == [
        "lead",
        "category",
        "",
    ]
    assert [field_named("标题"), field_named("lead"), field_named("案由"), field_named("怪")] == [
        "title",
        "lead",
        "title",
        "",
    ]
    assert places_of(["序号", "案由", "甲"], {"甲": "lead"}) == {
        "lead": 2,
        "order": 0,
        "title": 1,
        "number": 0,
    }


def test_a_unit_is_looked_for_under_every_likely_name() -> None:
    assert "市住建局" in spellings("兴澜市住建局", "兴澜市")
    assert "兴澜市交通运输局" in spellings("交通运输局", "兴澜市")
    assert "市住建局" in spellings("住建局", "兴澜市")


def test_a_title_too_long_is_kept_whole_in_the_text() -> None:
    row = read_row({"title": "长" * 130, "facts": "正文"}, TODAY)
    assert (len(row.title), row.facts, row.repairs) == (
        120,
        "长" * 130 + "\n正文",
        ["标题超过120字，全文放在正文里"],
    )


def test_authors_states_and_days_to_come_are_repaired_in_words() -> None:
    cells = {
        "title": "关于甲事的建议",
        "authors": "张三（领衔）、李四等12人",
        "state": "已办结",
        "answered": "2027-01-01",
    }
    row = read_row(cells, TODAY)
    assert (row.authors, row.state) == (["张三", "李四"], "closed")
    assert row.repairs == ["提出人“李四等12人”只登记写出姓名的", "答复日期“2027-01-01”认不出，未采用"]
    assert read_row({"title": "甲", "state": "不予立案"}, TODAY).state == "not_accepted"
    assert read_row({"title": "甲", "state": "怪"}, TODAY).repairs == ["状态“怪”认不出，按其他各栏确定"]


@pytest.mark.parametrize(
    ("text", "publicity"),
    [
        ("", "title"),
        ("是", "full"),
        ("全文公开", "full"),
        ("仅公开标题", "title"),
        ("否", "none"),
        ("不公开", "none"),
    ],
)
def test_nothing_more_than_the_title_is_public_where_nobody_consented(text: str, publicity: str) -> None:
    assert read_row({"title": "关于甲事的建议", "publicity": text}, TODAY).publicity == publicity
