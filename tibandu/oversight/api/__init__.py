"""The oversight room through the API: lists, details with offers, and one typed route per noun and verb."""

from collections.abc import Callable
from typing import Any

from ninja import Router

from tibandu.base.roomapi import RoomApi, columns_of
from tibandu.oversight.api import draws, funds, packets, programmes, promises, referrals
from tibandu.oversight.room import ROOM

# How each noun is called in addresses; a promise is read in its own room and verified here.
PLURALS: dict[str, str] = {
    **draws.PLURALS,
    **funds.PLURALS,
    **referrals.PLURALS,
    **packets.PLURALS,
    **promises.PLURALS,
    **programmes.PLURALS,
}
# What an area tells of a row beyond or in place of its columns.
FIELDS: dict[str, Callable[[Any, Any], dict[str, Any]]] = {
    **draws.FIELDS,
    **referrals.FIELDS,
    **programmes.FIELDS,
}
router = Router()


def _fields(actor: Any, noun: str, row: Any) -> dict[str, Any]:
    """The columns of a row, or what its area tells in their place."""
    tell = FIELDS.get(noun)
    return tell(actor, row) if tell else columns_of(row)


ROUTES = RoomApi(ROOM, PLURALS, _fields)
draws.add_routes(router, ROUTES)
funds.add_routes(router, ROUTES)
referrals.add_routes(router, ROUTES)
packets.add_routes(router, ROUTES)
promises.add_routes(router, ROUTES)
programmes.add_routes(router, ROUTES)
ROUTES.add_details(router, but=frozenset({"promise"}))
ROUTES.add_steps(router)
