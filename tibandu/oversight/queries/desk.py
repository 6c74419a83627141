"""Knows what waits for an actor in this room: rows in a state from which the actor's hat takes the next step."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from tibandu.people.queries import Actor


@dataclass(frozen=True)
class Task:
    """One thing that is asked of the actor: which verb on which row, and until when."""

    noun: str
    row: Any
    verb: str
    due_on: date | None = None
    from_whom: str = ""


# Each area says what of it waits for an actor; an area that has nothing for a kind of hat asks the database nothing.
AREAS: list[Callable[[Actor, date], Iterable[Task]]] = []


def waiting_for(actor: Actor, today: date) -> list[Task]:
    """Everything in this room that waits for this hat."""
    return [task for area in AREAS for task in area(actor, today)]
