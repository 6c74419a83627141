"""What people may type about packets: who is trusted, what goes into one, which file is brought."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tibandu.base.packets import MOST_BYTES
from tibandu.base.stepforms import NoteForm, StepForm, WordsForm
from tibandu.oversight.enums import PacketKind, PartnerKind
from tibandu.oversight.models import ProcuratorialPaper, Referral
from tibandu.oversight.queries.referrals import papers_visible_to, referable, referrals_visible_to
from tibandu.suggestions.models import Suggestion

SENT_BY_HAND = [choice for choice in PacketKind.choices if choice[0] != PacketKind.RECEIPT]


class PartnerForm(forms.Form):
    """Somebody whose key was handed over in person."""

    name = forms.CharField(label=_("名称"), max_length=60)
    kind = forms.ChoiceField(label=_("类别"), choices=PartnerKind)
    code = forms.CharField(label=_("代码"), max_length=60, help_text=_("对方“本方信息”里写的代码"))
    public_key = forms.CharField(
        label=_("公钥"), max_length=60, help_text=_("当面或者通过电话核对指纹以后再登记。")
    )


class SendForm(StepForm):
    """What goes into a packet; a suggestion is named by its number."""

    guidance = _("数据包由本系统签名并编号。下载以后可以用光盘、U盘带走，对方导入后会给出回执。")

    kind = forms.ChoiceField(label=_("内容"), choices=SENT_BY_HAND)
    number = forms.CharField(
        label=_("建议编号"), max_length=40, required=False, help_text=_("发送建议或者其办理结果时填写")
    )
    referral = forms.ModelChoiceField(
        Referral.objects.none(), label=_("公益诉讼衔接"), required=False, empty_label=_("不选")
    )
    paper = forms.ModelChoiceField(
        ProcuratorialPaper.objects.none(), label=_("检察文书"), required=False, empty_label=_("不选")
    )
    words = forms.CharField(
        label=_("结果说明"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("发送办理结果时填写"),
    )

    def prepare(self) -> None:
        self.fields["referral"].queryset = referrals_visible_to(self.actor).filter(passed_on__isnull=False)
        self.fields["paper"].queryset = papers_visible_to(self.actor)

    def clean(self) -> dict[str, Any]:
        """The suggestion of that number in one's sight, in place of the number."""
        cleaned = super().clean() or {}
        number, cleaned["suggestion"] = cleaned.pop("number", "").strip(), None
        if number:
            found: Suggestion | None = referable(self.actor).filter(number_text=number).first()
            if found is None:
                self.add_error("number", _("没有这个编号的建议。"))
            cleaned["suggestion"] = found
        return cleaned


class BringForm(forms.Form):
    """The file of a packet."""

    packet = forms.FileField(label=_("数据包文件"))

    def clean_packet(self) -> bytes:
        file = self.cleaned_data["packet"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("数据包超过 %(n)d MB。") % {"n": MOST_BYTES // 1024 // 1024})
        content: bytes = file.read()
        return content


FORMS: dict[str, type[StepForm]] = {
    "send_packet": SendForm,
    "end_trust": WordsForm,
    "renew_trust": NoteForm,
}
