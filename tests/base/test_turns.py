"""Knows that writers of one SQLite file write one after the other, and that each leaves the turn to the next, whatever befell it."""

from pathlib import Path

import pytest
from django.contrib.contenttypes.models import ContentType

from tests.races import at_once, shared_database
from tibandu.base.turns import writing


@pytest.mark.django_db(transaction=True)
def test_writers_take_turns_and_a_failed_one_leaves_its_turn(transactional_db: None, tmp_path: Path) -> None:
    ContentType.objects.create(app_label="tried", model="0")

    def count() -> None:
        with writing(), writing():
            row = ContentType.objects.select_for_update().get(app_label="tried")
            ContentType.objects.filter(pk=row.pk).update(model=str(int(row.model) + 1))

    def fail() -> None:
        with writing():
            ContentType.objects.filter(app_label="tried").delete()
            raise ZeroDivisionError

    with shared_database(tmp_path):
        with pytest.raises(ZeroDivisionError):
            fail()
        at_once(*[count] * 4)
        assert ContentType.objects.get(app_label="tried").model == "4"
        ContentType.objects.filter(app_label="tried").delete()
