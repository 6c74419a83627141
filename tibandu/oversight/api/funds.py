"""Funds and projects through the API: what one may see of them, and how one is begun."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.utils.timezone import localdate, now
from ninja import Query, Router, Schema, Status

from tibandu.base.api import Problem, form_data, once, problems_of, schema_of
from tibandu.base.roomapi import RoomApi, RowOut, caller
from tibandu.oversight import actions
from tibandu.oversight.forms.funds import NominateForm, OpenFundForm
from tibandu.oversight.forms.ledgers import ProjectsForm
from tibandu.oversight.queries import funds as queries

PLURALS = {"fund": "funds", "project": "projects", "payment": "payments", "investment": "investments"}
PAGE = 50


class ProjectsIn(Schema):
    """The ledger's filters, as on the page."""

    fund: int | None = None
    year: int | None = None
    unit: int | None = None
    state: str = ""
    source: str = ""
    start: int = 0


def add_routes(router: Router, routes: RoomApi) -> None:
    """Both lists, and the two things that are begun without a row."""

    @router.get("/funds", response=list[RowOut], operation_id="fund_list", summary="专项资金")
    def list_funds(request: HttpRequest) -> list[dict[str, Any]]:
        actor, today = caller(request), localdate()
        rows = queries.funds_visible_to(actor)[: queries.MOST]
        return [routes.row_out(actor, "fund", row, row.pk, today) for row in rows]

    @router.get("/projects", response=list[RowOut], operation_id="project_list", summary="资金项目台账")
    def list_projects(request: HttpRequest, wanted: Query[ProjectsIn]) -> list[dict[str, Any]]:
        """Fifty at a time, newest first; `start` skips."""
        actor, today = caller(request), localdate()
        form = ProjectsForm(form_data(wanted), actor=actor, today=today)
        start = max(0, wanted.start)
        rows = queries.projects_on_ledger(actor, form.wanted())[start : start + PAGE]
        return [routes.row_out(actor, "project", row, row.pk, today) for row in rows]

    _add_beginning(router, routes, "fund", OpenFundForm, actions.open_fund, "设立专项资金")
    _add_beginning(router, routes, "project", NominateForm, actions.register_project, "登记其他资金项目")


def _add_beginning(
    router: Router, routes: RoomApi, noun: str, form_type: Any, action: Callable[..., Any], summary: str
) -> None:
    payload_type = schema_of(form_type, action.__name__.title().replace("_", ""))

    def begin(request: HttpRequest, payload: payload_type) -> Status[Any]:  # type: ignore[valid-type]
        actor, today = caller(request, writing=True), localdate()
        form = form_type(form_data(payload), actor=actor, case=None, today=today)
        if not form.is_valid():
            return Status(422, problems_of(form))

        def act() -> tuple[int, Any]:
            made = action(actor, at=now(), **form.cleaned_data)
            return 201, routes.row_out(actor, noun, made, made.pk, today)

        return Status(*once(request, actor.hat, act))

    router.post(
        f"/{PLURALS[noun]}",
        response={201: RowOut, 403: Problem, 422: Problem},
        operation_id=action.__name__,
        summary=summary,
    )(begin)
