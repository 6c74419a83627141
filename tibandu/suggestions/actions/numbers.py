"""Knows how a suggestion gets its number: without gap and without double, however many clerks register at once."""

from datetime import date
from typing import Any

from django.db.models import F

from tibandu.base import numbering
from tibandu.people.models import Session
from tibandu.regulations.enums import SeriesKind
from tibandu.suggestions.models import Series, Suggestion
from tibandu.suggestions.queries import measure_for
from tibandu.suggestions.queries.intake import series_row, term_on


def next_number(suggestion: Suggestion, day: date) -> dict[str, Any]:
    """The columns series, number and number_text. Call it last before the journal: it holds the counter until commit.

    The UPDATE locks the counter row, so whoever comes second waits and reads the number after; a step that is rolled
    back gives its number back, which a database sequence would not (no gaps, domain 1.5).
    """
    session = suggestion.session
    key = f"session:{session.pk}" if session else f"between:{day.year}"
    row = series_row(suggestion.congress_id, key)
    Series.objects.filter(pk=row.pk).update(last=F("last") + 1)
    number = Series.objects.values_list("last", flat=True).get(pk=row.pk)
    pattern = measure_for(suggestion).patterns[SeriesKind.SESSION if session else SeriesKind.BETWEEN]
    text = numbering.render(pattern, seq=number, **_facts(suggestion, session, day, key))
    return {"series": row, "number": number, "number_text": text}


def _facts(suggestion: Suggestion, session: Session | None, day: date, key: str) -> dict[str, Any]:
    term = session.term if session else term_on(suggestion.congress_id, day)
    return {
        "term": term.number if term else 0,
        "session": session.number if session else 0,
        "year": day.year,
        "month": day.month,
        "day": day.day,
        "round": 1,
        "code": suggestion.congress.short_name,
        "organ": suggestion.congress.short_name,
        "series": key,
        "kind": suggestion.get_nature_display(),
    }
