"""How the office screens: accept with a number, the other outcomes, merge and unmerge, paper, stubs, other levels."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import connection

from tests import cases
from tests.town import Town, build, moment
from tibandu.base.flow import Moved, NotYourStep, Refused
from tibandu.base.journal import verify
from tibandu.people.models import Message
from tibandu.people.queries import SYSTEM
from tibandu.regulations import actions as regulations
from tibandu.suggestions import actions, flow, queries
from tibandu.suggestions.enums import Consent, Nature, State
from tibandu.suggestions.models import Screening, Series, Suggestion

DAY = moment(date(2026, 2, 20))


def ground(suggestion: Suggestion, code: str):
    return suggestion.regulation.grounds.get(kind="screening", code=code)


def test_numbers_follow_their_series(town: Town) -> None:
    session = [cases.registered_in_session(town).number_text for _ in range(2)]
    between = [cases.registered(town).number_text for _ in range(2)]
    assert (session, between) == (["6-5-001", "6-5-002"], ["闭2026-001", "闭2026-002"])


def test_the_committee_follows_from_the_class(town: Town) -> None:
    made = cases.registered(town)
    assert (made.committee, made.registered_on) == (town.units["committee"], cases.ON_FILE)


def test_two_clerks_register_and_one_number_is_given(town: Town) -> None:
    made = cases.submitted(town)
    mine, stale = Suggestion.objects.get(pk=made.pk), Suggestion.objects.get(pk=made.pk)
    actions.register(town.office, mine, at=DAY, subject=town.subject)
    with pytest.raises(Moved):
        actions.register(town.clerk, stale, at=DAY, subject=town.subject)
    assert Series.objects.get().last == 1


@pytest.mark.django_db(transaction=True)
def test_numbers_have_no_gap_and_no_double_under_concurrency(transactional_db: None) -> None:
    town = build()
    made = [cases.submitted(town, cosigners=[]) for _ in range(8)]

    def register(suggestion: Suggestion) -> None:
        try:
            actions.register(town.office, suggestion, at=DAY)
        finally:
            connection.close()

    threads = 1 if connection.vendor == "sqlite" and connection.is_in_memory_db() else 4
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(register, made))
    numbers = sorted(Suggestion.objects.values_list("number", flat=True))
    assert (numbers, list(verify())) == (list(range(1, 9)), [])


@pytest.mark.parametrize(
    ("verb", "code", "state"),
    [
        ("return_for_edit", "empty", State.RETURNED),
        ("refuse", "complaint", State.NOT_ACCEPTED),
        ("treat_as_letter", "forwarded", State.LETTER),
        ("pass_for_reference", "remit", State.REFERENCE),
        ("suggest_withdrawal", "personal", State.WITHDRAWAL_SUGGESTED),
    ],
)
def test_an_outcome_has_a_ground_words_and_a_notice(town: Town, verb: str, code: str, state: State) -> None:
    made = cases.submitted(town)
    action = actions.action_of(verb)
    with pytest.raises(Refused):
        action(town.office, made, at=DAY, ground=ground(made, code), words=" ")
    action(town.office, made, at=DAY, ground=ground(made, code), words="理由如下。")
    told = Message.objects.filter(seat__in=[town.seats["alice"], town.seats["bob"]], told_at=DAY)
    assert (made.state, told.count()) == (state, 2)
    record = Screening.objects.get(suggestion=made)
    assert (record.outcome, record.ground.code, record.words) == (verb, code, "理由如下。")


def test_a_ground_that_does_not_allow_the_outcome_is_refused(town: Town) -> None:
    made = cases.submitted(town)
    with pytest.raises(Refused) as refusal:
        actions.refuse(town.office, made, at=DAY, ground=ground(made, "several_matters"), words="几件事")
    assert list(refusal.value.fields) == ["ground"]


def test_only_the_office_of_the_same_congress_screens(town: Town) -> None:
    made = cases.submitted(town)
    for actor in (town.foreign_office, town.alice, town.dispatcher):
        with pytest.raises(NotYourStep):
            actions.register(actor, made, at=DAY, subject=None)


def test_what_was_asked_to_be_withdrawn_and_is_not_may_be_refused(town: Town) -> None:
    made = cases.submitted(town)
    actions.suggest_withdrawal(town.office, made, at=DAY, ground=ground(made, "personal"), words="请撤回")
    actions.refuse(town.office, made, at=DAY, ground=ground(made, "personal"), words="未撤回")
    assert made.state == State.NOT_ACCEPTED


def test_merging_keeps_the_number_and_brings_the_authors_along(town: Town) -> None:
    master = cases.registered(town, cosigners=["bob"])
    twin = cases.registered(town, by=town.chen, cosigners=["bob", "dora"])
    actions.merge(town.office, twin, at=DAY, master=master, words="同一座桥")
    behind = list(master.proposers.order_by("position").values_list("name", "origin_suggestion"))
    assert behind == [("安立夏", None), ("柏远", None), ("陈牧", twin.pk), ("杜若", twin.pk)]
    assert (twin.state, twin.number_text, twin.merged_into) == (State.MERGED, "闭2026-002", master)


def test_unmerging_gives_back_number_and_authors(town: Town) -> None:
    master, twin = cases.registered(town), cases.registered(town, by=town.chen, cosigners=[])
    actions.merge(town.office, twin, at=DAY, master=master, words="同一座桥")
    actions.unmerge(town.office, twin, at=DAY, words="其实是两件事")
    assert (twin.state, twin.merged_into) == (State.REGISTERED, None)
    assert master.proposers.get(name="陈牧").state == Consent.LEFT
    actions.merge(town.office, twin, at=DAY, master=master, words="再合并")
    assert master.proposers.get(name="陈牧").state == Consent.CONFIRMED


def test_the_merged_lives_on_when_the_master_is_withdrawn(town: Town) -> None:
    master = cases.registered(town, cosigners=[])
    twin = cases.submitted(town, by=town.chen, cosigners=[])
    actions.merge(town.office, twin, at=DAY, master=master, words="同一座桥")
    actions.unmerge(town.office, twin, at=DAY)
    assert twin.state == State.SUBMITTED
    actions.merge(town.office, twin, at=DAY, master=master, words="同一座桥")
    town_master = Suggestion.objects.get(pk=master.pk)
    town_master.proposers.filter(
        name="陈牧"
    ).delete()  # a joint master is withdrawn by all; here only its lead is left
    actions.withdraw(town.alice, town_master, at=DAY)
    twin.refresh_from_db()
    assert (town_master.state, twin.state, twin.merged_into) == (State.WITHDRAWN, State.SUBMITTED, None)


def test_nothing_is_merged_into_itself_or_into_another_tenant(town: Town) -> None:
    made = cases.submitted(town)
    with pytest.raises(Refused):
        actions.merge(town.office, made, at=DAY, master=made, words="自己")


def test_classifying_mends_and_masks(town: Town) -> None:
    made = cases.registered(town)
    actions.classify(
        town.office, made, at=DAY, subject=town.subject, nature=Nature.SUGGESTION, is_masked=True
    )
    assert queries.author_names(town.chen, queries.visible_to(SYSTEM).get(pk=made.pk)) == ["（提出人保密）"]


def with_district_measure(town: Town) -> None:
    version = regulations.install_profile(
        SYSTEM, town.district, "hunan-district", at=DAY, effective_on=date(2026, 1, 1), label="2026年"
    )
    regulations.enact(SYSTEM, version, at=DAY, effective_on=date(2026, 1, 1))


def test_what_is_sent_on_arrives_at_the_other_congress(town: Town) -> None:
    with_district_measure(town)
    made = cases.submitted(town)
    remit = ground(made, "remit")
    with pytest.raises(Refused):
        actions.send_on(town.office, made, at=DAY, ground=remit, words="属区级职权")
    actions.send_on(town.office, made, at=DAY, ground=remit, words="属区级职权", congress=town.district)
    copy = Suggestion.objects.get(congress=town.district)
    assert (made.state, made.sent_to) == (State.SENT_ON, "汀溪区")
    assert (copy.state, copy.received_from, copy.asks.count()) == (State.SUBMITTED, "兴澜市", 2)
    assert queries.visible_to(town.alice).filter(pk=copy.pk).exists()
    actions.register(town.foreign_office, copy, at=DAY)
    assert copy.number_text == "闭2026-001"


def test_the_office_types_in_a_paper_for_its_authors(town: Town) -> None:
    text = {"title": "关于清理河道的建议", "facts": "河道淤积。", "asks": ["清淤"]}
    made = actions.enter(
        town.clerk, at=DAY, seats=[town.seats["bob"], town.seats["chen"]], nature=Nature.MOTION, **text
    )
    assert (made.state, made.nature) == (State.SUBMITTED, Nature.MOTION)
    assert [(p.name, p.is_lead) for p in made.proposers.all()] == [("柏远", True), ("陈牧", False)]
    with pytest.raises(NotYourStep):
        actions.enter(town.alice, at=DAY, seats=[town.seats["bob"]], **text)
    with pytest.raises(Refused):
        actions.enter(town.clerk, at=DAY, **text)


def test_what_another_level_passed_on_is_put_on_file_at_once(town: Town) -> None:
    made = actions.receive_transfer(
        town.office,
        at=DAY,
        received_from="澜江省人大",
        external_no="0123",
        names=["祁连"],
        title="关于高铁站接驳的建议",
        facts="接驳不便。",
        asks=["增开专线"],
        subject=town.subject,
    )
    assert (made.state, made.number_text, made.external_no) == (State.REGISTERED, "闭2026-001", "0123")


def test_a_classified_item_is_number_day_and_unit(town: Town) -> None:
    made = actions.register_classified(town.office, at=DAY, unit_words="市公安局")
    assert (made.number_text, made.title, made.sent_to) == ("闭2026-001", "涉密件", "市公安局")
    assert not queries.visible_to(town.member).filter(pk=made.pk).exists()
    assert not queries.visible_to(town.bob).filter(pk=made.pk).exists()
    offered = {
        offer.verb: offer.refusal for offer in flow.offers(town.office, "suggestion", made, DAY.date())
    }
    assert offered["assign"] == "涉密件线下办理。"
