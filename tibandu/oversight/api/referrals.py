"""Referrals and their papers through the API: what one may see of them, and how one begins."""

from typing import Any

from django.http import HttpRequest
from django.utils.timezone import localdate, now
from ninja import Query, Router, Schema, Status

from tibandu.base.api import Problem, form_data, once, problems_of, schema_of
from tibandu.base.roomapi import RoomApi, RowOut, caller, columns_of
from tibandu.oversight import actions
from tibandu.oversight.forms.ledgers import ReferralsForm
from tibandu.oversight.forms.referrals import OpenReferralForm, ReceivePaperForm
from tibandu.oversight.models import Referral
from tibandu.oversight.queries import referrals as queries
from tibandu.people.queries import Actor

PLURALS = {"referral": "referrals", "procuratorial_paper": "procuratorial-papers"}
PAGE = 50


class ReferralsIn(Schema):
    """The ledger's filters, as on the page."""

    direction: str = ""
    state: str = ""
    field: str = ""
    clock: str = ""
    start: int = 0


def fields_of_referral(actor: Actor, row: Referral) -> dict[str, Any]:
    """A referral without what the page hides too: a draft, and a deputy whose name is masked; with names and papers."""
    fields = columns_of(row)
    if queries.shown_suggestion(row) is None:
        fields["suggestion"] = None
    if not queries.knows_asked(actor, row):
        fields["asked"] = None
    papers = [
        {"id": paper.pk, "kind": paper.kind, "number": paper.number, "state": paper.state}
        for paper in queries.papers_of(actor, row)
    ]
    return fields | {"authors": queries.names_of(actor, row), "papers": papers}


FIELDS = {"referral": fields_of_referral}


def add_routes(router: Router, routes: RoomApi) -> None:
    """The ledger, and the two ways a referral begins."""

    @router.get("/referrals", response=list[RowOut], operation_id="referral_list", summary="公益诉讼衔接台账")
    def list_referrals(request: HttpRequest, wanted: Query[ReferralsIn]) -> list[dict[str, Any]]:
        """Fifty at a time, newest first; `start` skips."""
        actor, today = caller(request), localdate()
        form = ReferralsForm(form_data(wanted), actor=actor, today=today)
        start = min(max(0, wanted.start), queries.MOST_SKIPPED)
        found = queries.referrals_on_ledger(actor, form.wanted(), today)
        rows = queries.with_names(found)[start : start + PAGE]
        return [routes.row_out(actor, "referral", row, row.pk, today) for row in rows]

    _add_beginning(router, routes, "/referrals", OpenReferralForm, actions.open_referral, "筛选线索")
    _add_beginning(
        router, routes, "/referrals/papers", ReceivePaperForm, actions.receive_paper, "登记检察文书"
    )


def _add_beginning(
    router: Router, routes: RoomApi, path: str, form_type: Any, action: Any, summary: str
) -> None:
    payload_type = schema_of(form_type, action.__name__.title().replace("_", ""))

    def begin(request: HttpRequest, payload: payload_type) -> Status[Any]:  # type: ignore[valid-type]
        actor, today = caller(request, writing=True), localdate()
        form = form_type(form_data(payload), actor=actor, today=today)
        if not form.is_valid():
            return Status(422, problems_of(form))

        def act() -> tuple[int, Any]:
            made = action(actor, at=now(), **form.cleaned_data)
            return 201, routes.row_out(actor, "referral", made, made.pk, today)

        return Status(*once(request, actor.hat, act))

    router.post(
        path,
        response={201: RowOut, 403: Problem, 422: Problem},
        operation_id=action.__name__,
        summary=summary,
    )(begin)
