"""Knows how many programmes, instruments, opinions and meetings an actor sees, and how far they are: one query."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet, Value

from tibandu.oversight.enums import (
    STANDING_PROGRAMMES,
    GovernmentMeetingKind,
    InstrumentKind,
    OpinionCaseState,
    ProgrammeKind,
    ProgrammeState,
)
from tibandu.oversight.queries.instruments import instruments_visible_to, opinions_visible_to
from tibandu.oversight.queries.programmes import meetings_visible_to, programmes_visible_to
from tibandu.people.queries import Actor


@dataclass(frozen=True)
class Group:
    """One ledger with counts: the page, and of each count its label, its number and the filter that opens its rows."""

    page: str
    label: Any
    counts: list[tuple[Any, int, str]]


def overview(actor: Actor) -> list[Group]:
    """What there is, by ledger: one query over all of them."""
    rows = {
        "programmes": programmes_visible_to(actor),
        "instruments": instruments_visible_to(actor),
        "opinions": opinions_visible_to(actor).annotate(kind=Value("")),
        "meetings": meetings_visible_to(actor),
    }
    first, *others = (_by(page, found) for page, found in rows.items())
    counted = list(first.union(*others, all=True))

    def sums(page: str, part: int, *codes: str) -> int:
        """How many rows of a ledger have one of the codes as their kind (1) or as their state (2)."""
        return sum(line[3] for line in counted if line[0] == page and line[part] in codes)

    def each(page: str, part: int, words: Any) -> list[tuple[Any, int, str]]:
        name = "kind" if part == 1 else "state"
        return [(one.label, sums(page, part, one.value), f"{name}={one.value}") for one in words]

    standing = [
        (kind.label, _standing(counted, kind.value), f"kind={kind.value}&state=standing")
        for kind in ProgrammeKind
    ]
    states = (ProgrammeState.NOMINATED, ProgrammeState.UNDER_WAY, ProgrammeState.CONCLUDED)
    counts = {
        "programmes": standing + each("programmes", 2, states),
        "instruments": each("instruments", 1, InstrumentKind),
        "opinions": each("opinions", 2, OpinionCaseState),
        "meetings": each("meetings", 1, GovernmentMeetingKind),
    }
    return [Group(page, found.model._meta.verbose_name, counts[page]) for page, found in rows.items()]


def _standing(counted: list[tuple[Any, ...]], kind: str) -> int:
    """How many programmes of a kind were taken up."""
    return sum(
        n
        for page, one, state, n in counted
        if page == "programmes" and one == kind and state in STANDING_PROGRAMMES
    )


def _by(page: str, rows: QuerySet[Any]) -> QuerySet[Any, Any]:
    """How many rows of a ledger there are of each kind and state."""
    named = rows.order_by().annotate(page=Value(page))
    return named.values_list("page", "kind", "state").annotate(n=Count("pk", distinct=True))
