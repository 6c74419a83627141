"""Knows that a masked author is named to no unit, to no other deputy and not to the public, by whatever way one asks."""

import io
import json
from collections.abc import Callable, Iterator
from typing import Any
from zipfile import ZipFile

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from tests import cases
from tests.kept import kept
from tests.suggestions.test_api import call as call
from tests.suggestions.test_rating import rating_of
from tests.town import Town, moment
from tibandu.base.models import JournalLine
from tibandu.people import actions as people
from tibandu.people.models import Message
from tibandu.suggestions import actions, flow, queries
from tibandu.suggestions.api import PLURALS
from tibandu.suggestions.enums import Role
from tibandu.suggestions.models import Rating, Suggestion

NAMES = ("安立夏", "柏远")
STRANGERS = ["housing_officer", "housing_chief", "transport_officer", "dispatcher", "chen"]


@pytest.fixture
@kept
def masked(town: Town) -> Suggestion:
    """Masked since it was put on file; answered by a bureau that a second one helped, rated, with a promise."""
    case = cases.registered(town)
    Suggestion.objects.filter(pk=case.pk).update(is_masked=True, contact_person="安立夏的秘书")
    meeting = actions.plan_meeting(town.office, session=None, title="交办会", held_on=cases.HANDED_OVER)
    actions.assign(town.office, case, at=moment(cases.HANDED_OVER), organs=[town.government], meeting=meeting)
    shares = [
        {"unit": town.units["housing"], "role": Role.LEAD},
        {"unit": town.units["transport"], "role": Role.CO},
    ]
    actions.distribute(town.dispatcher, case.handovers.get(), at=moment(cases.SPLIT), shares=shares)
    case = Suggestion.objects.get(pk=case.pk)
    share = cases.begin(town, case, "housing")
    helper = cases.begin(town, case, "transport")
    opinion = actions.give_opinion(
        town.transport_officer, helper, at=moment(cases.TALKED), text="同意", signed_by="孟通"
    )
    actions.countersign(town.housing_officer, opinion, at=moment(cases.TALKED))
    cases.heard(town, share, "before", "during")
    cases.talk(town, share, "after")
    reply = cases.signed(town, cases.drafted(town, case, code="B", promises=[cases.OVERPASS]))
    actions.send_reply(town.housing_officer, reply, at=moment(cases.SENT, 15))
    marks = [{"dimension": name, "grade": "satisfied"} for name in ("attitude", "contact", "result")]
    rating = rating_of(town, case, "alice")
    actions.rate(town.alice, rating, at=moment(cases.SENT, 16), marks=marks, words="很好")
    Rating.objects.filter(pk=rating.pk).update(unsealed_on=cases.SENT)
    return Suggestion.objects.get(pk=case.pk)


def said(content: bytes, path: str) -> str:
    """The words of an answer, whatever it is packed in."""
    if content.startswith(b"%PDF"):
        return "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    if content.startswith(b"PK"):
        with ZipFile(io.BytesIO(content)) as packed:
            return "".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())
    text = content.decode()
    return json.dumps(json.loads(text), ensure_ascii=False) if path.startswith("/api/") else text


def pages_of(town: Town, case: Suggestion) -> Iterator[str]:
    """Every way by which somebody may read of a case."""
    yield from (reverse(f"suggestions:{name}") for name in ("ledger", "ledger_export", "ledger_print"))
    yield from (reverse(f"suggestions:{name}") for name in ("meetings", "public"))
    yield from (reverse(f"oversight:{name}") for name in ("ledger", "ledger_export", "ledger_print"))
    yield from (reverse("oversight:promise", args=[row.pk]) for row in case.promises.all())
    yield from ("/desk/", "/search/?q=大桥", "/people/messages/")
    yield reverse("suggestions:ledger") + "?c=author&c=title"
    yield reverse("suggestions:ledger_export") + "?c=author&c=title"
    yield reverse("suggestions:case", args=[case.pk])
    yield reverse("suggestions:public_case", args=[case.pk])
    meeting = case.handovers.get().meeting_id
    yield reverse("suggestions:meeting", args=[meeting])
    yield reverse("suggestions:meeting_paper", args=[meeting, "list"])
    for noun, rows in queries.rows_of(queries.on_page(town.office, case.pk)).items():
        steps = [step for one in flow.NOUNS[noun][1] for step in one.steps if not step.quiet]
        for row in rows:
            yield from (reverse(f"suggestions:{step.verb}", args=[row.pk]) for step in steps)
            yield from (
                reverse("suggestions:paper_form", args=[noun, row.pk, step.verb])
                for step in steps
                if step.verb in ("sign_for", "object", "confirm_contact", "request_withdrawal")
            )
            yield from (f"/api/v1/{PLURALS[noun]}/{row.pk}",)
    for reply in case.replies.all():
        yield from (reverse("suggestions:letter", args=[reply.pk, form]) for form in ("pdf", "docx"))
    yield from (reverse("suggestions:survey_form", args=[rating.pk]) for rating in case.ratings.all())
    yield from ("/api/v1/suggestions", "/api/v1/suggestions?author=安立夏")


@pytest.mark.parametrize("persona", STRANGERS)
def test_no_page_paper_or_answer_names_a_masked_author(
    town: Town, masked: Suggestion, hat: Callable[..., Client], persona: str
) -> None:
    actor = town.actors[persona]
    client = hat(actor)
    _row, secret = people.issue_token(actor, name="测试", scope="read", at=moment())
    bearer = {"Authorization": f"Bearer {secret}"}
    told = []
    for path in pages_of(town, masked):
        answer = client.get(path, headers=bearer if path.startswith("/api/") else {})
        assert answer.status_code < 500, path
        text = said(b"".join(answer) if answer.streaming else answer.content, path)
        told += [f"{path}: {name}" for name in NAMES if name in text]
    assert told == []


@pytest.mark.parametrize("persona", ["housing_officer", "dispatcher", "chen"])
def test_a_masked_author_is_not_found_by_asking_for_the_name(
    town: Town, masked: Suggestion, hat: Callable[..., Client], call: Callable[..., Any], persona: str
) -> None:
    page = hat(town.actors[persona]).get(reverse("suggestions:ledger"), {"author": "安立夏"})
    assert masked.title not in page.content.decode()
    assert call(town.actors[persona], "get", "suggestions?author=安立夏").json()["items"] == []


def test_the_office_and_the_authors_find_their_own(
    town: Town, masked: Suggestion, call: Callable[..., Any]
) -> None:
    for actor in (town.office, town.alice, town.bob):
        found = call(actor, "get", "suggestions?author=安立夏").json()["items"]
        assert [item["id"] for item in found] == [masked.pk], actor


def test_what_units_are_told_names_no_masked_author(town: Town, masked: Suggestion) -> None:
    titles = Message.objects.exclude(unit=town.units["deputy_work"]).filter(seat=None)
    assert [title for title in titles.values_list("title", flat=True) if any(n in title for n in NAMES)] == []


def test_what_was_written_before_the_masking_is_masked_too(town: Town, hat: Callable[..., Client]) -> None:
    """The office finds out later that an author must be protected; the journal keeps its words, the page hides them."""
    case = cases.replied(town)
    words = [str(line.facts) for line in JournalLine.objects.filter(chain=case.chain)]
    assert any("安立夏" in facts for facts in words)
    actions.classify(town.office, case, at=moment(cases.SENT, 18), subject=town.subject, is_masked=True)
    page = hat(town.housing_officer).get(reverse("suggestions:case", args=[case.pk])).content.decode()
    timeline = page.partition('id="timeline"')[2]
    assert [name for name in NAMES if name in timeline] == []
