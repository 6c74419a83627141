"""Two who draw on one fund at the same moment: what it holds is given once, and the other is told."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.oversight import funds_cases as money
from tests.oversight.funds_cases import GIVEN, PLANNED
from tests.races import at_once, town_to_share
from tests.town import Town, moment
from tibandu.base.flow import Refused
from tibandu.oversight import actions
from tibandu.oversight.models import Fund, FundEntry, Payment, Project
from tibandu.oversight.queries.funds import balance_breaks

pytestmark = pytest.mark.django_db(transaction=True)
AT = moment(GIVEN)


@pytest.fixture
def town(transactional_db: None, tmp_path: Path) -> Iterator[Town]:
    with town_to_share(tmp_path) as shared:
        yield shared


def test_two_appropriations_at_once_never_take_more_than_the_fund_holds(town: Town) -> None:
    fund = money.opened(town, amount=PLANNED + PLANNED // 2)
    first, second = money.approved(town, fund), money.approved(town, fund, title="老旧小区加装扶手")
    deeds = [
        lambda project=project, actor=actor: actions.appropriate(actor, project, at=AT, amount=PLANNED)
        for project, actor in ((first, town.finance_officer), (second, town.finance_chief))
    ]
    outcomes = at_once(*deeds)
    refused = [str(outcome) for outcome in outcomes if isinstance(outcome, Refused)]
    assert refused == ["专项资金余额只有200,000元。"]
    assert Fund.objects.get().balance == PLANNED // 2
    assert sorted(Project.objects.values_list("appropriated", flat=True)) == [0, PLANNED]
    assert FundEntry.objects.filter(kind="appropriate").count() == 1
    assert list(balance_breaks()) == []


def test_two_payments_asked_at_once_never_pass_what_is_free(town: Town) -> None:
    project = money.appropriated(town, money.opened(town))
    twins = [Project.objects.select_related("unit", "fund").get(pk=project.pk) for _ in range(2)]
    ask = {"at": AT, "amount": PLANNED - 1, "payee": "市政公司", "words": "工程款"}
    outcomes = at_once(
        lambda: actions.ask_payment(town.housing_officer, twins[0], **ask),
        lambda: actions.ask_payment(town.housing_chief, twins[1], **ask),
    )
    refused = [str(outcome) for outcome in outcomes if isinstance(outcome, Refused)]
    assert (refused, Payment.objects.count()) == (["已拨付、尚未支付的资金只有0.01元。"], 1)
