"""The desk 工作台, where one sees what waits for one's hat, and the search over everything one may see."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tibandu.base.doors import actor_required
from tibandu.insight.queries import asked_before
from tibandu.oversight.flow import PROCEDURES
from tibandu.oversight.forms.instruments import BEGINNINGS
from tibandu.oversight.queries import desk as overseen
from tibandu.oversight.queries.beside import beside as beside_of
from tibandu.oversight.room import page_of
from tibandu.people.queries import Actor
from tibandu.suggestions.flow import flow_of
from tibandu.suggestions.queries import desk as waiting
from tibandu.suggestions.queries import ledger, visible_to
from tibandu.web import upkeep

MOST_FOUND = 50


@actor_required
def desk(request: HttpRequest) -> HttpResponse:
    """What waits for me, oldest clock first, and beneath it what I sent and wait for."""
    today = localdate()
    if request.actor.kind == "admin":
        return render(request, "web/desk_admin.html", {"checks": upkeep.checks(request.actor, today)})
    tasks = [*waiting.waiting_for(request.actor, today), *overseen.waiting_for(request.actor, today)]
    tasks.sort(key=lambda task: task.due_on or date.max)
    context = {
        "queues": [
            {"label": queue.label, "tone": queue.tone, "items": [item(task) for task in queue.tasks]}
            for queue in waiting.queues(tasks, today)
        ],
        "sent": {"label": _("我等别人办的"), "items": list(_sent(request.actor, today)), "tone": ""},
        "count": len(tasks),
        "quiet": QUIET.get(request.actor.kind, QUIET["other"]),
    }
    return render(request, "web/desk.html", context)


# The one thing worth doing on a quiet desk, by kind of hat: words, name of the page.
QUIET: dict[str, tuple[Any, str]] = {
    "deputy": (gettext_lazy("写一件建议"), "suggestions:write"),
    "deputy_work": (gettext_lazy("看看临期的建议"), "suggestions:ledger"),
    "other": (gettext_lazy("查看建议台账"), "suggestions:ledger"),
}


def item(task: waiting.Task | overseen.Task) -> dict[str, Any]:
    """A task as a row of the desk: number, title, the verb I am asked for, the clock, from whom."""
    if isinstance(task, overseen.Task):
        return {
            "number": task.row.number_text or task.row._meta.verbose_name,
            "title": str(task.row),
            "url": page_of(task.row.journal_case, task.row),
            "verb": PROCEDURES.flow_of(task.noun, task.verb).step(task.verb).label,
            "step_url": reverse(f"oversight:{task.verb}", args=[task.row.pk]),
            "due_on": task.due_on,
            "from_whom": task.from_whom,
        }
    step = flow_of(task.noun, task.verb).step(task.verb)
    return {
        "number": task.case.number_text or _("未编号"),
        "title": task.case.title or _("（未写标题）"),
        "url": reverse("suggestions:case", args=[task.case.pk]),
        "verb": step.label,
        "step_url": reverse(f"suggestions:{task.verb}", args=[task.pk]),
        "due_on": task.due_on,
        "from_whom": task.from_whom,
    }


def _sent(actor: Actor, today: date) -> Iterable[dict[str, Any]]:
    for case, words, due_on in waiting.sent_by(actor):
        yield {
            "number": case.number_text or _("未编号"),
            "title": case.title,
            "url": reverse("suggestions:case", args=[case.pk]),
            "due_on": due_on,
            "from_whom": words,
        }


@actor_required
def search(request: HttpRequest) -> HttpResponse:
    """Suggestions one may see whose number or words fit, newest first."""
    words, today = request.GET.get("q", "").strip()[:60], localdate()
    found = []
    if words:
        found = ledger.page(request.actor, {"q": words}, today, most=MOST_FOUND).rows
    context = {
        "words": words,
        "found": [(row, reverse("suggestions:case", args=[row.pk]), row.tone(today)) for row in found],
        "most": MOST_FOUND,
    }
    return render(request, "web/search.html", context)


@actor_required
def beside(request: HttpRequest, pk: int) -> HttpResponse:
    """What supervision has about one suggestion, and how often its matter was asked for: a piece of its page."""
    actor = request.actor
    found = visible_to(actor).filter(pk=pk).first()
    if found is None:
        raise Http404
    family, times = asked_before(actor, found)
    context = {
        "suggestion": found,
        "lines": beside_of(actor, found),
        "family": family,
        "times": times,
        "may_nominate": found.number_text and BEGINNINGS["nominate_programme"].role.holds(actor, None),
        "is_piece": request.htmx,
    }
    return render(request, "web/beside.html", context)


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A request that cannot be read: too large, or broken. In words, as JSON where that was asked for; never echoed."""
    large = isinstance(exception, (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent))
    words = _("一次提交的文字太多，没有保存。写好的文字还在原来的窗口里，请返回，减少后再提交。")
    said = words if large else _("这次提交读不出来，没有保存。请返回后再试。")
    status = 413 if large else 400
    if request.path.startswith("/api/") or "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"refusal": said, "fields": {}}, status=status)
    return render(request, "400.html", {"words": said}, status=status)
