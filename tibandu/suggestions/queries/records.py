"""Knows where a promise stands otherwise than the journal last said of it, for `tibandu verify`."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tibandu.base.models import JournalLine
from tibandu.suggestions.enums import PromiseState
from tibandu.suggestions.models import Promise, Suggestion

LINES_AT_ONCE, ROWS_AT_ONCE = 5000, 500
# What the journal last said of a promise: its state, and the day until which it is owed.
Said = tuple[str, str]


def promise_breaks() -> Iterator[str]:
    """A sentence for each promise whose day or state was changed past the journal; drafts are in no ledger yet."""
    said = _gathered(_lines())
    rows = (
        Promise.objects.exclude(state=PromiseState.DRAFT).order_by("pk").values_list("pk", "state", "due_on")
    )
    page = list(rows[:ROWS_AT_ONCE])
    while page:
        for pk, state, due_on in page:
            if said.get(pk) != (state, due_on.isoformat()):
                yield from _look_again(pk)
        page = list(rows.filter(pk__gt=page[-1][0])[:ROWS_AT_ONCE])


def _lines(**of: Any) -> Iterator[tuple[int, int, str, dict[str, Any]]]:
    """The lines about promises in the order in which they were written, page by page."""
    rows = JournalLine.objects.filter(noun="promise", **of).order_by("pk")
    values = rows.values_list("pk", "object_id", "target", "facts")
    page = list(values[:LINES_AT_ONCE])
    while page:
        yield from page
        page = list(values.filter(pk__gt=page[-1][0])[:LINES_AT_ONCE])


def _gathered(lines: Iterable[tuple[int, int, str, dict[str, Any]]]) -> dict[int, Said]:
    """Where the lines leave each promise; the day stands where it was made and wherever it was put off."""
    found: dict[int, Said] = {}
    for _pk, promise, target, facts in lines:
        day = facts.get("新时限") or facts.get("时限") or found.get(promise, ("", ""))[1]
        found[promise] = (target, day)
    return found


def _look_again(pk: int) -> Iterator[str]:
    """A promise may have moved since the lines were read, so its case is locked before it is judged."""
    with transaction.atomic():
        promise = Promise.objects.select_related("suggestion").get(pk=pk)
        Suggestion.objects.select_for_update().get(pk=promise.suggestion_id)
        promise.refresh_from_db(fields=["state", "due_on"])
        state, day = _gathered(_lines(object_id=pk)).get(pk, ("", ""))
    words = {"promise": f"{promise.suggestion.number_text} {promise}".strip()}
    if day != promise.due_on.isoformat():
        days = {"now": promise.due_on.isoformat(), "said": day or _("没有记载")}
        yield _("承诺“%(promise)s”：时限%(now)s，留痕%(said)s") % (words | days)
    if state != promise.state:
        labels = dict(PromiseState.choices)
        states = {"now": promise.get_state_display(), "said": labels.get(state) or _("没有记载")}
        yield _("承诺“%(promise)s”：状态“%(now)s”，留痕“%(said)s”") % (words | states)
