"""The procedures of random draws: who freezes a list, enters the seed, checks what was picked, and closes."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tibandu.base.flow import Flow, Role, Step
from tibandu.oversight.enums import DrawState, LotState
from tibandu.oversight.models import Draw, Lot
from tibandu.oversight.queries.draws import list_holds
from tibandu.people.enums import Competence, Function
from tibandu.people.queries import Actor


def draws(actor: Actor, row: Any = None) -> bool:
    """Whoever closes suggestions in this congress, or one of its committees."""
    is_ours = row is None or row.congress_id == actor.congress_id
    return actor.is_system or (
        is_ours and (actor.may(Competence.CLOSE) or actor.function == Function.COMMITTEE)
    )


DRAWER = Role(_("代表工作机构或者专门委员会"), draws)


def seed_is_out(actor: Actor, draw: Draw, today: date) -> Any:
    """The public number must have come out after the list stood; nobody may have known it then."""
    if today <= draw.frozen_on:
        return _("名单冻结当天不能录入种子。")
    if today < draw.seed_on:
        return _now("种子是%(day)s的公开数字，到那天才能录入。") % {"day": draw.seed_on.isoformat()}
    return None


def list_stands(actor: Actor, draw: Draw, today: date) -> Any:
    return None if list_holds(draw) else _("名单与冻结时公布的摘要不符，不能抽取，请查明原因。")


def draw_is_open(actor: Actor, lot: Lot, today: date) -> Any:
    return None if lot.draw.state == DrawState.DRAWN else _("这次抽查现在不能录入核查情况。")


# fmt: off
DRAW = Flow("draw", [
    Step("enter_seed", _("录入种子抽取"), (DrawState.FROZEN,), DrawState.DRAWN, DRAWER, (seed_is_out, list_stands), primary=True),
    Step("finish_checks", _("核查完毕"), (DrawState.DRAWN,), DrawState.CHECKED, DRAWER, quiet=True),
    Step("close_draw", _("办结抽查"), (DrawState.CHECKED,), DrawState.CLOSED, DRAWER, primary=True),
])
LOT = Flow("lot", [
    Step("check_lot", _("录入核查情况"), (LotState.PICKED,), LotState.CHECKED, DRAWER, (draw_is_open,), primary=True),
])
# fmt: on
NOUNS: dict[str, tuple[Any, tuple[Flow, ...]]] = {"draw": (Draw, (DRAW,)), "lot": (Lot, (LOT,))}
