"""What stands in a reply's letter, that PDF and Word hold the same words, and whose template counts."""

import io
from datetime import date
from pathlib import Path

import pytest
from django.test import Client
from docx import Document
from pypdf import PdfReader

from tests.cases import (
    ANSWERS,
    OVERPASS,
    SENT,
    drafted,
    handling,
    heard,
    registered_in_session,
    replied,
    share_of,
    signed,
)
from tests.town import Town, moment
from tibandu.base.files import store_content
from tibandu.base.flow import NotYourStep
from tibandu.base.papers import docx_text, letter_docx, letter_pdf, official_template
from tibandu.people.models import Unit
from tibandu.suggestions import actions
from tibandu.suggestions.models import Delivery, Promise, Reply, Suggestion
from tibandu.suggestions.queries.letters import letter_of, numbered, salutation, template_for


@pytest.fixture(autouse=True)
def _own_files(settings: object, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]


def opinion(town: Town, suggestion: Suggestion, unit: str) -> None:
    share = share_of(town, suggestion, unit)
    given = actions.give_opinion(
        town.actors[f"{unit}_officer"],
        share,
        at=moment(date(2026, 3, 12)),
        text="信号灯已调整。",
        signed_by="潘卫",
    )
    actions.countersign(town.housing_officer, given, at=moment(date(2026, 3, 13)))


def test_the_letter_answers_ask_by_ask_and_lists_the_promises(town: Town) -> None:
    letter = letter_of(replied(town, code="B", promises=[OVERPASS]).replies.get(), SENT)
    assert (letter.masthead, letter.number, letter.category) == (
        "兴澜市住房和城乡建设局",
        "市住建局函〔2026〕1号",
        "分类：B",
    )
    assert letter.title == "关于对兴澜市人民代表大会2026年闭会期间第1号建议的答复"
    assert letter.salutation == "安立夏等2名代表："
    assert letter.body == (
        (0, "你们提出的《关于在兴澜大桥东侧增设过街设施的建议》（闭2026-001号）收悉，现答复如下："),
        (1, "一、关于“在大桥东侧路口增设人行天桥或者地下通道”"),
        (0, ANSWERS[0]),
        (1, "二、关于“近期先调整信号灯配时并增设行人等待区”"),
        (0, ANSWERS[1]),
        (1, "三、承诺事项"),
        (
            0,
            "1.在大桥东侧建成人行天桥1座（通过验收并开放通行），安排资金118万元，由市政科梁栋负责，于2026年10月31日前完成。",
        ),
        (0, "感谢你们对我们工作的关心和支持，欢迎继续提出意见。"),
    )
    assert letter.copies == ("市人大常委会代表工作委员会", "市人民政府办公室")
    assert (letter.signatory, letter.signed_on, letter.secrecy) == (letter.organ, SENT, "")


def test_an_unsigned_letter_is_marked_and_bears_neither_number_nor_category(town: Town) -> None:
    letter = letter_of(drafted(town, handling(town)), SENT)
    assert (letter.secrecy, letter.number, letter.category) == ("征求意见稿", "", "")


def test_the_opinion_of_a_co_unit_is_stated_unless_the_drafter_names_it(town: Town) -> None:
    suggestion = handling(town, cos=["police", "transport"])
    opinion(town, suggestion, "police")
    opinion(town, suggestion, "transport")
    letter = letter_of(drafted(town, suggestion), SENT)
    assert [text for _level, text in letter.body if "会办" in text] == [
        "三、会办单位意见",
        "兴澜市交通运输局会办意见：信号灯已调整。",
    ]
    assert letter.copies[2:] == ("兴澜市公安局", "兴澜市交通运输局")


def test_a_single_answer_needs_no_heading(town: Town) -> None:
    suggestion = handling(town, asks=["增设人行天桥"])
    letter = letter_of(drafted(town, suggestion, answers=["已建成。"]), SENT)
    assert [level for level, _text in letter.body] == [0, 0, 0]


def test_a_paper_of_the_session_is_named_by_term_and_session(town: Town) -> None:
    suggestion = registered_in_session(town)
    actions.assign(town.office, suggestion, at=moment(date(2026, 2, 25)), organs=[town.government])
    share = {"unit": town.units["housing"], "role": "lead"}
    actions.distribute(
        town.dispatcher, suggestion.handovers.get(), at=moment(date(2026, 2, 26)), shares=[share]
    )
    reply = Reply(suggestion=suggestion, assignment=share_of(town, suggestion, "housing"), seq=1)
    reply.save()
    title = letter_of(reply, SENT).title
    assert title == "关于对兴澜市第六届人民代表大会第五次会议第1号建议的答复"


def test_names_in_the_salutation(town: Town) -> None:
    suggestion = handling(town)
    assert salutation(suggestion) == "安立夏等2名代表："
    suggestion.proposers.filter(is_lead=False).delete()
    assert salutation(Suggestion.objects.get()) == "安立夏代表："
    suggestion.is_masked = True
    assert salutation(suggestion) == "提出建议的代表："


@pytest.mark.parametrize(("text", "words"), [("6-5-012", "第6-5-012号"), ("闭2026-001", "闭2026-001号")])
def test_a_number_with_a_word_of_its_own_takes_no_other(text: str, words: str) -> None:
    assert numbered(text) == words


def test_a_signed_letter_reads_as_signed_whatever_changes_later(town: Town) -> None:
    reply = replied(town, code="B", promises=[OVERPASS]).replies.get()
    before = letter_of(reply, SENT)
    Promise.objects.update(due_on=date(2027, 6, 30))
    Unit.objects.filter(pk=town.units["housing"].pk).update(name="兴澜市城乡建设局")
    assert letter_of(Reply.objects.get(), date(2027, 1, 1)) == before


def test_pdf_and_word_hold_the_same_words(town: Town) -> None:
    letter = letter_of(replied(town, code="B", promises=[OVERPASS]).replies.get(), SENT)
    pages = PdfReader(io.BytesIO(letter_pdf(letter))).pages
    printed = "".join("".join(page.extract_text().split()) for page in pages)
    written = "".join("".join(line.split()) for line in docx_text(letter_docx(letter)))
    for text in [
        letter.number,
        letter.category,
        letter.title,
        letter.salutation,
        *(line for _, line in letter.body),
    ]:
        words = "".join(text.split())
        assert (words in printed, words in written) == (True, True)


def template(word: str) -> bytes:
    document = Document(io.BytesIO(official_template()))
    document.add_paragraph(word)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def kept(word: str) -> object:
    return store_content(template(word), f"{word}.docx")


def test_the_template_of_the_unit_comes_before_that_of_the_congress(town: Town) -> None:
    reply = drafted(town, handling(town))
    assert template_for(reply) is None
    actions.set_letter_template(town.office, town.congress, at=moment(), file=kept("统一模板"))
    assert template_for(reply).name == "统一模板.docx"
    actions.set_letter_template(town.housing_section, town.congress, at=moment(), file=kept("住建模板"))
    actions.set_letter_template(town.police_chief, town.congress, at=moment(), file=kept("公安模板"))
    assert template_for(reply).name == "住建模板.docx"


@pytest.mark.parametrize("key", ["housing_officer", "alice", "member"])
def test_others_set_no_template(town: Town, key: str) -> None:
    with pytest.raises(NotYourStep):
        actions.set_letter_template(town.actors[key], town.congress, at=moment(), file=kept("模板"))


def test_an_uploaded_template_is_used_for_the_word_file(town: Town, hat: object) -> None:
    reply = replied(town).replies.get()
    client: Client = hat(town.housing_section)
    upload = io.BytesIO(template("本函一式三份"))
    upload.name = "住建.docx"
    answer = client.post("/suggestions/letter-template/", {"file": upload})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/suggestions/letter-template/")
    assert "住建.docx" in client.get("/suggestions/letter-template/").content.decode()
    letter = client.get(f"/suggestions/reply/{reply.pk}/letter.docx")
    assert docx_text(letter.content)[-1] == "本函一式三份"


def test_what_is_wrong_with_a_template_is_said(town: Town, hat: object) -> None:
    document = Document()
    document.add_paragraph("{{ number }}{{ title }}{{ stranger }}")
    buffer = io.BytesIO()
    document.save(buffer)
    buffer.seek(0)
    buffer.name = "坏.docx"
    answer = hat(town.housing_section).post("/suggestions/letter-template/", {"file": buffer})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "模板里缺少“正文”，请在该处写上 {{ body }}。" in page
    assert "模板里的 {{ stranger }} 不是可用的占位符" in page


def test_a_letter_is_read_as_pdf_and_the_first_reading_is_noted(town: Town, hat: object) -> None:
    reply = replied(town).replies.get()
    answer = hat(town.bob).get(f"/suggestions/reply/{reply.pk}/letter.pdf")
    assert (answer.headers["Content-Type"], answer.content[:5]) == ("application/pdf", b"%PDF-")
    opened = Delivery.objects.filter(opened_at__isnull=False).values_list("proposer__name", flat=True)
    assert list(opened) == ["柏远"]


@pytest.mark.parametrize(
    ("key", "status"),
    [("housing_officer", 200), ("dispatcher", 200), ("alice", 404), ("office", 404), ("foreign_office", 404)],
)
def test_a_draft_letter_is_read_inside_only(town: Town, hat: object, key: str, status: int) -> None:
    reply = drafted(town, handling(town))
    assert hat(town.actors[key]).get(f"/suggestions/reply/{reply.pk}/letter.docx").status_code == status


def test_the_sealed_scan_stands_beside_the_text(town: Town, hat: object) -> None:
    suggestion = handling(town)
    heard(town, share_of(town, suggestion, "housing"), "before", "during")
    reply = signed(town, drafted(town, suggestion))
    scan = io.BytesIO(b"%PDF-1.7 sealed")
    scan.name = "盖章件.pdf"
    client: Client = hat(town.housing_officer)
    assert client.post(f"/suggestions/reply/{reply.pk}/attach_scan/", {"scan": scan}).status_code == 302
    answer = client.get(f"/suggestions/reply/{reply.pk}/scan")
    assert b"".join(answer.streaming_content) == b"%PDF-1.7 sealed"
    wrong = io.BytesIO("文字".encode())
    wrong.name = "盖章件.txt"
    assert client.post(f"/suggestions/reply/{reply.pk}/attach_scan/", {"scan": wrong}).status_code == 422
