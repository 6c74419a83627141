"""Knows the letters of supervision: how a lead is passed on in writing, and which letters travel in a packet."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from tibandu.base.files import LONGEST_NAME
from tibandu.base.papers import Letter, letter_pdf
from tibandu.oversight.models import Referral
from tibandu.oversight.queries.referrals import procuratorate_name, results_of
from tibandu.people.enums import Competence
from tibandu.people.queries import unit_holding
from tibandu.suggestions.models import Reply, Suggestion
from tibandu.suggestions.queries.letters import letter_of, salutation


def letter_of_referral(referral: Referral, day: date) -> Letter:
    """The letter that goes with a lead, on the day on which it was passed, else on `day`."""
    holder = unit_holding(referral.congress_id, Competence.SCREEN)
    unit = holder.name if holder else referral.congress.name
    about = referral.suggestion
    body = [
        f"经筛选，代表建议《{about.title}》（{about.number_text}）反映的情况涉及公共利益，现作为公益诉讼线索移送。"
        if about
        else "",
        f"法定领域：{referral.field or ''}。",
        referral.reason,
        "建议仍按交办程序由有关单位办理。是否立案由你院依法决定，有关文书请按期抄送。",
    ]
    return Letter(
        organ=unit,
        masthead=unit,
        number=referral.letter_no,
        title="关于移送公益诉讼线索的函",
        salutation=f"{procuratorate_name(referral)}：",
        body=tuple((0, text) for text in body if text),
        signatory=unit,
        signed_on=referral.passed_on or day,
        attachments=("代表建议原文",),
    )


# A letter on its way: which member of the packet it is, its name for people, its bytes.
Travelling = tuple[str, str, bytes]


def travelling_referral(referral: Referral) -> Travelling | None:
    """The letter of a lead that was passed on; a lead that came from elsewhere has none of ours."""
    if referral.suggestion is None or referral.passed_on is None:
        return None
    letter = letter_of_referral(referral, referral.passed_on)
    return "files/letter.pdf", _named(letter.number or letter.title), letter_pdf(letter)


def travelling_replies(suggestion: Suggestion | None) -> Iterator[tuple[Reply, Travelling | None]]:
    """The replies that were sent, each with its letter as it was signed; one that was imported has none.

    A masked author is named in none: a letter may have been signed before the author was masked.
    """
    for place, reply in enumerate(results_of(suggestion), 1):
        if reply.letter is None or reply.sent_on is None:
            yield reply, None
            continue
        letter = letter_of(reply, reply.sent_on)
        if reply.suggestion.is_masked:
            letter = replace(letter, salutation=salutation(reply.suggestion))
        yield reply, (f"files/letter-{place}.pdf", _named(reply.doc_no or letter.title), letter_pdf(letter))


def _named(title: str) -> str:
    return f"{title[: LONGEST_NAME - 4].replace('/', '／')}.pdf"


def said_of(letter: Travelling | None) -> dict[str, Any] | None:
    """A letter in the words of a packet's body."""
    if letter is None:
        return None
    member, name, content = letter
    return {"member": member, "name": name, "sha256": hashlib.sha256(content).hexdigest()}
