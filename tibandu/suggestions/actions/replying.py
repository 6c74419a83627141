"""Every step of a reply: drafted, checked, signed, sent, corrected and made public. After sign-off its text stands."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from tibandu.base.files import Stored
from tibandu.base.flow import Refused
from tibandu.base.verbs import verb
from tibandu.people.enums import Competence, MessageKind
from tibandu.people.queries import Actor
from tibandu.regulations.enums import SeriesKind
from tibandu.regulations.models import Category
from tibandu.suggestions import rules
from tibandu.suggestions.actions.publishing import stored_row
from tibandu.suggestions.actions.rating import move_open_ratings, open_ratings
from tibandu.suggestions.actions.telling import tell_authors, tell_holder, tell_unit
from tibandu.suggestions.actions.together import companions, locking, of_its_file
from tibandu.suggestions.actions.unit_numbers import unit_number
from tibandu.suggestions.enums import (
    Cause,
    ReplyKind,
    ReplyState,
    ShareState,
    State,
    Trigger,
)
from tibandu.suggestions.flow import ASSIGNMENT, CASE, PROMISE, REPLY
from tibandu.suggestions.models import (
    Assignment,
    CategoryChange,
    Delivery,
    Promise,
    Reply,
    ReplyPart,
    Suggestion,
)
from tibandu.suggestions.queries import measure_for
from tibandu.suggestions.queries.letters import (
    addressees,
    category_mark,
    composed,
    frozen,
    stands_on_silence,
)

WRITTEN = ("opening", "closing", "reason", "reported_up", "contact_name", "contact_phone")
Rows = Sequence[Mapping[str, Any]]


@locking(of_its_file)
@verb
def draft_reply(
    actor: Actor,
    share: Assignment,
    *,
    at: datetime,
    kind: str,
    parts: Rows = (),
    promises: Rows = (),
    for_file: bool = False,
    **written: Any,
) -> Reply:
    """Begins a reply of this share; its cause follows from the round and from what was answered before.

    `for_file` begins the same reply in the unit's other cases of the file, each with its own number, where none is in
    work; what was said ask by ask goes there as one text, since the asks differ.
    """
    others = companions(share) if for_file else []
    reply = _draft(actor, share, at=at, kind=kind, parts=parts, promises=promises, **written)
    together = [{"text": "\n".join(part["text"] for part in parts)}]
    shared = [{**promise, "ask": None} for promise in promises]
    for other in others:
        with suppress(Refused), transaction.atomic():
            _draft(actor, other, at=at, kind=kind, parts=together, promises=shared, **written)
    return reply


@verb
def _draft(
    actor: Actor,
    share: Assignment,
    *,
    at: datetime,
    kind: str,
    category: Category | None = None,
    parts: Rows = (),
    promises: Rows = (),
    **written: str,
) -> Reply:
    refuse_wrong_kind(share.suggestion, kind, localdate(at))
    facts = {"形式": str(ReplyKind(kind).label)} | ({"类别": str(category)} if category else {})
    ASSIGNMENT.take("draft_reply", actor, share, at=at, facts=facts)
    reply = Reply.objects.create(
        assignment=share,
        suggestion=share.suggestion,
        kind=kind,
        cause=_cause(share),
        seq=(share.replies.aggregate(last=Max("seq"))["last"] or 0) + 1,
        category=category,
        drafted_by_id=actor.person_id,
        drafted_by=actor.person_name,
        **_only_written(written),
    )
    _write_rows(reply, parts, promises)
    return reply


@verb
def edit_reply(
    actor: Actor,
    reply: Reply,
    *,
    at: datetime,
    kind: str,
    category: Category | None = None,
    parts: Rows = (),
    promises: Rows = (),
    **written: str,
) -> None:
    """Writes the draft anew; only a draft has this step, so a signed text cannot be reached by it."""
    refuse_wrong_kind(reply.suggestion, kind, localdate(at))
    REPLY.take("edit_reply", actor, reply, at=at, kind=kind, category=category, **_only_written(written))
    reply.parts.all().delete()
    reply.promises.all().delete()
    _write_rows(reply, parts, promises)


@verb
def submit_reply(actor: Actor, reply: Reply, *, at: datetime) -> None:
    """Sends the draft to the dispatcher's check, or straight to the signer where nobody checks."""
    organ = reply.assignment.handover.organ
    checks = measure_for(reply.suggestion).setting("dispatch_checks_reply") == "yes" and organ.dispatcher_id
    target = ReplyState.CHECKING if checks else ReplyState.SIGNING
    REPLY.take("submit_reply", actor, reply, at=at, target=target)
    told = organ.dispatcher_id if checks else reply.assignment.unit_id
    words = _("答复待核稿：%(case)s") if checks else _("答复待签发：%(case)s")
    tell_unit(told, reply.suggestion, words % {"case": reply.suggestion}, at=at)


@verb
def check_reply(actor: Actor, reply: Reply, *, at: datetime, words: str = "") -> None:
    """The dispatcher finds it fit: contact made, every ask answered, form kept."""
    checked = {"checked_by_id": actor.person_id, "checked_by": actor.person_name}
    REPLY.take("check_reply", actor, reply, at=at, words=words, **checked)
    title = _("答复已核稿，待签发：%(case)s") % {"case": reply.suggestion}
    tell_unit(reply.assignment.unit_id, reply.suggestion, title, at=at)


@verb
def return_reply(actor: Actor, reply: Reply, *, at: datetime, words: str) -> None:
    """The dispatcher sends it back with its reason."""
    _send_back("return_reply", actor, reply, at, words)


@verb
def send_back_to_drafter(actor: Actor, reply: Reply, *, at: datetime, words: str) -> None:
    """The signer sends it back; it is checked again after the change."""
    _send_back("send_back_to_drafter", actor, reply, at, words)


def _send_back(step: str, actor: Actor, reply: Reply, at: datetime, words: str) -> None:
    REPLY.take(step, actor, reply, at=at, words=words, checked_by_id=None, checked_by="")
    title = _("答复退回修改：%(case)s") % {"case": reply.suggestion}
    tell_unit(reply.assignment.unit_id, reply.suggestion, title, at=at)


@verb
def sign_reply(actor: Actor, reply: Reply, *, at: datetime) -> None:
    """Gives the letter its number and its day and keeps it as it reads now; nothing of it changes afterwards."""
    day = localdate(at)
    REPLY.check("sign_reply", actor, reply, day)
    reply.doc_no = unit_number(reply.assignment, day, SeriesKind.LETTER) if reply.is_letter else ""
    letter = replace(composed(reply, day), category=category_mark(reply))
    REPLY.take(
        "sign_reply",
        actor,
        reply,
        at=at,
        facts={"文号": reply.doc_no, "类别": str(reply.category or "")},
        doc_no=reply.doc_no,
        letter=frozen(letter),
        signed_by_id=actor.person_id,
        signed_by=actor.person_name,
        signer_rank=actor.rank,
        signed_on=day,
    )


@verb
def send_reply(actor: Actor, reply: Reply, *, at: datetime) -> None:
    """Delivers to every addressee, answers the share, puts the promises into the ledger and asks for ratings."""
    day = localdate(at)
    proposers = addressees(reply.suggestion)
    facts = {"文号": reply.doc_no, "送达": "、".join(proposer.name for proposer in proposers)}
    facts = {} if reply.suggestion.is_masked else facts
    unconfirmed = stands_on_silence(reply)
    REPLY.take("send_reply", actor, reply, at=at, facts=facts, sent_on=day, unconfirmed=unconfirmed)
    Delivery.objects.bulk_create(
        Delivery(reply=reply, proposer=proposer, sent_on=day) for proposer in proposers
    )
    if reply.cause == Cause.CORRECTION:
        _replace_corrected(actor, reply, at)
    if reply.kind != ReplyKind.INTERIM:
        _note_category(reply, day)
        _answer_share(actor, reply, at)
        _open_promises(actor, reply, at)
        open_ratings(reply, at=at)
        _follow(actor, reply, at)
    title = _("%(unit)s的答复已发出：%(case)s") % {"unit": reply.assignment.unit, "case": reply.suggestion}
    tell_authors(reply.suggestion, title, at=at)
    tell_holder(reply.suggestion, Competence.CLOSE, title, at=at, kind=MessageKind.NOTICE)


@verb
def correct_reply(actor: Actor, reply: Reply, *, at: datetime, words: str) -> Reply:
    """Begins a new version of a sent reply as a copy; the old one is replaced only when the new one is sent."""
    REPLY.take("correct_reply", actor, reply, at=at, words=words)
    copy = Reply.objects.create(
        assignment=reply.assignment,
        suggestion=reply.suggestion,
        kind=reply.kind,
        cause=Cause.CORRECTION,
        seq=reply.seq,
        version=reply.version + 1,
        corrects=reply,
        category=reply.category,
        drafted_by_id=actor.person_id,
        drafted_by=actor.person_name,
        **{name: getattr(reply, name) for name in WRITTEN},
    )
    parts = [{"ask": part.ask, "text": part.text} for part in reply.parts.select_related("ask")]
    _write_rows(copy, parts, ())
    return copy


@verb
def attach_scan(actor: Actor, reply: Reply, *, at: datetime, scan: Stored) -> None:
    """Keeps the sealed letter 盖章件 as the copy that was sent; the text beside it stays as it was signed."""
    REPLY.take("attach_scan", actor, reply, at=at, facts={"盖章件": scan.name}, scan=stored_row(scan, at))


# -- what a reply is written from -------------------------------------------------------------------------------------


def refuse_wrong_kind(suggestion: Suggestion, kind: str, day: date) -> None:
    """A note stands for a letter only where the authors asked for none, and a talk only while the session sits."""
    if kind == ReplyKind.NOT_REQUESTED and not suggestion.no_written_reply:
        sentence = _("代表没有注明不需要书面答复，请书面答复。")
        raise Refused(sentence, {"kind": sentence})
    session = suggestion.session
    if kind == ReplyKind.IN_SESSION and not (session and session.opens_on <= day <= session.closes_on):
        sentence = _("当面答复只用于会议期间，请书面答复。")
        raise Refused(sentence, {"kind": sentence})


def _cause(share: Assignment) -> str:
    if share.state == ShareState.ANSWERED:
        return Cause.PROMISE_DONE
    return Cause.FIRST if share.round.trigger == Trigger.FIRST else Cause.REHANDLED


def _only_written(given: Mapping[str, str]) -> dict[str, str]:
    if unknown := set(given) - set(WRITTEN):
        raise TypeError(f"a reply has no {', '.join(sorted(unknown))}")
    return {name: given.get(name, "") for name in WRITTEN}


def _write_rows(reply: Reply, parts: Rows, promises: Rows) -> None:
    ReplyPart.objects.bulk_create(
        ReplyPart(reply=reply, ask=part.get("ask"), text=part["text"])
        for part in parts
        if part["text"].strip()
    )
    Promise.objects.bulk_create(
        Promise(reply=reply, suggestion=reply.suggestion, **promise) for promise in promises
    )


# -- what follows when it is sent -------------------------------------------------------------------------------------


def _replace_corrected(actor: Actor, reply: Reply, at: datetime) -> None:
    """The corrected letter steps back; what it promised goes over to the new version."""
    old = reply.corrects
    assert old is not None
    old.suggestion = reply.suggestion
    REPLY.take("replace_reply", actor, old, at=at, facts={"更正件": reply.doc_no})
    Promise.objects.filter(reply=old).update(reply=reply)
    move_open_ratings(old, reply, at=at)


def _note_category(reply: Reply, day: date) -> None:
    """Keeps the change of category against the answer before, of this share or of the one it continues."""
    shares = [reply.assignment_id, reply.assignment.continues_id]
    answered = [ReplyState.SENT, ReplyState.REPLACED]
    earlier = Reply.objects.filter(assignment__in=[pk for pk in shares if pk], state__in=answered)
    former = earlier.exclude(pk=reply.pk).exclude(kind=ReplyKind.INTERIM).order_by("-sent_on", "-pk").first()
    if former and reply.category and former.category_id != reply.category_id:
        CategoryChange.objects.create(
            suggestion=reply.suggestion, old=former.category, new=reply.category, changed_on=day, reply=reply
        )


def _answer_share(actor: Actor, reply: Reply, at: datetime) -> None:
    """The clock of the share stops with its first answer; a second one after a promise leaves the day as it was."""
    share = reply.assignment
    share.suggestion = reply.suggestion
    if share.state == ShareState.HANDLING:
        ASSIGNMENT.take("answer", actor, share, at=at, answered_on=localdate(at))


def _open_promises(actor: Actor, reply: Reply, at: datetime) -> None:
    for promise in reply.promises.filter(state="draft"):
        promise.suggestion = reply.suggestion
        facts = {"承诺": promise.what, "时限": promise.due_on.isoformat()}
        PROMISE.take("open_promise", actor, promise, at=at, facts=facts, made_on=localdate(at))


def _follow(actor: Actor, reply: Reply, at: datetime) -> None:
    """With the last part answered, a category that opens the ledger keeps the case open until it is closed there."""
    suggestion = reply.suggestion
    shares = list(suggestion.assignments.all())
    if suggestion.state != State.ASSIGNED or not rules.all_parts_answered(shares):
        return
    newest = [share.pk for share in rules.newest_shares(shares)]
    sent = Reply.objects.filter(assignment__in=newest, state=ReplyState.SENT, category__opens_ledger=True)
    if sent.exists():
        CASE.take("follow", actor, suggestion, at=at)
