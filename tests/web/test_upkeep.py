"""The desk of an administrator: what is not well comes first, each answer from few queries, and only of one's congress."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.urls import reverse

from tests.town import TODAY, appoint, moment
from tibandu.base.models import Seal
from tibandu.people.enums import Channel, MessageKind, Rank, SendingState
from tibandu.people.models import Account, Message, Person, Post, Sending
from tibandu.regulations.models import CalendarYear
from tibandu.web import seal_views, upkeep

# What every page of somebody who is signed in costs: session, account, hats.
SHELL = 3


@pytest.fixture
def keeper(town):
    made = appoint(town.units["deputy_work"], "系统管理员", Rank.OFFICER, "管维")
    Post.objects.filter(appointments__person=made.person_id).update(administers=True)
    return replace(made, administers=True)


def answer(keeper, label, today=TODAY):
    check = next(check for check in upkeep.checks(keeper, today) if check.label == label)
    return check.tone, check.word, check.words


def seal(day):
    Seal.objects.create(
        day=day, lines=1234, chains=3, digest=f"{day}", previous=f"{day}", sealed_at=moment(day)
    )


def year(number):
    CalendarYear.objects.update_or_create(
        year=number, defaults={"notice": "通知", "confirmed_by": "高言", "confirmed_at": moment()}
    )


def test_a_clock_that_never_ran_stopped_or_runs(keeper):
    label = "定时运行与日封"
    assert answer(keeper, label)[:2] == ("overdue", "未运行")
    seal(TODAY - timedelta(days=2))
    assert answer(keeper, label)[:2] == ("overdue", "已停")
    seal(TODAY - timedelta(days=1))
    assert answer(keeper, label) == (
        "done",
        "正常",
        "最近一次日封：2026年3月1日 周日，共 1,234 行日志。",
    )


def test_a_congress_without_a_measure_in_force_is_told(town, keeper):
    assert answer(keeper, "处理办法") == ("done", "施行中", "现行版本：2026年。")
    elsewhere = replace(keeper, congress_id=town.district.pk)
    assert answer(elsewhere, "处理办法")[:2] == ("overdue", "缺")


@pytest.mark.parametrize(
    ("years", "today", "tone"),
    [
        ((), TODAY, "overdue"),
        ((2026,), TODAY, "waiting"),
        ((2026,), date(2026, 11, 1), "near"),
        ((2026, 2027), TODAY, "done"),
    ],
)
def test_the_calendar_of_this_year_and_the_next_is_asked_for(keeper, years, today, tone):
    CalendarYear.objects.all().delete()
    for number in years:
        year(number)
    assert answer(keeper, "放假安排", today)[0] == tone


def failed_to(seat, key):
    told = Message.objects.create(
        key=key, seat=seat, kind=MessageKind.TODO, title="请评价", url="/", told_at=moment()
    )
    Sending.objects.create(
        message=told,
        channel=Channel.MAIL,
        address="a@example.org",
        state=SendingState.FAILED,
        next_try_at=moment(),
    )


def test_reminders_that_failed_are_counted_in_ones_own_congress_only(town, keeper):
    failed_to(town.seats["foreign_deputy"], "1")
    assert answer(keeper, "提醒发送")[:2] == ("done", "正常")
    failed_to(town.seats["alice"], "2")
    assert answer(keeper, "提醒发送") == ("overdue", "失败", "1 条提醒没有发出去。")


def test_who_never_changed_the_initial_password_is_named(town, keeper):
    assert answer(keeper, "初始密码")[0] == "done"
    Account.objects.filter(username__in=["安立夏", "卫恒"]).update(must_change_password=True)
    check = next(check for check in upkeep.checks(keeper, TODAY) if check.label == "初始密码")
    assert (check.tone, check.words) == ("near", "1 人还没有改初始密码。")
    assert [one.name for one in check.people] == ["安立夏"]
    Account.objects.filter(username="安立夏").update(is_active=False)
    assert answer(keeper, "初始密码")[0] == "done"


def test_no_more_than_twenty_are_named(town, keeper):
    for number in range(25):
        appoint(town.units["housing"], f"科员{number}", Rank.OFFICER, f"人{number:02d}")
    Account.objects.filter(username__startswith="人").update(must_change_password=True)
    check = next(check for check in upkeep.checks(keeper, TODAY) if check.label == "初始密码")
    assert (check.words, len(check.people)) == ("25 人还没有改初始密码。先列出 20 人：", 20)


def test_who_serves_without_an_account_is_counted(town, keeper):
    assert answer(keeper, "开通账号")[0] == "done"
    Account.objects.filter(username="梁栋").delete()
    assert answer(keeper, "开通账号") == ("near", "待开通", "1 人在任而没有账号。")


def test_what_is_not_well_comes_first(keeper):
    year(2026)
    tones = [check.tone for check in upkeep.checks(keeper, TODAY)]
    assert tones == ["overdue", "waiting", "done", "done", "done", "done"]


@pytest.mark.parametrize("more", [1, 3])
def test_the_desk_of_an_administrator_costs_six_queries(town, hat, keeper, django_assert_num_queries, more):
    for number in range(more):
        failed_to(town.seats["alice"], str(number))
        appoint(town.units["housing"], f"科员{number}", Rank.OFFICER, f"人{number}")
    Account.objects.filter(username__startswith="人").update(must_change_password=True)
    browser = hat(keeper)
    with django_assert_num_queries(SHELL + 6):
        response = browser.get(reverse("web:desk"))
    assert [template.name for template in response.templates][:1] == ["web/desk_admin.html"]


def test_the_desk_leads_to_the_pages_where_one_sees_to_it(town, hat, keeper):
    failed_to(town.seats["alice"], "1")
    Account.objects.filter(username="安立夏").update(must_change_password=True)
    Account.objects.filter(username="梁栋").delete()
    browser = hat(keeper)
    page = browser.get(reverse("web:desk")).content.decode()
    alice = Person.objects.get(name="安立夏").pk
    addresses = [
        reverse("people:sendings"),
        reverse("people:open_accounts"),
        reverse("people:person", args=[alice]),
        reverse("regulations:measure"),
        reverse("regulations:calendar"),
    ]
    assert [address for address in addresses if f'href="{address}"' not in page] == []
    assert [browser.get(address).status_code for address in addresses] == [200] * len(addresses)


def test_others_keep_the_desk_they_had(town, hat):
    response = hat(town.office).get(reverse("web:desk"))
    assert [template.name for template in response.templates][:1] == ["web/desk.html"]


def test_the_seal_is_printed_for_who_administers_only(town, hat, keeper):
    seal(TODAY)
    address = reverse("web:seal", args=[TODAY])
    assert f'href="{address}"' in hat(keeper).get(reverse("web:desk")).content.decode()
    paper = hat(keeper).get(address)
    assert (paper.status_code, paper.content[:5]) == (200, b"%PDF-")
    assert hat(keeper).get(reverse("web:seal", args=[TODAY - timedelta(days=1)])).status_code == 404
    assert hat(keeper).get("/seals/2026-02-31.pdf").status_code == 404
    assert hat(town.office).get(address).status_code == 404


def test_a_printed_seal_says_what_it_seals_and_leaves_room_to_sign(db):
    seal(TODAY)
    rows = dict(seal_views.sheet(Seal.objects.get(day=TODAY)).rows)
    assert (rows["日期"], rows["行数"], rows["链数"]) == ("2026年3月2日", "1,234", "3")
    assert (rows["本日摘要"], rows["封存人签名"]) == ("2026-03- 02", "")
