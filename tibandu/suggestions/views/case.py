"""The page of one case 卷宗: head, next steps, what was written, who handles it, what was answered, what happened."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from tibandu.base.doors import actor_required
from tibandu.base.flow import Offer
from tibandu.people.queries import Actor
from tibandu.suggestions import flow, queries, rules
from tibandu.suggestions.enums import OPEN, OPEN_SHARES, State
from tibandu.suggestions.models import Suggestion
from tibandu.suggestions.queries.case import Line

ON_WRITING_PAGE = {
    "attach",
    "detach",
    "take_off",
}  # one for each file or invitation: they stand beside it there
BACKFILLED_AFTER = 86_400  # seconds between happening and recording from which both moments are shown
STAGE_OF: dict[str, str] = {
    State.REGISTERED: "propose",
    State.ASSIGNED: "handle",
    State.FOLLOW_UP: "supervise",
    State.CLOSED: "closed",
}


@dataclass(frozen=True)
class Button:
    """An offered step as the panel shows it, with the row it is about."""

    offer: Offer
    noun: str
    row: Any

    @property
    def verb(self) -> str:
        return self.offer.verb

    @property
    def label(self) -> Any:
        return self.offer.label

    @property
    def refusal(self) -> Any:
        return self.offer.refusal

    @property
    def primary(self) -> bool:
        """A step that was taken before and may be taken anew is no longer the next thing to do."""
        return self.offer.primary and self.offer.step.target != self.row.state

    @property
    def note(self) -> str:
        return "" if self.noun == "suggestion" else str(self.row)

    @property
    def url(self) -> str:
        return reverse(f"suggestions:{self.verb}", args=[self.row.pk])


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
        "offers": buttons(request.actor, rows, today),
        "entries": entries(queries.timeline(request.actor, suggestion)),
        "head": head(request.actor, suggestion, today),
        "sections": sections(suggestion, rows),
        "names_authors": queries.knows_authors(request.actor, suggestion),
    }
    return render(request, "suggestions/case.html", context)


def buttons(actor: Actor, rows: dict[str, list[Any]], today: date) -> list[Button]:
    """Every step the actor has on any row of the case: what can be done first, what is refused last."""
    found = [
        Button(offer, noun, row)
        for noun, members in rows.items()
        for row in members
        for offer in flow.offers(actor, noun, row, today)
        if offer.verb not in ON_WRITING_PAGE
    ]
    return sorted(found, key=lambda button: (button.refusal is not None, not button.primary))


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


def entries(lines: list[Line]) -> list[dict[str, Any]]:
    """The journal's lines as the timeline shows them; a line recorded later than it happened says so."""
    whose = _("%(hat)s %(person)s")
    return [_entry(line, whose) for line in lines]


def _entry(line: Line, whose: str) -> dict[str, Any]:
    late = (line.recorded_at - line.happened_at).total_seconds() > BACKFILLED_AFTER
    who = whose % {"hat": line.who.get("hat", ""), "person": line.who.get("person", "")}
    if helper := line.who.get("entered_by"):
        who += _("（%(entered)s录入，%(confirmed)s复核）") % {
            "entered": helper,
            "confirmed": line.who.get("confirmed_by", ""),
        }
    return {
        "at": line.happened_at,
        "who": who,
        "label": line.label,
        "words": line.words,
        "facts": line.facts.items(),
        "recorded_at": line.recorded_at if late else None,
    }


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
