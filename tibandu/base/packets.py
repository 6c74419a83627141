"""The exchange packet: one signed archive that holds what one office hands to another, read with suspicion.

A packet is a zip of uncompressed members: `manifest.json`, `signature` (Ed25519 over the bytes of the manifest, base64),
and the members that the manifest lists with size and SHA-256. Its digest is the SHA-256 of the manifest.
"""

import base64
import binascii
import hashlib
import io
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from zipfile import ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.utils.translation import gettext as _

FORMAT, VERSION = "tibandu-packet", 1
MANIFEST, SIGNATURE, BODY, LEDGER = "manifest.json", "signature", "body.json", "ledger.csv"
MOST_BYTES = 100 * 1024 * 1024
MOST_MEMBERS = 60
MOST_MANIFEST = 64 * 1024
LAST_SEQUENCE = 2_000_000_000
_NAME = re.compile(r"(?:files/)?[a-z0-9][a-z0-9_-]{0,60}(?:\.[a-z0-9]{1,8})?")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_EPOCH = (1980, 1, 1, 0, 0, 0)  # so that the same words give the same bytes


class PacketProblem(Exception):
    """A packet is refused; the message is a sentence for the person who brought it."""


@dataclass(frozen=True)
class Party:
    """One end of an exchange: its public key (base64), its code at that installation, its name."""

    key: str
    code: str
    name: str


@dataclass(frozen=True)
class Heading:
    """What a manifest says beside its members."""

    kind: str
    sender: Party
    recipient: Party
    sequence: int
    previous: str
    created_at: datetime


@dataclass(frozen=True)
class Packet:
    """A packet that was read: heading, members whose digests agree, its own digest."""

    heading: Heading
    members: Mapping[str, bytes]
    digest: str

    @property
    def body(self) -> dict[str, Any]:
        found = _json(self.members.get(BODY, b""))
        if not isinstance(found, dict):
            raise PacketProblem(_("数据包缺少正文。"))
        return found


def new_key() -> str:
    """A private key as base64, to be kept where only the installation reads it."""
    return base64.b64encode(Ed25519PrivateKey.generate().private_bytes_raw()).decode()


def public_key(private: str) -> str:
    """The public key of a private one, to be handed to partners in person."""
    return base64.b64encode(_private(private).public_key().public_bytes_raw()).decode()


def is_public_key(text: str) -> bool:
    try:
        return len(base64.b64decode(text, validate=True)) == 32
    except (binascii.Error, ValueError):
        return False


def fingerprint(key: str) -> str:
    """A public key as people compare it over the telephone: eight groups of four."""
    text = hashlib.sha256(key.encode()).hexdigest()[:32]
    return " ".join(text[place : place + 4] for place in range(0, 32, 4))


def build(private: str, heading: Heading, members: Mapping[str, bytes]) -> bytes:
    """A packet signed with this key; the same words give the same bytes. What nobody would open is not made."""
    if len(members) + 2 > MOST_MEMBERS:  # with manifest and signature
        raise PacketProblem(_("附件和函件太多，一个数据包装不下。"))
    manifest = _manifest(heading, members)
    signature = base64.b64encode(_private(private).sign(manifest))
    packed = io.BytesIO()
    with ZipFile(packed, "w", ZIP_STORED) as archive:
        for name, content in {MANIFEST: manifest, SIGNATURE: signature, **members}.items():
            archive.writestr(ZipInfo(name, _EPOCH), content)
    if packed.tell() > MOST_BYTES:
        raise PacketProblem(_too_big())
    return packed.getvalue()


def _manifest(heading: Heading, members: Mapping[str, bytes]) -> bytes:
    listed = [
        {"name": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in members.items()
    ]
    said = {"format": FORMAT, "version": VERSION, **asdict(heading), "members": listed}
    said["created_at"] = heading.created_at.isoformat()
    return json.dumps(said, ensure_ascii=False, indent=1).encode()


def digest_of(content: bytes) -> str:
    """The digest of a packet: that of its manifest."""
    with ZipFile(io.BytesIO(content)) as archive:
        return hashlib.sha256(archive.read(MANIFEST)).hexdigest()


def read(content: bytes) -> Packet:
    """A packet whose members agree with its manifest and whose manifest was signed by the key that it names.

    Whether that key is trusted, and whether the packet is meant for us and new, is for the caller to say.
    """
    if len(content) > MOST_BYTES:
        raise PacketProblem(_too_big())
    found = _unpacked(content)
    manifest, signature = found.pop(MANIFEST, b""), found.pop(SIGNATURE, b"")
    if not manifest or not signature or len(manifest) > MOST_MANIFEST:
        raise PacketProblem(_("数据包缺少清单或者签名。"))
    said = _json(manifest)
    if not isinstance(said, dict) or said.get("format") != FORMAT:
        raise PacketProblem(_("这不是建议数据包。"))
    if said.get("version") != VERSION:
        raise PacketProblem(
            _("数据包的格式版本是 %(n)s，本系统只认 %(known)d，请先升级。")
            % {"n": said.get("version"), "known": VERSION}
        )
    heading = _heading(said)
    _check_signature(heading.sender.key, manifest, signature)
    _check_members(said.get("members"), found)
    return Packet(heading, found, hashlib.sha256(manifest).hexdigest())


def _too_big() -> str:
    return _("数据包超过 %(n)d MB。") % {"n": MOST_BYTES // 1024 // 1024}


def _unpacked(content: bytes) -> dict[str, bytes]:
    """Every member; what is compressed, overlaps, repeats or has a strange name is not opened."""
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            _check_entries(entries, len(content))
            return {entry.filename: archive.read(entry) for entry in entries}
    except (BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError) as problem:
        raise PacketProblem(_("这不是建议数据包，或者文件已经损坏。")) from problem


def _check_entries(entries: list[ZipInfo], size: int) -> None:
    names = [entry.filename for entry in entries]
    for name in names:
        if not _NAME.fullmatch(name):
            raise PacketProblem(_("数据包里有不允许的成员名“%(name)s”。") % {"name": name[:60]})
    if len(set(names)) != len(names):
        raise PacketProblem(_("数据包里有重名的成员。"))
    is_packed = any(entry.compress_type != ZIP_STORED or entry.flag_bits & 1 for entry in entries)
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_MEMBERS or unpacked > size:
        raise PacketProblem(_("数据包的成员太多或者太大，不予打开。"))
    if is_packed:
        raise PacketProblem(_("数据包里有压缩或者加密的成员，不予打开。"))


def _heading(said: Mapping[str, Any]) -> Heading:
    try:
        sender, recipient = (_party(said[name]) for name in ("sender", "recipient"))
        sequence, previous = said["sequence"], said["previous"]
        created_at = datetime.fromisoformat(said["created_at"])
        is_sound = type(sequence) is int and 0 < sequence <= LAST_SEQUENCE and created_at.tzinfo is not None
        is_chained = isinstance(previous, str) and (previous == "" or _DIGEST.fullmatch(previous))
        if not (is_sound and is_chained and isinstance(said["kind"], str)):
            raise ValueError
    except (KeyError, TypeError, ValueError, OverflowError) as problem:
        raise PacketProblem(_("数据包的清单不完整或者读不懂。")) from problem
    return Heading(said["kind"], sender, recipient, sequence, previous, created_at)


def _party(said: Mapping[str, Any]) -> Party:
    party = Party(said["key"], said["code"], said["name"])
    if not all(isinstance(value, str) and len(value) <= 100 for value in asdict(party).values()):
        raise ValueError
    return party


def _check_signature(key: str, manifest: bytes, signature: bytes) -> None:
    try:
        signer = Ed25519PublicKey.from_public_bytes(base64.b64decode(key, validate=True))
        signer.verify(base64.b64decode(signature, validate=True), manifest)
    except (InvalidSignature, ValueError) as problem:
        raise PacketProblem(_("签名不符，数据包可能被改动过。")) from problem


def _check_members(listed: Any, found: Mapping[str, bytes]) -> None:
    try:
        said = {row["name"]: (row["size"], row["sha256"]) for row in listed}
    except (KeyError, TypeError) as problem:
        raise PacketProblem(_("数据包的清单不完整或者读不懂。")) from problem
    for name in sorted(said.keys() ^ found.keys()):
        raise PacketProblem(_("成员“%(name)s”与清单不符，可能被改动过。") % {"name": name})
    for name, content in found.items():
        if said[name] != (len(content), hashlib.sha256(content).hexdigest()):
            raise PacketProblem(_("成员“%(name)s”与清单不符，可能被改动过。") % {"name": name})


def _json(content: bytes) -> Any:
    """What JSON says; half a character and the zero character, which no database takes, are not read."""
    try:
        found = json.loads(content)
        if b"\\u0000" in json.dumps(found).encode():
            raise ValueError
        json.dumps(found, ensure_ascii=False).encode()
        return found
    except (ValueError, RecursionError) as problem:
        raise PacketProblem(_("数据包的清单或者正文读不懂。")) from problem


def _private(text: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(text))
