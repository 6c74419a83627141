"""What people say about a table of suggestions: the file, where it goes, and what its unknown columns mean."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tibandu.base.scrub import without_hidden
from tibandu.people.models import Session
from tibandu.people.queries import Actor
from tibandu.suggestions.queries.importing import collections_of, sessions_of
from tibandu.suggestions.rules.summary_sheet import FIELDS

ENDINGS = ".xlsx,.xls,.et,.ods,.csv"
SHOWN_EXAMPLES, LONGEST_EXAMPLE = 3, 24


class ImportForm(forms.Form):
    """A file and its place: a historical collection, or a session whose numbers go on after it."""

    file = forms.FileField(
        label=_("汇总表"),
        help_text=_("xlsx、xls、et、ods 或 csv（UTF-8、GBK 均可）。表头不必在第一行，列名照原来的写法。"),
        widget=forms.FileInput(attrs={"accept": ENDINGS}),
    )
    where = forms.ChoiceField(
        label=_("归入"),
        choices=[
            ("collection", _("历史汇编：往年或外地的建议，只供查阅，各地编号可以相同")),
            ("session", _("本级会议：编号接入该次会议，未办结的继续办理")),
        ],
        initial="collection",
        widget=forms.RadioSelect,
    )
    collection = forms.CharField(label=_("历史汇编的名称"), max_length=60, required=False)
    session = forms.ModelChoiceField(
        label=_("会议"), queryset=Session.objects.none(), required=False, empty_label=_("选择会议")
    )

    def __init__(self, data: Any, *args: Any, actor: Actor) -> None:
        super().__init__(without_hidden(data), *args)
        self.fields["session"].queryset = sessions_of(actor.congress_id)  # type: ignore[attr-defined]
        names = collections_of(actor.congress_id)
        self.fields["collection"].help_text = (
            _("已有：%(names)s") % {"names": "、".join(names)} if names else _("如“2015—2024年建议汇编”")
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        where = cleaned.get("where")
        for name in ("collection", "session"):
            if name == where and not cleaned.get(name):
                self.add_error(name, _("请填写归入哪里。"))
            elif name != where:
                cleaned[name] = None if name == "session" else ""
        return cleaned


class ColumnsForm(forms.Form):
    """One choice for each column whose name says nothing to us, with some of its cells as examples."""

    def __init__(
        self, *args: Any, columns: dict[str, list[str]], mapping: dict[str, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.columns = list(columns)
        choices = [
            ("", _("不对应，原样存入卷宗")),
            *((code, label) for code, (label, _words) in FIELDS.items()),
        ]
        for place, (header, examples) in enumerate(columns.items()):
            shown = "、".join(text[:LONGEST_EXAMPLE] for text in examples[:SHOWN_EXAMPLES])
            self.fields[f"column_{place}"] = forms.ChoiceField(
                label=header,
                choices=choices,
                required=False,
                initial=mapping.get(header, ""),
                help_text=_("如：%(examples)s") % {"examples": shown} if shown else _("这一列是空的"),
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        chosen: dict[str, str] = {}
        for place, header in enumerate(self.columns):
            code = cleaned.get(f"column_{place}", "")
            if code and code in chosen.values():
                self.add_error(f"column_{place}", _("另一列已经对应这一项。"))
            if code:
                chosen[header] = code
        cleaned["mapping"] = chosen
        return cleaned
