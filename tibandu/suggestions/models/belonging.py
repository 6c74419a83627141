"""To which case a row belongs: what hangs on a suggestion, or on a unit's share of it, writes on that chain."""

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from tibandu.suggestions.models.assignment import Assignment
    from tibandu.suggestions.models.suggestion import Suggestion


class OfSuggestion(models.Model):
    """A row with a `suggestion` of its own."""

    suggestion: "Suggestion"

    class Meta:
        abstract = True

    @property
    def journal_case(self) -> "Suggestion":
        return self.suggestion


class OfShare(models.Model):
    """A row with an `assignment`; the suggestion is the share's."""

    assignment: "Assignment"

    class Meta:
        abstract = True

    @property
    def suggestion(self) -> "Suggestion":
        return self.assignment.suggestion

    @property
    def journal_case(self) -> "Suggestion":
        return self.assignment.suggestion
