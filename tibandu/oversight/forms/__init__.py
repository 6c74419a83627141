"""What people may type at each verb; a verb without a form of its own asks for nothing."""

from tibandu.base.stepforms import StepForm

FORMS: dict[str, type[StepForm]] = {}


def form_of(verb: str) -> type[StepForm]:
    """The form of a verb."""
    return FORMS.get(verb, StepForm)
