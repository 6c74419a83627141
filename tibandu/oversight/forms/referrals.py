"""What people may type about a referral: the lead, each paper of the case, a consultation, and whom to ask."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from tibandu.base.stepforms import NoteForm, StepForm, WordsForm
from tibandu.base.uploads import FilesField
from tibandu.oversight.enums import ProcuratorialKind
from tibandu.oversight.queries.referrals import deputies_to_ask, referable
from tibandu.people.models import Seat, Unit
from tibandu.people.queries import Actor, units_in_being
from tibandu.regulations.enums import LimitCode, OptionKind
from tibandu.regulations.models import Option
from tibandu.regulations.queries import measure_in_force, options_of
from tibandu.suggestions.models import TITLE_LENGTH, Suggestion

ANY = [("", _("不限"))]
MOST_WORDS = 4000


def day_field(**kwargs: Any) -> forms.DateField:
    return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)


def long_text(rows: int = 5, **kwargs: Any) -> forms.CharField:
    return forms.CharField(widget=forms.Textarea(attrs={"rows": rows}), max_length=MOST_WORDS, **kwargs)


def number_field(**kwargs: Any) -> forms.CharField:
    return forms.CharField(label=kwargs.pop("label", _("文号")), max_length=60, **kwargs)


def legal_fields(actor: Actor, today: date) -> QuerySet[Option]:
    """The fields of public-interest litigation that the measure in force lists."""
    version = measure_in_force(actor.congress_id or 0, today)
    return Option.objects.filter(pk__in=[o.pk for o in options_of(version, OptionKind.LEGAL_FIELD)])


class OpenReferralForm(forms.Form):
    """A suggestion as a lead."""

    suggestion = forms.ModelChoiceField(Suggestion.objects.none(), widget=forms.HiddenInput)
    field = forms.ModelChoiceField(Option.objects.none(), label=_("法定领域"), empty_label=_("请选择"))
    reason = long_text(label=_("公共利益受损情况"), help_text=_("写明什么公共利益受到怎样的损害，由谁负责。"))
    title = forms.CharField(
        label=_("线索名称"), max_length=TITLE_LENGTH, required=False, help_text=_("不写就用建议的标题")
    )

    def __init__(self, *args: Any, actor: Actor, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["suggestion"].queryset = referable(actor)
        self.fields["field"].queryset = legal_fields(actor, today)


class ReceivePaperForm(forms.Form):
    """A paper of the procuratorate that may become a suggestion."""

    title = forms.CharField(label=_("事项"), max_length=TITLE_LENGTH)
    kind = forms.ChoiceField(
        label=_("文书"), choices=ProcuratorialKind, initial=ProcuratorialKind.RECOMMENDATION, required=False
    )
    number = number_field()
    issued_on = day_field(label=_("作出日期"))
    agency = forms.ModelChoiceField(
        Unit.objects.none(), label=_("被建议的单位"), required=False, empty_label=_("不在名单中")
    )
    agency_name = forms.CharField(label=_("单位名称（名单外）"), max_length=80, required=False)
    field = forms.ModelChoiceField(
        Option.objects.none(), label=_("法定领域"), required=False, empty_label=_("暂不确定")
    )
    words = long_text(label=_("反映的问题"), help_text=_("需要从制度或者工作上解决的问题。"))
    files = FilesField(label=_("文书原件"), required=False)

    def __init__(self, *args: Any, actor: Actor, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agency"].queryset = units_in_being(actor.congress_id or 0, today)
        self.fields["field"].queryset = legal_fields(actor, today)

    def clean_kind(self) -> str:
        return self.cleaned_data["kind"] or ProcuratorialKind.RECOMMENDATION


class PassForm(StepForm):
    guidance = _("移送后由检察院依法独立决定，人大只作记录；建议的办理照常进行。")
    governed_by = f"limit:{LimitCode.PAPER_COPY}"

    letter_no = number_field(label=_("移送函文号"), required=False)
    words = long_text(3, label=_("附言"), required=False)
    names_authors = forms.BooleanField(
        label=_("向检察院告知提出人"),
        required=False,
        help_text=_("提出人要求隐去的，不勾选就仍然隐去。"),
    )

    def prepare(self) -> None:
        suggestion = self.case.suggestion
        if not (suggestion and suggestion.is_masked):
            self.fields["names_authors"].widget = forms.HiddenInput()


class LogForm(StepForm):
    case_no = number_field(label=_("登记号"))
    words = long_text(3, label=_("备注"), required=False)


class PaperForm(StepForm):
    """A paper of the case: its number, its day, what it says, the file."""

    governed_by = f"limit:{LimitCode.PAPER_COPY}"

    number = number_field()
    issued_on = day_field(label=_("作出日期"))
    words = long_text(label=_("主要内容"), required=False)
    files = FilesField(label=_("文书原件"), required=False)


class WordedPaperForm(PaperForm):
    """A paper whose words are the result of the step."""

    words = long_text(label=_("结果"), help_text=_("会告知人大和提出建议的代表。"))


class NotFileForm(StepForm):
    words = long_text(label=_("不立案的理由"), help_text=_("会告知人大和提出建议的代表。"))
    number = number_field(label=_("通知书文号"), required=False)
    issued_on = day_field(label=_("作出日期"), required=False)
    files = FilesField(label=_("通知书"), required=False)


class RecommendForm(PaperForm):
    governed_by = f"limit:{LimitCode.AGENCY_REPLY}"
    guidance = _("行政机关的回复期限自送达之日起算；紧急情形按较短的期限。")

    agency = forms.ModelChoiceField(
        Unit.objects.none(), label=_("行政机关"), required=False, empty_label=_("不在名单中")
    )
    agency_name = forms.CharField(label=_("行政机关名称（名单外）"), max_length=80, required=False)
    received_on = day_field(label=_("送达日期"))
    is_urgent = forms.BooleanField(
        label=_("国家利益或者社会公共利益损害可能继续扩大的紧急情形"), required=False
    )
    field_order = (
        "agency",
        "agency_name",
        "number",
        "issued_on",
        "received_on",
        "is_urgent",
        "words",
        "files",
    )

    def prepare(self) -> None:
        self.fields["agency"].queryset = units_in_being(self.case.congress_id, self.today)


class AgencyReplyForm(StepForm):
    replied_on = day_field(label=_("回复日期"))
    number = number_field(label=_("回复文号"), required=False)
    words = long_text(label=_("回复内容"))
    files = FilesField(label=_("回复函"), required=False)


class KindedPaperForm(PaperForm):
    """A paper of any kind."""

    kind = forms.ChoiceField(label=_("文书"), choices=ProcuratorialKind)
    field_order = ("kind", "number", "issued_on", "words", "files")


class ConsultationForm(StepForm):
    held_on = day_field(label=_("日期"))
    place = forms.CharField(label=_("地点"), max_length=80, required=False)
    attended = forms.CharField(label=_("参加人"), max_length=400)
    words = long_text(label=_("会商情况"))
    agreed = long_text(3, label=_("商定事项"), required=False)


class AskDeputyForm(StepForm):
    guidance = _("代表可以接受，也可以谢绝；接受以后由代表自己写成建议，按通常程序办理。")

    seat = forms.ModelChoiceField(Seat.objects.none(), label=_("邀请哪位代表"), empty_label=_("请选择"))
    words = long_text(3, label=_("说明"), required=False)

    def prepare(self) -> None:
        self.fields["seat"].queryset = deputies_to_ask(self.case.congress_id, self.today)


class AcceptForm(StepForm):
    guidance = _("系统会为您建一份草稿，写明来自哪份检察文书；文字由您修改，提交后按通常程序办理。")


FORMS: dict[str, type[StepForm]] = {
    "pass_referral": PassForm,
    "drop_referral": WordsForm,
    "note_referral": WordsForm,
    "record_copy": KindedPaperForm,
    "record_consultation": ConsultationForm,
    "log_lead": LogForm,
    "assess_lead": WordsForm,
    "not_file": NotFileForm,
    "file_case": PaperForm,
    "recommend": RecommendForm,
    "record_agency_reply": AgencyReplyForm,
    "find_rectified": WordsForm,
    "find_not_rectified": WordsForm,
    "bring_suit": PaperForm,
    "record_judgment": WordedPaperForm,
    "conclude_case": WordedPaperForm,
    "add_case_paper": KindedPaperForm,
    "copy_paper": NoteForm,
    "evaluate_paper": WordsForm,
    "set_paper_aside": WordsForm,
    "ask_deputy": AskDeputyForm,
    "accept_drafting": AcceptForm,
    "decline_drafting": NoteForm,
    "report_back": WordsForm,
}
