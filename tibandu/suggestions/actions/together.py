"""Knows which cases one verb touches beside its own, and that all of them are locked in one order."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, TypeVar

from django.db import transaction

from tibandu.suggestions.enums import Role, ShareState
from tibandu.suggestions.models import Assignment, Suggestion

WORKED_ON = (ShareState.HANDLING, ShareState.ANSWERED)
Action = TypeVar("Action", bound=Callable[..., Any])


def locking(touched: Callable[..., Iterable[int]]) -> Callable[[Action], Action]:
    """Wraps a verb that touches other cases: its own and those `touched(row, …)` names are locked first, by their keys.

    Two that meet crosswise, such as a merge and its reverse, would else each hold what the other waits for.
    """

    def wrap(action: Action) -> Action:
        @wraps(action)
        def run(actor: Any, row: Any, **arguments: Any) -> Any:
            with transaction.atomic():
                hold({row.journal_case.pk, *touched(row, **arguments)})
                return action(actor, row, **arguments)

        return run  # type: ignore[return-value]

    return wrap


def hold(keys: Iterable[int]) -> list[Suggestion]:
    """These suggestions, locked in the order of their keys."""
    return list(Suggestion.objects.select_for_update().filter(pk__in=keys).order_by("pk"))


def merged_into_it(row: Any, **arguments: Any) -> Iterable[int]:
    """What ends with its master is taken out of it."""
    return Suggestion.objects.filter(merged_into=row.journal_case).values_list("pk", flat=True)


def of_its_file(share: Assignment, *, for_file: bool = False, **arguments: Any) -> Iterable[int]:
    """The cases that are handled together with this share's, where the verb is taken for all of them."""
    file = share.suggestion.case_file_id
    return Suggestion.objects.filter(case_file=file).values_list("pk", flat=True) if for_file and file else ()


def companions(share: Assignment) -> list[Assignment]:
    """The unit's shares in the other cases of the file, all cases locked."""
    file = share.suggestion.case_file_id
    if file is None:
        return []
    held = hold(of_its_file(share, for_file=True))
    others = Assignment.objects.filter(suggestion__in=held, unit=share.unit_id, state__in=WORKED_ON)
    return list(
        others.exclude(suggestion=share.suggestion_id).exclude(role=Role.CO).order_by("suggestion", "pk")
    )
