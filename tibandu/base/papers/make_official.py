"""Knows how to build the default Word template of an official letter, with the same page as the PDF (GB/T 9704)."""

from functools import cache
from io import BytesIO
from typing import Any

from docx import Document
from docx.document import Document as DocumentType
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.opc.oxml import serialize_part_xml
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

RED = RGBColor(0xE6, 0x00, 0x12)
SONG, FANG, HEI, KAI = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312"
WIDTH = Mm(156)
# Twentieths of a point. 225 mm shared by 22 lines; 28 characters of 16 pt fit into 156 mm when each is followed by
# a quarter of a point less. Not a character grid: LibreOffice then gives a character wider than its cell two cells.
LINE_PITCH = 579
SQUEEZE = -5
# What stands in where the standard's faces are missing.
STAND_INS = {
    SONG: "Noto Serif CJK SC",
    FANG: "Noto Serif CJK SC",
    HEI: "Noto Sans CJK SC",
    KAI: "Noto Serif CJK SC",
}


@cache
def official_template() -> bytes:
    """The template as a .docx, built once in each process."""
    document = Document()
    _set_page(document)
    _set_styles(document)
    _write_head(document)
    _write_body(document)
    _write_end(document)
    _write_closing(document)
    _write_page_numbers(document)
    document.core_properties.title = "{{ title }}"
    document.core_properties.author = ""
    document.core_properties.comments = ""
    made = BytesIO()
    document.save(made)
    return made.getvalue()


def _element(parent: Any, tag: str, **values: object) -> Any:
    child = OxmlElement(tag)
    for key, value in values.items():
        child.set(qn(f"w:{key}"), str(value))
    parent.append(child)
    return child


def _set_page(document: DocumentType) -> None:
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.top_margin, page.bottom_margin = Mm(37), Mm(35)
    page.left_margin, page.right_margin = Mm(28), Mm(26)
    page.header_distance, page.footer_distance = Mm(15), Mm(24)
    for old in page._sectPr.findall(qn("w:docGrid")):
        page._sectPr.remove(old)
    _element(page._sectPr, "w:docGrid", type="lines", linePitch=LINE_PITCH)
    document.settings.odd_and_even_pages_header_footer = True


def _set_styles(document: DocumentType) -> None:
    style = document.styles["Normal"]
    style.font.size = Pt(16)
    properties = style.element.get_or_add_rPr()
    _set_face(properties, FANG)
    _space_signs(properties, SQUEEZE)
    _element(properties, "w:lang", val="en-US", eastAsia="zh-CN")
    shape = style.paragraph_format
    shape.space_before = shape.space_after = Pt(0)
    shape.line_spacing_rule = WD_LINE_SPACING.SINGLE
    shape.widow_control = False
    for tag in ("w:autoSpaceDE", "w:autoSpaceDN"):
        _put(style.element.get_or_add_pPr(), tag, _AFTER_GRID, val=0)
    _name_stand_ins(document)


def _name_stand_ins(document: DocumentType) -> None:
    fonts = OxmlElement("w:fonts")
    for face, stand_in in STAND_INS.items():
        font = _element(fonts, "w:font", name=face)
        _element(font, "w:altName", val=stand_in)
        _element(font, "w:charset", val="86")
    table = next(
        part for part in document.part.package.iter_parts() if part.partname == "/word/fontTable.xml"
    )
    table._blob = serialize_part_xml(fonts)


def _space_signs(run_properties: Any, twentieths: int) -> None:
    _put(run_properties, "w:spacing", _AFTER_SPACING, val=twentieths)


def _set_face(properties: Any, face: str) -> None:
    fonts = properties.get_or_add_rFonts()
    for kind in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{kind}"), face)


def _line(
    document: Any,
    text: str,
    face: str = FANG,
    size: float = 16,
    align: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.JUSTIFY,
    indent: float = 0,
) -> Paragraph:
    """One paragraph in one face; `indent` in characters, written so that Word keeps it in characters."""
    paragraph: Paragraph = document.add_paragraph()
    paragraph.alignment = align
    run = paragraph.add_run(text)
    run.font.size = Pt(size)
    _set_face(run._r.get_or_add_rPr(), face)
    if size != 16:
        _space_signs(run._r.get_or_add_rPr(), 0)
    if indent:
        properties = paragraph._p.get_or_add_pPr().get_or_add_ind()
        properties.set(qn("w:firstLineChars"), str(int(indent * 100)))
        properties.set(qn("w:firstLine"), str(int(indent * size * 20)))
    return paragraph


def _tag(document: Any, text: str) -> None:
    """A paragraph that only steers the template; docxtpl takes it away."""
    document.add_paragraph(text)


def _write_head(document: DocumentType) -> None:
    first = _line(document, "{{ secrecy }}\t{{ category }}", HEI, align=WD_ALIGN_PARAGRAPH.LEFT)
    first.paragraph_format.tab_stops.add_tab_stop(WIDTH, WD_TAB_ALIGNMENT.RIGHT)
    _line(document, "{{ urgency }}", HEI)
    _line(document, "")
    masthead = _line(document, "{{ masthead }}", SONG, 36, WD_ALIGN_PARAGRAPH.CENTER)
    masthead.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    masthead.paragraph_format.line_spacing = Pt(LINE_PITCH / 10)
    masthead.runs[0].font.color.rgb = RED
    _line(document, "")
    _tag(document, "{%p if signer %}")
    signed = _line(document, "　{{ number }}\t签发人：", align=WD_ALIGN_PARAGRAPH.LEFT)
    signed.paragraph_format.tab_stops.add_tab_stop(Mm(150), WD_TAB_ALIGNMENT.RIGHT)
    name = signed.add_run("{{ signer }}")
    _set_face(name._r.get_or_add_rPr(), KAI)
    _rule(signed)
    _tag(document, "{%p else %}")
    _rule(_line(document, "{{ number }}", align=WD_ALIGN_PARAGRAPH.CENTER))
    _tag(document, "{%p endif %}")
    _line(document, "")
    _line(document, "")
    title = _line(document, "{{ title }}", SONG, 22, WD_ALIGN_PARAGRAPH.CENTER)
    title.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    title.paragraph_format.line_spacing = Pt(LINE_PITCH / 20)
    _put(title._p.get_or_add_pPr(), "w:snapToGrid", _AFTER_GRID, val=0)
    _line(document, "")


# What the schema wants behind an element that is put into paragraph, table or run properties.
_AFTER_GRID = ("w:spacing", "w:ind", "w:jc", "w:rPr")
_AFTER_BORDERS = ("w:shd", "w:tabs", "w:snapToGrid", *_AFTER_GRID)
_AFTER_TABLE = ("w:tblOverlap", "w:tblW", "w:jc", "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook")
_AFTER_SPACING = ("w:w", "w:kern", "w:position", "w:sz", "w:szCs", "w:lang")


def _put(properties: Any, tag: str, before: tuple[str, ...], **values: object) -> Any:
    element = OxmlElement(tag)
    for key, value in values.items():
        element.set(qn(f"w:{key}"), str(value))
    properties.insert_element_before(element, *before)
    return element


def _rule(paragraph: Paragraph) -> None:
    borders = _put(paragraph._p.get_or_add_pPr(), "w:pBdr", _AFTER_BORDERS)
    _element(borders, "w:bottom", val="single", sz=12, space=8, color="E60012")


def _write_body(document: DocumentType) -> None:
    _line(document, "{{ salutation }}")
    _tag(document, "{%p for level, text in body %}")
    _tag(document, "{%p if level == 1 %}")
    _line(document, "{{ text }}", HEI, indent=2)
    _tag(document, "{%p elif level == 2 %}")
    _line(document, "{{ text }}", KAI, indent=2)
    _tag(document, "{%p else %}")
    _line(document, "{{ text }}", indent=2)
    _tag(document, "{%p endif %}")
    _tag(document, "{%p endfor %}")


def _write_end(document: DocumentType) -> None:
    _tag(document, "{%p if attachments %}")
    _line(document, "")
    _tag(document, "{%p for item in attachments %}")
    row = _line(
        document, "{% if loop.first %}附件：{% else %}\u3000\u3000\u3000{% endif %}{{ item }}", indent=2
    )
    row.paragraph_format.keep_with_next = True
    _tag(document, "{%p endfor %}")
    _tag(document, "{%p endif %}")
    for text in ("", "", "{{ signatory }}", "{{ signed_on }}"):
        line = _line(document, text, align=WD_ALIGN_PARAGRAPH.RIGHT)
        line.paragraph_format.keep_with_next = True
        if text:
            indent = line._p.get_or_add_pPr().get_or_add_ind()
            indent.set(qn("w:rightChars"), "400")
            indent.set(qn("w:right"), str(4 * 16 * 20))
    _tag(document, "{%p if contact_line %}")
    _line(document, "")
    _line(document, "{{ contact_line }}", indent=2)
    _tag(document, "{%p endif %}")


def _write_closing(document: DocumentType) -> None:
    """The copies block: a table that floats at the lower edge of the text area of the last page."""
    table = document.add_table(rows=0, cols=2)
    properties = table._tbl.tblPr
    place = {"horzAnchor": "margin", "tblpXSpec": "center", "vertAnchor": "margin", "tblpYSpec": "bottom"}
    _put(properties, "w:tblpPr", _AFTER_TABLE, leftFromText=0, rightFromText=0, **place)
    borders = _put(properties, "w:tblBorders", _AFTER_TABLE[3:])
    for side, eighths in (("top", 8), ("bottom", 8), ("insideH", 6)):
        _element(borders, f"w:{side}", val="single", sz=eighths, space=0, color="000000")
    for left, right in (
        ("{%tr if copies %}", ""),
        ("抄送：{{ copies_line }}", ""),
        ("{%tr endif %}", ""),
        ("{{ organ }}", "{{ signed_on }}印发"),
        ("{%tr if code %}", ""),
        ("编码：{{ code }}", ""),
        ("{%tr endif %}", ""),
    ):
        _closing_row(table, left, right)
    # Word wants a paragraph behind the last table; it anchors the floating block to the last page.
    anchor = _line(document, "", size=1)
    anchor.paragraph_format.line_spacing = Pt(1)
    _put(anchor._p.get_or_add_pPr(), "w:snapToGrid", _AFTER_GRID, val=0)


def _closing_row(table: Any, left: str, right: str) -> None:
    cells = table.add_row().cells
    cells[0].width, cells[1].width = Mm(100), Mm(56)
    if not right:
        cells = (cells[0].merge(cells[1]),)
    for cell, text in zip(cells, (left, right), strict=False):
        paragraph = cell.paragraphs[0]
        run = paragraph.add_run(text)
        run.font.size = Pt(14)
        _set_face(run._r.get_or_add_rPr(), FANG)
        if text == right:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _write_page_numbers(document: DocumentType) -> None:
    page = document.sections[0]
    for footer, align in (
        (page.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (page.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        paragraph.alignment = align
        side = "rightChars" if align == WD_ALIGN_PARAGRAPH.RIGHT else "leftChars"
        paragraph._p.get_or_add_pPr().get_or_add_ind().set(qn(f"w:{side}"), "100")
        for text in ("— ", "PAGE", " —"):
            run = paragraph.add_run("" if text == "PAGE" else text)
            run.font.size = Pt(14)
            _set_face(run._r.get_or_add_rPr(), "宋体")
            if text == "PAGE":
                _element(run._r, "w:fldChar", fldCharType="begin")
                _element(run._r, "w:instrText").text = "PAGE"
                _element(run._r, "w:fldChar", fldCharType="end")
