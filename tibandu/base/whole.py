"""Knows how a whole number is read from what browsers send: a row's key or a place in a list, or nothing."""

DIGITS = 18  # what every database takes as a key


def whole(text: str) -> int | None:
    """The number, where the text is one; "²" and a thousand nines are none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS else None


def wholes(texts: list[str]) -> list[int]:
    """Those of the texts that are numbers."""
    return [number for text in texts if (number := whole(text)) is not None]
