"""The pages of the exchange: what was sent and taken, with whom, and a packet looked at before it is taken."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext_lazy as _

from tibandu.base.casepages import buttons
from tibandu.base.doors import actor_required
from tibandu.base.files import open_stored
from tibandu.base.flow import Refused
from tibandu.base.ledgers import shown
from tibandu.base.packets import fingerprint
from tibandu.oversight import actions
from tibandu.oversight.enums import Direction
from tibandu.oversight.forms.packets import BringForm, PartnerForm
from tibandu.oversight.models import Packet
from tibandu.oversight.queries import packets as queries
from tibandu.oversight.room import ROOM
from tibandu.oversight.views.ledgers.referrals import PACKETS
from tibandu.people.enums import Competence
from tibandu.people.queries import congress_of

MOST_LETTERS = 20


def exchanging(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Only for who has partners in sight or may add one."""

    def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not PACKETS.opens(request.actor):
            raise Http404
        return view(request, *args, **kwargs)

    return actor_required(inside)


@exchanging
def packets(request: HttpRequest) -> HttpResponse:
    """The partners with their steps, packets newest first, and our own key."""
    actor, today = request.actor, localdate()
    rows = list(queries.partners_visible_to(actor))
    us = queries.own_party(rows[0].congress if rows else congress_of(actor))
    partners = [
        (row, fingerprint(row.public_key), buttons(ROOM, actor, {"partner": [row]}, today, case="partner"))
        for row in rows
    ]
    return shown(
        PACKETS,
        request,
        partners=partners,
        letters=queries.letters_received(actor)[:MOST_LETTERS] if rows else (),
        us=us,
        our_fingerprint=fingerprint(us.key),
        may_exchange=actor.may(Competence.SCREEN),
    )


@exchanging
def add_partner(request: HttpRequest) -> HttpResponse:
    """Trusts a key that was handed over in person."""
    if not request.actor.may(Competence.SCREEN):
        raise Http404
    form = PartnerForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _done(
        form, lambda: actions.add_partner(request.actor, at=now(), **form.cleaned_data)
    ):
        messages.success(request, _("已添加交换对象"))
        return redirect("oversight:packets")
    return render(
        request, "oversight/packet_partner.html", {"form": form}, status=422 if form.is_bound else 200
    )


@exchanging
def packet_import(request: HttpRequest) -> HttpResponse:
    """First what a packet holds and who signed it; then, from the same bytes, taking it."""
    if not request.actor.may(Competence.SCREEN):
        raise Http404
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    form = BringForm(*posted)
    context: dict[str, Any] = {"form": form}
    if "take" in request.POST:
        return _take(request)
    if form.is_valid():
        content = form.cleaned_data["packet"]
        looked: list[Any] = []
        if _done(form, lambda: looked.append(actions.look_at(request.actor, content)), field="packet"):
            context |= _shown(*looked[0]) | {"held": actions.hold_packet(content)}
            return render(request, "oversight/packet_import.html", context)
    return render(request, "oversight/packet_import.html", context, status=422 if form.is_bound else 200)


def _take(request: HttpRequest) -> HttpResponse:
    """What was looked at is read anew and judged anew; only then is it taken."""
    content = actions.held_packet(request.POST.get("take", ""))
    if content is None:
        raise Http404
    try:
        taken = actions.take_packet(request.actor, content, at=now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("oversight:packet_import")
    messages.success(request, _("已接收：%(title)s。回执已备好，请带回对方。") % {"title": taken.title})
    return redirect("oversight:packets")


def _shown(partner: Any, packet: Any, body: Any) -> dict[str, Any]:
    """A packet in the words of its ledger."""
    missing = packet.heading.sequence - partner.last_seen - 1
    return {
        "partner": partner,
        "heading": packet.heading,
        "digest": packet.digest,
        "kind": queries.kind_label(packet.heading.kind),
        "lines": queries.shown_lines(body),
        "missing": missing if missing > 0 else 0,
    }


@exchanging
def packet_file(request: HttpRequest, pk: int) -> FileResponse:
    """The packet itself, to be carried to the partner."""
    found: Packet | None = queries.packets_visible_to(request.actor).filter(pk=pk).first()
    if found is None:
        raise Http404
    side = "to" if found.direction == Direction.OUT else "from"
    name = f"{side}-{found.partner.code}-{found.sequence:05d}-{found.kind}.packet.zip"
    return FileResponse(
        open_stored(found.file.sha256), as_attachment=True, filename=name, content_type="application/zip"
    )


def _done(form: Any, act: Callable[[], Any], field: str = "") -> bool:
    """Whether the deed was done; a refusal is put at the field it names, or above the form."""
    try:
        act()
    except Refused as refusal:
        for name, sentence in (refusal.fields or {field: refusal.sentence}).items():
            form.add_error(name if name in form.fields else None, sentence)
        return False
    return True
