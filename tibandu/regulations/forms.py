"""Knows what people may type about rules: versions, articles, rows of a measure, a year's calendar, a computation."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseModelFormSet, modelformset_factory
from django.utils.translation import gettext_lazy as _

from tibandu.base import numbering
from tibandu.base.flow import Refused
from tibandu.base.scrub import without_hidden
from tibandu.base.sheets import SheetProblem
from tibandu.people.enums import System
from tibandu.people.models import Unit
from tibandu.people.queries import Actor
from tibandu.regulations import calendar_file, profiles, queries
from tibandu.regulations.enums import (
    SETTING_VALUES,
    DayUnit,
    DocumentKind,
    GroundKind,
    LimitCode,
    ScreeningOutcome,
    SeriesKind,
    SettingKey,
    VersionState,
)
from tibandu.regulations.models import Article, Limit, NumberPattern, Setting, SubjectClass, Version
from tibandu.regulations.models.measure import Row

LONGEST_TEXT = 200_000
LONG_LINE = 30  # a field for more letters gets a line of its own


class RuleForm(forms.Form):
    """A form whose action may refuse: the sentence stands on top, or at the field to mend."""

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(without_hidden(data), *args, **kwargs)

    def refuse(self, refused: Refused) -> None:
        fields = {name: sentence for name, sentence in refused.fields.items() if name in self.fields}
        for name, sentence in fields.items():
            self.add_error(name, str(sentence))
        if not fields:
            self.add_error(None, str(refused))


class DayField(forms.DateField):
    """A day, picked or typed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.DateInput(attrs={"autocomplete": "off"}), **kwargs)


class ProfileForm(RuleForm):
    profile = forms.ChoiceField(label=_("样本"), widget=forms.RadioSelect)
    label = forms.CharField(label=_("版本名称"), max_length=40, help_text=_("如“2026年版”。"))
    effective_on = DayField(label=_("拟施行日期"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["profile"].choices = [(code, profiles.profile(code).label) for code in profiles.PROFILES]


class DraftVersionForm(RuleForm):
    label = forms.CharField(
        label=_("新版本名称"), max_length=40, help_text=_("如“2027年修订”。条文和数据从现行版本复制。")
    )


class DescribeForm(RuleForm):
    label = forms.CharField(label=_("版本名称"), max_length=40)
    number = forms.CharField(label=_("文号"), max_length=40, required=False)
    adopted_on = DayField(label=_("通过日期"), required=False)
    legal_basis = forms.CharField(
        label=_("超过法定期限的依据"),
        max_length=200,
        required=False,
        help_text=_("答复期限超过代表法规定的三个月、六个月时须写明。"),
    )


class CategorySchemeForm(RuleForm):
    scheme = forms.ChoiceField(
        label=_("类别方案"),
        widget=forms.RadioSelect,
        choices=[(code, label) for code, (label, _rows) in profiles.CATEGORY_SCHEMES.items()],
        help_text=_("草案现有的类别全部换掉；条文里写到类别的那一条不会改写，换后请一并修改。"),
    )


class DiscardForm(RuleForm):
    words = forms.CharField(label=_("放弃的原因"), max_length=200, required=False)


class ClassForm(RuleForm):
    """A class of matters; the lists to choose from are the actor's own congress."""

    name = forms.CharField(label=_("名称"), max_length=30)
    parent = forms.ModelChoiceField(
        SubjectClass.objects.none(), label=_("上级分类"), required=False, empty_label=_("无，作为一级分类")
    )
    committee = forms.ModelChoiceField(
        Unit.objects.none(),
        label=_("对口委员会"),
        required=False,
        empty_label=_("未定"),
        help_text=_("二级分类未定的，随它的上级分类。"),
    )

    def __init__(self, *args: Any, actor: Actor, today: date, subject: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["parent"].queryset = queries.first_level(actor).exclude(pk=subject and subject.pk)
        fields["committee"].queryset = queries.committees_for(actor, today)


class ArticlesForm(RuleForm):
    text = forms.CharField(
        label=_("条文"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 24}),
        help_text=_("每条以“第几条”起头，按条自动拆分。数据行按条号重新对应。"),
    )


class AddDocumentForm(ArticlesForm):
    kind = forms.ChoiceField(label=_("类别"))
    title = forms.CharField(label=_("标题"), max_length=120)
    adopted_by = forms.CharField(label=_("制定机关"), max_length=80, required=False)
    label = forms.CharField(label=_("版本名称"), max_length=40)

    field_order = ["kind", "title", "adopted_by", "label", "text"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["kind"].choices = [pair for pair in DocumentKind.choices if pair[0] != DocumentKind.MEASURE]


class EnactForm(RuleForm):
    effective_on = DayField(
        label=_("施行日期"), help_text=_("原版本在这一天失效。已交办的建议仍按交办时的版本办理。")
    )


class RepealForm(RuleForm):
    ended_on = DayField(label=_("失效日期"))
    words = forms.CharField(label=_("废止理由"), widget=forms.Textarea(attrs={"rows": 3}), max_length=400)


class LibraryForm(forms.Form):
    """The filters of the library, kept in its address."""

    q = forms.CharField(label=_("条文中的字词"), max_length=40, required=False)
    kind = forms.ChoiceField(
        label=_("类别"), choices=[("", _("全部")), *DocumentKind.choices], required=False
    )
    state = forms.ChoiceField(
        label=_("状态"), choices=[("", _("全部")), *VersionState.choices], required=False
    )


class CalendarFileForm(RuleForm):
    file = forms.FileField(
        label=_("放假安排表"), help_text=_("xlsx、xls、et、ods 或 csv，含“日期”“安排”“名称”三列。")
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if upload := cleaned.get("file"):
            try:
                cleaned["days"] = calendar_file.read_calendar(upload, upload.name)
            except SheetProblem as problem:
                self.add_error("file", str(problem))
        return cleaned


class CalendarYearForm(RuleForm):
    year = forms.IntegerField(label=_("年度"), min_value=2000, max_value=2100)
    notice = forms.CharField(label=_("依据通知"), max_length=120)
    lines = forms.CharField(
        label=_("逐日安排"),
        max_length=8_000,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_("每行一天：日期、放假或上班、名称。"),
    )
    checked = forms.BooleanField(label=_("我已与通知原文逐日核对"))

    def clean_lines(self) -> str:
        lines: str = self.cleaned_data["lines"]
        try:
            self.days = calendar_file.from_lines(lines)
        except SheetProblem as problem:
            raise ValidationError(str(problem)) from problem
        return lines


class ComputationForm(forms.Form):
    """From which day, which limit of which version; or a length of one's own."""

    start = DayField(label=_("起算日"))
    limit = forms.ChoiceField(label=_("期限"), required=False)
    version = forms.ModelChoiceField(
        label=_("办法版本"),
        queryset=Version.objects.none(),
        required=False,
        empty_label=_("起算日有效的版本"),
    )
    amount = forms.IntegerField(label=_("或自定长度"), min_value=0, max_value=999, required=False)
    unit = forms.ChoiceField(label=_("单位"), choices=DayUnit.choices, required=False)

    def __init__(self, *args: Any, versions: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = [pair for pair in LimitCode.choices if pair[0] != LimitCode.NEAR]
        fields: Any = self.fields
        fields["limit"].choices = [("", _("自定长度")), *codes]
        fields["version"].queryset = versions


class RowForm(forms.ModelForm):
    """A row of a measure; its article is one of its own version."""

    # The column that names a fixed row, and its choices.
    fixed: tuple[str, Any] | None = None

    def __init__(self, *args: Any, articles: list[Article], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        choices = [(article.pk, article.number) for article in articles]
        fields["article"] = forms.TypedChoiceField(
            label=fields["article"].label,
            choices=[("", _("未注明")), *choices],
            coerce=lambda pk: next(article for article in articles if str(article.pk) == str(pk)),
            empty_value=None,
            required=False,
        )
        for field in fields.values():
            if isinstance(field, forms.CharField) and isinstance(field.widget, forms.TextInput):
                field.widget.attrs["autocomplete"] = "off"
                field.is_long = (field.max_length or 0) > LONG_LINE

    @property
    def title(self) -> str:
        if self.fixed is None:
            return ""
        column, choices = self.fixed
        code = getattr(self.instance, column) or self.initial.get(column)
        return str(choices(code).label) if code else ""


class LimitForm(RowForm):
    fixed = ("code", LimitCode)

    class Meta:
        model = Limit
        fields = ["code", "amount", "unit", "start", "article"]
        widgets = {"code": forms.HiddenInput}

    def clean_amount(self) -> int:
        amount: int = self.cleaned_data["amount"]
        if amount < 1:
            raise ValidationError(_("至少为 1。"))
        return amount


class SettingForm(RowForm):
    fixed = ("key", SettingKey)

    class Meta:
        model = Setting
        fields = ["key", "value", "article"]
        widgets = {"key": forms.HiddenInput}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        key = self.instance.key or self.initial.get("key")
        choices = list(SETTING_VALUES.get(str(key), {}).items())
        self.fields["value"] = forms.ChoiceField(label=self.fields["value"].label, choices=choices)


class NumberPatternForm(RowForm):
    fixed = ("kind", SeriesKind)

    class Meta:
        model = NumberPattern
        fields = ["kind", "pattern", "article"]
        widgets = {"kind": forms.HiddenInput}
        help_texts = {
            "pattern": _("可用 {term} 届、{session} 次、{year} 年、{seq:03d} 顺序号、{code} 单位代字。")
        }

    def clean_pattern(self) -> str:
        pattern: str = self.cleaned_data["pattern"]
        if wrong := numbering.problems(pattern):
            raise ValidationError(wrong)
        return pattern


class GroundForm(RowForm):
    """A reason of the kind that the page is about; only a screening ground allows outcomes."""

    outcomes = forms.MultipleChoiceField(
        label=_("可作的处理"),
        choices=ScreeningOutcome.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, use: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.kind = use
        self.initial["outcomes"] = self.instance.outcomes.split()
        fields: Any = self.fields
        fields["outcomes"].look = "row"
        if use != GroundKind.SCREENING:
            del fields["outcomes"]

    def clean_outcomes(self) -> str:
        return " ".join(self.cleaned_data["outcomes"])


class OptionForm(RowForm):
    """An option of the use that the page is about; only marks have points."""

    def __init__(self, *args: Any, use: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.kind = use
        if not use.endswith("criterion"):
            del self.fields["points"]


class CopyRecipientForm(RowForm):
    system = forms.ChoiceField(
        label=_("适用系统"), choices=[("", _("各系统")), *System.choices], required=False
    )


FORMS: dict[str, type[RowForm]] = {
    "limits": LimitForm,
    "settings": SettingForm,
    "number_patterns": NumberPatternForm,
    "grounds": GroundForm,
    "options": OptionForm,
    "copy_recipients": CopyRecipientForm,
}


def rows_formset(version: Version, kind: str, data: Any = None, *, use: str = "") -> Any:
    """The form page of one kind: fixed rows are all there and cannot be removed, others can be added and removed.

    Grounds and options are many: a page of them is about one `use`.
    """
    model = queries.KINDS[kind]
    form = FORMS.get(kind, RowForm)
    of_kind = {"kind": use} if use else {}
    rows = model._base_manager.filter(version=version, **of_kind).order_by("pk" if form.fixed else "order")
    missing = _missing(form, rows)
    made = modelformset_factory(
        model,
        form=form,
        exclude=["version", *of_kind],
        extra=len(missing) if form.fixed else 1,
        can_delete=not form.fixed,
    )
    row_arguments = {"articles": list(version.articles.all())} | ({"use": use} if use else {})
    initial = [{form.fixed[0]: code} for code in missing] if form.fixed else None
    return made(
        without_hidden(data), queryset=rows, initial=initial, prefix="rows", form_kwargs=row_arguments
    )


def _missing(form: type[RowForm], rows: Any) -> list[str]:
    if form.fixed is None:
        return []
    column, choices = form.fixed
    held = set(rows.values_list(column, flat=True))
    return [code for code in choices.values if code not in held]


def changed_rows(formset: BaseModelFormSet) -> tuple[list[Row], list[Row]]:
    """The rows to save and the rows to remove of a valid formset."""
    formset.save(commit=False)
    changed = [row for row, _fields in formset.changed_objects] + formset.new_objects
    return changed, list(formset.deleted_objects)


def day_or(text: str, other: date) -> date:
    """A day from an address, else another one."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return other
