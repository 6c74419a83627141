"""Knows what the ledgers of this room share: their columns, how rows are read, what may be begun."""

from collections.abc import Callable, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tibandu.base.columns import Column, label_of, page_of
from tibandu.base.ledgers import Asked, Way
from tibandu.base.listings import Listing
from tibandu.oversight.forms.instruments import BEGINNINGS
from tibandu.oversight.rules.programmes import TONE_OF
from tibandu.people.queries import Actor


def tone_of(row: Any) -> str:
    return TONE_OF.get(row.state, "going")


def beginnings(actor: Actor, names: Sequence[str]) -> list[Way]:
    """What this actor may begin, as (label, address)."""
    return [
        (BEGINNINGS[name].label, reverse(f"oversight:{name}"))
        for name in names
        if BEGINNINGS[name].role.holds(actor, None)
    ]


def begins(*names: str) -> Callable[[Actor], list[Way]]:
    return lambda actor: beginnings(actor, names)


def read(listing: Listing[Any]) -> Callable[[Asked, int, int], list[Any]]:
    return lambda asked, start, stop: listing.rows(asked.actor, asked.wanted, start=start, stop=stop)


def state_column(choices: Any, tone: Callable[[Any], str] = tone_of, width: int = 12) -> Column:
    return Column("state", _("状态"), label_of(choices, "state"), kind="state", width=width, tone=tone)


def title_column(label: Any, page: str, width: int = 44) -> Column:
    return Column(
        "title", label, lambda r: r.title, kind="title", width=width, href=page_of(f"oversight:{page}")
    )


def wan(fen: int | None) -> str:
    """Fen in ten thousands of yuan, up to four decimals: what ledgers show."""
    return "" if fen is None else f"{fen / 1_000_000:,.4f}".rstrip("0").rstrip(".")


def money(code: str, label: Any, fen: Callable[[Any], int | None], **more: Any) -> Column:
    return Column(code, label, lambda row: wan(fen(row)), kind="number", width=14, **more)
