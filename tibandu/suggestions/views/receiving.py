"""The pages of what came in: a deputy's own and co-signed ones, files, the screening desk, what the office types in."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tibandu.base.casepages import Button
from tibandu.base.clock import WorkingDays
from tibandu.base.doors import actor_required
from tibandu.base.files import KINDS, open_stored
from tibandu.base.flow import NotYourStep, Refused
from tibandu.people.enums import Competence
from tibandu.regulations.queries import working_days
from tibandu.suggestions import actions, queries
from tibandu.suggestions.enums import ON_FILE, WRITABLE, Consent, State
from tibandu.suggestions.flow import INTAKE
from tibandu.suggestions.forms.screening import ClassifiedForm, EnterForm
from tibandu.suggestions.models import Proposer, Suggestion
from tibandu.suggestions.queries.intake import attachment_for, notice_due_on, screening_queue
from tibandu.suggestions.queries.intake import mine as rows_of_mine
from tibandu.suggestions.queries.similar import similar_to_case

TONES = {
    State.DRAFT: "draft",
    State.COSIGNING: "waiting",
    State.SUBMITTED: "waiting",
    State.RETURNED: "near",
    State.WITHDRAWAL_SUGGESTED: "near",
    State.NOT_ACCEPTED: "refused",
    State.REGISTERED: "going",
    State.ASSIGNED: "going",
    State.FOLLOW_UP: "going",
    State.CLOSED: "done",
}


@dataclass
class Pile:
    """Some of a deputy's suggestions under one heading, with the verb asked of the deputy."""

    label: Any
    items: list[dict[str, Any]] = field(default_factory=list)


@actor_required
def mine(request: HttpRequest) -> HttpResponse:
    """What a deputy stands behind: invitations first, then what waits for the deputy, then the rest."""
    if not request.actor.is_deputy:
        raise NotYourStep(_("我的建议"))
    piles = {
        "invited": Pile(gettext_lazy("邀请我联名")),
        "unfinished": Pile(gettext_lazy("还没有提交")),
        "received": Pile(gettext_lazy("等待审查")),
        "on_file": Pile(gettext_lazy("在办和办结")),
        "ended": Pile(gettext_lazy("未立案的")),
    }
    for proposer in rows_of_mine(request.actor):
        piles[_pile_of(proposer)].items.append(_item(proposer))
    return render(
        request, "suggestions/mine.html", {"piles": [pile for pile in piles.values() if pile.items]}
    )


def _pile_of(proposer: Proposer) -> str:
    state = proposer.suggestion.state
    if proposer.state == Consent.INVITED and state in WRITABLE:
        return "invited"
    if state in WRITABLE:
        return "unfinished"
    if state == State.SUBMITTED:
        return "received"
    return "on_file" if state in (*ON_FILE, State.MERGED) else "ended"


def _item(proposer: Proposer) -> dict[str, Any]:
    suggestion = proposer.suggestion
    lead = next((p.name for p in suggestion.proposers.all() if p.is_lead), "")
    others = sum(1 for p in suggestion.proposers.all() if p.state == Consent.CONFIRMED) - 1
    url, verb = reverse("suggestions:case", args=[suggestion.pk]), ""
    if proposer.state == Consent.INVITED and suggestion.state in WRITABLE:
        url, verb = reverse("suggestions:confirm_text", args=[proposer.pk]), _("看全文并确认")
    elif proposer.is_lead and suggestion.state in WRITABLE:
        url, verb = reverse("suggestions:edit", args=[suggestion.pk]), _("接着写")
    return {
        "number": suggestion.number_text,
        "title": suggestion.title or _("（无标题）"),
        "url": url,
        "verb": verb,
        "tone": TONES.get(State(suggestion.state), "ended"),
        "word": suggestion.get_state_display(),
        "lead": "" if proposer.is_lead else lead,
        "others": max(others, 0),
        "merged_into": suggestion.merged_into,
    }


@actor_required
def attachment(request: HttpRequest, pk: int) -> FileResponse:
    """A file of a case, to whoever sees the paper it belongs to."""
    found = attachment_for(request.actor, pk)
    if found is None:
        raise Http404
    return FileResponse(
        open_stored(found.file.sha256),
        as_attachment=True,
        filename=found.name,
        content_type=KINDS.get(found.file.kind, "application/octet-stream"),
    )


@actor_required
def screening(request: HttpRequest) -> HttpResponse:
    """What waits for screening, and one of it side by side with those like it."""
    if not request.actor.may(Competence.SCREEN):
        raise NotYourStep(_("审查"))
    today = localdate()
    days = working_days()
    waiting = [_waiting(request, row, days) for row in screening_queue(request.actor)]
    asked = request.GET.get("at", "")
    chosen = next((item for item in waiting if str(item["case"].pk) == asked), None)
    if chosen is None and waiting and not asked:
        chosen = waiting[0]
    context: dict[str, Any] = {"waiting": waiting, "chosen": chosen}
    if chosen:
        context |= _at_the_desk(request, chosen["case"].pk, today)
    return render(request, "suggestions/screening.html", context)


def _waiting(request: HttpRequest, row: Suggestion, days: WorkingDays) -> dict[str, Any]:
    return {
        "case": row,
        "authors": queries.author_names(request.actor, row),
        "due_on": notice_due_on(row, days),
        "url": f"{reverse('suggestions:screening')}?at={row.pk}",
    }


def _at_the_desk(request: HttpRequest, pk: int, today: Any) -> dict[str, Any]:
    case = queries.on_page(request.actor, pk)
    found = similar_to_case(request.actor, case)
    offers = INTAKE.offers(request.actor, case, today)
    back = reverse("suggestions:screening")
    return {
        "case": case,
        "authors": queries.author_names(request.actor, case),
        "similar": found,
        "sides": [_side(item.suggestion, item.percent, item.answer) for item in found[:3]],
        "offers": [_offer(Button(offer, "suggestions", case), back) for offer in offers],
    }


def _offer(button: Button, back: str) -> dict[str, Any]:
    """A button whose step comes back to the desk."""
    names = ("verb", "label", "refusal", "primary")
    return {name: getattr(button, name) for name in names} | {"url": f"{button.url}?next={back}"}


def _side(suggestion: Suggestion, percent: int, answer: str) -> dict[str, Any]:
    number = suggestion.number_text or suggestion.get_state_display()
    meta = [number, _("相近 %(n)s%%") % {"n": percent}, answer]
    asks = [f"{ask.number}. {ask.text}" for ask in suggestion.asks.all()]
    return {
        "title": suggestion.title,
        "url": reverse("suggestions:case", args=[suggestion.pk]),
        "meta": " · ".join(part for part in meta if part),
        "paragraphs": [text for text in (suggestion.facts, suggestion.analysis, *asks) if text],
    }


@actor_required
def enter(request: HttpRequest) -> HttpResponse:
    """A signed paper, a motion turned suggestion or what another level passed on, typed in by the office."""
    return _typed_in(request, EnterForm, actions.enter, _("代为录入建议"))


@actor_required
def enter_classified(request: HttpRequest) -> HttpResponse:
    """The stub of a classified suggestion."""
    return _typed_in(request, ClassifiedForm, actions.register_classified, _("登记涉密件"))


def _typed_in(request: HttpRequest, form_class: Any, action: Any, title: str) -> HttpResponse:
    if not request.actor.may(Competence.SCREEN):
        raise NotYourStep(title)
    form = form_class(
        request.POST or None, request.FILES or None, actor=request.actor, case=None, today=localdate()
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = action(request.actor, at=now(), **form.cleaned_data)
        except Refused as refusal:
            for name, sentence in (refusal.fields or {None: refusal.sentence}).items():
                form.add_error(name if name in form.fields else None, sentence)
        else:
            messages.success(request, title)
            return redirect("suggestions:case", made.pk)
    context = {"form": form, "title": title}
    return render(request, "suggestions/enter.html", context, status=422 if form.is_bound else 200)
