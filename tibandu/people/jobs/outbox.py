"""Knows how what was told leaves the house: through a gateway per channel, again and again with growing pauses."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from tibandu.people.enums import Channel, SendingState
from tibandu.people.models import Sending

# A gateway takes the address, the words and the link, and raises when it could not hand them over.
Gateway = Callable[[str, str, str], None]
MOST_TRIES = 8
FIRST_PAUSE = timedelta(minutes=1)
# Longer than any round takes: what is still being sent after it was broken off.
LONGEST_ROUND = timedelta(hours=1)
log = logging.getLogger("tibandu.outbox")


@dataclass(frozen=True)
class Delivered:
    """What one round of the outbox did."""

    sent: int = 0
    postponed: int = 0
    failed: int = 0


def deliver(at: datetime, most: int = 500) -> Delivered:
    """Sends what waits and is due; any number of workers may run it at once, for each row is claimed by one of them.

    A message cannot be called back, so nothing is sent twice: what was being handed over when its worker died counts
    as failed with that reason, and an administrator decides whether to send it again.
    """
    broken_off = _close_broken_off(at)
    gateways = {channel: import_string(path) for channel, path in settings.TIBANDU_GATEWAYS.items() if path}
    waiting = Sending.objects.filter(state=SendingState.WAITING, next_try_at__lte=at, channel__in=gateways)
    outcomes = [
        _send(sending, gateways[Channel(sending.channel)], at)
        for sending in waiting.select_related("message").order_by("next_try_at", "pk")[:most]
    ]
    return Delivered(
        sent=outcomes.count(SendingState.SENT),
        postponed=outcomes.count(SendingState.WAITING),
        failed=outcomes.count(SendingState.FAILED) + broken_off,
    )


def _close_broken_off(at: datetime) -> int:
    dead = Sending.objects.filter(state=SendingState.SENDING, next_try_at__lte=at)
    reason = _("发送时程序中断，不知是否送达，请核实后再重新发送。")
    return dead.update(state=SendingState.FAILED, error=reason)


def _send(sending: Sending, gateway: Gateway, at: datetime) -> SendingState | None:
    """The outcome, or None when another round holds the row. The gateway is called outside any transaction."""
    rows = Sending.objects.filter(pk=sending.pk, state=SendingState.WAITING, tries=sending.tries)
    tries = sending.tries + 1
    if not rows.update(state=SendingState.SENDING, tries=tries, next_try_at=at + LONGEST_ROUND):
        return None
    claimed = Sending.objects.filter(pk=sending.pk, state=SendingState.SENDING, tries=tries)
    try:
        gateway(sending.address, sending.message.title, settings.ORIGIN + sending.message.url)
    except Exception as error:  # a gateway may fail in any way; the row keeps why, and the round goes on
        state = SendingState.FAILED if tries >= MOST_TRIES else SendingState.WAITING
        pause = FIRST_PAUSE * 2**sending.tries
        claimed.update(state=state, next_try_at=at + pause, error=f"{type(error).__name__}: {error}"[:200])
        return state
    claimed.update(state=SendingState.SENT, error="")
    return SendingState.SENT


def console(address: str, words: str, link: str) -> None:
    """The gateway of a demo: a line in the log of the worker."""
    log.info("%s ← %s %s", address, words, link)
