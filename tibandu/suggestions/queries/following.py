"""Knows what came of the answers: who is dissatisfied with what counts now, which promises are owed, kept or lapsed."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from tibandu.people.enums import RANK_ORDER, Competence, Rank
from tibandu.people.queries import Actor, unit_holding
from tibandu.regulations.enums import SettingKey
from tibandu.suggestions import rules
from tibandu.suggestions.enums import (
    Cause,
    PromiseState,
    RatingState,
    ReplyState,
    ShareState,
    Trigger,
)
from tibandu.suggestions.models import Assignment, Promise, Rating, Reply, Suggestion
from tibandu.suggestions.queries.case import measure_for
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


def rank_of_next_round(suggestion: Suggestion) -> Rank:
    """The least rank that leads the next round: what the measure asks, and one above whoever led another round before."""
    asked = RANK_ORDER.index(Rank(measure_for(suggestion).setting(SettingKey.REHANDLING_RANK)))
    led = [RANK_ORDER.index(Rank(row.rank)) for row in suggestion.rounds.all() if row.n > 1 and row.rank]
    return RANK_ORDER[min(len(RANK_ORDER) - 1, max(asked, max(led, default=-1) + 1))]


def watching_unit(promise: Promise) -> int | None:
    """Who looks at a promise for the congress: the committee of its matter, else who closes, else who decides.

    The unit that promised watches nothing of its own.
    """
    case, own = promise.suggestion, promise.reply.assignment.unit_id
    if case.committee_id and case.committee_id != own:
        return case.committee_id
    for power in (Competence.CLOSE, Competence.DECIDE):
        holder = unit_holding(case.congress_id, power)
        if holder and holder.pk != own:
            return holder.pk
    return None


def kept_unanswered() -> QuerySet[Promise]:
    """Promises found kept for which the unit still owes the second reply 再次答复 (ZJ §20, SD §18)."""
    second = Reply.objects.filter(
        assignment=OuterRef("reply__assignment"),
        cause=Cause.PROMISE_DONE,
        state__in=ANSWERED_WITH,
        sent_on__gte=OuterRef("closed_on"),
    )
    return Promise.objects.filter(~Q(Exists(second)), state=PromiseState.KEPT)
