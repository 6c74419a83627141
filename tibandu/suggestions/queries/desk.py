"""Knows what waits for an actor: rows in a state from which the actor's hat takes the next step, with their clock."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from tibandu.people.enums import RANK_ORDER, Competence, Rank
from tibandu.people.queries import Actor
from tibandu.regulations.enums import LimitCode
from tibandu.regulations.queries import measure_in_force, measure_of, working_days
from tibandu.suggestions.enums import (
    LIVE_SHARES,
    OPEN,
    OPEN_SHARES,
    Consent,
    ContactState,
    ExtensionState,
    HandoverState,
    ObjectionState,
    OpinionState,
    PaperState,
    PromiseState,
    RatingState,
    ReplyState,
    RequestState,
    Role,
    ShareState,
    State,
)
from tibandu.suggestions.models import (
    Assignment,
    Contact,
    Extension,
    Handover,
    Objection,
    Opinion,
    PaperEntry,
    Promise,
    Proposer,
    Rating,
    Reply,
    ReviewMeeting,
    Suggestion,
    WithdrawalRequest,
)
from tibandu.suggestions.queries.following import kept_unanswered

MOST = 200
PROMISE_WINDOW = timedelta(days=30)


@dataclass(frozen=True)
class Task:
    """One thing that is asked of the actor: which verb on which row of which case, and until when."""

    noun: str
    pk: int
    verb: str
    case: Suggestion
    due_on: date | None = None
    from_whom: str = ""


@dataclass(frozen=True)
class Queue:
    """Tasks under a heading of their clock."""

    label: Any
    tone: str
    tasks: list[Any]


def waiting_for(actor: Actor, today: date) -> list[Task]:
    """Everything that waits for this hat, oldest clock first; at most 200 of a kind."""
    if actor.is_deputy:
        found = [*_of_deputy(actor)]
    else:
        found = [*_of_office(actor, today), *_of_dispatcher(actor), *_of_unit(actor, today)]
    return sorted(found, key=lambda task: (task.due_on or date.max, task.case.pk))


def queues(tasks: Sequence[Any], today: date) -> list[Queue]:
    """Overdue, within three days, this week, later, and what has no clock."""
    bounds = (
        (_("逾期"), "overdue", lambda d: d < today),
        (_("三天内"), "near", lambda d: d <= today + timedelta(days=3)),
        (_("本周"), "going", lambda d: d <= today + timedelta(days=7)),
        (_("以后"), "going", lambda d: True),
    )
    left, found = [task for task in tasks if task.due_on], []
    for label, tone, fits in bounds:
        found.append(Queue(label, tone, [task for task in left if fits(task.due_on)]))
        left = [task for task in left if not fits(task.due_on)]
    found.append(Queue(_("无期限"), "waiting", [task for task in tasks if not task.due_on]))
    return [queue for queue in found if queue.tasks]


def _tasks(
    noun: str, verb: str, rows: QuerySet[Any], case: str, due: str = "", whom: str = ""
) -> Iterator[Task]:
    related = [case] if case else []
    related += [whom.rsplit(".", 1)[0].replace(".", "__")] if "." in whom else []
    for row in rows.select_related(*related)[:MOST]:
        yield Task(
            noun,
            row.pk,
            verb,
            _reach(row, case.replace("__", ".")) if case else row,
            _reach(row, due) if due else None,
            str(_reach(row, whom)) if whom else "",
        )


def _reach(row: Any, path: str) -> Any:
    for name in path.split("."):
        row = getattr(row, name)
    return row


def _of_deputy(actor: Actor) -> Iterator[Task]:
    mine = Q(seat=actor.seat_id) | Q(delegation__head=actor.seat_id)
    proposers = Proposer.objects.filter(mine)
    invited = proposers.filter(state=Consent.INVITED, is_lead=False, suggestion__state=State.COSIGNING)
    yield from _tasks("proposer", "confirm_text", invited, "suggestion")
    leading = Suggestion.objects.filter(pk__in=proposers.filter(is_lead=True).values("suggestion"))
    sent_back = leading.filter(state__in=[State.RETURNED, State.WITHDRAWAL_SUGGESTED])
    yield from _tasks("suggestion", "edit", sent_back, "")
    contacts = Contact.objects.filter(proposer__in=proposers, state=ContactState.RECORDED)
    yield from _tasks(
        "contact", "confirm_contact", contacts, "assignment__suggestion", "confirm_by", "assignment.unit"
    )
    ratings = Rating.objects.filter(proposer__in=proposers, state=RatingState.OPEN)
    yield from _tasks("rating", "rate", ratings, "suggestion", "closes_on")
    behind = Suggestion.objects.filter(pk__in=proposers.filter(state=Consent.CONFIRMED).values("suggestion"))
    asked = WithdrawalRequest.objects.filter(suggestion__in=behind, state=RequestState.OPEN).exclude(
        consenting__in=proposers
    )
    yield from _tasks("withdrawal", "consent", asked, "suggestion")
    papers = PaperEntry.objects.filter(hat=actor.hat, state=PaperState.ENTERED)
    yield from _tasks("paper", "confirm_paper", papers, "suggestion", "", "entered_by")


def _before_assignment(actor: Actor, verb: str, rows: QuerySet[Suggestion], today: date) -> Iterator[Task]:
    """What the congress itself owes, with the clock that the measure in force starts when a paper comes in."""
    waiting = list(rows.select_related("session")[:MOST])
    version = measure_in_force(actor.congress_id, today) if waiting else None
    measure, days = (measure_of(version), working_days()) if version else (None, None)
    for case in waiting:
        code, start = owed_by_congress(case)
        due = measure.due_on(code, start, days) if measure and days and start else None
        yield Task("suggestion", case.pk, verb, case, due)


def owed_by_congress(suggestion: Suggestion) -> tuple[str, date | None]:
    """Which limit runs for the congress before a suggestion is assigned, and since when (domain 1.6)."""
    submitted = localdate(suggestion.submitted_at) if suggestion.submitted_at else None
    if suggestion.state == State.SUBMITTED:
        return LimitCode.SCREENING_NOTICE, submitted
    if suggestion.session:
        return LimitCode.ASSIGNMENT_IN_SESSION, suggestion.session.closes_on
    return LimitCode.ASSIGNMENT_BETWEEN, submitted


def _of_office(actor: Actor, today: date) -> Iterator[Task]:
    own = Suggestion.objects.filter(congress=actor.congress_id)
    if actor.may(Competence.SCREEN):
        yield from _before_assignment(actor, "register", own.filter(state=State.SUBMITTED), today)
        papers = PaperEntry.objects.filter(suggestion__congress=actor.congress_id, state=PaperState.ENTERED)
        yield from _tasks(
            "paper", "confirm_paper", papers.exclude(entered_by_id=actor.person_id), "suggestion"
        )
    if actor.may(Competence.ASSIGN):
        yield from _before_assignment(
            actor, "assign", own.filter(state=State.REGISTERED, is_classified=False), today
        )
        asked = Extension.objects.filter(
            assignment__suggestion__congress=actor.congress_id, state=ExtensionState.ASKED
        )
        yield from _tasks(
            "extension", "grant_extension", asked, "assignment__suggestion", "old_due_on", "assignment.unit"
        )
    if actor.may(Competence.CLOSE):
        yield from _of_closer(actor)
    yield from _of_ruler(actor)


def _of_closer(actor: Actor) -> Iterator[Task]:
    here = {"suggestion__congress": actor.congress_id}
    withdrawals = WithdrawalRequest.objects.filter(**here, state=RequestState.OPEN)
    yield from _tasks("withdrawal", "grant_withdrawal", withdrawals, "suggestion")
    yield from _tasks("suggestion", "close", ready_to_close(actor.congress_id), "")
    yield from _tasks("suggestion", "assign_again", unheard(actor.congress_id), "")


def ready_to_close(congress_id: int | None) -> QuerySet[Suggestion]:
    """Answered by all, rated or lapsed, nobody dissatisfied in the newest answers, no promise open."""
    shares = Assignment.objects.filter(suggestion=OuterRef("pk")).exclude(role=Role.CO)
    ratings = Rating.objects.filter(suggestion=OuterRef("pk"))
    promises = Promise.objects.filter(suggestion=OuterRef("pk"), state__in=["open", "claimed"])
    return Suggestion.objects.filter(
        ~Q(Exists(shares.filter(state__in=OPEN_SHARES))),
        Q(Exists(shares.filter(state=ShareState.ANSWERED))),
        ~Q(Exists(ratings.filter(state=RatingState.OPEN))),
        ~Q(Exists(promises)),
        congress=congress_id,
        state__in=[State.ASSIGNED, State.FOLLOW_UP],
    ).exclude(pk__in=unheard(congress_id).values("pk"))


def unheard(congress_id: int | None) -> QuerySet[Suggestion]:
    """Cases in which a deputy is dissatisfied with the newest answer of a share, and no round or meeting followed."""
    met_since = ReviewMeeting.objects.filter(
        suggestion=OuterRef("suggestion"), held_on__gte=OuterRef("rated_on")
    )
    decisive = Q(marks__dimension__is_headline=True) | Q(marks__dimension__is_delivery=True)
    dissatisfied = Rating.objects.filter(
        decisive,
        ~Q(Exists(met_since)),
        suggestion=OuterRef("pk"),
        state=RatingState.RATED,
        rated_on__isnull=False,
        marks__version=F("version"),
        marks__grade__is_dissatisfied=True,
        reply__assignment__state__in=LIVE_SHARES,
        reply__assignment__continued_by=None,
        reply__assignment__replaced_by=None,
    )
    return Suggestion.objects.filter(
        Q(Exists(dissatisfied)), congress=congress_id, state__in=[State.ASSIGNED, State.FOLLOW_UP]
    )


def _of_ruler(actor: Actor) -> Iterator[Task]:
    objections = Objection.objects.filter(assignment__suggestion__congress=actor.congress_id)
    mine = Q(pk=None)
    if actor.dispatches_organ_id:
        mine |= Q(
            state=ObjectionState.OPEN, by_deputy=False, assignment__handover__organ=actor.dispatches_organ_id
        )
    if actor.may(Competence.ASSIGN):
        straight = Q(assignment__handover__organ__dispatcher=None) | Q(by_deputy=True)
        mine |= Q(state=ObjectionState.OPEN) & straight
    if actor.may(Competence.ARBITRATE):
        mine |= Q(state=ObjectionState.ESCALATED)
    yield from _tasks(
        "objection", "uphold", objections.filter(mine), "assignment__suggestion", "due_on", "assignment.unit"
    )


def _of_dispatcher(actor: Actor) -> Iterator[Task]:
    organ = actor.dispatches_organ_id
    if organ is None:
        return
    sent = Handover.objects.filter(organ=organ, state=HandoverState.SENT)
    yield from _tasks("handover", "distribute", sent, "suggestion")
    checking = Reply.objects.filter(
        assignment__handover__organ=organ, assignment__state__in=LIVE_SHARES, state=ReplyState.CHECKING
    )
    yield from _tasks("reply", "check_reply", checking, "suggestion", "assignment.due_on", "assignment.unit")


def _of_unit(actor: Actor, today: date) -> Iterator[Task]:
    ours = Assignment.objects.filter(Q(unit=actor.unit_id) | Q(unit__successor=actor.unit_id))
    if actor.unit_id is None or not ours.exists():
        return
    shares = Assignment.objects.filter(unit=actor.unit_id)
    for state, verb in ((ShareState.SENT, "sign_for"), (ShareState.SIGNED_FOR, "name_responsible")):
        yield from _tasks("assignment", verb, shares.filter(state=state), "suggestion", "due_on")
    handling = shares.filter(state=ShareState.HANDLING)
    given = Opinion.objects.filter(assignment=OuterRef("pk"), state=OpinionState.GIVEN)
    co = handling.filter(~Q(Exists(given)), role=Role.CO)
    yield from _tasks("assignment", "give_opinion", co, "suggestion", "due_on")
    drafted = Reply.objects.filter(assignment=OuterRef("pk")).exclude(
        state__in=[ReplyState.SENT, ReplyState.REPLACED]
    )
    unanswered = handling.filter(~Q(Exists(drafted))).exclude(role=Role.CO)
    yield from _tasks("assignment", "draft_reply", unanswered, "suggestion", "due_on")
    kept = kept_unanswered().filter(reply__assignment=OuterRef("pk"), suggestion__state__in=OPEN)
    owing = shares.filter(Q(Exists(kept)), ~Q(Exists(drafted)), state=ShareState.ANSWERED)
    yield from _tasks("assignment", "draft_reply", owing, "suggestion")
    yield from _of_replies(actor)
    leading = Assignment.objects.filter(
        suggestion=OuterRef("assignment__suggestion"),
        unit=actor.unit_id,
        role=Role.LEAD,
        state__in=LIVE_SHARES,
    )
    opinions = Opinion.objects.filter(Q(Exists(leading)), state=OpinionState.GIVEN)
    yield from _tasks("opinion", "countersign", opinions, "assignment__suggestion", "", "assignment.unit")
    promises = Promise.objects.filter(
        reply__assignment__unit=actor.unit_id, state=PromiseState.OPEN, due_on__lte=today + PROMISE_WINDOW
    )
    yield from _tasks("promise", "claim_promise", promises, "suggestion", "due_on")
    orphaned = Assignment.objects.filter(unit__successor=actor.unit_id, state__in=OPEN_SHARES)
    yield from _tasks("assignment", "take_over", orphaned, "suggestion", "due_on", "unit")


def _of_replies(actor: Actor) -> Iterator[Task]:
    """Drafts for whoever drafts, signing for heads, sending for everybody of the unit."""
    replies = Reply.objects.filter(assignment__unit=actor.unit_id, assignment__state__in=LIVE_SHARES)
    heads = RANK_ORDER.index(Rank(actor.rank)) >= RANK_ORDER.index(Rank.DEPUTY_HEAD) if actor.rank else False
    verbs = [(ReplyState.DRAFT, "submit_reply"), (ReplyState.SIGNED, "send_reply")]
    verbs += [(ReplyState.SIGNING, "sign_reply")] if heads else []
    for state, verb in verbs:
        found = replies.filter(state=state)
        yield from _tasks("reply", verb, found, "suggestion", "assignment.due_on", "assignment.unit")


def sent_by(actor: Actor) -> Iterator[tuple[Suggestion, str, date | None]]:
    """What the actor has sent on and waits for: case, with whom it lies, and until when; at most fifty."""
    if actor.is_deputy:
        mine = Proposer.objects.filter(seat=actor.seat_id, state=Consent.CONFIRMED).values("suggestion")
        cases = Suggestion.objects.filter(pk__in=mine, state__in=[State.SUBMITTED, *OPEN])
        for case in cases.prefetch_related("assignments__unit").order_by("-pk")[:50]:
            live = [share for share in case.assignments.all() if share.state in LIVE_SHARES]
            units = dict.fromkeys(share.unit.short_name for share in live)
            waits = any(share.state in OPEN_SHARES for share in live)
            words = f"{case.get_state_display()} {'、'.join(units)}".strip()
            yield case, words, case.due_on if waits else None
    elif actor.dispatches_organ_id:
        shares = Assignment.objects.filter(handover__organ=actor.dispatches_organ_id, state__in=OPEN_SHARES)
        yield from _of_shares(shares)
    elif actor.unit_id and not actor.is_congress_side:
        opinions = Assignment.objects.filter(role=Role.CO, state__in=OPEN_SHARES).filter(
            suggestion__in=Assignment.objects.filter(
                unit=actor.unit_id, role=Role.LEAD, state__in=OPEN_SHARES
            ).values("suggestion")
        )
        yield from _of_shares(opinions)


def _of_shares(shares: QuerySet[Assignment]) -> Iterator[tuple[Suggestion, str, date | None]]:
    for share in shares.select_related("suggestion", "unit").order_by("due_on", "pk")[:50]:
        yield share.suggestion, f"{share.unit.short_name} {share.get_state_display()}", share.due_on
