"""Knows the one matter of the demo that was asked for in three years, answered twice in the same words, then with a date."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from tibandu.web.demo.cast import World
from tibandu.web.demo.lives import Teller
from tibandu.web.demo.topics import matter

PLACE = "石浦县渡口公路"
# The day on which it was written, by which deputy, the category of the answer and the day that the last one promises.
TIMES: tuple[tuple[date, int, str, date | None], ...] = (
    (date(2023, 3, 6), 11, "C", None),
    (date(2024, 3, 11), 26, "C", None),
    (date(2025, 3, 10), 11, "B", date(2026, 12, 20)),
)


def tell(world: World) -> Iterator[Callable[[], None]]:
    """Each time a life of its own."""
    for day, author, code, due in TIMES:
        yield lambda day=day, author=author, code=code, due=due: _asked(world, day, author, code, due)


def _asked(world: World, day: date, author: int, code: str, due: date | None) -> None:
    teller, found = Teller(world.city, world.until), matter("pothole", 0, PLACE)
    suggestion, [share] = teller.opened(found, author, day)
    reply = teller.answered(share, found, day + timedelta(days=75), code, due=due)
    if due is None:
        teller.ended(suggestion, share, reply, "B")
    else:
        teller.rate(reply, day + timedelta(days=80), "A")
