"""Knows how messages are told once, read by a hat, and sent out with patience."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from tests.town import TODAY, Town, moment
from tibandu.people import actions, jobs, queries
from tibandu.people.enums import MessageKind, SendingState
from tibandu.people.models import Message, Person, Sending
from tibandu.web.management.commands import worker

AT = moment(TODAY)
SENT: list[tuple[str, str, str]] = []


def keeping_gateway(address: str, words: str, link: str) -> None:
    """A gateway that hands everything over."""
    SENT.append((address, words, link))


def broken_gateway(address: str, words: str, link: str) -> None:
    """A gateway that is down."""
    raise OSError("no route")


def dying_gateway(address: str, words: str, link: str) -> None:
    """A gateway in which the worker is killed after it has handed over."""
    SENT.append((address, words, link))
    raise SystemExit


@pytest.fixture
def gateway(settings: pytest.FixtureRequest) -> None:
    SENT.clear()
    settings.TIBANDU_GATEWAYS = {"mail": f"{__name__}.keeping_gateway", "sms": ""}


def told(town: Town, key: str = "reply:1", **to: list) -> int:
    return actions.tell(
        key=key, kind=MessageKind.NOTICE, title="已收到答复", url="/suggestions/1/", at=AT, **to
    )


def unread(actor: queries.Actor) -> int:
    return queries.worn_by(actor.person_id, actor.hat, TODAY).unread


def test_telling_twice_is_telling_once(town: Town) -> None:
    units, seats = [town.units["housing"]], [town.seats["alice"], town.seats["bob"].pk]
    assert told(town, units=units, seats=seats) == 3
    assert told(town, units=units, seats=seats) == 0
    assert Message.objects.count() == 3


def test_a_message_to_a_unit_is_read_by_all_its_posts_and_by_nobody_else(town: Town) -> None:
    told(town, units=[town.units["housing"]])
    assert [unread(town.housing_chief), unread(town.housing_officer)] == [1, 1]
    assert [unread(town.transport_chief), unread(town.alice)] == [0, 0]
    assert actions.mark_read(town.transport_chief, at=AT) == 0
    assert actions.mark_read(town.housing_officer, at=AT) == 1
    assert queries.messages_for(town.housing_chief).get().read_by == "林溪"


def test_without_a_gateway_nothing_waits_in_the_outbox(town: Town, settings: pytest.FixtureRequest) -> None:
    settings.TIBANDU_GATEWAYS = {"mail": "", "sms": ""}
    Person.objects.filter(pk=town.alice.person_id).update(email="an@example.org", phone="13900000001")
    told(town, seats=[town.seats["alice"]])
    assert Sending.objects.count() == 0


def test_a_deputy_with_an_address_gets_one_sending_for_each_gateway(town: Town, gateway: None) -> None:
    Person.objects.filter(pk=town.alice.person_id).update(email="an@example.org", phone="13900000001")
    told(town, seats=[town.seats["alice"], town.seats["bob"]])
    told(town, seats=[town.seats["alice"]])
    assert jobs.deliver(AT) == jobs.Delivered(sent=1)
    assert SENT == [("an@example.org", "已收到答复", "http://localhost:8000/suggestions/1/")]
    assert jobs.deliver(AT + timedelta(days=1)) == jobs.Delivered()


def test_a_broken_gateway_is_tried_again_with_growing_pauses_until_it_counts_as_failed(
    town: Town, gateway: None, settings: pytest.FixtureRequest
) -> None:
    Person.objects.filter(pk=town.alice.person_id).update(email="an@example.org")
    told(town, seats=[town.seats["alice"]])
    settings.TIBANDU_GATEWAYS = {"mail": f"{__name__}.broken_gateway"}
    assert jobs.deliver(AT) == jobs.Delivered(postponed=1)
    assert jobs.deliver(AT) == jobs.Delivered()
    assert Sending.objects.get().next_try_at == AT + timedelta(minutes=1)
    at = AT
    for _try in range(7):
        at = Sending.objects.get().next_try_at
        jobs.deliver(at)
    sending = Sending.objects.get()
    assert (sending.state, sending.tries, sending.error) == (SendingState.FAILED, 8, "OSError: no route")


def test_what_was_being_sent_when_its_worker_died_is_reported_and_not_sent_again(
    town: Town, gateway: None, settings: pytest.FixtureRequest
) -> None:
    Person.objects.filter(pk=town.alice.person_id).update(email="an@example.org")
    told(town, seats=[town.seats["alice"]])
    settings.TIBANDU_GATEWAYS = {"mail": f"{__name__}.dying_gateway"}
    with pytest.raises(SystemExit):
        jobs.deliver(AT)
    assert jobs.deliver(AT + timedelta(minutes=59)) == jobs.Delivered()
    assert jobs.deliver(AT + timedelta(minutes=60)) == jobs.Delivered(failed=1)
    assert (len(SENT), Sending.objects.get().error[:7]) == (1, "发送时程序中断")
    assert jobs.deliver(AT + timedelta(days=1)) == jobs.Delivered()


def test_a_worker_without_a_gateway_says_that_there_is_nothing_to_send(
    settings: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.TIBANDU_GATEWAYS = {"mail": "", "sms": ""}
    call_command("worker")
    assert "no gateway" in capsys.readouterr().out


def test_a_round_of_the_worker_takes_twenty(town: Town, gateway: None) -> None:
    Person.objects.filter(pk=town.alice.person_id).update(email="an@example.org")
    for n in range(21):
        told(town, f"reply:{n}", seats=[town.seats["alice"]])
    Sending.objects.update(next_try_at=AT)
    rounds = [worker.Command().round() for _round in range(3)]
    assert rounds == [jobs.Delivered(sent=20), jobs.Delivered(sent=1), jobs.Delivered()]


def test_an_administrator_puts_failed_sendings_back(town: Town, gateway: None) -> None:
    Person.objects.filter(pk=town.alice.person_id).update(email="an@example.org")
    told(town, seats=[town.seats["alice"]])
    Sending.objects.update(state=SendingState.FAILED, tries=8)
    administrator = administering(town)
    assert actions.send_again(administrator, at=AT) == 1
    assert jobs.deliver(AT) == jobs.Delivered(sent=1)


def administering(town: Town) -> queries.Actor:
    from dataclasses import replace

    return replace(town.office, administers=True)
