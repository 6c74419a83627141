"""Knows how deputies rate a reply: who is asked, what is kept, what follows when all have spoken or the window closes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from tibandu.base.flow import Moved, Refused
from tibandu.base.verbs import verb
from tibandu.people.enums import Competence, MessageKind
from tibandu.people.models import Appointment
from tibandu.people.queries import SYSTEM, Actor
from tibandu.regulations.enums import LimitCode, SettingKey
from tibandu.regulations.models import Dimension, Grade
from tibandu.regulations.queries import Measure
from tibandu.suggestions import rules
from tibandu.suggestions.actions.closing import assign_again, tell_if_closable
from tibandu.suggestions.actions.due import due_day
from tibandu.suggestions.actions.sealing import unseal
from tibandu.suggestions.actions.telling import tell_holder, tell_proposers
from tibandu.suggestions.enums import Cause, Consent, RatingState, ReplyKind, Trigger
from tibandu.suggestions.flow import RATING
from tibandu.suggestions.models import EarlierRating, Proposer, Rating, RatingMark, Reply
from tibandu.suggestions.queries import measure_for, persons_who_handled
from tibandu.suggestions.queries.following import is_dissatisfied

Marks = Sequence[Mapping[str, str]]


def open_ratings(reply: Reply, *, at: datetime) -> list[Rating]:
    """Asks the deputies to rate a reply that was just sent; part of the sending, so it writes no line of its own."""
    if not _is_rated(reply):
        return []
    day = localdate(at)
    closes_on, _provisional = due_day(measure_for(reply.suggestion), LimitCode.RATING, day)
    asked = set(reply.ratings.values_list("proposer_id", flat=True))
    ratings = [
        Rating.objects.create(
            reply=reply,
            suggestion=reply.suggestion,
            proposer=proposer,
            opened_on=day,
            closes_on=closes_on,
        )
        for proposer in raters_of(reply)
        if proposer.pk not in asked
    ]
    for rating in ratings:
        tell_rater(rating, f"请评价{reply.assignment.unit}的答复：{reply.suggestion}", at=at, key="rate")
    return ratings


def _is_rated(reply: Reply) -> bool:
    if reply.kind == ReplyKind.INTERIM:
        return False
    without_letter = measure_for(reply.suggestion).setting(SettingKey.RATE_WITHOUT_LETTER)
    return reply.kind != ReplyKind.NOT_REQUESTED or without_letter == "yes"


def move_open_ratings(old: Reply, new: Reply, *, at: datetime) -> None:
    """Who has not yet rated a letter that is corrected rates the correction instead, in a window that begins anew.

    What was already said stays with the letter it was said of.
    """
    closes_on, _provisional = due_day(measure_for(new.suggestion), LimitCode.RATING, localdate(at))
    Rating.objects.filter(reply=old, state=RatingState.OPEN).update(reply=new, closes_on=closes_on)


def raters_of(reply: Reply) -> list[Proposer]:
    """Who rates under the measure: each proposer, or the lead who gathers; nobody rates what they handled (model.md rule 7)."""
    handlers = persons_who_handled(reply.suggestion)
    behind = [
        proposer
        for proposer in reply.suggestion.proposers.select_related("seat", "delegation__head").order_by(
            "-is_lead", "position"
        )
        if (proposer.is_lead or proposer.state == Consent.CONFIRMED)
        and (person := person_of(proposer)) is not None
        and person not in handlers
    ]
    by_each = measure_for(reply.suggestion).setting(SettingKey.RATED_BY) == "each"
    return behind if by_each else behind[:1]


def person_of(proposer: Proposer) -> int | None:
    """The person who speaks for a proposer; None where only a name is known."""
    seat = proposer.delegation.head if proposer.delegation else proposer.seat
    return seat.person_id if seat else None


def tell_rater(
    rating: Rating, title: str, *, at: datetime, key: str, kind: MessageKind = MessageKind.TODO
) -> None:
    """Tells the one who rates; a masked author is reached through the office (model.md rule 8)."""
    suggestion, key = rating.suggestion, f"{key}:{rating.pk}"
    if suggestion.is_masked:
        tell_holder(suggestion, Competence.SCREEN, title, at=at, kind=kind, key=key)
        return
    url = reverse("suggestions:rate", args=[rating.pk])
    tell_proposers(suggestion, [rating.proposer], title, at=at, kind=kind, key=key, url=url)


@verb
def rate(actor: Actor, rating: Rating, *, at: datetime, marks: Marks, words: str = "") -> None:
    """Keeps a rating; the unit reads nothing of it, in the timeline neither, until it is unsealed."""
    grades = _checked(rating, marks, words)
    hint = _hint(actor, rating)
    RATING.take("rate", actor, rating, at=at, facts=_facts(rating), **_kept(at, 1, hint=hint))
    _keep(rating, grades, words)
    conclude(rating.reply, at=at)


@verb
def change_rating(
    actor: Actor, rating: Rating, *, at: datetime, marks: Marks, reason: str, words: str = ""
) -> None:
    """Puts a new version over a rating while its window is open; the earlier version and the reason are kept."""
    grades = _checked(rating, marks, words)
    changes = _kept(at, rating.version + 1, change_reason=reason.strip())
    earlier = EarlierRating(
        rating=rating, version=rating.version, words=rating.words, rated_on=rating.rated_on
    )
    RATING.take("change_rating", actor, rating, at=at, facts=_facts(rating), **changes)
    earlier.save(force_insert=True)
    _keep(rating, grades, words)
    conclude(rating.reply, at=at)


def _kept(at: datetime, version: int, **further: Any) -> dict[str, Any]:
    return {"version": version, "rated_on": localdate(at), **further}


def _facts(rating: Rating) -> dict[str, str]:
    """What the timeline says of a rating: about whose reply, and nothing of what was said."""
    return {"答复单位": str(rating.reply.assignment.unit)}


def _hint(actor: Actor, rating: Rating) -> str:
    """Flags a rater who also holds a post in the rated unit; it is never a reason to block."""
    own = Appointment.objects.filter(
        person=actor.person_id, until=None, post__unit=rating.reply.assignment.unit_id
    )
    return "评价人在被评价的单位任职" if own.exists() else ""


def asks_delivery(reply: Reply) -> bool:
    """Whether the reply tells of a kept promise, which is rated by its delivery (CQ §26-28)."""
    while reply.corrects is not None:
        reply = reply.corrects
    return reply.cause == Cause.PROMISE_DONE


def _checked(rating: Rating, marks: Marks, words: str) -> dict[str, str]:
    """The grade of each dimension by its code; refused unless everything asked is answered once, by hand."""
    measure = measure_for(rating.suggestion)
    asked = {row.code: row for row in measure.rating_dimensions(asks_delivery(rating.reply))}
    given = {mark["dimension"]: mark["grade"] for mark in marks}
    if missing := [row.label for code, row in asked.items() if not given.get(code)]:
        sentence = _("请评价：%(names)s。") % {"names": "、".join(missing)}
        raise Refused(sentence, {"marks": sentence})
    grades = {row.code: row for row in measure.grades}
    if set(given) - set(asked) or set(given.values()) - set(grades) or len(given) != len(marks):
        raise Refused(_("评价项目或者等次不对。"), {"marks": _("评价项目或者等次不对。")})
    if any(grades[code].is_dissatisfied for code in given.values()) and not words.strip():
        raise Refused(_("不满意的，请写明意见。"), {"words": _("不满意的，请写明意见。")})
    return given


def _keep(rating: Rating, given: dict[str, str], words: str) -> None:
    version = rating.suggestion.regulation_id
    dimensions = {row.code: row for row in Dimension.objects.filter(version=version)}
    grades = {row.code: row for row in Grade.objects.filter(version=version)}
    RatingMark.objects.bulk_create(
        RatingMark(
            rating=rating,
            version=rating.version,
            dimension=dimensions[dimension],
            grade=grades[grade],
        )
        for dimension, grade in given.items()
    )
    Rating.objects.filter(pk=rating.pk).update(words=words.strip())
    rating.words = words.strip()


@verb
def let_rating_lapse(actor: Actor, rating: Rating, *, at: datetime) -> None:
    """Whoever was silent is unrated: out of the statistics, never counted as satisfied (CQ §29)."""
    RATING.take("let_rating_lapse", actor, rating, at=at, facts=_facts(rating))
    conclude(rating.reply, at=at)
    if localdate(at) > rating.closes_on and not _waiting(rating.reply):
        unseal(rating.reply, at=at)


def _waiting(reply: Reply) -> bool:
    return reply.ratings.filter(state=RatingState.OPEN).exists()


def conclude(reply: Reply, *, at: datetime) -> None:
    """When nobody is waited for any more: the second assignment that the measure asks for, or word to the closer."""
    if _waiting(reply):
        return
    suggestion, measure = reply.suggestion, measure_for(reply.suggestion)
    rated = list(
        reply.ratings.filter(state=RatingState.RATED)
        .select_related("proposer")
        .prefetch_related("marks__grade", "marks__dimension")
    )
    no = [is_dissatisfied(rating) for rating in rated]
    lead_no = any(is_dissatisfied(rating) for rating in rated if rating.proposer.is_lead)
    if not rules.wants_second_assignment(measure.setting(SettingKey.SECOND_TRIGGER), no, lead_no):
        tell_if_closable(suggestion, at=at)
    elif not _assigned_automatically(reply, measure, at):
        title = f"代表不满意，请研究是否二次交办：{suggestion}"
        tell_holder(suggestion, Competence.ASSIGN, title, at=at, key=f"dissatisfied:{reply.pk}")


def _assigned_automatically(reply: Reply, measure: Measure, at: datetime) -> bool:
    """Whether the system took the second assignment; what hinders it must not undo the rating, so it is undone alone."""
    if measure.setting(SettingKey.SECOND_MODE) != "automatic":
        return False
    try:
        with transaction.atomic():
            assign_again(
                SYSTEM,
                reply.suggestion,
                at=at,
                trigger=Trigger.DISSATISFIED,
                words="代表评价不满意，依照办法自动启动二次交办。",
                shares=[reply.assignment],
            )
    except (Refused, Moved):
        return False
    return True
