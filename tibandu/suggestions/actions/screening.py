"""Knows the outcomes of screening: accept with a number, or one of those that need a ground, words and a notice."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from tibandu.base.flow import Refused
from tibandu.base.verbs import verb
from tibandu.people.enums import Competence
from tibandu.people.models import Congress, Unit
from tibandu.people.queries import Actor
from tibandu.regulations.models import Ground, SubjectClass
from tibandu.suggestions.actions.entering import copy_to, enter
from tibandu.suggestions.actions.numbers import next_number
from tibandu.suggestions.actions.telling import tell_authors, tell_holder
from tibandu.suggestions.enums import Nature
from tibandu.suggestions.flow import CASE, INTAKE
from tibandu.suggestions.models import Screening, Suggestion
from tibandu.suggestions.queries.intake import screening_grounds
from tibandu.suggestions.queries.similar import put_into_index


@verb
def register(
    actor: Actor,
    suggestion: Suggestion,
    *,
    at: datetime,
    subject: SubjectClass | None = None,
    committee: Unit | None = None,
    is_masked: bool = False,
    words: str = "",
) -> None:
    """Accepts a suggestion and gives it its number; the committee follows from the class unless another is named."""
    day = localdate(at)
    INTAKE.check("register", actor, suggestion, day)
    place = _place(subject, committee)
    if suggestion.number is None:  # one taken out of a merger keeps what it had
        place |= next_number(suggestion, day) | {"registered_on": day}
    facts = {"编号": place.get("number_text", suggestion.number_text), "分类": _named(subject)}
    INTAKE.take("register", actor, suggestion, at=at, words=words, facts=facts, is_masked=is_masked, **place)
    put_into_index(suggestion)
    _record(actor, suggestion, "register", None, words, at)
    title = _("《%(title)s》已立案，编号 %(number)s") % {
        "title": suggestion.title,
        "number": suggestion.number_text,
    }
    tell_authors(suggestion, title, at=at)


@transaction.atomic
def receive_transfer(
    actor: Actor, *, at: datetime, subject: SubjectClass | None = None, received_from: str, **paper: Any
) -> Suggestion:
    """What another level passed on: typed in like a paper and put on file at once, for it was screened there."""
    suggestion = enter(actor, at=at, received_from=received_from, **paper)
    register(actor, suggestion, at=at, subject=subject)
    return suggestion


def _place(subject: SubjectClass | None, committee: Unit | None) -> dict[str, Any]:
    above = subject.parent if subject else None
    found = committee or (subject and subject.committee) or (above and above.committee)
    return {"subject": subject, "committee": found}


def _named(subject: SubjectClass | None) -> str:
    return str(subject or "")


@verb
def classify(
    actor: Actor,
    suggestion: Suggestion,
    *,
    at: datetime,
    subject: SubjectClass | None = None,
    committee: Unit | None = None,
    nature: str = Nature.SUGGESTION,
    is_masked: bool = False,
    words: str = "",
) -> None:
    """Mends class, committee, nature and the mask of a case on file."""
    changes = _place(subject, committee) | {"nature": nature, "is_masked": is_masked}
    facts = {"分类": _named(subject), "对口委员会": str(changes["committee"] or "")}
    if is_masked != suggestion.is_masked:
        facts["提出人"] = _("隐去") if is_masked else _("不再隐去")
    CASE.take("classify", actor, suggestion, at=at, words=words, facts=facts, **changes)


@verb
def return_for_edit(
    actor: Actor, suggestion: Suggestion, *, at: datetime, ground: Ground, words: str
) -> None:
    _decide("return_for_edit", actor, suggestion, at, ground, words)


@verb
def refuse(actor: Actor, suggestion: Suggestion, *, at: datetime, ground: Ground, words: str) -> None:
    _decide("refuse", actor, suggestion, at, ground, words)


@verb
def treat_as_letter(
    actor: Actor, suggestion: Suggestion, *, at: datetime, ground: Ground, words: str
) -> None:
    _decide("treat_as_letter", actor, suggestion, at, ground, words)


@verb
def pass_for_reference(
    actor: Actor, suggestion: Suggestion, *, at: datetime, ground: Ground, words: str, sent_to: str = ""
) -> None:
    """Passes the text to whom it may help; no reply is owed."""
    _decide("pass_for_reference", actor, suggestion, at, ground, words, sent_to=sent_to)


@verb
def suggest_withdrawal(
    actor: Actor, suggestion: Suggestion, *, at: datetime, ground: Ground, words: str
) -> None:
    """Asks the authors to take the suggestion back or to change it (BJ §13); if neither comes it may be refused (BJ §15)."""
    _decide("suggest_withdrawal", actor, suggestion, at, ground, words)


@verb
def send_on(
    actor: Actor,
    suggestion: Suggestion,
    *,
    at: datetime,
    ground: Ground,
    words: str,
    congress: Congress | None = None,
    sent_to: str = "",
) -> None:
    """Passes a suggestion to another level: to a congress in this database as a received copy, or outside in words."""
    if congress is None and not sent_to.strip():
        raise Refused(_("请写明转往哪里。"), fields={"sent_to": _("请写明转往哪里")})
    if congress and congress.pk == suggestion.congress_id:
        raise Refused(_("不能转给本级。"), fields={"congress": _("请另选一个")})
    name = congress.short_name if congress else sent_to.strip()
    _decide("send_on", actor, suggestion, at, ground, words, sent_to=name[:60])
    if congress:
        copy = copy_to(congress, suggestion, actor, at=at)
        title = _("收到%(from)s转来的建议《%(title)s》，请审查")
        words = title % {"from": suggestion.congress.short_name, "title": suggestion.title}
        tell_holder(copy, Competence.SCREEN, words, at=at)


def _decide(
    verb: str,
    actor: Actor,
    suggestion: Suggestion,
    at: datetime,
    ground: Ground,
    words: str,
    **changes: Any,
) -> None:
    """An outcome other than acceptance: on a ground that allows it, in words, recorded and told (domain 1.2)."""
    if ground not in screening_grounds(suggestion, verb):
        raise Refused(_("所选理由不适用于这种处理。"), fields={"ground": _("请另选理由")})
    if not words.strip():
        raise Refused(_("请写明理由，提出人会看到。"), fields={"words": _("请写明理由")})
    facts = {"理由": str(ground), "依据": str(ground.article or "")}
    if changes.get("sent_to"):
        facts["转往"] = changes["sent_to"]
    INTAKE.take(verb, actor, suggestion, at=at, words=words, facts=facts, **changes)
    _record(actor, suggestion, verb, ground, words, at)
    outcome = suggestion.get_state_display()
    title = _("《%(title)s》审查结果：%(outcome)s") % {"title": suggestion.title, "outcome": outcome}
    tell_authors(suggestion, title, at=at)


def _record(
    actor: Actor, suggestion: Suggestion, outcome: str, ground: Ground | None, words: str, at: datetime
) -> None:
    Screening.objects.create(
        suggestion=suggestion,
        outcome=outcome,
        ground=ground,
        words=words,
        decided_on=localdate(at),
        decided_by=actor.person_name,
    )
