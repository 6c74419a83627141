"""Knows that what is put back is what was built, down to the last row, and that nothing is put back where another wrote."""

from typing import Any

from django.db import transaction

from tests import cases, kept
from tests.town import TODAY, Town
from tibandu.suggestions.queries import ledger

TITLE = "关于在柳塘镇增设农产品集散点的建议"


def everything() -> dict[str, Any]:
    return {table: kept._read(table) for table in kept._keys}


def test_what_is_put_back_is_what_was_built(town: Town) -> None:
    watch, mark = kept._watch, transaction.savepoint()
    assert watch is not None
    beginning = watch.stands()
    assert beginning is not None
    built = cases.replied(town, title=TITLE)
    rows, place = everything(), watch.stands()
    transaction.savepoint_rollback(mark)
    assert watch.stands() is None
    watch.move(beginning)
    again = cases.replied(town, title=TITLE)
    assert watch.stands() is place
    assert {name: here for name, here in everything().items() if here != rows[name]} == {}
    assert (again.pk, again.state, again is built) == (built.pk, built.state, False)
    assert [row.pk for row in ledger.page(town.office, {"q": "集散点"}, TODAY).rows] == [again.pk]


def test_a_row_that_is_given_is_left_as_its_builder_leaves_it(town: Town) -> None:
    case = cases.handling(town)
    share = cases.share_of(town, case, "housing")
    cases.heard(town, share, "before", "during")
    reply = cases.drafted(town, case)
    assert (reply.suggestion_id, reply.suggestion.state) == (case.pk, case.state)


def test_where_another_wrote_nothing_is_put_back(town: Town) -> None:
    assert kept._watch is not None
    assert kept._watch.stands() is not None
    type(town.subject).objects.filter(pk=town.subject.pk).update(name="别的")
    assert kept._watch.stands() is None
    case = cases.registered(town)
    case.refresh_from_db()
    assert case.subject.name == "别的"
