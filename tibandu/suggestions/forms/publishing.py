"""What people may type when something becomes public, and when an office brings its own letter template."""

from functools import cached_property
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tibandu.base.files import FileProblem, Stored, open_stored, store, store_content
from tibandu.base.papers import template_problems
from tibandu.base.scrub import Finding, personal_data, public_copy
from tibandu.base.stepforms import StepForm
from tibandu.regulations.enums import GroundKind
from tibandu.regulations.models import Ground
from tibandu.suggestions.enums import PublicationState, Publicity
from tibandu.suggestions.models import TEXT_LENGTH, Attachment, Suggestion
from tibandu.suggestions.queries.letters import letter_of, page_of
from tibandu.suggestions.queries.publishing import letter_text

KINDS_OF_DATA = {
    "mobile": _("手机号"),
    "identity": _("身份证号"),
    "bank_card": _("银行卡号"),
    "email": _("邮箱"),
}


class AttachmentChoice(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Attachment) -> str:
        return obj.name


class OpeningForm(StepForm):
    """A step that opens attachments too: each gets a copy without authors, places and personal numbers."""

    attachments = AttachmentChoice(
        label=_("一并公开的附件"),
        queryset=Attachment.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("公开的是清除了作者、修订、位置和个人信息的副本，原件不变。"),
    )

    def offer_attachments(self, suggestion: Suggestion, noun: str, pk: int) -> None:
        mine = Attachment.objects.filter(suggestion=suggestion.pk, noun=noun, object_id=pk)
        if not any((a.noun, a.object_id) == (noun, pk) for a in suggestion.attachments.all()):
            del self.fields["attachments"]
            return
        self.fields["attachments"].queryset = mine.select_related("file")  # type: ignore[attr-defined]

    def clean_attachments(self) -> list[tuple[Attachment, Stored]]:
        copies, wrong = [], []
        for attachment in self.cleaned_data["attachments"]:
            try:
                copies.append((attachment, _copied(attachment)))
            except FileProblem as problem:
                wrong.append(f"{attachment.name}：{problem}")
        if wrong:
            raise forms.ValidationError(wrong)
        return copies


def _copied(attachment: Attachment) -> Stored:
    with open_stored(attachment.file.sha256) as file:
        content = public_copy(file.read(), attachment.file.kind)
    return store_content(content, attachment.name)


class PublishForm(OpeningForm):
    """The paper itself becomes public, as far as its author agreed."""

    governed_by = "setting:publication"

    def prepare(self) -> None:
        self.offer_attachments(self.case, "suggestion", self.case.pk)
        if self.case.publicity == Publicity.TITLE:
            self.fields.pop("attachments", None)

    @property
    def findings(self) -> list[tuple[Any, Finding]]:
        suggestion: Suggestion = self.case
        text = "\n".join(
            [suggestion.title, suggestion.facts, suggestion.analysis, *map(str, suggestion.asks.all())]
        )
        return named(personal_data(text))


class PublishReplyForm(OpeningForm):
    """What the public reads of a reply: all of it, a summary, or nothing with the reason."""

    governed_by = "setting:publication"

    publication = forms.ChoiceField(label=_("公开方式"), widget=forms.RadioSelect)
    public_text = forms.CharField(
        label=_("公开的摘要"),
        required=False,
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("只在摘要公开时使用；全文公开的文本由签发的答复自动生成。"),
    )
    not_public_ground = forms.ModelChoiceField(
        label=_("不公开的理由"), queryset=Ground.objects.none(), required=False, empty_label=_("请选择")
    )

    def prepare(self) -> None:
        reply, suggestion = self.case, self.case.suggestion
        self.fields["publication"].choices = self._choices(suggestion)  # type: ignore[attr-defined]
        grounds = Ground.objects.filter(version=suggestion.regulation_id, kind=GroundKind.NOT_PUBLIC)
        self.fields["not_public_ground"].queryset = grounds  # type: ignore[attr-defined]
        self.offer_attachments(suggestion, "reply", reply.pk)
        self.initial = {
            "publication": "" if reply.publication == PublicationState.UNDECIDED else reply.publication,
            "public_text": reply.public_text if reply.publication == PublicationState.SUMMARY else "",
            "not_public_ground": reply.not_public_ground_id,
        }

    def _choices(self, suggestion: Suggestion) -> list[tuple[str, Any]]:
        closed = suggestion.is_masked or suggestion.is_classified or suggestion.publicity == Publicity.NONE
        left_out = {PublicationState.UNDECIDED.value}
        if closed:
            left_out |= {PublicationState.FULL.value, PublicationState.SUMMARY.value}
        elif suggestion.publicity == Publicity.TITLE:
            left_out.add(PublicationState.FULL.value)
        return [(value, label) for value, label in PublicationState.choices if value not in left_out]

    @cached_property
    def letter(self) -> dict[str, Any]:
        return page_of(letter_of(self.case, self.today))

    @cached_property
    def full_text(self) -> str:
        return letter_text(self.case)

    @property
    def findings(self) -> list[tuple[Any, Finding]]:
        """What was found and will be hidden, in the letter and in the summary that was typed."""
        letter = letter_of(self.case, self.today)
        text = "\n".join([*(words for _level, words in letter.body), str(self["public_text"].value() or "")])
        return named(personal_data(text))


def named(findings: list[Finding]) -> list[tuple[Any, Finding]]:
    return [(KINDS_OF_DATA[finding.kind], finding) for finding in findings]


class LetterTemplateForm(forms.Form):
    """An office's own Word template; what is wrong with it is said sentence by sentence."""

    file = forms.FileField(label=_("模板文件"), help_text=_("Word 或 WPS 另存的 .docx，占位符见下表。"))

    def clean_file(self) -> Stored:
        file = self.cleaned_data["file"]
        try:
            kept = store(file)
        except FileProblem as problem:
            raise forms.ValidationError(str(problem)) from problem
        if kept.kind != "docx":
            raise forms.ValidationError(_("模板须是 .docx 文件。"))
        with open_stored(kept.sha256) as content:
            problems = template_problems(content.read())
        if problems:
            raise forms.ValidationError(problems)
        return kept
