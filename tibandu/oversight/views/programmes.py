"""The pages of supervision: the way in, programmes and nominations, one programme, what is begun, what stands beside a case."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tibandu.base.doors import actor_required
from tibandu.base.files import KINDS, open_stored
from tibandu.base.flow import NotYourStep, Refused
from tibandu.oversight.actions import action_of
from tibandu.oversight.enums import ProgrammeState
from tibandu.oversight.forms.instruments import BEGINNINGS
from tibandu.oversight.models import Enclosure, Programme
from tibandu.oversight.queries import SIGHT
from tibandu.oversight.queries import programmes as queries
from tibandu.oversight.queries.instruments import instruments_visible_to
from tibandu.oversight.queries.overview import overview
from tibandu.oversight.rules.programmes import PLACE_OF
from tibandu.oversight.views.casepage import context_of
from tibandu.oversight.views.ledgers.parts import beginnings, tone_of
from tibandu.people.queries import Actor

SECTIONS = (
    ("basis", _("理由和决定")),
    ("members", _("建议")),
    ("people", _("督办责任")),
    ("scores", _("评分")),
    ("plan", _("督办方案")),
    ("entries", _("督办记录")),
    ("owed", _("交办事项")),
    ("result", _("督办结果")),
    ("timeline", _("时间线")),
)


@actor_required
def index(request: HttpRequest) -> HttpResponse:
    """The way in: what there is of each kind and how far it is, each number opening its rows."""
    context = {
        "groups": [
            {
                "title": group.label,
                "url": reverse(f"oversight:{group.page}"),
                "figures": [
                    {
                        "label": label,
                        "value": count,
                        "url": f"{reverse(f'oversight:{group.page}')}?{query}",
                    }
                    for label, count, query in group.counts
                ],
            }
            for group in overview(request.actor)
        ],
        "begins": beginnings(request.actor, list(BEGINNINGS)),
        "more": [
            (_("承诺台账"), reverse("oversight:ledger")),
            (_("年度兑现报告"), reverse("oversight:statements")),
            (_("随机抽查"), reverse("oversight:draws")),
            (_("专项资金"), reverse("oversight:funds")),
            (_("检察衔接"), reverse("oversight:referrals")),
            *([(_("建议数据包"), reverse("oversight:packets"))] if request.actor.is_congress_side else []),
        ],
    }
    return render(request, "oversight/index.html", context)


@actor_required
def programme(request: HttpRequest, pk: int) -> HttpResponse:
    """One programme: why, who, what was done, what is owed, how its suggestions stand."""
    found = queries.programme_whole(request.actor, pk)
    if found is None:
        raise Http404
    rows = {"programme_step": list(found.steps.all()), "owed": list(found.owed.all())}
    is_over = found.state in (ProgrammeState.REPORTED, ProgrammeState.CONCLUDED)
    offering = {"owed": rows["owed"]} if is_over else rows
    context = context_of(request.actor, "programme", found, offering, localdate())
    context |= {
        "rows": rows,
        "is_over": is_over,
        "members": queries.members_of(request.actor, found),
        "scores": queries.score_table(found) if request.actor.is_congress_side else None,
        "nominator": _nominator(request.actor, found),
        "instruments": list(instruments_visible_to(request.actor).filter(programme=found)),
        "files": files_of({"programme": [found], "programme_entry": found.entries.all(), **rows}),
        "loop": loop(found),
        "tone": tone_of(found),
    }
    context["sections"] = [(key, label, None) for key, label in SECTIONS if _has(key, found, context)]
    return render(request, "oversight/programme.html", context)


def _has(key: str, found: Programme, context: dict[str, Any]) -> bool:
    held = {
        "people": found.capacities.all() or found.participants.all(),
        "scores": context["scores"] and context["scores"].rows,
        "plan": found.steps.all(),
        "entries": found.entries.all(),
        "owed": found.owed.all(),
        "result": found.result,
    }
    return bool(held.get(key, True))


def _nominator(actor: Actor, found: Programme) -> str:
    """Who proposed it, to the congress; a deputy's name could tell who stands behind a masked suggestion."""
    if found.nominated_unit:
        return str(found.nominated_unit)
    mine = found.nominated_seat_id == actor.seat_id
    seat = found.nominated_seat
    return seat.person.name if seat and (actor.is_congress_side or mine) else ""


def loop(case: Any) -> list[tuple[Any, str, str]]:
    """The four segments 反馈 交办 督办 评价 (Q1) with how far the case has come: name, look, word."""
    place = PLACE_OF.get(case.state, 0)
    names = (_now("反馈"), _now("交办"), _now("督办"), _now("评价"))
    return [
        (
            name,
            f"now tone-{tone_of(case)}" if number == place else "past" if number < place else "",
            case.get_state_display() if number == min(place, 3) else "",
        )
        for number, name in enumerate(names)
    ]


def files_of(rows: dict[str, Iterable[Any]]) -> dict[str, dict[int, list[Enclosure]]]:
    """The files under rows, by noun and row."""
    return {noun: queries.enclosures_of(noun, [row.pk for row in held]) for noun, held in rows.items()}


@actor_required
def enclosure(request: HttpRequest, pk: int) -> FileResponse:
    """A file under a row, to whoever sees that row."""
    found = queries.enclosure(pk)
    if found is None or not SIGHT[found.noun](request.actor).filter(pk=found.object_id).exists():
        raise Http404
    return FileResponse(
        open_stored(found.file.sha256),
        as_attachment=True,
        filename=found.name,
        content_type=KINDS.get(found.file.kind, "application/octet-stream"),
    )


def begin(name: str) -> Callable[..., HttpResponse]:
    """The page on which a case without a row is begun."""
    beginning = BEGINNINGS[name]

    @actor_required
    def view(request: Any) -> HttpResponse:
        if not beginning.role.holds(request.actor, None):
            raise NotYourStep(beginning.label)
        initial = {key: request.GET[key] for key in ("suggestions", "kind") if key in request.GET}
        form = beginning.form(
            request.POST or None, actor=request.actor, case=None, today=localdate(), initial=initial
        )
        if request.method == "POST" and form.is_valid():
            try:
                made = action_of(name)(request.actor, at=now(), **form.cleaned_data)
                messages.success(request, _now("已办理：%(step)s") % {"step": beginning.label})
                return redirect(made)
            except Refused as refusal:
                for field, sentence in (refusal.fields or {"": refusal.sentence}).items():
                    form.add_error(field if field in form.fields else None, sentence)
        context = {"form": form, "title": beginning.label, "back": reverse("oversight:index")}
        return render(request, "oversight/begin.html", context, status=422 if form.is_bound else 200)

    view.__name__ = name
    return view
