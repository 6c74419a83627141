"""Knows who sees which draw, what may be drawn from, whether a frozen list still stands, and what waits for whom."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from tibandu.base.figures import REGISTRY, Period
from tibandu.base.listings import count_of
from tibandu.oversight.enums import DrawState, LotState
from tibandu.oversight.models import Draw, Lot
from tibandu.oversight.queries.desk import Task
from tibandu.oversight.rules.draws import digest_of, listing, picked
from tibandu.people.enums import Competence, Function
from tibandu.people.models import Unit
from tibandu.people.queries import Actor
from tibandu.suggestions.models import Reply
from tibandu.suggestions.queries import figures  # noqa: F401  (registers the figure that is drawn from)

RESOLVED = "resolved"


def draws_visible_to(actor: Actor) -> QuerySet[Draw]:
    """The congress and its deputies see its draws; a unit those that list it, a dispatch office those of its organ."""
    if actor.is_system:
        return Draw.objects.all()
    ours = Draw.objects.filter(congress=actor.congress_id)
    if actor.is_congress_side or (actor.is_deputy and not actor.seat_ended):
        return ours
    if actor.unit_id is None:
        return ours.none()
    named = Q(reply__assignment__unit=actor.unit_id)
    if actor.dispatches_organ_id:
        named |= Q(reply__assignment__unit__organ=actor.dispatches_organ_id)
    return ours.filter(Exists(Lot.objects.filter(named, draw=OuterRef("pk"))))


def lots_visible_to(actor: Actor) -> QuerySet[Lot]:
    """Every line of a draw in sight, for only the whole list can be recomputed."""
    return Lot.objects.filter(draw__in=draws_visible_to(actor).values("pk")).select_related("draw")


def draws_on_ledger(actor: Actor) -> QuerySet[Draw]:
    """The newest first, with how long each list is, how many of the picked were checked and how many did not agree."""
    checked = Lot.objects.filter(state=LotState.CHECKED)
    return (
        draws_visible_to(actor)
        .annotate(
            listed=count_of(Lot.objects.all(), "draw"),
            checked=count_of(checked, "draw"),
            disagreed=count_of(checked.filter(agrees=False), "draw"),
        )
        .order_by("-pk")
    )


def claims(actor: Actor, since: date, until: date, unit: Unit | None = None) -> QuerySet[Reply]:
    """What may be drawn from: the answers of these days, in sight, whose category counts as resolved, by number of the case."""
    scope = {"unit": unit.pk} if unit else {}
    rows = REGISTRY[RESOLVED].rows(actor, Period("campaign", since, until), scope)
    return (
        rows.filter(suggestion__congress=actor.congress_id, suggestion__is_classified=False)
        .select_related("suggestion", "assignment__unit", "category")
        .order_by("sent_on", "suggestion__number_text", "pk")
    )


def lines_of(draw: Draw) -> list[str]:
    return list(draw.lots.order_by("number").values_list("line", flat=True))


def text_of(draw: Draw) -> str:
    """The frozen list exactly as it was hashed."""
    return listing(line.split("\t") for line in lines_of(draw))


def list_holds(draw: Draw) -> bool:
    """Whether the list still has the digest that was published, and every line still names its answer."""
    lots = list(draw.lots.order_by("number").values_list("number", "line", "reply_id"))
    is_whole = all(line.split("\t")[:2] == [str(number), str(reply)] for number, line, reply in lots)
    return is_whole and digest_of(listing(line.split("\t") for _n, line, _r in lots)) == draw.list_digest


def recomputed(draw: Draw) -> list[int]:
    """The numbers that the seed picks, computed anew."""
    return picked(draw.seed, draw.lots.count(), draw.wanted) if draw.seed else []


def as_told(draw: Draw) -> dict[str, Any]:
    """All that is needed to make the draw again."""
    lots = list(draw.lots.order_by("number"))
    return {
        "title": draw.title,
        "frozen_on": draw.frozen_on.isoformat(),
        "list": [lot.line for lot in lots],
        "sha256": draw.list_digest,
        "seed_name": draw.seed_name,
        "seed_on": draw.seed_on.isoformat(),
        "seed": draw.seed,
        "wanted": draw.wanted,
        "picked": [lot.number for lot in sorted(lots, key=lambda lot: lot.place or 0) if lot.place],
    }


def waiting_draws(actor: Actor, today: date) -> Iterable[Task]:
    """Lists whose seed has come out, picked answers that nobody has checked, draws to close: two queries, for others none."""
    if not (actor.may(Competence.CLOSE) or actor.function == Function.COMMITTEE) or actor.is_system:
        return
    ours = Q(congress=actor.congress_id)
    if actor.function == Function.COMMITTEE:
        ours &= Q(frozen_by=actor.unit_id)
    ready = Q(state=DrawState.FROZEN, seed_on__lte=today) | Q(state=DrawState.CHECKED)
    for draw in Draw.objects.filter(ours, ready).order_by("pk"):
        verb = "enter_seed" if draw.state == DrawState.FROZEN else "close_draw"
        yield Task("draw", draw, verb)
    of_ours = Draw.objects.filter(ours, state=DrawState.DRAWN).values("pk")
    for lot in Lot.objects.filter(draw__in=of_ours, state=LotState.PICKED).select_related("draw"):
        yield Task("lot", lot, "check_lot")
