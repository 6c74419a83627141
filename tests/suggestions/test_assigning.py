"""How a suggestion reaches its units: handed over, split, signed for, filed together, taken over by a successor."""

from datetime import date

import pytest

from tests.cases import HANDED_OVER, SPLIT, TAKEN, assigned, handed_over, registered, share_of, sign
from tests.town import Town, moment
from tibandu.base.flow import Moved, NotYourStep, Refused
from tibandu.base.models import JournalLine
from tibandu.people.models import Message, Organ, Unit
from tibandu.regulations.enums import LimitCode
from tibandu.suggestions import actions
from tibandu.suggestions.enums import HandoverState, Role, ShareState, State
from tibandu.suggestions.models import Assignment, Handover, Suggestion


def told(unit: Unit) -> list[str]:
    return list(Message.objects.filter(unit=unit).order_by("pk").values_list("title", flat=True))


def told_seat(town: Town, key: str) -> list[str]:
    return list(Message.objects.filter(seat=town.seats[key]).order_by("pk").values_list("title", flat=True))


def test_a_case_is_handed_to_an_organ_and_pinned_to_the_measure_in_force(town: Town) -> None:
    suggestion = handed_over(town)
    suggestion.refresh_from_db()
    assert (suggestion.state, suggestion.regulation) == (State.ASSIGNED, town.measure)
    assert (suggestion.assigned_on, suggestion.due_on) == (HANDED_OVER, date(2026, 5, 25))
    handover = suggestion.handovers.get()
    assert (handover.organ, handover.state) == (town.government, HandoverState.SENT)
    assert list(suggestion.rounds.values_list("n", "trigger", "decided_on")) == [(1, "first", HANDED_OVER)]


def test_the_authors_and_the_dispatch_office_hear_of_the_assignment(town: Town) -> None:
    suggestion = handed_over(town)
    assert told(town.units["dispatch"]) == [f"请分办：{suggestion}"]
    assert [told_seat(town, key)[-1] for key in ("alice", "bob")] == ["已交办兴澜市人民政府"] * 2


def test_a_hard_matter_is_given_the_long_limit_at_once(town: Town) -> None:
    suggestion = registered(town)
    actions.assign(
        town.office,
        suggestion,
        at=moment(HANDED_OVER),
        organs=[town.government],
        limit_code=LimitCode.REPLY_LONG,
    )
    assert suggestion.due_on == date(2026, 8, 25)
    shares = [
        {"unit": town.units["housing"], "role": Role.LEAD},
        {"unit": town.units["police"], "role": Role.CO},
    ]
    actions.distribute(town.dispatcher, suggestion.handovers.get(), at=moment(SPLIT), shares=shares)
    assert list(suggestion.assignments.order_by("pk").values_list("limit_code", "due_on")) == [
        (LimitCode.REPLY_LONG, date(2026, 8, 26)),
        (LimitCode.OPINION, date(2026, 3, 26)),
    ]


def test_a_case_is_not_assigned_twice(town: Town) -> None:
    suggestion = registered(town)
    stale = Suggestion.objects.get(pk=suggestion.pk)
    actions.assign(town.office, suggestion, at=moment(HANDED_OVER), organs=[town.government])
    with pytest.raises(Moved):
        actions.assign(town.clerk, stale, at=moment(HANDED_OVER), organs=[town.government])
    assert suggestion.handovers.count() == 1


def test_without_a_measure_in_force_nothing_is_assigned(town: Town) -> None:
    suggestion = registered(town)
    with pytest.raises(Refused, match="没有现行有效的处理办法"):
        actions.assign(town.office, suggestion, at=moment(date(2025, 12, 1)), organs=[town.government])


def test_an_assignment_names_an_organ(town: Town) -> None:
    with pytest.raises(Refused, match="请选择交办机关"):
        actions.assign(town.office, registered(town), at=moment(HANDED_OVER), organs=[])


def test_units_behind_a_dispatch_office_are_not_named_by_the_assigner(town: Town) -> None:
    rows = [{"unit": town.units["housing"], "role": Role.LEAD}]
    with pytest.raises(Refused, match="由其所属机关的分办机构确定"):
        actions.assign(
            town.office, registered(town), at=moment(HANDED_OVER), organs=[town.government], units=rows
        )


def test_an_organ_without_a_dispatch_office_gets_its_units_at_once(town: Town) -> None:
    suggestion = registered(town)
    rows = [{"unit": town.units["court_office"], "role": Role.LEAD}]
    actions.assign(town.office, suggestion, at=moment(HANDED_OVER), organs=[town.court], units=rows)
    share = suggestion.assignments.get()
    assert (share.unit, share.role, share.handover.state) == (
        town.units["court_office"],
        Role.LEAD,
        HandoverState.DISTRIBUTED,
    )
    assert told(town.units["court_office"]) == [f"请签收：{suggestion}"]


def test_in_a_town_without_dispatch_office_the_assigner_splits(town: Town) -> None:
    Organ.objects.filter(pk=town.government.pk).update(dispatcher=None)
    suggestion = handed_over(town)
    handover = suggestion.handovers.get()
    rows = [{"unit": town.units["housing"], "role": Role.LEAD}]
    with pytest.raises(NotYourStep):
        actions.distribute(town.dispatcher, handover, at=moment(SPLIT), shares=rows)
    actions.distribute(town.office, handover, at=moment(SPLIT), shares=rows)
    assert [str(share) for share in suggestion.assignments.all()] == ["市住建局（主办）"]


def test_a_second_organ_joins_later_but_none_twice(town: Town) -> None:
    suggestion = handed_over(town)
    actions.hand_over_too(town.office, suggestion, at=moment(SPLIT), organs=[town.court])
    assert list(suggestion.handovers.values_list("organ", "handed_on")) == [
        (town.government.pk, HANDED_OVER),
        (town.court.pk, SPLIT),
    ]
    with pytest.raises(Refused, match="已交办兴澜市中级人民法院"):
        actions.hand_over_too(town.office, suggestion, at=moment(SPLIT), organs=[town.court])


def test_the_dispatch_office_splits_with_a_clock_for_each_unit(town: Town) -> None:
    suggestion = assigned(town, cos=("transport", "finance"))
    rows = suggestion.assignments.order_by("pk").values_list("unit__short_name", "role", "state", "due_on")
    assert list(rows) == [
        ("市住建局", "lead", "sent", date(2026, 5, 26)),
        ("市交通局", "co", "sent", date(2026, 3, 26)),
        ("市财政局", "co", "sent", date(2026, 3, 26)),
    ]
    assert told(town.units["finance"]) == [f"请签收：{suggestion}"]
    assert (
        told_seat(town, "alice")[-1] == "承办单位已确定：市住建局（主办）、市交通局（会办）、市财政局（会办）"
    )
    line = JournalLine.objects.filter(chain=suggestion.chain, verb="distribute").get()
    assert line.facts == {"主办": "市住建局", "会办": "市交通局、市财政局"}


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([], "请至少确定一个承办单位。"),
        ([("housing", "lead", ""), ("police", "lead", "")], "只能有一个主办单位。"),
        ([("housing", "co", "")], "有会办单位的，须确定一个主办单位。"),
        ([("housing", "separate", " ")], "分别办理的，须写明各单位承办的内容。"),
        ([("housing", "lead", ""), ("housing", "co", "一")], "同一单位不能既主办又会办。"),
        ([("housing", "separate", "甲"), ("housing", "separate", "甲 ")], "同一单位的同一内容只能有一份。"),
        ([("court_office", "lead", "")], "市中院办公室不属于兴澜市人民政府。"),
    ],
)
def test_a_faulty_split_is_refused_with_its_reason(
    town: Town, rows: list[tuple[str, str, str]], sentence: str
) -> None:
    handover = handed_over(town).handovers.get()
    shares = [{"unit": town.units[unit], "role": role, "part": part} for unit, role, part in rows]
    with pytest.raises(Refused) as refusal:
        actions.distribute(town.dispatcher, handover, at=moment(SPLIT), shares=shares)
    assert str(refusal.value) == sentence
    assert Assignment.objects.count() == 0


def test_a_unit_that_is_no_more_gets_nothing(town: Town) -> None:
    handover = handed_over(town).handovers.get()
    Unit.objects.filter(pk=town.units["police"].pk).update(valid_until=SPLIT)
    rows = [{"unit": Unit.objects.get(pk=town.units["police"].pk), "role": Role.LEAD}]
    with pytest.raises(Refused, match="市公安局已不存在"):
        actions.distribute(town.dispatcher, handover, at=moment(SPLIT), shares=rows)


def test_two_clerks_of_the_dispatch_office_split_once(town: Town) -> None:
    handover = handed_over(town).handovers.get()
    stale = Handover.objects.get(pk=handover.pk)
    rows = [{"unit": town.units["housing"], "role": Role.LEAD}]
    actions.distribute(town.dispatcher, handover, at=moment(SPLIT), shares=rows)
    with pytest.raises(Moved):
        actions.distribute(town.dispatch_head, stale, at=moment(SPLIT), shares=rows)
    assert Assignment.objects.count() == 1


def test_units_join_a_case_that_is_split_already(town: Town) -> None:
    suggestion = assigned(town)
    rows = [{"unit": town.units["police"], "role": Role.CO}]
    actions.add_units(town.dispatcher, suggestion.handovers.get(), at=moment(TAKEN), shares=rows)
    assert [str(share) for share in suggestion.assignments.order_by("pk")] == [
        "市住建局（主办）",
        "市公安局（会办）",
    ]
    with pytest.raises(Refused, match="只能有一个主办单位"):
        actions.add_units(
            town.dispatcher,
            suggestion.handovers.get(),
            at=moment(TAKEN),
            shares=[{"unit": town.units["finance"], "role": Role.LEAD}],
        )


def test_a_unit_signs_for_its_share_once(town: Town) -> None:
    suggestion = assigned(town)
    share = sign(town, suggestion, "housing")
    assert (share.state, share.signed_for_on) == (ShareState.SIGNED_FOR, TAKEN)
    with pytest.raises(Moved):
        sign(town, suggestion, "housing")
    with pytest.raises(NotYourStep):
        actions.sign_for(town.police_officer, share, at=moment(TAKEN))


def test_the_successor_of_a_unit_carries_its_share_on(town: Town) -> None:
    suggestion = assigned(town)
    share = share_of(town, suggestion, "housing")
    Unit.objects.filter(pk=share.unit_id).update(successor=town.units["transport"], valid_until=TAKEN)
    actions.take_over(town.transport_officer, share, at=moment(TAKEN))
    share.refresh_from_db()
    assert (share.unit, share.state, share.due_on) == (town.units["transport"], "sent", date(2026, 5, 26))


def test_units_that_became_one_hold_one_share(town: Town) -> None:
    suggestion = assigned(town, cos=("transport",))
    lead = share_of(town, suggestion, "housing")
    Unit.objects.filter(pk=lead.unit_id).update(successor=town.units["transport"], valid_until=TAKEN)
    actions.take_over(town.transport_officer, lead, at=moment(TAKEN))
    rows = suggestion.assignments.order_by("pk").values_list("unit", "role", "state")
    transport = town.units["transport"].pk
    assert list(rows) == [(transport, "lead", "sent"), (transport, "co", "stopped")]


def test_a_co_unit_merged_into_the_lead_owes_no_opinion(town: Town) -> None:
    suggestion = assigned(town, cos=("transport",))
    co = share_of(town, suggestion, "transport")
    Unit.objects.filter(pk=co.unit_id).update(successor=town.units["housing"], valid_until=TAKEN)
    actions.take_over(town.housing_officer, co, at=moment(TAKEN))
    assert list(suggestion.assignments.order_by("pk").values_list("role", "state")) == [
        ("lead", "sent"),
        ("co", "stopped"),
    ]


def test_units_that_owe_are_urged_each_time_anew(town: Town) -> None:
    suggestion = assigned(town, cos=("finance",))
    for day in (TAKEN, date(2026, 3, 3)):
        actions.urge(town.office, suggestion, at=moment(day), words="请抓紧与代表联系")
    assert told(town.units["finance"]) == [f"请签收：{suggestion}", *[f"催办：{suggestion}"] * 2]


def test_cases_are_filed_together_and_apart_again(town: Town) -> None:
    first, second = registered(town), registered(town, title="关于增设公交站点的建议")
    actions.join_file(town.office, first, at=moment(TAKEN), title="大桥东侧交通")
    file = first.case_file
    actions.join_file(town.office, second, at=moment(TAKEN), case_file=file)
    assert file is not None
    assert list(file.suggestions.order_by("pk")) == [first, second]
    with pytest.raises(Refused, match="本件已在该卷"):
        actions.join_file(town.office, second, at=moment(TAKEN), case_file=file)
    actions.leave_file(town.office, second, at=moment(TAKEN))
    assert list(file.suggestions.all()) == [first]
    with pytest.raises(Refused, match="本件没有并案"):
        actions.leave_file(town.office, second, at=moment(TAKEN))
    with pytest.raises(Refused, match="请选择并案卷"):
        actions.join_file(town.office, second, at=moment(TAKEN))


def test_a_meeting_is_held_by_who_assigns(town: Town) -> None:
    meeting = actions.plan_meeting(
        town.office, session=town.session, title="六届五次会议建议交办会", held_on=HANDED_OVER
    )
    with pytest.raises(NotYourStep):
        actions.hold_meeting(town.dispatcher, meeting, at=moment(HANDED_OVER), minutes="略")
    actions.hold_meeting(town.office, meeting, at=moment(HANDED_OVER), minutes="会议强调按时答复。")
    meeting.refresh_from_db()
    assert (meeting.state, meeting.minutes) == ("held", "会议强调按时答复。")
    with pytest.raises(Refused, match="由交办机构召集"):
        actions.plan_meeting(town.housing_chief, session=None, title="会", held_on=HANDED_OVER)
