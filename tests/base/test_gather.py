"""A row gathered by one statement is what prefetch_related would have read in many."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest
from django.db.models import Model, Prefetch, QuerySet

from tests.cases import OVERPASS, TALKED, replied, share_of
from tests.kept import kept
from tests.town import Town, moment
from tibandu.base.gather import Branch, Whole
from tibandu.base.models import JournalLine, StoredFile
from tibandu.regulations.models import Dimension, Grade, Ground
from tibandu.suggestions.models import Rating, Reply, Suggestion
from tibandu.suggestions.queries.case import WHOLE

READERS = (
    "alice",
    "dora",
    "office",
    "member",
    "dispatcher",
    "housing_officer",
    "police_officer",
    "finance_officer",
)


@kept
def rich_case(town: Town) -> Suggestion:
    """An answered case with a row of every kind, full and empty, and a second draft that not everybody sees."""
    case = replied(
        town, cosigners=["bob", "chen"], separate=["housing", "police"], promises=[OVERPASS, OVERPASS]
    )
    housing, police = share_of(town, case, "housing"), share_of(town, case, "police")
    housing.asks.set(case.asks.all())
    housing.due_changes.create(changed_on=TALKED, old=date(2026, 5, 1), new=date(2026, 6, 1), cause="重算")
    housing.extensions.create(
        reason="勘察\n未完", asked_on=TALKED, until=date(2026, 7, 1), old_due_on=date(2026, 6, 1)
    )
    housing.objections.create(
        n=1, reason="不属本局", proposed_unit=town.units["police"], raised_on=TALKED, due_on=TALKED
    )
    housing.plan.create(ask=case.asks.first(), measure="“立项”", owner="梁栋", due_on=date(2026, 8, 1))
    police.opinions.create(text="同意\\<b>", signed_by="警长", given_on=TALKED)
    ground = Ground.objects.filter(version=town.measure).first()
    case.screenings.create(outcome="registered", ground=ground, decided_on=TALKED, decided_by="高言")
    case.withdrawals.create(reason="已办", asked_on=TALKED).consenting.set(case.proposers.all())
    case.review_meetings.create(
        held_on=TALKED, place="会议室", attended="双方", agreed="照办", recorded_by="高言"
    )
    case.paper_entries.create(
        noun="rating", object_id=1, verb="rate", hat=town.alice.hat, fields={"a": [1, None, "字"]},
        happened_at=moment(TALKED), entered_by_id=1, entered_by="葛小舟",
    )  # fmt: skip
    _rate(town, case)
    reply = Reply.objects.get(suggestion=case)
    reply.promises.all()[0].entries.create(entered_on=TALKED, entered_by="梁栋", words="开工")
    reply.pk = None
    reply.seq, reply.state, reply.letter, reply.sent_on = 2, "draft", None, None
    reply.save(force_insert=True)
    _files(case, reply)
    return case


def _rate(town: Town, case: Suggestion) -> None:
    rating = Rating.objects.filter(suggestion=case).first()
    rating.earlier.create(version=1, words="", rated_on=TALKED)
    grade = Grade.objects.filter(version=town.measure).first()
    for dimension in Dimension.objects.filter(version=town.measure):
        rating.marks.create(version=1, dimension=dimension, grade=grade)
    Rating.objects.filter(pk=rating.pk).update(unsealed_on=TALKED)


def _files(case: Suggestion, draft: Reply) -> None:
    file = StoredFile.objects.create(sha256="a" * 64, size=2**40, kind="pdf", stored_at=moment(TALKED))
    for noun, pk in (("suggestion", case.pk), ("reply", draft.pk)):
        case.attachments.create(
            file=file, name="照片.pdf", noun=noun, object_id=pk, added_at=moment(TALKED), added_by="甲"
        )


def by_prefetch(whole: Whole, viewer: Any) -> QuerySet[Any]:
    """The same rows by Django's own means."""
    rows = whole.branch.seen(viewer).select_related(*whole.branch.joined)
    return rows.prefetch_related(*_prefetches(whole.model, whole.branch.branches, viewer))


def _prefetches(model: type[Model], branches: Iterable[Branch], viewer: Any) -> list[Prefetch]:
    found = []
    for branch in branches:
        far = model._meta.get_field(branch.name).related_model
        rows = branch.seen(viewer) if branch.seen else far.objects.all()
        rows = rows.select_related(*branch.joined) if branch.joined else rows
        rows = rows if rows.ordered else rows.order_by("pk")
        found.append(Prefetch(branch.name, rows.prefetch_related(*_prefetches(far, branch.branches, viewer))))
    return found


def told(row: Any, joined: Iterable[str], branches: Iterable[Branch]) -> Any:
    """Every value of a row, of what is joined to it, and of the rows on its managers in their order."""
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    for path in joined:
        name, _dot, rest = path.partition("__")
        far = getattr(row, name, None)
        values[path] = told(far, [rest] if rest else [], ()) if far else None
    for branch in branches:
        members = getattr(row, branch.name).all()
        values[branch.name] = [told(member, branch.joined, branch.branches) for member in members]
    return type(row), values


@pytest.mark.parametrize("name", READERS)
def test_a_gathered_case_is_the_prefetched_one(town: Town, name: str, django_assert_num_queries: Any) -> None:
    case, actor = rich_case(town), town.actors[name]
    if not WHOLE.branch.seen(actor).filter(pk=case.pk).exists():
        with pytest.raises(Suggestion.DoesNotExist):
            WHOLE.get(actor, case.pk)
        return
    expected = by_prefetch(WHOLE, actor).get(pk=case.pk)
    with django_assert_num_queries(1):
        found = WHOLE.get(actor, case.pk)
    with django_assert_num_queries(0):
        shown = told(found, WHOLE.branch.joined, WHOLE.branch.branches)
    assert shown == told(expected, WHOLE.branch.joined, WHOLE.branch.branches)


def test_a_gathered_row_is_tied_to_the_rows_beside_it(town: Town, django_assert_num_queries: Any) -> None:
    case = rich_case(town)
    found = WHOLE.get(town.housing_officer, case.pk)
    with django_assert_num_queries(0):
        share, reply = found.assignments.all()[0], found.replies.all()[0]
        assert share.suggestion is found
        assert reply.assignment is share
        assert share.plan.all()[0].ask is found.asks.all()[0]
        assert found.ratings.all()[0].proposer in found.proposers.all()


def test_a_manager_of_a_gathered_row_asks_the_database_for_other_rows_under_the_same_sight(
    town: Town,
) -> None:
    case = rich_case(town)
    found = WHOLE.get(town.alice, case.pk)
    assert [reply.state for reply in found.replies.all()] == ["sent"]
    assert not found.replies.filter(state="draft").exists()
    assert found.replies.order_by("-pk").count() == 1
    assert list(found.proposers.filter(is_lead=True)) == [found.proposers.all()[0]]
    assert found.assignments.all()[0].asks.filter(number=1).get().number == 1
    Reply.objects.filter(suggestion=case, state="sent").update(doc_no="新")
    assert found.replies.all()[0].doc_no != "新"
    assert found.replies.get(state="sent").doc_no == "新"


def test_the_statement_of_one_viewer_is_never_that_of_another(town: Town) -> None:
    case = rich_case(town)
    for _ in range(2):
        drafts = {
            name: [reply.state for reply in WHOLE.get(town.actors[name], case.pk).replies.all()]
            for name in ("housing_officer", "alice", "police_officer", "dispatcher")
        }
        assert drafts == {
            "housing_officer": ["sent", "draft"],
            "alice": ["sent"],
            "police_officer": ["sent"],
            "dispatcher": ["sent", "draft"],
        }


def test_what_json_cannot_hold_is_refused_when_the_statement_is_made() -> None:
    whole = Whole(JournalLine, lambda _viewer: JournalLine.objects.all(), (), ())
    with pytest.raises(NotImplementedError):
        whole.get("anybody", 1)


def test_nothing_is_read_for_who_sees_nothing(town: Town, django_assert_num_queries: Any) -> None:
    whole = Whole(Suggestion, lambda _viewer: Suggestion.objects.none(), (), (Branch("asks"),))
    with django_assert_num_queries(0), pytest.raises(Suggestion.DoesNotExist):
        whole.get("nobody", 1)
