"""Knows how a verb runs: one function, one transaction, the suggestion locked first and the row read anew."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.db import transaction

from tibandu.suggestions.models import Suggestion

Action = TypeVar("Action", bound=Callable[..., Any])


def verb(action: Action) -> Action:
    """Wraps `action(actor, row, *, at, …)`: locks the row's suggestion (or other journal case), then re-reads the row.

    Two units that act at once on one suggestion wait for each other here, so that each sees what the other did; the
    loser's step is refused by the flow because the state has moved.
    """

    @wraps(action)
    def run(actor: Any, row: Any, **arguments: Any) -> Any:
        with transaction.atomic():
            lock(row)
            return action(actor, row, **arguments)

    return run  # type: ignore[return-value]


def lock(row: Any) -> None:
    """Locks the case of a row and refreshes the row, so that everything read from it afterwards is as it stands now."""
    case = row.journal_case
    held = type(case).objects.select_for_update().get(pk=case.pk)
    if row is case:
        row.refresh_from_db()
        return
    row.refresh_from_db()
    if isinstance(held, Suggestion) and any(field.name == "suggestion" for field in row._meta.fields):
        row.suggestion = held
