"""Knows the life of a promise in the ledger: reported on and claimed by its unit, found kept or not by somebody else."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from tibandu.base.files import Stored
from tibandu.base.flow import Offer, Refused
from tibandu.base.verbs import verb
from tibandu.people.enums import Competence, MessageKind
from tibandu.people.queries import Actor
from tibandu.suggestions.actions.closing import tell_if_closable
from tibandu.suggestions.actions.filing import add_files
from tibandu.suggestions.actions.telling import tell_authors, tell_holder, tell_unit
from tibandu.suggestions.flow import PROMISE
from tibandu.suggestions.models import Promise, PromiseEntry
from tibandu.suggestions.queries.case import MASKED
from tibandu.suggestions.queries.following import watching_unit
from tibandu.suggestions.queries.letters import FEN_PER_WAN


def offers_on_promise(actor: Actor, promise: Promise, today: date) -> list[Offer]:
    """The steps of this room that the actor has on a promise."""
    return PROMISE.offers(actor, promise, today)


@verb
def report_promise(
    actor: Actor, promise: Promise, *, at: datetime, words: str, files: Sequence[Stored] = ()
) -> None:
    """The unit says how far it is, and shows it; the deputies read it (QD §27)."""
    PROMISE.take("report_promise", actor, promise, at=at, words=words, facts=_facts(promise, files))
    entry = _enter(promise, actor, at, words)
    add_files(actor, promise.suggestion, files, at=at, noun="promise_entry", object_id=entry.pk)
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
    _tell_change(promise, f"承诺时限由{old.isoformat()}改为{until.isoformat()}：{promise}", at)


@verb
def change_promise(
    actor: Actor,
    promise: Promise,
    *,
    at: datetime,
    what: str,
    measure: str,
    words: str,
    money: int | None = None,
) -> None:
    """Another text, measure or sum with its reason; what stood there is kept and the deputies are told."""
    now = {"what": what, "measure": measure, "money": money}
    old = {name: getattr(promise, name) for name in now}
    if old == now:
        raise Refused(_("内容没有变化。"), {"what": _("请写变更后的内容")})
    labels = {"what": "承诺事项", "measure": "衡量标准", "money": "资金"}
    facts = {f"原{labels[name]}": _said(value) for name, value in old.items() if value != now[name]}
    PROMISE.take("change_promise", actor, promise, at=at, words=words, facts=facts, **now)
    _enter(promise, actor, at, words, **{f"old_{name}": value for name, value in old.items()})
    _tell_change(promise, f"承诺内容由“{old['what']}”变更为“{promise}”", at)


def _said(value: Any) -> str:
    return f"{value / FEN_PER_WAN:,.2f}万元" if isinstance(value, int) else str(value or "无")


def _tell_change(promise: Promise, title: str, at: datetime) -> None:
    tell_authors(promise.suggestion, title, at=at)
    tell_holder(promise.suggestion, Competence.CLOSE, title, at=at, kind=MessageKind.NOTICE)


@verb
def claim_promise(
    actor: Actor, promise: Promise, *, at: datetime, proof: str, files: Sequence[Stored] = ()
) -> None:
    """The unit says it is done and shows it; the deputies and the watching body find whether it is (advantage A1)."""
    add_files(actor, promise.suggestion, files, at=at, noun="promise", object_id=promise.pk)
    changes = {"proof": proof, "claimed_on": localdate(at), "claims": promise.claims + 1}
    PROMISE.take("claim_promise", actor, promise, at=at, words=proof, facts=_facts(promise, files), **changes)
    title = f"申报承诺兑现，请认定：{promise}"
    tell_authors(promise.suggestion, title, at=at, kind=MessageKind.TODO)
    if unit := watching_unit(promise):
        tell_unit(unit, promise.suggestion, title, at=at)


@verb
def accept_promise(actor: Actor, promise: Promise, *, at: datetime, words: str, closed_by: str = "") -> None:
    """Found kept; the unit owes the deputies a second reply 再次答复 (ZJ §20)."""
    changes = _found(actor, promise, at, closed_by)
    PROMISE.take("accept_promise", actor, promise, at=at, words=words, facts=_facts(promise), **changes)
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
    tell_authors(promise.suggestion, f"承诺兑现未获认定，继续兑现：{promise}", at=at)


@verb
def lapse_promise(actor: Actor, promise: Promise, *, at: datetime, words: str) -> None:
    """Found not kept when its date has passed; a second assignment may answer it (domain 1.13 b)."""
    changes = _found(actor, promise, at)
    PROMISE.take("lapse_promise", actor, promise, at=at, words=words, facts=_facts(promise), **changes)
    _enter(promise, actor, at, words)
    title = f"承诺未兑现：{promise}"
    tell_unit(_unit(promise), promise.suggestion, title, at=at, kind=MessageKind.OVERDUE)
    tell_authors(promise.suggestion, title, at=at)
    tell_holder(promise.suggestion, Competence.ASSIGN, f"{title}。请研究是否二次交办。", at=at)
    tell_if_closable(promise.suggestion, at=at)


def _found(actor: Actor, promise: Promise, at: datetime, closed_by: str = "") -> dict[str, object]:
    named = closed_by or _name(actor, promise, actor.person_name)
    return {"closed_on": localdate(at), "closed_by": named[:60]}


def _name(actor: Actor, promise: Promise, name: str) -> str:
    """A masked author is named nowhere."""
    return MASKED if actor.is_deputy and promise.suggestion.is_masked else name


def _facts(promise: Promise, files: Sequence[Stored] = ()) -> dict[str, str]:
    attached = {"附件": "、".join(file.name for file in files)} if files else {}
    return {"承诺事项": promise.what, **attached}


def _unit(promise: Promise) -> int:
    return promise.reply.assignment.unit_id


def _enter(promise: Promise, actor: Actor, at: datetime, words: str, **kept: Any) -> PromiseEntry:
    return PromiseEntry.objects.create(
        promise=promise,
        entered_on=localdate(at),
        entered_by=_name(actor, promise, str(actor))[:60],
        words=words,
        **kept,
    )
