"""Knows the indexes that give a class's or committee's suggestions by number and by day, and what PostgreSQL is told."""

from typing import Any

from django.db import ProgrammingError, migrations, models, transaction

SEEN = ["state", "is_masked", "is_classified", "publicity"]
ORDERED = {"number": ["session", "number"], "due": ["due_on"]}
FILLED = 85  # per cent; each step changes the head of its case's journal, which then stays on its page and out of all indexes


def leave_room(_apps: Any, schema_editor: Any) -> None:
    """Only PostgreSQL knows of it; rows that stand already keep their pages until the table is written anew."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"ALTER TABLE suggestions_suggestion SET (fillfactor = {FILLED})")


def plan_once(_apps: Any, schema_editor: Any) -> None:
    """A statement that is kept with a connection would be planned five times more; docs/deploy.md says what to set otherwise."""
    if schema_editor.connection.vendor != "postgresql":
        return
    name = schema_editor.quote_name(schema_editor.connection.settings_dict["NAME"])
    try:
        with transaction.atomic():
            schema_editor.execute(f"ALTER DATABASE {name} SET plan_cache_mode = force_generic_plan")
    except ProgrammingError:
        return


class Migration(migrations.Migration):
    dependencies = [("suggestions", "0006_limits_of_projects")]
    operations = [
        *(
            migrations.AddIndex(
                "suggestion",
                models.Index(
                    fields=["congress", column, *terms, "id", *SEEN], name=f"suggestion_{column}_{order}"
                ),
            )
            for column in ("subject", "committee")
            for order, terms in ORDERED.items()
        ),
        migrations.RunPython(leave_room, migrations.RunPython.noop),
        migrations.RunPython(plan_once, migrations.RunPython.noop),
    ]
