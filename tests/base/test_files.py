"""Uploads: what is kept, under which hash, and the sentence for whatever is refused."""

import hashlib
import io
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage, default_storage

from tibandu.base import files
from tibandu.base.files import FileProblem, Stored, checked_kind, checked_name, open_stored, store

PDF = b"%PDF-1.7\n..."
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100


def _packed(parts):
    buffer = io.BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


DOCX = _packed({"[Content_Types].xml": "<x/>", "word/document.xml": "<x/>"})
XLSX = _packed({"xl/workbook.xml": "<x/>"})
ENCRYPTED_ODS = _packed({"mimetype": files.KINDS["ods"], "META-INF/manifest.xml": "<m:encryption-data/>"})
BOOK = b"\x09\x08\x10\0\0\x06\x05\0" + b"\0" * 12
# The mark of a locked entry, in its own head and in the list at the end.
LOCKED_ENTRY = DOCX.replace(b"PK\x03\x04\x14\0\0", b"PK\x03\x04\x14\0\1").replace(
    b"PK\x01\x02\x14\x03\x14\0\0", b"PK\x01\x02\x14\x03\x14\0\1"
)


def _sectored(start):
    """An old Office file, one stream of which begins so."""
    return COMPOUND.ljust(1024, b"\0") + start.ljust(512, b"\0")


@pytest.fixture
def memory(settings):
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    }


def test_a_file_is_kept_once_under_the_hash_of_its_content(memory):
    sha256 = hashlib.sha256(PDF).hexdigest()
    assert store(ContentFile(PDF, "答复.pdf")) == Stored(sha256, len(PDF), "答复.pdf", "pdf")
    again = store(ContentFile(PDF, "另一份.PDF"))
    assert (again.sha256, again.content_type) == (sha256, "application/pdf")
    assert default_storage.listdir(f"files/{sha256[:2]}") == ([], [sha256])
    assert again.path == f"files/{sha256[:2]}/{sha256}"
    with open_stored(sha256) as kept:
        assert kept.read() == PDF


class _Racing(InMemoryStorage):
    """A storage in which another process keeps the same content just after we looked."""

    def exists(self, name):
        found = super().exists(name)
        if not found:
            self._save(name, ContentFile(PDF))
        return found


def test_two_uploads_of_the_same_content_at_once_leave_one_copy(settings):
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": f"{__name__}._Racing"}}
    sha256 = store(ContentFile(PDF, "a.pdf")).sha256
    assert default_storage.listdir(f"files/{sha256[:2]}") == ([], [sha256])


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (PDF, "a.pdf", "pdf"),
        (b"\r\n" + PDF, "a.pdf", "pdf"),
        (DOCX, "a.docx", "docx"),
        (XLSX, "a.xlsx", "xlsx"),
        (COMPOUND, "a.doc", "doc"),
        (_sectored(b"\xec\xa5" + b"\0" * 30), "b.doc", "doc"),
        (_sectored(BOOK + b"\xe1\0"), "b.xls", "xls"),
        (PDF + b"PK\x05\x06" + b"\0" * 40, "b.pdf", "pdf"),
        (COMPOUND, "a.xls", "xls"),
        (COMPOUND, "a.wps", "wps"),
        (DOCX, "a.wps", "wps"),
        (COMPOUND, "a.et", "et"),
        (XLSX, "a.et", "et"),
        (_packed({"OFD.xml": "<x/>"}), "a.ofd", "ofd"),
        (_packed({"mimetype": files.KINDS["ods"]}), "a.ods", "ods"),
        (b"\x89PNG\r\n\x1a\n...", "a.png", "png"),
        (b"\xff\xd8\xff\xe0...", "a.JPEG", "jpg"),
        ("建议".encode("gb18030"), "a.txt", "txt"),
        ("编号,标题".encode(), "a.csv", "csv"),
    ],
)
def test_a_file_is_what_its_content_and_ending_say(content, name, kind):
    assert checked_kind(content, name) == kind


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "a.pdf", "文件是空的。"),
        (PDF, "a.docx", "文件内容与扩展名“docx”不符。"),
        (DOCX, "a.pdf", "文件内容与扩展名“pdf”不符。"),
        (DOCX, "a.xlsx", "文件内容与扩展名“xlsx”不符。"),
        (COMPOUND, "a.docx", "文件内容与扩展名“docx”不符。"),
        (b"MZ\0\0", "a.txt", "文件内容与扩展名“txt”不符。"),
        (b"\xff\xff\xff", "a.txt", "文件内容与扩展名“txt”不符。"),
        (_packed({"a.txt": "x"}), "a.docx", "文件内容与扩展名“docx”不符。"),
        (b"PK\x03\x04...", "a.docx", "文件已损坏，打不开。"),
        (DOCX, "a.docm", "文件带有宏，请另存为不带宏的格式后再上传。"),
        (
            _packed({"word/document.xml": "", "word/vbaProject.bin": ""}),
            "a.docx",
            "文件带有宏，请另存为不带宏的格式后再上传。",
        ),
        (
            COMPOUND + "_VBA_PROJECT".encode("utf-16-le"),
            "a.doc",
            "文件带有宏，请另存为不带宏的格式后再上传。",
        ),
        (COMPOUND + "EncryptedPackage".encode("utf-16-le"), "a.docx", "文件加了密码，请去掉密码后再上传。"),
        (_sectored(b"\xec\xa5" + b"\0" * 9 + b"\x01"), "a.doc", "文件加了密码，请去掉密码后再上传。"),
        (_sectored(BOOK + b"\x2f\0\x36\0"), "a.xls", "文件加了密码，请去掉密码后再上传。"),
        (ENCRYPTED_ODS, "a.ods", "文件加了密码，请去掉密码后再上传。"),
        (LOCKED_ENTRY, "a.docx", "文件加了密码，请去掉密码后再上传。"),
        (PDF + DOCX, "a.pdf", "文件里藏有另一个文件，不能上传。"),
        (b"\x89PNG\r\n\x1a\n" + DOCX, "a.png", "文件里藏有另一个文件，不能上传。"),
        (b"<html>" + PDF, "a.pdf", "文件内容与扩展名“pdf”不符。"),
        (b"MZ\x90" + PDF, "a.pdf", "文件内容与扩展名“pdf”不符。"),
        (_packed({"word/document.xml": "0" * 20_000_000}), "a.docx", "文件解开后过大，不能上传。"),
        (_packed({"word/document.xml": "", "../a": ""}), "a.docx", "文件里藏有越界的路径，不能上传。"),
    ],
)
def test_a_file_is_refused_with_a_sentence(content, name, sentence):
    with pytest.raises(FileProblem) as refused:
        checked_kind(content, name)
    assert str(refused.value) == sentence


@pytest.mark.parametrize("name", ["a.zip", "a.pdf.exe", "a", "a.html", "a.svg"])
def test_other_kinds_are_refused(name):
    with pytest.raises(FileProblem, match=r"^不收“.*”这种文件，可以上传：pdf、docx、"):
        checked_kind(PDF, name)


def test_a_file_over_the_limit_is_refused(memory):
    with pytest.raises(FileProblem) as refused:
        store(ContentFile(b"%PDF-" + b"x" * 1024 * 1024, "a.pdf"), most=1024 * 1024)
    assert str(refused.value) == "文件超过 1 MB。"


def test_too_many_parts_or_too_much_inside_is_refused(monkeypatch):
    monkeypatch.setattr(files, "MOST_ENTRIES", 1)
    with pytest.raises(FileProblem, match="解开后过大"):
        checked_kind(DOCX, "a.docx")


@pytest.mark.parametrize(
    "name",
    [
        "",
        "..",
        ".htaccess",
        "con.pdf",
        "LPT1.docx",
        "nul",
        "a/b.pdf",
        "..\\b.pdf",
        "a\0.pdf",
        "fdp.\u202eexe",
        "a\n.pdf",
    ],
)
def test_a_misleading_name_is_refused(name):
    with pytest.raises(FileProblem) as refused:
        checked_name(name)
    assert str(refused.value) == "文件名里有不允许的字符或路径，请改名后再上传。"


def test_a_name_is_not_endless():
    assert checked_name("建" * 116 + ".pdf") == "建" * 116 + ".pdf"
    with pytest.raises(FileProblem, match="文件名超过 120 个字"):
        checked_name("建" * 117 + ".pdf")
