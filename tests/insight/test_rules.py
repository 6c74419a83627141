"""What makes two suggestions one matter, and what two replies share: tables of texts, no database."""

import tomllib
from pathlib import Path

import pytest

from tibandu.insight.rules import (
    SAME_TEXT,
    Gap,
    Matter,
    change,
    dice,
    is_flawless,
    is_of_family,
    kinship,
    marked,
    overlap_percent,
    pairs,
)

PAIRS = tomllib.loads(
    (Path(__file__).parent.parent / "suggestions" / "similar_pairs.toml").read_text("utf-8")
)["pair"]
TEXT = "{}路面破损，坑槽二十余处，雨天积水，学生骑车多次摔伤，货车绕行。请尽快修复路面并完善排水。"
ROAD = Matter("关于修复云合线破损路面的建议", TEXT.format("云合线"))


@pytest.mark.parametrize(
    ("other", "is_kin"),
    [
        (Matter("关于修复云合线破损路面的建议", TEXT.format("云合线")), True),
        (Matter("关于再次请求修复云合线的建议", TEXT.format("云合线一年过去仍")), True),
        (Matter("关于修复青石线破损路面的建议", TEXT.format("青石线")), False),
        (Matter("关于疏通青石沿线沟渠的建议", TEXT.format("青石线沟渠")), False),
        (Matter("关于云合线开通公交的建议", "云合线沿线群众进城没有公交，老人看病不便。"), False),
        (Matter("关于增加托位的建议", "三岁以下婴幼儿无人照看，托育机构少、收费高。"), False),
    ],
)
def test_one_matter_is_the_same_thing_at_the_same_place(other: Matter, is_kin: bool) -> None:
    assert (kinship(ROAD, other) > 0, kinship(other, ROAD) > 0) == (is_kin, is_kin)


def test_a_text_is_as_near_to_itself_as_can_be() -> None:
    assert kinship(ROAD, ROAD) == 1.0


def test_an_author_who_says_that_it_was_asked_before_is_believed_sooner() -> None:
    other = "云合线路面破损坑槽增多，通行困难，群众意见很大，请列入今年的养护计划并公布工期。"
    silent, saying = Matter("关于养护云合线的建议", other), Matter("关于养护云合线的建议", other, True)
    assert SAME_TEXT / 2 < dice(ROAD.text_pairs, silent.text_pairs) < SAME_TEXT
    assert (kinship(ROAD, silent), kinship(ROAD, saying) > 0) == (0.0, True)


def test_a_family_does_not_take_in_what_is_far_from_its_eldest() -> None:
    far = Matter("关于云合线亮化的建议", "云合线没有路灯，夜间行车不安全。")
    assert (is_of_family(ROAD, ROAD), is_of_family(far, ROAD)) == (True, False)


def test_pairs_of_written_matters_in_wholly_other_words_are_left_to_the_similar_ones() -> None:
    """What was measured: no pair of thirty is taken for one family by words alone, and none is where the words differ."""
    found = [p for p in PAIRS if kinship(Matter(*p["earlier"]), Matter(*p["later"]))]
    crossed = [
        (one, two)
        for one in PAIRS
        for two in PAIRS
        if one is not two and kinship(Matter(*one["earlier"]), Matter(*two["later"], True))
    ]
    assert (len(found), crossed) == (0, [])


@pytest.mark.parametrize(
    ("text", "expected"),
    [("路灯", {"路灯"}), ("修路灯", {"修路", "路灯"}), ("5G基站", {"5g", "基站"}), ("，", set())],
)
def test_pairs_are_characters_side_by_side(text: str, expected: set[str]) -> None:
    assert pairs(text) == expected


def test_what_two_replies_share_is_marked_word_for_word() -> None:
    before, after = "经研究，我局将于年内修复路面并完善排水。", "我局将于年内修复路面并完善排水，特此答复。"
    assert marked(before, after) == [
        ("经研究，", False),
        ("我局将于年内修复路面并完善排水", True),
        ("。", False),
    ]
    assert marked("短", "长") == [("短", False)]
    assert (overlap_percent(before, before), overlap_percent("路灯", "河堤")) == (100, 0)


def test_the_gap_is_satisfied_less_done() -> None:
    assert (Gap(98.5, 60.0).points, Gap(None, 60.0).points, Gap(1.0, None).points) == (38.5, None, None)


@pytest.mark.parametrize(
    ("shares", "expected"),
    [([(3, 3), (1, 1)], True), ([(3, 3), (0, 1)], False), ([(3, 3), (0, 0)], False), ([(2, None)], False)],
)
def test_flawless_is_the_whole_of_something(shares: list[tuple[int, int | None]], expected: bool) -> None:
    assert is_flawless(shares) is expected


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ((14, 27, 12, 25), (3.9, 8.0)),  # 51.85 against 48 per cent
        ((14, 25, 12, 25), (8.0, 16.7)),
        ((3, 10, 0, 10), (30.0, None)),
        ((3, 10, 0, 0), (None, None)),
    ],
)
def test_a_share_changes_in_points_and_relatively(counts: tuple[int, int, int, int], said: object) -> None:
    assert change(*counts) == said
