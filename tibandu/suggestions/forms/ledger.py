"""What may be asked of the ledger: its filters, all optional, all in the address."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from tibandu.base.scrub import without_hidden
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

    def __init__(self, query: QueryDict, *, actor: Actor, today: date) -> None:
        if "filter" not in query:  # nobody looks at the form: read what is asked, and copy no other field
            self.base_fields = {name: field for name, field in self.base_fields.items() if query.get(name)}
        super().__init__(without_hidden(query))
        for name in self.fields.keys() & CHOICES:
            kind, choices = CHOICES[name]
            setattr(self.fields[name], kind, choices(actor.congress_id, today))

    def wanted(self) -> dict[str, Any]:
        """The filters that hold; those that could not be read are left out."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


def _categories(congress_id: int | None) -> list[tuple[str, Any]]:
    """The codes of every scheme this congress has used."""
    codes = Category.objects.filter(version__document__congress=congress_id).values_list("code", flat=True)
    return [*ANY, *((code, code) for code in sorted(set(codes)))]


def _sessions(congress_id: int | None) -> QuerySet[Session]:
    return Session.objects.filter(term__congress=congress_id).select_related("term").order_by("-opens_on")


# What the choices of a field are, and which of its attributes holds them.
CHOICES: dict[str, tuple[str, Callable[[int | None, date], Any]]] = {
    "state": ("choices", lambda _congress, _today: [*ANY, *(c for c in State.choices if c[0] not in UNSEEN)]),
    "session": ("queryset", lambda congress, _today: _sessions(congress)),
    "unit": ("queryset", units_in_being),
    "committee": (
        "queryset",
        lambda congress, today: units_in_being(congress, today).filter(function="committee"),
    ),
    "subject": ("queryset", lambda congress, _today: SubjectClass.objects.filter(congress=congress)),
    "category": ("choices", lambda congress, _today: _categories(congress)),
}


class SavedViewForm(forms.Form):
    """A name for the filters in the address."""

    name = forms.CharField(label=_("名称"), max_length=30)

    def __init__(self, data: Any) -> None:
        super().__init__(without_hidden(data))
