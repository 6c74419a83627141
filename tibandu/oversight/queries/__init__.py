"""What the room answers: who sees what, by noun, and what waits for whom."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

# The one rule of sight of each noun, for list, detail, step, export, file and API.
SIGHT: dict[str, Callable[[Any], QuerySet[Any]]] = {}
