"""What a unit does inside its share: people by tier, measures, contacts with the deputies, opinions to the lead."""

from datetime import date

import pytest

from tests.cases import UNDER_WAY, assigned, begin, handling, share_of, sign
from tests.town import Town, moment
from tibandu.base.flow import Moved, NotYourStep, Refused
from tibandu.base.models import JournalLine
from tibandu.people.enums import Rank
from tibandu.people.models import Account, Appointment, Message, Seat
from tibandu.people.queries import SYSTEM, actor_of_appointment
from tibandu.regulations.models import ContactStage, Ground
from tibandu.suggestions import actions
from tibandu.suggestions.enums import ContactState, Mode, OpinionState, PlanState, ShareState
from tibandu.suggestions.models import Assignment, Contact, Opinion, PlanItem, Suggestion

TALKED = date(2026, 3, 4)


def stage(town: Town, code: str) -> ContactStage:
    return ContactStage.objects.get(version=town.measure, code=code)


def codes(town: Town) -> list[str]:
    return list(
        ContactStage.objects.filter(version=town.measure).order_by("order").values_list("code", flat=True)
    )


def talked(
    town: Town, share: Assignment, nth: int = 0, by: str = "housing_officer", **fields: object
) -> list[Contact]:
    values = {
        "proposers": share.suggestion.proposers.filter(state="confirmed"),
        "mode": Mode.VISIT,
        "held_on": TALKED,
        "said": "介绍了路口现状，代表希望先调整信号灯",
    }
    made: list[Contact] = actions.record_contact(
        town.actors[by], share, at=moment(TALKED), stage=stage(town, codes(town)[nth]), **(values | fields)
    )
    return made


def opinion(town: Town, suggestion: Suggestion, **fields: object) -> Opinion:
    made: Opinion = actions.give_opinion(
        town.transport_officer,
        share_of(town, suggestion, "transport"),
        at=moment(TALKED),
        text="我局配合调整公交站点。",
        signed_by="孟通",
        **fields,
    )
    return made


def test_people_are_named_by_tier_and_changed_later(town: Town) -> None:
    suggestion = assigned(town)
    share = begin(town, suggestion, "housing")
    rows = share.responsibles.order_by("pk").values_list("rank", "name")
    assert (share.state, list(rows)) == ("handling", [("principal", "郎定"), ("officer", "林溪")])
    people = [{"rank": Rank.SECTION, "name": "贾林", "phone": "0700-1"}]
    actions.name_responsible(town.housing_section, share, at=moment(TALKED), people=people)
    assert list(share.responsibles.values_list("rank", "name", "phone")) == [("section", "贾林", "0700-1")]


@pytest.mark.parametrize(
    ("people", "sentence"),
    [
        ([{"rank": "officer", "name": "甲"}, {"rank": "officer", "name": "乙"}], "每一层级只写一人"),
        ([{"rank": "officer", "name": " "}], "请选择任职人员，或写明姓名"),
    ],
)
def test_tiers_are_clear(town: Town, people: list[dict[str, str]], sentence: str) -> None:
    share = sign(town, assigned(town), "housing")
    with pytest.raises(Refused, match=sentence):
        actions.name_responsible(town.housing_officer, share, at=moment(UNDER_WAY), people=people)


def test_a_round_led_by_the_principal_names_the_principal(town: Town) -> None:
    share = sign(town, assigned(town), "housing")
    share.suggestion.rounds.update(rank=Rank.PRINCIPAL)
    with pytest.raises(Refused, match="本轮须由主要负责人领办"):
        actions.name_responsible(
            town.housing_officer, share, at=moment(UNDER_WAY), people=[{"rank": "officer", "name": "林溪"}]
        )


def chief_with_seat(town: Town) -> Appointment:
    """The chief of the housing bureau is the deputy Alice herself."""
    chief = Appointment.objects.get(post__unit=town.units["housing"], post__rank=Rank.PRINCIPAL)
    Account.objects.filter(person=town.alice.person_id).update(is_active=True)
    chief.person = Seat.objects.get(pk=town.seats["alice"].pk).person
    chief.save()
    return Appointment.objects.select_related("person", "post__unit__organ").get(pk=chief.pk)


def test_a_proposer_who_heads_the_unit_stands_aside(town: Town) -> None:
    chief = chief_with_seat(town)
    suggestion = assigned(town)
    share = sign(town, suggestion, "housing")
    with pytest.raises(Refused, match="提出人本人应当回避，不能担任责任人"):
        actions.name_responsible(
            town.housing_officer,
            share,
            at=moment(UNDER_WAY),
            people=[{"rank": Rank.PRINCIPAL, "appointment": chief}],
        )
    people = [{"rank": Rank.OFFICER, "name": "林溪"}]
    actions.name_responsible(town.housing_officer, share, at=moment(UNDER_WAY), people=people)
    town.actors["housing_chief"] = actor_of_appointment(chief)
    with pytest.raises(Refused, match="您本人是提出人，应当回避"):
        talked(town, share, by="housing_chief")


def test_measures_are_planned_changed_reported_and_finished(town: Town) -> None:
    suggestion = handling(town)
    share = share_of(town, suggestion, "housing")
    first, second = suggestion.asks.all()
    rows = [
        {"ask": second, "measure": "调整信号灯配时", "owner": "梁栋", "due_on": date(2026, 3, 20)},
        {"ask": first, "measure": "论证天桥选址", "owner": "林溪", "due_on": date(2026, 4, 30)},
    ]
    actions.plan(town.housing_officer, share, at=moment(UNDER_WAY), measures=rows)
    lights, bridge = share.plan.all()
    changed = [{"item": bridge.pk, **rows[1], "owner": "黎川"}]
    actions.plan(town.housing_officer, share, at=moment(UNDER_WAY), measures=changed)
    actions.report_progress(town.housing_officer, lights, at=moment(TALKED), words="已完成测算")
    actions.finish_measure(town.housing_officer, lights, at=moment(TALKED))
    assert list(share.plan.values_list("owner", "state", "progress", "done_on")) == [
        ("梁栋", PlanState.DONE, "已完成测算", TALKED),
        ("黎川", PlanState.OPEN, "", None),
    ]
    with pytest.raises(Refused, match="不能再改"):
        actions.plan(
            town.housing_officer, share, at=moment(TALKED), measures=[{"item": lights.pk, **rows[0]}]
        )
    with pytest.raises(Moved):
        actions.finish_measure(town.housing_officer, lights, at=moment(TALKED))
    with pytest.raises(NotYourStep):
        actions.report_progress(
            town.police_officer, PlanItem.objects.get(pk=bridge.pk), at=moment(TALKED), words="?"
        )


def test_a_measure_left_out_is_struck_off_and_a_colleagues_new_one_stays(town: Town) -> None:
    share = share_of(town, handling(town), "housing")
    rows = [
        {"measure": name, "owner": "林溪", "due_on": date(2026, 3, 20)} for name in ("测算", "论证", "新增")
    ]
    actions.plan(town.housing_officer, share, at=moment(UNDER_WAY), measures=rows[:2])
    first, second = share.plan.all()
    actions.plan(town.housing_section, share, at=moment(UNDER_WAY), measures=rows[2:])
    changed = [{"item": first.pk, **rows[0]}]
    shown = [first.pk, second.pk]
    actions.plan(town.housing_officer, share, at=moment(TALKED), measures=changed, shown=shown)
    assert [item.measure for item in share.plan.all()] == ["测算", "新增"]
    line = JournalLine.objects.filter(chain=share.suggestion.chain, verb="plan").latest("seq")
    assert line.facts == {"措施1": "测算（林溪，2026-03-20）", "删去": "论证"}


def test_each_deputy_is_asked_to_confirm_the_talk(town: Town) -> None:
    suggestion = handling(town)
    made = talked(town, share_of(town, suggestion, "housing"))
    assert [(c.proposer.name, c.state, c.confirm_by) for c in made] == [
        ("安立夏", "recorded", date(2026, 3, 11)),
        ("柏远", "recorded", date(2026, 3, 11)),
    ]
    newest = Message.objects.filter(seat=town.seats["bob"]).latest("pk")
    assert (newest.kind, newest.title) == ("todo", f"请确认市住建局的联系记录：{suggestion}")


def test_a_deputy_confirms_or_disputes_only_their_own_talk(town: Town) -> None:
    suggestion = handling(town)
    with_alice, with_bob = talked(town, share_of(town, suggestion, "housing"))
    actions.confirm_contact(town.alice, with_alice, at=moment(TALKED), words="谈得细")
    assert (with_alice.state, with_alice.answer) == (ContactState.CONFIRMED, "谈得细")
    with pytest.raises(NotYourStep):
        actions.confirm_contact(town.alice, with_bob, at=moment(TALKED))
    actions.dispute_contact(town.bob, with_bob, at=moment(TALKED), words="没有来过")
    newest = Message.objects.filter(unit=town.units["housing"]).latest("pk")
    assert newest.title == f"代表对联系记录有异议：{suggestion}"
    with pytest.raises(Moved):
        actions.confirm_contact(town.bob, with_bob, at=moment(TALKED))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"proposers": []}, "请选择所联系的代表"),
        ({"held_on": date(2026, 3, 5)}, "不能晚于今天"),
        ({"held_on": date(2026, 2, 25)}, "不能早于交办日期2026-02-26"),
    ],
)
def test_a_talk_is_recorded_as_it_can_have_been(town: Town, fields: dict[str, object], sentence: str) -> None:
    share = share_of(town, handling(town), "housing")
    with pytest.raises(Refused, match=sentence):
        talked(town, share, **fields)


def test_the_talk_before_the_reply_shows_its_draft(town: Town) -> None:
    share = share_of(town, handling(town), "housing")
    with pytest.raises(Refused, match="须向代表出示答复初稿"):
        talked(town, share, nth=1)
    assert all(contact.draft_shown for contact in talked(town, share, nth=1, draft_shown=True))


def test_a_masked_author_is_reached_through_the_office(town: Town) -> None:
    suggestion = handling(town)
    Suggestion.objects.filter(pk=suggestion.pk).update(is_masked=True)
    before = Message.objects.filter(seat__isnull=False).count()
    talked(town, share_of(town, suggestion, "housing"))
    assert Message.objects.filter(seat__isnull=False).count() == before
    newest = Message.objects.filter(unit=town.units["deputy_work"]).latest("pk")
    assert newest.title == f"请确认市住建局的联系记录：{suggestion}"


def test_a_silent_deputy_does_not_make_the_unit_late(town: Town) -> None:
    share = share_of(town, handling(town), "housing")
    contact = talked(town, share)[0]
    with pytest.raises(Refused, match="期限未到"):
        actions.let_contact_pass(SYSTEM, contact, at=moment(date(2026, 3, 11)))
    actions.let_contact_pass(SYSTEM, contact, at=moment(date(2026, 3, 12)))
    assert contact.state == ContactState.UNCONFIRMED
    actions.confirm_contact(town.alice, contact, at=moment(date(2026, 3, 20)))
    assert contact.state == ContactState.CONFIRMED


def test_the_congress_waives_a_stage_with_a_ground(town: Town) -> None:
    suggestion = handling(town)
    share = share_of(town, suggestion, "housing")
    ground = Ground.objects.get(version=town.measure, kind="waiver", code="absent")
    first = stage(town, codes(town)[0])
    with pytest.raises(NotYourStep):
        actions.waive_contact(
            town.housing_chief, share, at=moment(TALKED), stage=first, waiver=ground, reason="x"
        )
    made = actions.waive_contact(
        town.office, share, at=moment(TALKED), stage=first, waiver=ground, reason="代表出国"
    )
    assert [(c.state, c.waiver, c.said) for c in made] == [(ContactState.WAIVED, ground, "代表出国")] * 2


def test_a_co_unit_gives_its_opinion_under_its_own_number(town: Town) -> None:
    suggestion = handling(town, cos=("transport",))
    given = opinion(town, suggestion)
    share = share_of(town, suggestion, "transport")
    assert (given.number_text, share.state, share.answered_on) == (
        "市交通局会办〔2026〕1号",
        "answered",
        TALKED,
    )
    newest = Message.objects.filter(unit=town.units["housing"]).latest("pk")
    assert newest.title == f"市交通局提出会办意见，请会签：{suggestion}"


def test_an_opinion_may_bring_its_own_number(town: Town) -> None:
    suggestion = handling(town, cos=("transport",))
    assert opinion(town, suggestion, number_text="兴交函〔2026〕8号").number_text == "兴交函〔2026〕8号"


def test_the_lead_countersigns_or_sends_back(town: Town) -> None:
    suggestion = handling(town, cos=("transport",))
    first = opinion(town, suggestion)
    with pytest.raises(NotYourStep):
        actions.countersign(town.transport_officer, first, at=moment(TALKED))
    actions.send_back_opinion(town.housing_officer, first, at=moment(TALKED), words="请补充站点位置")
    share = share_of(town, suggestion, "transport")
    assert (first.state, share.state, share.answered_on) == (
        OpinionState.SENT_BACK,
        ShareState.HANDLING,
        None,
    )
    second = opinion(town, suggestion)
    actions.countersign(town.housing_officer, second, at=moment(TALKED), words="采纳")
    assert (second.number_text, second.state) == ("市交通局会办〔2026〕2号", OpinionState.COUNTERSIGNED)
    assert share_of(town, suggestion, "transport").state == ShareState.ANSWERED
    with pytest.raises(Moved):
        actions.send_back_opinion(town.housing_officer, second, at=moment(TALKED), words="再补")


def test_a_lead_gives_no_opinion_and_a_co_unit_needs_its_people_first(town: Town) -> None:
    suggestion = assigned(town, cos=("transport",))
    share = begin(town, suggestion, "transport")
    share.responsibles.all().delete()
    with pytest.raises(Refused, match="请先明确各级责任人"):
        opinion(town, suggestion)
    lead = begin(town, suggestion, "housing")
    with pytest.raises(NotYourStep):
        actions.give_opinion(town.housing_officer, lead, at=moment(TALKED), text="x", signed_by="y")


def filed_together(town: Town) -> tuple[Suggestion, Suggestion]:
    first = handling(town)
    second = handling(town, title="关于大桥西侧过街的建议", cosigners=("dora",))
    actions.join_file(town.office, first, at=moment(UNDER_WAY), title="大桥两侧过街")
    actions.join_file(town.office, second, at=moment(UNDER_WAY), case_file=first.case_file)
    return first, second


def test_one_talk_and_one_plan_serve_a_whole_file(town: Town) -> None:
    first, second = filed_together(town)
    share = share_of(town, first, "housing")
    made = talked(town, share, for_file=True)
    assert [(c.assignment.suggestion, c.proposer.name) for c in made] == [
        (first, "安立夏"),
        (first, "柏远"),
        (second, "安立夏"),
    ]
    rows = [{"ask": first.asks.first(), "measure": "测算", "owner": "林溪", "due_on": date(2026, 3, 20)}]
    actions.plan(town.housing_officer, share, at=moment(TALKED), measures=rows, for_file=True)
    planned = PlanItem.objects.order_by("pk").values_list("assignment__suggestion", "ask")
    assert list(planned) == [(first.pk, first.asks.first().pk), (second.pk, None)]


def test_a_talk_stays_in_its_case_unless_asked_otherwise(town: Town) -> None:
    first, second = filed_together(town)
    talked(town, share_of(town, first, "housing"))
    assert Contact.objects.filter(assignment__suggestion=second).count() == 0
