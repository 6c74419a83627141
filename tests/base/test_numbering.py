"""Number patterns: good ones render and read back, bad ones are refused with a sentence."""

import pytest

from tibandu.base.numbering import parse, problems, render


@pytest.mark.parametrize(
    ("pattern", "facts", "expected"),
    [
        ("{term}-{session}-{seq:03d}", {"term": 7, "session": 5, "seq": 12}, "7-5-012"),
        ("闭{seq}", {"seq": 3}, "闭3"),
        ("永人建〔{year}〕{seq}号", {"year": 2026, "seq": 41}, "永人建〔2026〕41号"),
        ("{code}{{{seq:2}}}", {"code": "A", "seq": 3}, "A{ 3}"),
    ],
)
def test_a_pattern_renders(pattern, facts, expected):
    assert render(pattern, **facts) == expected


def test_a_number_reads_back_to_its_facts():
    assert parse("{code}〔{year}〕{seq:03d}号", "建〔2026〕041号") == {"code": "建", "year": 2026, "seq": 41}
    assert parse("闭{seq}", " 闭17 ") == {"seq": 17}
    assert parse("闭{seq}", "会17") is None
    assert parse("闭{", "闭17") is None


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("{term}-{seq}", []),
        ("{seq", ["编号格式里的大括号不成对。"]),
        ("{term}号", ["编号格式里缺少顺序号 {seq}。"]),
        ("{seq}-{seq}", ["编号格式里的“seq”写了两次。"]),
        ("{seq:x}", ["编号格式里“seq”的位数写法“x”不对，应如 03d。"]),
        ("{code:03d}{seq}", ["编号格式里“code”的位数写法“03d”不对，应如 03d。"]),
    ],
)
def test_a_pattern_has_these_problems(pattern, expected):
    assert problems(pattern) == expected


@pytest.mark.parametrize("field", ["seq.__class__", "seq[0]", "0", "", "seq!r", "person"])
def test_a_field_outside_the_list_is_a_problem(field):
    found = problems(f"{{{field}}}{{seq}}")
    assert found[0].startswith(f"编号格式里有不认识的项目“{field}”，可用：code、day、")


def test_rendering_refuses_a_bad_pattern_and_a_missing_fact():
    with pytest.raises(ValueError, match="缺少顺序号"):
        render("第{term}届", term=7)
    with pytest.raises(ValueError, match="编号缺少“term”"):
        render("{term}-{seq}", seq=1)
    with pytest.raises(ValueError, match="不认识的项目"):
        render("{seq.real}", seq=1)
