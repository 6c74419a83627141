"""The year of one suggestion, told by a program: every step from draft to close goes through the API, as it happens."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils.timezone import localdate, now

from tests import cases
from tests.town import Town
from tibandu.people import actions as people
from tibandu.people.enums import Scope
from tibandu.regulations.models import Category, ContactStage, Ground
from tibandu.suggestions import actions
from tibandu.suggestions.models import Ask, AssignmentMeeting

COSIGNERS = ("bob", "dora", "evan")
SATISFIED, DISSATISFIED = "satisfied", "dissatisfied"
ANSWER = {"kind": "letter", "contact_name": "林溪", "contact_phone": "0000-1234567"}


class Story:
    """The people of the town at their programs: each has a token, each step answers 200 and the row as it stands."""

    def __init__(self, client: Client, town: Town) -> None:
        self.client, self.town, self.secrets = client, town, {}
        self.case = 0

    def send(self, who: str, method: str, path: str, data: Any = None) -> Any:
        if who not in self.secrets:
            _row, self.secrets[who] = people.issue_token(
                self.town.actors[who], name="年度故事", scope=Scope.WRITE, at=now()
            )
        body = {} if method == "get" else {"data": data or {}, "content_type": "application/json"}
        headers = {"Authorization": f"Bearer {self.secrets[who]}"}
        return getattr(self.client, method)(f"/api/v1/{path}", headers=headers, **body)

    def take(self, who: str, path: str, verb: str, **data: Any) -> dict[str, Any]:
        answer = self.send(who, "post", f"{path}/steps/{verb}", data)
        assert answer.status_code == 200, (who, verb, answer.content.decode())
        return answer.json()

    def refused(self, who: str, path: str, verb: str, **data: Any) -> str:
        answer = self.send(who, "post", f"{path}/steps/{verb}", data)
        assert answer.status_code == 422, (who, verb, answer.content.decode())
        return answer.json()["refusal"]

    def seen_by(self, who: str) -> dict[str, Any]:
        answer = self.send(who, "get", f"suggestions/{self.case}")
        assert answer.status_code == 200, answer.content.decode()
        return answer.json()

    def rows(self, who: str, noun: str, **wanted: Any) -> list[dict[str, Any]]:
        """Rows of the case as somebody sees them, by their fields."""
        found = self.seen_by(who)["rows"][noun]
        return [row for row in found if all(row["fields"][key] == value for key, value in wanted.items())]

    def newest(self, who: str, noun: str, **wanted: Any) -> str:
        return f"{noun}/{max(row['id'] for row in self.rows(who, noun, **wanted))}"

    def share(self, unit: str) -> str:
        return self.newest("office", "assignments", unit=self.town.units[unit].pk)

    @property
    def path(self) -> str:
        return f"suggestions/{self.case}"

    @property
    def asks(self) -> list[int]:
        return list(Ask.objects.filter(suggestion=self.case).order_by("number").values_list("pk", flat=True))


@pytest.fixture
def story(client: Client, town: Town) -> Story:
    """The town today: its term still runs, and a similar suggestion was made before."""
    type(town.term).objects.filter(pk=town.term.pk).update(ends_on=localdate() + timedelta(days=400))
    cases.replied(town, by=town.chen, cosigners=(), title="关于改善兴澜大桥东侧行人过街条件的建议")
    return Story(client, town)


def test_a_suggestion_lives_from_draft_to_close(story: Story) -> None:
    for chapter in (write, cosign, screen, assign, object_and_be_reassigned, handle, reply, rate):
        chapter(story)
    again(story)
    keep_promises(story)
    close(story)
    call_command("verify")


def write(story: Story) -> None:
    asks = [{"text": text} for text in cases.ASKS]
    text = {"title": cases.TITLE, "facts": cases.FACTS, "analysis": cases.ANALYSIS, "asks": asks}
    made = story.send("alice", "post", "suggestions", text)
    assert made.status_code == 201, made.content.decode()
    story.case = made.json()["id"]
    assert story.send("bob", "get", story.path).status_code == 404


def cosign(story: Story) -> None:
    seats = [story.town.seats[name].pk for name in COSIGNERS]
    story.take("alice", story.path, "invite", seats=seats)
    assert "还有联名代表未确认" in story.refused("alice", story.path, "submit")
    for name in COSIGNERS:
        digest = story.seen_by(name)["digest"]
        row = story.newest(name, "proposers", seat=story.town.seats[name].pk)
        assert story.take(name, row, "confirm_text", digest=digest)["state"] == "confirmed"
    assert story.take("alice", story.path, "submit")["state"] == "submitted"
    assert story.seen_by("bob")["authors"] == ["安立夏", "易文", "杜若", "柏远"]


def screen(story: Story) -> None:
    earlier = story.send("office", "get", "suggestions?q=过街").json()["items"]
    assert [item["state"] for item in earlier if item["id"] != story.case] == ["assigned"]
    row = story.take("office", story.path, "register", subject=story.town.subject.pk)
    assert (row["state"], row["fields"]["number_text"]) == ("registered", f"闭{localdate().year}-002")


def assign(story: Story) -> None:
    town, today = story.town, localdate()
    meeting: AssignmentMeeting = actions.plan_meeting(
        town.office, session=None, title="代表建议交办会", held_on=today, place="人大机关会议室"
    )
    story.take("office", story.path, "assign", organs=[town.government.pk], meeting=meeting.pk)
    units = (("housing", "lead"), ("transport", "co"), ("police", "co"))
    shares = [{"unit": town.units[unit].pk, "role": role} for unit, role in units]
    story.take("dispatcher", story.newest("dispatcher", "handovers"), "distribute", shares=shares)
    assert len(story.rows("office", "assignments")) == 3


def object_and_be_reassigned(story: Story) -> None:
    town = story.town
    ground = Ground.objects.get(version=town.measure, kind="objection", code="not_ours")
    told = {"ground": ground.pk, "clause": "三定规定第三条", "reason": "信号灯由市财政局列支后实施。"}
    story.take("police_officer", story.share("police"), "sign_for")
    story.take(
        "police_officer", story.share("police"), "object", proposed_unit=town.units["finance"].pk, **told
    )
    assert "申退" in story.refused("police_officer", story.share("police"), "name_responsible", people=[])
    ruling = {"unit": town.units["finance"].pk, "role": "co", "words": "同意，由市财政局会办。"}
    story.take("dispatcher", story.newest("dispatcher", "objections"), "uphold", **ruling)
    states = {row["fields"]["unit"]: row["state"] for row in story.rows("office", "assignments")}
    assert states[town.units["police"].pk] == "reassigned"
    assert states[town.units["finance"].pk] == "sent"


def begin(story: Story, *units: str) -> None:
    """Each unit signs for its share and names who answers for it."""
    for unit in units:
        chief = {"rank": "principal", "name": story.town.actors[f"{unit}_chief"].person_name}
        story.take(f"{unit}_officer", story.share(unit), "sign_for")
        story.take(f"{unit}_officer", story.share(unit), "name_responsible", people=[chief])


def talk(story: Story, stage: str) -> None:
    """The lead unit talks with all four, and each confirms that it was so."""
    town, share = story.town, story.share("housing")
    proposers = [row["id"] for row in story.rows("housing_officer", "proposers")]
    said = {
        "stage": ContactStage.objects.get(version=town.measure, code=stage).pk,
        "proposers": proposers,
        "mode": "visit",
        "held_on": localdate().isoformat(),
        "said": "到现场一起看了路口。",
        "draft_shown": stage == "during",
    }
    story.take("housing_officer", share, "record_contact", **said)
    for name in ("alice", *COSIGNERS):
        for row in story.rows(name, "contacts"):
            if row["state"] == "recorded" and any(o["verb"] == "confirm_contact" for o in row["offers"]):
                story.take(name, f"contacts/{row['id']}", "confirm_contact")


def handle(story: Story) -> None:
    begin(story, "housing", "transport", "finance")
    for unit in ("transport", "finance"):
        opinion = {"text": "同意在东侧路口增设过街设施，我局配合。", "signed_by": "负责人"}
        story.take(f"{unit}_officer", story.share(unit), "give_opinion", **opinion)
        row = story.newest("housing_officer", "opinions")
        story.take("housing_officer", row, "countersign")
    talk(story, "before")


def answer(story: Story, category: str, **more: Any) -> str:
    """The reply from draft to letter: written ask by ask, checked by one, signed by another, sent by the officer."""
    parts = [{"ask": ask, "text": text} for ask, text in zip(story.asks, cases.ANSWERS, strict=True)]
    chosen = Category.objects.get(version=story.town.measure, code=category).pk
    fields = ANSWER | {"parts": parts, "category": chosen} | more
    story.take("housing_officer", story.share("housing"), "draft_reply", **fields)
    reply = story.newest("housing_officer", "replies")
    story.take("housing_officer", reply, "submit_reply")
    story.take("dispatcher", reply, "check_reply")
    story.take("housing_chief", reply, "sign_reply")
    return reply


def promise() -> dict[str, Any]:
    due_on: date = localdate() + timedelta(days=90)
    what = {"what": "在大桥东侧建成人行天桥1座", "measure": "通过验收并开放通行", "kind": "within_year"}
    return what | {"owner": "市政科梁栋", "due_on": due_on.isoformat(), "money": "118"}


def reply(story: Story) -> None:
    sent = answer(story, "B", promises=[promise()])
    assert story.refused("housing_officer", sent, "send_reply") == "办中联系尚未完成。"
    talk(story, "during")
    row = story.take("housing_officer", sent, "send_reply")
    assert (row["state"], row["fields"]["doc_no"] != "") == ("sent", True)
    assert story.seen_by("alice")["state"] == "follow_up"


def say(story: Story, who: str, grade: str, words: str = "") -> None:
    row = next(row for row in story.rows(who, "ratings") if row["state"] == "open" and row["offers"])
    marks = [{"dimension": code, "grade": SATISFIED} for code in ("attitude", "contact")]
    story.take(
        who,
        f"ratings/{row['id']}",
        "rate",
        marks=[*marks, {"dimension": "result", "grade": grade}],
        words=words,
    )


def rate(story: Story) -> None:
    for name in ("alice", "dora", "evan"):
        say(story, name, SATISFIED)
    say(story, "bob", DISSATISFIED, "天桥什么时候开工没有说清。")
    assert {"verb": "assign_again", "label": "二次交办", "refusal": None} in story.seen_by("office")["offers"]


def again(story: Story) -> None:
    """The second assignment, led by the principal, and its reply."""
    words = "请主要负责人领办，写明开工时间。"
    story.take("office", story.path, "assign_again", trigger="dissatisfied", rank="principal", words=words)
    begin(story, "housing")
    talk(story, "before")
    talk(story, "during")
    story.take("housing_officer", answer(story, "A"), "send_reply")
    for name in ("alice", *COSIGNERS):
        say(story, name, SATISFIED)


def keep_promises(story: Story) -> None:
    assert story.refused("office", story.path, "close").endswith("尚未完成。")
    talk(story, "after")
    assert story.refused("office", story.path, "close") == "还有 1 项承诺未兑现。"
    row = story.newest("housing_officer", "promises")
    story.take("housing_officer", row, "claim_promise", proof="天桥已验收并开放。")
    for name in ("alice", *COSIGNERS):
        assert story.take(name, row, "agree_delivery", words="看过，已开放通行。")["state"] == "claimed"
    assert story.take("member", row, "agree_delivery", words="到现场核实，属实。")["state"] == "kept"


def close(story: Story) -> None:
    assert story.take("office", story.path, "close")["state"] == "closed"
    assert story.seen_by("bob")["state"] == "closed"
