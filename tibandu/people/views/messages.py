"""Draws the message centre of a hat, and for administrators what did not get through."""

from django.contrib import messages as notices
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from tibandu.base.doors import actor_required
from tibandu.base.flow import NotYourStep
from tibandu.base.whole import whole, wholes
from tibandu.people import actions, queries
from tibandu.people.enums import SendingState

PAGE = 50


@require_safe
@actor_required
def messages(request: HttpRequest) -> HttpResponse:
    """What was told to this hat: unread first on demand, newest first, fifty at a time."""
    told = queries.messages_for(request.actor)
    only_unread = request.GET.get("unread") == "1"
    if only_unread:
        told = told.filter(read_at=None)
    if (before := whole(request.GET.get("before", ""))) is not None:
        told = queries.told_before(told, before)
    rows = list(told[: PAGE + 1])
    page = {"told": rows[:PAGE], "only_unread": only_unread, "unread": request.counts["people:messages"]}
    page["next_url"] = _older(rows, only_unread)
    return render(request, "people/messages.html", page)


def _older(rows: list, only_unread: bool) -> str:
    if len(rows) <= PAGE:
        return ""
    return f"?before={rows[PAGE - 1].pk}" + ("&unread=1" if only_unread else "")


@require_POST
@actor_required
def read(request: HttpRequest) -> HttpResponse:
    """Marks the picked messages as read, or all; `next` opens the page that one of them leads to."""
    picked = wholes(request.POST.getlist("pick"))
    actions.mark_read(request.actor, None if request.POST.get("all") else picked, at=timezone.now())
    wished = request.POST.get("next", "")
    return redirect(
        wished if url_has_allowed_host_and_scheme(wished, {request.get_host()}) else "people:messages"
    )


@require_safe
@actor_required
def sendings(request: HttpRequest) -> HttpResponse:
    """What waits in the outbox and what failed, with why."""
    if not request.actor.administers:
        raise NotYourStep
    rows = queries.sendings_visible_to(request.actor)
    page = {
        "failed": rows.filter(state=SendingState.FAILED)[:PAGE],
        "waiting": rows.filter(state__in=[SendingState.WAITING, SendingState.SENDING])[:PAGE],
        "sent": rows.filter(state=SendingState.SENT)[:PAGE],
    }
    return render(request, "people/sendings.html", page)


@require_POST
@actor_required
def send_again(request: HttpRequest) -> HttpResponse:
    count = actions.send_again(request.actor, at=timezone.now())
    words = ngettext("%(n)d 条已放回待发送。", "%(n)d 条已放回待发送。", count) % {"n": count}
    notices.success(request, words)
    return redirect("people:sendings")
