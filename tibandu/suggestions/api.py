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
from tibandu.people.queries import Actor
from tibandu.suggestions import actions, flow, queries
from tibandu.suggestions.flow import NOUNS, flow_of, offered_steps
from tibandu.suggestions.forms import form_of
from tibandu.suggestions.forms.assigning import PlanMeetingForm
from tibandu.suggestions.forms.ledger import LedgerForm
from tibandu.suggestions.models import Suggestion
from tibandu.suggestions.queries import case as cases
from tibandu.suggestions.queries import ledger
from tibandu.suggestions.queries.assigning import meetings_visible_to
from tibandu.suggestions.queries.vocabulary import words_of
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
PROBLEMS = {403: Problem, 404: Problem, 409: Problem, 422: Problem}
router = Router()


class OfferOut(Schema):
    """A step one has: its verb and label, and the sentence that refuses it now, if any."""

    verb: str
    label: str
    refusal: str | None


class RowOut(Schema):
    """A row of any noun: where it stands, to which case it belongs, its own fields, and what one may do."""

    id: int
    noun: str
    state: str
    case: int | None
    fields: dict[str, Any]
    offers: list[OfferOut]


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
    actor, today = _actor(request), localdate()
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
    return _case_out(_actor(request), _case(request, pk))


CREATE = schema_of(form_of("edit"), "SuggestionCreate")


@router.post(
    "/suggestions",
    response={201: CaseOut, 403: Problem, 422: Problem},
    operation_id="suggestion_create",
    summary="写建议",
)
def create_suggestion(request: HttpRequest, payload: CREATE) -> Status:  # type: ignore[valid-type]
    """A new draft of the acting deputy."""
    actor, today = _actor(request, writing=True), localdate()
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
    return words_of(_actor(request).congress_id, localdate())


PLAN_MEETING = schema_of(PlanMeetingForm, "MeetingPlan")


@router.get("/meetings", response=list[RowOut], operation_id="meeting_list", summary="交办会")
def list_meetings(request: HttpRequest) -> list[dict[str, Any]]:
    """The assignment meetings one may see, newest first."""
    actor, today = _actor(request), localdate()
    return [_row_out(actor, "meeting", row, None, today) for row in meetings_visible_to(actor)[:MOST]]


@router.post(
    "/meetings",
    response={201: RowOut, 403: Problem, 422: Problem},
    operation_id="meeting_plan",
    summary="筹备交办会",
)
def plan_meeting(request: HttpRequest, payload: PLAN_MEETING) -> Status:  # type: ignore[valid-type]
    """A new assignment meeting, to which `assign` may refer."""
    actor = _actor(request, writing=True)
    form = PlanMeetingForm(form_data(payload), actor=actor)
    if not form.is_valid():
        return Status(422, problems_of(form))

    def act() -> tuple[int, Any]:
        made = actions.plan_meeting(actor, **form.cleaned_data)
        return 201, _row_out(actor, "meeting", made, None, localdate())

    return Status(*once(request, actor.hat, act))


def _actor(request: HttpRequest, *, writing: bool = False) -> Actor:
    """Who calls; a token for reading takes no step."""
    actor: Actor = request.auth.actor
    if writing and not request.auth.may_write:
        raise NotYourStep("")
    return actor


def _case(request: HttpRequest, pk: int) -> Suggestion:
    try:
        return queries.on_page(_actor(request), pk)
    except ObjectDoesNotExist:
        raise Http404 from None


def _case_out(actor: Actor, suggestion: Suggestion) -> dict[str, Any]:
    today, rows = localdate(), queries.rows_of(suggestion)
    own = _row_out(actor, "suggestion", suggestion, suggestion.pk, today)
    children = {
        PLURALS[noun]: [_row_out(actor, noun, row, suggestion.pk, today) for row in members]
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
HIDDEN = {
    "journal_seq",
    "journal_head",
    "text_digest",
    "drafted_by_id",
    "checked_by_id",
    "signed_by_id",
    "hint",
}
NAMES = {"proposer": {"name", "seat", "delegation"}, "suggestion": {"contact_person"}}


def _row_out(actor: Actor, noun: str, row: Any, case: int | None, today: date) -> dict[str, Any]:
    hidden = HIDDEN | (set() if noun not in NAMES or _is_named(actor, row) else NAMES[noun])
    fields = {
        field.name: field.value_from_object(row)
        for field in row._meta.concrete_fields
        if field.name not in hidden
    }
    if noun in PARTS:
        fields |= PARTS[noun](row)
    found = flow.offers(actor, noun, row, today)
    return {
        "id": row.pk,
        "noun": noun,
        "state": row.state,
        "case": case,
        "fields": fields,
        "offers": [
            {"verb": o.verb, "label": str(o.label), "refusal": str(o.refusal) if o.refusal else None}
            for o in found
        ],
    }


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


def _detail_route(noun: str) -> None:
    def detail(request: HttpRequest, pk: int) -> dict[str, Any]:
        actor = _actor(request)
        case, row = _found(actor, noun, pk)
        return _row_out(actor, noun, row, case, localdate())

    router.get(
        f"/{PLURALS[noun]}/{{pk}}",
        response={200: RowOut, 404: Problem},
        operation_id=f"{noun}_detail",
        summary=str(NOUNS[noun][0]._meta.verbose_name),
    )(detail)


def _step_route(noun: str, verb: str, label: Any) -> None:
    payload_type = schema_of(form_of(verb), "".join(part.title() for part in verb.split("_")))

    def take(request: HttpRequest, pk: int, payload: payload_type) -> Status:  # type: ignore[valid-type]
        actor = _actor(request, writing=True)
        return Status(*once(request, actor.hat, lambda: _taken(actor, noun, verb, pk, form_data(payload))))

    router.post(
        f"/{PLURALS[noun]}/{{pk}}/steps/{verb}",
        response={200: RowOut, **PROBLEMS},
        operation_id=f"{noun}_{verb}",
        summary=str(label),
    )(take)


def _taken(actor: Actor, noun: str, verb: str, pk: int, data: dict[str, Any]) -> tuple[int, Any]:
    """The step as on the page: same sight, same form, same action."""
    today = localdate()
    case, row = _found(actor, noun, pk)
    flow_of(noun, verb).check(verb, actor, row, today)
    form = form_of(verb)(data, actor=actor, case=row, today=today)
    if not form.is_valid():
        return 422, problems_of(form).dict()
    actions.action_of(verb)(actor, row, at=now(), **form.cleaned_data)
    return 200, _after(actor, noun, pk, case, today)


def _found(actor: Actor, noun: str, pk: int, of: int | None = None) -> tuple[int | None, Any]:
    """A row in sight and the case it belongs to; 404 otherwise. A meeting belongs to no one case."""
    if noun == "meeting":
        meeting = meetings_visible_to(actor).filter(pk=pk).first()
        found = (None, meeting) if meeting else None
    else:
        on_page = queries.row_on_page(actor, noun, pk, of)
        found = (on_page[0].pk, on_page[1]) if on_page else None
    if found is None:
        raise Http404
    return found


def _after(actor: Actor, noun: str, pk: int, case: int | None, today: date) -> dict[str, Any]:
    """The row as it stands after the step; a row that left the actor's sight is shown by what is known of it."""
    try:
        return _row_out(actor, noun, _found(actor, noun, pk, case)[1], case, today)
    except Http404:
        shown = _row_out(actor, noun, cases.row_of(noun, pk), case, today)
        return shown | {"fields": {}, "offers": []}


for _noun in NOUNS:
    if _noun != "suggestion":
        _detail_route(_noun)
for _noun, _step in offered_steps():
    _step_route(_noun, _step.verb, _step.label)
