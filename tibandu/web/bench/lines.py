"""Knows how journal lines of a bench are chained: the product's digest, written out for speed and held equal by a test."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from tibandu.base.flow import in_the_language_of_the_law
from tibandu.suggestions.flow import flow_of
from tibandu.web.bench.world import Signer

# The verbs of an ordinary life, each with its noun and the states it leads from and to.
VERBS = {
    "edit": ("suggestion", "draft", "draft"),
    "submit": ("suggestion", "draft", "submitted"),
    "register": ("suggestion", "submitted", "registered"),
    "assign": ("suggestion", "registered", "assigned"),
    "distribute": ("handover", "sent", "distributed"),
    "sign_for": ("assignment", "sent", "signed_for"),
    "name_responsible": ("assignment", "signed_for", "handling"),
    "record_contact": ("assignment", "handling", "handling"),
    "send_reply": ("reply", "signed", "sent"),
    "rate": ("rating", "open", "rated"),
    "close": ("suggestion", "assigned", "closed"),
}
COLUMNS = (
    "id", "chain", "seq", "happened_at", "recorded_at", "request_id", "person_id", "hat", "who", "noun", "object_id",
    "verb", "label", "source", "target", "words", "facts", "seen_by", "previous", "digest",
)  # fmt: skip

Line = tuple[Any, ...]


def shapes() -> dict[str, tuple[str, str, str, str, str]]:
    """Noun, label, states and sight of each verb, as the step tables say."""
    found = {}
    for verb, (noun, source, target) in VERBS.items():
        step = flow_of(noun, verb).step(verb)
        found[verb] = (noun, in_the_language_of_the_law(step.label), source, target, str(step.seen_by))
    return found


class Chain:
    """One case's chain while it grows; `lines` are rows of the journal."""

    def __init__(
        self, name: str, first_pk: int, shapes: dict[str, tuple[str, str, str, str, str]], algorithm: str
    ) -> None:
        self.name, self.pk, self.shapes = name, first_pk, shapes
        self.new: Callable[[bytes], Any] = getattr(hashlib, algorithm, None) or (
            lambda data: hashlib.new(algorithm, data)
        )
        self.seq, self.head = 0, ""
        self.lines: list[Line] = []

    def add(
        self, verb: str, who: Signer, object_id: int, at: str, facts: dict[str, Any] | None = None
    ) -> None:
        """`at` is a moment in UTC as `YYYY-MM-DD HH:MM:SS`."""
        noun, label, source, target, seen_by = self.shapes[verb]
        self.seq += 1
        said = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":")) if facts else "{}"
        moment = f"{at[:10]}T{at[11:]}.000000+00:00"
        text = (
            f'["{self.name}",{self.seq},"{moment}","{moment}",null,{who.person_id},"{who.hat}",{who.hashed},"{noun}",'
            f'{object_id},"{verb}","{label}","{source}","{target}","",{said},"{seen_by}","{self.head}"]'
        )
        digest = self.new(text.encode()).hexdigest()
        self.lines.append(
            (self.pk + self.seq, self.name, self.seq, at, at, None, who.person_id, who.hat, who.stored, noun, object_id,
             verb, label, source, target, "", json.dumps(facts or {}), seen_by, self.head, digest)
        )  # fmt: skip
        self.head = digest
