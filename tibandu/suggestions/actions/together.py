"""Knows which shares a unit handles together 并案, and in which order their cases are locked."""

from tibandu.suggestions.enums import Role, ShareState
from tibandu.suggestions.models import Assignment, Suggestion

WORKED_ON = (ShareState.HANDLING, ShareState.ANSWERED)


def companions(share: Assignment) -> list[Assignment]:
    """The unit's shares in the other cases of the file, all cases locked in one order so that no two units wait crosswise."""
    file = share.suggestion.case_file_id
    if file is None:
        return []
    held = list(Suggestion.objects.select_for_update().filter(case_file=file).order_by("pk"))
    others = Assignment.objects.filter(suggestion__in=held, unit=share.unit_id, state__in=WORKED_ON)
    return list(
        others.exclude(suggestion=share.suggestion_id).exclude(role=Role.CO).order_by("suggestion", "pk")
    )
