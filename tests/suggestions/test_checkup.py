"""The check-up of a reply: what a careful reader would ask before it is issued."""

import pytest

from tibandu.suggestions.rules import ReplyText, checkup, is_like, mentions, promises_something

ASKS = ((1, "增设人行天桥"), (2, "调整信号灯配时"))
GOOD = {1: "由市政科负责，于2026年10月底前建成人行天桥1座。", 2: "信号灯已于3月10日调整完毕。"}


def said(**values: object) -> list[tuple[str, int, str]]:
    text = ReplyText(**{"asks": ASKS, "answers": GOOD, "promises": ("建成人行天桥1座",)} | values)
    return [(finding.code, finding.ask, str(finding.sentence)) for finding in checkup(text)]


def test_a_good_reply_has_no_findings() -> None:
    assert said() == []


@pytest.mark.parametrize(
    ("values", "finding"),
    [
        ({"answers": {1: GOOD[1]}}, ("unanswered", 2, "第2项要求还没有回应。")),
        (
            {"answers": GOOD | {2: "我局高度重视。"}},
            ("empty", 2, "“高度重视”没有实际内容，请写做了什么、做到什么程度。"),
        ),
        (
            {"answers": GOOD | {2: "力争改善。"}, "promises": ("建成人行天桥1座", "力争改善")},
            ("vague", 2, "“力争改善”没有写明时限、数量、责任单位。"),
        ),
        (
            {"answers": GOOD | {2: "我局将于9月底前施划等待区2处。"}},
            ("unlisted", 2, "“我局将于9月底前施划等待区2处”像是承诺，但没有列入承诺事项。"),
        ),
        (
            {"earlier": (("2025年对第87号建议的答复", 0.72), ("别件", 0.2))},
            ("copied", 0, "与2025年对第87号建议的答复的文字重合 72%，请核对是否照抄。"),
        ),
        ({"unheard": ("柏远",)}, ("unheard", 0, "还没有联系过柏远代表。")),
        (
            {"co_units": (("兴澜市公安局", "市公安局"),)},
            ("opinion", 0, "正文没有提到会办单位市公安局，发文时将附上其会办意见原文。"),
        ),
    ],
)
def test_each_weakness_is_said_in_a_sentence(
    values: dict[str, object], finding: tuple[str, int, str]
) -> None:
    assert said(**values) == [finding]


def test_a_unit_is_mentioned_by_either_of_its_names() -> None:
    assert said(general="已会同市公安局现场勘察。", co_units=(("兴澜市公安局", "市公安局"),)) == []
    assert not mentions("已现场勘察。", "兴澜市公安局", "")


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("将于10月底前建成人行天桥1座", "建成人行天桥", True),
        ("将于10月底前建成人行天桥1座", "加装电梯", False),
        ("", "建成人行天桥", False),
    ],
)
def test_a_sentence_and_a_promise_are_alike_when_they_share_most_pairs(
    one: str, other: str, alike: bool
) -> None:
    assert is_like(one, other) == alike


@pytest.mark.parametrize(
    ("sentence", "promises"),
    [
        ("我局将分两批新建停车场", True),
        ("预计9月完成招标", True),
        ("年底前全部开放", True),
        ("力争尽早动工", True),
        ("工程即将完成的说法不准确", False),
        ("我局已将意见转交有关单位", False),
        ("已经建成开放", False),
    ],
)
def test_a_sentence_that_undertakes_something_is_known(sentence: str, promises: bool) -> None:
    assert promises_something(sentence) is promises
