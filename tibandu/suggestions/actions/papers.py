"""Knows how a step taken on paper enters: typed by one, confirmed by another, then run as the person whose paper it is."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from tibandu.base.files import Stored
from tibandu.base.flow import Refused
from tibandu.base.verbs import verb
from tibandu.people.actions import tell
from tibandu.people.enums import Competence, MessageKind
from tibandu.people.queries import Actor
from tibandu.suggestions import actions
from tibandu.suggestions.actions.filing import kept_file
from tibandu.suggestions.actions.telling import key_of, page_of, tell_holder
from tibandu.suggestions.enums import PaperState
from tibandu.suggestions.flow import NOUNS, PAPER, flow_of
from tibandu.suggestions.models import PaperEntry, Suggestion
from tibandu.suggestions.queries import wearer_of


@verb
def enter_paper(
    actor: Actor,
    suggestion: Suggestion,
    *,
    at: datetime,
    noun: str,
    subject: Any,
    verb: str,
    hat: str,
    fields: Mapping[str, list[str]],
    happened_at: datetime,
    scan: Stored | None = None,
) -> PaperEntry:
    """Keeps what a paper says until a second person, or the one whose paper it is, has looked at it too.

    `fields` are the inputs of the step's form as they were typed, so that they are read again by the same form.
    """
    signer = _signer(hat, happened_at)
    if happened_at > at:
        raise Refused(_("纸面日期不能晚于今天。"), {"happened_on": _("日期还没有到")})
    flow_of(noun, verb).check(verb, signer, subject, localdate(happened_at))
    paper = {"noun": noun, "object_id": subject.pk, "verb": verb, "hat": hat}
    if PaperEntry.objects.filter(**paper, state=PaperState.ENTERED).exists():
        raise Refused(_("这份纸件已经录入，等待复核。"))
    entry = PaperEntry.objects.create(
        suggestion=suggestion,
        **paper,
        fields={name: list(values) for name, values in fields.items()},
        happened_at=happened_at,
        scan=kept_file(scan, at=at) if scan else None,
        entered_by_id=actor.person_id,
        entered_by=actor.person_name,
    )
    PAPER.take("enter_paper", actor, entry, at=at, facts=_facts(entry, signer))
    _tell(entry, signer, at)
    return entry


def _signer(hat: str, happened_at: datetime) -> Actor:
    """The person whose paper it is, as they stood on that day."""
    signer = wearer_of(hat, localdate(happened_at))
    if signer is None:
        sentence = _("纸面日期那天，没有这样身份的人。")
        raise Refused(sentence, {"hat": sentence})
    return signer


def _facts(entry: PaperEntry, signer: Actor) -> dict[str, str]:
    step = flow_of(entry.noun, entry.verb).step(entry.verb)
    day = localdate(entry.happened_at).isoformat()
    return {"步骤": str(step.label), "本人": str(signer), "纸面日期": day}


def _tell(entry: PaperEntry, signer: Actor, at: datetime) -> None:
    """A second clerk may confirm; so may the deputy, who finds it on the desk."""
    key = f"paper:{entry.pk}"
    title = f"有一份纸件等待复核：{entry.suggestion}"
    tell_holder(entry.suggestion, Competence.SCREEN, title, at=at, key=key)
    if signer.seat_id:
        title = f"工作人员代您录入了一份纸件，请确认：{entry.suggestion}"
        tell(
            key=key_of(entry.suggestion, key),
            seats=[signer.seat_id],
            kind=MessageKind.TODO,
            title=title,
            url=page_of(entry.suggestion),
            at=at,
        )


def row_of_paper(entry: PaperEntry) -> Any:
    """The row that the paper speaks of."""
    return NOUNS[entry.noun][0].objects.get(pk=entry.object_id)


@verb
def confirm_paper(actor: Actor, entry: PaperEntry, *, at: datetime, arguments: Mapping[str, Any]) -> None:
    """Confirms an entry and takes the step it stands for, at the day on the paper, with all three persons named.

    `arguments` are what the step's own form reads in the fields that were typed.
    """
    signer = _signer(entry.hat, entry.happened_at)
    facts = _facts(entry, signer) | {"录入": entry.entered_by}
    PAPER.take("confirm_paper", actor, entry, at=at, facts=facts, confirmed_by=actor.person_name)
    signing = signer.entered(entry.entered_by, actor.person_name)
    actions.action_of(entry.verb)(signing, row_of_paper(entry), at=entry.happened_at, **arguments)


@verb
def refuse_paper(actor: Actor, entry: PaperEntry, *, at: datetime, words: str) -> None:
    """The entry does not say what the paper says; it is typed anew."""
    signer = _signer(entry.hat, entry.happened_at)
    changes = {"confirmed_by": actor.person_name}
    PAPER.take("refuse_paper", actor, entry, at=at, words=words, facts=_facts(entry, signer), **changes)
