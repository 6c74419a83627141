"""Knows what came of the answers: who is dissatisfied with what counts now, which promises are owed, kept or lapsed."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from tibandu.people.queries import Actor
from tibandu.suggestions import rules
from tibandu.suggestions.enums import (
    MADE_PROMISES,
    Cause,
    PromiseState,
    RatingState,
    ReplyState,
    ShareState,
    Trigger,
)
from tibandu.suggestions.models import Assignment, Promise, Rating, Reply, Suggestion
from tibandu.suggestions.queries.sight import visible_to

ANSWERED_WITH = (ReplyState.SENT, ReplyState.REPLACED)


def is_dissatisfied(rating: Rating) -> bool:
    """Whether the standing version of a rating says no to the result, or to the delivery of a promise."""
    current = [mark for mark in rating.marks.all() if mark.version == rating.version]
    decisive = [mark for mark in current if mark.dimension.is_headline or mark.dimension.is_delivery]
    return rating.state == RatingState.RATED and any(mark.grade.is_dissatisfied for mark in decisive)


def unheard_ratings(suggestion: Suggestion) -> list[Rating]:
    """The dissatisfied ratings of what the newest shares answered; an earlier round's are answered by this round."""
    newest = {share.pk for share in rules.newest_shares(list(suggestion.assignments.all()))}
    shares = {reply.pk: reply.assignment_id for reply in suggestion.replies.all()}
    return [
        rating
        for rating in suggestion.ratings.all()
        if shares.get(rating.reply_id) in newest and is_dissatisfied(rating)
    ]


def lapsed_promises(suggestion: Suggestion) -> list[Promise]:
    """The promises of the newest shares that were found not kept."""
    newest = {share.pk for share in rules.newest_shares(list(suggestion.assignments.all()))}
    return [
        promise
        for reply in suggestion.replies.all()
        if reply.assignment_id in newest
        for promise in reply.promises.all()
        if promise.state == PromiseState.LAPSED
    ]


def answered_shares(suggestion: Suggestion) -> list[Assignment]:
    """The shares that can be assigned again: the newest of each part, answered."""
    newest = rules.newest_shares(list(suggestion.assignments.all()))
    return [share for share in newest if share.state == ShareState.ANSWERED]


def concerned_shares(suggestion: Suggestion, trigger: str) -> list[Assignment]:
    """The answered shares that a trigger speaks of: whose reply dissatisfied, or whose promise lapsed."""
    if trigger == Trigger.REVIEW:
        return answered_shares(suggestion)
    shares = {reply.pk: reply.assignment_id for reply in suggestion.replies.all()}
    rows = unheard_ratings(suggestion) if trigger == Trigger.DISSATISFIED else lapsed_promises(suggestion)
    spoken_of = {shares[row.reply_id] for row in rows}
    return [share for share in answered_shares(suggestion) if share.pk in spoken_of]


def promises_visible_to(actor: Actor | None) -> QuerySet[Promise]:
    """The promises of sent replies in the cases that the actor sees."""
    seen = Promise.objects.filter(suggestion__in=visible_to(actor).values("pk"))
    seen = seen.exclude(state=PromiseState.DRAFT)
    return seen if actor is not None else seen.filter(reply__published_on__isnull=False)


@dataclass(frozen=True)
class PromiseFigures:
    """How many promises were made and what became of them."""

    made: int
    kept: int
    lapsed: int
    claimed: int

    @property
    def owed(self) -> int:
        return self.made - self.kept - self.lapsed

    @property
    def kept_share(self) -> str:
        """Kept ÷ made in per cent; nothing where nothing was promised."""
        return f"{self.kept * 100 / self.made:.1f}" if self.made else ""


def promise_figures(actor: Actor | None) -> PromiseFigures:
    """The headline of the ledger: promises kept ÷ promises made, over all that the actor sees."""
    counts = promises_visible_to(actor).order_by()
    return PromiseFigures(
        **counts.aggregate(
            made=Count("pk", filter=Q(state__in=MADE_PROMISES)),
            kept=Count("pk", filter=Q(state=PromiseState.KEPT)),
            lapsed=Count("pk", filter=Q(state=PromiseState.LAPSED)),
            claimed=Count("pk", filter=Q(state=PromiseState.CLAIMED)),
        )
    )


def promises_on_ledger(actor: Actor, wanted: dict[str, object], today: date) -> QuerySet[Promise]:
    """The promises that fit the cleaned filters of the ledger, the earliest due first."""
    rows = promises_visible_to(actor).select_related("suggestion", "reply__assignment__unit")
    if unit := wanted.get("unit"):
        rows = rows.filter(reply__assignment__unit=unit)
    if state := wanted.get("state"):
        rows = rows.filter(state__in=MADE_PROMISES if state == "made" else [state])
    if kind := wanted.get("kind"):
        rows = rows.filter(kind=kind)
    if until := wanted.get("until"):
        rows = rows.filter(due_on__lte=until)
    if wanted.get("clock") == "overdue":
        rows = rows.filter(state=PromiseState.OPEN, due_on__lt=today)
    return rows.order_by("due_on", "pk")


def kept_unanswered() -> QuerySet[Promise]:
    """Promises found kept for which the unit still owes the second reply 再次答复 (ZJ §20, SD §18)."""
    second = Reply.objects.filter(
        assignment=OuterRef("reply__assignment"),
        cause=Cause.PROMISE_DONE,
        state__in=ANSWERED_WITH,
        sent_on__gte=OuterRef("closed_on"),
    )
    return Promise.objects.filter(~Q(Exists(second)), state=PromiseState.KEPT)
