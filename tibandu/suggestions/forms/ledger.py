"""What may be asked of the ledger: its filters, all optional, all in the address."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tibandu.people.models import Session, Unit
from tibandu.people.queries import Actor, units_in_being
from tibandu.regulations.models import Category, SubjectClass
from tibandu.suggestions.enums import UNSEEN, Nature, State

ANY = [("", _("不限"))]


class LedgerForm(forms.Form):
    """The filters of one congress's ledger; a value that means nothing here is dropped, not an error."""

    q = forms.CharField(label=_("关键词"), required=False, max_length=60)
    state = forms.ChoiceField(label=_("状态"), required=False)
    clock = forms.ChoiceField(
        label=_("时限"), required=False, choices=[*ANY, ("overdue", _("逾期")), ("near", _("七天内到期"))]
    )
    session = forms.ModelChoiceField(
        Session.objects.none(), label=_("会议"), required=False, empty_label=_("不限")
    )
    unit = forms.ModelChoiceField(
        Unit.objects.none(), label=_("承办单位"), required=False, empty_label=_("不限")
    )
    subject = forms.ModelChoiceField(
        SubjectClass.objects.none(), label=_("分类"), required=False, empty_label=_("不限")
    )
    committee = forms.ModelChoiceField(
        Unit.objects.none(), label=_("对口委员会"), required=False, empty_label=_("不限")
    )
    category = forms.ChoiceField(label=_("答复类别"), required=False)
    round = forms.TypedChoiceField(
        label=_("轮次"), required=False, coerce=int, empty_value=None, choices=[*ANY, (2, _("二次交办"))]
    )
    nature = forms.ChoiceField(label=_("性质"), required=False, choices=[*ANY, *Nature.choices])
    author = forms.CharField(label=_("提出人"), required=False, max_length=40)
    collection = forms.CharField(label=_("历史汇编"), required=False, max_length=60)

    def __init__(self, *args: Any, actor: Actor, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        congress = actor.congress_id
        self.fields["state"].choices = [*ANY, *(c for c in State.choices if c[0] not in UNSEEN)]
        self.fields["session"].queryset = (
            Session.objects.filter(term__congress=congress).select_related("term").order_by("-opens_on")
        )
        self.fields["unit"].queryset = units_in_being(congress, today)
        self.fields["committee"].queryset = units_in_being(congress, today).filter(function="committee")
        self.fields["subject"].queryset = SubjectClass.objects.filter(congress=congress)
        self.fields["category"].choices = lambda: _categories(congress)

    def wanted(self) -> dict[str, Any]:
        """The filters that hold; those that could not be read are left out."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


def _categories(congress_id: int | None) -> list[tuple[str, Any]]:
    """The codes of every scheme this congress has used; read when the form is shown or a code is asked for."""
    codes = Category.objects.filter(version__document__congress=congress_id).values_list("code", flat=True)
    return [*ANY, *((code, code) for code in sorted(set(codes)))]


class SavedViewForm(forms.Form):
    """A name for the filters in the address."""

    name = forms.CharField(label=_("名称"), max_length=30)
