"""Knows how a step is offered, refused and taken, on a town's smallest flow: a congress that is noted and closed."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.town import Town
from tibandu.base.flow import Flow, Moved, NotYourStep, Refused, Role, Step
from tibandu.base.models import JournalLine
from tibandu.base.verbs import verb
from tibandu.people.queries import SYSTEM
from tibandu.regulations.models import Version

AT = datetime(2026, 3, 2, 1, tzinfo=UTC)
TODAY = date(2026, 3, 2)
ANYBODY = Role("谁都可以", lambda actor, case: True)
NOBODY = Role("没有人", lambda actor, case: False)


def needs_label(actor: Any, version: Version, today: date) -> str | None:
    return None if version.label else "还没有名称。"


FLOW = Flow(
    "version",
    [
        Step("repeal", "废止", ("in_force",), "repealed", ANYBODY, (needs_label,), primary=True),
        Step("hide", "隐去", ("in_force",), "", NOBODY),
        Step("touch", "记一笔", ("in_force",), "", ANYBODY),
        Step("lapse", "失效", ("in_force",), "repealed", ANYBODY, quiet=True),
    ],
)


@pytest.fixture
def version(town: Town) -> Version:
    return town.measure


def test_offers_are_the_actors_own_steps_primary_first(version: Version) -> None:
    assert [offer.verb for offer in FLOW.offers(SYSTEM, version, TODAY)] == ["repeal", "touch"]


def test_a_refused_offer_carries_its_sentence_and_comes_last(version: Version) -> None:
    version.label = ""
    offers = FLOW.offers(SYSTEM, version, TODAY)
    assert [(offer.verb, offer.refusal) for offer in offers] == [("touch", None), ("repeal", "还没有名称。")]


def test_a_step_moves_the_row_and_writes_one_line(version: Version) -> None:
    before = JournalLine.objects.count()
    FLOW.take("repeal", SYSTEM, version, at=AT, words="不再适用", ended_on=TODAY)
    version.refresh_from_db()
    assert (version.state, version.ended_on) == ("repealed", TODAY)
    line = JournalLine.objects.latest("pk")
    assert (line.verb, line.source, line.target, line.words) == ("repeal", "in_force", "repealed", "不再适用")
    assert JournalLine.objects.count() == before + 1


def test_the_loser_of_a_race_is_told_so(version: Version) -> None:
    stale = Version.objects.get(pk=version.pk)
    FLOW.take("repeal", SYSTEM, version, at=AT)
    with pytest.raises(Moved):
        FLOW.take("repeal", SYSTEM, stale, at=AT)


def test_a_refused_step_changes_nothing(version: Version) -> None:
    version.label = ""
    with pytest.raises(Refused, match="还没有名称"):
        FLOW.take("repeal", SYSTEM, version, at=AT)
    assert Version.objects.get(pk=version.pk).state == "in_force"


def test_a_step_of_somebody_else_is_not_taken(version: Version) -> None:
    with pytest.raises(NotYourStep):
        FLOW.take("hide", replace(SYSTEM, hat="post:1"), version, at=AT)


def test_a_verb_stands_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        Flow("x", [FLOW.step("touch"), FLOW.step("touch")])


def test_a_step_from_a_wrong_state_says_which_state_it_is(version: Version) -> None:
    FLOW.take("repeal", SYSTEM, version, at=AT)
    with pytest.raises(Moved) as told:
        FLOW.check("touch", SYSTEM, version, TODAY)
    assert str(told.value) == "“记一笔”在“现行有效”时办理，现在是“已废止”。"


def test_only_the_loser_of_a_race_reads_that_somebody_was_faster(version: Version) -> None:
    @verb
    def touch(actor: Any, row: Version, *, at: datetime) -> None:
        FLOW.take("touch", actor, row, at=at)

    stale = Version.objects.get(pk=version.pk)
    FLOW.take("repeal", SYSTEM, version, at=AT)
    with pytest.raises(Moved, match="刚刚被别人办理过"):
        touch(SYSTEM, stale, at=AT)
    with pytest.raises(Moved, match="现在是“已废止”"):
        touch(SYSTEM, stale, at=AT)
