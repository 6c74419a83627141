"""Knows what an import looks up: who may be meant by a name, what has come in already, which runs there were."""

from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet

from tibandu.people.enums import Competence
from tibandu.people.models import Congress, Delegation, Seat, Session
from tibandu.people.queries import Actor
from tibandu.regulations.models import SubjectClass, Version
from tibandu.regulations.queries import measure_in_force
from tibandu.suggestions.models import ImportedRow, ImportRun, Suggestion

AT_ONCE = 500


def may_import(actor: Actor) -> bool:
    return actor.congress_id is not None and actor.may(Competence.SCREEN)


def runs_visible_to(actor: Actor) -> QuerySet[ImportRun]:
    """The imports of the actor's congress, for those who receive its suggestions."""
    if not may_import(actor):
        return ImportRun.objects.none()
    runs = ImportRun.objects.filter(congress=actor.congress_id)
    return runs.select_related("congress", "session__term", "file").order_by("-pk")


def sessions_of(congress_id: int | None) -> QuerySet[Session]:
    rows = Session.objects.filter(term__congress=congress_id).select_related("term")
    return rows.order_by("-term__number", "-number")


def collections_of(congress_id: int | None) -> list[str]:
    """The historical collections there are, by name."""
    rows = Suggestion.objects.filter(congress=congress_id).exclude(collection="")
    return list(rows.order_by("collection").values_list("collection", flat=True).distinct())


def seats_by_name(congress_id: int) -> dict[str, list[Seat]]:
    """Every seat there ever was in a congress by the name of its person, newest first."""
    found: dict[str, list[Seat]] = {}
    rows = Seat.objects.filter(term__congress=congress_id).select_related("person", "term")
    for seat in rows.order_by("-term__number", "pk"):
        found.setdefault(seat.person.name, []).append(seat)
    return found


def delegations_by_name(congress_id: int) -> dict[str, list[Delegation]]:
    found: dict[str, list[Delegation]] = {}
    rows = Delegation.objects.filter(term__congress=congress_id).select_related("term")
    for delegation in rows.order_by("-term__number", "pk"):
        found.setdefault(delegation.name, []).append(delegation)
    return found


def subjects_by_name(congress_id: int) -> dict[str, SubjectClass]:
    rows = SubjectClass.objects.filter(congress=congress_id).order_by("-pk")
    return {row.name: row for row in rows}


def measure_at(congress_id: int, day: date, today: date) -> Version | None:
    """The measure of the day, or for what is older than any measure the one in force now."""
    return measure_in_force(congress_id, day) or measure_in_force(congress_id, today)


def keys_known(keys: Iterable[str], *, without: ImportRun | None = None) -> set[str]:
    """Which of these rows have come in already, but for those of one run."""
    wanted = list(keys)
    known: set[str] = set()
    for start in range(0, len(wanted), AT_ONCE):
        rows = ImportedRow.objects.filter(key__in=wanted[start : start + AT_ONCE])
        rows = rows.exclude(run=without) if without else rows
        known.update(rows.values_list("key", flat=True))
    return known


def numbers_taken(session: Session | None, *, without: ImportRun | None = None) -> dict[int, str]:
    """The numbers given in a session with the titles that bear them."""
    if session is None:
        return {}
    rows = Suggestion.objects.filter(
        series__key=f"session:{session.pk}", series__congress=session.term.congress_id
    )
    rows = rows.exclude(imported__run=without) if without else rows
    return {number: title for number, title in rows.values_list("number", "title") if number is not None}


def session_named(congress: Congress, slug: str) -> Session | None:
    return sessions_of(congress.pk).filter(slug=slug).first()
