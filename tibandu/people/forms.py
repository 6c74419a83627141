"""Knows what people may type about people and bodies; every list to choose from is the actor's own congress."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.db.models import Model
from django.utils.timezone import make_aware
from django.utils.translation import gettext_lazy as _

from tibandu.base.scrub import without_hidden
from tibandu.base.words import split_names
from tibandu.people import queries
from tibandu.people.enums import Competence, Function, Rank, Scope, System
from tibandu.people.models import Delegation, Group, Organ, Person, Seat, Unit
from tibandu.people.queries import Actor

FUNCTION = _("决定这个单位的人看到哪一种工作台")


class RowForm(forms.Form):
    """A form about a row of the rolls; `row` is what it changes, or what the new row will belong to."""

    def __init__(self, data: Any = None, *args: Any, actor: Actor, row: Any = None, **kwargs: Any) -> None:
        self.actor, self.row = actor, row
        super().__init__(without_hidden(data), *args, **kwargs)
        columns = {column.name for column in row._meta.concrete_fields} if isinstance(row, Model) else set()
        for name, field in self.fields.items():
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = self.choices_of(name)
            if self.initial.get(name) is None and name in columns:
                self.initial[name] = getattr(row, name)

    def choices_of(self, name: str) -> Any:
        return _CHOICES[name](self.actor)


def _day(label: Any, **kwargs: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput, **kwargs)


def _one_of(model: type[Model], label: Any, **kwargs: Any) -> forms.ModelChoiceField:
    empty = _("请选择") if kwargs.get("required", True) else _("不选")
    return forms.ModelChoiceField(model._default_manager.none(), label=label, empty_label=empty, **kwargs)


class _Names(forms.CharField):
    def clean(self, value: Any) -> list[str]:
        return split_names(super().clean(value) or "")


class UnitForm(RowForm):
    organ = _one_of(Organ, _("所属机关"))
    name = forms.CharField(label=_("全称"), max_length=60)
    short_name = forms.CharField(label=_("简称"), max_length=30, required=False)
    function = forms.ChoiceField(
        label=_("职能"), choices=Function, initial=Function.HANDLING, help_text=FUNCTION
    )
    order = forms.IntegerField(label=_("排序"), min_value=0, max_value=9999, initial=100)
    valid_from = _day(_("设立日期"), required=False)
    aliases = _Names(label=_("曾用名、别名"), required=False, help_text=_("几个名称之间用顿号隔开"))


class UnitChangeForm(RowForm):
    short_name = forms.CharField(label=_("简称"), max_length=30)
    function = forms.ChoiceField(label=_("职能"), choices=Function, help_text=FUNCTION)
    order = forms.IntegerField(label=_("排序"), min_value=0, max_value=9999)
    aliases = _Names(
        label=_("增加别名"), required=False, help_text=_("几个名称之间用顿号隔开；已有的名称不会去掉")
    )


class UnitRenameForm(RowForm):
    name = forms.CharField(
        label=_("新的全称"), max_length=60, help_text=_("原名称仍然认得，往年的卷宗不受影响")
    )
    short_name = forms.CharField(label=_("新的简称"), max_length=30, required=False)


class UnitMergeForm(RowForm):
    successor = _one_of(
        Unit, _("并入"), help_text=_("名称、权限、分办职责转给承接单位，岗位上的人员同日离任")
    )
    on = _day(_("生效日期"))

    def choices_of(self, name: str) -> Any:
        return queries.units_visible_to(self.actor).filter(valid_until=None).exclude(pk=self.row.pk)


class UnitEndForm(RowForm):
    on = _day(_("撤销日期"))
    words = forms.CharField(label=_("依据"), max_length=200, required=False)


class PostForm(RowForm):
    title = forms.CharField(label=_("职务"), max_length=40)
    rank = forms.ChoiceField(label=_("层级"), choices=Rank)
    administers = forms.BooleanField(
        label=_("系统管理"), required=False, help_text=_("可以维护人员单位、账号和发送")
    )


class AppointForm(RowForm):
    person = _one_of(Person, _("已登记的人员"), required=False, help_text=_("新来的人不选，在下面填姓名"))
    name = forms.CharField(label=_("姓名"), max_length=40, required=False)
    phone = forms.CharField(label=_("手机"), max_length=20, required=False)
    email = forms.EmailField(label=_("邮箱"), required=False)
    since = _day(_("到任日期"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if bool(cleaned.get("person")) == bool(cleaned.get("name")):
            self.add_error("person", _("选一位已登记的人员，或者填新人员的姓名。"))
        return cleaned


class RelieveForm(RowForm):
    until = _day(_("离任日期"))


class SeatForm(AppointForm):
    card_no = forms.CharField(label=_("代表证号"), max_length=20)
    delegation = _one_of(Delegation, _("代表团"), required=False)
    group = _one_of(Group, _("代表小组"), required=False)
    constituency = forms.CharField(label=_("选区或选举单位"), max_length=60, required=False)
    since = _day(_("当选日期"))


class SeatChangeForm(RowForm):
    delegation = _one_of(Delegation, _("代表团"), required=False)
    group = _one_of(Group, _("代表小组"), required=False)
    constituency = forms.CharField(label=_("选区或选举单位"), max_length=60, required=False)

    def choices_of(self, name: str) -> Any:
        rows = super().choices_of(name)
        return rows.filter(term=self.row.term_id) if name == "delegation" else rows


class SeatEndForm(RowForm):
    on = _day(_("终止日期"))
    words = forms.CharField(
        label=_("事由"), max_length=200, help_text=_("代表法规定的终止情形，如辞职被接受、调离本行政区域")
    )


class PersonForm(RowForm):
    name = forms.CharField(label=_("姓名"), max_length=40)
    phone = forms.CharField(label=_("手机"), max_length=20, required=False)
    email = forms.EmailField(label=_("邮箱"), required=False)


class OwnAddressesForm(RowForm):
    phone = forms.CharField(label=_("手机"), max_length=20, required=False, help_text=_("接收短信提醒"))
    email = forms.EmailField(label=_("邮箱"), required=False, help_text=_("接收邮件提醒"))


class TokenForm(RowForm):
    name = forms.CharField(label=_("名称"), max_length=60, help_text=_("写明用在哪里，便于日后吊销"))
    scope = forms.ChoiceField(label=_("范围"), choices=Scope)


class TermForm(RowForm):
    number = forms.IntegerField(label=_("届"), min_value=1, max_value=99)
    starts_on = _day(_("开始"))
    ends_on = _day(_("结束"))


class SessionForm(RowForm):
    number = forms.IntegerField(label=_("次"), min_value=1, max_value=99)
    slug = forms.SlugField(label=_("代号"), help_text=_("用在编号和导入命令里，如 6-5"))
    opens_on = _day(_("开幕"))
    closes_on = _day(_("闭幕"))
    cutoff_on = _day(_("建议截止日"), help_text=_("之后提出的作闭会期间建议"))
    cutoff_time = forms.TimeField(
        label=_("截止时刻"), initial=time(12), widget=forms.TimeInput(attrs={"type": "time"})
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        on, clock = cleaned.pop("cutoff_on", None), cleaned.pop("cutoff_time", None)
        if on and clock:
            cleaned["cutoff_at"] = make_aware(datetime.combine(on, clock))
        return cleaned


class NameForm(RowForm):
    name = forms.CharField(label=_("名称"), max_length=40)


class HeadForm(RowForm):
    seat = _one_of(Seat, _("团长"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seat"] = self.row.head_id

    def choices_of(self, name: str) -> Any:
        return queries.seats_visible_to(self.actor).filter(delegation=self.row.pk, ended_on=None)


class DispatcherForm(RowForm):
    unit = _one_of(Unit, _("分办机构"), required=False, help_text=_("不选则交办直接到承办单位"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["unit"] = self.row.dispatcher_id

    def choices_of(self, name: str) -> Any:
        return queries.units_visible_to(self.actor).filter(organ=self.row.pk, valid_until=None)


class PowersForm(RowForm):
    competence = forms.ChoiceField(label=_("权限"), choices=Competence)
    unit = _one_of(Unit, _("由哪个单位承担"))

    def choices_of(self, name: str) -> Any:
        holders = (System.CONGRESS, System.GOVERNMENT)  # the government for the power over money
        return queries.units_visible_to(self.actor).filter(organ__system__in=holders, valid_until=None)


class SecondFactorForm(RowForm):
    asked = forms.MultipleChoiceField(
        label=_("必须使用双重验证的岗位"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rules = queries.second_factor_rules(self.actor.congress_id)
        self.initial["asked"] = [f"{rule.function}:{rule.rank}" for rule in rules]
        whole = [
            (f"{one.value}:", _("%(function)s · 全部岗位") % {"function": one.label}) for one in Function
        ]
        heads = [
            (f"{one.value}:{Rank.PRINCIPAL}", f"{one.label} · {Rank.PRINCIPAL.label}") for one in Function
        ]
        self.fields["asked"].choices = [choice for pair in zip(whole, heads, strict=True) for choice in pair]

    def clean_asked(self) -> list[tuple[str, str]]:
        return [(one.partition(":")[0], one.partition(":")[2]) for one in self.cleaned_data["asked"]]


class UploadForm(forms.Form):
    file = forms.FileField(label=_("文件"), help_text=_("xlsx、xls、et、ods 或 csv；第一行写表头"))


_CHOICES: dict[str, Any] = {
    "organ": queries.organs_visible_to,
    "person": lambda actor: queries.persons_visible_to(actor).order_by("sort_key", "pk"),
    "delegation": lambda actor: queries.delegations_visible_to(actor).order_by("-term__number", "pk"),
    "group": queries.groups_visible_to,
}
