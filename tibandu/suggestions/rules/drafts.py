"""The check of a draft, and the parting of a typed draft into facts, analysis and asks; both advise, neither blocks."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Advice:
    """What the check of a draft found: about which part, and the sentence that advises; it never blocks."""

    part: str
    sentence: Any


def advise(title: str, facts: str, analysis: str, asks: Sequence[str]) -> list[Advice]:
    """Whether a draft is one matter, with facts, analysis and concrete asks (ZJ §7, BJ §9)."""
    text = "".join([title, facts, analysis, *asks])
    found = [
        (_is_several(title, asks), "title", _("看起来写了几件事。一事一议，分开提更容易落实。")),
        (not title.strip(), "title", _("还没有标题。")),
        (
            len(facts.strip()) < SHORT_FACTS,
            "facts",
            _("情况写得少。写明地点、时间、涉及多少人，单位才好核实。"),
        ),
        (
            facts.strip() and not _NUMBER.search(facts),
            "facts",
            _("情况里没有数字。人数、次数、距离比形容词有力。"),
        ),
        (len(analysis.strip()) < SHORT_ANALYSIS, "analysis", _("分析写得少。写明问题为什么会有、卡在哪里。")),
        (not asks, "asks", _("还没有具体要求。希望谁做什么，一条写一件。")),
        (
            any(len(ask.strip()) < SHORT_ASK for ask in asks),
            "asks",
            _("有的要求太短。写明做什么、做到什么程度。"),
        ),
        (
            any(_VAGUE.match(ask.strip()) for ask in asks),
            "asks",
            _("“加强”“重视”难以办到哪一步，换成看得见的事。"),
        ),
        (_OWN.search(text), "grounds", _("文中提到本人或本单位。个人问题和本单位个别问题不作为建议受理。")),
        (_CASE.search(text), "grounds", _("文中提到具体案件或招投标。这类事项不作为建议受理。")),
    ]
    return [Advice(part, sentence) for wrong, part, sentence in found if wrong]


def _is_several(title: str, asks: Sequence[str]) -> bool:
    return len(asks) > MANY_ASKS or len(_JOINED.findall(title)) > 1


SHORT_FACTS, SHORT_ANALYSIS, SHORT_ASK, MANY_ASKS = 60, 30, 8, 6
_NUMBER = re.compile(r"[0-9〇一二三四五六七八九十百千万两]")
_JOINED = re.compile(r"以及|及其他|、|和")
_VAGUE = re.compile(r"^(进一步)?(加强|重视|提高|加大)[^，。；]{0,8}$")
_OWN = re.compile(r"我单位|我公司|我企业|本公司|我本人|我家")
_CASE = re.compile(r"[（(〔]\d{4}[）)〕].{1,12}号案|判决书|中标人|投标人|申诉|控告")


@dataclass(frozen=True)
class Parted:
    """A draft of a Word file taken apart."""

    title: str
    facts: str
    analysis: str
    asks: tuple[str, ...]


_HEADING = re.compile(
    r"^(?:[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）|\d+[.、．])?\s*(.{1,16}?)[：:]?$"
)
_PARTS = (
    ("asks", re.compile(r"建议|对策|措施|要求|意见")),
    ("analysis", re.compile(r"分析|原因|依据|必要性|理由|成因")),
    ("facts", re.compile(r"情况|现状|背景|案由|问题|事实|基本")),
)
_INLINE = re.compile(r"^(?:案由|标题|题目)[：:]\s*(.+)$")
_SIGNED = re.compile(
    r"^(提?建议人|领衔代表|联名代表|附议代表|代表团|代表证号|联系电话|通讯地址|日期|提出时间|届次)[：:\s]"
)
_DATE_LINE = re.compile(r"^[〇○0-9一二三四五六七八九十]+年.{1,4}月.{1,4}日$")
_MARK = re.compile(
    r"^(?:\d+[.、．)）]|[（(]\d+[)）]|[（(][一二三四五六七八九十]+[)）]|[一二三四五六七八九十]+是|第[一二三四五六七八九十]+[，、,]|[一二三四五六七八九十]+、)\s*"
)


def part_draft(paragraphs: Iterable[str]) -> Parted:
    """The title, facts, analysis and numbered asks of a written draft, by its headings and numbers.

    Without headings everything but the numbered end is facts, so that nothing of the draft is lost.
    """
    title, part = "", "facts"
    found: dict[str, list[str]] = {"facts": [], "analysis": [], "asks": []}
    for line in (paragraph.strip() for paragraph in paragraphs):
        if not line or _SIGNED.match(line) or _DATE_LINE.match(line):
            continue
        inline = _INLINE.match(line)
        if not title:
            title = inline[1] if inline else line
        elif heading := _part_of(line):
            part = heading
        else:
            found[part].append(line)
    if not found["asks"]:
        found["facts"], found["asks"] = _numbered_end(found["facts"])
    asks = tuple(_asks(found["asks"]))
    return Parted(title[:120], "\n".join(found["facts"]), "\n".join(found["analysis"]), asks)


def _part_of(line: str) -> str:
    """Which part a line opens, if it is a heading: short, closed by no full stop, and named like a part."""
    heading = _HEADING.match(line)
    if heading is None or line[-1] in "。；;，！？":
        return ""
    return next((part for part, words in _PARTS if words.search(heading[1])), "")


def _asks(lines: Sequence[str]) -> list[str]:
    """Each numbered line opens an ask and takes what follows with it; unnumbered lines are an ask each."""
    if not any(_MARK.match(line) for line in lines):
        return list(lines)
    asks: list[str] = []
    for line in lines:
        bare = _MARK.sub("", line)
        if _MARK.match(line):
            asks.append(bare)
        elif asks:
            asks[-1] += "\n" + line
        elif not line.endswith(("：", ":")):
            asks.append(line)
    return [ask for ask in asks if ask]


def _numbered_end(lines: list[str]) -> tuple[list[str], list[str]]:
    start = next((place for place, line in enumerate(lines) if _MARK.match(line)), len(lines))
    return lines[:start], lines[start:]
