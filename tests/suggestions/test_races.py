"""What two people do at the same moment: nothing is lost, nothing counts twice, and the second is told."""

import io
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests import cases
from tests.races import at_once, town_to_share
from tests.suggestions.test_papers import LOOKED, entered
from tests.suggestions.test_rating import BAD, GOOD, LATER, marks, rating_of
from tests.town import TODAY, Town, appoint, moment
from tibandu.base.files import store_content
from tibandu.base.flow import Moved
from tibandu.base.models import JournalLine
from tibandu.base.verdicts import Report
from tibandu.people.enums import Rank
from tibandu.people.queries import Actor
from tibandu.suggestions import actions, jobs, rules
from tibandu.suggestions.enums import PaperState, Role, ShareState, State
from tibandu.suggestions.forms import form_of
from tibandu.suggestions.models import (
    Assignment,
    ImportedRow,
    PaperEntry,
    Proposer,
    Rating,
    RatingMark,
    Reply,
    Series,
    Suggestion,
)

pytestmark = pytest.mark.django_db(transaction=True)
AT = moment(TODAY)
MOVED = "刚刚被别人办理过，请刷新后再看。"
TABLE = "编号,标题,领衔代表,承办单位\n7,关于甲事的建议,安立夏,市住建局\n8,关于乙事的建议,柏远,市交通局\n"


@pytest.fixture
def town(transactional_db: None, tmp_path: Path) -> Iterator[Town]:
    with town_to_share(tmp_path) as shared:
        yield shared


def told(outcomes: list[Any]) -> list[str]:
    """The sentences that losers were told."""
    return [str(outcome) for outcome in outcomes if isinstance(outcome, Moved)]


def lines(suggestion: Suggestion, verb: str) -> int:
    return JournalLine.objects.filter(chain=suggestion.chain, verb=verb).count()


def ready(town: Town, suggestion: Suggestion, unit: str, code: str) -> Reply:
    """A unit's reply, signed and not sent; one that promises names what."""
    cases.heard(town, cases.share_of(town, suggestion, unit), "before", "during")
    promises = [cases.OVERPASS] if code == "B" else []
    reply = cases.drafted(town, suggestion, unit=unit, code=code, promises=promises)
    return cases.signed(town, reply, unit=unit)


def sent_at_once(town: Town, codes: str) -> tuple[list[Any], bool, str, int]:
    """What two separate units were told, whether the case counts as answered, its state, and how often it followed."""
    suggestion = cases.handling(town, separate=["housing", "transport"], cosigners=())
    units = ("housing", "transport")
    replies = [ready(town, suggestion, unit, code) for unit, code in zip(units, codes, strict=True)]
    windows = [Reply.objects.get(pk=reply.pk) for reply in replies]
    officers = (town.housing_officer, town.transport_officer)
    outcomes = at_once(
        *(
            partial(actions.send_reply, officer, reply, at=moment(cases.SENT, 15))
            for officer, reply in zip(officers, windows, strict=True)
        )
    )
    shares = list(Assignment.objects.filter(suggestion=suggestion))
    suggestion.refresh_from_db()
    return outcomes, rules.all_parts_answered(shares), suggestion.state, lines(suggestion, "follow")


def test_two_units_send_their_replies_at_once_and_the_case_counts_as_answered(town: Town) -> None:
    assert [sent_at_once(town, codes) for codes in ("AA", "BA", "BB")] == [
        ([None, None], True, State.ASSIGNED, 0),
        ([None, None], True, State.FOLLOW_UP, 1),
        ([None, None], True, State.FOLLOW_UP, 1),
    ]
    assert Rating.objects.count() == 6


def test_of_two_who_sign_for_one_share_the_second_is_told(town: Town) -> None:
    suggestion = cases.assigned(town, cosigners=())
    windows = [cases.share_of(town, suggestion, "housing") for _ in range(2)]
    hands = (town.housing_officer, town.housing_section)
    outcomes = at_once(
        *(partial(actions.sign_for, hand, share, at=AT) for hand, share in zip(hands, windows, strict=True))
    )
    share = cases.share_of(town, suggestion, "housing")
    assert (told(outcomes), outcomes.count(None)) == ([MOVED], 1)
    assert (share.state, lines(suggestion, "sign_for")) == (ShareState.SIGNED_FOR, 1)


def test_a_deputy_who_rates_in_two_windows_is_counted_once(town: Town) -> None:
    suggestion = cases.replied(town)
    windows = [rating_of(town, suggestion, "alice") for _ in range(2)]
    said = ((GOOD, "图纸请公示"), (BAD, "没有时间表"))
    outcomes = at_once(
        *(
            partial(actions.rate, town.alice, rating, at=moment(LATER), marks=marks(grades), words=words)
            for rating, (grades, words) in zip(windows, said, strict=True)
        )
    )
    rating = rating_of(town, suggestion, "alice")
    kept = RatingMark.objects.filter(rating=rating).values_list("dimension__code", "grade__code")
    assert (told(outcomes), outcomes.count(None)) == ([MOVED], 1)
    assert (dict(kept), rating.words) == said[outcomes.index(None)]
    assert (len(kept), rating.version, lines(suggestion, "rate")) == (3, 1, 1)


def test_clerks_who_register_at_once_leave_no_gap_and_give_no_number_twice(town: Town) -> None:
    first, second, both = (cases.submitted(town, cosigners=()) for _ in range(3))
    piles = [(town.office, first), (town.clerk, second), (town.office, both), (town.clerk, both)]
    outcomes = at_once(
        *(
            partial(actions.register, clerk, Suggestion.objects.get(pk=made.pk), at=AT, subject=town.subject)
            for clerk, made in piles
        )
    )
    numbers = Suggestion.objects.order_by("number").values_list("number", "number_text")
    assert list(numbers) == [(1, "闭2026-001"), (2, "闭2026-002"), (3, "闭2026-003")]
    assert (told(outcomes), outcomes.count(None), Series.objects.get().last) == ([MOVED], 3, 3)
    assert [lines(made, "register") for made in (first, second, both)] == [1, 1, 1]


def test_of_two_clerks_who_confirm_one_paper_only_one_lets_it_run(town: Town) -> None:
    rating = rating_of(town, cases.replied(town), "alice")
    entry = entered(town, rating)
    other = appoint(town.units["deputy_work"], "二级主任科员", Rank.OFFICER, "纪平")
    deeds = []
    for clerk in (town.office, other):
        window = PaperEntry.objects.get(pk=entry.pk)
        form = form_of("confirm_paper")({}, actor=clerk, case=window, today=LOOKED)
        assert form.is_valid(), form.errors
        deeds.append(partial(actions.confirm_paper, clerk, window, at=moment(LOOKED), **form.cleaned_data))
    outcomes = at_once(*deeds)
    entry.refresh_from_db()
    winner = ("高言", "纪平")[outcomes.index(None)]
    assert (told(outcomes), entry.state, entry.confirmed_by) == ([MOVED], PaperState.CONFIRMED, winner)
    assert RatingMark.objects.filter(rating=rating).count() == 3
    assert (lines(rating.suggestion, "rate"), lines(rating.suggestion, "confirm_paper")) == (1, 1)


def imported(town: Town, actor: Actor) -> Report:
    """The report of the table, sent in by this clerk from the file's reading to its last row."""
    content = TABLE.encode("gb18030")
    file = store_content(content, "汇总表.csv")
    run = actions.start_import(actor, town.congress, at=AT, file=file, collection="往年建议")
    return jobs.import_table(actor, run, jobs.read_table(io.BytesIO(content), "汇总表.csv", {}), at=AT)


def test_two_imports_of_one_file_at_once_bring_its_rows_once(town: Town) -> None:
    reports = at_once(*(partial(imported, town, clerk) for clerk in (town.office, town.clerk)))
    outcomes = ("imported", "unchanged", "refused")
    counts = [[report.count(outcome) for outcome in outcomes] for report in reports]
    assert sorted(counts) == [[0, 2, 0], [2, 0, 0]]
    titles = Suggestion.objects.order_by("pk").values_list("title", flat=True)
    assert list(titles) == ["关于甲事的建议", "关于乙事的建议"]
    assert (ImportedRow.objects.count(), Proposer.objects.count(), Assignment.objects.count()) == (2, 2, 2)
    assert set(Assignment.objects.values_list("role", flat=True)) == {Role.LEAD}
    assert JournalLine.objects.filter(verb="import").count() == 2
