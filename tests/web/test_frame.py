"""Knows that the frame of a page, drawn once for like readers, still shows each reader the reader's own."""

import re
from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from tests.town import Town
from tibandu.people.models import Account
from tibandu.people.queries import Actor
from tibandu.web.templatetags.look import SOUGHT

Hat = Callable[[Actor], Client]
LEDGER = reverse("suggestions:ledger")


def header(client: Client, **asked: str) -> str:
    page = client.get(LEDGER, asked).content.decode()
    return page[page.index("<header") : page.index("</header>")]


def test_each_reader_sees_the_own_name_address_and_words(town: Town, hat: Hat) -> None:
    for actor in (town.alice, town.office, town.alice):
        client = hat(actor)
        for words in ("路灯", '"><b>', SOUGHT):
            shown = header(client, q=words)
            assert str(actor) in shown
            assert f'value="{words}"'.replace('"><b>', "&quot;&gt;&lt;b&gt;") in shown
            assert f'name="next" value="{LEDGER}?q=' in shown


def test_the_forms_of_a_frame_are_taken(town: Town) -> None:
    client = Client(enforce_csrf_checks=True)
    for actor in (town.alice, town.bob):
        client.force_login(Account.objects.get(person=actor.person_id))
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', header(client))
        assert token
        answer = client.post(
            reverse("web:large_type"), {"csrfmiddlewaretoken": token[1], "next": LEDGER, "large": "1"}
        )
        assert answer.status_code == 302
        assert 'aria-pressed="true"' in header(client)
        client.cookies.pop("large_type")
        assert 'aria-pressed="true"' not in header(client)
