"""Knows that markup typed anywhere is shown as it was typed and does nothing, and that characters nobody sees are not kept."""

from collections.abc import Callable
from typing import Any

import pytest
from django import forms
from django.db import transaction
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate

from tests import cases
from tests.suggestions.test_api import call as call
from tests.town import TODAY, Town
from tests.web.test_bad_input import PERSONAS, good_value, open_steps, typed
from tests.web.test_bad_input import lives as lives
from tests.web.test_tenancy import OF_ROLLS, OF_RULES, World, addresses
from tests.web.test_tenancy import world as world
from tibandu.base.rows import RowsField
from tibandu.base.sheets import clean_cell
from tibandu.regulations.forms import rows_formset
from tibandu.regulations.models import Version
from tibandu.suggestions.forms import form_of
from tibandu.suggestions.forms.ledger import LedgerForm, SavedViewForm
from tibandu.suggestions.models import Suggestion
from tibandu.suggestions.queries import ledger

pytestmark = pytest.mark.sweep

MARKUP = "<b>粗</b><script>alert(1)</script>\"'&{{7*7}}"
ALIVE = ("<b>粗", "<script>alert", "49</")
UNSEEN = "看\u200b不\u202e见\u2066的\ufeff字\x0b符"
SEEN = "看不见的字符"


def with_markup(form: forms.Form) -> dict[str, Any]:
    """Markup in every text field, and in those of rows; what fits in the others."""
    filled = {}
    for name, field in form.fields.items():
        begun = form.get_initial_for_field(field, name)
        if isinstance(field, RowsField):
            row = field.row_form(**field.widget.row_arguments)
            filled[name] = [with_markup(row)]
        elif type(field) is forms.CharField and not field.widget.is_hidden:
            filled[name] = MARKUP[: field.max_length or None]
        else:
            filled[name] = begun if begun not in (None, "", []) else good_value(field)
    return {name: value for name, value in filled.items() if value is not None}


def alive_after(client: Client, path: str, data: dict[str, Any], pages: list[str]) -> tuple[list[str], int]:
    """Where the markup of a sent form came to life, and how it was answered; nothing is kept."""
    with transaction.atomic():
        answer = client.post(path, typed(data))
        texts = {path: answer.content.decode()} | {page: client.get(page).content.decode() for page in pages}
        transaction.set_rollback(True)
    return [
        f"{path} on {page}: {sign}" for page, text in texts.items() for sign in ALIVE if sign in text
    ], answer.status_code


@pytest.mark.parametrize("persona", PERSONAS)
def test_markup_in_any_field_of_a_step_stays_text(
    lives: Town, hat: Callable[..., Client], persona: str
) -> None:
    actor, client, found, taken = lives.actors[persona], hat(lives.actors[persona]), [], 0
    for noun, row, verb in open_steps(actor):
        form = form_of(verb)(actor=actor, case=row, today=localdate())
        case = row if noun == "suggestion" else row.suggestion
        path = reverse(f"suggestions:{verb}", args=[row.pk])
        alive, status = alive_after(client, path, with_markup(form), [f"/suggestions/{case.pk}/", "/desk/"])
        found += alive
        taken += status in (204, 302)
    assert found == []
    assert taken


def test_markup_in_any_field_of_the_rolls_and_rules_stays_text(
    world: World, hat: Callable[..., Client]
) -> None:
    client, found, taken = hat(world.town.office), [], 0
    paths = [
        *addresses(OF_ROLLS | OF_RULES, world.city),
        "/rules/library/add/",
        "/rules/classes/add/",
        "/people/me/",
    ]
    for path in paths:
        shown = client.get(path)
        form = shown.context and shown.context.get("form")
        if isinstance(form, forms.Form):
            pages = ["/people/", "/people/terms/", "/rules/measure/", "/rules/library/", "/rules/classes/"]
            alive, status = alive_after(client, path, with_markup(form), pages)
            found += alive
            taken += status == 302
    assert found == []
    assert taken > 5


def test_markup_in_a_case_does_nothing_on_lists_prints_and_public_pages(
    town: Town, hat: Callable[..., Client]
) -> None:
    case = cases.registered(town, title=MARKUP[:60], facts=MARKUP, analysis=MARKUP, asks=[MARKUP])
    Suggestion.objects.filter(pk=case.pk).update(is_published=True)
    client = hat(town.office)
    pages = [
        "/suggestions/",
        "/suggestions/print/",
        "/search/?q=alert",
        "/suggestions/open/",
        "/people/messages/",
    ]
    pages += [f"/suggestions/open/{case.pk}/", f"/suggestions/{case.pk}/", "/suggestions/screening/"]
    texts = {page: client.get(page).content.decode() for page in pages}
    assert [(page, sign) for page, text in texts.items() for sign in ALIVE if sign in text] == []
    assert "&lt;script&gt;alert(1)" in texts[f"/suggestions/{case.pk}/"]


def test_characters_that_nobody_sees_are_not_kept(town: Town, hat: Callable[..., Client], call: Any) -> None:
    """They are taken out and not refused: who pastes a text from a page of the net cannot see them to take them out."""
    case = cases.draft(town)
    sent = {
        "title": UNSEEN,
        "facts": UNSEEN,
        "analysis": "",
        "asks-0-text": UNSEEN,
        "revision": case.revision,
    }
    assert hat(town.alice).post(f"/suggestions/{case.pk}/edit/", sent).status_code == 302
    case.refresh_from_db()
    assert (case.title, case.facts, case.asks.get().text) == (SEEN, SEEN, SEEN)
    made = call(town.alice, "post", "suggestions", {"title": UNSEEN, "asks": [{"text": UNSEEN}]}).json()
    assert (made["fields"]["title"], made["fields"]["asks"][0]["text"]) == (SEEN, SEEN)


def test_words_filters_views_columns_and_rows_hold_no_unseen_characters(town: Town) -> None:
    """What is looked for and listed is typed and pasted as well."""
    form = LedgerForm(QueryDict(f"q={UNSEEN}&author={UNSEEN}"), actor=town.office, today=TODAY)
    assert form.wanted() == {"q": SEEN, "author": SEEN}
    view = SavedViewForm({"name": UNSEEN})
    assert view.is_valid()
    assert view.cleaned_data == {"name": SEEN}
    assert clean_cell(UNSEEN) == SEEN
    case = cases.registered(town, title="关于修桥的建议")
    assert [row.pk for row in ledger.page(town.office, {"q": "修\u200b桥"}, TODAY).rows] == [case.pk]
    rows = rows_formset(Version.objects.latest("pk"), "grounds", {"rows-0-label": UNSEEN})
    assert rows.data == {"rows-0-label": SEEN}


def test_a_text_of_unseen_characters_alone_is_empty(town: Town, hat: Callable[..., Client]) -> None:
    case = cases.submitted(town)
    path = reverse("suggestions:return_for_edit", args=[case.pk])
    answer = hat(town.office).post(path, {"words": "\u200b\u2060\ufeff"})
    assert (answer.status_code, "words" in answer.context["form"].errors) == (422, True)
