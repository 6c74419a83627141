"""Steps and happenings are written as plain strings, and what people wrote in them is never markup."""

from datetime import UTC, datetime

from tibandu.base.panels import broken, offers_html, timeline_html

NASTY = "<script>\"'&"
SHOWN = "&lt;script&gt;&quot;&#x27;&amp;"
AT = datetime(2026, 3, 2, 1, 3, tzinfo=UTC)


def test_offers_escape_every_word() -> None:
    open_ = {"verb": NASTY, "label": NASTY, "refusal": None, "primary": True, "url": NASTY, "note": NASTY}
    page = offers_html([open_, {"verb": NASTY, "label": NASTY, "refusal": NASTY}], NASTY)
    assert NASTY not in page
    assert page.count(SHOWN) == 3 + 4
    assert "offers-none" not in page


def test_who_has_no_step_is_told_so() -> None:
    assert "现在没有等您办理的事。" in offers_html([])
    assert f'<p class="offers-none">{SHOWN}</p>' in offers_html([], NASTY)


def test_the_first_primary_offer_is_the_filled_button() -> None:
    offers = [
        {"label": "甲", "primary": False},
        {"label": "乙", "primary": True},
        {"label": "丙", "primary": True},
    ]
    page = offers_html(offers)
    assert page.count("btn-primary") == 1
    assert page.index("乙") < page.index("甲") < page.index("丙")


def test_a_timeline_escapes_every_word_and_keeps_the_lines_of_a_text() -> None:
    entry = {
        "at": AT,
        "label": NASTY,
        "who": NASTY,
        "words": f"一\r\n{NASTY}",
        "facts": {NASTY: NASTY}.items(),
    }
    page = timeline_html([entry])
    assert NASTY not in page
    assert f"<blockquote>一<br>{SHOWN}</blockquote>" in page
    assert f"<span>{SHOWN} {SHOWN}</span>" in page
    assert '<time class="when" datetime="2026-03-02T09:03:00+08:00">2026年3月2日 09:03</time>' in page
    assert "补录" not in page


def test_a_line_recorded_later_says_when() -> None:
    page = timeline_html([{"at": AT, "label": "签收", "who": "甲", "recorded_at": AT.replace(day=5)}])
    assert '<div class="extra">2026年3月5日 09:03 补录</div>' in page


def test_broken_text_keeps_every_kind_of_line_break() -> None:
    assert broken("a\rb\r\nc\nd") == "a<br>b<br>c<br>d"
