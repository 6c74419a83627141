"""Knows what the page of every case of this room holds: head, steps one has, what happened; each area adds its own."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from tibandu.base.casepages import Line, buttons, entries, lines_of
from tibandu.base.models import Chained
from tibandu.oversight.room import ROOM
from tibandu.people.queries import Actor


def context_of(
    actor: Actor, noun: str, case: Chained, rows: Mapping[str, Iterable[Any]], today: date, partly: str = ""
) -> dict[str, Any]:
    """`offers` over the case and the rows of other nouns that belong to it, `entries` of its journal.

    `partly` names the rows of which a reader sees only some: the journal then tells them of no others."""
    every = {noun: [case], **rows}
    in_sight = {partly: {row.pk for row in rows[partly]}} if partly else {}
    return {
        "case": case,
        "rows": rows,
        "offers": buttons(ROOM, actor, every, today, case=noun),
        "entries": entries(line for line in lines_of(case.chain) if _may_read(actor, line, in_sight)),
    }


def _may_read(actor: Actor, line: Line, in_sight: Mapping[str, set[Any]]) -> bool:
    """The congress reads every line; others none that is about a row which the page does not show them."""
    if actor.is_congress_side or actor.is_system:
        return True
    return line.seen_by == "all" and line.object_id in in_sight.get(line.noun, {line.object_id})
