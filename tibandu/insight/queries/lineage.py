"""Knows how often a matter was asked for: families as far as the actor sees their members."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet
from django.db.models.functions import ExtractYear

from tibandu.insight.models import Kin
from tibandu.people.queries import Actor
from tibandu.suggestions import queries as suggestions
from tibandu.suggestions.enums import LIVE_SHARES, ON_FILE, RatingState, ReplyState, Role
from tibandu.suggestions.models import Promise, RatingMark, Reply, Suggestion

PAGE = 30


def comparable() -> QuerySet[Suggestion]:
    """The suggestions that have a place among others: on file, and not secret."""
    return Suggestion.objects.filter(state__in=ON_FILE, is_classified=False)


def _seen(actor: Actor) -> QuerySet[Kin]:
    return Kin.objects.filter(
        suggestion__in=suggestions.visible_to(actor).filter(state__in=ON_FILE).values("pk")
    )


def families_of(
    actor: Actor, *, times: int = 2, years: int = 1, words: str = "", unit: int | None = None
) -> QuerySet[Any]:
    """The families with so many members in sight and over so many years, the most asked first: key, times, first and last year."""
    rows = _seen(actor)
    if words:
        rows = rows.filter(
            family__in=_seen(actor).filter(suggestion__title__icontains=words).values("family")
        )
    if unit:
        handled = Q(suggestion__assignments__unit=unit, suggestion__assignments__state__in=LIVE_SHARES)
        rows = rows.filter(family__in=_seen(actor).filter(handled).values("family"))
    year = ExtractYear("suggestion__registered_on")
    found = rows.values("family").annotate(
        times=Count("pk"),
        years=Count(year, distinct=True),
        first=Min(year),
        last=Max(year),
        newest=Max("suggestion"),
    )
    return found.filter(times__gte=times, years__gte=years).order_by("-times", "-newest")


def titled(actor: Actor, families: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same with the newest member of each that the actor sees."""
    rows = list(families)
    cases = suggestions.visible_to(actor).select_related("congress", "committee", "subject")
    newest = cases.in_bulk([row["newest"] for row in rows])
    return [row | {"case": newest[row["newest"]]} for row in rows]


def asked_before(actor: Actor, suggestion: Suggestion) -> tuple[int, int]:
    """The family of a suggestion and how many of it the actor sees; (0, 0) where it stands alone. Two queries at most."""
    family = Kin.objects.filter(suggestion=suggestion.pk).values_list("family", flat=True).first()
    if family is None:
        return 0, 0
    times = _seen(actor).filter(family=family).count()
    return (family, times) if times > 1 else (0, 0)


@dataclass
class Answer:
    """One reply of one time that the matter was asked: who answered, how, and what was said of it."""

    unit: str
    sent_on: date | None
    category: str
    text: str
    grades: list[str] = field(default_factory=list)
    promises: list[Promise] = field(default_factory=list)


@dataclass
class Time:
    """One time that the matter was asked."""

    case: Suggestion
    authors: list[str]
    leads: list[str]
    answers: list[Answer]

    @property
    def year(self) -> int | None:
        return self.case.registered_on.year if self.case.registered_on else None


def members_of(actor: Actor, family: int) -> list[Time]:
    """Every time in sight, the earliest first, with what was answered, rated and promised; nine queries."""
    cases = list(
        suggestions.visible_to(actor)
        .filter(kin__family=family, state__in=ON_FILE)
        .select_related("congress", "session__term", "kin")
        .prefetch_related("proposers__seat", "assignments__unit")
        .order_by("registered_on", "pk")
    )
    answers = _answers(actor, [case.pk for case in cases])
    return [
        Time(
            case,
            suggestions.author_names(actor, case),
            [
                str(share.unit)
                for share in case.assignments.all()
                if share.role != Role.CO and share.state in LIVE_SHARES
            ],
            answers.get(case.pk, []),
        )
        for case in cases
    ]


def _answers(actor: Actor, cases: list[int]) -> dict[int, list[Answer]]:
    """The sent replies of these cases that the actor may read, the grades that it may read, and the promises."""
    replies = (
        suggestions.replies_visible_to(actor)
        .filter(suggestion__in=cases, state=ReplyState.SENT)
        .select_related("assignment__unit", "category")
        .prefetch_related("parts", "promises")
        .order_by("sent_on", "pk")
    )
    made = {reply.pk: (reply.suggestion_id, _answer(reply)) for reply in replies}
    rated = suggestions.ratings_visible_to(actor).filter(reply__in=made, state=RatingState.RATED)
    marks = RatingMark.objects.filter(rating__in=rated, version=1, dimension__is_headline=True)
    for reply, label in marks.order_by("pk").values_list("rating__reply", "grade__label"):
        made[reply][1].grades.append(label)
    found: dict[int, list[Answer]] = {}
    for case, answer in made.values():
        found.setdefault(case, []).append(answer)
    return found


def _answer(reply: Reply) -> Answer:
    text = "\n".join([reply.opening, *(part.text for part in reply.parts.all()), reply.reason, reply.closing])
    return Answer(
        str(reply.assignment.unit),
        reply.sent_on,
        str(reply.category or ""),
        text.strip(),
        promises=list(reply.promises.all()),
    )
