"""Knows what each kind of paper holds, as plain values."""

from dataclasses import dataclass
from datetime import date
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Letter:
    """An official letter after GB/T 9704. Body parts are (level, text): 0 text, 1 to 3 headings of that level."""

    organ: str
    masthead: str
    number: str
    title: str
    salutation: str
    body: tuple[tuple[int, str], ...]
    signatory: str
    signed_on: date
    category: str = ""
    secrecy: str = ""
    urgency: str = ""
    signer: str = ""
    attachments: tuple[str, ...] = ()
    contact: str = ""
    phone: str = ""
    copies: tuple[str, ...] = ()
    code: str = ""


@dataclass(frozen=True)
class Section:
    """A part of a form: rows of a label and its printed value; an empty value leaves room for the pen."""

    heading: str
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Writing:
    """A labelled space with ruled lines to write on by hand."""

    label: str
    lines: int = 4


@dataclass(frozen=True, kw_only=True)
class Form:
    """A form to be filled in by hand and typed in later by its code."""

    title: str
    code: str
    organ: str = ""
    sections: tuple[Section, ...] = ()
    writing: tuple[Writing, ...] = ()
    signatures: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    link: str = ""


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A table over several pages. Columns are (label, width); widths are shares of the line."""

    title: str
    columns: tuple[tuple[str, float], ...]
    rows: tuple[tuple[str, ...], ...]
    subtitle: str = ""
    footer: str = ""
    paper: Literal["landscape", "portrait"] = "landscape"


@dataclass(frozen=True, kw_only=True)
class Slip:
    """One slip of a sheet that is cut apart: a one-time secret for one person."""

    heading: str
    fields: tuple[tuple[str, str], ...]
    secret_label: str
    secret: str
    note: str = ""
    link: str = ""


def chinese_date(day: date) -> str:
    """As GB/T 9704 wants it: Arabic figures, no leading zeros."""
    return f"{day.year}年{day.month}月{day.day}日"


def boxes(*options: str, ticked: str = "") -> str:
    """A row of boxes to tick: `□ 满意　□ 基本满意`; the ticked one, if any, is filled."""
    return "　".join(f"{'☑' if option == ticked else '□'} {option}" for option in options)
