"""Knows what the rail may hold."""

from types import SimpleNamespace

import pytest
from django.test import RequestFactory, override_settings
from django.urls import include, path

from tibandu.web import nav


def page(request):
    raise AssertionError("only the addresses are asked for")


urlpatterns = [
    path("", include(([path("", page, name="desk")], "web"))),
    path(
        "suggestions/",
        include(([path("", page, name="ledger"), path("write/", page, name="write")], "suggestions")),
    ),
]


def rail(kind: str, address: str) -> list[tuple[str, bool, int]]:
    request = RequestFactory().get(address)
    request.counts = {"web:desk": 3}
    with override_settings(ROOT_URLCONF=__name__):
        return [
            (one.name, one.current, one.count) for one in nav.entries(request, SimpleNamespace(kind=kind))
        ]


def test_addresses_that_are_not_installed_are_left_out():
    assert rail("deputy", "/") == [("desk", True, 3), ("write", False, 0), ("ledger", False, 0)]


def test_the_entry_that_lies_nearest_to_the_page_is_current():
    assert rail("deputy", "/suggestions/7/") == [("desk", False, 3), ("write", False, 0), ("ledger", True, 0)]
    assert rail("deputy", "/suggestions/write/") == [
        ("desk", False, 3),
        ("write", True, 0),
        ("ledger", False, 0),
    ]


@pytest.mark.parametrize("kind", [*nav.BY_KIND])
def test_no_hat_sees_more_than_seven_entries(kind):
    assert len(nav.BY_KIND[kind]) <= 7
    assert set(nav.BY_KIND[kind]) <= set(nav.ADDRESSES)
