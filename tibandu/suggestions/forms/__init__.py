"""What people may type at each verb; a verb without a form of its own asks for nothing."""

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
from tibandu.suggestions.forms.step import NoteForm, StepForm, WordsForm

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
