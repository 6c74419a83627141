"""To which case a row belongs: what hangs on a suggestion, or on a unit's share of it, writes on that chain."""

from typing import Any

from django.db import models

from tibandu.base.models import Chained


class OfSuggestion(models.Model):
    """A row with a `suggestion` of its own."""

    suggestion: Any

    class Meta:
        abstract = True

    @property
    def journal_case(self) -> Chained:
        case: Chained = self.suggestion
        return case


class OfShare(models.Model):
    """A row with an `assignment`; the suggestion is the share's."""

    assignment: Any

    class Meta:
        abstract = True

    @property
    def suggestion(self) -> Any:
        return self.assignment.suggestion

    @property
    def journal_case(self) -> Chained:
        case: Chained = self.assignment.suggestion
        return case
