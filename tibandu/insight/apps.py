"""Tells Django that this room exists."""

from django.apps import AppConfig


class InsightConfig(AppConfig):
    name = "tibandu.insight"
    label = "insight"
    verbose_name = "研判"
    default_auto_field = "django.db.models.BigAutoField"
