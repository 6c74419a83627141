"""Knows that nothing that can be typed or sent breaks a page: each step is given each bad value, and answers in words."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.utils.timezone import localdate

from tests import cases
from tests.kept import kept
from tests.suggestions.test_papers import entered
from tests.suggestions.test_rating import rating_of
from tests.town import Town, moment
from tibandu.base.rows import RowsField
from tibandu.people import actions as people
from tibandu.people.enums import Scope
from tibandu.people.queries import Actor
from tibandu.suggestions import actions, flow, queries
from tibandu.suggestions.api import PLURALS
from tibandu.suggestions.forms import form_of
from tibandu.suggestions.models import Suggestion

pytestmark = pytest.mark.sweep

HUGE = 10**30
FORM = "application/x-www-form-urlencoded"
TEXTS = ["\x00", "零\u200b宽\u202e倒\u2066", "\ud83d", "长" * 25_000, "²"]
BAD: list[tuple[type, list[Any]]] = [
    (forms.ModelMultipleChoiceField, [[HUGE], [-1], [0], [1, 1], "x", [None]]),
    (forms.MultipleChoiceField, [["x"], [HUGE], "x"]),
    (forms.ModelChoiceField, [HUGE, -HUGE, -1, 0, "²", "\x00"]),
    (RowsField, [[], [{}], ["x"], [[]], "x", [{"x": HUGE}], [{}] * 200]),
    (forms.DateField, ["0001-01-01", "9999-12-31", "2026-02-30", "²"]),
    (forms.DateTimeField, ["0001-01-01T00:00:00", "9999-12-31T23:59:59", "x"]),
    (forms.IntegerField, [HUGE, -HUGE, "NaN", 1.5]),
    (forms.DecimalField, ["NaN", "Infinity", "1e400", str(HUGE), "-1"]),
    (forms.BooleanField, ["maybe", HUGE]),
    (forms.ChoiceField, ["x", HUGE, "\x00"]),
    (forms.CharField, TEXTS),
]


def good_value(field: forms.Field) -> Any:
    """A value that the field takes, so that the bad one beside it is what is judged."""
    if isinstance(field, RowsField):
        row = field.row_form(**field.widget.row_arguments)
        return [{name: good_value(one) for name, one in row.fields.items()}]
    if isinstance(field, forms.ModelMultipleChoiceField):
        return [row.pk for row in field.queryset[:1]]
    if isinstance(field, forms.ModelChoiceField):
        return next((row.pk for row in field.queryset[:1]), None)
    if isinstance(field, forms.ChoiceField):
        values = [value for value, _label in field.choices if value]
        return values[:1] if isinstance(field, forms.MultipleChoiceField) else next(iter(values), None)
    if isinstance(field, forms.DateField):
        return localdate().isoformat()
    if isinstance(field, forms.BooleanField):
        return True
    return 1 if isinstance(field, (forms.IntegerField, forms.DecimalField)) else "文字"


def bad_values(field: forms.Field) -> Iterator[Any]:
    yield from next((values for kind, values in BAD if isinstance(field, kind)), [])
    if isinstance(field, RowsField):
        row = field.row_form(**field.widget.row_arguments)
        good = good_value(field)[0]
        for name, one in row.fields.items():
            yield from ([good | {name: value}] for value in bad_values(one))


@kept
def at_every_stage(town: Town) -> Suggestion:
    """Cases so far apart that most steps stand open to somebody; the last one is answered."""
    cases.draft(town)
    cases.submitted(town)
    cases.registered(town)
    cases.handed_over(town)
    cases.assigned(town, cos=["transport"])
    cases.handling(town, cos=["transport"])
    cases.drafted(town, cases.handling(town, cosigners=()), promises=[cases.OVERPASS])
    actions.request_withdrawal(town.alice, cases.handling(town), at=moment(), reason="情况变了")
    return cases.replied(town, code="B", promises=[cases.OVERPASS])


@pytest.fixture
def lives(town: Town, settings: Any, tmp_path: Path) -> Town:
    settings.MEDIA_ROOT = tmp_path
    entered(town, rating_of(town, at_every_stage(town), "alice"))
    return town


def open_steps(actor: Actor) -> Iterator[tuple[str, Any, str]]:
    """One row for each step that the actor may take now."""
    seen = set()
    for pk in queries.visible_to(actor).order_by("pk").values_list("pk", flat=True):
        for noun, rows in queries.rows_of(queries.on_page(actor, pk)).items():
            for row in rows:
                for offer in flow.offers(actor, noun, row, localdate()):
                    if offer.refusal is None and (noun, offer.verb) not in seen:
                        seen.add((noun, offer.verb))
                        yield noun, row, offer.verb


def broken_by(send: Callable[[dict[str, Any]], int], form: forms.Form) -> list[str]:
    """Which bad values of which fields an address does not survive; nothing that it did is kept."""
    good = {name: good_value(field) for name, field in form.fields.items()}
    good = {name: value for name, value in good.items() if value is not None}
    found = []
    for name, field in form.fields.items():
        for value in bad_values(field):
            with transaction.atomic():
                try:
                    if send(good | {name: value}) >= 500:
                        found.append(f"{name}={value!r:.60}")
                except Exception as error:
                    found.append(f"{name}={value!r:.60}: {error!r:.160}")
                transaction.set_rollback(True)
    return found


PERSONAS = ["alice", "office", "dispatcher", "housing_officer"]


@pytest.mark.parametrize("persona", PERSONAS)
def test_no_value_breaks_a_step_of_the_api(lives: Town, client: Client, persona: str) -> None:
    actor = lives.actors[persona]
    _row, secret = people.issue_token(actor, name="测试", scope=Scope.WRITE, at=moment())
    headers = {"Authorization": f"Bearer {secret}"}
    found = []
    for noun, row, verb in open_steps(actor):
        path = f"/api/v1/{PLURALS[noun]}/{row.pk}/steps/{verb}"

        def send(data: dict[str, Any], path: str = path) -> int:
            body = json.dumps(data)
            return client.post(path, body, content_type="application/json", headers=headers).status_code

        form = form_of(verb)(actor=actor, case=row, today=localdate())
        found += [f"{verb} {line}" for line in broken_by(send, form)]
    assert found == []


def typed(data: dict[str, Any]) -> dict[str, Any]:
    """The same as a browser would post it."""
    posted = {}
    for name, value in data.items():
        value = (
            value.replace("\ud83d", "") if isinstance(value, str) else value
        )  # a browser has whole characters
        rows = value if isinstance(value, list) and value and isinstance(value[0], dict) else []
        for number, row in enumerate(rows):
            posted |= typed({f"{name}-{number}-{key}": one for key, one in row.items()})
        if not rows:
            posted[name] = ["" if one is None else one for one in value] if isinstance(value, list) else value
    return {name: value for name, value in posted.items() if value is not None}


@pytest.mark.parametrize("persona", PERSONAS)
def test_no_value_breaks_a_step_of_the_pages(lives: Town, hat: Callable[..., Client], persona: str) -> None:
    actor, client, found = lives.actors[persona], hat(lives.actors[persona]), []
    for noun, row, verb in open_steps(actor):
        prefix = "" if noun == "suggestion" else f"{noun}/"

        def send(data: dict[str, Any], path: str = f"/suggestions/{prefix}{row.pk}/{verb}/") -> int:
            return client.post(path, typed(data)).status_code

        form = form_of(verb)(actor=actor, case=row, today=localdate())
        found += [f"{verb} {line}" for line in broken_by(send, form)]
    assert found == []


PAGES = [
    "desk/",
    "suggestions/",
    "suggestions/export.xlsx",
    "suggestions/print/",
    "oversight/promises/",
    "oversight/promises/print/",
    "oversight/statements/",
    "suggestions/screening/",
    "suggestions/meetings/",
    "people/",
    "people/deputies/",
    "people/messages/",
    "rules/library/",
    "rules/computation/",
    "search/",
    "suggestions/open/",
    "suggestions/paper/",
]
QUERIES = [
    "start=²&page=²&before=²&at=²&of=²&q=²",
    f"start={HUGE}&page={HUGE}&before={HUGE}&session={HUGE}&unit={HUGE}&version={HUGE}&year={HUGE}&at={HUGE}",
    "start=-1&page=-1&before=-1&session=-1&unit=-1&term=-1&version=-1&year=-1",
    "q=%00&author=%00&state=%00&code=%00&collection=%00&on=%00&term=%00&group=%00",
    "q=%ff%fe&sort=%ff&c=%ff&state=%ff&code=%ff&start=%ff",
    "q=" + "%E9%95%BF" * 2000,
    "&&=&q&%&;=;&c=c&c=title&sort=__class__&sort=-pk&clock=x&filter=1&on=0001-01-01&start=9999-12-31&limit=reply",
    "q=%3Cscript%3Ealert(1)%3C/script%3E&author=%22onload=x&code=%27",
]


def test_no_address_breaks_a_list(lives: Town, hat: Callable[..., Client]) -> None:
    client, found = hat(lives.office), []
    for page in PAGES:
        for query in QUERIES:
            answer = client.get(f"/{page}?{query}")
            if answer.status_code >= 500 or b"<script>alert" in answer.content:
                found.append(f"{page}?{query[:60]}: {answer.status_code}")
    assert found == []


def test_a_text_that_is_too_long_comes_back_with_its_sentence_and_unchanged(
    lives: Town, hat: Callable[..., Client]
) -> None:
    case = Suggestion.objects.get(state="draft")
    text = "长" * 25_000
    answer = hat(lives.alice).post(
        f"/suggestions/{case.pk}/edit/", {"title": "x", "facts": text, "revision": 1}
    )
    assert (answer.status_code, text in answer.content.decode()) == (422, True)


@pytest.mark.parametrize(
    "path", ["/suggestions/write/", "/suggestions/write/autosave/", "/api/v1/suggestions"]
)
def test_ten_megabytes_are_refused_in_words_in_the_form_that_was_asked_for(
    lives: Town, hat: Callable[..., Client], path: str
) -> None:
    """The page says that nothing was saved and that the text is still in the window; programs read it as JSON."""
    _row, secret = people.issue_token(lives.alice, name="测试", scope=Scope.WRITE, at=moment())
    client, before = hat(lives.alice), Suggestion.objects.count()
    headers = {"Accept": "text/html"}
    if path[-6:] != "write/":
        headers = {"Accept": "application/json", "Authorization": f"Bearer {secret}"}
    answer = client.post(path, b"facts=" + b"x" * 10_000_000, content_type=FORM, headers=headers)
    said = answer.content.decode() if path.endswith("write/") else answer.json()["refusal"]
    assert (answer.status_code, "没有保存" in said) == (413, True)
    assert Suggestion.objects.count() == before


@pytest.mark.parametrize("body", ["", "{", "[" * 100_000, "null", "[]", "1", '{"title": 1e999}', "\xff"])
def test_a_body_that_is_no_json_is_answered_in_words(lives: Town, client: Client, body: str) -> None:
    _row, secret = people.issue_token(lives.alice, name="测试", scope=Scope.WRITE, at=moment())
    headers = {"Authorization": f"Bearer {secret}"}
    kind = "application/json"
    answer = client.post("/api/v1/suggestions", body.encode("latin-1"), content_type=kind, headers=headers)
    assert answer.status_code in (400, 422)
    assert answer.json()["refusal"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("图.pdf", b"MZ\x90\x00"),
        ("图.png", b"<svg onload=alert(1)>"),
        ("表.xlsx", b"PK\x03\x04broken"),
        ("文.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        ("../etc.pdf", b"%PDF-1.4"),
        ("空.pdf", b""),
        ("页.html", b"<script>alert(1)</script>"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused(
    lives: Town, hat: Callable[..., Client], name: str, content: bytes
) -> None:
    case = Suggestion.objects.get(state="draft")
    sent = SimpleUploadedFile(name, content)
    answer = hat(lives.alice).post(f"/suggestions/{case.pk}/attach/", {"files": [sent]})
    kept = list(case.attachments.values_list("name", flat=True))
    assert (answer.status_code, kept) in [(422, []), (302, ["etc.pdf"])]
