"""The insight room through the API, for reading: figures, the rows behind them, the scissors, families."""

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest
from django.utils.timezone import localdate
from ninja import Query, Router, Schema

from tibandu.base.api import Problem
from tibandu.base.figures import REGISTRY, Half, Period, Scope, Value, tally
from tibandu.base.roomapi import caller
from tibandu.insight.enums import By
from tibandu.insight.queries import figures, lineage

MOST = 500
router = Router()


class Asked(Schema):
    """Which days, and of whom: a year, or from one day to another."""

    year: int | None = None
    since: date | None = None
    until: date | None = None
    unit: int | None = None
    subject: int | None = None
    committee: int | None = None

    def period(self) -> Period:
        if self.since is None:
            return Period.year(min(max(self.year or localdate().year, 1990), 9998))
        return Period("campaign" if self.until else "since", self.since, self.until or localdate())

    def scope(self) -> Scope:
        wanted = {"unit": self.unit, "subject": self.subject, "committee": self.committee}
        return {name: key for name, key in wanted.items() if key is not None}


class FigureOut(Schema):
    """A number with its definition; of a share, how many count among how many."""

    figure: str
    label: str
    definition: str
    counted: int
    among: int | None
    percent: float | None


class RowsOut(Schema):
    """The keys of the rows that a number counts."""

    figure: str
    noun: str
    count: int
    rows: list[int]


class GapOut(Schema):
    """Satisfied beside done of one unit or year, and the difference in points."""

    label: str
    satisfied: float | None
    resolved: float | None
    points: float | None


class FamilyOut(Schema):
    """A matter asked more than once: its key, how often, from when to when."""

    family: int
    times: int
    first: int | None
    last: int | None


@router.get("/insight/figures", response=list[FigureOut], operation_id="insight_figures", summary="研判数据")
def list_figures(request: HttpRequest, asked: Query[Asked]) -> list[dict[str, Any]]:
    """Every figure over the rows that the caller sees."""
    found = tally(REGISTRY.values(), caller(request), [asked.period()], scope=asked.scope()).get((), {})
    return [
        {
            "figure": figure.id,
            "label": str(figure.label),
            "definition": str(figure.definition),
            "counted": value.counted,
            "among": value.among,
            "percent": value.percent,
        }
        for figure in REGISTRY.values()
        for value in [found.get((figure.id, 0), Value())]
    ]


@router.get(
    "/insight/figures/{figure}/rows",
    response={200: RowsOut, 404: Problem},
    operation_id="insight_rows",
    summary="数据背后的行",
)
def list_rows(
    request: HttpRequest, figure: str, asked: Query[Asked], half: Half = "counted"
) -> dict[str, Any]:
    """The rows that a number counts, newest first."""
    found = REGISTRY.get(figure)
    if found is None:
        raise Http404
    rows = found.rows(caller(request), asked.period(), asked.scope(), half)
    keys = list(rows.order_by("-pk").values_list("pk", flat=True)[:MOST])
    return {"figure": figure, "noun": found.source.noun, "count": rows.count(), "rows": keys}


@router.get("/insight/scissors", response=list[GapOut], operation_id="insight_scissors", summary="剪刀差")
def list_gaps(request: HttpRequest, asked: Query[Asked], by: str = "unit") -> list[dict[str, Any]]:
    """Satisfied beside done, by unit or by year."""
    by = by if by in By else By.UNIT
    board = figures.board(caller(request), asked.period(), asked.scope(), by, figures.SCISSORS)
    gaps = [(group.label, figures.gap_of(group)) for group in board.groups if "satisfied" in group.values]
    return [
        {"label": label, "satisfied": gap.satisfied, "resolved": gap.resolved, "points": gap.points}
        for label, gap in gaps
    ]


@router.get(
    "/insight/families", response=list[FamilyOut], operation_id="insight_families", summary="建议家谱"
)
def list_families(request: HttpRequest, times: int = 2, years: int = 1) -> list[dict[str, Any]]:
    """Matters asked so many times over so many years."""
    return list(lineage.families_of(caller(request), times=max(times, 2), years=max(years, 1))[:MOST])


@router.get(
    "/insight/families/{family}",
    response={200: list[int], 404: Problem},
    operation_id="insight_family",
    summary="家谱中的建议",
)
def read_family(request: HttpRequest, family: int) -> list[int]:
    """The suggestions of a family that the caller sees, the earliest first."""
    times = lineage.members_of(caller(request), family)
    if not times:
        raise Http404
    return [time.case.pk for time in times]
