"""Instruments, government meetings and deliberation opinions: one test a verb, one a guard; rights as golden lines."""

import pytest
from django.db import IntegrityError, transaction

from tests import cases
from tests.oversight import programmes_cases as made
from tests.oversight.rights import golden
from tests.town import Town, moment
from tibandu.base.flow import NotYourStep, Refused
from tibandu.base.journal import verify
from tibandu.oversight import actions
from tibandu.oversight.enums import (
    AddressState,
    GovernmentMeetingState,
    InstrumentKind,
    InstrumentState,
    OpinionCaseState,
    OwedState,
)
from tibandu.oversight.models import Instrument
from tibandu.oversight.queries import SIGHT, desk
from tibandu.people.models import Message
from tibandu.regulations.models import Category

LOOK_BACK, REQUEST, INQUIRY, CIRCULAR, ORDER = (
    InstrumentKind.LOOK_BACK,
    InstrumentKind.REQUESTED_MEETING,
    InstrumentKind.SPECIAL_INQUIRY,
    InstrumentKind.CIRCULAR,
    InstrumentKind.CORRECTION_ORDER,
)


def verbs_on_desk(town: Town, name: str) -> list[str]:
    return [task.verb for task in desk.waiting_for(town.actors[name], made.DUE)]


def test_only_the_deciding_organ_orders_to_correct_or_inquires(town: Town) -> None:
    common = {"title": "限期改正", "words": "改正", "units": [town.units["housing"]], "due_on": made.DUE}
    for kind in (ORDER, INQUIRY):
        with pytest.raises(NotYourStep):
            actions.order_instrument(town.office, at=moment(), kind=kind, **common)
        with pytest.raises(Refused, match="须写明作出决定的会议"):
            actions.order_instrument(town.chairpersons, at=moment(), kind=kind, **common)
    with pytest.raises(Refused, match="须写明期限"):
        actions.order_instrument(
            town.chairpersons, at=moment(), kind=ORDER, meeting="会", **(common | {"due_on": None})
        )
    with pytest.raises(Refused, match="受文单位"):
        actions.order_instrument(town.office, at=moment(), kind=CIRCULAR, **(common | {"units": []}))
    with pytest.raises(Refused, match="不能早于今天"):
        actions.order_instrument(town.office, at=moment(made.REPORTED), kind=CIRCULAR, **common)
    with pytest.raises(NotYourStep):
        actions.order_instrument(town.alice, at=moment(), kind=CIRCULAR, **common)
    order = made.ordered(town, ORDER)
    with pytest.raises(IntegrityError), transaction.atomic():
        Instrument.objects.filter(pk=order.pk).update(meeting="")


def test_an_order_is_answered_checked_and_closed(town: Town) -> None:
    order = made.ordered(town, ORDER)
    address = order.addresses.get()
    assert verbs_on_desk(town, "housing_officer") == ["answer_address"]
    with pytest.raises(Refused, match="还有 1 份答复"):
        actions.close_instrument(town.chairpersons, order, at=moment(made.ANSWERED), words="改正了")
    actions.answer_address(town.housing_officer, address, at=moment(made.ANSWERED), words="已改")
    assert verbs_on_desk(town, "chairpersons") == ["check_address"]
    actions.send_back_address(town.chairpersons, address, at=moment(made.ANSWERED), words="不具体")
    actions.answer_address(town.housing_officer, address, at=moment(made.ANSWERED), words="已改，附清单")
    with pytest.raises(Refused, match="日期还没有到"):
        actions.check_address(
            town.chairpersons, address, at=moment(made.CHECKED), words="属实", checked_on=made.REPORTED
        )
    actions.check_address(
        town.chairpersons, address, at=moment(made.CHECKED), words="属实", checked_on=made.CHECKED
    )
    actions.close_instrument(town.chairpersons, order, at=moment(made.REPORTED), words="按期改正")
    order.refresh_from_db()
    assert (order.state, order.closed_on) == (InstrumentState.CLOSED, made.REPORTED)
    assert Message.objects.filter(unit=town.units["housing"], title__contains="限期改正已结束").exists()


def test_a_circular_that_asks_for_nothing_is_told_and_closed(town: Town) -> None:
    circular = made.ordered(town, CIRCULAR, due_on=None)
    assert verbs_on_desk(town, "housing_officer") == []
    with pytest.raises(Refused, match="不要求答复"):
        actions.answer_address(
            town.housing_officer, circular.addresses.get(), at=moment(made.ANSWERED), words="收到"
        )
    actions.close_instrument(town.office, circular, at=moment(made.ANSWERED), words="已通报")
    assert circular.state == InstrumentState.CLOSED


def test_a_look_back_asks_one_return_for_every_suggestion(town: Town) -> None:
    first = cases.replied(town, code="B", promises=[cases.OVERPASS])
    second = cases.assigned(town, lead="police", cos=("housing",))
    with pytest.raises(Refused, match="回头看须写明建议"):
        made.ordered(town, LOOK_BACK)
    with pytest.raises(Refused, match="还没有承办单位"):
        made.ordered(town, LOOK_BACK, units=[], suggestions=[cases.registered(town)])
    campaign = made.ordered(town, LOOK_BACK, units=[], suggestions=[first, second])
    returns = list(campaign.addresses.order_by("pk"))
    assert [(row.suggestion, str(row.unit)) for row in returns] == [(first, "市住建局"), (second, "市公安局")]
    category = Category.objects.get(version=town.measure, code="A")
    with pytest.raises(Refused, match="现办复类别"):
        actions.answer_address(town.housing_officer, returns[0], at=moment(made.ANSWERED), words="建成")
    filled = {"words": "建成", "category": category, "cause": ""}
    actions.answer_address(town.housing_officer, returns[0], at=moment(made.ANSWERED), **filled)
    actions.answer_address(town.office, returns[1], at=moment(made.ANSWERED), **filled)
    assert verbs_on_desk(town, "office") == verbs_on_desk(town, "chairpersons") == ["check_address"]
    look = {"at": moment(made.CHECKED), "words": "看过", "checked_on": made.CHECKED}
    actions.check_address(town.office, returns[0], **look)
    with pytest.raises(Refused, match="由本机构代填"):
        actions.check_address(town.office, returns[1], **look)
    actions.check_address(town.chairpersons, returns[1], **look)
    actions.close_instrument(town.office, campaign, at=moment(made.REPORTED), words="两件均已落实")
    assert campaign.addresses.filter(category=category, state=AddressState.CHECKED).count() == 2


def test_a_deputy_asks_to_meet_and_others_do_not_see_it(town: Town) -> None:
    request = actions.order_instrument(
        town.alice,
        at=moment(),
        kind=REQUEST,
        title="约见市住建局负责人",
        words="天桥何时开工",
        units=[town.units["housing"]],
        due_on=made.DUE,
    )
    see = SIGHT["instrument"]
    seen = {name for name, actor in town.actors.items() if see(actor).filter(pk=request.pk).exists()}
    assert seen & {"alice", "bob", "office", "housing_officer", "police_officer", "dispatcher"} == {
        "alice",
        "office",
        "housing_officer",
    }


def test_a_government_meeting_studies_suggestions_and_its_tasks_are_followed(town: Town) -> None:
    with pytest.raises(NotYourStep):
        actions.convene_government_meeting(
            town.housing_chief, at=moment(), kind="whole", title="会", held_on=made.PLANNED
        )
    meeting = made.convened(town)
    with pytest.raises(Refused, match="议题须写明"):
        actions.add_agenda_item(town.dispatcher, meeting, at=moment(made.DECIDED), subject="其他")
    held = {"held_on": made.PLANNED, "minutes": "听取汇报"}
    with pytest.raises(Refused, match="会议日期还没有到"):
        actions.hold_government_meeting(
            town.dispatcher, meeting, at=moment(made.DECIDED), decisions=[], **held
        )
    with pytest.raises(Refused, match="还没有写议定事项：研究过街设施建设"):
        actions.hold_government_meeting(
            town.dispatcher, meeting, at=moment(made.PLANNED), decisions=[], **held
        )
    row = {"item": 1, "decision": "年内建成"}
    actions.hold_government_meeting(
        town.dispatcher,
        meeting,
        at=moment(made.PLANNED),
        decisions=[row],
        came=list(meeting.attendances.all()),
        **held,
    )
    unit = town.units["housing"]
    actions.add_meeting_task(
        town.dispatcher, meeting, at=moment(made.PLANNED), unit=unit, what="设计", due_on=made.DUE
    )
    owed = meeting.owed.get()
    assert verbs_on_desk(town, "housing_officer") == ["answer_owed"]
    actions.answer_owed(town.housing_officer, owed, at=moment(made.ANSWERED), words="完成")
    assert verbs_on_desk(town, "dispatcher") == ["verify_owed"]
    actions.verify_owed(town.dispatcher, owed, at=moment(made.CHECKED), words="属实")
    meeting.refresh_from_db()
    assert (meeting.state, owed.state) == (GovernmentMeetingState.HELD, OwedState.DONE)
    assert [item.decision for item in meeting.items.all()] == ["年内建成"]
    assert meeting.attendances.get().came
    see = SIGHT["government_meeting"]
    seen = {name for name in town.actors if see(town.actors[name]).filter(pk=meeting.pk).exists()}
    assert {"office", "dispatcher", "housing_officer", "alice"} <= seen
    assert not seen & {"chen", "police_officer", "foreign_office"}


def test_an_opinion_goes_round_until_it_satisfies(town: Town) -> None:
    case = made.told_back(town)
    first = case.rounds.get()
    assert (first.plan_due_on.isoformat(), first.progress) == ("2026-04-02", "完成排查")
    bad, good = made.grade(town, "dissatisfied"), made.grade(town, "basically")
    with pytest.raises(Refused, match="请再次交办"):
        actions.rate_opinion_case(town.member, case, at=moment(made.REPORTED), grade=bad, words="不够")
    with pytest.raises(Refused, match="报告期限"):
        actions.send_back_opinion_case(
            town.member, case, at=moment(made.REPORTED), grade=bad, words="不够", due_on=made.DUE
        )
    actions.send_back_opinion_case(
        town.member, case, at=moment(made.REPORTED), grade=bad, words="不够", due_on=made.CONCLUDED
    )
    assert case.state == OpinionCaseState.HANDED_OVER
    assert verbs_on_desk(town, "housing_officer") == ["plan_opinion_case"]
    actions.plan_opinion_case(town.housing_officer, case, at=moment(made.REPORTED), words="再补")
    actions.report_opinion_case(town.housing_officer, case, at=moment(made.CONCLUDED), words="补齐")
    assert verbs_on_desk(town, "member") == ["rate_opinion_case"]
    actions.rate_opinion_case(town.chairpersons, case, at=moment(made.CONCLUDED), grade=good, words="可以")
    case.refresh_from_db()
    assert (case.state, case.closed_on) == (OpinionCaseState.CLOSED, made.CONCLUDED)
    assert [(row.number, str(row.grade)) for row in case.rounds.all()] == [(1, "不满意"), (2, "基本满意")]
    assert list(verify()) == []


def test_rights_on_instruments_meetings_and_opinions(town: Town) -> None:
    order, meeting, case = made.ordered(town, ORDER), made.held(town), made.handed(town)
    rows = {
        "instrument": (order, InstrumentState),
        "address": (order.addresses.get(), AddressState),
        "government_meeting": (meeting, GovernmentMeetingState),
        "owed": (meeting.owed.get(), OwedState),
        "opinion_case": (case, OpinionCaseState),
    }
    lines = [
        f"{noun} {line}" for noun, (row, states) in rows.items() for line in golden(town, noun, row, states)
    ]
    assert lines == RIGHTS.strip().splitlines()


RIGHTS = """
instrument open office: close_instrument
instrument open clerk: close_instrument
instrument open chairpersons: close_instrument
address sent housing_chief: answer_address
address sent housing_deputy_head: answer_address
address sent housing_section: answer_address
address sent housing_officer: answer_address
address answered office: check_address send_back_address
address answered clerk: check_address send_back_address
address answered chairpersons: check_address send_back_address
government_meeting planned dispatcher: add_agenda_item hold_government_meeting
government_meeting planned dispatch_head: add_agenda_item hold_government_meeting
government_meeting held dispatcher: add_meeting_task
government_meeting held dispatch_head: add_meeting_task
owed open housing_chief: report_owed answer_owed
owed open housing_deputy_head: report_owed answer_owed
owed open housing_section: report_owed answer_owed
owed open housing_officer: report_owed answer_owed
owed answered dispatcher: verify_owed return_owed
owed answered dispatch_head: verify_owed return_owed
opinion_case fed_back office: hand_over_opinion_case
opinion_case fed_back clerk: hand_over_opinion_case
opinion_case fed_back member: hand_over_opinion_case
opinion_case handed_over housing_chief: plan_opinion_case
opinion_case handed_over housing_deputy_head: plan_opinion_case
opinion_case handed_over housing_section: plan_opinion_case
opinion_case handed_over housing_officer: plan_opinion_case
opinion_case planned housing_chief: note_opinion_case report_opinion_case
opinion_case planned housing_deputy_head: note_opinion_case report_opinion_case
opinion_case planned housing_section: note_opinion_case report_opinion_case
opinion_case planned housing_officer: note_opinion_case report_opinion_case
opinion_case reported office: rate_opinion_case send_back_opinion_case
opinion_case reported clerk: rate_opinion_case send_back_opinion_case
opinion_case reported member: rate_opinion_case send_back_opinion_case
opinion_case reported chairpersons: rate_opinion_case send_back_opinion_case
"""
