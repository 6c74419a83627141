"""Knows which units to propose for a suggestion: by published duty, by the congress's own past cases and their rulings."""

import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from threading import Lock

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext_lazy as _

from tibandu.people.enums import Competence
from tibandu.people.models import Unit
from tibandu.people.queries import Actor, units_in_being
from tibandu.suggestions.enums import LIVE_SHARES, Role
from tibandu.suggestions.models import Assignment, Objection, Suggestion
from tibandu.suggestions.queries.ledger import INDEX
from tibandu.suggestions.queries.sight import visible_to
from tibandu.suggestions.queries.similar import CANDIDATES, LEFT_ASIDE, LIKE_ENOUGH, text_of
from tibandu.suggestions.rules.advice import (
    NOT_BY_DUTY,
    DutyList,
    Learned,
    Proposal,
    case_words,
    kind_of,
    ranked,
    read_duties,
)

DUTY_LIST = Path(__file__).resolve().parent.parent / "data" / "duties.toml"
NEWEST = 5_000  # the past cases that a process learns from when it is first asked
MOST_CONGRESSES = 64
PAST_SHOWN = 3
COS_SHOWN = 2
SURE_ENOUGH = 0.08  # of a co-unit
SURE, FAIRLY_SURE = 60, 35  # percent


@dataclass(frozen=True)
class PastCase:
    """An earlier suggestion like this one that the unit handled, and how disputes about its unit were ruled."""

    suggestion: Suggestion
    percent: int
    rulings: list[Objection]


@dataclass(frozen=True)
class Advised:
    """A unit in being with its role, the duty that speaks for it, and its past cases; `is_named`: the text names it."""

    unit: Unit
    role: str
    proposal: Proposal | None
    past: list[PastCase]
    is_named: bool = False

    @property
    def role_label(self) -> str:
        return str(Role(self.role).label)

    @property
    def certainty(self) -> str:
        """In words, for a percentage promises more than was measured (docs/advice.md)."""
        if self.percent >= SURE:
            return str(_("依据较足"))
        return str(_("可作参考") if self.percent >= FAIRLY_SURE else _("依据较少"))

    @property
    def percent(self) -> int:
        return round(self.proposal.share * 100) if self.proposal else 0


@dataclass
class _Memory:
    """What this process has learned of a congress, up to which share."""

    upto: int = 0
    learned: Learned = field(default_factory=Learned)
    by_unit: Counter[int] = field(default_factory=Counter)


_memories: dict[int, _Memory] = {}
_lock = Lock()


@cache
def duty_list() -> DutyList:
    """The published duties; read once a process."""
    return read_duties(tomllib.loads(DUTY_LIST.read_text("utf-8")))


def forget() -> None:
    """What was learned is learned anew, as after another database was brought in."""
    _memories.clear()


def advice_on(actor: Actor, suggestion: Suggestion, units: Iterable[Unit]) -> list[Advised]:
    """A lead and its co-units among these units, with their reasons; nothing on a classified stub."""
    if suggestion.is_classified:
        return []
    by_unit, learned = _learned(suggestion.congress_id)
    units_of: dict[str, list[Unit]] = {}
    for unit in units:
        units_of.setdefault(_code(unit.pk, unit.name), []).append(unit)
    asks = suggestion.asks.order_by("number").values_list("text", flat=True)
    body = "\n".join([suggestion.facts, *asks])
    chosen = [
        (max(units_of[proposal.code], key=lambda unit: by_unit[unit.pk]), proposal)
        for proposal in ranked(suggestion.title, body, duty_list(), learned)
        if proposal.code in units_of
    ]
    past = _past_cases(actor, suggestion)
    picked = [(unit, proposal, False) for unit, proposal in _worth_naming(chosen)]
    picked += [(unit, None, True) for unit in _named(suggestion.title + body, units_of, picked)]
    return [
        Advised(unit, Role.CO if place else Role.LEAD, proposal, _of_unit(past, unit), is_named)
        for place, (unit, proposal, is_named) in enumerate(picked)
    ]


def units_to_advise(actor: Actor, suggestion: Suggestion, on: date) -> QuerySet[Unit]:
    """A dispatch office splits among its organ's units but itself, an assigner chooses among all."""
    units = units_in_being(suggestion.congress_id, on)
    if actor.may(Competence.ASSIGN):
        return units
    return units.filter(organ=actor.dispatches_organ_id).exclude(pk=actor.unit_id)


def _worth_naming(chosen: Sequence[tuple[Unit, Proposal]]) -> list[tuple[Unit, Proposal]]:
    """The first, and those after it that the text itself leads to."""
    others = [(unit, p) for unit, p in chosen[1:] if p.share >= SURE_ENOUGH and (p.words or not p.clause)]
    return [*chosen[:1], *others[:COS_SHOWN]]


def _named(
    text: str, units_of: dict[str, list[Unit]], picked: Iterable[tuple[Unit, object, bool]]
) -> list[Unit]:
    """Towns and other units without a kind that the text names: they know the place."""
    taken = {unit.pk for unit, _proposal, _named in picked}
    return [
        unit
        for code, units in units_of.items()
        if code.startswith("#")
        for unit in units
        if unit.pk not in taken and (unit.name in text or (unit.short_name and unit.short_name in text))
    ][:COS_SHOWN]


def _code(pk: int, name: str) -> str:
    """The kind of a unit; a unit whose kind says nothing of its matters is learned by itself."""
    kind = kind_of(name, duty_list())
    return kind if kind and kind not in NOT_BY_DUTY else f"#{pk}"


def _learned(congress_id: int) -> tuple[Counter[int], Learned]:
    """What the congress's shares teach; shares made since the last time are added, an upheld objection corrects its share."""
    with _lock:
        memory = _memories.get(congress_id)
        if memory is None:
            if len(_memories) >= MOST_CONGRESSES:
                _memories.clear()
            memory = _memories[congress_id] = _Memory()
        shares = Assignment.objects.filter(
            suggestion__congress=congress_id,
            suggestion__is_classified=False,
            pk__gt=memory.upto,
            role__in=(Role.LEAD, Role.SEPARATE),
            continues=None,
        ).order_by("-pk")
        rows = shares.values_list(
            "pk", "suggestion__title", "unit_id", "unit__name", "replaces__unit_id", "replaces__unit__name"
        )[:NEWEST]
        for pk, title, unit_id, unit_name, old_id, old_name in rows:
            words = case_words(title, duty_list())
            memory.learned.add(words, _code(unit_id, unit_name))
            memory.by_unit[unit_id] += 1
            memory.upto = max(memory.upto, pk)
            if old_id:
                memory.learned.add(words, _code(old_id, old_name), -1)
                memory.by_unit[old_id] -= 1
        return memory.by_unit, memory.learned


def _past_cases(actor: Actor, suggestion: Suggestion) -> list[PastCase]:
    """The likest cases in the actor's sight that were given to a unit, the likest first."""
    likeness = {
        key: score
        for key, score in INDEX.like(text_of(suggestion), limit=CANDIDATES, without=[suggestion.pk])
        if score >= LIKE_ENOUGH
    }
    shares = Assignment.objects.select_related("unit").prefetch_related(
        Prefetch(
            "objections", Objection.objects.filter(ruled_on__isnull=False).select_related("proposed_unit")
        )
    )
    rows = (
        visible_to(actor)
        .filter(pk__in=likeness, congress=suggestion.congress_id, assigned_on__isnull=False)
        .exclude(state__in=LEFT_ASIDE)
        .prefetch_related(Prefetch("assignments", shares))
    )
    ordered = sorted(rows, key=lambda row: (-likeness[row.pk], -row.pk))
    return [PastCase(row, round(likeness[row.pk] * 100), _rulings(row)) for row in ordered]


def _rulings(suggestion: Suggestion) -> list[Objection]:
    found = []
    for share in suggestion.assignments.all():
        for objection in share.objections.all():
            objection.assignment = share
            found.append(objection)
    return found


def _of_unit(past: Iterable[PastCase], unit: Unit) -> list[PastCase]:
    """What this unit, or one that it succeeds, led; and what it was asked to take and did not."""
    return [
        case
        for case in past
        if any(
            unit.pk in (share.unit_id, share.unit.successor_id)
            and share.role != Role.CO
            and share.state in LIVE_SHARES
            for share in case.suggestion.assignments.all()
        )
        or any(objection.proposed_unit_id == unit.pk for objection in case.rulings)
    ][:PAST_SHOWN]
