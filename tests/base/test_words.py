"""Small Chinese wording, as people read it."""

from datetime import date

import pytest

from tibandu.base.words import chinese_date, remaining_words, split_names, yuan


def test_a_day_is_written_with_its_weekday():
    assert chinese_date(date(2026, 12, 3)) == "2026年12月3日 周四"


@pytest.mark.parametrize(
    ("fen", "expected"),
    [(0, "0 元"), (5, "0.05 元"), (123_400, "1,234 元"), (123_450, "1,234.50 元"), (-150, "-1.50 元")],
)
def test_money_is_written_in_yuan(fen, expected):
    assert yuan(fen) == expected


@pytest.mark.parametrize(("days", "expected"), [(5, "还剩 5 天"), (0, "今天到期"), (-3, "逾期 3 天")])
def test_time_left_is_written_in_words(days, expected):
    assert remaining_words(days) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("市住建局、市交通局,市财政局", ["市住建局", "市交通局", "市财政局"]),
        ("市住建局；市交通局，\n市住建局。", ["市住建局", "市交通局"]),
        ("市住建局 市交通局", ["市住建局", "市交通局"]),
        ("张　三、李四光", ["张三", "李四光"]),
        ("张 三 李四光 王 五", ["张三", "李四光", "王五"]),
        ("市住建局（牵头、协调）、市财政局", ["市住建局（牵头、协调）", "市财政局"]),
        ("阿依古丽·买买提、John Smith", ["阿依古丽·买买提", "John Smith"]),
        (" 、, ", []),
    ],
)
def test_a_typed_list_splits_into_names(text, expected):
    assert split_names(text) == expected
