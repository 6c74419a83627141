"""Knows how a state, a day, a clock, a sum of money and a field are shown; every page takes them from here."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from html import escape
from typing import Any

import lucide
from django import forms, template
from django.template.context import Context
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django.utils.translation import get_language, gettext, pgettext_lazy

from tibandu.base import panels, tones, words

register = template.Library()

# The word of a tone where a state has none of its own.
WORDS = {
    "draft": pgettext_lazy("state", "草稿"),
    "waiting": pgettext_lazy("state", "等待"),
    "going": pgettext_lazy("state", "办理中"),
    "near": pgettext_lazy("state", "临期"),
    "overdue": pgettext_lazy("state", "逾期"),
    "done": pgettext_lazy("state", "办结"),
    "refused": pgettext_lazy("state", "退回"),
    "ended": pgettext_lazy("state", "终止"),
}
NOTICE_TONES = {"success": "done", "warning": "near", "error": "refused"}


@register.simple_tag
def icon(name: str, size: int = 18) -> SafeString:
    """One lucide icon, hidden from screen readers: the word stands beside it."""
    return _icon(str(name), size)


@lru_cache(maxsize=256)
def _icon(name: str, size: int) -> SafeString:
    drawing = lucide._render_icon(
        name, size, **{"class": "icon", "aria-hidden": "true", "focusable": "false"}
    )
    return mark_safe(drawing)


@register.tag
def fixed(parser: template.base.Parser, _token: template.base.Token) -> template.Node:
    """`{% fixed %}…{% endfixed %}`: a piece in which nothing changes but the language; it reads no variable of the page."""
    piece = parser.parse(("endfixed",))
    parser.delete_first_token()
    return FixedPiece(piece)


class FixedPiece(template.Node):
    """Drawn once in each language: constants of the page's frame are not worth drawing for every reader."""

    child_nodelists = ("piece",)

    def __init__(self, piece: template.NodeList) -> None:
        self.piece = piece
        self.drawn: dict[str | None, SafeString] = {}

    def render(self, context: Context) -> SafeString:
        language = get_language()
        if language not in self.drawn:
            self.drawn[language] = self.piece.render(context.new({}))
        return self.drawn[language]


# What differs between two readers of the same frame, and stands in it as a mark until it is known.
FORM_TOKEN, HERE, PLACE, SOUGHT = (f"\ufdd1{name};" for name in ("token", "here", "place", "sought"))
MOST_FRAMES = 512


@register.tag
def frame(parser: template.base.Parser, _token: template.base.Token) -> template.Node:
    """`{% frame %}…{% endframe %}`: a piece of the page's frame, drawn once for all that `frame_key` names.

    Of the page itself it knows the token of its forms, its address (`here`; `place` is it without what is asked there)
    and the words in the search box (`sought`).
    """
    piece = parser.parse(("endframe",))
    parser.delete_first_token()
    return FramePiece(piece)


class FramePiece(template.Node):
    """Menu and rail hang on who looks and on little else, and stand on every page."""

    child_nodelists = ("piece",)

    def __init__(self, piece: template.NodeList) -> None:
        self.piece = piece
        self.drawn: dict[Any, str] = {}

    def render(self, context: Context) -> SafeString:
        if "frame_key" not in context:  # the page of a fault knows of nobody
            return self.piece.render(context)
        key = (get_language(), context["frame_key"])
        if key not in self.drawn:
            if len(self.drawn) >= MOST_FRAMES:
                self.drawn.clear()
            with context.push(csrf_token=FORM_TOKEN, here=HERE, place=PLACE, sought=SOUGHT):
                self.drawn[key] = str(self.piece.render(context))
        drawn = self.drawn[key]
        return mark_safe(_of_this_page(drawn, context) if FORM_TOKEN in drawn else drawn)


def _of_this_page(drawn: str, context: Context) -> str:
    """What a reader typed comes last, so that nothing in it is taken for a mark."""
    request = context["request"]
    values = {
        FORM_TOKEN: context.get("csrf_token", ""),
        HERE: request.get_full_path(),
        PLACE: request.path,
        SOUGHT: request.GET.get("q", ""),
    }
    for mark, value in values.items():
        drawn = drawn.replace(mark, escape(str(value)))
    return drawn


@register.simple_tag
def nav_links(entries: Iterable[Any], size: int = 18) -> SafeString:
    """The entries of the rail as list items, as plain strings: they stand on every page."""
    return mark_safe("".join(f"<li>{_nav_link(entry, size, 'span')}</li>" for entry in entries))


@register.simple_tag
def nav_menu(entries: Iterable[Any]) -> SafeString:
    """The entries that find no room at the foot of a phone, as lines of a menu."""
    return mark_safe("".join(_nav_link(entry, 16, "", ' class="menu-entry"') for entry in entries))


def _nav_link(entry: Any, size: int, tag: str, css: str = "") -> str:
    here = ' aria-current="page"' if entry.current else ""
    label = escape(str(entry.label))
    words = f"<{tag}>{label}</{tag}>" if tag else label
    count = f'<span class="count">{entry.count}</span>' if entry.count and tag else ""
    return f'<a{css} href="{escape(entry.url)}"{here}>{_icon(entry.icon, size)}{words}{count}</a>'


@register.filter
def shape(tone: str) -> str:
    """The sign that carries a tone where colour is not seen."""
    return tones.sign(tone)


@register.simple_tag
def state(tone: str, word: Any = None) -> SafeString:
    """`{% state "overdue" %}` or `{% state case.tone case.get_state_display %}`: shape, word, colour."""
    return mark_safe(tones.state_html(tone, word or WORDS.get(tone, WORDS["going"])))


def _local(value: date | datetime | None) -> date | None:
    if isinstance(value, datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value


@register.filter
def day(value: date | datetime | None) -> str:
    """2026年12月3日 周四."""
    on = _local(value)
    return words.day_long(on) if on else ""


@register.filter
def day_short(value: date | datetime | None) -> str:
    """12月3日 周四, for lists in which the year is known."""
    on = _local(value)
    return words.day_short(on) if on else ""


@register.filter
def day_code(value: date | datetime | None) -> str:
    """2026-12-03, for the columns of a ledger."""
    on = _local(value)
    return on.isoformat() if on else ""


@register.filter
def moment(value: datetime | None) -> str:
    """2026年12月3日 14:03."""
    if not value:
        return ""
    return words.moments()(timezone.localtime(value) if timezone.is_aware(value) else value)


@register.filter
def yuan(fen: int | None) -> str:
    """Integer fen as 1,600,000.00 元."""
    return "" if fen is None else gettext("%(sum)s 元") % {"sum": f"{fen / 100:,.2f}"}


@register.filter
def wan(fen: int | None) -> str:
    """Integer fen as 160 万元, up to two decimals."""
    if fen is None:
        return ""
    return gettext("%(sum)s 万元") % {"sum": f"{fen / 1_000_000:,.2f}".rstrip("0").rstrip(".")}


@register.filter
def tone_of(due_on: date | None, today: date) -> str:
    """The tone of an open clock on a day."""
    return tones.tone_of(due_on, today) if due_on else "going"


@register.simple_tag(takes_context=True)
def clock(
    context: Context,
    due_on: date | None,
    today: date | None = None,
    left: int | None = None,
    unit: Any = "",
    done_on: date | None = None,
) -> SafeString:
    """`{% clock share.due_on %}`: 还剩 5 天 · 12月3日 周四. `left` and `unit` say it in the rule's own unit; `done_on` stops it."""
    if (due := _local(due_on or None)) is None:
        return format_html('<span class="clock quiet">{}</span>', gettext("无期限"))
    day_of_page = _local(today) or context.get("today") or timezone.localdate()
    return mark_safe(
        tones.clock_html(
            due,
            day_of_page,
            _local(done_on or None),
            left if isinstance(left, int) else None,
            str(unit or ""),
        )
    )


@register.simple_tag
def offers_panel(offers: Iterable[Any], none: Any = "") -> SafeString:
    """The steps one has: [.verb .label .url .refusal .primary; optional .note]."""
    return panels.offers_html(offers or (), str(none or ""))


@register.simple_tag
def timeline(entries: Iterable[Any]) -> SafeString:
    """What happened: [.at .who .label; optional .words .facts=[(key, value)] .recorded_at]."""
    return panels.timeline_html(entries)


def _of(thing: Any, name: str) -> Any:
    return thing.get(name) if isinstance(thing, dict) else getattr(thing, name, None)


@register.filter
def at(thing: Any, name: str) -> Any:
    """`row|at:column.key`: an item of a mapping or an attribute, called when it can be; empty when absent."""
    value = _of(thing, name)
    return "" if value is None else value() if callable(value) else value


@register.filter
def notice_tone(tags: str) -> str:
    """The tone of one of Django's messages."""
    return next((tone for tag, tone in NOTICE_TONES.items() if tag in (tags or "")), "")


@register.simple_tag
def widget(field: forms.BoundField, **attrs: Any) -> SafeString:
    """A form field's control: a day becomes a date picker, help and error are announced with it."""
    control = field.field.widget
    if isinstance(control, forms.DateInput):
        control.input_type, control.format = "date", "%Y-%m-%d"
    if isinstance(control, forms.Textarea) and str(control.attrs.get("rows", "10")) == "10":
        control.attrs.update(rows="6")
    if control.attrs.get("placeholder") == str(field.label):
        del control.attrs["placeholder"]  # the label stands above it already
    return field.as_widget(attrs=attrs or None)


@register.simple_block_tag(takes_context=True)
def section(
    context: Context, content: str, title: Any, id: str = "", count: Any = None, article: Any = None
) -> SafeString:
    """`{% section "联系" id="contacts" count=3 article="第十二条" %}…{% endsection %}`: a part of a page one can link to."""
    chip = (
        template.loader.render_to_string("components/article.html", {"article": article}) if article else ""
    )
    number = format_html(' <span class="quiet num">{}</span>', count) if count not in (None, "") else ""
    anchor = id or slugify(title, allow_unicode=True)
    return format_html(
        '<section class="section" id="{0}" aria-labelledby="{0}-h"><header><h2 id="{0}-h"><a href="#{0}">{1}</a></h2>{2}{3}</header>{4}</section>',
        anchor, title, number, mark_safe(chip), content,
    )  # fmt: skip


@register.simple_tag(takes_context=True)
def keep_query_of(context: Context, *names: str) -> SafeString:
    """Hidden inputs that carry only the named parameters of the address through a GET form."""
    query = context["request"].GET
    pairs = ((name, value) for name in names for value in query.getlist(name))
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', pairs)


@register.simple_tag(takes_context=True)
def keep_query(context: Context, *without: str) -> SafeString:
    """Hidden inputs that carry the address's other parameters through a GET form."""
    request = context.get("request")
    pairs = [(key, value) for key, values in request.GET.lists() for value in values] if request else []
    kept = (
        format_html('<input type="hidden" name="{}" value="{}">', k, v) for k, v in pairs if k not in without
    )
    return mark_safe("".join(kept))
