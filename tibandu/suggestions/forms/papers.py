"""What is typed from a paper: whose it is, its day, its scan; and how the step's own form reads the fields again."""

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict
from django.utils.timezone import localdate, make_aware
from django.utils.translation import gettext_lazy as _

import tibandu.suggestions.forms as step_forms
from tibandu.base.codes import CodeProblem, read_code
from tibandu.base.files import FileProblem, Stored, store
from tibandu.base.stepforms import StepForm, WordsForm
from tibandu.people.queries import Actor
from tibandu.suggestions.actions.papers import row_of_paper
from tibandu.suggestions.flow import flow_of
from tibandu.suggestions.forms.assigning import day_field
from tibandu.suggestions.models import PaperEntry
from tibandu.suggestions.queries import wearer_of

NOON = time(12)


class PaperCodeForm(forms.Form):
    """The code printed on the paper."""

    code = forms.CharField(
        label=_("表上的编码"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
        help_text=_("在表的右上角；大小写、空格和短横都不要紧。"),
    )

    def clean_code(self) -> tuple[str, int]:
        try:
            return read_code(self.cleaned_data["code"])
        except CodeProblem as problem:
            raise forms.ValidationError(str(problem)) from problem


class PaperForm(forms.Form):
    """What every paper has beside the step's own fields."""

    hat = forms.ChoiceField(label=_("谁的纸件"))
    happened_on = day_field(label=_("纸面日期"), help_text=_("签名处写的日期。"))
    scan = forms.FileField(label=_("扫描件"), required=False, help_text=_("PDF 或者照片。"))

    prefix = "paper"

    def __init__(self, *args: Any, signers: list[Actor], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.signers, self.today = {signer.hat: signer for signer in signers}, today
        self.fields["hat"].choices = [(signer.hat, str(signer)) for signer in signers]

    def clean_happened_on(self) -> date:
        if self.cleaned_data["happened_on"] > self.today:
            raise forms.ValidationError(_("纸面日期不能晚于今天。"))
        return self.cleaned_data["happened_on"]

    def clean_scan(self) -> Stored | None:
        if not (upload := self.cleaned_data["scan"]):
            return None
        try:
            return store(upload)
        except FileProblem as problem:
            raise forms.ValidationError(str(problem)) from problem

    @property
    def signer(self) -> Actor:
        """Whose form is filled in: the one chosen, else the first."""
        wished = self.data.get(self.add_prefix("hat"), "") if self.is_bound else ""
        return self.signers.get(wished) or next(iter(self.signers.values()))

    @property
    def happened_at(self) -> datetime:
        """The day on the paper as a moment: noon, for a paper knows no hours."""
        return make_aware(datetime.combine(self.cleaned_data["happened_on"], NOON))


def typed_fields(form: StepForm) -> dict[str, list[str]]:
    """The inputs of a step's form as they were typed, rows of smaller forms included."""
    own = set(form.fields)
    data = form.data
    return {
        name: data.getlist(name) if hasattr(data, "getlist") else [data[name]]
        for name in data
        if name.partition("-")[0] in own
    }


class ConfirmPaperForm(StepForm):
    """Reads the typed fields by the step's own form again, as the person whose paper it is, on the day of the paper."""

    guidance = _("请对照扫描件或者原件逐项核对。复核后，这一步即按纸面日期以本人名义办理。")

    def __init__(self, *args: Any, case: PaperEntry, **kwargs: Any) -> None:
        signer = wearer_of(case.hat, localdate(case.happened_at))
        self.signer_name = str(signer or "")
        self.step_label = flow_of(case.noun, case.verb).step(case.verb).label
        self.inner = _inner_form(case, signer) if signer else None
        super().__init__(*args, case=case, **kwargs)

    def clean(self) -> dict[str, Any]:
        if self.inner is None:
            raise ValidationError(_("纸面日期那天，没有这样身份的人。"))
        if not self.inner.is_valid():
            found = [message for messages in self.inner.errors.values() for message in messages]
            raise ValidationError(found)
        return {"arguments": self.inner.cleaned_data}

    @property
    def lines(self) -> list[tuple[str, str]]:
        """What was typed, as label and value, for the eyes of the second person."""
        if self.inner is None or not self.inner.is_valid():
            return []
        answers = list(getattr(self.inner, "answers", []))
        hidden = {"marks"} if answers else set()
        named = (
            (str(self.inner.fields[name].label), _shown(value))
            for name, value in self.inner.cleaned_data.items()
            if name not in hidden and value not in (None, "", [])
        )
        return answers + list(named)


def _inner_form(entry: PaperEntry, signer: Actor) -> StepForm:
    data, day = MultiValueDict(entry.fields), localdate(entry.happened_at)
    form = step_forms.form_of(entry.verb)
    return form(data, MultiValueDict(), actor=signer, case=row_of_paper(entry), today=day)


def _shown(value: Any) -> str:
    """A cleaned value as a person reads it; rows as their values, joined."""
    if isinstance(value, dict):
        return " ".join(_shown(item) for item in value.values() if item not in (None, ""))
    if isinstance(value, (list, tuple)) or hasattr(value, "iterator"):
        return "；".join(_shown(item) for item in value)
    return str(value)


FORMS: dict[str, type[StepForm]] = {"confirm_paper": ConfirmPaperForm, "refuse_paper": WordsForm}
