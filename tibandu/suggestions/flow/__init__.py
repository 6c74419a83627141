"""The procedures of a suggestion's life, and which noun each belongs to."""

from typing import Any

from tibandu.base.flow import Flow
from tibandu.base.procedures import Procedures
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


PROCEDURES = Procedures(NOUNS)
offered_steps, flow_of = PROCEDURES.offered_steps, PROCEDURES.flow_of
offers, noun_of = PROCEDURES.offers, PROCEDURES.noun_of

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
    "PROCEDURES",
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
