"""The page of one case 卷宗: head, next steps, what was written, who handles it, what was answered, what happened."""

from datetime import date
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from tibandu.base.casepages import buttons, entries
from tibandu.base.doors import actor_required
from tibandu.people.queries import Actor
from tibandu.suggestions import queries, rules
from tibandu.suggestions.enums import OPEN, OPEN_SHARES, State
from tibandu.suggestions.models import Suggestion
from tibandu.suggestions.room import ROOM

ON_WRITING_PAGE = {
    "attach",
    "detach",
    "take_off",
}  # one for each file or invitation: they stand beside it there
STAGE_OF: dict[str, str] = {
    State.REGISTERED: "propose",
    State.ASSIGNED: "handle",
    State.FOLLOW_UP: "supervise",
    State.CLOSED: "closed",
}


@actor_required
def case(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        suggestion = queries.on_page(request.actor, pk)
    except ObjectDoesNotExist:
        raise Http404 from None
    today = localdate()
    rows = queries.rows_of(suggestion)
    context = {
        "case": suggestion,
        "rows": rows,
        "measure": queries.measure_for(suggestion) if suggestion.regulation_id else None,
        "offers": buttons(ROOM, request.actor, rows, today, case="suggestion", but=ON_WRITING_PAGE),
        "entries": entries(queries.timeline(request.actor, suggestion)),
        "head": head(request.actor, suggestion, today),
        "sections": sections(suggestion, rows),
        "names_authors": queries.knows_authors(request.actor, suggestion),
    }
    return render(request, "suggestions/case.html", context)


def head(actor: Actor, suggestion: Suggestion, today: date) -> dict[str, Any]:
    """What the head of the page says: number, people, state and where the case stands."""
    shares = suggestion.assignments.all()
    waiting = any(share.state in OPEN_SHARES for share in shares)
    answered = [share.answered_on for share in shares if share.answered_on]
    tone = (
        rules.tone(today, suggestion.due_on, _near_days(suggestion), not waiting)
        if suggestion.state in OPEN
        else "done"
    )
    return {
        "number": suggestion.number_text or suggestion.external_no,
        "people": [{"name": name} for name in queries.author_names(actor, suggestion)],
        "tone": _tone(suggestion, tone),
        "word": suggestion.get_state_display(),
        "at": STAGE_OF.get(suggestion.state, "propose"),
        "due_on": suggestion.due_on if suggestion.state in OPEN and waiting else None,
        "done_on": None if waiting else max(answered, default=None),
    }


def _near_days(suggestion: Suggestion) -> int:
    """How many days before its end a clock counts as near, as the case's own measure says."""
    near = queries.measure_for(suggestion).limits.get("near") if suggestion.regulation_id else None
    return near.amount if near else 0


def _tone(suggestion: Suggestion, clock: str) -> str:
    if suggestion.state in OPEN:
        return "going" if clock in ("calm", "done") else clock
    if suggestion.state == State.CLOSED:
        return "done"
    return "waiting" if suggestion.state in (State.SUBMITTED, State.COSIGNING) else "ended"


def sections(suggestion: Suggestion, rows: dict[str, list[Any]]) -> list[tuple[str, str, int | None]]:
    """The parts of the page that have content, as anchors."""
    found = [
        ("text", _("原文"), None),
        ("assignments", _("交办"), len(rows["assignment"])),
        ("plan", _("措施"), len(rows["plan"])),
        ("contacts", _("联系"), len(rows["contact"])),
        ("replies", _("答复"), len(rows["reply"])),
        ("ratings", _("评价"), len(rows["rating"])),
        ("promises", _("承诺"), len(rows["promise"])),
        ("imported", _("原表"), None if hasattr(suggestion, "imported") else 0),
        ("timeline", _("时间线"), None),
    ]
    return [(anchor, label, count) for anchor, label, count in found if count is None or count]
