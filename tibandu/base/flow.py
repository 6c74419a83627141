"""Knows how a step of a procedure is offered, refused and taken; the procedures themselves are tables in the rooms."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import override

from tibandu.base import journal
from tibandu.base.prepared import update_row
from tibandu.base.refusals import Actor, Moved, NotYourStep, Refused
from tibandu.base.verbs import was_moved

# A guard answers with the sentence of refusal, or None when the step may be taken.
Guard = Callable[[Any, Any, date], Any]


@dataclass(frozen=True)
class Role:
    """Who takes a step: a label for documents and a predicate over actor and case."""

    label: Any
    holds: Callable[[Any, Any], bool]


@dataclass(frozen=True)
class Step:
    """One row of a procedure. An empty `target` leaves the state; `quiet` steps are taken by other steps, never offered."""

    verb: str
    label: Any
    sources: tuple[str, ...]
    target: str
    role: Role
    guards: tuple[Guard, ...] = ()
    seen_by: str = "all"
    rule: str = ""
    primary: bool = False
    quiet: bool = False


@dataclass(frozen=True)
class Offer:
    """A step as a button: its verb and label, and the sentence that greys it, if any."""

    step: Step
    refusal: Any = None

    @property
    def verb(self) -> str:
        return self.step.verb

    @property
    def label(self) -> Any:
        return self.step.label

    @property
    def primary(self) -> bool:
        return self.step.primary and not self.refusal


class Flow:
    """The life of one noun as a table of steps over its `state` column."""

    def __init__(self, noun: str, steps: Iterable[Step]) -> None:
        self.noun = noun
        self.steps = tuple(steps)
        self._by_verb = {step.verb: step for step in self.steps}
        if len(self._by_verb) != len(self.steps):
            raise ValueError(f"flow {noun}: a verb stands twice")

    def __contains__(self, verb: str) -> bool:
        return verb in self._by_verb

    def step(self, verb: str) -> Step:
        return self._by_verb[verb]

    def offers(self, actor: Actor, case: Any, today: date) -> list[Offer]:
        """The steps this actor has from the present state, each with its refusal; primary ones first."""
        mine = [
            s for s in self.steps if not s.quiet and case.state in s.sources and s.role.holds(actor, case)
        ]
        offers = [Offer(step, self._refusal(step, actor, case, today)) for step in mine]
        return sorted(offers, key=lambda offer: (not offer.primary, offer.refusal is not None))

    def check(self, verb: str, actor: Actor, case: Any, today: date) -> Step:
        """The step, if this actor may take it now; raises NotYourStep, Moved or Refused.

        From a wrong state Moved says which state that is, but to the loser of a race: whose row another moved meanwhile.
        """
        step = self._by_verb[verb]
        if not step.role.holds(actor, case):
            raise NotYourStep(step.label)
        if case.state not in step.sources:
            raise Moved(None if was_moved(case) else out_of_turn(step, case))
        if refusal := self._refusal(step, actor, case, today):
            raise Refused(refusal)
        return step

    def take(
        self,
        verb: str,
        actor: Actor,
        case: Any,
        *,
        at: datetime,
        words: str = "",
        facts: Mapping[str, Any] | None = None,
        target: str = "",
        **changes: Any,
    ) -> None:
        """Moves the row and writes its journal line; the WHERE clause on the old state is the lock on that row.

        `changes` are further columns set by the same UPDATE; `target` overrides the table where an outcome is chosen.
        Raises NotYourStep, Refused, or Moved for the loser of a race. The caller holds the transaction.
        """
        step = self.check(verb, actor, case, localdate(at))
        source, goal = case.state, target or step.target or case.state
        if not update_row(case, {"state": source}, {"state": goal, **changes}):
            raise Moved
        for name, value in {"state": goal, **changes}.items():
            setattr(case, name, value)
        journal.record(
            case.journal_case,
            actor,
            noun=self.noun,
            object_id=case.pk,
            verb=verb,
            label=in_the_language_of_the_law(step.label),
            at=at,
            source=source,
            target=goal,
            words=words,
            facts=facts,
            seen_by=step.seen_by,
        )

    def _refusal(self, step: Step, actor: Actor, case: Any, today: date) -> Any:
        for guard in step.guards:
            if sentence := guard(actor, case, today):
                return sentence
        return None


def out_of_turn(step: Step, case: Any) -> str:
    """From which states a step is taken, and in which the case is."""
    labels = dict(case._meta.get_field("state").flatchoices)
    return _("“%(step)s”在“%(sources)s”时办理，现在是“%(state)s”。") % {
        "step": step.label,
        "sources": "、".join(str(labels.get(state, state)) for state in step.sources),
        "state": labels.get(case.state, case.state),
    }


def in_the_language_of_the_law(label: Any) -> str:
    """A label as the journal keeps it: in Chinese, whatever language the actor's page speaks."""
    with override(settings.LANGUAGE_CODE):
        return str(label)


__all__ = [
    "Actor",
    "Flow",
    "Guard",
    "Moved",
    "NotYourStep",
    "Offer",
    "Refused",
    "Role",
    "Step",
    "in_the_language_of_the_law",
    "out_of_turn",
]
