"""Knows the district's two years: as many answers in each, a share of category A that rose by eight per cent."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from tibandu.suggestions.enums import Role
from tibandu.web.demo.cast import World
from tibandu.web.demo.lives import Teller
from tibandu.web.demo.topics import Matter
from tibandu.web.demo.year import Draw, author_of, handle, matters

ANSWERED = 25  # in each of the two years
OF_A = {2025: 12, 2026: 12}  # with the two that the procuratorate brought this year: 48.0 and 51.9 per cent
EVERY = 6  # days between two suggestions
FRESH = 8  # newer ones, which nobody has answered yet


@dataclass(frozen=True)
class Settled(Draw):
    """What a deputy of the district gets: a category that is settled, and a promise for the end of the year."""

    code: str = ""
    due_on: date = date(2026, 12, 30)

    @property
    def category(self) -> str:
        return self.code or super().category

    def grades(self, count: int = 4) -> str:
        return super().grades(count).replace("N", "B")

    def promise_due(self, sent_on: date) -> date:
        return self.due_on


def stories(world: World, full: bool) -> Iterator[Callable[[], None]]:
    """Each year's answered ones from February on, then the newest."""
    held = [_local(world, found) for found in matters(range(0, 8)) if found.lead in world.district.units]
    teller = Teller(world.district, world.until)
    for year, most in OF_A.items():
        for number in range(ANSWERED if full else 2):
            found = held[(number * 3 + year) % len(held)]
            day = date(year, 2, 10) + timedelta(days=number * EVERY)
            draw = Settled(number + year, code=_code(number, most))
            yield lambda found=found, draw=draw, day=day: _live(teller, found, draw, day)
    for number, found in enumerate(held[-FRESH:] if full else held[-1:]):
        day = world.until - timedelta(days=55 - number * 6)
        draw = Settled(number + 40)
        yield lambda found=found, draw=draw, day=day: _live(teller, found, draw, day)


def _code(number: int, most: int) -> str:
    """A for `most` of the answers, evenly among them; of the others every fourth is C."""
    if (number + 1) * most // ANSWERED > number * most // ANSWERED:
        return "A"
    return "C" if number % 4 == 0 else "B"


def _local(world: World, found: Matter) -> Matter:
    """The matter with one helper at most, of those the district has."""
    return replace(found, co=tuple(key for key in found.co if key in world.district.units)[:1])


def _live(teller: Teller, found: Matter, draw: Draw, day: date) -> None:
    lead = author_of(teller.place, draw)
    suggestion = teller.write(found, lead, day, joint=draw.joint(lead, len(teller.place.seats)))
    teller.register(suggestion, found, day + timedelta(days=3))
    helpers = [(key, Role.CO, "") for key in found.co]
    shares = teller.assign(suggestion, day + timedelta(days=7), [(found.lead, Role.LEAD, ""), *helpers])
    handle(teller, suggestion, shares, found, draw)
