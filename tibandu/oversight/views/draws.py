"""The pages of random draws: a list to freeze, one draw with all that is needed to make it again."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext_lazy as _

from tibandu.base.doors import actor_required
from tibandu.base.flow import NotYourStep, Refused
from tibandu.oversight import actions
from tibandu.oversight.enums import DrawState, LotState
from tibandu.oversight.flow.draws import DRAWER
from tibandu.oversight.forms.draws import FreezeDrawForm
from tibandu.oversight.models import Draw
from tibandu.oversight.queries import draws as queries
from tibandu.oversight.views.casepage import context_of
from tibandu.oversight.views.ledgers.programmes import DRAW_TONES


@actor_required
def freeze_draw(request: HttpRequest) -> HttpResponse:
    """The form by which a list is frozen, with how many answers it would hold."""
    if not DRAWER.holds(request.actor, None):
        raise NotYourStep(_("冻结抽查名单"))
    today = localdate()
    first = {"since": date(today.year, 1, 1), "until": today, "wanted": 5}
    form = FreezeDrawForm(request.POST or None, actor=request.actor, today=today, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.freeze_draw(request.actor, at=now(), **form.cleaned_data)
        except Refused as refusal:
            for field, sentence in (refusal.fields or {"": refusal.sentence}).items():
                form.add_error(field if field in form.fields else None, sentence)
        else:
            messages.success(request, _("名单已冻结，摘要已公布。"))
            return redirect(made)
    listed = queries.claims(request.actor, first["since"], first["until"]).count()
    context = {"form": form, "listed": listed}
    return render(request, "oversight/draw_freeze.html", context, status=422 if form.is_bound else 200)


@actor_required
def draw(request: HttpRequest, pk: int) -> HttpResponse:
    """One draw: list, digest, seed, method, what was picked, and how to make it again."""
    found = _found(request, pk)
    lots = list(found.lots.select_related("reply"))
    chosen = sorted((lot for lot in lots if lot.place), key=lambda lot: lot.place or 0)
    open_lots = [lot for lot in chosen if lot.state == LotState.PICKED]
    context: dict[str, Any] = context_of(request.actor, "draw", found, {"lot": open_lots}, localdate())
    context |= {
        "tone": DRAW_TONES.get(DrawState(found.state), "done"),
        "lots": [(lot, lot.line.split("\t")) for lot in lots],
        "chosen": [(lot, lot.line.split("\t")) for lot in chosen],
        "holds": queries.list_holds(found),
        "agrees": queries.recomputed(found) == [lot.number for lot in chosen],
        "may_open": request.actor.is_congress_side,
    }
    return render(request, "oversight/draw.html", context)


@actor_required
def draw_list(request: HttpRequest, pk: int) -> HttpResponse:
    """The frozen list, byte for byte as it was hashed."""
    response = HttpResponse(queries.text_of(_found(request, pk)), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="draw-{pk}.txt"'
    return response


@actor_required
def draw_json(request: HttpRequest, pk: int) -> HttpResponse:
    """All that is needed to make the draw again, for a program."""
    told = queries.as_told(_found(request, pk))
    response = JsonResponse(told, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = f'attachment; filename="draw-{pk}.json"'
    return response


def _found(request: HttpRequest, pk: int) -> Draw:
    found = queries.draws_visible_to(request.actor).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
