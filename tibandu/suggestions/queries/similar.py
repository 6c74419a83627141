"""Knows which earlier suggestions are like a text, of this and past years, and how they were answered."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import OuterRef, Subquery

from tibandu.people.queries import Actor
from tibandu.suggestions.enums import ReplyState, State
from tibandu.suggestions.models import Reply, Suggestion
from tibandu.suggestions.queries.ledger import INDEX
from tibandu.suggestions.queries.sight import visible_to

LIKE_ENOUGH = 0.045
CANDIDATES = 60
SHOWN = 5
SHORTEST = 12  # a few characters are like everything
LEFT_ASIDE = (State.DRAFT, State.COSIGNING, State.WITHDRAWN)


@dataclass(frozen=True)
class Similar:
    """An earlier suggestion with its likeness in percent and the category of its newest answer."""

    suggestion: Suggestion
    percent: int
    answer: str

    @property
    def year(self) -> int | None:
        when: date | None = self.suggestion.registered_on
        submitted = self.suggestion.submitted_at
        return when.year if when else submitted.year if submitted else None


def text_of(suggestion: Suggestion) -> str:
    """What the index holds of a suggestion; the title counts double, for it says what the matter is."""
    return search_text(suggestion, suggestion.asks.order_by("number").values_list("text", flat=True))


def search_text(suggestion: Suggestion, asks: Iterable[str]) -> str:
    """The same where the asks are at hand, as in an import of thousands."""
    return "\n".join([suggestion.title, suggestion.title, suggestion.facts, suggestion.analysis, *asks])


def put_into_index(suggestion: Suggestion) -> None:
    """Makes the text findable; called inside the step that hands it in, so that both happen or neither. A stub says nothing."""
    if not suggestion.is_classified:
        INDEX.put(suggestion.pk, text_of(suggestion))


def similar_to(actor: Actor, text: str, *, congress_id: int, without: int = 0) -> list[Similar]:
    """The likest suggestions of the congress that the actor may see, the likest first."""
    if len(text.strip()) < SHORTEST:
        return []
    likeness = {
        key: score
        for key, score in INDEX.like(text, limit=CANDIDATES, without=[without])
        if score >= LIKE_ENOUGH
    }
    answer = Reply.objects.filter(
        suggestion=OuterRef("pk"), state=ReplyState.SENT, category__isnull=False
    ).order_by("-sent_on", "-pk")
    rows = (
        visible_to(actor)
        .filter(pk__in=likeness, congress=congress_id)
        .exclude(state__in=LEFT_ASIDE)
        .select_related("session__term", "merged_into")
        .prefetch_related("asks")
        .annotate(
            answer_code=Subquery(answer.values("category__code")[:1]),
            answer_label=Subquery(answer.values("category__label")[:1]),
        )
    )
    ranked = sorted(rows, key=lambda row: (-likeness[row.pk], -row.pk))[:SHOWN]
    return [Similar(row, round(likeness[row.pk] * 100), _answer(row)) for row in ranked]


def _answer(row: Suggestion) -> str:
    code, label = row.answer_code or "", row.answer_label or ""  # type: ignore[attr-defined]
    return f"{code}类 {label}" if code.isascii() and code else str(label)


def similar_to_case(actor: Actor, suggestion: Suggestion) -> list[Similar]:
    """The same for a suggestion as it stands."""
    return similar_to(actor, text_of(suggestion), congress_id=suggestion.congress_id, without=suggestion.pk)
