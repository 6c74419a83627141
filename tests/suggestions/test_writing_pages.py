"""The pages on which deputies write and the office screens, each once per kind of reader."""

import io
import zipfile
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import cases
from tests.town import Town, moment
from tibandu.suggestions import actions
from tibandu.suggestions.enums import Consent, State
from tibandu.suggestions.models import Attachment, Proposer, Suggestion

DAY = moment(date(2026, 2, 20))
TYPED = {"title": cases.TITLE, "facts": cases.FACTS, "asks-0-text": "修天桥", "asks-1-text": ""}
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF"


@pytest.fixture(autouse=True)
def _files_of_their_own(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path


def url(name: str, *args: object) -> str:
    return reverse(f"suggestions:{name}", args=args)


def word_file(*paragraphs: str) -> bytes:
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    body = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in paragraphs)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("word/document.xml", f"<w:document {space}><w:body>{body}</w:body></w:document>")
    return made.getvalue()


def test_opening_the_page_creates_nothing(town: Town, hat) -> None:
    assert hat(town.alice).get(url("write")).status_code == 200
    assert Suggestion.objects.count() == 0


def test_only_deputies_write(town: Town, hat) -> None:
    assert hat(town.office).get(url("write")).status_code == 403


def test_the_first_save_makes_the_draft_and_the_button_says_what_comes_next(town: Town, hat) -> None:
    answer = hat(town.alice).post(url("write"), TYPED | {"then": "invite"})
    made = Suggestion.objects.get()
    assert (answer.status_code, answer.url) == (302, url("invite", made.pk))
    assert (made.title, [ask.text for ask in made.asks.all()]) == (cases.TITLE, ["修天桥"])


def test_the_first_autosave_answers_where_the_draft_lives(town: Town, hat) -> None:
    said = hat(town.alice).post(url("autosave_new"), TYPED).json()
    made = Suggestion.objects.get()
    assert (said["revision"], said["page"]) == (1, url("edit", made.pk))
    assert said["autosave_url"] == url("autosave", made.pk)


def test_an_autosave_of_an_old_revision_is_answered_with_the_other_text(town: Town, hat) -> None:
    made = cases.draft(town)
    client = hat(town.alice)
    first = client.post(url("autosave", made.pk), TYPED | {"revision": 1})
    second = client.post(url("autosave", made.pk), TYPED | {"revision": 1, "title": "另一个"})
    assert (first.status_code, first.json()["revision"]) == (200, 2)
    assert (second.status_code, second.json()["revision"]) == (409, 2)
    assert second.json()["text"] == {
        "title": cases.TITLE,
        "facts": cases.FACTS,
        "analysis": "",
        "asks": ["修天桥"],
    }


def test_a_save_of_an_old_revision_shows_both_texts_and_the_second_press_counts(town: Town, hat) -> None:
    made = cases.draft(town)
    actions.keep(town.alice, made, at=DAY, revision=1, title="那里的标题")
    client = hat(town.alice)
    answer = client.post(url("edit", made.pk), TYPED | {"revision": 1, "title": "这里的标题"})
    page = answer.content.decode()
    assert (answer.status_code, "那里的标题" in page, "这里的标题" in page) == (409, True, True)
    client.post(url("edit", made.pk), TYPED | {"revision": 2, "title": "这里的标题"})
    assert Suggestion.objects.get().title == "这里的标题"


def test_a_text_that_is_too_long_is_refused_and_kept_on_the_page(town: Town, hat) -> None:
    answer = hat(town.alice).post(url("write"), TYPED | {"facts": "长" * 20_001})
    assert (answer.status_code, Suggestion.objects.count()) == (422, 0)
    assert "长" * 20_001 in answer.content.decode()


def test_the_piece_beside_is_the_same_as_on_the_whole_page(town: Town, hat) -> None:
    known = cases.registered(town)
    own = cases.draft(town, by=town.chen)
    client = hat(town.chen)
    typed = {"title": own.title, "facts": own.facts, "analysis": own.analysis}
    asks = {f"asks-{n}-text": ask for n, ask in enumerate(cases.ASKS)}
    piece = client.post(f"{url('similar')}?of={own.pk}", typed | asks).content.decode()
    beside = piece.split('<p id="similar-count"')[0].strip()
    assert known.number_text in beside
    assert beside in client.get(url("edit", own.pk)).content.decode()
    assert Suggestion.objects.count() == 2


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_cost_the_same_whatever_their_length(town: Town, hat, rows: int) -> None:
    cases.registered(town)
    for _ in range(rows):
        cases.submitted(town)
    costs = [cost(hat(town.alice), url("mine")), cost(hat(town.office), url("screening"))]
    assert costs == [5, 12]


def cost(client, address: str) -> int:
    """How many statements a page needs, without the small ones by which SQLite asks the index for one clue each."""
    client.get(address)  # the calendar is read once and then remembered
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    return sum(
        1
        for query in queries
        if "MATCH" not in str(query["sql"]) and "suggestion_keys" not in str(query["sql"])
    )


def test_a_word_draft_becomes_a_draft(town: Town, hat) -> None:
    content = word_file("关于修路的建议", "一、情况", "路坏了。", "二、建议", "1. 修路", "2. 装灯")
    file = SimpleUploadedFile("稿.docx", content)
    answer = hat(town.alice).post(url("import_draft"), {"file": file})
    made = Suggestion.objects.get()
    assert answer.url == url("edit", made.pk)
    assert (made.title, made.facts, [ask.text for ask in made.asks.all()]) == (
        "关于修路的建议",
        "路坏了。",
        ["修路", "装灯"],
    )


def test_what_is_no_word_file_says_so_and_makes_no_draft(town: Town, hat) -> None:
    file = SimpleUploadedFile("稿.docx", b"nothing")
    answer = hat(town.alice).post(url("import_draft"), {"file": file}, follow=True)
    assert "不符" in answer.content.decode()
    assert Suggestion.objects.count() == 0


def test_files_are_added_downloaded_and_taken_off(town: Town, hat) -> None:
    made = cases.draft(town)
    client = hat(town.alice)
    file = SimpleUploadedFile("现场.pdf", PDF)
    client.post(url("attach", made.pk), {"files": [file]})
    kept = Attachment.objects.get()
    answer = client.get(url("attachment", kept.pk))
    assert b"".join(answer.streaming_content) == PDF
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    for stranger in (town.chen, town.foreign_office, town.foreign_deputy, town.office, town.housing_chief):
        assert hat(stranger).get(url("attachment", kept.pk)).status_code == 404
    hat(town.alice).post(url("detach", made.pk), {"attachment": kept.pk})
    assert Attachment.objects.count() == 0


def test_a_file_with_macros_is_refused_by_name(town: Town, hat) -> None:
    made = cases.draft(town)
    file = SimpleUploadedFile("表.xlsm", b"PK\x03\x04")
    answer = hat(town.alice).post(url("attach", made.pk), {"files": [file]})
    assert (answer.status_code, "表.xlsm：文件带有宏" in answer.content.decode()) == (422, True)


def test_names_invite_and_an_unknown_name_is_asked_about(town: Town, hat) -> None:
    made = cases.draft(town)
    client = hat(town.alice)
    answer = client.post(url("invite", made.pk), {"names": "柏远、无此人"})
    assert (answer.status_code, "没有叫“无此人”的代表" in answer.content.decode()) == (422, True)
    client.post(url("invite", made.pk), {"names": "柏远、陈牧"})
    asked = Proposer.objects.filter(state=Consent.INVITED)
    assert list(asked.values_list("name", flat=True)) == ["柏远", "陈牧"]


def test_an_invited_deputy_reads_the_whole_text_and_confirms(town: Town, hat) -> None:
    made = cases.draft(town)
    actions.invite(town.alice, made, at=DAY, seats=[town.seats["bob"]])
    row = made.proposers.get(seat=town.seats["bob"])
    client = hat(town.bob)
    mine = client.get(url("mine")).content.decode()
    assert ("邀请我联名" in mine, url("confirm_text", row.pk) in mine) == (True, True)
    page = client.get(url("confirm_text", row.pk)).content.decode()
    assert all(words in page for words in (cases.TITLE, cases.FACTS, *cases.ASKS))
    client.post(url("confirm_text", row.pk), {"digest": cases.digest(made)})
    row.refresh_from_db()
    assert row.state == Consent.CONFIRMED


def test_the_desk_of_screening_shows_the_queue_and_one_beside_its_like(town: Town, hat) -> None:
    known = cases.registered(town)
    waiting = cases.submitted(town, by=town.chen, cosigners=[])
    page = hat(town.office).get(url("screening")).content.decode()
    assert all(words in page for words in (waiting.title, known.number_text, "立案编号", "退回修改"))
    assert hat(town.bob).get(url("screening")).status_code == 403
    foreign = hat(town.foreign_office).get(f"{url('screening')}?at={waiting.pk}").content.decode()
    assert waiting.title not in foreign


def test_registering_from_the_desk_comes_back_to_it(town: Town, hat) -> None:
    made = cases.submitted(town)
    back = url("screening")
    answer = hat(town.office).post(f"{url('register', made.pk)}?next={back}", {"subject": town.subject.pk})
    made.refresh_from_db()
    assert (answer.url, made.state, made.subject) == (back, State.REGISTERED, town.subject)
    elsewhere = cases.submitted(town)
    answer = hat(town.office).post(
        f"{url('register', elsewhere.pk)}?next=https://elsewhere.example/", {"words": ""}
    )
    assert answer.url == url("case", elsewhere.pk)


@pytest.mark.parametrize(
    "name",
    ["edit", "autosave", "attach", "detach", "invite", "submit", "withdraw", "register", "refuse", "merge"],
)
def test_another_tenant_and_a_stranger_find_nothing(town: Town, hat, name: str) -> None:
    made = cases.draft(town)
    for stranger in (town.foreign_office, town.foreign_deputy, town.chen, town.office):
        assert hat(stranger).post(url(name, made.pk), {}).status_code == 404


def test_the_office_types_in_a_paper_and_a_stub(town: Town, hat) -> None:
    client = hat(town.office)
    unknown = client.post(url("enter"), {"authors": "无此人", "nature": "suggestion"})
    assert "没有叫“无此人”的代表" in unknown.content.decode()
    text = {"authors": "柏远", "nature": "motion", "title": "关于修路的建议", "facts": "路坏了"}
    client.post(url("enter"), text | {"asks-0-text": "修路"})
    client.post(url("enter_classified"), {"unit_words": "市公安局", "registered_on": "2026-02-20"})
    kinds = list(Suggestion.objects.order_by("pk").values_list("nature", "is_classified"))
    assert kinds == [("motion", False), ("suggestion", True)]
    assert [hat(town.alice).get(url(name)).status_code for name in ("enter", "enter_classified")] == [
        403,
        403,
    ]
