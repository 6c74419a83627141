"""Tells Django that this room exists."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "tibandu.web"
    label = "web"
    verbose_name = "界面"
    default_auto_field = "django.db.models.BigAutoField"
