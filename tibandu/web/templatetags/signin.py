"""Knows why a security key does not work at the address of this page."""

from typing import Any

from django import template
from django.template.context import Context

from tibandu.web.signin import webauthn_refusal

register = template.Library()


@register.simple_tag(takes_context=True)
def key_refusal(context: Context) -> Any:
    """`{% key_refusal as refusal %}`: the sentence, or nothing."""
    return webauthn_refusal(context["request"]) or ""
