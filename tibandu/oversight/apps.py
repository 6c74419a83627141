"""Tells Django that this room exists."""

from django.apps import AppConfig


class OversightConfig(AppConfig):
    name = "tibandu.oversight"
    label = "oversight"
    verbose_name = "督办"
    default_auto_field = "django.db.models.BigAutoField"
