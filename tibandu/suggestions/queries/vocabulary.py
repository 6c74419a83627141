"""Knows the rows that forms name by id, for programs that fill them: of the measure in force and of the rolls."""

from datetime import date
from typing import Any

from django.db.models import QuerySet

from tibandu.people.models import Organ
from tibandu.people.queries import seats_in_force, units_in_being
from tibandu.regulations.models import SubjectClass
from tibandu.regulations.queries import measure_in_force
from tibandu.suggestions.queries.assigning import sessions_of


def words_of(congress_id: int | None, on: date) -> dict[str, Any]:
    """Lists of `{id, code, label}`; grounds by their use. Without a measure in force its lists are empty."""
    version = measure_in_force(congress_id, on) if congress_id else None
    grounds: dict[str, list[dict[str, Any]]] = {}
    for ground in version.grounds.all() if version else ():
        grounds.setdefault(ground.kind, []).append(_word(ground))
    return {
        "categories": _words(version.categories.all() if version else ()),
        "grades": _words(version.grades.all() if version else ()),
        "dimensions": _words(version.dimensions.all() if version else ()),
        "contact_stages": _words(version.contact_stages.all() if version else ()),
        "grounds": grounds,
        "subjects": _words(SubjectClass.objects.filter(congress=congress_id)),
        "sessions": _words(sessions_of(congress_id)),
        "organs": _words(Organ.objects.filter(congress=congress_id).order_by("pk")),
        "units": _words(units_in_being(congress_id, on) if congress_id else ()),
        "seats": _words(seats_in_force(congress_id, on) if congress_id else ()),
    }


def _words(rows: QuerySet[Any] | tuple[()]) -> list[dict[str, Any]]:
    return [_word(row) for row in rows]


def _word(row: Any) -> dict[str, Any]:
    return {"id": row.pk, "code": getattr(row, "code", ""), "label": str(row)}
