"""Knows how a case goes into another round, is closed, reopened or ended because its authors ask for it."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Max
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from tibandu.base.flow import Refused
from tibandu.base.verbs import verb
from tibandu.people.enums import RANK_ORDER, Competence, MessageKind, Rank
from tibandu.people.queries import SYSTEM, Actor
from tibandu.regulations.enums import LimitCode
from tibandu.suggestions import rules
from tibandu.suggestions.actions.assigning import open_share
from tibandu.suggestions.actions.due import due_day
from tibandu.suggestions.actions.merging import release_merged
from tibandu.suggestions.actions.sealing import unseal_case
from tibandu.suggestions.actions.telling import tell_authors, tell_holder, tell_proposers, tell_unit
from tibandu.suggestions.actions.together import locking, merged_into_it
from tibandu.suggestions.enums import (
    LIVE_SHARES,
    ExtensionState,
    ObjectionState,
    PromiseState,
    RatingState,
    State,
    Trigger,
)
from tibandu.suggestions.flow import ASSIGNMENT, CASE, EXTENSION, OBJECTION, PROMISE, RATING, WITHDRAWAL
from tibandu.suggestions.flow.guards import consents_missing
from tibandu.suggestions.models import (
    Assignment,
    Extension,
    Objection,
    Promise,
    Rating,
    ReviewMeeting,
    Round,
    Suggestion,
    WithdrawalRequest,
)
from tibandu.suggestions.queries import is_mine, measure_for
from tibandu.suggestions.queries.following import answered_shares, concerned_shares, rank_of_next_round

SECOND = 2

# -- another round ----------------------------------------------------------------------------------------------------


@verb
def assign_again(
    actor: Actor,
    suggestion: Suggestion,
    *,
    at: datetime,
    trigger: str,
    words: str,
    shares: Iterable[Assignment] = (),
    rank: str = "",
) -> None:
    """Starts the next round for the shares concerned, under a higher rank of responsibility; rounds have no limit.

    Without a choice these are the shares whose reply dissatisfied or whose promise lapsed. The old shares stand as they
    are; the new ones continue them. What was rated is shown to the units, who must know what to mend.
    """
    day = localdate(at)
    CASE.check("assign_again", actor, suggestion, day)
    chosen = _chosen(suggestion, trigger, list(shares))
    measure = measure_for(suggestion)
    due, _provisional = due_day(measure, LimitCode.REHANDLING, day)
    started = Round(
        suggestion=suggestion,
        n=(suggestion.rounds.aggregate(last=Max("n"))["last"] or 0) + 1,
        trigger=trigger,
        decided_on=day,
        decided_by=str(actor)[:60],
        words=words,
        rank=_rank(suggestion, rank),
    )
    facts = _facts_of(started, chosen, due)
    CASE.take("assign_again", actor, suggestion, at=at, words=words, facts=facts, due_on=due)
    started.save()
    for share in chosen:
        _continue(share, started, day, at)
    unseal_case(suggestion, at=at)
    tell_authors(suggestion, f"已二次交办{facts['承办单位']}：{suggestion}", at=at)
    if started.n > SECOND:
        title = f"第{started.n}次交办，请主任会议关注：{suggestion}"
        tell_holder(suggestion, Competence.DECIDE, title, at=at, kind=MessageKind.NOTICE)


def _rank(suggestion: Suggestion, wished: str) -> str:
    """Who leads the next round: never a lower rank than the measure and the rounds before ask."""
    least = rank_of_next_round(suggestion)
    if wished and RANK_ORDER.index(Rank(wished)) < RANK_ORDER.index(least):
        sentence = _("这一轮由%(rank)s以上领办。") % {"rank": least.label}
        raise Refused(sentence, {"rank": sentence})
    return wished or least


def _facts_of(started: Round, chosen: list[Assignment], due: date) -> dict[str, str]:
    return {
        "轮次": str(started.n),
        "缘由": str(Trigger(started.trigger).label),
        "承办单位": "、".join(str(share.unit) for share in chosen),
        "领办层级": str(Rank(started.rank).label),
        "期限": due.isoformat(),
    }


def _chosen(suggestion: Suggestion, trigger: str, wished: list[Assignment]) -> list[Assignment]:
    """The shares to be assigned again, read anew from the locked case; a trigger must have its reason."""
    concerned = concerned_shares(suggestion, trigger)
    wishes_review = trigger == Trigger.REVIEW and suggestion.state == State.FOLLOW_UP
    if trigger not in (Trigger.DISSATISFIED, Trigger.LAPSED) and not wishes_review:
        raise Refused(_("回头看发现问题的，先重新启动本件，再二次交办。"), {"trigger": _("缘由不符")})
    if not concerned:
        sentence = _("没有与这一缘由相符的已答复单位。")
        raise Refused(sentence, {"trigger": sentence})
    if not wished:
        return concerned
    picked = {share.pk for share in wished}
    chosen = [share for share in answered_shares(suggestion) if share.pk in picked]
    if len(chosen) != len(picked):
        raise Refused(_("只能选择已经答复的承办单位。"), {"shares": _("请另选单位")})
    return chosen


def _continue(share: Assignment, started: Round, day: date, at: datetime) -> None:
    unit = share.unit
    if unit.valid_until and unit.valid_until <= day and unit.successor:
        unit = unit.successor
    share.handover.suggestion = started.suggestion
    made = open_share(
        share.handover,
        at=at,
        unit=unit,
        role=share.role,
        part=share.part,
        asks=share.asks.all(),
        limit_code=LimitCode.REHANDLING,
        round=started,
        continues=share,
    )
    if dispatcher := share.handover.organ.dispatcher:
        title = f"{unit}已被二次交办：{started.suggestion}"
        tell_unit(
            dispatcher, started.suggestion, title, at=at, kind=MessageKind.NOTICE, key=f"again:{made.pk}"
        )


@verb
def record_meeting(
    actor: Actor,
    suggestion: Suggestion,
    *,
    at: datetime,
    held_on: date,
    place: str,
    attended: str,
    agreed: str,
) -> None:
    """Keeps what both sides agreed when a deputy is dissatisfied still (CQ §28)."""
    if held_on > localdate(at):
        raise Refused(_("协调会日期不能晚于今天。"), {"held_on": _("日期还没有到")})
    facts = {"日期": held_on.isoformat(), "地点": place, "参加人": attended}
    CASE.take("record_meeting", actor, suggestion, at=at, words=agreed, facts=facts)
    ReviewMeeting.objects.create(
        suggestion=suggestion,
        held_on=held_on,
        place=place,
        attended=attended,
        agreed=agreed,
        recorded_by=actor.person_name,
    )
    tell_authors(suggestion, f"协调会已记录：{suggestion}", at=at)


# -- the end and its undoing ------------------------------------------------------------------------------------------


@verb
def close(actor: Actor, suggestion: Suggestion, *, at: datetime, words: str = "") -> None:
    """Ends the handling; only the congress closes, and what was promised and asked is done (domain 8.2)."""
    CASE.take("close", actor, suggestion, at=at, words=words, closed_on=localdate(at))
    unseal_case(suggestion, at=at)
    _tell_all(suggestion, f"已办结：{suggestion}", at)


@verb
def reopen(actor: Actor, suggestion: Suggestion, *, at: datetime, words: str) -> None:
    """A look-back 回头看 found that more is to be done; another round may follow."""
    CASE.take("reopen", actor, suggestion, at=at, words=words, closed_on=None)
    _tell_all(suggestion, f"经回头看重新启动：{suggestion}", at)


def _tell_all(suggestion: Suggestion, title: str, at: datetime) -> None:
    tell_authors(suggestion, title, at=at)
    for share in rules.newest_shares(list(suggestion.assignments.select_related("unit"))):
        tell_unit(share.unit, suggestion, title, at=at, kind=MessageKind.NOTICE)


def tell_if_closable(suggestion: Suggestion, *, at: datetime) -> bool:
    """Tells the closer once per round that nothing stands in the way of closing."""
    fresh = Suggestion.objects.get(pk=suggestion.pk)
    step = CASE.step("close")
    if fresh.state not in step.sources or any(guard(SYSTEM, fresh, localdate(at)) for guard in step.guards):
        return False
    key = f"closable:{fresh.rounds.count()}:{fresh.replies.count()}"
    tell_holder(fresh, Competence.CLOSE, f"可以办结：{fresh}", at=at, key=key)
    return True


# -- withdrawal after submission --------------------------------------------------------------------------------------


@verb
def request_withdrawal(
    actor: Actor, suggestion: Suggestion, *, at: datetime, reason: str
) -> WithdrawalRequest:
    """One of the authors asks to end the handling; the others are asked for their consent (SH §10)."""
    CASE.take("request_withdrawal", actor, suggestion, at=at, words=reason)
    withdrawal = WithdrawalRequest.objects.create(
        suggestion=suggestion, reason=reason, asked_on=localdate(at)
    )
    withdrawal.consenting.set(_own(actor, suggestion))
    _ask_the_next(withdrawal, at)
    return withdrawal


def _own(actor: Actor, suggestion: Suggestion) -> list[Any]:
    return [proposer for proposer in suggestion.proposers.all() if is_mine(actor, proposer)]


def _ask_the_next(withdrawal: WithdrawalRequest, at: datetime) -> None:
    """Whoever has not agreed yet is asked; when all have, the closer."""
    suggestion, key = withdrawal.suggestion, f"withdrawal:{withdrawal.pk}"
    if not (missing := consents_missing(withdrawal)):
        title = f"提出人申请撤回，请处理：{suggestion}"
        tell_holder(suggestion, Competence.CLOSE, title, at=at, key=key)
        return
    title = f"有提出人申请撤回，请表明是否同意：{suggestion}"
    asked = suggestion.proposers.filter(name__in=missing).exclude(pk__in=withdrawal.consenting.values("pk"))
    if suggestion.is_masked:
        tell_holder(suggestion, Competence.SCREEN, title, at=at, key=key)
    else:
        asked = asked.select_related("delegation")
        tell_proposers(suggestion, asked, title, at=at, kind=MessageKind.TODO, key=key)


@verb
def consent(actor: Actor, withdrawal: WithdrawalRequest, *, at: datetime) -> None:
    """A proposer agrees that the suggestion is withdrawn."""
    WITHDRAWAL.take("consent", actor, withdrawal, at=at)
    withdrawal.consenting.add(*_own(actor, withdrawal.suggestion))
    _ask_the_next(withdrawal, at)


@locking(merged_into_it)
@verb
def grant_withdrawal(actor: Actor, withdrawal: WithdrawalRequest, *, at: datetime, words: str = "") -> None:
    """Ends the handling at once (办理工作即行终止): shares stop, open promises are released, nobody rates any more."""
    suggestion = withdrawal.suggestion
    WITHDRAWAL.take("grant_withdrawal", actor, withdrawal, at=at, words=words, ruled_on=localdate(at))
    _keep_words(withdrawal, words)
    facts = _end_handling(suggestion, at)
    told = list(suggestion.assignments.filter(ended_on=localdate(at)).select_related("unit"))
    CASE.take("end_withdrawn", actor, suggestion, at=at, words=withdrawal.reason, facts=facts)
    unseal_case(suggestion, at=at)
    release_merged(suggestion, at=at)
    tell_authors(suggestion, f"已同意撤回：{suggestion}", at=at)
    for share in told:
        title = f"代表撤回，停止办理：{suggestion}"
        tell_unit(share.unit, suggestion, title, at=at, kind=MessageKind.NOTICE)


@verb
def refuse_withdrawal(actor: Actor, withdrawal: WithdrawalRequest, *, at: datetime, words: str) -> None:
    """The handling goes on; the authors hear why."""
    WITHDRAWAL.take("refuse_withdrawal", actor, withdrawal, at=at, words=words, ruled_on=localdate(at))
    _keep_words(withdrawal, words)
    tell_authors(withdrawal.suggestion, f"不同意撤回，继续办理：{withdrawal.suggestion}", at=at)


def _keep_words(withdrawal: WithdrawalRequest, words: str) -> None:
    # `words` names the line's words in the flow, so the row's own are set beside it.
    WithdrawalRequest.objects.filter(pk=withdrawal.pk).update(words=words)
    withdrawal.words = words


def _end_handling(suggestion: Suggestion, at: datetime) -> dict[str, str]:
    """Stops, ends and releases all that was under way; answers what happened, in words for the timeline."""
    reason, day = "提出人撤回", localdate(at)
    _end_requests(suggestion, at, reason)
    shares = list(suggestion.assignments.filter(state__in=LIVE_SHARES).select_related("unit"))
    for share in shares:
        ASSIGNMENT.take("stop", SYSTEM, share, at=at, words=reason, ended_on=day)
    ratings = list(Rating.objects.filter(suggestion=suggestion, state=RatingState.OPEN))
    for rating in ratings:
        RATING.take("let_rating_lapse", SYSTEM, rating, at=at, words=reason)
    undone = (PromiseState.DRAFT, PromiseState.OPEN, PromiseState.CLAIMED)
    promises = list(Promise.objects.filter(suggestion=suggestion, state__in=undone))
    for promise in promises:
        PROMISE.take("release_promise", SYSTEM, promise, at=at, words=reason, closed_on=day)
    facts = {
        "停办单位": "、".join(str(share.unit) for share in shares),
        "解除承诺": f"{len(promises)}项" if promises else "",
        "不再评价": "、".join(rating.proposer.name for rating in ratings),
    }
    return {key: value for key, value in facts.items() if value}


def _end_requests(suggestion: Suggestion, at: datetime, reason: str) -> None:
    """Nobody rules any more what a unit of an ended case had asked for."""
    day, mine = localdate(at), {"assignment__suggestion": suggestion}
    waiting = (ObjectionState.OPEN, ObjectionState.ESCALATED)
    for objection in Objection.objects.filter(**mine, state__in=waiting).select_related("assignment"):
        ruling = {"ruled_on": day, "ruled_by": SYSTEM.person_name, "ruling": reason}
        OBJECTION.take("reject", SYSTEM, objection, at=at, words=reason, **ruling)
    for extension in Extension.objects.filter(**mine, state=ExtensionState.ASKED):
        EXTENSION.take("refuse_extension", SYSTEM, extension, at=at, words=reason, ruled_on=day)
