"""What may be asked of a board: which days, and of whom."""

from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from tibandu.base.figures import Period
from tibandu.insight.enums import By
from tibandu.insight.queries.figures import years_until
from tibandu.people.models import Unit
from tibandu.people.queries import Actor, units_in_being
from tibandu.regulations.models import SubjectClass

FIRST = 1990


class BoardForm(forms.Form):
    """A year, or all since a day, or a campaign between two days; of a unit, a class or a committee. What cannot be read is dropped."""

    year = forms.TypedChoiceField(label=_("年度"), required=False, coerce=int, empty_value=None)
    since = forms.DateField(label=_("自"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("至"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    unit = forms.ModelChoiceField(
        Unit.objects.none(), label=_("承办单位"), required=False, empty_label=_("不限")
    )
    subject = forms.ModelChoiceField(
        SubjectClass.objects.none(), label=_("分类"), required=False, empty_label=_("不限")
    )
    committee = forms.ModelChoiceField(
        Unit.objects.none(), label=_("对口委员会"), required=False, empty_label=_("不限")
    )
    by = forms.ChoiceField(label=_("分列"), required=False, choices=By.choices)

    def __init__(self, query: QueryDict, *, actor: Actor, today: date) -> None:
        super().__init__(query)
        self.today = today
        years = [(year, str(year)) for year in years_until(today)]
        self.fields["year"].choices = [("", _("本年")), *years]  # type: ignore[attr-defined]
        units = units_in_being(actor.congress_id, today)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        self.fields["committee"].queryset = units.filter(function="committee")  # type: ignore[attr-defined]
        classes = SubjectClass.objects.filter(congress=actor.congress_id)
        self.fields["subject"].queryset = classes  # type: ignore[attr-defined]
        self.is_valid()

    @property
    def period(self) -> Period:
        since, until = self._day("since"), self._day("until")
        if since is None:
            return Period.year(self.cleaned_data.get("year") or self.today.year)
        if until is None or until < since:
            return Period("since", since, max(since, self.today))
        return Period("campaign", since, until)

    def _day(self, name: str) -> date | None:
        day: date | None = self.cleaned_data.get(name)
        return day if day and day.year > FIRST else None

    @property
    def scope(self) -> dict[str, Any]:
        wanted = {name: self.cleaned_data.get(name) for name in ("unit", "subject", "committee")}
        return {name: row.pk for name, row in wanted.items() if row}

    @property
    def parted_by(self) -> str:
        return self.cleaned_data.get("by") or By.UNIT

    @property
    def words(self) -> str:
        """The period as it is written above a board."""
        period = self.period
        if period.kind == "year":
            return str(_("%(year)s年度")) % {"year": period.since.year}
        return f"{period.since.isoformat()} — {period.until.isoformat()}"


class FamiliesForm(forms.Form):
    """How often a matter was asked for at least, over how many years, by words of a title and by unit."""

    times = forms.TypedChoiceField(
        label=_("提出次数"),
        required=False,
        coerce=int,
        empty_value=2,
        choices=[(2, _("两次以上")), (3, _("三次以上"))],
    )
    years = forms.TypedChoiceField(
        label=_("跨年度"),
        required=False,
        coerce=int,
        empty_value=1,
        choices=[(1, _("不限")), (2, _("两年以上")), (3, _("三年以上"))],
    )
    q = forms.CharField(label=_("标题含"), required=False, max_length=40)
    unit = forms.ModelChoiceField(
        Unit.objects.none(), label=_("承办单位"), required=False, empty_label=_("不限")
    )

    def __init__(self, query: QueryDict, *, actor: Actor, today: date) -> None:
        super().__init__(query)
        self.fields["unit"].queryset = units_in_being(actor.congress_id, today)  # type: ignore[attr-defined]
        self.is_valid()

    def wanted(self) -> dict[str, Any]:
        found = self.cleaned_data
        unit = found.get("unit")
        return {
            "times": found.get("times") or 2,
            "years": found.get("years") or 1,
            "words": found.get("q", ""),
            "unit": unit.pk if unit else None,
        }
