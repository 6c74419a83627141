"""The verbs of key, joint and tracked supervision: one test a verb, one a guard; who may what, as golden lines."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from tests import cases
from tests.oversight import programmes_cases as made
from tests.oversight.rights import golden
from tests.town import Town, moment
from tibandu.base.flow import Moved, NotYourStep, Refused
from tibandu.base.journal import verify
from tibandu.base.models import JournalLine
from tibandu.oversight import actions
from tibandu.oversight.enums import OwedState, PlannedState, ProgrammeState
from tibandu.oversight.models import Programme
from tibandu.oversight.queries import SIGHT, desk
from tibandu.oversight.queries.programmes import members_of, score_table
from tibandu.oversight.rules.programmes import next_step
from tibandu.people.models import Message
from tibandu.suggestions import actions as suggestions

FULL, marks = made.WHOLE_SHEET, made.marks


def test_only_a_decision_record_makes_a_key_topic(town: Town) -> None:
    programme = made.nominated(town)
    for actor in (town.member, town.office, town.alice, town.dispatcher):
        with pytest.raises(NotYourStep):
            actions.decide_programme(
                actor, programme, at=moment(), decided_on=made.NOMINATED, meeting="会", decision="列入"
            )
    with pytest.raises(IntegrityError), transaction.atomic():
        Programme.objects.filter(pk=programme.pk).update(state=ProgrammeState.FIXED)
    made.decide(town, programme)
    programme.refresh_from_db()
    assert programme.state == ProgrammeState.FIXED
    assert (programme.decided_by, programme.decided_on) == (town.units["chairpersons"], made.DECIDED)
    told = Message.objects.filter(title__contains="列为重点督办")
    assert {message.unit for message in told} >= {town.units["committee"], town.units["housing"]}
    assert Message.objects.filter(seat=town.seats["alice"], title__startswith="重点督办").exists()


def test_a_topic_without_suggestions_is_not_decided(town: Town) -> None:
    programme = made.nominated(town, suggestions=[])
    with pytest.raises(Refused, match="还没有纳入建议"):
        made.decide(town, programme)
    case = cases.assigned(town)
    actions.bundle_suggestions(town.member, programme, at=moment(), suggestions=[case])
    with pytest.raises(Refused, match="已经在本题目里"):
        actions.bundle_suggestions(town.member, programme, at=moment(), suggestions=[case])
    with pytest.raises(Refused, match="还没有到"):
        actions.decide_programme(
            town.chairpersons, programme, at=moment(), decided_on=made.DUE, meeting="会", decision="列入"
        )
    made.decide(town, programme)


def test_a_key_topic_is_decided_on_a_whole_sheet_where_the_measure_names_criteria(town: Town) -> None:
    programme = made.nominated(town)
    decision = {"decided_on": made.DECIDED, "meeting": "主任会议", "decision": "列入"}

    def decide(row: Programme) -> None:
        actions.decide_programme(town.chairpersons, row, at=moment(made.DECIDED), **decision)

    with pytest.raises(Refused, match="先评分再决定"):
        decide(programme)
    made.scored(town, programme)
    programme.scores.filter(criterion__code="agenda").delete()
    with pytest.raises(Refused, match="先评分再决定"):
        decide(programme)
    decide(made.nominated(town, kind="tracking"))
    town.measure.options.filter(kind="key_criterion", code="agenda").update(kind="fund_criterion")
    decide(programme)
    assert programme.state == ProgrammeState.FIXED


def test_every_body_gives_one_sheet_and_the_mean_is_shown(town: Town) -> None:
    programme = made.nominated(town)
    with pytest.raises(Refused, match="超过满分：事关全局"):
        actions.score_programme(town.office, programme, at=moment(), marks=marks(("whole", 31), *FULL[1:]))
    with pytest.raises(Refused, match="还没有评分：列入年度工作安排"):
        actions.score_programme(town.office, programme, at=moment(), marks=marks(*FULL[:3]))
    actions.score_programme(town.office, programme, at=moment(), marks=marks(*FULL))
    actions.score_programme(town.member, programme, at=moment(), marks=marks(*FULL))
    again = [("whole", 20), *FULL[1:]]
    actions.score_programme(town.member, programme, at=moment(), marks=marks(*again))
    table = score_table(programme)
    assert [(str(unit), total) for unit, _points, total in table.rows] == [
        ("市人大代表工委", 78),
        ("市人大城环委", 70),
    ]
    assert table.average == "74.0"
    with pytest.raises(NotYourStep):
        actions.score_programme(town.alice, programme, at=moment(), marks=marks(*FULL))


def test_what_is_not_taken_up_is_told_with_its_reason(town: Town) -> None:
    case = cases.assigned(town)
    fields = {"kind": "key", "year": 2026, "title": "路口", "reason": "难", "suggestions": [case]}
    programme = actions.nominate_programme(
        town.alice, at=moment(), committee=town.units["committee"], **fields
    )
    tracking = fields | {"kind": "tracking"}
    with pytest.raises(Refused, match="不由推荐产生"):
        actions.nominate_programme(town.alice, at=moment(), committee=town.units["committee"], **tracking)
    actions.decline_programme(town.chairpersons, programme, at=moment(), words="明年再议")
    assert programme.state == ProgrammeState.DECLINED
    assert Message.objects.filter(seat=town.seats["alice"], title__contains="未列入").exists()


def test_a_key_topic_runs_to_its_result(town: Town) -> None:
    programme = made.owing(town)
    row = {"option": programme.capacities.all()[0].option, "person": "", "unit": None}
    with pytest.raises(Refused, match="没有写姓名或者单位"):
        actions.name_capacities(town.member, programme, at=moment(made.VISITED), capacities=[row])
    step = programme.steps.get()
    actions.finish_step(town.member, step, at=moment(made.VISITED), done_on=made.VISITED, words="已察看")
    seen = {"held_on": made.VISITED, "place": "大桥东侧", "persons": "韩澄、郎定"}
    actions.record_visit(town.member, programme, at=moment(made.VISITED), words="缺盲道", **seen)
    with pytest.raises(Refused, match="日期还没有到"):
        actions.record_visit(town.member, programme, at=moment(made.PLANNED), words="缺盲道", **seen)
    late = [{"unit": town.units["housing"], "what": "调整工期", "due_on": made.PLANNED}]
    with pytest.raises(Refused, match="完成时限"):
        actions.record_coordination(
            town.member, programme, at=moment(made.VISITED), words="纪要", settled=late, **seen
        )
    actions.record_coordination(town.member, programme, at=moment(made.VISITED), words="纪要", **seen)
    actions.record_face_reply(
        town.member,
        programme,
        at=moment(made.ANSWERED),
        suggestion=programme.suggestions.get(),
        held_on=made.ANSWERED,
        persons="郎定",
        words="当面答复安立夏代表",
    )
    actions.report_programme(town.housing_officer, programme, at=moment(made.ANSWERED), words="已招标")
    with pytest.raises(Refused, match="还有 1 项交办事项"):
        actions.report_result(town.member, programme, at=moment(made.REPORTED), words="结果")
    made.settle(town, programme)
    actions.report_result(town.member, programme, at=moment(made.REPORTED), words="天桥开工")
    actions.return_result(town.chairpersons, programme, at=moment(made.REPORTED), words="补充效果")
    actions.report_result(
        town.member, programme, at=moment(made.REPORTED), words="天桥开工", field_effect="全市排查"
    )
    grade = made.grade(town, "satisfied")
    actions.accept_result(town.chairpersons, programme, at=moment(made.CONCLUDED), words="好", grade=grade)
    programme.refresh_from_db()
    assert (programme.state, programme.grade) == (ProgrammeState.CONCLUDED, grade)
    assert [entry.kind for entry in programme.entries.all()] == [
        "visit",
        "coordination",
        "face_reply",
        "progress",
    ]
    assert list(verify()) == []


def test_what_is_owed_is_answered_in_time_and_looked_at_by_somebody_else(town: Town) -> None:
    owed = made.owing(town).owed.get()
    actions.report_owed(town.housing_officer, owed, at=moment(made.VISITED), words="已备料")
    with pytest.raises(NotYourStep):
        actions.answer_owed(town.transport_officer, owed, at=moment(made.ANSWERED), words="好了")
    actions.answer_owed(town.housing_officer, owed, at=moment(made.ANSWERED), words="补了一半")
    with pytest.raises(NotYourStep):
        actions.verify_owed(town.housing_chief, owed, at=moment(made.CHECKED), words="好")
    actions.return_owed(town.member, owed, at=moment(made.CHECKED), words="还差一半", due_on=made.REPORTED)
    assert (owed.state, owed.due_on) == (OwedState.OPEN, made.REPORTED)
    made.settle(town, owed.programme)
    owed.refresh_from_db()
    assert (owed.state, owed.verified_by, owed.verified_on) == (
        OwedState.DONE,
        "韩澄 · 市人大城环委委员",
        made.CHECKED,
    )


def test_a_plan_made_again_keeps_what_was_done(town: Town) -> None:
    programme = made.under_way(town)
    step = programme.steps.get()
    actions.finish_step(town.member, step, at=moment(made.VISITED), done_on=made.VISITED, words="看了")
    rows = [{"what": "座谈", "owner": "", "due_on": made.DUE}]
    actions.plan_programme(town.office, programme, at=moment(made.VISITED), steps=rows)
    assert [(row.what, row.state) for row in programme.steps.all()] == [
        ("现场察看大桥东侧路口", PlannedState.DONE),
        ("座谈", PlannedState.OPEN),
    ]


def test_joint_supervision_needs_no_decision_and_is_concluded_by_its_leading_body(town: Town) -> None:
    with pytest.raises(Refused, match="至少要有一件建议"):
        actions.open_joint_programme(town.member, at=moment(), year=2026, title="停车", reason="多")
    with pytest.raises(NotYourStep):
        actions.open_joint_programme(town.alice, at=moment(), year=2026, title="停车", reason="多")
    programme = made.joint(town)
    assert programme.state == ProgrammeState.FIXED
    assert [str(row) for row in programme.participants.all()] == ["市人大代表工委", "城环委机关党支部"]
    actions.name_participants(
        town.member,
        programme,
        at=moment(),
        participants=[{"unit": town.units["police"], "name": "", "part": ""}],
    )
    with pytest.raises(Refused, match="一个单位或者党支部"):
        actions.name_participants(
            town.member, programme, at=moment(), participants=[{"unit": None, "name": "", "part": ""}]
        )
    rows = [{"what": "联合察看", "owner": "", "due_on": made.VISITED}]
    actions.plan_programme(town.member, programme, at=moment(made.PLANNED), steps=rows)
    actions.report_programme(town.police_officer, programme, at=moment(made.VISITED), words="增设车位")
    settled = [{"unit": town.units["police"], "what": "调整收费时段", "due_on": made.DUE}]
    seen = {"held_on": made.VISITED, "place": "公园", "persons": "三方"}
    actions.record_coordination(
        town.member, programme, at=moment(made.VISITED), words="纪要", settled=settled, **seen
    )
    owed = programme.owed.get()
    actions.answer_owed(town.police_officer, owed, at=moment(made.ANSWERED), words="已调整")
    actions.verify_owed(town.office, owed, at=moment(made.CHECKED), words="属实")
    actions.report_result(town.member, programme, at=moment(made.REPORTED), words="停车位增加")
    actions.accept_result(town.member, programme, at=moment(made.CONCLUDED), words="办结")
    assert programme.state == ProgrammeState.CONCLUDED


def test_a_tracked_matter_is_not_reported_while_a_promise_is_open(town: Town) -> None:
    case = cases.replied(town, code="B", promises=[cases.OVERPASS], cosigners=())
    programme = made.under_way(town, case, kind="tracking")
    actions.note_year(town.member, programme, at=moment(date(2026, 12, 20)), words="桩基完成")
    with pytest.raises(Refused, match="2026年的年度小结已经写过"):
        actions.note_year(town.member, programme, at=moment(date(2026, 12, 21)), words="桩基完成")
    actions.note_year(town.member, programme, at=moment(date(2027, 12, 20)), words="通车")
    with pytest.raises(Refused, match="还有 1 项承诺没有了结"):
        actions.report_result(town.member, programme, at=moment(made.REPORTED), words="建成")
    promise = case.promises.get()
    suggestions.claim_promise(town.housing_officer, promise, at=moment(made.DUE), proof="已通行")
    suggestions.accept_promise(town.office, promise, at=moment(date(2026, 7, 30)), words="看过")
    members = members_of(town.member, programme)
    assert (members.answered, members.promised, members.kept) == (1, 1, 1)
    actions.report_result(town.member, programme, at=moment(date(2026, 8, 1)), words="建成")
    assert programme.state == ProgrammeState.REPORTED


def test_programmes_are_seen_by_those_they_name(town: Town) -> None:
    programme = made.nominated(town)
    see = SIGHT["programme"]

    def seen_by() -> set[str]:
        return {name for name, actor in town.actors.items() if see(actor).filter(pk=programme.pk).exists()}

    congress = {"office", "clerk", "member", "chairpersons"}
    deputies = {"alice", "bob", "chen", "dora", "evan"}
    housing = {name for name in town.actors if name.startswith("housing")}
    assert seen_by() == congress | {"alice", "bob"}
    made.decide(town, programme)
    assert seen_by() == congress | deputies | {"dispatcher", "dispatch_head"} | housing


def test_a_masked_suggestion_stays_out_of_a_programme_for_those_who_may_not_see_it(town: Town) -> None:
    case, other = cases.assigned(town), cases.assigned(town, by=town.chen, cosigners=())
    programme = made.decide(town, made.nominated(town, case, other))
    type(other).objects.filter(pk=other.pk).update(is_masked=True)
    members = members_of(town.bob, programme)
    assert ([member.suggestion for member in members.seen], members.unseen) == ([case], 1)
    assert members_of(town.office, programme).unseen == 0
    line = JournalLine.objects.get(verb="nominate_programme")
    assert line.seen_by == "congress"


def test_the_desk_asks_for_each_step_of_whoever_takes_it(town: Town, django_assert_num_queries) -> None:
    made.owing(town)
    made.scored(town, made.nominated(town, title="另一题目"))
    asked = {
        name: [task.verb for task in desk.waiting_for(town.actors[name], made.VISITED) if task.noun in NOUNS]
        for name in ("chairpersons", "member", "housing_officer", "alice")
    }
    assert asked == {
        "chairpersons": ["decide_programme"],
        "member": [],
        "housing_officer": ["answer_owed"],
        "alice": [],
    }
    for actor, most in ((town.alice, 0), (town.housing_officer, 1), (town.member, 3)):
        with django_assert_num_queries(most):
            list(desk.AREAS[_ours()](actor, made.DUE))


def test_a_nomination_waits_for_a_sheet_and_then_for_the_decision(town: Town) -> None:
    programme = made.nominated(town)

    def asked() -> dict[str, list[str]]:
        return {
            name: [task.verb for task in desk.waiting_for(town.actors[name], made.DECIDED)]
            for name in ("office", "member", "chairpersons")
        }

    assert asked() == {"office": ["score_programme"], "member": ["score_programme"], "chairpersons": []}
    made.scored(town, programme)
    assert asked() == {"office": [], "member": [], "chairpersons": ["decide_programme"]}
    made.decide(town, programme)
    assert asked() == {"office": [], "member": ["plan_programme"], "chairpersons": []}


@pytest.mark.parametrize(
    ("kind", "state", "powers", "verb"),
    [
        ("key", "nominated", {"leads"}, "score_programme"),
        ("key", "nominated", {"assigns"}, "score_programme"),
        ("key", "nominated", {"decides"}, None),
        ("key", "nominated", {"decides", "is_scored"}, "decide_programme"),
        ("tracking", "nominated", {"decides", "is_scored"}, "decide_programme"),
        ("key", "fixed", {"leads"}, "plan_programme"),
        ("key", "fixed", {"assigns", "decides"}, None),
        ("key", "under_way", {"leads", "decides"}, None),
        ("key", "reported", {"leads"}, None),
        ("key", "reported", {"decides"}, "accept_result"),
        ("joint", "reported", {"decides"}, None),
        ("joint", "reported", {"leads"}, "accept_result"),
    ],
)
def test_what_a_programme_asks_of_a_body(kind: str, state: str, powers: set[str], verb: str | None) -> None:
    names = ("leads", "assigns", "decides", "is_scored")
    assert next_step(kind, state, **{name: name in powers for name in names}) == verb


def test_a_step_of_a_plan_stands_on_the_desk_once_its_day_has_passed(town: Town) -> None:
    programme = made.under_way(town)
    late = programme.steps.get()
    rows = [
        {"what": what, "owner": "", "due_on": day}
        for what, day in (("座谈", made.DUE), ("察看", late.due_on))
    ]
    actions.plan_programme(town.member, programme, at=moment(made.PLANNED), steps=rows)

    def waiting(name: str, day: date) -> list[tuple[str, str, date]]:
        tasks = desk.waiting_for(town.actors[name], day)
        return [(task.verb, str(task.row), task.due_on) for task in tasks if task.noun == "programme_step"]

    assert waiting("member", late.due_on) == []
    assert waiting("member", made.REPORTED) == [
        ("finish_step", "察看", late.due_on),
        ("finish_step", "座谈", made.DUE),
    ]
    assert waiting("office", made.REPORTED) == waiting("housing_officer", made.REPORTED) == []
    actions.report_result(town.member, programme, at=moment(made.REPORTED), words="已完成")
    assert waiting("member", made.REPORTED) == []


NOUNS = {"programme", "programme_step", "owed"}


def _ours() -> int:
    return [area.__name__ for area in desk.AREAS].index("waiting_programmes")


def test_the_loser_of_two_deciders_reads_that_it_was_decided(town: Town) -> None:
    programme = made.nominated(town)
    stale = Programme.objects.get(pk=programme.pk)
    made.decide(town, programme)
    with pytest.raises(Moved):
        actions.decline_programme(town.chairpersons, stale, at=moment(made.DECIDED), words="不列入")


def test_rights_on_programmes(town: Town) -> None:
    programme = made.owing(town)
    rows = {
        "programme": (programme, ProgrammeState),
        "programme_step": (programme.steps.get(), PlannedState),
        "owed": (programme.owed.get(), OwedState),
    }
    lines = [
        f"{noun} {line}" for noun, (row, states) in rows.items() for line in golden(town, noun, row, states)
    ]
    assert lines == RIGHTS.strip().splitlines()


RIGHTS = """
programme nominated office: bundle_suggestions score_programme
programme nominated clerk: bundle_suggestions score_programme
programme nominated member: bundle_suggestions score_programme
programme nominated chairpersons: bundle_suggestions score_programme decide_programme decline_programme
programme fixed office: bundle_suggestions name_capacities plan_programme
programme fixed clerk: bundle_suggestions name_capacities plan_programme
programme fixed member: bundle_suggestions name_capacities plan_programme
programme fixed chairpersons: bundle_suggestions name_capacities plan_programme
programme under_way office: bundle_suggestions name_capacities plan_programme record_visit record_coordination hand_over_point record_face_reply report_programme report_result
programme under_way clerk: bundle_suggestions name_capacities plan_programme record_visit record_coordination hand_over_point record_face_reply report_programme report_result
programme under_way member: bundle_suggestions name_capacities plan_programme record_visit record_coordination hand_over_point record_face_reply report_programme report_result
programme under_way chairpersons: bundle_suggestions name_capacities plan_programme record_visit record_coordination hand_over_point record_face_reply report_programme report_result
programme under_way housing_chief: report_programme
programme under_way housing_deputy_head: report_programme
programme under_way housing_section: report_programme
programme under_way housing_officer: report_programme
programme reported chairpersons: accept_result return_result
programme_step open office: finish_step
programme_step open clerk: finish_step
programme_step open member: finish_step
programme_step open chairpersons: finish_step
owed open housing_chief: report_owed answer_owed
owed open housing_deputy_head: report_owed answer_owed
owed open housing_section: report_owed answer_owed
owed open housing_officer: report_owed answer_owed
owed answered office: verify_owed return_owed
owed answered clerk: verify_owed return_owed
owed answered member: verify_owed return_owed
owed answered chairpersons: verify_owed return_owed
"""
