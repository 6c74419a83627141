"""Knows Word files: filling a template, judging an office's own template, and reading the text of a draft."""

import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml import etree

from tibandu.base.papers.typeset import PaperProblem, clean

NEEDED = {
    "number": "文号",
    "category": "分类",
    "title": "标题",
    "salutation": "称谓",
    "body": "正文",
    "signatory": "署名",
    "signed_on": "成文日期",
}
OPTIONAL = {
    "organ": "发文机关",
    "masthead": "发文机关标志",
    "secrecy": "密级",
    "urgency": "紧急程度",
    "signer": "签发人",
    "paragraphs": "正文各段",
    "attachments": "附件",
    "contact": "联系人",
    "phone": "联系电话",
    "contact_line": "联系人和电话一行",
    "copies": "抄送机关",
    "copies_line": "抄送一行",
    "code": "编码",
}
_LARGEST = 50 * 1024 * 1024
_FIXED_TIME = (2000, 1, 1, 0, 0, 0)
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"

# What a template may say: names, conditions and loops over them. No attribute, no call, no import.
_ALLOWED_NODES = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.For, nodes.If, nodes.Tuple,
    nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not,
)  # fmt: skip
_LOOP_WORDS = {"index", "first", "last"}


def docx(template: bytes | Path, data: dict[str, Any]) -> bytes:
    """The template filled with `data`; the same words give the same bytes."""
    source = template if isinstance(template, bytes) else template.read_bytes()
    if problems := _safety_problems(source):
        raise PaperProblem("".join(problems))
    word = DocxTemplate(BytesIO(source))
    try:
        word.render(clean(data), _environment(), autoescape=True)
    except TemplateError as error:
        raise PaperProblem(_("模板里的占位符有误：%(reason)s") % {"reason": error}) from error
    made = BytesIO()
    word.save(made)
    return _with_fixed_times(made.getvalue())


def template_problems(source: bytes) -> list[str]:
    """Why an uploaded template cannot be used, one sentence each; empty when it can."""
    if problems := _safety_problems(source):
        return problems
    asked = set().union(*(meta.find_undeclared_variables(tree) for tree in _trees(source)))
    asked = {"body" if name == "paragraphs" else name for name in asked}
    if "contact_line" in asked:
        asked |= {"contact", "phone"}
    problems = [
        _("模板里缺少“%(label)s”，请在该处写上 {{ %(name)s }}。") % {"label": label, "name": name}
        for name, label in NEEDED.items()
        if name not in asked
    ]
    strangers = sorted(asked - set(NEEDED) - set(OPTIONAL))
    return problems + [
        _("模板里的 {{ %(name)s }} 不是可用的占位符，请改名或者删去。") % {"name": name} for name in strangers
    ]


def docx_text(source: bytes) -> list[str]:
    """The paragraphs that hold text, tables included, as if all tracked changes had been accepted."""
    with _opened(source) as archive:
        body = _parsed(archive.read("word/document.xml"))
    paragraphs = ("".join(_signs(paragraph)).strip() for paragraph in _paragraphs(body))
    return [text for text in paragraphs if text]


def _paragraphs(element: Any) -> Iterator[Any]:
    for child in element:
        if child.tag in (_FALLBACK, f"{_W}del", f"{_W}moveFrom"):
            continue
        if child.tag == f"{_W}p":
            yield child
        yield from _paragraphs(child)


def _signs(element: Any) -> Iterator[str]:
    """The text of one paragraph; a text box inside it is a paragraph of its own."""
    for child in element:
        if child.tag in (f"{_W}del", f"{_W}moveFrom", f"{_W}p", _FALLBACK):
            continue
        if child.tag == f"{_W}t":
            yield child.text or ""
        elif child.tag in (f"{_W}tab", f"{_W}br", f"{_W}cr") and element.tag == f"{_W}r":
            yield "\t" if child.tag == f"{_W}tab" else "\n"
        else:
            yield from _signs(child)


def _opened(source: bytes) -> zipfile.ZipFile:
    """The file as an archive, refused when it is no Word document or would swell beyond measure."""
    try:
        archive = zipfile.ZipFile(BytesIO(source))
    except zipfile.BadZipFile as error:
        raise PaperProblem(
            _("这不是 Word 文档（.docx），请在 Word 或 WPS 里另存为 .docx 后再上传。")
        ) from error
    if "word/document.xml" not in archive.namelist():
        raise PaperProblem(_("这不是 Word 文档（.docx），请在 Word 或 WPS 里另存为 .docx 后再上传。"))
    if sum(item.file_size for item in archive.infolist()) > _LARGEST:
        raise PaperProblem(_("这个文档展开后超过 50 MB，请删去其中的大图后再上传。"))
    return archive


def _parsed(xml: bytes) -> Any:
    try:
        return etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        raise PaperProblem(_("这个 Word 文档已经损坏，打不开。")) from error


def _safety_problems(source: bytes) -> list[str]:
    try:
        with _opened(source) as archive:
            names = archive.namelist()
            linked = any(
                b'TargetMode="External"' in archive.read(name)
                for name in names
                if name.endswith(".rels") and "hyperlink" not in name
            )
        problems = (
            [_("模板里带有宏，请另存为不带宏的 .docx。")]
            if any("vbaProject" in name for name in names)
            else []
        )
        if linked:
            problems.append(_("模板里有链接到外面的图片、网址或文件，请改为嵌入或者删去链接。"))
        for tree in _trees(source):
            problems += _dangers(tree)
    except PaperProblem as problem:
        return [str(problem)]
    except (KeyError, ValueError, RuntimeError, etree.XMLSyntaxError):
        return [_("这个 Word 文档已经损坏，打不开。")]
    except TemplateSyntaxError as error:
        return [
            _("模板里的占位符写法不对：%(reason)s。请检查 {{ }} 和 {%% %%} 是否成对。")
            % {"reason": error.message}
        ]
    return list(dict.fromkeys(problems))


def _trees(source: bytes) -> Iterator[nodes.Template]:
    """Every part of the file that docxtpl renders: text, headers, footers, notes and properties."""
    word = DocxTemplate(BytesIO(source))
    word.init_docx()
    parts = [word.get_xml()]
    for part in word.docx.part.package.iter_parts():
        name = str(part.partname)
        if name.startswith(("/word/header", "/word/footer", "/word/footnotes")):
            parts.append(part.blob.decode("utf-8"))
    about = word.docx.core_properties
    plain = [about.author, about.comments, about.identifier, about.language, about.subject, about.title]
    environment = _environment()
    for xml in parts:
        yield environment.parse(word.patch_xml(xml))
    for text in plain:
        yield environment.parse(text or "")


def _dangers(tree: nodes.Template) -> Iterator[str]:
    for node in tree.find_all(nodes.Node):
        if isinstance(node, nodes.Getattr) and _is_loop_word(node):
            continue
        if not isinstance(node, _ALLOWED_NODES):
            yield _("模板里只能用占位符名、if 和 for，不能用点号、括号调用、过滤器或其他写法。")
    for outer in tree.find_all(nodes.For):
        if any(list(inner.find_all(nodes.For)) for inner in outer.find_all(nodes.For)):
            yield _("模板里的 for 最多套两层。")


def _is_loop_word(node: nodes.Getattr) -> bool:
    return isinstance(node.node, nodes.Name) and node.node.name == "loop" and node.attr in _LOOP_WORDS


def _environment() -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=True)


def _with_fixed_times(source: bytes) -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(BytesIO(source)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            fixed = zipfile.ZipInfo(item.filename, _FIXED_TIME)
            fixed.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(fixed, old.read(item))
    return made.getvalue()
