"""Knows how good the advice on dispatch is: the duty list against three baselines, on real titles of places nobody tuned to.

usage: python tools/score_advice.py FILE.jsonl [--duties OTHER.toml] [--held-out]

Each line holds title, place, unit_kind and unit_kind_source. A fifth of the places (sha256 of the name, mod 5 = 0) is held out and
scored only with --held-out; the others are cross-validated by place. Plain Python; docs/advice.md holds what was measured.
"""

import argparse
import json
import math
import random
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tibandu.suggestions.rules.advice import (
    NOT_BY_DUTY,
    DutyList,
    Learned,
    case_words,
    ranked,
    read_duties,
)

DUTIES = Path(__file__).resolve().parent.parent / "tibandu" / "suggestions" / "data" / "duties.toml"
FOLDS, DRAWS = 5, 10_000
LEFT_OUT = {*NOT_BY_DUTY, "other"}
Row = dict[str, str]
Ranker = Callable[[Row], list[str]]


def digest(text: str) -> int:
    return int(sha256(text.encode()).hexdigest(), 16)


def place(row: Row) -> str:
    return row.get("place") or ""


def is_held_out(row: Row) -> bool:
    return digest(place(row)) % 5 == 0


def scored(path: Path) -> list[Row]:
    """The rows whose handling unit is stated, without those of townships and of the government's own office."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    return [r for r in rows if r["unit_kind_source"] == "stated_unit" and r["unit_kind"] not in LEFT_OUT]


def grams(title: str) -> Counter[str]:
    return Counter(title[i : i + n] for n in (1, 2, 3) for i in range(len(title) - n + 1))


def most_frequent(rows: list[Row]) -> Ranker:
    order = [kind for kind, _n in Counter(row["unit_kind"] for row in rows).most_common()]
    return lambda row: order


class Vectors:
    """Character n-grams under tf-idf, length one."""

    def __init__(self, rows: list[Row]) -> None:
        seen = Counter(gram for row in rows for gram in grams(row["title"]))
        self.weight = {gram: math.log((1 + len(rows)) / (1 + n)) + 1 for gram, n in seen.items()}

    def of(self, title: str) -> dict[str, float]:
        raw = {g: (1 + math.log(n)) * self.weight[g] for g, n in grams(title).items() if g in self.weight}
        length = math.sqrt(sum(value * value for value in raw.values())) or 1.0
        return {gram: value / length for gram, value in raw.items()}


def nearest(rows: list[Row]) -> Ranker:
    vectors = Vectors(rows)
    known = [(vectors.of(row["title"]), row["unit_kind"]) for row in rows]

    def rank(row: Row) -> list[str]:
        asked, best = vectors.of(row["title"]), defaultdict(float)
        for vector, kind in known:
            likeness = sum(value * vector[gram] for gram, value in asked.items() if gram in vector)
            best[kind] = max(best[kind], likeness)
        return sorted(best, key=lambda kind: -best[kind])

    return rank


def linear(rows: list[Row], epochs: int = 60, rate: float = 2.0) -> Ranker:
    """A softmax classifier on the same n-grams, trained by gradient steps row by row."""
    vectors, shuffle = Vectors(rows), random.Random(1)
    known = [(vectors.of(row["title"]), row["unit_kind"]) for row in rows]
    kinds = sorted({kind for _vector, kind in known})
    weights: dict[str, dict[str, float]] = {kind: defaultdict(float) for kind in kinds}

    def shares(vector: dict[str, float]) -> dict[str, float]:
        scores = {
            kind: sum(value * weights[kind].get(gram, 0.0) for gram, value in vector.items())
            for kind in kinds
        }
        highest = max(scores.values())
        raw = {kind: math.exp(score - highest) for kind, score in scores.items()}
        whole = sum(raw.values())
        return {kind: value / whole for kind, value in raw.items()}

    for _epoch in range(epochs):
        shuffle.shuffle(known)
        for vector, kind in known:
            for other, share in shares(vector).items():
                step = rate * ((other == kind) - share)
                if abs(step) > 1e-4:
                    for gram, value in vector.items():
                        weights[other][gram] += step * value

    def rank(row: Row) -> list[str]:
        found = shares(vectors.of(row["title"]))
        return sorted(found, key=lambda kind: -found[kind])

    return rank


def advice(duties: DutyList, rows: list[Row]) -> Ranker:
    """The product's own ranking; `rows` are its past cases, none for a congress that begins."""
    learned = Learned()
    for row in rows:
        learned.add(case_words(row["title"], duties), row["unit_kind"])
    return lambda row: [proposal.code for proposal in ranked(row["title"], "", duties, learned)]


def outcome(
    name: str, pairs: list[tuple[Ranker, list[Row]]]
) -> tuple[str, list[Row], list[bool], list[bool]]:
    rows, first, third = [], [], []
    for rank, asked in pairs:
        for row in asked:
            order = rank(row)
            rows.append(row)
            first.append(order[0] == row["unit_kind"])
            third.append(row["unit_kind"] in order[:3])
    return name, rows, first, third


def interval(rows: list[Row], values: list[float]) -> tuple[float, float]:
    """95 % of the means when whole places are drawn again."""
    by_place: dict[str, list[float]] = defaultdict(list)
    for row, value in zip(rows, values, strict=True):
        by_place[place(row)].append(value)
    sums = [(sum(group), len(group)) for group in by_place.values()]
    draw, means = random.Random(2), []
    for _n in range(DRAWS):
        drawn = draw.choices(sums, k=len(sums))
        means.append(sum(total for total, _size in drawn) / sum(size for _total, size in drawn))
    means.sort()
    return means[DRAWS // 40], means[-DRAWS // 40]


def tell(found: list[tuple[str, list[Row], list[bool], list[bool]]]) -> None:
    for name, rows, first, third in found:
        low, high = interval(rows, [float(value) for value in first])
        low3, high3 = interval(rows, [float(value) for value in third])
        print(
            f"{name:<34} top-1 {sum(first) / len(rows):.3f} [{low:.3f}, {high:.3f}]"
            f"  top-3 {sum(third) / len(rows):.3f} [{low3:.3f}, {high3:.3f}]"
        )
    _name, rows, base, _third = next(item for item in found if item[0].startswith("linear"))
    for name, _rows, first, _third3 in found[3:]:
        gain = [float(a) - float(b) for a, b in zip(first, base, strict=True)]
        low, high = interval(rows, gain)
        print(
            f"{name:<34} against linear {100 * sum(gain) / len(gain):+.1f} points [{100 * low:.1f}, {100 * high:.1f}]"
        )


def compared(folds: list[tuple[list[Row], list[Row]]], duties: DutyList) -> None:
    makers = {
        "most frequent": most_frequent,
        "nearest neighbour": nearest,
        "linear, character n-grams": linear,
        "duty list, no past cases": lambda rows: advice(duties, []),
        "duty list and past cases": lambda rows: advice(duties, rows),
    }
    tell([outcome(name, [(make(past), asked) for past, asked in folds]) for name, make in makers.items()])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--duties", type=Path, default=DUTIES, help="another duty list")
    parser.add_argument("--held-out", action="store_true", help="score the held-out fifth of the places too")
    options = parser.parse_args()
    content = options.duties.read_bytes()
    duties = read_duties(tomllib.loads(content.decode()))
    rows = scored(options.file)
    seen, held = [r for r in rows if not is_held_out(r)], [r for r in rows if is_held_out(r)]
    print(f"duty list sha256 {sha256(content).hexdigest()}")
    print(
        f"{len(seen)} rows, cross-validated by place; {len(held)} rows of {len(set(map(place, held)))} places held out"
    )
    number = {id(row): digest("cv" + place(row)) % FOLDS for row in seen}
    compared(
        [
            ([r for r in seen if number[id(r)] != n], [r for r in seen if number[id(r)] == n])
            for n in range(FOLDS)
        ],
        duties,
    )
    if options.held_out:
        print("held out")
        compared([(seen, held)], duties)


if __name__ == "__main__":
    main()
