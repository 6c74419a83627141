"""Knows whom a deed of this room is told to: the authors, a unit, whoever holds a power; masked authors go through the office."""

from datetime import datetime
from typing import Any

from django.urls import reverse

from tibandu.people.actions import tell
from tibandu.people.enums import Competence, MessageKind
from tibandu.people.models import Unit
from tibandu.people.queries import unit_holding
from tibandu.suggestions.enums import Consent
from tibandu.suggestions.models import Proposer, Suggestion


def tell_authors(
    suggestion: Suggestion,
    title: Any,
    *,
    at: datetime,
    kind: MessageKind = MessageKind.NOTICE,
    key: str = "",
) -> None:
    """Tells everybody who stands behind the text; of a masked suggestion the office is told and passes it on."""
    if suggestion.is_masked:
        tell_holder(suggestion, Competence.SCREEN, title, at=at, kind=kind, key=key)
        return
    behind = Proposer.objects.filter(suggestion=suggestion, state=Consent.CONFIRMED)
    tell_proposers(suggestion, behind.select_related("delegation"), title, at=at, kind=kind, key=key)


def tell_proposers(
    suggestion: Suggestion,
    proposers: Any,
    title: Any,
    *,
    at: datetime,
    kind: MessageKind = MessageKind.NOTICE,
    key: str = "",
    url: str = "",
) -> None:
    """Tells these proposers; a delegation is told at its head."""
    seats = [seat for proposer in proposers if (seat := seat_of(proposer))]
    tell(
        key=key_of(suggestion, key),
        seats=seats,
        kind=kind,
        title=title,
        url=url or page_of(suggestion),
        at=at,
    )


def tell_unit(
    unit: Unit | int,
    suggestion: Suggestion,
    title: Any,
    *,
    at: datetime,
    kind: MessageKind = MessageKind.TODO,
    key: str = "",
    url: str = "",
) -> None:
    """Tells a unit, and thereby all its posts."""
    tell(
        key=key_of(suggestion, key),
        units=[unit],
        kind=kind,
        title=title,
        url=url or page_of(suggestion),
        at=at,
    )


def tell_holder(
    suggestion: Suggestion,
    competence: Competence,
    title: Any,
    *,
    at: datetime,
    kind: MessageKind = MessageKind.TODO,
    key: str = "",
) -> None:
    """Tells the unit that holds a power in the congress of the case, where there is one."""
    if unit := unit_holding(suggestion.congress_id, competence):
        tell_unit(unit, suggestion, title, at=at, kind=kind, key=key)


def seat_of(proposer: Proposer) -> int | None:
    """The seat at which a proposer is reached."""
    return proposer.delegation.head_id if proposer.delegation_id else proposer.seat_id


def key_of(suggestion: Suggestion, key: str) -> str:
    """One message per deed: without a key of its own it is named by the journal line it belongs to."""
    return f"suggestion:{suggestion.pk}:{key or suggestion.journal_seq}"


def page_of(suggestion: Suggestion) -> str:
    return reverse("suggestions:case", args=[suggestion.pk])
