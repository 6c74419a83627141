"""Knows how a unit's own papers are numbered: one series per unit, kind and year, without gap or double."""

from datetime import date

from django.db.models import F

from tibandu.base import numbering
from tibandu.regulations.enums import SeriesKind
from tibandu.suggestions.models import Assignment, Series
from tibandu.suggestions.queries import measure_for
from tibandu.suggestions.queries.intake import series_row


def unit_number(share: Assignment, day: date, kind: str = SeriesKind.OPINION) -> str:
    """The next number of a unit's opinions (or letters), held until commit."""
    suggestion, unit = share.suggestion, share.unit
    row = series_row(suggestion.congress_id, f"{kind}:{unit.pk}:{day.year}")
    Series.objects.filter(pk=row.pk).update(last=F("last") + 1)
    seq = Series.objects.values_list("last", flat=True).get(pk=row.pk)
    name = unit.short_name or unit.name
    facts = {"code": name, "organ": name, "kind": kind, "series": row.key, "round": share.round.n}
    dated = {"year": day.year, "month": day.month, "day": day.day, "term": 0, "session": 0}
    return numbering.render(measure_for(suggestion).patterns[kind], seq=seq, **facts, **dated)
