"""What follows from a suggestion's shares, ratings and dates."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple, Protocol, TypeVar

from django.utils.translation import gettext_lazy as _

from tibandu.suggestions.enums import LIVE_SHARES, OPEN_SHARES, Consent, Role, ShareState


class Share(Protocol):
    """What the rules need of a unit's share."""

    pk: int
    role: str
    state: str
    continues_id: int | None
    replaces_id: int | None


S = TypeVar("S", bound=Share)


def text_digest(title: str, facts: str, analysis: str, asks: Iterable[str]) -> str:
    """The digest of the exact text that a proposer confirms; any later change asks again (SD §7, QD §9)."""
    parts = [title, facts, analysis, *asks]
    return hashlib.sha256("\x1f".join(part.strip() for part in parts).encode()).hexdigest()


def newest_shares(shares: Sequence[S]) -> list[S]:
    """The shares that count now: of each part the newest, without those reassigned or stopped."""
    superseded = {share.continues_id for share in shares} | {share.replaces_id for share in shares}
    return [share for share in shares if share.state in LIVE_SHARES and share.pk not in superseded]


def all_parts_answered(shares: Sequence[Share]) -> bool:
    """Whether every part that must be answered to the deputy is: lead and separate shares, not co-units' opinions."""
    answering = [share for share in newest_shares(shares) if share.role != Role.CO]
    return bool(answering) and all(share.state == ShareState.ANSWERED for share in answering)


def opinions_missing(shares: Sequence[Share]) -> int:
    """How many co-units of the newest shares still owe their opinion to the lead."""
    return sum(1 for share in newest_shares(shares) if share.role == Role.CO and share.state in OPEN_SHARES)


def wants_second_assignment(trigger: str, dissatisfied: Sequence[bool], lead_dissatisfied: bool) -> bool:
    """Whether the ratings call for a second assignment under the measure's trigger: any, lead or majority."""
    if trigger == "lead":
        return lead_dissatisfied
    if trigger == "majority":
        return sum(dissatisfied) * 2 > len(dissatisfied)
    return any(dissatisfied)


def is_in_session(opens_on: date, cutoff_at: datetime, submitted_on: date, submitted_at: datetime) -> bool:
    """Whether a suggestion counts as made in session: from the opening to the moment the presidium set (domain 1.1)."""
    return opens_on <= submitted_on and submitted_at <= cutoff_at


def tone(today: date, due_on: date | None, near_days: int, done: bool) -> str:
    """The colour word of a clock: done, overdue, near or calm."""
    if done:
        return "done"
    if due_on is None:
        return "calm"
    left = (due_on - today).days
    return "overdue" if left < 0 else "near" if left <= near_days else "calm"


def consents_complete(states: Iterable[str], consenting: int) -> bool:
    """Whether everybody who stands behind the text has agreed (SH §10: joint, only if all ask)."""
    return sum(1 for state in states if state == Consent.CONFIRMED) == consenting


class Wanted(NamedTuple):
    """A share somebody wants to hand out, or one that is open already."""

    unit: int
    role: str
    part: str = ""


def distribution_fault(wanted: Sequence[Wanted], held: Sequence[Wanted] = ()) -> Any:
    """What is wrong with shares that are to stand beside the open ones, as a sentence; None when nothing is.

    One lead answers for all and co-units hand it their opinions; separate units say which part is theirs (QD §16).
    """
    together = [*held, *wanted]
    leads = [share.unit for share in together if share.role == Role.LEAD]
    helpers = [share.unit for share in together if share.role == Role.CO]
    if not wanted:
        return _("请至少确定一个承办单位。")
    if len(leads) > 1:
        return _("只能有一个主办单位。")
    if helpers and not leads:
        return _("有会办单位的，须确定一个主办单位。")
    if set(leads) & set(helpers):
        return _("同一单位不能既主办又会办。")
    if any(share.role == Role.SEPARATE and not share.part.strip() for share in wanted):
        return _("分别办理的，须写明各单位承办的内容。")
    parts = [(share.unit, share.part.strip()) for share in together]
    return _("同一单位的同一内容只能有一份。") if len(set(parts)) < len(parts) else None


# -- the check-up of a reply before it is issued (advantage A8); it advises and never blocks ----------------------------
