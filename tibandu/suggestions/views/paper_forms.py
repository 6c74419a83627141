"""Printed forms: a step as a sheet with a code, to be filled in by pen and typed in by the office (advantage A12)."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tibandu.base.codes import form_code
from tibandu.base.doors import actor_required
from tibandu.base.flow import Moved, out_of_turn
from tibandu.base.papers import Form, Section, Writing, boxes, form_pdf
from tibandu.base.rows import RowsField
from tibandu.suggestions import queries
from tibandu.suggestions.enums import PAPER_CODES
from tibandu.suggestions.flow import flow_of
from tibandu.suggestions.forms import form_of
from tibandu.suggestions.models import Suggestion

KIND_OF = {step: code for code, step in PAPER_CODES.items()}
MOST_BOXES = 14
SHEETS = {
    "sign_for": gettext_lazy("签收单"),
    "object": gettext_lazy("申退单"),
    "confirm_contact": gettext_lazy("联系确认单"),
    "request_withdrawal": gettext_lazy("撤回申请单"),
    "rate": gettext_lazy("征询意见表"),
}


@actor_required
def paper_form(request: HttpRequest, noun: str, pk: int, verb: str) -> HttpResponse:
    """The sheet of one step on one row; whoever sees the row may print it, entering needs two clerks."""
    found = queries.row_on_page(request.actor, noun, pk) if (noun, verb) in KIND_OF else None
    if found is None:
        raise Http404
    case, row = found
    step = flow_of(noun, verb).step(verb)
    if row.state not in step.sources:
        raise Moved(out_of_turn(step, row))
    asked = form_of(verb)(actor=request.actor, case=row, today=localdate())
    code = form_code(KIND_OF[noun, verb], row.pk)
    sheet = Form(
        title=_("代表建议%(sheet)s") % {"sheet": SHEETS[verb]},
        code=code,
        link=request.build_absolute_uri(f"{reverse('suggestions:paper_code')}?code={code}"),
        organ=case.congress.name,
        sections=(Section(_("事项"), tuple(_head(request, case, row))), *_ticks(asked)),
        writing=tuple(_writing(asked)),
        signatures=(_signature(noun),),
        notes=(_("请用钢笔或者签字笔填写，交代表工作机构凭右上角编码录入，录入须经另一人复核。"),),
    )
    response = HttpResponse(form_pdf(sheet), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{verb}-{pk}.pdf"'
    return response


def _head(request: HttpRequest, case: Suggestion, row: Any) -> list[tuple[str, str]]:
    share = row if hasattr(row, "unit_id") else getattr(row, "assignment", None)
    lines = [
        (_("编号"), case.number_text or _("未编号")),
        (_("标题"), case.title),
        (_("提出人"), "、".join(queries.author_names(request.actor, case))),
    ]
    if share is not None:
        lines += [
            (_("承办单位"), str(share)),
            (_("交办日期"), share.assigned_on.isoformat()),
            (_("办理期限"), share.due_on.isoformat()),
        ]
    return lines + _said(request, row)


def _said(request: HttpRequest, row: Any) -> list[tuple[str, str]]:
    """Of a contact, what the deputy is asked to confirm."""
    if not hasattr(row, "said"):
        return []
    is_named = queries.knows_authors(request.actor, row.suggestion)
    proposer = row.proposer.name if is_named else _("（保密）")
    return [
        (_("阶段"), row.stage.label),
        (_("代表"), proposer),
        (_("方式"), row.get_mode_display()),
        (_("联系日期"), row.held_on.isoformat()),
        (_("沟通内容"), row.said),
    ]


def _ticks(asked: forms.Form) -> list[Section]:
    """What is chosen is ticked; short answers get a line."""
    rows = []
    for field in asked:
        kind = field.field
        if isinstance(kind, forms.ChoiceField):
            labels = [str(label) for value, label in kind.choices if value not in ("", None)]
            rows.append((str(field.label), boxes(*labels) if 0 < len(labels) <= MOST_BOXES else ""))
        elif isinstance(kind, forms.BooleanField):
            rows.append((str(field.label), boxes(_("是"), _("否"))))
        elif not _is_long(kind):
            rows.append((str(field.label), ""))
    return [Section(_("填写"), tuple(rows))] if rows else []


def _writing(asked: forms.Form) -> list[Writing]:
    return [Writing(str(field.label)) for field in asked if _is_long(field.field)]


def _is_long(field: forms.Field) -> bool:
    return isinstance(field.widget, forms.Textarea) or isinstance(field, RowsField)


def _signature(noun: str) -> str:
    return _("承办单位（盖章）") if noun == "assignment" else _("代表签名")
