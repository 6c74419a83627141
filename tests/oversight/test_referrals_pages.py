"""Knows each page and route of referrals and packets, once per kind of reader, and what the lists cost."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests import cases
from tests.oversight import packets_cases as p
from tests.oversight import referrals_cases as c
from tests.town import Town, moment
from tibandu.base.files import store_content
from tibandu.oversight import actions
from tibandu.oversight.flow.referrals import CASE
from tibandu.oversight.models import Packet, Referral
from tibandu.people import actions as people
from tibandu.people.enums import Scope
from tibandu.people.queries import Actor

Wear = Callable[[Actor], Client]


@pytest.fixture(autouse=True)
def _our_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIBANDU_PACKET_KEY", p.OUR_KEY)


@pytest.fixture
def town(town: Town) -> Town:
    return c.with_procuratorate(town)


def test_the_page_of_a_referral_for_each_reader(town: Town, hat: Wear) -> None:
    referral = c.recommended(town)
    url = referral.get_absolute_url()
    seen = {
        name: hat(town.actors[name]).get(url) for name in ("office", "prosecutor", "alice", "housing_chief")
    }
    pages = {name: found.content.decode() for name, found in seen.items()}
    assert {found.status_code for found in seen.values()} == {200}
    assert ["检察院还没有抄送" in pages[name] for name in ("office", "prosecutor")] == [True, False]
    assert ["建议原文" in pages[name] for name in ("office", "prosecutor")] == [False, True]
    assert ["登记行政机关回复" in page for page in pages.values()] == [False, True, False, False]
    for name in ("chen", "transport_chief", "foreign_office", "foreign_deputy"):
        assert hat(town.actors[name]).get(url).status_code == 404


def test_nobody_else_moves_the_case_by_a_page_or_through_the_api(town: Town, hat: Wear) -> None:
    referral = c.passed(town)
    others = {name: actor for name, actor in town.actors.items() if not name.startswith("prosecutor")}
    statuses = set()
    for place, actor in enumerate(others.values()):
        step = CASE.steps[place % len(CASE.steps)]
        statuses.add(hat(actor).post(f"/oversight/referral/{referral.pk}/{step.verb}/", {}).status_code)
        if place % 5 == 0:
            _token, secret = people.issue_token(actor, name="t", scope=Scope.WRITE, at=moment())
            path = f"/api/v1/referrals/{referral.pk}/steps/{step.verb}"
            head = {"HTTP_AUTHORIZATION": f"Bearer {secret}"}
            said = Client().post(path, {}, content_type="application/json", **head)
            statuses.add(said.status_code)
    assert statuses <= {403, 404, 422}
    referral.refresh_from_db()
    assert (referral.state, referral.journal_seq) == ("passed", 2)


def test_the_ledger_is_filtered_by_direction_and_clock(town: Town, hat: Wear) -> None:
    c.passed(town)
    c.received(town)
    client = hat(town.office)
    counts = [
        client.get(f"/oversight/referrals/{query}").content.decode().count("data-row")
        for query in ("", "?direction=in", "?direction=in&clock=overdue")
    ]
    assert counts == [2, 1, 0]


def test_a_referral_begins_on_a_page(town: Town, hat: Wear) -> None:
    suggestion = cases.registered(town)
    client = hat(town.member)
    assert suggestion.number_text in client.get("/oversight/referrals/open/?q=兴澜").content.decode()
    fields = {"suggestion": suggestion.pk, "field": c.legal_field(town).pk, "reason": c.REASON}
    assert client.post("/oversight/referrals/open/", fields).status_code == 302
    again = client.post("/oversight/referrals/open/", fields)
    assert (again.status_code, "已有正在办理的线索" in again.content.decode()) == (422, True)
    assert hat(town.alice).get("/oversight/referrals/open/").status_code == 404
    paper = {"title": "关于窨井盖", "number": "一号", "issued_on": "2026-02-10", "words": "多处缺失。"}
    file = SimpleUploadedFile("建议书.txt", "检察建议".encode())
    made = hat(town.prosecutor).post("/oversight/referrals/receive/", paper | {"files": file})
    assert made.status_code == 302
    kept = Referral.objects.get(direction="in").papers.get()
    assert c.carried(hat(town.office).get(f"/oversight/referrals/papers/{kept.pk}/")) == "检察建议".encode()
    assert hat(town.member).get("/oversight/referrals/receive/").status_code == 404


def test_a_paper_that_was_not_copied_is_not_opened(town: Town, hat: Wear) -> None:
    referral = c.passed(town)
    stored = store_content("卷".encode(), "立案.txt")
    actions.add_case_paper(
        town.prosecutor, referral, **c.paper("一号", c.LOGGED, kind="other", files=[stored])
    )
    url = f"/oversight/referrals/papers/{referral.papers.get().pk}/"
    assert hat(town.office).get(url).status_code == 404
    assert c.carried(hat(town.prosecutor).get(url)) == "卷".encode()


def test_the_letter_is_for_both_sides(town: Town, hat: Wear) -> None:
    url = f"/oversight/referrals/{c.passed(town).pk}/letter.pdf"
    for name in ("office", "prosecutor"):
        assert hat(town.actors[name]).get(url).content.startswith(b"%PDF")
    assert hat(town.alice).get(url).status_code == 404


def test_a_step_is_taken_on_its_page(town: Town, hat: Wear) -> None:
    referral = c.filed(town)
    fields = {"number": "三号", "issued_on": "2026-02-27", "received_on": "2026-02-27", "agency_name": "某局"}
    url = f"/oversight/referral/{referral.pk}/recommend/"
    assert "检察建议" in hat(town.prosecutor).get(url).content.decode()
    assert hat(town.prosecutor).post(url, fields).status_code == 302
    referral.refresh_from_db()
    assert referral.agency_text == "某局"


def test_the_api_tells_what_the_page_tells(town: Town, django_assert_num_queries: Any) -> None:
    referral = c.asked(town)
    actions.accept_drafting(town.chen, referral, at=moment(c.ASSESSED))
    _token, secret = people.issue_token(town.prosecutor, name="t", scope=Scope.WRITE, at=moment())
    head = {"HTTP_AUTHORIZATION": f"Bearer {secret}"}
    fields = Client().get(f"/api/v1/referrals/{referral.pk}", **head).json()["fields"]
    assert (fields["suggestion"], fields["asked"], fields["authors"]) == (None, None, [])
    assert len(Client().get("/api/v1/referrals?direction=in", **head).json()) == 1
    said = {"title": "关于窨井盖", "number": "一号", "issued_on": "2026-02-10", "words": "多处缺失。"}
    made = Client().post("/api/v1/referrals/papers", said, content_type="application/json", **head)
    assert (made.status_code, made.json()["state"]) == (201, "received")


def test_a_packet_is_looked_at_before_it_is_taken(town: Town, hat: Wear) -> None:
    p.neighbour(town)
    client = hat(town.office)

    def bring(content: bytes) -> Any:
        return client.post("/oversight/packets/import/", {"packet": SimpleUploadedFile("a.zip", content)})

    assert client.get("/oversight/packets/import/").status_code == 200
    looked = bring(p.brought(town))
    assert ("签名相符" in looked.content.decode(), Packet.objects.count()) == (True, 0)
    taken = client.post("/oversight/packets/import/", {"take": looked.context["held"]})
    assert (taken.status_code, Packet.objects.count()) == (302, 2)
    refused = bring(p.brought(town))
    assert (refused.status_code, "已经接收过" in refused.content.decode()) == (422, True)
    page = client.get("/oversight/packets/").content.decode()
    assert page.count("data-row") == 2
    packet = Packet.objects.get(direction="in")
    assert c.carried(client.get(f"/oversight/packets/{packet.pk}/")) == p.brought(town)
    for name in ("alice", "housing_chief", "foreign_office"):
        assert hat(town.actors[name]).get(f"/oversight/packets/{packet.pk}/").status_code == 404
    assert hat(town.member).get("/oversight/packets/import/").status_code == 404
    assert hat(town.office).post("/oversight/packets/import/", {"take": "0" * 64}).status_code == 404


def test_a_partner_is_trusted_and_sent_to_on_pages(town: Town, hat: Wear) -> None:
    client = hat(town.office)
    fields = {"name": "临江市", "kind": "congress", "code": "linjiang", "public_key": p.NEIGHBOUR.key}
    assert client.get("/oversight/packets/partners/add/").status_code == 200
    assert client.post("/oversight/packets/partners/add/", fields).status_code == 302
    assert client.post("/oversight/packets/partners/add/", fields).status_code == 422
    partner = town.congress.partners.get()
    suggestion = cases.registered(town)
    url = f"/oversight/partner/{partner.pk}/send_packet/"
    sent = client.post(url, {"kind": "suggestion", "number": suggestion.number_text})
    assert (sent.status_code, Packet.objects.get().suggestion) == (302, suggestion)
    assert client.post(url, {"kind": "suggestion", "number": "没有"}).status_code == 422
    assert "临江市" in client.get("/oversight/packets/").content.decode()


def test_packets_through_the_api(town: Town) -> None:
    _token, secret = people.issue_token(town.office, name="t", scope=Scope.WRITE, at=moment())
    head = {"HTTP_AUTHORIZATION": f"Bearer {secret}"}
    fields = {"name": "临江市", "kind": "congress", "code": "linjiang", "public_key": p.NEIGHBOUR.key}
    made = Client().post("/api/v1/partners", fields, content_type="application/json", **head)
    assert made.status_code == 201
    content = p.brought(town)
    taken = Client().post("/api/v1/packets", {"packet": SimpleUploadedFile("a.zip", content)}, **head)
    assert (taken.status_code, taken.json()["state"]) == (201, "taken")
    pk = taken.json()["id"]
    assert Client().get(f"/api/v1/packets/{pk}/file", **head).content == content
    assert [row["id"] for row in Client().get("/api/v1/packets?direction=in", **head).json()] == [pk]
    assert len(Client().get("/api/v1/partners", **head).json()) == 1
