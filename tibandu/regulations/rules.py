"""What a measure says, as one value: limits, categories, scales, gates, choices, each with its article."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from tibandu.base import clock
from tibandu.regulations.enums import (
    STATUTORY_MONTHS,
    DayUnit,
    LimitCode,
    SeriesKind,
    SettingKey,
    StartEvent,
)

_DIGITS = "零一二三四五六七八九"
_UNIT_WORDS = {DayUnit.CALENDAR_DAY: "日", DayUnit.WORKING_DAY: "个工作日", DayUnit.MONTH: "个月"}
_ARTICLE = re.compile(
    r"^[ \u3000]*(第[零〇一二三四五六七八九十百\d]+条(?:之[一二三四五六七八九十]+)?)[ \u3000：:]*",
    re.MULTILINE,
)


@dataclass(frozen=True)
class LimitRule:
    amount: int
    unit: str
    start: str
    article: str = ""

    @property
    def limit(self) -> clock.Limit:
        return clock.Limit(self.amount, clock.Unit(self.unit))


@dataclass(frozen=True)
class CategoryRule:
    pk: int
    code: str
    label: str
    order: int
    counts_as_resolved: bool
    opens_ledger: bool
    needs_due_date: bool
    needs_reason: bool
    needs_upward_report: bool
    article: str = ""


@dataclass(frozen=True)
class GradeRule:
    pk: int
    code: str
    label: str
    counts_as_satisfied: bool
    is_dissatisfied: bool


@dataclass(frozen=True)
class DimensionRule:
    pk: int
    code: str
    label: str
    is_headline: bool
    is_delivery: bool


@dataclass(frozen=True)
class StageRule:
    pk: int
    code: str
    label: str
    gate: str
    needs_draft: bool
    article: str = ""


@dataclass(frozen=True)
class Measure:
    """One version of the measure as a value; `limits`, `settings` and `patterns` are keyed by their codes."""

    limits: Mapping[str, LimitRule]
    settings: Mapping[str, str]
    setting_articles: Mapping[str, str]
    categories: tuple[CategoryRule, ...]
    grades: tuple[GradeRule, ...]
    dimensions: tuple[DimensionRule, ...]
    stages: tuple[StageRule, ...]
    patterns: Mapping[str, str]
    copies: tuple[tuple[str, str], ...] = field(default=())

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    def due_on(self, code: str, start: date, days: clock.WorkingDays) -> date | None:
        """The last day of a limit that starts on a day; None where this measure knows no such limit."""
        rule = self.limits.get(code)
        return clock.due_on(start, rule.limit, days) if rule else None

    def article_of(self, row: str) -> str:
        """The article of a row, written "limit:objection" or "setting:signer_rank"; empty where none is named."""
        kind, _, key = row.partition(":")
        if kind == "limit":
            return self.limits[key].article if key in self.limits else ""
        return self.setting_articles.get(key, "")

    def setting(self, key: str) -> str:
        return self.settings[key]

    def category(self, pk: int) -> CategoryRule:
        return next(row for row in self.categories if row.pk == pk)

    def grade(self, pk: int) -> GradeRule:
        return next(row for row in self.grades if row.pk == pk)

    def stages_before(self, gate: str) -> tuple[StageRule, ...]:
        """The contact stages that hold back sending or closing."""
        return tuple(stage for stage in self.stages if stage.gate == gate)

    def rating_dimensions(self, delivery: bool) -> tuple[DimensionRule, ...]:
        """What a deputy rates: the delivery of a promise, or everything but that."""
        return tuple(row for row in self.dimensions if row.is_delivery == delivery)

    def copies_for(self, system: str) -> list[str]:
        return [name for name, only in self.copies if only in ("", system)]


def over_statute(limits: Mapping[str, LimitRule]) -> tuple[str, ...]:
    """The reply limits longer than the Deputies Law allows, which need a stated legal basis (article 51)."""
    return tuple(
        code for code, months in STATUTORY_MONTHS.items() if code in limits and _over(limits[code], months)
    )


def _over(rule: LimitRule, months: int) -> bool:
    if rule.start != StartEvent.ASSIGNED:
        return True
    if rule.unit == DayUnit.MONTH:
        return rule.amount > months
    # The shortest that so many months can be, from the first day of any month.
    firsts = [date(2025, month, 1) for month in range(1, 13)]
    everyday = clock.WorkingDays.of()
    whole = clock.Limit(months, clock.Unit.MONTH)
    shortest = min((clock.due_on(day, whole, everyday, roll=False) - day).days for day in firsts)
    days = rule.amount if rule.unit == DayUnit.CALENDAR_DAY else rule.amount * 7 // 5
    return days > shortest


def what_is_missing(measure: Measure) -> tuple[str, ...]:
    """The codes without which no case can run under a measure, as keys of their kind."""
    needed = {f"limit:{code}" for code in LimitCode} - {f"limit:{code}" for code in measure.limits}
    needed |= {f"setting:{key}" for key in SettingKey} - {f"setting:{key}" for key in measure.settings}
    needed |= {f"pattern:{kind}" for kind in SeriesKind} - {f"pattern:{kind}" for kind in measure.patterns}
    needed |= {"categories"} if not measure.categories else set()
    needed |= {"dissatisfied"} if not any(row.is_dissatisfied for row in measure.grades) else set()
    needed |= {"satisfied"} if not any(row.counts_as_satisfied for row in measure.grades) else set()
    needed |= {"headline"} if sum(row.is_headline for row in measure.dimensions) != 1 else set()
    return tuple(sorted(needed))


def chinese_number(number: int) -> str:
    """A whole number below one thousand as written in laws: 十, 二十一, 一百零三."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    words = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        words += "十" if tens == 1 and not hundreds else f"{_DIGITS[tens]}十"
    elif hundreds and ones:
        words += "零"
    return words + (_DIGITS[ones] if ones or not number else "")


def article_number(order: int) -> str:
    return f"第{chinese_number(order)}条"


def amount_words(amount: int, unit: str) -> str:
    """A length of time as written in a law: 三个月, 十日, 五个工作日; two is 两 before a measure word."""
    number = "两" if amount == 2 and unit != DayUnit.CALENDAR_DAY else chinese_number(amount)
    return number + _UNIT_WORDS[DayUnit(unit)]


def split_articles(text: str) -> list[tuple[str, str]]:
    """A pasted text as (number, words) of its articles; what stands before the first article has an empty number."""
    parts = _ARTICLE.split(text.replace("\r\n", "\n"))
    pairs = [("", parts[0].strip()), *zip(parts[1::2], (part.strip() for part in parts[2::2]), strict=True)]
    return [(number, words) for number, words in pairs if words]


@lru_cache(maxsize=64)
def measure_from_json(text: str) -> Measure:
    """The value of a frozen version; the same text gives the same object."""
    data: dict[str, Any] = json.loads(text)
    return Measure(
        limits={code: LimitRule(**row) for code, row in data["limits"].items()},
        settings=data["settings"],
        setting_articles=data["setting_articles"],
        categories=tuple(CategoryRule(**row) for row in data["categories"]),
        grades=tuple(GradeRule(**row) for row in data["grades"]),
        dimensions=tuple(DimensionRule(**row) for row in data["dimensions"]),
        stages=tuple(StageRule(**row) for row in data["stages"]),
        patterns=data["patterns"],
        copies=tuple((name, system) for name, system in data["copies"]),
    )
