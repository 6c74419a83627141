"""The procedures of a suggestion's life, and which noun each belongs to."""

from datetime import date
from typing import Any

from tibandu.base.flow import Flow, Offer, Step
from tibandu.suggestions import models as m
from tibandu.suggestions.flow.tables import (
    ASSIGNMENT,
    CASE,
    CONTACT,
    EXTENSION,
    HANDOVER,
    INTAKE,
    MEETING,
    OBJECTION,
    OPINION,
    PAPER,
    PLAN,
    PROMISE,
    PROPOSER,
    RATING,
    REPLY,
    WITHDRAWAL,
)

# Each noun with its table and its flows; pages, API, documents and the entry of paper forms are drawn from here.
NOUNS: dict[str, tuple[Any, tuple[Flow, ...]]] = {
    "suggestion": (m.Suggestion, (INTAKE, CASE)),
    "proposer": (m.Proposer, (PROPOSER,)),
    "withdrawal": (m.WithdrawalRequest, (WITHDRAWAL,)),
    "meeting": (m.AssignmentMeeting, (MEETING,)),
    "handover": (m.Handover, (HANDOVER,)),
    "assignment": (m.Assignment, (ASSIGNMENT,)),
    "objection": (m.Objection, (OBJECTION,)),
    "extension": (m.Extension, (EXTENSION,)),
    "contact": (m.Contact, (CONTACT,)),
    "plan": (m.PlanItem, (PLAN,)),
    "opinion": (m.Opinion, (OPINION,)),
    "reply": (m.Reply, (REPLY,)),
    "rating": (m.Rating, (RATING,)),
    "promise": (m.Promise, (PROMISE,)),
    "paper": (m.PaperEntry, (PAPER,)),
}


def offered_steps() -> list[tuple[str, Step]]:
    """Every step that a person can take, with its noun."""
    return [
        (noun, step)
        for noun, (_model, flows) in NOUNS.items()
        for flow in flows
        for step in flow.steps
        if not step.quiet
    ]


def flow_of(noun: str, verb: str) -> Flow:
    """The flow of a noun that holds a verb."""
    return next(flow for flow in NOUNS[noun][1] if verb in flow)


def offers(actor: Any, noun: str, row: Any, today: date) -> list[Offer]:
    """Every step this actor has on a row, over all flows of its noun."""
    return [offer for flow in NOUNS[noun][1] for offer in flow.offers(actor, row, today)]


def noun_of(verb: str) -> str:
    """The noun whose life a verb moves; verbs are unique over all nouns."""
    return next(noun for noun, step in offered_steps() if step.verb == verb)


__all__ = [
    "ASSIGNMENT",
    "CASE",
    "CONTACT",
    "EXTENSION",
    "HANDOVER",
    "INTAKE",
    "MEETING",
    "NOUNS",
    "OBJECTION",
    "OPINION",
    "PAPER",
    "PLAN",
    "PROMISE",
    "PROPOSER",
    "RATING",
    "REPLY",
    "WITHDRAWAL",
    "flow_of",
    "noun_of",
    "offered_steps",
    "offers",
]
