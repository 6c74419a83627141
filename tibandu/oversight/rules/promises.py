"""Knows when a claimed promise counts as kept, who is waited for, and what colour a promise has."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from tibandu.oversight.enums import Lamp

# The states of a promise as the lower room writes them, by the lamp that does not hang on the clock.
LAMPS = {
    "claimed": Lamp.CLAIMED,
    "kept": Lamp.KEPT,
    "lapsed": Lamp.LAPSED,
    "released": Lamp.RELEASED,
}


@dataclass(frozen=True)
class Heard:
    """What has been said to one claim: by proposers, and by the watching body; None where it has said nothing."""

    expected: Collection[int]
    deputies: Mapping[int, bool]
    watcher: bool | None = None

    @property
    def deputy_side(self) -> bool | None:
        """One doubt is the side's doubt; its yes needs everybody who is asked."""
        if not all(self.deputies.values()):
            return False
        return True if self.expected and set(self.expected) <= set(self.deputies) else None

    @property
    def is_kept(self) -> bool:
        """Both sides agree; a side that is silent has agreed to nothing."""
        return self.deputy_side is True and self.watcher is True

    @property
    def is_split(self) -> bool:
        """One side agrees and the other doubts, which a look at the place settles."""
        return {self.deputy_side, self.watcher} == {True, False}

    @property
    def is_refused(self) -> bool:
        """A doubt that the other side does not contradict."""
        return False in (self.deputy_side, self.watcher) and not self.is_split


def may_settle_by_check(heard: Heard, speak_until: date | None, today: date) -> bool:
    """Whether a site check may settle a claim: the sides differ, or whoever is silent has had the time to speak."""
    return heard.is_split or speak_until is None or today > speak_until


def lamp(state: str, due_on: date, near_until: date | None, today: date) -> Lamp:
    """The colour of a promise in the ledger."""
    if state in LAMPS:
        return LAMPS[state]
    if due_on < today:
        return Lamp.OVERDUE
    return Lamp.NEAR if near_until and due_on <= near_until else Lamp.OPEN


def stopped_on(state: str, claimed_on: date | None, closed_on: date | None) -> date | None:
    """The day on which a promise's clock stopped: when it was claimed, else when somebody found on it."""
    return claimed_on or closed_on if state in ("claimed", "kept") else closed_on
