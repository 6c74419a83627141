"""Knows how files that were stored become papers of a case."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from tibandu.base.files import Stored
from tibandu.base.flow import Refused
from tibandu.base.models import StoredFile
from tibandu.people.queries import Actor
from tibandu.suggestions.models import Attachment, Suggestion

MOST_FILES = 20


def kept_file(stored: Stored, *, at: datetime) -> StoredFile:
    """The row of a stored content; the same content has one row."""
    known = {"size": stored.size, "kind": stored.kind, "stored_at": at}
    return StoredFile.objects.get_or_create(sha256=stored.sha256, defaults=known)[0]


def add_files(
    actor: Actor,
    suggestion: Suggestion,
    files: Sequence[Stored],
    *,
    at: datetime,
    noun: str = "suggestion",
    object_id: int | None = None,
) -> None:
    """Puts files under a paper of the case; the same content is not put there twice."""
    place = {"noun": noun, "object_id": object_id or suggestion.pk}
    held = set(suggestion.attachments.filter(**place).values_list("file__sha256", flat=True))
    new = {file.sha256: file for file in files if file.sha256 not in held}
    if len(held) + len(new) > MOST_FILES:
        raise Refused(_("最多添加 %(n)s 个附件。") % {"n": MOST_FILES}, fields={"files": _("附件太多")})
    Attachment.objects.bulk_create(
        Attachment(
            suggestion=suggestion,
            file=kept_file(file, at=at),
            name=file.name,
            added_at=at,
            added_by=actor.person_name,
            **place,
        )
        for file in new.values()
    )


def remove_file(suggestion: Suggestion, pk: int) -> str:
    """Takes a paper's file off a case and answers its name."""
    attachment = suggestion.attachments.filter(pk=pk, noun="suggestion").first()
    if attachment is None:
        raise Refused(_("这个附件已经不在了。"))
    attachment.delete()
    return attachment.name
