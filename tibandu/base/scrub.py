"""What must not travel with a file or a text: authors, tracked changes, comments, places, personal numbers."""

import io
import re
import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from lxml import etree

from tibandu.base.files import FileProblem

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TOLD_BY_META = re.compile(
    r"\}(creator|lastModifiedBy|description|keywords|category|subject|contentStatus|revision|"
    r"Company|Manager|TotalTime|Template|HyperlinkBase)$"
)
_MARKS = """
rPrChange pPrChange sectPrChange tblPrChange tblPrExChange trPrChange tcPrChange tblGridChange numberingChange
commentRangeStart commentRangeEnd commentReference annotationRef trackRevisions rsids proofErr
moveFromRangeStart moveFromRangeEnd moveToRangeStart moveToRangeEnd cellIns cellDel cellMerge
customXmlInsRangeStart customXmlInsRangeEnd customXmlDelRangeStart customXmlDelRangeEnd
"""
_CHANGE_MARKS = frozenset(_W + name for name in _MARKS.split())
_DROPPED = frozenset({_W + "del", _W + "moveFrom"})
_KEPT = frozenset({_W + "ins", _W + "moveTo"})
_EMPTIED_PARTS = re.compile(r"^(docProps/custom|word/(comments\w*|people))\.xml$")
_META_PARTS = re.compile(r"^docProps/(core|app)\.xml$")
_TEXT_PARTS = re.compile(
    r"^word/(document|header\d*|footer\d*|footnotes|endnotes|settings|styles|numbering)\.xml$"
)


def scrub_docx(content: bytes) -> bytes:
    """The same document without authors, comments and editing times, and with tracked changes accepted."""
    buffer = io.BytesIO()
    try:
        with ZipFile(io.BytesIO(content)) as source, ZipFile(buffer, "w", ZIP_DEFLATED) as target:
            for entry in source.infolist():
                plain = ZipInfo(entry.filename, (1980, 1, 1, 0, 0, 0))
                plain.compress_type = ZIP_DEFLATED
                target.writestr(plain, _scrubbed_part(entry.filename, source.read(entry)))
    except (BadZipFile, etree.XMLSyntaxError) as problem:
        raise FileProblem(_("文件已损坏，打不开。")) from problem
    return buffer.getvalue()


def _scrubbed_part(name: str, content: bytes) -> bytes:
    scrub = {_EMPTIED_PARTS: _emptied, _META_PARTS: _without_meta, _TEXT_PARTS: _without_changes}
    for pattern, change in scrub.items():
        if pattern.match(name):
            root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
            change(root)
            return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))
    if re.match(r"word/media/.*\.(jpe?g|png)$", name, re.IGNORECASE):
        return scrub_image(content)
    return content


def _emptied(root: Any) -> None:
    for child in list(root):
        root.remove(child)


def _without_meta(root: Any) -> None:
    for element in list(root):
        if isinstance(element.tag, str) and _TOLD_BY_META.search(element.tag):
            root.remove(element)


def _without_changes(root: Any) -> None:
    _drop_deleted_rows(root)
    _join_deleted_paragraph_marks(root)
    for element in list(root.iterdescendants(*_DROPPED, *_CHANGE_MARKS)):
        element.getparent().remove(element)
    for element in list(root.iterdescendants(*_KEPT)):
        parent, place = element.getparent(), element.getparent().index(element)
        parent[place : place + 1] = list(element)
    for element in root.iter(etree.Element):
        for name in [name for name in element.attrib if name.startswith(_W + "rsid")]:
            del element.attrib[name]


def _drop_deleted_rows(root: Any) -> None:
    for row in list(root.iter(_W + "tr")):
        if row.find(f"{_W}trPr/{_W}del") is not None:
            row.getparent().remove(row)


def _join_deleted_paragraph_marks(root: Any) -> None:
    """A deleted paragraph mark joins its paragraph with the next one, whose shape the two then have."""
    for paragraph in list(root.iter(_W + "p")):
        following = paragraph.getnext()
        is_joined = paragraph.find(f"{_W}pPr/{_W}rPr/{_W}del") is not None
        if is_joined and following is not None and following.tag == _W + "p":
            start = 1 if following.find(_W + "pPr") is not None else 0
            following[start:start] = [child for child in paragraph if child.tag != _W + "pPr"]
            paragraph.getparent().remove(paragraph)


def scrub_image(content: bytes) -> bytes:
    """A JPEG or PNG without EXIF, places, comments and whatever follows its end; only the way up stays."""
    if content.startswith(b"\xff\xd8"):
        return _scrubbed_jpeg(content)
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return content[:8] + b"".join(_kept_chunks(content))
    return content


def _scrubbed_jpeg(content: bytes) -> bytes:
    kept, place = [b"\xff\xd8"], 2
    while place + 4 <= len(content) and content[place] == 0xFF:
        marker = content[place + 1]
        if marker == 0xD9:
            break
        if marker == 0xFF:  # a fill byte
            place += 1
            continue
        end = place + 2 + int.from_bytes(content[place + 2 : place + 4], "big")
        if marker == 0xDA:
            end = _end_of_scan(content, end)
        kept.append(_kept_segment(marker, content[place:end]))
        place = end
    return b"".join(kept) + b"\xff\xd9"


def _kept_segment(marker: int, segment: bytes) -> bytes:
    """Everything that draws the picture, its colour profile, and of EXIF the way up."""
    if marker == 0xE1 and segment[4:10] == b"Exif\0\0":
        return _way_up(segment[10:])
    is_profile = marker == 0xE2 and segment[4:15] == b"ICC_PROFILE"
    is_needed = marker in (0xE0, 0xEE) or is_profile
    is_extra = 0xE0 <= marker <= 0xEF or marker == 0xFE
    return segment if is_needed or not is_extra else b""


def _end_of_scan(content: bytes, place: int) -> int:
    """Where the packed picture data stops: at a marker that is neither an escaped byte nor a restart."""
    while (place := content.find(b"\xff", place)) >= 0 and place + 1 < len(content):
        if content[place + 1] == 0 or 0xD0 <= content[place + 1] <= 0xD7:
            place += 2
        else:
            return place
    return len(content)


def _way_up(tiff: bytes) -> bytes:
    """An EXIF segment that holds the orientation alone, or nothing when the picture stands as it is."""
    order = "<" if tiff[:2] == b"II" else ">"
    try:
        (first,) = struct.unpack_from(order + "I", tiff, 4)
        (count,) = struct.unpack_from(order + "H", tiff, first)
        for number in range(count):
            tag, _kind, _count, value = struct.unpack_from(order + "HHIH", tiff, first + 2 + 12 * number)
            if tag == 0x0112 and 2 <= value <= 8:
                body = b"Exif\0\0MM\0*" + struct.pack(">IHHHIHHI", 8, 1, 0x0112, 3, 1, value, 0, 0)
                return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body
    except struct.error:
        pass
    return b""


def _kept_chunks(content: bytes) -> Iterator[bytes]:
    place = 8
    while place + 12 <= len(content):
        end = place + 12 + int.from_bytes(content[place : place + 4], "big")
        kind = content[place + 4 : place + 8]
        if kind[:1].isupper() or kind in (
            b"tRNS",
            b"gAMA",
            b"cHRM",
            b"sRGB",
            b"iCCP",
            b"sBIT",
            b"pHYs",
            b"bKGD",
        ):
            yield content[place:end]
        if kind == b"IEND":
            return
        place = end


# Nothing to see, nothing to read: control characters, zero-width spaces, and what turns the direction of a text around.
# Joiners and direction marks stay (U+200C to U+200F): Mongolian, Uyghur and Kazakh words need them.
_HIDDEN = re.compile(
    r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f\u00ad\u200b\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\uffff\U000e0000-\U000e007f]"
)


def without_hidden(given: Any) -> Any:
    """What was typed or sent, without characters that nobody can see; lists and tables of texts likewise."""
    if isinstance(given, str):
        return _HIDDEN.sub("", given)
    if isinstance(given, MultiValueDict):
        return MultiValueDict({key: without_hidden(values) for key, values in given.lists()})
    if isinstance(given, Mapping):
        return {key: without_hidden(value) for key, value in given.items()}
    return [without_hidden(one) for one in given] if isinstance(given, list) else given


PersonalKind = Literal["mobile", "identity", "bank_card", "email"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A piece of personal data in a text, where it stands, and what may be shown instead."""

    kind: PersonalKind
    text: str
    start: int
    end: int
    masked: str


_WIDE = str.maketrans("０１２３４５６７８９ＸｘＡ＠．－　", "0123456789XxA@.- ")
_PATTERNS: tuple[tuple[PersonalKind, re.Pattern[str]], ...] = (
    ("email", re.compile(r"(?<![A-Za-z0-9_.+-])[A-Za-z0-9_.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")),
    ("identity", re.compile(r"(?<![0-9A-Za-z])[1-9]\d{16}[\dXx](?![0-9A-Za-z])")),
    (
        "identity",
        re.compile(r"(?<![0-9A-Za-z])[1-9]\d{7}(?:0\d|1[0-2])(?:[0-2]\d|3[01])\d{3}(?![0-9A-Za-z])"),
    ),
    ("mobile", re.compile(r"(?<![0-9A-Za-z])(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?![0-9A-Za-z])")),
    ("bank_card", re.compile(r"(?<![0-9A-Za-z])[3-9]\d{3}(?:[- ]?\d{4}){3}(?:[- ]?\d{1,3})?(?![0-9A-Za-z])")),
)


def personal_data(text: str) -> list[Finding]:
    """Mobile numbers, identity and bank cards (with a right check digit) and mail addresses, in order."""
    plain = text.translate(_WIDE)
    found: list[Finding] = []
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(plain):
            start, end = match.span()
            if _is_real(kind, match.group()) and not any(
                start < other.end and other.start < end for other in found
            ):
                found.append(Finding(kind, text[start:end], start, end, _mask(kind, match.group())))
    return sorted(found, key=lambda finding: finding.start)


def masked(text: str) -> str:
    """The text with every piece of personal data hidden but for what lets its owner recognise it."""
    pieces, place = [], 0
    for finding in personal_data(text):
        pieces += [text[place : finding.start], finding.masked]
        place = finding.end
    return "".join(pieces) + text[place:]


def _is_real(kind: PersonalKind, text: str) -> bool:
    if kind == "identity" and len(text) == 18:
        weighed = sum(int(digit) * (2 ** (17 - place) % 11) for place, digit in enumerate(text[:17]))
        return "10X98765432"[weighed % 11] == text[17].upper()
    if kind == "bank_card":
        return _passes_luhn([int(digit) for digit in text if digit.isdigit()])
    return True


def _passes_luhn(digits: Iterable[int]) -> bool:
    doubled = (digit * 2 if place % 2 else digit for place, digit in enumerate(reversed(list(digits))))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _mask(kind: PersonalKind, text: str) -> str:
    if kind == "email":
        name, place = text.split("@")
        return f"{name[:1]}***@{place}"
    digits = re.sub(r"[- ]", "", text).removeprefix("+")
    if kind == "mobile":
        return f"{digits[-11:-8]}****{digits[-4:]}"
    if kind == "identity":
        return f"{digits[:1]}{'*' * (len(digits) - 2)}{digits[-1]}"
    return f"{'*' * (len(digits) - 4)}{digits[-4:]}"


def public_copy(content: bytes, kind: str) -> bytes:
    """What may go out of a file of a kind of `files.KINDS`; raises FileProblem where nothing can vouch for it."""
    if kind == "docx":
        return mask_docx(scrub_docx(content))
    if kind in ("jpg", "png"):
        return scrub_image(content)
    if kind == "txt":
        return masked(content.decode("utf-8-sig", errors="replace")).encode()
    raise FileProblem(_("只能公开 .docx、图片和 .txt 文件，其他文件里的个人信息无法自动清除。"))


def mask_docx(content: bytes) -> bytes:
    """The same document with the personal data in its text hidden, also where a number runs over several pieces."""
    buffer = io.BytesIO()
    with ZipFile(io.BytesIO(content)) as source, ZipFile(buffer, "w", ZIP_DEFLATED) as target:
        for entry in source.infolist():
            part = source.read(entry)
            target.writestr(entry, _masked_part(part) if _TEXT_PARTS.match(entry.filename) else part)
    return buffer.getvalue()


def _masked_part(content: bytes) -> bytes:
    root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    for paragraph in root.iter(_W + "p"):
        pieces = list(paragraph.iterdescendants(_W + "t"))
        text = "".join(piece.text or "" for piece in pieces)
        if (hidden := masked(text)) != text:
            pieces[0].text = hidden
            for piece in pieces[1:]:
                piece.text = ""
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))
