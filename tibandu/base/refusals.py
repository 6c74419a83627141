"""Knows the three ways a step fails and what an actor is; everything that acts imports this."""

from collections.abc import Mapping
from typing import Any, Protocol

from django.utils.translation import gettext_lazy as _

# What is said of a number or a day that no database or calendar takes.
BEYOND = _("填写的数字或者日期超出了可以保存的范围。")


class Refused(Exception):
    """A step that may not be taken now, with the sentence that says why; `fields` name what to mend, if anything."""

    def __init__(self, sentence: Any, fields: Mapping[str, Any] | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.fields = dict(fields or {})

    def __str__(self) -> str:
        return str(self.sentence)


class NotYourStep(Exception):
    """The actor sees the case, but the step belongs to somebody else."""


class Moved(Exception):
    """The row does not stand where the step begins; unless a sentence says why, another person moved it meanwhile."""

    sentence: Any = _("刚刚被别人办理过，请刷新后再看。")

    def __init__(self, sentence: Any = None) -> None:
        super().__init__()
        if sentence is not None:
            self.sentence = sentence

    def __str__(self) -> str:
        return str(self.sentence)


class Actor(Protocol):
    """A person wearing one hat (a post or a seat), or the system itself; rooms above add what rights need."""

    @property
    def person_id(self) -> int | None: ...
    @property
    def hat(self) -> str: ...
    def facts(self) -> dict[str, Any]:
        """Who acted, as keys and as text, for the journal."""
