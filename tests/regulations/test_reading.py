"""How rows read as sentences, how two measures differ, and how days and hits are shown."""

from datetime import date

from tests.town import moment
from tibandu.base.clock import Rest, Skipped
from tibandu.regulations import actions, reading
from tibandu.regulations.models import CalendarDay


def sections_of(version):
    return reading.sections(version, version.articles.all())


def said(sections, kind):
    section = next(section for section in sections if section.kind == kind)
    return {line.what: line.says for line in section.lines}


def test_rows_read_as_sentences(town):
    sections = sections_of(town.measure)
    limits = said(sections, "limits")
    assert limits["答复期限"] == "自交办之日起 3 个月内"
    assert limits["申退期限"] == "自收到之日起 10 日内"
    assert limits["临期提醒"] == "到期前 7 日"
    assert said(sections, "settings")["答复签发层级"] == "主要负责人"
    assert said(sections, "categories")["B类 正在解决或者列入规划逐步解决"] == (
        "所提问题正在解决，或者已列入规划、计划逐步解决的；列入承诺台账；须写明时限"
    )
    assert said(sections, "grades") == {"满意": "计为满意", "基本满意": "计为满意", "不满意": "不满意"}
    assert said(sections, "dimensions")["办理态度"] == "分项"
    assert said(sections, "contact_stages")["办中联系"] == "发出答复前须已确认；须出示答复初稿"
    assert said(sections, "grounds")["一件建议写了几件互不相关的事"] == "可作：退回修改"
    assert said(sections, "options")["事关全局"] == "满分 30 分"
    assert (
        said(sections, "number_patterns")["答复文号"] == "{code}函〔{year}〕{seq}号，如 兴住建函〔2026〕12号"
    )
    assert said(sections, "copy_recipients")["市人民政府办公室"] == "政府系统"


def test_every_line_of_a_profile_names_its_article(town):
    lines = [line for section in sections_of(town.measure) for line in section.lines]
    assert [line.what for line in lines if not line.article] == []


def test_sections_cost_one_query_a_kind(town, django_assert_num_queries):
    articles = list(town.measure.articles.all())
    with django_assert_num_queries(10):
        reading.sections(town.measure, articles)


def test_differences_tell_before_and_after(town):
    draft = actions.draft_version(town.office, town.measure.document, at=moment(), label="2027年")
    assert reading.differences(sections_of(town.measure), sections_of(draft)) == []
    draft.limits.filter(code="reply").update(amount=2)
    draft.categories.filter(code="D").delete()
    draft.number_patterns.filter(kind="session").update(pattern="第{seq}号")
    found = reading.differences(sections_of(town.measure), sections_of(draft))
    assert [(row.label, row.what, row.before, row.after) for row in found] == [
        ("期限", "答复期限", "自交办之日起 3 个月内", "自交办之日起 2 个月内"),
        ("答复类别", "D类 留作参考", "D类 留作参考：所提意见留作工作参考的；须写明理由", ""),
        ("编号格式", "会议建议", "{term}-{session}-{seq:03d}，如 6-5-012", "第{seq}号，如 第12号"),
    ]


def test_days_in_a_row_are_joined_when_they_are_alike():
    days = [
        CalendarDay(day=date(2026, 1, 1), works=False, name="元旦"),
        CalendarDay(day=date(2026, 1, 2), works=False, name="元旦"),
        CalendarDay(day=date(2026, 1, 4), works=True, name="元旦"),
    ]
    assert [(span.first.day, span.length, span.works) for span in reading.spans(days)] == [
        (1, 2, False),
        (4, 1, True),
    ]


def test_skipped_days_are_joined_by_their_reason():
    skipped = [
        Skipped(date(2026, 2, 15), Rest.HOLIDAY, "春节"),
        Skipped(date(2026, 2, 16), Rest.HOLIDAY, "春节"),
        Skipped(date(2026, 3, 1), Rest.WEEKEND, ""),
    ]
    assert [(span.name, span.length) for span in reading.skipped_spans(skipped)] == [("春节", 2), ("周末", 1)]


def test_an_excerpt_shows_the_words_in_their_place():
    assert reading.excerpts("承办单位应当联系代表。", "联系", around=2) == [
        (False, "…应当"),
        (True, "联系"),
        (False, "代表…"),
    ]
    assert reading.excerpts("承办单位", "没有", around=1) == [(False, "承办")]
