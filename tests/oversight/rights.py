"""Draws who may do what in every state of a noun of supervision, over the whole cast, as lines to compare."""

from typing import Any

from tests.town import Town
from tibandu.oversight.flow import NOUNS


def golden(town: Town, noun: str, row: Any, states: Any) -> list[str]:
    """One line per state and person who has a step there: "state person: verbs"."""
    lines = []
    for state in states:
        row.state = state.value
        for name, actor in town.actors.items():
            verbs = [
                step.verb
                for flow in NOUNS[noun][1]
                for step in flow.steps
                if not step.quiet and row.state in step.sources and step.role.holds(actor, row)
            ]
            if verbs:
                lines.append(f"{state} {name}: {' '.join(verbs)}")
    return lines
