"""What two people do at the same moment about a promise or a statement: it is settled once, and the second is told."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.oversight import promises_cases as cases
from tests.races import at_once, town_to_share
from tests.town import Town, moment
from tibandu.base.models import JournalLine
from tibandu.oversight import actions
from tibandu.oversight.models import Finding, Statement
from tibandu.suggestions.models import Promise

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def town(transactional_db: None, tmp_path: Path) -> Iterator[Town]:
    with town_to_share(tmp_path) as shared:
        yield shared


def lines(promise: Promise, verb: str) -> int:
    return JournalLine.objects.filter(chain=promise.suggestion.chain, verb=verb).count()


def test_both_sides_agree_at_once_and_the_promise_is_kept_once(town: Town) -> None:
    promise, at = cases.claimed(town), moment(cases.FOUND)
    rows = [Promise.objects.get(pk=promise.pk) for _ in range(2)]
    at_once(
        partial(actions.agree_delivery, town.alice, rows[0], at=at),
        partial(actions.agree_delivery, town.member, rows[1], at=at),
    )
    assert (cases.again(promise).state, Finding.objects.count(), lines(promise, "accept_promise")) == (
        "kept",
        2,
        1,
    )


def test_one_finds_from_two_windows_and_is_heard_once(town: Town) -> None:
    promise, at = cases.claimed(town), moment(cases.FOUND)
    rows = [Promise.objects.get(pk=promise.pk) for _ in range(2)]
    told = at_once(
        partial(actions.agree_delivery, town.alice, rows[0], at=at),
        partial(actions.agree_delivery, town.alice, rows[1], at=at),
    )
    assert (sorted(map(str, told))[1:], Finding.objects.count()) == (["对这次申报已经表明意见。"], 1)


def test_two_settle_on_the_spot_and_the_promise_is_kept_once(town: Town) -> None:
    promise = cases.claimed(town)
    at_once(partial(cases.check, town.member, promise), partial(cases.check, town.office, promise))
    assert (lines(promise, "accept_promise"), promise.site_checks.model.objects.count()) == (1, 2)


def test_the_last_two_receipts_close_a_statement_once(town: Town) -> None:
    row, at = cases.given(town, cosigners=("bob",)), moment(cases.NOVEMBER, 17)
    alice, bob = row.receipts.order_by("pk")
    at_once(
        partial(actions.acknowledge, town.alice, alice, at=at),
        partial(actions.acknowledge, town.bob, bob, at=at),
    )
    closing = JournalLine.objects.filter(chain=row.chain, verb="close_statement").count()
    assert (Statement.objects.get(pk=row.pk).state, closing) == ("closed", 1)
