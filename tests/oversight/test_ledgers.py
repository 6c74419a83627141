"""Every ledger of supervision: what it holds is what the rule of sight and the filters hold, at a literal count of statements."""

from collections.abc import Callable
from datetime import date
from itertools import count
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.oversight import programmes_cases as made
from tests.oversight import world
from tests.town import TODAY, Town, moment
from tibandu.base.listings import Listing
from tibandu.oversight import actions
from tibandu.oversight.forms import ledgers as forms
from tibandu.oversight.queries import ledgers, promises

LISTINGS = {name: found for name, found in vars(ledgers).items() if isinstance(found, Listing)}
FACTS = {"PROMISES": (TODAY, date(2026, 12, 1)), "REFERRALS": (TODAY,)}
READERS = [
    "office", "chairpersons", "member", "dispatcher", "housing_officer", "finance_chief", "prosecutor",
    "alice", "evan", "foreign_office", "foreign_deputy",
]  # fmt: skip


@pytest.fixture
def nouns(town: Town) -> dict[str, Any]:
    """One row of every noun, and a nomination."""
    found = world.rows(town)
    return found | {"nomination": made.nominated(town)}


def test_light_rows_are_those_of_the_one_rule_of_sight(town: Town, nouns: dict[str, Any]) -> None:
    seen = {name: 0 for name in LISTINGS}
    for name, listing in LISTINGS.items():
        facts = FACTS.get(name, ())
        for actor in (town.actors[reader] for reader in READERS):
            keys = [row.pk for row in listing._build(actor, {}, *facts)]
            rows = listing.rows(actor, {}, *facts, start=0, stop=50)
            assert [row.pk for row in rows] == keys, (name, actor.hat)
            assert listing.sums(actor, {}, *facts, of=()) == [len(keys)]
            seen[name] += len(keys)
    assert all(seen.values()), seen


def test_a_row_says_what_the_row_itself_says(town: Town, nouns: dict[str, Any]) -> None:
    office = town.office
    told = nouns["promise"]
    (promise,) = [row for row in ledgers.PROMISES.rows(office, {}, *FACTS["PROMISES"]) if row.pk == told.pk]
    assert (promise.number, promise.what, promise.unit, promise.suggestion) == (
        told.number_text, told.what, str(told.reply.assignment.unit), told.suggestion.title,
    )  # fmt: skip
    (project,), told = ledgers.PROJECTS.rows(office, {}), nouns["project"]
    assert (project.fund, project.unit, project.invested) == (str(told.fund), str(told.unit), 100_00)
    (referral,) = ledgers.REFERRALS.rows(office, {}, TODAY)
    told = nouns["referral"]
    assert (referral.number, referral.agency, referral.suggestion, referral.field) == (
        told.number_text, told.agency_text, told.suggestion.number_text, str(told.field),
    )  # fmt: skip
    (opinion,), told = ledgers.OPINIONS.rows(office, {}), nouns["opinion_case"].rounds.get()
    assert (opinion.due_on, opinion.reported_on, opinion.rounds) == (told.due_on, told.reported_on, 1)
    (instrument,), told = ledgers.INSTRUMENTS.rows(office, {}), nouns["instrument"]
    assert (instrument.by, instrument.addressed) == (str(told.ordered_unit), told.addresses.count())


def test_filters_hold_for_light_rows_too(town: Town, nouns: dict[str, Any]) -> None:
    unit = town.units["police"]
    for name, wanted in (
        ("PROMISES", {"unit": unit}),
        ("PROMISES", {"state": "unexplained"}),
        ("STATEMENTS", {"year": 2001}),
        ("PROGRAMMES", {"q": "没有"}),
        ("INSTRUMENTS", {"unit": unit}),
        ("PROJECTS", {"source": "social"}),
        ("REFERRALS", {"clock": "overdue"}),
        ("PACKETS", {"direction": "in"}),
    ):
        facts, listing = FACTS.get(name, ()), LISTINGS[name]
        keys = [row.pk for row in listing._build(town.office, wanted, *facts)]
        assert [row.pk for row in listing.rows(town.office, wanted, *facts)] == keys, name
        assert len(keys) < len(listing.rows(town.office, {}, *facts)), name


def twin(row: Model, **changes: Any) -> None:
    """One more row like this."""
    other = type(row)._base_manager.get(pk=row.pk)
    other.pk = None
    for name, value in changes.items():
        setattr(other, name, value)
    other.save(force_insert=True)


# What differs between a row of a ledger and its twin; and what a page costs the office, session, account and hats
# (three statements) included: the rows, and beside them figures, sums, partners with their steps, or what is near.
LEDGERS: dict[str, tuple[str, Callable[[int], dict[str, Any]], int]] = {
    "ledger": ("promise", lambda n: {}, 6),
    "statements": ("statement", lambda n: {"year": 2000 + n}, 4),
    "programmes": ("programme", lambda n: {}, 4),
    "nominations": ("nomination", lambda n: {}, 4),
    "instruments": ("instrument", lambda n: {}, 4),
    "meetings": ("government_meeting", lambda n: {}, 4),
    "opinions": ("opinion_case", lambda n: {}, 4),
    "funds": ("fund", lambda n: {"year": 2000 + n}, 5),
    "projects": ("project", lambda n: {}, 5),
    "referrals": (
        "referral",
        lambda n: {"suggestion": None, "direction": "in", "state": "received", "opened_on": date(2026, 1, n)},
        4,
    ),
    "packets": ("packet", lambda n: {"sequence": 1000 + n, "digest": f"{n:064d}"}, 6),
    "draws": ("draw", lambda n: {}, 4),
}
FILTERS = ("kind=key", "state=open", "year=2026", "direction=out", "unit={unit}", "committee={committee}")


def test_a_ledger_costs_the_same_for_one_row_and_for_three(
    town: Town, hat: Callable[..., Client], nouns: dict[str, Any]
) -> None:
    client, found = hat(town.office), {}
    for name, (noun, changes, _cost) in LEDGERS.items():
        url, numbers = reverse(f"oversight:{name}"), count(1)
        for rows in (1, 3):
            while len(client.get(url).context["ledger"]["rows"]) < rows:
                twin(nouns[noun], **changes(next(numbers)))
            found[name, rows] = _statements(client, url)
    assert found == {(name, rows): cost for name, (_n, _c, cost) in LEDGERS.items() for rows in (1, 3)}


def _statements(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url).status_code == 200
    return len(asked)


def test_one_filter_costs_a_ledger_at_most_nine_statements(
    town: Town, hat: Callable[..., Client], nouns: dict[str, Any]
) -> None:
    client = hat(town.office)
    keys = {"unit": town.units["housing"].pk, "committee": town.units["committee"].pk}
    for name in LEDGERS:
        for query in (one.format(**keys) for one in FILTERS):
            assert _statements(client, f"{reverse(f'oversight:{name}')}?{query}") <= 9, (name, query)


def test_every_ledger_is_taken_away_and_printed(
    town: Town, hat: Callable[..., Client], nouns: dict[str, Any]
) -> None:
    client = hat(town.office)
    for name in LEDGERS:
        page, sheet, paper = (
            client.get(reverse(f"oversight:{name}{form}")) for form in ("", "_export", "_print")
        )
        assert sheet.content[:2] == b"PK", name
        rows = len(page.context["ledger"]["rows"])
        assert paper.content.decode().count("<tr data-row") == rows > 0, name
        assert f"共 {rows} 条" in paper.content.decode(), name


def test_nominations_stand_by_their_mean_not_by_how_many_gave_marks(town: Town) -> None:
    twice, once = (made.nominated(town, title=title) for title in ("两家评分", "一家评分"))
    low = made.marks(("whole", 20), ("concern", 20), ("hard", 5), ("agenda", 5))
    for scorer in (town.office, town.member):
        actions.score_programme(scorer, twice, at=moment(made.NOMINATED), marks=low)
    made.scored(town, once)
    rows = ledgers.NOMINATIONS.rows(town.office, {})
    assert [(row.title, row.sheets) for row in rows] == [("一家评分", 1), ("两家评分", 2)]


def test_what_is_near_is_told_by_one_statement(town: Town, django_assert_num_queries: Any) -> None:
    promises.near_until(town.congress.pk, TODAY)
    with django_assert_num_queries(1):
        assert promises.near_until(town.congress.pk, TODAY) == date(2026, 3, 9)
    assert promises.near_until(None, TODAY) is None
    assert promises.near_until(0, TODAY) is None


def test_filter_forms_copy_no_field_that_nobody_asked_for(town: Town) -> None:
    form = forms.PromisesForm(QueryDict("state=kept"), actor=town.office, today=TODAY)
    assert (list(form.fields), form.wanted()) == (["state"], {"state": "kept"})
