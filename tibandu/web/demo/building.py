"""Knows how the demo's database is built: three congresses, their troubles and their years, up to the last working day."""

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

from django.db import transaction

from tibandu.base.models import Installation
from tibandu.people import actions as people
from tibandu.people.models import Congress, Message
from tibandu.people.queries import Actor
from tibandu.web.demo import (
    asked_again,
    district,
    draws,
    funds,
    packets,
    programmes,
    promises,
    referrals,
    tokens,
    troubles,
    year,
)
from tibandu.web.demo.cast import World, found, last_workday, moment, seed_calendar
from tibandu.web.demo.lives import story
from tibandu.web.ticking import tick

READ_AFTER = timedelta(days=12)  # older messages have been read
FEW = ("in_session", "merged", "at_arbiter", "unsigned", "near", "second_round", "promise_kept", "paper")
Watch = Callable[[list[Callable[[], None]]], Iterable[Callable[[], None]]]


def is_demo() -> bool:
    return Installation.objects.filter(is_demo=True).exists()


def is_complete() -> bool:
    """Whether a building came to its end; the tokens are given out last."""
    return is_demo() and tokens.are_issued()


def holds_other_data() -> bool:
    return Congress.objects.exists() and not is_demo()


def build(today: date, scale: str = "full", watch: Watch = iter) -> World:
    """Builds everything as if it had been lived up to the last working day before `today`.

    `watch` goes round what is to be told.
    """
    seed_calendar()
    until = last_workday(today)
    Installation.objects.update_or_create(pk=1, defaults={"is_demo": True})
    with _without_collecting(), transaction.atomic():
        world = found(until)
    session_troubles = sum(row.key in troubles.IN_SESSION for row in _chosen(scale))
    with _without_collecting():
        told = [*_troubles(world, scale), *year.stories(world, scale, session_troubles)]
        told += district.stories(world, scale == "full")
        told += _supervised(world) if scale == "full" else ()
        for one in watch(told):
            with story():
                one()
    _settle(world, moment(until, 22))
    return world


def _chosen(scale: str) -> list[troubles.Trouble]:
    return [row for row in troubles.TROUBLES if scale == "full" or row.key in FEW]


def _troubles(world: World, scale: str) -> Iterator[Callable[[], None]]:
    for row in _chosen(scale):
        yield lambda row=row: row.tell(world, row.matter)


def _supervised(world: World) -> Iterator[Callable[[], None]]:
    """What followed the answers: the bridges and their money, programmes, the funds of three years, the procuratorate."""
    yield from asked_again.tell(world)
    yield from promises.tell(world)
    yield lambda: _pay_for_bridges(world)
    yield from programmes.tell(world)
    yield from funds.tell(world)
    yield from referrals.tell(world)
    yield from packets.tell(world)
    yield from draws.tell(world)


def _pay_for_bridges(world: World) -> None:
    if (suggestion := promises.footbridges()) is not None:
        for one in funds.bridges(world, suggestion):
            one()


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Many short-lived rows and no cycles among them: the collector would only walk over what stays."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _settle(world: World, at: datetime) -> None:
    """The clock is looked at once, old messages have been read, and everybody gets a token."""
    tick(at)
    for actor in _everybody(world):
        _read_old(actor, at)
    tokens.issue(at)


def _everybody(world: World) -> Iterator[Actor]:
    """One hat of every unit, for messages belong to the unit, and every deputy."""
    for place in (world.city, world.district, world.town):
        seen: set[int | None] = set()
        for actor in place.actors.values():
            if actor.unit_id not in seen:
                seen.add(actor.unit_id)
                yield actor
        yield from (place.deputy(number, world.until) for number in range(len(place.seats)))


def _read_old(actor: Actor, at: datetime) -> None:
    told = Message.objects.filter(told_at__lt=at - READ_AFTER, read_at=None)
    mine = told.filter(seat=actor.seat_id) if actor.seat_id else told.filter(unit=actor.unit_id)
    if keys := list(mine.values_list("pk", flat=True)):
        people.mark_read(actor, keys, at=at)
