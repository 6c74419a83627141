"""Draws the rolls: units with their posts, deputies by delegation, terms, one unit, one person."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from tibandu.base.doors import actor_required
from tibandu.people import queries
from tibandu.people.enums import Competence

PAGE = 200


def shared(request: HttpRequest) -> dict[str, Any]:
    """What every page of the rolls knows: whether the reader may change them."""
    return {"keeps": queries.keeps_the_rolls(request.actor, request.actor.congress_id)}


@require_safe
@actor_required
def roll(request: HttpRequest) -> HttpResponse:
    """Organs, their units, the posts and who holds them; past units on demand."""
    words, today = request.GET.get("q", "").strip(), timezone.localdate()
    units = queries.units_visible_to(request.actor)
    if request.GET.get("past") != "1":
        units = queries.in_being(units, today)
    if words:
        units = queries.units_named(units, words)
    shown = list(queries.staffed(units, today))
    organs = list(queries.organs_visible_to(request.actor))
    tree = [(organ, [unit for unit in shown if unit.organ_id == organ.pk]) for organ in organs]
    found = {
        "tree": [(organ, own) for organ, own in tree if own or not words],
        "count": len(shown),
        "words": words,
    }
    return render(
        request, "people/roll.html", found | {"past": request.GET.get("past") == "1"} | shared(request)
    )


@require_safe
@actor_required
def deputies(request: HttpRequest) -> HttpResponse:
    """The deputies of the newest term, or of a chosen one, by delegation."""
    words = request.GET.get("q", "").strip()
    terms = list(queries.terms_visible_to(request.actor).prefetch_related(None))
    term = next(
        (one for one in terms if str(one.number) == request.GET.get("term")), terms[0] if terms else None
    )
    seats = queries.seats_visible_to(request.actor).filter(term=term)
    if group := request.GET.get("group", ""):
        seats = seats.filter(group__name=group)
    if words:
        seats = seats.filter(person__name__contains=words)
    found = list(seats)
    by_delegation: dict[Any, list[Any]] = {}
    for seat in found:
        by_delegation.setdefault(seat.delegation, []).append(seat)
    page = {"term": term, "terms": terms, "delegations": list(by_delegation.items()), "count": len(found)}
    groups = [one.name for one in queries.groups_visible_to(request.actor)]
    page |= {"words": words, "group": group, "groups": groups, "today": timezone.localdate()}
    return render(request, "people/deputies.html", page | shared(request))


@require_safe
@actor_required
def terms(request: HttpRequest) -> HttpResponse:
    """Terms, sessions, delegations, groups, and which unit holds which power."""
    held = queries.powers_of(request.actor.congress_id)
    page = {
        "terms": queries.terms_visible_to(request.actor),
        "groups": queries.groups_visible_to(request.actor),
        "organs": queries.organs_visible_to(request.actor),
        "powers": [(power, held.get(power)) for power in Competence],
        "rules": queries.second_factor_rules(request.actor.congress_id),
        "congress_id": request.actor.congress_id,
    }
    return render(request, "people/terms.html", page | shared(request))


@require_safe
@actor_required
def unit(request: HttpRequest, pk: int) -> HttpResponse:
    today = timezone.localdate()
    found = get_object_or_404(queries.staffed(queries.units_visible_to(request.actor), today), pk=pk)
    page = {"unit": found, "aliases": found.aliases.all(), "predecessors": found.predecessors.all()}
    page["past"] = queries.appointments_visible_to(request.actor).filter(post__unit=found, until__lte=today)
    page["ended"] = bool(found.valid_until and found.valid_until <= today)
    return render(request, "people/unit.html", page | shared(request))


@require_safe
@actor_required
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: seats and posts in this congress; addresses and the account only for whoever keeps the rolls."""
    found = get_object_or_404(queries.persons_visible_to(request.actor).select_related("account"), pk=pk)
    page = {
        "person": found,
        "seats": queries.seats_visible_to(request.actor).filter(person=found),
        "appointments": queries.appointments_visible_to(request.actor).filter(person=found),
        "is_self": found.pk == request.actor.person_id,
        "today": timezone.localdate(),
    }
    return render(request, "people/person.html", page | shared(request))
