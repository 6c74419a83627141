"""Knows how packets are sent and taken: signed and chained on the way out, looked at with suspicion on the way in."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from pydantic import ValidationError

from tibandu.base import files, journal, packets
from tibandu.base.flow import NotYourStep, Refused
from tibandu.base.models import StoredFile
from tibandu.base.packets import PacketProblem
from tibandu.base.papers import PaperProblem
from tibandu.base.verbs import verb
from tibandu.oversight.actions.cases import keep_files
from tibandu.oversight.actions.receiving import Arrival, arrive
from tibandu.oversight.enums import Direction, PacketKind, PacketState, PartnerKind, PartnerState
from tibandu.oversight.flow.packets import PACKET, PARTNER
from tibandu.oversight.flow.referrals import PROCURATORATE
from tibandu.oversight.models import Packet, Partner, ProcuratorialPaper, Referral
from tibandu.oversight.queries import packets as queries
from tibandu.oversight.queries.letters import Travelling, travelling_referral, travelling_replies
from tibandu.people.enums import Competence
from tibandu.people.models import Congress
from tibandu.people.queries import SYSTEM, Actor
from tibandu.suggestions.enums import ON_FILE
from tibandu.suggestions.models import Suggestion

FILE_KIND = "packet"


def hand_of(congress: Congress) -> Actor:
    """The system acting for one congress, as the command line does."""
    return replace(SYSTEM, congress_id=congress.pk)


def _may_exchange(actor: Actor) -> bool:
    return actor.congress_id is not None and actor.may(Competence.SCREEN)


@transaction.atomic
def add_partner(actor: Actor, *, at: datetime, name: str, kind: str, code: str, public_key: str) -> Partner:
    """Trusts a key that was handed over in person and compared by its fingerprint."""
    if not _may_exchange(actor):
        raise NotYourStep(_("添加交换对象"))
    key = public_key.strip()
    if not packets.is_public_key(key):
        raise Refused(_("公钥应当是 44 个字符的一行。"), {"public_key": _("请核对公钥")})
    try:
        with transaction.atomic():
            partner = Partner.objects.create(
                congress_id=actor.congress_id, name=name, kind=PartnerKind(kind), code=code, public_key=key
            )
    except IntegrityError:
        raise Refused(_("这个对象已经在名单中。"), {"public_key": _("公钥和代码已经登记")}) from None
    journal.record(
        partner,
        actor,
        noun="partner",
        object_id=partner.pk,
        verb="add_partner",
        label=_("添加交换对象"),
        at=at,
        target=partner.state,
        facts={"名称": name, "指纹": packets.fingerprint(key)},
    )
    return partner


@verb
def end_trust(actor: Actor, partner: Partner, *, at: datetime, words: str) -> None:
    """Nothing is sent to a partner or taken from it any more; what was exchanged stays."""
    PARTNER.take("end_trust", actor, partner, at=at, words=words)


@verb
def renew_trust(actor: Actor, partner: Partner, *, at: datetime, words: str = "") -> None:
    """Takes a partner up again under the same key."""
    PARTNER.take("renew_trust", actor, partner, at=at, words=words)


# -- out ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Content:
    """What goes into a packet, gathered before the transaction begins."""

    kind: PacketKind
    title: str
    members: dict[str, bytes]
    rows: dict[str, Any]


def send_packet(
    actor: Actor,
    partner: Partner,
    *,
    at: datetime,
    kind: str,
    suggestion: Suggestion | None = None,
    referral: Referral | None = None,
    paper: ProcuratorialPaper | None = None,
    words: str = "",
) -> Packet:
    """Makes a signed packet for a partner, numbered and chained to the one before; it is carried there by hand or by line."""
    rows = {"suggestion": suggestion, "referral": referral, "paper": paper}
    PARTNER.check("send_packet", actor, partner, localdate(at))
    _check_rows(actor, PacketKind(kind), partner, rows)
    try:
        content = _gathered(PacketKind(kind), partner, rows, words)
    except PaperProblem as problem:  # a letter that cannot be set
        raise Refused(str(problem)) from problem
    sent: Packet = _send(actor, partner, at=at, content=content)
    return sent


def _check_rows(actor: Actor, kind: PacketKind, partner: Partner, rows: dict[str, Any]) -> None:
    """The row that a kind speaks of is there, belongs to this congress, and may leave the house."""
    suggestion, referral, paper = rows["suggestion"], rows["referral"], rows["paper"]
    asked = {
        PacketKind.SUGGESTION: suggestion,
        PacketKind.REFERRAL: referral,
        PacketKind.PROCURATORIAL_PAPER: paper,
        PacketKind.RESULT: referral or suggestion,
    }.get(kind)
    if asked is None:
        raise Refused(_("请选择数据包里装哪一件。"), {"kind": _("请选择内容")})
    if any(row is not None and row.congress_id != partner.congress_id for row in rows.values()):
        raise Refused(_("只能发送本级人大的事项。"))
    if PROCURATORATE.holds(actor, partner) and kind == PacketKind.SUGGESTION:
        raise Refused(_("代表建议由人大发送。"))
    if suggestion and (suggestion.state not in ON_FILE or suggestion.is_classified):
        raise Refused(_("立案编号以后的建议才能发送，涉密件线下办理。"))
    if kind == PacketKind.REFERRAL and referral.passed_on is None:
        raise Refused(_("线索移送以后才能发送。"))


def _gathered(kind: PacketKind, partner: Partner, rows: dict[str, Any], words: str) -> Content:
    """The body of a kind with its files."""
    suggestion, referral, paper = rows["suggestion"], rows["referral"], rows["paper"]
    attached: Sequence[tuple[str, StoredFile]] = ()
    letters: list[Travelling] = []
    if kind == PacketKind.SUGGESTION:
        said, attached = {"suggestion": queries.suggestion_said(suggestion)}, queries.files_of(suggestion)
    elif kind == PacketKind.REFERRAL:
        letters = [letter] if (letter := travelling_referral(referral)) else []
        said = queries.referral_said(referral, letter)
        attached = queries.files_of(referral.suggestion)
    elif kind == PacketKind.PROCURATORIAL_PAPER:
        brought = queries.brought_by(partner, referral=paper.referral)
        said = queries.paper_said(paper, brought.digest if brought else "")
        attached = [(paper.file_name, paper.file)] if paper.file else ()
        rows = {"paper": paper, "referral": paper.referral}
    else:
        said, letters = _result(partner, suggestion, referral, words)
    body = queries.BODIES[kind].model_validate(said)
    title = str(paper or referral or suggestion)
    return Content(kind, title[:200], queries.members_of(body, attached, letters), rows)


def _result(
    partner: Partner, suggestion: Suggestion | None, referral: Referral | None, words: str
) -> tuple[dict[str, Any], list[Travelling]]:
    """What became of what the partner brought, with the letters of the replies."""
    brought = queries.brought_by(
        partner, **({"referral": referral} if referral else {"suggestion": suggestion})
    )
    if brought is None:
        raise Refused(_("这一件不是由对方的数据包送来的，没有可以反馈的对象。"))
    about = suggestion or (referral.suggestion if referral else None)
    answers = list(travelling_replies(about))
    row = referral or suggestion
    assert row is not None
    said = queries.result_said(brought.digest, row, words, answers)
    return said, [letter for _reply, letter in answers if letter]


@verb
def _send(actor: Actor, partner: Partner, *, at: datetime, content: Content) -> Packet:
    return _made(actor, partner, at, content)


def _made(
    actor: Actor, partner: Partner, at: datetime, content: Content, answers: Packet | None = None
) -> Packet:
    """Signs the next packet of the chain to a partner, whose row is locked, and keeps its bytes."""
    heading = packets.Heading(
        kind=content.kind,
        sender=queries.own_party(partner.congress),
        recipient=packets.Party(partner.public_key, partner.code, partner.name),
        sequence=partner.last_sent + 1,
        previous=queries.last_digest(partner),
        created_at=at,
    )
    try:
        packed = packets.build(queries.private_key(), heading, content.members)
    except PacketProblem as problem:
        raise Refused(str(problem)) from problem
    made = Packet.objects.create(
        partner=partner,
        direction=Direction.OUT,
        kind=content.kind,
        state=PacketState.RECEIPTED if content.kind == PacketKind.RECEIPT else PacketState.SENT,
        sequence=heading.sequence,
        digest=packets.digest_of(packed),
        previous=heading.previous,
        title=content.title,
        made_at=at,
        recorded_at=at,
        recorded_by=actor.person_name,
        file=_kept(packed, at),
        answers=answers,
        **content.rows,
    )
    facts = {"内容": content.title, "序号": str(made.sequence), "摘要": made.digest}
    PARTNER.take("send_packet", actor, partner, at=at, facts=facts, last_sent=made.sequence)
    return made


def hold_packet(content: bytes) -> str:
    """Keeps the bytes of a sound packet until somebody says that it be taken; answers their digest."""
    sha256 = hashlib.sha256(content).hexdigest()
    path = files.path_of(sha256)
    if not default_storage.exists(path):
        default_storage.save(path, ContentFile(content))
    return sha256


def held_packet(sha256: str) -> bytes | None:
    """Bytes that were kept to be looked at."""
    is_digest = len(sha256) == 64 and sha256.isascii() and sha256.isalnum()
    if not is_digest or not default_storage.exists(files.path_of(sha256)):
        return None
    with files.open_stored(sha256) as kept:
        return kept.read()


def _kept(content: bytes, at: datetime) -> StoredFile:
    """The bytes of a packet under their digest, as other files are kept."""
    known = {"size": len(content), "kind": FILE_KIND, "stored_at": at}
    return StoredFile.objects.get_or_create(sha256=hold_packet(content), defaults=known)[0]


# -- in ----------------------------------------------------------------------------------------------------------------


def look_at(actor: Actor, content: bytes) -> tuple[Partner, packets.Packet, queries.Said]:
    """What a packet holds and who signed it; refused with its sentence where it is not sound, not ours or not new."""
    if not _may_exchange(actor):
        raise NotYourStep(_("接收数据包"))
    try:
        packet = packets.read(content)
        body = packet.body
    except PacketProblem as problem:
        raise Refused(str(problem)) from problem
    heading = packet.heading
    congress = Congress.objects.get(pk=actor.congress_id)
    us = queries.own_party(congress)
    if (heading.recipient.key, heading.recipient.code) != (us.key, us.code):
        raise Refused(_("这个数据包是给“%(name)s”的，不是给本级的。") % {"name": heading.recipient.name})
    partner = queries.partner_of(congress.pk, heading.sender)
    if partner is None:
        raise Refused(_("发送方“%(name)s”不在交换对象名单中。") % {"name": heading.sender.name})
    if partner.state != PartnerState.TRUSTED:
        raise Refused(_("已停止与“%(name)s”交换。") % {"name": partner.name})
    _check_new(partner, packet)
    return partner, packet, _understood(heading.kind, body)


def _check_new(partner: Partner, packet: packets.Packet) -> None:
    """A packet is taken once, and each number once; the chain of a partner does not fork."""
    heading = packet.heading
    if seen := queries.packet_seen(partner, packet.digest, heading.sequence):
        if seen.digest == packet.digest:
            raise Refused(_("这个数据包已经接收过（%(at)s）。") % {"at": localdate(seen.recorded_at)})
        raise Refused(_("第 %(n)d 号数据包已经接收过，内容却不同，请与对方核对。") % {"n": heading.sequence})
    before = queries.packet_before(partner, heading.sequence)
    if before and before.digest != heading.previous:
        raise Refused(_("与前一个数据包不衔接，请与对方核对。"))


def _understood(kind: str, body: dict[str, Any]) -> queries.Said:
    if kind not in queries.BODIES:
        raise Refused(_("数据包的内容“%(kind)s”本系统还不认识，请先升级。") % {"kind": kind[:40]})
    try:
        return queries.BODIES[kind].model_validate(body)
    except ValidationError as problem:
        places = "、".join(".".join(map(str, error["loc"])) for error in problem.errors()[:5])
        raise Refused(_("数据包正文不完整或者填写有误：%(places)s。") % {"places": places}) from problem


def take_packet(actor: Actor, content: bytes, *, at: datetime) -> Packet:
    """Takes a packet whole or not at all: a suggestion is put on file, a lead or a paper begins, a receipt is noted."""
    partner, packet, body = look_at(actor, content)
    stored = _stored_files(packet, body)
    taken: Packet = _take(actor, partner, at=at, content=content, packet=packet, body=body, stored=stored)
    return taken


def _stored_files(packet: packets.Packet, body: queries.Said) -> list[files.Stored]:
    """The files in a packet, looked into as if somebody had uploaded them; a letter is held against its digest, too."""
    stored = []
    for row in body.enclosed():
        content = packet.members.get(row.member)
        if content is None or getattr(row, "sha256", "") not in ("", hashlib.sha256(content).hexdigest()):
            raise Refused(_("成员“%(name)s”与清单不符，可能被改动过。") % {"name": row.member})
        try:
            stored.append(files.store_content(content, row.name))
        except files.FileProblem as problem:
            raise Refused(f"{row.name}：{problem}") from problem
    return stored


@verb
def _take(
    actor: Actor,
    partner: Partner,
    *,
    at: datetime,
    content: bytes,
    packet: packets.Packet,
    body: queries.Said,
    stored: list[files.Stored],
) -> Packet:
    _check_new(partner, packet)  # another clerk may have taken it since it was looked at
    heading = packet.heading
    arrival = arrive(actor, partner, heading.kind, body, stored, at)
    taken = Packet.objects.create(
        partner=partner,
        direction=Direction.IN,
        kind=heading.kind,
        state=PacketState.TAKEN,
        sequence=heading.sequence,
        digest=packet.digest,
        previous=heading.previous,
        title=arrival.title[:200],
        words=arrival.words,
        made_at=heading.created_at,
        recorded_at=at,
        recorded_by=actor.person_name,
        file=_kept(content, at),
        answers=arrival.answers,
        **arrival.rows,
    )
    if heading.kind == PacketKind.RESULT:
        keep_files(actor, "packet", taken.pk, stored, at=at)
    facts = {"内容": taken.title, "序号": str(taken.sequence), "摘要": taken.digest}
    last_seen = max(partner.last_seen, taken.sequence)
    PARTNER.take("take_packet", actor, partner, at=at, facts=facts, last_seen=last_seen)
    if heading.kind == PacketKind.RECEIPT:
        _note_receipt(actor, partner, arrival, at)
    else:
        _answer_with_receipt(actor, partner, taken, arrival, at)
    return taken


def _note_receipt(actor: Actor, partner: Partner, arrival: Arrival, at: datetime) -> None:
    sent = arrival.answers
    if sent is not None and sent.state == PacketState.SENT:
        sent.partner = partner
        PACKET.take("note_receipt", actor, sent, at=at, words=arrival.words, receipted_at=at)


def _answer_with_receipt(
    actor: Actor, partner: Partner, taken: Packet, arrival: Arrival, at: datetime
) -> None:
    """Every packet but a receipt is answered by one, to be carried back."""
    body = queries.ReceiptBody(about=taken.digest, number=arrival.number, words=_("已接收"))
    title = _("回执：%(title)s") % {"title": taken.title}
    content = Content(PacketKind.RECEIPT, title[:200], queries.members_of(body, ()), {})
    _made(actor, partner, at, content, answers=taken)
