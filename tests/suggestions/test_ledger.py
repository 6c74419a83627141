"""Knows what the ledger and the desk show to whom, at how many queries, and that page, sheet and print agree."""

import io
from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from tests import cases
from tests.town import TODAY, Town, moment
from tibandu.suggestions import actions
from tibandu.suggestions.models import Suggestion
from tibandu.suggestions.queries import desk, ledger

Wear = Callable[..., Client]


def titles(town: Town, actor: object, **wanted: object) -> list[str]:
    return [row.title for row in ledger.page(actor, wanted, TODAY, "id").rows]


def test_the_office_sees_what_was_handed_in_and_no_draft(town: Town) -> None:
    cases.draft(town, title="还没写完")
    cases.submitted(town, title="已经提交")
    cases.registered(town, title="已经立案")
    assert titles(town, town.office) == ["已经提交", "已经立案"]


def test_a_foreign_congress_sees_nothing_of_ours(town: Town) -> None:
    cases.registered(town)
    assert titles(town, town.foreign_office) == []
    assert titles(town, town.foreign_deputy) == []


def test_a_unit_sees_only_what_it_handles(town: Town) -> None:
    cases.assigned(town, title="住建局办的")
    cases.registered(town, title="还没交办的")
    assert titles(town, town.housing_officer) == ["住建局办的"]
    assert titles(town, town.finance_officer) == []


def test_the_ledger_is_filtered_by_words_unit_state_and_clock(town: Town) -> None:
    cases.assigned(town, title="关于修桥的建议")
    cases.registered(town, title="关于路灯的建议")
    unit = town.units["housing"]
    assert titles(town, town.office, q="修桥") == ["关于修桥的建议"]
    assert titles(town, town.office, unit=unit) == ["关于修桥的建议"]
    assert titles(town, town.office, state="registered") == ["关于路灯的建议"]
    assert titles(town, town.office, clock="overdue") == []


def test_a_page_holds_what_the_one_rule_of_sight_and_the_filters_hold_in_the_same_order(town: Town) -> None:
    cases.submitted(town, title="关于修桥的建议")
    cases.registered(town, title="关于路灯的建议")
    cases.assigned(town, title="关于修桥和路灯的建议")
    cases.replied(town, title="关于停车的建议")
    unit, subject = town.units["housing"], Suggestion.objects.exclude(subject=None)[0].subject
    wants = [
        {}, {"q": "修桥"}, {"q": "没有"}, {"unit": unit}, {"state": "registered"}, {"subject": subject},
        {"category": "A"}, {"clock": "near"}, {"round": 2}, {"author": town.seats["alice"].person.name},
        {"unit": unit, "q": "路灯"}, {"state": "assigned", "author": town.seats["bob"].person.name},
    ]  # fmt: skip
    readers = (
        "office",
        "chen",
        "housing_officer",
        "finance_officer",
        "dispatcher",
        "alice",
        "foreign_deputy",
    )
    for actor in (town.actors[name] for name in readers):
        for wanted in wants:
            for sort in ledger.ORDERS:
                keys = list(
                    ledger.ordered(ledger.filtered(actor, wanted, TODAY), sort).values_list("pk", flat=True)
                )
                whole = ledger.page(actor, wanted, TODAY, sort)
                assert ([row.pk for row in whole.rows], whole.has_more) == (keys, False)
                assert whole.count_text == str(len(keys))
                second = ledger.page(actor, wanted, TODAY, sort, 1, 1)
                assert [row.pk for row in second.rows] == keys[1:2]
                assert second.has_more == (len(keys) > 2)


def test_a_row_names_authors_and_units(town: Town) -> None:
    cases.assigned(town)
    (row,) = ledger.page(town.office, {}, TODAY).rows
    assert row.author == "安立夏等2人"
    assert row.leads == ["市住建局"]


@pytest.mark.parametrize("many", [1, 3])
def test_the_ledger_page_costs_the_same_for_one_row_and_three(
    town: Town, hat: Wear, django_assert_num_queries: Callable[..., object], many: int
) -> None:
    for n in range(many):
        cases.registered(town, title=f"第{n}件")
    client = hat(town.office)
    client.get("/suggestions/")
    with django_assert_num_queries(6):
        page = client.get("/suggestions/").content.decode()
    assert page.count("data-row") == many


def test_the_filters_come_as_a_piece_of_the_same_page(town: Town, hat: Wear) -> None:
    client = hat(town.office)
    assert 'name="committee"' not in client.get("/suggestions/").content.decode()
    assert 'name="committee"' in client.get("/suggestions/?filter=1").content.decode()


def test_sheet_and_page_hold_the_same_rows(town: Town, hat: Wear) -> None:
    cases.registered(town, title="关于修桥的建议")
    cases.registered(town, title="关于路灯的建议")
    client = hat(town.office)
    content = client.get("/suggestions/export.xlsx?q=修桥").content
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert [row[1] for row in rows[-1:]] == ["关于修桥的建议"]
    assert "关于路灯的建议" not in client.get("/suggestions/print/?q=修桥").content.decode()


def test_a_view_is_kept_for_the_hat_that_saved_it(town: Town, hat: Wear) -> None:
    client = hat(town.office)
    client.post("/suggestions/views/", {"name": "待立案", "query": "state=submitted"})
    assert ledger.saved_views(town.office.hat) == [("待立案", "state=submitted")]
    assert ledger.saved_views(town.clerk.hat) == []


def waits(town: Town, actor: object) -> list[str]:
    return [task.verb for task in desk.waiting_for(actor, TODAY)]


def test_the_desk_shows_each_person_the_verb_they_are_asked_for(town: Town) -> None:
    submitted = cases.submitted(town)
    assert waits(town, town.office) == ["register"]
    actions.register(town.office, submitted, at=moment(), subject=town.subject)
    assert waits(town, town.office) == ["assign"]
    cases.assigned(town)
    assert waits(town, town.housing_officer) == ["sign_for"]
    assert waits(town, town.finance_officer) == []


def test_a_quiet_desk_offers_one_thing(town: Town, hat: Wear) -> None:
    page = hat(town.finance_officer).get("/desk/").content.decode()
    assert "今天没有等您办理的事" in page
    assert "查看建议台账" in page


@pytest.mark.parametrize(
    "who", ["office", "member", "alice", "dispatcher", "housing_officer", "chairpersons"]
)
def test_every_kind_of_reader_opens_desk_ledger_and_case(town: Town, hat: Wear, who: str) -> None:
    case = cases.assigned(town)
    client = hat(town.actors[who])
    assert [
        client.get(url).status_code for url in ("/desk/", "/suggestions/", f"/suggestions/{case.pk}/")
    ] == [200] * 3


def test_a_case_out_of_sight_is_not_there(town: Town, hat: Wear) -> None:
    case = cases.registered(town)
    assert hat(town.foreign_office).get(f"/suggestions/{case.pk}/").status_code == 404
    assert hat(town.finance_officer).get(f"/suggestions/{case.pk}/").status_code == 404


def test_the_desk_of_the_office_shows_the_clocks_of_screening_and_assignment(town: Town) -> None:
    cases.submitted(town, title="待审查的建议")
    cases.registered(town, title="待交办的建议")
    tasks = desk.waiting_for(town.office, date(2026, 2, 13))
    assert [(task.verb, task.due_on) for task in tasks] == [
        ("register", date(2026, 2, 16)),
        ("assign", date(2026, 2, 23)),
    ]
