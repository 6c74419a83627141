"""Promises as they stand after a claim, and statements as they are asked and given, made by the real verbs."""

from datetime import date
from typing import Any

from tests import cases
from tests.kept import kept
from tests.town import Town, moment
from tibandu.oversight import actions
from tibandu.oversight.enums import Verdict
from tibandu.oversight.models import SiteCheck, Statement
from tibandu.oversight.queries import promises as queries
from tibandu.people.queries import SYSTEM, Actor
from tibandu.suggestions import actions as suggestions
from tibandu.suggestions.models import Promise, Suggestion

CLAIMED, FOUND = date(2026, 6, 30), date(2026, 7, 3)
LATE = date(2026, 9, 1)  # the time to speak to the claim is over
OCTOBER, NOVEMBER = date(2026, 10, 9), date(2026, 11, 2)


@kept
def made(town: Town, **fields: Any) -> Promise:
    """In the ledger since 20 March 2026, due on 31 October, asked for by Alice alone or with whom `cosigners` names."""
    suggestion = cases.replied(town, code="B", promises=[cases.OVERPASS], **({"cosigners": ()} | fields))
    return read(suggestion)


def read(suggestion: Suggestion) -> Promise:
    """The promise of a case as a page would read it."""
    found = queries.promise_on_page(SYSTEM, suggestion.promises.get().pk)
    assert found is not None
    return found


def again(promise: Promise) -> Promise:
    return read(promise.suggestion)


@kept
def claimed(town: Town, **fields: Any) -> Promise:
    """Claimed on 30 June 2026 by the housing bureau."""
    promise = made(town, **fields)
    claim(town, promise)
    return again(promise)


def claim(town: Town, promise: Promise, day: date = CLAIMED) -> None:
    suggestions.claim_promise(
        town.housing_officer, promise, at=moment(day), proof="6月28日通过验收并开放通行"
    )


def agree(who: Actor, promise: Promise, day: date = FOUND) -> Promise:
    actions.agree_delivery(who, again(promise), at=moment(day), words="看过，属实")
    return again(promise)


def doubt(who: Actor, promise: Promise, day: date = FOUND) -> Promise:
    actions.doubt_delivery(who, again(promise), at=moment(day), words="电梯没有开通")
    return again(promise)


def check(
    who: Actor, promise: Promise, day: date = LATE, verdict: str = Verdict.DONE, **fields: Any
) -> SiteCheck:
    told = {
        "held_on": day,
        "place": "兴澜大桥东侧",
        "attended": "韩澄、安立夏",
        "found": "天桥已开放，电梯运行",
    }
    return actions.check_site(who, again(promise), at=moment(day), verdict=verdict, **(told | fields))


@kept
def asked(town: Town, year: int = 2026, day: date = OCTOBER) -> Statement:
    """The one unit that has promised is asked for its statement."""
    [row] = actions.ask_statements(town.office, at=moment(day), year=year)
    return row


@kept
def given(town: Town, **fields: Any) -> Statement:
    """The housing bureau has stated what became of its promise."""
    promise = made(town, **fields)
    row = asked(town)
    lines = [{"promise": promise, "words": "桥面贯通，年底前开放。"}]
    actions.give_statement(town.housing_officer, row, at=moment(NOVEMBER), lines=lines, words="共1项")
    return Statement.objects.get(pk=row.pk)


@kept
def doubt_and_agree(town: Town) -> Promise:
    """Bob doubts what the committee agrees to: the sides differ."""
    promise = agree(town.member, claimed(town, cosigners=("bob",)))
    return doubt(town.bob, promise)
