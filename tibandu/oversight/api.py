"""The oversight room through the API: lists, details with offers, and one typed route per noun and verb."""

from ninja import Router

from tibandu.base.roomapi import RoomApi
from tibandu.oversight.room import ROOM

# How each noun is called in addresses; a promise is read in its own room and verified here.
PLURALS: dict[str, str] = {}
router = Router()

ROUTES = RoomApi(ROOM, PLURALS)
ROUTES.add_details(router)
ROUTES.add_steps(router)
