"""What people may type at the steps of handling: tiers of people, measures, contacts, opinions."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from tibandu.base.rows import RowsField
from tibandu.base.stepforms import NoteForm, StepForm, WordsForm
from tibandu.base.whole import wholes
from tibandu.people.enums import RANK_ORDER, Rank
from tibandu.people.models import Appointment
from tibandu.people.queries import current_appointments
from tibandu.regulations.enums import GroundKind
from tibandu.regulations.models import ContactStage, Ground
from tibandu.suggestions.enums import Mode, PlanState
from tibandu.suggestions.forms.assigning import day_field, long_text
from tibandu.suggestions.models import Ask, Proposer
from tibandu.suggestions.queries import measure_for
from tibandu.suggestions.queries.assigning import grounds_of, stages_of, standing_proposers


class PersonRow(forms.Form):
    """One tier: somebody in a post of the unit, or a name."""

    rank = forms.ChoiceField(label=_("层级"), choices=Rank.choices, initial=Rank.PRINCIPAL)
    appointment = forms.ModelChoiceField(
        label=_("任职人员"), queryset=Appointment.objects.none(), required=False, empty_label=_("另写姓名")
    )
    name = forms.CharField(label=_("姓名"), required=False, max_length=40)
    phone = forms.CharField(label=_("电话"), required=False, max_length=30)

    def __init__(self, *args: Any, appointments: QuerySet[Appointment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["appointment"].queryset = appointments


class NameResponsibleForm(StepForm):
    people = RowsField(PersonRow, label=_("责任人"), help_text=_("按层级写明负责人，至少写一人。"))

    def prepare(self) -> None:
        posts = current_appointments(self.today).filter(post__unit=self.case.unit_id)
        self.rows("people").bind(appointments=posts.order_by("pk"))
        self.initial = {"people": self._named() or self._proposed(list(posts.order_by("pk")))}

    def _named(self) -> list[dict[str, Any]]:
        rows = sorted(self.case.responsibles.all(), key=lambda row: -RANK_ORDER.index(Rank(row.rank)))
        return [
            {
                "rank": row.rank,
                "appointment": row.appointment_id,
                "name": "" if row.appointment_id else row.name,
                "phone": row.phone,
            }
            for row in rows
        ]

    def _proposed(self, posts: list[Appointment]) -> list[dict[str, Any]]:
        """The one holder of each tier, where the unit has just one; a choice among several is left to people."""
        by_rank = {rank: [a for a in posts if a.post.rank == rank] for rank in reversed(RANK_ORDER)}
        return [{"rank": rank, "appointment": held[0].pk} for rank, held in by_rank.items() if len(held) == 1]


class MeasureRow(forms.Form):
    """One measure with its owner and its day."""

    item = forms.IntegerField(required=False, widget=forms.HiddenInput)
    ask = forms.ModelChoiceField(
        label=_("对应要求"), queryset=Ask.objects.none(), required=False, empty_label=_("整件")
    )
    measure = forms.CharField(label=_("措施"), max_length=200)
    owner = forms.CharField(label=_("责任人"), max_length=60)
    due_on = day_field(label=_("完成时限"))

    def __init__(self, *args: Any, asks: QuerySet[Ask], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ask"].queryset = asks


class PlanForm(StepForm):
    measures = RowsField(MeasureRow, label=_("办理措施"), extra=1)
    shown = forms.CharField(required=False, widget=forms.HiddenInput)
    for_file = forms.BooleanField(label=_("同时列入并案的其他各件"), required=False)

    def prepare(self) -> None:
        if self.case.suggestion.case_file_id is None:
            del self.fields["for_file"]
        self.rows("measures").bind(asks=self.case.suggestion.asks.all())
        rows = [item for item in self.case.plan.all() if item.state == PlanState.OPEN]
        self.initial = {
            "shown": " ".join(str(item.pk) for item in rows),
            "measures": [
                {
                    "item": item.pk,
                    "ask": item.ask_id,
                    "measure": item.measure,
                    "owner": item.owner,
                    "due_on": item.due_on,
                }
                for item in rows
            ],
        }

    def clean_shown(self) -> list[int]:
        return wholes(self.cleaned_data["shown"].split())


class ProposerChoice(forms.ModelMultipleChoiceField):
    """Deputies by name; masked ones by their place, so that no unit reads who they are (model.md rule 8)."""

    masked = False

    def label_from_instance(self, obj: Proposer) -> str:
        return (
            str(_("提出人%(n)s（保密，由代表工作机构联系）") % {"n": obj.position})
            if self.masked
            else obj.name
        )


class RecordContactForm(StepForm):
    governed_by = "limit:first_contact"

    stage = forms.ModelChoiceField(label=_("阶段"), queryset=ContactStage.objects.none())
    proposers = ProposerChoice(
        label=_("所联系的代表"), queryset=Proposer.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    mode = forms.ChoiceField(label=_("方式"), choices=Mode.choices)
    held_on = day_field(label=_("日期"))
    place = forms.CharField(label=_("地点"), required=False, max_length=60)
    persons = forms.CharField(label=_("承办方参加人"), required=False, max_length=120)
    rank = forms.ChoiceField(
        label=_("参加人的最高层级"), choices=[("", _("未填")), *Rank.choices], required=False
    )
    said = long_text(5, label=_("沟通内容"))
    draft_shown = forms.BooleanField(label=_("已出示答复初稿"), required=False)
    for_file = forms.BooleanField(label=_("同时记入并案的其他各件"), required=False)

    def prepare(self) -> None:
        suggestion = self.case.suggestion
        if suggestion.case_file_id is None:
            del self.fields["for_file"]
        self.fields["stage"].queryset = stages_of(suggestion)
        proposers = self.fields["proposers"]
        proposers.masked = suggestion.is_masked
        proposers.queryset = standing_proposers(suggestion)
        self.initial = {
            "stage": self._next_stage(),
            "proposers": [p.pk for p in standing_proposers(suggestion)],
            "held_on": self.today,
        }

    def _next_stage(self) -> int | None:
        """The first stage that this share has no record of."""
        known = {contact.stage.code for contact in self.case.contacts.all()}
        open_ones = (s.pk for s in measure_for(self.case.suggestion).stages if s.code not in known)
        return next(open_ones, None)


class WaiveContactForm(StepForm):
    stage = forms.ModelChoiceField(label=_("阶段"), queryset=ContactStage.objects.none())
    waiver = forms.ModelChoiceField(label=_("理由"), queryset=Ground.objects.none())
    reason = long_text(label=_("说明"))

    def prepare(self) -> None:
        self.fields["stage"].queryset = stages_of(self.case.suggestion)
        self.fields["waiver"].queryset = grounds_of(self.case.suggestion, GroundKind.WAIVER)


class GiveOpinionForm(StepForm):
    governed_by = "limit:opinion"

    text = forms.CharField(label=_("会办意见"), widget=forms.Textarea(attrs={"rows": 10}), max_length=20000)
    signed_by = forms.CharField(label=_("签发人"), max_length=40)
    number_text = forms.CharField(
        label=_("文号"), required=False, max_length=40, help_text=_("不填则按办法规定的格式自动编号。")
    )

    def prepare(self) -> None:
        heads = [row.name for row in self.case.responsibles.all() if row.rank == Rank.PRINCIPAL]
        self.initial = {"signed_by": next(iter(heads), "")}


FORMS: dict[str, type[StepForm]] = {
    "name_responsible": NameResponsibleForm,
    "plan": PlanForm,
    "report_progress": WordsForm,
    "finish_measure": NoteForm,
    "record_contact": RecordContactForm,
    "waive_contact": WaiveContactForm,
    "confirm_contact": NoteForm,
    "dispute_contact": WordsForm,
    "give_opinion": GiveOpinionForm,
    "countersign": NoteForm,
    "send_back_opinion": WordsForm,
}
