"""The yearly statement: asked of every unit that promised, given line by line, received by every deputy concerned."""

from datetime import date, timedelta

import pytest

from tests.oversight import promises_cases as cases
from tests.oversight.rights import golden
from tests.suggestions.test_rating import titles
from tests.town import Town, moment
from tibandu.base.flow import NotYourStep, Refused
from tibandu.oversight import actions
from tibandu.oversight.enums import ReceiptState, StatementState
from tibandu.oversight.jobs.promises import tick
from tibandu.oversight.models import Statement
from tibandu.oversight.queries import promises as queries
from tibandu.oversight.queries.desk import waiting_for
from tibandu.suggestions.enums import PromiseState
from tibandu.suggestions.models import Promise, Suggestion

RECEIVED = date(2026, 11, 5)


def test_each_unit_that_promised_is_asked_once_a_year(town: Town) -> None:
    cases.made(town)
    row = cases.asked(town)
    assert (row.unit, row.state, row.due_on) == (
        town.units["housing"],
        StatementState.ASKED,
        queries.limit_of(town.congress.pk, "statement", cases.OCTOBER, cases.OCTOBER),
    )
    assert actions.ask_statements(town.office, at=moment(cases.OCTOBER), year=2026) == []
    assert [task.verb for task in waiting_for(town.housing_officer, cases.OCTOBER)] == ["give_statement"]
    with pytest.raises(NotYourStep):
        actions.ask_statements(town.member, at=moment(cases.OCTOBER), year=2026)
    with pytest.raises(Refused, match="还没有到2027年。"):
        actions.ask_statements(town.office, at=moment(cases.OCTOBER), year=2027)


def test_the_clock_asks_from_october_where_the_office_has_not(town: Town) -> None:
    cases.made(town)
    assert [tick(moment(date(2026, 9, 30))), tick(moment(cases.OCTOBER)), tick(moment(cases.OCTOBER))] == [
        0,
        1,
        0,
    ]
    late = date(2027, 1, 4)
    tick(moment(late))
    assert "逾期未报告：市住建局2026年承诺兑现情况" in titles(unit=town.units["deputy_work"])


def test_the_year_counts_this_and_last_years_promises_and_what_is_still_owed(town: Town) -> None:
    promise = cases.made(town)

    def counted(made: date, state: str) -> bool:
        Promise.objects.filter(pk=promise.pk).update(made_on=made, state=state)
        return queries.counted_in(town.congress.pk, 2026).exists()

    old, last = date(2023, 5, 1), date(2025, 5, 1)
    states = (PromiseState.OPEN, PromiseState.KEPT, PromiseState.DRAFT)
    assert [counted(day, state) for day in (old, last) for state in states] == [
        True, False, False, True, True, False,
    ]  # fmt: skip


def test_every_promise_is_stated_and_no_other(town: Town) -> None:
    promise, row = cases.made(town), cases.asked(town)
    with pytest.raises(Refused, match="还没有写明：在大桥东侧建成人行天桥1座。"):
        actions.give_statement(town.housing_officer, row, at=moment(cases.NOVEMBER), lines=[])
    Promise.objects.filter(pk=promise.pk).update(state=PromiseState.RELEASED)
    lines = [{"promise": promise, "words": "已解除"}]
    with pytest.raises(Refused, match="只报告本单位本年度应报的承诺。"):
        actions.give_statement(town.housing_officer, row, at=moment(cases.NOVEMBER), lines=lines)


def test_a_statement_goes_to_every_deputy_concerned_and_closes_with_the_last_receipt(town: Town) -> None:
    row = cases.given(town, cosigners=("bob",))
    assert (row.state, row.words, [line.words for line in row.lines.all()]) == (
        StatementState.GIVEN, "共1项", ["桥面贯通，年底前开放。"],
    )  # fmt: skip
    assert "市住建局2026年承诺兑现情况，请确认收到" in titles(seat=town.seats["bob"])
    alice, bob = row.receipts.order_by("pk")
    assert [task.verb for task in waiting_for(town.alice, RECEIVED)] == ["acknowledge"]
    actions.acknowledge(town.alice, alice, at=moment(RECEIVED), words="请说明开放日期")
    assert "代表对年度兑现报告的意见：市住建局2026年承诺兑现情况" in titles(unit=town.units["housing"])
    with pytest.raises(NotYourStep):
        actions.acknowledge(town.alice, bob, at=moment(RECEIVED))
    actions.acknowledge(town.bob, bob, at=moment(RECEIVED))
    row.refresh_from_db()
    assert (row.state, row.closed_on) == (StatementState.CLOSED, RECEIVED)


def test_receipts_that_do_not_come_stay_shown_as_not_confirmed(town: Town) -> None:
    row = cases.given(town)
    assert tick(moment(row.receipts_due_on)) == 0
    assert tick(moment(row.receipts_due_on + timedelta(1))) == 1
    row.refresh_from_db()
    assert (row.state, row.receipts.get().state) == (StatementState.CLOSED, ReceiptState.WAITING)


def test_a_thin_statement_goes_back_and_is_given_anew(town: Town) -> None:
    row = cases.given(town)
    actions.return_statement(town.office, row, at=moment(RECEIVED), words="没有写开放日期")
    row.refresh_from_db()
    assert (row.state, row.given_on, row.lines.count(), row.receipts.count()) == (
        StatementState.ASKED, None, 0, 0,
    )  # fmt: skip
    assert "年度兑现报告退回补充：市住建局2026年承诺兑现情况" in titles(unit=town.units["housing"])


def test_a_masked_authors_statement_goes_through_the_office(town: Town) -> None:
    promise = cases.made(town)
    Suggestion.objects.update(is_masked=True)
    row, lines = cases.asked(town), [{"promise": promise, "words": "桥面贯通"}]
    actions.give_statement(town.housing_officer, row, at=moment(cases.NOVEMBER), lines=lines)
    receipt = row.receipts.get()
    assert (receipt.seat, receipt.unit) == (None, town.units["deputy_work"])
    assert "acknowledge" in [task.verb for task in waiting_for(town.clerk, RECEIVED)]
    actions.acknowledge(town.clerk, receipt, at=moment(RECEIVED), words="已转交")
    assert Statement.objects.get(pk=row.pk).state == StatementState.CLOSED


def test_who_may_take_which_step_on_a_statement_and_who_sees_it(town: Town) -> None:
    row = cases.given(town)
    assert golden(town, "statement", row, StatementState) == [
        "asked housing_chief: give_statement",
        "asked housing_deputy_head: give_statement",
        "asked housing_section: give_statement",
        "asked housing_officer: give_statement",
        "given office: return_statement",
        "given clerk: return_statement",
    ]
    assert golden(town, "receipt", row.receipts.get(), ReceiptState) == ["waiting alice: acknowledge"]
    seeing = [name for name, actor in town.actors.items() if queries.statements_visible_to(actor).exists()]
    assert " ".join(seeing) == (
        "alice office clerk member chairpersons dispatcher dispatch_head "
        "housing_chief housing_deputy_head housing_section housing_officer"
    )
