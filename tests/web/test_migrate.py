"""Knows that bringing a database up to date also puts back what a migration may drop."""

import pytest
from django.core.management import call_command
from django.db import connection

from tibandu.base import journal
from tibandu.base.models import Installation


@pytest.mark.django_db
def test_migrating_puts_back_the_guards_the_cache_and_the_one_row() -> None:
    Installation.objects.all().delete()
    journal.lift_guards()
    call_command("migrate", verbosity=0, interactive=False)
    assert journal.guards_present()
    assert Installation.objects.get().digest == "sha256"
    assert "cache" in connection.introspection.table_names()


@pytest.mark.django_db
def test_asking_for_the_plan_changes_nothing() -> None:
    journal.lift_guards()
    call_command("migrate", plan=True, verbosity=0)
    assert not journal.guards_present()
    journal.create_guards()
