"""Knows how a claimed promise is verified by those outside its unit, and how the yearly statement is asked and given."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from tibandu.base import journal
from tibandu.base.files import Stored
from tibandu.base.flow import NotYourStep, Refused, in_the_language_of_the_law
from tibandu.base.verbs import verb
from tibandu.oversight.enums import Party, StatementState, Verdict
from tibandu.oversight.flow.promises import RECEIPT, STATEMENT, VERIFICATION
from tibandu.oversight.models import (
    Explanation,
    Finding,
    SiteCheck,
    Statement,
    StatementLine,
    StatementReceipt,
)
from tibandu.oversight.queries import promises as queries
from tibandu.people.actions import tell
from tibandu.people.enums import Competence, MessageKind
from tibandu.people.models import Congress, Unit
from tibandu.people.queries import SYSTEM, Actor, unit_holding
from tibandu.regulations.enums import LimitCode
from tibandu.suggestions import actions as suggestions
from tibandu.suggestions.actions.filing import add_files
from tibandu.suggestions.actions.telling import tell_authors, tell_holder, tell_unit
from tibandu.suggestions.models import Promise
from tibandu.suggestions.queries import watching_unit

Rows = Iterable[Mapping[str, Any]]
ASKED_LABEL = "要求报告年度兑现情况"

# -- a claim ----------------------------------------------------------------------------------------------------------


@verb
def agree_delivery(actor: Actor, promise: Promise, *, at: datetime, words: str = "") -> None:
    """One of those asked finds the promise kept; when both sides do, it is, and the unit answers again."""
    _find(actor, promise, "agree_delivery", at, words, agrees=True)
    heard = queries.heard_on(promise)
    if heard.is_kept:
        named = f"提出建议的代表、{_watcher(promise)}"
        suggestions.accept_promise(actor, promise, at=at, words=words or "各方认同兑现", closed_by=named)
    elif heard.is_split:
        _ask_for_check(promise, at)


@verb
def doubt_delivery(actor: Actor, promise: Promise, *, at: datetime, words: str) -> None:
    """One of those asked doubts it: back to the unit with the reason, unless the other side agreed already."""
    _find(actor, promise, "doubt_delivery", at, words, agrees=False)
    if queries.heard_on(promise).is_split:
        _ask_for_check(promise, at)
    else:
        suggestions.refuse_claim(actor, promise, at=at, words=words)


def _find(actor: Actor, promise: Promise, name: str, at: datetime, words: str, *, agrees: bool) -> None:
    VERIFICATION.take(name, actor, promise, at=at, words=words, facts={"承诺事项": promise.what})
    proposer = queries.proposer_of(actor, promise)
    Finding.objects.create(
        promise=promise,
        claim=promise.claims,
        party=Party.DEPUTY if proposer else Party.WATCHER,
        proposer=proposer,
        unit_id=None if proposer else actor.unit_id,
        agrees=agrees,
        words=words,
        found_on=localdate(at),
    )


def _watcher(promise: Promise) -> str:
    return str(Unit.objects.get(pk=watching_unit(promise)))


def _ask_for_check(promise: Promise, at: datetime) -> None:
    """The sides differ: whoever watches and whoever closes are asked to look at the place."""
    title, key = (
        f"各方对承诺是否兑现意见不一致，请现场核查：{promise}",
        f"split:{promise.pk}:{promise.claims}",
    )
    tell_holder(promise.suggestion, Competence.CLOSE, title, at=at, key=key)
    if unit := watching_unit(promise):
        tell_unit(unit, promise.suggestion, title, at=at, key=key)


@verb
def check_site(
    actor: Actor,
    promise: Promise,
    *,
    at: datetime,
    held_on: date,
    place: str,
    attended: str,
    found: str,
    verdict: str,
    files: Sequence[Stored] = (),
) -> SiteCheck:
    """Somebody looked at the place. On a claim this settles it either way; else it is kept as what was seen that day."""
    if held_on > localdate(at):
        raise Refused(_("核查日期不能晚于今天。"), {"held_on": _("日期还没有到")})
    facts = {
        "承诺事项": promise.what,
        "日期": held_on.isoformat(),
        "地点": place,
        "参加人": attended,
        "结论": str(Verdict(verdict).label),
    }
    VERIFICATION.take("check_site", actor, promise, at=at, words=found, facts=facts)
    check = SiteCheck.objects.create(
        promise=promise,
        claim=promise.claims,
        held_on=held_on,
        place=place,
        attended=attended,
        found=found,
        verdict=verdict,
        unit_id=actor.unit_id,
        checked_by=actor.person_name,
    )
    add_files(actor, promise.suggestion, files, at=at, noun="site_check", object_id=check.pk)
    if promise.state == "claimed":
        _settle(actor, promise, check, at)
    else:
        _tell_seen(promise, check, at)
    return check


def _tell_seen(promise: Promise, check: SiteCheck, at: datetime) -> None:
    told = f"现场核查承诺（{Verdict(check.verdict).label}）：{promise}"
    tell_authors(promise.suggestion, told, at=at)
    tell_unit(_unit_of(promise), promise.suggestion, told, at=at, kind=MessageKind.NOTICE)


def _settle(actor: Actor, promise: Promise, check: SiteCheck, at: datetime) -> None:
    if check.verdict == Verdict.DONE:
        named = f"{check.unit}（现场核查）"
        suggestions.accept_promise(actor, promise, at=at, words=check.found, closed_by=named)
    else:
        suggestions.refuse_claim(actor, promise, at=at, words=check.found)


@verb
def explain_unmet(actor: Actor, promise: Promise, *, at: datetime, words: str) -> None:
    """Why it was not kept, in writing and signed, to the deputy and to whoever closes (SH §22, BJ §26)."""
    VERIFICATION.take("explain_unmet", actor, promise, at=at, words=words, facts={"承诺事项": promise.what})
    Explanation.objects.create(
        promise=promise, words=words, signed_by=actor.person_name, given_on=localdate(at)
    )
    title = f"承诺未兑现的书面说明：{promise}"
    tell_authors(promise.suggestion, title, at=at)
    tell_holder(promise.suggestion, Competence.CLOSE, title, at=at, kind=MessageKind.NOTICE)


def _unit_of(promise: Promise) -> int:
    return promise.reply.assignment.unit_id


# -- the yearly statement ---------------------------------------------------------------------------------------------


@transaction.atomic
def ask_statements(
    actor: Actor, *, at: datetime, year: int, congress: Congress | None = None
) -> list[Statement]:
    """Asks every unit that has something to state for a year and was not asked yet (CQ §24).

    The clock names the congress; a person asks for the own.
    """
    if not actor.may(Competence.CLOSE):
        raise NotYourStep(ASKED_LABEL)
    day, congress_id = localdate(at), congress.pk if congress else actor.congress_id
    assert congress_id is not None
    if year > day.year:
        raise Refused(_("还没有到%(year)s年。") % {"year": year}, {"year": _("年度不对")})
    asked = Statement.objects.filter(congress=congress_id, year=year).values("unit")
    counted = queries.counted_in(congress_id, year).order_by().values("reply__assignment__unit")
    due = queries.limit_of(congress_id, LimitCode.STATEMENT, day, day)
    units = Unit.objects.filter(pk__in=counted).exclude(pk__in=asked).order_by("order", "pk")
    return [_ask(actor, unit, congress_id, year, due, at) for unit in units]


def _ask(actor: Actor, unit: Unit, congress_id: int, year: int, due: date | None, at: datetime) -> Statement:
    row = Statement.objects.create(
        congress_id=congress_id, unit=unit, year=year, asked_on=localdate(at), due_on=due
    )
    facts = {"期限": due.isoformat()} if due else {}
    journal.record(
        row,
        actor,
        noun="statement",
        object_id=row.pk,
        verb="ask_statements",
        label=in_the_language_of_the_law(ASKED_LABEL),
        at=at,
        target=row.state,
        facts=facts,
    )
    until = f"（{due.isoformat()}前）" if due else ""
    _tell(row, f"请报告{year}年承诺兑现情况{until}", "asked", at, units=[unit], kind=MessageKind.TODO)
    return row


@verb
def give_statement(actor: Actor, statement: Statement, *, at: datetime, lines: Rows, words: str = "") -> None:
    """What became of each promise, to every deputy concerned, who is asked for a receipt."""
    day = localdate(at)
    STATEMENT.check("give_statement", actor, statement, day)
    promises = {promise.pk: promise for promise in queries.promises_in(statement)}
    written = {row["promise"].pk: row["words"] for row in lines}
    if set(written) - set(promises):
        raise Refused(_("只报告本单位本年度应报的承诺。"), {"lines": _("有不属于本报告的承诺")})
    if missing := [str(promise) for pk, promise in promises.items() if pk not in written]:
        raise Refused(
            _("还没有写明：%(names)s。") % {"names": "、".join(missing)}, {"lines": _("请逐项写明")}
        )
    due = queries.limit_of(statement.congress_id, LimitCode.RECEIPT, day, day)
    STATEMENT.take(
        "give_statement",
        actor,
        statement,
        at=at,
        facts={"承诺": f"{len(promises)}项"},
        given_on=day,
        receipts_due_on=due,
    )
    Statement.objects.filter(pk=statement.pk).update(words=words)
    StatementLine.objects.bulk_create(
        StatementLine(statement=statement, promise=promise, state=promise.state, words=written[pk])
        for pk, promise in promises.items()
    )
    _send(statement, promises.values(), at)


def _send(statement: Statement, promises: Iterable[Promise], at: datetime) -> None:
    """Each seat concerned is told and asked for a receipt; a masked author is reached through the office."""
    seats, has_masked = queries.concerned_seats(promises)
    office = unit_holding(statement.congress_id, Competence.SCREEN) if has_masked else None
    rows = [StatementReceipt(statement=statement, seat=seat) for seat in queries.seats_of(seats)]
    rows += [StatementReceipt(statement=statement, unit=office)] if office else []
    StatementReceipt.objects.bulk_create(rows)
    title = f"{statement}，请确认收到"
    units = [office] if office else []
    _tell(statement, title, "given", at, seats=seats, units=units, kind=MessageKind.TODO)
    if closer := unit_holding(statement.congress_id, Competence.CLOSE):
        _tell(statement, f"{statement.unit}已报告{statement.year}年承诺兑现情况", "copy", at, units=[closer])
    if not rows:
        STATEMENT.take("close_statement", SYSTEM, statement, at=at, closed_on=localdate(at))


@verb
def return_statement(actor: Actor, statement: Statement, *, at: datetime, words: str) -> None:
    """Not said well enough: the unit states anew, and its deputies are asked anew."""
    STATEMENT.take(
        "return_statement", actor, statement, at=at, words=words, given_on=None, receipts_due_on=None
    )
    statement.lines.all().delete()
    statement.receipts.all().delete()
    title = f"年度兑现报告退回补充：{statement}"
    _tell(statement, title, "returned", at, units=[statement.unit], kind=MessageKind.TODO)


@verb
def acknowledge(actor: Actor, receipt: StatementReceipt, *, at: datetime, words: str = "") -> None:
    """The deputy has the statement, and may say what it lacks; with the last receipt it is closed."""
    statement, day = receipt.statement, localdate(at)
    RECEIPT.take("acknowledge", actor, receipt, at=at, words=words, acknowledged_on=day)
    StatementReceipt.objects.filter(pk=receipt.pk).update(words=words)
    if words:
        title = f"代表对年度兑现报告的意见：{statement}"
        _tell(statement, title, f"said:{receipt.pk}", at, units=[statement.unit])
    if not statement.receipts.filter(acknowledged_on=None).exists():
        STATEMENT.take("close_statement", SYSTEM, statement, at=at, closed_on=day)


@verb
def close_statement(actor: Actor, statement: Statement, *, at: datetime) -> None:
    """The time for receipts is over; those that did not come stay shown as not confirmed."""
    missing = statement.receipts.filter(acknowledged_on=None).count()
    facts = {"未确认": f"{missing}份"} if missing else {}
    STATEMENT.take("close_statement", actor, statement, at=at, facts=facts, closed_on=localdate(at))


def _tell(
    statement: Statement,
    title: str,
    key: str,
    at: datetime,
    *,
    units: Iterable[Any] = (),
    seats: Iterable[Any] = (),
    kind: MessageKind = MessageKind.NOTICE,
) -> int:
    return tell(
        key=f"statement:{statement.pk}:{statement.journal_seq}:{key}",
        units=units,
        seats=seats,
        kind=kind,
        title=title,
        url=statement.get_absolute_url(),
        at=at,
    )


# -- the clock --------------------------------------------------------------------------------------------------------


def due_statements(at: datetime) -> int:
    """From October on, every congress whose measure knows the statement asks for this year's, once; late ones are told."""
    day, told = localdate(at), 0
    if day.month >= 10:
        for congress in Congress.objects.order_by("pk"):
            if queries.limit_of(congress.pk, LimitCode.STATEMENT, day, day):
                told += len(ask_statements(SYSTEM, at=at, year=day.year, congress=congress))
    for row in Statement.objects.filter(state=StatementState.ASKED, due_on__lt=day).select_related("unit"):
        closer = unit_holding(row.congress_id, Competence.CLOSE)
        units = [row.unit, *([closer] if closer else [])]
        title = f"逾期未报告：{row}"
        told += _tell(row, title, "late", at, units=units, kind=MessageKind.OVERDUE)
    return told


def close_late_statements(at: datetime) -> int:
    """Closes what waits for receipts longer than the measure gives."""
    late = Statement.objects.filter(state=StatementState.GIVEN, receipts_due_on__lt=localdate(at))
    rows = list(late.select_related("unit"))
    for row in rows:
        close_statement(SYSTEM, row, at=at)
    return len(rows)


def due_findings(at: datetime) -> int:
    """Whoever watches and closes is told, once a claim, that the time to speak is over and the place may be looked at."""
    day, told = localdate(at), 0
    claimed = queries.seen_promises(SYSTEM).filter(state="claimed").order_by("pk")
    for promise in claimed:
        until = queries.speak_until(promise, day)
        if until is None or day <= until:
            continue
        closer = unit_holding(promise.suggestion.congress_id, Competence.CLOSE)
        told += tell(
            key=f"finding-late:{promise.pk}:{promise.claims}",
            units={unit for unit in (watching_unit(promise), closer and closer.pk) if unit},
            kind=MessageKind.REMINDER,
            title=f"申报兑现逾期未表明意见，可现场核查认定：{promise}",
            url=reverse("oversight:promise", args=[promise.pk]),
            at=at,
        )
    return told


def due_explanations(at: datetime) -> int:
    """A unit whose promise is open when its term has ended is asked, once, to write why (SH §22)."""
    told, owing = 0, queries.seen_promises(SYSTEM).filter(queries.unexplained(localdate(at)))
    for promise in owing.order_by("pk"):
        told += tell(
            key=f"unexplained:{promise.pk}",
            units=[_unit_of(promise)],
            kind=MessageKind.TODO,
            title=f"本届届满仍未兑现，请书面说明：{promise}",
            url=reverse("oversight:promise", args=[promise.pk]),
            at=at,
        )
    return told
