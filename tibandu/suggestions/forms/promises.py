"""What people may type about a promise, and what may be asked of the ledger of promises."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tibandu.base.stepforms import StepForm
from tibandu.people.models import Unit
from tibandu.people.queries import Actor, units_in_being
from tibandu.suggestions.enums import PromiseKind, PromiseState
from tibandu.suggestions.forms.assigning import day_field, long_text
from tibandu.suggestions.forms.uploads import FilesField

ANY = [("", _("不限"))]


class ReportPromiseForm(StepForm):
    words = long_text(label=_("进展"), help_text=_("写明做到了哪一步、下一步什么时候做什么。"))


class ExtendPromiseForm(StepForm):
    guidance = _("原时限会留存，代表和代表工作机构会收到告知。")

    until = day_field(label=_("新时限"))
    words = long_text(label=_("变更理由"))


class ClaimPromiseForm(StepForm):
    guidance = _("是否兑现，由承办单位以外的人认定。")

    proof = long_text(rows=5, label=_("完成情况"), help_text=_("对照衡量标准，写明完成了什么。"))
    files = FilesField(label=_("证明材料"), required=False)


class FindingForm(StepForm):
    """What somebody other than the unit found."""

    words = long_text(label=_("认定意见"), help_text=_("写明怎样核实的、看到了什么。"))


class RefuseClaimForm(StepForm):
    words = long_text(label=_("退回理由"))


class PromisesForm(forms.Form):
    """The filters of the ledger of promises, all optional, all in the address."""

    unit = forms.ModelChoiceField(
        Unit.objects.none(), label=_("承办单位"), required=False, empty_label=_("不限")
    )
    state = forms.ChoiceField(label=_("状态"), required=False)
    kind = forms.ChoiceField(label=_("类型"), required=False, choices=[*ANY, *PromiseKind.choices])
    clock = forms.ChoiceField(label=_("时限"), required=False, choices=[*ANY, ("overdue", _("逾期"))])
    until = day_field(label=_("时限不晚于"), required=False)

    def __init__(self, *args: Any, actor: Actor, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units_in_being(actor.congress_id, today)
        known = [choice for choice in PromiseState.choices if choice[0] != PromiseState.DRAFT]
        self.fields["state"].choices = [*ANY, ("made", _("已作出")), *known]

    def wanted(self) -> dict[str, Any]:
        """The filters that hold; those that could not be read are left out."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


FORMS: dict[str, type[StepForm]] = {
    "report_promise": ReportPromiseForm,
    "extend_promise": ExtendPromiseForm,
    "claim_promise": ClaimPromiseForm,
    "accept_promise": FindingForm,
    "refuse_claim": RefuseClaimForm,
    "lapse_promise": FindingForm,
}
