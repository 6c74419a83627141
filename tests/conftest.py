"""Fixtures of the whole suite: the town, clients that wear a hat, and an emptying of the journal for real races."""

from collections.abc import Callable, Iterator
from inspect import signature
from typing import Any

import pytest
from django.core.signals import setting_changed
from django.dispatch import receiver
from django.template.autoreload import reset_loaders
from django.test import Client

from tests import kept
from tests.town import Town, built, guard
from tibandu.base.journal import lift_guards
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
    """Marks what runs on one database: tests that ask none, and pages, unless their SQL differs."""
    for item in items:
        if "db" not in getattr(item, "fixturenames", ()) and not item.get_closest_marker("django_db"):
            item.add_marker(pytest.mark.pure)
        module = item.module.__name__.rpartition(".")[2]  # type: ignore[attr-defined]
        if "hat" in getattr(item, "fixturenames", ()) and module not in PAGES_ON_BOTH:
            item.add_marker(pytest.mark.page)


@receiver(setting_changed)
def _draw_anew(setting: str, **_told: object) -> None:
    """What is drawn once in a language names static files, so it is drawn anew where a test serves them otherwise."""
    if setting in ("STORAGES", "STATIC_URL", "ROOT_URLCONF"):
        reset_loaders()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """The database as migrating leaves it, where what builders leave begins."""
    with django_db_blocker.unblock():
        kept.begin()


@pytest.fixture(autouse=True)
def _builders_keep_what_they_build(request: pytest.FixtureRequest) -> Iterator[None]:
    """Where one transaction holds the test, and nothing is patched that builders might do differently."""
    names, asked = request.fixturenames, signature(request.function).parameters
    if "town" not in names or "transactional_db" in names or "monkeypatch" in asked:
        yield
        return
    request.getfixturevalue("db")
    guard()
    with kept.watched():
        yield


@pytest.fixture
def town(db: None) -> Town:
    """The city with its measure in force, its organs, units, people and a session, on Monday 2 March 2026."""
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
