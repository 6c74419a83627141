"""Two at once on one nomination, and on one answer: one wins, the other reads that it was done."""

from pathlib import Path

import pytest

from tests.oversight import programmes_cases as made
from tests.races import at_once, town_to_share
from tests.town import moment
from tibandu.base.flow import Moved, Refused
from tibandu.oversight import actions
from tibandu.oversight.enums import OwedState, ProgrammeState
from tibandu.oversight.models import Owed, Programme

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_who_decide_and_who_verify_one_wins(transactional_db: None, tmp_path: Path) -> None:
    with town_to_share(tmp_path) as town:
        pk = made.scored(town, made.nominated(town)).pk
        decision = {"decided_on": made.DECIDED, "meeting": "主任会议", "decision": "列入"}
        outcomes = at_once(
            lambda: actions.decide_programme(
                town.chairpersons, Programme.objects.get(pk=pk), at=moment(made.DECIDED), **decision
            ),
            lambda: actions.decline_programme(
                town.chairpersons, Programme.objects.get(pk=pk), at=moment(made.DECIDED), words="不列入"
            ),
        )
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Moved", "NoneType"]
        assert Programme.objects.get(pk=pk).state in (ProgrammeState.FIXED, ProgrammeState.DECLINED)
        owed = made.owing(town, *Programme.objects.get(pk=pk).suggestions.all()).owed.get()
        actions.answer_owed(town.housing_officer, owed, at=moment(made.ANSWERED), words="已补设")
        found = at_once(
            lambda: actions.verify_owed(
                town.member, Owed.objects.get(pk=owed.pk), at=moment(made.CHECKED), words="属实"
            ),
            lambda: actions.return_owed(
                town.office, Owed.objects.get(pk=owed.pk), at=moment(made.CHECKED), words="不够"
            ),
        )
        assert sum(isinstance(outcome, (Moved, Refused)) for outcome in found) == 1
        assert Owed.objects.get(pk=owed.pk).state in (OwedState.DONE, OwedState.OPEN)
