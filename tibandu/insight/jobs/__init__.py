"""What runs by the clock in this room; running it again does nothing twice."""

from tibandu.insight.actions import refresh


def tick() -> int:
    """Places what has come on file since, and says how many."""
    return refresh()
