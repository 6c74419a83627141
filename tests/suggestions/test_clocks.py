"""How a due day moves: extension asked for and ruled, a new calendar."""

from datetime import date

import pytest

from tests.cases import TAKEN, UNDER_WAY, assigned, begin, share_of, sign
from tests.town import Town, moment
from tibandu.base.flow import Moved, NotYourStep, Refused
from tibandu.base.models import JournalLine
from tibandu.people.models import Message
from tibandu.people.queries import SYSTEM
from tibandu.regulations.models import CalendarDay, CalendarYear, Ground
from tibandu.suggestions import actions
from tibandu.suggestions.models import Assignment, Extension, Suggestion

LATER = date(2026, 7, 1)


def asked(town: Town, share: Assignment, until: date = LATER, day: date = UNDER_WAY) -> Extension:
    made: Extension = actions.request_extension(
        town.housing_officer,
        share,
        at=moment(day),
        ground=Ground.objects.get(version=town.measure, kind="extension", code="wide"),
        until=until,
        reason="须与铁路部门会商",
    )
    return made


def test_an_extension_is_asked_from_the_assigner(town: Town) -> None:
    suggestion = assigned(town)
    extension = asked(town, begin(town, suggestion, "housing"))
    assert (extension.old_due_on, extension.until, extension.state) == (date(2026, 5, 26), LATER, "asked")
    newest = Message.objects.filter(unit=town.units["deputy_work"]).latest("pk")
    assert newest.title == f"请审批延期：{suggestion}"


@pytest.mark.parametrize("until", [date(2026, 5, 26), date(2026, 8, 27)])
def test_an_extension_stays_within_the_long_limit_from_assignment(town: Town, until: date) -> None:
    share = begin(town, assigned(town), "housing")
    with pytest.raises(Refused, match="晚于原期限2026-05-26，不晚于2026-08-26"):
        asked(town, share, until=until)


def test_an_extension_is_asked_in_time_and_once(town: Town) -> None:
    share = begin(town, assigned(town), "housing")
    with pytest.raises(Refused, match="期限已过"):
        asked(town, share, day=date(2026, 5, 27))
    extension = asked(town, share)
    with pytest.raises(Refused, match="已有一份延期申请待审批"):
        asked(town, share)
    actions.grant_extension(town.office, extension, at=moment(UNDER_WAY))
    with pytest.raises(Refused, match="本件已延期一次"):
        asked(town, share, until=date(2026, 8, 1))


def test_a_granted_extension_moves_both_clocks_and_tells_the_deputies_that_day(town: Town) -> None:
    suggestion = assigned(town)
    share = begin(town, suggestion, "housing")
    extension = asked(town, share)
    actions.grant_extension(town.office, extension, at=moment(date(2026, 3, 4)), words="同意")
    share.refresh_from_db()
    suggestion.refresh_from_db()
    extension.refresh_from_db()
    assert (share.due_on, suggestion.due_on, extension.told_on) == (LATER, LATER, date(2026, 3, 4))
    assert extension.words == "同意"
    assert list(share.due_changes.values_list("old", "new", "cause")) == [(date(2026, 5, 26), LATER, "延期")]
    title = "市住建局的办理期限延至2026-07-01"
    assert Message.objects.filter(seat=town.seats["alice"]).latest("pk").title == title


def test_a_refused_extension_leaves_the_day(town: Town) -> None:
    share = begin(town, assigned(town), "housing")
    extension = asked(town, share)
    actions.refuse_extension(town.office, extension, at=moment(UNDER_WAY), words="理由不足")
    share.refresh_from_db()
    assert (share.due_on, extension.state) == (date(2026, 5, 26), "refused")
    with pytest.raises(Moved):
        actions.grant_extension(town.office, extension, at=moment(UNDER_WAY))
    with pytest.raises(NotYourStep):
        actions.refuse_extension(town.dispatcher, extension, at=moment(UNDER_WAY), words="不")


def test_a_share_that_ended_is_not_extended(town: Town) -> None:
    suggestion = assigned(town)
    share = begin(town, suggestion, "housing")
    extension = asked(town, share)
    contested = actions.contest(town.alice, share, at=moment(UNDER_WAY), reason="单位不对")
    actions.uphold(town.office, contested, at=moment(UNDER_WAY), unit=town.units["transport"])
    with pytest.raises(Refused, match="已经不在办理中"):
        actions.grant_extension(town.office, extension, at=moment(UNDER_WAY))


def test_a_new_calendar_moves_open_clocks_and_says_so(town: Town) -> None:
    suggestion = assigned(town)
    share = share_of(town, suggestion, "housing")
    assert share.due_is_provisional
    year = CalendarYear.objects.create(
        year=2026, notice="国办发明电〔2025〕7号", confirmed_by="高言", confirmed_at=moment()
    )
    CalendarDay.objects.create(year=year, day=date(2026, 5, 26), works=False, name="调休")
    CalendarDay.objects.create(year=year, day=date(2026, 5, 25), works=False, name="调休")
    assert actions.recompute_clocks(SYSTEM, at=moment(TAKEN)) == 1
    share.refresh_from_db()
    suggestion.refresh_from_db()
    assert (share.due_on, share.due_is_provisional) == (date(2026, 5, 27), False)
    assert suggestion.due_on == date(2026, 5, 27)
    assert list(share.due_changes.values_list("new", "cause")) == [(date(2026, 5, 27), "工作日历更新")]
    assert JournalLine.objects.filter(chain=suggestion.chain, verb="move_due").count() == 1
    assert actions.recompute_clocks(SYSTEM, at=moment(TAKEN)) == 0


def test_a_granted_day_is_not_recomputed(town: Town) -> None:
    suggestion = assigned(town)
    sign(town, suggestion, "housing")
    share = begin(town, suggestion, "housing")
    actions.grant_extension(town.office, asked(town, share), at=moment(UNDER_WAY))
    assert actions.recompute_clocks(SYSTEM, at=moment(UNDER_WAY)) == 0
    assert Suggestion.objects.get(pk=suggestion.pk).due_on == LATER
