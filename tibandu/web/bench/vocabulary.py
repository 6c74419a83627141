"""Knows the Chinese that a bench's suggestions are written in: clauses, and words whose frequency is known."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from random import Random
from typing import Any

import rjieba

from tibandu.base.searchtext import tokens
from tibandu.web import demo

# Each of these stands in a quarter of all suggestions, on its own.
COMMON = ("停车", "养老", "学校", "供水", "公交", "医院", "电梯", "路灯")
COMMON_SHARE = 0.25
# Each of these stands in one of a hundred.
MIDDLING = (
    "盲道", "窨井", "骑楼", "渡槽", "粮仓", "漕渠", "苗圃", "驿站", "墟市", "窑址",
    "蚕桑", "茶厂", "竹编", "渔港", "牌坊", "锅炉", "垃圾", "噪声", "扶梯", "匝道",
)  # fmt: skip
# Two of these together make a word that a dozen suggestions hold.
RARE_SIGNS = "鹮鸬鹚鼋鳜鲥貂獭猞狳蕨蕈蔺蓼蒿藜"
RARE_HITS = 12
MOST_RARE = 200
CLAUSES = 20_000
SPECIAL_CLAUSES = 30


@dataclass(frozen=True)
class Clause:
    """A run of Han characters between two commas, with the tokens that the search index keeps of it."""

    text: str
    tokens: str


@dataclass(frozen=True)
class Vocabulary:
    """What texts are drawn from."""

    words: tuple[str, ...]
    plain: tuple[Clause, ...]
    common: tuple[tuple[Clause, ...], ...]
    middling: tuple[tuple[Clause, ...], ...]


def clause(text: str) -> Clause:
    return Clause(text, tokens(text))


def rare_words(rows: int) -> list[str]:
    """As many rare words as so many suggestions can hold without the word being common among them."""
    pairs = ["".join(pair) for pair in permutations(RARE_SIGNS, 2)]
    return pairs[: max(2, min(MOST_RARE, rows // 50))]


def vocabulary(rng: Random) -> Vocabulary:
    """Words of the demo's texts put together anew; those that could make a counted word by chance are left out."""
    words = _words()
    weights = [1 / (place + 8) for place in range(len(words))]

    def spoken(count: int) -> str:
        return "".join(rng.choices(words, weights, k=count))

    def around(word: str) -> tuple[Clause, ...]:
        return tuple(clause(spoken(2) + word + spoken(3)) for _n in range(SPECIAL_CLAUSES))

    plain = tuple(clause(spoken(rng.choice((5, 6, 6, 7)))) for _n in range(CLAUSES))
    common, middling = (tuple(map(around, kind)) for kind in (COMMON, MIDDLING))
    return Vocabulary(tuple(words), plain, common, middling)


def _words() -> list[str]:
    counted = frozenset("".join((*COMMON, *MIDDLING, RARE_SIGNS)))
    folder = Path(demo.__file__).parent / "data" / "topics"
    cut = (
        word for path in sorted(folder.glob("*.toml")) for text in _texts(path) for word in rjieba.cut(text)
    )
    return list(dict.fromkeys(word for word in cut if _is_plain(word) and not counted & set(word)))


def _texts(path: Path) -> Iterator[str]:
    for topic in tomllib.loads(path.read_text("utf-8"))["topic"]:
        yield from _strings(topic)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _strings(part)


def _is_plain(word: str) -> bool:
    return len(word) == 2 and all("\u4e00" <= sign <= "\u9fff" for sign in word)
