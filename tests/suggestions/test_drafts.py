"""What is read out of a written draft, and what the check of a draft advises."""

import pytest

from tibandu.suggestions import rules


def test_a_draft_with_headings_comes_apart_by_them() -> None:
    lines = [
        "关于修缮石门古桥的建议",
        "领衔代表：安立夏",
        "一、基本情况",
        "石门古桥建于清代，桥面开裂。",
        "二、原因分析",
        "管养主体不明。",
        "三、具体建议",
        "（一）明确管养单位。",
        "由文旅局牵头。",
        "（二）列入修缮计划。",
        "二〇二六年一月五日",
    ]
    assert rules.part_draft(lines) == rules.Parted(
        "关于修缮石门古桥的建议",
        "石门古桥建于清代，桥面开裂。",
        "管养主体不明。",
        ("明确管养单位。\n由文旅局牵头。", "列入修缮计划。"),
    )


def test_without_headings_the_numbered_end_is_what_is_asked() -> None:
    lines = [
        "案由：关于增设路灯的建议",
        "城南巷没有路灯。",
        "近年发生两起摔伤。",
        "1．补装路灯",
        "2．落实电费",
    ]
    assert rules.part_draft(lines) == rules.Parted(
        "关于增设路灯的建议", "城南巷没有路灯。\n近年发生两起摔伤。", "", ("补装路灯", "落实电费")
    )


def test_a_sentence_that_speaks_of_suggestions_is_no_heading() -> None:
    lines = ["关于路灯的建议", "群众多次提出建议，但没有解决。", "建议：", "补装路灯"]
    assert rules.part_draft(lines) == rules.Parted(
        "关于路灯的建议", "群众多次提出建议，但没有解决。", "", ("补装路灯",)
    )


GOOD = {
    "title": "关于在兴澜大桥东侧增设过街设施的建议",
    "facts": "兴澜大桥东侧路口早晚高峰行人与车辆混行，附近有两所小学和一家医院，去年发生剐蹭事故十一起，居民多次反映，至今没有改善，老人尤其不便。",
    "analysis": "路口间距过大，信号灯配时没有考虑行人，老人和儿童需要绕行六百多米。",
    "asks": ["在大桥东侧路口增设人行天桥", "近期先调整信号灯配时"],
}


@pytest.mark.parametrize(
    ("change", "parts"),
    [
        ({}, []),
        ({"title": ""}, ["title"]),
        ({"title": "关于修路、架桥和种树的建议"}, ["title"]),
        ({"facts": "路不好走，建议改善一下这里的情况"}, ["facts"]),
        ({"facts": "桥头太挤。"}, ["facts", "facts"]),
        ({"analysis": ""}, ["analysis"]),
        ({"asks": []}, ["asks"]),
        ({"asks": ["修桥"]}, ["asks"]),
        ({"asks": ["进一步加强桥头的管理工作"]}, ["asks"]),
        ({"asks": ["给我单位门前的路口装上红绿灯"]}, ["grounds"]),
    ],
)
def test_the_check_advises_part_by_part(change: dict, parts: list[str]) -> None:
    assert [advice.part for advice in rules.advise(**GOOD | change)] == parts
