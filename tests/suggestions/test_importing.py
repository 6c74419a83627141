"""Knows what becomes of each row of an office's summary table, on the page and from the command line."""

import io
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils.timezone import localdate

from tests.cases import registered_in_session
from tests.town import TODAY, Town, moment, seat
from tibandu.base import journal
from tibandu.base.files import store_content
from tibandu.base.flow import NotYourStep
from tibandu.base.models import JournalLine
from tibandu.base.sheets import SheetProblem, read_rows
from tibandu.base.verdicts import Report
from tibandu.people.models import UnitAlias
from tibandu.suggestions import actions, jobs
from tibandu.suggestions.enums import Nature, Role, ShareState, State
from tibandu.suggestions.models import ImportedRow, ImportRun, Series, Suggestion

AT = moment(TODAY)
DATA = Path(__file__).parents[2].parent / "shared" / "data"
VERDICTS = Path(__file__).parent / "import_verdicts.txt"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not here")
OLD = """兴澜市历年代表建议办理情况汇总表
建议编号,建议标题,类型,领衔代表,联名代表,承办单位,提出日期,答复日期,答复类别,建议内容,答复内容
第12号,关于整治校门口停车的建议,代表建议,安立夏,柏远、路人甲,市住建局（主办）、市交通局（会办）,2025-01-14,2025年6月3日,A1,校门口停车混乱。,已划线四十个。
13,关于修缮老旧泵站的提案,,,,兴澜市建设局,,,留作参考,,
,关于增设路灯的建议,代表建议,安立夏,,,,,,,
15,,代表建议,,,,,,,,
合计,,,,,,,,,,
16,关于疏浚汀溪的建议,代表建议,杜若,,主办：市财政局 会办：市公安局、查无此局,2025-02-30,,丙,,
"""


@pytest.fixture(autouse=True)
def _files_apart(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def imported(town: Town, text: str, *, in_session: bool = False, **mapping: str) -> Report:
    """The report of an import by the deputy-work committee."""
    content = text.encode("gb18030")
    place: dict[str, Any] = {"session": town.session} if in_session else {"collection": "往年建议"}
    run = actions.start_import(
        town.office, town.congress, at=AT, file=store_content(content, "汇总表.csv"), mapping=mapping, **place
    )
    table = jobs.read_table(io.BytesIO(content), "汇总表.csv", mapping)
    return jobs.import_table(town.office, run, table, at=AT)


def told(report: Report) -> list[tuple[int, str, str]]:
    return [(verdict.row, verdict.outcome, verdict.reason) for verdict in report.verdicts]


def one(**columns: Any) -> Suggestion:
    return Suggestion.objects.get(**columns)


def test_each_row_gets_its_verdict(town: Town) -> None:
    UnitAlias.objects.create(unit=town.units["housing"], name="兴澜市建设局")
    assert told(imported(town, OLD)) == [
        (3, "repaired", "编号“第12号”登记为12；答复类别“A1”认作A"),
        (
            4,
            "repaired",
            "按标题和届次登记为政协提案；单位“兴澜市建设局”认作市住建局；没有提出人",
        ),
        (5, "imported", "没有编号；没有承办单位"),
        (6, "refused", "没有标题"),
        (7, "refused", "这是合计或说明，不是建议"),
        (
            8,
            "repaired",
            "提出日期“2025-02-30”认不出，未采用；没有叫“查无此局”的单位，按原文保留；答复类别“丙”认作C",
        ),
    ]


def test_a_row_becomes_a_closed_case_with_authors_shares_answer_and_one_line_of_its_day(town: Town) -> None:
    imported(town, OLD)
    case = one(external_no="12")
    assert (case.state, case.collection, case.number, case.number_text) == (
        State.CLOSED,
        "往年建议",
        None,
        "12",
    )
    authors = case.proposers.values_list("name", "seat", "is_lead")
    assert list(authors) == [
        ("安立夏", town.seats["alice"].pk, True),
        ("柏远", town.seats["bob"].pk, False),
        ("路人甲", None, False),
    ]
    shares = case.assignments.order_by("pk").values_list("unit__short_name", "role", "state", "answered_on")
    assert list(shares) == [
        ("市住建局", Role.LEAD, ShareState.ANSWERED, date(2025, 6, 3)),
        ("市交通局", Role.CO, ShareState.ANSWERED, date(2025, 6, 3)),
    ]
    reply = case.replies.get()
    assert (reply.category.code, reply.parts.get().text) == ("A", "已划线四十个。")
    line = JournalLine.objects.get(chain=case.chain)
    assert (line.verb, localdate(line.happened_at)) == ("import", date(2025, 1, 14))
    assert list(journal.verify()) == []


def test_what_cannot_be_placed_is_kept_as_it_was_written(town: Town) -> None:
    imported(town, OLD)
    case = one(external_no="16")
    assert case.external_units == "主办：市财政局；会办：市公安局、查无此局"
    assert case.imported.cells["提出日期"] == "2025-02-30"
    assert one(external_no="13").nature == Nature.PROPOSAL
    assert one(title="关于增设路灯的建议").number_text == ""


def test_the_second_import_changes_nothing(town: Town) -> None:
    imported(town, OLD)
    before = (Suggestion.objects.count(), JournalLine.objects.count(), ImportedRow.objects.count())
    report = imported(town, OLD)
    assert report.last_line == "imported 0, repaired 0, refused 2"
    assert report.count("unchanged") == 4
    assert (Suggestion.objects.count(), JournalLine.objects.count(), ImportedRow.objects.count()) == before


def test_a_row_that_stands_twice_comes_in_once(town: Town) -> None:
    text = "编号,标题,承办单位\n7,关于甲事的建议,市住建局\n7,关于甲事的建议,市住建局\n"
    assert [(row, outcome) for row, outcome, _reason in told(imported(town, text))] == [
        (2, "imported"),
        (3, "unchanged"),
    ]


def test_names_of_another_place_are_not_taken_for_ours(town: Town) -> None:
    text = "编号,标题,地区,提出人,主办单位\n7,关于甲事的建议,临江省白鹭市,安立夏,市公安局\n7,关于甲事的建议,汀洲市,,市公安局\n"
    report = imported(town, text)
    assert report.last_line == "imported 2, repaired 0, refused 0"
    case = one(received_from="临江省白鹭市")
    assert (case.assignments.count(), case.proposers.get().seat, case.external_units) == (
        0,
        None,
        "主办：市公安局",
    )


def test_two_deputies_of_one_name_are_not_told_apart_by_guessing(town: Town) -> None:
    seat(town.term, "安立夏二", "777")
    town.seats["chen"].person.name = "柏远"
    town.seats["chen"].person.save()
    report = imported(town, "标题,领衔代表,承办单位\n关于甲事的建议,柏远,市住建局\n")
    assert told(report) == [(2, "repaired", "叫柏远的代表不止一位，只登记姓名；没有编号")]


SESSION = """编号,标题,领衔代表,承办单位,立案日期,办理状态
21,关于甲事的建议,安立夏,市住建局,2026-01-14,办理中
22,关于乙事的建议,柏远,,2026-01-14,
,关于丙事的建议,陈牧,,,
1,关于丁事的建议,杜若,,,
22,关于戊事的建议,杜若,,,
"""


def test_what_is_imported_into_a_session_goes_on_from_where_it_stands(town: Town) -> None:
    first = registered_in_session(town)
    report = imported(town, SESSION, in_session=True)
    assert [(row, reason) for row, outcome, reason in told(report) if outcome == "refused"] == [
        (5, f"编号1已是《{first.title}》"),
        (6, "编号22与第3行相同"),
    ]
    states = Suggestion.objects.filter(imported__isnull=False).order_by("imported__row")
    assert list(states.values_list("title", "number", "state")) == [
        ("关于甲事的建议", 21, State.ASSIGNED),
        ("关于乙事的建议", 22, State.REGISTERED),
        ("关于丙事的建议", None, State.SUBMITTED),
    ]
    share = one(title="关于甲事的建议").assignments.get()
    assert (share.state, share.assigned_on, share.due_on) == (
        ShareState.SENT,
        date(2026, 1, 14),
        date(2026, 4, 14),
    )
    actions.sign_for(town.housing_officer, share, at=AT)


def test_the_next_number_comes_after_the_imported_ones(town: Town) -> None:
    imported(town, SESSION, in_session=True)
    assert registered_in_session(town).number == 23
    assert Series.objects.get(key=f"session:{town.session.pk}").last == 23


def test_a_user_says_what_unknown_columns_mean(town: Town) -> None:
    text = "甲,乙\n关于甲事的建议,市住建局\n"
    with pytest.raises(SheetProblem, match="没有一列是标题"):
        imported(town, text)
    report = imported(town, text, 甲="title", 乙="lead")
    assert told(report) == [(2, "imported", "没有编号")]


def test_refused_rows_come_back_as_a_sheet_that_can_be_mended(town: Town) -> None:
    sheet = read_rows(io.BytesIO(imported(town, OLD).refused_sheet()), "refused.xlsx")
    assert [row[0] for row in sheet.rows] == ["建议编号", "15", "合计"]
    assert sheet.rows[0][-1] == "不能导入的原因"
    mended = "\n".join(",".join(row) for row in sheet.rows).replace("15,,", "15,关于补上标题的建议,")
    assert imported(town, mended).last_line == "imported 1, repaired 0, refused 1"


def test_only_those_who_receive_suggestions_import(town: Town) -> None:
    file = store_content(b"a,b\n1,2\n", "a.csv")
    for actor in (town.alice, town.housing_officer, town.foreign_office):
        with pytest.raises(NotYourStep):
            actions.start_import(actor, town.congress, at=AT, file=file, collection="往年")


def test_a_row_that_the_database_refuses_leaves_the_others(town: Town) -> None:
    text = "编号,标题,承办单位\n" + "".join(f"{n},关于第{n}件事的建议,市住建局\n" for n in range(1, 8))
    content = text.encode()
    run = actions.start_import(
        town.office, town.congress, at=AT, file=store_content(content, "a.csv"), session=town.session
    )
    judged = jobs.judge(
        jobs.read_table(io.BytesIO(content), "a.csv"), jobs.Shelf(town.congress, town.session), at=AT
    )
    imported(town, "编号,标题\n4,关于早到一步的建议\n", in_session=True)
    report = jobs.carry_out(town.office, run, judged, at=AT)
    assert Counter(outcome for _row, outcome, _reason in told(report)) == {"imported": 6, "refused": 1}


# -- the real tables --------------------------------------------------------------------------------------------------


@needs_data
@pytest.mark.parametrize("name", ["real-suggestions.xlsx", "real-suggestions.gbk.csv"])
def test_the_real_table_comes_in_with_the_checked_verdicts(town: Town, name: str) -> None:
    content = (DATA / name).read_bytes()
    table = jobs.read_table(io.BytesIO(content), name)
    run = actions.start_import(
        town.office, town.congress, at=AT, file=store_content(content, name), collection="往年"
    )
    report = jobs.import_table(town.office, run, table, at=AT)
    offset = 0 if name.endswith("csv") else 1  # the workbook has a title row above its header
    lines = [f"{v.row - offset} {v.outcome} {v.reason}".strip() for v in report.verdicts]
    assert lines == VERDICTS.read_text(encoding="utf-8").splitlines()
    assert report.count("imported") + report.count("repaired") >= 430
    assert Counter(Suggestion.objects.values_list("nature", flat=True)) == {
        "suggestion": 305,
        "proposal": 140,
    }
    again = jobs.judge(table, jobs.Shelf(town.congress, None, "往年"), at=AT)
    assert (again.report.count("unchanged"), again.ready) == (445, {})


# -- the page ---------------------------------------------------------------------------------------------------------


def sent(page: Client, text: str, **fields: Any) -> Any:
    file = SimpleUploadedFile("汇总表.csv", text.encode("gb18030"))
    return page.post("/suggestions/import/", {"file": file, "where": "collection", **fields})


def test_the_page_previews_maps_imports_and_hands_back_the_refused(
    town: Town, hat: Callable[..., Client]
) -> None:
    page = hat(town.office)
    assert page.get("/suggestions/import/").status_code == 200
    response = sent(page, OLD.replace("联名代表", "还有谁"), collection="往年建议")
    address = response.headers["Location"]
    shown = page.get(address).content.decode()
    assert ("还有谁" in shown, "没有标题" in shown, Suggestion.objects.count()) == (True, True, 0)
    assert page.post(address, {"map": "1", "column_0": "cosigners"}).status_code == 302
    assert page.post(address).status_code == 302
    assert one(external_no="12").proposers.count() == 3
    assert page.get(f"{address}?show=refused&page=1").content.decode().count("没有标题") == 1
    sheet = read_rows(io.BytesIO(page.get(f"{address}refused.xlsx").content), "r.xlsx")
    assert len(sheet.rows) == 3
    assert page.post(address).status_code == 422
    run = ImportRun.objects.get()
    assert (run.imported, run.repaired, run.refused) == (1, 3, 2)


def test_the_case_and_the_ledger_show_where_a_row_came_from(town: Town, hat: Callable[..., Client]) -> None:
    imported(town, OLD + "17,关于外地的建议,代表建议,,,白鹭市某局,,,B,,\n")
    page = hat(town.office)
    for case in Suggestion.objects.all():
        assert "汇总表.csv" in page.get(f"/suggestions/{case.pk}/").content.decode()
    found = page.get("/suggestions/", {"category": "B"}).content.decode()
    assert ("关于外地的建议" in found, "关于增设路灯的建议" in found) == (True, False)


def test_a_wrong_file_is_refused_in_words(town: Town, hat: Callable[..., Client]) -> None:
    page = hat(town.office)
    nameless = sent(page, OLD)
    assert (nameless.status_code, "请填写归入哪里" in nameless.content.decode()) == (422, True)
    empty = sent(page, "只有一格\n", collection="往年建议")
    assert (empty.status_code, "找不到表头" in empty.content.decode()) == (422, True)
    without_title = sent(page, "编号,承办单位\n1,市住建局\n", collection="往年建议")
    shown = page.get(without_title.headers["Location"]).content.decode()
    assert ("没有一列是标题" in shown, "确认导入" in shown) == (True, False)


def test_others_do_not_see_the_import(town: Town, hat: Callable[..., Client]) -> None:
    response = sent(hat(town.office), OLD, collection="往年建议")
    assert hat(town.foreign_office).get(response.headers["Location"]).status_code == 404
    for actor in (town.alice, town.housing_officer, town.dispatcher):
        assert hat(actor).get(response.headers["Location"]).status_code == 403


# -- the command ------------------------------------------------------------------------------------------------------


def command(*words: str) -> tuple[list[str], int]:
    out, code = io.StringIO(), 0
    try:
        call_command("import", *words, stdout=out)
    except SystemExit as end:
        code = int(end.code or 0)
    return out.getvalue().splitlines(), code


def test_the_command_ends_with_the_counts(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "汇总表.csv"
    file.write_text(OLD, encoding="utf-8")
    words = (
        "suggestions",
        str(file),
        "--congress",
        "city",
        "--collection",
        "往年",
        "--map",
        "还有谁=联名代表",
    )
    lines, code = command(*words, "--dry-run")
    assert (lines[-1], code, Suggestion.objects.count()) == ("imported 1, repaired 3, refused 2", 3, 0)
    lines, code = command(*words)
    assert (lines[-1], code) == ("imported 1, repaired 3, refused 2", 3)
    assert (tmp_path / "汇总表-refused.xlsx").exists()
    lines, code = command(*words)
    assert lines[-2:] == ["已有 already there 4", "imported 0, repaired 0, refused 2"]


def test_the_command_says_what_is_wrong(town: Town, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("标题,编号\n关于甲事的建议,1\n")
    good = ["suggestions", str(file), "--congress", "city", "--session", "6-5"]
    wrong = [
        ["suggestions", str(tmp_path / "b.csv"), "--congress", "city", "--session", "6-5"],
        ["suggestions", str(file), "--congress", "nowhere", "--session", "6-5"],
        ["suggestions", str(file), "--congress", "city", "--session", "9-9"],
        [*good, "--map", "标题"],
        ["people", str(file), "--congress", "city"],
    ]
    for words in wrong:
        with pytest.raises(CommandError):
            command(*words)
    assert command(*good) == (["imported 1, repaired 0, refused 0"], 0)


def test_the_command_takes_rolls_and_calendars_too(town: Town, tmp_path: Path) -> None:
    units = tmp_path / "units.csv"
    units.write_text("单位名称,系统\n兴澜市水务局,政府系统\n", encoding="utf-8")
    assert command("units", str(units), "--congress", "city") == (["imported 1, repaired 0, refused 0"], 0)
    people = tmp_path / "people.csv"
    people.write_text("姓名,代表证号\n申屠远,101\n", encoding="utf-8")
    assert command("people", str(people), "--congress", "city")[0][-1] == "imported 1, repaired 0, refused 0"
    calendar = tmp_path / "days.csv"
    calendar.write_text("日期,安排,名称\n2027-01-01,放假,元旦\n", encoding="utf-8")
    assert command("calendar", str(calendar))[0][-1] == "imported 1, repaired 0, refused 0"
    assert command("calendar", str(calendar))[0][-1] == "imported 0, repaired 0, refused 0"
