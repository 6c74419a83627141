"""What the clock does about promises: asks for statements, closes them, and says when a check or an explanation is due."""

from datetime import datetime

from tibandu.oversight.actions import promises as actions


def tick(at: datetime) -> int:
    """Everything owed on this day; answers how much was done, and doing it again does nothing twice."""
    deeds = (
        actions.due_statements,
        actions.close_late_statements,
        actions.due_findings,
        actions.due_explanations,
    )
    return sum(deed(at) for deed in deeds)
