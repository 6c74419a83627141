"""The assignment meetings 交办会: what waits for one, what it handed to whom, its list, letters and minutes on paper."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _

from tibandu.base.doors import actor_required
from tibandu.base.flow import NotYourStep, Refused
from tibandu.base.papers import Letter, Listing, chinese_date, letter_pdf, listing_pdf
from tibandu.people.enums import Competence
from tibandu.people.models import Organ
from tibandu.people.queries import unit_holding
from tibandu.suggestions import actions, queries
from tibandu.suggestions.flow import MEETING
from tibandu.suggestions.forms import form_of
from tibandu.suggestions.forms.assigning import PlanMeetingForm
from tibandu.suggestions.models import AssignmentMeeting, Handover, Suggestion
from tibandu.suggestions.queries import assigning

LISTED = (("编号", 1.2), ("标题", 5.0), ("提出人", 1.6), ("分类", 1.4), ("单位", 2.4), ("期限", 1.4))


@actor_required
def meetings(request: HttpRequest) -> HttpResponse:
    """All meetings, and a form to prepare one for whoever assigns."""
    may_plan = request.actor.may(Competence.ASSIGN)
    if not (request.actor.is_congress_side or request.actor.dispatches_organ_id):
        raise Http404
    form = PlanMeetingForm(request.POST or None, actor=request.actor, initial={"held_on": localdate()})
    if request.method == "POST" and form.is_valid():
        if not may_plan:
            raise NotYourStep(_("召集交办会"))
        made = actions.plan_meeting(request.actor, **form.cleaned_data)
        messages.success(request, _("交办会已建好，请选取要交办的建议"))
        return redirect("suggestions:meeting", made.pk)
    context = {
        "meetings": assigning.meetings_visible_to(request.actor),
        "form": form if may_plan else None,
    }
    return render(request, "suggestions/meetings.html", context, status=422 if form.is_bound else 200)


@actor_required
def meeting(request: HttpRequest, pk: int) -> HttpResponse:
    """One meeting: what waits, what went to which organ, its papers."""
    found = _found(request, pk)
    may_assign = request.actor.may(Competence.ASSIGN)
    batches = _by_organ(list(assigning.handed_in(request.actor, found)))
    context = {
        "meeting": found,
        "waiting": _lines(request, assigning.waiting_for(found)) if request.actor.is_congress_side else [],
        "batches": batches,
        "handed": sum(len(rows) for _organ, rows in batches),
        "may_assign": may_assign,
        "may_hold": may_assign and found.state == "planned",
    }
    return render(request, "suggestions/meeting.html", context)


@actor_required
def hold_meeting(request: HttpRequest, pk: int) -> HttpResponse:
    """The minutes are written and the meeting counts as held."""
    found = _found(request, pk)
    step = MEETING.check("hold_meeting", request.actor, found, localdate())
    form = form_of("hold_meeting")(request.POST or None, actor=request.actor, case=found, today=localdate())
    if request.method == "POST" and form.is_valid():
        actions.hold_meeting(request.actor, found, at=now(), **form.cleaned_data)
        messages.success(request, step.label)
        return redirect("suggestions:meeting", pk)
    context = {"step": step, "meeting": found, "form": form}
    return render(request, "suggestions/hold_meeting.html", context, status=422 if form.is_bound else 200)


@actor_required
def meeting_paper(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """A list, a letter to one organ, or the minutes, as PDF."""
    found = _found(request, pk)
    makers = {
        "waiting": _waiting_paper,
        "list": _list_paper,
        "letter": _letter_paper,
        "minutes": _minutes_paper,
    }
    if kind not in makers:
        raise Http404
    response = HttpResponse(makers[kind](request, found), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{kind}-{pk}.pdf"'
    return response


def _found(request: HttpRequest, pk: int) -> AssignmentMeeting:
    try:
        return assigning.meetings_visible_to(request.actor).get(pk=pk)
    except ObjectDoesNotExist:
        raise Http404 from None


def _by_organ(rows: list[Handover]) -> list[tuple[Organ, list[Handover]]]:
    organs = {row.organ_id: row.organ for row in rows}
    return [(organ, [row for row in rows if row.organ_id == pk]) for pk, organ in organs.items()]


def _lines(request: HttpRequest, cases: Any) -> list[dict[str, Any]]:
    return [{"case": case, "authors": "、".join(queries.author_names(request.actor, case))} for case in cases]


def _cells(request: HttpRequest, case: Suggestion, units: str, due_on: date | None) -> tuple[str, ...]:
    authors = queries.author_names(request.actor, case)
    named = authors[0] + (_("等%(n)s人") % {"n": len(authors)} if len(authors) > 1 else "") if authors else ""
    subject = str(case.subject or "")
    return (case.number_text, case.title, named, subject, units, due_on.isoformat() if due_on else "")


def _waiting_paper(request: HttpRequest, found: AssignmentMeeting) -> bytes:
    if not request.actor.is_congress_side:
        raise Http404
    rows = [
        _cells(request, case, str(case.proposed_unit or ""), None) for case in assigning.waiting_for(found)
    ]
    return _listing(found, _("拟交办代表建议清单"), rows)


def _list_paper(request: HttpRequest, found: AssignmentMeeting) -> bytes:
    wanted = request.GET.get("organ", "")
    rows = [row for row in assigning.handed_in(request.actor, found) if wanted in ("", str(row.organ_id))]
    cells = [_cells(request, row.suggestion, _units(row), row.suggestion.due_on) for row in rows]
    return _listing(found, _("交办代表建议清单"), cells)


def _units(row: Handover) -> str:
    return "、".join(str(share) for share in row.assignments.all()) or row.organ.name


def _listing(found: AssignmentMeeting, title: str, rows: list[tuple[str, ...]]) -> bytes:
    subtitle = f"{found.title}　{chinese_date(found.held_on)}"
    footer = _("共 %(n)s 件") % {"n": len(rows)}
    return listing_pdf(
        Listing(title=title, subtitle=subtitle, columns=LISTED, rows=tuple(rows), footer=footer)
    )


def _letter_paper(request: HttpRequest, found: AssignmentMeeting) -> bytes:
    """The letter that goes with the list to one organ."""
    batches = _by_organ(list(assigning.handed_in(request.actor, found)))
    match = [(organ, rows) for organ, rows in batches if str(organ.pk) == request.GET.get("organ")]
    if not match:
        raise Http404
    organ, rows = match[0]
    body = [
        (0, _("经审查，现将%(n)s件代表建议交由你们办理。") % {"n": len(rows)}),
        (0, _("请按照办法规定的期限办理并答复代表，办理中主动与代表联系，答复前充分沟通。")),
        (0, _("建议清单附后。")),
    ]
    return _letter(found, _("关于交办代表建议的函"), organ.name, body, (_("交办代表建议清单"),))


def _minutes_paper(request: HttpRequest, found: AssignmentMeeting) -> bytes:
    lines = [line for line in found.minutes.splitlines() if line.strip()]
    if not lines:
        raise Refused(_("还没有会议纪要。"))
    body = [(0, line) for line in lines]
    if found.attended:
        body.append((0, _("参加：%(who)s") % {"who": found.attended}))
    return _letter(found, _("%(title)s会议纪要") % {"title": found.title}, "", body, ())


def _letter(
    found: AssignmentMeeting,
    title: str,
    to: str,
    body: list[tuple[int, str]],
    attachments: tuple[str, ...],
) -> bytes:
    holder = unit_holding(found.congress_id, Competence.ASSIGN)
    unit = holder.name if holder else found.congress.name
    letter = Letter(
        organ=unit,
        masthead=unit,
        number="",
        title=title,
        salutation=f"{to}：" if to else "",
        body=tuple(body),
        signatory=unit,
        signed_on=found.held_on,
        attachments=attachments,
    )
    return letter_pdf(letter)
