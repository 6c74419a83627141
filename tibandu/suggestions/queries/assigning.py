"""Knows the lists that assigning asks for: bounces of a part, open clocks, meetings, the load of units."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet

from tibandu.people.models import Organ, Session, Unit
from tibandu.people.queries import Actor
from tibandu.regulations.models import ContactStage, Ground
from tibandu.suggestions.enums import OPEN_SHARES, Consent, ExtensionState, State
from tibandu.suggestions.models import (
    Assignment,
    AssignmentMeeting,
    CaseFile,
    Handover,
    Objection,
    Proposer,
    Suggestion,
)
from tibandu.suggestions.queries.case import CHILDREN
from tibandu.suggestions.queries.sight import child_visible_to, has_suggestion, visible_to


def bounces_of(share: Assignment) -> int:
    """How often this part was already objected to, through all the units that had it before."""
    chain, before = [share.pk], share.replaces_id
    while before:
        chain.append(before)
        before = Assignment.objects.values_list("replaces_id", flat=True).get(pk=before)
    return Objection.objects.filter(assignment__in=chain).count()


def open_clocks() -> QuerySet[Assignment]:
    """The open shares whose day follows from the calendar, with their cases; a granted day does not."""
    return (
        Assignment.objects.filter(state__in=OPEN_SHARES)
        .exclude(extensions__state=ExtensionState.GRANTED)
        .select_related("suggestion__regulation")
        .order_by("suggestion_id", "pk")
    )


def organs_beside(suggestion: Suggestion) -> QuerySet[Organ]:
    """The organs of the congress that do not have the case yet, with their dispatchers."""
    handed = suggestion.handovers.values("organ")
    return (
        Organ.objects.filter(congress=suggestion.congress_id)
        .exclude(pk__in=handed)
        .select_related("dispatcher")
        .order_by("pk")
    )


def planned_meetings(actor: Actor) -> QuerySet[AssignmentMeeting]:
    """The assignment meetings of the actor's congress, newest first."""
    return AssignmentMeeting.objects.filter(congress=actor.congress_id).order_by("-held_on", "-pk")


def case_files(congress_id: int) -> QuerySet[CaseFile]:
    return CaseFile.objects.filter(congress=congress_id).order_by("-opened_on", "-pk")


def grounds_of(suggestion: Suggestion, kind: str) -> QuerySet[Ground]:
    """The listed reasons of the measure to which the case is pinned."""
    return Ground.objects.filter(version=suggestion.regulation_id, kind=kind).order_by("order", "pk")


def standing_proposers(suggestion: Suggestion) -> QuerySet[Proposer]:
    """Those who stand behind the text now, lead first."""
    return suggestion.proposers.filter(state=Consent.CONFIRMED).order_by("-is_lead", "position")


def stages_of(suggestion: Suggestion) -> QuerySet[ContactStage]:
    return ContactStage.objects.filter(version=suggestion.regulation_id).order_by("order", "pk")


def rows_for_batch(actor: Actor, noun: str, picks: Iterable[int]) -> list[tuple[Suggestion, list[Any]]]:
    """The picked cases that the actor sees, each with its rows of a noun, in the order of their numbers."""
    cases = list(_cases_of(actor, picks))
    if noun == "suggestion":
        return [(case, [case]) for case in cases]
    model = CHILDREN[noun]
    path = "suggestion" if has_suggestion(model) else "assignment__suggestion"
    related = {"handover": ("organ",), "assignment": ("unit__successor",)}.get(noun, ("assignment",))
    rows = child_visible_to(actor, model).filter(**{f"{path}__in": [case.pk for case in cases]})
    if noun == "assignment":
        rows = rows.prefetch_related("objections")
    by_case: dict[int, list[Any]] = {case.pk: [] for case in cases}
    objects = {case.pk: case for case in cases}
    for row in rows.select_related(*related).order_by("pk"):
        share = row if has_suggestion(model) else row.assignment
        share.suggestion = objects[share.suggestion_id]
        by_case[share.suggestion_id].append(row)
    return [(case, by_case[case.pk]) for case in cases]


def _cases_of(actor: Actor, picks: Iterable[int]) -> QuerySet[Suggestion]:
    return (
        visible_to(actor)
        .filter(pk__in=list(picks))
        .select_related("congress", "regulation")
        .prefetch_related(
            "asks",
            "review_meetings",
            "replies__promises",
            "ratings__marks__grade",
            "ratings__marks__dimension",
            "ratings__proposer",
            "assignments__contacts__stage",
            Prefetch("proposers", Proposer.objects.select_related("seat__person", "delegation")),
        )
        .order_by("number", "pk")
    )


def units_with_load(units: QuerySet[Unit]) -> QuerySet[Unit]:
    """Units with how many shares each has open now, in one query."""
    return units.annotate(load=Count("assignments", filter=Q(assignments__state__in=OPEN_SHARES)))


def meetings_visible_to(actor: Actor) -> QuerySet[AssignmentMeeting]:
    """The congress sees all its assignment meetings, a dispatch office those that gave it something."""
    meetings = AssignmentMeeting.objects.filter(congress=actor.congress_id).select_related("session__term")
    if not actor.is_congress_side:
        if (
            actor.dispatches_organ_id is None
        ):  # comparing with None would find those that handed over nothing yet
            return meetings.none()
        meetings = meetings.filter(handovers__organ=actor.dispatches_organ_id).distinct()
    return meetings.order_by("-held_on", "-pk")


def waiting_for(meeting: AssignmentMeeting) -> QuerySet[Suggestion]:
    """What is on file of the meeting's session and not yet handed over."""
    return (
        Suggestion.objects.filter(
            congress=meeting.congress_id, session=meeting.session_id, state=State.REGISTERED
        )
        .select_related("subject", "proposed_unit")
        .prefetch_related("proposers")
        .order_by("number", "pk")
    )


def handed_in(actor: Actor, meeting: AssignmentMeeting) -> QuerySet[Handover]:
    """What the meeting handed over, by organ and number; a dispatch office reads its own organ's only."""
    rows = meeting.handovers.select_related("organ__dispatcher", "suggestion__subject").prefetch_related(
        "suggestion__proposers", "assignments__unit"
    )
    if not actor.is_congress_side:
        rows = rows.filter(organ=actor.dispatches_organ_id)
    return rows.order_by("organ", "suggestion__number", "suggestion")


def sessions_of(congress_id: int | None) -> QuerySet[Session]:
    return Session.objects.filter(term__congress=congress_id).select_related("term").order_by("-opens_on")


def precedents_of(objection: Objection) -> list[Objection]:
    """The last rulings that concerned the same units, whoever had and whoever was proposed."""
    units = [pk for pk in (objection.assignment.unit_id, objection.proposed_unit_id) if pk]
    same = Q(assignment__unit__in=units) | Q(proposed_unit__in=units)
    ruled = Objection.objects.filter(
        same, ruled_on__isnull=False, assignment__suggestion__is_classified=False
    )
    return list(ruled.select_related("assignment__unit").order_by("-ruled_on", "-pk")[:5])
