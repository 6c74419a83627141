"""Knows by which door a page is entered: every view says it, and a test lists every address with its door."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse

View = Callable[..., HttpResponse]


def actor_required(view: View) -> View:
    """Only for somebody who wears a hat; others are sent to sign in and come back."""

    @wraps(view)
    def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if getattr(request, "actor", None) is None:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    door.entrance = "actor"  # type: ignore[attr-defined]
    return door


def public(view: View) -> View:
    """Open to everybody, without an account."""

    @wraps(view)
    def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, *args, **kwargs)

    door.entrance = "public"  # type: ignore[attr-defined]
    return door
