"""Knows how a case is read whole in few queries, and what of it an actor may read."""

from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Prefetch, QuerySet

from tibandu.base.models import JournalLine
from tibandu.people.queries import Actor
from tibandu.regulations.models import Version
from tibandu.regulations.queries import Measure, measure_of
from tibandu.suggestions.enums import Consent, SeenBy
from tibandu.suggestions.models import (
    Assignment,
    Contact,
    Extension,
    Handover,
    Objection,
    Opinion,
    PaperEntry,
    PlanItem,
    Promise,
    Proposer,
    Rating,
    Reply,
    Suggestion,
    WithdrawalRequest,
)
from tibandu.suggestions.queries.sight import (
    attachments_visible_to,
    has_suggestion,
    opinions_visible_to,
    papers_visible_to,
    ratings_visible_to,
    replies_visible_to,
    stands_behind,
    visible_to,
)

CHILDREN: dict[str, Any] = {
    "proposer": Proposer,
    "withdrawal": WithdrawalRequest,
    "handover": Handover,
    "assignment": Assignment,
    "objection": Objection,
    "extension": Extension,
    "contact": Contact,
    "plan": PlanItem,
    "opinion": Opinion,
    "reply": Reply,
    "rating": Rating,
    "promise": Promise,
    "paper": PaperEntry,
}


def on_page(actor: Actor, pk: int) -> Suggestion:
    """A visible case with everything its page shows, in a fixed number of queries; raises DoesNotExist out of sight."""
    joined = "congress session__term subject committee regulation case_file merged_into proposed_unit imported__run"
    return (
        visible_to(actor)
        .select_related(*joined.split())
        .prefetch_related(
            "asks",
            Prefetch("proposers", Proposer.objects.select_related("seat__person", "delegation")),
            Prefetch("assignments", _shares(actor)),
            "handovers__organ",
            "rounds",
            "screenings__ground",
            "withdrawals__consenting",
            Prefetch("paper_entries", papers_visible_to(actor)),
            Prefetch("attachments", attachments_visible_to(actor)),
            "review_meetings",
            Prefetch("replies", _replies(actor)),
            Prefetch("ratings", _ratings(actor)),
        )
        .get(pk=pk)
    )


def _shares(actor: Actor) -> QuerySet[Assignment]:
    """The units' shares with all that hangs on them, in the order they were made."""
    hanging = "asks responsibles plan extensions due_changes objections__proposed_unit"
    contacts = Prefetch("contacts", Contact.objects.select_related("stage", "proposer"))
    shares = Assignment.objects.select_related("unit", "round", "handover__organ")
    opinions = Prefetch("opinions", opinions_visible_to(actor))
    return shares.prefetch_related(*hanging.split(), opinions, contacts).order_by("pk")


def _replies(actor: Actor) -> QuerySet[Reply]:
    joined = replies_visible_to(actor).select_related(
        "category", "assignment__unit", "scan", "not_public_ground"
    )
    return joined.prefetch_related("parts__ask", "promises__ask", "promises__entries", "deliveries")


def _ratings(actor: Actor) -> QuerySet[Rating]:
    joined = ratings_visible_to(actor).select_related("proposer__delegation")
    return joined.prefetch_related("marks__grade", "marks__dimension", "earlier")


def rows_of(suggestion: Suggestion) -> dict[str, list[Any]]:
    """Every row of a case read by `on_page`, by noun, each tied to the one object of its share and its suggestion."""
    shares = list(suggestion.assignments.all())
    by_pk = {share.pk: share for share in shares}
    replies = list(suggestion.replies.all())
    for reply in replies:
        reply.assignment = by_pk[reply.assignment_id]
    replies_by_pk = {reply.pk: reply for reply in replies}
    for reply in replies:
        if reply.corrects_id in replies_by_pk:
            reply.corrects = replies_by_pk[reply.corrects_id]
    ratings = [rating for rating in suggestion.ratings.all() if rating.reply_id in replies_by_pk]
    for rating in ratings:
        rating.reply = replies_by_pk[rating.reply_id]
    promises = [promise for reply in replies for promise in reply.promises.all()]
    for promise in promises:
        promise.suggestion = suggestion
    return {
        "suggestion": [suggestion],
        "proposer": list(suggestion.proposers.all()),
        "withdrawal": list(suggestion.withdrawals.all()),
        "handover": list(suggestion.handovers.all()),
        "assignment": shares,
        "objection": [row for share in shares for row in share.objections.all()],
        "extension": [row for share in shares for row in share.extensions.all()],
        "contact": [row for share in shares for row in share.contacts.all()],
        "plan": [row for share in shares for row in share.plan.all()],
        "opinion": [row for share in shares for row in share.opinions.all()],
        "reply": replies,
        "rating": ratings,
        "promise": promises,
        "paper": list(suggestion.paper_entries.all()),
    }


def row_on_page(actor: Actor, noun: str, pk: int) -> tuple[Suggestion, Any] | None:
    """A row the actor sees, with its case read whole, so that guards cost no further query; None out of sight."""
    try:
        case = on_page(actor, pk if noun == "suggestion" else _case_of(actor, noun, pk))
    except ObjectDoesNotExist:
        return None
    row = next((row for row in rows_of(case)[noun] if row.pk == pk), None)
    return (case, row) if row is not None else None


def row_of(noun: str, pk: int) -> Any:
    """A row whatever its sight, for saying what became of a step that moved it out of the actor's sight."""
    return (Suggestion if noun == "suggestion" else CHILDREN[noun]).objects.get(pk=pk)


def _case_of(actor: Actor, noun: str, pk: int) -> int:
    model = CHILDREN[noun]
    path = "suggestion_id" if has_suggestion(model) else "assignment__suggestion_id"
    return int(model.objects.values_list(path, flat=True).get(pk=pk))


def article_for(suggestion: Suggestion, governed_by: str) -> str:
    """The article behind a step: "limit:objection", "setting:signer_rank"; empty where the measure names none."""
    kind, _, key = governed_by.partition(":")
    if not key or suggestion.regulation_id is None:
        return ""
    measure = measure_for(suggestion)
    if kind == "limit":
        return measure.limits[key].article if key in measure.limits else ""
    return measure.setting_articles.get(key, "")


def measure_for(suggestion: Suggestion) -> Measure:
    """What the measure to which the case is pinned says."""
    version: Version | None = suggestion.regulation
    if version is None:
        raise Version.DoesNotExist("the case is not pinned to a measure yet")
    return measure_of(version)


def timeline(actor: Actor | None, suggestion: Suggestion) -> list[JournalLine]:
    """The lines of a case's journal that the actor may read, newest first."""
    lines = JournalLine.objects.filter(chain=suggestion.chain).order_by("-seq")
    read = [line for line in lines if _may_read(actor, suggestion, line.seen_by)]
    if not knows_authors(actor, suggestion):
        _mask(read, [proposer.name for proposer in suggestion.proposers.all()])
    return read


def _mask(lines: list[JournalLine], names: list[str]) -> None:
    """A masked author signs no line, and is named in none that was written before the masking (model.md rule 8)."""
    for line in lines:
        if line.hat.startswith("seat:"):
            line.who = {"person": MASKED}
        for name in names:
            line.words = line.words.replace(name, MASKED)
            line.facts = {key: str(value).replace(name, MASKED) for key, value in line.facts.items()}


def _may_read(actor: Actor | None, suggestion: Suggestion, seen_by: str) -> bool:
    if seen_by == SeenBy.ALL:
        return True
    if actor is None:
        return False
    if actor.is_congress_side or actor.is_system:
        return True
    if seen_by == SeenBy.AUTHORS:
        return stands_behind(actor, suggestion)
    return seen_by == SeenBy.HANDLERS and actor.unit_id is not None


MASKED = "（提出人保密）"


def knows_authors(actor: Actor | None, suggestion: Suggestion) -> bool:
    """Whether the actor may read who stands behind the text: of a masked one the congress and the authors alone."""
    if not suggestion.is_masked:
        return True
    return actor is not None and (actor.is_congress_side or stands_behind(actor, suggestion))


def author_names(actor: Actor | None, suggestion: Suggestion) -> list[str]:
    """The names of those who stand behind the text; of a masked author units and other deputies read no name."""
    if not knows_authors(actor, suggestion):
        return [MASKED]
    return [p.name for p in suggestion.proposers.all() if p.state == Consent.CONFIRMED or p.is_lead]


def persons_who_handled(suggestion: Suggestion) -> set[int]:
    """Everybody who had a hand in handling or answering the case, for recusal: the person counts, not the hat."""
    responsible = Assignment.objects.filter(suggestion=suggestion, responsibles__appointment__isnull=False)
    persons = set(responsible.values_list("responsibles__appointment__person", flat=True))
    for row in Reply.objects.filter(suggestion=suggestion).values_list(
        "drafted_by_id", "checked_by_id", "signed_by_id"
    ):
        persons.update(pk for pk in row if pk)
    return persons
