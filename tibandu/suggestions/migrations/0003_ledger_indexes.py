"""Knows the indexes in whose order pages of the ledger are read."""

from typing import Any

from django.db import ProgrammingError, migrations, models, transaction


def suit(_apps: Any, schema_editor: Any) -> None:
    """PostgreSQL compiles pages that run for a millisecond and reads tables in full for fifty rows, unless told.

    Where the database belongs to somebody else it stays as it is; docs/deploy.md says what to set.
    """
    if schema_editor.connection.vendor != "postgresql":
        return
    name = schema_editor.quote_name(schema_editor.connection.settings_dict["NAME"])
    try:
        with transaction.atomic():
            schema_editor.execute(f"ALTER DATABASE {name} SET jit = off")
            schema_editor.execute(f"ALTER DATABASE {name} SET random_page_cost = 1.1")
    except ProgrammingError:
        return


class Migration(migrations.Migration):
    dependencies = [("suggestions", "0002_search")]

    operations = [
        migrations.RemoveIndex(
            model_name="suggestion",
            name="suggestion_session",
        ),
        migrations.AddIndex(
            model_name="assignment",
            index=models.Index(fields=["unit", "-suggestion"], name="assignment_unit_newest"),
        ),
        migrations.AddIndex(
            model_name="handover",
            index=models.Index(fields=["organ", "-suggestion"], name="handover_organ_newest"),
        ),
        migrations.AddIndex(
            model_name="proposer",
            index=models.Index(fields=["seat", "-suggestion"], name="proposer_seat_newest"),
        ),
        migrations.AddIndex(
            model_name="proposer",
            index=models.Index(fields=["name", "-suggestion"], name="proposer_name"),
        ),
        migrations.AddIndex(
            model_name="proposer",
            index=models.Index(
                condition=models.Q(("delegation__isnull", False)),
                fields=["delegation", "-suggestion"],
                name="proposer_delegation_newest",
            ),
        ),
        migrations.AddIndex(
            model_name="reply",
            index=models.Index(fields=["category", "state", "-suggestion"], name="reply_category"),
        ),
        migrations.AddIndex(
            model_name="round",
            index=models.Index(fields=["n", "-suggestion"], name="round_newest"),
        ),
        migrations.AddIndex(
            model_name="suggestion",
            index=models.Index(
                fields=["congress", "-id", "state", "is_masked", "is_classified", "publicity"],
                name="suggestion_newest",
            ),
        ),
        migrations.AddIndex(
            model_name="suggestion",
            index=models.Index(fields=["congress", "state", "due_on"], name="suggestion_state_due"),
        ),
        migrations.AddIndex(
            model_name="suggestion",
            index=models.Index(fields=["congress", "due_on", "id"], name="suggestion_due"),
        ),
        migrations.AddIndex(
            model_name="suggestion",
            index=models.Index(
                fields=["congress", "session", "-id", "state"], name="suggestion_session_newest"
            ),
        ),
        migrations.AddIndex(
            model_name="suggestion",
            index=models.Index(fields=["congress", "subject", "-id"], name="suggestion_subject"),
        ),
        migrations.AddIndex(
            model_name="suggestion",
            index=models.Index(fields=["congress", "nature", "-id"], name="suggestion_nature"),
        ),
        migrations.AddIndex(
            model_name="suggestion",
            index=models.Index(fields=["congress", "collection", "-id"], name="suggestion_collection"),
        ),
        migrations.AddIndex(
            model_name="suggestion",
            index=models.Index(fields=["number_text"], name="suggestion_number_text"),
        ),
        migrations.AddIndex(
            model_name="suggestion",
            index=models.Index(
                fields=["congress", "session", "number", "id", "state"], name="suggestion_session_number"
            ),
        ),
        migrations.AddIndex(
            model_name="suggestion",
            index=models.Index(fields=["congress", "session", "due_on"], name="suggestion_session_due"),
        ),
        migrations.AddIndex(
            model_name="suggestion",
            index=models.Index(
                fields=["congress", "state", "session", "number"], name="suggestion_state_number"
            ),
        ),
        migrations.RunPython(suit, migrations.RunPython.noop),
    ]
