"""Knows the yearly arrangements of holidays and make-up working days that the State Council has announced."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Arrangement:
    """One year's notice: each holiday from a day to a day, and the Saturdays and Sundays that are worked for it."""

    notice: str
    rests: tuple[tuple[str, date, date], ...]
    worked: tuple[tuple[str, date], ...]


YEARS: Mapping[int, Arrangement] = {
    2023: Arrangement(
        "国务院办公厅关于2023年部分节假日安排的通知",
        (
            ("元旦", date(2022, 12, 31), date(2023, 1, 2)),
            ("春节", date(2023, 1, 21), date(2023, 1, 27)),
            ("清明节", date(2023, 4, 5), date(2023, 4, 5)),
            ("劳动节", date(2023, 4, 29), date(2023, 5, 3)),
            ("端午节", date(2023, 6, 22), date(2023, 6, 24)),
            ("中秋节、国庆节", date(2023, 9, 29), date(2023, 10, 6)),
        ),
        (
            ("春节", date(2023, 1, 28)),
            ("春节", date(2023, 1, 29)),
            ("劳动节", date(2023, 4, 23)),
            ("劳动节", date(2023, 5, 6)),
            ("端午节", date(2023, 6, 25)),
            ("中秋节、国庆节", date(2023, 10, 7)),
            ("中秋节、国庆节", date(2023, 10, 8)),
        ),
    ),
    2024: Arrangement(
        "国务院办公厅关于2024年部分节假日安排的通知",
        (
            ("元旦", date(2024, 1, 1), date(2024, 1, 1)),
            ("春节", date(2024, 2, 10), date(2024, 2, 17)),
            ("清明节", date(2024, 4, 4), date(2024, 4, 6)),
            ("劳动节", date(2024, 5, 1), date(2024, 5, 5)),
            ("端午节", date(2024, 6, 10), date(2024, 6, 10)),
            ("中秋节", date(2024, 9, 15), date(2024, 9, 17)),
            ("国庆节", date(2024, 10, 1), date(2024, 10, 7)),
        ),
        (
            ("春节", date(2024, 2, 4)),
            ("春节", date(2024, 2, 18)),
            ("清明节", date(2024, 4, 7)),
            ("劳动节", date(2024, 4, 28)),
            ("劳动节", date(2024, 5, 11)),
            ("中秋节", date(2024, 9, 14)),
            ("国庆节", date(2024, 9, 29)),
            ("国庆节", date(2024, 10, 12)),
        ),
    ),
    2025: Arrangement(
        "国务院办公厅关于2025年部分节假日安排的通知",
        (
            ("元旦", date(2025, 1, 1), date(2025, 1, 1)),
            ("春节", date(2025, 1, 28), date(2025, 2, 4)),
            ("清明节", date(2025, 4, 4), date(2025, 4, 6)),
            ("劳动节", date(2025, 5, 1), date(2025, 5, 5)),
            ("端午节", date(2025, 5, 31), date(2025, 6, 2)),
            ("国庆节、中秋节", date(2025, 10, 1), date(2025, 10, 8)),
        ),
        (
            ("春节", date(2025, 1, 26)),
            ("春节", date(2025, 2, 8)),
            ("劳动节", date(2025, 4, 27)),
            ("国庆节、中秋节", date(2025, 9, 28)),
            ("国庆节、中秋节", date(2025, 10, 11)),
        ),
    ),
    2026: Arrangement(
        "国务院办公厅关于2026年部分节假日安排的通知",
        (
            ("元旦", date(2026, 1, 1), date(2026, 1, 3)),
            ("春节", date(2026, 2, 15), date(2026, 2, 23)),
            ("清明节", date(2026, 4, 4), date(2026, 4, 6)),
            ("劳动节", date(2026, 5, 1), date(2026, 5, 5)),
            ("端午节", date(2026, 6, 19), date(2026, 6, 21)),
            ("中秋节", date(2026, 9, 25), date(2026, 9, 27)),
            ("国庆节", date(2026, 10, 1), date(2026, 10, 7)),
        ),
        (
            ("元旦", date(2026, 1, 4)),
            ("春节", date(2026, 2, 14)),
            ("春节", date(2026, 2, 28)),
            ("劳动节", date(2026, 5, 9)),
            ("国庆节", date(2026, 9, 20)),
            ("国庆节", date(2026, 10, 10)),
        ),
    ),
}


def days_of(arrangement: Arrangement) -> dict[date, tuple[bool, str]]:
    """Every day that a notice names, as (works, name of the holiday)."""
    days = {
        first + timedelta(days=n): (False, name)
        for name, first, last in arrangement.rests
        for n in range((last - first).days + 1)
    }
    return days | {day: (True, name) for name, day in arrangement.worked}
