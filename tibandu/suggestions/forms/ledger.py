"""What may be asked of the ledger: its filters, all optional, all in the address."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from tibandu.base.filters import ANY, FilterForm
from tibandu.base.scrub import without_hidden
from tibandu.people.enums import Function
from tibandu.people.models import Session, Unit
from tibandu.people.queries import units_in_being
from tibandu.regulations.models import Category, SubjectClass
from tibandu.suggestions.enums import UNSEEN, Nature, State


class LedgerForm(FilterForm):
    """The filters of one congress's ledger."""

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

    OFFERED: ClassVar[Mapping[str, Callable[[Any, date], Any]]] = {
        "state": lambda _actor, _today: [choice for choice in State.choices if choice[0] not in UNSEEN],
        "session": lambda actor, _today: _sessions(actor.congress_id),
        "unit": lambda actor, today: units_in_being(actor.congress_id, today),
        "committee": lambda actor, today: units_in_being(actor.congress_id, today).filter(
            function=Function.COMMITTEE
        ),
        "subject": lambda actor, _today: SubjectClass.objects.filter(congress=actor.congress_id),
        "category": lambda actor, _today: _categories(actor.congress_id),
    }


def _categories(congress_id: int | None) -> list[tuple[str, Any]]:
    """The codes of every scheme this congress has used."""
    codes = Category.objects.filter(version__document__congress=congress_id).values_list("code", flat=True)
    return [(code, code) for code in sorted(set(codes))]


def _sessions(congress_id: int | None) -> QuerySet[Session]:
    return Session.objects.filter(term__congress=congress_id).select_related("term").order_by("-opens_on")


class SavedViewForm(forms.Form):
    """A name for the filters in the address."""

    name = forms.CharField(label=_("名称"), max_length=30)

    def __init__(self, data: Any) -> None:
        super().__init__(without_hidden(data))
