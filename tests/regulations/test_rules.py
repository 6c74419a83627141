"""What a measure says as a value: words and numbers of articles, statutory ceilings, what is missing, look-ups."""

import ast
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

import tibandu
from tibandu.base.clock import WorkingDays
from tibandu.regulations import rules
from tibandu.regulations.enums import DayUnit, LimitCode, SeriesKind, SettingKey, StartEvent
from tibandu.regulations.rules import CategoryRule, DimensionRule, GradeRule, LimitRule, Measure, StageRule

DAY, WORKING, MONTH = DayUnit.CALENDAR_DAY, DayUnit.WORKING_DAY, DayUnit.MONTH


def limit(amount, unit, start=StartEvent.ASSIGNED):
    return LimitRule(amount, unit, start, "第一条")


MEASURE = Measure(
    limits={code: limit(1, MONTH) for code in LimitCode},
    settings=dict.fromkeys(SettingKey, "yes"),
    setting_articles=dict.fromkeys(SettingKey, "第二条"),
    categories=(CategoryRule(7, "A", "解决", 1, True, False, False, False, False),),
    grades=(GradeRule(1, "good", "满意", True, False), GradeRule(2, "bad", "不满意", False, True)),
    dimensions=(
        DimensionRule(1, "result", "结果", True, False),
        DimensionRule(2, "kept", "兑现", False, True),
    ),
    stages=(
        StageRule(1, "before", "办前", "sending", False),
        StageRule(2, "after", "办后", "closing", False),
    ),
    patterns=dict.fromkeys(SeriesKind, "{seq}"),
    copies=(("代表工委", ""), ("政府办", "government")),
)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "零"),
        (1, "一"),
        (10, "十"),
        (11, "十一"),
        (20, "二十"),
        (35, "三十五"),
        (100, "一百"),
        (103, "一百零三"),
        (112, "一百一十二"),
    ],
)
def test_a_number_as_laws_write_it(number, words):
    assert rules.chinese_number(number) == words


def test_the_number_of_an_article():
    assert rules.article_number(21) == "第二十一条"


@pytest.mark.parametrize(
    ("amount", "unit", "words"),
    [
        (3, MONTH, "三个月"),
        (2, MONTH, "两个月"),
        (2, DAY, "二日"),
        (10, WORKING, "十个工作日"),
        (2, WORKING, "两个工作日"),
    ],
)
def test_a_length_of_time_as_laws_write_it(amount, unit, words):
    assert rules.amount_words(amount, unit) == words


def test_a_text_is_split_where_an_article_begins_a_line():
    text = "总则说明\r\n第一条　甲。\n依照第三条办理。\n第二条之一：乙。\n　第10条 丙。"
    assert rules.split_articles(text) == [
        ("", "总则说明"),
        ("第一条", "甲。\n依照第三条办理。"),
        ("第二条之一", "乙。"),
        ("第10条", "丙。"),
    ]


def test_an_empty_text_has_no_articles():
    assert rules.split_articles(" \n ") == []


@pytest.mark.parametrize(
    ("reply", "over"),
    [
        (limit(3, MONTH), ()),
        (limit(4, MONTH), ("reply",)),
        (limit(89, DAY), ()),
        (limit(91, DAY), ("reply",)),
        (limit(60, WORKING), ()),
        (limit(66, WORKING), ("reply",)),
        (limit(1, MONTH, StartEvent.RECEIVED), ("reply",)),
    ],
)
def test_a_reply_limit_over_the_statute_is_named(reply, over):
    assert rules.over_statute({"reply": reply, "reply_long": limit(6, MONTH)}) == over


def test_the_long_limit_has_its_own_ceiling():
    assert rules.over_statute({"reply_long": limit(7, MONTH)}) == ("reply_long",)


def test_a_whole_measure_misses_nothing():
    assert rules.what_is_missing(MEASURE) == ()


def test_what_is_missing_is_listed():
    bare = Measure({}, {}, {}, (), (), (), (), {})
    missing = rules.what_is_missing(bare)
    assert len(missing) == len(LimitCode) + len(SettingKey) + len(SeriesKind) + 4
    assert [code for code in missing if ":" not in code] == [
        "categories",
        "dissatisfied",
        "headline",
        "satisfied",
    ]


def test_two_headlines_are_one_too_many():
    two = replace(MEASURE, dimensions=(MEASURE.dimensions[0], MEASURE.dimensions[0]))
    assert rules.what_is_missing(two) == ("headline",)


def test_a_measure_comes_back_from_its_frozen_text():
    assert rules.measure_from_json(MEASURE.to_json()) == MEASURE


def test_a_measure_answers_what_a_case_asks():
    days = WorkingDays.of()
    assert MEASURE.due_on("reply", date(2026, 3, 2), days) == date(2026, 4, 2)
    assert MEASURE.due_on("unheard_of", date(2026, 3, 2), days) is None
    assert MEASURE.setting(SettingKey.RATED_BY) == "yes"
    assert MEASURE.category(7).code == "A"
    assert MEASURE.grade(2).is_dissatisfied
    assert [stage.code for stage in MEASURE.stages_before("sending")] == ["before"]
    assert [row.code for row in MEASURE.rating_dimensions(delivery=False)] == ["result"]
    assert [row.code for row in MEASURE.rating_dimensions(delivery=True)] == ["kept"]
    assert MEASURE.copies_for("government") == ["代表工委", "政府办"]
    assert MEASURE.copies_for("court") == ["代表工委"]


# The local rule is data

RULES = sorted(Path(tibandu.__file__).parent.glob("*/rules.py"))
LETTERS = set("ABCDEF甲乙丙丁")
LENGTHS = {"Limit", "LimitRule", "timedelta"}


def _called(node):
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _numbers(nodes):
    return [
        node
        for node in nodes
        if isinstance(node, ast.Constant) and type(node.value) is int and node.value > 1
    ]


def _of_the_place(tree):
    """Category letters, and lengths of time written as numbers."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node.value in LETTERS:
            yield node
        elif isinstance(node, ast.Call) and _called(node) in LENGTHS:
            yield from _numbers([*node.args, *(word.value for word in node.keywords)])
        elif isinstance(node, ast.Compare) and getattr(node.left, "attr", "") in ("amount", "code", "days"):
            yield from _numbers(node.comparators)


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.parent.name)
def test_no_category_letter_and_no_limit_stands_in_rules(path):
    found = [(node.lineno, node.value) for node in _of_the_place(ast.parse(path.read_text(encoding="utf-8")))]
    assert found == []
