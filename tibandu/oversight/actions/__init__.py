"""Every verb of supervision; a verb is found here under its own name."""

from collections.abc import Callable
from typing import Any


def action_of(verb: str) -> Callable[..., Any]:
    """The function of a verb."""
    function: Callable[..., Any] = globals()[verb]
    return function
