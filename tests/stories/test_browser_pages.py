"""Every page of every kind of person: readable by all, quiet towards the outside, narrow enough for a small phone, and pictured when asked."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils.timezone import localdate
from playwright.sync_api import Page

from tests import cases
from tests.stories.browser import DESKTOP, PHONE, People, picture
from tests.town import Town
from tibandu.suggestions import actions
from tibandu.suggestions.models import Rating

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "artifacts" / "pictures"
WANTS_PICTURES = bool(os.environ.get("TIBANDU_PICTURES"))  # of every page; nobody looks at them otherwise
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
NARROWEST = 360
DAYS = (
    "WRITTEN",
    "HANDED_IN",
    "ON_FILE",
    "HANDED_OVER",
    "SPLIT",
    "TAKEN",
    "UNDER_WAY",
    "TALKED",
    "DRAFTED",
    "SENT",
)
OTHERS = {
    # title: how far it has come
    "关于规范汀溪老街电动车停放的建议": "handling",
    "关于在柳塘镇增设农产品集散点的建议": "handling",
    "关于延长夜间公交运营时间的建议": "assigned",
    "关于整治兴澜河北岸噪声的建议": "assigned",
    "关于加装老旧小区电梯的建议": "registered",
    "关于完善乡村道路照明的建议": "registered",
    "关于增加社区托育服务供给的建议": "registered",
    "关于兴澜大桥东侧安装行人信号灯的建议": "submitted",
    "关于建设汀溪湿地步道的建议": "submitted",
}
PERSONAS = ("alice", "office", "member", "chairpersons", "dispatcher", "housing_officer", "housing_chief")
# The picture of a route, by its name in the documents: who sees it, on a phone or at the desk.
SHOWN: dict[str, tuple[str, str, bool]] = {
    "desk": ("office", "desk", False),
    "desk-phone": ("alice", "desk", True),
    "desk-unit": ("housing_officer", "desk", False),
    "ledger": ("office", "suggestions", False),
    "case": ("housing_officer", "suggestions-replied", False),
    "case-phone": ("alice", "suggestions-replied", True),
    "write": ("alice", "suggestions-draft-edit", False),
    "write-phone": ("alice", "suggestions-draft-edit", True),
    "rate-phone": ("alice", "suggestions-rating-rate", True),
    "letter": ("housing_chief", "suggestions-reply-sign_reply", False),
    "check": ("dispatcher", "suggestions-reply-check_reply", False),
    "reply": ("housing_officer", "suggestions-reply-edit_reply", False),
    "screening": ("office", "suggestions-screening", False),
    "meeting": ("office", "suggestions-meetings-1", False),
    "distribute": ("dispatcher", "suggestions-handover-distribute", False),
    "promises": ("office", "oversight-promises", False),
    "measure": ("office", "rules-measure", False),
    "roll": ("office", "people", False),
    "ledger-committee": ("member", "suggestions", False),
}


@pytest.fixture
def days_ago(monkeypatch: pytest.MonkeyPatch) -> None:
    """The builders' calendar, moved so that the reply went out two days ago."""
    shift = localdate() - cases.SENT - timedelta(days=2)
    for name in DAYS:
        day: date = getattr(cases, name)
        monkeypatch.setattr(cases, name, day + shift)


class Visit:
    """What is looked at, with names that say which case stands behind a number."""

    def __init__(self, people: People) -> None:
        self.people, self.town = people, people.town
        self.seen: set[str] = set()
        self.wrong: list[str] = []
        self.names: dict[str, str] = {}

    def name_of(self, path: str) -> str:
        for address, name in self.names.items():
            path = path.replace(address, name)
        return re.sub(r"\W+", "-", path.strip("/")) or "home"

    def look(self, who: str, page: Page, path: str) -> None:
        answer = page.goto(self.people.address + path, wait_until="load")
        if answer is None or not answer.ok:
            self.wrong.append(f"{who} {path}: {answer and answer.status}")
            return
        name = self.name_of(path)
        known = f"{who}-{name}" in {f"{shown[0]}-{shown[1]}" for shown in SHOWN.values()}
        if name in self.seen and not known:
            return
        if name not in self.seen:
            self.wrong += [f"{who} {path}: {found}" for found in complaints(page)]
        self.seen.add(name)
        page.set_viewport_size({"width": NARROWEST, "height": PHONE["height"]})
        if (wide := page.evaluate("document.documentElement.scrollWidth")) > NARROWEST:
            self.wrong.append(f"{who} {path}: {wide} px wide at {NARROWEST} px")
        if WANTS_PICTURES:
            for size, label in ((PHONE, "390"), (DESKTOP, "1440")):
                page.set_viewport_size(size)
                picture(page, PICTURES / label / f"{who}-{name}.png", full=not known)
        page.set_viewport_size(DESKTOP)


def complaints(page: Page) -> Iterable[str]:
    """What axe finds on a page, in one line each."""
    if not AXE.exists():
        return []
    page.evaluate(AXE.read_text())
    found = page.evaluate(
        "axe.run(document, {resultTypes: ['violations']}).then(result => result.violations)"
    )
    return [f"{broken['id']}: {broken['nodes'][0]['html'][:120]}" for broken in found]


def furnish(visit: Visit) -> dict[str, list[str]]:
    """A town with cases at every stage, and the pages that each kind of person has beyond the rail."""
    town = visit.town
    for days, (title, stage) in enumerate(OTHERS.items()):
        came_in = cases.moment(localdate() - timedelta(days=days))
        if stage in ("assigned", "handling"):
            getattr(cases, stage)(town, title=title)
        else:
            case = cases.submitted(town, title=title, at=came_in, cosigners=("bob", "evan")[: days % 3])
            if stage == "registered":
                actions.register(town.office, case, at=came_in, subject=town.subject)
    waiting = cases.handed_over(town, title="关于改造柳塘镇污水管网的建议").handovers.get()
    replied = cases.replied(
        town, code="B", promises=[{**cases.OVERPASS, "due_on": localdate() + timedelta(60)}]
    )
    drafted, checking, signing = (in_reply(town, n) for n in range(3))
    draft = cases.draft(town, title="关于兴澜大桥东侧增设行人过街天桥的建议")
    submitted = cases.Suggestion.objects.filter(state="submitted").latest("pk")
    meeting = actions.plan_meeting(
        town.office, session=None, title="闭会期间代表建议交办会", held_on=localdate()
    )
    rating = Rating.objects.get(suggestion=replied, proposer__seat=town.seats["alice"])
    case, base = f"/suggestions/{replied.pk}/", "/suggestions/"
    visit.names = {
        f"suggestions/{replied.pk}/": "suggestions/replied/",
        f"suggestions/{draft.pk}/": "suggestions/draft/",
        f"meetings/{meeting.pk}/": "meetings/1/",
        **{f"reply/{row.pk}/": "reply/" for row in (drafted, checking, signing)},
        f"rating/{rating.pk}/": "rating/",
        f"handover/{waiting.pk}/": "handover/",
    }
    writing = [f"{base}{draft.pk}/{page}/" for page in ("edit", "invite", "submit")]
    office = [
        "screening/",
        "meetings/",
        f"meetings/{meeting.pk}/",
        "enter/",
        "paper/",
        "import/",
        "?clock=overdue",
    ]
    return {
        "alice": [case, *writing, f"{base}rating/{rating.pk}/rate/", "/people/me/", "/search/?q=大桥"],
        "office": [
            case,
            *(base + page for page in office),
            f"{base}{submitted.pk}/register/",
            "/people/deputies/",
        ],
        "member": [case],
        "chairpersons": [case],
        "dispatcher": [
            case,
            f"{base}handover/{waiting.pk}/distribute/",
            f"{base}reply/{checking.pk}/check_reply/",
        ],
        "housing_officer": [case, f"{base}reply/{drafted.pk}/edit_reply/"],
        "housing_chief": [case, f"{base}reply/{signing.pk}/sign_reply/"],
    }


def in_reply(town: Town, steps: int) -> Any:
    """A reply as a draft, with the dispatch office, or before its signer."""
    case = cases.handling(
        town, title=("关于疏通汀溪老街排水的建议", "关于增设公共充电桩的建议", cases.TITLE)[steps]
    )
    cases.heard(town, cases.share_of(town, case, "housing"), "before", "during")
    reply = cases.drafted(town, case)
    if steps:
        actions.submit_reply(town.housing_officer, reply, at=cases.moment(cases.DRAFTED, 10))
    if steps > 1:
        actions.check_reply(town.dispatcher, reply, at=cases.moment(cases.DRAFTED, 14))
    return reply


def test_every_page_of_everybody(people: People, days_ago: None) -> None:
    visit = Visit(people)
    more = furnish(visit)
    for who in PERSONAS:
        page = people.at(who).go("/desk/").page
        rail = [link.get_attribute("href") or "" for link in page.locator(".rail a").all()]
        for path in [*rail, *more[who]]:
            visit.look(who, page, path)
    stranger = people.context().new_page()
    for path in ("/accounts/login/", "/suggestions/open/"):
        visit.look("nobody", stranger, path)
    show()
    wrong = [*visit.wrong, *people.strangers(), *people.errors]
    assert not wrong, "\n".join(wrong)


def show() -> None:
    """Puts the pictures that the documents use beside them, small."""
    if not WANTS_PICTURES:
        return
    for name, (who, route, phone) in SHOWN.items():
        made = PICTURES / ("390" if phone else "1440") / f"{who}-{route}.png"
        kept = ROOT / "docs" / "pictures" / f"{name}.png"
        kept.parent.mkdir(exist_ok=True)
        if convert := shutil.which("convert"):
            subprocess.run([convert, made, "-strip", "+dither", "-colors", "128", kept], check=True)
        else:
            shutil.copy(made, kept)
