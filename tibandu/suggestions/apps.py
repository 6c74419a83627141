"""Tells Django that this room exists."""

from django.apps import AppConfig


class SuggestionsConfig(AppConfig):
    name = "tibandu.suggestions"
    label = "suggestions"
    verbose_name = "建议"
    default_auto_field = "django.db.models.BigAutoField"
