"""What goes out to everybody: the text of a suggestion, a reply in full or in short, without personal data."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from tibandu.base import journal
from tibandu.base.files import Stored
from tibandu.base.flow import NotYourStep, Refused
from tibandu.base.models import StoredFile
from tibandu.base.scrub import masked
from tibandu.base.verbs import lock, verb
from tibandu.people.models import Congress
from tibandu.people.queries import Actor
from tibandu.regulations.models import Ground
from tibandu.suggestions.enums import PublicationState, Publicity, SeenBy
from tibandu.suggestions.flow import CASE, REPLY
from tibandu.suggestions.models import Attachment, Delivery, LetterTemplate, Reply, Suggestion
from tibandu.suggestions.queries import is_mine
from tibandu.suggestions.queries.publishing import letter_text, may_set_template

Copies = Iterable[tuple[Attachment, Stored]]


@verb
def publish(actor: Actor, suggestion: Suggestion, *, at: datetime, attachments: Copies = ()) -> None:
    """Opens the paper to everybody, as far as its author agreed: the whole text, or the title alone."""
    only_title = suggestion.publicity == Publicity.TITLE
    facts = {"公开": str(Publicity(suggestion.publicity).label)}
    CASE.take("publish", actor, suggestion, at=at, facts=facts, is_published=True)
    _open_files(() if only_title else attachments, at)


@verb
def publish_reply(
    actor: Actor,
    reply: Reply,
    *,
    at: datetime,
    publication: str,
    not_public_ground: Ground | None = None,
    public_text: str = "",
    attachments: Copies = (),
) -> None:
    """Decides what the public reads of a sent reply; whatever it is, personal data is hidden in it."""
    _refuse_against_consent(reply.suggestion, publication)
    if publication == PublicationState.NONE and not_public_ground is None:
        _refuse("not_public_ground", _("不公开的，请选择理由。"))
    if publication == PublicationState.SUMMARY and not public_text.strip():
        _refuse("public_text", _("请写公开的摘要。"))
    shown = {PublicationState.FULL: letter_text(reply), PublicationState.SUMMARY: masked(public_text)}
    is_public = publication != PublicationState.NONE
    facts = {"公开": str(PublicationState(publication).label), "理由": str(not_public_ground or "")}
    REPLY.take(
        "publish_reply",
        actor,
        reply,
        at=at,
        facts={key: value for key, value in facts.items() if value},
        publication=publication,
        not_public_ground=None if is_public else not_public_ground,
        public_text=shown.get(PublicationState(publication), ""),
        published_on=localdate(at) if is_public else None,
    )
    _open_files(attachments if is_public else (), at)


def _refuse_against_consent(suggestion: Suggestion, publication: str) -> None:
    """The author's word limits what others may open (domain 1.18)."""
    if publication == PublicationState.NONE:
        return
    if suggestion.is_masked or suggestion.is_classified or suggestion.publicity == Publicity.NONE:
        _refuse("publication", _("提出人不同意公开或者须隐去，答复不得公开。"))
    if suggestion.publicity == Publicity.TITLE and publication == PublicationState.FULL:
        _refuse("publication", _("提出人仅同意公开标题，答复只能公开摘要。"))


def _refuse(field: str, sentence: str) -> None:
    raise Refused(sentence, {field: sentence})


def _open_files(copies: Copies, at: datetime) -> None:
    """Each attachment gets its scrubbed copy beside it; the file as it came stays inside."""
    for attachment, kept in copies:
        Attachment.objects.filter(pk=attachment.pk).update(public_file=stored_row(kept, at))


def stored_row(kept: Stored, at: datetime) -> StoredFile:
    """The row of a file that was stored before the transaction began."""
    values = {"size": kept.size, "kind": kept.kind, "stored_at": at}
    return StoredFile.objects.get_or_create(sha256=kept.sha256, defaults=values)[0]


def note_opened(actor: Actor, reply: Reply, *, at: datetime) -> None:
    """Remembers when an addressee first opened the letter sent to them."""
    waiting = Delivery.objects.filter(reply=reply, opened_at=None).select_related("proposer__delegation")
    mine = [delivery.pk for delivery in waiting if is_mine(actor, delivery.proposer)]
    if mine:
        Delivery.objects.filter(pk__in=mine, opened_at=None).update(opened_at=at)


def set_letter_template(actor: Actor, congress: Congress, *, at: datetime, file: Stored) -> LetterTemplate:
    """Makes a Word file the template of the actor's unit, or of the whole congress where the office sets it."""
    if not may_set_template(actor):
        raise NotYourStep(_("设置答复函模板"))
    with transaction.atomic():
        lock(congress)
        row = LetterTemplate.objects.create(
            congress=congress,
            unit_id=None if actor.is_congress_side else actor.unit_id,
            file=stored_row(file, at),
            name=file.name,
            uploaded_at=at,
            uploaded_by=str(actor),
        )
        journal.record(
            congress,
            actor,
            noun="letter_template",
            object_id=row.pk,
            verb="set_letter_template",
            label=_("设置答复函模板"),
            at=at,
            facts={"文件": file.name},
            seen_by=SeenBy.CONGRESS,
        )
    return row
