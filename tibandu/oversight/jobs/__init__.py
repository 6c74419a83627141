"""What runs by the clock in this room; running it again does nothing twice."""

from datetime import datetime

from tibandu.oversight.actions.clockwork import remind
from tibandu.oversight.jobs import promises


def tick(at: datetime) -> int:
    """Statements asked for and closed, then reminders of every clock that runs; answers how much was done."""
    return promises.tick(at) + remind(at)
