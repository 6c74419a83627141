"""The tables of people and bodies, by noun."""

from tibandu.people.models.accounts import Account, SecondFactorRule, ServiceToken
from tibandu.people.models.congresses import (
    CompetenceHolder,
    Congress,
    Organ,
    Session,
    Term,
    Unit,
    UnitAlias,
)
from tibandu.people.models.messages import Message, Sending
from tibandu.people.models.persons import Appointment, Delegation, Group, Person, Post, Seat

__all__ = [
    "Account",
    "Appointment",
    "CompetenceHolder",
    "Congress",
    "Delegation",
    "Group",
    "Message",
    "Organ",
    "Person",
    "Post",
    "Seat",
    "SecondFactorRule",
    "Sending",
    "ServiceToken",
    "Session",
    "Term",
    "Unit",
    "UnitAlias",
]
