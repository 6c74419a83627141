"""Knows what the clock asks of every room at a moment; doing it again does nothing twice."""

from dataclasses import asdict
from datetime import datetime

from tibandu.insight import jobs as insight
from tibandu.oversight import jobs as oversight
from tibandu.suggestions import jobs as suggestions


def tick(at: datetime) -> dict[str, int]:
    """How much of each kind was done. The suggestions room comes after those that write on its chains, for it seals the day."""
    overseen = oversight.tick(at)
    done = asdict(suggestions.tick(at))
    return {"overseen": overseen, **done, "families_placed": insight.tick()}
