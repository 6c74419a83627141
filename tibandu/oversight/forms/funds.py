"""What people may type about earmarked money: sums in yuan, candidates, score sheets, payments, findings."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tibandu.base.rows import RowsField
from tibandu.base.stepforms import NoteForm, StepForm, WordsForm
from tibandu.oversight.enums import InvestmentSource
from tibandu.oversight.queries import funds as queries
from tibandu.people.enums import Function
from tibandu.people.models import Unit
from tibandu.people.queries import units_in_being
from tibandu.suggestions.models import Promise

FEN = 100
ANY = [("", _("不限"))]


class YuanField(forms.DecimalField):
    """A sum typed in yuan with two decimals, kept in fen."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=Decimal("0.01"), max_digits=14, decimal_places=2, **kwargs)

    def clean(self, value: Any) -> Any:
        yuan = super().clean(value)
        return None if yuan is None else int(yuan * FEN)

    def prepare_value(self, value: Any) -> Any:
        """An initial sum comes in fen, what was typed comes as text."""
        return f"{value / FEN:.2f}" if isinstance(value, int) else value


def day_field(**kwargs: Any) -> forms.DateField:
    return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)


def long_text(rows: int = 4, **kwargs: Any) -> forms.CharField:
    return forms.CharField(widget=forms.Textarea(attrs={"rows": rows}), max_length=2000, **kwargs)


# -- the fund ---------------------------------------------------------------------------------------------------------


class ChangeFundForm(StepForm):
    source = forms.CharField(
        label=_("资金来源"), max_length=200, help_text=_("例如：本级一般公共预算，写明预算文号")
    )
    cap = YuanField(label=_("单个项目上限（元）"), required=False, help_text=_("不填就是不限"))

    def prepare(self) -> None:
        if self.case is not None:
            self.initial = {"source": self.case.source, "cap": self.case.cap}


class OpenFundForm(ChangeFundForm):
    """Made on a page of its own: there is no fund yet."""

    name = forms.CharField(label=_("名称"), max_length=60)
    year = forms.IntegerField(label=_("年度"), min_value=2000, max_value=2099)
    amount = YuanField(label=_("安排金额（元）"))

    field_order = ("name", "year", "amount", "cap", "source")

    def prepare(self) -> None:
        self.initial = {"name": _now("民生建议专项资金"), "year": self.today.year}


class AllotForm(StepForm):
    amount = YuanField(label=_("追加金额（元）"))
    words = forms.CharField(label=_("依据"), max_length=200, help_text=_("写明预算调整的文号"))


# -- choosing ---------------------------------------------------------------------------------------------------------


class ProjectForm(StepForm):
    """What a project is, who builds it, whom it serves and what it costs."""

    title = forms.CharField(
        label=_("项目名称"), max_length=120, required=False, help_text=_("不填就用建议的标题")
    )
    unit = forms.ModelChoiceField(label=_("项目单位"), queryset=Unit.objects.none(), empty_label=_("请选择"))
    planned = YuanField(label=_("计划资金（元）"))
    beneficiaries = forms.CharField(label=_("受益群众"), max_length=200, help_text=_("写明哪里的哪些人受益"))
    beneficiary_count = forms.IntegerField(
        label=_("受益人数"), required=False, min_value=1, max_value=100_000_000
    )

    def prepare(self) -> None:
        units = units_in_being(self.actor.congress_id, self.today).filter(function=Function.HANDLING)
        self.fields["unit"].queryset = units


class NominateForm(ProjectForm):
    suggestion = forms.CharField(
        label=_("建议编号"), max_length=40, required=False, help_text=_("项目来自哪件建议，写编号全文")
    )

    field_order = ("suggestion", "title", "unit", "planned", "beneficiaries", "beneficiary_count")

    def clean_suggestion(self) -> Any:
        number = self.cleaned_data["suggestion"].strip()
        if not number:
            return None
        found = queries.suggestion_numbered(self.actor, number)
        if found is None:
            raise forms.ValidationError(_now("没有找到编号为%(number)s的建议。") % {"number": number})
        return found

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("title") and "suggestion" in cleaned and not cleaned["suggestion"]:
            self.add_error("title", _now("请写项目名称，或者填写建议编号。"))
        return cleaned


class ChangeProjectForm(ProjectForm):
    def prepare(self) -> None:
        super().prepare()
        self.fields["title"].required = True
        self.fields["title"].help_text = ""
        names = ("title", "planned", "beneficiaries", "beneficiary_count")
        self.initial = {name: getattr(self.case, name) for name in names} | {"unit": self.case.unit_id}


class MarkRow(forms.Form):
    """The points for one criterion."""

    criterion = forms.ChoiceField(label=_("评分项"))
    points = forms.IntegerField(label=_("得分"), min_value=0, max_value=1000)

    def __init__(self, *args: Any, criteria: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["criterion"].choices = criteria


class ScoreProjectForm(StepForm):
    guidance = _("一名评分人一张评分表，每个评分项评一次；没有账号的专家由工作人员代为录入。")

    appraiser = forms.CharField(label=_("评分人"), max_length=40)
    marks = RowsField(MarkRow, label=_("评分"))
    words = long_text(rows=3, label=_("评语"), required=False)

    def prepare(self) -> None:
        criteria = queries.criteria_of(self.case.congress_id, self.today)
        named = [
            (row.code, row.label if row.points is None else f"{row.label}（{row.points}）")
            for row in criteria
        ]
        self.rows("marks").bind(criteria=named)
        self.initial = {
            "appraiser": self.actor.person_name,
            "marks": [{"criterion": code} for code, _label in named],
        }


class MeetingForm(StepForm):
    """A day, who was there, and what came of it."""

    held_on = day_field(label=_("日期"))
    attended = forms.CharField(label=_("参加人"), max_length=400)
    words = long_text(rows=5, label=_("意见"))

    def prepare(self) -> None:
        self.initial = {"held_on": self.today}


class ArgueProjectForm(MeetingForm):
    guidance = _("已交的评分表归入这次论证，取平均分。")


class ApproveProjectForm(NoteForm):
    planned = YuanField(label=_("批准资金（元）"))

    field_order = ("planned", "words")

    def prepare(self) -> None:
        self.initial = {"planned": self.case.planned}


class TiePromiseForm(StepForm):
    promise = forms.ModelChoiceField(
        label=_("承诺事项"), queryset=Promise.objects.none(), empty_label=_("请选择")
    )

    def prepare(self) -> None:
        self.fields["promise"].queryset = queries.promises_of(self.case)


# -- money ------------------------------------------------------------------------------------------------------------


class AppropriateForm(StepForm):
    amount = YuanField(label=_("拨付金额（元）"))
    words = forms.CharField(label=_("拨款文号或者说明"), max_length=200, required=False)

    def prepare(self) -> None:
        self.initial = {"amount": self.case.to_come}


class ReturnMoneyForm(StepForm):
    amount = YuanField(label=_("退回金额（元）"))
    words = forms.CharField(label=_("原因"), max_length=200)

    def prepare(self) -> None:
        self.initial = {"amount": self.case.unpaid}


class AskPaymentForm(StepForm):
    payee = forms.CharField(label=_("收款单位"), max_length=80)
    amount = YuanField(label=_("金额（元）"))
    words = forms.CharField(label=_("用途"), max_length=200)


class PayForm(StepForm):
    paid_on = day_field(label=_("支付日期"))
    voucher = forms.CharField(label=_("凭证号"), max_length=40, required=False)

    def prepare(self) -> None:
        self.initial = {"paid_on": self.today}


class RefusePaymentForm(StepForm):
    words = forms.CharField(label=_("理由"), max_length=400)


class RecordInvestmentForm(StepForm):
    guidance = _("登记专项资金以外的投入，不影响专项资金余额。")

    source = forms.ChoiceField(label=_("来源"), choices=InvestmentSource)
    what = forms.CharField(label=_("说明"), max_length=200, help_text=_("写明哪个部门的哪项预算"))
    amount = YuanField(label=_("金额（元）"))
    paid_on = day_field(label=_("投入日期"))


# -- works ------------------------------------------------------------------------------------------------------------


class ReportProjectForm(StepForm):
    progress = forms.IntegerField(label=_("进度（%）"), min_value=0, max_value=100)
    words = long_text(label=_("进展"))

    def prepare(self) -> None:
        self.initial = {"progress": self.case.progress}


class ReviewProjectForm(StepForm):
    guidance = _("财政部门和代表工作机构各评价一次。")

    score = forms.IntegerField(label=_("得分"), min_value=0, max_value=100, help_text=_("百分制"))
    words = long_text(rows=5, label=_("评价意见"), help_text=_("写明资金使用、实施效果和群众反映"))


FORMS: dict[str, type[StepForm]] = {
    "allot": AllotForm,
    "change_fund": ChangeFundForm,
    "close_fund": NoteForm,
    "nominate_project": NominateForm,
    "change_project": ChangeProjectForm,
    "score_project": ScoreProjectForm,
    "argue_project": ArgueProjectForm,
    "leave_out_project": WordsForm,
    "approve_project": ApproveProjectForm,
    "send_back_project": WordsForm,
    "turn_down_project": WordsForm,
    "tie_promise": TiePromiseForm,
    "cancel_project": WordsForm,
    "appropriate": AppropriateForm,
    "appropriate_more": AppropriateForm,
    "return_money": ReturnMoneyForm,
    "ask_payment": AskPaymentForm,
    "pay": PayForm,
    "refuse_payment": RefusePaymentForm,
    "record_investment": RecordInvestmentForm,
    "strike_investment": WordsForm,
    "begin_project": NoteForm,
    "report_project": ReportProjectForm,
    "ask_acceptance": WordsForm,
    "accept_project": MeetingForm,
    "refuse_acceptance": MeetingForm,
    "review_project": ReviewProjectForm,
}
