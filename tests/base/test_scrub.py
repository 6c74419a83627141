"""What is taken out of documents, pictures and texts before others see them."""

import io
import struct
import zlib
from zipfile import ZipFile

import pytest
from django.http import QueryDict
from docx import Document
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tibandu.base.files import FileProblem
from tibandu.base.scrub import masked, personal_data, scrub_docx, scrub_image, without_hidden

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
TRACKED = f"""<w:body xmlns:w="{W}">
<w:p w:rsidR="00A1"><w:pPr><w:rPr><w:ins w:id="1" w:author="张三"/></w:rPr></w:pPr><w:r><w:t>建议</w:t></w:r>
<w:ins w:id="2" w:author="张三"><w:r><w:t>尽快</w:t></w:r></w:ins>
<w:del w:id="3" w:author="张三"><w:r><w:delText>立即</w:delText></w:r></w:del>
<w:commentRangeStart w:id="4"/><w:r><w:rPr><w:b/><w:rPrChange w:id="5" w:author="李四"><w:rPr/></w:rPrChange></w:rPr>
<w:t>修桥</w:t></w:r><w:commentRangeEnd w:id="4"/><w:r><w:commentReference w:id="4"/></w:r></w:p>
<w:p><w:pPr><w:rPr><w:del w:id="6" w:author="张三"/></w:rPr></w:pPr><w:r><w:t>第一段</w:t></w:r></w:p>
<w:p><w:pPr><w:jc w:val="both"/></w:pPr><w:r><w:t>接第二段</w:t></w:r></w:p>
<w:tbl><w:tr><w:trPr><w:del w:id="7" w:author="张三"/></w:trPr><w:tc><w:p/></w:tc></w:tr>
<w:tr><w:tc><w:p><w:r><w:t>留</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
<w:p><w:moveFrom w:id="8" w:author="张三"><w:r><w:t>旧处</w:t></w:r></w:moveFrom>
<w:moveTo w:id="9" w:author="张三"><w:r><w:t>新处</w:t></w:r></w:moveTo></w:p></w:body>"""


def _packed_part(content):
    buffer = io.BytesIO()
    with ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", content)
    return buffer.getvalue()


def _document():
    document = Document()
    document.core_properties.author = "张三"
    document.core_properties.last_modified_by = "李四"
    document.core_properties.title = "关于修桥的建议"
    body = document.element.body
    for child in reversed(etree.fromstring(TRACKED)):
        body.insert(0, child)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def test_a_document_keeps_its_text_and_loses_its_history():
    clean = scrub_docx(_document())
    document = Document(io.BytesIO(clean))
    assert [paragraph.text for paragraph in document.paragraphs] == ["建议尽快修桥", "第一段接第二段", "新处"]
    assert [row.cells[0].text for row in document.tables[0].rows] == ["留"]
    properties = document.core_properties
    assert (properties.author, properties.last_modified_by, properties.title) == ("", "", "关于修桥的建议")
    with ZipFile(io.BytesIO(clean)) as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist()).decode(errors="ignore")
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    for trace in ["张三", "李四", "立即", "旧处", "w:ins ", "w:del ", "comment", "rsidR", "rPrChange"]:
        assert trace not in everything


@pytest.mark.parametrize("broken", [b"no archive", b"PK\x03\x04", _packed_part(b"<w:document")])
def test_a_broken_document_is_refused(broken):
    with pytest.raises(FileProblem, match="文件已损坏，打不开。"):
        scrub_docx(broken)


def test_comments_are_emptied():
    buffer = io.BytesIO(_document())
    with ZipFile(buffer, "a") as archive:
        archive.writestr(
            "word/comments.xml", f'<w:comments xmlns:w="{W}"><w:comment w:author="张三"/></w:comments>'
        )
        archive.writestr("word/media/image1.png", _png(_chunk(b"tEXt", "地点".encode())))
    with ZipFile(io.BytesIO(scrub_docx(buffer.getvalue()))) as archive:
        assert len(etree.fromstring(archive.read("word/comments.xml"))) == 0
        assert archive.read("word/media/image1.png") == _png()


def _chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _png(*extra):
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n"
        + head
        + b"".join(extra)
        + _chunk(b"IDAT", zlib.compress(b"\0\0"))
        + _chunk(b"IEND", b"")
    )


def test_a_png_keeps_only_what_draws_it():
    extra = [_chunk(b"eXIf", b"MM..."), _chunk(b"tEXt", b"Author\0x"), _chunk(b"tIME", b"1234567")]
    assert scrub_image(_png(*extra) + b"trailing") == _png()
    assert scrub_image(_png(_chunk(b"pHYs", b"123456789"))) == _png(_chunk(b"pHYs", b"123456789"))


def _segment(marker, data):
    return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data


def _exif(order, orientation):
    entries = struct.pack(order + "HHIHH", 0x0112, 3, 1, orientation, 0) + struct.pack(
        order + "HHII", 0x8825, 4, 1, 99
    )
    mark = b"II*\0" if order == "<" else b"MM\0*"
    return _segment(
        0xE1,
        b"Exif\0\0" + mark + struct.pack(order + "IH", 8, 2) + entries + struct.pack(order + "I", 0) + b"GPS",
    )


JFIF = _segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0")
SCAN = _segment(0xDA, b"\1\1\0\0\x3f\0") + b"\x12\xff\x00\x34\xff\xd0\x56"
PICTURE = _segment(0xDB, b"\0" * 65) + SCAN + _segment(0xC4, b"\0" * 20) + SCAN
PROFILE = _segment(0xE2, b"ICC_PROFILE\0\1\1...")


def test_a_jpeg_keeps_only_what_draws_it():
    dirty = [
        JFIF,
        _exif(">", 1),
        _segment(0xE1, b"http://ns.adobe.com/xap"),
        PROFILE,
        _segment(0xE2, b"MPF"),
        _segment(0xFE, b"x"),
    ]
    content = b"\xff\xd8" + b"".join(dirty) + b"\xff" + PICTURE + b"\xff\xd9" + b"a whole film"
    assert scrub_image(content) == b"\xff\xd8" + JFIF + PROFILE + PICTURE + b"\xff\xd9"


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_turned_jpeg_stays_turned(order):
    content = b"\xff\xd8" + _exif(order, 6) + PICTURE + b"\xff\xd9"
    head = _segment(0xE1, b"Exif\0\0MM\0*" + struct.pack(">IHHHIHHI", 8, 1, 0x0112, 3, 1, 6, 0, 0))
    assert scrub_image(content) == b"\xff\xd8" + head + PICTURE + b"\xff\xd9"
    assert scrub_image(scrub_image(content)) == scrub_image(content)


def test_a_broken_exif_is_dropped_and_other_files_stay_as_they_are():
    broken = b"\xff\xd8" + _segment(0xE1, b"Exif\0\0MM\0*\xff\xff\xff\xff") + PICTURE + b"\xff\xd9"
    assert scrub_image(broken) == b"\xff\xd8" + PICTURE + b"\xff\xd9"
    assert scrub_image(b"GIF89a") == b"GIF89a"
    assert scrub_image(b"\xff\xd8" + SCAN) == b"\xff\xd8" + SCAN + b"\xff\xd9"


@given(st.binary(max_size=200))
def test_no_bytes_break_the_scrub(content):
    scrub_image(b"\xff\xd8" + content)
    scrub_image(b"\x89PNG\r\n\x1a\n" + content)


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("电话13812345678。", "mobile", "电话138****5678。"),
        ("电话+86 138-1234-5678", "mobile", "电话138****5678"),
        ("电话１３８１２３４５６７８", "mobile", "电话138****5678"),
        ("身份证11010519491231002X", "identity", "身份证1****************X"),
        ("旧身份证110105491231002", "identity", "旧身份证1*************2"),
        ("卡号6222 0200 0000 0000 000", "bank_card", "卡号***************0000"),
        ("邮箱zhang.san@example.com,", "email", "邮箱z***@example.com,"),
    ],
)
def test_personal_data_is_found_and_masked(text, kind, expected):
    assert [finding.kind for finding in personal_data(text)] == [kind]
    assert masked(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "固定电话0746-8321234",
        "身份证110105194912310021",
        "文号2026138123456789",
        "投资1234567890123456元",
        "a13812345678",
        "2026年3月4日",
    ],
)
def test_other_numbers_are_left_alone(text):
    assert personal_data(text) == []
    assert masked(text) == text


def test_findings_come_in_order_with_their_places():
    text = "张三 13812345678，a@b.cn；李四 13912345678"
    assert [(finding.text, text[finding.start : finding.end]) for finding in personal_data(text)] == [
        ("13812345678", "13812345678"),
        ("a@b.cn", "a@b.cn"),
        ("13912345678", "13912345678"),
    ]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("零\u200b宽\ufeff\u2060\u00ad", "零宽"),
        ("倒\u202e过\u2066来\u2069", "倒过来"),
        ("控\x0b制\x1b符\x7f", "控制符"),
        ("一行\r\n二行\t缩进", "一行\r\n二行\t缩进"),
        (
            "می\u200cروم \u1820\u200d \u200f",
            "می\u200cروم \u1820\u200d \u200f",
        ),  # words that need their joiners
        ("𠮷野家 𬭎 👩\u200d🔧", "𠮷野家 𬭎 👩\u200d🔧"),
        ("\x00", "\x00"),  # refused by every field in words
    ],
)
def test_what_nobody_sees_is_taken_out_and_what_words_need_stays(typed: str, kept: str) -> None:
    assert without_hidden(typed) == kept


def test_lists_tables_and_forms_are_cleaned_all_through() -> None:
    given = {"asks": [{"text": "修\u200b路"}], "organs": [1], "words": None}
    assert without_hidden(given) == {"asks": [{"text": "修路"}], "organs": [1], "words": None}
    assert without_hidden(QueryDict("a=1\u200b&a=2")).getlist("a") == ["1", "2"]
