"""Knows how the steps one has, and what has happened, are written: as plain strings, since every case shows many."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from html import escape
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import is_aware, localtime
from django.utils.translation import gettext as _

from tibandu.base.words import moments

Read = Callable[[str], Any]


def _reader(thing: Any) -> Read:
    """Items of a mapping or attributes, None where absent."""
    if isinstance(thing, Mapping):
        return thing.get
    return lambda name: getattr(thing, name, None)


def broken(text: str) -> str:
    """A text as written, escaped, with its line breaks."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return escape(plain).replace("\n", "<br>")


def offers_html(offers: Iterable[Any], none: str = "") -> SafeString:
    """Offers as the panel shows them: the one filled button, the other open ones, the refused with their sentences."""
    read = [_reader(offer) for offer in offers]
    open_ = [offer for offer in read if not offer("refusal")]
    first = next((offer for offer in open_ if offer("primary")), None)
    rest = "".join(_offer(offer) for offer in open_ if offer is not first)
    refused = [_refused(offer) for offer in read if offer("refusal")]
    title = escape(_("下一步"))
    parts = [f'<aside class="offers" aria-label="{title}"><h2>{title}</h2>']
    if first:
        parts.append(f'<div class="offers-first">{_offer(first, "btn-primary")}</div>')
    if rest:
        parts.append(f'<div class="offers-rest">{rest}</div>')
    if refused:
        words = f'<summary>{escape(_("还不能办"))} <span class="num">{len(refused)}</span></summary>'
        parts.append(
            f'<details class="offers-refused" open data-fold-phone>{words}{"".join(refused)}</details>'
        )
    if not read:
        parts.append(f'<p class="offers-none">{escape(none or _("现在没有等您办理的事。"))}</p>')
    return mark_safe("".join(parts) + "</aside>")


def _offer(offer: Read, look: str = "") -> str:
    label, note = escape(str(offer("label"))), offer("note")
    button = f'<a class="btn {look}" href="{escape(str(offer("url")))}" data-sheet>{label}</a>'
    why = f'\n<p class="why">{escape(str(note))}</p>' if note else ""
    return f'<div class="offer">{button}{why}</div>'


def _refused(offer: Read) -> str:
    verb, label = escape(str(offer("verb"))), escape(str(offer("label")))
    return (
        f'<div class="offer"><button class="btn" type="button" aria-disabled="true" disabled '
        f'aria-describedby="why-{verb}">{label}</button>\n'
        f'<p class="why" id="why-{verb}">{escape(str(offer("refusal")))}</p></div>'
    )


def timeline_html(entries: Iterable[Any]) -> SafeString:
    """What happened, in the order given; a line recorded later than it happened says so."""
    say, late = moments(), escape(_("%(at)s 补录"))
    return mark_safe(f'<ol class="timeline">{"".join(_entry(_reader(e), say, late) for e in entries)}</ol>')


def _entry(entry: Read, say: Callable[[datetime], str], late: str) -> str:
    at, recorded = _local(entry("at")), _local(entry("recorded_at"))
    stamp = (
        f'<time class="when" datetime="{at.isoformat() if at else ""}">{escape(say(at)) if at else ""}</time>'
    )
    extra = "".join(
        f"<span>{escape(str(key))} {escape(str(value))}</span>" for key, value in entry("facts") or ()
    )
    return (
        f'<li>{stamp}\n<div><span class="label">{escape(str(entry("label")))}</span> '
        f'<span class="who">{escape(str(entry("who")))}</span>'
        + (f"<blockquote>{broken(entry('words'))}</blockquote>" if entry("words") else "")
        + (f'<div class="extra">{extra}</div>' if extra else "")
        + (f'<div class="extra">{late % {"at": escape(say(recorded))}}</div>' if recorded else "")
        + "</div></li>\n"
    )


def _local(at: Any) -> Any:
    return localtime(at) if at and is_aware(at) else at
