"""Knows how one suggestion goes into another and comes out again; nobody who signed it is lost on the way."""

from datetime import datetime

from django.db.models import Max
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from tibandu.base.flow import Refused
from tibandu.base.verbs import verb
from tibandu.people.queries import SYSTEM, Actor
from tibandu.suggestions.actions.telling import tell_authors
from tibandu.suggestions.actions.together import locking
from tibandu.suggestions.enums import Consent, State
from tibandu.suggestions.flow import INTAKE, PROPOSER
from tibandu.suggestions.models import Proposer, Screening, Suggestion
from tibandu.suggestions.queries.intake import merge_targets


@locking(lambda suggestion, *, master, **_words: [master.pk])
@verb
def merge(actor: Actor, suggestion: Suggestion, *, at: datetime, master: Suggestion, words: str) -> None:
    """Puts a suggestion into another of the same content (CQ §13): its authors become joint authors of that one.

    A number that was given stays with the merged suggestion, marked as merged into the master.
    """
    master.refresh_from_db()
    if not merge_targets(suggestion).filter(pk=master.pk).exists():
        raise Refused(_("只能并入本级已收到、尚未交办的建议。"), fields={"master": _("请另选一件")})
    if suggestion.merged.exists():
        raise Refused(_("已有建议并入本件，请先取消那些合并，或者反过来合并。"))
    if suggestion.is_masked and not master.is_masked:  # its authors would be named among those of the master
        raise Refused(_("隐去提出人的件只能并入同样隐去提出人的件。"), fields={"master": _("请另选一件")})
    facts = {"并入": str(master)}
    INTAKE.take("merge", actor, suggestion, at=at, words=words, facts=facts, merged_into=master)
    _bring_authors(actor, suggestion, master, at)
    Screening.objects.create(
        suggestion=suggestion,
        outcome="merge",
        words=words,
        decided_on=localdate(at),
        decided_by=actor.person_name,
    )
    title = _("《%(title)s》与内容相同的《%(master)s》合并办理，您列为联名提出人")
    tell_authors(suggestion, title % {"title": suggestion.title, "master": master.title}, at=at)


def _bring_authors(actor: Actor, suggestion: Suggestion, master: Suggestion, at: datetime) -> None:
    """Every author of the merged text stands behind the master, unless they do already."""
    present = {(p.seat_id, p.delegation_id): p for p in Proposer.objects.filter(suggestion=master)}
    position = Proposer.objects.filter(suggestion=master).aggregate(last=Max("position"))["last"] or 0
    for author in suggestion.proposers.filter(state=Consent.CONFIRMED):
        known = present.get((author.seat_id, author.delegation_id)) if _is_known(author) else None
        if known is None:
            position += 1
            Proposer.objects.create(
                suggestion=master,
                seat=author.seat,
                delegation=author.delegation,
                name=author.name,
                position=position,
                state=Consent.CONFIRMED,
                text_digest=author.text_digest,
                answered_at=author.answered_at,
                origin_suggestion=suggestion,
            )
        elif known.state in (Consent.LEFT, Consent.DECLINED):
            known.suggestion = master
            PROPOSER.take("join_master", actor, known, at=at, left_on=None, origin_suggestion=suggestion)


def _is_known(author: Proposer) -> bool:
    """A paper author without a seat has a name only, and two of them are two."""
    return bool(author.seat_id or author.delegation_id)


@locking(lambda suggestion, **_words: filter(None, [suggestion.merged_into_id]))
@verb
def unmerge(actor: Actor, suggestion: Suggestion, *, at: datetime, words: str = "") -> None:
    """Takes a suggestion out of its master again, with its authors and with the number it had."""
    _take_out(actor, suggestion, at, words)


def release_merged(master: Suggestion, *, at: datetime) -> None:
    """What was merged into a suggestion that ends goes on alone."""
    for merged in Suggestion.objects.filter(merged_into=master, state=State.MERGED).order_by("pk"):
        _take_out(SYSTEM, merged, at, _("所并入的建议已撤回"))


def _take_out(actor: Actor, suggestion: Suggestion, at: datetime, words: str) -> None:
    INTAKE.check("unmerge", actor, suggestion, localdate(at))
    master = suggestion.merged_into
    assert master is not None
    target = State.REGISTERED if suggestion.number else State.SUBMITTED
    facts = {"移出": str(master)}
    INTAKE.take(
        "unmerge", actor, suggestion, at=at, words=words, facts=facts, target=target, merged_into=None
    )
    for author in Proposer.objects.filter(origin_suggestion=suggestion, state=Consent.CONFIRMED):
        author.suggestion = master
        PROPOSER.take("part_from_master", actor, author, at=at, left_on=localdate(at))
    title = _("《%(title)s》已取消合并，单独办理") % {"title": suggestion.title}
    tell_authors(suggestion, title, at=at)
