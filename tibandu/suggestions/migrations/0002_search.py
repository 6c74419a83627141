"""Knows the full text index of suggestions."""

from django.db import migrations

from tibandu.base.search import SearchIndex


class Migration(migrations.Migration):
    dependencies = [("suggestions", "0001_initial")]
    operations = [SearchIndex("suggestion").operation()]
