"""The clocks of supervision: one word near each day, one when it has passed, to whoever owes and whoever watches."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from tests.oversight import funds_cases, programmes_cases, referrals_cases
from tests.suggestions.test_rating import titles
from tests.town import Town, moment
from tibandu.oversight import actions
from tibandu.oversight.enums import InstrumentKind
from tibandu.oversight.jobs import tick

Made = Callable[[Town], tuple[str, date]]


def _step(town: Town) -> tuple[str, date]:
    programmes_cases.under_way(town)
    return "督办安排{}：现场察看大桥东侧路口", programmes_cases.VISITED


def _owed(town: Town) -> tuple[str, date]:
    programme = programmes_cases.owing(town)
    programme.steps.all().delete()
    return "交办事项{}：市住建局：补设盲道", programmes_cases.DUE


def _task(town: Town) -> tuple[str, date]:
    programmes_cases.held(town)
    return "交办事项{}：市住建局：完成天桥设计", programmes_cases.DUE


def _address(town: Town) -> tuple[str, date]:
    programmes_cases.ordered(town, InstrumentKind.CORRECTION_ORDER)
    return "限期改正答复{}：市住建局", programmes_cases.DUE


def _opinion(town: Town) -> tuple[str, date]:
    case = programmes_cases.handed(town)
    return f"审议意见办理{{}}：{case}", case.rounds.get().plan_due_on


def _acceptance(town: Town) -> tuple[str, date]:
    project = funds_cases.under_way(town, funds_cases.opened(town))
    actions.ask_acceptance(town.housing_chief, project, at=moment(funds_cases.DONE), words="已经建成")
    assert project.due_on is not None
    return f"资金项目验收{{}}：{project}", project.due_on


def _review(town: Town) -> tuple[str, date]:
    project = funds_cases.accepted(town, funds_cases.opened(town))
    actions.review_project(town.office, project, at=moment(funds_cases.LOOKED), score=90, words="达到目标")
    assert project.due_on is not None
    return f"资金项目绩效评价{{}}：{project}", project.due_on


def _agency(town: Town) -> tuple[str, date]:
    referral = referrals_cases.recommended(town)
    referral.papers.all().delete()
    return f"检察建议回复{{}}：{referral}", referral.due_on


def _paper(town: Town) -> tuple[str, date]:
    referral = referrals_cases.recommended(town)
    referral.due_on = None
    referral.save(update_fields=["due_on"])
    paper = referral.papers.latest("pk")
    referral.papers.exclude(pk=paper.pk).delete()
    return f"检察文书抄送{{}}：{paper}", paper.due_on


CASES: dict[Made, tuple[set[str], set[str]]] = {
    _step: ({"committee"}, {"committee"}),
    _owed: ({"housing"}, {"housing", "committee"}),
    _task: ({"housing"}, {"housing", "dispatch"}),
    _address: ({"housing"}, {"housing", "chairpersons"}),
    _opinion: ({"housing"}, {"housing", "committee"}),
    _acceptance: ({"deputy_work"}, {"deputy_work"}),
    _review: ({"finance"}, {"finance"}),
    _agency: ({"housing"}, {"housing", "procuratorate"}),
    _paper: ({"procuratorate"}, {"procuratorate", "deputy_work"}),
}


@pytest.mark.parametrize("made", CASES)
def test_a_clock_is_told_once_near_its_day_and_once_after_it(town: Town, made: Made) -> None:
    referrals_cases.with_procuratorate(town)
    title, due = made(town)
    for day in (due - timedelta(days=3), due + timedelta(days=1)):
        tick(moment(day))
        assert tick(moment(day)) == 0
    near, late = (title.format(f"{word}（{due.isoformat()}）") for word in ("临近", "逾期"))
    found = [
        {name for name, unit in town.units.items() if text in titles(unit=unit)} for text in (near, late)
    ]
    assert (found[0], found[1]) == CASES[made]


def test_a_later_day_is_told_anew_and_a_day_that_was_met_is_not(town: Town) -> None:
    programme = programmes_cases.owing(town)
    programme.steps.all().delete()
    owed = programme.owed.get()
    assert tick(moment(programmes_cases.DUE)) == 1
    type(owed).objects.filter(pk=owed.pk).update(due_on=programmes_cases.CONCLUDED)
    assert tick(moment(programmes_cases.DUE)) == 0
    assert tick(moment(programmes_cases.CONCLUDED)) == 1
    programmes_cases.settle(town, programme)
    assert tick(moment(date(2026, 7, 1))) == 0
