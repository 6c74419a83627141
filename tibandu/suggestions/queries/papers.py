"""Knows whose paper a paper can be: the people around a case, and the actor behind the key of a hat."""

from datetime import date

from tibandu.base.whole import whole
from tibandu.people.models import Appointment, Seat
from tibandu.people.queries import (
    Actor,
    actor_for,
    actor_of_appointment,
    actor_of_seat,
    current_appointments,
)
from tibandu.suggestions.enums import PaperState
from tibandu.suggestions.models import PaperEntry, Suggestion
from tibandu.suggestions.queries.sight import papers_visible_to, visible_to


def people_of_case(suggestion: Suggestion, on: date) -> list[Actor]:
    """Everybody who may have signed a paper of this case on a day: its proposers, and the people of its units."""
    seats = {
        proposer.delegation.head_id if proposer.delegation else proposer.seat_id
        for proposer in suggestion.proposers.select_related("delegation")
    }
    found = Seat.objects.filter(pk__in=seats - {None}).select_related("person", "term__congress")
    posts = current_appointments(on).filter(post__unit__in=suggestion.assignments.values("unit"))
    return [actor_of_seat(seat, on) for seat in found.order_by("pk")] + [
        actor_of_appointment(post) for post in posts.order_by("post__unit__order", "pk")
    ]


def wearer_of(hat: str, on: date) -> Actor | None:
    """The actor behind the key of a hat, if its person wore it on that day."""
    kind, _colon, key = hat.partition(":")
    if whole(key) is None:
        return None
    if kind == "seat":
        person = Seat.objects.filter(pk=key).values_list("person_id", flat=True).first()
    else:
        person = Appointment.objects.filter(pk=key).values_list("person_id", flat=True).first()
    return actor_for(person, hat, on) if person else None


def papers_waiting(actor: Actor) -> list[PaperEntry]:
    """What others have typed from paper and waits for this person's eyes, oldest first."""
    waiting = papers_visible_to(actor).filter(
        state=PaperState.ENTERED, suggestion__in=visible_to(actor).values("pk")
    )
    waiting = waiting.exclude(entered_by_id=actor.person_id).select_related("suggestion")
    return list(waiting.order_by("pk"))


def paper_on_file(actor: Actor, pk: int) -> PaperEntry | None:
    """An entry by its key, where the actor sees it."""
    seen = papers_visible_to(actor).filter(suggestion__in=visible_to(actor).values("pk"))
    return seen.select_related("scan").filter(pk=pk).first()
