"""What follows from the marks of a nomination and from where a matter stands in its loop: pure functions."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from tibandu.oversight.enums import ProgrammeKind, ProgrammeState

# 反馈 交办 督办 评价 (Q1): where each state of a programme and of a deliberation opinion stands.
LOOP = ("feedback", "handover", "follow", "rate")
PLACE_OF = {
    "nominated": 0,
    "declined": 0,
    "fixed": 1,
    "under_way": 2,
    "reported": 3,
    "concluded": 4,
    "fed_back": 0,
    "handed_over": 1,
    "planned": 2,
    "closed": 4,
}
# How a state of any noun of programmes looks; what is not named here is under way.
TONE_OF = {
    "nominated": "waiting",
    "declined": "ended",
    "fixed": "waiting",
    "reported": "waiting",
    "concluded": "done",
    "closed": "done",
    "fed_back": "waiting",
    "handed_over": "waiting",
    "sent": "waiting",
    "answered": "waiting",
    "checked": "done",
    "done": "done",
    "held": "done",
}


@dataclass(frozen=True)
class Mark:
    """The points of one body on one criterion; keys only."""

    scorer: int
    criterion: int
    points: int


def totals(marks: Iterable[Mark]) -> dict[int, int]:
    """The sum of each body's sheet."""
    found: dict[int, int] = {}
    for mark in marks:
        found[mark.scorer] = found.get(mark.scorer, 0) + mark.points
    return found


def average(numbers: Iterable[int]) -> str:
    """The mean with one decimal, as people write it; nothing of nothing."""
    held = list(numbers)
    return f"{sum(held) / len(held):.1f}" if held else ""


def has_whole_sheet(sheets: Iterable[Collection[str]], criteria: Collection[str]) -> bool:
    """Whether some body marked every criterion there is; where there is none, nothing is to be marked."""
    return not criteria or any(set(criteria) <= set(sheet) for sheet in sheets)


def next_step(
    kind: str, state: str, *, leads: bool, assigns: bool, decides: bool, is_scored: bool
) -> str | None:
    """What a programme asks of a body now: a key topic is scored before it is decided; who fixed it rates the result."""
    if state == ProgrammeState.NOMINATED and not is_scored:
        return "score_programme" if leads or assigns else None
    if state == ProgrammeState.NOMINATED:
        return "decide_programme" if decides else None
    if state == ProgrammeState.FIXED:
        return "plan_programme" if leads else None
    rates = leads if kind == ProgrammeKind.JOINT else decides
    return "accept_result" if state == ProgrammeState.REPORTED and rates else None


def over_the_top(points: Sequence[tuple[str, int, int | None]]) -> list[str]:
    """The labels of marks that bring more than their criterion allows; each is (label, points, most)."""
    return [label for label, given, most in points if most is not None and given > most]
