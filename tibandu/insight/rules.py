"""What makes two suggestions one matter, and what two replies have in common, as pure functions of texts."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property

SAME_TEXT = 0.40  # so much of both texts in common is the same matter, whatever the title
SAME_TITLE = 0.60  # so much of both titles, where the texts have something in common
SOMETHING = 0.12
SAME_FORM = 0.75  # texts so much alike are one form of words filled in
SAID_SO = 0.5  # the bars are so much lower where the author says that it was asked before
KIN_OF_ELDEST = (
    0.5  # so much of the bar of texts will do for the eldest of a family that the nearest one belongs to
)
SHORTEST_COPY = 8

_FORM = re.compile(r"^关于|的?(?:建议|提案|议案)$")
_SUFFIXES = (
    "街道|社区|小区|片区|园区|新村|大道|大桥|大堤|水库|中学|小学|学校|医院|公园|广场|市场|集市|夜市|花园"
    "|[镇乡村桥河溪港县区堤街巷线站园矿]|(?<![铁道公马])路"
)
_PLACE = re.compile(rf"(?=([\u4e00-\u9fff]{{2}}(?:{_SUFFIXES})))")
_GENERAL = re.compile("老旧小区|农村|乡镇|城镇|乡村|我[市县区]|本[市县区]|偏远村|行政村|社区")
_RUN = re.compile(r"[\u3400-\u9fff]+|[a-z0-9]+")


def pairs(text: str) -> frozenset[str]:
    """The pairs of characters of a text, and its words and numbers in other letters."""
    runs = _RUN.findall(text.casefold())
    return frozenset(
        pair
        for run in runs
        for pair in ([run] if run[0].isascii() else (run[n : n + 2] for n in range(len(run) - 1)))
    )


_EMPTY = pairs("加强，加快，加大，推进，促进，完善，提升，推动，切实，问题，工作，解决，建设，建立，进一步")


@dataclass(frozen=True)
class Matter:
    """A suggestion as it is compared: what its title says and what its text says."""

    title: str
    text: str
    says_repeated: bool = False

    @cached_property
    def core(self) -> str:
        return _FORM.sub("", self.title.strip())

    @cached_property
    def title_pairs(self) -> frozenset[str]:
        return pairs(self.core) - _EMPTY

    @cached_property
    def text_pairs(self) -> frozenset[str]:
        return pairs(self.text)

    @cached_property
    def places(self) -> frozenset[str]:
        """What the title names that looks like a place: two characters and 路, 镇, 小区 and the like."""
        return frozenset(_PLACE.findall(_GENERAL.sub("，", self.core)))


def dice(one: frozenset[str], other: frozenset[str]) -> float:
    """Twice what two sets share over what they hold."""
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0


def kinship(one: Matter, other: Matter) -> float:
    """How near two suggestions are, 0.0 where they are not one matter: the same form of words about another place is not."""
    texts, titles = dice(one.text_pairs, other.text_pairs), dice(one.title_pairs, other.title_pairs)
    bar = SAID_SO if one.says_repeated or other.says_repeated else 1.0
    is_like = texts >= SAME_TEXT * bar or (titles >= SAME_TITLE * bar and texts >= SOMETHING * bar)
    if not is_like or speaks_of_another_place(one, other):
        return 0.0
    return round(max(texts, (texts + titles) / 2), 4)


def is_of_family(one: Matter, eldest: Matter) -> bool:
    """Whether a suggestion has still enough of the eldest in it, so that a family does not drift from matter to matter."""
    texts, titles = dice(one.text_pairs, eldest.text_pairs), dice(one.title_pairs, eldest.title_pairs)
    is_near = texts >= SAME_TEXT * KIN_OF_ELDEST or titles >= SAME_TITLE
    return is_near and not speaks_of_another_place(one, eldest)


def speaks_of_another_place(one: Matter, other: Matter) -> bool:
    """Whether each title names what the other suggestion does not: the same form filled in for another place."""
    if dice(one.text_pairs, other.text_pairs) >= SAME_FORM:
        return bool(_own_pairs(one, other) and _own_pairs(other, one))
    if one.places and other.places:
        return not one.places & other.places
    return bool(_own_names(one, other) and _own_names(other, one))


def _own_pairs(one: Matter, other: Matter) -> frozenset[str]:
    """What this title and its text say, and the other title and text do not: where texts are one form, its names."""
    return one.title_pairs & one.text_pairs - other.text_pairs - other.title_pairs


def _own_names(one: Matter, other: Matter) -> list[str]:
    """What this title says beyond the other title, that this text says again and the other suggestion never."""
    blocks = SequenceMatcher(None, one.core, other.core, autojunk=False).get_opcodes()
    extra = [one.core[a : max(b, a + 2)] for tag, a, b, _c, _d in blocks if tag in ("replace", "delete")]
    return [name for name in extra if name in one.text and name not in other.text + other.core]


def overlap_percent(one: str, other: str) -> int:
    """How much of two texts is the same, by pairs of characters, in whole per cent."""
    return round(dice(pairs(one), pairs(other)) * 100)


def marked(text: str, other: str) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether the other text has it word for word (eight characters at least)."""
    found = SequenceMatcher(None, text, other, autojunk=False).get_matching_blocks()
    copies = [(block.a, block.a + block.size) for block in found if block.size >= SHORTEST_COPY]
    pieces: list[tuple[str, bool]] = []
    place = 0
    for start, end in copies:
        pieces += [(text[place:start], False), (text[start:end], True)]
        place = end
    return [piece for piece in [*pieces, (text[place:], False)] if piece[0]]


@dataclass(frozen=True)
class Gap:
    """Satisfied beside done in per cent: of the two shares, how far the first is ahead."""

    satisfied: float | None
    resolved: float | None

    @property
    def points(self) -> float | None:
        if self.satisfied is None or self.resolved is None:
            return None
        return round(self.satisfied - self.resolved, 1)


def is_flawless(shares: Sequence[tuple[int, int | None]]) -> bool:
    """Whether every one of these shares is the whole of something: 100, 100, 100."""
    return all(among and counted == among for counted, among in shares)


def change(count: int, among: int, earlier: int, earlier_among: int) -> tuple[float | None, float | None]:
    """How a share changed: in points, and in per cent of what it was; reckoned from the counts, not from rounded shares."""
    if not among or not earlier_among:
        return None, None
    share, was = count / among, earlier / earlier_among
    return round((share - was) * 100, 1), round((share / was - 1) * 100, 1) if was else None
