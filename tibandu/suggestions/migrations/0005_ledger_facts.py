"""Knows the indexes that hold all a page of the ledger asks, and the blocks of keys that search is told of."""

from typing import Any

from django.db import migrations, models

from tibandu.base.search import SearchIndex

SIGHT = ["is_masked", "is_classified", "publicity"]
SEEN = ["state", *SIGHT]
WIDER: list[tuple[str, str, list[str]]] = [
    ("suggestion", "suggestion_due", ["congress", "due_on", "id", *SEEN]),
    ("suggestion", "suggestion_session_number", ["congress", "session", "number", "id", *SEEN]),
    ("suggestion", "suggestion_state", ["congress", "state", "-id", *SIGHT]),
    ("suggestion", "suggestion_state_due", ["congress", "state", "due_on", "id", *SIGHT]),
    ("suggestion", "suggestion_state_number", ["congress", "state", "session", "number", "id", *SIGHT]),
    ("suggestion", "suggestion_session_newest", ["congress", "session", "-id", *SEEN]),
    ("suggestion", "suggestion_session_due", ["congress", "session", "due_on", "id", *SEEN]),
    ("suggestion", "suggestion_subject", ["congress", "subject", "-id", *SEEN]),
    ("suggestion", "suggestion_committee", ["congress", "committee", "-id", *SEEN]),
    ("suggestion", "suggestion_nature", ["congress", "nature", "-id", *SEEN]),
    ("suggestion", "suggestion_collection", ["congress", "collection", "-id", *SEEN]),
    ("assignment", "assignment_unit_newest", ["unit", "-suggestion", "state"]),
    ("assignment", "assignment_suggestion_unit", ["suggestion", "unit", "state"]),
    ("reply", "reply_suggestion", ["suggestion", "state", "category"]),
]
FACTS = [
    *("id", "congress", "state", "session", "number", "due_on", "subject", "committee", "nature"),
    *("collection", *SIGHT),
]
NEW = [
    ("suggestion", models.Index(fields=FACTS, name="suggestion_facts")),
    (
        "suggestion",
        models.Index(
            fields=["congress", "due_on", "id"],
            condition=models.Q(("state__in", ("registered", "assigned", "follow_up"))),
            name="suggestion_open_due",
        ),
    ),
    (
        "assignment",
        models.Index(
            fields=["-suggestion", "due_on"],
            condition=models.Q(("state__in", ("sent", "signed_for", "handling"))),
            name="assignment_open_due",
        ),
    ),
]


def make_known(_apps: Any, schema_editor: Any) -> None:
    """Vectors learn their blocks, and SQLite what is in the new indexes."""
    SearchIndex("suggestion").name_blocks(schema_editor)
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("PRAGMA analysis_limit = 200")
        schema_editor.execute("ANALYZE")


class Migration(migrations.Migration):
    dependencies = [("suggestions", "0004_promises")]

    operations = [
        *(migrations.RemoveIndex(model_name=model, name=name) for model, name, _fields in WIDER),
        *(
            migrations.AddIndex(model, models.Index(fields=fields, name=name))
            for model, name, fields in WIDER
        ),
        *(migrations.AddIndex(model, index) for model, index in NEW),
        migrations.RunPython(make_known, migrations.RunPython.noop),
    ]
