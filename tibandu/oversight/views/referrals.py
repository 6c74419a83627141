"""The pages between suggestions and the procuratorate: the ledger, one referral, its letter and papers, and how one begins."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext_lazy as _

from tibandu.base import columns as table
from tibandu.base.columns import Column
from tibandu.base.doors import actor_required
from tibandu.base.files import KINDS, open_stored
from tibandu.base.flow import Refused
from tibandu.base.papers import Letter, letter_pdf
from tibandu.base.sheets import write_xlsx
from tibandu.base.whole import whole
from tibandu.oversight import actions
from tibandu.oversight.enums import CopyState, Direction, ReferralState
from tibandu.oversight.flow.referrals import PROCURATORATE
from tibandu.oversight.forms.referrals import OpenReferralForm, ReceivePaperForm, ReferralsForm
from tibandu.oversight.models import ProcuratorialPaper, Referral
from tibandu.oversight.queries import referrals as queries
from tibandu.oversight.views.casepage import context_of
from tibandu.people.enums import Competence
from tibandu.people.queries import unit_holding

PAGE = 50
MOST = 5000
S = ReferralState
# The way of each direction as a line; where two ways part the page shows the one that was taken.
WAYS = {
    Direction.OUT: (S.SCREENED, S.PASSED, S.LOGGED, S.ASSESSED, S.FILED, S.RECOMMENDED, S.AGENCY_REPLIED),
    Direction.IN: (S.RECEIVED, S.EVALUATED, S.ASKED, S.DRAFTING, S.CLOSED),
}
ENDINGS = {
    S.DROPPED: (S.SCREENED, S.DROPPED),
    S.NOT_FILED: (S.SCREENED, S.PASSED, S.LOGGED, S.ASSESSED, S.NOT_FILED),
    S.SET_ASIDE: (S.RECEIVED, S.SET_ASIDE),
    S.NOT_RECTIFIED: (*WAYS[Direction.OUT], S.NOT_RECTIFIED, S.SUIT, S.JUDGED, S.CLOSED),
}
ENDINGS |= {S.SUIT: ENDINGS[S.NOT_RECTIFIED], S.JUDGED: ENDINGS[S.NOT_RECTIFIED]}


def columns(today: date) -> list[Column]:
    """Every column of the ledger, in order."""
    return [
        Column("number", _("编号"), lambda r: r.number_text, kind="code", width=16),
        Column("title", _("事项"), str, kind="title", width=40, href=Referral.get_absolute_url),
        Column("direction", _("方向"), lambda r: r.get_direction_display(), width=18),
        Column(
            "state",
            _("状态"),
            lambda r: r.get_state_display(),
            kind="state",
            width=16,
            tone=lambda r: queries.tone_of(r, today),
        ),
        Column("due", _("回复期限"), lambda r: r.due_on, kind="clock", width=16, done=lambda r: r.stopped_on),
        Column("copy", _("文书抄送期限"), lambda r: r.copy_due, kind="clock", width=16),
        Column("field", _("法定领域"), lambda r: str(r.field or ""), width=18),
        Column("agency", _("行政机关"), lambda r: r.agency_text, width=16),
        Column("suggestion", _("建议编号"), _suggestion_number, kind="code", width=14),
        Column("opened", _("开始日期"), lambda r: r.opened_on, kind="date", default=False),
        Column("closed", _("终结日期"), lambda r: r.closed_on, kind="date", default=False),
        Column("outcome", _("结果"), lambda r: r.outcome, kind="long", width=40, default=False),
    ]


def _suggestion_number(referral: Referral) -> str:
    suggestion = queries.shown_suggestion(referral)
    return suggestion.number_text if suggestion else ""


@actor_required
def referrals(request: HttpRequest) -> HttpResponse:
    """The ledger: what went to the procuratorate, what came from it, how far each is."""
    today = localdate()
    form = ReferralsForm(request.GET, actor=request.actor, today=today)
    wanted = form.wanted()
    start = whole(request.GET.get("start", "")) or 0
    found = queries.referrals_on_ledger(request.actor, wanted, today)
    rows = list(found[start : start + PAGE + 1])
    every = columns(today)
    chosen = table.chosen(every, request.GET.getlist("c"))
    ledger = {
        "menu": table.menu_html(every, chosen),
        "head": table.head_html(chosen),
        "body": table.rows_html(chosen, rows[:PAGE], today=today),
        "rows": rows[:PAGE],
        "filters": _chips(request.GET, form, wanted),
        "filter_form": form if "filter" in request.GET else None,
        "filter_url": _with(request.GET, filter=1),
        "close_url": _with(request.GET, filter=""),
        "totals": [(_("本页"), len(rows[:PAGE]))],
        "export_url": reverse("oversight:referrals_export") + _with(request.GET),
        "next_url": _with(request.GET, start=start + PAGE) if len(rows) > PAGE else "",
        "previous_url": _with(request.GET, start=max(0, start - PAGE)) if start else "",
        "empty": _("没有符合条件的线索或者文书"),
    }
    may = {"open": request.actor.is_congress_side, "receive": _may_receive(request)}
    return render(request, "oversight/referrals.html", {"ledger": ledger, "may": may})


def _may_receive(request: HttpRequest) -> bool:
    actor = request.actor
    here = Referral(congress_id=actor.congress_id)
    return bool(PROCURATORATE.holds(actor, here)) or actor.may(Competence.SCREEN)


@actor_required
def export(request: HttpRequest) -> HttpResponse:
    """The same rows and columns as a spreadsheet."""
    today = localdate()
    form = ReferralsForm(request.GET, actor=request.actor, today=today)
    chosen = table.chosen(columns(today), request.GET.getlist("c"))
    rows = queries.referrals_on_ledger(request.actor, form.wanted(), today)[:MOST]
    content = write_xlsx(chosen, list(rows), title=str(_("公益诉讼衔接台账")))
    response = HttpResponse(
        content, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    response["Content-Disposition"] = f'attachment; filename="referrals-{today.isoformat()}.xlsx"'
    return response


@actor_required
def referral(request: HttpRequest, pk: int) -> HttpResponse:
    """One referral: where it stands, the suggestion, the papers and their clocks, meetings, what happened."""
    found, today = _found(request, pk), localdate()
    papers = queries.papers_of(request.actor, found)
    meetings = list(queries.consultations_of(found))
    suggestion = queries.shown_suggestion(found)
    context = context_of(request.actor, "referral", found, {"procuratorial_paper": papers}, today)
    context |= {
        "tone": queries.tone_of(found, today),
        "way": _way(found),
        "papers": [(paper, _may_open(request, paper)) for paper in papers],
        "meetings": meetings,
        "suggestion": suggestion,
        "may_open_case": queries.sees_case(request.actor, suggestion),
        "authors": "、".join(queries.names_of(request.actor, found)),
        "asked": found.asked if found.asked and queries.knows_asked(request.actor, found) else None,
        "is_drafting": found.suggestion_id is not None and suggestion is None,
        "results": queries.results_of(suggestion),
        "has_letter": found.direction == Direction.OUT and _may_print(request, found),
        "sections": _sections(found, papers, meetings),
    }
    return render(request, "oversight/referral.html", context)


def _may_open(request: HttpRequest, paper: ProcuratorialPaper) -> bool:
    """A paper's words and file are the congress's only once it has been given its copy."""
    return paper.state == CopyState.COPIED or bool(PROCURATORATE.holds(request.actor, paper))


def _may_print(request: HttpRequest, found: Referral) -> bool:
    return found.suggestion_id is not None and (
        request.actor.is_congress_side or bool(PROCURATORATE.holds(request.actor, found))
    )


def _way(found: Referral) -> list[tuple[Any, str]]:
    """The states on the way, each past, now or to come; a phone shows those around the present one."""
    state = S(found.state)
    way: tuple[ReferralState, ...] = ENDINGS.get(state) or WAYS[Direction(found.direction)]
    if found.direction == Direction.OUT and state not in ENDINGS:
        way = (*way, S.RECTIFIED, S.CLOSED)
    at = way.index(state)
    return [(step.label, _place(place - at)) for place, step in enumerate(way)]


def _place(away: int) -> str:
    place = "now" if away == 0 else "past" if away < 0 else ""
    return place if abs(away) <= 1 else f"{place} desk-only"


def _sections(found: Referral, papers: list[Any], meetings: list[Any]) -> list[tuple[str, Any, int | None]]:
    parts: list[tuple[str, Any, int | None]] = [
        ("matter", _("事项"), None),
        ("papers", _("文书"), len(papers)),
        ("meetings", _("会商"), len(meetings)),
        ("timeline", _("时间线"), None),
    ]
    return [part for part in parts if part[2] is None or part[2]]


@actor_required
def open_referral(request: HttpRequest) -> HttpResponse:
    """Chooses a suggestion, then says what public interest is harmed."""
    actor, today = request.actor, localdate()
    if not actor.is_congress_side:
        raise Http404
    asked = whole(request.POST.get("suggestion") or request.GET.get("suggestion", ""))
    words = request.GET.get("q", "").strip()
    chosen = queries.referable(actor).filter(pk=asked).first() if asked else None
    posted = request.POST if request.method == "POST" else None
    form = OpenReferralForm(posted, actor=actor, today=today, initial={"suggestion": asked})
    if posted is not None and form.is_valid() and (made := _begun(request, form, actions.open_referral)):
        return redirect(made)
    context = {
        "form": form if chosen else None,
        "chosen": chosen,
        "words": words,
        "found": [] if chosen else queries.referable(actor, words)[: queries.CANDIDATES],
    }
    return render(request, "oversight/referral_open.html", context, status=422 if form.is_bound else 200)


@actor_required
def receive_paper(request: HttpRequest) -> HttpResponse:
    """Takes in a paper that may become a suggestion."""
    if not _may_receive(request):
        raise Http404
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ReceivePaperForm(*posted, actor=request.actor, today=localdate())
    if posted and form.is_valid() and (made := _begun(request, form, actions.receive_paper)):
        return redirect(made)
    return render(
        request, "oversight/referral_receive.html", {"form": form}, status=422 if form.is_bound else 200
    )


def _begun(request: HttpRequest, form: Any, action: Any) -> Referral | None:
    """Begins a referral; a refusal is put at the field it names, or above the form."""
    try:
        made: Referral = action(request.actor, at=now(), **form.cleaned_data)
    except Refused as refusal:
        for field, sentence in (refusal.fields or {"": refusal.sentence}).items():
            form.add_error(field if field in form.fields else None, sentence)
        return None
    messages.success(request, _("已登记：%(title)s") % {"title": made})
    return made


@actor_required
def referral_letter(request: HttpRequest, pk: int) -> HttpResponse:
    """The letter that goes with the lead, as PDF."""
    found = _found(request, pk)
    if not _may_print(request, found):
        raise Http404
    response = HttpResponse(letter_pdf(_letter(request, found)), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="referral-{pk}.pdf"'
    return response


def _letter(request: HttpRequest, found: Referral) -> Letter:
    holder = unit_holding(found.congress_id, Competence.SCREEN)
    unit = holder.name if holder else found.congress.name
    suggestion = found.suggestion
    about = _("经筛选，代表建议《%(title)s》（%(number)s）反映的情况涉及公共利益，现作为公益诉讼线索移送。")
    body = [
        (0, about % {"title": suggestion.title, "number": suggestion.number_text} if suggestion else ""),
        (0, _("法定领域：%(field)s。") % {"field": found.field or ""}),
        (0, found.reason),
        (0, _("建议仍按交办程序由有关单位办理。是否立案由你院依法决定，有关文书请按期抄送。")),
    ]
    to = queries.procuratorate_name(found)
    return Letter(
        organ=unit,
        masthead=unit,
        number=found.letter_no,
        title=str(_("关于移送公益诉讼线索的函")),
        salutation=f"{to}：",
        body=tuple((level, str(text)) for level, text in body if text),
        signatory=unit,
        signed_on=found.passed_on or localdate(),
        attachments=(str(_("代表建议原文")),),
    )


@actor_required
def referral_paper(request: HttpRequest, pk: int) -> FileResponse:
    """The file of a paper, to whoever may read it."""
    paper = queries.paper_with_file(request.actor, pk)
    if paper is None or paper.file is None:
        raise Http404
    return FileResponse(
        open_stored(paper.file.sha256),
        as_attachment=True,
        filename=paper.file_name,
        content_type=KINDS.get(paper.file.kind, "application/octet-stream"),
    )


def _found(request: HttpRequest, pk: int) -> Referral:
    found = queries.referrals_visible_to(request.actor).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _with(query: QueryDict, **changes: Any) -> str:
    """The address of this ledger with some parameters changed; paging starts anew unless it is the change."""
    kept = [
        (key, value) for key, values in query.lists() for value in values if key not in {*changes, "start"}
    ]
    return "?" + urlencode([*kept, *((key, value) for key, value in changes.items() if value != "")])


def _chips(query: QueryDict, form: ReferralsForm, wanted: dict[str, Any]) -> list[tuple[Any, str, str]]:
    chips = []
    for name, value in wanted.items():
        labels = dict(form.fields[name].choices)  # type: ignore[attr-defined]
        chips.append((form.fields[name].label, str(labels.get(value, value)), _with(query, **{name: ""})))
    return chips
