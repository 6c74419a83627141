"""What is computed of earmarked money: an amount in words, the average of score sheets, whose review is still due."""

from collections.abc import Collection, Iterable

from tibandu.oversight.enums import ReviewSide


def in_yuan(fen: int) -> str:
    """An amount as the journal and messages say it: 1234567 is `12,345.67元`."""
    whole, rest = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{whole:,}{f'.{rest:02d}' if rest else ''}元"


def average(totals: Collection[int]) -> int:
    """The mean of the sheets' points, rounded half up; 0 without a sheet."""
    return (2 * sum(totals) + len(totals)) // (2 * len(totals)) if totals else 0


def side_due(held: Iterable[ReviewSide], given: Collection[str]) -> ReviewSide | None:
    """The first side of a performance review that one speaks for and that has not spoken yet."""
    return next((side for side in held if side not in given), None)
