"""What the room answers: who sees what (sight), a case read whole (case), what waits (desk), the ledger."""

from tibandu.suggestions.queries.case import (
    article_for,
    author_names,
    knows_authors,
    measure_for,
    on_page,
    persons_who_handled,
    row_on_page,
    rows_of,
    timeline,
)
from tibandu.suggestions.queries.following import (
    kept_unanswered,
    promises_visible_to,
    watching_unit,
)
from tibandu.suggestions.queries.papers import (
    paper_on_file,
    papers_waiting,
    people_of_case,
    wearer_of,
)
from tibandu.suggestions.queries.sight import (
    child_visible_to,
    is_mine,
    papers_visible_to,
    ratings_visible_to,
    replies_visible_to,
    stands_behind,
    visible_to,
)

__all__ = [
    "article_for",
    "author_names",
    "child_visible_to",
    "is_mine",
    "kept_unanswered",
    "knows_authors",
    "measure_for",
    "on_page",
    "paper_on_file",
    "papers_visible_to",
    "papers_waiting",
    "people_of_case",
    "persons_who_handled",
    "promises_visible_to",
    "ratings_visible_to",
    "replies_visible_to",
    "row_on_page",
    "rows_of",
    "stands_behind",
    "timeline",
    "visible_to",
    "watching_unit",
    "wearer_of",
]
