"""Knows how one verb is taken for many cases: each in its own transaction, with a sentence for whoever refuses."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from tibandu.base.flow import Moved, NotYourStep, Refused
from tibandu.people.queries import Actor
from tibandu.suggestions.flow import flow_of, noun_of
from tibandu.suggestions.models import Suggestion
from tibandu.suggestions.queries.assigning import rows_for_batch

# Verbs whose form is the same for every case, so that one filling serves all.
BATCHABLE = ("assign", "distribute", "sign_for", "take_over", "urge", "confirm_contact", "close")


@dataclass(frozen=True)
class Item:
    """A row that a batch would move or has moved; an empty sentence means that it goes through."""

    case: Suggestion
    row: Any
    sentence: str = ""


def planned(actor: Actor, verb: str, picks: Iterable[int], today: date) -> list[Item]:
    """What a batch would do, without doing it: every picked case with its rows of that verb, and who refuses why."""
    flow, noun = flow_of(noun_of(verb), verb), noun_of(verb)
    role = flow.step(verb).role
    items = []
    for case, rows in rows_for_batch(actor, noun, picks):
        mine = [row for row in rows if role.holds(actor, row)]
        items += [Item(case, row, _refusal(actor, verb, row, today)) for row in mine]
        if not mine:
            items.append(Item(case, None, _("这一步不由您办理。")))
    return items


def _refusal(actor: Actor, verb: str, row: Any, today: date) -> str:
    try:
        flow_of(noun_of(verb), verb).check(verb, actor, row, today)
    except (Refused, Moved) as refusal:
        return str(refusal) if isinstance(refusal, Refused) else _("已经办过，或者还没到这一步。")
    return ""


def take_many(actor: Actor, action: Any, items: Sequence[Item], *, at: datetime, **fields: Any) -> list[Item]:
    """Takes the step for every item that the plan let through; what moved meanwhile is refused with its sentence."""
    return [
        item if item.sentence or item.row is None else _taken(actor, action, item, at, fields)
        for item in items
    ]


def _taken(actor: Actor, action: Any, item: Item, at: datetime, fields: dict[str, Any]) -> Item:
    try:
        action(actor, item.row, at=at, **fields)
    except (Refused, Moved) as refusal:
        return Item(item.case, item.row, str(refusal))
    except NotYourStep:
        return Item(item.case, item.row, _("这一步不由您办理。"))
    return item
