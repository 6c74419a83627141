"""Knows a filter of the ledger as text: what is checked of a row, and where one can begin at the rows that fit.

To compile it costs Django as long as a database takes to answer, so a text is made once, with marks in the places of
values (`base.prepared`), and filled for each question.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import FullResultSet
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Q

from tibandu.base.search import Piece, Span
from tibandu.suggestions.models import Suggestion
from tibandu.suggestions.queries.sight import Way, either

TABLE = "suggestions_suggestion"
ONE_ROW = " LIMIT 1 OFFSET 0)"  # OFFSET keeps PostgreSQL from reading all a subquery could give into a hash


@dataclass(frozen=True, slots=True)
class Start:
    """Rows to begin at, by a statement of their `suggestion_id`, and what must hold of the suggestion besides.

    Those of a child noun may come newest first, by an index or span by span; suggestions themselves do so when they
    are walked, by an index that knows what holds of them.
    """

    leads: Piece
    holds: Piece = ("", ())
    is_ordered: bool = True
    is_child: bool = True
    size: Callable[[], int] | None = None  # where it is known better than by counting
    spans: Callable[[bool], Iterable[Span]] | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """One filter: the check of a single row, and where one can begin.

    `column` is of the suggestion, where it is the filter itself; `reads` says that the check reads a row's text.
    """

    check: Piece
    starts: tuple[Start, ...]
    column: str = ""
    reads: bool = False

    def filled(self, mark: Any, value: Any) -> "Asked":
        """The same with a value in the places of its mark."""

        def fill(piece: Piece) -> Piece:
            return piece[0], tuple(value if param == mark else param for param in piece[1])

        starts = tuple(replace(one, leads=fill(one.leads), holds=fill(one.holds)) for one in self.starts)
        return replace(self, check=fill(self.check), starts=starts)


NOTHING = Asked(
    ("1 = 0", ()), (Start((f"SELECT id AS suggestion_id FROM {TABLE} WHERE 1 = 0", ()), size=int),)
)


def as_asked(ways: Sequence[Way], column: str = "") -> Asked:
    """The ways to what fits, as text."""
    return Asked(where(either(ways)), starts_of(ways), column)


def any_of(several: Sequence[Asked]) -> Asked:
    """What fits one of them."""
    if not several:
        return NOTHING
    check = " OR ".join(f"({one.check[0]})" for one in several)
    values = tuple(value for one in several for value in one.check[1])
    return Asked((check, values), tuple(start for one in several for start in one.starts))


def where(q: Q) -> Piece:
    """A condition on a suggestion as text."""
    query = Suggestion.objects.filter(q).query
    try:
        sql, params = query.where.as_sql(query.get_compiler(DEFAULT_DB_ALIAS), connection)
    except FullResultSet:
        return "", ()
    return sql.replace(" LIMIT 1)", ONE_ROW), tuple(params)


def starts_of(ways: Sequence[Way]) -> tuple[Start, ...]:
    """Where the ways begin: at child rows, or at the suggestions of which something holds."""
    return tuple(_start_through(way) if way.through is not None else _start_at(way) for way in ways)


def _start_through(way: Way) -> Start:
    assert way.through is not None
    sql, params = way.through.order_by().values_list("suggestion_id").query.sql_with_params()
    return Start((sql, tuple(params)), where(way.holds), way.is_ordered)


def _start_at(way: Way) -> Start:
    """By congress, for so the indexes begin; in order are those that the indexes know by number and by day as well."""
    sql, params = where(way.holds)
    congresses = "SELECT id FROM people_congress"
    within = f"IN ({congresses})" if connection.vendor == "sqlite" else f"= ANY(ARRAY({congresses}))"
    every = f"SELECT id AS suggestion_id FROM {TABLE} WHERE congress_id {within}"
    return Start((f"{every} AND {sql}", params), is_ordered=way.is_ordered, is_child=False)
