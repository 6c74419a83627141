"""Knows how files arrive with a form: looked into, refused in words, and kept before the step begins."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tibandu.base.files import KINDS, FileProblem, Stored, store

ACCEPTED = ",".join(f".{ending}" for ending in KINDS)


class FilesInput(forms.ClearableFileInput):
    """A file input that takes several files."""

    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Any]:
        return files.getlist(name) if hasattr(files, "getlist") else [files[name]] if name in files else []


class FilesField(forms.FileField):
    """Cleans to the stored files, each checked by its content; one bad file is named and none is taken."""

    widget = FilesInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("附件"))
        kwargs.setdefault("help_text", _("PDF、Word、表格、图片，每个不超过 50 MB"))
        super().__init__(**kwargs)
        self.widget.attrs.setdefault("multiple", True)
        self.widget.attrs.setdefault("accept", ACCEPTED)

    def clean(self, data: Any, initial: Any = None) -> list[Stored]:
        given = [file for file in data or [] if file]
        if not given and self.required:
            raise forms.ValidationError(_("请选择文件。"), code="required")
        kept, errors = [], []
        for file in given:
            try:
                kept.append(store(file))
            except FileProblem as problem:
                errors.append(f"{file.name}：{problem}")
        if errors:
            raise forms.ValidationError(errors)
        return kept
