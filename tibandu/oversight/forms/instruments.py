"""What people may type about instruments and their answers, government meetings, and deliberation opinions."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tibandu.base.flow import Role
from tibandu.base.rows import RowsField
from tibandu.base.stepforms import StepForm, WordsForm
from tibandu.base.uploads import FilesField
from tibandu.oversight.enums import (
    DECIDED_INSTRUMENTS,
    STANDING_PROGRAMMES,
    GovernmentMeetingKind,
    InstrumentKind,
)
from tibandu.oversight.flow.instruments import CONVENER, OPENER_OF_OPINION, ORDERER_OF_ANY
from tibandu.oversight.flow.programmes import NOMINATOR, OPENER_OF_JOINT
from tibandu.oversight.forms.programmes import (
    AboutForm,
    GradedForm,
    HandOverForm,
    Named,
    NominateForm,
    OpenJointForm,
    OwedRow,
    UnitChoice,
    UnitRow,
    bind_units,
    day_field,
    line,
    long_text,
)
from tibandu.oversight.models import Attendance, Programme
from tibandu.oversight.queries.programmes import bodies_of, handlers_of, programmes_visible_to
from tibandu.people.enums import Competence
from tibandu.people.models import Unit
from tibandu.people.queries import Actor
from tibandu.regulations.models import Category
from tibandu.regulations.queries import measure_in_force


class ProgrammeChoice(forms.ModelChoiceField):
    """A standing programme that the actor sees."""

    def __init__(self) -> None:
        super().__init__(Programme.objects.none(), label=_("督办项目"), required=False)

    def offer(self, actor: Actor) -> None:
        standing = programmes_visible_to(actor).filter(state__in=STANDING_PROGRAMMES)
        self.queryset = standing.order_by("-year", "pk")


class OrderForm(AboutForm):
    guidance = _("专题询问和限期改正由决定机关作出；代表可以提出约见。")

    kind = forms.ChoiceField(label=_("方式"))
    title = line(120, label=_("标题"))
    words = long_text(6, label=_("内容"), help_text=_("询问的问题、通报的情况或者要求改正的事项。"))
    units = forms.ModelMultipleChoiceField(
        Unit.objects.none(),
        label=_("受文单位"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("回头看不选单位时，发给各件建议的承办单位。"),
    )
    due_on = day_field(label=_("答复时限"), required=False, help_text=_("不填就是不要求答复。"))
    meeting = line(
        80, label=_("决定会议"), required=False, help_text=_("专题询问和限期改正须写明作出决定的会议。")
    )
    number = line(40, label=_("文号"), required=False)
    assessor = line(80, label=_("第三方机构"), required=False)
    programme = ProgrammeChoice()

    field_order = ("kind", "title", "words", "suggestions", "units")

    def prepare(self) -> None:
        fields: Any = self.fields
        fields["kind"].choices = [(kind.value, kind.label) for kind in self._kinds()]
        fields["units"].queryset = handlers_of(self.actor.congress_id, self.today)
        fields["units"].look = "row"
        fields["programme"].offer(self.actor)

    def _kinds(self) -> list[InstrumentKind]:
        if self.actor.is_deputy:
            return [InstrumentKind.REQUESTED_MEETING]
        decides = self.actor.may(Competence.DECIDE)
        return [kind for kind in InstrumentKind if decides or kind not in DECIDED_INSTRUMENTS]


class AnswerForm(StepForm):
    words = long_text(6, label=_("答复"))
    category = forms.ModelChoiceField(Category.objects.none(), label=_("现办复类别"))
    cause = line(200, label=_("未落实原因"), required=False)
    files = FilesField(label=_("材料"), required=False)

    def prepare(self) -> None:
        if not self.case.instrument.is_look_back:
            del self.fields["category"], self.fields["cause"]
            return
        about = self.case.suggestion
        version = about.regulation if about and about.regulation_id else None
        field: Any = self.fields["category"]
        held = version or measure_in_force(self.case.congress_id, self.today)
        field.queryset = Category.objects.filter(version=held)


class CheckForm(StepForm):
    checked_on = day_field(label=_("核查日期"))
    words = long_text(label=_("核查意见"))


class CloseForm(WordsForm):
    words = long_text(5, label=_("结论"))
    files = FilesField(label=_("材料"), required=False)


class AttendanceRow(UnitRow):
    person = line(60, label=_("参会人"), required=False)


class ConveneForm(StepForm):
    kind = forms.ChoiceField(label=_("会议种类"), choices=GovernmentMeetingKind.choices)
    title = line(80, label=_("会议名称"), help_text=_("例如：市政府第五十二次常务会议"))
    held_on = day_field(label=_("会议日期"))
    place = line(60, label=_("地点"), required=False)
    attendances = RowsField(AttendanceRow, label=_("须到会的单位"), required=False)

    def prepare(self) -> None:
        bind_units(self, "attendances", handlers_of(self.actor.congress_id, self.today))


class AgendaItemForm(AboutForm):
    subject = line(120, label=_("议题"))
    programme = ProgrammeChoice()

    field_order = ("subject", "suggestions", "programme")

    def prepare(self) -> None:
        field: Any = self.fields["programme"]
        field.offer(self.actor)


class DecisionRow(forms.Form):
    """What was decided on one item, by its place on the agenda."""

    item = forms.TypedChoiceField(label=_("议题"), coerce=int)
    decision = long_text(3, label=_("议定事项"), required=False)

    def __init__(self, *args: Any, items: Named, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["item"]
        field.choices = items


class HoldForm(StepForm):
    held_on = day_field(label=_("会议日期"))
    decisions = RowsField(DecisionRow, label=_("议定事项"))
    came = forms.ModelMultipleChoiceField(
        Attendance.objects.none(), label=_("到会"), required=False, widget=forms.CheckboxSelectMultiple
    )
    tasks = RowsField(OwedRow, label=_("落实任务"), required=False)
    minutes = long_text(6, label=_("会议纪要"))

    def prepare(self) -> None:
        items = [(item.order, f"{item.order}. {item.subject}") for item in self.case.items.all()]
        self.rows("decisions").bind(items=items)
        self.initial["decisions"] = [{"item": order} for order, _subject in items]
        self.initial.setdefault("held_on", self.case.held_on)
        fields: Any = self.fields
        fields["came"].queryset = self.case.attendances.select_related("unit")
        bind_units(self, "tasks", handlers_of(self.case.congress_id, self.today))


class OpinionForm(AboutForm):
    title = line(120, label=_("标题"), help_text=_("例如：关于城市停车管理情况报告的审议意见"))
    meeting = line(80, label=_("审议会议"))
    deliberated_on = day_field(label=_("审议日期"))
    words = long_text(8, label=_("审议意见"), max_length=8000)
    committee = UnitChoice(_("跟踪督办机构"))

    field_order = ("title", "meeting", "deliberated_on", "words", "suggestions", "committee")

    def prepare(self) -> None:
        field: Any = self.fields["committee"]
        field.offer(bodies_of(self.actor.congress_id, self.today))


class HandOverOpinionForm(HandOverForm):
    governed_by = "limit:plan"

    unit = UnitChoice(_("研究处理单位"))
    what = None
    due_on = day_field(label=_("报告期限"))
    words = long_text(3, label=_("交办要求"), required=False)


class PlanOpinionForm(WordsForm):
    governed_by = "limit:plan"

    words = long_text(6, label=_("办理方案"))


class ReportForm(StepForm):
    words = long_text(8, label=_("研究处理情况"))
    files = FilesField(label=_("报告"), required=False)


class SendBackForm(GradedForm):
    due_on = day_field(label=_("新的报告期限"))


FORMS: dict[str, type[StepForm]] = {
    "answer_address": AnswerForm,
    "check_address": CheckForm,
    "send_back_address": WordsForm,
    "close_instrument": CloseForm,
    "add_agenda_item": AgendaItemForm,
    "hold_government_meeting": HoldForm,
    "add_meeting_task": HandOverForm,
    "hand_over_opinion_case": HandOverOpinionForm,
    "plan_opinion_case": PlanOpinionForm,
    "note_opinion_case": WordsForm,
    "report_opinion_case": ReportForm,
    "rate_opinion_case": GradedForm,
    "send_back_opinion_case": SendBackForm,
}


@dataclass(frozen=True)
class Beginning:
    """A case that is begun without a row: of which noun, under which label, by whom, with which form."""

    noun: str
    label: Any
    role: Role
    form: type[StepForm]


BEGINNINGS: dict[str, Beginning] = {
    "nominate_programme": Beginning("programme", _("推荐督办项目"), NOMINATOR, NominateForm),
    "open_joint_programme": Beginning("programme", _("发起联合督办"), OPENER_OF_JOINT, OpenJointForm),
    "order_instrument": Beginning("instrument", _("发起督办手段"), ORDERER_OF_ANY, OrderForm),
    "convene_government_meeting": Beginning("government_meeting", _("安排政府会议"), CONVENER, ConveneForm),
    "open_opinion": Beginning("opinion_case", _("录入审议意见"), OPENER_OF_OPINION, OpinionForm),
}
