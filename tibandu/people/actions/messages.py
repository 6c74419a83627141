"""Knows how a sentence reaches a unit or a deputy: on the desk at once, by mail or SMS through the outbox."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tibandu.base.flow import NotYourStep
from tibandu.people.enums import Channel, MessageKind, SendingState
from tibandu.people.models import Message, Person, Seat, Sending, Unit
from tibandu.people.queries import Actor, messages_for, sendings_visible_to


def tell(
    *,
    key: str,
    units: Iterable[Unit | int] = (),
    seats: Iterable[Seat | int] = (),
    kind: MessageKind,
    title: Any,
    url: str,
    at: datetime,
) -> int:
    """Tells each unit and seat once per key and answers how many were told now; telling again tells nobody twice."""
    told = {"kind": kind, "title": str(title)[:200], "url": url[:200], "told_at": at}
    rows = [Message(key=f"{key}:unit:{pk}", unit_id=pk, **told) for pk in _keys(units)]
    rows += [Message(key=f"{key}:seat:{pk}", seat_id=pk, **told) for pk in _keys(seats)]
    if not rows:
        return 0
    with transaction.atomic():
        keys = [row.key for row in rows]
        known = set(Message.objects.filter(key__in=keys).values_list("key", flat=True))
        new = [row for row in rows if row.key not in known]
        Message.objects.bulk_create(new, ignore_conflicts=True)
        if any(row.seat_id for row in new):
            _queue([row.key for row in new], at)
    return len(new)


def _keys(rows: Iterable[Any]) -> list[int]:
    return list(dict.fromkeys(row if isinstance(row, int) else row.pk for row in rows))


def _queue(keys: list[str], at: datetime) -> None:
    """Puts what was told to deputies into the outbox, once per channel and address."""
    told = Message.objects.filter(key__in=keys, seat__isnull=False).select_related("seat__person")
    rows = [
        Sending(message=message, channel=channel, address=address, next_try_at=at)
        for message in told
        if message.seat
        for channel, address in _addresses(message.seat.person)
    ]
    Sending.objects.bulk_create(rows, ignore_conflicts=True)


def _addresses(person: Person) -> list[tuple[Channel, str]]:
    """Where a person can be reached through a gateway that this installation has."""
    known = [(Channel.MAIL, person.email), (Channel.SMS, person.phone)]
    return [
        (channel, address) for channel, address in known if address and settings.TIBANDU_GATEWAYS.get(channel)
    ]


def mark_read(actor: Actor, keys: Iterable[int] | None = None, *, at: datetime) -> int:
    """Marks messages of this hat as read, or all of them; who read first stays written. Answers how many."""
    unread = messages_for(actor).filter(read_at=None)
    if keys is not None:
        unread = unread.filter(pk__in=list(keys))
    return unread.order_by().update(read_at=at, read_by=actor.person_name)


def send_again(actor: Actor, *, at: datetime) -> int:
    """Puts the failed sendings of the actor's congress back into the outbox; answers how many."""
    if not actor.administers:
        raise NotYourStep(_("重新发送"))
    failed = sendings_visible_to(actor).filter(state=SendingState.FAILED).values("pk")
    back = {"state": SendingState.WAITING, "tries": 0, "next_try_at": at, "error": ""}
    return Sending.objects.filter(pk__in=failed).update(**back)
