"""What people may type at each verb; a verb without a form of its own asks for nothing."""

from tibandu.base.stepforms import NoteForm, StepForm, WordsForm
from tibandu.suggestions.forms import (
    assigning,
    closing,
    handling,
    intake,
    papers,
    promises,
    rating,
    replying,
    screening,
)

FORMS: dict[str, type[StepForm]] = {
    **intake.FORMS,
    **screening.FORMS,
    **assigning.FORMS,
    **handling.FORMS,
    **replying.FORMS,
    **rating.FORMS,
    **closing.FORMS,
    **promises.FORMS,
    **papers.FORMS,
}


def form_of(verb: str) -> type[StepForm]:
    """The form of a verb."""
    return FORMS.get(verb, StepForm)


__all__ = ["FORMS", "NoteForm", "StepForm", "WordsForm", "form_of"]
