"""Papers: official letters as PDF and Word, forms with codes, listings and slips.

For: every room that prints.
Words: letter, form, listing, slip, template.
Not: what a letter is about, or when it may be sent.
"""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import rjieba

from tibandu.base.papers.kinds import Form, Letter, Listing, Section, Slip, Writing, boxes, chinese_date
from tibandu.base.papers.make_official import official_template
from tibandu.base.papers.typeset import PaperProblem, missing_glyphs, pdf, qr
from tibandu.base.papers.word import docx, docx_text, template_problems

__all__ = [
    "Form",
    "Letter",
    "Listing",
    "PaperProblem",
    "Section",
    "Slip",
    "Writing",
    "boxes",
    "chinese_date",
    "docx",
    "docx_text",
    "form_pdf",
    "letter_data",
    "letter_docx",
    "letter_pdf",
    "listing_pdf",
    "missing_glyphs",
    "official_template",
    "pdf",
    "slips_pdf",
    "template_problems",
]


def letter_pdf(letter: Letter) -> bytes:
    """The letter on the page of GB/T 9704, as PDF/A for the archive."""
    day = letter.signed_on
    return pdf("official", letter_data(letter) | {"day": (day.year, day.month, day.day)}, standard="a-2b")


def letter_docx(letter: Letter, template: bytes | Path | None = None) -> bytes:
    """The letter in the office's own Word template, or in the default one."""
    return docx(template or official_template(), letter_data(letter))


def letter_data(letter: Letter) -> dict[str, Any]:
    """What both the PDF and the Word template are given, so that they hold the same words."""
    data = dataclasses.asdict(letter)
    data["signed_on"] = chinese_date(letter.signed_on)
    asked = [("联系人：", letter.contact), ("联系电话：", letter.phone)]
    line = "，".join(label + value for label, value in asked if value)
    data["contact_line"] = f"（{line}）" if line else ""
    data["copies_line"] = "，".join(letter.copies) + "。" if letter.copies else ""
    data["body"] = [
        (level, line) for level, text in letter.body for line in text.splitlines() if line.strip()
    ]
    data["paragraphs"] = [text for level, text in data["body"]]
    data["attachments"] = _numbered(letter.attachments)
    data["title_words"] = _words(letter.title)
    return data


def _numbered(names: Sequence[str]) -> list[str]:
    """A single attachment carries no number."""
    return list(names) if len(names) < 2 else [f"{place}.{name}" for place, name in enumerate(names, start=1)]


_LONGEST_WORD = 10


def _words(title: str) -> list[str]:
    """The words of a title, an ordinal kept with what it counts, so that no line ends inside one."""
    words: list[str] = []
    for word in rjieba.cut(title):
        if words and (
            words[-1] in ("第", "“", "《", "（") or word in "”》）、，" or words[-1][-1:].isdigit()
        ):
            words[-1] += word
        else:
            words.append(word)
    return [piece for word in words for piece in ([word] if len(word) <= _LONGEST_WORD else word)]


def form_pdf(form: Form) -> bytes:
    """A form with its code in print and as a QR code."""
    data = dataclasses.asdict(form)
    data["sections"] = [{"heading": part.heading, "rows": _side_by_side(part.rows)} for part in form.sections]
    data["qr"] = qr(form.link or form.code)
    return pdf("form", data)


def listing_pdf(listing: Listing) -> bytes:
    """A table whose head is repeated on every page."""
    for place, row in enumerate(listing.rows):
        if len(row) != len(listing.columns):
            raise ValueError(f"row {place} has {len(row)} cells for {len(listing.columns)} columns")
    return pdf("list", dataclasses.asdict(listing))


def slips_pdf(slips: Sequence[Slip]) -> bytes:
    """Slips to cut apart, two beside each other."""
    return pdf("slips", {"slips": [dataclasses.asdict(slip) | {"qr": qr(slip.link)} for slip in slips]})


_SHORT = 12


def _side_by_side(rows: Sequence[tuple[str, str]]) -> list[list[tuple[str, str]]]:
    """Two short rows share one line, as on the forms that clerks know."""
    lines: list[list[tuple[str, str]]] = []
    for row in rows:
        is_short = len(row[1]) <= _SHORT
        if is_short and lines and len(lines[-1]) == 1 and len(lines[-1][0][1]) <= _SHORT:
            lines[-1].append(row)
        else:
            lines.append([row])
    return lines
