"""Two hands on every step of every table: cases live their lives by races, and one journal line is written for each deed."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests import cases
from tests.races import at_once, town_to_share
from tests.suggestions.test_closing import AGAIN, dissatisfied, satisfied
from tests.suggestions.test_disputing import RULED, objected
from tests.suggestions.test_papers import LOOKED, PDF, entered
from tests.suggestions.test_promises import JUNE, NOVEMBER, promised
from tests.suggestions.test_rating import AFTER, BAD, GOOD, LATER, marks, rating_of
from tests.town import Town, moment
from tibandu.base.files import store_content
from tibandu.base.flow import Moved, NotYourStep, Refused
from tibandu.base.models import JournalLine
from tibandu.people.models import Unit
from tibandu.people.queries import SYSTEM, Actor
from tibandu.regulations.models import ContactStage, Ground
from tibandu.suggestions import actions
from tibandu.suggestions.enums import Role
from tibandu.suggestions.flow import NOUNS, offered_steps
from tibandu.suggestions.forms import form_of
from tibandu.suggestions.models import (
    AssignmentMeeting,
    CaseFile,
    Handover,
    PaperEntry,
    Promise,
    Reply,
    Suggestion,
)
from tibandu.suggestions.queries.intake import screening_grounds

pytestmark = pytest.mark.django_db(transaction=True)

# Deeds that two may do one after the other, each with its own line; the reason why neither takes from the other.
REPEATABLE = {
    "attach": "each adds files of its own",
    "classify": "a mending; the later one stands and both are told in the journal",
    "urge": "each is a reminder in its own words",
    "record_meeting": "each is a meeting",
    "name_responsible": "the later names stand",
    "plan": "each adds measures and keeps what it was not shown",
    "record_contact": "each is a talk",
    "report_progress": "each is a report",
    "edit_reply": "the later draft stands, both writers are named",
    "attach_scan": "the later scan stands",
    "publish_reply": "the later decision stands",
    "change_rating": "each change keeps the earlier rating and its reason",
    "report_promise": "each is a report",
}


class Deed(NamedTuple):
    """A step about to be taken by two at once: the verb, who, on which row, when, with what, and what the second says else."""

    verb: str
    actor: Actor
    row: Any
    at: datetime
    fields: dict[str, Any]
    second: dict[str, Any]


def deed(
    verb: str, actor: Actor, row: Any, day: date, *, second: dict[str, Any] | None = None, **fields: Any
) -> Deed:
    return Deed(verb, actor, row, moment(day), fields, second or {})


def noun_of(row: Any) -> str:
    return next(noun for noun, (model, _flows) in NOUNS.items() if isinstance(row, model))


def race(step: Deed) -> tuple[str, int, int]:
    """How many won, and how many lines were written; every loser must have been told a sentence."""
    written = JournalLine.objects.filter(
        chain=step.row.journal_case.chain, verb=step.verb, noun=noun_of(step.row), object_id=step.row.pk
    )
    before = written.count()
    windows = [type(step.row).objects.get(pk=step.row.pk) for _ in range(2)]
    action = actions.action_of(step.verb)
    said = [step.fields, step.fields | step.second]
    outcomes = at_once(
        *(
            partial(action, step.actor, row, at=step.at, **fields)
            for row, fields in zip(windows, said, strict=True)
        )
    )
    losers = [told for told in outcomes if isinstance(told, (Moved, NotYourStep, Refused))]
    assert all(isinstance(told, NotYourStep) or str(told).endswith("。") for told in losers), losers
    return step.verb, 2 - len(losers), written.count() - before


def expected(verb: str) -> tuple[str, int, int]:
    return (verb, 2, 2) if verb in REPEATABLE else (verb, 1, 1)


# -- lives ------------------------------------------------------------------------------------------------------------


def of_a_draft(town: Town) -> Iterator[Deed]:
    case, day = cases.draft(town), cases.WRITTEN
    text, other = {"title": "关于东桥的建议", "revision": case.revision}, {"title": "关于西桥的建议"}
    yield deed("edit", town.alice, case, day, second=other, **text)
    yield deed("attach", town.alice, case, day, files=[store_content(PDF, "图.pdf")])
    yield deed("detach", town.alice, case, day, attachment=case.attachments.earliest("pk").pk)
    seats = [town.seats[name] for name in ("bob", "chen", "dora")]
    yield deed("invite", town.alice, case, day, seats=seats)
    bob, chen, dora = (case.proposers.get(seat=seat) for seat in seats)
    case.refresh_from_db()
    yield deed("confirm_text", town.bob, bob, day, digest=cases.digest(case))
    yield deed("leave", town.bob, bob, day)
    yield deed("decline", town.chen, chen, day)
    yield deed("take_off", town.alice, dora, day)
    yield deed("submit", town.alice, case, cases.HANDED_IN)
    yield deed("withdraw", town.alice, case, cases.HANDED_IN)


def of_screening(town: Town) -> Iterator[Deed]:
    for verb in (
        "return_for_edit",
        "refuse",
        "treat_as_letter",
        "pass_for_reference",
        "suggest_withdrawal",
        "send_on",
    ):
        case = cases.submitted(town, cosigners=())
        to = {"sent_to": "某市"} if verb == "send_on" else {}
        ground = screening_grounds(case, verb)[0]
        yield deed(verb, town.office, case, cases.ON_FILE, ground=ground, words="理由", **to)
    case, master = (cases.submitted(town, cosigners=()) for _ in range(2))
    yield deed("merge", town.office, case, cases.ON_FILE, master=master, words="同一件事")
    yield deed("unmerge", town.office, case, cases.ON_FILE)
    yield deed("register", town.office, case, cases.ON_FILE, subject=town.subject)


def of_assigning(town: Town) -> Iterator[Deed]:
    case, day = cases.registered(town, cosigners=()), cases.HANDED_OVER
    file = CaseFile.objects.create(congress=town.congress, title="过街设施", opened_on=day)
    meeting = AssignmentMeeting.objects.create(congress=town.congress, title="交办会", held_on=day)
    yield deed("classify", town.office, case, day, subject=town.subject)
    yield deed("join_file", town.office, case, day, case_file=file)
    yield deed("leave_file", town.office, case, day)
    yield deed("hold_meeting", town.office, meeting, day)
    yield deed("assign", town.office, case, day, organs=[town.government])
    yield deed("hand_over_too", town.office, case, day, organs=[town.court])
    handover = Handover.objects.get(suggestion=case, organ=town.government)
    shares = [{"unit": town.units["housing"], "role": Role.LEAD}]
    yield deed("distribute", town.dispatcher, handover, cases.SPLIT, shares=shares)
    more = [{"unit": town.units["police"], "role": Role.CO}]
    yield deed("add_units", town.dispatcher, handover, cases.SPLIT, shares=more)
    yield deed("urge", town.office, case, cases.TAKEN, words="请抓紧")
    share = cases.share_of(town, case, "housing")
    yield deed("sign_for", town.housing_officer, share, cases.TAKEN)
    other = cases.share_of(town, cases.assigned(town, cosigners=(), lead="finance"), "finance")
    Unit.objects.filter(pk=other.unit_id).update(successor=town.units["transport"], valid_until=cases.TAKEN)
    yield deed("take_over", town.transport_officer, other, cases.TAKEN)
    Unit.objects.filter(pk=other.unit_id).update(successor=None, valid_until=None)


def of_objections(town: Town) -> Iterator[Deed]:
    case = cases.assigned(town, cosigners=())
    share = cases.share_of(town, case, "housing")
    ground = Ground.objects.get(version=town.measure, kind="objection", code="not_ours")
    named = {"ground": ground, "clause": "第四条", "proposed_unit": town.units["transport"]}
    yield deed("object", town.housing_officer, share, cases.TAKEN, reason="不属我局", **named)
    yield deed("reject", town.dispatcher, share.objections.get(), cases.TAKEN, words="不同意")
    second = objected(town, case, day=cases.UNDER_WAY)
    yield deed("escalate", town.dispatcher, second, RULED, words="两家都不认")
    yield deed("uphold", town.chairpersons, second, RULED, unit=town.units["police"], words="同意")
    police = cases.share_of(town, case, "police")
    yield deed("contest", town.alice, police, RULED, reason="应由住建局办")


def of_handling(town: Town) -> Iterator[Deed]:
    case = cases.assigned(town, cos=("transport",))
    share = cases.sign(town, case, "housing")
    people = [{"rank": "principal", "name": "郎定"}, {"rank": "officer", "name": "林溪"}]
    yield deed("name_responsible", town.housing_officer, share, cases.UNDER_WAY, people=people)
    wide = Ground.objects.get(version=town.measure, kind="extension", code="wide")
    until = {"until": date(2026, 7, 1), "ground": wide, "reason": "须会商"}
    yield deed("request_extension", town.housing_officer, share, cases.UNDER_WAY, **until)
    asked = share.extensions.get()
    yield deed("grant_extension", town.office, asked, cases.UNDER_WAY)
    other = cases.sign(town, cases.assigned(town, cosigners=()), "housing")
    refused = actions.request_extension(town.housing_officer, other, at=moment(cases.UNDER_WAY), **until)
    yield deed("refuse_extension", town.office, refused, cases.UNDER_WAY, words="不同意")
    measures = [{"measure": "测算", "owner": "林溪", "due_on": date(2026, 3, 20)}]
    yield deed("plan", town.housing_officer, share, cases.UNDER_WAY, measures=measures)
    item = share.plan.earliest("pk")
    yield deed("report_progress", town.housing_officer, item, cases.TALKED, words="过半")
    yield deed("finish_measure", town.housing_officer, item, cases.TALKED)
    theirs = cases.begin(town, case, "transport")
    said = {"text": "同意", "signed_by": "孟通"}
    yield deed("give_opinion", town.transport_officer, theirs, cases.TALKED, **said)
    first = theirs.opinions.get()
    yield deed("send_back_opinion", town.housing_officer, first, cases.TALKED, words="请补充")
    actions.give_opinion(town.transport_officer, theirs, at=moment(cases.TALKED, 15), **said)
    yield deed("countersign", town.housing_officer, theirs.opinions.latest("pk"), cases.DRAFTED)


def of_talks(town: Town) -> Iterator[Deed]:
    case = cases.handling(town)
    share = cases.share_of(town, case, "housing")
    stage = {code: ContactStage.objects.get(version=town.measure, code=code) for code in ("before", "during")}
    talk = {"mode": "visit", "held_on": cases.TALKED, "said": "同意", "stage": stage["before"]}
    proposers = list(case.proposers.all())
    yield deed("record_contact", town.housing_officer, share, cases.TALKED, proposers=proposers, **talk)
    first, second = share.contacts.filter(proposer__seat=town.seats["alice"]).order_by("pk")
    yield deed("confirm_contact", town.alice, first, cases.TALKED)
    yield deed("dispute_contact", town.alice, second, cases.TALKED, words="没有来")
    waiver = Ground.objects.filter(version=town.measure, kind="waiver").first()
    waived = {"stage": stage["during"], "waiver": waiver, "reason": "出国"}
    yield deed("waive_contact", town.office, share, cases.TALKED, **waived)
    yield deed("let_contact_pass", SYSTEM, share.contacts.filter(state="recorded").first(), AFTER)


def of_a_reply(town: Town) -> Iterator[Deed]:
    case, day = cases.handling(town, cosigners=()), cases.DRAFTED
    share = cases.share_of(town, case, "housing")
    cases.heard(town, share, "before", "during")
    parts = [
        {"ask": ask, "text": text}
        for ask, text in zip(case.asks.order_by("number"), cases.ANSWERS, strict=True)
    ]
    text = {
        "kind": "letter",
        "category": cases.category(town, "A"),
        "contact_name": "林溪",
        "parts": parts,
    }
    yield deed("draft_reply", town.housing_officer, share, day, **text)
    reply = Reply.objects.get(assignment=share)
    yield deed("edit_reply", town.housing_officer, reply, day, **text)
    yield deed("submit_reply", town.housing_officer, reply, day)
    yield deed("return_reply", town.dispatcher, reply, day, words="请改")
    actions.submit_reply(town.housing_officer, reply, at=moment(day, 10))
    yield deed("check_reply", town.dispatcher, reply, day)
    yield deed("send_back_to_drafter", town.housing_chief, reply, day, words="请改")
    cases.checked(town, reply)
    yield deed("sign_reply", town.housing_chief, reply, cases.SENT)
    yield deed("send_reply", town.housing_officer, reply, cases.SENT)
    scan = store_content(PDF, "盖章件.pdf")
    yield deed("attach_scan", town.housing_officer, reply, cases.SENT, scan=scan)
    yield deed("publish_reply", town.housing_officer, reply, cases.SENT, publication="full")
    yield deed("publish", town.office, case, cases.SENT)
    yield deed("correct_reply", town.housing_officer, reply, LATER, words="日期有误")


def of_ratings(town: Town) -> Iterator[Deed]:
    case = cases.replied(town)
    rating = rating_of(town, case, "alice")
    yield deed("rate", town.alice, rating, LATER, marks=marks(GOOD))
    yield deed("change_rating", town.alice, rating, LATER, marks=marks(BAD), reason="未动工", words="不满意")
    yield deed("let_rating_lapse", SYSTEM, rating_of(town, case, "bob"), AFTER)
    no = dissatisfied(town)
    said = {"held_on": LATER, "place": "会议室", "attended": "各方", "agreed": "再办"}
    yield deed("record_meeting", town.office, no, AGAIN, **said)
    yield deed("assign_again", town.office, no, AGAIN, trigger="dissatisfied", words="请给出时间表")
    well = satisfied(town)
    yield deed("close", town.office, well, AGAIN)
    yield deed("reopen", town.office, well, AGAIN, words="仍未开工")


def of_a_withdrawal(town: Town) -> Iterator[Deed]:
    case = cases.handling(town)
    yield deed("request_withdrawal", town.alice, case, AGAIN, reason="已由镇里解决")
    first = case.withdrawals.get()
    yield deed("consent", town.bob, first, AGAIN)
    yield deed("refuse_withdrawal", town.office, first, AGAIN, words="不准")
    actions.request_withdrawal(town.alice, case, at=moment(AGAIN), reason="还是撤回")
    second = case.withdrawals.latest("pk")
    actions.consent(town.bob, second, at=moment(AGAIN))
    yield deed("grant_withdrawal", town.office, second, AGAIN)


def of_promises(town: Town) -> Iterator[Deed]:
    promise = promised(town)
    yield deed("report_promise", town.housing_officer, promise, JUNE, words="桥墩完工")
    later = {"until": date(2026, 12, 20), "words": "汛期停工"}
    yield deed("extend_promise", town.housing_officer, promise, JUNE, **later)
    other = {"what": "建成地下通道", "measure": "通过验收", "words": "地质所限"}
    yield deed("change_promise", town.housing_officer, promise, JUNE, **other)
    yield deed("claim_promise", town.housing_officer, promise, JUNE, proof="通过验收")
    yield deed("refuse_claim", town.office, promise, JUNE, words="未开放")
    actions.claim_promise(town.housing_officer, promise, at=moment(JUNE), proof="已开放")
    yield deed("accept_promise", town.office, promise, JUNE, words="察看属实")
    other = Promise.objects.get(pk=promised(town).pk)
    yield deed("lapse_promise", town.office, other, NOVEMBER, words="逾期")


def of_papers(town: Town) -> Iterator[Deed]:
    entry = entered(town, rating_of(town, cases.replied(town), "alice"))
    form = form_of("confirm_paper")({}, actor=town.office, case=entry, today=LOOKED)
    assert form.is_valid(), form.errors
    yield deed("confirm_paper", town.office, entry, LOOKED, **form.cleaned_data)
    entry = entered(town, rating_of(town, cases.replied(town), "alice"))
    yield deed("refuse_paper", town.office, PaperEntry.objects.get(pk=entry.pk), LOOKED, words="看不清")


LIVES: dict[Callable[[Town], Iterator[Deed]], str] = {
    of_a_draft: "edit attach detach invite confirm_text leave decline take_off submit withdraw",
    of_screening: "return_for_edit refuse treat_as_letter pass_for_reference suggest_withdrawal send_on merge unmerge"
    " register",
    of_assigning: "classify join_file leave_file hold_meeting assign hand_over_too distribute add_units urge sign_for"
    " take_over",
    of_objections: "object reject escalate uphold contest",
    of_handling: "name_responsible request_extension grant_extension refuse_extension plan report_progress"
    " finish_measure give_opinion send_back_opinion countersign",
    of_talks: "record_contact confirm_contact dispute_contact waive_contact let_contact_pass",
    of_a_reply: "draft_reply edit_reply submit_reply return_reply check_reply send_back_to_drafter sign_reply"
    " send_reply attach_scan publish_reply publish correct_reply",
    of_ratings: "rate change_rating let_rating_lapse record_meeting assign_again close reopen",
    of_a_withdrawal: "request_withdrawal consent refuse_withdrawal grant_withdrawal",
    of_promises: "report_promise extend_promise change_promise claim_promise refuse_claim accept_promise"
    " lapse_promise",
    of_papers: "confirm_paper refuse_paper",
}


# -- the races --------------------------------------------------------------------------------------------------------


@pytest.fixture
def town(transactional_db: None, tmp_path: Path) -> Iterator[Town]:
    with town_to_share(tmp_path) as shared:
        yield shared


def test_of_two_at_once_one_wins_and_the_other_is_told(town: Town) -> None:
    told = {life.__name__: [race(step) for step in life(town)] for life in LIVES}
    assert told == {
        life.__name__: [expected(verb) for verb in verbs.split()] for life, verbs in LIVES.items()
    }


@pytest.mark.django_db(transaction=False)
def test_every_step_that_is_offered_is_raced() -> None:
    """Quiet steps are taken by other steps under the same lock; the two that the clock takes are raced too."""
    raced = " ".join(LIVES.values()).split()
    assert sorted({step.verb for _noun, step in offered_steps()} - set(raced)) == []
    assert len(raced) == len(set(raced))


def merging(town: Town, case: Suggestion, master: Suggestion) -> Callable[[], Any]:
    case, master = (Suggestion.objects.get(pk=one.pk) for one in (case, master))
    day = moment(cases.ON_FILE)
    return partial(actions.merge, town.office, case, at=day, master=master, words="同一件事")


def test_what_meets_crosswise_waits_instead_of_locking_up(town: Town) -> None:
    """A merge and its reverse; then an unmerge and the withdrawal of its master."""
    day = moment(cases.ON_FILE)
    for _ in range(4):
        case, master = (cases.submitted(town, cosigners=()) for _ in range(2))
        outcomes = at_once(merging(town, case, master), merging(town, master, case))
        assert (outcomes.count(None), sum(isinstance(told, Refused) for told in outcomes)) == (1, 1)
        case = Suggestion.objects.get(pk__in=[case.pk, master.pk], state="merged")
        master = Suggestion.objects.get(pk=case.merged_into_id)
        outcomes = at_once(
            partial(actions.unmerge, town.office, case, at=day),
            partial(actions.withdraw, town.alice, master, at=day),
        )
        assert outcomes[1] is None
        states = [Suggestion.objects.get(pk=one.pk).state for one in (case, master)]
        assert states == ["submitted", "withdrawn"]
        assert JournalLine.objects.filter(chain=case.chain, verb="unmerge").count() == 1
