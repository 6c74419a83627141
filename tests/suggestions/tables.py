"""Draws who may do what of a flow, over the whole cast, as lines to compare."""

from typing import Any

from tests.town import Town
from tibandu.base.flow import Flow
from tibandu.people.queries import SYSTEM


def who_may(town: Town, flow: Flow, row: Any) -> list[str]:
    """One line per verb with the actors whose role holds on this row; what anybody's step drags along is left out."""
    cast = {**town.actors, "system": SYSTEM}
    lines = []
    for step in flow.steps:
        able = [name for name, actor in cast.items() if step.role.holds(actor, row)]
        if len(able) < len(cast):
            lines.append(f"{step.verb}: {' '.join(able)}")
    return lines
