"""Knows the demo's random draws: last year's, checked and closed with one that did not agree, and one whose seed is awaited."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from tibandu.oversight import actions
from tibandu.oversight.enums import LotState
from tibandu.oversight.models import Draw
from tibandu.people.enums import Rank
from tibandu.web.demo.cast import World, moment

Tale = Callable[[], None]
FOUND = (
    (True, "设施已建成并投入使用，与答复所写一致。"),
    (True, "现场与答复一致，住户表示满意。"),
    (False, "答复称已经完工，现场仍围挡施工，约完成六成；请单位说明并如实变更类别。"),
)
CONCLUSION = "抽查三件，两件与自报相符，一件不相符，已请承办单位说明情况并重新答复。"


def tell(world: World) -> Iterator[Tale]:
    """Both draws, each step at its own moment."""
    yield lambda: _last_year(world)
    yield lambda: _this_year(world)


def _frozen(world: World, day: date, since: date, wanted: int, seed_on: date) -> Draw:
    return actions.freeze_draw(
        world.city.actor("deputy_work", Rank.PRINCIPAL),
        at=moment(day, 10),
        title=f"{since.year}年自报已解决答复现场抽查",
        since=since,
        until=day - timedelta(days=1),
        wanted=wanted,
        seed_name=f"{seed_on.isoformat()}公布的福利彩票双色球当期开奖号码（六个红球由小到大连写，再写蓝球）",
        seed_on=seed_on,
    )


def _last_year(world: World) -> None:
    year = world.until.year - 1
    day = date(year, 11, 3)
    office = world.city.actor("deputy_work", Rank.PRINCIPAL)
    draw = _frozen(world, day, date(year, 1, 1), len(FOUND), day + timedelta(days=7))
    actions.enter_seed(office, draw, at=moment(day + timedelta(days=8)), seed="02 09 14 21 27 33 05")
    lots = draw.lots.filter(state=LotState.PICKED).order_by("place")
    for n, (lot, (agrees, words)) in enumerate(zip(lots, FOUND, strict=True)):
        held_on = day + timedelta(days=12 + n)
        actions.check_lot(office, lot, at=moment(held_on, 16), agrees=agrees, held_on=held_on, words=words)
    draw.refresh_from_db()
    actions.close_draw(office, draw, at=moment(day + timedelta(days=20)), words=CONCLUSION)


def _this_year(world: World) -> None:
    day = world.until - timedelta(days=2)
    _frozen(world, day, date(world.until.year, 1, 1), 5, world.until + timedelta(days=5))
