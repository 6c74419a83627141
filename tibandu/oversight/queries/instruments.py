"""Knows who sees a tool of supervision and its answers, a deliberation opinion, and what of them waits for whom."""

from datetime import date
from typing import Any

from django.db.models import F, OuterRef, Prefetch, Q, QuerySet, Subquery

from tibandu.base.listings import count_of
from tibandu.oversight.enums import (
    AddressState,
    InstrumentKind,
    InstrumentState,
    OpinionCaseState,
)
from tibandu.oversight.models import Address, AgendaItem, GovernmentMeeting, Instrument, OpinionCase
from tibandu.oversight.queries.desk import Task
from tibandu.oversight.queries.programmes import own_suggestions
from tibandu.people.enums import Competence
from tibandu.people.models import CompetenceHolder
from tibandu.people.queries import Actor
from tibandu.suggestions.enums import ReplyState
from tibandu.suggestions.models import Reply, Suggestion
from tibandu.suggestions.queries import visible_to


def instruments_visible_to(actor: Actor) -> QuerySet[Instrument]:
    """The congress sees its own; a unit what is addressed to it; a deputy all but other deputies' requests to meet."""
    rows = Instrument.objects.select_related("congress", "ordered_unit", "ordered_seat__person", "programme")
    if actor.is_system:
        return rows
    ours = rows.filter(congress=actor.congress_id)
    if actor.is_congress_side:
        return ours
    if not actor.is_deputy:
        return ours.filter(pk__in=Address.objects.filter(unit=actor.unit_id).values("instrument"))
    mine = own_suggestions(actor).values("pk")
    own = Q(ordered_seat=actor.seat_id)
    own |= Q(pk__in=Instrument.suggestions.through.objects.filter(suggestion__in=mine).values("instrument"))
    own |= Q(pk__in=Address.objects.filter(suggestion__in=mine).values("instrument"))
    others = ~Q(kind=InstrumentKind.REQUESTED_MEETING)
    return ours.filter(own if actor.seat_ended else own | others)


def addresses_visible_to(actor: Actor) -> QuerySet[Address]:
    """A unit's answer is seen by the congress and that unit; deputies see it with the instrument."""
    rows = Address.objects.filter(instrument__in=instruments_visible_to(actor).values("pk"))
    if not (actor.is_congress_side or actor.is_deputy):
        rows = rows.filter(unit=actor.unit_id)
    return rows.select_related("instrument", "unit", "suggestion", "category", "filled_by")


def opinions_visible_to(actor: Actor) -> QuerySet[OpinionCase]:
    """Opinions of a standing committee are its congress's; a unit sees those handed to it."""
    rows = OpinionCase.objects.select_related("congress", "committee", "unit")
    if actor.is_system:
        return rows
    ours = rows.filter(congress=actor.congress_id)
    if actor.is_congress_side or (actor.is_deputy and not actor.seat_ended):
        return ours
    if actor.is_deputy:
        return ours.filter(suggestions__in=own_suggestions(actor).values("pk")).distinct()
    return ours.filter(Q(unit=actor.unit_id) | Q(rounds__unit=actor.unit_id)).distinct()


def instruments_on_ledger(actor: Actor, wanted: dict[str, Any]) -> QuerySet[Instrument]:
    """The instruments that fit the cleaned filters, newest first, with how many were addressed and answered."""
    rows = instruments_visible_to(actor)
    for name in ("kind", "state"):
        if value := wanted.get(name):
            rows = rows.filter(**{name: value})
    if unit := wanted.get("unit"):
        rows = rows.filter(pk__in=Address.objects.filter(unit=unit).values("instrument"))
    answered = Address.objects.filter(state__in=(AddressState.ANSWERED, AddressState.CHECKED))
    return rows.annotate(
        addressed=count_of(Address.objects.all(), "instrument"), answered=count_of(answered, "instrument")
    ).order_by("-ordered_on", "-pk")


def addresses_of(actor: Actor, instrument: Instrument) -> QuerySet[Address]:
    """The answers of an instrument in the actor's sight, each with the category that was first replied."""
    sent = Reply.objects.filter(suggestion=OuterRef("suggestion"), state=ReplyState.SENT)
    first = sent.filter(category__isnull=False).order_by("sent_on", "pk").values("category__code")[:1]
    rows = addresses_visible_to(actor).filter(instrument=instrument)
    return rows.annotate(first_category=Subquery(first)).order_by("suggestion__number_text", "pk")


def suggestions_in_sight(actor: Actor, case: Instrument | OpinionCase) -> list[Suggestion]:
    """What a case is about, as far as the actor sees it."""
    seen = case.suggestions.filter(pk__in=visible_to(actor).values("pk"))
    return list(seen.order_by("number_text", "pk"))


def agenda_of(actor: Actor, meeting: GovernmentMeeting) -> list[AgendaItem]:
    """The items of a meeting, each with the suggestions in the actor's sight under `seen`."""
    seen = visible_to(actor).order_by("number_text", "pk")
    items = meeting.items.select_related("programme")
    return list(items.prefetch_related(Prefetch("suggestions", seen, to_attr="seen")))


def opinions_on_ledger(actor: Actor, wanted: dict[str, Any]) -> QuerySet[OpinionCase]:
    """The deliberation opinions that fit the cleaned filters, newest first."""
    rows = opinions_visible_to(actor)
    for name in ("state", "committee", "unit"):
        if value := wanted.get(name):
            rows = rows.filter(**{name: value})
    return rows.order_by("-deliberated_on", "-pk")


def waiting_instruments(actor: Actor, today: date) -> list[Task]:
    """What of instruments and deliberation opinions waits for this hat: two queries, none for deputies."""
    if actor.is_deputy or actor.is_system or not actor.congress_id:
        return []
    if actor.is_congress_side:
        asked = _checked_by(actor)
        opinion = Q(committee=actor.unit_id, state__in=(OpinionCaseState.FED_BACK, OpinionCaseState.REPORTED))
    else:
        asked = Q(unit=actor.unit_id, state=AddressState.SENT, instrument__due_on__isnull=False)
        opinion = Q(unit=actor.unit_id, state__in=(OpinionCaseState.HANDED_OVER, OpinionCaseState.PLANNED))
    addresses = Address.objects.filter(asked, instrument__state=InstrumentState.OPEN)
    addresses = addresses.select_related("instrument", "unit", "suggestion")
    cases = OpinionCase.objects.filter(opinion, congress=actor.congress_id).prefetch_related("rounds")
    return [_address_task(row) for row in addresses] + [_opinion_task(row) for row in cases]


def _checked_by(actor: Actor) -> Q:
    """Answers to what this body ordered; and what whoever ordered it filled in, for whoever assigns or else decides."""
    ours = Q(instrument__ordered_unit=actor.unit_id)
    filled = Q(filled_by=F("instrument__ordered_unit"), instrument__congress=actor.congress_id)
    if actor.may(Competence.ASSIGN):
        ours |= filled
    if actor.may(Competence.DECIDE):
        assigns = CompetenceHolder.objects.filter(congress=actor.congress_id, competence=Competence.ASSIGN)
        ours |= filled & Q(filled_by__in=assigns.values("unit"))
    return ours & ~Q(filled_by=actor.unit_id) & Q(state=AddressState.ANSWERED)


def _address_task(row: Address) -> Task:
    if row.state == AddressState.SENT:
        return Task("address", row, "answer_address", row.instrument.due_on)
    return Task("address", row, "check_address", None, str(row.unit))


OPINION_VERBS: dict[str, str] = {
    OpinionCaseState.FED_BACK: "hand_over_opinion_case",
    OpinionCaseState.HANDED_OVER: "plan_opinion_case",
    OpinionCaseState.PLANNED: "report_opinion_case",
    OpinionCaseState.REPORTED: "rate_opinion_case",
}


def _opinion_task(row: OpinionCase) -> Task:
    return Task("opinion_case", row, OPINION_VERBS[row.state], due_on(row))


def due_on(case: OpinionCase) -> date | None:
    """Until when the unit owes its plan, or its report, on the newest round; None where it owes neither."""
    latest = max(case.rounds.all(), key=lambda one: one.number, default=None)
    if latest is None:
        return None
    if case.state == OpinionCaseState.HANDED_OVER:
        return latest.plan_due_on
    return latest.due_on if case.state == OpinionCaseState.PLANNED else None
