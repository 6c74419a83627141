"""Knows what intake asks of the rolls and of its own rows: the session that counts, who may be invited, whose drafts."""

from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils.timezone import localdate

from tibandu.base.clock import WorkingDays
from tibandu.people.enums import Function
from tibandu.people.models import Congress, Delegation, Group, Seat, Session, Term, Unit
from tibandu.people.queries import Actor, seats_in_force, units_in_being
from tibandu.regulations.models import Ground, SubjectClass
from tibandu.suggestions import rules
from tibandu.suggestions.enums import Consent, State
from tibandu.suggestions.models import Attachment, Proposer, Series, Suggestion
from tibandu.suggestions.queries.case import measure_for
from tibandu.suggestions.queries.sight import attachments_visible_to, visible_to


def session_on(congress_id: int, day: date) -> Session | None:
    """The session in which a suggestion of this day may still count as made; the exact hour is asked at submission."""
    sessions = Session.objects.filter(term__congress=congress_id, opens_on__lte=day, cutoff_at__date__gte=day)
    return sessions.select_related("term").order_by("-opens_on").first()


def session_counting(congress_id: int, at: datetime) -> Session | None:
    """The session for which a suggestion submitted at this moment counts; None between sessions."""
    day = localdate(at)
    session = session_on(congress_id, day)
    if session and rules.is_in_session(session.opens_on, session.cutoff_at, day, at):
        return session
    return None


def term_on(congress_id: int, day: date) -> Term | None:
    return Term.objects.filter(congress=congress_id, starts_on__lte=day, ends_on__gte=day).first()


def invitable_seats(suggestion: Suggestion, day: date) -> QuerySet[Seat]:
    """The deputies whom the lead may ask: those in office in the congress of the lead."""
    lead = next(p for p in suggestion.proposers.all() if p.is_lead)
    congress_id = lead.seat.term.congress_id if lead.seat else suggestion.congress_id
    return seats_in_force(congress_id, day).exclude(pk=lead.seat_id or 0)


def groups_of(congress_id: int) -> QuerySet[Group]:
    return Group.objects.filter(congress=congress_id).order_by("pk")


def mine(actor: Actor) -> list[Proposer]:
    """What the deputy stands behind or is asked to stand behind, newest first; a delegation's belongs to its head."""
    if actor.seat_id is None:
        return []
    own = Q(seat=actor.seat_id) | Q(delegation__head=actor.seat_id)
    rows = Proposer.objects.filter(own).exclude(state=Consent.DECLINED)
    return list(
        rows.select_related("suggestion__merged_into", "delegation", "seat")
        .prefetch_related("suggestion__proposers")
        .order_by("-suggestion_id")
    )


def screening_queue(actor: Actor) -> QuerySet[Suggestion]:
    """What waits for screening in the actor's congress, longest waiting first."""
    waiting = visible_to(actor).filter(congress=actor.congress_id, state=State.SUBMITTED)
    return (
        waiting.select_related("regulation")
        .prefetch_related("proposers", "asks")
        .order_by("submitted_at", "pk")
    )


def screening_grounds(suggestion: Suggestion, verb: str) -> list[Ground]:
    """The grounds of the measure in force at submission that allow this outcome."""
    grounds = Ground.objects.filter(version=suggestion.regulation_id, kind="screening").select_related(
        "article"
    )
    return [ground for ground in grounds if verb in ground.outcomes.split()]


def subject_classes(congress_id: int) -> QuerySet[SubjectClass]:
    return SubjectClass.objects.filter(congress=congress_id).select_related("parent", "committee")


def committees_of(congress_id: int, day: date) -> QuerySet[Unit]:
    """The committees that may follow a matter."""
    return units_in_being(congress_id, day).filter(function=Function.COMMITTEE)


def delegations_of(congress_id: int, day: date) -> QuerySet[Delegation]:
    held = Delegation.objects.filter(
        term__congress=congress_id, term__starts_on__lte=day, term__ends_on__gte=day
    )
    return held.order_by("pk")


def delegations_headed_by(actor: Actor) -> QuerySet[Delegation]:
    """The delegations in whose name a deputy may write."""
    return Delegation.objects.filter(head=actor.seat_id) if actor.seat_id else Delegation.objects.none()


def attachment_for(actor: Actor, pk: int) -> Attachment | None:
    """A file by its key, where the actor sees the case and the paper of the case to which it belongs."""
    seen = attachments_visible_to(actor).filter(suggestion__in=visible_to(actor).values("pk"))
    return seen.filter(pk=pk).first()


def notice_due_on(suggestion: Suggestion, days: WorkingDays) -> date | None:
    """Until when the authors must be told what screening found."""
    if suggestion.regulation_id is None or suggestion.submitted_at is None:
        return None
    start = localdate(suggestion.submitted_at)
    return measure_for(suggestion).due_on("screening_notice", start, days)


def merge_targets(suggestion: Suggestion) -> QuerySet[Suggestion]:
    """Those into which a suggestion may be merged: of the same congress, received, not yet assigned."""
    others = Suggestion.objects.filter(congress=suggestion.congress_id, is_classified=False)
    return (
        others.filter(state__in=[State.SUBMITTED, State.REGISTERED]).exclude(pk=suggestion.pk).order_by("-pk")
    )


def other_congresses(congress_id: int) -> QuerySet[Congress]:
    return Congress.objects.exclude(pk=congress_id).order_by("pk")


def series_row(congress_id: int, key: str) -> Series:
    """The counter of a series, made at its first use."""
    return Series.objects.get_or_create(congress_id=congress_id, key=key)[0]
