"""Knows how what was told leaves the house: through a gateway per channel, again and again with growing pauses."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.module_loading import import_string

from tibandu.people.enums import Channel, SendingState
from tibandu.people.models import Sending

# A gateway takes the address, the words and the link, and raises when it could not hand them over.
Gateway = Callable[[str, str, str], None]
MOST_TRIES = 8
FIRST_PAUSE = timedelta(minutes=1)
log = logging.getLogger("tibandu.outbox")


@dataclass(frozen=True)
class Delivered:
    """What one round of the outbox did."""

    sent: int = 0
    postponed: int = 0
    failed: int = 0


def deliver(at: datetime, most: int = 500) -> Delivered:
    """Sends what waits and is due; safe to run twice at once, for each row is claimed by its number of tries."""
    gateways = {channel: import_string(path) for channel, path in settings.TIBANDU_GATEWAYS.items() if path}
    waiting = Sending.objects.filter(state=SendingState.WAITING, next_try_at__lte=at, channel__in=gateways)
    outcomes = [
        _send(sending, gateways[Channel(sending.channel)], at)
        for sending in waiting.select_related("message").order_by("next_try_at", "pk")[:most]
    ]
    return Delivered(
        sent=outcomes.count(SendingState.SENT),
        postponed=outcomes.count(SendingState.WAITING),
        failed=outcomes.count(SendingState.FAILED),
    )


def _send(sending: Sending, gateway: Gateway, at: datetime) -> SendingState | None:
    """The outcome, or None when another round holds the row. The gateway is called outside any transaction."""
    rows = Sending.objects.filter(pk=sending.pk, state=SendingState.WAITING, tries=sending.tries)
    pause = FIRST_PAUSE * 2**sending.tries
    if not rows.update(tries=sending.tries + 1, next_try_at=at + pause):
        return None
    claimed = Sending.objects.filter(pk=sending.pk)
    try:
        gateway(sending.address, sending.message.title, settings.ORIGIN + sending.message.url)
    except Exception as error:  # a gateway may fail in any way; the row keeps why, and the round goes on
        state = SendingState.FAILED if sending.tries + 1 >= MOST_TRIES else SendingState.WAITING
        claimed.update(state=state, error=f"{type(error).__name__}: {error}"[:200])
        return state
    claimed.update(state=SendingState.SENT, error="")
    return SendingState.SENT


def console(address: str, words: str, link: str) -> None:
    """The gateway of a demo: a line in the log of the worker."""
    log.info("%s ← %s %s", address, words, link)
