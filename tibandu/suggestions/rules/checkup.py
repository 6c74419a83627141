"""The check-up of a reply before it goes out: what it leaves unanswered, empty, undated or copied."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

EMPTY_PHRASES = (
    "高度重视",
    "认真研究",
    "进一步加强",
    "积极推进",
    "适时考虑",
    "统筹考虑",
    "条件成熟时",
    "持续关注",
    "举一反三",
    "抓好落实",
    "加大力度",
    "逐步完善",
    "在今后的工作中",
)
"""Words that promise nothing. They are the same everywhere, so they stand here and not in the measure."""

_PROMISES = re.compile(
    r"将于|将在|力争|计划(?!生育)|拟于|拟在|预计|确保|争取|纳入[^。；]{0,12}(?:计划|规划|预算)|年内|年底前"
    r"|(?<!即)将[^，。；]{0,16}(?:建成|完成|实施|启动|开工|改造|安装|增设|新建|修建|开放|开通|出台|解决)"
)
_DAYS = re.compile(
    r"\d+\s*[年月日]|[一二三四]季度|[上下]半年|[上中下]旬|[年月季]底|年内|\d+个工作日|[一二三四五六七八九十]+月"
)
_FIGURES = re.compile(
    r"\d+(?:\.\d+)?(?!\s*[\d.年月日号点时])"
    r"|[一二两三四五六七八九十百千]+(?:[个处条座盏公亩户家件套台部间项辆名]|万元)"
)
_OWNERS = re.compile(
    r"由[^，。；]{1,24}(?:负责|牵头|实施|组织)|我[局委办厅院中镇]|本[局委院镇]|责任(?:人|单位)|[局委办厅院](?:长)?[牵负]"
)
_SENTENCE = re.compile(r"[^。！？；\n]+")
COPIED_SHARE = 0.5


@dataclass(frozen=True)
class ReplyText:
    """What a reply says, as values. `earlier` holds likeness to former replies, as found by the search text."""

    asks: Sequence[tuple[int, str]]
    answers: Mapping[int, str]
    general: str = ""
    reason: str = ""
    promises: Sequence[str] = ()
    unheard: Sequence[str] = ()
    co_units: Sequence[tuple[str, str]] = ()
    earlier: Sequence[tuple[str, float]] = ()

    @property
    def whole(self) -> str:
        return "\n".join([self.general, *self.answers.values(), self.reason])


@dataclass(frozen=True)
class Finding:
    """One piece of advice: what was found, and to which ask it belongs (0 for the whole)."""

    code: str
    sentence: str
    ask: int = 0


def checkup(reply: ReplyText) -> list[Finding]:
    """What a careful reader would ask before this reply is issued, in the order of the letter."""
    found = [
        Finding("unanswered", _("第%(n)s项要求还没有回应。") % {"n": number}, number)
        for number, _ask in reply.asks
        if not reply.answers.get(number, "").strip()
    ]
    for number, text in [*sorted(reply.answers.items()), (0, "\n".join([reply.general, reply.reason]))]:
        found += _empty_phrases(number, text)
        found += [
            each for line in sentences(text) for each in _promise_findings(number, line, reply.promises)
        ]
    found += [
        Finding(
            "copied",
            _("与%(label)s的文字重合 %(share)d%%，请核对是否照抄。")
            % {"label": label, "share": round(share * 100)},
        )
        for label, share in reply.earlier
        if share >= COPIED_SHARE
    ]
    found += [Finding("unheard", _("还没有联系过%(name)s代表。") % {"name": name}) for name in reply.unheard]
    return found + [
        Finding("opinion", _("正文没有提到会办单位%(unit)s，发文时将附上其会办意见原文。") % {"unit": short})
        for name, short in reply.co_units
        if not mentions(reply.whole, name, short)
    ]


def mentions(text: str, *names: str) -> bool:
    """Whether a text names a unit by its full or its short name."""
    return any(name and name in text for name in names)


def sentences(text: str) -> list[str]:
    return [line.strip() for line in _SENTENCE.findall(text) if line.strip()]


def promises_something(sentence: str) -> bool:
    return _PROMISES.search(sentence) is not None


def is_like(one: str, other: str) -> bool:
    """Whether most of the shorter text's pairs of characters stand in the longer one."""
    short, long = sorted((_pairs(one), _pairs(other)), key=len)
    return bool(short) and len(short & long) >= len(short) * 0.5


def _pairs(text: str) -> frozenset[str]:
    signs = re.sub(r"[\W\d_]", "", text)
    return frozenset(signs[place : place + 2] for place in range(len(signs) - 1))


def _empty_phrases(ask: int, text: str) -> list[Finding]:
    said = [phrase for phrase in EMPTY_PHRASES if phrase in text]
    if not said:
        return []
    return [
        Finding(
            "empty",
            _("“%(words)s”没有实际内容，请写做了什么、做到什么程度。") % {"words": "”“".join(said)},
            ask,
        )
    ]


def _promise_findings(ask: int, sentence: str, promises: Sequence[str]) -> list[Finding]:
    if not promises_something(sentence):
        return []
    shown = sentence if len(sentence) <= 28 else sentence[:27] + "…"
    missing = [
        word
        for word, pattern in ((_("时限"), _DAYS), (_("数量"), _FIGURES), (_("责任单位"), _OWNERS))
        if not pattern.search(sentence)
    ]
    found = []
    if missing:
        words = {"sentence": shown, "missing": "、".join(map(str, missing))}
        found.append(Finding("vague", _("“%(sentence)s”没有写明%(missing)s。") % words, ask))
    if not any(is_like(sentence, promise) for promise in promises):
        found.append(
            Finding("unlisted", _("“%(sentence)s”像是承诺，但没有列入承诺事项。") % {"sentence": shown}, ask)
        )
    return found
