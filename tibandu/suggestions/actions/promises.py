"""Knows the life of a promise in the ledger: reported on and claimed by its unit, found kept or not by somebody else."""

from collections.abc import Sequence
from datetime import date, datetime

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from tibandu.base.files import Stored
from tibandu.base.flow import Refused
from tibandu.base.verbs import verb
from tibandu.people.enums import Competence, MessageKind
from tibandu.people.queries import Actor
from tibandu.suggestions.actions.closing import tell_if_closable
from tibandu.suggestions.actions.filing import add_files
from tibandu.suggestions.actions.telling import tell_authors, tell_holder, tell_unit
from tibandu.suggestions.flow import PROMISE
from tibandu.suggestions.models import Promise, PromiseEntry


@verb
def report_promise(actor: Actor, promise: Promise, *, at: datetime, words: str) -> None:
    """The unit says how far it is; the deputies read it (QD §27)."""
    PROMISE.take("report_promise", actor, promise, at=at, words=words, facts=_facts(promise))
    _enter(promise, actor, at, words)
    tell_authors(promise.suggestion, f"承诺进展：{promise}", at=at)


@verb
def extend_promise(actor: Actor, promise: Promise, *, at: datetime, until: date, words: str) -> None:
    """A longer date with its reason; the earlier one is kept and the deputies are told."""
    old = promise.due_on
    if until <= old:
        raise Refused(
            _("新的时限须晚于原时限%(day)s。") % {"day": old.isoformat()}, {"until": _("须晚于原时限")}
        )
    facts = _facts(promise) | {"原时限": old.isoformat(), "新时限": until.isoformat()}
    PROMISE.take("extend_promise", actor, promise, at=at, words=words, facts=facts, due_on=until)
    _enter(promise, actor, at, words, old_due_on=old, new_due_on=until)
    title = f"承诺时限由{old.isoformat()}改为{until.isoformat()}：{promise}"
    tell_authors(promise.suggestion, title, at=at)
    tell_holder(promise.suggestion, Competence.CLOSE, title, at=at, kind=MessageKind.NOTICE)


@verb
def claim_promise(
    actor: Actor, promise: Promise, *, at: datetime, proof: str, files: Sequence[Stored] = ()
) -> None:
    """The unit says it is done and shows it; somebody else finds whether it is (advantage A1)."""
    add_files(actor, promise.suggestion, files, at=at, noun="promise", object_id=promise.pk)
    facts = _facts(promise) | ({"附件": "、".join(file.name for file in files)} if files else {})
    changes = {"proof": proof, "claimed_on": localdate(at)}
    PROMISE.take("claim_promise", actor, promise, at=at, words=proof, facts=facts, **changes)
    title = f"申报承诺兑现，请认定：{promise}"
    tell_holder(promise.suggestion, Competence.CLOSE, title, at=at)
    tell_authors(promise.suggestion, f"承办单位申报承诺已兑现：{promise}", at=at)


@verb
def accept_promise(actor: Actor, promise: Promise, *, at: datetime, words: str) -> None:
    """Found kept; the unit owes the deputies a second reply 再次答复 (ZJ §20)."""
    PROMISE.take(
        "accept_promise", actor, promise, at=at, words=words, facts=_facts(promise), **_found(actor, at)
    )
    _enter(promise, actor, at, words)
    tell_unit(_unit(promise), promise.suggestion, f"承诺已认定兑现，请再次答复代表：{promise}", at=at)
    tell_authors(promise.suggestion, f"承诺已认定兑现：{promise}", at=at)
    tell_if_closable(promise.suggestion, at=at)


@verb
def refuse_claim(actor: Actor, promise: Promise, *, at: datetime, words: str) -> None:
    """Not done yet: the promise stays open with its date."""
    PROMISE.take("refuse_claim", actor, promise, at=at, words=words, facts=_facts(promise), claimed_on=None)
    _enter(promise, actor, at, words)
    tell_unit(_unit(promise), promise.suggestion, f"承诺兑现未获认定，请继续兑现：{promise}", at=at)


@verb
def lapse_promise(actor: Actor, promise: Promise, *, at: datetime, words: str) -> None:
    """Found not kept when its date has passed; a second assignment may answer it (domain 1.13 b)."""
    PROMISE.take(
        "lapse_promise", actor, promise, at=at, words=words, facts=_facts(promise), **_found(actor, at)
    )
    _enter(promise, actor, at, words)
    title = f"承诺未兑现：{promise}"
    tell_unit(_unit(promise), promise.suggestion, title, at=at, kind=MessageKind.OVERDUE)
    tell_authors(promise.suggestion, title, at=at)
    tell_holder(promise.suggestion, Competence.ASSIGN, f"{title}。请研究是否二次交办。", at=at)
    tell_if_closable(promise.suggestion, at=at)


def _found(actor: Actor, at: datetime) -> dict[str, object]:
    return {"closed_on": localdate(at), "closed_by": actor.person_name}


def _facts(promise: Promise) -> dict[str, str]:
    return {"承诺事项": promise.what}


def _unit(promise: Promise) -> int:
    return promise.reply.assignment.unit_id


def _enter(promise: Promise, actor: Actor, at: datetime, words: str, **dates: date) -> None:
    PromiseEntry.objects.create(
        promise=promise,
        entered_on=localdate(at),
        entered_by=str(actor)[:60],
        words=words,
        **dates,
    )
