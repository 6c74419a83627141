"""Knows that the lock after five wrong passwords holds over several workers, since they count in one place."""

import multiprocessing
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connections
from django.test import Client

from tests.races import town_to_share
from tests.web.test_signin import LOGIN, with_password

pytestmark = [pytest.mark.sweep, pytest.mark.django_db(transaction=True)]

LOCKED = "连续输错次数太多"


def wrong_passwords(times: int) -> list[bool]:
    """What a worker of its own answers to wrong passwords: whether the account was locked, each time."""
    for connection in connections.all(initialized_only=True):
        connection.close()
    client = Client()
    answers = [client.post(LOGIN, {"login": "安立夏", "password": f"错{n}"}) for n in range(times)]
    return [LOCKED in answer.content.decode() for answer in answers]


def test_five_wrong_passwords_lock_over_two_workers(transactional_db: None, tmp_path: Path) -> None:
    """Each worker alone hears three, which would lock nobody; together the sixth is locked."""
    assert settings.CACHES["default"]["BACKEND"].endswith("DatabaseCache")
    workers = multiprocessing.get_context("fork")
    with town_to_share(tmp_path) as town:
        cache.clear()
        with_password(town)
        with workers.Pool(1) as one, workers.Pool(1) as other:
            first = one.apply(wrong_passwords, (3,))
            second = other.apply(wrong_passwords, (3,))
    assert (first, second) == ([False] * 3, [False, False, True])
