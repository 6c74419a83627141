"""What a deputy says of a reply: one grade per question, none of them ticked beforehand, and words."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tibandu.base.rows import RowsField
from tibandu.base.stepforms import StepForm
from tibandu.suggestions.actions.rating import asks_delivery
from tibandu.suggestions.forms.assigning import long_text
from tibandu.suggestions.queries import measure_for


class MarkRow(forms.Form):
    """One grade on one dimension, by their codes in the measure."""

    dimension = forms.ChoiceField(label=_("评价项目"))
    grade = forms.ChoiceField(label=_("等次"), required=False)

    def __init__(
        self, *args: Any, dimensions: list[tuple[str, str]], grades: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["dimension"].choices = dimensions
        self.fields["grade"].choices = [("", ""), *grades]


class RateForm(StepForm):
    governed_by = "limit:rating"
    guidance = _("评价期结束前，承办单位看不到您的评价。")

    marks = RowsField(MarkRow, label=_("评价"))
    words = long_text(rows=4, label=_("意见"), required=False, help_text=_("不满意的，请写明原因。"))

    def prepare(self) -> None:
        measure = measure_for(self.case.suggestion)
        self.asked = measure.rating_dimensions(asks_delivery(self.case.reply))
        self.grades = measure.grades
        self.rows("marks").bind(
            dimensions=[(row.code, row.label) for row in self.asked],
            grades=[(row.code, row.label) for row in measure.grades],
        )

    def clean_marks(self) -> list[dict[str, str]]:
        marks = self.cleaned_data["marks"]
        given = {mark["dimension"] for mark in marks if mark["grade"]}
        if missing := [row.label for row in self.asked if row.code not in given]:
            raise forms.ValidationError(_("请评价：%(names)s。") % {"names": "、".join(missing)})
        return marks

    @property
    def questions(self) -> list[dict[str, Any]]:
        """The dimensions as questions with big answers, as the page shows them."""
        picked = self._picked()
        return [
            {
                "name": f"marks-{number}-grade",
                "hidden": f"marks-{number}-dimension",
                "code": row.code,
                "label": _now("%(dimension)s怎么样？") % {"dimension": row.label},
                "is_missing": self.is_bound and row.code not in picked,
                "choices": [
                    {"value": grade.code, "label": grade.label, "checked": picked.get(row.code) == grade.code}
                    for grade in self.grades
                ],
            }
            for number, row in enumerate(self.asked)
        ]

    @property
    def answers(self) -> list[tuple[str, str]]:
        """What was answered, in words, as a second person compares it with the paper."""
        picked, labels = self._picked(), {grade.code: grade.label for grade in self.grades}
        return [(row.label, labels.get(picked.get(row.code, ""), "")) for row in self.asked]

    def _picked(self) -> dict[str, str]:
        """What is ticked: what was typed, else what a rating to be changed says now, else nothing."""
        rows = (
            self.fields["marks"].widget.value_from_datadict(self.data, self.files, "marks")
            if self.is_bound
            else []
        )
        typed = {row.get("dimension"): row.get("grade") for row in rows if isinstance(row, Mapping)}
        return {code: grade for code, grade in typed.items() if grade} if self.is_bound else self._standing()

    def _standing(self) -> dict[str, str]:
        standing = [mark for mark in self.case.marks.all() if mark.version == self.case.version]
        return {mark.dimension.code: mark.grade.code for mark in standing}


class ChangeRatingForm(RateForm):
    guidance = _("评价期内可以修改一次或者多次，修改前的评价和理由都会留存。")

    reason = long_text(rows=3, label=_("修改理由"))

    field_order = ("marks", "words", "reason")

    def prepare(self) -> None:
        super().prepare()
        self.initial = {"words": self.case.words}


FORMS: dict[str, type[StepForm]] = {"rate": RateForm, "change_rating": ChangeRatingForm}
