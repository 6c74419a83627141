"""Knows how two texts of articles differ: which article became which, and which words went and came."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

SAME, GONE, NEW = "same", "gone", "new"
# Below this likeness an article was replaced rather than changed.
ALIKE = 0.5


@dataclass(frozen=True)
class Piece:
    kind: str
    text: str


@dataclass(frozen=True)
class Pair:
    """An article before and after; an empty number on one side means that it was added or left out."""

    before: str
    after: str
    pieces: tuple[Piece, ...]

    @property
    def kind(self) -> str:
        if not self.before or not self.after:
            return NEW if self.after else GONE
        return SAME if all(piece.kind == SAME for piece in self.pieces) else "changed"

    @property
    def is_renumbered(self) -> bool:
        return bool(self.before and self.after and self.before != self.after)


Numbered = tuple[str, str]


def compare(old: Sequence[Numbered], new: Sequence[Numbered]) -> list[Pair]:
    """Pairs of (number, text) articles in the order in which a reader meets them."""
    matcher = SequenceMatcher(None, [text for _n, text in old], [text for _n, text in new], autojunk=False)
    pairs = []
    for _tag, i1, i2, j1, j2 in matcher.get_opcodes():
        pairs += _block(old[i1:i2], new[j1:j2])
    return pairs


def _block(old: Sequence[Numbered], new: Sequence[Numbered]) -> list[Pair]:
    """A stretch in which no article stayed the same (or all did): each is matched with the likest one ahead."""
    pairs, rest = [], list(old)
    for number, text in new:
        place = _likest(text, rest)
        if place is None:
            pairs.append(Pair("", number, (Piece(NEW, text),)))
            continue
        pairs += [_left_out(one) for one in rest[:place]]
        before, was = rest[place]
        pairs.append(Pair(before, number, pieces(was, text)))
        rest = rest[place + 1 :]
    return pairs + [_left_out(one) for one in rest]


def _left_out(article: Numbered) -> Pair:
    number, text = article
    return Pair(number, "", (Piece(GONE, text),))


def _likest(text: str, articles: Sequence[Numbered]) -> int | None:
    ratios = [SequenceMatcher(None, was, text, autojunk=False).ratio() for _number, was in articles]
    best = max(ratios, default=0.0)
    return ratios.index(best) if best >= ALIKE else None


def pieces(old: str, new: str) -> tuple[Piece, ...]:
    """The words of both texts in order: what stayed, what went, what came."""
    found: list[Piece] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(Piece(SAME, old[i1:i2]))
            continue
        found += [Piece(GONE, old[i1:i2])] if i2 > i1 else []
        found += [Piece(NEW, new[j1:j2])] if j2 > j1 else []
    return tuple(found)
