"""PDF papers: the geometry of GB/T 9704 read from the file itself, and what the papers say."""

import dataclasses
from collections import defaultdict
from datetime import date
from io import BytesIO
from itertools import pairwise

import pytest
from pypdf import PdfReader

from tibandu.base.papers import (
    Form,
    Letter,
    Listing,
    PaperProblem,
    Section,
    Slip,
    Writing,
    boxes,
    chinese_date,
    form_pdf,
    letter_docx,
    letter_pdf,
    listing_pdf,
    missing_glyphs,
    slips_pdf,
)
from tibandu.base.papers.word import docx_text

MM = 72 / 25.4
LEFT, RIGHT, TOP, BOTTOM = 28 * MM, (28 + 156) * MM, (297 - 37) * MM, 35 * MM

LETTER = Letter(
    organ="兴澜市城市管理局",
    masthead="兴澜市城市管理局文件",
    number="兴城管函〔2026〕87号",
    category="分类：A",
    title="关于对市第八届人民代表大会第六次会议第87号建议的答复",
    salutation="沈汀兰等3名代表：",
    body=(
        (0, "您提出的建议收悉，现答复如下："),
        (1, "一、关于步道照明"),
        (2, "（一）施工安排"),
        (0, "今年6月已列入提升工程，安排资金118万元。\n10月底前全部亮灯。"),
    ),
    attachments=("实施计划", "检测报告"),
    signatory="兴澜市城市管理局",
    signed_on=date(2026, 9, 2),
    contact="顾望舒",
    phone="0799-5550187",
    copies=("市人大常委会代表工作委员会", "市人民政府办公室"),
    code="DF-24K7-M9XP",
)


def runs_on(page):
    """(baseline, left, right, size, text) of every run of text; all signs that matter here are one em wide."""
    found = []

    def see(operator, operands, cm, tm):
        if operator not in (b"Tj", b"TJ"):
            return
        items = operands[0] if operator == b"TJ" else operands
        size, width = abs(tm[0] * cm[0]) * see.size, 0.0
        for item in items:
            width += len(item) / 2 if isinstance(item, str | bytes) else -float(item) / 1000
        x, y = tm[4] * cm[0] + tm[5] * cm[2] + cm[4], tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
        found.append((y, x, x + width * size, size))

    def note_size(operator, operands, cm, tm):
        if operator == b"Tf":
            see.size = float(operands[1])
        see(operator, operands, cm, tm)

    page.extract_text(visitor_operand_before=note_size)
    return found


def lines_on(page):
    """(baseline, left, right, size) of the lines from the top down."""
    lines = defaultdict(list)
    for y, left, right, size in runs_on(page):
        lines[round(y, 1)].append((left, right, size))
    return [
        (y, min(run[0] for run in runs), max(run[1] for run in runs), max(run[2] for run in runs))
        for y, runs in sorted(lines.items(), reverse=True)
    ]


def pages_of(made):
    return PdfReader(BytesIO(made)).pages


def text_of(made):
    return "".join("".join(page.extract_text().split()) for page in pages_of(made))


@pytest.fixture(scope="module")
def full_page():
    long = dataclasses.replace(LETTER, body=((0, "兴" * 28 * 60),))
    return pages_of(letter_pdf(long))[1]


def test_a_page_holds_22_lines_of_28_characters(full_page):
    assert [round(float(side) / MM) for side in full_page.mediabox[2:]] == [210, 297]
    rows = full_page.extract_text().split("\n")
    assert [row for row in rows if "兴" in row] == ["兴" * 28] * 22


def test_the_text_area_is_156_by_225_millimetres_at_its_place(full_page):
    lines = [line for line in lines_on(full_page) if line[0] > BOTTOM]
    assert len(lines) == 22
    size = 16
    assert lines[0][0] + 0.88 * size == pytest.approx(TOP, abs=0.5)
    assert lines[-1][0] - 0.12 * size == pytest.approx(BOTTOM, abs=0.5)
    assert {round(left - LEFT, 1) for _, left, _, _ in lines} == {0.0}
    assert {round(right - RIGHT) for _, _, right, _ in lines} == {0}


def test_the_body_is_of_size_3_and_the_lines_are_evenly_spaced(full_page):
    lines = [line for line in lines_on(full_page) if line[0] > BOTTOM]
    assert {round(size, 2) for *_, size in lines} == {16.0}
    gaps = {round(above[0] - below[0], 0) for above, below in pairwise(lines)}
    assert gaps == {30.0}


def test_the_page_number_stands_outside_seven_millimetres_below_the_text(full_page):
    *_, number = lines_on(full_page)
    assert full_page.extract_text().split("\n")[-1].split() == ["—", "2", "—"]
    assert number[1] - LEFT == pytest.approx(14, abs=1)
    assert BOTTOM - (number[0] + 0.88 * 14) == pytest.approx(7 * MM, abs=0.5)


def test_the_category_stands_at_the_top_right_and_the_masthead_is_35_millimetres_lower():
    page = pages_of(letter_pdf(LETTER))[0]
    lines = lines_on(page)
    category, masthead = lines[0], lines[1]
    assert page.extract_text().split("\n")[0] == "分类：A"
    assert category[0] + 0.88 * 16 == pytest.approx(TOP, abs=0.5)
    assert category[2] > RIGHT - 16
    assert TOP - (masthead[0] + 0.88 * masthead[3]) == pytest.approx(35 * MM, abs=0.5)


def test_word_and_pdf_hold_the_same_text():
    for letter in (LETTER, dataclasses.replace(LETTER, signer="陆怀瑾", urgency="加急", copies=(), code="")):
        word = "".join("".join(docx_text(letter_docx(letter))).split())
        paper = text_of(letter_pdf(letter)).replace("—1—", "").replace("—2—", "")
        assert sorted(paper) == sorted(word)
        assert paper[paper.index("关于对市") :] == word[word.index("关于对市") :]


def test_the_same_letter_gives_the_same_bytes():
    assert letter_pdf(LETTER) == letter_pdf(LETTER)
    assert letter_docx(LETTER) == letter_docx(LETTER)


def test_the_letter_says_that_it_is_made_for_the_archive():
    about = PdfReader(BytesIO(letter_pdf(LETTER))).xmp_metadata
    assert (about.pdfaid_part, about.pdfaid_conformance) == ("2", "B")
    assert about.dc_title["x-default"] == LETTER.title


def test_what_people_write_is_never_markup():
    words = '#panic("x") *粗* _斜_ $x$ @a <b> \\ // # = 标题 {{ organ }} {% if %} & "'
    letter = dataclasses.replace(LETTER, body=((0, words),), title="#strong[标题]")
    assert "".join(words.split()) in text_of(letter_pdf(letter))
    assert words in docx_text(letter_docx(letter))


def test_control_characters_from_office_programs_do_not_reach_the_paper():
    letter = dataclasses.replace(LETTER, body=((0, "甲\x07乙\u200b丙\x00丁"),))
    assert "甲乙丙丁" in text_of(letter_pdf(letter))
    assert "甲乙丙丁" in "".join(docx_text(letter_docx(letter)))


def test_a_name_that_no_font_can_draw_is_refused_by_naming_the_character():
    unassigned = "\U000e0fff"
    assert missing_glyphs("沈汀兰" + unassigned) == {unassigned}
    with pytest.raises(PaperProblem, match=f"画不出这些字：{unassigned}。"):
        letter_pdf(dataclasses.replace(LETTER, contact="沈" + unassigned))


def test_a_machine_without_chinese_fonts_is_told_so_in_one_sentence():
    with pytest.raises(PaperProblem, match="本机没有中文字体"):
        letter_pdf(dataclasses.replace(LETTER, contact="".join(chr(0xE0F00 + step) for step in range(30))))


def test_the_signature_never_stands_on_a_page_without_text():
    for count in range(7, 15):
        letter = dataclasses.replace(LETTER, body=((0, "兴" * 28),) * count, attachments=())
        pages = [page.extract_text() for page in pages_of(letter_pdf(letter))]
        signed = next(text for text in pages if "2026年9月2日\n" in text)
        assert "兴兴兴" in signed


def test_a_letter_can_be_looked_at_before_anything_is_decided():
    empty = Letter(
        organ="",
        masthead="",
        number="",
        title="",
        salutation="",
        body=(),
        signatory="",
        signed_on=date(2026, 9, 2),
    )
    assert text_of(letter_pdf(empty)) == "2026年9月2日2026年9月2日印发—1—"
    assert docx_text(letter_docx(empty)) == ["2026年9月2日", "2026年9月2日印发"]


def test_a_title_breaks_between_words_and_never_leaves_the_text_area():
    title = "关于进一步加强汀溪区柳塘镇沿河步道照明与安全护栏建设工作的建议的答复" + "啊" * 40
    page = pages_of(letter_pdf(dataclasses.replace(LETTER, title=title)))[0]
    assert max(right for _, _, right, size in lines_on(page) if size == 22) <= RIGHT + 0.5
    rows = pages_of(letter_pdf(LETTER))[0].extract_text().split("\n")
    assert [row for row in rows if "大会" in row or "会议" in row] == [
        "关于对市第八届人民代表大会",
        "第六次会议第87号建议的答复",
    ]


def test_a_long_masthead_stays_on_its_line():
    letter = dataclasses.replace(LETTER, masthead="兴澜市汀溪区柳塘镇人民政府农业农村和生态环境办公室文件")
    masthead = lines_on(pages_of(letter_pdf(letter))[0])[1]
    assert masthead[1] >= LEFT - 0.5
    assert masthead[2] <= RIGHT + 0.5


def test_a_form_shows_its_code_its_labels_and_room_for_the_pen():
    form = Form(
        title="办理情况征询意见表",
        code="ZX-24K7-M9XP",
        organ="兴澜市代表工作委员会",
        sections=(
            Section(
                "请填写",
                (("编号", "第87号"), ("收到时间", ""), ("态度", boxes("满意", "不满意", ticked="满意"))),
            ),
        ),
        writing=(Writing("意见", 3),),
        signatures=("签名",),
        notes=("请寄回。", "请本人填写。"),
    )
    pages = pages_of(form_pdf(form))
    text = text_of(form_pdf(form))
    assert len(pages) == 1
    assert text.count("ZX-24K7-M9XP") == 2
    for words in ("编号第87号收到时间", "态度☑满意□不满意", "意见", "签名：", "1.请寄回。", "2.请本人填写。"):
        assert words in text


def test_a_listing_repeats_its_head_on_every_page():
    listing = Listing(
        title="交办清单",
        columns=(("编号", 1), ("标题", 5)),
        rows=tuple((str(row), "关于照明的建议") for row in range(1, 101)),
        footer="签收：",
    )
    pages = [page.extract_text() for page in pages_of(listing_pdf(listing))]
    assert len(pages) > 1
    assert all("编号" in text and "标题" in text for text in pages)
    assert [f"第 {number} 页，共 {len(pages)} 页" in text for number, text in enumerate(pages, 1)] == [
        True
    ] * len(pages)
    with pytest.raises(ValueError, match="row 1"):
        listing_pdf(dataclasses.replace(listing, rows=(("1", "一"), ("2",))))


def test_eight_slips_stand_on_a_page():
    slips = [
        Slip(
            heading="首次登录",
            fields=(("姓名", f"沈汀兰{number}"),),
            secret_label="一次性编码",
            secret="7K3M-9XPQ",
        )
        for number in range(9)
    ]
    pages = [page.extract_text() for page in pages_of(slips_pdf(slips))]
    assert [text.count("7K3M-9XPQ") for text in pages] == [8, 1]


def test_a_chinese_date_has_no_leading_zeros():
    assert chinese_date(date(2026, 3, 5)) == "2026年3月5日"
