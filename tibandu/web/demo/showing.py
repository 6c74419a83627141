"""Knows what the demo's own pages show: the troubles with those who should look at them, and every persona."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from tibandu.people.enums import Competence, Rank
from tibandu.people.models import Seat, Unit
from tibandu.people.queries import current_appointments, seat_hat, unit_holding
from tibandu.suggestions.enums import LIVE_SHARES, Consent, Role
from tibandu.suggestions.models import Suggestion
from tibandu.web.demo.tokens import token_of
from tibandu.web.demo.troubles import TROUBLES, Trouble


@dataclass(frozen=True)
class Eye:
    """Somebody who should look at a case, and as what."""

    hat: str
    label: Any
    name: str


@dataclass(frozen=True)
class Row:
    """A trouble that this database holds, with its case and those who should look at it."""

    trouble: Trouble
    case: Suggestion
    eyes: list[Eye]


def rows(today: date) -> list[Row]:
    """Every trouble that was built, in the order of the table."""
    wanted = [row.title for row in TROUBLES]
    found = Suggestion.objects.filter(title__in=wanted, congress__slug="city").order_by("-pk")
    rows_of = found.prefetch_related("proposers__seat", "proposers__delegation", "assignments__unit")
    held = {case.title: case for case in rows_of}
    cases = [(row, held.get(row.title)) for row in TROUBLES]
    return [Row(row, case, list(_eyes(row, case, today))) for row, case in cases if case]


def _eyes(row: Trouble, case: Suggestion, today: date) -> Iterator[Eye]:
    for kind in row.eyes:
        if found := FINDERS[kind](case, today):
            yield found


def _author(case: Suggestion, today: date) -> Eye | None:
    lead = next((p for p in case.proposers.all() if p.is_lead), None)
    return _deputy(lead, _("领衔代表"))


def _cosigner(case: Suggestion, today: date) -> Eye | None:
    return _deputy(next((p for p in case.proposers.all() if p.state == Consent.INVITED), None), _("受邀代表"))


def _deputy(proposer: Any, label: Any) -> Eye | None:
    if proposer is None:
        return None
    seat = proposer.delegation.head_id if proposer.delegation else proposer.seat_id
    return Eye(f"seat:{seat}", label, proposer.name) if seat else None


def _unit(case: Suggestion, today: date) -> Eye | None:
    """The case officer of the unit that answers now."""
    answering = [s for s in case.assignments.all() if s.role != Role.CO]
    live = [share for share in answering if share.state in LIVE_SHARES] or answering
    return _post(max(live, key=lambda share: share.pk).unit, today, Rank.OFFICER) if live else None


def _holder(power: Competence, rank: Rank) -> Callable[[Suggestion, date], Eye | None]:
    def find(case: Suggestion, today: date) -> Eye | None:
        unit = unit_holding(case.congress_id, power)
        return _post(unit, today, rank) if unit else None

    return find


def _dispatch(case: Suggestion, today: date) -> Eye | None:
    unit = Unit.objects.filter(dispatches_for__congress=case.congress_id).first()
    return _post(unit, today, Rank.SECTION) if unit else None


def _post(unit: Unit, today: date, rank: Rank) -> Eye | None:
    posts = list(current_appointments(today).filter(post__unit=unit).order_by("pk"))
    worn = next((post for post in posts if post.post.rank == rank), posts[0] if posts else None)
    return Eye(f"post:{worn.pk}", str(unit), worn.person.name) if worn else None


FINDERS: dict[str, Callable[[Suggestion, date], Eye | None]] = {
    "author": _author,
    "cosigner": _cosigner,
    "unit": _unit,
    "office": _holder(Competence.ASSIGN, Rank.PRINCIPAL),
    "clerk": _holder(Competence.SCREEN, Rank.OFFICER),
    "arbiter": _holder(Competence.ARBITRATE, Rank.PRINCIPAL),
    "dispatch": _dispatch,
}


def all_personas(today: date) -> list[dict[str, str]]:
    """Every persona as a script needs it: the hat, the name, the kind of desk, a token for the API."""
    posts = current_appointments(today).filter(person__account__is_active=True)
    worn = posts.select_related("person", "post__unit__organ__congress").order_by("post__unit__order", "pk")
    seats = Seat.objects.filter(person__account__is_active=True).select_related("person", "term__congress")
    rows = [
        _persona(
            f"post:{row.pk}",
            row.person.name,
            row.post.unit.organ.congress.slug,
            desk="admin" if row.post.administers else row.post.unit.function,
            title=f"{row.post.unit}{row.post.title}",
            rank=row.post.rank,
        )
        for row in worn
    ]
    return rows + [
        _persona(
            f"seat:{seat.pk}", seat.person.name, seat.term.congress.slug, desk="deputy", title=seat_hat(seat)
        )
        for seat in seats.order_by("pk")
    ]


def _persona(hat: str, name: str, congress: str, **further: str) -> dict[str, str]:
    worn = {"rank": "", **further}
    return {"hat": hat, "name": name, "congress": congress, **worn, "token": token_of(hat)}
