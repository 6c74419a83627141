"""Knows how one row of a table becomes a suggestion: with authors, units, answer, number and one line of its origin."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from tibandu.base import journal
from tibandu.base.files import Stored
from tibandu.base.flow import NotYourStep, Refused
from tibandu.people.enums import Competence
from tibandu.people.models import Congress, Session, Unit
from tibandu.people.queries import Actor
from tibandu.regulations.enums import LimitCode
from tibandu.suggestions.actions.filing import kept_file
from tibandu.suggestions.enums import (
    Cause,
    Consent,
    HandoverState,
    ReplyKind,
    ReplyState,
    Role,
    ShareState,
    Trigger,
)
from tibandu.suggestions.models import (
    Ask,
    Assignment,
    Handover,
    ImportedRow,
    ImportRun,
    Proposer,
    Reply,
    ReplyPart,
    Round,
    Series,
    Suggestion,
)
from tibandu.suggestions.queries.intake import series_row
from tibandu.suggestions.queries.ledger import INDEX
from tibandu.suggestions.queries.similar import search_text
from tibandu.suggestions.rules import text_digest


@dataclass(frozen=True)
class Answer:
    """What a table says of the answer; kept as a note on the result, for a table is no letter."""

    on: date
    category_id: int | None = None
    text: str = ""
    doc_no: str = ""

    @property
    def says_something(self) -> bool:
        return bool(self.category_id or self.text or self.doc_no)


@dataclass(frozen=True)
class Row:
    """One row of a table made ready: columns of the suggestion and what hangs on it."""

    row: int
    key: str
    cells: Mapping[str, str]
    columns: Mapping[str, Any]
    authors: Sequence[Mapping[str, Any]] = ()
    asks: Sequence[str] = ()
    shares: Sequence[tuple[Unit, Role]] = ()
    assigned_on: date | None = None
    due_on: date | None = None
    due_is_provisional: bool = False
    answer: Answer | None = None
    category_id: int | None = None
    happened_at: datetime | None = None
    facts: Mapping[str, str] = field(default_factory=dict)


def check_importer(actor: Actor, congress: Congress) -> None:
    """Refuses whoever does not receive the suggestions of this congress."""
    if not actor.is_system and (actor.congress_id != congress.pk or not actor.may(Competence.SCREEN)):
        raise NotYourStep(_("导入建议"))


@transaction.atomic
def start_import(
    actor: Actor,
    congress: Congress,
    *,
    at: datetime,
    file: Stored,
    session: Session | None = None,
    collection: str = "",
    mapping: Mapping[str, str] | None = None,
) -> ImportRun:
    """Keeps a file for its preview; nothing is imported yet."""
    check_importer(actor, congress)
    return ImportRun.objects.create(
        congress=congress,
        session=session,
        collection="" if session else collection,
        file=kept_file(file, at=at),
        name=file.name,
        mapping=dict(mapping or {}),
        started_at=at,
        started_by=actor.person_name,
    )


@transaction.atomic
def map_columns(actor: Actor, run: ImportRun, *, mapping: Mapping[str, str]) -> None:
    """What the user says that unknown columns mean."""
    check_importer(actor, run.congress)
    if not ImportRun.objects.filter(pk=run.pk, finished_at=None).update(mapping=dict(mapping)):
        raise Refused(_("这份文件已经导入。"))
    run.mapping = dict(mapping)


@transaction.atomic
def finish_import(actor: Actor, run: ImportRun, *, at: datetime, counts: Mapping[str, int]) -> None:
    """Closes the run with what became of its rows."""
    check_importer(actor, run.congress)
    ImportRun.objects.filter(pk=run.pk).update(finished_at=at, **counts)
    run.refresh_from_db()


@transaction.atomic
def import_rows(actor: Actor, run: ImportRun, *, at: datetime, rows: Sequence[Row]) -> list[Suggestion]:
    """The suggestions of some rows, all of them or none, each with a line dated when the table says it happened.

    They are written table by table, for an import has thousands. Nobody is told of what is long past. The caller has
    locked the congress, so that two imports of one file queue.
    """
    check_importer(actor, run.congress)
    series = _series_with(run, rows)
    made = Suggestion.objects.bulk_create(
        Suggestion(
            congress=run.congress,
            session=run.session,
            collection=run.collection,
            series=series if row.columns["number"] is not None else None,
            **row.columns,
        )
        for row in rows
    )
    pairs = list(zip(made, rows, strict=True))
    ImportedRow.objects.bulk_create(_origin(run, suggestion, row) for suggestion, row in pairs)
    Ask.objects.bulk_create(
        Ask(suggestion=suggestion, number=n, text=text)
        for suggestion, row in pairs
        for n, text in enumerate(row.asks, 1)
    )
    Proposer.objects.bulk_create(author for suggestion, row in pairs for author in _authors(suggestion, row))
    _add_shares(actor, [(suggestion, row) for suggestion, row in pairs if row.shares], at)
    for suggestion, row in pairs:
        INDEX.put(suggestion.pk, search_text(suggestion, row.asks))
        _note(actor, suggestion, row, at)
    return made


def _series_with(run: ImportRun, rows: Sequence[Row]) -> Series | None:
    """The counter of the session, moved on to the highest number, so that the next one registered comes after it."""
    numbers = [row.columns["number"] for row in rows if row.columns["number"] is not None]
    if run.session is None or not numbers:
        return None
    series = series_row(run.congress_id, f"session:{run.session.pk}")
    Series.objects.filter(pk=series.pk, last__lt=max(numbers)).update(last=max(numbers))
    return series


def _origin(run: ImportRun, suggestion: Suggestion, row: Row) -> ImportedRow:
    return ImportedRow(
        suggestion=suggestion,
        run=run,
        row=row.row,
        key=row.key,
        category_id=row.category_id,
        cells=dict(row.cells),
    )


def _authors(suggestion: Suggestion, row: Row) -> list[Proposer]:
    digest = text_digest(suggestion.title, suggestion.facts, suggestion.analysis, row.asks)
    return [
        Proposer(
            suggestion=suggestion,
            position=position,
            is_lead=position == 1,
            state=Consent.CONFIRMED,
            text_digest=digest,
            **author,
        )
        for position, author in enumerate(row.authors, 1)
    ]


def _add_shares(actor: Actor, pairs: Sequence[tuple[Suggestion, Row]], at: datetime) -> None:
    """The units as they handled it, or as they will: answered shares of what is past, open ones of what is under way."""
    handovers = Handover.objects.bulk_create(
        Handover(
            suggestion=suggestion, organ_id=organ, handed_on=_day(row, at), state=HandoverState.DISTRIBUTED
        )
        for suggestion, row in pairs
        for organ in dict.fromkeys(unit.organ_id for unit, _role in row.shares)
    )
    handed = {(one.suggestion_id, one.organ_id): one for one in handovers}
    rounds = Round.objects.bulk_create(
        Round(
            suggestion=suggestion,
            n=1,
            trigger=Trigger.FIRST,
            decided_on=_day(row, at),
            decided_by=actor.person_name,
        )
        for suggestion, row in pairs
    )
    shares = [
        Assignment(
            suggestion=suggestion,
            handover=handed[suggestion.pk, unit.organ_id],
            round=first,
            unit=unit,
            role=role,
            **_course(row, at),
        )
        for (suggestion, row), first in zip(pairs, rounds, strict=True)
        for unit, role in row.shares
    ]
    _add_answers({suggestion.pk: row for suggestion, row in pairs}, Assignment.objects.bulk_create(shares))


def _day(row: Row, at: datetime) -> date:
    return row.assigned_on or localdate(at)


def _course(row: Row, at: datetime) -> dict[str, Any]:
    return {
        "state": ShareState.ANSWERED if row.answer else ShareState.SENT,
        "assigned_on": _day(row, at),
        "limit_code": LimitCode.REPLY,
        "due_on": row.due_on or _day(row, at),
        "due_is_provisional": row.due_is_provisional,
        "answered_on": row.answer.on if row.answer else None,
    }


def _add_answers(rows: Mapping[int, Row], shares: Sequence[Assignment]) -> None:
    """What the table says of the answer, on the share that answers: the lead's, else the first separate one."""
    answering = {share.suggestion_id: share for share in reversed(shares) if share.role != Role.CO}
    said = [(share, answer) for pk, share in answering.items() if (answer := rows[pk].answer)]
    told = [(share, answer) for share, answer in said if answer.says_something]
    replies = Reply.objects.bulk_create(
        Reply(
            suggestion=share.suggestion,
            assignment=share,
            kind=ReplyKind.NOT_REQUESTED,
            cause=Cause.FIRST,
            seq=1,
            state=ReplyState.SENT,
            category_id=answer.category_id,
            doc_no=answer.doc_no,
            sent_on=answer.on,
        )
        for share, answer in told
    )
    ReplyPart.objects.bulk_create(
        ReplyPart(reply=reply, text=answer.text)
        for reply, (_share, answer) in zip(replies, told, strict=True)
        if answer.text
    )


def _note(actor: Actor, suggestion: Suggestion, row: Row, at: datetime) -> None:
    journal.record(
        suggestion,
        actor,
        noun="suggestion",
        object_id=suggestion.pk,
        verb="import",
        label=_("导入"),
        at=row.happened_at or at,
        target=suggestion.state,
        facts=row.facts,
    )
