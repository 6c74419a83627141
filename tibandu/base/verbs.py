"""Knows how a verb runs: one function, one transaction, the case locked first and the row read anew."""

from collections.abc import Callable
from copy import copy
from functools import cache, wraps
from typing import Any, TypeVar

from tibandu.base.prepared import Prepared
from tibandu.base.turns import writing

Action = TypeVar("Action", bound=Callable[..., Any])


def verb(action: Action) -> Action:
    """Wraps `action(actor, row, *, at, …)`: locks the row's case, on whose chain it writes, then re-reads the row.

    Two units that act at once on one case wait for each other here, so that each sees what the other did; the
    loser's step is refused by the flow because the state has moved.
    """

    @wraps(action)
    def run(actor: Any, row: Any, **arguments: Any) -> Any:
        with writing():
            lock(row)
            return action(actor, row, **arguments)

    return run  # type: ignore[return-value]


def lock(row: Any) -> None:
    """Locks the case of a row and reads the row anew, so that everything read from it afterwards is as it stands now."""
    case = row.journal_case
    now = _values(case, locked=True)
    if row is case:
        _renew(row, now)
        return
    held = copy(case)
    _renew(held, now)
    _renew(row, _values(row))
    for field in row._meta.concrete_fields:
        if (
            field.is_relation
            and isinstance(held, field.related_model)
            and row.__dict__[field.attname] == held.pk
        ):
            setattr(row, field.name, held)


def _values(row: Any, *, locked: bool = False) -> tuple[Any, ...]:
    """The columns of a row as they stand, in the order of the model's fields."""
    found = _reading(row.__class__, locked).rows(pk=row.pk)
    if not found:
        raise type(row).DoesNotExist
    return found[0]


@cache
def _reading(model: Any, locked: bool) -> Prepared:
    columns = [field.attname for field in model._meta.concrete_fields]
    rows = model._base_manager.select_for_update() if locked else model._base_manager
    return Prepared(lambda pk: rows.filter(pk=pk).values_list(*columns), pk=int)


def was_moved(row: Any) -> bool:
    """Whether somebody moved a row between the actor's reading it and this verb's lock."""
    return bool(row.__dict__.get("_was_moved"))


def _renew(row: Any, values: tuple[Any, ...]) -> None:
    """What was read of the case before is forgotten; a unit, a measure and what else no step of a case moves is kept."""
    kept, read_in = {}, row.__dict__.get("state")
    for field, value in zip(row._meta.concrete_fields, values, strict=True):
        is_elsewhere = field.is_relation and field.related_model._meta.app_label != row._meta.app_label
        if is_elsewhere and field.is_cached(row) and row.__dict__[field.attname] == value:
            kept[field.name] = field.get_cached_value(row)
        row.__dict__[field.attname] = value
    row._was_moved = row.__dict__.get("state") != read_in
    row._state.fields_cache = kept
    row._prefetched_objects_cache = {}
