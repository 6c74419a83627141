"""Knows what every verb of programmes, instruments, meetings and opinions shares: beginning a case, its files, telling, owing."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from tibandu.base import journal
from tibandu.base.files import Stored
from tibandu.base.flow import NotYourStep, Refused, Role, in_the_language_of_the_law
from tibandu.base.models import Chained, StoredFile
from tibandu.base.verbs import verb
from tibandu.oversight.enums import OwedKind
from tibandu.oversight.flow.programmes import OWED
from tibandu.oversight.models import Enclosure, Owed
from tibandu.people.actions import tell
from tibandu.people.enums import Competence, MessageKind
from tibandu.people.queries import Actor, unit_holding

MOST_FILES = 20


def begun(
    actor: Actor, row: Any, noun: str, name: str, label: Any, *, at: datetime, seen_by: str = "all"
) -> None:
    """The first line of a new case."""
    said = in_the_language_of_the_law(label)
    journal.record(
        row,
        actor,
        noun=noun,
        object_id=row.pk,
        verb=name,
        label=said,
        at=at,
        target=row.state,
        seen_by=seen_by,
    )


def may_open(actor: Actor, role: Role, label: Any) -> int:
    """The congress of whoever may open such a case; else NotYourStep."""
    if actor.congress_id is None or not role.holds(actor, None):
        raise NotYourStep(label)
    return actor.congress_id


def enclose(actor: Actor, noun: str, object_id: int, files: Sequence[Stored], *, at: datetime) -> None:
    """Puts what somebody uploaded under a row."""
    if len(files) > MOST_FILES:
        raise Refused(_("最多添加 %(n)s 个附件。") % {"n": MOST_FILES}, {"files": _("附件太多")})
    keep_files(actor, noun, object_id, files, at=at)


def keep_files(actor: Actor, noun: str, object_id: int, files: Sequence[Stored], *, at: datetime) -> None:
    """Puts stored files under a row; the same content is not put there twice."""
    for stored in {file.sha256: file for file in files}.values():
        known = {"size": stored.size, "kind": stored.kind, "stored_at": at}
        kept, _made = StoredFile.objects.get_or_create(sha256=stored.sha256, defaults=known)
        Enclosure.objects.get_or_create(
            noun=noun,
            object_id=object_id,
            file=kept,
            defaults={"name": stored.name, "added_at": at, "added_by": actor.person_name},
        )


def tell_case(
    case: Any,
    units: Iterable[int | None],
    title: str,
    *,
    at: datetime,
    kind: MessageKind = MessageKind.TODO,
    seats: Iterable[int | None] = (),
    key: str = "",
) -> None:
    """Tells units and seats of a case of supervision; one message per deed."""
    tell(
        key=f"{case.chain}:{key or case.journal_seq}",
        units=[unit for unit in units if unit],
        seats=[seat for seat in seats if seat],
        kind=kind,
        title=title,
        url=case.get_absolute_url(),
        at=at,
    )


def tell_holder(case: Any, competence: Competence, title: str, *, at: datetime) -> None:
    """Tells the unit that holds a power in the congress of a case, where there is one."""
    holder = unit_holding(case.congress_id, competence)
    tell_case(case, [holder.pk if holder else None], title, at=at)


def owe(
    case: Chained, rows: Iterable[Mapping[str, Any]], kind: OwedKind, *, at: datetime, **head: Any
) -> None:
    """Puts what units owe under a programme or a meeting and tells each."""
    for row in rows:
        made = Owed.objects.create(kind=kind, **head, **row)
        title = f"请在{made.due_on.isoformat()}前落实：{made.what}"
        tell_case(case, [made.unit_id], title, at=at, key=f"owed:{made.pk}")


def refuse_late(rows: Iterable[Mapping[str, Any]], start: date) -> None:
    if any(row["due_on"] < start for row in rows):
        raise Refused(_("完成时限不能早于当天。"), {"due_on": _("完成时限不能早于当天")})


@verb
def report_owed(actor: Actor, owed: Owed, *, at: datetime, words: str) -> None:
    """How far the unit is; the matter stays open."""
    OWED.take("report_owed", actor, owed, at=at, words=words, progress=words)


@verb
def answer_owed(actor: Actor, owed: Owed, *, at: datetime, words: str, files: Sequence[Stored] = ()) -> None:
    """The unit says what it did, with proof; somebody else looks."""
    OWED.take("answer_owed", actor, owed, at=at, words=words, answer=words, answered_on=localdate(at))
    enclose(actor, "owed", owed.pk, files, at=at)
    looks = owed.programme.committee_id if owed.programme else None
    if owed.meeting:
        looks = owed.meeting.organ.dispatcher_id
    tell_case(owed.journal_case, [looks], f"已报告落实情况，请核实：{owed}", at=at)


@verb
def verify_owed(actor: Actor, owed: Owed, *, at: datetime, words: str) -> None:
    """Somebody other than the unit found it done."""
    found = {"finding": words, "verified_by": str(actor)[:60], "verified_on": localdate(at)}
    OWED.take("verify_owed", actor, owed, at=at, words=words, **found)
    tell_case(owed.journal_case, [owed.unit_id], f"已核实落实：{owed}", at=at, kind=MessageKind.NOTICE)


@verb
def return_owed(actor: Actor, owed: Owed, *, at: datetime, words: str, due_on: date | None = None) -> None:
    """Not done; the unit goes on, if need be until a later day."""
    changes = {"due_on": due_on or owed.due_on, "finding": words}
    facts = {"原时限": owed.due_on.isoformat(), "新时限": due_on.isoformat()} if due_on else {}
    OWED.take("return_owed", actor, owed, at=at, words=words, facts=facts, **changes)
    tell_case(owed.journal_case, [owed.unit_id], f"退回继续落实：{owed}", at=at)
