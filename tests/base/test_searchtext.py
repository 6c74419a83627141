"""The tokenizer: what is indexed, what is looked for, and how alike two texts are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tibandu.base.searchtext import keywords, overlap, query_tokens, shingles, tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("加装电梯", "加装 装电 电梯 梯"),
        ("建5G基站", "建 5g 基站 站"),
        ("天桥。安装", "天桥 桥 安装 装"),
        ("ＡＢＣ　１２３", "abc 123"),
        ("天\u200b桥\u202e", "天桥 桥"),
        ("𠮷野家", "𠮷野 野家 家"),
        ("a_b", "a b"),
        ("，。！", ""),
    ],
)
def test_a_text_is_indexed_as(text, expected):
    assert tokens(text) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("加装电梯", [["加装", "装电", "电梯"]]),
        ("桥", [["桥*"]]),
        ("天桥 电梯", [["天桥"], ["电梯"]]),
        ("5G基站", [["5g", "基站"]]),
        ("12号", [["12", "号*"]]),
        ("永人建〔2026〕", [["永人", "人建"], ["2026"]]),
        ("天桥 天桥", [["天桥"]]),
        ("*\"' OR", [["or"]]),
        ("  ", []),
    ],
)
def test_words_are_looked_for_as(words, expected):
    assert query_tokens(words) == expected


@given(st.text(alphabet="天桥梯号5gG，。 \u200b𠮷", max_size=30), st.data())
def test_every_piece_of_a_text_is_found_in_it(text, data):
    start = data.draw(st.integers(0, len(text)))
    piece = text[start : data.draw(st.integers(start, len(text)))]
    if not piece.isascii() and "g" not in piece.casefold() and "5" not in piece:
        indexed = " " + tokens(text) + " "
        for phrase in query_tokens(piece):
            wanted = " " + " ".join(phrase)
            assert (wanted.removesuffix("*") if wanted.endswith("*") else wanted + " ") in indexed


def test_overlap_runs_from_nothing_to_the_same():
    one, other = shingles("老旧小区加装电梯"), shingles("老旧小区加装路灯")
    assert overlap(one, one) == 1.0
    assert overlap(one, shingles("中学生营养午餐")) == 0.0
    assert overlap(shingles(""), shingles("")) == 0.0
    assert overlap(one, other) == overlap(other, one) == pytest.approx(5 / 9)


def test_keywords_leave_out_what_says_nothing():
    text = "关于推进老旧小区加装电梯的建议。目前老旧小区加装电梯存在资金问题，建议加大电梯补助。"
    assert keywords(text, 4) == ["电梯", "老旧", "小区", "加装"]
    assert keywords("我们建议加强工作", 4) == []
