"""Three answers said to have solved their matter, and a draw of two of them."""

from datetime import date

from tests import cases
from tests.kept import kept
from tests.town import Town, moment
from tibandu.oversight import actions
from tibandu.oversight.models import Draw

FROZEN, SEED_DAY = date(2026, 6, 1), date(2026, 6, 10)
SEED = "07 11 23 28 30"


@kept
def claimed(town: Town, n: int = 3) -> None:
    """So many A answers of the housing bureau, sent on 20 March 2026."""
    for place in range(n):
        cases.replied(town, cosigners=(), title=f"关于第{place + 1}处路口增设过街设施的建议")


@kept
def frozen(town: Town, wanted: int = 2, n: int = 3) -> Draw:
    """A list frozen on 1 June 2026; the seed is a number of 10 June."""
    claimed(town, n)
    return actions.freeze_draw(
        town.office,
        at=moment(FROZEN),
        title="2026年A类答复现场抽查",
        since=date(2026, 1, 1),
        until=date(2026, 5, 31),
        wanted=wanted,
        seed_name="2026年6月10日公布的某彩票第2026066期开奖号码",
        seed_on=SEED_DAY,
    )


@kept
def drawn(town: Town) -> Draw:
    draw = frozen(town)
    actions.enter_seed(town.office, draw, at=moment(SEED_DAY), seed=SEED)
    return draw
