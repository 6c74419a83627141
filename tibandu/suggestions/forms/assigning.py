"""What people may type at the steps of assigning: organs, units and their roles, rulings, extensions, files."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from tibandu.base.rows import RowsField
from tibandu.base.scrub import without_hidden
from tibandu.base.stepforms import NoteForm, StepForm, WordsForm
from tibandu.people.enums import Competence
from tibandu.people.models import Organ, Session, Unit
from tibandu.people.queries import Actor, units_in_being
from tibandu.regulations.enums import GroundKind, LimitCode
from tibandu.regulations.models import Ground
from tibandu.suggestions.enums import Role
from tibandu.suggestions.models import Ask, AssignmentMeeting, CaseFile, Suggestion
from tibandu.suggestions.queries.advising import Advised, advice_on
from tibandu.suggestions.queries.assigning import (
    case_files,
    grounds_of,
    organs_beside,
    planned_meetings,
    precedents_of,
    sessions_of,
    units_with_load,
)

REPLY_LIMITS = [
    (LimitCode.REPLY.value, _("一般建议")),
    (LimitCode.REPLY_LONG.value, _("涉及面广、处理难度大的建议")),
]


Named = Sequence[tuple[int, str]]


def day_field(**kwargs: Any) -> forms.DateField:
    return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)


def long_text(rows: int = 4, **kwargs: Any) -> forms.CharField:
    return forms.CharField(widget=forms.Textarea(attrs={"rows": rows}), max_length=2000, **kwargs)


class ShareRow(forms.Form):
    """One unit's share: who, as what, and which part."""

    unit = forms.ModelChoiceField(label=_("承办单位"), queryset=Unit.objects.none())
    role = forms.ChoiceField(label=_("承办方式"), choices=Role.choices, initial=Role.LEAD)
    part = forms.CharField(label=_("承办内容"), required=False, max_length=200)
    asks = forms.ModelMultipleChoiceField(
        label=_("所办要求"),
        queryset=Ask.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(
        self, *args: Any, units: QuerySet[Unit], named: Named, asks: QuerySet[Ask], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units
        self.fields["unit"].choices = [("", _("请选择")), *named]
        self.fields["asks"].queryset = asks
        if not asks:
            del self.fields["asks"]


def named_with_load(units: QuerySet[Unit]) -> list[tuple[int, str]]:
    """Units as choices with what each has open, read once for all rows of a form."""
    return [
        (unit.pk, str(_("%(unit)s（在办 %(n)s 件）") % {"unit": unit, "n": unit.load}))
        for unit in units_with_load(units)
    ]


class OrganChoice(forms.ModelMultipleChoiceField):
    """Organs with whoever splits the work in them."""

    def label_from_instance(self, obj: Organ) -> str:
        words = {"organ": obj.name, "unit": obj.dispatcher}
        return str(_("%(organ)s（由%(unit)s分办）") % words) if obj.dispatcher else obj.name


class _AdvisedForm(StepForm):
    """A form that proposes units with their reasons; `?unit=1&unit=2` fills in the first as lead, the others as co-units."""

    shares_field: ClassVar[str]

    def suggestion(self) -> Suggestion:
        raise NotImplementedError

    def units_to_choose(self) -> QuerySet[Unit]:
        """The units that a row of the form may name."""
        raise NotImplementedError

    def units_to_advise(self) -> QuerySet[Unit]:
        return self.units_to_choose()

    @cached_property
    def advice(self) -> list[Advised]:
        """Asked for by the page only: a step through the API or in a batch pays nothing."""
        return advice_on(self.actor, self.suggestion(), self.units_to_advise())

    @property
    def fill_all(self) -> str:
        return "?" + "&".join(f"unit={item.unit.pk}" for item in self.advice)

    def begin_with(self, asked: Any) -> None:
        wanted = [int(key) for key in asked.getlist("unit") if key.isascii() and key.isdigit()]
        found = self.units_to_advise().in_bulk([key for key in wanted if key < 2**31])
        self.fill_in([found[key] for key in dict.fromkeys(wanted) if key in found])

    def fill_in(self, units: list[Unit]) -> None:
        rows = [
            {"unit": unit.pk, "role": Role.CO if place else Role.LEAD}
            for place, unit in enumerate(units)
            if unit in self.units_to_choose()
        ]
        if rows and self.shares_field in self.fields:
            self.initial[self.shares_field] = rows


class AssignForm(_AdvisedForm):
    governed_by = "limit:reply"
    shares_field = "units"

    organs = OrganChoice(
        label=_("交办机关"), queryset=Organ.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    limit_code = forms.ChoiceField(
        label=_("答复期限"), choices=REPLY_LIMITS, initial=LimitCode.REPLY, required=False
    )
    meeting: Any = forms.ModelChoiceField(
        label=_("交办会"),
        queryset=AssignmentMeeting.objects.none(),
        required=False,
        empty_label=_("不在交办会上交办"),
    )
    units = RowsField(
        ShareRow,
        label=_("直接确定承办单位"),
        required=False,
        help_text=_("没有分办机构的机关，可以在此直接确定单位；其余由分办机构确定。"),
    )
    words = long_text(3, label=_("交办意见"), required=False)

    def prepare(self) -> None:
        self.fields["organs"].queryset = organs_beside(self.case)
        straight = self.units_to_choose()
        named = named_with_load(straight)
        self.rows("units").bind(units=straight, named=named, asks=self.asks())
        if "meeting" in self.fields:
            self.fields["meeting"].queryset = planned_meetings(self.actor)
        if not named:
            del self.fields["units"]

    def suggestion(self) -> Suggestion:
        return self.case

    def units_to_advise(self) -> QuerySet[Unit]:
        return units_in_being(self.case.congress_id, self.today)

    def units_to_choose(self) -> QuerySet[Unit]:
        return self.units_to_advise().filter(organ__dispatcher=None)

    def fill_in(self, units: list[Unit]) -> None:
        super().fill_in(units)
        if units:
            self.initial["organs"] = list({unit.organ_id: unit.organ for unit in units}.values())
        split = "、".join(str(unit) for unit in units if unit.organ.dispatcher_id)
        if split:
            self.initial["words"] = _("建议由%(units)s承办。") % {"units": split}

    def asks(self) -> QuerySet[Ask]:
        return self.case.asks.all()

    def clean_limit_code(self) -> str:
        return self.cleaned_data["limit_code"] or LimitCode.REPLY


class HandOverTooForm(AssignForm):
    meeting = None


class DistributeForm(_AdvisedForm):
    governed_by = "limit:sign_for"
    shares_field = "shares"

    shares = RowsField(ShareRow, label=_("承办单位"))
    words = long_text(3, label=_("分办意见"), required=False)

    def prepare(self) -> None:
        own = self.units_to_choose()
        self.rows("shares").bind(units=own, named=named_with_load(own), asks=self.asks())

    def suggestion(self) -> Suggestion:
        return self.case.suggestion

    def units_to_choose(self) -> QuerySet[Unit]:
        units = units_in_being(self.case.suggestion.congress_id, self.today)
        return units.filter(organ=self.case.organ_id).exclude(pk=self.case.organ.dispatcher_id)

    def asks(self) -> QuerySet[Ask]:
        return self.case.suggestion.asks.all()


class AssignManyForm(AssignForm):
    """For a batch: the asks differ from case to case, so none is named."""

    def asks(self) -> QuerySet[Ask]:
        return Ask.objects.none()


class DistributeManyForm(DistributeForm):
    """For a batch that goes to the same units."""

    def asks(self) -> QuerySet[Ask]:
        return Ask.objects.none()


class PlanMeetingForm(forms.Form):
    """An assignment meeting that is being prepared."""

    title = forms.CharField(label=_("名称"), max_length=80)
    session = forms.ModelChoiceField(
        label=_("会议"), queryset=Session.objects.none(), required=False, empty_label=_("闭会期间的建议")
    )
    held_on = day_field(label=_("日期"))
    place = forms.CharField(label=_("地点"), required=False, max_length=60)

    def __init__(self, data: Any = None, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(without_hidden(data), *args, **kwargs)
        self.fields["session"].queryset = sessions_of(actor.congress_id)


class _GroundedForm(StepForm):
    """A form whose reason is chosen from the measure of the case."""

    kind: GroundKind

    def prepare(self) -> None:
        self.fields["ground"].queryset = grounds_of(self.case.suggestion, self.kind)


class ObjectForm(_GroundedForm):
    governed_by = "limit:objection"
    kind = GroundKind.OBJECTION

    ground = forms.ModelChoiceField(label=_("理由"), queryset=Ground.objects.none())
    clause = forms.CharField(
        label=_("职责依据"), max_length=200, help_text=_("写明“三定”规定或者权责清单的条款。")
    )
    proposed_unit = forms.ModelChoiceField(label=_("建议改由"), queryset=Unit.objects.none())
    reason = long_text(label=_("说明"))

    def prepare(self) -> None:
        super().prepare()
        units = units_in_being(self.case.suggestion.congress_id, self.today)
        self.fields["proposed_unit"].queryset = units.exclude(pk=self.case.unit_id)


class ContestForm(StepForm):
    reason = long_text(label=_("理由"))
    proposed_unit = forms.ModelChoiceField(label=_("建议改由"), queryset=Unit.objects.none(), required=False)

    def prepare(self) -> None:
        units = units_in_being(self.case.suggestion.congress_id, self.today)
        self.fields["proposed_unit"].queryset = units.exclude(pk=self.case.unit_id)


class UpholdForm(StepForm):
    governed_by = "limit:reassignment"

    unit = forms.ModelChoiceField(label=_("改由"), queryset=Unit.objects.none())
    role = forms.ChoiceField(label=_("承办方式"), choices=Role.choices)
    part = forms.CharField(label=_("承办内容"), required=False, max_length=200)
    stays_as_co = forms.BooleanField(label=_("原单位改为会办"), required=False)
    words = long_text(label=_("裁定意见"))

    def prepare(self) -> None:
        share = self.case.assignment
        self.precedents = precedents_of(self.case)
        units = units_in_being(share.suggestion.congress_id, self.today)
        if not self.actor.may(Competence.ASSIGN) and not self.actor.may(Competence.ARBITRATE):
            units = units.filter(organ=share.handover.organ_id)
        self.fields["unit"].queryset = units
        self.initial = {"unit": self.case.proposed_unit_id, "role": share.role, "part": share.part}


class RejectForm(WordsForm):
    governed_by = "limit:objection"

    def prepare(self) -> None:
        self.precedents = precedents_of(self.case)


class EscalateForm(NoteForm):
    governed_by = "limit:arbitration"


class RequestExtensionForm(_GroundedForm):
    governed_by = "limit:reply_long"
    kind = GroundKind.EXTENSION

    ground = forms.ModelChoiceField(label=_("理由"), queryset=Ground.objects.none())
    until = day_field(label=_("延至"))
    reason = long_text(label=_("说明"))


class JoinFileForm(StepForm):
    case_file = forms.ModelChoiceField(
        label=_("并案卷"), queryset=CaseFile.objects.none(), required=False, empty_label=_("新立一卷")
    )
    title = forms.CharField(label=_("新卷名称"), required=False, max_length=120)
    words = long_text(3, label=_("备注"), required=False)

    def prepare(self) -> None:
        files = case_files(self.case.congress_id)
        self.fields["case_file"].queryset = files.filter(~Q(pk=self.case.case_file_id or 0))


class HoldMeetingForm(StepForm):
    attended = long_text(3, label=_("参加单位和人员"), required=False)
    minutes = forms.CharField(
        label=_("会议纪要"), widget=forms.Textarea(attrs={"rows": 10}), max_length=20000
    )

    def prepare(self) -> None:
        self.initial = {"attended": self.case.attended, "minutes": self.case.minutes}


FORMS: dict[str, type[StepForm]] = {
    "assign": AssignForm,
    "hand_over_too": HandOverTooForm,
    "distribute": DistributeForm,
    "add_units": DistributeForm,
    "sign_for": NoteForm,
    "take_over": NoteForm,
    "object": ObjectForm,
    "contest": ContestForm,
    "uphold": UpholdForm,
    "reject": RejectForm,
    "escalate": EscalateForm,
    "request_extension": RequestExtensionForm,
    "grant_extension": NoteForm,
    "refuse_extension": WordsForm,
    "urge": WordsForm,
    "join_file": JoinFileForm,
    "leave_file": NoteForm,
    "hold_meeting": HoldMeetingForm,
}

# Forms that serve many cases at once, where they differ from the form of one.
MANY: dict[str, type[StepForm]] = {"assign": AssignManyForm, "distribute": DistributeManyForm}
