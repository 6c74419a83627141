"""A form field that holds rows of smaller forms, typed on a page as repeated inputs or sent as a list through the API."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _


class RowsWidget(forms.Widget):
    """Draws each row with a numbered prefix; reads `name-0-field` inputs, or a list under `name` from JSON."""

    template_name = "components/rows.html"

    def __init__(self, row_form: type[forms.Form], extra: int = 1) -> None:
        super().__init__()
        self.row_form = row_form
        self.row_arguments: dict[str, Any] = {}
        self.extra = extra

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        if isinstance(data.get(name), list):
            return data[name]
        rows: dict[int, MultiValueDict[str, Any]] = {}
        for key in data:
            if found := re.fullmatch(rf"{re.escape(name)}-(\d{{1,6}})-(\w+)", key):
                values = data.getlist(key) if hasattr(data, "getlist") else [data[key]]
                rows.setdefault(int(found[1]), MultiValueDict()).setlist(found[2], values)
        return [rows[index] for index in sorted(rows)]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        given = list(value or [])
        rows = [self.bound(f"{name}-{index}", row) for index, row in enumerate(given)]
        rows += [
            self.bound(f"{name}-{len(given) + n}", None)
            for n in range(self.extra if given else max(1, self.extra))
        ]
        context["widget"] |= {"rows": rows, "blank": self.bound(f"{name}-__n__", None)}
        return context

    def bound(self, prefix: str, row: Mapping[str, Any] | None) -> forms.Form:
        form = self.row_form(prefix=prefix, **self.row_arguments)
        if row:  # as each widget reads what was posted, so that one value is not shown as a list of one
            for name, field in form.fields.items():
                form.initial[name] = field.widget.value_from_datadict(row, {}, name)
        return form


class RowsField(forms.Field):
    """Cleans to a list of dicts, one per filled row; an error names the row."""

    def __init__(self, row_form: type[forms.Form], *, extra: int = 0, **kwargs: Any) -> None:
        self.row_form = row_form
        super().__init__(widget=RowsWidget(row_form, extra), **kwargs)

    def bind(self, **row_arguments: Any) -> None:
        """What every row form is built with (choices that depend on the actor or the case)."""
        self.widget.row_arguments = row_arguments

    def clean(self, value: Any) -> list[dict[str, Any]]:
        cleaned, errors = [], []
        for number, row in enumerate((row for row in value or [] if self._is_filled(row)), 1):
            form = self.row_form(data=row, **self.widget.row_arguments)
            if form.is_valid():
                cleaned.append(form.cleaned_data)
            for field, messages in form.errors.items():
                label = form.fields[field].label if field in form.fields else ""
                errors += [
                    _("第%(n)s行%(label)s：%(message)s") % {"n": number, "label": label, "message": m}
                    for m in messages
                ]
        if errors:
            raise forms.ValidationError(errors)
        if self.required and not cleaned:
            raise forms.ValidationError(_("请至少填写一行。"), code="required")
        return cleaned

    def _is_filled(self, row: Any) -> bool:
        """Whether somebody typed anything into a row; a choice left at its initial value does not count."""
        if not isinstance(row, Mapping):
            return True
        return self.row_form(data=row, **self.widget.row_arguments).has_changed()
