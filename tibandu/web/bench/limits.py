"""Knows the least that bare Django can do for a page: one indexed query, and the product's own answer put together.

The answers are read when the server starts, cut at every tag, and joined anew for each request: as plain strings,
through Jinja, or through Django's templates, whose loops escape every text as the product must.
"""

import html
import os
import re
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template import Context, Engine

from tibandu.base.doors import actor_required
from tibandu.suggestions.models import Suggestion

PAGES = "TIBANDU_BENCH_PAGES"  # the folder of answers that this server is to imitate
COLUMNS = ("pk", "number_text", "title", "state", "due_on", "registered_on", "closed_on", "subject_id")
ROWS = 50
IMITATED = "imitated"
LOOP = "{% for markup, text in pieces %}{{ markup|safe }}{{ text }}{% endfor %}"
_TAG = re.compile(r"(?s)(?:<[^>]*>\s*)+")

Piece = tuple[str, str]


def cut(answer: str) -> list[Piece]:
    """A page as markup and the text after it, in turn."""
    pieces, end = [], 0
    marks = list(_TAG.finditer(answer))
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        end = following.start() if following else len(answer)
        pieces.append((mark.group(), html.unescape(answer[mark.end() : end])))
    return pieces


def _answers() -> dict[str, str]:
    folder = os.environ.get(PAGES)
    return {path.stem: path.read_text("utf-8") for path in Path(folder).glob("*.html")} if folder else {}


ANSWERS = _answers()
PLAIN = {name: _TAG.split(answer) for name, answer in ANSWERS.items()}
MARKUP = {name: _TAG.findall(answer) for name, answer in ANSWERS.items()}
PIECES = {name: cut(answer) for name, answer in ANSWERS.items()}


@actor_required
def page(request: HttpRequest, kind: str, page: str, number: int, key: int) -> HttpResponse:
    name = f"{page}-{number}"
    if name not in ANSWERS or kind not in KINDS:
        raise Http404
    if page == "detail":
        Suggestion.objects.get(pk=key)
    else:
        list(Suggestion.objects.filter(pk__gte=key).order_by("pk").values_list(*COLUMNS)[:ROWS])
    return HttpResponse(KINDS[kind](name))


_IMITATED: dict[str, int] = {}  # how many rows the answer has that is imitated in process


def imitate(answer: str, rows: int) -> None:
    """From now on `imitated` gives this answer."""
    PLAIN[IMITATED], MARKUP[IMITATED] = _TAG.split(answer), _TAG.findall(answer)
    _IMITATED[IMITATED] = rows


@actor_required
def imitated(request: HttpRequest) -> HttpResponse:
    """The plain limit of the page that is measured in process."""
    list(Suggestion.objects.order_by("pk").values_list(*COLUMNS)[: _IMITATED[IMITATED]])
    return HttpResponse(_plain(IMITATED))


def _plain(name: str) -> str:
    texts, markup = PLAIN[name], MARKUP[name]
    parts = [texts[0]]
    for tag, text in zip(markup, texts[1:], strict=True):
        parts.append(tag)
        parts.append(text)
    return "".join(parts)


def _jinja(name: str) -> str:
    return str(_jinja_loop().render(pieces=PIECES[name]))


@cache
def _jinja_loop() -> Any:
    from jinja2 import Environment

    return Environment(autoescape=True).from_string(LOOP)


def _django(name: str) -> str:
    return _django_loop().render(Context({"pieces": PIECES[name]}))


@cache
def _django_loop() -> Any:
    return Engine().from_string(LOOP)


KINDS: dict[str, Callable[[str], str]] = {"plain": _plain, "jinja": _jinja, "django": _django}


@actor_required
def step(request: HttpRequest, pk: int) -> HttpResponse:
    """A guarded UPDATE and an INSERT in one transaction, and the way back."""
    line = LINE | {"chain": f"suggestions.suggestion:{pk}", "object_id": pk}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE bench_share SET state = 'signed_for', signed_for_on = %s WHERE id = %s AND state = 'sent'",
            [date.today().isoformat(), pk],
        )
        if cursor.rowcount != 1:
            raise Http404
        names, marks = ", ".join(line), ", ".join(["%s"] * len(line))
        cursor.execute(f"INSERT INTO bench_line ({names}) VALUES ({marks})", list(line.values()))
    return HttpResponseRedirect(f"/suggestions/{pk}/")


# A line of the journal in its length.
LINE: dict[str, Any] = {
    "chain": "", "seq": 5, "happened_at": "2026-01-01 01:00:00", "recorded_at": "2026-01-01 01:00:00", "request_id": "0" * 32,
    "person_id": 1, "hat": "post:23", "who": '{"person": "甲乙丙", "hat": "东教育局承办人", "unit": 12, "seat": null}',
    "noun": "assignment", "object_id": 0, "verb": "sign_for", "label": "签收", "source": "sent", "target": "signed_for",
    "words": "", "facts": '{"承办单位": "东教育局"}', "seen_by": "all", "previous": "a" * 64, "digest": "b" * 64,
}  # fmt: skip


def make_tables(keys: int) -> None:
    """The two tables of a limit step, with so many shares to sign for."""
    identity = (
        "integer PRIMARY KEY AUTOINCREMENT" if connection.vendor == "sqlite" else "bigserial PRIMARY KEY"
    )
    kinds = {int: "bigint", str: "text"}
    columns = ", ".join(f"{name} {kinds[type(value)]}" for name, value in LINE.items())
    drop_tables()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_share (id bigint PRIMARY KEY, state text, signed_for_on text)")
        cursor.execute(f"CREATE TABLE bench_line (id {identity}, {columns}, UNIQUE (chain, seq))")
        cursor.execute("CREATE INDEX bench_line_recorded ON bench_line (recorded_at)")
        cursor.executemany(
            "INSERT INTO bench_share VALUES (%s, 'sent', NULL)", [(pk,) for pk in range(1, keys + 1)]
        )


def drop_tables() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for table in ("bench_share", "bench_line"):
            cursor.execute(f"DROP TABLE IF EXISTS {table}")
