"""Tells Django that this room exists."""

from django.apps import AppConfig


class RegulationsConfig(AppConfig):
    name = "tibandu.regulations"
    label = "regulations"
    verbose_name = "规章"
    default_auto_field = "django.db.models.BigAutoField"
