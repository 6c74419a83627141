"""Knows who sees which row: one rule per noun, for list, detail, search, export, file, print and API."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from tibandu.people.enums import Competence
from tibandu.people.models import Appointment, Delegation, Unit
from tibandu.people.queries import Actor
from tibandu.suggestions.enums import ON_FILE, UNSEEN, Consent, Publicity, ReplyState
from tibandu.suggestions.models import (
    Assignment,
    Attachment,
    Handover,
    Opinion,
    PaperEntry,
    Promise,
    Proposer,
    Rating,
    Reply,
    Suggestion,
)


@dataclass(frozen=True, slots=True)
class Way:
    """One way by which suggestions are reached: rows of a child noun that lead to them, and what must hold of them.

    `is_ordered` says that an index gives those rows with the newest suggestion first.
    """

    holds: Q = field(default_factory=Q)
    through: QuerySet[Any] | None = None
    is_ordered: bool = True

    @property
    def q(self) -> Q:
        """The same as a condition on a suggestion."""
        if self.through is None:
            return self.holds
        return self.holds & Q(Exists(self.through.filter(suggestion=OuterRef("pk"))))


def either(ways: Iterable[Way]) -> Q:
    """What holds of a suggestion that one of the ways reaches."""
    return reduce(or_, (way.q for way in ways))


def visible_to(actor: Actor | None) -> QuerySet[Suggestion]:
    """The one rule of sight, for list, detail, search, export, file, print and API. Nobody signed in sees the published."""
    if actor is None:
        return Suggestion.objects.filter(is_published=True, is_classified=False, is_masked=False)
    if actor.is_system:
        return Suggestion.objects.all()
    return Suggestion.objects.filter(either(ways_of_sight(actor)))


def ways_of_sight(actor: Actor) -> list[Way]:
    """How cases come into an actor's sight; the cheapest to ask stands first.

    Few units have absorbed others and few deputies head a delegation: whether this one did is asked once, not of each row.
    """
    if actor.is_deputy:
        return _ways_of_deputy(actor)
    own = Q(congress=actor.congress_id)
    if actor.competences & {Competence.SCREEN, Competence.ASSIGN, Competence.CLOSE, Competence.DECIDE}:
        return [Way(own & ~Q(state__in=UNSEEN))]
    if actor.is_congress_side:
        return [Way(own & Q(state__in=ON_FILE, is_classified=False))]
    return _ways_of_unit(actor)


def _ways_of_deputy(actor: Actor) -> list[Way]:
    behind = Proposer.objects.exclude(state=Consent.DECLINED)
    headed = Delegation.objects.filter(head=actor.seat_id)
    mine = [
        Way(through=behind.filter(seat=actor.seat_id)),
        Way(Q(Exists(headed)), behind.filter(delegation__in=headed), is_ordered=False),
    ]
    if actor.seat_ended:
        return mine
    shared = Q(congress=actor.congress_id, state__in=ON_FILE, is_masked=False, is_classified=False)
    return [Way(shared & ~Q(publicity=Publicity.NONE)), *mine]


def _ways_of_unit(actor: Actor) -> list[Way]:
    shares = Assignment.objects.all()
    ways = [Way(through=shares.filter(unit=actor.unit_id))]
    former = Unit.objects.filter(successor=actor.unit_id)
    ways.append(Way(Q(Exists(former)), shares.filter(unit__in=former), is_ordered=False))
    if actor.dispatches_organ_id:
        ways.append(Way(through=Handover.objects.filter(organ=actor.dispatches_organ_id)))
    if Competence.ARBITRATE in actor.competences:
        disputed = shares.filter(objections__state="escalated")
        ways.append(Way(Q(congress=actor.congress_id), disputed, is_ordered=False))
    return ways


def child_visible_to(actor: Actor | None, model: Any) -> QuerySet[Any]:
    """Rows of a child noun whose suggestion the actor sees; ratings and drafts have narrower rules below."""
    rows = model.objects.all()
    path = "assignment__suggestion__in" if not has_suggestion(model) else "suggestion__in"
    rows = rows.filter(**{path: visible_to(actor).values("pk")})
    if model is Rating:
        return rows.filter(pk__in=ratings_visible_to(actor).values("pk"))
    if model is Reply:
        return rows.filter(pk__in=replies_visible_to(actor).values("pk"))
    if model is Promise:
        return rows.filter(reply__in=replies_visible_to(actor).values("pk"))
    if model is PaperEntry:
        return rows.filter(pk__in=papers_visible_to(actor).values("pk"))
    return rows


def has_suggestion(model: type) -> bool:
    """Whether the noun hangs on the suggestion itself, not on a share of it."""
    return any(field.name == "suggestion" for field in model._meta.get_fields())  # type: ignore[attr-defined]


def ratings_visible_to(actor: Actor | None) -> QuerySet[Rating]:
    """A rating is its author's and the congress's until it is unsealed; handlers are blind under every hat (model.md rule 7)."""
    ratings = Rating.objects.all()
    if actor is None:
        return ratings.none()
    if actor.is_system:
        return ratings
    unsealed = Q(unsealed_on__isnull=False)
    if actor.is_deputy:
        own = Q(proposer__seat=actor.seat_id) | Q(proposer__delegation__head=actor.seat_id)
        return ratings.filter(own | unsealed)
    if actor.is_congress_side:
        rated = Appointment.objects.filter(
            person=actor.person_id, until=None, post__unit__assignments__suggestion=OuterRef("suggestion")
        )
        return ratings.filter(unsealed | ~Q(Exists(rated)))
    return ratings.filter(unsealed)


def papers_visible_to(actor: Actor | None) -> QuerySet[PaperEntry]:
    """What was typed from paper is read by those who screen, and by the person whose paper it is."""
    papers = PaperEntry.objects.all()
    if actor is None:
        return papers.none()
    return papers if actor.may(Competence.SCREEN) else papers.filter(hat=actor.hat)


def replies_visible_to(actor: Actor | None) -> QuerySet[Reply]:
    """A draft reply is seen by its unit and whoever dispatches for it; what was sent by all who see the case."""
    sent = Q(state__in=[ReplyState.SENT, ReplyState.REPLACED])
    if actor is None:
        return Reply.objects.filter(state=ReplyState.SENT, published_on__isnull=False)
    if actor.is_system:
        return Reply.objects.all()
    inside = Q(assignment__unit=actor.unit_id) | Q(assignment__handover__organ=actor.dispatches_organ_id)
    return Reply.objects.filter(sent | inside) if actor.unit_id else Reply.objects.filter(sent)


def opinions_visible_to(actor: Actor) -> QuerySet[Opinion]:
    """What co-units write to the lead is read by those who handle and by the congress, not by deputies."""
    return Opinion.objects.none() if actor.is_deputy else Opinion.objects.all()


def attachments_visible_to(actor: Actor | None) -> QuerySet[Attachment]:
    """The files of what the actor sees of a case: those of a draft reply are its unit's."""
    seen = replies_visible_to(actor).filter(pk=OuterRef("object_id"))
    of_draft = Q(noun="reply") & ~Q(Exists(seen))
    return Attachment.objects.filter(~of_draft).select_related("file").order_by("pk")


def stands_behind(actor: Actor, suggestion: Suggestion) -> bool:
    """Whether the actor is one of the proposers, or signs for a delegation that is."""
    return any(is_mine(actor, proposer) for proposer in suggestion.proposers.all())


def is_mine(actor: Actor, proposer: Proposer) -> bool:
    if actor.seat_id is None:
        return False
    head = proposer.delegation.head_id if proposer.delegation_id and proposer.delegation else None
    return actor.seat_id in (proposer.seat_id, head)
