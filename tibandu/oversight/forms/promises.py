"""What people may type about promises: findings, site checks, explanations, the yearly statement."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tibandu.base.rows import RowsField
from tibandu.base.stepforms import NoteForm, StepForm, WordsForm
from tibandu.base.uploads import FilesField
from tibandu.oversight.enums import Verdict
from tibandu.oversight.queries import promises as queries
from tibandu.suggestions.enums import PromiseState
from tibandu.suggestions.models import Promise

ANY = [("", _("不限"))]
YEARS_BACK = 6


def day_field(**kwargs: Any) -> forms.DateField:
    return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)


def long_text(rows: int = 4, **kwargs: Any) -> forms.CharField:
    return forms.CharField(widget=forms.Textarea(attrs={"rows": rows}), max_length=2000, **kwargs)


class AgreeDeliveryForm(NoteForm):
    governed_by = "limit:finding"
    guidance = _("代表一方和人大对口机构都认同，才认定为已兑现。")


class DoubtDeliveryForm(StepForm):
    governed_by = "limit:finding"
    guidance = _("另一方没有认同的，退回承办单位继续兑现；另一方已经认同的，由现场核查认定。")

    words = long_text(label=_("异议"), help_text=_("写明哪里没有做到。"))


class CheckSiteForm(StepForm):
    governed_by = "limit:finding"

    held_on = day_field(label=_("核查日期"))
    place = forms.CharField(label=_("地点"), max_length=60)
    attended = long_text(rows=2, label=_("参加人"), help_text=_("写明单位、职务、姓名。"))
    found = long_text(rows=5, label=_("核查情况"), help_text=_("对照衡量标准，写明看到了什么。"))
    verdict = forms.ChoiceField(label=_("结论"), choices=[("", _("请选择")), *Verdict.choices])
    files = FilesField(label=_("照片、材料"), required=False)

    def prepare(self) -> None:
        self.initial = {"held_on": self.today}


class ExplainUnmetForm(StepForm):
    guidance = _("书面说明由本单位负责人签发，送提出建议的代表，抄送代表工作机构。")

    words = long_text(rows=5, label=_("未兑现的原因和下一步安排"))


class StatementRow(forms.Form):
    """What became of one promise."""

    promise: Any = forms.ModelChoiceField(Promise.objects.none(), label=_("承诺"))
    words = long_text(rows=3, label=_("兑现情况"))

    def __init__(self, *args: Any, promises: QuerySet[Promise], named: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["promise"].queryset = promises
        self.fields["promise"].choices = [("", _("请选择")), *named]


class GiveStatementForm(StepForm):
    governed_by = "limit:statement"
    guidance = _("逐项写明今年、去年承诺和以前年度结转承诺的兑现情况，送有关代表，由代表确认收到。")

    lines = RowsField(StatementRow, label=_("逐项兑现情况"))
    words = long_text(rows=3, label=_("总的情况"), required=False)

    def prepare(self) -> None:
        promises = queries.promises_in(self.case)
        rows = list(promises)
        named = [(row.pk, f"{row.number_text} {row}（{row.get_state_display()}）") for row in rows]
        self.rows("lines").bind(promises=promises, named=named)
        self.initial = {"lines": [{"promise": row.pk, "words": _proposed(row)} for row in rows]}


def _proposed(promise: Promise) -> str:
    """What can be said of a promise that was found kept; of the others the unit must say it."""
    if promise.state != PromiseState.KEPT or promise.closed_on is None:
        return ""
    return _now("已兑现，%(day)s经认定。") % {"day": promise.closed_on.isoformat()}


class AskStatementsForm(forms.Form):
    """For which year the units are asked."""

    year = forms.TypedChoiceField(label=_("年度"), coerce=int)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [(year, str(year)) for year in (today.year, today.year - 1)]


FORMS: dict[str, type[StepForm]] = {
    "agree_delivery": AgreeDeliveryForm,
    "doubt_delivery": DoubtDeliveryForm,
    "check_site": CheckSiteForm,
    "explain_unmet": ExplainUnmetForm,
    "give_statement": GiveStatementForm,
    "return_statement": WordsForm,
    "acknowledge": NoteForm,
}
