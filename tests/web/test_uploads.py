"""Knows that no way of sending a file takes one that lies, hides something or is too much, and that each says why in words."""

import io
from collections.abc import Callable
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests import cases
from tests.base.test_files import COMPOUND, DOCX, _packed
from tests.suggestions.test_rating import rating_of
from tests.town import Town
from tibandu.base.models import StoredFile
from tibandu.suggestions.models import Promise, Suggestion

pytestmark = pytest.mark.sweep

BOMB = io.BytesIO()
with ZipFile(BOMB, "w", ZIP_DEFLATED) as archive:
    archive.writestr("word/document.xml", b"0" * 30_000_000)
    archive.writestr("xl/workbook.xml", b"0" * 30_000_000)
LOCKED = COMPOUND[:8] + b"\0" * 504 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 480
EVIL = {
    # what it is: its name and its content
    "false type": ("图.pdf", b"MZ\x90\x00"),
    "page as a text": ("页.html", b"<script>alert(1)</script>"),
    "picture that is a page": ("图.png", b"<svg onload=alert(1)>"),
    "macros by name": ("文.docm", DOCX),
    "macros in a document": ("文.docx", _packed({"word/document.xml": "", "word/vbaProject.bin": ""})),
    "macros in a sheet": ("表.xlsx", _packed({"xl/workbook.xml": "", "xl/vbaProject.bin": ""})),
    "bomb as a document": ("文.docx", BOMB.getvalue()),
    "bomb as a sheet": ("表.xlsx", BOMB.getvalue()),
    "way out": ("文.docx", _packed({"word/document.xml": "", "../../etc/cron.d/x": ""})),
    "locked document": ("文.docx", LOCKED),
    "locked sheet": ("表.xlsx", LOCKED),
    "document and archive in one": ("图.pdf", b"%PDF-1.4\n" + _packed({"a.exe": "MZ"})),
    "page before a document": ("图.pdf", b"<html><script>alert(1)</script>%PDF-1.4"),
    "broken archive": ("表.xlsx", b"PK\x03\x04broken"),
    "empty": ("空.pdf", b""),
    "device": ("con.pdf", b"%PDF-1.4"),
    "endless name": ("长" * 200 + ".pdf", b"%PDF-1.4"),
}


@pytest.fixture
def ways(town: Town, settings: object, tmp_path: Path) -> dict[str, tuple[str, str, dict[str, str]]]:
    """Each address that takes a file: by whom, and with what beside it."""
    settings.MEDIA_ROOT = tmp_path / "files"
    draft = cases.draft(town)
    case = cases.replied(town, code="B", promises=[cases.OVERPASS])
    reply, promise = case.replies.get(), Promise.objects.get()
    rating = rating_of(town, case, "alice")
    step = {name: reverse(f"suggestions:{name}", args=[row.pk]) for name, row in (
        ("attach", draft), ("attach_scan", reply), ("claim_promise", promise)
    )}  # fmt: skip
    paper = reverse("suggestions:paper_entry", args=["rating", rating.pk, "rate"])
    return {
        step["attach"]: ("alice", "files", {}),
        step["attach_scan"]: ("housing_officer", "scan", {}),
        step["claim_promise"]: ("housing_officer", "files", {"proof": "已通过验收"}),
        "/suggestions/write/word/": ("alice", "file", {}),
        "/suggestions/enter/": ("office", "files", {}),
        "/suggestions/import/": ("office", "file", {"where": "collection", "collection": "往年汇编"}),
        "/suggestions/letter-template/": ("office", "file", {}),
        paper: ("office", "paper-scan", {"paper-hat": town.alice.hat}),
        "/people/import/": ("office", "file", {}),
        "/rules/calendar/import/": ("office", "file", {}),
    }


def test_every_way_of_sending_a_file_refuses_each_evil_one_in_words(
    ways: dict[str, tuple[str, str, dict[str, str]]], town: Town, hat: Callable[..., Client], tmp_path: Path
) -> None:
    before = (Suggestion.objects.count(), StoredFile.objects.count())
    wrong = []
    for path, (who, field, beside) in ways.items():
        client = hat(town.actors[who])
        for kind, (name, content) in EVIL.items():
            answer = client.post(path, {**beside, field: SimpleUploadedFile(name, content)}, follow=True)
            text = answer.content.decode()
            said = any(word in text for word in SENTENCES)
            wrong += [] if said and answer.status_code < 500 else [f"{path} {kind}: {answer.status_code}"]
    assert wrong == []
    assert (Suggestion.objects.count(), StoredFile.objects.count()) == before
    assert [kept for kept in tmp_path.rglob("*") if kept.is_file()] == []


SENTENCES = [
    "不符", "不收", "不认识", "带有宏", "过大", "越界", "密码", "藏有", "已损坏", "可能已损坏", "是空的", "空的文件", "空文件",
    "不允许的字符", "超过 120", "请选择", "认不出", "不像",
]  # fmt: skip
