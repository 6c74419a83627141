"""Knows how the replies of a case are drawn: each as a letter, with who was sent it; from rows that are already read."""

from datetime import date, datetime
from typing import Any

from django import template

from tibandu.people.queries import Actor
from tibandu.suggestions.enums import ReplyState
from tibandu.suggestions.models import Reply
from tibandu.suggestions.queries import author_names
from tibandu.suggestions.queries.letters import letter_of, page_of

register = template.Library()

TONES = {
    ReplyState.DRAFT: "draft",
    ReplyState.CHECKING: "waiting",
    ReplyState.SIGNING: "waiting",
    ReplyState.SIGNED: "going",
    ReplyState.SENT: "done",
    ReplyState.REPLACED: "ended",
}


@register.simple_tag
def as_page(reply: Reply, today: date) -> dict[str, Any]:
    """`{% as_page reply today as letter %}`: what components/letter.html draws."""
    return page_of(letter_of(reply, today))


@register.filter
def reply_tone(reply: Reply) -> str:
    return TONES[ReplyState(reply.state)]


@register.filter
def deliveries(reply: Reply, actor: Actor | None) -> list[tuple[str, datetime | None]]:
    """Who was sent the reply and when they opened it; of a masked author no name."""
    known = {proposer.pk: proposer.name for proposer in reply.suggestion.proposers.all()}
    shown = author_names(actor, reply.suggestion)
    hidden = "" if set(shown) & set(known.values()) else "".join(shown)
    return [(hidden or known.get(row.proposer_id, ""), row.opened_at) for row in reply.deliveries.all()]
