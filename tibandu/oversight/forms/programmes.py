"""What people may type about programmes: nominations, marks, decisions, posts, plans, visits, minutes, results."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tibandu.base.rows import RowsField
from tibandu.base.stepforms import StepForm, WordsForm
from tibandu.base.uploads import FilesField
from tibandu.oversight.enums import ProgrammeKind, WorkKind
from tibandu.oversight.queries import programmes as queries
from tibandu.people.models import Unit
from tibandu.people.queries import units_in_being
from tibandu.regulations.enums import OptionKind
from tibandu.regulations.models import Grade, Option, Version
from tibandu.regulations.queries import measure_in_force, options_of
from tibandu.suggestions.models import Suggestion

ANY = [("", _("不限"))]
BETWEEN = re.compile(r"[\s、，,；;]+")
Named = list[tuple[Any, str]]


def day_field(**kwargs: Any) -> forms.DateField:
    return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)


def long_text(rows: int = 4, **kwargs: Any) -> forms.CharField:
    kwargs.setdefault("max_length", 4000)
    return forms.CharField(widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


def line(most: int, **kwargs: Any) -> forms.CharField:
    return forms.CharField(max_length=most, **kwargs)


class UnitChoice(forms.ModelChoiceField):
    """One unit; the choices are read once for all rows of a form."""

    def __init__(self, label: Any = "", **kwargs: Any) -> None:
        super().__init__(Unit.objects.none(), label=label or _("单位"), **kwargs)

    def offer(self, units: Any, named: Named | None = None) -> None:
        self.queryset = units
        if named is not None:
            self.choices = [("", "---------"), *named]


class UnitRow(forms.Form):
    """A row that names a unit."""

    unit = UnitChoice()

    def __init__(self, *args: Any, units: Any, named: Named, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["unit"]
        field.offer(units, named)


class OwedRow(UnitRow):
    what = line(300, label=_("事项"))
    due_on = day_field(label=_("完成时限"))


class ParticipantRow(UnitRow):
    unit = UnitChoice(required=False)
    name = line(60, label=_("党支部或者其他单位"), required=False)
    part = line(80, label=_("分工"), required=False)


class CapacityRow(UnitRow):
    option = forms.ModelChoiceField(Option.objects.none(), label=_("责任"))
    person = line(60, label=_("姓名职务"), required=False)
    unit = UnitChoice(required=False)

    field_order = ("option", "person", "unit")

    def __init__(self, *args: Any, options: list[Option], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["option"]
        field.queryset = Option.objects.filter(pk__in=[option.pk for option in options])
        field.choices = [("", "---------"), *((option.pk, option.label) for option in options)]


class StepRow(forms.Form):
    what = line(120, label=_("安排"))
    owner = line(60, label=_("责任人"), required=False)
    due_on = day_field(label=_("时间"))


class MarkRow(forms.Form):
    """The points on one criterion, by its code in the measure."""

    criterion = forms.ChoiceField(label=_("评分项"))
    points = forms.IntegerField(label=_("得分"), min_value=0, max_value=1000, required=False)

    def __init__(self, *args: Any, criteria: Named, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["criterion"]
        field.choices = criteria


def bind_units(form: StepForm, name: str, units: Any, **more: Any) -> None:
    """Gives every row of a field its units."""
    form.rows(name).bind(units=units, named=[(unit.pk, str(unit)) for unit in units], **more)


class AboutForm(StepForm):
    """A form that names suggestions by their numbers; all of them must be in the actor's sight."""

    suggestions = line(
        2000,
        label=_("建议编号"),
        required=False,
        help_text=_("写编号，用顿号或者空格分开，例如：6-5-012、6-5-031。"),
    )

    def clean_suggestions(self) -> list[Suggestion]:
        numbers = [text for text in BETWEEN.split(self.cleaned_data["suggestions"]) if text]
        found = queries.suggestions_by_number(self.actor, numbers) if numbers else {}
        if missing := [number for number in numbers if number not in found]:
            raise forms.ValidationError(_("没有找到编号：%(n)s。") % {"n": "、".join(missing)})
        return list(found.values())

    @property
    def version(self) -> Version | None:
        """The measure in force in the congress of the case or of whoever types."""
        return measure_in_force(self.actor.congress_id or 0, self.today)


class NominateForm(AboutForm):
    kind = forms.ChoiceField(label=_("督办方式"))
    year = forms.IntegerField(label=_("年度"), min_value=2000, max_value=2100)
    title = line(120, label=_("主题"))
    committee = UnitChoice(_("牵头督办机构"))
    reason = long_text(label=_("推荐理由"), help_text=_("写明为什么事关全局、群众关注或者长期没有解决。"))

    field_order = ("kind", "year", "title", "suggestions", "committee", "reason")

    def prepare(self) -> None:
        kinds = [ProgrammeKind.KEY, *([] if self.actor.is_deputy else [ProgrammeKind.TRACKING])]
        fields: Any = self.fields
        fields["kind"].choices = [(kind.value, kind.label) for kind in kinds]
        fields["committee"].offer(queries.bodies_of(self.actor.congress_id, self.today))
        self.initial.setdefault("year", self.today.year)
        self.initial.setdefault("committee", self.actor.unit_id)


class OpenJointForm(AboutForm):
    year = forms.IntegerField(label=_("年度"), min_value=2000, max_value=2100)
    title = line(120, label=_("主题"))
    reason = long_text(label=_("联合督办的考虑"))
    work_kind = forms.ChoiceField(
        label=_("结合的监督工作"), choices=[("", _("无")), *WorkKind.choices], required=False
    )
    works_with = line(120, label=_("监督工作名称"), required=False)
    party_activity = line(120, label=_("党支部活动"), required=False)
    participants = RowsField(ParticipantRow, label=_("联合督办单位"), required=False)

    field_order = ("year", "title", "suggestions", "reason")

    def prepare(self) -> None:
        bind_units(self, "participants", units_in_being(self.actor.congress_id or 0, self.today))
        self.initial.setdefault("year", self.today.year)


class BundleForm(AboutForm):
    words = long_text(2, label=_("说明"), required=False)


class ScoreForm(StepForm):
    guidance = _("每个单位各评一份，决定之前可以重评，重评的以最后一份为准。")

    marks = RowsField(MarkRow, label=_("评分"))

    def prepare(self) -> None:
        criteria = options_of(measure_in_force(self.case.congress_id, self.today), OptionKind.KEY_CRITERION)
        named = [
            (row.code, row.label if row.points is None else f"{row.label}（{row.points}）")
            for row in criteria
        ]
        self.rows("marks").bind(criteria=named)
        given = {
            score.criterion.code: score.points
            for score in self.case.scores.select_related("criterion")
            if score.unit_id == self.actor.unit_id
        }
        self.initial["marks"] = [{"criterion": row.code, "points": given.get(row.code)} for row in criteria]


class DecideForm(StepForm):
    guidance = _("只有决定机关的决定记录才能列入督办。")

    meeting = line(80, label=_("决定会议"), help_text=_("例如：第四十六次主任会议"))
    decided_on = day_field(label=_("决定日期"))
    number = line(40, label=_("文号"), required=False)
    decision = long_text(label=_("决定内容"))


class CapacitiesForm(StepForm):
    capacities = RowsField(CapacityRow, label=_("督办责任"))

    def prepare(self) -> None:
        version = measure_in_force(self.case.congress_id, self.today)
        options = options_of(version, OptionKind.CAPACITY)
        bind_units(self, "capacities", units_in_being(self.case.congress_id, self.today), options=options)
        held = [
            {"option": row.option_id, "person": row.person, "unit": row.unit_id}
            for row in self.case.capacities.all()
        ]
        self.initial["capacities"] = held or [{"option": option.pk} for option in options]


class ParticipantsForm(StepForm):
    participants = RowsField(ParticipantRow, label=_("联合督办单位"))

    def prepare(self) -> None:
        bind_units(self, "participants", units_in_being(self.case.congress_id, self.today))
        self.initial["participants"] = [
            {"unit": row.unit_id, "name": row.name, "part": row.part} for row in self.case.participants.all()
        ]


class PlanForm(StepForm):
    steps = RowsField(StepRow, label=_("督办安排"), extra=1)
    words = long_text(label=_("方案说明"), required=False)

    def prepare(self) -> None:
        self.initial["steps"] = [
            {"what": row.what, "owner": row.owner, "due_on": row.due_on}
            for row in self.case.steps.filter(done_on=None)
        ]


class FinishStepForm(StepForm):
    done_on = day_field(label=_("开展日期"))
    words = long_text(label=_("开展情况"))


class VisitForm(StepForm):
    held_on = day_field(label=_("日期"))
    place = line(60, label=_("地点"))
    persons = line(200, label=_("参加人员"))
    words = long_text(6, label=_("看到的情况和意见"))
    files = FilesField(label=_("照片和材料"), required=False)


class CoordinationForm(VisitForm):
    words = long_text(6, label=_("会议纪要"))
    settled = RowsField(OwedRow, label=_("协调确定的事项"), required=False)

    field_order = ("held_on", "place", "persons", "words", "settled", "files")

    def prepare(self) -> None:
        bind_units(self, "settled", queries.handlers_of(self.case.congress_id, self.today))


class HandOverForm(StepForm):
    unit = UnitChoice(_("责任单位"))
    what = long_text(3, label=_("意见"), max_length=300)
    due_on = day_field(label=_("答复时限"))

    def prepare(self) -> None:
        field: Any = self.fields["unit"]
        field.offer(queries.handlers_of(self.case.congress_id, self.today))


class FaceReplyForm(StepForm):
    suggestion = forms.ModelChoiceField(Suggestion.objects.none(), label=_("建议"))
    held_on = day_field(label=_("日期"))
    persons = line(200, label=_("答复的主要负责人"))
    words = long_text(label=_("当面答复情况"))

    def prepare(self) -> None:
        field: Any = self.fields["suggestion"]
        field.queryset = queries.members_in_sight(self.actor, self.case)


class ProgressForm(StepForm):
    words = long_text(label=_("进展"))
    files = FilesField(label=_("材料"), required=False)


class ResultForm(StepForm):
    words = long_text(6, label=_("督办结果"))
    field_effect = long_text(
        label=_("推动领域工作"), required=False, help_text=_("通过办理这些建议，推动了整个领域的哪些工作。")
    )
    files = FilesField(label=_("报告"), required=False)


class GradedForm(StepForm):
    """A form that rates on the scale of the measure in force."""

    grade = forms.ModelChoiceField(Grade.objects.none(), label=_("评价"), empty_label=None)
    words = long_text(label=_("评价意见"))

    def prepare(self) -> None:
        version = measure_in_force(self.case.congress_id, self.today)
        field: Any = self.fields["grade"]
        field.queryset = Grade.objects.filter(version=version)
        field.empty_label = None if field.required else "---------"


class AnswerOwedForm(StepForm):
    guidance = _("是否落实，由责任单位以外的人核实。")

    words = long_text(5, label=_("落实情况"))
    files = FilesField(label=_("证明材料"), required=False)


class ReturnOwedForm(WordsForm):
    due_on = day_field(label=_("新时限"), required=False)


FORMS: dict[str, type[StepForm]] = {
    "bundle_suggestions": BundleForm,
    "score_programme": ScoreForm,
    "decide_programme": DecideForm,
    "decline_programme": WordsForm,
    "name_capacities": CapacitiesForm,
    "name_participants": ParticipantsForm,
    "plan_programme": PlanForm,
    "finish_step": FinishStepForm,
    "record_visit": VisitForm,
    "record_coordination": CoordinationForm,
    "hand_over_point": HandOverForm,
    "record_face_reply": FaceReplyForm,
    "report_programme": ProgressForm,
    "note_year": WordsForm,
    "report_result": ResultForm,
    "accept_result": GradedForm,
    "return_result": WordsForm,
    "report_owed": WordsForm,
    "answer_owed": AnswerOwedForm,
    "verify_owed": WordsForm,
    "return_owed": ReturnOwedForm,
}
