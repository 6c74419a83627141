"""Two texts side by side: what stayed, changed, came, went and was renumbered."""

import pytest

from tibandu.regulations.comparison import Piece, compare, pieces

FIRST = ("第一条", "为了做好代表建议工作，制定本办法。")
REPLY = ("第二条", "承办单位应当自交办之日起三个月内答复代表。")
END = ("第三条", "本办法自公布之日起施行。")
SHORTER = "承办单位应当自交办之日起两个月内答复代表。"
ADDED = "会议期间的建议应当集中交办，闭幕后一个月内完成。"


def told(pairs):
    return [(pair.kind, pair.before, pair.after) for pair in pairs]


def test_the_same_text_has_no_changes():
    assert told(compare([FIRST, END], [FIRST, END])) == [
        ("same", "第一条", "第一条"),
        ("same", "第三条", "第三条"),
    ]


def test_changed_words_are_marked_within_the_article():
    changed = compare([FIRST, REPLY], [FIRST, ("第二条", SHORTER)])[1]
    assert changed.kind == "changed"
    assert changed.pieces == (
        Piece("same", "承办单位应当自交办之日起"),
        Piece("gone", "三"),
        Piece("new", "两"),
        Piece("same", "个月内答复代表。"),
    )


def test_an_added_article_renumbers_those_behind_it():
    pairs = compare([FIRST, REPLY, END], [FIRST, ("第二条", ADDED), ("第三条", REPLY[1]), ("第四条", END[1])])
    assert told(pairs) == [
        ("same", "第一条", "第一条"),
        ("new", "", "第二条"),
        ("same", "第二条", "第三条"),
        ("same", "第三条", "第四条"),
    ]
    assert [pair.is_renumbered for pair in pairs] == [False, False, True, True]


def test_a_left_out_article_stands_where_it_was():
    assert told(compare([FIRST, REPLY, END], [FIRST, ("第二条", END[1])])) == [
        ("same", "第一条", "第一条"),
        ("gone", "第二条", ""),
        ("same", "第三条", "第二条"),
    ]


def test_an_article_left_out_beside_a_changed_one():
    pairs = compare([("第一条", ADDED), REPLY], [("第一条", SHORTER)])
    assert told(pairs) == [("gone", "第一条", ""), ("changed", "第二条", "第一条")]


def test_a_first_version_is_all_new():
    assert told(compare([], [FIRST])) == [("new", "", "第一条")]


@pytest.mark.parametrize(
    ("old", "new"), [("", ""), ("甲乙丙", "甲丙"), ("三日内", "五个工作日内"), ("旧", "新")]
)
def test_the_pieces_hold_both_texts(old, new):
    found = pieces(old, new)
    assert "".join(piece.text for piece in found if piece.kind != "new") == old
    assert "".join(piece.text for piece in found if piece.kind != "gone") == new
