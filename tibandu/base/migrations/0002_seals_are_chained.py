from django.db import migrations, models


def forget(apps, schema_editor):
    """Seals made before were reckoned otherwise and none was printed; the next tick begins the chain of seals."""
    apps.get_model("base", "Seal").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("base", "0001_initial")]

    operations = [
        migrations.RunPython(forget, migrations.RunPython.noop),
        migrations.AddField(
            "seal",
            "previous",
            models.CharField(blank=True, default="", max_length=64, verbose_name="前一次日封摘要"),
            preserve_default=False,
        ),
        migrations.AddConstraint("seal", models.UniqueConstraint(fields=["previous"], name="seal_previous")),
    ]
