"""Uploads: what a file really is, why one is refused, and storing it once under the hash of its content."""

import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import IO
from zipfile import BadZipFile, ZipFile

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

MOST_BYTES = 50 * 1024 * 1024
MOST_UNPACKED = 300 * 1024 * 1024
MOST_ENTRIES = 5_000
MOST_RATIO = 200
LONGEST_NAME = 120

# fmt: off
KINDS = {
    "pdf":  "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "doc":  "application/msword",
    "xls":  "application/vnd.ms-excel",
    "wps":  "application/vnd.ms-works",
    "et":   "application/vnd.ms-excel",
    "ofd":  "application/ofd",
    "ods":  "application/vnd.oasis.opendocument.spreadsheet",
    "png":  "image/png",
    "jpg":  "image/jpeg",
    "txt":  "text/plain; charset=utf-8",
    "csv":  "text/csv; charset=utf-8",
}
# fmt: on
_COMPOUND = frozenset({"doc", "xls", "wps", "et"})
_PACKED = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx", "OFD.xml": "ofd"}
_WPS_PACKED = {"wps": "docx", "et": "xlsx"}
_MACRO_ENDINGS = frozenset({"docm", "dotm", "xlsm", "xltm", "xlam", "pptm", "xlsb"})
_MACRO_PARTS = re.compile(r"(^|/)(vbaProject\.bin|macrosheets/.*|Basic/.*)$", re.IGNORECASE)
_OUTSIDE = re.compile(r"^[/\\]|(^|[/\\])\.\.([/\\]|$)")
_COMPOUND_MACROS = "_VBA_PROJECT".encode("utf-16-le")
_COMPOUND_LOCKED = "EncryptedPackage".encode("utf-16-le")
_SECTOR = 512
_WORD_HEAD, _BOOK_HEAD, _LOCKED_BOOK = b"\xec\xa5", b"\x09\x08\x10\x00\x00\x06\x05\x00", b"\x2f\x00"
_BEFORE_PDF = b"\x00\t\n\x0b\x0c\r \xef\xbb\xbf"
_END_OF_ARCHIVE = b"PK\x05\x06"
# Names of devices, under which Windows keeps no file.
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)\s*(\.|$)", re.IGNORECASE)
_NOT_IN_NAME = re.compile(r"[\x00-\x1f\x7f/\\\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_NOT_IN_TEXT = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


class FileProblem(Exception):
    """A file is refused; the message is a sentence for the person who sent it."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What is known of a file that was kept."""

    sha256: str
    size: int
    name: str
    kind: str

    @property
    def path(self) -> str:
        return path_of(self.sha256)

    @property
    def content_type(self) -> str:
        return KINDS[self.kind]


def path_of(sha256: str) -> str:
    """Where the content with this hash lies in the storage."""
    return f"files/{sha256[:2]}/{sha256}"


def store(file: "File[bytes]", *, most: int = MOST_BYTES) -> Stored:
    """Check an upload and keep its content; the same content is kept once. Call it before a transaction opens."""
    name = checked_name(file.name or "")
    content = file.read(most + 1)
    return store_content(content, name, most=most)


def store_content(content: bytes, name: str, *, most: int = MOST_BYTES) -> Stored:
    """The same for content at hand, as after a scrub."""
    kind = checked_kind(content, checked_name(name), most=most)
    sha256 = hashlib.sha256(content).hexdigest()
    path = path_of(sha256)
    if not default_storage.exists(path):
        kept = default_storage.save(path, ContentFile(content))
        if kept != path:  # another process kept the same content between the two lines
            default_storage.delete(kept)
    return Stored(sha256, len(content), name, kind)


def open_stored(sha256: str) -> IO[bytes]:
    return default_storage.open(path_of(sha256))


def checked_name(name: str) -> str:
    """The name as it came, or a refusal when it could mislead a person or a file system."""
    is_odd = _NOT_IN_NAME.search(name) or _RESERVED.match(name) or name.startswith(".")
    if is_odd or not name.strip(" ."):
        raise FileProblem(_("文件名里有不允许的字符或路径，请改名后再上传。"))
    if len(name) > LONGEST_NAME:
        raise FileProblem(_("文件名超过 %(n)d 个字，请改短后再上传。") % {"n": LONGEST_NAME})
    return name


def checked_kind(content: bytes, name: str, *, most: int = MOST_BYTES) -> str:
    """The kind of a file (a key of KINDS), where content and ending agree and nothing speaks against it."""
    if not content:
        raise FileProblem(_("文件是空的。"))
    if len(content) > most:
        raise FileProblem(_("文件超过 %(n)s MB。") % {"n": f"{most / 1024 / 1024:.15g}"})
    ending = PurePath(name).suffix.lower().removeprefix(".").replace("jpeg", "jpg")
    if ending in _MACRO_ENDINGS:
        raise FileProblem(_("文件带有宏，请另存为不带宏的格式后再上传。"))
    if ending not in KINDS:
        known = "、".join(KINDS)
        raise FileProblem(
            _("不收“%(ending)s”这种文件，可以上传：%(known)s。") % {"ending": ending, "known": known}
        )
    if not _agrees(content, ending):
        raise FileProblem(_("文件内容与扩展名“%(ending)s”不符。") % {"ending": ending})
    return ending


def _agrees(content: bytes, ending: str) -> bool:
    if content.startswith(b"PK\x03\x04"):
        return _WPS_PACKED.get(ending, ending) == _packed_kind(content)
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        _refuse_compound(content)
        return ending in _COMPOUND
    if ending in ("txt", "csv"):
        return _is_text(content)
    _refuse_appended(content)
    if ending == "pdf":
        before, sign, _rest = content[:1024].partition(b"%PDF-")
        return bool(sign) and not before.strip(_BEFORE_PDF)
    signs = {"png": b"\x89PNG\r\n\x1a\n", "jpg": b"\xff\xd8\xff"}
    return ending in signs and content.startswith(signs[ending])


def _refuse_appended(content: bytes) -> None:
    """A document or picture that ends as an archive is two files in one: what is looked at is not what is opened."""
    place = content.rfind(_END_OF_ARCHIVE, -65_557)
    if place >= 0 and place + 22 + int.from_bytes(content[place + 20 : place + 22], "little") == len(content):
        raise FileProblem(_("文件里藏有另一个文件，不能上传。"))


def _packed_kind(content: bytes) -> str:
    """What an archive is by the parts in it; one that is only an archive is nothing we take."""
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            _refuse_archive(archive, len(content))
            names = archive.namelist()
            if "mimetype" in names and archive.read("mimetype")[:64] == KINDS["ods"].encode():
                if "META-INF/manifest.xml" in names and b"encryption-data" in archive.read(
                    "META-INF/manifest.xml"
                ):
                    raise FileProblem(_("文件加了密码，请去掉密码后再上传。"))
                return "ods"
    except (BadZipFile, NotImplementedError, RuntimeError) as problem:
        raise FileProblem(_("文件已损坏，打不开。")) from problem
    return next((kind for part, kind in _PACKED.items() if part in names), "zip")


def _refuse_archive(archive: ZipFile, size: int) -> None:
    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    is_dense = unpacked > MOST_RATIO * size and unpacked > 10 * 1024 * 1024
    if len(entries) > MOST_ENTRIES or unpacked > MOST_UNPACKED or is_dense:
        raise FileProblem(_("文件解开后过大，不能上传。"))
    if any(entry.flag_bits & 1 for entry in entries):
        raise FileProblem(_("文件加了密码，请去掉密码后再上传。"))
    if any(_OUTSIDE.search(entry.filename) for entry in entries):
        raise FileProblem(_("文件里藏有越界的路径，不能上传。"))
    if any(_MACRO_PARTS.search(entry.filename) for entry in entries):
        raise FileProblem(_("文件带有宏，请另存为不带宏的格式后再上传。"))


def _refuse_compound(content: bytes) -> None:
    if _COMPOUND_LOCKED in content or any(map(_is_locked, _sectors(content))):
        raise FileProblem(_("文件加了密码，请去掉密码后再上传。"))
    if _COMPOUND_MACROS in content:
        raise FileProblem(_("文件带有宏，请另存为不带宏的格式后再上传。"))


def _sectors(content: bytes) -> Iterator[bytes]:
    """The beginnings of the sectors of an old Office file, where its streams begin."""
    return (content[place : place + 24] for place in range(_SECTOR, len(content), _SECTOR))


def _is_locked(start: bytes) -> bool:
    """Whether a stream begins as a Word text or a workbook that says of itself that it is encrypted."""
    if start.startswith(_WORD_HEAD):
        return len(start) > 11 and bool(start[11] & 1)
    return start.startswith(_BOOK_HEAD) and start[20:22] == _LOCKED_BOOK


def _is_text(content: bytes) -> bool:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return _NOT_IN_TEXT.search(content.decode(encoding)) is None
        except UnicodeDecodeError:
            continue
    return False
