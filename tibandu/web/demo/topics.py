"""Knows the invented matters of the demo: what deputies ask for in which places, and what units say to it."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
STEP_N, STEP_M = 13, 1


@dataclass(frozen=True)
class Matter:
    """One thing asked for in one place; texts of replies are filled with their year, day and money when written."""

    key: str
    subject: str
    lead: str
    co: tuple[str, ...]
    place: str
    title: str
    also: str
    facts: str
    analysis: str
    asks: tuple[str, ...]
    said: str
    owner: str
    measure: str
    money: int
    source: dict[str, Any]

    def done(self, year: int) -> list[str]:
        """What the units say to each ask when it is settled."""
        return [self._filled(text, y=year) for text in self.source["done"]]

    def planned(self, year: int, due: date) -> str:
        """What they say to the last ask when it goes into a plan."""
        return self._filled(self.source["plan"], y=year, w=self.money, due=chinese_day(due))

    @property
    def promise(self) -> str:
        return self._filled(self.source["promise"])

    @property
    def reason(self) -> str:
        return self._filled(self.source["reason"])

    def _filled(self, text: str, **further: Any) -> str:
        return text.format(p=self.place, **further)


def chinese_day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


@cache
def _sources() -> list[dict[str, Any]]:
    files = sorted((DATA / "topics").glob("*.toml"))
    return [topic for file in files for topic in tomllib.loads(file.read_text("utf-8"))["topic"]]


@cache
def _places() -> dict[str, list[str]]:
    return tomllib.loads((DATA / "places.toml").read_text("utf-8"))


def ordinary() -> list[dict[str, Any]]:
    """The matters of the government's units, in an order that mixes them."""
    plain = [source for source in _sources() if not source.get("special")]
    stride = 27  # has no divisor in common with the number of matters, so that every matter comes once
    return [plain[(place * stride) % len(plain)] for place in range(len(plain))]


def matter(source: dict[str, Any] | str, round_: int, place: str = "") -> Matter:
    """A matter in the `round_`-th of its places, or in a place of its own."""
    found = source if isinstance(source, dict) else next(s for s in _sources() if s["key"] == source)
    places = _places()[found["pool"]]
    place = place or places[round_ % len(places)]
    facts = {"p": place, "n": found["n"] + STEP_N * round_, "m": found["m"] + STEP_M * round_}
    return Matter(
        key=found["key"],
        subject=found["subject"],
        lead=found["lead"],
        co=tuple(found["co"]),
        place=place,
        title=found["title"].format(**facts),
        also=found["also"].format(**facts),
        facts=found["facts"].format(**facts),
        analysis=found["analysis"].format(**facts),
        asks=_all(found["asks"], facts),
        said=found["said"].format(**facts),
        owner=found["owner"],
        measure=found["measure"],
        money=found["money"],
        source=found,
    )


def _all(texts: Sequence[str], facts: dict[str, Any]) -> tuple[str, ...]:
    return tuple(text.format(**facts) for text in texts)
