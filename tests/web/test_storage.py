"""Files in a storage that is no folder of this machine, as several hosts share one: kept, read, filled in, and backed up apart."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from docx import Document
from python_calamine import CalamineWorkbook

from tests import cases
from tests.town import Town
from tibandu.base.papers import docx_text, official_template
from tibandu.suggestions.models import Attachment, ImportRun
from tibandu.web import archive
from tibandu.web import settings as product
from tibandu.web.management.commands import restore

PDF = b"%PDF-1.7 words"
TABLE = "编号,标题,领衔代表\n7,关于甲事的建议,安立夏\n"
Wear = Callable[..., Client]


@pytest.fixture(autouse=True)
def far_away(settings: Any, tmp_path: Path) -> Path:
    """The folder in which nothing may appear, while the files are kept in memory."""
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}
    }
    return settings.MEDIA_ROOT


def test_an_attachment_and_a_sealed_letter_come_back(town: Town, hat: Wear, far_away: Path) -> None:
    made = cases.draft(town)
    client = hat(town.alice)
    client.post(f"/suggestions/{made.pk}/attach/", {"files": [SimpleUploadedFile("现场.pdf", PDF)]})
    kept = Attachment.objects.get()
    assert default_storage.exists(f"files/{kept.file.sha256[:2]}/{kept.file.sha256}")
    answer = client.get(f"/suggestions/files/{kept.pk}/")
    assert b"".join(answer.streaming_content) == PDF
    case = cases.handling(town)
    cases.heard(town, cases.share_of(town, case, "housing"), "before", "during")
    reply = cases.signed(town, cases.drafted(town, case))
    client = hat(town.housing_officer)
    client.post(
        f"/suggestions/reply/{reply.pk}/attach_scan/", {"scan": SimpleUploadedFile("盖章件.pdf", PDF)}
    )
    assert b"".join(client.get(f"/suggestions/reply/{reply.pk}/scan").streaming_content) == PDF
    assert not far_away.exists()


def test_a_letter_is_filled_into_a_template_from_there(town: Town, hat: Wear, far_away: Path) -> None:
    document, buffer = Document(io.BytesIO(official_template())), io.BytesIO()
    document.add_paragraph("本函一式三份")
    document.save(buffer)
    reply = cases.replied(town).replies.get()
    client = hat(town.housing_section)
    client.post("/suggestions/letter-template/", {"file": SimpleUploadedFile("住建.docx", buffer.getvalue())})
    letter = client.get(f"/suggestions/reply/{reply.pk}/letter.docx")
    assert docx_text(letter.content)[-1] == "本函一式三份"
    assert client.get(f"/suggestions/reply/{reply.pk}/letter.pdf").content[:5] == b"%PDF-"
    assert not far_away.exists()


def test_a_table_is_read_from_there_and_a_sheet_needs_no_file(town: Town, hat: Wear, far_away: Path) -> None:
    cases.registered(town, title="关于修桥的建议")
    client = hat(town.office)
    table = SimpleUploadedFile("汇总表.csv", TABLE.encode())
    answer = client.post(
        "/suggestions/import/", {"file": table, "where": "collection", "collection": "往年"}, follow=True
    )
    assert (answer.status_code, ImportRun.objects.count()) == (200, 1)
    assert "关于甲事的建议" in answer.content.decode()
    content = client.get("/suggestions/export.xlsx").content
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert rows[-1][1] == "关于修桥的建议"
    assert not far_away.exists()


@pytest.mark.django_db(transaction=True)
def test_a_backup_says_that_the_files_are_not_inside(
    transactional_db: None, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    call_command("backup", str(tmp_path / "kept.tar"))
    assert "未含附件" in capsys.readouterr().out


def test_a_backup_of_a_folder_comes_back_into_such_a_storage(
    town: Town, tmp_path: Path, settings: Any
) -> None:
    folder = tmp_path / "kept" / "files" / "ab"
    folder.mkdir(parents=True)
    (folder / "abc").write_bytes(PDF)
    assert archive.files_root() is None
    restore.put_files(tmp_path / "kept", archive.files_root())
    restore.put_files(tmp_path / "kept", archive.files_root())
    with default_storage.open("files/ab/abc") as kept:
        assert kept.read() == PDF
    assert default_storage.listdir("files/ab") == ([], ["abc"])


def test_a_storage_is_named_as_django_names_it() -> None:
    assert product._storage("")["BACKEND"] == "django.core.files.storage.FileSystemStorage"
    shared = '{"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": {"bucket_name": "tibandu"}}'
    assert product._storage(shared)["OPTIONS"] == {"bucket_name": "tibandu"}


@pytest.mark.parametrize("text", ["s3://tibandu", "[]", '{"OPTIONS": {}}', '{"BACKEND": "x", "bucket": "y"}'])
def test_a_storage_that_cannot_be_read_is_refused_by_name(text: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="TIBANDU_STORAGE"):
        product._storage(text)


def test_the_assets_can_be_collected_for_another_web_server(settings: Any, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path / "static"
    call_command("collectstatic", interactive=False, verbosity=0)
    names = {path.relative_to(product.STATIC_ROOT) for path in product.STATIC_ROOT.rglob("*.css")}
    assert names
    assert [name for name in names if not (settings.STATIC_ROOT / name).exists()] == []
