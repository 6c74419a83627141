"""What people may type about a promise in the ledger."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tibandu.base.stepforms import StepForm
from tibandu.base.uploads import FilesField
from tibandu.suggestions.forms.assigning import day_field, long_text
from tibandu.suggestions.queries.letters import FEN_PER_WAN


class ReportPromiseForm(StepForm):
    words = long_text(label=_("进展"), help_text=_("写明做到了哪一步、下一步什么时候做什么。"))
    files = FilesField(label=_("证明材料"), required=False)


class ExtendPromiseForm(StepForm):
    guidance = _("原时限会留存，代表和代表工作机构会收到告知。")

    until = day_field(label=_("新时限"))
    words = long_text(label=_("变更理由"))


class ChangePromiseForm(StepForm):
    guidance = _("原内容会留存，代表和代表工作机构会收到告知。")

    what = forms.CharField(label=_("承诺事项"), max_length=200)
    measure = forms.CharField(label=_("衡量标准"), max_length=120)
    money = forms.DecimalField(
        label=_("资金（万元）"), required=False, min_value=0, max_digits=12, decimal_places=2
    )
    words = long_text(label=_("变更理由"))

    def prepare(self) -> None:
        money = self.case.money
        self.initial = {
            "what": self.case.what,
            "measure": self.case.measure,
            "money": money / FEN_PER_WAN if money is not None else None,
        }

    def clean_money(self) -> int | None:
        amount = self.cleaned_data["money"]
        return None if amount is None else int(amount * FEN_PER_WAN)


class ClaimPromiseForm(StepForm):
    guidance = _("是否兑现，由提出建议的代表和人大对口机构认定；意见不一致的，现场核查。")

    proof = long_text(rows=5, label=_("完成情况"), help_text=_("对照衡量标准，写明完成了什么。"))
    files = FilesField(label=_("证明材料"), required=False)


class LapsePromiseForm(StepForm):
    words = long_text(label=_("认定意见"), help_text=_("写明怎样核实的、看到了什么。"))


FORMS: dict[str, type[StepForm]] = {
    "report_promise": ReportPromiseForm,
    "extend_promise": ExtendPromiseForm,
    "change_promise": ChangePromiseForm,
    "claim_promise": ClaimPromiseForm,
    "lapse_promise": LapsePromiseForm,
}
