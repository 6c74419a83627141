"""Knows each verb of the rolls: what it changes, what it refuses, and that it leaves a line."""

from datetime import date

import pytest

from tests.town import TODAY, Town, moment
from tibandu.base import journal
from tibandu.base.flow import NotYourStep, Refused
from tibandu.base.models import JournalLine
from tibandu.people import actions, queries
from tibandu.people.enums import Competence, Level, Rank, Scope, System
from tibandu.people.models import Account, Appointment, Group, Person, ServiceToken, Term
from tibandu.people.queries import SYSTEM

AT = moment(TODAY)
LATER = date(2026, 6, 1)


def verbs(town: Town) -> list[str]:
    return list(
        JournalLine.objects.filter(chain=town.congress.chain).order_by("seq").values_list("verb", flat=True)
    )


def newcomer(town: Town, name: str = "新来") -> Person:
    return actions.add_person(town.office, town.congress, name=name, at=AT)


def test_a_renamed_unit_answers_to_its_old_names(town: Town) -> None:
    housing = town.units["housing"]
    actions.rename_unit(town.office, housing, name="兴澜市住房城乡建设和更新局", short_name="市住更局", at=AT)
    names = queries.units_by_name(town.congress.pk)
    assert names["兴澜市住房和城乡建设局"] == names["市住建局"] == names["市住更局"] == housing
    assert verbs(town)[-1] == "unit.rename"
    assert list(journal.verify()) == []


def test_a_merged_unit_hands_names_and_powers_to_its_successor_and_its_posts_fall_vacant(town: Town) -> None:
    old, new = town.units["chairpersons"], town.units["committee"]
    actions.merge_unit(town.office, old, successor=new, on=LATER, at=AT)
    assert queries.unit_holding(town.congress.pk, Competence.DECIDE) == new
    assert queries.units_by_name(town.congress.pk)["市人大主任会议"] == new
    assert Appointment.objects.get(post__unit=old).until == LATER
    assert old not in queries.units_in_being(town.congress.pk, LATER)
    assert old in queries.units_in_being(town.congress.pk, TODAY)


def test_a_dispatch_office_that_is_merged_is_followed_by_its_successor(town: Town) -> None:
    actions.merge_unit(town.office, town.units["dispatch"], successor=town.units["finance"], on=LATER, at=AT)
    town.government.refresh_from_db()
    assert town.government.dispatcher == town.units["finance"]


@pytest.mark.parametrize(("key", "sentence"), [
    ("dispatch", "该单位还是分办机构，请先另定分办机构。"),
    ("chairpersons", "该单位还承担决定、裁定申退，请先改由别的单位承担。"),
])  # fmt: skip
def test_a_unit_with_duties_is_not_ended(town: Town, key: str, sentence: str) -> None:
    with pytest.raises(Refused) as refusal:
        actions.end_unit(town.office, town.units[key], on=LATER, at=AT)
    assert str(refusal.value) == sentence


def test_a_unit_ends_once(town: Town) -> None:
    actions.end_unit(town.office, town.units["police"], on=LATER, words="机构改革", at=AT)
    with pytest.raises(Refused, match="该单位已撤销。"):
        actions.end_unit(town.office, town.units["police"], on=LATER, at=AT)


def test_two_units_of_an_organ_do_not_share_a_name(town: Town) -> None:
    with pytest.raises(Refused, match="兴澜市人民政府已有名为“兴澜市财政局”的单位。"):
        actions.add_unit(town.office, town.government, name="兴澜市财政局", at=AT)


@pytest.mark.parametrize("who", ["alice", "housing_chief", "member", "foreign_office"])
def test_only_the_office_and_administrators_keep_the_rolls(town: Town, who: str) -> None:
    with pytest.raises(NotYourStep):
        actions.add_unit(town.actors[who], town.government, name="兴澜市新局", at=AT)


def test_a_power_goes_only_to_a_unit_of_the_congress(town: Town) -> None:
    actions.set_competence(
        town.office, town.congress, competence=Competence.CLOSE, unit=town.units["chairpersons"], at=AT
    )
    assert queries.unit_holding(town.congress.pk, Competence.CLOSE) == town.units["chairpersons"]
    with pytest.raises(Refused, match="权限只能交给本级人大系统的单位。"):
        actions.set_competence(
            town.office, town.congress, competence=Competence.CLOSE, unit=town.units["housing"], at=AT
        )


def test_the_power_over_money_may_be_the_governments(town: Town) -> None:
    power, court = {"competence": Competence.FUND, "at": AT}, town.units["court_office"]
    actions.set_competence(town.office, town.congress, unit=town.units["housing"], **power)
    assert queries.unit_holding(town.congress.pk, Competence.FUND) == town.units["housing"]
    with pytest.raises(Refused, match="权限只能交给本级人大系统的单位。"):
        actions.set_competence(town.office, town.congress, unit=court, **power)


def test_a_person_is_appointed_once_and_relieved_once(town: Town) -> None:
    person = newcomer(town)
    post = actions.add_post(town.office, town.units["housing"], title="信访专员", rank=Rank.OFFICER, at=AT)
    appointment = actions.appoint(town.office, post, person=person, since=TODAY, at=AT)
    with pytest.raises(Refused, match="新来已任此职。"):
        actions.appoint(town.office, post, person=person, since=TODAY, at=AT)
    actions.relieve(town.office, appointment, until=LATER, at=AT)
    with pytest.raises(Refused, match="此任职已经结束。"):
        actions.relieve(town.office, appointment, until=LATER, at=AT)
    assert queries.actor_for(person.pk, f"post:{appointment.pk}", TODAY) is not None
    assert queries.actor_for(person.pk, f"post:{appointment.pk}", LATER) is None
    assert verbs(town)[-4:] == ["person.add", "post.add", "appointment.appoint", "appointment.relieve"]


def test_a_deputy_sits_once_under_one_card(town: Town) -> None:
    person = newcomer(town)
    seat = actions.seat_deputy(town.office, town.term, person=person, card_no="077", since=TODAY, at=AT)
    with pytest.raises(Refused, match="新来已是本届代表。"):
        actions.seat_deputy(town.office, town.term, person=person, card_no="078", since=TODAY, at=AT)
    with pytest.raises(Refused, match="代表证号077已被使用。"):
        actions.seat_deputy(
            town.office, town.term, person=newcomer(town, "又来"), card_no="077", since=TODAY, at=AT
        )
    with pytest.raises(Refused, match="请写明代表资格终止的事由。"):
        actions.end_seat(town.office, seat, on=LATER, words="", at=AT)
    actions.end_seat(town.office, seat, on=LATER, words="调离本市", at=AT)
    actor = queries.actor_for(person.pk, f"seat:{seat.pk}", LATER)
    assert actor is not None
    assert actor.seat_ended


def test_nobody_draws_people_of_another_congress_into_their_rolls(town: Town) -> None:
    stranger = Person.objects.get(pk=town.foreign_deputy.person_id)
    post = town.units["housing"].posts.get(title="局长")
    with pytest.raises(NotYourStep):
        actions.appoint(town.office, post, person=stranger, since=TODAY, at=AT)
    with pytest.raises(NotYourStep):
        actions.change_person(town.office, stranger, name="改名", phone="", email="", at=AT)
    with pytest.raises(NotYourStep):
        actions.reset_code(town.office, stranger.account, at=AT)


def test_an_account_that_opens_doors_above_is_not_reset_from_below(town: Town) -> None:
    bureau_chief = Person.objects.get(pk=town.housing_chief.person_id)
    actions.seat_deputy(
        SYSTEM, town.district.terms.get(), person=bureau_chief, card_no="902", since=TODAY, at=AT
    )
    with pytest.raises(Refused, match="此人还在别的人大任职或任代表"):
        actions.reset_code(town.foreign_office, bureau_chief.account, at=AT)
    assert len(actions.reset_code(town.office, bureau_chief.account, at=AT)) == 11


def test_accounts_are_opened_with_codes_that_only_the_holder_learns(town: Town) -> None:
    persons = [newcomer(town), newcomer(town, "又来"), Person.objects.get(pk=town.alice.person_id)]
    opened = actions.open_accounts(town.office, persons, at=AT)
    assert [(person.name, username) for person, username, _code in opened] == [
        (person.name, f"city{person.pk:05d}") for person in persons[:2]
    ]
    codes = [code for _person, _username, code in opened]
    account = Account.objects.get(person=persons[0])
    assert len(set(codes)) == 2
    assert account.check_password(codes[0])
    assert account.must_change_password
    assert codes[0] not in str(list(JournalLine.objects.values_list("facts", "words")))


def test_an_account_is_closed_with_its_tokens_and_opened_without_them(town: Town) -> None:
    account = Account.objects.get(person=town.alice.person_id)
    _token, secret = actions.issue_token(town.alice, name="抄写", scope=Scope.READ, at=AT)
    actions.deactivate(town.office, account, at=AT)
    assert queries.bearer(secret, TODAY) is None
    actions.reactivate(town.office, account, at=AT)
    assert queries.bearer(secret, TODAY) is None
    own = Account.objects.get(person=town.office.person_id)
    with pytest.raises(Refused, match="不能停用自己的账号。"):
        actions.deactivate(town.office, own, at=AT)


def test_a_token_acts_in_the_hat_it_was_issued_in_until_it_is_revoked(town: Town) -> None:
    token, secret = actions.issue_token(town.housing_officer, name="局内系统", scope=Scope.WRITE, at=AT)
    assert queries.bearer(secret, TODAY) == (town.housing_officer, Scope.WRITE)
    assert secret not in str(list(ServiceToken.objects.values_list("digest", "name")))
    with pytest.raises(NotYourStep):
        actions.revoke_token(town.transport_officer, token, at=AT)
    actions.revoke_token(town.housing_officer, token, at=AT)
    assert queries.bearer(secret, TODAY) is None
    with pytest.raises(Refused, match="令牌已经吊销。"):
        actions.revoke_token(town.housing_officer, token, at=AT)


def test_terms_do_not_overlap_and_sessions_come_once(town: Town) -> None:
    Term.objects.filter(pk=town.term.pk).update(ends_on=date(2027, 1, 9))
    with pytest.raises(Refused, match="与已登记的届时间重叠。"):
        actions.open_term(
            town.office, town.congress, number=7, starts_on=date(2026, 6, 1), ends_on=date(2031, 6, 1), at=AT
        )
    seventh = actions.open_term(
        town.office, town.congress, number=7, starts_on=date(2027, 1, 10), ends_on=date(2032, 1, 9), at=AT
    )
    days = {"opens_on": date(2027, 1, 12), "closes_on": date(2027, 1, 15), "cutoff_at": AT}
    actions.open_session(town.office, seventh, number=1, slug="7-1", **days, at=AT)
    with pytest.raises(Refused, match="第1次会议已经登记。"):
        actions.open_session(town.office, seventh, number=1, slug="7-1b", **days, at=AT)


def test_a_delegation_is_headed_by_one_of_its_own(town: Town) -> None:
    delegation = actions.add_delegation(town.office, town.term, name="柳塘代表团", at=AT)
    with pytest.raises(Refused, match="团长必须是本团代表。"):
        actions.set_delegation_head(town.office, delegation, seat=town.seats["alice"], at=AT)
    group = actions.add_group(town.office, town.congress, name="第一小组", at=AT)
    actions.change_seat(
        town.office, town.seats["alice"], delegation=delegation, group=group, constituency="柳塘镇", at=AT
    )
    actions.set_delegation_head(town.office, delegation, seat=town.seats["alice"], at=AT)
    assert delegation.head == town.seats["alice"]
    assert Group.objects.get() == group


def test_only_the_system_opens_a_congress(town: Town) -> None:
    words = {"slug": "willow", "name": "柳塘镇人民代表大会", "short_name": "柳塘镇", "level": Level.TOWN}
    with pytest.raises(NotYourStep):
        actions.add_congress(town.office, town.district, **words, at=AT)
    willow = actions.add_congress(SYSTEM, town.district, **words, at=AT)
    organ = actions.add_organ(SYSTEM, willow, system=System.CONGRESS, name="柳塘镇人大", at=AT)
    presidium = actions.add_unit(SYSTEM, organ, name="柳塘镇人大主席团", at=AT)
    for power in Competence:
        actions.set_competence(SYSTEM, willow, competence=power, unit=presidium, at=AT)
    assert set(queries.powers_of(willow.pk)) == set(Competence.values)
    assert list(journal.verify()) == []
