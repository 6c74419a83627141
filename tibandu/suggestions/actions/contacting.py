"""Knows how a talk with a deputy is recorded by the unit and confirmed, disputed or passed over (model.md rule 1)."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from tibandu.base.flow import Refused
from tibandu.base.verbs import verb
from tibandu.people.enums import MessageKind
from tibandu.people.queries import Actor
from tibandu.regulations.enums import LimitCode
from tibandu.regulations.models import ContactStage, Ground
from tibandu.suggestions.actions.due import due_day
from tibandu.suggestions.actions.telling import tell_authors, tell_proposers, tell_unit
from tibandu.suggestions.actions.together import companions
from tibandu.suggestions.enums import ContactState, Mode
from tibandu.suggestions.flow import ASSIGNMENT, CONTACT
from tibandu.suggestions.models import Assignment, Contact, Proposer
from tibandu.suggestions.queries import measure_for
from tibandu.suggestions.queries.assigning import standing_proposers


@transaction.atomic
def record_contact(
    actor: Actor,
    share: Assignment,
    *,
    at: datetime,
    proposers: Iterable[Proposer],
    for_file: bool = False,
    **talk: Any,
) -> list[Contact]:
    """One row per deputy contacted, each to be confirmed by that deputy; words only, never a grade.

    `for_file` writes the same talk into the unit's other cases of the file, for those of the deputies who propose them.
    """
    proposers, others = list(proposers), companions(share) if for_file else []
    made: list[Contact] = _record(actor, share, at=at, proposers=proposers, **talk)
    met = {proposer.seat_id for proposer in proposers if proposer.seat_id}
    for other in others:
        theirs = [p for p in standing_proposers(other.suggestion) if p.seat_id in met]
        if theirs:
            made += _record(actor, other, at=at, proposers=theirs, **talk)
    return made


@verb
def _record(
    actor: Actor,
    share: Assignment,
    *,
    at: datetime,
    stage: ContactStage,
    proposers: list[Proposer],
    mode: str,
    held_on: date,
    place: str = "",
    persons: str = "",
    rank: str = "",
    said: str,
    draft_shown: bool = False,
) -> list[Contact]:
    day = localdate(at)
    _check_contact(share, stage, proposers, held_on, draft_shown, day)
    confirm_by, _provisional = due_day(measure_for(share.suggestion), LimitCode.CONTACT_CONFIRMATION, day)
    facts = {"阶段": stage.label, "方式": str(Mode(mode).label), "日期": held_on.isoformat()}
    if not share.suggestion.is_masked:
        facts["代表"] = "、".join(proposer.name for proposer in proposers)
    ASSIGNMENT.take("record_contact", actor, share, at=at, words=said, facts=facts)
    made = [
        Contact.objects.create(
            assignment=share,
            stage=stage,
            proposer=proposer,
            mode=mode,
            held_on=held_on,
            place=place,
            persons=persons,
            rank=rank,
            said=said,
            draft_shown=draft_shown,
            confirm_by=confirm_by,
        )
        for proposer in proposers
    ]
    _ask_to_confirm(share, made, at)
    return made


def _check_contact(
    share: Assignment,
    stage: ContactStage,
    proposers: list[Proposer],
    held_on: date,
    draft_shown: bool,
    day: date,
) -> None:
    if not proposers:
        raise Refused(_("请选择所联系的代表。"), {"proposers": _("请选择所联系的代表。")})
    if held_on > day:
        raise Refused(_("联系日期不能晚于今天。"), {"held_on": _("联系日期不能晚于今天。")})
    if held_on < share.assigned_on:
        sentence = _("联系日期不能早于交办日期%(day)s。") % {"day": share.assigned_on.isoformat()}
        raise Refused(sentence, {"held_on": sentence})
    if stage.needs_draft and not draft_shown:
        sentence = _("%(stage)s须向代表出示答复初稿。") % {"stage": stage.label}
        raise Refused(sentence, {"draft_shown": sentence})


def _ask_to_confirm(share: Assignment, contacts: list[Contact], at: datetime) -> None:
    """A masked author is asked through the office, whose people pass the question on (model.md rule 8)."""
    suggestion, kind = share.suggestion, MessageKind.TODO
    title, key = f"请确认{share.unit}的联系记录：{suggestion}", f"confirm_contact:{contacts[0].pk}"
    if suggestion.is_masked:
        tell_authors(suggestion, title, at=at, key=key, kind=kind)
    else:
        proposers = [contact.proposer for contact in contacts]
        tell_proposers(suggestion, proposers, title, at=at, key=key, kind=kind)


@verb
def waive_contact(
    actor: Actor, share: Assignment, *, at: datetime, stage: ContactStage, waiver: Ground, reason: str
) -> list[Contact]:
    """The congress frees the unit from one stage, with a listed ground and words; it counts for no statistics."""
    day = localdate(at)
    if share.contacts.filter(stage=stage, state=ContactState.WAIVED).exists():
        raise Refused(_("这一阶段的联系已经免予。"), {"stage": _("请另选阶段")})
    facts = {"阶段": stage.label, "理由": str(waiver)}
    ASSIGNMENT.take("waive_contact", actor, share, at=at, words=reason, facts=facts)
    waived = {
        "stage": stage,
        "waiver": waiver,
        "said": reason,
        "held_on": day,
        "confirm_by": day,
        "state": ContactState.WAIVED,
    }
    made = [
        Contact.objects.create(assignment=share, proposer=proposer, **waived)
        for proposer in standing_proposers(share.suggestion)
    ]
    title, kind = f"免予{stage.label}：{share.suggestion}", MessageKind.NOTICE
    key = f"waive_contact:{share.pk}:{stage.pk}"
    tell_unit(share.unit, share.suggestion, title, at=at, key=key, kind=kind)
    tell_authors(share.suggestion, title, at=at, key=key)
    return made


@verb
def confirm_contact(actor: Actor, contact: Contact, *, at: datetime, words: str = "") -> None:
    """The deputy says that it was so; it may be said late, and still settles the stage."""
    _answer(actor, contact, "confirm_contact", at, words)


@verb
def dispute_contact(actor: Actor, contact: Contact, *, at: datetime, words: str) -> None:
    """The deputy says that it was not so; the unit must make contact again."""
    _answer(actor, contact, "dispute_contact", at, words)


def _answer(actor: Actor, contact: Contact, verb_: str, at: datetime, words: str) -> None:
    facts = {"阶段": contact.stage.label, "联系日期": contact.held_on.isoformat()}
    CONTACT.take(
        verb_, actor, contact, at=at, words=words, facts=facts, answered_on=localdate(at), answer=words
    )
    share = contact.assignment
    disputed = contact.state == ContactState.DISPUTED
    title = f"代表{'对联系记录有异议' if disputed else '已确认联系'}：{share.suggestion}"
    kind = MessageKind.TODO if disputed else MessageKind.NOTICE
    key = f"contact_answered:{contact.pk}:{contact.state}"
    tell_unit(share.unit, share.suggestion, title, at=at, key=key, kind=kind)


@verb
def let_contact_pass(actor: Actor, contact: Contact, *, at: datetime) -> None:
    """A silent deputy does not make the unit late: the record passes marked, and counts for no statistics."""
    if localdate(at) <= contact.confirm_by:
        raise Refused(_("代表确认的期限未到。"))
    facts = {"阶段": contact.stage.label, "确认期限": contact.confirm_by.isoformat()}
    CONTACT.take("let_contact_pass", actor, contact, at=at, facts=facts)
    share, kind = contact.assignment, MessageKind.NOTICE
    title = f"代表逾期未确认联系记录：{share.suggestion}"
    tell_unit(share.unit, share.suggestion, title, at=at, key=f"let_contact_pass:{contact.pk}", kind=kind)
