"""Knows how a suggestion becomes a lead and a paper becomes a suggestion, and that the procuratorate's case is its own."""

from datetime import date
from pathlib import Path

import pytest

from tests import cases
from tests.oversight import referrals_cases as c
from tests.oversight.rights import golden
from tests.races import at_once, town_to_share
from tests.town import Town, moment
from tibandu.base.flow import Moved, NotYourStep, Refused
from tibandu.base.journal import verify
from tibandu.oversight import actions
from tibandu.oversight.enums import ReferralState
from tibandu.oversight.flow.referrals import CASE
from tibandu.oversight.models import Referral
from tibandu.oversight.queries import desk
from tibandu.oversight.queries import referrals as queries
from tibandu.people.models import Message
from tibandu.suggestions.actions import classify
from tibandu.suggestions.enums import State
from tibandu.suggestions.models import Suggestion

S = ReferralState


@pytest.fixture
def town(town: Town) -> Town:
    return c.with_procuratorate(town)


def told(town: Town, who: str) -> list[str]:
    """What a deputy was told of referrals, oldest first."""
    rows = Message.objects.filter(seat=town.seats[who], title__contains="线索").order_by("pk")
    return list(rows.values_list("title", flat=True))


def test_a_lead_is_rectified_and_its_result_reaches_the_deputy(town: Town) -> None:
    suggestion = cases.registered(town)
    referral = c.recommended(town, suggestion)
    assert (referral.due_on, referral.agency) == (date(2026, 4, 27), town.units["housing"])
    actions.record_agency_reply(
        town.prosecutor, referral, at=moment(c.REPLIED), replied_on=c.REPLIED, words="已完成坡道改造。"
    )
    actions.find_rectified(town.prosecutor, referral, at=moment(c.ENDED), words="现场查看，坡道已通。")
    actions.conclude_case(
        town.prosecutor, referral, **c.paper("兴检终〔2026〕1号", c.ENDED, "已整改，终结案件。")
    )
    referral.refresh_from_db()
    suggestion.refresh_from_db()
    assert (referral.state, referral.closed_on, suggestion.state) == (S.CLOSED, c.ENDED, State.REGISTERED)
    assert told(town, "alice")[-1].startswith("公益诉讼线索已终结")
    assert Message.objects.filter(unit=town.units["housing"], title__startswith="收到检察建议").count() == 1
    assert list(verify()) == []


def test_an_urgent_recommendation_leaves_fifteen_days(town: Town) -> None:
    """The fifteenth day is a Saturday, so the clock runs to Monday."""
    assert c.recommended(town, is_urgent=True).due_on == date(2026, 3, 16)


def test_each_paper_is_owed_to_the_congress_within_ten_days(town: Town) -> None:
    referral = c.recommended(town)
    assert [paper.due_on for paper in c.owed(referral)] == [date(2026, 3, 6), date(2026, 3, 9)]
    first = c.owed(referral)[0]
    assert queries.papers_visible_to(town.office).count() == 0
    actions.copy_paper(town.prosecutor, first, at=moment(date(2026, 3, 2)))
    assert list(queries.papers_visible_to(town.office)) == [first]
    with pytest.raises(Moved):
        actions.copy_paper(town.prosecutor, first, at=moment(date(2026, 3, 3)))


def test_a_lead_is_not_filed_with_its_reason(town: Town) -> None:
    referral = c.passed(town)
    actions.log_lead(town.prosecutor, referral, at=moment(c.LOGGED), case_no="兴检线〔2026〕1号")
    actions.assess_lead(town.prosecutor, referral, at=moment(c.ASSESSED), words="行政机关已着手整改。")
    actions.not_file(town.prosecutor, referral, at=moment(c.FILED), words="已在履职，不符合立案条件。")
    referral.refresh_from_db()
    assert (referral.state, referral.outcome) == (S.NOT_FILED, "已在履职，不符合立案条件。")
    assert told(town, "alice")[-1].startswith("公益诉讼线索不予立案")


def test_nobody_calls_an_agency_idle_before_its_time_is_over(town: Town) -> None:
    referral = c.recommended(town)
    with pytest.raises(Refused, match="回复期限还没有到"):
        actions.find_not_rectified(
            town.prosecutor, referral, at=moment(date(2026, 4, 27)), words="逾期未回复。"
        )
    actions.find_not_rectified(town.prosecutor, referral, at=moment(date(2026, 4, 28)), words="逾期未回复。")
    actions.bring_suit(town.prosecutor, referral, **c.paper("兴检诉〔2026〕1号", date(2026, 5, 6)))
    actions.record_judgment(
        town.prosecutor, referral, **c.paper("兴行初〔2026〕9号", date(2026, 6, 8), "责令限期履职。")
    )
    actions.conclude_case(
        town.prosecutor, referral, **c.paper("兴检终〔2026〕2号", date(2026, 7, 1), "已履行。")
    )
    referral.refresh_from_db()
    assert referral.state == S.CLOSED


def test_a_recommendation_names_an_agency_and_sound_days(town: Town) -> None:
    referral = c.filed(town)
    served = {"received_on": c.SERVED, "agency_name": ""}
    with pytest.raises(Refused, match="哪个行政机关"):
        actions.recommend(town.prosecutor, referral, **c.paper("一号", c.SERVED, **served))
    early = {"received_on": c.FILED, "agency_name": "某局"}
    with pytest.raises(Refused, match="送达日期不能早于"):
        actions.recommend(town.prosecutor, referral, **c.paper("一号", c.SERVED, **early))
    again = {"kind": "filing"}
    with pytest.raises(Refused, match="已经登记"):
        actions.add_case_paper(town.prosecutor, referral, **c.paper("兴检立〔2026〕1号", c.FILED, **again))


def test_one_suggestion_has_one_open_lead(town: Town) -> None:
    suggestion = cases.registered(town)
    first = c.screened(town, suggestion)
    with pytest.raises(Refused, match="已有正在办理的线索"):
        c.screened(town, suggestion)
    actions.drop_referral(town.office, first, at=moment(c.PASSED), words="不涉及公共利益。")
    assert c.screened(town, suggestion, by=town.member).state == S.SCREENED


def test_a_lead_needs_a_suggestion_on_file_and_the_congress_s_hand(town: Town) -> None:
    with pytest.raises(Refused, match="立案编号以后"):
        c.screened(town, cases.submitted(town))
    suggestion = cases.registered(town, by=town.chen, cosigners=())
    for actor in (town.alice, town.housing_chief, town.prosecutor, town.foreign_office):
        with pytest.raises(NotYourStep):
            c.screened(town, suggestion, by=actor)


def test_nobody_but_the_procuratorate_moves_a_case(town: Town) -> None:
    referral = c.passed(town)
    theirs = {"prosecutor", "prosecutor_chief"}
    for name, actor in town.actors.items():
        for step in CASE.steps:
            assert step.role.holds(actor, referral) == (name in theirs), (name, step.verb)
    with pytest.raises(NotYourStep):
        actions.log_lead(town.office, referral, at=moment(c.LOGGED), case_no="一号")


def test_who_may_do_what_in_every_state(town: Town) -> None:
    referral = c.passed(town)
    referral.asked = town.seats["chen"]
    assert golden(town, "referral", referral, S) == GOLDEN


def test_both_sides_keep_a_consultation_and_the_congress_its_notes(town: Town) -> None:
    referral = c.filed(town)
    met = {"held_on": c.FILED, "attended": "高言、容正", "words": "交换了意见。", "agreed": "联合回访。"}
    actions.record_consultation(town.prosecutor, referral, at=moment(c.FILED, 15), **met)
    actions.record_consultation(town.member, referral, at=moment(c.FILED, 16), **met)
    actions.note_referral(town.office, referral, at=moment(c.SERVED), words="已向代表说明进展。")
    copied = c.paper("兴检立〔2026〕7号", c.FILED, kind="other")
    actions.record_copy(town.office, referral, **copied)
    referral.refresh_from_db()
    assert (referral.consultations.count(), referral.state) == (2, S.FILED)
    with pytest.raises(Refused, match="日期不能晚于今天"):
        actions.record_consultation(
            town.office, referral, at=moment(c.FILED), **met | {"held_on": date(2026, 3, 1)}
        )


def masked(town: Town) -> Suggestion:
    suggestion = cases.registered(town)
    classify(town.office, suggestion, at=moment(c.SCREENED), subject=town.subject, is_masked=True)
    return suggestion


@pytest.mark.parametrize("says_so", [False, True])
def test_a_masked_author_stays_masked_unless_the_congress_says_otherwise(town: Town, says_so: bool) -> None:
    referral = c.passed(town, masked(town), names_authors=says_so)
    found = queries.referrals_visible_to(town.prosecutor).get(pk=referral.pk)
    assert queries.names_of(town.prosecutor, found) == (["安立夏", "柏远"] if says_so else [queries.MASKED])
    assert queries.names_of(town.office, found) == ["安立夏", "柏远"]


def test_a_paper_becomes_a_suggestion_and_its_result_goes_back(town: Town) -> None:
    referral = c.asked(town)
    made = actions.accept_drafting(town.chen, referral, at=moment(c.ASSESSED))
    assert "兴检建〔2026〕2号" in made.facts
    assert made.state == State.DRAFT
    referral.refresh_from_db()
    assert (referral.state, referral.suggestion) == (S.DRAFTING, made)
    assert queries.shown_suggestion(referral) is None
    with pytest.raises(Refused, match="还没有办出结果"):
        actions.report_back(town.office, referral, at=moment(c.SERVED), words="已办。")
    Suggestion.objects.filter(pk=made.pk).update(state=State.CLOSED)
    referral = Referral.objects.get(pk=referral.pk)
    assert [task.verb for task in queries.desk(town.office, c.SERVED)] == ["report_back"]
    actions.report_back(town.office, referral, at=moment(c.SERVED), words="住建局已出台管护办法。")
    referral.refresh_from_db()
    assert referral.state == S.CLOSED
    rows = Message.objects.filter(unit=town.units["procuratorate"], title__contains="办理结果")
    assert rows.count() == 1


def test_a_deputy_may_decline_and_another_is_asked(town: Town) -> None:
    referral = c.asked(town)
    with pytest.raises(NotYourStep):
        actions.accept_drafting(town.dora, referral, at=moment(c.ASSESSED))
    actions.decline_drafting(town.chen, referral, at=moment(c.ASSESSED), words="不熟悉。")
    actions.ask_deputy(town.office, referral, at=moment(c.FILED), seat=town.seats["dora"])
    actions.accept_drafting(town.dora, referral, at=moment(c.SERVED))
    referral.refresh_from_db()
    assert referral.suggestion is not None
    assert referral.suggestion.proposers.get().name == "杜若"


def test_a_paper_is_set_aside_or_taken_in_by_the_office_only(town: Town) -> None:
    referral = c.received(town, by=town.office)
    actions.set_paper_aside(town.office, referral, at=moment(c.PASSED), words="个案，不需要建议。")
    referral.refresh_from_db()
    assert referral.state == S.SET_ASIDE
    for actor in (town.alice, town.housing_chief, town.member):
        with pytest.raises(NotYourStep):
            c.received(town, by=actor)


def test_the_desk_says_what_waits_for_whom(town: Town, django_assert_num_queries: object) -> None:
    c.recommended(town)
    c.asked(town)
    theirs = [(task.noun, task.verb, task.due_on) for task in queries.desk(town.prosecutor, c.SERVED)]
    assert theirs == [
        ("referral", "record_agency_reply", date(2026, 4, 27)),
        ("procuratorial_paper", "copy_paper", date(2026, 3, 6)),
        ("procuratorial_paper", "copy_paper", date(2026, 3, 9)),
    ]
    assert [task.verb for task in queries.desk(town.chen, c.SERVED)] == ["accept_drafting"]
    assert queries.desk in desk.AREAS
    for actor, cost in ((town.prosecutor, 2), (town.office, 1), (town.chen, 1), (town.housing_chief, 0)):
        with django_assert_num_queries(cost):  # type: ignore[operator]
            list(queries.desk(actor, c.SERVED))


def test_who_sees_a_referral(town: Town) -> None:
    referral = c.screened(town)
    seen = [name for name, actor in town.actors.items() if _sees(actor, referral)]
    assert seen == ["office", "clerk", "member", "chairpersons"]
    Referral.objects.filter(pk=referral.pk).update(state=S.RECOMMENDED, agency=town.units["housing"])
    seen = [name for name, actor in town.actors.items() if _sees(actor, referral)]
    assert seen == [
        "alice", "bob", "office", "clerk", "member", "chairpersons", "housing_chief", "housing_deputy_head",
        "housing_section", "housing_officer", "prosecutor", "prosecutor_chief",
    ]  # fmt: skip
    assert queries.beside(town.alice, referral.suggestion)[0].word == "已发检察建议"


def _sees(actor: object, referral: Referral) -> bool:
    return queries.referrals_visible_to(actor).filter(pk=referral.pk).exists()  # type: ignore[arg-type]


@pytest.mark.django_db(transaction=True)
def test_two_prosecutors_register_one_lead_once(transactional_db: None, tmp_path: Path) -> None:
    with town_to_share(tmp_path) as town:
        referral = c.passed(c.with_procuratorate(town))

        def log(name: str) -> object:
            row = Referral.objects.get(pk=referral.pk)
            return actions.log_lead(town.actors[name], row, at=moment(c.LOGGED), case_no=f"{name}号")

        done = at_once(lambda: log("prosecutor"), lambda: log("prosecutor_chief"))
        assert sorted(type(result).__name__ for result in done) == ["Moved", "NoneType"]


GOLDEN = """\
screened office: pass_referral drop_referral
screened clerk: pass_referral drop_referral
passed office: note_referral record_copy record_consultation
passed clerk: note_referral record_copy record_consultation
passed member: note_referral record_consultation
passed chairpersons: note_referral record_consultation
passed prosecutor: record_consultation log_lead add_case_paper
passed prosecutor_chief: record_consultation log_lead add_case_paper
logged office: note_referral record_copy record_consultation
logged clerk: note_referral record_copy record_consultation
logged member: note_referral record_consultation
logged chairpersons: note_referral record_consultation
logged prosecutor: record_consultation assess_lead add_case_paper
logged prosecutor_chief: record_consultation assess_lead add_case_paper
assessed office: note_referral record_copy record_consultation
assessed clerk: note_referral record_copy record_consultation
assessed member: note_referral record_consultation
assessed chairpersons: note_referral record_consultation
assessed prosecutor: record_consultation not_file file_case add_case_paper
assessed prosecutor_chief: record_consultation not_file file_case add_case_paper
not_filed office: note_referral record_copy record_consultation
not_filed clerk: note_referral record_copy record_consultation
not_filed member: note_referral record_consultation
not_filed chairpersons: note_referral record_consultation
not_filed prosecutor: record_consultation
not_filed prosecutor_chief: record_consultation
filed office: note_referral record_copy record_consultation
filed clerk: note_referral record_copy record_consultation
filed member: note_referral record_consultation
filed chairpersons: note_referral record_consultation
filed prosecutor: record_consultation recommend add_case_paper
filed prosecutor_chief: record_consultation recommend add_case_paper
recommended office: note_referral record_copy record_consultation
recommended clerk: note_referral record_copy record_consultation
recommended member: note_referral record_consultation
recommended chairpersons: note_referral record_consultation
recommended prosecutor: record_consultation record_agency_reply find_rectified find_not_rectified add_case_paper
recommended prosecutor_chief: record_consultation record_agency_reply find_rectified find_not_rectified add_case_paper
agency_replied office: note_referral record_copy record_consultation
agency_replied clerk: note_referral record_copy record_consultation
agency_replied member: note_referral record_consultation
agency_replied chairpersons: note_referral record_consultation
agency_replied prosecutor: record_consultation find_rectified find_not_rectified add_case_paper
agency_replied prosecutor_chief: record_consultation find_rectified find_not_rectified add_case_paper
rectified office: note_referral record_copy record_consultation
rectified clerk: note_referral record_copy record_consultation
rectified member: note_referral record_consultation
rectified chairpersons: note_referral record_consultation
rectified prosecutor: record_consultation conclude_case add_case_paper
rectified prosecutor_chief: record_consultation conclude_case add_case_paper
not_rectified office: note_referral record_copy record_consultation
not_rectified clerk: note_referral record_copy record_consultation
not_rectified member: note_referral record_consultation
not_rectified chairpersons: note_referral record_consultation
not_rectified prosecutor: record_consultation bring_suit add_case_paper
not_rectified prosecutor_chief: record_consultation bring_suit add_case_paper
suit office: note_referral record_copy record_consultation
suit clerk: note_referral record_copy record_consultation
suit member: note_referral record_consultation
suit chairpersons: note_referral record_consultation
suit prosecutor: record_consultation record_judgment add_case_paper
suit prosecutor_chief: record_consultation record_judgment add_case_paper
judged office: note_referral record_copy record_consultation
judged clerk: note_referral record_copy record_consultation
judged member: note_referral record_consultation
judged chairpersons: note_referral record_consultation
judged prosecutor: record_consultation conclude_case add_case_paper
judged prosecutor_chief: record_consultation conclude_case add_case_paper
received office: evaluate_paper set_paper_aside
received clerk: evaluate_paper set_paper_aside
evaluated office: set_paper_aside ask_deputy
evaluated clerk: set_paper_aside ask_deputy
asked chen: accept_drafting decline_drafting
drafting office: report_back
drafting clerk: report_back
closed office: note_referral record_copy record_consultation
closed clerk: note_referral record_copy record_consultation
closed member: note_referral record_consultation
closed chairpersons: note_referral record_consultation
closed prosecutor: record_consultation
closed prosecutor_chief: record_consultation
""".splitlines()
