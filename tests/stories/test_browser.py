"""The year of one suggestion in a real browser: every page it passes is opened, read and pressed by the one whose turn it is."""

import io
import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils.timezone import localdate
from docx import Document
from playwright.sync_api import Page
from pypdf import PdfReader

from tests import cases
from tests.stories.browser import People, Window, starting
from tibandu.suggestions.models import Promise, Suggestion

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

COSIGNERS = {"bob": "柏远", "dora": "杜若", "evan": "易文"}
AUTHORS = ("alice", *COSIGNERS)
EARLIER = "关于改善兴澜大桥东侧行人过街条件的建议"


def test_the_year_of_one_suggestion(people: People) -> None:
    cases.replied(people.town, by=people.town.chen, cosigners=(), title=EARLIER)
    case = write_on_the_phone(people)
    cosign(people, case)
    screen(people)
    assign_in_the_meeting(people)
    distribute(people, case)
    object_and_be_reassigned(people, case)
    handle(people, case)
    first_reply(people, case)
    rate(people, case)
    second_round(people, case)
    keep_and_close(people, case)
    call_command("verify")
    assert (people.errors, people.strangers()) == ([], set())


def write_on_the_phone(people: People) -> str:
    phone = people.at("alice", phone=True).go("/desk/")
    phone.page.locator(".footbar").get_by_role("link", name="写建议").click()
    phone.page.get_by_role("textbox", name="标题").wait_for()
    phone.fill(title=cases.TITLE, facts=cases.FACTS, analysis=cases.ANALYSIS, asks__0__text=cases.ASKS[0])
    phone.page.get_by_role("button", name="加一条").click()
    phone.fill(asks__1__text=cases.ASKS[1])
    phone.page.locator("[data-saved][data-kind=saved]").wait_for()
    phone.page.locator("#similar-count a", has_text="1 件相近的建议").wait_for()
    phone.send("邀请联名")
    phone.fill(names="、".join(COSIGNERS.values())).send("邀请联名")
    return re.search(r"/suggestions/\d+/", phone.page.url).group()


def cosign(people: People, case: str) -> None:
    for name in COSIGNERS:
        phone = people.at(name, phone=True).go("/desk/")
        phone.page.get_by_role("link", name="确认联名").click()
        phone.page.get_by_role("heading", name=cases.TITLE).wait_for()
        phone.send("确认联名")
    author = people.at("alice", phone=True).go(case)
    author.step("提交")
    assert author.page.get_by_text("等待审查").or_(author.page.get_by_text("待审查")).count()


def screen(people: People) -> None:
    office = people.at("office").go("/suggestions/screening/")
    office.page.get_by_role("link", name=cases.TITLE).first.click()
    assert EARLIER in office.text("#similar")
    office.step("立案编号", subject="城建环资")


def assign_in_the_meeting(people: People) -> None:
    office = people.at("office").go("/suggestions/meetings/")
    office.fill(title="闭会期间代表建议交办会", held_on=localdate().isoformat(), place="人大机关会议室")
    office.send("筹备")
    office.page.get_by_label(f"选取《{cases.TITLE}》").check()
    office.page.get_by_role("button", name="交办所选").click()
    office.page.get_by_role("heading", name="批量交办").wait_for()
    office.fill(organs="兴澜市人民政府")
    office.page.get_by_role("button", name="交办 1 件").click()
    office.page.get_by_text("交办函").or_(office.page.get_by_text("已办")).first.wait_for()


def distribute(people: People, case: str) -> None:
    dispatcher = people.at("dispatcher").go(case)
    dispatcher.offer("分办").click()
    dispatcher.page.locator("#sheet[open] form, .step-head").first.wait_for()
    for row, (unit, role) in enumerate((("市住建局", "主办"), ("市交通局", "会办"), ("市公安局", "会办"))):
        if row:
            dispatcher.place.get_by_role("button", name="加一条").click()
        fields = {f"shares__{row}__unit": starting(unit), f"shares__{row}__role": role}
        dispatcher.fill(**fields)
    dispatcher.send("分办")


def object_and_be_reassigned(people: People, case: str) -> None:
    police = people.at("police_officer").go(case)
    police.step("签收")
    police.step(
        "申退",
        ground=starting("不属于本单位职责"),
        clause="三定规定第三条",
        proposed_unit=starting("市财政局|兴澜市财政局"),
        reason="信号灯改造由市财政局安排。",
    )
    assert "尚待裁定" in police.text("aside.offers")
    people.at("dispatcher").go(case).step("同意改办", words="同意，改由市财政局会办。")


def handle(people: People, case: str) -> None:
    for unit in ("housing", "transport", "finance"):
        officer = people.at(f"{unit}_officer").go(case)
        officer.step("签收")
        officer.step("明确责任人")
    for unit in ("transport", "finance"):
        opinion = {"text": "同意增设过街设施，我局配合做好有关工作。"}
        people.at(f"{unit}_officer").go(case).step("提出会办意见", **opinion)
        people.at("housing_officer").go(case).step("会签")
    talk(people, case, "办前联系", AUTHORS)


def talk(people: People, case: str, stage: str, confirmed_by: tuple[str, ...] = ("alice",)) -> None:
    """The lead unit writes down the talk; the deputies confirm it on the phone, from the desk."""
    officer = people.at("housing_officer").go(case)
    said = "到路口现场一起看了早高峰，代表同意先行调整信号灯。"
    officer.step("记录联系", stage=stage, mode="走访", said=said, draft_shown=stage == "办中联系")
    for name in confirmed_by:
        phone = people.at(name, phone=True).go("/desk/")
        phone.page.get_by_role("link", name="确认联系属实").first.click()
        phone.page.locator("#sheet[open] form, .step-head").first.wait_for()
        phone.send("确认联系属实")


def draft(people: People, case: str, category: str, **more: object) -> Window:
    """Asks answered one by one, a category chosen, the draft sent to the check."""
    officer = people.at("housing_officer").go(case)
    officer.offer("起草答复").click()
    officer.page.locator(".answers").wait_for()
    officer.fill(parts__1__text=cases.ANSWERS[0], parts__2__text=cases.ANSWERS[1], category=category, **more)
    officer.send("保存草稿")
    officer.go(case).step("送核")
    return officer


def check_and_sign(people: People, case: str) -> None:
    people.at("dispatcher").go(case).step("核稿通过")
    people.at("housing_chief").go(case).step("签发")


def first_reply(people: People, case: str) -> None:
    due_on = (localdate() + timedelta(days=90)).isoformat()
    promise = {"what": "在大桥东侧建成人行天桥1座", "measure": "通过验收并开放通行", "kind": "年内解决"}
    promise |= {"owner": "市政科梁栋", "due_on": due_on, "money": "118"}
    officer = draft(people, case, "B", **{f"promises__0__{name}": value for name, value in promise.items()})
    check_and_sign(people, case)
    assert officer.go(case).reason("发出答复") == "办中联系尚未完成。"
    talk(people, case, "办中联系")
    officer.go(case).step("发出答复")
    read_the_letter(officer)


def read_the_letter(officer: Window) -> None:
    """The letter of the case page comes down as PDF and as docx, with its number, title and category in it."""
    reply = Suggestion.objects.get(title=cases.TITLE).replies.latest("pk")
    sides = {
        kind: fetched(officer.page, f"/suggestions/reply/{reply.pk}/letter.{kind}")
        for kind in ("pdf", "docx")
    }
    pdf = "".join(page.extract_text() for page in PdfReader(io.BytesIO(sides["pdf"])).pages)
    paragraphs = Document(io.BytesIO(sides["docx"])).element.itertext()
    for text in (pdf, "".join(paragraphs)):
        plain = re.sub(r"\s", "", text)
        assert reply.doc_no in plain
        assert cases.ANSWERS[0][:12] in plain


def fetched(page: Page, path: str) -> bytes:
    answer = page.context.request.get(re.match(r"https?://[^/]+", page.url).group() + path)
    assert answer.ok, (path, answer.status)
    return answer.body()


def say(people: People, name: str, result: str, words: str = "") -> None:
    """One deputy rates on the phone: three questions, nothing ticked beforehand."""
    phone = people.at(name, phone=True).go("/desk/")
    phone.page.get_by_role("link", name="评价", exact=True).first.click()
    phone.page.locator("fieldset.rating").first.wait_for()
    assert phone.place.locator("fieldset.rating input:checked").count() == 0
    for question, grade in (("办理态度", "满意"), ("联系沟通", "满意"), ("办理结果", result)):
        box = phone.place.locator("fieldset.rating", has_text=question)
        box.get_by_text(grade, exact=True).click()
    phone.fill(words=words).send("评价")


def rate(people: People, case: str) -> None:
    for name in ("alice", "dora", "evan"):
        say(people, name, "满意")
    assert "天桥什么时候开工" not in people.at("housing_officer").go(case).text()
    say(people, "bob", "不满意", "天桥什么时候开工没有说清。")


def second_round(people: People, case: str) -> None:
    words = "请主要负责人领办，写明开工时间。"
    people.at("office").go(case).step("二次交办", rank="主要负责人", words=words)
    officer = people.at("housing_officer").go(case)
    officer.step("签收")
    officer.step("明确责任人")
    talk(people, case, "办前联系")
    talk(people, case, "办中联系")
    officer = draft(people, case, "A")
    check_and_sign(people, case)
    officer.go(case).step("发出答复")
    for name in AUTHORS:
        say(people, name, "满意")


def keep_and_close(people: People, case: str) -> None:
    talk(people, case, "办后联系")
    office = people.at("office").go(case)
    assert office.reason("办结") == "还有 1 项承诺未兑现。"
    people.at("housing_officer").go(case).step("申报兑现", proof="天桥已验收并开放通行。")
    promise = reverse("oversight:promise", args=[Promise.objects.get(state="claimed").pk])
    for name in AUTHORS:
        people.at(name, phone=True).go(promise).step("认同兑现", words="看过，已经开放通行。")
    people.at("member").go(promise).step("认同兑现", words="到现场核实，已经开放通行。")
    office.go(case).step("办结")
    assert "办结" in people.at("alice", phone=True).go(case).text(".case-head")
