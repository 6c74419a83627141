"""Knows how a draw is made: the list frozen and hashed first, the seed later, the checks, and the conclusion."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from tibandu.base import journal
from tibandu.base.flow import NotYourStep, Refused
from tibandu.base.verbs import verb
from tibandu.oversight.enums import LotState
from tibandu.oversight.flow.draws import DRAW, DRAWER, LOT
from tibandu.oversight.models import Draw, Lot
from tibandu.oversight.queries.draws import claims
from tibandu.oversight.rules.draws import digest_of, listing, picked
from tibandu.people.actions import tell
from tibandu.people.enums import Competence, MessageKind
from tibandu.people.models import Unit
from tibandu.people.queries import Actor, unit_holding
from tibandu.suggestions.models import Reply

MOST_LISTED = 5000


@transaction.atomic
def freeze_draw(
    actor: Actor,
    *,
    at: datetime,
    title: str,
    since: date,
    until: date,
    wanted: int,
    seed_name: str,
    seed_on: date,
    unit: Unit | None = None,
) -> Draw:
    """Fixes the list and publishes its digest; from now on no line of it changes."""
    if actor.congress_id is None or not DRAWER.holds(actor, None):
        raise NotYourStep(_("冻结抽查名单"))
    today = localdate(at)
    if seed_on <= today:
        raise Refused(_("种子须是名单冻结以后的公开数字。"), {"seed_on": _("须晚于今天")})
    replies = _enough(list(claims(actor, since, until, unit)[: MOST_LISTED + 1]), wanted)
    lines = _numbered(replies)
    draw = Draw.objects.create(
        congress_id=actor.congress_id,
        title=title,
        since=since,
        until=until,
        unit=unit,
        wanted=wanted,
        list_digest=digest_of(listing(lines)),
        seed_name=seed_name,
        seed_on=seed_on,
        frozen_on=today,
        frozen_by_id=actor.unit_id,
    )
    Lot.objects.bulk_create(
        Lot(draw=draw, number=line[0], reply=reply, line=listing([line]).rstrip("\n"))
        for line, reply in zip(lines, replies, strict=True)
    )
    _begun(actor, draw, len(lines), at)
    return draw


def _numbered(replies: list[Reply]) -> list[tuple[Any, ...]]:
    """Each with its place on the list and what the list says of it."""
    return [
        (n, r.pk, r.suggestion.number_text, r.assignment.unit, r.category, r.sent_on)
        for n, r in enumerate(replies, 1)
    ]


def _enough(replies: list[Reply], wanted: int) -> list[Reply]:
    """The same, where so many can be picked from them."""
    if wanted <= len(replies) <= MOST_LISTED and replies:
        return replies
    sentence = _("这些条件下有%(n)s件，不能从中抽取%(k)s件。") % {"n": len(replies), "k": wanted}
    raise Refused(sentence, {"wanted": sentence})


def _begun(actor: Actor, draw: Draw, count: int, at: datetime) -> None:
    facts = {
        "名单件数": count,
        "名单SHA-256": draw.list_digest,
        "种子来源": draw.seed_name,
        "种子日期": draw.seed_on.isoformat(),
        "抽取件数": draw.wanted,
    }
    journal.record(
        draw,
        actor,
        noun="draw",
        object_id=draw.pk,
        verb="freeze_draw",
        label="冻结抽查名单",
        at=at,
        target=draw.state,
        facts=facts,
    )
    _tell(draw, f"抽查名单已冻结，{draw.seed_on.isoformat()}公布种子后请录入：{draw}", at, MessageKind.NOTICE)


@verb
def enter_seed(actor: Actor, draw: Draw, *, at: datetime, seed: str) -> None:
    """The public number is entered and picks; the picks follow from list and seed alone."""
    seed = "".join(seed.split())
    count = draw.lots.count()
    numbers = picked(seed, count, draw.wanted)
    facts = {"种子": seed, "抽中序号": "、".join(map(str, numbers))}
    DRAW.take("enter_seed", actor, draw, at=at, facts=facts, seed=seed, drawn_on=localdate(at))
    lots = {lot.number: lot for lot in draw.lots.filter(number__in=numbers)}
    for place, number in enumerate(numbers, 1):
        lots[number].state, lots[number].place = LotState.PICKED, place
    Lot.objects.bulk_update(lots.values(), ["state", "place"])
    _tell(draw, f"已抽取{len(numbers)}件，请现场核查：{draw}", at)


@verb
def check_lot(actor: Actor, lot: Lot, *, at: datetime, agrees: bool, held_on: date, words: str) -> None:
    """What was found on site beside what the unit said of itself; after the last one the draw is checked."""
    if held_on > localdate(at) or (lot.draw.drawn_on and held_on < lot.draw.drawn_on):
        sentence = _("核查日期须在抽取以后、今天以前。")
        raise Refused(sentence, {"held_on": sentence})
    finding = "相符" if agrees else "不相符"
    facts = {"序号": lot.number, "结论": finding}
    LOT.take(
        "check_lot",
        actor,
        lot,
        at=at,
        words=words,
        facts=facts,
        agrees=agrees,
        held_on=held_on,
        checked_by=str(actor)[:60],
    )
    Lot.objects.filter(pk=lot.pk).update(words=words)
    draw = lot.draw
    if not agrees:
        _tell(draw, f"现场核查与单位自报不相符，请研究处理：{lot}", at, key=f"lot:{lot.pk}")
    if not draw.lots.filter(state=LotState.PICKED).exists():
        DRAW.take("finish_checks", actor, draw, at=at)
        _tell(draw, f"抽中各件已核查完毕，请办结：{draw}", at, key="finished")


@verb
def close_draw(actor: Actor, draw: Draw, *, at: datetime, words: str) -> None:
    """The conclusion is written and the draw is over."""
    checked = draw.lots.filter(state=LotState.CHECKED)
    facts = {"核查件数": checked.count(), "不相符": checked.filter(agrees=False).count()}
    DRAW.take(
        "close_draw", actor, draw, at=at, words=words, facts=facts, conclusion=words, closed_on=localdate(at)
    )


def _tell(draw: Draw, title: str, at: datetime, kind: MessageKind = MessageKind.TODO, key: str = "") -> None:
    """Tells the body that draws, and whoever closes; the units are not warned of a check."""
    closer = unit_holding(draw.congress_id, Competence.CLOSE)
    units = {unit for unit in (draw.frozen_by_id, closer.pk if closer else None) if unit}
    tell(
        key=f"{draw.chain}:{key or draw.journal_seq}",
        units=sorted(units),
        kind=kind,
        title=title,
        url=draw.get_absolute_url(),
        at=at,
    )
