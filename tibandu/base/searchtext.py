"""How text becomes what is searched for: one tokenizer for every database, keywords, and likeness of two texts."""

import re
import unicodedata
from collections import Counter

import rjieba

HAN = r"\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"
_RUN = re.compile(rf"[{HAN}]+|[^\W_{HAN}]+")
_IS_HAN = re.compile(rf"[{HAN}]")
LONGEST_TOKEN = 64  # PostgreSQL refuses lexemes over 2,046 bytes
_WORD_BREAK = re.compile(r"[\W_]+")
# soft hyphen, zero-width and joining characters, bidi marks and controls, byte order mark, variation selectors
_INVISIBLE = re.compile(
    r"[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
_STOP_LIST = """
我们 你们 他们 它们 这个 那个 这些 那些 一个 一些 一种 一定 一是 二是 三是 四是 可以 能够 应该 应当
需要 已经 目前 现在 近年 近年来 因此 因为 所以 由于 但是 而且 并且 以及 或者 如果 虽然 为了 关于 对于
通过 根据 按照 进行 开展 加强 加大 加快 推进 推动 提高 提升 促进 完善 建立 健全 进一步 落实 实施 实现
解决 做好 问题 情况 工作 建议 方面 存在 部分 有关 相关 部门 单位 群众 人民 代表 我市 我区 我县 我镇
全市 全区 全县 本市 各级 不断 积极 切实 比较 非常 十分 更加 还有 没有 不能 不是 就是 也是 都是 其中
同时 尤其 特别 以上 以下 之间 主要 重要 具体 有效 以来 随着 成为 作为 带来 造成 导致 影响 严重 大量
很多 许多 不少 多年 长期 时间 希望 请求 请 尊敬
"""
_STOP_WORDS = frozenset(_STOP_LIST.split())


def clean(text: str) -> str:
    """Compatibility forms made plain, letters lower-cased, invisible characters gone."""
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).casefold()


def tokens(text: str) -> str:
    """What is indexed: overlapping pairs of each Han run closed by its last character, words and numbers."""
    return " ".join(token for run in _RUN.findall(clean(text)) for token in _run_tokens(run))


def query_tokens(words: str) -> list[list[str]]:
    """What is looked for: all of these phrases, each a row of tokens that follow each other.

    The last token of a phrase ends in `*` where anything that begins so will do (a single Han character).
    """
    phrases = (_phrase(word) for word in _WORD_BREAK.split(clean(words)))
    return list({tuple(phrase): phrase for phrase in phrases if phrase}.values())


def shingles(text: str) -> frozenset[str]:
    """The pairs and words of a text as a set: what `overlap` compares."""
    return frozenset(token for token in tokens(text).split() if len(token) > 1)


def overlap(a: frozenset[str], b: frozenset[str]) -> float:
    """How much of two shingle sets is shared, from 0.0 to 1.0 (Jaccard)."""
    shared = len(a & b)
    return shared / (len(a) + len(b) - shared) if shared else 0.0


def keywords(text: str, n: int) -> list[str]:
    """The n words that say most, by how often they occur and how long they are; ties in order of appearance."""
    counts = Counter(word for word in rjieba.cut(clean(text)) if _is_telling(word))
    ranked = sorted(counts, key=lambda word: -counts[word] * min(len(word), 4))
    return ranked[:n]


def _run_tokens(run: str) -> list[str]:
    if not _IS_HAN.match(run):
        return [run[:LONGEST_TOKEN]]
    return [run[place : place + 2] for place in range(len(run))]


def _phrase(word: str) -> list[str]:
    runs = _RUN.findall(word)
    phrase = [token for run in runs for token in _run_tokens(run)]
    if not phrase or not _IS_HAN.match(runs[-1]):
        return phrase
    if len(runs[-1]) == 1:
        return [*phrase[:-1], phrase[-1] + "*"]
    return phrase[:-1]


def _is_telling(word: str) -> bool:
    return (
        len(word) > 1 and word not in _STOP_WORDS and not word.isdigit() and _RUN.fullmatch(word) is not None
    )
