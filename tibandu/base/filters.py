"""Knows how the filters of a ledger are read from its address: all optional, and none built that nobody looks at."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from tibandu.base.scrub import without_hidden

ANY = [("", _("不限"))]


class FilterForm(forms.Form):
    """The filters of one ledger; a value that means nothing here is dropped, not an error.

    `OFFERED` says of a field what may be chosen, by the actor and the day: (value, label) pairs or rows.
    """

    OFFERED: ClassVar[Mapping[str, Callable[[Any, date], Any]]] = {}

    def __init__(self, query: QueryDict, *, actor: Any, today: date) -> None:
        if "filter" not in query:  # nobody looks at the form: read what is asked, and copy no other field
            asked = {name: field for name, field in self.base_fields.items() if query.get(name)}
            self.base_fields = asked  # type: ignore[misc]
        super().__init__(without_hidden(query))
        for name in self.fields.keys() & self.OFFERED.keys():
            field: Any = self.fields[name]
            offered = self.OFFERED[name](actor, today)
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = offered
            else:
                field.choices = [*ANY, *offered]

    def wanted(self) -> dict[str, Any]:
        """The filters that hold; those that could not be read are left out."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
