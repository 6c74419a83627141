"""Knows how a reply reads as a letter, and what its check-up looks at; a signed letter is read as it was signed."""

import dataclasses
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from tibandu.base.papers import Letter, chinese_date
from tibandu.base.searchtext import overlap, shingles
from tibandu.regulations.enums import Gate
from tibandu.suggestions import rules
from tibandu.suggestions.enums import Consent, ContactState, OpinionState, ReplyKind, ReplyState, Role
from tibandu.suggestions.models import Ask, Assignment, LetterTemplate, Promise, Proposer, Reply, Suggestion
from tibandu.suggestions.queries.case import measure_for

EARLIER_REPLIES = 30
HEADING_LENGTH = 40
FEN_PER_WAN = 1_000_000
DRAFT_MARK = "征求意见稿"
_DIGITS = "零一二三四五六七八九"
_ENDINGS = {
    ReplyKind.LETTER: "的答复",
    ReplyKind.INTERIM: "办理情况的阶段性答复",
    ReplyKind.IN_SESSION: "当面答复的记录",
    ReplyKind.NOT_REQUESTED: "办理结果的说明",
}

Body = list[tuple[int, str]]


def letter_of(reply: Reply, day: date) -> Letter:
    """The letter of a reply: as it was signed, or as it would read if it were signed on `day`."""
    if reply.letter is None:
        return dataclasses.replace(composed(reply, day), secrecy=DRAFT_MARK)
    kept: dict[str, Any] = dict(reply.letter)
    return Letter(
        **kept
        | {
            "signed_on": date.fromisoformat(kept["signed_on"]),
            "body": tuple((level, text) for level, text in kept["body"]),
            "attachments": tuple(kept["attachments"]),
            "copies": tuple(kept["copies"]),
        }
    )


def frozen(letter: Letter) -> dict[str, Any]:
    """A letter as it is kept with its reply when it is signed."""
    return dataclasses.asdict(letter) | {"signed_on": letter.signed_on.isoformat()}


def composed(reply: Reply, day: date) -> Letter:
    """The letter as its parts make it now (domain 1.10); the category stands on it only when it is signed."""
    suggestion, unit = reply.suggestion, reply.assignment.unit
    return Letter(
        organ=unit.name,
        masthead=unit.name,
        number=reply.doc_no,
        title=_title(reply),
        salutation=salutation(suggestion),
        body=tuple(_body(reply)),
        signatory=unit.name,
        signed_on=day,
        attachments=tuple(_attachments(reply)),
        contact=reply.contact_name,
        phone=reply.contact_phone,
        copies=tuple(_copies(reply)) if reply.is_letter else (),
    )


def category_mark(reply: Reply) -> str:
    """What stands at the top right of a signed letter."""
    return f"分类：{reply.category.code}" if reply.category else ""


def page_of(letter: Letter) -> dict[str, Any]:
    """A letter as the page shows it (components/letter.html)."""
    asked = [("联系人：", letter.contact), ("联系电话：", letter.phone)]
    contact = "，".join(label + value for label, value in asked if value)
    return {
        "unit": letter.masthead,
        "number": letter.number,
        "title": letter.title,
        "salute": letter.salutation,
        "paragraphs": [line for _level, text in letter.body for line in text.splitlines() if line.strip()],
        "signed": letter.signatory,
        "day": "" if letter.secrecy else chinese_date(letter.signed_on),
        "category": letter.category.removeprefix("分类："),
        "contact": f"（{contact}）" if contact else "",
        "copies": "，".join(letter.copies),
        "draft": letter.secrecy,
    }


def opening_for(suggestion: Suggestion) -> str:
    """The words with which a reply begins, unless its drafter writes others."""
    you = "您" if len(_addressed(suggestion)) == 1 else "你们"
    number = f"（{numbered(suggestion.number_text)}）" if suggestion.number_text else ""
    return f"{you}提出的《{suggestion.title}》{number}收悉，现答复如下："


def closing_for(suggestion: Suggestion) -> str:
    you = "您" if len(_addressed(suggestion)) == 1 else "你们"
    return f"感谢{you}对我们工作的关心和支持，欢迎继续提出意见。"


def salutation(suggestion: Suggestion) -> str:
    """安立夏等3名代表：; of a masked author no name."""
    addressed = _addressed(suggestion)
    if suggestion.is_masked or not addressed:
        return "提出建议的代表："
    first = addressed[0]
    if first.delegation_id and first.seat_id is None:
        return f"{first.name}："
    return f"{first.name}代表：" if len(addressed) == 1 else f"{first.name}等{len(addressed)}名代表："


def _addressed(suggestion: Suggestion) -> list[Proposer]:
    """Those who stand behind the text, the lead first."""
    standing = [p for p in suggestion.proposers.all() if p.is_lead or p.state == Consent.CONFIRMED]
    return sorted(standing, key=lambda proposer: (not proposer.is_lead, proposer.position))


def _title(reply: Reply) -> str:
    suggestion = reply.suggestion
    ending = _ENDINGS[ReplyKind(reply.kind)]
    noun = suggestion.get_nature_display() if suggestion.nature == "proposal" else "建议"
    if suggestion.number is None:
        return f"关于对《{suggestion.title}》{ending}"
    congress = suggestion.congress.name
    if suggestion.session is None:
        year = suggestion.registered_on.year if suggestion.registered_on else ""
        return f"关于对{congress}{year}年闭会期间第{suggestion.number}号{noun}{ending}"
    session = suggestion.session
    place = congress.removesuffix("人民代表大会")
    meeting = f"{place}第{_counted(session.term.number)}届人民代表大会第{_counted(session.number)}次会议"
    return f"关于对{meeting}第{suggestion.number}号{noun}{ending}"


def numbered(text: str) -> str:
    """第6-5-012号, but 闭2026-001号: a number that begins with a word of its own takes no 第."""
    return f"第{text}号" if text[:1].isdigit() else f"{text}号"


def _counted(number: int) -> str:
    """Small numbers as titles write them: 六, 十二."""
    tens, ones = divmod(number, 10)
    head = "" if not tens else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return head + (_DIGITS[ones] if ones or not tens else "")


def _body(reply: Reply) -> Body:
    chapters = [*_answers(reply), *_chapter("承诺事项", _promises(reply)), *_opinions(reply)]
    body: Body = [(0, reply.opening or opening_for(reply.suggestion)), *_general(reply)]
    for place, (heading, lines) in enumerate(chapters, 1):
        if len(chapters) > 1:
            body.append((1, f"{_counted(place)}、{heading}"))
        body += [(0, line) for line in lines]
    body += [(0, f"暂时不能解决的理由：{reply.reason}")] if reply.reason else []
    body += [(0, f"向上级反映的情况：{reply.reported_up}")] if reply.reported_up else []
    return [*body, (0, reply.closing or closing_for(reply.suggestion))]


def _general(reply: Reply) -> Body:
    return [(0, part.text) for part in reply.parts.all() if part.ask_id is None and part.text.strip()]


def _answers(reply: Reply) -> Iterator[tuple[str, list[str]]]:
    for part in reply.parts.all():
        if part.ask is not None and part.text.strip():
            yield f"关于“{_short(part.ask)}”", [part.text]


def _short(ask: Ask) -> str:
    words = ask.text.strip().rstrip("。；;")
    return words if len(words) <= HEADING_LENGTH else words[: HEADING_LENGTH - 1] + "…"


def _chapter(heading: str, lines: list[str]) -> list[tuple[str, list[str]]]:
    return [(heading, lines)] if lines else []


def _promises(reply: Reply) -> list[str]:
    promises = reply.standing_promises
    return [f"{place}.{_promise(promise)}" for place, promise in enumerate(promises, 1)]


def _promise(promise: Promise) -> str:
    money = f"，安排资金{(Decimal(promise.money) / FEN_PER_WAN).normalize():f}万元" if promise.money else ""
    done = f"{promise.what.rstrip('。')}（{promise.measure}）{money}"
    return f"{done}，由{promise.owner}负责，于{chinese_date(promise.due_on)}前完成。"


def _opinions(reply: Reply) -> list[tuple[str, list[str]]]:
    """The countersigned views of co-units that the drafter's own words do not name (QD §24, SH §17)."""
    said = text_of(reply).whole if reply.assignment.role == Role.LEAD else ""
    lines = [
        f"{share.unit.name}会办意见：{opinion.text}"
        for share in _helping(reply)
        if not rules.mentions(said, share.unit.name, share.unit.short_name)
        for opinion in share.opinions.all()
        if opinion.state == OpinionState.COUNTERSIGNED
    ]
    return _chapter("会办单位意见", lines)


def _helping(reply: Reply) -> list[Assignment]:
    """The co-units whose views the lead states, in the order in which they were asked."""
    if reply.assignment.role != Role.LEAD:
        return []
    newest = rules.newest_shares(list(reply.suggestion.assignments.all()))
    return sorted((share for share in newest if share.role == Role.CO), key=lambda share: share.pk)


def _attachments(reply: Reply) -> list[str]:
    mine = [a for a in reply.suggestion.attachments.all() if (a.noun, a.object_id) == ("reply", reply.pk)]
    return [attachment.name.rpartition(".")[0] or attachment.name for attachment in mine]


def _copies(reply: Reply) -> list[str]:
    """The recipients of the measure, and the co-units that had a part in it."""
    system = reply.assignment.handover.organ.system
    helpers = [share.unit.name for share in _helping(reply)]
    return list(dict.fromkeys([*measure_for(reply.suggestion).copies_for(system), *helpers]))


def asks_of(share: Assignment) -> list[Ask]:
    """The asks that a share answers: its own, or all of the suggestion where none was picked."""
    return list(share.asks.all()) or list(share.suggestion.asks.all())


def text_of(reply: Reply) -> rules.ReplyText:
    """What the check-up looks at, but for likeness to earlier replies."""
    parts = list(reply.parts.all())
    heard = {contact.proposer_id for contact in reply.assignment.contacts.all()}
    masked = reply.suggestion.is_masked
    return rules.ReplyText(
        asks=[(ask.number, ask.text) for ask in asks_of(reply.assignment)],
        answers={part.ask.number: part.text for part in parts if part.ask is not None},
        general="\n".join(part.text for part in parts if part.ask is None),
        reason=reply.reason,
        promises=[promise.what for promise in reply.standing_promises],
        unheard=[p.name for p in _addressed(reply.suggestion) if not masked and p.pk not in heard],
        co_units=[(share.unit.name, share.unit.short_name) for share in _helping(reply)],
    )


def checkup_of(reply: Reply) -> list[rules.Finding]:
    """The advice on a reply, with its likeness to what the unit has answered before."""
    text = text_of(reply)
    said = shingles(text.whole)
    earlier = [
        (_name_of(old), overlap(said, shingles("\n".join(part.text for part in old.parts.all()))))
        for old in _earlier(reply)
    ]
    return rules.checkup(dataclasses.replace(text, earlier=earlier))


def _earlier(reply: Reply) -> list[Reply]:
    """What the unit sent last, without the versions that this reply corrects."""
    sent = Reply.objects.filter(assignment__unit=reply.assignment.unit_id, state=ReplyState.SENT)
    newest = sent.exclude(pk__in=[reply.pk, reply.corrects_id or 0]).order_by("-sent_on", "-pk")
    return list(newest.select_related("suggestion").prefetch_related("parts")[:EARLIER_REPLIES])


def _name_of(reply: Reply) -> str:
    number = numbered(reply.suggestion.number_text or str(reply.suggestion_id))
    return _("%(year)s年对%(number)s建议的答复") % {
        "year": reply.sent_on.year if reply.sent_on else "",
        "number": number,
    }


def addressees(suggestion: Suggestion) -> list[Proposer]:
    """Who is sent the reply under the measure: everybody who stands behind the text, or the lead for all."""
    standing = _addressed(suggestion)
    if measure_for(suggestion).setting("addressees") == "lead":
        return [proposer for proposer in standing if proposer.is_lead]
    return standing


def stands_on_silence(reply: Reply) -> bool:
    """Whether a stage that gates sending is settled only by the silence of the deputy (model.md rule 1)."""
    if reply.kind in (ReplyKind.INTERIM, ReplyKind.IN_SESSION):
        return False
    stages = {stage.code for stage in measure_for(reply.suggestion).stages_before(Gate.SENDING)}
    contacts = [contact for contact in reply.assignment.contacts.all() if contact.stage.code in stages]
    heard = {c.stage.code for c in contacts if c.state in (ContactState.CONFIRMED, ContactState.WAIVED)}
    silent = {c.stage.code for c in contacts if c.state == ContactState.UNCONFIRMED}
    return bool(silent - heard)


def template_for(reply: Reply) -> LetterTemplate | None:
    """The newest template of the unit, else of the congress."""
    rows = LetterTemplate.objects.filter(congress=reply.suggestion.congress_id).select_related("file")
    unit = reply.assignment.unit_id
    return rows.filter(unit=unit).first() or rows.filter(unit=None).first()
