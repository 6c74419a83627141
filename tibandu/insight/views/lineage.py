"""The same matter through the years 家谱: which families there are, and what each time was asked, answered and said."""

from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from tibandu.base.doors import actor_required
from tibandu.base.whole import whole
from tibandu.insight import rules
from tibandu.insight.forms import FamiliesForm
from tibandu.insight.queries import lineage
from tibandu.insight.queries.lineage import PAGE, Answer, Time
from tibandu.suggestions.models import Suggestion

THIRD = 3
# What is proposed from the third time on; to close a case is never proposed.
PROPOSALS = (
    ("oversight:nominate_programme", "suggestions={}", _("列为重点督办")),
    ("oversight:order_instrument", "kind=special_inquiry&suggestions={}", _("列入专题询问议题")),
    ("oversight:open_referral", "suggestion={}", _("移送检察公益诉讼线索")),
)


@actor_required
def families(request: HttpRequest) -> HttpResponse:
    """Every matter asked more than once, the most asked first."""
    form = FamiliesForm(request.GET, actor=request.actor, today=localdate())
    start = whole(request.GET.get("start", "")) or 0
    found = lineage.families_of(request.actor, **form.wanted())
    some = list(found[start : start + PAGE + 1])
    context = {
        "form": form,
        "families": lineage.titled(request.actor, some[:PAGE]),
        "next_url": _with(request, start + PAGE) if len(some) > PAGE else "",
        "previous_url": _with(request, max(0, start - PAGE)) if start else "",
    }
    return render(request, "insight/families.html", context)


@actor_required
def family(request: HttpRequest, pk: int) -> HttpResponse:
    """One family: each time it was asked, and the replies side by side with what they have in common."""
    times = lineage.members_of(request.actor, pk)
    if not times:
        raise Http404
    years = sorted({time.year for time in times if time.year})
    context = {
        "times": times,
        "years": years,
        "comparisons": _comparisons(times),
        "proposals": _proposals(times[-1].case, request.actor.is_congress_side)
        if len(times) >= THIRD
        else [],
    }
    return render(request, "insight/family.html", context)


def _comparisons(times: list[Time]) -> list[dict[str, Any]]:
    """Each reply beside the one before it, the newest pair first."""
    replies = [(time, answer) for time in times for answer in time.answers]
    found = [_beside(one, other) for one, other in pairwise(replies)]
    return found[::-1]


def _beside(one: tuple[Time, Answer], other: tuple[Time, Answer]) -> dict[str, Any]:
    (earlier, before), (later, after) = one, other
    return {
        "percent": rules.overlap_percent(before.text, after.text),
        "sides": [
            {"time": earlier, "answer": before, "pieces": rules.marked(before.text, after.text)},
            {"time": later, "answer": after, "pieces": rules.marked(after.text, before.text)},
        ],
    }


def _proposals(newest: Suggestion, is_congress_side: bool) -> list[tuple[Any, str]]:
    """What may be begun with the newest suggestion; who is not of the congress reads it without a link."""
    return [
        (label, f"{reverse(name)}?{query.format(newest.pk)}" if is_congress_side else "")
        for name, query, label in PROPOSALS
    ]


def _with(request: HttpRequest, start: int) -> str:
    kept = {key: value for key, value in request.GET.dict().items() if key != "start"}
    return "?" + urlencode(kept | ({"start": start} if start else {}))
