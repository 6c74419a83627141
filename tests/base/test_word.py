"""Word files: an office's own template is judged before it is used, and a draft is read as its author sees it."""

import zipfile
from io import BytesIO

import pytest
from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Mm

from tests.base.test_papers import LETTER
from tibandu.base.papers import (
    PaperProblem,
    docx,
    docx_text,
    letter_docx,
    official_template,
    template_problems,
)

ALL = "{{ number }}{{ category }}{{ title }}{{ salutation }}{{ signatory }}{{ signed_on }}"


def word(*paragraphs, change=None):
    document = Document()
    for text in paragraphs:
        document.add_paragraph(text)
    if change:
        change(document)
    made = BytesIO()
    document.save(made)
    return made.getvalue()


def test_the_default_template_has_the_page_of_the_standard_and_no_problems():
    page = Document(BytesIO(official_template())).sections[0]
    assert (page.top_margin, page.left_margin) == pytest.approx((Mm(37), Mm(28)), abs=Mm(0.1))
    assert page.page_width - page.left_margin - page.right_margin == pytest.approx(Mm(156), abs=Mm(0.1))
    assert page.page_height - page.top_margin - page.bottom_margin == pytest.approx(Mm(225), abs=Mm(0.1))
    assert template_problems(official_template()) == []


def test_an_offices_own_template_is_filled():
    template = word(ALL, "{%p for text in paragraphs %}", "{{ text }}", "{%p endfor %}")
    assert template_problems(template) == []
    assert docx_text(letter_docx(LETTER, template))[1:] == [
        "您提出的建议收悉，现答复如下：",
        "一、关于步道照明",
        "（一）施工安排",
        "今年6月已列入提升工程，安排资金118万元。",
        "10月底前全部亮灯。",
    ]


def test_a_placeholder_that_the_office_program_split_is_still_found():
    def split(document):
        paragraph = document.add_paragraph()
        for piece in ("{", "{ num", "ber }", "}"):
            paragraph.add_run(piece)

    template = word(ALL.replace("{{ number }}", ""), "{{ body }}", change=split)
    assert template_problems(template) == []


def test_missing_and_unknown_placeholders_are_named():
    template = word(ALL.replace("{{ title }}", "{{ titel }}"), "{{ paragraphs }}")
    assert template_problems(template) == [
        "模板里缺少“标题”，请在该处写上 {{ title }}。",
        "模板里的 {{ titel }} 不是可用的占位符，请改名或者删去。",
    ]


@pytest.mark.parametrize(
    "trick",
    [
        "{{ title.__class__ }}",
        "{{ title['x'] }}",
        "{{ range(99999999) }}",
        "{% set x = 1 %}",
        "{% include 'x' %}",
        "{{ title | safe }}",
        "{{ loop.nextitem }}",
        "{{ 'x' * 99999999 }}",
    ],
)
def test_anything_beyond_names_conditions_and_loops_is_refused(trick):
    template = word(ALL, "{{ body }}", trick)
    refusal = "模板里只能用占位符名、if 和 for，不能用点号、括号调用、过滤器或其他写法。"
    assert template_problems(template) == [refusal]
    with pytest.raises(PaperProblem, match="只能用占位符名"):
        letter_docx(LETTER, template)


def test_a_trick_in_a_header_or_in_the_properties_is_seen_too():
    def in_header(document):
        document.sections[0].header.paragraphs[0].text = "{{ title.x }}"

    def in_properties(document):
        document.core_properties.subject = "{{ title.x }}"

    for change in (in_header, in_properties):
        assert len(template_problems(word(ALL, "{{ body }}", change=change))) == 1


def test_broken_placeholders_are_said_to_be_broken():
    (problem,) = template_problems(word(ALL, "{{ body }}", "{% if copies %}"))
    assert problem.startswith("模板里的占位符写法不对")


def test_a_template_may_not_reach_outside():
    def link(document):
        document.part.relate_to("http://example.org/x.png", RELATIONSHIP_TYPE.IMAGE, is_external=True)

    assert template_problems(word(ALL, "{{ body }}", change=link)) == [
        "模板里有链接到外面的图片、网址或文件，请改为嵌入或者删去链接。"
    ]


def test_a_file_that_is_no_word_document_is_refused():
    for source in (b"hello", b"PK\x05\x06" + bytes(18)):
        assert template_problems(source) == [
            "这不是 Word 文档（.docx），请在 Word 或 WPS 里另存为 .docx 后再上传。"
        ]
        with pytest.raises(PaperProblem, match="这不是 Word 文档"):
            docx_text(source)


def test_a_damaged_document_is_refused_and_never_breaks_the_page():
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("word/document.xml", "<nothing>")
    assert template_problems(made.getvalue()) == ["这个 Word 文档已经损坏，打不开。"]
    with pytest.raises(PaperProblem, match="已经损坏"):
        docx_text(made.getvalue())


def test_loops_within_loops_within_loops_are_refused():
    loop = "{% for a in body %}" * 3 + "x" + "{% endfor %}" * 3
    assert template_problems(word(ALL, loop)) == ["模板里的 for 最多套两层。"]


def test_an_unknown_word_in_a_template_is_refused_when_it_is_filled():
    with pytest.raises(PaperProblem, match="占位符有误"):
        docx(word("{{ stranger }}"), {"title": "标题"})


def test_a_draft_is_read_with_its_insertions_and_without_its_deletions():
    def track(document):
        names = nsdecls("w")
        document._body._element.insert(
            1,
            parse_xml(
                f"<w:p {names}><w:r><w:t>保留</w:t></w:r>"
                f'<w:ins w:id="1" w:author="a"><w:r><w:t>增加</w:t></w:r></w:ins>'
                f'<w:del w:id="2" w:author="a"><w:r><w:delText>删去</w:delText></w:r></w:del>'
                f"<w:r><w:tab/><w:t>末尾</w:t></w:r></w:p>"
            ),
        )
        document.add_table(rows=1, cols=2).rows[0].cells[1].text = "表内"

    assert docx_text(word("标题", "  ", change=track)) == ["标题", "保留增加\t末尾", "表内"]


def test_a_document_that_swells_beyond_measure_is_refused_before_it_is_opened():
    made = BytesIO(word("标题"))
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/media/zeros.bin", bytes(51 * 1024 * 1024))
    assert template_problems(made.getvalue()) == ["这个文档展开后超过 50 MB，请删去其中的大图后再上传。"]


def test_a_template_with_macros_is_refused():
    made = BytesIO(word(ALL, "{{ body }}"))
    with zipfile.ZipFile(made, "a") as archive:
        archive.writestr("word/vbaProject.bin", b"macro")
    assert template_problems(made.getvalue()) == ["模板里带有宏，请另存为不带宏的 .docx。"]
