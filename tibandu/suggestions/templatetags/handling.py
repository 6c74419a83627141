"""Knows how the shares of a case and their contacts are drawn: as plain strings, from rows that are already read."""

from collections.abc import Iterable, Mapping
from datetime import date
from html import escape
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import linebreaks
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from tibandu.base.panels import broken
from tibandu.base.tones import clock_html, state_html
from tibandu.base.words import day_long, day_short
from tibandu.people.enums import Rank
from tibandu.people.queries import Actor
from tibandu.regulations.enums import Gate
from tibandu.regulations.queries import Measure, StageRule
from tibandu.suggestions.enums import (
    ContactState,
    ExtensionState,
    HandoverState,
    Mode,
    ObjectionState,
    OpinionState,
    Role,
    ShareState,
)
from tibandu.suggestions.models import (
    Assignment,
    Contact,
    DueChange,
    Extension,
    Handover,
    Objection,
    Opinion,
    Suggestion,
)

register = template.Library()

# The tone of each state; what is not named is waited for, a share not named is going.
TONES: dict[Any, dict[str, str]] = {
    ShareState: {"sent": "waiting", "answered": "done", "reassigned": "ended", "stopped": "ended"},
    ObjectionState: {"upheld": "done", "rejected": "refused"},
    ExtensionState: {"granted": "done", "refused": "refused"},
    OpinionState: {"countersigned": "done", "sent_back": "refused"},
    ContactState: {"confirmed": "done", "disputed": "refused", "unconfirmed": "ended", "waived": "ended"},
}


def _state(states: Any, value: str) -> str:
    return state_html(
        TONES[states].get(value, "going" if states is ShareState else "waiting"), states(value).label
    )


def _quiet(words: object, css: str = "quiet") -> str:
    return f'<span class="{css}">{escape(str(words))}</span>'


def _if(value: object, before: str = "", after: str = "") -> str:
    """A value between its marks, or nothing where there is none."""
    return f"{before}{escape(str(value))}{after}" if value else ""


# The three parts of a case's way, and up to which part it has come.
PARTS = {"propose": 0, "handle": 1, "supervise": 2, "closed": 3}


@register.simple_tag
def case_head(head: Mapping[str, Any], case: Suggestion, today: date) -> SafeString:
    """Number, class, title, where the case stands and until when, who stands behind it, and how far it has come."""
    number = f'<span class="num">{escape(str(head["number"] or _("未编号")))}</span>'
    subject = _if(case.subject.name if case.subject else "", "<span>", "</span>")
    people = "".join(
        f'<span class="person"><span class="loud">{escape(person["name"])}</span></span>'
        for person in head["people"]
    )
    clock = clock_html(head["due_on"], today) if head["due_on"] else ""
    return mark_safe(
        f'<header class="case-head">\n<p class="line">{number}{subject}</p>\n<h1>{escape(case.title)}</h1>\n'
        f'<p class="line people">{state_html(head["tone"], head["word"])}{clock}{people}</p>\n'
        f"{_way(head)}\n</header>"
    )


def _way(head: Mapping[str, Any]) -> str:
    come, parts = PARTS[head["at"]], []
    for part, name in enumerate((_("提"), _("办"), _("督"))):
        is_now = part == come
        css = f"now tone-{head['tone']}" if is_now else "past" if part < come or part == 0 else ""
        word = escape(str(head["word"])) if is_now or (part == 2 and come == 3) else ""
        here = ' aria-current="step"' if is_now else ""
        parts.append(f'<li class="{css}"{here}><span class="name">{escape(name)}</span>{word}</li>\n')
    return f'<ol class="segments" aria-label="{escape(_("进程"))}">{"".join(parts)}</ol>'


@register.simple_tag
def handovers_of(handovers: Iterable[Handover], version: int | None) -> SafeString:
    """Each organ, when it was given the case and where that stands."""
    return mark_safe("".join(_handover(handover, version) for handover in handovers))


def _handover(handover: Handover, version: int | None) -> str:
    waiting = handover.state == HandoverState.SENT
    return (
        f"<dt>{escape(str(handover.organ))}</dt>"
        f"<dd>{day_long(handover.handed_on)} · {escape(str(HandoverState(handover.state).label))}"
        + (" " + _quiet(_("等待分办机构确定承办单位"), "quiet small") if waiting else "")
        + f" {_how(handover.handed_on, handover.limit_code, version)}"
        + _if(handover.words, '<br><span class="quiet">', "</span>")
        + "</dd>"
    )


def _how(start: date, limit: str, version: int | None) -> str:
    url = reverse("regulations:computation")
    query = f"start={start.isoformat()}&amp;limit={escape(limit)}&amp;version={version}"
    return f'<a class="small how" href="{url}?{query}">{escape(_("怎么算的"))}</a>'


@register.simple_tag
def shares_of(shares: Iterable[Assignment], case: Suggestion, actor: Actor, today: date) -> SafeString:
    """Units by role, people by tier, both clocks, objections, extensions and opinions of each share."""
    return mark_safe("".join(_share(share, case, actor, today) for share in shares))


def _share(share: Assignment, case: Suggestion, actor: Actor, today: date) -> str:
    n = share.round.n
    around = " " + _quiet(_("第%(n)s轮") % {"n": n}, "quiet small") if n > 1 else ""
    lines = [
        *(_objection(objection, today) for objection in share.objections.all()),
        *(_extension(extension) for extension in share.extensions.all()),
        *(_change(change) for change in share.due_changes.all() if change.cause != "延期"),
        *(_opinion(opinion) for opinion in share.opinions.all() if actor.unit_id),
    ]
    head = f'<span class="head">{escape(str(Role(share.role).label))}{around}</span>'
    unit = f'<span class="loud">{escape(share.unit.name)}</span>{_if(share.part, " · ")}'
    body = "\n".join([unit, _asks(share), _people(share), *lines])
    aside = f'<div class="aside">{_aside(share, case, today)}</div>'
    return f'<li id="share-{share.pk}">{head}\n<div>{body}</div>\n{aside}</li>\n'


def _asks(share: Assignment) -> str:
    links = [f'<a href="#ask-{ask.number}">{ask.number}</a>' for ask in share.asks.all()]
    return f'<span class="quiet small">{escape(_("所办要求"))} {"、".join(links)}</span>' if links else ""


def _people(share: Assignment) -> str:
    people = [
        f"<span>{_quiet(Rank(person.rank).label)} {escape(person.name)}"
        + _if(person.phone, ' <span class="num">', "</span>")
        + "</span>"
        for person in share.responsibles.all()
    ]
    return f'<p class="small people">{" · ".join(people)}</p>' if people else ""


def _objection(objection: Objection, today: date) -> str:
    is_open = objection.state not in TONES[ObjectionState]
    raised = _("代表异议") if objection.by_deputy else _("第%(n)s次申退") % {"n": objection.n}
    unit, ruled_by = objection.proposed_unit, objection.ruled_by
    ruled = '<br><span class="quiet">' + escape(_("%(who)s裁定：") % {"who": ruled_by}) + "</span>"
    return (
        f'<p class="small">{escape(raised)} {_state(ObjectionState, objection.state)}'
        + (f" {clock_html(objection.due_on, today)}" if is_open else "")
        + (" " + _quiet(_("逾期提出")) if objection.is_late else "")
        + f"<br>\n{escape(objection.reason)}"
        + _if(objection.clause, ' <span class="quiet">', "</span>")
        + (" " + _quiet(_("建议改由%(unit)s") % {"unit": unit}) if unit else "")
        + _if(objection.ruling, ruled)
        + "</p>"
    )


def _extension(extension: Extension) -> str:
    days = {"old": day_short(extension.old_due_on), "until": day_long(extension.until)}
    told = extension.told_on
    return (
        f'<p class="small">{escape(_("延期"))} {_state(ExtensionState, extension.state)} '
        f"{escape(_('由 %(old)s 延至 %(until)s') % days)}：{escape(extension.reason)}"
        + (" " + _quiet(_("%(day)s 已告知代表") % {"day": day_short(told)}) if told else "")
        + "</p>"
    )


def _change(change: DueChange) -> str:
    days = {"on": change.changed_on, "old": change.old, "new": change.new}
    words = {name: day_short(day) for name, day in days.items()} | {"cause": change.cause}
    sentence = _("%(on)s 期限由 %(old)s 改为 %(new)s（%(cause)s）") % words
    return f'<p class="small quiet">{escape(sentence)}</p>'


def _opinion(opinion: Opinion) -> str:
    head = f"{opinion.number_text} · {opinion.signed_by} · {day_short(opinion.given_on)}"
    return (
        f'<div class="opinion small">{_quiet(head)} {_state(OpinionState, opinion.state)}'
        f'<div class="words">{linebreaks(opinion.text, autoescape=True)}</div>'
        f"{_if(opinion.answer, _quiet(_('主办单位')) + ' ')}</div>"
    )


def _aside(share: Assignment, case: Suggestion, today: date) -> str:
    state, clock = _state(ShareState, share.state), ""
    if share.state == ShareState.ANSWERED:
        clock = clock_html(share.due_on, today, share.answered_on)
    elif share.ended_on:
        clock = _quiet(day_short(share.ended_on))
    else:
        clock = f"{clock_html(share.due_on, today)}<br>"
        if share.due_is_provisional:
            clock += _quiet(_("该年度放假安排未公布，期限待核"), "quiet small") + " "
        clock += _how(share.assigned_on, share.limit_code, case.regulation_id)
    return f"{state}<br>{clock}{_papers(share)}"


def _papers(share: Assignment) -> str:
    """The paper forms of what a unit may still do with a share that is new to it."""
    if share.state not in (ShareState.SENT, ShareState.SIGNED_FOR):
        return ""
    links = [_paper("assignment", share.pk, "object", _("申退单"))]
    if share.state == ShareState.SENT:
        links.insert(0, _paper("assignment", share.pk, "sign_for", _("签收单")))
    return f'<br><span class="small no-print">{" · ".join(links)}</span>'


def _paper(noun: str, pk: int, verb: str, words: str, css: str = "") -> str:
    return f'<a{css} href="{reverse("suggestions:paper_form", args=[noun, pk, verb])}">{escape(words)}</a>'


@register.simple_tag
def contacts_of(shares: Iterable[Assignment], measure: Measure, case: Suggestion, today: date) -> SafeString:
    """Each stage of the measure as a line, for every share that answers to the deputy."""
    ended = (ShareState.REASSIGNED, ShareState.STOPPED)
    answering = (share for share in shares if share.role != Role.CO and share.state not in ended)
    return mark_safe("".join(_stages(share, measure, case, today) for share in answering))


def _stages(share: Assignment, measure: Measure, case: Suggestion, today: date) -> str:
    contacts = list(share.contacts.all())
    lines = [
        f'<li><span class="head">{escape(stage.label)}</span>\n<div>'
        + "".join(_contact(c, case, today) for c in contacts if c.stage.code == stage.code)
        + f'</div>\n<div class="aside quiet">{_gate(stage)}</div></li>\n'
        for stage in measure.stages
    ]
    part = _if(share.part, ' <span class="quiet small">', "</span>")
    head = f"<h3>{escape(share.unit.name)}{part}</h3>"
    return f'<div class="subsection">{head}\n<ul class="lines">{"".join(lines)}</ul></div>\n'


def _gate(stage: StageRule) -> str:
    words = {Gate.SENDING.value: _("发出答复前完成"), Gate.CLOSING.value: _("办结前完成")}
    before = words.get(stage.gate, "")
    return escape(before) + (f"<br>{escape(_('须出示答复初稿'))}" if stage.needs_draft else "")


def _contact(contact: Contact, case: Suggestion, today: date) -> str:
    who = _("提出人（保密）") if case.is_masked else contact.proposer.name
    is_waiting = contact.state == ContactState.RECORDED
    css = ' class="no-print"'
    asked = (
        f" {clock_html(contact.confirm_by, today)} "
        + _paper("contact", contact.pk, "confirm_contact", _("确认单"), css)
        if is_waiting
        else ""
    )
    answer = _if(contact.answer, f'<p class="small">{_quiet(_("代表的话"))} ', "</p>")
    return (
        f'<div class="contact" id="contact-{contact.pk}">\n'
        f'<p class="small">{escape(who)} {_state(ContactState, contact.state)}\n{_held(contact)}{asked}</p>\n'
        f'<p class="words">{broken(contact.said)}</p>{answer}</div>'
    )


def _held(contact: Contact) -> str:
    """When, how, where and with whom the talk was."""
    mode = Mode(contact.mode).label if contact.mode else ""
    rank = f"（{Rank(contact.rank).label}）" if contact.rank else ""
    shown = _("已出示答复初稿") if contact.draft_shown else ""
    parts = [day_short(contact.held_on), mode, contact.place, contact.persons]
    words = " · ".join(str(part) for part in parts if part) + rank + (f" · {shown}" if shown else "")
    return _quiet(words)
