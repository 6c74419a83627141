"""Small Chinese wording: days, money, time left, and lists of names typed by hand."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

_WEEKDAYS = "一二三四五六日"
_DAYS_OF_WEEK = (
    gettext_noop("周一"),
    gettext_noop("周二"),
    gettext_noop("周三"),
    gettext_noop("周四"),
    gettext_noop("周五"),
    gettext_noop("周六"),
    gettext_noop("周日"),
)
_OUTSIDE_BRACKETS = r"(?![^(（]*[)）])"
_SEPARATORS = re.compile(rf"[、,，;；|/\n\r\t]+{_OUTSIDE_BRACKETS}")
_SPACES = re.compile(rf"[ \u00a0\u3000]+{_OUTSIDE_BRACKETS}")
_BLANK = re.compile(r"\s+")
_REMARK = re.compile(r"\([^()]*\)$")
_HAN_LETTER = re.compile(r"[\u3400-\u9fff\U00020000-\U0003fffd]")


def chinese_date(day: date) -> str:
    """2026年12月3日 周四: for papers and notices, which are Chinese in every language of the page."""
    return f"{day.year}年{day.month}月{day.day}日 周{_WEEKDAYS[day.weekday()]}"


def day_short(day: date) -> str:
    """12月3日 周四, for lists in which the year is known; in the reader's language."""
    weekday = _(_DAYS_OF_WEEK[day.weekday()])
    return _("%(month)d月%(day)d日 %(weekday)s") % {"month": day.month, "day": day.day, "weekday": weekday}


def day_long(day: date) -> str:
    """2026年12月3日 周四; in the reader's language."""
    return _("%(year)d年%(short)s") % {"year": day.year, "short": day_short(day)}


def moments() -> Callable[[datetime], str]:
    """What says moments that are local already in the reader's language, asked for once for a long list."""
    pattern = _("%(year)d年%(month)d月%(day)d日 %(time)s")

    def moment(at: datetime) -> str:
        words = {"year": at.year, "month": at.month, "day": at.day, "time": f"{at.hour:02}:{at.minute:02}"}
        return pattern % words

    return moment


def yuan(fen: int) -> str:
    """An amount kept in fen, in yuan: 1,234.5 yuan is `1,234.50 元`, whole yuan go without decimals."""
    whole, rest = divmod(abs(fen), 100)
    sign = "-" if fen < 0 else ""
    amount = f"{sign}{whole:,}.{rest:02d}" if rest else f"{sign}{whole:,}"
    return _("%(amount)s 元") % {"amount": amount}


def remaining_words(days: int, unit: str = "") -> str:
    """Days (or another unit) to a due day as words: left, due today, or overdue."""
    if days == 0:
        return _("今天到期")
    words = {"n": abs(days), "unit": unit or ngettext("天", "天", abs(days))}
    return _("还剩 %(n)d %(unit)s") % words if days > 0 else _("逾期 %(n)d %(unit)s") % words


def plain_header(text: str) -> str:
    """A header without spaces, stars, colons and remarks in brackets: `姓 名*（必填）` is `姓名`."""
    plain = _BLANK.sub("", unicodedata.normalize("NFKC", text)).strip("*:").casefold()
    return _REMARK.sub("", plain).strip("*:") or plain


def split_names(text: str) -> list[str]:
    """The names of a list typed by hand, in order and each once; `张 三` padded by a space stays one name."""
    names = []
    for piece in _SEPARATORS.split(text):
        names.extend(_spaced(piece.strip(" \u00a0\u3000。")))
    return list(dict.fromkeys(name for name in names if name))


def _spaced(piece: str) -> list[str]:
    parts = _SPACES.split(piece)
    if len(parts) == 1 or not _HAN_LETTER.search(piece):
        return [piece]
    if all(len(part) > 1 for part in parts):
        return parts
    return _joined(parts)


def _joined(parts: list[str]) -> list[str]:
    """Single characters belong to the single character before them: 张 三 李 四光 has two names."""
    names: list[str] = []
    is_open = False
    for part in parts:
        if is_open:
            names[-1] += part
            is_open = False
        else:
            names.append(part)
            is_open = len(part) == 1
    return names
