"""How a random draw is made that anybody can make again: the list, its digest, and which numbers a seed picks."""

import hashlib
from collections.abc import Iterable, Sequence


def listing(lines: Iterable[Sequence[object]]) -> str:
    """The list as it is hashed: a line each, its parts divided by tabs, every line ended."""
    return "".join("\t".join(map(str, line)) + "\n" for line in lines)


def digest_of(text: str) -> str:
    """SHA-256 of the list in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def lot(seed: str, number: int) -> str:
    """The lot of one number: SHA-256 of seed, colon and number."""
    return hashlib.sha256(f"{seed}:{number}".encode()).hexdigest()


def picked(seed: str, count: int, wanted: int) -> list[int]:
    """The numbers from 1 to `count` with the smallest lots, the smallest first."""
    return sorted(range(1, count + 1), key=lambda number: (lot(seed, number), number))[:wanted]
