"""Knows how ratings and promises of a case are drawn, from rows that are already read."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import template
from django.utils.translation import gettext as _

from tibandu.people.queries import Actor
from tibandu.regulations.models import Grade
from tibandu.suggestions.enums import PromiseState, ReplyKind
from tibandu.suggestions.models import Promise, Proposer, Rating, RatingMark, Reply, Suggestion
from tibandu.suggestions.queries import stands_behind

register = template.Library()

TONES = {
    PromiseState.DRAFT: "draft",
    PromiseState.OPEN: "going",
    PromiseState.CLAIMED: "waiting",
    PromiseState.KEPT: "done",
    PromiseState.LAPSED: "refused",
    PromiseState.RELEASED: "ended",
}


@register.filter
def asks_rating(reply: Reply) -> bool:
    """Whether a reply is of the kind that deputies are asked to rate."""
    return reply.sent_on is not None and reply.kind != ReplyKind.INTERIM and reply.state != "replaced"


@register.filter
def any_asks_rating(replies: Iterable[Reply]) -> bool:
    return any(asks_rating(reply) for reply in replies)


@register.simple_tag
def ratings_of(ratings: Iterable[Rating], reply: Reply) -> list[Rating]:
    """`{% ratings_of rows.rating reply as ratings %}`: those of one reply, in the order of the proposers."""
    own = [rating for rating in ratings if rating.reply_id == reply.pk]
    return sorted(own, key=lambda rating: (not rating.proposer.is_lead, rating.proposer.position))


@register.simple_tag
def proposer_name(proposer: Proposer, suggestion: Suggestion, actor: Actor | None) -> str:
    """A proposer's name, or the place in the list where the authors are masked for this reader (model.md rule 8)."""
    inside = actor is not None and (actor.is_congress_side or stands_behind(actor, suggestion))
    if suggestion.is_masked and not inside:
        return _("提出人%(n)s（保密）") % {"n": proposer.position}
    return proposer.name


@register.filter
def standing_marks(rating: Rating) -> list[RatingMark]:
    return marks_of(rating, rating.version)


@register.filter
def marks_of(rating: Rating, version: int) -> list[RatingMark]:
    own = [mark for mark in rating.marks.all() if mark.version == version]
    return sorted(own, key=lambda mark: mark.dimension.order)


@register.filter
def grade_tone(grade: Grade) -> str:
    if grade.is_dissatisfied:
        return "refused"
    return "done" if grade.counts_as_satisfied else "going"


@register.filter
def promise_tone(promise: Promise, today: date) -> str:
    is_late = promise.state == PromiseState.OPEN and promise.due_on < today
    return "overdue" if is_late else TONES[PromiseState(promise.state)]


@register.filter
def stopped_on(promise: Promise) -> date | Any:
    """The day on which a promise's clock stopped: when it was claimed, or found kept."""
    if promise.state in (PromiseState.KEPT, PromiseState.CLAIMED):
        return promise.claimed_on or promise.closed_on
    return promise.closed_on
