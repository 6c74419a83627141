"""Knows what every page needs around its own content: the rail, the hats, the counts, the day."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from tibandu.web import nav


def shell(request: HttpRequest) -> dict[str, Any]:
    """What base.html reads; the middleware hangs `actor`, `hats` and `counts` on the request, where there is one."""
    actor = getattr(request, "actor", None)
    user = getattr(request, "user", None)
    hats = getattr(request, "hats", ()) if actor else ()
    entries = nav.entries(request, actor) if actor else []
    wearer = actor or (user if user and user.is_authenticated else None)
    unread = getattr(request, "counts", {}).get("people:messages", 0) if actor else 0
    is_large = request.COOKIES.get("large_type") == "1"
    shown = tuple((entry.name, entry.current, entry.count) for entry in entries)
    return {
        "actor": actor,
        "wearer": wearer,
        "hats": [{"key": key, "label": name, "current": key == actor.hat} for key, name in hats],
        "nav": entries,
        "bell_at_foot": any(entry.name == "messages" for entry in entries[:4]),
        "messages_count": unread,
        "large_type": is_large,
        "today": timezone.localdate(),
        "frame_key": (str(wearer), actor and actor.hat, tuple(hats), shown, unread, is_large),
    }
