"""Random draws through the API: those one may see, and a list to freeze."""

from typing import Any

from django.http import HttpRequest
from django.utils.timezone import localdate, now
from ninja import Router, Status

from tibandu.base.api import Problem, form_data, once, problems_of, schema_of
from tibandu.base.roomapi import RoomApi, RowOut, caller, columns_of
from tibandu.oversight import actions
from tibandu.oversight.forms.draws import FreezeDrawForm
from tibandu.oversight.models import Draw
from tibandu.oversight.queries import draws as queries
from tibandu.people.queries import Actor

PLURALS = {"draw": "draws", "lot": "lots"}
MOST = 100
FREEZE = schema_of(FreezeDrawForm, "FreezeDraw")


def fields_of_draw(actor: Actor, row: Draw) -> dict[str, Any]:
    """A draw with its list and what was picked, so that a program can make it again."""
    return columns_of(row) | queries.as_told(row)


FIELDS = {"draw": fields_of_draw}


def add_routes(router: Router, routes: RoomApi) -> None:
    """The ledger, and how a draw begins."""

    @router.get("/draws", response=list[RowOut], operation_id="draw_list", summary="随机抽查")
    def list_draws(request: HttpRequest) -> list[dict[str, Any]]:
        """The newest hundred."""
        actor, today = caller(request), localdate()
        rows = queries.draws_visible_to(actor).order_by("-pk")[:MOST]
        return [routes.row_out(actor, "draw", row, row.pk, today) for row in rows]

    @router.post(
        "/draws",
        response={201: RowOut, 403: Problem, 422: Problem},
        operation_id="draw_freeze",
        summary="冻结抽查名单",
    )
    def freeze(request: HttpRequest, payload: FREEZE) -> Status[Any]:  # type: ignore[valid-type]
        """A new draw, its list frozen and hashed."""
        actor, today = caller(request, writing=True), localdate()
        form = FreezeDrawForm(form_data(payload), actor=actor, today=today)
        if not form.is_valid():
            return Status(422, problems_of(form))

        def act() -> tuple[int, Any]:
            made = actions.freeze_draw(actor, at=now(), **form.cleaned_data)
            return 201, routes.row_out(actor, "draw", made, made.pk, today)

        return Status(*once(request, actor.hat, act))
