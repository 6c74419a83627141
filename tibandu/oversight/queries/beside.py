"""Knows everything of supervision that touches one suggestion: each area says its part, as lines of one list."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Q
from django.urls import reverse

from tibandu.oversight.models import AgendaItem, Instrument, Programme
from tibandu.oversight.queries import funds, referrals
from tibandu.oversight.queries.instruments import instruments_visible_to, opinions_visible_to
from tibandu.oversight.queries.programmes import meetings_visible_to, programmes_visible_to
from tibandu.oversight.rules.programmes import TONE_OF
from tibandu.people.queries import Actor
from tibandu.suggestions.enums import PromiseState
from tibandu.suggestions.models import Suggestion
from tibandu.suggestions.queries import promises_visible_to

# One thing of supervision beside a suggestion: what it is, its title and page, the word and the tone of its state.
Beside = tuple[Any, str, str, Any, str]


def of_programmes(actor: Actor, suggestion: Suggestion) -> Iterable[Beside]:
    """Programmes, instruments, opinions and government meetings: four queries."""
    programmes: Iterable[Programme] = programmes_visible_to(actor).filter(suggestions=suggestion)
    for row in programmes:
        yield _line(row.get_kind_display(), row)
    about = Q(suggestions=suggestion) | Q(addresses__suggestion=suggestion)
    instruments: Iterable[Instrument] = instruments_visible_to(actor).filter(about).distinct()
    for tool in instruments:
        yield _line(tool.get_kind_display(), tool)
    for case in opinions_visible_to(actor).filter(suggestions=suggestion):
        yield _line(case._meta.verbose_name, case)
    items = AgendaItem.objects.filter(suggestions=suggestion).values("meeting")
    for meeting in meetings_visible_to(actor).filter(pk__in=items):
        yield _line(meeting.get_kind_display(), meeting)


def _line(label: Any, row: Any) -> Beside:
    tone = TONE_OF.get(row.state, "going")
    return label, str(row), row.get_absolute_url(), row.get_state_display(), tone


def of_referrals(actor: Actor, suggestion: Suggestion) -> Iterable[Beside]:
    """Referrals to the procuratorate and back."""
    for one in referrals.beside(actor, suggestion):
        yield one.label, one.title, one.url, one.word, one.tone


def of_promises(actor: Actor, suggestion: Suggestion) -> Iterable[Beside]:
    """The promises of its sent replies, each with its own page."""
    for one in promises_visible_to(actor).filter(suggestion=suggestion):
        url = reverse("oversight:promise", args=[one.pk])
        tone = {PromiseState.KEPT: "done", PromiseState.LAPSED: "overdue"}.get(
            PromiseState(one.state), "going"
        )
        yield one._meta.verbose_name, str(one), url, one.get_state_display(), tone


# Each area's part, in the order in which a case page shows them.
AREAS: list[Callable[[Actor, Suggestion], Iterable[Beside]]] = [
    of_promises,
    of_programmes,
    funds.beside,
    of_referrals,
]


def beside(actor: Actor, suggestion: Suggestion) -> list[Beside]:
    """All that supervision has about a suggestion in the actor's sight."""
    return [line for area in AREAS for line in area(actor, suggestion)]
