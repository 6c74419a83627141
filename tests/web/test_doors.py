"""Knows that every address says who may enter, and that those without a door are Django's or allauth's own."""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

FOREIGN = ("allauth.", "django.")
API = "api/v1/"  # asks for a token on every route: tests/suggestions/test_api.py


def patterns(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern, path)
        else:
            yield path, pattern


def test_every_address_of_ours_declares_its_door() -> None:
    without = [
        path
        for path, pattern in patterns(get_resolver())
        if not path.startswith(API)
        and not getattr(pattern.callback, "entrance", "")
        and not getattr(pattern.callback, "__module__", "").startswith(FOREIGN)
    ]
    assert without == []


def test_the_addresses_open_to_everybody_are_these() -> None:
    """A page becomes public by a line here, not by forgetting a decorator."""
    public = {
        pattern.name
        for _path, pattern in patterns(get_resolver())
        if getattr(pattern.callback, "entrance", "") == "public"
    }
    assert public == {
        "home",
        "large_type",
        "personas",
        "demo_personas",
        "public",
        "public_case",
        "public_file",
        "troubles",
    }
