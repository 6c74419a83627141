"""The suggestions room through the API: lists, details with offers, and one typed route per noun and verb."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest
from django.utils.timezone import localdate, now
from ninja import Query, Router, Schema, Status

from tibandu.base.api import Problem, form_data, once, problems_of, schema_of
from tibandu.base.flow import NotYourStep
from tibandu.base.roomapi import CHAIN, RoomApi, RowOut, caller, columns_of
from tibandu.people.enums import Competence
from tibandu.people.queries import Actor
from tibandu.suggestions import actions, queries
from tibandu.suggestions.forms import form_of
from tibandu.suggestions.forms.assigning import PlanMeetingForm
from tibandu.suggestions.forms.ledger import LedgerForm
from tibandu.suggestions.models import Suggestion
from tibandu.suggestions.queries import ledger
from tibandu.suggestions.queries.advising import Advised, advice_on, units_to_advise
from tibandu.suggestions.queries.assigning import meetings_visible_to
from tibandu.suggestions.queries.vocabulary import words_of
from tibandu.suggestions.room import ROOM
from tibandu.suggestions.rules import text_digest

PLURALS = {
    "suggestion": "suggestions",
    "proposer": "proposers",
    "withdrawal": "withdrawals",
    "meeting": "meetings",
    "handover": "handovers",
    "assignment": "assignments",
    "objection": "objections",
    "extension": "extensions",
    "contact": "contacts",
    "plan": "plan-items",
    "opinion": "opinions",
    "reply": "replies",
    "rating": "ratings",
    "promise": "promises",
    "paper": "paper-entries",
}
MOST = 100
MOST_SKIPPED = 10_000_000
router = Router()


class CaseOut(RowOut):
    """A suggestion with every row of its life that one may see."""

    rows: dict[str, list[RowOut]]
    authors: list[str]
    digest: str  # of the text as it stands, to be sent back by who confirms it


class LedgerOut(Schema):
    """A row of the ledger."""

    id: int
    number: str
    title: str
    state: str
    author: str
    due_on: date | None
    leads: list[str]
    cos: list[str]
    category: str
    grade: str


class PageOut(Schema):
    items: list[LedgerOut]
    next_start: int | None


class LedgerIn(Schema):
    """The ledger's filters, as on the page."""

    q: str = ""
    state: str = ""
    clock: str = ""
    session: int | None = None
    unit: int | None = None
    subject: int | None = None
    committee: int | None = None
    category: str = ""
    round: int | None = None
    nature: str = ""
    author: str = ""
    collection: str = ""
    sort: str = "-id"
    start: int = 0


@router.get("/suggestions", response=PageOut, operation_id="suggestion_list", summary="建议台账")
def list_suggestions(request: HttpRequest, wanted: Query[LedgerIn]) -> dict[str, Any]:
    """The suggestions one may see, fifty at a time, with the ledger's filters."""
    actor, today = caller(request), localdate()
    form = LedgerForm(form_data(wanted), actor=actor, today=today)
    start = min(max(0, wanted.start), MOST_SKIPPED)
    found = ledger.page(actor, form.wanted(), today, wanted.sort, start)
    return {
        "items": [_ledger_out(row) for row in found.rows],
        "next_start": start + ledger.PAGE if found.has_more else None,
    }


def _ledger_out(row: ledger.LedgerRow) -> dict[str, Any]:
    named = {
        name: getattr(row, name) for name in ("title", "state", "author", "leads", "cos", "category", "grade")
    }
    return {"id": row.pk, "number": row.number_text, "due_on": row.clock, **named}


@router.get(
    "/suggestions/{pk}",
    response={200: CaseOut, 404: Problem},
    operation_id="suggestion_detail",
    summary="建议卷宗",
)
def suggestion_detail(request: HttpRequest, pk: int) -> dict[str, Any]:
    """One case with all its rows and the steps one has on each."""
    return _case_out(caller(request), _case(request, pk))


class RulingOut(Schema):
    """A ruled objection of a past case: a precedent."""

    unit: str
    proposed_unit: str
    clause: str
    state: str
    ruling: str


class PastOut(Schema):
    case: int
    title: str
    likeness: int  # percent
    rulings: list[RulingOut]


class AdvisedOut(Schema):
    """A unit to propose, with the published duty that speaks for it, the words that led there, and past cases."""

    unit: int
    name: str
    role: str
    percent: int
    clause: str
    source: str
    words: list[str]
    is_named: bool
    past: list[PastOut]


@router.get(
    "/suggestions/{pk}/advice",
    response={200: list[AdvisedOut], 403: Problem, 404: Problem},
    operation_id="suggestion_advice",
    summary="分办参考",
)
def suggestion_advice(request: HttpRequest, pk: int) -> list[dict[str, Any]]:
    """Which units to propose for a case, the lead first; for those who assign and distribute."""
    actor, case = caller(request), _case(request, pk)
    if not (actor.may(Competence.ASSIGN) or actor.dispatches_organ_id):
        raise NotYourStep("")
    return [_advised_out(item) for item in advice_on(actor, case, units_to_advise(actor, case, localdate()))]


def _advised_out(item: Advised) -> dict[str, Any]:
    clause = item.proposal.clause if item.proposal else None
    return {
        "unit": item.unit.pk,
        "name": item.unit.name,
        "role": item.role,
        "percent": item.percent,
        "clause": clause.text if clause else "",
        "source": clause.source if clause else "",
        "words": list(item.proposal.words) if item.proposal else [],
        "is_named": item.is_named,
        "past": [
            {
                "case": past.suggestion.pk,
                "title": past.suggestion.title,
                "likeness": past.percent,
                "rulings": [
                    {
                        "unit": str(ruled.assignment.unit),
                        "proposed_unit": str(ruled.proposed_unit or ""),
                        "clause": ruled.clause,
                        "state": ruled.state,
                        "ruling": ruled.ruling,
                    }
                    for ruled in past.rulings
                ],
            }
            for past in item.past
        ],
    }


CREATE = schema_of(form_of("edit"), "SuggestionCreate")


@router.post(
    "/suggestions",
    response={201: CaseOut, 403: Problem, 422: Problem},
    operation_id="suggestion_create",
    summary="写建议",
)
def create_suggestion(request: HttpRequest, payload: CREATE) -> Status:  # type: ignore[valid-type]
    """A new draft of the acting deputy."""
    actor, today = caller(request, writing=True), localdate()
    form = form_of("edit")(form_data(payload), actor=actor, case=Suggestion(), today=today)
    if not form.is_valid():
        return Status(422, problems_of(form))

    def act() -> tuple[int, Any]:
        made = actions.create(actor, at=now(), **form.cleaned_data)
        return 201, CaseOut(**_case_out(actor, queries.on_page(actor, made.pk))).dict()

    return Status(*once(request, actor.hat, act))


class Word(Schema):
    """A row that a form may name: its id, its code where it has one, and its label."""

    id: int
    code: str = ""
    label: str


class VocabularyOut(Schema):
    """The rows of one's congress that forms name by id: those of the measure in force, and the rolls."""

    categories: list[Word]
    grades: list[Word]
    dimensions: list[Word]
    grounds: dict[str, list[Word]]
    contact_stages: list[Word]
    subjects: list[Word]
    sessions: list[Word]
    organs: list[Word]
    units: list[Word]
    seats: list[Word]


@router.get("/vocabulary", response=VocabularyOut, operation_id="vocabulary", summary="可选项")
def vocabulary(request: HttpRequest) -> dict[str, Any]:
    """What a program needs to fill the forms of its congress; a case under an older measure names its own rows."""
    return words_of(caller(request).congress_id, localdate())


PLAN_MEETING = schema_of(PlanMeetingForm, "MeetingPlan")


@router.get("/meetings", response=list[RowOut], operation_id="meeting_list", summary="交办会")
def list_meetings(request: HttpRequest) -> list[dict[str, Any]]:
    """The assignment meetings one may see, newest first."""
    actor, today = caller(request), localdate()
    return [ROUTES.row_out(actor, "meeting", row, None, today) for row in meetings_visible_to(actor)[:MOST]]


@router.post(
    "/meetings",
    response={201: RowOut, 403: Problem, 422: Problem},
    operation_id="meeting_plan",
    summary="筹备交办会",
)
def plan_meeting(request: HttpRequest, payload: PLAN_MEETING) -> Status:  # type: ignore[valid-type]
    """A new assignment meeting, to which `assign` may refer."""
    actor = caller(request, writing=True)
    form = PlanMeetingForm(form_data(payload), actor=actor)
    if not form.is_valid():
        return Status(422, problems_of(form))

    def act() -> tuple[int, Any]:
        made = actions.plan_meeting(actor, **form.cleaned_data)
        return 201, ROUTES.row_out(actor, "meeting", made, None, localdate())

    return Status(*once(request, actor.hat, act))


def _case(request: HttpRequest, pk: int) -> Suggestion:
    try:
        return queries.on_page(caller(request), pk)
    except ObjectDoesNotExist:
        raise Http404 from None


def _case_out(actor: Actor, suggestion: Suggestion) -> dict[str, Any]:
    today, rows = localdate(), queries.rows_of(suggestion)
    own = ROUTES.row_out(actor, "suggestion", suggestion, suggestion.pk, today)
    children = {
        PLURALS[noun]: [ROUTES.row_out(actor, noun, row, suggestion.pk, today) for row in members]
        for noun, members in rows.items()
        if noun != "suggestion"
    }
    asks = [ask.text for ask in suggestion.asks.all()]
    return own | {
        "rows": children,
        "authors": queries.author_names(actor, suggestion),
        "digest": text_digest(suggestion.title, suggestion.facts, suggestion.analysis, asks),
    }


# What the outside never reads: chains, digests and the names behind a masked author.
HIDDEN = CHAIN | {
    "text_digest",
    "drafted_by_id",
    "checked_by_id",
    "signed_by_id",
    "hint",
}
NAMES = {"proposer": {"name", "seat", "delegation"}, "suggestion": {"contact_person"}}


def _fields(actor: Actor, noun: str, row: Any) -> dict[str, Any]:
    hidden = HIDDEN | (set() if noun not in NAMES or _is_named(actor, row) else NAMES[noun])
    return columns_of(row, hidden) | (PARTS[noun](row) if noun in PARTS else {})


def _asks(suggestion: Any) -> dict[str, Any]:
    return {"asks": [{"id": ask.pk, "number": ask.number, "text": ask.text} for ask in suggestion.asks.all()]}


def _parts(reply: Any) -> dict[str, Any]:
    return {"parts": [{"ask": part.ask_id, "text": part.text} for part in reply.parts.all()]}


def _marks(rating: Any) -> dict[str, Any]:
    """The standing grades; whoever sees the rating sees them."""
    standing = [mark for mark in rating.marks.all() if mark.version == rating.version]
    return {
        "marks": [
            {
                "dimension": mark.dimension.code,
                "dimension_label": mark.dimension.label,
                "grade": mark.grade.code,
                "grade_label": mark.grade.label,
            }
            for mark in sorted(standing, key=lambda mark: mark.dimension.order)
        ]
    }


# What a row says through rows of its own, read with the case.
PARTS: dict[str, Callable[[Any], dict[str, Any]]] = {"suggestion": _asks, "reply": _parts, "rating": _marks}


def _is_named(actor: Actor, row: Any) -> bool:
    """Whether the actor may read who stands behind the text of a row."""
    return queries.knows_authors(actor, row if isinstance(row, Suggestion) else row.suggestion)


ROUTES = RoomApi(ROOM, PLURALS, _fields)
ROUTES.add_details(router, but=frozenset({"suggestion"}))
ROUTES.add_steps(router)
