"""Knows every registered figure, those of this room too: what was called done and was asked for again."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

import tibandu.oversight.queries.figures  # noqa: F401  (registers the figures of supervision)
from tibandu.base.figures import REGISTRY, Figure, Part, Period, Scope, Tally, Value, fold, register, tally
from tibandu.insight import rules
from tibandu.insight.models import Kin
from tibandu.people.models import Unit
from tibandu.people.queries import Actor
from tibandu.regulations.models import SubjectClass
from tibandu.suggestions.enums import PromiseState, RatingState, ReplyState
from tibandu.suggestions.models import Promise, Reply
from tibandu.suggestions.queries.figures import RATINGS, REPLIES, first_said

YEARS = 5
MOST_GROUPS = 100
MOST_CHARTED = 12

_ASKED_LATER = Kin.objects.filter(
    family=OuterRef("suggestion__kin__family"),
    suggestion__congress=OuterRef("suggestion__congress"),
    suggestion__registered_on__gt=OuterRef("sent_on"),
    suggestion__is_masked=False,
    suggestion__is_classified=False,
)
_LAPSED = Promise.objects.filter(reply=OuterRef("reply"), state=PromiseState.LAPSED)
_LATER = Reply.objects.filter(
    assignment=OuterRef("assignment"), state=ReplyState.SENT, category__isnull=False, pk__gt=OuterRef("pk")
)
_STANDS_UNDONE = Reply.objects.filter(
    ~Exists(_LATER),
    assignment=OuterRef("reply__assignment"),
    state=ReplyState.SENT,
    category__counts_as_resolved=False,
)
_SATISFIED = Q(first_said(counts_as_satisfied=True), state=RatingState.RATED)
_NOT_DONE = Q(Exists(_STANDS_UNDONE)) | Q(Exists(_LAPSED))

OWN = register(
    Figure(
        "satisfied_undone",
        _("满意但未办成"),
        _("首评满意、而现行答复类别不计为解决或者承诺经认定未兑现的评价 ÷ 首评满意的评价。"),
        RATINGS,
        Part("reply__sent_on", _SATISFIED & _NOT_DONE),
        Part("reply__sent_on", _SATISFIED),
    ),
    Figure(
        "done_asked_again",
        _("办成又提"),
        _(
            "类别计为解决、答复发出以后同一事项又有建议立案的答复 ÷ 类别计为解决的答复；同一事项由家谱按文字判定。"
        ),
        REPLIES,
        Part("sent_on", Q(Exists(_ASKED_LATER), category__counts_as_resolved=True)),
        Part("sent_on", Q(category__counts_as_resolved=True)),
    ),
)
FLAWLESS = ("on_time", "contacted", "satisfied")
SCISSORS = ("satisfied", "resolved", "kept", "satisfied_undone", "done_asked_again", *FLAWLESS[:2])
# What the board of categories and satisfaction shows, in its parts; figures of supervision stand by their own name.
PARTS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (_("提出和交办"), ("received", "registered", "handed_over", "assigned", "objections")),
    (_("办理和答复"), ("answered", "on_time", "contacted", "extensions", "again")),
    (_("类别和评价"), ("replied", "resolved", "satisfied", "dissatisfied", "unrated")),
    (_("承诺"), ("promised", "kept", "lapsed", "owed")),
)
IN_TABLE = (
    *("assigned", "answered", "on_time", "contacted", "again", "replied", "resolved"),
    *("satisfied", "dissatisfied", "unrated", "promised", "kept"),
)


def figures(*names: str) -> list[Figure]:
    """The figures of these names, or all that are known."""
    return [REGISTRY[name] for name in names] if names else list(REGISTRY.values())


@dataclass(frozen=True)
class Group:
    """A line of a board: a unit, a class, a committee or a year, with its figures by name and its categories by code."""

    label: str
    scope: dict[str, Any]
    period: Period
    values: dict[str, Value]
    categories: dict[str, int]


@dataclass(frozen=True)
class Board:
    """The figures of a period and of the same days a year earlier, their groups, and the categories of both."""

    now: dict[str, Value]
    before: dict[str, Value]
    groups: list[Group]
    categories: list[tuple[str, bool, int, int]]


def board(actor: Actor, period: Period, scope: Scope, by: str, names: tuple[str, ...] = ()) -> Board:
    """Everything in one query a source, and one for the names of the groups."""
    periods = [period, period.before]
    if by == "year":
        last = period.until.year
        periods += [Period.year(year) for year in range(last, last - YEARS, -1)]
    places = ("category", "resolved") if by == "year" else ("category", "resolved", by)
    found = tally(figures(*names), actor, periods, scope=scope, by=places)
    groups = _years(found, periods, names) if by == "year" else _groups(found, by, period)
    return Board(_all_of(found, 0, names), _all_of(found, 1, names), groups, _categories(found))


def _of(cells: dict[tuple[str, int], Value], place: int) -> dict[str, Value]:
    return {name: value for (name, n), value in cells.items() if n == place}


def _all_of(found: Tally, place: int, names: tuple[str, ...]) -> dict[str, Value]:
    """Every figure over all groups; where there are no rows at all it is nothing of nothing."""
    cells = _of(fold(found).get((), {}), place)
    return {f.id: cells.get(f.id, Value(0, 0 if f.among else None)) for f in figures(*names)}


def _categories(found: Tally) -> list[tuple[str, bool, int, int]]:
    """Every category that replies bear: its code, whether it counts as resolved, how many now and a year earlier."""
    rows = [
        (code, bool(resolved), cells["replied", 0].counted, cells["replied", 1].counted)
        for (code, resolved), cells in fold(found, 0, 1).items()
        if code is not None and ("replied", 0) in cells
    ]
    return sorted(row for row in rows if row[2] or row[3])


def _codes(found: Tally, place: int) -> dict[Any, dict[str, int]]:
    """How many replies of each category, by group; a year is a place and no group."""
    codes: dict[Any, dict[str, int]] = {}
    for (code, _resolved, *group), cells in found.items():
        value = cells.get(("replied", place), Value())
        if code is not None and value.counted:
            of_group = codes.setdefault(group[0] if group else None, {})
            of_group[code] = of_group.get(code, 0) + value.counted
    return codes


def _years(found: Tally, periods: list[Period], names: tuple[str, ...]) -> list[Group]:
    return [
        Group(
            str(periods[n].since.year),
            {},
            periods[n],
            _all_of(found, n, names),
            _codes(found, n).get(None, {}),
        )
        for n in range(2, len(periods))
    ]


def _groups(found: Tally, by: str, period: Period) -> list[Group]:
    """The groups that anything was counted for, those with most to answer first."""
    cells = {key[0]: _of(values, 0) for key, values in fold(found, 2).items() if key[0] is not None}
    cells = {key: values for key, values in cells.items() if any(v.counted for v in values.values())}
    codes = _codes(found, 0)
    labels = _labels(by, list(cells))
    made = [
        Group(labels.get(key, str(key)), {by: key}, period, values, codes.get(key, {}))
        for key, values in cells.items()
    ]
    return sorted(made, key=_weight)[:MOST_GROUPS]


def _weight(group: Group) -> tuple[int, str]:
    counts = [group.values[name].among or 0 for name in ("on_time", "resolved") if name in group.values]
    return -max(counts, default=0), group.label


def _labels(by: str, keys: list[int]) -> dict[int, str]:
    rows: QuerySet[Any] = (SubjectClass if by == "subject" else Unit).objects.filter(pk__in=keys)
    return {row.pk: str(row) for row in rows}


def gap_of(group: Group) -> rules.Gap:
    """Satisfied beside done, of a line of the board."""
    satisfied, resolved = (group.values.get(name, Value()).percent for name in ("satisfied", "resolved"))
    return rules.Gap(satisfied, resolved)


def is_flawless(group: Group) -> bool:
    """Whether a unit is answered in time, met and satisfied to the last one: so even that it asks to be looked at."""
    values = [group.values[name] for name in FLAWLESS if name in group.values]
    return len(values) == len(FLAWLESS) and rules.is_flawless([(v.counted, v.among) for v in values])


def years_until(today: date) -> list[int]:
    return list(range(today.year, today.year - YEARS - 1, -1))
