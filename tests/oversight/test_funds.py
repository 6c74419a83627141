"""Earmarked money: how a project is chosen, paid for, accepted and reviewed, and that no fund gives more than it has."""

from datetime import date
from typing import Any

import pytest

from tests.oversight import funds_cases as money
from tests.oversight.funds_cases import DECIDED, DONE, GIVEN, LOOKED, MILLION, PLANNED, YUAN
from tests.suggestions.tables import who_may
from tests.town import Town, moment
from tibandu.base.flow import Moved, NotYourStep, Refused
from tibandu.base.journal import verify
from tibandu.oversight import actions
from tibandu.oversight.enums import InvestmentState, PaymentState, ProjectState
from tibandu.oversight.flow.funds import CHOOSING, FUND, MONEY, PAYMENT, WORKS
from tibandu.oversight.models import Fund, FundEntry, Project
from tibandu.oversight.queries import funds as queries
from tibandu.oversight.queries.ledgers import PROJECTS
from tibandu.oversight.rules import funds as rules
from tibandu.people.models import Message

AT = moment(GIVEN, 15)


def told(**whom: Any) -> list[str]:
    return list(Message.objects.filter(**whom).order_by("pk").values_list("title", flat=True))


def sums(fund: Fund) -> tuple[int, int]:
    """The stored balance, and what the entries come to."""
    return Fund.objects.get(pk=fund.pk).balance, sum(FundEntry.objects.values_list("fen", flat=True))


def test_a_fund_opens_with_its_first_money(town: Town) -> None:
    fund = money.opened(town)
    actions.allot(town.finance_officer, fund, at=AT, amount=MILLION, words="兴财预〔2026〕40号")
    assert sums(fund) == (6 * MILLION, 6 * MILLION)
    assert (str(fund), fund.journal_seq) == ("2026年民生建议专项资金", 2)
    assert told(unit=town.units["deputy_work"]) == ["已设立2026年民生建议专项资金5,000,000元，可以提出项目"]


def test_only_finance_opens_a_fund_and_no_name_stands_twice_in_a_year(town: Town) -> None:
    money.opened(town)
    with pytest.raises(Refused, match="2026年已经有同名的专项资金。"):
        money.opened(town)
    with pytest.raises(NotYourStep):
        actions.open_fund(town.office, at=AT, name="专项", year=2026, amount=1, source="预算")


def test_a_project_goes_all_the_way(town: Town) -> None:
    fund, suggestion = money.opened(town), money.of_case(town)
    project = money.accepted(town, fund, suggestion)
    payment = actions.ask_payment(
        town.housing_officer, project, at=moment(LOOKED), amount=PLANNED, payee="兴澜市政公司", words="工程款"
    )
    actions.pay(town.finance_officer, payment, at=moment(LOOKED), paid_on=LOOKED, voucher="记-0031")
    actions.review_project(town.finance_chief, project, at=moment(LOOKED), score=92, words="资金合规")
    assert project.state == ProjectState.ACCEPTED
    actions.review_project(town.clerk, project, at=moment(LOOKED), score=95, words="群众满意")
    project.refresh_from_db()
    assert (project.state, project.paid, project.unpaid, project.progress) == (
        ProjectState.REVIEWED, PLANNED, 0, 100,
    )  # fmt: skip
    assert [(r.side, r.score) for r in project.reviews.all()] == [("finance", 92), ("office", 95)]
    assert (sums(fund), list(queries.balance_breaks()), list(verify())) == (
        (5 * MILLION - PLANNED, 5 * MILLION - PLANNED), [], [],
    )  # fmt: skip
    heard = [f"已提为{fund}候选项目", "项目已批准400,000元", "项目已开工", "项目已通过验收"]
    assert [title.split("：")[0] for title in told(seat=town.seats["alice"])][-4:] == heard


def test_sheets_are_averaged_by_the_meeting_that_takes_them_up(town: Town) -> None:
    project = money.argued(town, money.opened(town))
    screening = project.screenings.get()
    assert (screening.score, [s.total for s in screening.sheets.all()]) == (85, [80, 89])
    assert "项目已经论证，请决定：大桥东侧路口行人等待区" in told(unit=town.units["chairpersons"])


def test_a_sheet_marks_every_criterion_once_and_within_its_points(town: Town) -> None:
    project = money.nominated(town, money.opened(town))
    whole = money.marks(town)
    for marks, sentence in (
        (whole[1:], "每个评分项评一次分：群众受益面、紧迫程度、实施条件、资金测算。"),
        ([*whole, whole[0]], "每个评分项评一次分"),
        ([{**whole[0], "points": 31}, *whole[1:]], "群众受益面最高30分。"),
    ):
        with pytest.raises(Refused, match=sentence):
            actions.score_project(town.member, project, at=AT, appraiser="韩澄", marks=marks)
    actions.score_project(town.member, project, at=AT, appraiser="韩澄", marks=whole)
    with pytest.raises(Refused, match="韩澄已经评过分。"):
        actions.score_project(town.office, project, at=AT, appraiser="韩澄", marks=whole)


def test_nothing_is_argued_without_a_sheet_and_a_project_sent_back_needs_new_ones(town: Town) -> None:
    fund = money.opened(town)
    project = money.argued(town, fund)
    actions.send_back_project(town.chairpersons, project, at=moment(DECIDED), words="测算要细化")
    with pytest.raises(Refused, match="还没有评分表，请先评分。"):
        actions.argue_project(town.office, project, at=AT, held_on=GIVEN, attended="代表工委", words="同意")
    plan = {"unit": town.units["transport"], "planned": 1, "beneficiaries": "居民", "title": "改名"}
    actions.change_project(town.office, project, at=AT, **plan)
    actions.leave_out_project(town.office, project, at=AT, words="并入下年")
    assert (project.state, project.title) == (ProjectState.NOT_CHOSEN, "改名")


def test_the_cap_of_an_item_holds_from_the_first_word_to_the_last_yuan(town: Town) -> None:
    fund, over = money.opened(town), 500_000 * YUAN + 1
    sentence = "单个项目不超过500,000元。"
    with pytest.raises(Refused, match=sentence):
        money.nominated(town, fund, planned=over)
    project = money.argued(town, fund)
    with pytest.raises(Refused, match=sentence):
        actions.approve_project(town.chairpersons, project, at=AT, planned=over)
    actions.approve_project(town.chairpersons, project, at=AT, planned=500_000 * YUAN)
    actions.change_fund(town.finance_chief, fund, at=AT, source="预算", cap=100_000 * YUAN)
    with pytest.raises(Refused, match="单个项目不超过100,000元。"):
        actions.appropriate(town.finance_officer, project, at=AT, amount=over - 1)


def test_no_more_is_appropriated_than_was_approved_or_than_the_fund_holds(town: Town) -> None:
    fund = money.opened(town, amount=PLANNED + 1)
    first = money.appropriated(town, fund, amount=PLANNED - 1)
    with pytest.raises(Refused, match=r"批准的资金只剩0\.01元未拨付。"):
        actions.appropriate_more(town.finance_officer, first, at=AT, amount=2)
    actions.appropriate_more(town.finance_officer, first, at=AT, amount=1)
    with pytest.raises(Refused, match="批准的资金已经全部拨付。"):
        actions.appropriate_more(town.finance_officer, first, at=AT, amount=1)
    second = money.approved(town, fund, title="老旧小区加装扶手")
    with pytest.raises(Refused, match=r"专项资金余额只有0\.01元。"):
        actions.appropriate(town.finance_officer, second, at=AT, amount=2)
    assert (sums(fund), Project.objects.get(pk=second.pk).appropriated) == ((1, 1), 0)


def test_money_that_is_free_goes_back_and_what_was_asked_for_is_not_free(town: Town) -> None:
    fund = money.opened(town)
    project = money.under_way(town, fund)
    actions.ask_payment(
        town.housing_officer, project, at=AT, amount=PLANNED - 100, payee="市政公司", words="进度款"
    )
    for deed in (
        lambda: actions.return_money(town.finance_officer, project, at=AT, amount=101, words="结余"),
        lambda: actions.ask_payment(
            town.housing_officer, project, at=AT, amount=101, payee="监理公司", words="监理费"
        ),
    ):
        with pytest.raises(Refused, match="已拨付、尚未支付的资金只有1元。"):
            deed()
    actions.return_money(town.finance_officer, project, at=AT, amount=100, words="结余")
    with pytest.raises(Refused, match="没有已拨付、尚未支付的资金。"):
        actions.return_money(town.finance_officer, project, at=AT, amount=1, words="结余")
    assert (sums(fund)[0], list(queries.balance_breaks())) == (5 * MILLION - PLANNED + 100, [])


def test_a_payment_is_answered_once(town: Town) -> None:
    project = money.under_way(town, money.opened(town))
    ask = {"at": AT, "amount": 100, "payee": "市政公司", "words": "进度款"}
    first, second = (actions.ask_payment(town.housing_officer, project, **ask) for _ in range(2))
    assert "申请支付1元：大桥东侧路口行人等待区" in told(unit=town.units["finance"])
    with pytest.raises(Refused, match="日期不能晚于今天。"):
        actions.pay(town.finance_officer, first, at=AT, paid_on=DONE)
    actions.pay(town.finance_officer, first, at=AT, paid_on=GIVEN)
    with pytest.raises(Moved):
        actions.refuse_payment(town.finance_chief, first, at=AT, words="缺发票")
    actions.refuse_payment(town.finance_chief, second, at=AT, words="缺发票")
    assert (second.state, second.answer, Project.objects.get(pk=project.pk).paid) == (
        PaymentState.REFUSED, "缺发票", 100,
    )  # fmt: skip


def test_money_from_elsewhere_does_not_touch_the_balance(town: Town) -> None:
    fund, suggestion = money.opened(town), money.of_case(town)
    project = actions.register_project(
        town.office,
        at=AT,
        suggestion=suggestion,
        unit=town.units["transport"],
        planned=4 * MILLION,
        beneficiaries="过街居民",
    )
    entry = {"source": "department", "what": "交通局部门预算", "paid_on": GIVEN, "at": AT}
    kept = actions.record_investment(town.transport_officer, project, amount=3 * MILLION, **entry)
    wrong = actions.record_investment(town.office, project, amount=MILLION, **entry)
    actions.strike_investment(town.office, wrong, at=AT, words="重复登记")
    wanted = {"source": "department"}
    [row] = PROJECTS.rows(town.office, wanted)
    assert PROJECTS.sums(town.office, wanted, of=("planned", "invested")) == [1, 4 * MILLION, 3 * MILLION]
    assert (project.title, project.state, row.invested) == (suggestion.title, "under_way", 3 * MILLION)
    assert (kept.state, wrong.state, sums(fund)[0]) == (
        InvestmentState.STANDING, InvestmentState.STRUCK, 5 * MILLION,
    )  # fmt: skip
    with pytest.raises(NotYourStep):
        actions.appropriate_more(town.finance_officer, project, at=AT, amount=1)


def test_works_are_reported_looked_at_and_sent_back(town: Town) -> None:
    project = money.under_way(town, money.opened(town))
    actions.report_project(town.housing_officer, project, at=AT, progress=60, words="基础完工")
    with pytest.raises(Refused, match="进度不能低于上次的60%。"):
        actions.report_project(town.housing_officer, project, at=AT, progress=50, words="返工")
    actions.ask_acceptance(town.housing_officer, project, at=moment(DONE), words="完工")
    look = {"held_on": LOOKED, "attended": "代表工委", "words": "护栏松动"}
    actions.refuse_acceptance(town.office, project, at=moment(LOOKED), **look)
    assert (project.state, project.acceptances.get().is_passed) == ("under_way", False)
    assert "项目没有通过验收，请整改：大桥东侧路口行人等待区" in told(unit=town.units["housing"])


def test_each_side_reviews_once(town: Town) -> None:
    project = money.accepted(town, money.opened(town))
    actions.review_project(town.finance_chief, project, at=moment(LOOKED), score=90, words="好")
    with pytest.raises(Refused, match="您这一方已经评价。"):
        actions.review_project(town.finance_officer, project, at=moment(LOOKED), score=90, words="好")


def test_a_project_that_took_money_is_not_cancelled_and_a_fund_ends_with_its_projects(town: Town) -> None:
    fund = money.opened(town)
    project = money.appropriated(town, fund)
    with pytest.raises(Refused, match="请先退回已拨付的资金。"):
        actions.cancel_project(town.chairpersons, project, at=AT, words="规划调整")
    with pytest.raises(Refused, match="还有1个项目没有完成评价。"):
        actions.close_fund(town.finance_chief, fund, at=AT)
    actions.return_money(town.finance_officer, project, at=AT, amount=PLANNED, words="规划调整")
    actions.cancel_project(town.chairpersons, project, at=AT, words="规划调整")
    late = money.argued(town, fund, title="门前道路修补")
    actions.turn_down_project(town.chairpersons, late, at=AT, words="下年再议")
    actions.close_fund(town.finance_chief, fund, at=AT)
    assert (fund.state, sums(fund)[0]) == ("closed", 5 * MILLION)
    with pytest.raises(Moved):
        money.nominated(town, fund)


def test_a_project_is_tied_to_a_promise_of_its_suggestion(town: Town) -> None:
    fund = money.opened(town)
    with pytest.raises(Refused, match="项目没有对应的建议。"):
        actions.tie_promise(town.office, money.nominated(town, fund), at=AT, promise=None)
    project = money.nominated(town, fund, money.of_case(town))
    with pytest.raises(Refused, match="对应的建议没有承诺事项。"):
        actions.tie_promise(town.office, project, at=AT, promise=None)


def test_verify_tells_where_a_sum_is_not_what_its_rows_come_to(town: Town) -> None:
    fund = money.opened(town)
    project = money.appropriated(town, fund)
    Fund.objects.update(balance=7)
    Project.objects.update(appropriated=PLANNED - 1)
    assert list(queries.balance_breaks()) == [
        f"{fund}：余额0.07元，明细合计4,600,000元",
        f"{project}：已拨付399,999.99元，明细合计400,000元；已支付0元，支付合计0元",
    ]


@pytest.mark.parametrize(("totals", "mean"), [([], 0), ([80], 80), ([80, 81], 81), ([80, 80, 81], 80)])
def test_an_average_is_rounded_half_up(totals: list[int], mean: int) -> None:
    assert rules.average(totals) == mean


def test_an_amount_is_said_in_yuan() -> None:
    assert [rules.in_yuan(fen) for fen in (0, 5, 1_234_567, -100)] == ["0元", "0.05元", "12,345.67元", "-1元"]


def test_who_may_do_what(town: Town) -> None:
    fund = money.opened(town)
    project = money.under_way(town, fund)
    payment = actions.ask_payment(
        town.housing_officer, project, at=AT, amount=1, payee="市政公司", words="款"
    )
    paid_elsewhere = Project(congress=town.congress, unit=town.units["housing"])
    assert who_may(town, FUND, fund) + who_may(town, CHOOSING, project) == OF_CHOOSING
    assert who_may(town, MONEY, project) + who_may(town, PAYMENT, payment) == OF_MONEY
    assert who_may(town, WORKS, project) == OF_WORKS
    assert [
        line.split(":")[0] for line in who_may(town, MONEY, paid_elsewhere) if not line.endswith(": ")
    ] == ["record_investment"]


FINANCE, HOUSING = (
    "finance_chief finance_officer",
    "housing_chief housing_deputy_head housing_section housing_officer",
)
OF_CHOOSING = [
    "nominate_project: office clerk system",
    f"allot: {FINANCE} system",
    f"change_fund: {FINANCE} system",
    f"close_fund: {FINANCE} system",
    "change_project: office clerk system",
    f"score_project: office clerk member chairpersons {FINANCE} system",
    "argue_project: office clerk system",
    "leave_out_project: office clerk system",
    "approve_project: chairpersons system",
    "send_back_project: chairpersons system",
    "turn_down_project: chairpersons system",
    "tie_promise: office clerk system",
    "cancel_project: chairpersons system",
]
OF_MONEY = [
    f"appropriate: {FINANCE} system",
    f"appropriate_more: {FINANCE} system",
    f"return_money: {FINANCE} system",
    f"ask_payment: {HOUSING}",
    f"record_investment: office clerk {HOUSING} {FINANCE} system",
    f"pay: {FINANCE} system",
    f"refuse_payment: {FINANCE} system",
]
OF_WORKS = [
    f"begin_project: {HOUSING}",
    f"report_project: {HOUSING}",
    f"ask_acceptance: {HOUSING}",
    "accept_project: office clerk member system",
    "refuse_acceptance: office clerk member system",
    f"review_project: office clerk {FINANCE} system",
]


def test_the_desk_names_the_next_one(town: Town, django_assert_num_queries: Any) -> None:
    fund = money.opened(town)
    money.nominated(town, fund)
    money.argued(town, fund, title="甲")
    money.approved(town, fund, title="乙")
    money.under_way(town, fund, title="丙")
    money.accepted(town, fund, title="丁")
    day = date(2026, 7, 6)
    waits = {
        name: [task.verb for task in queries.desk(town.actors[name], day)]
        for name in ("office", "chairpersons", "finance_chief", "housing_officer", "member", "alice")
    }
    assert waits == {
        "office": ["argue_project", "review_project"],
        "chairpersons": ["approve_project"],
        "finance_chief": ["appropriate", "review_project"],
        "housing_officer": ["report_project"],
        "member": [],
        "alice": [],
    }
    for name, cost in (
        ("alice", 0),
        ("member", 0),
        ("office", 1),
        ("housing_officer", 1),
        ("finance_chief", 2),
    ):
        with django_assert_num_queries(cost):
            list(queries.desk(town.actors[name], day))
