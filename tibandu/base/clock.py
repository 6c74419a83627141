"""The arithmetic of deadlines: limits in days, working days, months or years, rest days, and how an end was computed."""

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import MAXYEAR, MINYEAR, date, timedelta
from enum import Enum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SATURDAY = 5


class Unit(Enum):
    CALENDAR_DAY = "calendar_day"
    WORKING_DAY = "working_day"
    MONTH = "month"
    YEAR = "year"

    @property
    def label(self) -> str | Promise:
        return UNIT_LABELS[self]


class Rest(Enum):
    WEEKEND = "weekend"
    HOLIDAY = "holiday"

    @property
    def label(self) -> str | Promise:
        return REST_LABELS[self]


UNIT_LABELS: dict[Unit, str | Promise] = {
    Unit.CALENDAR_DAY: _("日"),
    Unit.WORKING_DAY: _("个工作日"),
    Unit.MONTH: _("个月"),
    Unit.YEAR: _("年"),
}
REST_LABELS: dict[Rest, str | Promise] = {Rest.WEEKEND: _("周末"), Rest.HOLIDAY: _("法定节假日")}


@dataclass(frozen=True, slots=True)
class Limit:
    """So much time; the start day is day 0 and does not count."""

    amount: int
    unit: Unit

    def __post_init__(self) -> None:
        if self.amount < 0:
            raise ValueError("a limit is not negative")

    def __str__(self) -> str:
        return f"{self.amount} {self.unit.label}"


@dataclass(frozen=True)
class WorkingDays:
    """Which days are worked: Monday to Friday, changed by what the yearly notices say.

    A year without a notice counts Monday to Friday, and every day computed from it is provisional.
    """

    holidays: Mapping[date, str]
    adjusted: frozenset[date]
    known_years: frozenset[int]
    _years: dict[int, list[int]] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(
        cls,
        holidays: Mapping[date, str] | Iterable[date] = (),
        adjusted: Iterable[date] = (),
        known_years: Iterable[int] | None = None,
    ) -> "WorkingDays":
        """`holidays` may carry names; without `known_years` a year is known when a holiday of it is given."""
        named = dict(holidays) if isinstance(holidays, Mapping) else dict.fromkeys(holidays, "")
        years = (day.year for day in named) if known_years is None else known_years
        return cls(named, frozenset(adjusted), frozenset(years))

    @property
    def last_known_year(self) -> int | None:
        return max(self.known_years, default=None)

    def is_provisional(self, day: date) -> bool:
        return day.year not in self.known_years

    def is_working(self, day: date) -> bool:
        return day in self.adjusted or (day.weekday() < SATURDAY and day not in self.holidays)

    def rest_of(self, day: date) -> Rest | None:
        """Why the day is not worked, or None when it is."""
        if self.is_working(day):
            return None
        return Rest.HOLIDAY if day in self.holidays else Rest.WEEKEND

    def ordinals(self, year: int) -> list[int]:
        """The worked days of a year as ordinals in order, computed once."""
        if year not in self._years:
            first, length = date(year, 1, 1).toordinal(), 366 if monthrange(year, 2)[1] == 29 else 365
            span = (date.fromordinal(day) for day in range(first, first + length))
            self._years[year] = [day.toordinal() for day in span if self.is_working(day)]
        return self._years[year]


@dataclass(frozen=True, slots=True)
class Skipped:
    """One day that did not count, with its reason."""

    day: date
    rest: Rest
    name: str

    @property
    def label(self) -> str | Promise:
        return self.name or self.rest.label


@dataclass(frozen=True, slots=True)
class Computation:
    """Everything a page needs to answer: how was this day computed?"""

    start: date
    limit: Limit
    raw_end: date
    end: date
    skipped: tuple[Skipped, ...]
    adjusted: tuple[date, ...]
    is_month_end: bool
    is_rolled: bool
    is_provisional: bool


@dataclass(frozen=True, slots=True)
class Remaining:
    """The time to a due day in both units; negative when it has passed."""

    calendar_days: int
    working_days: int


def due_on(start: date, limit: Limit, days: WorkingDays, *, roll: bool = True) -> date:
    """The last day of a limit, moved to the next working day when it is a rest day (and `roll` is on)."""
    end = _raw_end(start, limit, days)
    return next_working_day(end, days) if roll else end


def next_working_day(day: date, days: WorkingDays) -> date:
    """The day itself when it is worked, else the next one that is."""
    while not days.is_working(day):
        day += timedelta(days=1)
    return day


def explain(start: date, limit: Limit, days: WorkingDays, *, roll: bool = True) -> Computation:
    """The same end as `due_on`, with each day that was passed over on the way and why."""
    raw_end = _raw_end(start, limit, days)
    end = next_working_day(raw_end, days) if roll else raw_end
    counts_work = limit.unit is Unit.WORKING_DAY
    first = start + timedelta(days=1) if counts_work else raw_end
    looked_at = _span(first, end) if counts_work or roll else []
    return Computation(
        start=start,
        limit=limit,
        raw_end=raw_end,
        end=end,
        skipped=tuple(_skipped(looked_at, days)),
        adjusted=tuple(day for day in looked_at if day in days.adjusted),
        is_month_end=limit.unit in (Unit.MONTH, Unit.YEAR) and raw_end.day != start.day,
        is_rolled=end != raw_end,
        is_provisional=any(days.is_provisional(day) for day in looked_at),
    )


def working_days_between(start: date, end: date, days: WorkingDays) -> int:
    """How many working days lie after `start` up to and with `end`; negative when `end` is earlier."""
    if end < start:
        return -working_days_between(end, start, days)
    until_end = sum(len(days.ordinals(year)) for year in range(start.year, end.year))
    until_end += bisect_right(days.ordinals(end.year), end.toordinal())
    return until_end - bisect_right(days.ordinals(start.year), start.toordinal())


def remaining(today: date, due: date, days: WorkingDays) -> Remaining:
    return Remaining((due - today).days, working_days_between(today, due, days))


def _raw_end(start: date, limit: Limit, days: WorkingDays) -> date:
    if limit.unit is Unit.CALENDAR_DAY:
        return start + timedelta(days=limit.amount)
    if limit.unit is Unit.WORKING_DAY:
        return _after_working_days(start, limit.amount, days)
    return _after_months(start, limit.amount if limit.unit is Unit.MONTH else limit.amount * 12)


def _after_months(start: date, months: int) -> date:
    """The same day number, or the month's last day where there is none."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    if not MINYEAR <= year <= MAXYEAR:
        raise OverflowError("no calendar has this year")  # as adding days says it
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def _after_working_days(start: date, amount: int, days: WorkingDays) -> date:
    if amount == 0:
        return start
    year = start.year
    worked = days.ordinals(year)
    wanted = bisect_right(worked, start.toordinal()) + amount - 1
    while wanted >= len(worked):
        wanted -= len(worked)
        year += 1
        worked = days.ordinals(year)
    return date.fromordinal(worked[wanted])


def _span(first: date, last: date) -> list[date]:
    return [date.fromordinal(day) for day in range(first.toordinal(), last.toordinal() + 1)]


def _skipped(span: Iterable[date], days: WorkingDays) -> Iterable[Skipped]:
    for day in span:
        if rest := days.rest_of(day):
            yield Skipped(day, rest, days.holidays.get(day, ""))
