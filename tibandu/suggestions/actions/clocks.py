"""Knows how a due day moves: an extension that somebody asked for and somebody granted, or a calendar that changed."""

from datetime import date, datetime

from django.db.models import Max
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from tibandu.base.flow import Refused
from tibandu.base.verbs import verb
from tibandu.people.enums import Competence, MessageKind
from tibandu.people.queries import Actor
from tibandu.regulations.enums import LimitCode
from tibandu.regulations.models import Ground
from tibandu.suggestions.actions.due import due_day
from tibandu.suggestions.actions.telling import tell_authors, tell_holder, tell_unit
from tibandu.suggestions.enums import OPEN_SHARES, ExtensionState, Role
from tibandu.suggestions.flow import ASSIGNMENT, EXTENSION
from tibandu.suggestions.models import Assignment, DueChange, Extension, Suggestion
from tibandu.suggestions.queries import measure_for
from tibandu.suggestions.queries.assigning import open_clocks


@verb
def request_extension(
    actor: Actor, share: Assignment, *, at: datetime, ground: Ground, until: date, reason: str
) -> Extension:
    """Asks for a later day: once, and never beyond the long limit counted from the day of assignment."""
    latest, _provisional = due_day(measure_for(share.suggestion), LimitCode.REPLY_LONG, share.assigned_on)
    if not share.due_on < until <= latest:
        span = {"from": share.due_on.isoformat(), "until": latest.isoformat()}
        sentence = _("延至的日期须晚于原期限%(from)s，不晚于%(until)s。") % span
        raise Refused(sentence, {"until": sentence})
    facts = {"理由": str(ground), "原期限": share.due_on.isoformat(), "延至": until.isoformat()}
    ASSIGNMENT.take("request_extension", actor, share, at=at, words=reason, facts=facts)
    extension = Extension.objects.create(
        assignment=share,
        ground=ground,
        reason=reason,
        asked_on=localdate(at),
        until=until,
        old_due_on=share.due_on,
    )
    title = f"请审批延期：{share.suggestion}"
    tell_holder(share.suggestion, Competence.ASSIGN, title, at=at, key=f"extension_asked:{extension.pk}")
    return extension


@verb
def grant_extension(actor: Actor, extension: Extension, *, at: datetime, words: str = "") -> None:
    """Moves the due day and tells the deputies on that day (QD §21)."""
    share, day, until = extension.assignment, localdate(at), extension.until
    facts = {"原期限": share.due_on.isoformat(), "延至": until.isoformat()}
    EXTENSION.take(
        "grant_extension", actor, extension, at=at, words=words, facts=facts, ruled_on=day, told_on=day
    )
    _keep_words(extension, words)
    _move(actor, share, until, False, cause="延期", at=at)
    suggestion = share.suggestion
    if share.role != Role.CO and suggestion.due_on and suggestion.due_on < until:
        Suggestion.objects.filter(pk=suggestion.pk).update(due_on=until)
    title = f"{share.unit}的办理期限延至{until.isoformat()}"
    tell_authors(suggestion, title, at=at, key=f"extension_ruled:{extension.pk}")
    _tell_unit(extension, f"延期已同意：{suggestion}", at)


@verb
def refuse_extension(actor: Actor, extension: Extension, *, at: datetime, words: str) -> None:
    """The day stays as it was."""
    share = extension.assignment
    facts = {"期限": share.due_on.isoformat()}
    EXTENSION.take(
        "refuse_extension", actor, extension, at=at, words=words, facts=facts, ruled_on=localdate(at)
    )
    _keep_words(extension, words)
    _tell_unit(extension, f"延期未获同意：{share.suggestion}", at)


def _keep_words(extension: Extension, words: str) -> None:
    """The column bears the name of an argument of the flow, so it is written beside it."""
    extension.words = words
    extension.save(update_fields=["words"])


def _tell_unit(extension: Extension, title: str, at: datetime) -> None:
    share, kind = extension.assignment, MessageKind.NOTICE
    key = f"extension_ruled:{extension.pk}"
    tell_unit(share.unit, share.suggestion, title, at=at, key=key, kind=kind)


def _move(actor: Actor, share: Assignment, due: date, provisional: bool, *, cause: str, at: datetime) -> None:
    old = share.due_on
    facts = {"原期限": old.isoformat(), "期限": due.isoformat(), "原因": cause}
    ASSIGNMENT.take("move_due", actor, share, at=at, facts=facts, due_on=due, due_is_provisional=provisional)
    DueChange.objects.create(assignment=share, changed_on=localdate(at), old=old, new=due, cause=cause)


def recompute_clocks(actor: Actor, *, at: datetime) -> int:
    """Counts every open clock anew after the calendar of a year was added or corrected; answers how many days moved.

    An extension was granted to a day, so its day stays. One transaction per share: a long calendar change must not
    hold up those who work.
    """
    moved = 0
    for share in open_clocks():
        due, provisional = _computed(share)
        if (due, provisional) != (share.due_on, share.due_is_provisional):
            moved += _recompute(actor, share, at=at)
    for suggestion in Suggestion.objects.filter(pk__in={share.suggestion_id for share in open_clocks()}):
        _recompute_case(suggestion)
    return moved


@verb
def _recompute(actor: Actor, share: Assignment, *, at: datetime) -> bool:
    due, provisional = _computed(share)
    if share.state not in OPEN_SHARES or due == share.due_on:
        Assignment.objects.filter(pk=share.pk).update(due_is_provisional=provisional)
        return False
    _move(actor, share, due, provisional, cause="工作日历更新", at=at)
    return True


def _computed(share: Assignment) -> tuple[date, bool]:
    return due_day(measure_for(share.suggestion), share.limit_code, share.assigned_on)


def _recompute_case(suggestion: Suggestion) -> None:
    """The clock of the case runs from its first handover, or to the latest day that was granted; a later round has its own."""
    last = suggestion.rounds.order_by("-n").first()
    if last is not None and last.n > 1:
        due = last.assignments.exclude(role=Role.CO).aggregate(due=Max("due_on"))["due"]
        Suggestion.objects.filter(pk=suggestion.pk).exclude(due_on=due).update(due_on=due)
        return
    first = suggestion.handovers.order_by("pk").first()
    if first is None or suggestion.assigned_on is None:
        return
    due, _provisional = due_day(measure_for(suggestion), first.limit_code, suggestion.assigned_on)
    granted = Extension.objects.filter(assignment__suggestion=suggestion, state=ExtensionState.GRANTED)
    days = [due, *granted.exclude(assignment__role=Role.CO).values_list("until", flat=True)]
    Suggestion.objects.filter(pk=suggestion.pk).exclude(due_on=max(days)).update(due_on=max(days))
