"""A share that lies with the wrong unit: objection, ruling, second bounce, arbiter, the deputy's own objection."""

from datetime import date

import pytest

from tests.cases import UNDER_WAY, assigned, begin, share_of, sign
from tests.town import Town, moment
from tibandu.base.flow import Moved, NotYourStep, Refused
from tibandu.people.models import CompetenceHolder, Message
from tibandu.regulations.models import Ground
from tibandu.suggestions import actions
from tibandu.suggestions.enums import ObjectionState, ShareState
from tibandu.suggestions.flow import offers
from tibandu.suggestions.models import Assignment, Objection, Suggestion

REASON = "过街设施由交通部门建设管理"
RULED = date(2026, 3, 4)


def ground(town: Town) -> Ground:
    return Ground.objects.get(version=town.measure, kind="objection", code="not_ours")


def objected(
    town: Town,
    suggestion: Suggestion,
    unit: str = "housing",
    proposed: str = "transport",
    day: date = UNDER_WAY,
) -> Objection:
    made: Objection = actions.object(
        town.actors[f"{unit}_officer"],
        share_of(town, suggestion, unit),
        at=moment(day),
        ground=ground(town),
        clause="三定规定第四条",
        reason=REASON,
        proposed_unit=town.units[proposed],
    )
    return made


def verbs(town: Town, who: str, objection: Objection) -> dict[str, str | None]:
    fresh = Objection.objects.get(pk=objection.pk)
    return {o.verb: o.refusal for o in offers(town.actors[who], "objection", fresh, RULED)}


def bounced_twice(town: Town, suggestion: Suggestion) -> Objection:
    first = objected(town, suggestion)
    actions.uphold(town.dispatcher, first, at=moment(RULED), unit=town.units["transport"], words="同意")
    return objected(town, suggestion, "transport", "police", day=RULED)


def test_a_unit_objects_and_the_dispatch_office_is_told(town: Town) -> None:
    suggestion = assigned(town)
    objection = objected(town, suggestion)
    assert (objection.n, objection.state, objection.due_on) == (1, ObjectionState.OPEN, date(2026, 3, 16))
    assert (objection.by_deputy, objection.is_late) == (False, False)
    newest = Message.objects.filter(unit=town.units["dispatch"]).latest("pk")
    assert newest.title == f"请裁定申退：{suggestion}"


def test_nobody_signs_for_a_share_in_dispute_nor_objects_twice(town: Town) -> None:
    suggestion = assigned(town)
    objected(town, suggestion)
    with pytest.raises(Refused, match="申退尚待裁定"):
        sign(town, suggestion, "housing")
    with pytest.raises(Refused, match="申退尚待裁定"):
        objected(town, suggestion)


def test_after_the_window_the_unit_goes_on(town: Town) -> None:
    suggestion = assigned(town)
    sign(town, suggestion, "housing")
    with pytest.raises(Refused, match="申退期限已过（2026-03-09），应当继续办理"):
        objected(town, suggestion, day=date(2026, 3, 10))


def test_a_unit_does_not_propose_itself(town: Town) -> None:
    with pytest.raises(Refused, match="不能是本单位"):
        objected(town, assigned(town), proposed="housing")


def test_a_ruling_moves_the_share_and_starts_its_clock_anew(town: Town) -> None:
    suggestion = assigned(town, cos=("finance",))
    old = share_of(town, suggestion, "housing")
    old.asks.set(suggestion.asks.all())
    objection = objected(town, suggestion)
    made = actions.uphold(
        town.dispatcher, objection, at=moment(RULED), unit=town.units["transport"], words="同意改办"
    )
    old.refresh_from_db()
    suggestion.refresh_from_db()
    assert (old.state, old.ended_on) == (ShareState.REASSIGNED, RULED)
    assert (made.role, made.replaces, made.due_on, made.state) == ("lead", old, date(2026, 6, 4), "sent")
    assert list(made.asks.all()) == list(suggestion.asks.all())
    assert suggestion.due_on == date(2026, 5, 25)
    assert (
        Message.objects.filter(seat=town.seats["bob"]).latest("pk").title == "承办单位由市住建局改为市交通局"
    )
    assert Message.objects.filter(unit=town.units["transport"]).latest("pk").title == f"请签收：{suggestion}"


def test_a_co_unit_that_is_made_lead_gives_up_its_place(town: Town) -> None:
    suggestion = assigned(town, cos=("transport",))
    objection = objected(town, suggestion)
    actions.uphold(
        town.dispatcher, objection, at=moment(RULED), unit=town.units["transport"], stays_as_co=True
    )
    rows = suggestion.assignments.order_by("pk").values_list("unit__short_name", "role", "state", "due_on")
    assert list(rows) == [
        ("市住建局", "lead", "reassigned", date(2026, 5, 26)),
        ("市交通局", "co", "reassigned", date(2026, 3, 26)),
        ("市交通局", "lead", "sent", date(2026, 6, 4)),
        ("市住建局", "co", "sent", date(2026, 4, 6)),
    ]


def test_a_share_is_not_moved_to_where_it_is(town: Town) -> None:
    objection = objected(town, assigned(town))
    with pytest.raises(Refused, match="改办的单位不能是原单位"):
        actions.uphold(town.dispatcher, objection, at=moment(RULED), unit=town.units["housing"])


def test_the_dispatch_office_rules_within_its_organ_and_the_assigner_beyond(town: Town) -> None:
    suggestion = assigned(town)
    objection = objected(town, suggestion, proposed="court_office")
    with pytest.raises(Refused, match="改由其他机关承办的，由交办机构裁定"):
        actions.uphold(town.dispatcher, objection, at=moment(RULED), unit=town.units["court_office"])
    made = actions.uphold(town.office, objection, at=moment(RULED), unit=town.units["court_office"])
    assert (made.handover.organ, made.handover.state) == (town.court, "distributed")


def test_a_unit_of_another_congress_gets_nothing(town: Town) -> None:
    objection = objected(town, assigned(town))
    foreign = CompetenceHolder.objects.filter(congress=town.district).first()
    assert foreign is not None
    with pytest.raises(Refused, match="不属于本级"):
        actions.uphold(town.office, objection, at=moment(RULED), unit=foreign.unit)


def test_a_rejected_unit_goes_on_handling(town: Town) -> None:
    suggestion = assigned(town)
    objection = objected(town, suggestion)
    actions.reject(town.dispatcher, objection, at=moment(RULED), words="三定规定明确由你局负责")
    assert (objection.state, objection.ruling) == ("rejected", "三定规定明确由你局负责")
    newest = Message.objects.filter(unit=town.units["housing"]).latest("pk")
    assert newest.title == f"申退未获同意，应当继续办理：{suggestion}"
    assert sign(town, suggestion, "housing").state == ShareState.SIGNED_FOR


def test_the_second_bounce_goes_to_the_arbiter(town: Town) -> None:
    suggestion = assigned(town)
    second = bounced_twice(town, suggestion)
    sentence = "同一内容第2次申退，应当报请指定机构裁定。"
    waits = {"escalate": None, "uphold": sentence, "reject": sentence}
    assert verbs(town, "dispatcher", second) == waits
    assert verbs(town, "office", second) == waits
    actions.escalate(town.dispatcher, second, at=moment(RULED), words="两家都不认")
    assert second.due_on == date(2026, 3, 11)
    assert verbs(town, "dispatcher", second) == {}
    assert verbs(town, "chairpersons", second) == {"uphold": None, "reject": None}
    with pytest.raises(NotYourStep):
        actions.reject(town.dispatcher, second, at=moment(RULED), words="不同意")
    actions.uphold(town.chairpersons, second, at=moment(RULED), unit=town.units["police"], words="由公安局办")
    assert str(Assignment.objects.latest("pk")) == "市公安局（主办）"


def test_an_objection_renewed_after_a_no_is_a_second_bounce(town: Town) -> None:
    suggestion = assigned(town)
    actions.reject(town.dispatcher, objected(town, suggestion), at=moment(UNDER_WAY), words="不同意")
    again = objected(town, suggestion, day=RULED)
    assert again.n == 2
    with pytest.raises(Refused, match="第2次申退"):
        actions.uphold(town.dispatcher, again, at=moment(RULED), unit=town.units["transport"])


def test_where_nobody_arbitrates_the_ruler_rules_every_time(town: Town) -> None:
    CompetenceHolder.objects.filter(congress=town.congress, competence="arbitrate").delete()
    second = bounced_twice(town, assigned(town))
    assert verbs(town, "dispatcher", second) == {
        "uphold": None,
        "reject": None,
        "escalate": "本级没有指定裁定机构，请直接裁定。",
    }


def test_the_deputy_contests_the_unit_and_the_assigner_rules(town: Town) -> None:
    suggestion = assigned(town)
    begin(town, suggestion, "housing")
    share = share_of(town, suggestion, "housing")
    objection = actions.contest(
        town.bob, share, at=moment(UNDER_WAY), reason="这是交通局的事", proposed_unit=town.units["transport"]
    )
    assert (objection.by_deputy, objection.ground, objection.n) == (True, None, 1)
    assert verbs(town, "dispatcher", objection) == {}
    actions.reject(town.office, objection, at=moment(RULED), words="已与住建局核实")
    assert (
        Message.objects.filter(seat=town.seats["alice"]).latest("pk").title
        == "承办单位不变，由市住建局继续办理"
    )
    with pytest.raises(NotYourStep):
        actions.contest(town.chen, share, at=moment(RULED), reason="路过")


def test_two_rulers_rule_once(town: Town) -> None:
    objection = objected(town, assigned(town))
    stale = Objection.objects.get(pk=objection.pk)
    actions.reject(town.dispatcher, objection, at=moment(RULED), words="不同意")
    with pytest.raises(Moved):
        actions.uphold(town.office, stale, at=moment(RULED), unit=town.units["transport"])
    assert Assignment.objects.count() == 1


def test_a_late_objection_is_marked_where_the_measure_takes_it(town: Town) -> None:
    suggestion = assigned(town)
    version = suggestion.handovers.get().suggestion.regulation
    assert version is not None
    type(version).objects.filter(pk=version.pk).update(
        compiled=version.compiled.replace('"objection_late": "refused"', '"objection_late": "flagged"')
    )
    anew = Suggestion.objects.get(pk=suggestion.pk)  # a measure that was read is kept: it is frozen text
    assert objected(town, anew, day=date(2026, 4, 1)).is_late
