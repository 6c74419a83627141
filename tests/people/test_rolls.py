"""Knows what an import of units, staff and deputies does with each row, and that a second one changes nothing."""

import io
from datetime import date

import pytest

from tests.town import TODAY, Town, moment
from tibandu.base.models import JournalLine
from tibandu.base.sheets import SheetProblem, read_rows
from tibandu.people import jobs
from tibandu.people.enums import Rank
from tibandu.people.models import Appointment, Seat, Unit

AT = moment(TODAY)
DEPUTIES = """第六届代表名册
姓名,代表证号,代表团,代表小组,手机,当选日期
申屠远,101,柳塘代表团,第一小组,13900000101,2022年1月10日
欧阳帆,102,柳塘代表团,第二小组,,2022-01-10
路人,,柳塘代表团,,,
安立冬,001,汀溪代表团,,,
"""
STAFF = """单位,姓名,职务,手机
市住建局,莫问,副局长,13900000201
兴澜市交通运输局,路平,调研员,
查无此局,何人,科长,
"""
UNITS = """单位名称,简称,系统,曾用名,设立日期
兴澜市城市管理局,市城管局,政府系统,市城管执法局、市容局,2019-03-01
兴澜市水务局,,,,
兴澜市财政局,,政府系统,市财税局,
兴澜市监委,,监察委员会,,
"""


def imported(town: Town, text: str, keep: bool = True) -> jobs.Report:
    rolls = jobs.read_rolls(io.BytesIO(text.encode("gb18030")), "名册.csv")
    return jobs.import_rolls(town.office, town.congress, rolls, at=AT, keep=keep)


def told(report: jobs.Report) -> list[tuple[str, str, str]]:
    return [(verdict.what, verdict.outcome, verdict.reason) for verdict in report.verdicts]


def test_deputies_come_in_by_their_card(town: Town) -> None:
    report = imported(town, DEPUTIES)
    assert told(report) == [
        ("申屠远", "imported", ""),
        ("欧阳帆", "imported", ""),
        ("路人", "refused", "缺少代表证号"),
        ("安立冬", "refused", "代表证号001已登记为安立夏。"),
    ]
    assert report.last_line == "imported 2, repaired 0, refused 2"
    seat = Seat.objects.get(card_no="101")
    assert (seat.delegation.name, seat.group.name, seat.since) == (
        "柳塘代表团",
        "第一小组",
        date(2022, 1, 10),
    )


def test_staff_come_into_posts_of_units_known_by_any_name(town: Town) -> None:
    assert told(imported(town, STAFF)) == [
        ("莫问", "imported", ""),
        ("路平", "repaired", "未写层级，按职务定为承办人"),
        ("何人", "refused", "没有叫“查无此局”的单位。"),
    ]
    assert Appointment.objects.get(person__name="路平").post.rank == Rank.OFFICER


def test_units_come_in_with_their_past_names(town: Town) -> None:
    assert told(imported(town, UNITS)) == [
        ("兴澜市城市管理局", "imported", ""),
        ("兴澜市水务局", "repaired", "未写系统，按政府系统登记"),
        ("兴澜市财政局", "repaired", "补充别名：市财税局"),
        ("兴澜市监委", "refused", "本级没有“监察委员会”。"),
    ]
    unit = Unit.objects.get(name="兴澜市城市管理局")
    assert list(unit.aliases.order_by("pk").values_list("name", flat=True)) == ["市城管执法局", "市容局"]


@pytest.mark.parametrize("text", [DEPUTIES, STAFF, UNITS])
def test_a_second_import_of_the_same_file_changes_nothing(town: Town, text: str) -> None:
    first = imported(town, text)
    lines = JournalLine.objects.count()
    second = imported(town, text)
    assert JournalLine.objects.count() == lines
    assert (second.count("imported"), second.count("repaired")) == (0, 0)
    assert second.count("refused") == first.count("refused")


def test_a_preview_says_the_same_and_keeps_nothing(town: Town) -> None:
    preview = imported(town, DEPUTIES, keep=False)
    assert not Seat.objects.filter(card_no="101").exists()
    assert told(imported(town, DEPUTIES)) == told(preview)


def test_refused_rows_come_back_as_a_sheet_with_their_reasons(town: Town) -> None:
    sheet = read_rows(io.BytesIO(imported(town, DEPUTIES).refused_sheet()), "refused.xlsx")
    assert sheet.rows[1] == ["路人", "", "柳塘代表团", "", "", "", "缺少代表证号"]


def test_a_file_without_a_known_header_is_refused_with_a_sentence() -> None:
    with pytest.raises(SheetProblem, match="找不到表头"):
        jobs.read_rolls(io.BytesIO("甲,乙\n1,2\n".encode()), "x.csv")
    with pytest.raises(SheetProblem, match="表头不全"):
        jobs.read_rolls(io.BytesIO("姓名,手机\n张,1\n".encode()), "x.csv")
