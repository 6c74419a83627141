"""Draws one form per change to the rolls; the table says whose row, which form, which action, and where one comes back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tibandu.base.doors import actor_required
from tibandu.base.flow import NotYourStep, Refused
from tibandu.people import actions, forms, queries
from tibandu.people.queries import Actor


@dataclass(frozen=True)
class Change:
    """One verb on a row of the rolls."""

    label: Any
    form: type[forms.RowForm]
    rows: Callable[[Actor], Any]
    act: Callable[..., Any]
    back: Callable[[Any], str]


def _to(name: str, of: Callable[[Any], int] | None = None) -> Callable[[Any], str]:
    return lambda row: reverse(f"people:{name}", args=[of(row)] if of else [])


def _own_congress(actor: Actor) -> Any:
    return queries.congresses_of(actor.person_id or 0).filter(pk=actor.congress_id)


def _person_of(actor: Actor, given: dict[str, Any], congress: Any, at: datetime) -> Any:
    """The chosen person, or a new one of the typed name."""
    chosen = given.pop("person")
    new = {name: given.pop(name) for name in ("name", "phone", "email")}
    return chosen or actions.add_person(actor, congress, **new, at=at)


def _appoint(actor: Actor, post: Any, *, at: datetime, **given: Any) -> None:
    person = _person_of(actor, given, queries.congress_of(actor), at)
    actions.appoint(actor, post, person=person, at=at, **given)


def _seat(actor: Actor, term: Any, *, at: datetime, **given: Any) -> None:
    person = _person_of(actor, given, term.congress, at)
    actions.seat_deputy(actor, term, person=person, at=at, **given)


def _add_unit(actor: Actor, congress: Any, *, at: datetime, **given: Any) -> None:
    actions.add_unit(actor, given.pop("organ"), at=at, **given)


_UNIT = _to("unit", lambda unit: unit.pk)
_TERMS = _to("terms")
CHANGES: dict[str, Change] = {
    "add_unit": Change(_("新设单位"), forms.UnitForm, _own_congress, _add_unit, _to("roll")),
    "change_unit": Change(
        _("修改单位"), forms.UnitChangeForm, queries.units_visible_to, actions.change_unit, _UNIT
    ),
    "rename_unit": Change(
        _("单位更名"), forms.UnitRenameForm, queries.units_visible_to, actions.rename_unit, _UNIT
    ),
    "merge_unit": Change(
        _("并入其他单位"), forms.UnitMergeForm, queries.units_visible_to, actions.merge_unit, _UNIT
    ),
    "end_unit": Change(_("撤销单位"), forms.UnitEndForm, queries.units_visible_to, actions.end_unit, _UNIT),
    "add_post": Change(_("设立岗位"), forms.PostForm, queries.units_visible_to, actions.add_post, _UNIT),
    "appoint": Change(
        _("任职"),
        forms.AppointForm,
        queries.posts_visible_to,
        _appoint,
        _to("unit", lambda post: post.unit_id),
    ),
    "relieve": Change(
        _("免职"),
        forms.RelieveForm,
        queries.appointments_visible_to,
        actions.relieve,
        _to("unit", lambda one: one.post.unit_id),
    ),
    "change_person": Change(
        _("修改人员"),
        forms.PersonForm,
        queries.persons_visible_to,
        actions.change_person,
        _to("person", lambda person: person.pk),
    ),
    "seat_deputy": Change(_("代表就任"), forms.SeatForm, queries.terms_visible_to, _seat, _to("deputies")),
    "change_seat": Change(
        _("调整编组"),
        forms.SeatChangeForm,
        queries.seats_visible_to,
        actions.change_seat,
        _to("person", lambda seat: seat.person_id),
    ),
    "end_seat": Change(
        _("终止代表资格"),
        forms.SeatEndForm,
        queries.seats_visible_to,
        actions.end_seat,
        _to("person", lambda seat: seat.person_id),
    ),
    "open_term": Change(_("开启新一届"), forms.TermForm, _own_congress, actions.open_term, _TERMS),
    "open_session": Change(
        _("登记会议"), forms.SessionForm, queries.terms_visible_to, actions.open_session, _TERMS
    ),
    "add_delegation": Change(
        _("设立代表团"), forms.NameForm, queries.terms_visible_to, actions.add_delegation, _TERMS
    ),
    "set_delegation_head": Change(
        _("确定团长"), forms.HeadForm, queries.delegations_visible_to, actions.set_delegation_head, _TERMS
    ),
    "add_group": Change(_("设立代表小组"), forms.NameForm, _own_congress, actions.add_group, _TERMS),
    "set_dispatcher": Change(
        _("确定分办机构"), forms.DispatcherForm, queries.organs_visible_to, actions.set_dispatcher, _TERMS
    ),
    "set_competence": Change(
        _("确定权限归属"), forms.PowersForm, _own_congress, actions.set_competence, _TERMS
    ),
    "set_second_factor": Change(
        _("调整双重验证要求"), forms.SecondFactorForm, _own_congress, actions.set_second_factor, _TERMS
    ),
}
NEW_ROWS = frozenset({"add_unit", "add_post", "appoint", "seat_deputy", "open_term", "open_session"}) | {
    "add_delegation",
    "add_group",
}


def change(verb: str) -> Callable[..., HttpResponse]:
    """The view of one verb."""

    @actor_required
    def view(request: HttpRequest, pk: int) -> HttpResponse:
        return _change(request, verb, pk)

    return view


def _change(request: HttpRequest, verb: str, pk: int) -> HttpResponse:
    entry, actor = CHANGES[verb], request.actor
    row = entry.rows(actor).filter(pk=pk).first()
    if row is None:
        raise Http404
    if not queries.keeps_the_rolls(actor, actor.congress_id):
        raise NotYourStep(entry.label)
    form = entry.form(request.POST or None, actor=actor, row=row, initial=_initial(verb))
    if request.method == "POST" and form.is_valid() and _acted(entry, actor, row, form):
        messages.success(request, _("已办理：%(label)s") % {"label": entry.label})
        return redirect(entry.back(row))
    page = {"form": form, "label": entry.label, "row": row, "back_url": entry.back(row)}
    return render(request, "people/change.html", page, status=422 if form.errors else 200)


def _initial(verb: str) -> dict[str, Any]:
    """Days start at today; a new row takes no value from the row it will belong to."""
    today = timezone.localdate()
    days = {"on": today, "since": today, "until": today}
    blank = (
        {"name": "", "number": "", "title": "", "starts_on": "", "ends_on": ""} if verb in NEW_ROWS else {}
    )
    return days | blank


def _acted(entry: Change, actor: Actor, row: Any, form: forms.RowForm) -> bool:
    """Takes the action, or writes the refusal to the field it is about."""
    try:
        entry.act(actor, row, at=timezone.now(), **form.cleaned_data)
    except Refused as refusal:
        fields = [name for name in refusal.fields if name in form.fields]
        form.add_error(fields[0] if fields else None, str(refusal))
        return False
    return True
