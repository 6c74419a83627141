"""Knows the procedures of a room: which flows belong to which noun, and which steps people are offered in them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tibandu.base.flow import Flow, Offer, Step
from tibandu.base.refusals import Actor
from tibandu.base.stepforms import StepForm


class Procedures:
    """Each noun of a room with its table and its flows; pages, API and documents are drawn from here."""

    def __init__(self, nouns: Mapping[str, tuple[Any, tuple[Flow, ...]]]) -> None:
        self.nouns = dict(nouns)

    def model_of(self, noun: str) -> Any:
        return self.nouns[noun][0]

    def offered_steps(self) -> list[tuple[str, Step]]:
        """Every step that a person can take, with its noun."""
        return [
            (noun, step)
            for noun, (_model, flows) in self.nouns.items()
            for flow in flows
            for step in flow.steps
            if not step.quiet
        ]

    def flow_of(self, noun: str, verb: str) -> Flow:
        """The flow of a noun that holds a verb."""
        return next(flow for flow in self.nouns[noun][1] if verb in flow)

    def offers(self, actor: Actor, noun: str, row: Any, today: date) -> list[Offer]:
        """Every step this actor has on a row, over all flows of its noun."""
        return [offer for flow in self.nouns[noun][1] for offer in flow.offers(actor, row, today)]

    def noun_of(self, verb: str) -> str:
        """The noun whose life a verb moves; verbs are unique over all nouns of a room."""
        return next(noun for noun, step in self.offered_steps() if step.verb == verb)


@dataclass(frozen=True)
class Room:
    """What the pages and the API of steps need to know of a room.

    `name` begins its addresses and names its templates; `found(actor, noun, pk, of)` gives the case and a row in the
    actor's sight, or None (`of` is the key of the case where that is known); `page_of(case, row)` is the address to come back to;
    `article(case, governed_by, today)` names what in the measure governs a step.
    """

    name: str
    procedures: Procedures
    form_of: Callable[[str], type[StepForm]]
    action_of: Callable[[str], Callable[..., Any]]
    found: Callable[..., tuple[Any, Any] | None]
    page_of: Callable[[Any, Any], str]
    article: Callable[[Any, str, date], str]
