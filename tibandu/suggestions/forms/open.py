"""What the public may look for among the published suggestions."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tibandu.people.models import Congress, Unit
from tibandu.regulations.models import SubjectClass
from tibandu.suggestions.queries.publishing import (
    published_congresses,
    published_subjects,
    published_units,
    published_years,
)


class OpenListForm(forms.Form):
    """Words, year, class and unit; whatever is wrong is ignored, a public page answers anyway."""

    q = forms.CharField(
        label=_("搜索"), required=False, max_length=60, widget=forms.TextInput(attrs={"type": "search"})
    )
    congress = forms.ModelChoiceField(
        label=_("人大"), required=False, queryset=Congress.objects.none(), empty_label=_("全部")
    )
    year = forms.TypedChoiceField(label=_("年度"), required=False, coerce=int, empty_value=None)
    subject = forms.ModelChoiceField(
        label=_("分类"), required=False, queryset=SubjectClass.objects.none(), empty_label=_("全部分类")
    )
    unit = forms.ModelChoiceField(
        label=_("承办单位"), required=False, queryset=Unit.objects.none(), empty_label=_("全部单位")
    )
    before = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        years = [(year, _("%(year)s年") % {"year": year}) for year in published_years()]
        self.fields["year"].choices = [("", _("全部年度")), *years]  # type: ignore[attr-defined]
        congresses = list(published_congresses())
        if len(congresses) > 1:
            self.fields["congress"].queryset = published_congresses()  # type: ignore[attr-defined]
        else:
            del self.fields["congress"]
        self.fields["subject"].queryset = published_subjects()  # type: ignore[attr-defined]
        self.fields["unit"].queryset = published_units()  # type: ignore[attr-defined]
