"""Knows how the rows of a measure read as sentences, and how two measures differ in them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from tibandu.base import numbering
from tibandu.base.clock import Skipped
from tibandu.people.enums import System
from tibandu.regulations.enums import (
    SETTING_VALUES,
    Gate,
    GroundKind,
    LimitCode,
    OptionKind,
    ScreeningOutcome,
    SettingKey,
    StartEvent,
)
from tibandu.regulations.models import (
    Article,
    CalendarDay,
    Category,
    ContactStage,
    CopyRecipient,
    Dimension,
    Grade,
    Ground,
    Limit,
    NumberPattern,
    Option,
    Setting,
    Version,
)
from tibandu.regulations.queries import KINDS

CATEGORY_FLAGS = (
    "counts_as_resolved",
    "opens_ledger",
    "needs_due_date",
    "needs_reason",
    "needs_upward_report",
)
GRADE_FLAGS = ("counts_as_satisfied", "is_dissatisfied")
DIMENSION_FLAGS = ("is_headline", "is_delivery")
# Facts of an invented number, to show what a pattern makes.
EXAMPLE: dict[str, int | str] = {
    "term": 6,
    "session": 5,
    "seq": 12,
    "year": 2026,
    "month": 3,
    "day": 2,
    "round": 1,
    "code": "兴住建",
    "series": "闭",
    "kind": "建",
    "organ": "兴澜市",
}


@dataclass(frozen=True)
class Line:
    """One row of a measure in words: what it is about, what it says, the article that says so."""

    kind: str
    key: str
    group: str
    what: str
    says: str
    article: str
    order: tuple[int, int]


@dataclass(frozen=True)
class Section:
    """The lines of one kind under its name."""

    kind: str
    label: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Difference:
    """A line before and after; an empty side means that the row is new or gone."""

    kind: str
    label: str
    what: str
    before: str
    after: str


def sections(version: Version, articles: Iterable[Article]) -> list[Section]:
    """All rows of a version in words, by kind: one query a kind."""
    numbers = {article.pk: article.number for article in articles}
    found = []
    for kind, model in KINDS.items():
        rows = model._base_manager.filter(version=version)
        lines = sorted((_line(kind, row, numbers) for row in rows), key=lambda line: line.order)
        found.append(Section(kind, str(model._meta.verbose_name), tuple(lines)))
    return found


def differences(old: Iterable[Section], new: Iterable[Section]) -> list[Difference]:
    """What two versions say differently, in the order of the new one; rows that are gone come last in their kind."""
    before = {section.kind: {line.key: line for line in section.lines} for section in old}
    found = []
    for section in new:
        was = before.get(section.kind, {})
        now = {line.key: line for line in section.lines}
        for key in [*now, *(key for key in was if key not in now)]:
            one, other = was.get(key), now.get(key)
            said, says = _told(one), _told(other)
            if said != says:
                what = (other or one).what  # type: ignore[union-attr]
                found.append(Difference(section.kind, section.label, what, said, says))
    return found


def _told(line: Line | None) -> str:
    return (
        f"{line.what}：{line.says}"
        if line and line.kind in ("categories", "grounds", "options")
        else line.says
        if line
        else ""
    )


def _line(kind: str, row: Any, numbers: dict[int, str]) -> Line:
    key, group, what, says, order = _READERS[type(row)](row)
    return Line(kind, key, group, what, says, numbers.get(row.article_id, ""), order)


Reading = tuple[str, str, str, str, tuple[int, int]]


def _limit(row: Limit) -> Reading:
    facts = {"start": row.get_start_display(), "amount": row.amount, "unit": row.get_unit_display()}
    says = (
        _("到期前 %(amount)d %(unit)s")
        if row.code == LimitCode.NEAR
        else _("%(start)s起 %(amount)d %(unit)s内")
    )
    return row.code, "", row.get_code_display(), says % facts, (LimitCode.values.index(row.code), 0)


def _setting(row: Setting) -> Reading:
    says = str(SETTING_VALUES[row.key].get(row.value, row.value))
    return row.key, "", row.get_key_display(), says, (SettingKey.values.index(row.key), 0)


def _category(row: Category) -> Reading:
    says = "；".join([row.definition, *_flags(row, CATEGORY_FLAGS)])
    return row.code, "", str(row), says, (row.order, row.pk)


def _grade(row: Grade) -> Reading:
    return row.code, "", row.label, "；".join(_flags(row, GRADE_FLAGS)), (row.order, row.pk)


def _dimension(row: Dimension) -> Reading:
    flags = _flags(row, DIMENSION_FLAGS) or [_("分项")]
    return row.code, "", row.label, "；".join(flags), (row.order, row.pk)


def _stage(row: ContactStage) -> Reading:
    gate = (
        _("不作前置") if row.gate == Gate.NONE else _("%(gate)s须已确认") % {"gate": row.get_gate_display()}
    )
    says = "；".join([gate, *_flags(row, ("needs_draft",))])
    return row.code, "", row.label, says, (row.order, row.pk)


def _ground(row: Ground) -> Reading:
    outcomes = "、".join(str(ScreeningOutcome(verb).label) for verb in row.outcomes.split())
    says = _("可作：%(outcomes)s") % {"outcomes": outcomes} if outcomes else ""
    order = (GroundKind.values.index(row.kind), row.order)
    return f"{row.kind}:{row.code}", row.get_kind_display(), row.label, says, order


def _option(row: Option) -> Reading:
    says = "" if row.points is None else _("满分 %(points)d 分") % {"points": row.points}
    order = (OptionKind.values.index(row.kind), row.order)
    return f"{row.kind}:{row.code}", row.get_kind_display(), row.label, says, order


def _pattern(row: NumberPattern) -> Reading:
    example = "" if numbering.problems(row.pattern) else numbering.render(row.pattern, **EXAMPLE)
    says = (
        _("%(pattern)s，如 %(example)s") % {"pattern": row.pattern, "example": example}
        if example
        else row.pattern
    )
    return row.kind, "", row.get_kind_display(), says, (row.pk, 0)


def _copy(row: CopyRecipient) -> Reading:
    says = str(System(row.system).label) if row.system else _("各系统")
    return f"{row.name}:{row.system}", "", row.name, says, (row.order, row.pk)


def _flags(row: Any, names: tuple[str, ...]) -> list[str]:
    return [str(row._meta.get_field(name).verbose_name) for name in names if getattr(row, name)]


_READERS: dict[type, Callable[[Any], Reading]] = {
    Limit: _limit,
    Setting: _setting,
    Category: _category,
    Grade: _grade,
    Dimension: _dimension,
    ContactStage: _stage,
    Ground: _ground,
    Option: _option,
    NumberPattern: _pattern,
    CopyRecipient: _copy,
}


@dataclass(frozen=True)
class Span:
    """Days one after another that are alike: rested for one reason, or worked for one holiday."""

    first: date
    last: date
    works: bool
    name: str

    @property
    def length(self) -> int:
        return (self.last - self.first).days + 1


def spans(days: Iterable[CalendarDay]) -> list[Span]:
    """Days of a notice, joined where they follow each other and are alike."""
    return _joined((row.day, row.works, row.name) for row in days)


def skipped_spans(skipped: Iterable[Skipped]) -> list[Span]:
    """Days that did not count, joined where they follow each other for the same reason."""
    return _joined((row.day, False, str(row.label)) for row in skipped)


def _joined(days: Iterable[tuple[date, bool, str]]) -> list[Span]:
    found: list[Span] = []
    for day, works, name in days:
        last = found[-1] if found else None
        if last and last.last + timedelta(days=1) == day and (last.works, last.name) == (works, name):
            found[-1] = Span(last.first, day, works, name)
        else:
            found.append(Span(day, day, works, name))
    return found


def start_label(start: str) -> str:
    return str(StartEvent(start).label)


def excerpts(text: str, words: str, around: int = 30) -> list[tuple[bool, str]]:
    """The stretch of a text around the first hit, as (is hit, text) pieces."""
    place = text.lower().find(words.lower())
    if place < 0:
        return [(False, text[: 2 * around])]
    begin, end = max(0, place - around), place + len(words) + around
    before = ("…" if begin else "") + text[begin:place]
    after = text[place + len(words) : end] + ("…" if end < len(text) else "")
    return [(False, before), (True, text[place : place + len(words)]), (False, after)]
