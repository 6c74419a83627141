"""What may be asked of the ledgers of this room."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tibandu.base.filters import ANY, FilterForm
from tibandu.oversight.enums import (
    Direction,
    GovernmentMeetingKind,
    InstrumentKind,
    InstrumentState,
    InvestmentSource,
    Lamp,
    OpinionCaseState,
    ProgrammeKind,
    ProgrammeState,
    ProjectState,
    ReferralState,
    StatementState,
)
from tibandu.oversight.queries.funds import funds_visible_to
from tibandu.oversight.queries.packets import partners_visible_to
from tibandu.oversight.queries.programmes import bodies_of, handlers_of
from tibandu.people.enums import Function
from tibandu.people.queries import Actor, units_in_being
from tibandu.regulations.enums import OptionKind
from tibandu.regulations.models import Category
from tibandu.regulations.queries import measure_in_force, options_of
from tibandu.suggestions.enums import PromiseKind

YEARS_BACK = 6


def _choice(label: Any, *choices: tuple[Any, Any], **kwargs: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=[*ANY, *choices], **kwargs)


def _row(label: Any) -> forms.ModelChoiceField:
    return forms.ModelChoiceField(None, label=label, required=False, empty_label=_("不限"))


def _year(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=2000, max_value=2100)


def _text(label: Any, most: int) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=most)


def _units(actor: Actor, today: date) -> Any:
    return units_in_being(actor.congress_id or 0, today)


def _handlers(actor: Actor, today: date) -> Any:
    return handlers_of(actor.congress_id, today)


def _bodies(actor: Actor, today: date) -> Any:
    return bodies_of(actor.congress_id, today)


def _committees(actor: Actor, today: date) -> Any:
    return _units(actor, today).filter(function=Function.COMMITTEE)


def _years(_actor: Actor, today: date) -> list[tuple[str, str]]:
    return [(str(year), str(year)) for year in range(today.year, today.year - YEARS_BACK, -1)]


def _categories(actor: Actor, _today: date) -> list[tuple[str, str]]:
    """The codes of every scheme this congress has used."""
    codes = Category.objects.filter(version__document__congress=actor.congress_id)
    return [(code, code) for code in sorted(set(codes.values_list("code", flat=True)))]


def _legal_fields(actor: Actor, today: date) -> list[tuple[str, str]]:
    version = measure_in_force(actor.congress_id or 0, today)
    return [(option.code, option.label) for option in options_of(version, OptionKind.LEGAL_FIELD)]


class PromisesForm(FilterForm):
    OFFERED = {
        "unit": _units,
        "committee": _committees,
        "year": _years,
        "carried": _years,
        "category": _categories,
    }

    unit = _row(_("承办单位"))
    committee = _row(_("对口机构"))
    year = _choice(_("作出年度"))
    carried = _choice(_("结转到"))
    state = _choice(_("状态"), ("made", _("已作出")), ("unexplained", _("届满未说明")), *Lamp.choices)
    kind = _choice(_("类型"), *PromiseKind.choices)
    category = _choice(_("答复类别"))
    until = forms.DateField(
        label=_("时限不晚于"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class StatementsForm(FilterForm):
    OFFERED = {"unit": _handlers}

    year = _year(_("年度"))
    unit = _row(_("承办单位"))
    state = _choice(_("状态"), *StatementState.choices)


class ProgrammesForm(FilterForm):
    OFFERED = {"committee": _bodies}

    q = _text(_("主题"), 40)
    kind = _choice(_("督办方式"), *ProgrammeKind.choices)
    year = _year(_("年度"))
    state = _choice(_("状态"), ("standing", _("已列入督办")), *ProgrammeState.choices)
    committee = _row(_("牵头督办机构"))
    lead = _text(_("督办责任人"), 20)


class InstrumentsForm(FilterForm):
    OFFERED = {"unit": _handlers}

    kind = _choice(_("方式"), *InstrumentKind.choices)
    state = _choice(_("状态"), *InstrumentState.choices)
    unit = _row(_("受文单位"))


class OpinionsForm(FilterForm):
    OFFERED = {"committee": _bodies, "unit": _handlers}

    state = _choice(_("状态"), *OpinionCaseState.choices)
    committee = _row(_("跟踪督办机构"))
    unit = _row(_("研究处理单位"))


class MeetingsForm(FilterForm):
    kind = _choice(_("会议种类"), *GovernmentMeetingKind.choices)


class ProjectsForm(FilterForm):
    OFFERED = {"fund": lambda actor, _today: funds_visible_to(actor), "unit": _units}

    fund = _row(_("专项资金"))
    year = _year(_("年度"))
    unit = _row(_("项目单位"))
    state = _choice(_("状态"), ("chosen", _("已批准的")), *ProjectState.choices)
    source = _choice(_("资金来源"), ("fund", _("专项资金")), *InvestmentSource.choices)


class ReferralsForm(FilterForm):
    OFFERED = {"field": _legal_fields}

    direction = _choice(_("方向"), *Direction.choices)
    state = _choice(_("状态"), ("open", _("未终结")), *ReferralState.choices)
    field = _choice(_("法定领域"))
    clock = _choice(_("时限"), ("overdue", _("逾期")))


class PacketsForm(FilterForm):
    OFFERED = {"partner": lambda actor, _today: partners_visible_to(actor)}

    partner = _row(_("交换对象"))
    direction = _choice(_("收发"), (Direction.OUT, _("已发出")), (Direction.IN, _("已接收")))
