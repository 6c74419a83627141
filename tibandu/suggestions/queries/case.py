"""Knows how a case is read whole in few queries, and what of it an actor may read."""

from functools import partial
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import QuerySet

from tibandu.base.casepages import Line, lines_of
from tibandu.base.gather import Branch, Whole
from tibandu.base.prepared import Prepared
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


JOINED = (
    "congress session__term subject committee regulation case_file merged_into proposed_unit imported__run"
)

# A case with everything its page shows, each kind of row under its own rule of sight.
WHOLE = Whole(
    Suggestion,
    visible_to,
    JOINED.split(),
    [
        Branch("asks"),
        Branch("proposers", ("seat__person", "delegation")),
        Branch("handovers", ("organ",)),
        Branch("rounds"),
        Branch("screenings", ("ground",)),
        Branch("withdrawals", branches=(Branch("consenting"),)),
        Branch("paper_entries", seen=papers_visible_to),
        Branch("attachments", seen=attachments_visible_to),
        Branch("review_meetings"),
        Branch(
            "assignments",
            ("unit",),
            branches=(
                Branch("asks"),
                Branch("responsibles"),
                Branch("plan"),
                Branch("extensions"),
                Branch("due_changes"),
                Branch("objections", ("proposed_unit",)),
                Branch("opinions", seen=opinions_visible_to),
                Branch("contacts", ("stage",)),
            ),
        ),
        Branch(
            "replies",
            ("category", "scan", "not_public_ground"),
            replies_visible_to,
            (Branch("parts"), Branch("promises", branches=(Branch("entries"),)), Branch("deliveries")),
        ),
        Branch(
            "ratings",
            seen=ratings_visible_to,
            branches=(Branch("marks", ("grade", "dimension")), Branch("earlier")),
        ),
    ],
)


def on_page(actor: Actor, pk: int) -> Suggestion:
    """A visible case with everything its page shows, in one query; raises DoesNotExist out of sight."""
    case: Suggestion = WHOLE.get(actor, pk)
    return case


def rows_of(suggestion: Suggestion) -> dict[str, list[Any]]:
    """Every row of a case read by `on_page`, by noun; a rating is read with its reply or not at all."""
    shares, replies = list(suggestion.assignments.all()), list(suggestion.replies.all())
    seen = {reply.pk for reply in replies}
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
        "rating": [rating for rating in suggestion.ratings.all() if rating.reply_id in seen],
        "promise": [promise for reply in replies for promise in reply.promises.all()],
        "paper": list(suggestion.paper_entries.all()),
    }


def row_on_page(actor: Actor, noun: str, pk: int, of: int | None = None) -> tuple[Suggestion, Any] | None:
    """A row the actor sees, with its case read whole, so that guards cost no further query; None out of sight.

    `of` is the key of its case, where that is known already.
    """
    try:
        case = on_page(actor, of or (pk if noun == "suggestion" else _case_of(noun, pk)))
    except ObjectDoesNotExist:
        return None
    row = next((row for row in rows_of(case)[noun] if row.pk == pk), None)
    return (case, row) if row is not None else None


def row_of(noun: str, pk: int) -> Any:
    """A row whatever its sight, for saying what became of a step that moved it out of the actor's sight."""
    return (Suggestion if noun == "suggestion" else CHILDREN[noun]).objects.get(pk=pk)


def _case_of(noun: str, pk: int) -> int:
    found = CASE_OF[noun].rows(pk=pk)
    if not found:
        raise CHILDREN[noun].DoesNotExist
    return int(found[0][0])


def _case_of_row(model: Any, pk: int) -> QuerySet[Any]:
    path = "suggestion_id" if has_suggestion(model) else "assignment__suggestion_id"
    rows: QuerySet[Any] = model.objects.filter(pk=pk).values_list(path)
    return rows


CASE_OF = {noun: Prepared(partial(_case_of_row, model), pk=int) for noun, model in CHILDREN.items()}


def article_for(suggestion: Suggestion, governed_by: str) -> str:
    """The article behind a step: "limit:objection", "setting:signer_rank"; empty where the measure names none."""
    if not governed_by or suggestion.regulation_id is None:
        return ""
    return measure_for(suggestion).article_of(governed_by)


def measure_for(suggestion: Suggestion) -> Measure:
    """What the measure to which the case is pinned says."""
    version: Version | None = suggestion.regulation
    if version is None:
        raise Version.DoesNotExist("the case is not pinned to a measure yet")
    return measure_of(version)


def timeline(actor: Actor | None, suggestion: Suggestion) -> list[Line]:
    """The lines of a case's journal that the actor may read, newest first."""
    lines = lines_of(suggestion.chain)
    read = [line for line in lines if _may_read(actor, suggestion, line.seen_by)]
    if knows_authors(actor, suggestion):
        return read
    names = [proposer.name for proposer in suggestion.proposers.all()]
    return [_masked(line, names) for line in read]


def _masked(line: Line, names: list[str]) -> Line:
    """A masked author signs no line, and is named in none that was written before the masking (model.md rule 8)."""
    who = {"person": MASKED} if line.hat.startswith("seat:") else line.who
    words, facts = line.words, line.facts
    for name in names:
        words = words.replace(name, MASKED)
        facts = {key: str(value).replace(name, MASKED) for key, value in facts.items()}
    return line._replace(who=who, words=words, facts=facts)


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
    return {person for (person,) in HANDLERS.rows(case=suggestion.pk) if person}


def _handlers(case: int) -> QuerySet[Any]:
    shares, replies = Assignment.objects.filter(suggestion=case), Reply.objects.filter(suggestion=case)
    signers = [replies.order_by().values_list(f"{hand}_by_id") for hand in ("drafted", "checked", "signed")]
    return shares.values_list("responsibles__appointment__person").union(*signers)


HANDLERS = Prepared(_handlers, case=int)
