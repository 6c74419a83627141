"""Knows the ledger of promises and its figures, who has found what on a claim, and who sees which yearly statement."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Value, When

from tibandu.base.listings import Listing, count_of
from tibandu.oversight.enums import Lamp, Party, ReceiptState, StatementState
from tibandu.oversight.models import Explanation, Finding, Statement, StatementLine, StatementReceipt
from tibandu.oversight.queries.desk import Task
from tibandu.oversight.rules.promises import Heard
from tibandu.people.enums import Competence
from tibandu.people.models import Appointment, Seat, Term, Unit
from tibandu.people.queries import Actor
from tibandu.regulations.enums import LimitCode, SettingKey
from tibandu.regulations.queries import limit_ends
from tibandu.suggestions.enums import MADE_PROMISES, OPEN_PROMISES, Consent, PromiseState
from tibandu.suggestions.models import Promise, PromiseEntry, Proposer, Reply
from tibandu.suggestions.queries import (
    is_mine,
    knows_authors,
    measure_for,
    promises_visible_to,
    replies_visible_to,
    watching_unit,
)
from tibandu.suggestions.queries.sight import attachments_visible_to

# -- the ledger -------------------------------------------------------------------------------------------------------


def seen_promises(actor: Actor) -> QuerySet[Promise]:
    """The promises in the actor's sight, each with its case and its unit."""
    return promises_visible_to(actor).select_related("suggestion__committee", "reply__assignment__unit")


def near_until(congress_id: int | None, today: date) -> date | None:
    """Until which day a date counts as near, as the measure in force says."""
    return limit_of(congress_id, LimitCode.NEAR, today, today)


def limit_of(congress_id: int | None, code: str, start: date, today: date) -> date | None:
    """The last day of a limit of the measure in force; None where it knows no such limit."""
    return limit_ends(congress_id, code, start, today) if congress_id else None


def with_lamp(colour: str, today: date, near: date | None) -> Q:
    """The promises that show a colour, as a condition."""
    owed = Q(state=PromiseState.OPEN)
    clock = {
        Lamp.OVERDUE: owed & Q(due_on__lt=today),
        Lamp.NEAR: owed & Q(due_on__gte=today, due_on__lte=near or today),
        Lamp.OPEN: owed & Q(due_on__gt=near or today),
    }
    return clock[Lamp(colour)] if colour in clock else Q(state=colour)


def carried_over(year: int) -> Q:
    """Made in an earlier year and still owed when this one began 结转."""
    first = date(year, 1, 1)
    return Q(made_on__lt=first) & (Q(closed_on=None) | Q(closed_on__gte=first))


def made_in(year: int) -> Q:
    return Q(made_on__gte=date(year, 1, 1), made_on__lte=date(year, 12, 31))


ORDER = (Case(When(state__in=OPEN_PROMISES, then=0), default=1), "due_on", "pk")


def on_ledger(
    actor: Actor, wanted: dict[str, Any], today: date, near: date | None = None
) -> QuerySet[Promise]:
    """The promises that fit the cleaned filters: what is still owed first, and of that the earliest due."""
    rows = promises_visible_to(actor)
    plain = {
        "unit": "reply__assignment__unit",
        "kind": "kind",
        "category": "reply__category__code",
        "committee": "suggestion__committee",
    }
    rows = rows.filter(**{path: wanted[name] for name, path in plain.items() if wanted.get(name)})
    if year := wanted.get("year"):
        rows = rows.filter(made_in(int(year)))
    if year := wanted.get("carried"):
        rows = rows.filter(carried_over(int(year)))
    if state := wanted.get("state"):
        rows = rows.filter(_counted(state, today, near))
    if until := wanted.get("until"):
        rows = rows.filter(due_on__lte=until)
    return rows.order_by(*ORDER)


def ledger_page(
    actor: Actor, wanted: dict[str, Any], today: date, near: date | None, start: int, count: int
) -> QuerySet[Promise]:
    """Some rows of the ledger with what it shows of them: found by their keys first, so that only these are read whole."""
    keys = on_ledger(actor, wanted, today, near).values("pk")[start : start + count]
    rows = Promise.objects.filter(pk__in=keys).select_related("suggestion", "reply__assignment__unit")
    return rows.defer("suggestion__facts", "suggestion__analysis").order_by(*ORDER)


def _counted(state: str, today: date, near: date | None) -> Q:
    if state == "made":
        return Q(state__in=MADE_PROMISES)
    if state == "unexplained":
        return unexplained(today)
    return with_lamp(state, today, near)


class Figures(NamedTuple):
    """How many promises were made and what became of them; this year's and last year's beside all."""

    made: int
    kept: int
    lapsed: int
    claimed: int
    overdue: int
    carried: int
    unexplained: int
    made_now: int
    kept_now: int
    made_before: int
    kept_before: int

    @staticmethod
    def share(kept: int, made: int) -> str:
        """Kept ÷ made in per cent; nothing where nothing was promised."""
        return f"{kept * 100 / made:.1f}" if made else ""


def figures(actor: Actor, today: date) -> Figures:
    """The headline of the ledger, over all that the actor sees: one query."""
    found = _FIGURES.rows(actor, {}, today)
    return found[0] if found else Figures(*[0] * len(Figures._fields))


def _counts(actor: Actor, _wanted: dict[str, Any], today: date) -> QuerySet[Any, Any]:
    now, before, made = made_in(today.year), made_in(today.year - 1), Q(state__in=MADE_PROMISES)
    kept = Q(state=PromiseState.KEPT)
    counted = {
        "made": made,
        "kept": kept,
        "lapsed": Q(state=PromiseState.LAPSED),
        "claimed": Q(state=PromiseState.CLAIMED),
        "overdue": with_lamp(Lamp.OVERDUE, today, None),
        "carried": carried_over(today.year),
        "unexplained": unexplained(today),
        "made_now": made & now,
        "kept_now": kept & now,
        "made_before": made & before,
        "kept_before": kept & before,
    }
    rows = promises_visible_to(actor).order_by().annotate(all=Value(1)).values("all")
    return rows.annotate(**{name: Count("pk", filter=q) for name, q in counted.items()})


_FIGURES = Listing(_counts, Figures)


def unexplained(today: date) -> Q:
    """Open when the term in which it was made has ended, and nobody has written why (SH §22)."""
    over = Term.objects.filter(
        congress=OuterRef("suggestion__congress"),
        starts_on__lte=OuterRef("made_on"),
        ends_on__gte=OuterRef("made_on"),
        ends_on__lt=today,
    )
    written = Explanation.objects.filter(promise=OuterRef("pk"))
    return Q(Exists(over)) & ~Q(Exists(written)) & Q(state__in=OPEN_PROMISES)


def term_of(promise: Promise) -> Term | None:
    """The term in which a promise was made."""
    if promise.made_on is None:
        return None
    day = promise.made_on
    terms = Term.objects.filter(congress=promise.suggestion.congress_id)
    return terms.filter(starts_on__lte=day, ends_on__gte=day).first()


# -- a claim and what is found ----------------------------------------------------------------------------------------


def heard_on(promise: Promise) -> Heard:
    """What has been said to the standing claim, and by whom more it is asked."""
    said = [row for row in promise.findings.all() if row.claim == promise.claims]
    watcher = next((row.agrees for row in said if row.party == Party.WATCHER), None)
    return Heard(
        expected=[proposer.pk for proposer in asked_proposers(promise)],
        deputies={row.proposer_id: row.agrees for row in said if row.proposer_id},
        watcher=watcher,
    )


def asked_proposers(promise: Promise) -> list[Proposer]:
    """Whose yes a claim needs: the lead's, or of each who stands behind the text, as the measure says."""
    each = measure_for(promise.suggestion).setting(SettingKey.RATED_BY) == "each"
    return [
        proposer
        for proposer in promise.suggestion.proposers.all()
        if proposer.is_lead or (each and proposer.state == Consent.CONFIRMED)
    ]


def proposer_of(actor: Actor, promise: Promise) -> Proposer | None:
    """As which proposer the actor stands behind the suggestion, if any."""
    return next(
        (
            proposer
            for proposer in promise.suggestion.proposers.all()
            if is_mine(actor, proposer) and (proposer.is_lead or proposer.state == Consent.CONFIRMED)
        ),
        None,
    )


def watches(actor: Actor, promise: Promise) -> bool:
    """Whether the actor sits in the body that watches this promise for the congress."""
    return actor.unit_id is not None and actor.is_congress_side and actor.unit_id == watching_unit(promise)


def works_for_unit(person_id: int | None, promise: Promise, today: date) -> bool:
    """Whether a person holds a post in the unit that promised, under whatever hat they act."""
    posts = Appointment.objects.filter(person=person_id, post__unit=promise.reply.assignment.unit_id)
    return posts.filter(Q(until=None) | Q(until__gt=today)).exists()


def speak_until(promise: Promise, today: date) -> date | None:
    """Until when whoever is asked may speak to a claim; afterwards a site check settles it."""
    if promise.claimed_on is None:
        return None
    return limit_of(promise.suggestion.congress_id, LimitCode.FINDING, promise.claimed_on, today)


def promise_on_page(actor: Actor, pk: int) -> Promise | None:
    """A promise in sight with everything its page shows."""
    rows = seen_promises(actor).select_related("reply__category", "ask", "suggestion__regulation")
    return (
        rows.prefetch_related(
            "entries",
            "findings__unit",
            "site_checks__unit",
            "explanations",
            "statement_lines__statement__unit",
            "suggestion__proposers__delegation",
            "suggestion__rounds",
        )
        .filter(pk=pk)
        .first()
    )


@dataclass(frozen=True)
class Said:
    """One of those asked about a claim, and what was said to it; None where nothing was."""

    name: str
    side: Any
    finding: Finding | None


def parties_of(actor: Actor, promise: Promise) -> list[Said]:
    """Everybody who is asked about the standing claim; of a masked author the side is named alone."""
    said = [row for row in promise.findings.all() if row.claim == promise.claims]
    of_proposer = {row.proposer_id: row for row in said if row.proposer_id}
    asked = {proposer.pk for proposer in asked_proposers(promise)} | set(of_proposer)
    is_named = knows_authors(actor, promise.suggestion)
    found = [
        Said(proposer.name if is_named else "", Party.DEPUTY.label, of_proposer.get(proposer.pk))
        for proposer in promise.suggestion.proposers.all()
        if proposer.pk in asked
    ]
    watcher = next((row for row in said if row.party == Party.WATCHER), None)
    unit = watcher.unit if watcher else Unit.objects.filter(pk=watching_unit(promise)).first()
    return [*found, Said(str(unit or ""), Party.WATCHER.label, watcher)]


def files_of(actor: Actor, promise: Promise) -> dict[str, list[Any]]:
    """The files of a promise, of its entries and of its site checks, each under its place."""
    entries, checks = promise.entries.all(), promise.site_checks.all()
    places = Q(noun="promise", object_id=promise.pk)
    places |= Q(noun="promise_entry", object_id__in=[row.pk for row in entries])
    places |= Q(noun="site_check", object_id__in=[row.pk for row in checks])
    found: dict[str, list[Any]] = {}
    for file in attachments_visible_to(actor).filter(places, suggestion=promise.suggestion_id):
        place = "promise" if file.noun == "promise" else f"{file.noun}:{file.object_id}"
        found.setdefault(place, []).append(file)
    return found


def own_entries(promise: Promise) -> list[PromiseEntry]:
    """The entries of a promise but for those that only repeat what a finding or a site check says above them."""
    said = {row.words for row in promise.findings.all()} | {row.found for row in promise.site_checks.all()}
    return [row for row in promise.entries.all() if row.new_due_on or row.old_what or row.words not in said]


def answers_to(actor: Actor, promise: Promise) -> QuerySet[Reply]:
    """The replies of the same share that were sent: the one that promised, and those after it was kept."""
    rows = replies_visible_to(actor).filter(assignment=promise.reply.assignment_id, sent_on__isnull=False)
    return rows.select_related("category").order_by("seq", "version")


def lines_visible_to(actor: Actor, statement: Statement) -> list[StatementLine]:
    """The lines of a statement whose promises the actor sees."""
    rows = statement.lines.filter(promise__in=promises_visible_to(actor).values("pk"))
    return list(rows.select_related("promise__suggestion"))


# -- the yearly statement ---------------------------------------------------------------------------------------------


def counted_in(congress_id: int, year: int) -> QuerySet[Promise]:
    """What a year's statement names: this and last year's promises, and older ones still owed (CQ §24, SH §22)."""
    recent = made_in(year) | made_in(year - 1)
    owed = Q(state__in=OPEN_PROMISES, made_on__lt=date(year, 1, 1))
    return Promise.objects.filter(
        recent | owed, suggestion__congress=congress_id, state__in=MADE_PROMISES
    ).order_by("due_on", "pk")


def promises_in(statement: Statement) -> QuerySet[Promise]:
    """The promises that a unit's statement has to name."""
    counted = counted_in(statement.congress_id, statement.year)
    return counted.filter(reply__assignment__unit=statement.unit_id).select_related("suggestion")


def statements_visible_to(actor: Actor) -> QuerySet[Statement]:
    """The congress sees its own, a unit its own, whoever dispatches its organ's, a deputy those sent to the deputy."""
    rows = Statement.objects.select_related("unit", "congress")
    if actor.is_system:
        return rows
    if actor.is_deputy:
        mine = StatementReceipt.objects.filter(statement=OuterRef("pk"), seat=actor.seat_id)
        return rows.filter(Q(Exists(mine)))
    ours = rows.filter(congress=actor.congress_id)
    if actor.is_congress_side:
        return ours
    organ = Q(unit__organ=actor.dispatches_organ_id) if actor.dispatches_organ_id else Q()
    return ours.filter(Q(unit=actor.unit_id) | organ) if organ else ours.filter(unit=actor.unit_id)


def receipts_visible_to(actor: Actor) -> QuerySet[StatementReceipt]:
    """A receipt is seen with its statement; a deputy sees the deputy's own."""
    rows = StatementReceipt.objects.filter(statement__in=statements_visible_to(actor).values("pk"))
    rows = rows.select_related("statement__unit", "seat__person", "unit")
    return rows.filter(seat=actor.seat_id) if actor.is_deputy else rows


def statements_on_ledger(actor: Actor, wanted: dict[str, Any]) -> QuerySet[Statement]:
    """The statements that fit the cleaned filters, with how many receipts each asked for and got."""
    plain = {name: wanted[name] for name in ("year", "unit", "state") if wanted.get(name)}
    given = StatementReceipt.objects.filter(state=ReceiptState.ACKNOWLEDGED)
    rows = (
        statements_visible_to(actor)
        .filter(**plain)
        .annotate(
            receipts_asked=count_of(StatementReceipt.objects.all(), "statement"),
            receipts_given=count_of(given, "statement"),
            lines_count=count_of(StatementLine.objects.all(), "statement"),
        )
    )
    return rows.order_by("-year", "unit__order", "pk")


def concerned_seats(promises: Iterable[Promise]) -> tuple[set[int], bool]:
    """The seats that stand behind these promises' cases, and whether a masked author is among them."""
    cases = {promise.suggestion_id: promise.suggestion.is_masked for promise in promises}
    plain = [case for case, is_masked in cases.items() if not is_masked]
    behind = Proposer.objects.filter(Q(state=Consent.CONFIRMED) | Q(is_lead=True), suggestion__in=plain)
    pairs = behind.values_list("seat_id", "delegation__head_id")
    return {seat or head for seat, head in pairs if seat or head}, any(cases.values())


def seats_of(pks: Iterable[int]) -> QuerySet[Seat]:
    return Seat.objects.filter(pk__in=list(pks)).order_by("pk")


# -- what waits -------------------------------------------------------------------------------------------------------


def tasks(actor: Actor, today: date) -> Iterable[Task]:
    """Claims to be found on, statements to be given, receipts to be sent."""
    if actor.is_system or actor.administers:
        return
    if actor.is_deputy:
        yield from _claims_of_deputy(actor)
        receipts = receipts_visible_to(actor).filter(state=ReceiptState.WAITING)
        for receipt in receipts:
            due = receipt.statement.receipts_due_on
            yield Task("receipt", receipt, "acknowledge", due, str(receipt.statement.unit))
    elif actor.is_congress_side:
        yield from _claims_of_watcher(actor)
        if actor.may(Competence.SCREEN):
            passed = receipts_visible_to(actor).filter(state=ReceiptState.WAITING, unit=actor.unit_id)
            for receipt in passed:
                due = receipt.statement.receipts_due_on
                yield Task("receipt", receipt, "acknowledge", due, str(receipt.statement.unit))
    else:
        mine = Statement.objects.filter(unit=actor.unit_id, state=StatementState.ASKED)
        for row in mine.select_related("unit"):
            yield Task("statement", row, "give_statement", row.due_on)


def _claims(**said_by: Any) -> QuerySet[Promise]:
    """The claims to which somebody has said nothing yet."""
    said = Finding.objects.filter(promise=OuterRef("pk"), claim=OuterRef("claims"), **said_by)
    rows = Promise.objects.filter(~Q(Exists(said)), state=PromiseState.CLAIMED)
    return rows.select_related("suggestion", "reply__assignment__unit").order_by("claimed_on", "pk")


def _claims_of_deputy(actor: Actor) -> Iterable[Task]:
    own = Q(seat=actor.seat_id) | Q(delegation__head=actor.seat_id)
    behind = Proposer.objects.filter(own, Q(state=Consent.CONFIRMED) | Q(is_lead=True))
    rows = _claims(proposer__in=behind).filter(suggestion__in=behind.values("suggestion"))
    for row in rows:
        yield Task("promise", row, "agree_delivery", None, str(row.reply.assignment.unit))


def _claims_of_watcher(actor: Actor) -> Iterable[Task]:
    """Those of the matters that this body follows; who closes looks at what no committee follows."""
    follows = Q(suggestion__committee=actor.unit_id)
    if actor.may(Competence.CLOSE):
        promised_it = Q(suggestion__committee=F("reply__assignment__unit"))
        follows = follows | Q(suggestion__committee=None) | promised_it
    rows = _claims(unit=actor.unit_id).filter(follows, suggestion__congress=actor.congress_id)
    for row in rows.exclude(reply__assignment__unit=actor.unit_id):
        yield Task("promise", row, "agree_delivery", None, str(row.reply.assignment.unit))
