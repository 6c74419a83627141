"""Two who enter a seed at once: one draws, the other is told to look again."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.oversight.draws_cases import SEED_DAY, frozen
from tests.races import at_once, town_to_share
from tests.town import Town, moment
from tibandu.base.flow import Moved
from tibandu.oversight import actions
from tibandu.oversight.models import Draw
from tibandu.oversight.rules.draws import picked

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def town(transactional_db: None, tmp_path: Path) -> Iterator[Town]:
    with town_to_share(tmp_path) as shared:
        yield shared


def test_of_two_who_enter_a_seed_one_draws(town: Town) -> None:
    draw = frozen(town)
    rows = [Draw.objects.get(pk=draw.pk) for _ in range(2)]
    told = at_once(
        lambda: actions.enter_seed(town.office, rows[0], at=moment(SEED_DAY), seed="1"),
        lambda: actions.enter_seed(town.member, rows[1], at=moment(SEED_DAY), seed="2"),
    )
    draw.refresh_from_db()
    assert [type(one) for one in told if one] == [Moved]
    chosen = list(draw.lots.exclude(place=None).order_by("place").values_list("number", flat=True))
    assert chosen == picked(draw.seed, 3, 2)
