"""Knows how states, clocks, sums and form fields read on a page."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from django.utils.html import strip_tags
from django.utils.translation import override

from tibandu.base.columns import Column, head_html, menu_html, rows_html
from tibandu.web.templatetags import look

TODAY = date(2026, 11, 28)


def show(source: str, **context) -> str:
    return Template("{% load look %}" + source).render(Context({"today": TODAY, **context}))


def read(source: str, **context) -> str:
    return " ".join(strip_tags(show(source, **context)).split())


@pytest.mark.parametrize(
    ("due_on", "said"),
    [
        (date(2026, 12, 3), "还剩 5 天 · 12月3日 周四"),
        (date(2026, 12, 1), "▲还剩 3 天 · 12月1日 周二"),
        (date(2026, 11, 28), "▲今天到期 · 11月28日 周六"),
        (date(2026, 11, 25), "■逾期 3 天 · 11月25日 周三"),
        (None, "无期限"),
    ],
)
def test_a_clock_says_what_is_left_with_the_day_beside_it(due_on, said):
    assert read("{% clock due_on %}", due_on=due_on) == said


def test_a_clock_speaks_in_the_unit_of_its_rule():
    said = read('{% clock due_on left=4 unit="个工作日" %}', due_on=date(2026, 12, 3))
    assert said == "还剩 4 个工作日 · 12月3日 周四"


@pytest.mark.parametrize(("done_on", "said"), [(1, "✓按期 · 12月1日 周二"), (5, "■迟 2 天 · 12月5日 周六")])
def test_a_stopped_clock_says_whether_it_was_in_time(done_on, said):
    days = {"due_on": date(2026, 12, 3), "done_on": date(2026, 12, done_on)}
    assert read("{% clock due_on done_on=done_on %}", **days) == said


def test_a_state_is_a_shape_and_a_word():
    assert read('{% state "overdue" %} {% state "going" "待签收" %}') == "■逾期 ●待签收"


def test_days_moments_and_sums_read_as_offices_write_them():
    at = datetime(2026, 12, 3, 6, 3, tzinfo=UTC)
    assert [look.day(at), look.day_code(at), look.moment(at)] == [
        "2026年12月3日 周四",
        "2026-12-03",
        "2026年12月3日 14:03",
    ]
    assert [look.wan(186_000_000), look.wan(1_234_500), look.yuan(18_650)] == [
        "186 万元",
        "1.23 万元",
        "186.50 元",
    ]
    assert [look.day(None), look.moment(None), look.yuan(None), look.wan(None)] == ["", "", "", ""]


def test_offers_are_one_filled_button_then_the_open_ones_then_the_refused():
    offers = [
        {
            "verb": "send",
            "label": "发出答复",
            "refusal": "办前、办中联系尚未完成",
            "primary": False,
            "url": "/send/",
        },
        {"verb": "contact", "label": "记一次联系", "refusal": None, "primary": True, "url": "/contact/"},
        {"verb": "extend", "label": "申请延期", "refusal": None, "primary": False, "url": "/s/7/extend/"},
    ]
    page = show('{% include "components/offers.html" %}', offers=offers)
    assert page.index("记一次联系") < page.index("申请延期") < page.index("发出答复")
    assert page.count("btn-primary") == 1
    assert 'href="/s/7/extend/"' in page
    assert 'disabled aria-describedby="why-send"' in page


def test_a_form_says_what_is_wrong_at_the_top_and_at_the_field():
    class Contact(forms.Form):
        on = forms.DateField(label="联系日期", help_text="当天也行")
        mode = forms.ChoiceField(label="方式", choices=[("a", "走访")], widget=forms.RadioSelect)

    page = show('{% include "components/form.html" %}', form=Contact({"on": "", "mode": ""}))
    assert 'href="#id_on"' in page
    assert 'href="#id_mode"' in page
    assert 'type="date"' in page
    assert 'aria-describedby="id_on_helptext id_on_error"' in page
    assert page.count('class="error"') == 2


def test_a_ledger_shows_head_and_body_of_its_columns():
    column = Column("title", "标题", lambda row: row, kind="title", href=lambda row: "/s/3/")
    ledger = SimpleNamespace(
        menu=menu_html([column], [column]),
        head=head_html([column]),
        body=rows_html([column], ["关于路灯的建议"], pick=lambda row: (3, row)),
        rows=["关于路灯的建议"],
        batch=[("assign", "交办")],
        batch_url="/batch/",
    )
    request = RequestFactory().get("/s/", {"unit": "市水利局", "sort": "due"})
    page = show('{% include "components/ledger.html" %}', ledger=ledger, request=request)
    assert '<a href="/s/3/" title="关于路灯的建议">关于路灯的建议</a>' in page
    assert 'name="pick" value="3" form="batch"' in page
    assert '<input type="checkbox" name="c" value="title" checked>' in page


def test_what_people_wrote_is_never_markup():
    page = show(
        '{% include "components/timeline.html" %}',
        entries=[{"who": "<b>", "label": "<i>", "words": "<script>"}],
    )
    assert "<script>" not in page
    assert "<b>" not in page
    assert "<i>" not in page


def test_a_fixed_piece_is_drawn_once_in_each_language_and_reads_nothing_of_the_page():
    page = Template(
        "{% load i18n look %}{% fixed %}{% translate '保存视图' %}{{ who }}{% endfixed %}|{{ who }}"
    )
    assert page.render(Context({"who": "甲"})) == "保存视图|甲"
    assert page.render(Context({"who": "乙"})) == "保存视图|乙"
    with override("en"):
        assert page.render(Context({"who": "丙"})) == "Save view|丙"


def test_the_rail_is_escaped_and_marks_where_one_is():
    entry = SimpleNamespace(label="审<查", url="/a?b&c", icon="bell", current=True, count=3)
    rail = show("{% nav_links nav %}{% nav_menu nav %}", nav=[entry])
    assert rail.count('<a href="/a?b&amp;c" aria-current="page">') == 1
    assert rail.count('<a class="menu-entry" href="/a?b&amp;c" aria-current="page">') == 1
    assert rail.count("审&lt;查") == 2
    assert rail.count('<span class="count">3</span>') == 1
