"""Knows how a draft finds its co-signers and goes out: invite, confirm the exact text, decline, leave, submit, withdraw."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Max
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from tibandu.base.flow import Refused
from tibandu.base.verbs import verb
from tibandu.people.enums import Competence, MessageKind
from tibandu.people.models import Group, Seat
from tibandu.people.queries import Actor
from tibandu.regulations.queries import measure_in_force
from tibandu.suggestions.actions.drafting import digest_of
from tibandu.suggestions.actions.merging import release_merged
from tibandu.suggestions.actions.telling import seat_of, tell_authors, tell_holder, tell_proposers
from tibandu.suggestions.actions.together import locking, merged_into_it
from tibandu.suggestions.enums import Consent, State
from tibandu.suggestions.flow import INTAKE, PROPOSER
from tibandu.suggestions.models import Proposer, Suggestion
from tibandu.suggestions.queries.intake import invitable_seats, session_counting
from tibandu.suggestions.queries.similar import put_into_index


@verb
def invite(
    actor: Actor,
    suggestion: Suggestion,
    *,
    at: datetime,
    seats: Iterable[Seat] = (),
    groups: Iterable[Group] = (),
) -> None:
    """Asks deputies by name and by whole groups; whoever was asked already is not asked twice."""
    wanted = _wanted(suggestion, at, list(seats), list(groups))
    present = {p.seat_id: p for p in suggestion.proposers.select_related("delegation") if p.seat_id}
    new = [seat for seat in wanted if seat.pk not in present]
    again = [
        p for seat in wanted if (p := present.get(seat.pk)) and p.state in (Consent.DECLINED, Consent.LEFT)
    ]
    if not new and not again:
        raise Refused(_("请选择要邀请的代表，已在名单上的不必再选。"))
    _add_invited(suggestion, new)
    names = [seat.person.name for seat in new] + [p.name for p in again]
    INTAKE.take("invite", actor, suggestion, at=at, facts={"邀请": "、".join(names)})
    for proposer in again:
        proposer.suggestion = suggestion
        PROPOSER.take("invite_again", actor, proposer, at=at, answered_at=None, left_on=None)
    title = _("%(name)s邀请您联名《%(title)s》") % {"name": actor.person_name, "title": suggestion.title}
    invited = suggestion.proposers.filter(seat__in=wanted, state=Consent.INVITED)
    for proposer in invited:
        url = reverse("suggestions:confirm_text", args=[proposer.pk])
        key = f"invite:{proposer.pk}:{suggestion.journal_seq}"
        tell_proposers(suggestion, [proposer], title, at=at, kind=MessageKind.TODO, key=key, url=url)


def _wanted(suggestion: Suggestion, at: datetime, seats: list[Seat], groups: list[Group]) -> list[Seat]:
    asked = {seat.pk for seat in seats}
    held = {group.pk for group in groups}
    can = invitable_seats(suggestion, localdate(at))
    return [seat for seat in can if seat.pk in asked or (seat.group_id and seat.group_id in held)]


def _add_invited(suggestion: Suggestion, seats: Sequence[Seat]) -> None:
    last = suggestion.proposers.aggregate(last=Max("position"))["last"] or 0
    Proposer.objects.bulk_create(
        Proposer(suggestion=suggestion, seat=seat, name=seat.person.name, position=last + number)
        for number, seat in enumerate(seats, 1)
    )


@verb
def confirm_text(actor: Actor, proposer: Proposer, *, at: datetime, digest: str) -> None:
    """A co-signer stands behind exactly the text that was shown (SD §7); a text that has moved on is shown again."""
    if digest != digest_of(proposer.suggestion):
        raise Refused(_("文本刚刚改过，请看过新的全文再确认。"))
    PROPOSER.take("confirm_text", actor, proposer, at=at, text_digest=digest, answered_at=at)
    _tell_lead(proposer, _("%(name)s确认联名《%(title)s》"), at)


@verb
def decline(actor: Actor, proposer: Proposer, *, at: datetime, words: str = "") -> None:
    PROPOSER.take("decline", actor, proposer, at=at, words=words, answered_at=at)
    _tell_lead(proposer, _("%(name)s未同意联名《%(title)s》"), at)


@verb
def leave(actor: Actor, proposer: Proposer, *, at: datetime, words: str = "") -> None:
    """A co-signer goes, until the suggestion is assigned; the lead and the office are told."""
    PROPOSER.take("leave", actor, proposer, at=at, words=words, left_on=localdate(at))
    title = _("%(name)s退出联名《%(title)s》")
    _tell_lead(proposer, title, at)
    if proposer.suggestion.state in (State.SUBMITTED, State.REGISTERED):
        filled = title % {"name": proposer.name, "title": proposer.suggestion.title}
        tell_holder(proposer.suggestion, Competence.SCREEN, filled, at=at, kind=MessageKind.NOTICE)


@verb
def take_off(actor: Actor, proposer: Proposer, *, at: datetime) -> None:
    """The lead stops waiting for somebody who was invited."""
    PROPOSER.take("take_off", actor, proposer, at=at)


def _tell_lead(proposer: Proposer, title: str, at: datetime) -> None:
    suggestion = proposer.suggestion
    lead = suggestion.proposers.select_related("delegation").filter(is_lead=True)
    words = title % {"name": proposer.name, "title": suggestion.title}
    tell_proposers(suggestion, lead, words, at=at)


@verb
def submit(actor: Actor, suggestion: Suggestion, *, at: datetime) -> None:
    """Hands the text in: for the session until its cut-off, else between sessions; under the measure of the day.

    A suggestion that was returned and comes again keeps the session for which it was first handed in.
    """
    measure = measure_in_force(suggestion.congress_id, localdate(at))
    if measure is None:
        raise Refused(_("本级人大还没有现行有效的处理办法，暂时不能提交。"))
    came_before = suggestion.submitted_at is not None
    session = suggestion.session if came_before else session_counting(suggestion.congress_id, at)
    if session is None and any(p.delegation_id for p in suggestion.proposers.all()):
        raise Refused(_("代表团只能在大会期间提出建议。"))
    facts = {"提出": str(session) if session else _("闭会期间"), "联名": _consenting(suggestion)}
    columns = {"session": session, "regulation": measure, "submitted_at": at}
    INTAKE.take("submit", actor, suggestion, at=at, facts=facts, **columns)
    digest = digest_of(suggestion)
    Proposer.objects.filter(suggestion=suggestion, is_lead=True).update(text_digest=digest, answered_at=at)
    put_into_index(suggestion)
    title = _("收到代表建议《%(title)s》，请审查") % {"title": suggestion.title}
    tell_holder(suggestion, Competence.SCREEN, title, at=at)
    tell_authors(suggestion, _("《%(title)s》已提交") % {"title": suggestion.title}, at=at)


def _consenting(suggestion: Suggestion) -> Any:
    return suggestion.proposers.filter(state=Consent.CONFIRMED, is_lead=False).count()


@locking(merged_into_it)
@verb
def withdraw(actor: Actor, suggestion: Suggestion, *, at: datetime, words: str = "") -> None:
    """Ends a suggestion before it is assigned; what was merged into it lives on (model.md rule 13)."""
    was_seen = suggestion.submitted_at is not None
    INTAKE.take("withdraw", actor, suggestion, at=at, words=words)
    release_merged(suggestion, at=at)
    title = _("《%(title)s》已由领衔代表撤回") % {"title": suggestion.title}
    others = Proposer.objects.filter(
        suggestion=suggestion, state__in=[Consent.CONFIRMED, Consent.INVITED], is_lead=False
    )
    tell_proposers(suggestion, [p for p in others if seat_of(p) != actor.seat_id], title, at=at)
    if was_seen:
        tell_holder(suggestion, Competence.SCREEN, title, at=at, kind=MessageKind.NOTICE)
