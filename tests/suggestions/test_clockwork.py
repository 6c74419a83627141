"""The clock: each thing owed is told once, ticking twice tells nobody twice, and three missed days owe each thing once."""

import io
from collections.abc import Iterable
from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import cases
from tests.suggestions.test_closing import satisfied
from tests.suggestions.test_promises import promised
from tests.suggestions.test_rating import GOOD, rate, rating_of
from tests.town import Town, moment
from tibandu.base import journal
from tibandu.base.models import JournalLine, Seal
from tibandu.people.enums import MessageKind
from tibandu.people.models import Message
from tibandu.suggestions import actions, jobs, queries
from tibandu.suggestions.enums import ContactState, RatingState
from tibandu.suggestions.models import Contact, Rating, Suggestion

DUE = date(2026, 5, 26)  # three months after the share was opened on 26 February


def told_by_tick(day: date) -> list[tuple[str, str, str]]:
    """What one tick on a day tells: to whom, as what, in which words up to the colon."""
    before = set(Message.objects.values_list("pk", flat=True))
    jobs.tick(moment(day))
    new = Message.objects.exclude(pk__in=before).order_by("pk").select_related("unit", "seat__person")
    return [(str(m.unit or m.seat), str(m.kind), m.title.rpartition("：")[0]) for m in new]


def days(start: date, count: int) -> Iterable[date]:
    return (start + timedelta(days=n) for n in range(count))


def test_a_share_coming_due_is_told_once(town: Town) -> None:
    cases.handling(town)
    jobs.tick(moment(date(2026, 5, 1)))
    told = [line for day in days(date(2026, 5, 15), 12) for line in told_by_tick(day)]
    assert told == [("市住建局", MessageKind.REMINDER, "办理期限临近（2026-05-26）")]


def test_an_overdue_share_is_told_once_to_its_unit_its_dispatcher_and_the_congress(town: Town) -> None:
    cases.handling(town)
    jobs.tick(moment(DUE))
    told = [line for day in days(date(2026, 5, 27), 5) for line in told_by_tick(day)]
    words = (MessageKind.OVERDUE, "市住建局办理逾期（2026-05-26）")
    assert told == [("市住建局", *words), ("市政府督查室", *words), ("市人大代表工委", *words)]


def test_a_longer_limit_is_a_new_day_to_be_told(town: Town) -> None:
    suggestion = cases.handling(town)
    jobs.tick(moment(DUE))
    suggestion.assignments.update(due_on=date(2026, 6, 26))
    Suggestion.objects.get(pk=suggestion.pk)
    from tibandu.suggestions.actions.clockwork import remind

    remind(moment(date(2026, 6, 22)))
    assert Message.objects.filter(title__startswith="办理期限临近（2026-06-26）").count() == 1


def test_a_share_that_nobody_signed_for_is_told(town: Town) -> None:
    cases.assigned(town)
    assert told_by_tick(date(2026, 3, 3)) == []
    words = (MessageKind.REMINDER, "市住建局逾期未签收")
    assert told_by_tick(date(2026, 3, 4)) == [("市住建局", *words), ("市政府督查室", *words)]


def test_a_unit_that_has_not_spoken_with_the_deputy_is_told(town: Town) -> None:
    cases.handling(town)
    words = (MessageKind.REMINDER, "市住建局逾期未联系代表")
    assert told_by_tick(date(2026, 3, 26)) == []
    assert told_by_tick(date(2026, 3, 27)) == [("市住建局", *words), ("市政府督查室", *words)]


def test_a_talk_that_the_deputy_does_not_answer_passes_unconfirmed(town: Town) -> None:
    suggestion = cases.handling(town, cosigners=())
    [contact] = cases.talk(town, cases.share_of(town, suggestion, "housing"), "before")
    jobs.tick(moment(contact.confirm_by))
    assert Contact.objects.get(pk=contact.pk).state == ContactState.RECORDED
    jobs.tick(moment(contact.confirm_by + timedelta(days=1)))
    assert Contact.objects.get(pk=contact.pk).state == ContactState.UNCONFIRMED


def test_a_silent_rater_is_reminded_once_and_then_unrated(town: Town) -> None:
    suggestion = cases.replied(town)
    rate(town, suggestion, "alice", GOOD)
    told = [line for day in days(date(2026, 3, 26), 5) for line in told_by_tick(day) if line[1] == "reminder"]
    assert told == [("柏远", MessageKind.REMINDER, "市住建局的答复尚未评价，2026-03-30截止")]
    assert queries.ratings_visible_to(town.housing_chief).count() == 0
    jobs.tick(moment(date(2026, 3, 31)))
    assert rating_of(town, suggestion, "bob").state == RatingState.UNRATED
    assert queries.ratings_visible_to(town.housing_chief).count() == 2


def test_a_window_is_unsealed_when_it_is_over_though_everybody_has_rated(town: Town) -> None:
    suggestion = cases.replied(town, cosigners=())
    rate(town, suggestion, "alice", GOOD)
    jobs.tick(moment(date(2026, 3, 30)))
    assert Rating.objects.get().unsealed_on is None
    jobs.tick(moment(date(2026, 3, 31)))
    assert Rating.objects.get().unsealed_on == date(2026, 3, 31)


def test_a_masked_author_is_reminded_through_the_office(town: Town) -> None:
    suggestion = cases.replied(town, cosigners=())
    Suggestion.objects.filter(pk=suggestion.pk).update(is_masked=True)
    told = [line for line in told_by_tick(date(2026, 3, 27)) if line[1] == "reminder" and "评价" in line[2]]
    assert [line[0] for line in told] == ["市人大代表工委"]


def test_the_talk_after_the_answer_is_owed(town: Town) -> None:
    suggestion = cases.replied(town, cosigners=())
    rate(town, suggestion, "alice", GOOD)
    jobs.tick(moment(date(2026, 3, 30)))
    assert ("市住建局", MessageKind.REMINDER, "办后联系逾期未做") in told_by_tick(date(2026, 3, 31))


def test_a_promise_is_told_when_near_and_when_overdue_once_each(town: Town) -> None:
    promised(town)
    jobs.tick(moment(date(2026, 10, 1)))
    told = [line for day in days(date(2026, 10, 20), 20) for line in told_by_tick(day)]
    what = "：在大桥东侧建成人行天桥1座"
    assert told == [
        ("市住建局", MessageKind.REMINDER, f"承诺时限临近（2026-10-31）{what}"),
        ("市住建局", MessageKind.OVERDUE, f"承诺逾期未兑现（2026-10-31）{what}"),
        ("市人大代表工委", MessageKind.OVERDUE, f"承诺逾期未兑现（2026-10-31）{what}"),
    ]


def test_an_objection_that_nobody_rules_is_told_to_the_ruler(town: Town) -> None:
    from tibandu.regulations.models import Ground

    suggestion = cases.assigned(town)
    share = cases.share_of(town, suggestion, "housing")
    ground = Ground.objects.filter(version=town.measure, kind="objection").first()
    told = {"ground": ground, "clause": "三定", "reason": "属交通", "proposed_unit": town.units["transport"]}
    actions.object(town.housing_officer, share, at=moment(cases.TAKEN), **told)
    due = share.objections.get().due_on
    late = [line for line in told_by_tick(due + timedelta(days=1)) if line[1] == "overdue"]
    assert late == [("市政府督查室", MessageKind.OVERDUE, "申退逾期未裁定")]


def test_the_congress_is_told_of_what_it_has_not_screened_or_assigned(town: Town) -> None:
    cases.submitted(town)
    screening = ("市人大代表工委", MessageKind.OVERDUE, "逾期未审查立案")
    assert told_by_tick(date(2026, 2, 17)) == [screening]
    Suggestion.objects.all().delete()
    cases.registered(town, title="关于另一事项的建议")
    assert told_by_tick(date(2026, 2, 24)) == [("市人大代表工委", MessageKind.OVERDUE, "逾期未交办")]


def test_the_closer_is_told_when_nothing_stands_in_the_way(town: Town) -> None:
    suggestion = satisfied(town)
    told = [m for day in days(date(2026, 4, 1), 3) for m in told_by_tick(day)]
    assert told == [("市人大代表工委", MessageKind.TODO, "可以办结")]
    assert suggestion.state == "assigned"


def test_ticking_twice_tells_nobody_twice_and_moves_nothing_twice(town: Town) -> None:
    cases.handling(town, title="关于甲事项的建议")
    cases.assigned(town, title="关于乙事项的建议")
    cases.replied(town, title="关于丙事项的建议")
    jobs.tick(moment(date(2026, 6, 1)))
    messages, lines = Message.objects.count(), JournalLine.objects.count()
    jobs.tick(moment(date(2026, 6, 1)))
    jobs.tick(moment(date(2026, 6, 1), 23))
    assert (Message.objects.count(), JournalLine.objects.count()) == (messages, lines)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL keeps its statistics by itself")
def test_once_a_day_sqlite_looks_at_how_its_rows_lie(transactional_db: None) -> None:
    def looked() -> int:
        with CaptureQueriesContext(connection) as queries:
            jobs.tick(moment())
        return sum(query["sql"] == "ANALYZE" for query in queries)

    assert [looked(), looked()] == [1, 0]


def test_after_three_missed_days_each_thing_is_owed_once(town: Town) -> None:
    cases.handling(town)
    jobs.tick(moment(date(2026, 5, 1)))
    told = [line for day in (date(2026, 5, 29), date(2026, 5, 30)) for line in told_by_tick(day)]
    assert [(who, kind) for who, kind, _words in told] == [
        ("市住建局", MessageKind.OVERDUE),
        ("市政府督查室", MessageKind.OVERDUE),
        ("市人大代表工委", MessageKind.OVERDUE),
    ]


def test_a_day_is_sealed_once_and_the_journal_verifies(town: Town) -> None:
    cases.replied(town)
    jobs.tick(moment(date(2026, 3, 21)))
    jobs.tick(moment(date(2026, 3, 21), 18))
    assert Seal.objects.count() == 1
    assert list(journal.verify()) == []


def test_a_seal_of_a_day_to_come_does_not_bind_lines_that_are_still_written(town: Town) -> None:
    cases.handling(town)
    jobs.tick(moment(date(2099, 1, 5)))
    cases.submitted(town, title="关于另一事项的建议")
    assert list(journal.verify()) == []


# -- the commands -----------------------------------------------------------------------------------------------------


def run(*words: str) -> str:
    out = io.StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def test_the_command_says_what_it_did_at_the_moment_asked_for(town: Town) -> None:
    cases.assigned(town)
    lines = run("tick", "--at", "2026-03-04T09:00").splitlines()
    assert (lines[0], lines[5]) == ("2026-03-04 09:00", "  提醒 reminders told: 2")


def test_the_command_refuses_a_moment_it_cannot_read() -> None:
    with pytest.raises(CommandError, match="--at 昨天"):
        run("tick", "--at", "昨天")


def test_verify_says_that_all_lines_hold(town: Town) -> None:
    cases.submitted(town)
    assert run("verify").startswith("✓ ")


def test_verify_names_each_break_and_ends_with_one(town: Town) -> None:
    suggestion = cases.submitted(town)
    line = JournalLine.objects.filter(chain=suggestion.chain).latest("seq")
    journal.lift_guards()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE base_journalline SET words = '改过' WHERE id = %s", [line.pk])
    journal.create_guards()
    out = io.StringIO()
    with pytest.raises(SystemExit) as caught:
        call_command("verify", stdout=out)
    assert caught.value.code == 1
    assert out.getvalue().splitlines() == [f"✗ {suggestion.chain} 第 {line.seq} 行: 内容被改动"]
