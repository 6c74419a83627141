"""What people may type at each verb; a verb without a form of its own asks for nothing."""

from tibandu.base.stepforms import StepForm
from tibandu.oversight.forms import draws, funds, instruments, packets, programmes, promises, referrals

FORMS: dict[str, type[StepForm]] = {
    **draws.FORMS,
    **funds.FORMS,
    **referrals.FORMS,
    **packets.FORMS,
    **promises.FORMS,
    **programmes.FORMS,
    **instruments.FORMS,
}


def form_of(verb: str) -> type[StepForm]:
    """The form of a verb."""
    return FORMS.get(verb, StepForm)
