"""Tells Django that this room exists."""

from django.apps import AppConfig


class BaseConfig(AppConfig):
    name = "tibandu.base"
    label = "base"
    verbose_name = "基础"
    default_auto_field = "django.db.models.BigAutoField"
