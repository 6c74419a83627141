"""What people may type at the steps of intake: the text with its numbered asks, files, whom to invite."""

from itertools import groupby
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tibandu.base.rows import RowsField
from tibandu.base.stepforms import NoteForm, StepForm
from tibandu.people.models import Delegation, Group, Seat, Unit
from tibandu.people.queries import units_in_being
from tibandu.suggestions.enums import Origin, Publicity, Repeated
from tibandu.suggestions.forms.uploads import FilesField
from tibandu.suggestions.models import TEXT_LENGTH, TITLE_LENGTH
from tibandu.suggestions.queries.intake import delegations_headed_by, groups_of, invitable_seats
from tibandu.suggestions.rules import text_digest

ASK_LENGTH = 4_000


def long_text(rows: int, **kwargs: Any) -> forms.CharField:
    """Plain words over several lines; what is too long is refused with the count, never cut."""
    return forms.CharField(widget=forms.Textarea(attrs={"rows": rows}), max_length=TEXT_LENGTH, **kwargs)


class AskRow(forms.Form):
    text = forms.CharField(
        label=_("具体要求"), widget=forms.Textarea(attrs={"rows": 2}), max_length=ASK_LENGTH, required=False
    )


class TextForm(StepForm):
    """The words of a suggestion and what its author says about it; a draft may leave anything open."""

    title = forms.CharField(
        label=_("标题"),
        max_length=TITLE_LENGTH,
        required=False,
        help_text=_("一事一议，写成“关于……的建议”"),
    )
    facts = long_text(
        7, label=_("情况"), required=False, help_text=_("什么地方、什么时候、有多少人遇到什么问题")
    )
    analysis = long_text(5, label=_("分析"), required=False, help_text=_("问题为什么会有，为什么还没有解决"))
    asks = RowsField(
        AskRow, label=_("具体要求"), required=False, help_text=_("一条写一件事，承办单位将逐条答复")
    )
    origin = forms.ChoiceField(label=_("建议来源"), choices=Origin, required=False)
    repeated = forms.ChoiceField(label=_("是否重复提出"), choices=Repeated, required=False)
    proposed_unit = forms.ModelChoiceField(
        label=_("建议由哪个单位办理"),
        queryset=Unit.objects.none(),
        required=False,
        empty_label=_("不指定"),
    )
    publicity = forms.ChoiceField(
        label=_("公开意见"), choices=Publicity, widget=forms.RadioSelect, required=False
    )
    wants_contact = forms.BooleanField(label=_("希望承办单位加强联系沟通"), required=False)
    no_written_reply = forms.BooleanField(label=_("供研究参考，不需要书面答复"), required=False)
    open_to_cosigning = forms.BooleanField(label=_("可以联名提出"), required=False)
    contact_person = forms.CharField(
        label=_("联系人和电话"), max_length=60, required=False, help_text=_("不写则联系您本人")
    )

    def prepare(self) -> None:
        congress = self.case.congress_id if self.case else self.actor.congress_id
        if self.case is None:
            self.fields["open_to_cosigning"].initial = True
            for name, usual in USUAL.items():
                self.fields[name].initial = usual
        self.fields["proposed_unit"].queryset = units_in_being(congress, self.today).filter(
            function="handling"
        )

    def clean(self) -> dict[str, Any]:
        """A choice that was not sent keeps what it was, or the usual one."""
        cleaned = super().clean() or self.cleaned_data
        for name, usual in USUAL.items():
            cleaned[name] = cleaned.get(name) or getattr(self.case, name, usual)
        return cleaned


USUAL = {"origin": Origin.RESEARCH, "repeated": Repeated.NO, "publicity": Publicity.FULL}
SHORT_FIELDS = ("origin", "repeated", "proposed_unit", "contact_person")
WISHES = ("publicity", "wants_contact", "no_written_reply", "open_to_cosigning")


class WriteForm(TextForm):
    """A draft with the revision it was read at, so that two windows never overwrite each other silently."""

    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)


class BeginForm(WriteForm):
    """The same for a text that is not kept yet; the head of a delegation may write in its name."""

    delegation = forms.ModelChoiceField(
        label=_("以谁的名义"),
        queryset=Delegation.objects.none(),
        required=False,
        empty_label=_("本人"),
        help_text=_("代表团的建议经全团讨论，只能在大会期间提出"),
    )

    def prepare(self) -> None:
        super().prepare()
        headed = delegations_headed_by(self.actor)
        self.fields["delegation"].queryset = headed
        if not headed:
            del self.fields["delegation"]


class AttachForm(StepForm):
    guidance = _("图片和文件会随建议转给承办单位。带宏、加密的文件不收。")

    files = FilesField(label=_("选择文件"))


class DetachForm(StepForm):
    attachment = forms.IntegerField(widget=forms.HiddenInput)


class InviteForm(StepForm):
    """Whole groups, deputies ticked in their groups, or names as one would say them."""

    groups = forms.ModelMultipleChoiceField(
        label=_("整组邀请"),
        queryset=Group.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    seats = forms.ModelMultipleChoiceField(
        label=_("按姓名邀请"),
        queryset=Seat.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    names = forms.CharField(
        label=_("直接写姓名"),
        required=False,
        max_length=2000,
        help_text=_("几位代表之间用顿号或空格隔开"),
    )

    def prepare(self) -> None:
        self.can = invitable_seats(self.case, self.today)
        self.fields["seats"].queryset = self.can
        self.fields["groups"].queryset = groups_of(self.actor.congress_id)
        if not self.fields["groups"].queryset:
            del self.fields["groups"]

    def clean(self) -> dict[str, Any]:
        """Names become seats; a name that nobody or more than one deputy bears is asked about."""
        cleaned = super().clean() or self.cleaned_data
        named = (
            (cleaned.pop("names", "") or "").replace("、", " ").replace("，", " ").replace(",", " ").split()
        )
        seats = list(cleaned.get("seats") or [])
        for name in named:
            found = [seat for seat in self.can if seat.person.name == name]
            if len(found) == 1:
                seats += found
            else:
                words = (
                    _("没有叫“%(name)s”的代表。")
                    if not found
                    else _("有几位代表叫“%(name)s”，请在下面勾选。")
                )
                self.add_error("names", words % {"name": name})
        cleaned["seats"] = seats
        return cleaned

    @property
    def by_group(self) -> list[tuple[str, list[tuple[Seat, str, bool]]]]:
        """Every deputy who can be asked, by group, with where the asking stands and whether the box is ticked."""
        known = {p.seat_id: p for p in self.case.proposers.all()}
        ticked = set(self.data.getlist("seats")) if hasattr(self.data, "getlist") else set()
        ordered = sorted(self.can, key=lambda seat: str(seat.group or seat.delegation or ""))
        return [
            (name, [(seat, _state_of(known.get(seat.pk)), str(seat.pk) in ticked) for seat in seats])
            for name, seats in groupby(ordered, key=lambda seat: str(seat.group or seat.delegation or ""))
        ]


def _state_of(proposer: Any) -> str:
    return proposer.state if proposer else ""


class ConfirmForm(StepForm):
    """The digest of the text as it was shown, so that nobody stands behind words they did not see."""

    digest = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def prepare(self) -> None:
        suggestion = self.case.suggestion
        asks = [ask.text for ask in suggestion.asks.all()]
        self.fields["digest"].initial = text_digest(
            suggestion.title, suggestion.facts, suggestion.analysis, asks
        )


FORMS: dict[str, type[StepForm]] = {
    "edit": WriteForm,
    "attach": AttachForm,
    "detach": DetachForm,
    "invite": InviteForm,
    "confirm_text": ConfirmForm,
    "decline": NoteForm,
    "leave": NoteForm,
    "withdraw": NoteForm,
}
