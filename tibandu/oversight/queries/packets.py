"""Knows with whom packets are exchanged, what a packet of each kind says, and what of a row goes into one."""

import csv
import io
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import BaseModel, ConfigDict, Field

from tibandu.base import packets
from tibandu.base.files import open_stored
from tibandu.base.models import StoredFile
from tibandu.oversight.enums import Direction, PacketKind, ProcuratorialKind
from tibandu.oversight.models import Enclosure, Packet, Partner, ProcuratorialPaper, Referral
from tibandu.oversight.queries.letters import Travelling, said_of
from tibandu.oversight.queries.referrals import is_procuratorate, shown_suggestion
from tibandu.people.models import Congress
from tibandu.people.queries import Actor
from tibandu.suggestions.enums import Publicity
from tibandu.suggestions.models import TEXT_LENGTH, TITLE_LENGTH, Attachment, Reply, Suggestion
from tibandu.suggestions.queries import author_names

KEY_FILE = "packet-key"


# -- what a packet says ------------------------------------------------------------------------------------------------


class Said(BaseModel):
    """A part of a body; keys that a later edition of the same version adds are passed over."""

    model_config = ConfigDict(extra="ignore")

    def enclosed(self) -> "list[FileSaid]":
        """The files that travel with this body, its letters last."""
        return list(getattr(self, "files", ()))


class FileSaid(Said):
    """A file that travels with the body: which member it is, and what it is called."""

    member: str = Field(pattern=r"^files/[a-z0-9][a-z0-9_-]{0,60}(\.[a-z0-9]{1,8})?$")
    name: str = Field(max_length=120)


class LetterSaid(FileSaid):
    """A letter as PDF, with its SHA-256, so that it can be held against the body alone."""

    sha256: str = Field(pattern="^[0-9a-f]{64}$")


class SuggestionSaid(Said):
    """A suggestion as it was put on file; a masked one names no author."""

    number: str = Field(max_length=40)
    title: str = Field(min_length=1, max_length=TITLE_LENGTH)
    facts: str = Field(default="", max_length=TEXT_LENGTH)
    analysis: str = Field(default="", max_length=TEXT_LENGTH)
    asks: list[str] = Field(min_length=1, max_length=50)
    authors: list[str] = Field(default_factory=list, max_length=200)
    is_masked: bool = False
    publicity: str = Field(default="none", pattern="^(full|title|none)$")
    registered_on: date | None = None


class SuggestionBody(Said):
    suggestion: SuggestionSaid
    files: list[FileSaid] = Field(default_factory=list, max_length=40)


class ReferralSaid(Said):
    """A lead for public-interest litigation."""

    number: str = Field(default="", max_length=60)
    title: str = Field(min_length=1, max_length=TITLE_LENGTH)
    reason: str = Field(max_length=4000)
    field_code: str = Field(default="", max_length=24)
    passed_on: date | None = None


class ReferralBody(Said):
    referral: ReferralSaid
    suggestion: SuggestionSaid | None = None
    letter: LetterSaid | None = None
    files: list[FileSaid] = Field(default_factory=list, max_length=40)

    def enclosed(self) -> list[FileSaid]:
        return [*self.files, *([self.letter] if self.letter else [])]


class PaperSaid(Said):
    """A paper of a procuratorate."""

    kind: str = Field(pattern="^[a-z_]{1,16}$")
    number: str = Field(min_length=1, max_length=60)
    issued_on: date
    title: str = Field(min_length=1, max_length=TITLE_LENGTH)
    words: str = Field(default="", max_length=4000)
    agency: str = Field(default="", max_length=80)


class PaperBody(Said):
    paper: PaperSaid
    about: str = Field(default="", pattern="^([0-9a-f]{64})?$")  # the packet that brought the lead
    files: list[FileSaid] = Field(default_factory=list, max_length=40)


class ReplySaid(Said):
    unit: str
    number: str = ""
    sent_on: date | None = None
    category: str = ""
    letter: LetterSaid | None = None


class ResultBody(Said):
    """What became of what another packet brought."""

    about: str = Field(pattern="^[0-9a-f]{64}$")
    state: str = Field(max_length=40)
    words: str = Field(default="", max_length=4000)
    replies: list[ReplySaid] = Field(default_factory=list, max_length=50)

    def enclosed(self) -> list[FileSaid]:
        return [reply.letter for reply in self.replies if reply.letter]


class ReceiptBody(Said):
    """That a packet was taken, and under which number."""

    about: str = Field(pattern="^[0-9a-f]{64}$")
    number: str = Field(default="", max_length=60)
    words: str = Field(default="", max_length=400)


BODIES: dict[str, type[Said]] = {
    PacketKind.SUGGESTION: SuggestionBody,
    PacketKind.REFERRAL: ReferralBody,
    PacketKind.PROCURATORIAL_PAPER: PaperBody,
    PacketKind.RESULT: ResultBody,
    PacketKind.RECEIPT: ReceiptBody,
}


def schema() -> dict[str, Any]:
    """The JSON Schema of every body, by kind."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"{packets.FORMAT} {packets.VERSION}: body.json",
        "kinds": {str(kind): body.model_json_schema() for kind, body in BODIES.items()},
    }


# -- who and which -----------------------------------------------------------------------------------------------------


def partners_visible_to(actor: Actor) -> QuerySet[Partner]:
    """Partners are the congress's, and its procuratorate's who sends through them."""
    rows = Partner.objects.select_related("congress")
    if actor.is_system:
        return rows
    reads = actor.is_congress_side or is_procuratorate(actor, actor.congress_id or 0)
    return rows.filter(congress=actor.congress_id) if reads else rows.none()


def packets_visible_to(actor: Actor) -> QuerySet[Packet]:
    """The congress sees every packet of its own; the procuratorate those of referrals."""
    rows = Packet.objects.select_related("partner__congress", "file", "suggestion", "referral")
    rows = rows.filter(partner__in=partners_visible_to(actor).values("pk"))
    return rows if actor.is_congress_side or actor.is_system else rows.filter(referral__isnull=False)


def sends_for_referrals(actor: Actor) -> bool:
    """Whether the actor sits in a procuratorate, which sends its papers through the congress's partners."""
    return is_procuratorate(actor, actor.congress_id or 0)


def letters_received(actor: Actor, **of: Any) -> QuerySet[Enclosure]:
    """The letters that came with packets in sight, the newest first; `of` says of which packets."""
    seen = packets_visible_to(actor).filter(**of).values("pk")
    return Enclosure.objects.filter(noun="packet", object_id__in=seen).order_by("-added_at", "-pk")


def packets_on_page(actor: Actor, partner: int | None, direction: str) -> QuerySet[Packet]:
    rows = packets_visible_to(actor)
    rows = rows.filter(partner=partner) if partner else rows
    return rows.filter(direction=direction) if direction in Direction.values else rows


def partner_of(congress_id: int, party: packets.Party) -> Partner | None:
    return Partner.objects.filter(congress=congress_id, public_key=party.key, code=party.code).first()


def packet_seen(partner: Partner, digest: str, sequence: int) -> Packet | None:
    """A packet that was taken before: the same one, or another with its number."""
    taken = partner.packets.filter(direction=Direction.IN)
    return taken.filter(digest=digest).first() or taken.filter(sequence=sequence).first()


def packet_before(partner: Partner, sequence: int) -> Packet | None:
    return partner.packets.filter(direction=Direction.IN, sequence=sequence - 1).first()


def last_digest(partner: Partner) -> str:
    """The digest of what was sent last, to which the next packet is chained."""
    last = partner.packets.filter(direction=Direction.OUT).order_by("-sequence").first()
    return last.digest if last else ""


def sent_packet(partner: Partner, digest: str) -> Packet | None:
    return partner.packets.filter(direction=Direction.OUT, digest=digest).first()


def brought_by(partner: Partner, **row: Any) -> Packet | None:
    """The packet with which a partner brought a suggestion or a referral."""
    return partner.packets.filter(direction=Direction.IN, **row).order_by("pk").first()


def receipt_of(congress_id: int, digest: str) -> Packet | None:
    """The receipt that was made for a packet we took."""
    receipts = Packet.objects.filter(partner__congress=congress_id, kind=PacketKind.RECEIPT)
    ours = receipts.filter(direction=Direction.OUT, answers__digest=digest)
    return ours.select_related("partner", "file").first()


def bytes_of(packet: Packet) -> bytes:
    """The packet as it went."""
    with open_stored(packet.file.sha256) as kept:
        return kept.read()


def private_key() -> str:
    """The installation's private key, from the environment, or made once and kept beside the data."""
    if key := os.environ.get("TIBANDU_PACKET_KEY"):
        return key
    return _key_in(Path(settings.DATA_DIR) / KEY_FILE)


@cache
def _key_in(path: Path) -> str:
    """The key in a file; one that is not there is written whole before it gets its name, so that two processes make one."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        made = path.with_name(f"{path.name}.{os.getpid()}")
        with open(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as kept:
            kept.write(packets.new_key())
        with suppress(FileExistsError):
            os.link(made, path)
        made.unlink()
    return path.read_text()


def own_party(congress: Congress) -> packets.Party:
    """How a congress of this installation signs itself."""
    return packets.Party(packets.public_key(private_key()), congress.slug, congress.name)


# -- what goes into one ------------------------------------------------------------------------------------------------


def suggestion_said(suggestion: Suggestion) -> dict[str, Any]:
    """Number, text and authors; a masked author leaves the house unnamed."""
    return {
        "number": suggestion.number_text,
        "title": suggestion.title,
        "facts": suggestion.facts,
        "analysis": suggestion.analysis,
        "asks": [ask.text for ask in suggestion.asks.all()],
        "authors": [] if suggestion.is_masked else author_names(None, suggestion),
        "is_masked": suggestion.is_masked,
        "publicity": suggestion.publicity,
        "registered_on": suggestion.registered_on,
    }


def files_of(suggestion: Suggestion | None) -> list[tuple[str, StoredFile]]:
    """The files that came with the text itself."""
    if suggestion is None:
        return []
    rows = Attachment.objects.filter(suggestion=suggestion, noun="suggestion").select_related("file")
    return [(row.name, row.file) for row in rows.order_by("pk")]


def referral_said(referral: Referral, letter: Travelling | None) -> dict[str, Any]:
    suggestion = shown_suggestion(referral)
    return {
        "referral": {
            "number": referral.letter_no,
            "title": referral.title,
            "reason": referral.reason,
            "field_code": referral.field.code if referral.field else "",
            "passed_on": referral.passed_on,
        },
        "suggestion": suggestion_said(suggestion) if suggestion else None,
        "letter": said_of(letter),
    }


def paper_said(paper: ProcuratorialPaper, about: str) -> dict[str, Any]:
    return {
        "paper": {
            "kind": paper.kind,
            "number": paper.number,
            "issued_on": paper.issued_on,
            "title": paper.referral.title,
            "words": paper.words,
            "agency": paper.referral.agency_text,
        },
        "about": about,
    }


def result_said(
    about: str,
    row: Suggestion | Referral,
    words: str,
    answers: Iterable[tuple[Reply, Travelling | None]],
) -> dict[str, Any]:
    replies = [
        {
            "unit": str(reply.assignment.unit),
            "number": reply.doc_no,
            "sent_on": reply.sent_on,
            "category": str(reply.category or ""),
            "letter": said_of(letter),
        }
        for reply, letter in answers
    ]
    return {
        "about": about,
        "state": str(row.get_state_display()),
        "words": words or getattr(row, "outcome", ""),
        "replies": replies,
    }


def members_of(
    body: Said, files: Iterable[tuple[str, StoredFile]], letters: Iterable[Travelling] = ()
) -> dict[str, bytes]:
    """The members of a packet: the body, its files and letters under plain names, and a table that people can open."""
    members = {member: content for member, _name, content in letters}
    listed = []
    for place, (name, file) in enumerate(files, 1):
        member = f"files/{place}.{file.kind}"
        with open_stored(file.sha256) as content:
            members[member] = content.read()
        listed.append({"member": member, "name": name})
    said = body.model_dump(mode="json")
    if listed:
        said["files"] = listed
    text = type(body).model_validate(said).model_dump_json(indent=1)
    return {packets.BODY: text.encode(), packets.LEDGER: ledger_of(said), **members}


def lines_of(said: Mapping[str, Any]) -> list[tuple[str, str]]:
    """A body as pairs of a name and a text."""
    lines = []
    for part, value in said.items():
        is_part = isinstance(value, Mapping) and "member" not in value
        rows = value.items() if is_part else [("", value)]
        for key, cell in rows:
            lines.append((f"{part}.{key}".rstrip("."), _text(cell)))
    return lines


def _text(cell: Any) -> str:
    """A value in one line: lists and what is in them joined, a file by its name, nothing as nothing."""
    if isinstance(cell, list):
        return "；".join(map(_text, cell))
    if isinstance(cell, Mapping) and "member" in cell:
        return str(cell["name"])
    if isinstance(cell, Mapping):
        return " ".join(filter(None, map(_text, cell.values())))
    return "" if cell is None else str(cell)


# What the keys of a body are called where people look at it before they take it.
LABELS = {
    "number": gettext_lazy("编号"),
    "title": gettext_lazy("标题"),
    "facts": gettext_lazy("情况"),
    "analysis": gettext_lazy("分析"),
    "asks": gettext_lazy("具体要求"),
    "authors": gettext_lazy("提出人"),
    "is_masked": gettext_lazy("隐去提出人"),
    "publicity": gettext_lazy("公开意见"),
    "registered_on": gettext_lazy("立案日期"),
    "reason": gettext_lazy("公共利益受损情况"),
    "field_code": gettext_lazy("法定领域"),
    "passed_on": gettext_lazy("移送日期"),
    "kind": gettext_lazy("文书"),
    "issued_on": gettext_lazy("作出日期"),
    "words": gettext_lazy("说明"),
    "agency": gettext_lazy("行政机关"),
    "about": gettext_lazy("所指的数据包"),
    "state": gettext_lazy("办理状态"),
    "replies": gettext_lazy("答复"),
    "letter": gettext_lazy("函件"),
    "files": gettext_lazy("附件"),
}


def shown_lines(body: Said) -> list[tuple[Any, Any]]:
    """What a body says, for people: named in their language, what is empty left out."""
    lines = lines_of(body.model_dump(mode="json"))
    found = [(name.rpartition(".")[2], text) for name, text in lines if text not in ("", "False")]
    return [(LABELS.get(key, key), _said(key, text)) for key, text in found]


def _said(key: str, text: str) -> Any:
    lists: dict[str, Any] = {"publicity": Publicity, "kind": ProcuratorialKind}
    if key == "is_masked":
        return _("是")
    known = lists.get(key)
    return known(text).label if known and text in known.values else text


def ledger_of(said: Mapping[str, Any]) -> bytes:
    """The same words as a table of two columns, for whoever has only a spreadsheet at hand; no cell is a formula."""
    out = io.StringIO()
    rows = ((name, f"'{text}" if text[:1] in "=+-@" and text else text) for name, text in lines_of(said))
    csv.writer(out).writerows(rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def kind_label(kind: str) -> str:
    return str(PacketKind(kind).label) if kind in PacketKind.values else _("不认识的内容")
