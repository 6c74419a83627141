"""The pages of a reply: the editor beside the asks, the letter before it is signed, the case page afterwards."""

import pytest
from django.test import Client

from tests.cases import ANSWERS, OVERPASS, category, checked, drafted, handling, replied, share_of
from tests.town import Town
from tibandu.suggestions.models import Reply, Suggestion


def fields(town: Town, code: str = "B", **changes: str) -> dict[str, object]:
    """What the editor posts for the two asks of the standard case."""
    asks = list(Suggestion.objects.latest("pk").asks.order_by("number"))
    posted: dict[str, object] = {
        "kind": "letter",
        "opening": "您提出的建议收悉：",
        "parts-0-ask": "",
        "parts-0-text": "",
        "category": category(town, code).pk,
        "contact_name": "林溪",
        "promises-0-what": OVERPASS["what"],
        "promises-0-measure": OVERPASS["measure"],
        "promises-0-kind": OVERPASS["kind"],
        "promises-0-owner": OVERPASS["owner"],
        "promises-0-due_on": "2026-10-31",
        "promises-0-money": "118",
    }
    for place, (ask, text) in enumerate(zip(asks, ANSWERS, strict=True), 1):
        posted |= {f"parts-{place}-ask": ask.pk, f"parts-{place}-text": text}
    return posted | changes


def test_the_editor_keeps_what_was_typed_ask_by_ask(town: Town, hat: object) -> None:
    share = share_of(town, handling(town), "housing")
    client: Client = hat(town.housing_officer)
    page = client.get(f"/suggestions/assignment/{share.pk}/draft_reply/").content.decode()
    assert [f"对第{n}项的答复" in page for n in (1, 2, 3)] == [True, True, False]
    answer = client.post(f"/suggestions/assignment/{share.pk}/draft_reply/", fields(town))
    assert answer.status_code == 302
    reply = Reply.objects.get()
    assert [(part.ask.number, part.text) for part in reply.parts.all()] == [(1, ANSWERS[0]), (2, ANSWERS[1])]
    assert reply.promises.get().money == 118_000_000


def test_a_wrong_promise_is_said_by_its_row_and_nothing_typed_is_lost(town: Town, hat: object) -> None:
    share = share_of(town, handling(town), "housing")
    posted = fields(town, **{"promises-0-due_on": "", "promises-0-money": "-5"})
    answer = hat(town.housing_officer).post(f"/suggestions/assignment/{share.pk}/draft_reply/", posted)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert ("第1行兑现时限" in page, ANSWERS[0] in page, f'value="{OVERPASS["what"]}"' in page) == (
        True,
        True,
        True,
    )


def test_the_editor_shows_the_check_up_and_the_letter(town: Town, hat: object) -> None:
    reply = drafted(town, handling(town), answers=["我局高度重视。"])
    page = hat(town.housing_officer).get(f"/suggestions/reply/{reply.pk}/edit_reply/").content.decode()
    words = ("第2项要求还没有回应。", "“高度重视”没有实际内容", "征求意见稿", "还没有联系过安立夏代表。")
    assert [word for word in words if word not in page] == []


@pytest.mark.parametrize(
    ("verb", "key"), [("submit_reply", "housing_officer"), ("return_reply", "dispatcher")]
)
def test_each_step_shows_the_letter(town: Town, hat: object, verb: str, key: str) -> None:
    reply = drafted(town, handling(town))
    Reply.objects.update(state="draft" if verb == "submit_reply" else "checking")
    page = hat(town.actors[key]).get(f"/suggestions/reply/{reply.pk}/{verb}/").content.decode()
    assert page.count('<article class="letter">') == 1


def test_the_signer_sees_the_letter_and_signs(town: Town, hat: object) -> None:
    reply = checked(town, drafted(town, handling(town)))
    client: Client = hat(town.housing_chief)
    assert ANSWERS[0] in client.get(f"/suggestions/reply/{reply.pk}/sign_reply/").content.decode()
    assert client.post(f"/suggestions/reply/{reply.pk}/sign_reply/").status_code == 302
    assert Reply.objects.get().doc_no[:5] == "市住建局函"


def test_the_case_page_shows_the_letter_to_the_author_and_drafts_to_the_unit_only(
    town: Town, hat: object
) -> None:
    sent = replied(town)
    assert "市住建局函〔2026〕1号" in hat(town.alice).get(f"/suggestions/{sent.pk}/").content.decode()
    draft = handling(town)
    drafted(town, draft)
    for key, shown in (("alice", False), ("office", False), ("dispatcher", True), ("housing_chief", True)):
        page = hat(town.actors[key]).get(f"/suggestions/{draft.pk}/").content.decode()
        assert ('<article class="letter">' in page) == shown


def test_the_editor_runs_a_fixed_number_of_queries(
    town: Town, hat: object, django_assert_num_queries: object
) -> None:
    reply = drafted(town, handling(town, cosigners=["bob", "chen"]), promises=[OVERPASS] * 3)
    client: Client = hat(town.housing_officer)
    with django_assert_num_queries(7):
        client.get(f"/suggestions/reply/{reply.pk}/edit_reply/")
