"""Knows what the office itself puts in: papers of deputies, motions turned suggestions, what other levels send, stubs."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from tibandu.base import journal
from tibandu.base.files import Stored
from tibandu.base.flow import NotYourStep, Refused
from tibandu.people.enums import Competence
from tibandu.people.models import Congress, Delegation, Seat
from tibandu.people.queries import Actor
from tibandu.regulations.models import Version
from tibandu.regulations.queries import measure_in_force
from tibandu.suggestions.actions.drafting import COLUMNS, digest_of, texts_of
from tibandu.suggestions.actions.filing import add_files
from tibandu.suggestions.actions.numbers import next_number
from tibandu.suggestions.actions.telling import tell_authors
from tibandu.suggestions.enums import Consent, Nature, Publicity, SeenBy, State
from tibandu.suggestions.models import Ask, Proposer, Suggestion
from tibandu.suggestions.queries.intake import session_counting
from tibandu.suggestions.queries.similar import put_into_index

CLASSIFIED_TITLE = "涉密件"


@transaction.atomic
def enter(
    actor: Actor,
    *,
    at: datetime,
    seats: Sequence[Seat] = (),
    names: Iterable[str] = (),
    delegation: Delegation | None = None,
    nature: str = Nature.SUGGESTION,
    received_from: str = "",
    external_no: str = "",
    asks: Iterable[Any] = (),
    files: Sequence[Stored] = (),
    **text: Any,
) -> Suggestion:
    """A signed paper typed by the office on the authors' behalf, received at `at`; the first author is the lead.

    With `nature` a motion turned suggestion; with `received_from` what another level passed on. Authors without a
    seat here are kept by name.
    """
    suggestion = Suggestion.objects.create(
        congress_id=actor.congress_id,
        session=session_counting(actor.congress_id or 0, at),
        regulation=_measure(actor, at),
        submitted_at=at,
        state=State.SUBMITTED,
        nature=nature,
        received_from=received_from,
        external_no=external_no,
        **{name: text[name] for name in COLUMNS if name in text},
    )
    _add_asks(suggestion, texts_of(asks))
    if delegation and suggestion.session is None:
        raise Refused(_("代表团只能在大会期间提出建议。"), fields={"delegation": _("不在会议期间")})
    _add_authors(suggestion, delegation, seats, names, at)
    add_files(actor, suggestion, files, at=at)
    _note(actor, suggestion, "enter", _("代为录入"), at, _origin_facts(suggestion))
    put_into_index(suggestion)
    title = _("您的纸质建议《%(title)s》已由工作人员录入") % {"title": suggestion.title}
    tell_authors(suggestion, title, at=at)
    return suggestion


def _add_asks(suggestion: Suggestion, lines: Sequence[str]) -> None:
    """The numbered asks of the paper; a paper without title or ask is not one."""
    if not (suggestion.title.strip() and lines):
        raise Refused(_("请录入标题和至少一条具体要求。"))
    asks = (Ask(suggestion=suggestion, number=n, text=line) for n, line in enumerate(lines, 1))
    Ask.objects.bulk_create(asks)


def _measure(actor: Actor, at: datetime) -> Version:
    """The measure under which the office takes something in; refuses whoever does not screen."""
    if actor.congress_id is None or not actor.may(Competence.SCREEN):
        raise NotYourStep(_("代为录入"))
    measure = measure_in_force(actor.congress_id, localdate(at))
    if measure is None:
        raise Refused(_("本级人大还没有现行有效的处理办法，暂时不能录入。"))
    return measure


def _origin_facts(suggestion: Suggestion) -> dict[str, str]:
    facts = {"性质": suggestion.get_nature_display(), "来自": suggestion.received_from}
    return {key: value for key, value in facts.items() if value}


def _add_authors(
    suggestion: Suggestion,
    delegation: Delegation | None,
    seats: Sequence[Seat],
    names: Iterable[str],
    at: datetime,
) -> None:
    """Whoever signed the paper, in its order: a delegation, deputies with a seat, names without one."""
    authors: list[dict[str, Any]] = (
        [{"delegation": delegation, "name": delegation.name}] if delegation else []
    )
    authors += [{"seat": seat, "name": seat.person.name} for seat in seats]
    authors += [{"name": name} for name in names]
    if not authors:
        raise Refused(_("请写明提出人。"), fields={"seats": _("请写明提出人")})
    digest = digest_of(suggestion)
    Proposer.objects.bulk_create(
        Proposer(
            suggestion=suggestion,
            position=position,
            is_lead=position == 1,
            state=Consent.CONFIRMED,
            text_digest=digest,
            answered_at=at,
            **author,
        )
        for position, author in enumerate(authors, 1)
    )


@transaction.atomic
def register_classified(
    actor: Actor, *, at: datetime, unit_words: str, registered_on: date | None = None
) -> Suggestion:
    """The stub of a classified suggestion: number, day and unit, nothing else; it is handled on paper (涉密件线下办理)."""
    measure = _measure(actor, at)
    day = registered_on or localdate(at)
    suggestion = Suggestion.objects.create(
        congress_id=actor.congress_id,
        session=session_counting(actor.congress_id or 0, at),
        regulation=measure,
        title=CLASSIFIED_TITLE,
        is_classified=True,
        publicity=Publicity.NONE,
        state=State.REGISTERED,
        submitted_at=at,
        registered_on=day,
        sent_to=unit_words,
    )
    columns = next_number(suggestion, day)
    Suggestion.objects.filter(pk=suggestion.pk).update(**columns)
    suggestion.refresh_from_db()
    facts = {"编号": suggestion.number_text, "承办": unit_words}
    _note(actor, suggestion, "register_classified", _("登记涉密件"), at, facts, SeenBy.CONGRESS)
    return suggestion


def copy_to(congress: Congress, source: Suggestion, actor: Actor, *, at: datetime) -> Suggestion:
    """The received copy of a suggestion at another congress, with its authors and files, waiting for screening there."""
    measure = measure_in_force(congress.pk, localdate(at))
    if measure is None:
        raise Refused(_("对方还没有现行有效的处理办法，请写明转往哪里，线下转送。"))
    copied = {name: getattr(source, name) for name in COLUMNS if name != "proposed_unit"}
    copy = Suggestion.objects.create(
        congress=congress,
        regulation=measure,
        nature=source.nature,
        state=State.SUBMITTED,
        submitted_at=at,
        received_from=source.congress.short_name,
        external_no=source.number_text,
        is_masked=source.is_masked,
        **copied,
    )
    for model, rows in (
        (Ask, source.asks.all()),
        (Proposer, source.proposers.filter(state=Consent.CONFIRMED)),
    ):
        model.objects.bulk_create(_copied(row, copy) for row in rows)
    for file in source.attachments.filter(noun="suggestion"):
        file.object_id = copy.pk
        _copied(file, copy).save()
    _note(actor, copy, "receive_transfer", _("收到转来"), at, _origin_facts(copy))
    put_into_index(copy)
    return copy


def _copied(row: Any, copy: Suggestion) -> Any:
    row.pk, row.suggestion = None, copy
    row._state.adding = True
    return row


def _note(
    actor: Actor,
    suggestion: Suggestion,
    verb: str,
    label: str,
    at: datetime,
    facts: dict[str, str],
    seen_by: str = SeenBy.ALL,
) -> None:
    journal.record(
        suggestion,
        actor,
        noun="suggestion",
        object_id=suggestion.pk,
        verb=verb,
        label=label,
        at=at,
        target=suggestion.state,
        facts=facts,
        seen_by=seen_by,
    )
