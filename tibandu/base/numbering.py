"""Number patterns such as `{term}-{session}-{seq:03d}`: what is wrong with one, how it renders and reads back."""

import re
from dataclasses import dataclass
from string import Formatter

from django.utils.translation import gettext as _

NUMBERS = frozenset({"term", "session", "seq", "year", "month", "day", "round"})
WORDS = frozenset({"code", "series", "kind", "organ"})
FIELDS = NUMBERS | WORDS
_SPEC = re.compile(r"0?[1-9]?d?")


@dataclass(frozen=True, slots=True)
class _Piece:
    literal: str
    field: str | None
    spec: str


def problems(pattern: str) -> list[str]:
    """What keeps a pattern from being used, in sentences for the person who typed it; empty when it is good."""
    try:
        pieces = _pieces(pattern)
    except ValueError:
        return [_("编号格式里的大括号不成对。")]
    found = []
    fields = [piece.field for piece in pieces if piece.field is not None]
    for piece in pieces:
        if piece.field is not None and piece.field not in FIELDS:
            known = "、".join(sorted(FIELDS))
            found.append(
                _("编号格式里有不认识的项目“%(field)s”，可用：%(known)s。")
                % {"field": piece.field, "known": known}
            )
        elif not _is_spec(piece):
            found.append(
                _("编号格式里“%(field)s”的位数写法“%(spec)s”不对，应如 03d。")
                % {"field": piece.field, "spec": piece.spec}
            )
    if "seq" not in fields:
        found.append(_("编号格式里缺少顺序号 {seq}。"))
    for field in sorted({field for field in fields if fields.count(field) > 1}):
        found.append(_("编号格式里的“%(field)s”写了两次。") % {"field": field})
    return found


def render(pattern: str, **facts: int | str) -> str:
    """The number of these facts; raises ValueError for a bad pattern or a fact that is missing."""
    if wrong := problems(pattern):
        raise ValueError(wrong[0])
    return "".join(piece.literal + _rendered(piece, facts) for piece in _pieces(pattern))


def parse(pattern: str, text: str) -> dict[str, int | str] | None:
    """The facts of a number that was rendered by the pattern, or None when it was not."""
    if problems(pattern):
        return None
    parts = (re.escape(piece.literal) + _group(piece) for piece in _pieces(pattern))
    match = re.fullmatch("".join(parts), text.strip(), re.ASCII)
    if match is None:
        return None
    return {name: int(value) if name in NUMBERS else value for name, value in match.groupdict().items()}


def _pieces(pattern: str) -> list[_Piece]:
    pieces = []
    for literal, field, spec, conversion in Formatter().parse(pattern):
        shown = f"{field}!{conversion}" if field is not None and conversion else field
        pieces.append(_Piece(literal, shown, spec or ""))
    return pieces


def _is_spec(piece: _Piece) -> bool:
    return not piece.spec or (piece.field in NUMBERS and _SPEC.fullmatch(piece.spec) is not None)


def _rendered(piece: _Piece, facts: dict[str, int | str]) -> str:
    if piece.field is None:
        return ""
    if piece.field not in facts:
        raise ValueError(_("编号缺少“%(field)s”。") % {"field": piece.field})
    value = facts[piece.field]
    return format(int(value), piece.spec) if piece.field in NUMBERS else str(value)


def _group(piece: _Piece) -> str:
    if piece.field is None:
        return ""
    return f"(?P<{piece.field}>{'[0-9]+' if piece.field in NUMBERS else '.+?'})"
