"""Which kind of unit answers for a matter: its words against the published duties, and what past cases add.

A text is scored for every kind by three readings of the duty list (whole words, pairs of characters, how many suggestions such
units usually get) and one of the congress's own cases; the sum under `WEIGHTS` is a share of certainty. docs/advice.md says how
the weights were found and what they reach.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import exp, log
from typing import Any

FRAME = re.compile(
    r"^\s*(?:关于|就|对)"
    r"|的?(?:几点|若干|一些|有关)?(?:意见(?:和|、)?建议|意见|建议|议案|提案|请示|报告|问题)\s*$"
)
"""What frames every title and says nothing: 关于……的建议."""

NOT_BY_DUTY = ("township_subdistrict", "government_office")
"""Kinds whose matters are known by the place or by coordination, not by a published duty; past cases may lead to them."""

WEIGHTS = {"words": 1.05, "pairs": 0.085, "usual": 0.4, "learned": 0.1}
WORD_SIZES = {1: 0.3, 2: 1.0, 3: 2.0, 4: 3.0}
LONG_WORD = 3.5
HINT = 0.3
OWN = 3.0  # a word's own kinds against those of longer words that hold it
FLOOR = 0.3  # what the words of a kind weigh that has none in the text
BODY = 1.0  # all words of the body together, against one common word of the title
PAIR_PRIOR = 10.0
USUAL_PRIOR = 3.0
CASE_PRIOR = 4.0

Scores = dict[str, float]


@dataclass(frozen=True)
class Clause:
    """One published duty of a kind of unit, in our words, with its source."""

    kind: str
    text: str
    source: str
    words: frozenset[str] = field(repr=False)
    pairs: frozenset[str] = field(repr=False)


@dataclass(frozen=True)
class DutyList:
    """The list made ready: what each word and each one or two characters say for which kind."""

    labels: Mapping[str, str]
    names: Mapping[str, str]
    usual: Mapping[str, int]
    clauses: Mapping[str, Sequence[Clause]]
    words: Mapping[str, Scores]
    pairs: Mapping[str, Scores]
    longest: int


@dataclass
class Learned:
    """What the congress's own cases say: how often a word led to a kind (or to a unit of no kind)."""

    led: dict[str, Scores] = field(default_factory=lambda: defaultdict(lambda: defaultdict(float)))
    cases: Scores = field(default_factory=lambda: defaultdict(float))

    def add(self, words: Iterable[str], code: str, times: int = 1) -> None:
        """A case that went to `code`; `times=-1` takes it back, as when an objection was upheld."""
        self.cases[code] += times
        for word in set(words):
            self.led[word][code] += times


@dataclass(frozen=True)
class Proposal:
    """A kind with its share of certainty, the duty it rests on, and the words of the text that lead there."""

    code: str
    share: float
    clause: Clause | None
    words: tuple[str, ...]


def read_duties(table: Mapping[str, Mapping[str, Any]]) -> DutyList:
    """The duty list from its file's tables."""
    given: dict[str, Scores] = defaultdict(dict)
    clauses: dict[str, list[Clause]] = {}
    for code, entry in table.items():
        clauses[code] = []
        for row in entry["clause"]:
            words, hints = row["words"].split(), row.get("hints", "").split()
            near = frozenset(pair for word in words for pair in _pairs_of(word))
            clauses[code].append(Clause(code, row["text"], row["source"], frozenset(words + hints), near))
            for word in hints:
                given[word].setdefault(code, HINT)
            for word in words:
                given[word][code] = 1.0
    return DutyList(
        labels={code: entry["label"] for code, entry in table.items()},
        names={name: code for code, entry in table.items() for name in entry["names"].split()},
        usual={code: entry["usual"] for code, entry in table.items()},
        clauses=clauses,
        words=_weighed(given),
        pairs=_pairs(given),
        longest=max(map(len, given)),
    )


def _weighed(given: Mapping[str, Scores]) -> dict[str, Scores]:
    """Each word with its weight for each kind: a word that longer words of many kinds hold says little for any."""
    spread: dict[str, Scores] = defaultdict(lambda: defaultdict(float))
    for word, kinds in given.items():
        sure = [kind for kind, weight in kinds.items() if weight == 1]
        for start in range(len(word)):
            for end in range(start + 1, len(word) + 1):
                if word[start:end] in given:
                    for kind in sure:
                        spread[word[start:end]][kind] += 1 / len(sure)
    weighed = {}
    for word, kinds in given.items():
        near = spread[word]
        for kind, weight in kinds.items():
            near[kind] += OWN * weight / len(kinds)
        size = WORD_SIZES.get(len(word), LONG_WORD) * max(kinds.values())
        whole = sum(near.values())
        weighed[word] = {kind: size * (part / whole) ** 0.5 for kind, part in near.items()}
    return weighed


def _pairs(given: Mapping[str, Scores]) -> dict[str, Scores]:
    """What one or two characters say for a kind, from the words that hold them; so unlisted words are not mute."""
    counts: dict[str, Scores] = defaultdict(lambda: defaultdict(float))
    whole: Scores = defaultdict(float)
    for word, kinds in given.items():
        sure = [kind for kind, weight in kinds.items() if weight == 1 and kind not in NOT_BY_DUTY]
        for piece in set(_pieces(word)):
            for kind in sure:
                counts[piece][kind] += 1 / len(sure)
                whole[kind] += (len(piece) == 1) / len(sure)
    total = sum(whole.values())
    return {
        piece: {kind: log(1 + count / (PAIR_PRIOR * whole[kind] / total)) for kind, count in kinds.items()}
        for piece, kinds in counts.items()
    }


def _pieces(text: str) -> list[str]:
    return [*text, *_pairs_of(text)]


def _pairs_of(text: str) -> list[str]:
    return [text[place : place + 2] for place in range(len(text) - 1)]


def matter_of(title: str) -> str:
    """The title without its frame."""
    return FRAME.sub("", title)


def found_words(text: str, duties: DutyList) -> list[tuple[int, str]]:
    """The list's words in a text with their places; a word inside a longer one that was found is left aside."""
    found: list[tuple[int, str]] = []
    reach = 0
    for start in range(len(text)):
        for size in range(min(duties.longest, len(text) - start), 0, -1):
            if (word := text[start : start + size]) in duties.words:
                if start + size > reach:
                    found.append((start, word))
                    reach = start + size
                break
    return found


def case_words(title: str, duties: DutyList) -> list[str]:
    """What is learned of a case: the words of its title and the clauses they stand under."""
    words = {word for _place, word in found_words(matter_of(title), duties)}
    clauses = [
        f"{kind}/{number}"
        for kind, rows in duties.clauses.items()
        for number, clause in enumerate(rows)
        if words & clause.words
    ]
    return [*words, *clauses]


def ranked(title: str, body: str, duties: DutyList, learned: Learned | None = None) -> list[Proposal]:
    """Every kind that may answer for a text (and every unit without a kind that past cases lead to), the likeliest first."""
    learned = learned or Learned()
    matter = matter_of(title)
    title_words = found_words(matter, duties)
    by_words = _by_words(matter, title_words, body, duties)
    readings = {
        "words": {code: log(1 + score / FLOOR) for code, score in by_words.items()},
        "pairs": _summed(duties.pairs.get(piece, {}) for piece in _pieces(matter)),
        **_by_cases(title, duties, learned),
    }
    codes = [code for code in duties.labels if code not in NOT_BY_DUTY or learned.cases.get(code, 0) > 0]
    codes += [code for code, cases in learned.cases.items() if cases > 0 and code not in duties.labels]
    scores = {
        code: sum(WEIGHTS[name] * reading.get(code, 0.0) for name, reading in readings.items())
        for code in codes
    }
    highest = max(scores.values())
    whole = sum(exp(score - highest) for score in scores.values())
    words = {word for _place, word in title_words} | {w for _p, w in found_words(body, duties)}
    return [
        _proposal(code, exp(scores[code] - highest) / whole, matter, words, duties)
        for code in sorted(scores, key=lambda code: -scores[code])
    ]


def _by_words(matter: str, found: list[tuple[int, str]], body: str, duties: DutyList) -> Scores:
    """Words of the title, the later the heavier (关于……的路口安装红绿灯); the body's words share one word's weight."""
    scores: Scores = defaultdict(float)
    for place, word in found:
        late = 1 + (place + len(word)) / len(matter)
        for kind, weight in duties.words[word].items():
            scores[kind] += weight * late
    of_body = _summed(duties.words[word] for _place, word in found_words(body, duties))
    whole = sum(of_body.values())
    for kind, weight in of_body.items():
        scores[kind] += BODY * weight / whole
    return {kind: score for kind, score in scores.items() if kind not in NOT_BY_DUTY}


def _by_cases(title: str, duties: DutyList, learned: Learned) -> dict[str, Scores]:
    """How often each answered so far, and what the same words led to before; without cases, what is usual elsewhere."""
    codes = {*duties.labels, *learned.cases}
    usual = {code: duties.usual.get(code, 0) + USUAL_PRIOR + learned.cases.get(code, 0.0) for code in codes}
    whole = sum(usual.values())
    led: Scores = defaultdict(float)
    for word in case_words(title, duties) if learned.cases else ():
        for code, times in learned.led.get(word, {}).items():
            if times > 0:
                led[code] += log(1 + times / (CASE_PRIOR * usual[code] / whole))
    return {"usual": {code: log(count / whole) for code, count in usual.items()}, "learned": led}


def _proposal(code: str, share: float, matter: str, words: set[str], duties: DutyList) -> Proposal:
    """The clause is the one that most of the text's words stand under; failing words, the one with the likest words."""

    def fit(clause: Clause) -> float:
        return sum(len(word) ** 2 for word in words & clause.words)

    clauses = duties.clauses.get(code, ())
    best = max(clauses, key=fit, default=None)
    if best is not None and not fit(best):
        best = max(clauses, key=lambda clause: len(clause.pairs.intersection(_pairs_of(matter))))
    leading = sorted(words & best.words, key=lambda word: (-len(word), word)) if best else []
    return Proposal(code, share, best, tuple(leading[:6]))


def _summed(rows: Iterable[Mapping[str, float]]) -> Scores:
    total: Scores = defaultdict(float)
    for row in rows:
        for key, value in row.items():
            total[key] += value
    return total


def kind_of(unit_name: str, duties: DutyList) -> str:
    """The kind a unit's name says: the longest of the list's names in it, the first of equals; empty when none."""
    found = [
        (-len(name), unit_name.index(name), code) for name, code in duties.names.items() if name in unit_name
    ]
    return min(found)[2] if found else ""
