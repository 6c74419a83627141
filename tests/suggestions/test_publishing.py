"""What becomes public and how far: consent, grounds, and nothing personal in the text or in a file."""

import io
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.test import Client
from docx import Document
from docx.oxml import parse_xml

from tests.cases import OVERPASS, SENT, drafted, handling, heard, registered, replied, share_of, signed
from tests.town import Town, moment
from tibandu.base.files import store_content
from tibandu.base.flow import NotYourStep, Refused
from tibandu.base.models import StoredFile
from tibandu.regulations.models import Ground
from tibandu.suggestions import actions
from tibandu.suggestions.enums import PublicationState, Publicity
from tibandu.suggestions.models import Attachment, Reply, Suggestion

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
PHONE = "13907991234"
LATER = moment(SENT, 16)


@pytest.fixture(autouse=True)
def _own_files(settings: object, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]


def opened(town: Town, **fields: object) -> Suggestion:
    """A replied case whose text and reply are both public."""
    suggestion = replied(town, **fields)
    actions.publish_reply(town.housing_officer, suggestion.replies.get(), at=LATER, publication="full")
    actions.publish(town.office, suggestion, at=LATER)
    return suggestion


def with_consent(suggestion: Suggestion, publicity: str, **fields: object) -> None:
    Suggestion.objects.filter(pk=suggestion.pk).update(publicity=publicity, **fields)
    suggestion.refresh_from_db()


def test_the_full_text_goes_out_without_whom_to_call_and_with_numbers_hidden(town: Town) -> None:
    suggestion = handling(town)
    heard(town, share_of(town, suggestion, "housing"), "before", "during")
    answers = [f"请联系住户张师傅（{PHONE}）。", "信号灯已调整。"]
    reply = signed(town, drafted(town, suggestion, answers=answers, contact_phone="0799-5550187"))
    actions.send_reply(town.housing_officer, reply, at=moment(SENT, 15))
    actions.publish_reply(town.housing_officer, reply, at=LATER, publication="full")
    assert reply.publication == PublicationState.FULL
    assert (reply.published_on, "139****1234" in reply.public_text) == (SENT, True)
    assert [word for word in (PHONE, "0799-5550187", "林溪") if word in reply.public_text] == []


def test_a_summary_is_written_by_hand_and_hidden_alike(town: Town) -> None:
    reply = replied(town).replies.get()
    with pytest.raises(Refused, match="请写公开的摘要"):
        actions.publish_reply(town.housing_officer, reply, at=LATER, publication="summary")
    text = f"年内建成天桥，咨询 {PHONE}。"
    actions.publish_reply(town.housing_officer, reply, at=LATER, publication="summary", public_text=text)
    assert reply.public_text == "年内建成天桥，咨询 139****1234。"


def test_nothing_is_kept_back_without_a_ground(town: Town) -> None:
    reply = replied(town).replies.get()
    with pytest.raises(Refused, match="请选择理由"):
        actions.publish_reply(town.housing_officer, reply, at=LATER, publication="none")
    ground = Ground.objects.get(version=town.measure, code="privacy")
    actions.publish_reply(town.housing_officer, reply, at=LATER, publication="none", not_public_ground=ground)
    assert (reply.publication, reply.published_on, reply.public_text) == ("none", None, "")


@pytest.mark.parametrize(
    ("publicity", "fields", "publication", "sentence"),
    [
        (Publicity.NONE, {}, "summary", "提出人不同意公开或者须隐去"),
        (Publicity.FULL, {"is_masked": True}, "summary", "提出人不同意公开或者须隐去"),
        (Publicity.TITLE, {}, "full", "提出人仅同意公开标题，答复只能公开摘要"),
    ],
)
def test_the_author_s_word_limits_what_the_unit_may_open(
    town: Town, publicity: str, fields: dict[str, object], publication: str, sentence: str
) -> None:
    suggestion = replied(town)
    with_consent(suggestion, publicity, **fields)
    with pytest.raises(Refused, match=sentence):
        actions.publish_reply(
            town.housing_officer,
            suggestion.replies.get(),
            at=LATER,
            publication=publication,
            public_text="摘要",
        )


def test_a_paper_is_opened_by_the_office_alone_and_never_against_consent(town: Town) -> None:
    suggestion = registered(town)
    with pytest.raises(NotYourStep):
        actions.publish(town.alice, suggestion, at=LATER)
    with_consent(suggestion, Publicity.NONE)
    with pytest.raises(Refused, match="提出人不同意公开"):
        actions.publish(town.office, suggestion, at=LATER)
    with_consent(suggestion, Publicity.FULL, is_masked=True)
    with pytest.raises(Refused, match="隐去提出人的件不公开"):
        actions.publish(town.office, suggestion, at=LATER)


def test_everybody_reads_what_is_published_and_nothing_else(town: Town, client: Client) -> None:
    hidden = replied(town, title="关于未公开事项的建议")
    suggestion = opened(town, code="B", promises=[OVERPASS])
    page = client.get("/suggestions/open/").content.decode()
    assert (suggestion.title in page, hidden.title in page) == (True, False)
    assert client.get(f"/suggestions/open/{hidden.pk}/").status_code == 404
    case = client.get(f"/suggestions/open/{suggestion.pk}/").content.decode()
    shown = ("安立夏", "汀溪代表团", "兴澜市住房和城乡建设局", "在大桥东侧建成人行天桥1座", suggestion.facts)
    assert [word for word in shown if word not in case] == []
    assert [word for word in ("林溪", "高言") if word in case] == []


def test_of_a_title_only_the_title_and_the_summary_are_shown(town: Town, client: Client) -> None:
    suggestion = replied(town)
    with_consent(suggestion, Publicity.TITLE)
    reply = suggestion.replies.get()
    actions.publish_reply(
        town.housing_officer, reply, at=LATER, publication="summary", public_text="已经解决。"
    )
    actions.publish(town.office, suggestion, at=LATER)
    case = client.get(f"/suggestions/open/{suggestion.pk}/").content.decode()
    assert (suggestion.title in case, "已经解决。" in case, suggestion.facts in case) == (True, True, False)


def test_masking_a_published_paper_takes_it_off_the_page(town: Town, client: Client) -> None:
    suggestion = opened(town)
    with_consent(suggestion, Publicity.FULL, is_masked=True)
    assert client.get(f"/suggestions/open/{suggestion.pk}/").status_code == 404


def test_a_replaced_reply_is_no_longer_public(town: Town, client: Client) -> None:
    suggestion = opened(town)
    Reply.objects.update(state="replaced")
    case = client.get(f"/suggestions/open/{suggestion.pk}/").content.decode()
    assert "还没有公开的答复。" in case


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=过街", 1),
        ("q=信号灯", 1),
        ("q=剐蹭", 1),
        ("q=安立夏", 1),
        ("q=陈牧", 0),
        ("q=没有这样的词", 0),
        ("year=2026", 1),
        ("year=1999", 1),
        ("q=过街&before=1", 0),
    ],
)
def test_the_public_list_is_searched_and_filtered(town: Town, client: Client, query: str, found: int) -> None:
    opened(town)
    page = client.get(f"/suggestions/open/?{query}").content.decode()
    assert page.count("<li><h2>") == found


def test_the_public_list_runs_few_queries(
    town: Town, client: Client, django_assert_num_queries: object
) -> None:
    opened(town)
    with django_assert_num_queries(8):
        client.get("/suggestions/open/")
    opened(town)
    opened(town)
    with django_assert_num_queries(8):
        client.get("/suggestions/open/")


def draft_of_zhang() -> bytes:
    document = Document()
    document.core_properties.author = "张三"
    paragraph = document.add_paragraph("住户电话 139")
    paragraph.add_run("0799")
    paragraph.add_run("1234，请回访。")
    deleted = f'<w:del xmlns:w="{W}" w:id="3" w:author="李四"><w:r><w:delText>立即</w:delText></w:r></w:del>'
    paragraph._p.append(parse_xml(deleted))
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def attached(suggestion: Suggestion, content: bytes, name: str) -> Attachment:
    kept = store_content(content, name)
    row = StoredFile.objects.create(sha256=kept.sha256, size=kept.size, kind=kept.kind, stored_at=moment())
    return Attachment.objects.create(
        suggestion=suggestion,
        file=row,
        name=name,
        object_id=suggestion.pk,
        added_at=moment(),
        added_by="安立夏",
    )


def test_nothing_personal_is_left_in_a_public_file(town: Town, hat: object) -> None:
    suggestion = replied(town)
    attachment = attached(suggestion, draft_of_zhang(), "情况.docx")
    client: Client = hat(town.office)
    answer = client.post(f"/suggestions/{suggestion.pk}/publish/", {"attachments": [attachment.pk]})
    assert answer.status_code == 302
    client.logout()
    copy = b"".join(client.get(f"/suggestions/open/files/{attachment.pk}/").streaming_content)
    text = [paragraph.text for paragraph in Document(io.BytesIO(copy)).paragraphs]
    assert text == ["住户电话 139****1234，请回访。"]
    parts = b"".join(_parts(copy)).decode(errors="ignore")
    assert [word for word in ("张三", "李四", "立即", "0799", PHONE) if word in parts] == []


def _parts(content: bytes) -> list[bytes]:
    with ZipFile(io.BytesIO(content)) as archive:
        return [archive.read(name) for name in archive.namelist()]


def test_a_file_that_nobody_can_vouch_for_is_not_opened(town: Town, hat: object) -> None:
    suggestion = replied(town)
    attachment = attached(suggestion, b"%PDF-1.7 words", "情况.pdf")
    answer = hat(town.office).post(f"/suggestions/{suggestion.pk}/publish/", {"attachments": [attachment.pk]})
    assert answer.status_code == 422
    assert "其他文件里的个人信息无法自动清除" in answer.content.decode()
    assert not Suggestion.objects.get().is_published


def test_the_page_shows_what_will_be_hidden(town: Town, hat: object) -> None:
    suggestion = handling(town)
    heard(town, share_of(town, suggestion, "housing"), "before", "during")
    reply = signed(town, drafted(town, suggestion, answers=[f"电话{PHONE}", "已调整。"]))
    actions.send_reply(town.housing_officer, reply, at=moment(SENT, 15))
    page = hat(town.housing_officer).get(f"/suggestions/reply/{reply.pk}/publish_reply/").content.decode()
    assert f'手机号 <span class="num">{PHONE}</span> → <span class="num">139****1234</span>' in page
