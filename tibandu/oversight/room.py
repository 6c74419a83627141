"""Knows how the steps of this room are found, filled in and taken; its pages and its API are drawn from here."""

from datetime import date
from typing import Any

from django.urls import reverse

from tibandu.base.procedures import Room
from tibandu.oversight.actions import action_of
from tibandu.oversight.flow import PROCEDURES
from tibandu.oversight.forms import form_of
from tibandu.oversight.queries import SIGHT
from tibandu.people.queries import Actor
from tibandu.regulations.queries import measure_in_force, measure_of
from tibandu.suggestions.models import Promise


def found(actor: Actor, noun: str, pk: int, of: int | None = None) -> tuple[Any, Any] | None:
    """A row in sight with the case on whose chain it writes."""
    row = SIGHT[noun](actor).filter(pk=pk).first()
    return (row.journal_case, row) if row is not None else None


def page_of(case: Any, row: Any) -> str:
    """The page of a row, else of its case; a promise lives in the room below and has its page here."""
    if isinstance(row, Promise):
        return reverse("oversight:promise", args=[row.pk])
    url: str = row.get_absolute_url() if hasattr(row, "get_absolute_url") else case.get_absolute_url()
    return url


def article(case: Any, governed_by: str, today: date) -> str:
    """The article behind a step, as the measure in force in its congress says."""
    version = measure_in_force(case.congress_id, today) if governed_by else None
    return measure_of(version).article_of(governed_by) if version else ""


ROOM = Room(
    name="oversight",
    procedures=PROCEDURES,
    form_of=form_of,
    action_of=action_of,
    found=found,
    page_of=page_of,
    article=article,
)
