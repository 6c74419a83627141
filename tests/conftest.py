"""Fixtures of the whole suite: the town, clients that wear a hat, and an emptying of the journal for real races."""

from collections.abc import Callable, Iterator

import pytest
from django.core.signals import setting_changed
from django.dispatch import receiver
from django.template.autoreload import reset_loaders
from django.test import Client

from tests.town import Town, built
from tibandu.base.journal import create_guards, guards_present, lift_guards
from tibandu.people.models import Account
from tibandu.people.queries import Actor

# Pages whose SQL is not the same on both databases; what others draw is the same wherever their rows come from.
PAGES_ON_BOTH = {
    "test_ledger",
    "test_masked",
    "test_case_page",
    "test_desk",
    "test_tenancy",
    "test_replying_pages",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks the tests that look at a page: they run on one database, unless their SQL differs."""
    for item in items:
        module = item.module.__name__.rpartition(".")[2]  # type: ignore[attr-defined]
        if "hat" in getattr(item, "fixturenames", ()) and module not in PAGES_ON_BOTH:
            item.add_marker(pytest.mark.page)


@receiver(setting_changed)
def _draw_anew(setting: str, **_told: object) -> None:
    """What is drawn once in a language names static files, so it is drawn anew where a test serves them otherwise."""
    if setting in ("STORAGES", "STATIC_URL", "ROOT_URLCONF"):
        reset_loaders()


@pytest.fixture
def town(db: None) -> Town:
    """The city with its measure in force, its organs, units, people and a session, on Monday 2 March 2026."""
    if not guards_present():  # lifted for the emptying after an earlier test
        create_guards()
    return built()


@pytest.fixture
def hat(client: Client) -> Callable[..., Client]:
    """`hat(actor)` signs the client in as the actor's person wearing that hat."""

    def wear(actor: Actor) -> Client:
        client.force_login(Account.objects.get(person=actor.person_id))
        session = client.session
        session["hat"] = actor.hat
        session.save()
        return client

    return wear


@pytest.fixture(autouse=True)
def _journal_guards_lifted_for_flush(request: pytest.FixtureRequest) -> Iterator[None]:
    """A transactional test is emptied by deleting rows, which the journal's triggers rightly forbid."""
    yield
    if "transactional_db" in request.fixturenames:
        lift_guards()
