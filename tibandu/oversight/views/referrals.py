"""The pages between suggestions and the procuratorate: one referral, its letter and papers, and how one begins."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext_lazy as _

from tibandu.base.doors import actor_required
from tibandu.base.files import KINDS, open_stored
from tibandu.base.flow import Refused
from tibandu.base.papers import letter_pdf
from tibandu.base.whole import whole
from tibandu.oversight import actions
from tibandu.oversight.enums import CopyState, Direction, ReferralState
from tibandu.oversight.flow.referrals import PROCURATORATE
from tibandu.oversight.forms.referrals import OpenReferralForm, ReceivePaperForm
from tibandu.oversight.models import ProcuratorialPaper, Referral
from tibandu.oversight.queries import referrals as queries
from tibandu.oversight.queries.letters import letter_of_referral
from tibandu.oversight.queries.packets import letters_received
from tibandu.oversight.queries.programmes import enclosures_of
from tibandu.oversight.views.casepage import context_of
from tibandu.oversight.views.ledgers.referrals import may_receive

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
        "files": [
            *enclosures_of("referral", [found.pk]).get(found.pk, ()),
            *letters_received(request.actor, referral=found),
        ],
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
    if not may_receive(request.actor):
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
    response = HttpResponse(
        letter_pdf(letter_of_referral(found, localdate())), content_type="application/pdf"
    )
    response["Content-Disposition"] = f'inline; filename="referral-{pk}.pdf"'
    return response


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
