"""What people may type at the steps of screening: grounds and words, class and committee, where to, into which."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from tibandu.base.stepforms import NoteForm, StepForm, WordsForm
from tibandu.people.models import Congress, Delegation, Seat, Unit
from tibandu.people.queries import seats_in_force
from tibandu.regulations.models import Ground, SubjectClass
from tibandu.suggestions.enums import Nature
from tibandu.suggestions.forms.intake import TextForm
from tibandu.suggestions.forms.uploads import FilesField
from tibandu.suggestions.models import Suggestion
from tibandu.suggestions.queries.intake import (
    committees_of,
    delegations_of,
    merge_targets,
    other_congresses,
    screening_grounds,
    subject_classes,
)
from tibandu.suggestions.queries.similar import similar_to_case


class GroundChoice(forms.ModelChoiceField):
    """A listed ground with the article that lists it."""

    def label_from_instance(self, ground: Ground) -> str:
        return f"{ground}（{ground.article}）" if ground.article else str(ground)


class ClassChoice(forms.ModelChoiceField):
    """A class of matters under its upper class."""

    def label_from_instance(self, subject: SubjectClass) -> str:
        return f"{subject.parent} · {subject}" if subject.parent else str(subject)


class OutcomeForm(StepForm):
    """An outcome other than acceptance: its ground and its words, both of which the authors read."""

    governed_by = "limit:screening_notice"
    guidance = _("理由和说明会告知全体提出人。")
    verb: ClassVar[str] = ""

    ground = GroundChoice(
        label=_("理由"), queryset=Ground.objects.none(), widget=forms.RadioSelect, empty_label=None
    )
    words = forms.CharField(label=_("说明"), widget=forms.Textarea(attrs={"rows": 4}), max_length=2000)

    def prepare(self) -> None:
        allowed = [ground.pk for ground in screening_grounds(self.case, self.verb)]
        self.fields["ground"].queryset = Ground.objects.filter(pk__in=allowed).select_related("article")


class ReturnForm(OutcomeForm):
    verb = "return_for_edit"


class RefuseForm(OutcomeForm):
    verb = "refuse"


class LetterForm(OutcomeForm):
    verb = "treat_as_letter"


class SuggestWithdrawalForm(OutcomeForm):
    verb = "suggest_withdrawal"


class ReferenceForm(OutcomeForm):
    verb = "pass_for_reference"

    sent_to = forms.CharField(label=_("转往"), max_length=60, required=False)


class SendOnForm(OutcomeForm):
    verb = "send_on"

    congress = forms.ModelChoiceField(
        label=_("转往本系统内的人大"),
        queryset=Congress.objects.none(),
        required=False,
        help_text=_("对方会立即收到，件上注明来自本级"),
    )
    sent_to = forms.CharField(
        label=_("或者转往别处"), max_length=60, required=False, help_text=_("不在本系统内的，写明机关名称")
    )

    def prepare(self) -> None:
        super().prepare()
        self.fields["congress"].queryset = other_congresses(self.case.congress_id)


class PlaceForm(StepForm):
    """Where a suggestion belongs; the committee follows from the class where none is named."""

    subject = ClassChoice(
        label=_("分类"), queryset=SubjectClass.objects.none(), required=False, empty_label=_("暂不分类")
    )
    committee = forms.ModelChoiceField(
        label=_("对口委员会"), queryset=Unit.objects.none(), required=False, empty_label=_("按分类确定")
    )
    is_masked = forms.BooleanField(
        label=_("隐去提出人"),
        required=False,
        help_text=_("承办单位和其他代表看不到姓名，联系、答复和评价由代表工作机构转达"),
    )

    def prepare(self) -> None:
        self.fields["subject"].queryset = subject_classes(self.case.congress_id)
        self.fields["committee"].queryset = committees_of(self.case.congress_id, self.today)
        for name in self.fields:
            if hasattr(self.case, name):
                self.fields[name].initial = getattr(self.case, name)


class RegisterForm(PlaceForm):
    words = forms.CharField(
        label=_("备注"), required=False, widget=forms.Textarea(attrs={"rows": 2}), max_length=2000
    )


class ClassifyForm(PlaceForm):
    nature = forms.ChoiceField(label=_("性质"), choices=Nature)
    words = forms.CharField(
        label=_("备注"), required=False, widget=forms.Textarea(attrs={"rows": 2}), max_length=2000
    )


class MergeForm(WordsForm):
    guidance = _("内容相同的合并为一件，提出人列为联名；内容相近、要分别答复的请用并案办理。")

    master = forms.ModelChoiceField(label=_("并入"), queryset=Suggestion.objects.none())

    field_order = ("master", "words")

    def prepare(self) -> None:
        """The likest of those into which it may go is offered first."""
        targets = merge_targets(self.case)
        self.fields["master"].queryset = targets
        like = [item.suggestion.pk for item in similar_to_case(self.actor, self.case)]
        fitting = set(targets.filter(pk__in=like).values_list("pk", flat=True))
        self.fields["master"].initial = next((pk for pk in like if pk in fitting), None)


class EnterForm(TextForm):
    """A signed paper, a motion turned suggestion, or what another level passed on."""

    authors = forms.CharField(
        label=_("提出人"),
        required=False,
        max_length=2000,
        help_text=_("按纸面顺序写姓名，用顿号隔开，第一位为领衔；同名的在姓名后加代表证号"),
    )
    delegation = forms.ModelChoiceField(
        label=_("代表团"), queryset=Delegation.objects.none(), required=False, empty_label=_("不是代表团提出")
    )
    nature = forms.ChoiceField(label=_("性质"), choices=Nature, initial=Nature.SUGGESTION)
    received_from = forms.CharField(
        label=_("来自"),
        max_length=60,
        required=False,
        help_text=_("其他层级转来的写机关名称，提出人可以不是本级代表"),
    )
    external_no = forms.CharField(label=_("原编号"), max_length=40, required=False)
    files = FilesField(required=False, label=_("扫描件和附件"))

    field_order = ("authors", "delegation", "nature", "received_from", "external_no")

    def prepare(self) -> None:
        super().prepare()
        self.fields["delegation"].queryset = delegations_of(self.actor.congress_id, self.today)

    def clean(self) -> dict[str, Any]:
        """Names become seats; whoever has no seat here is kept by name where the paper came from elsewhere."""
        cleaned = super().clean()
        known: dict[str, list[Seat]] = {}
        for seat in seats_in_force(self.actor.congress_id, self.today):
            known.setdefault(seat.person.name, []).append(seat)
            known[f"{seat.person.name}{seat.card_no}"] = [seat]
        cleaned["seats"], cleaned["names"] = [], []
        for name in (cleaned.pop("authors", "") or "").replace("、", " ").replace("，", " ").split():
            found = known.get(name, [])
            if len(found) == 1:
                cleaned["seats"].append(found[0])
            elif found:
                words = _("有几位代表叫“%(name)s”，请在姓名后加代表证号。")
                self.add_error("authors", words % {"name": name})
            elif cleaned.get("received_from"):
                cleaned["names"].append(name)
            else:
                self.add_error("authors", _("没有叫“%(name)s”的代表。") % {"name": name})
        return cleaned


class ClassifiedForm(StepForm):
    guidance = _("涉密件只登记编号、日期和承办单位，内容线下办理，不得在系统内录入。")

    unit_words = forms.CharField(label=_("承办单位"), max_length=60)
    registered_on = forms.DateField(label=_("登记日期"), widget=forms.DateInput(attrs={"type": "date"}))

    def prepare(self) -> None:
        self.fields["registered_on"].initial = self.today


FORMS: dict[str, type[StepForm]] = {
    "register": RegisterForm,
    "classify": ClassifyForm,
    "return_for_edit": ReturnForm,
    "refuse": RefuseForm,
    "treat_as_letter": LetterForm,
    "pass_for_reference": ReferenceForm,
    "suggest_withdrawal": SuggestWithdrawalForm,
    "send_on": SendOnForm,
    "merge": MergeForm,
    "unmerge": NoteForm,
}
