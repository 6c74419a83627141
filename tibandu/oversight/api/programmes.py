"""Programmes, instruments, government meetings and deliberation opinions through the API: lists, and how each is begun."""

from typing import Any

from django.http import HttpRequest
from django.utils.timezone import localdate, now
from ninja import Router, Status

from tibandu.base.api import Problem, form_data, once, problems_of, schema_of
from tibandu.base.roomapi import CHAIN, RoomApi, RowOut, caller, columns_of
from tibandu.oversight.actions import action_of
from tibandu.oversight.forms.instruments import BEGINNINGS, Beginning
from tibandu.oversight.models import Programme
from tibandu.oversight.queries import SIGHT
from tibandu.oversight.queries.instruments import suggestions_in_sight
from tibandu.oversight.queries.programmes import members_in_sight

PLURALS = {
    "programme": "programmes",
    "programme_step": "programme-steps",
    "owed": "owed-matters",
    "government_meeting": "government-meetings",
    "instrument": "instruments",
    "address": "addresses",
    "opinion_case": "opinion-cases",
}
LISTED = ("programme", "government_meeting", "instrument", "opinion_case")
PAGE, MOST_SKIPPED = 50, 10_000_000


def _programme(actor: Any, row: Programme) -> dict[str, Any]:
    """Its columns, but for the name of a deputy who proposed it; and its suggestions in sight."""
    hidden = CHAIN if actor.is_congress_side else CHAIN | {"nominated_seat"}
    return columns_of(row, hidden) | {"suggestions": [one.pk for one in members_in_sight(actor, row)]}


def _about(actor: Any, row: Any) -> dict[str, Any]:
    return columns_of(row) | {"suggestions": [one.pk for one in suggestions_in_sight(actor, row)]}


FIELDS = {"programme": _programme, "instrument": _about, "opinion_case": _about}


def add_routes(router: Router, routes: RoomApi) -> None:
    """A list of each noun that heads a case, and a route for everything that is begun without a row."""
    for noun in LISTED:
        _add_list(router, routes, noun)
    for verb, beginning in BEGINNINGS.items():
        _add_beginning(router, routes, verb, beginning)


def _add_list(router: Router, routes: RoomApi, noun: str) -> None:
    def rows(request: HttpRequest, start: int = 0) -> list[dict[str, Any]]:
        """Fifty at a time, newest first; `start` skips."""
        actor, today = caller(request), localdate()
        first = min(max(0, start), MOST_SKIPPED)
        found = SIGHT[noun](actor).order_by("-pk")[first : first + PAGE]
        return [routes.row_out(actor, noun, row, row.pk, today) for row in found]

    router.get(
        f"/{PLURALS[noun]}",
        response=list[RowOut],
        operation_id=f"{noun}_list",
        summary=str(routes.room.procedures.model_of(noun)._meta.verbose_name),
    )(rows)


def _add_beginning(router: Router, routes: RoomApi, verb: str, beginning: Beginning) -> None:
    payload_type = schema_of(beginning.form, verb.title().replace("_", ""))

    def begin(request: HttpRequest, payload: payload_type) -> Status[Any]:  # type: ignore[valid-type]
        actor, today = caller(request, writing=True), localdate()
        form = beginning.form(form_data(payload), actor=actor, case=None, today=today)
        if not form.is_valid():
            return Status(422, problems_of(form))

        def act() -> tuple[int, Any]:
            made = action_of(verb)(actor, at=now(), **form.cleaned_data)
            return 201, routes.row_out(actor, beginning.noun, made, made.pk, today)

        return Status(*once(request, actor.hat, act))

    router.post(
        f"/{PLURALS[beginning.noun]}/{verb}",
        response={201: RowOut, 403: Problem, 422: Problem},
        operation_id=verb,
        summary=str(beginning.label),
    )(begin)
