"""Knows how a draft begins and changes: created with its lead, kept by autosave, edited, its files added and taken away."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tibandu.base import journal
from tibandu.base.files import Stored
from tibandu.base.flow import Moved, NotYourStep, Refused
from tibandu.base.verbs import verb
from tibandu.people.enums import MessageKind
from tibandu.people.models import Congress, Delegation, Seat
from tibandu.people.queries import Actor
from tibandu.suggestions import rules
from tibandu.suggestions.actions.filing import add_files, remove_file
from tibandu.suggestions.actions.telling import tell_proposers
from tibandu.suggestions.enums import Consent, SeenBy
from tibandu.suggestions.flow import INTAKE, PROPOSER
from tibandu.suggestions.models import Ask, Proposer, Suggestion

COLUMNS = (
    "title",
    "facts",
    "analysis",
    "origin",
    "repeated",
    "publicity",
    "wants_contact",
    "no_written_reply",
    "open_to_cosigning",
    "contact_person",
    "proposed_unit",
)


class Stale(Moved):
    """Another window saved the same draft since this one was opened."""

    sentence = gettext_lazy("另一个窗口刚保存过这份草稿，请先看过那里的文字再改。")


@transaction.atomic
def create(
    actor: Actor,
    *,
    at: datetime,
    congress: Congress | None = None,
    delegation: Delegation | None = None,
    asks: Iterable[Any] = (),
    revision: int | None = None,
    **text: Any,
) -> Suggestion:
    """A draft whose lead is the actor's seat, or the delegation that the actor heads; `congress` is who handles it."""
    if actor.seat_id is None:
        raise NotYourStep(_("写建议"))
    if actor.seat_ended:
        raise Refused(_("代表任期已经结束，不能再提新的建议。"))
    if delegation and delegation.head_id != actor.seat_id:
        raise Refused(_("代表团的建议由团长提出。"))
    suggestion = Suggestion.objects.create(
        congress_id=congress.pk if congress else actor.congress_id, revision=1, **_columns(text)
    )
    _write_asks(suggestion, texts_of(asks))
    lead = {"delegation": delegation, "name": delegation.name} if delegation else _seat(actor.seat_id)
    Proposer.objects.create(suggestion=suggestion, position=1, is_lead=True, state=Consent.CONFIRMED, **lead)
    journal.record(
        suggestion,
        actor,
        noun="suggestion",
        object_id=suggestion.pk,
        verb="create",
        label=_("起草"),
        at=at,
        target=suggestion.state,
        seen_by=SeenBy.AUTHORS,
    )
    return suggestion


def _seat(pk: int) -> dict[str, Any]:
    seat = Seat.objects.select_related("person").get(pk=pk)
    return {"seat": seat, "name": seat.person.name}


@verb
def edit(
    actor: Actor,
    suggestion: Suggestion,
    *,
    at: datetime,
    revision: int | None = None,
    asks: Iterable[Any] | None = None,
    **text: Any,
) -> None:
    """Saves a draft; whoever had confirmed another text is asked again. Raises Stale for an old `revision`."""
    INTAKE.check("edit", actor, suggestion, localdate(at))
    before = digest_of(suggestion)
    if not _save(suggestion, revision, asks, text):
        return
    asked = _ask_again(actor, suggestion, at) if digest_of(suggestion) != before else []
    INTAKE.take("edit", actor, suggestion, at=at, facts={"请重新确认": "、".join(asked)} if asked else None)


@verb
def keep(
    actor: Actor,
    suggestion: Suggestion,
    *,
    at: datetime,
    revision: int | None = None,
    asks: Iterable[Any] | None = None,
    **text: Any,
) -> None:
    """An autosave: like `edit`, but a pause in typing is no deed, so it writes no line and asks nobody again."""
    INTAKE.check("edit", actor, suggestion, localdate(at))
    confirmed = suggestion.proposers.filter(state=Consent.CONFIRMED, is_lead=False).exists()
    if confirmed and _would_change(suggestion, asks, text):
        raise Refused(_("已有联名代表确认过全文。改好后请按“保存”，将请他们重新确认"))
    _save(suggestion, revision, asks, text)


def _would_change(suggestion: Suggestion, asks: Iterable[Any] | None, text: Mapping[str, Any]) -> bool:
    title, facts, analysis = (
        text.get(name, getattr(suggestion, name)) for name in ("title", "facts", "analysis")
    )
    lines = _lines(suggestion) if asks is None else texts_of(asks)
    return rules.text_digest(title, facts, analysis, lines) != digest_of(suggestion)


def _save(
    suggestion: Suggestion, revision: int | None, asks: Iterable[Any] | None, text: Mapping[str, Any]
) -> bool:
    """Writes what differs and counts the revision up; False where nothing differs. The caller holds the row's lock."""
    columns = {name: value for name, value in _columns(text).items() if getattr(suggestion, name) != value}
    lines = None if asks is None else texts_of(asks)
    asks_differ = lines is not None and lines != _lines(suggestion)
    if not columns and not asks_differ:
        return False
    if revision is not None and revision != suggestion.revision:
        raise Stale
    if asks_differ:
        _write_asks(suggestion, lines or [])
    columns["revision"] = suggestion.revision + 1
    Suggestion.objects.filter(pk=suggestion.pk).update(**columns)
    for name, value in columns.items():
        setattr(suggestion, name, value)
    return True


def _columns(text: Mapping[str, Any]) -> dict[str, Any]:
    return {name: text[name] for name in COLUMNS if name in text}


def texts_of(asks: Iterable[Any]) -> list[str]:
    """The asks as plain lines, whether they come as rows of a form or as words."""
    lines = (ask["text"] if isinstance(ask, Mapping) else str(ask) for ask in asks)
    return [line.strip() for line in lines if line.strip()]


def _lines(suggestion: Suggestion) -> list[str]:
    return list(suggestion.asks.order_by("number").values_list("text", flat=True))


def _write_asks(suggestion: Suggestion, lines: Sequence[str]) -> None:
    suggestion.asks.all().delete()
    Ask.objects.bulk_create(
        Ask(suggestion=suggestion, number=number, text=line) for number, line in enumerate(lines, 1)
    )


def digest_of(suggestion: Suggestion) -> str:
    """The digest of the text as it stands in the database."""
    return rules.text_digest(suggestion.title, suggestion.facts, suggestion.analysis, _lines(suggestion))


def _ask_again(actor: Actor, suggestion: Suggestion, at: datetime) -> list[str]:
    """Every confirmed co-signer goes back to invited and is told; the lead wrote the text and need not confirm it."""
    confirmed = list(
        Proposer.objects.filter(suggestion=suggestion, state=Consent.CONFIRMED, is_lead=False).select_related(
            "delegation"
        )
    )
    for proposer in confirmed:
        proposer.suggestion = suggestion
        PROPOSER.take("ask_again", actor, proposer, at=at, text_digest="", answered_at=None)
    title = _("《%(title)s》的文本有改动，请重新确认联名") % {"title": suggestion.title}
    key = f"ask_again:{suggestion.revision}"
    tell_proposers(suggestion, confirmed, title, at=at, kind=MessageKind.TODO, key=key)
    return [proposer.name for proposer in confirmed]


@verb
def attach(actor: Actor, suggestion: Suggestion, *, at: datetime, files: Sequence[Stored]) -> None:
    """Adds files that were stored before the transaction began."""
    add_files(actor, suggestion, files, at=at)
    INTAKE.take("attach", actor, suggestion, at=at, facts={"附件": "、".join(file.name for file in files)})


@verb
def detach(actor: Actor, suggestion: Suggestion, *, at: datetime, attachment: int) -> None:
    """Takes a file off a draft; its content stays in the store, where others may hold it too."""
    INTAKE.take("detach", actor, suggestion, at=at, facts={"附件": remove_file(suggestion, attachment)})
