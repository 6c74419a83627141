"""Knows what the page of every case shows alike: the steps one has on its rows, and the lines of its journal."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from tibandu.base.flow import Offer
from tibandu.base.models import JournalLine
from tibandu.base.prepared import Prepared
from tibandu.base.procedures import Room
from tibandu.base.refusals import Actor

BACKFILLED_AFTER = 86_400  # seconds between happening and recording from which both moments are shown


class Line(NamedTuple):
    """What a reader is shown of a line of the journal."""

    happened_at: datetime
    recorded_at: datetime
    hat: str
    who: dict[str, Any]
    verb: str
    label: str
    words: str
    facts: dict[str, Any]
    seen_by: str
    noun: str
    object_id: int


LINES = Prepared(
    lambda chain: JournalLine.objects.filter(chain=chain).order_by("-seq").values_list(*Line._fields),
    chain=str,
)


def lines_of(chain: str) -> list[Line]:
    """Every line of a chain, newest first; who may read which is the room's to say."""
    return [Line(*row) for row in LINES.rows(chain=chain)]


def entries(lines: Iterable[Line]) -> list[dict[str, Any]]:
    """The journal's lines as the timeline shows them; a line recorded later than it happened says so."""
    whose = _("%(hat)s %(person)s")
    return [_entry(line, whose) for line in lines]


def _entry(line: Line, whose: str) -> dict[str, Any]:
    late = (line.recorded_at - line.happened_at).total_seconds() > BACKFILLED_AFTER
    hat, person = line.who.get("hat", ""), line.who.get("person", "")
    who = whose % {"hat": hat, "person": person} if person != hat else hat  # the system is both
    if helper := line.who.get("entered_by"):
        who += _("（%(entered)s录入，%(confirmed)s复核）") % {
            "entered": helper,
            "confirmed": line.who.get("confirmed_by", ""),
        }
    return {
        "at": line.happened_at,
        "who": who,
        "label": line.label,
        "words": line.words,
        "facts": line.facts.items(),
        "recorded_at": line.recorded_at if late else None,
    }


@dataclass(frozen=True)
class Button:
    """An offered step as the panel shows it, with the row it is about."""

    offer: Offer
    room: str
    row: Any
    note: str = ""

    @property
    def verb(self) -> str:
        return self.offer.verb

    @property
    def label(self) -> Any:
        return self.offer.label

    @property
    def refusal(self) -> Any:
        return self.offer.refusal

    @property
    def primary(self) -> bool:
        """A step that was taken before and may be taken anew is no longer the next thing to do."""
        return self.offer.primary and self.offer.step.target != self.row.state

    @property
    def url(self) -> str:
        return reverse(f"{self.room}:{self.verb}", args=[self.row.pk])


def buttons(
    room: Room,
    actor: Actor,
    rows: Mapping[str, Iterable[Any]],
    today: date,
    *,
    case: str,
    but: Iterable[str] = (),
) -> list[Button]:
    """Every step the actor has on any row of the case (`case` is its noun): what can be done first, what is refused last."""
    found = [
        Button(offer, room.name, row, "" if noun == case else str(row))
        for noun, members in rows.items()
        for row in members
        for offer in room.procedures.offers(actor, noun, row, today)
        if offer.verb not in but
    ]
    return sorted(found, key=lambda button: (button.refusal is not None, not button.primary))
