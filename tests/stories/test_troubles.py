"""Walks the table "one of every trouble": each case opens for those concerned, and its page shows what the table says."""

from datetime import date
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tibandu.base import journal
from tibandu.base.models import Installation, JournalLine
from tibandu.people.models import Account
from tibandu.people.queries import account_of_hat
from tibandu.web.demo import showing
from tibandu.web.demo.cast import World, found, last_workday, seed_calendar
from tibandu.web.demo.lives import story
from tibandu.web.demo.troubles import TROUBLES

TODAY = date(2026, 11, 20)


def lived() -> World:
    """The demo's three congresses with every trouble and nothing else."""
    Installation.objects.update_or_create(pk=1, defaults={"is_demo": True})
    with transaction.atomic():
        seed_calendar()
        world = found(last_workday(TODAY))
    for row in TROUBLES:
        with story():
            row.tell(world, row.matter)
    return world


def wearing(client: Client, hat: str) -> Client:
    account = account_of_hat(hat)
    assert isinstance(account, Account), hat
    client.force_login(account)
    session = client.session
    session["hat"] = hat
    session.save()
    return client


def pages(client: Client) -> dict[str, list[tuple[str, Any]]]:
    """The page of every trouble's case as each of those concerned gets it, by the trouble's key."""
    read: dict[str, list[tuple[str, Any]]] = {}
    for row in showing.rows(TODAY):
        url = reverse("suggestions:case", args=[row.case.pk])
        for eye in row.eyes:
            read.setdefault(row.trouble.key, []).append((eye.hat, wearing(client, eye.hat).get(url)))
    return read


@pytest.mark.sweep
@pytest.mark.django_db
def test_every_trouble_opens_for_those_concerned_and_shows_what_it_claims(client: Client) -> None:
    lived()
    read = pages(client)
    assert list(read) == [row.key for row in TROUBLES]
    eyes = {row.key: len(row.eyes) for row in TROUBLES}
    assert {key: len(seen) for key, seen in read.items()} == eyes
    refused = [(key, hat) for key, seen in read.items() for hat, page in seen if page.status_code != 200]
    assert refused == []
    silent = [row.key for row in TROUBLES if row.shows not in read[row.key][0][1].content.decode()]
    assert silent == []
    last = JournalLine.objects.order_by("-happened_at").values_list("happened_at", flat=True).first()
    assert last is not None
    assert last.date() < TODAY
    call_command("tick", "--at", f"{TODAY:%Y-%m-%d}T06:00")
    assert list(journal.verify()) == []


def test_the_troubles_have_keys_and_titles_of_their_own() -> None:
    assert len({row.key for row in TROUBLES}) == len(TROUBLES)
    assert len({row.title for row in TROUBLES}) == len(TROUBLES)
