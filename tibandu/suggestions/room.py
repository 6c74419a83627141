"""Knows how the steps of this room are found, filled in and taken; its pages and its API are drawn from here."""

from typing import Any

from django.urls import reverse

from tibandu.base.procedures import Room
from tibandu.people.queries import Actor
from tibandu.suggestions import queries
from tibandu.suggestions.actions import action_of
from tibandu.suggestions.flow import PROCEDURES
from tibandu.suggestions.forms import form_of
from tibandu.suggestions.queries.assigning import meetings_visible_to


def found(actor: Actor, noun: str, pk: int, of: int | None = None) -> tuple[Any, Any] | None:
    """A row in sight with its case read whole; an assignment meeting belongs to no one case."""
    if noun != "meeting":
        return queries.row_on_page(actor, noun, pk, of)
    meeting = meetings_visible_to(actor).filter(pk=pk).first()
    return (None, meeting) if meeting else None


ROOM = Room(
    name="suggestions",
    procedures=PROCEDURES,
    form_of=form_of,
    action_of=action_of,
    found=found,
    page_of=lambda case, row: reverse("suggestions:case", args=[case.pk]),
    article=lambda case, governed_by, today: queries.article_for(case, governed_by),
)
