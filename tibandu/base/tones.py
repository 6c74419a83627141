"""Knows the sign that carries a tone where colour is not seen, and how a state and a clock are written with it."""

from datetime import date
from html import escape

from django.utils.translation import gettext as _

from tibandu.base.words import day_short, remaining_words

SIGNS = {
    "draft": "○",
    "waiting": "◇",
    "going": "●",
    "near": "▲",
    "overdue": "■",
    "done": "✓",
    "refused": "✕",
    "ended": "—",
}
NEAR_DAYS = 3


def sign(tone: str) -> str:
    return SIGNS.get(tone, SIGNS["going"])


def state_html(tone: str, word: object) -> str:
    """A state: a sign, then its word, then a colour."""
    mark = f'<span class="shape" aria-hidden="true">{sign(tone)}</span>'
    return f'<span class="state tone-{escape(tone)}">{mark}{escape(str(word))}</span>'


def tone_of(due_on: date, today: date, near_days: int = NEAR_DAYS) -> str:
    """The tone of an open clock on a day."""
    left = (due_on - today).days
    return "overdue" if left < 0 else "near" if left <= near_days else "going"


def clock_html(
    due_on: date, today: date, done_on: date | None = None, left: int | None = None, unit: str = ""
) -> str:
    """An open clock (还剩 5 天 · 12月3日), or a stopped one (按期, 迟 2 天) with the day it stopped.

    `left` and `unit` say what is left in the rule's own unit, where that is working days.
    """
    if done_on is None:
        tone, day = tone_of(due_on, today), due_on
        words = remaining_words((due_on - today).days if left is None else left, unit)
    else:
        late = (done_on - due_on).days
        tone, day = ("done" if late <= 0 else "overdue"), done_on
        words = _("按期") if late <= 0 else _("迟 %(n)d 天") % {"n": late}
    mark = "" if tone == "going" else f'<span class="shape" aria-hidden="true">{sign(tone)}</span>'
    return (
        f'<span class="clock tone-{tone}"><span class="left">{mark}{escape(words)}</span> '
        f'<time class="day" datetime="{day.isoformat()}">· {escape(day_short(day))}</time></span>'
    )
