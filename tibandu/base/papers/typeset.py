"""Knows how to make a PDF from one of the .typ files beside it, and which characters the fonts here cannot draw."""

import json
import threading
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Literal

import segno
import typst
from django.utils.translation import gettext as _
from fontTools.ttLib import TTFont

HERE = Path(__file__).parent
OWN_FONTS = HERE.parent / "fonts"

# First the names the standard asks for (not free: used where the machine has them), then their free relatives.
FACES: dict[str, tuple[str, ...]] = {
    "title": (
        "FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", "方正小标宋简体", "方正小标宋_GBK", "小标宋",
        "Noto Serif CJK SC", "Noto Serif SC", "Source Han Serif SC", "SimSun", "宋体",
    ),
    "body": (
        "FangSong_GB2312", "仿宋_GB2312", "FangSong", "仿宋", "FZFangSong-Z02", "STFangsong",
        "Noto Serif CJK SC", "Noto Serif SC", "Source Han Serif SC", "SimSun", "宋体",
    ),
    "heading": (
        "SimHei", "黑体", "FZHei-B01", "STHeiti",
        "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "WenQuanYi Zen Hei",
    ),
    "kai": (
        "KaiTi_GB2312", "楷体_GB2312", "KaiTi", "楷体", "FZKai-Z03", "STKaiti", "LXGW WenKai",
        "Noto Serif CJK SC", "Noto Serif SC", "Source Han Serif SC", "SimSun", "宋体",
    ),
}  # fmt: skip

# Carried by typst itself: without any Chinese font a page of figures can still be made.
BUILT_IN = "Libertinus Serif"


class PaperProblem(ValueError):
    """A paper that cannot be made; its text is a sentence for the person who asked for it."""


def pdf(template: str, data: dict[str, Any], standard: Literal["a-2b"] | None = None) -> bytes:
    """Typeset `<template>.typ` with `data`. Texts reach typst as strings, so nothing in them is ever markup.

    `standard` is a level of PDF/A for what goes to the archive; its template must then give the document a date.
    """
    tidy = clean(data)
    _refuse_missing_glyphs("".join(_texts(tidy)))
    inputs = {"data": json.dumps(tidy, ensure_ascii=False), "faces": json.dumps(_faces())}
    with _LOCK:
        made = _compiler().compile(
            str(HERE / f"{template}.typ"),
            format="pdf",
            sys_inputs=inputs,
            timestamp=0,
            pdf_standards=standard,
        )
    assert isinstance(made, bytes)
    return made


def _refuse_missing_glyphs(text: str) -> None:
    lost = sorted(missing_glyphs(text))
    if len(lost) > 20:
        raise PaperProblem(_("本机没有中文字体，打印不了。请管理员安装中文字体（如思源宋体、仿宋）后再试。"))
    if lost:
        raise PaperProblem(
            _("本机的字体画不出这些字：%(signs)s。请管理员安装含 GB18030 全部汉字的字体后再打印。")
            % {"signs": "、".join(lost)}
        )


def missing_glyphs(text: str) -> set[str]:
    """The characters that no font of this machine can draw; typst itself prints an empty box and says nothing."""
    wanted = {sign for sign in text if unicodedata.category(sign) not in ("Cc", "Cf", "Mn", "Zs", "Zl", "Zp")}
    for path, index in _font_files():
        if not wanted:
            break
        drawn = _coverage(path, index)
        wanted = {sign for sign in wanted if not drawn[ord(sign) >> 3] >> (ord(sign) & 7) & 1}
    return wanted


def qr(text: str) -> str:
    """A QR code as SVG, or nothing for an empty text."""
    return segno.make(text, error="m", micro=False).svg_inline(border=0, scale=4) if text else ""


def clean(value: Any) -> Any:
    """Without the control and zero-width characters that office programs leave in copied text."""
    if isinstance(value, str):
        return "".join(
            sign for sign in value if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cf")
        )
    if isinstance(value, dict):
        return {key: clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [clean(item) for item in value]
    return value


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


_LOCK = threading.Lock()


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(font_paths=[OWN_FONTS] if OWN_FONTS.exists() else [])


@cache
def _compiler() -> typst.Compiler:
    """One per process: it keeps the fonts and what did not change since the last paper."""
    return typst.Compiler(root=HERE, font_paths=_fonts())


@cache
def _faces() -> dict[str, list[str]]:
    """The faces that exist here, by role; our own fonts, if any, come behind them."""
    found = {name.casefold(): name for name in _fonts().families()}
    own = [font.family for font in _fonts().fonts() if font.path and Path(font.path).parent == OWN_FONTS]
    return {
        role: list(
            dict.fromkeys([found[name.casefold()] for name in names if name.casefold() in found] + own)
        )
        for role, names in FACES.items()
    }


@cache
def _font_files() -> list[tuple[str, int]]:
    """One font of each file, those that papers ask for first, so that the others are hardly ever opened."""
    asked = {name for names in _faces().values() for name in names}
    fonts = sorted(
        _fonts().fonts(), key=lambda font: (font.family not in asked, font.weight != 400, font.family)
    )
    files: dict[str, int] = {}
    for font in fonts:
        if font.path:
            files.setdefault(font.path, font.index)
    return list(files.items())


@cache
def _coverage(path: str, index: int) -> bytes:
    """One bit for each character of Unicode: sets of numbers took 500 MB for the fonts of one machine."""
    drawn = bytearray(0x110000 >> 3)
    with TTFont(path, fontNumber=index, lazy=True) as font:
        for sign in font.getBestCmap() or {}:
            drawn[sign >> 3] |= 1 << (sign & 7)
    return bytes(drawn)
