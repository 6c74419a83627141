"""The rows and steps of a room through the API: one typed route per noun and verb, drawn from the step tables."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest
from django.utils.timezone import localdate, now
from ninja import Router, Schema, Status

from tibandu.base.api import Problem, form_data, once, problems_of, schema_of
from tibandu.base.flow import Actor, NotYourStep, Step
from tibandu.base.procedures import Room

PROBLEMS = {403: Problem, 404: Problem, 409: Problem, 422: Problem}
# What the outside never reads: the links of a chain.
CHAIN = frozenset({"journal_seq", "journal_head"})


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


def caller(request: HttpRequest, *, writing: bool = False) -> Any:
    """Who calls; a token for reading takes no step."""
    if writing and not request.auth.may_write:  # type: ignore[attr-defined]
        raise NotYourStep("")
    return request.auth.actor  # type: ignore[attr-defined]


class RoomApi:
    """The routes of a room's steps. `plurals` name its nouns in addresses; `fields` says what of a row is told beyond
    its columns, or a mapping of its own in their place."""

    def __init__(
        self,
        room: Room,
        plurals: Mapping[str, str],
        fields: Callable[[Any, str, Any], dict[str, Any]] | None = None,
    ) -> None:
        self.room, self.plurals = room, plurals
        self.fields = fields or (lambda actor, noun, row: columns_of(row))

    def row_out(self, actor: Actor, noun: str, row: Any, case: int | None, today: date) -> dict[str, Any]:
        """A row as it is told to this actor."""
        return {
            "id": row.pk,
            "noun": noun,
            "state": row.state,
            "case": case,
            "fields": self.fields(actor, noun, row),
            "offers": [
                {"verb": o.verb, "label": str(o.label), "refusal": str(o.refusal) if o.refusal else None}
                for o in self.room.procedures.offers(actor, noun, row, today)
            ],
        }

    def add_details(self, router: Router, *, but: frozenset[str] = frozenset()) -> None:
        """A route that reads one row, for every noun but those told otherwise."""
        for noun in self.plurals:
            if noun not in but:
                self._add_detail(router, noun)

    def add_steps(self, router: Router) -> None:
        """A route for every step that people take."""
        for noun, step in self.room.procedures.offered_steps():
            self._add_step(router, noun, step)

    def _add_detail(self, router: Router, noun: str) -> None:
        def detail(request: HttpRequest, pk: int) -> dict[str, Any]:
            actor = caller(request)
            case, row = self.found(actor, noun, pk)
            return self.row_out(actor, noun, row, case, localdate())

        router.get(
            f"/{self.plurals[noun]}/{{pk}}",
            response={200: RowOut, 404: Problem},
            operation_id=f"{noun}_detail",
            summary=str(self.room.procedures.model_of(noun)._meta.verbose_name),
        )(detail)

    def _add_step(self, router: Router, noun: str, step: Step) -> None:
        name = "".join(part.title() for part in step.verb.split("_"))
        payload_type = schema_of(self.room.form_of(step.verb), name)

        def take(request: HttpRequest, pk: int, payload: payload_type) -> Status[Any]:  # type: ignore[valid-type]
            actor = caller(request, writing=True)
            taken = once(
                request, actor.hat, lambda: self._taken(actor, noun, step.verb, pk, form_data(payload))
            )
            return Status(*taken)

        router.post(
            f"/{self.plurals[noun]}/{{pk}}/steps/{step.verb}",
            response={200: RowOut, **PROBLEMS},
            operation_id=f"{noun}_{step.verb}",
            summary=str(step.label),
        )(take)

    def _taken(self, actor: Actor, noun: str, verb: str, pk: int, data: dict[str, Any]) -> tuple[int, Any]:
        """The step as on the page: same sight, same form, same action."""
        today = localdate()
        case, row = self.found(actor, noun, pk)
        self.room.procedures.flow_of(noun, verb).check(verb, actor, row, today)
        form = self.room.form_of(verb)(data, actor=actor, case=row, today=today)
        if not form.is_valid():
            return 422, problems_of(form).dict()
        self.room.action_of(verb)(actor, row, at=now(), **form.cleaned_data)
        return 200, self._after(actor, noun, pk, case, today)

    def found(self, actor: Actor, noun: str, pk: int, of: int | None = None) -> tuple[int | None, Any]:
        """A row in sight and the key of its case; 404 otherwise."""
        found = self.room.found(actor, noun, pk, of)
        if found is None:
            raise Http404
        return (found[0].pk if found[0] is not None else None), found[1]

    def _after(self, actor: Actor, noun: str, pk: int, case: int | None, today: date) -> dict[str, Any]:
        """The row as it stands after the step; a row that left the actor's sight is shown by what is known of it."""
        try:
            return self.row_out(actor, noun, self.found(actor, noun, pk, case)[1], case, today)
        except Http404:
            row = self.room.procedures.model_of(noun)._base_manager.get(pk=pk)
            return self.row_out(actor, noun, row, case, today) | {"fields": {}, "offers": []}


def columns_of(row: Any, hidden: frozenset[str] | set[str] = CHAIN) -> dict[str, Any]:
    """The columns of a row by their names."""
    return {
        field.name: field.value_from_object(row)
        for field in row._meta.concrete_fields
        if field.name not in hidden
    }
