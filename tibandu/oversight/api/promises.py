"""Promises and yearly statements through the API: the ledger, the statements, and how the units are asked for theirs."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils.timezone import localdate, now
from ninja import Query, Router, Schema, Status

from tibandu.base.api import Problem, form_data, once, problems_of, schema_of
from tibandu.base.roomapi import RoomApi, RowOut, caller
from tibandu.oversight import actions
from tibandu.oversight.forms.ledgers import PromisesForm
from tibandu.oversight.forms.promises import AskStatementsForm
from tibandu.oversight.queries import promises as queries
from tibandu.oversight.rules.promises import lamp
from tibandu.suggestions.models import Promise

PLURALS = {"promise": "promises", "statement": "statements", "receipt": "receipts"}
PAGE = 50


class LedgerIn(Schema):
    """The ledger's filters, as on the page."""

    unit: int | None = None
    committee: int | None = None
    year: str = ""
    carried: str = ""
    state: str = ""
    kind: str = ""
    category: str = ""
    until: date | None = None
    start: int = 0


class PromiseOut(Schema):
    """A promise in the ledger; its own address tells the rest."""

    id: int
    number: str
    what: str
    suggestion: int
    unit: str
    state: str
    lamp: str
    kind: str
    measure: str
    money: int | None
    owner: str
    made_on: date | None
    due_on: date
    closed_on: date | None
    closed_by: str


ASK = schema_of(AskStatementsForm, "AskStatements")


def add_routes(router: Router, routes: RoomApi) -> None:
    """Both lists, and the asking for statements."""

    @router.get("/promises", response=list[PromiseOut], operation_id="promise_list", summary="承诺台账")
    def list_promises(request: HttpRequest, wanted: Query[LedgerIn]) -> list[dict[str, Any]]:
        """Fifty at a time, the earliest due first; `start` skips."""
        actor, today = caller(request), localdate()
        form = PromisesForm(form_data(wanted), actor=actor, today=today)
        start, near = min(max(0, wanted.start), 1_000_000), queries.near_until(actor.congress_id, today)
        rows = queries.ledger_page(actor, form.wanted(), today, near, start, PAGE)
        return [_out(row, near, today) for row in rows]

    @router.get("/statements", response=list[RowOut], operation_id="statement_list", summary="年度兑现报告")
    def list_statements(request: HttpRequest, year: int | None = None) -> list[dict[str, Any]]:
        actor, today = caller(request), localdate()
        rows = queries.statements_visible_to(actor)
        rows = rows.filter(year=year) if year else rows
        return [routes.row_out(actor, "statement", row, row.pk, today) for row in rows]

    _add_asking(router, routes)


COLUMNS = (
    "id",
    "what",
    "state",
    "kind",
    "measure",
    "money",
    "owner",
    "made_on",
    "due_on",
    "closed_on",
    "closed_by",
)


def _out(row: Promise, near: date | None, today: date) -> dict[str, Any]:
    return {name: getattr(row, name) for name in COLUMNS} | {
        "number": row.number_text,
        "suggestion": row.suggestion_id,
        "unit": str(row.reply.assignment.unit),
        "lamp": lamp(row.state, row.due_on, near, today),
    }


def _add_asking(router: Router, routes: RoomApi) -> None:
    @router.post(
        "/statements",
        response={201: list[RowOut], 403: Problem, 422: Problem},
        operation_id="ask_statements",
        summary="要求报告年度兑现情况",
    )
    def ask(request: HttpRequest, payload: ASK) -> Status[Any]:  # type: ignore[valid-type]
        """One statement for every unit that has promises to state and was not asked yet."""
        actor, today = caller(request, writing=True), localdate()
        form = AskStatementsForm(form_data(payload), today=today)
        if not form.is_valid():
            return Status(422, problems_of(form))

        def act() -> tuple[int, Any]:
            made = actions.ask_statements(actor, at=now(), **form.cleaned_data)
            return 201, [routes.row_out(actor, "statement", row, row.pk, today) for row in made]

        return Status(*once(request, actor.hat, act))
