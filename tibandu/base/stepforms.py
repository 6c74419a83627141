"""What every step's form shares: who takes the step on what, and which article of the measure governs it."""

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from tibandu.base.refusals import Actor
from tibandu.base.rows import RowsField
from tibandu.base.scrub import without_hidden


class StepForm(forms.Form):
    """A form of one verb; its cleaned fields are the keyword arguments of the action of the same name.

    Subclasses fill choices in `prepare` and say in `governed_by` which row of the measure governs the step
    ("limit:objection", "setting:signer_rank"), so that the article stands beside the button.
    """

    governed_by: ClassVar[str] = ""
    guidance: ClassVar[Any] = ""

    def __init__(
        self, data: Any = None, *args: Any, actor: Actor, case: Any, today: date, **kwargs: Any
    ) -> None:
        super().__init__(without_hidden(data), *args, **kwargs)
        self.actor, self.case, self.today = actor, case, today
        self.prepare()

    def prepare(self) -> None:
        """Sets choices and initial values that depend on the actor and the case."""

    def begin_with(self, asked: Any) -> None:
        """Takes initial values that a link on the form's own page proposes (its query); most forms take none."""

    def rows(self, name: str) -> RowsField:
        field = self.fields[name]
        assert isinstance(field, RowsField)
        return field


class WordsForm(StepForm):
    """A step that needs its reason in words."""

    words = forms.CharField(label=_("说明"), widget=forms.Textarea(attrs={"rows": 4}), max_length=2000)


class NoteForm(StepForm):
    """A step that may carry a note."""

    words = forms.CharField(
        label=_("备注"), required=False, widget=forms.Textarea(attrs={"rows": 3}), max_length=2000
    )
