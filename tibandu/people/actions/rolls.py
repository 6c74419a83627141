"""Knows how the rolls of a congress are opened for a change: who may, behind which lock, with which line."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tibandu.base import journal
from tibandu.base.flow import NotYourStep, Refused
from tibandu.people.models import Congress, Person
from tibandu.people.queries import Actor, congresses_of, keeps_the_rolls


@contextmanager
def rolls_open(actor: Actor, congress_id: int) -> Iterator[Congress]:
    """The congress with its row locked, in one transaction, for somebody who keeps its rolls; else NotYourStep."""
    if not keeps_the_rolls(actor, congress_id):
        raise NotYourStep(_("维护人员和单位"))
    with locked(congress_id) as congress:
        yield congress


@contextmanager
def locked(congress_id: int) -> Iterator[Congress]:
    """The congress whose chain takes the line: its row is locked first, so lines queue instead of forking."""
    with transaction.atomic():
        yield Congress.objects.select_for_update().get(pk=congress_id)


def line(
    congress: Congress,
    actor: Actor,
    row: models.Model,
    verb: str,
    label: Any,
    *,
    at: datetime,
    words: str = "",
    facts: Mapping[str, Any] | None = None,
) -> None:
    """One line on the chain of the congress about a row of its rolls."""
    journal.record(
        congress,
        actor,
        noun=str(row._meta.model_name),
        object_id=row.pk,
        verb=verb,
        label=str(label),
        at=at,
        words=words,
        facts={"name": str(row), **(facts or {})},
    )


def congress_for(actor: Actor, person: Person) -> int:
    """The congress on whose chain a person's line is written: the actor's, else where the person sits or serves."""
    if actor.congress_id:
        return actor.congress_id
    found = congresses_of(person.pk).order_by("pk").first()
    if found is None:
        raise Refused(_("%(person)s没有岗位或席位。") % {"person": person})
    return found.pk


def refuse_stranger(actor: Actor, person_id: int) -> None:
    """Nobody draws a person of another congress into one's own rolls; only the system joins the two."""
    others = congresses_of(person_id)
    if not actor.is_system and others.exists() and not others.filter(pk=actor.congress_id).exists():
        raise NotYourStep(_("维护人员和单位"))


def refuse_shared(actor: Actor, person_id: int) -> None:
    """What opens doors or carries words elsewhere is not ours to change, unless elsewhere is below us."""
    refuse_stranger(actor, person_id)
    ours_or_below = Q(pk=actor.congress_id) | Q(parent=actor.congress_id)
    if not actor.is_system and congresses_of(person_id).exclude(ours_or_below).exists():
        raise Refused(_("此人还在别的人大任职或任代表，须由上级人大或系统维护人员处理。"))
