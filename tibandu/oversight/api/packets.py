"""Partners and packets through the API: what one may see of them, whom to trust, a packet looked at and taken."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.timezone import localdate, now
from ninja import File, Query, Router, Schema, Status
from ninja.files import UploadedFile

from tibandu.base.api import Problem, form_data, once, problems_of, schema_of
from tibandu.base.files import open_stored
from tibandu.base.packets import MOST_BYTES
from tibandu.base.roomapi import RoomApi, RowOut, caller
from tibandu.oversight import actions
from tibandu.oversight.forms.packets import PartnerForm
from tibandu.oversight.queries import packets as queries
from tibandu.oversight.queries.referrals import MOST_SKIPPED

PLURALS = {"partner": "partners", "packet": "packets"}
PAGE = 50
PARTNER = schema_of(PartnerForm, "PartnerIn")


class PacketsIn(Schema):
    partner: int | None = None
    direction: str = ""
    start: int = 0


def add_routes(router: Router, routes: RoomApi) -> None:
    """Both lists, a new partner, the bytes of a packet, and taking one."""

    @router.get("/partners", response=list[RowOut], operation_id="partner_list", summary="交换对象")
    def list_partners(request: HttpRequest) -> list[dict[str, Any]]:
        actor, today = caller(request), localdate()
        rows = queries.partners_visible_to(actor)
        return [routes.row_out(actor, "partner", row, row.pk, today) for row in rows]

    @router.get("/packets", response=list[RowOut], operation_id="packet_list", summary="数据包")
    def list_packets(request: HttpRequest, wanted: Query[PacketsIn]) -> list[dict[str, Any]]:
        """Fifty at a time, newest first; `start` skips."""
        actor, today = caller(request), localdate()
        start = min(max(0, wanted.start), MOST_SKIPPED)
        rows = queries.packets_on_page(actor, wanted.partner, wanted.direction)[start : start + PAGE]
        return [routes.row_out(actor, "packet", row, row.partner_id, today) for row in rows]

    @router.get("/packets/{pk}/file", operation_id="packet_file", summary="数据包文件")
    def packet_file(request: HttpRequest, pk: int) -> HttpResponse:
        """The packet itself, as it is carried."""
        found = queries.packets_visible_to(caller(request)).filter(pk=pk).first()
        if found is None:
            raise Http404
        with open_stored(found.file.sha256) as kept:
            return HttpResponse(kept.read(), content_type="application/zip")

    _add_deeds(router, routes)


def _add_deeds(router: Router, routes: RoomApi) -> None:
    problems = {403: Problem, 422: Problem}

    @router.post(
        "/partners", response={201: RowOut, **problems}, operation_id="add_partner", summary="添加交换对象"
    )
    def add_partner(request: HttpRequest, payload: PARTNER) -> Status[Any]:  # type: ignore[valid-type]
        actor, today = caller(request, writing=True), localdate()
        form = PartnerForm(form_data(payload))
        if not form.is_valid():
            return Status(422, problems_of(form))

        def act() -> tuple[int, Any]:
            made = actions.add_partner(actor, at=now(), **form.cleaned_data)
            return 201, routes.row_out(actor, "partner", made, made.pk, today)

        return Status(*once(request, actor.hat, act))

    @router.post(
        "/packets", response={201: RowOut, **problems}, operation_id="take_packet", summary="接收数据包"
    )
    def take_packet(request: HttpRequest, packet: UploadedFile = File(...)) -> Status[Any]:  # noqa: B008
        """Takes a packet whole or not at all; the same packet again is refused, for it was taken."""
        actor, today = caller(request, writing=True), localdate()
        taken = actions.take_packet(actor, packet.read(MOST_BYTES + 1), at=now())
        return Status(201, routes.row_out(actor, "packet", taken, taken.partner_id, today))
