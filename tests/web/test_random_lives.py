"""Knows that whatever people do, step by offered step, what may never be broken holds: the invariants of a suggestion's life."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase
from hypothesis import settings as bounds
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests import cases
from tests.town import TODAY, Town, moment
from tibandu.base import journal
from tibandu.base.flow import Moved, Refused
from tibandu.base.models import JournalLine
from tibandu.base.rows import RowsField
from tibandu.people.models import Account, Message
from tibandu.people.queries import SYSTEM, Actor
from tibandu.suggestions import actions, flow, queries
from tibandu.suggestions.enums import RatingState, ReplyState
from tibandu.suggestions.forms import form_of
from tibandu.suggestions.jobs.ticking import tick
from tibandu.suggestions.models import Rating, Reply, Suggestion

pytestmark = pytest.mark.sweep

TAKEN: Counter[str] = Counter()
CAST = ["alice", "bob", "office", "clerk", "chairpersons", "dispatcher", "dispatch_head"]
CAST += [f"{unit}_{rank}" for unit in ("housing", "transport") for rank in ("officer", "chief")]
HOSTILE = '理由<script>alert(1)</script>"&'
# Reproducible and short; what fails is told as it was found, since making it smaller takes minutes.
BOUNDS = bounds(
    max_examples=6,
    stateful_step_count=24,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
BEGINNINGS: dict[str, Callable[[Town], Any]] = {
    "draft": cases.draft,
    "submitted": cases.submitted,
    "registered": cases.registered,
    "handed over": cases.handed_over,
    "assigned": lambda town: cases.assigned(town, cos=["transport"]),
    "handled": lambda town: cases.handling(town, cos=["transport"]),
    "drafted": lambda town: cases.drafted(town, cases.handling(town)),
    "answered": lambda town: cases.replied(town, code="B", promises=[cases.OVERPASS]),
}
STAGES = list(BEGINNINGS)
SIGNED = [ReplyState.SIGNED, ReplyState.SENT, ReplyState.REPLACED]
LETTER = [
    "kind",
    "opening",
    "closing",
    "category_id",
    "reason",
    "reported_up",
    "doc_no",
    "signed_by_id",
    "contact_name",
]
WITH_A_FILE = {"attach", "attach_scan"}
BY_AUTHORS = {"rate", "change_rating", "withdraw", "request_withdrawal", "consent", "contest"}
BY_HANDLERS = {
    step.verb for one in (flow.REPLY, flow.OPINION, flow.PLAN) for step in one.steps if not step.quiet
}
TOLD = [
    "refuse",
    "return_for_edit",
    "suggest_withdrawal",
    "treat_as_letter",
    "pass_for_reference",
    "send_on",
    "merge",
]
TOLD += [
    "uphold",
    "reject",
    "reassign",
    "grant_extension",
    "refuse_extension",
    "refuse_withdrawal",
    "assign_again",
]
TOLD += ["extend_promise", "change_promise", "lapse_promise"]


def filled(form: forms.Form, draw: Any) -> dict[str, Any]:
    """What a person might put into a form: what stands there already, else something that fits."""
    found = {}
    for name, field in form.fields.items():
        begun = form.get_initial_for_field(field, name)
        value = filled_by_name(name, form, draw)
        if value is None:
            value = begun if begun not in (None, "", []) else fitting(field, form, name, draw)
        if value not in (None, ""):
            found[name] = value
    return found


def fitting(field: forms.Field, form: forms.Form, name: str, draw: Any) -> Any:
    if name == "item":  # a measure that stands already
        return None
    if isinstance(field, RowsField):
        row = field.row_form(**field.widget.row_arguments)
        return [{key: fitting(one, row, key, draw) for key, one in row.fields.items()}]
    if isinstance(field, (forms.ModelChoiceField, forms.ChoiceField)):
        return chosen(field, draw)
    if isinstance(field, forms.DateTimeField):
        return form.today.isoformat() + "T09:00"
    if isinstance(field, forms.DateField):
        return (getattr(form, "today", TODAY) + timedelta(40)).isoformat()
    if isinstance(field, forms.BooleanField):
        return draw(st.booleans())
    return 1 if isinstance(field, (forms.IntegerField, forms.DecimalField)) else HOSTILE


def chosen(field: Any, draw: Any) -> Any:
    if isinstance(field, forms.ModelMultipleChoiceField):
        return [row.pk for row in field.queryset[:2]]
    if isinstance(field, forms.ModelChoiceField):
        values = [row.pk for row in field.queryset[:6]]
    else:
        values = [str(value) for value, _label in field.choices if value]
    one = draw(st.sampled_from(values)) if values else None
    return [one] if isinstance(field, forms.MultipleChoiceField) else one


def filled_by_name(name: str, form: forms.Form, draw: Any) -> Any:
    """What a field needs that its kind does not tell; None where its kind tells enough."""
    suggestion = form.case if isinstance(form.case, Suggestion) else form.case.suggestion
    if name == "parts":
        return [{"ask": ask.pk, "text": HOSTILE} for ask in suggestion.asks.all()]
    if name == "marks":
        grades = st.sampled_from([row.code for row in form.grades])
        return [{"dimension": row.code, "grade": draw(grades)} for row in form.asked]
    if name == "shares":
        units = dict(cases.Assignment.unit.field.related_model.objects.values_list("short_name", "pk"))
        lead, helper = draw(st.permutations([units["市住建局"], units["市交通局"]]))
        if any(share.role == "lead" for share in suggestion.assignments.all()):
            return [{"unit": helper, "role": "co"}]
        return [{"unit": lead, "role": "lead"}, {"unit": helper, "role": "co"}][: draw(st.integers(1, 2))]
    if name == "until":
        return (form.case.due_on + timedelta(20)).isoformat()
    if name == "promises":
        due = (form.today + timedelta(100)).isoformat()
        promise = {key: cases.OVERPASS[key] for key in ("what", "measure", "kind", "owner")}
        return [promise | {"due_on": due}] if draw(st.booleans()) else []
    return None


class Lives(RuleBasedStateMachine):
    """One case at some stage of its life, and the people of the town, each taking what is offered to them."""

    def __init__(self, town: Town) -> None:
        super().__init__()
        self.town, self.at = town, moment(date(2026, 3, 23))
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.letters: dict[int, Any] = {}

    @initialize(stage=st.sampled_from(STAGES), is_masked=st.booleans())
    def begin(self, stage: str, is_masked: bool) -> None:
        made = BEGINNINGS[stage](self.town)
        self.pk = made.pk if isinstance(made, Suggestion) else made.suggestion_id
        Suggestion.objects.filter(pk=self.pk, state__in=["registered", "assigned"]).update(
            is_masked=is_masked
        )

    @rule(days=st.sampled_from([0, 0, 0, 0, 0, 1, 4, 13]), data=st.data())
    def go_on(self, days: int, data: Any) -> None:
        """Days pass, the clock does what it does at night; then somebody takes a step that is offered to them."""
        self.at += timedelta(days, minutes=7)
        if days:
            tick(self.at)
        if found := self.offered():
            forward = [one for one in found if one[-1]]
            ahead = bool(forward) and data.draw(st.sampled_from([True, True, False]))
            who, noun, pk, verb, _primary = data.draw(st.sampled_from(forward if ahead else found))
            on_page = queries.row_on_page(self.town.actors[who], noun, pk)
            assert on_page is not None, f"{who} has {verb} on what is out of sight"
            self._do(self.town.actors[who], on_page[1], verb, data.draw)

    def offered(self) -> list[tuple[str, str, int, str, bool]]:
        """Every step that stands open to somebody: who, on what, which, and whether it is the way forward."""
        today = self.at.date()
        return [
            (who, noun, row.pk, offer.verb, offer.primary and offer.step.target != row.state)
            for noun, rows in queries.rows_of(queries.on_page(SYSTEM, self.pk)).items()
            for row in rows
            for who in CAST
            for offer in flow.offers(self.town.actors[who], noun, row, today)
            if offer.refusal is None and offer.verb not in WITH_A_FILE
        ]

    def _do(self, actor: Actor, row: Any, verb: str, draw: Any) -> None:
        asked = form_of(verb)(actor=actor, case=row, today=self.at.date())
        form = form_of(verb)(filled(asked, draw), actor=actor, case=row, today=self.at.date())
        if form.is_valid():
            with suppress(Refused, Moved):  # of what the form could not know
                actions.action_of(verb)(actor, row, at=self.at, **form.cleaned_data)
                TAKEN[verb] += 1

    def lines(self) -> Any:
        return JournalLine.objects.filter(chain=f"suggestions.suggestion:{self.pk}")

    @invariant()
    def a_signed_letter_never_changes(self) -> None:
        for reply in Reply.objects.filter(suggestion=self.pk, state__in=SIGNED):
            fields = {name: getattr(reply, name) for name in LETTER}
            letter = fields | {"parts": list(reply.parts.order_by("pk").values())}
            assert self.letters.setdefault(reply.pk, letter) == letter

    @invariant()
    def silence_is_not_satisfaction(self) -> None:
        silent = Rating.objects.filter(suggestion=self.pk, state__in=[RatingState.OPEN, RatingState.UNRATED])
        assert not silent.filter(marks__isnull=False).exists()

    def teardown(self) -> None:
        try:
            if hasattr(self, "pk"):
                self.every_line_is_by_whom_it_may_be()
                self.the_deputies_know_what_befell_them()
                self.every_row_stands_where_its_last_line_says()
                self.nobody_reads_what_is_not_for_them()
                assert list(journal.verify()) == []
        finally:
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    def every_line_is_by_whom_it_may_be(self) -> None:
        """The author side alone rates and withdraws, deputies handle nothing, and only the closer closes."""
        authors = {f"seat:{pk}" for pk in self.proposers().values_list("seat", flat=True)}
        closer = self.town.office.unit_id
        for line in self.lines():
            if line.verb in BY_AUTHORS:
                assert line.hat in authors, line
            if line.verb in BY_HANDLERS:
                assert line.hat.startswith("post:"), line
            if line.verb in ("close", "reopen", "grant_withdrawal", "lapse_promise"):
                assert line.who["unit"] == closer, line

    def proposers(self) -> Any:
        return Suggestion.objects.get(pk=self.pk).proposers

    def the_deputies_know_what_befell_them(self) -> None:
        """Whatever is refused, returned, extended, merged or reassigned has its reason, person, time, and a word to them."""
        is_masked = Suggestion.objects.get(pk=self.pk).is_masked
        for line in self.lines().filter(verb__in=TOLD):
            deed = self.lines().filter(happened_at=line.happened_at)  # with the step that dragged it along
            assert any(one.words for one in deed), (line.verb, line.facts)
            assert line.who["person"]
            told = Message.objects.filter(key__startswith=f"suggestion:{self.pk}:", told_at=line.happened_at)
            assert told.filter(unit=self.town.office.unit_id) if is_masked else told.exclude(seat=None), (
                line.verb
            )

    def every_row_stands_where_its_last_line_says(self) -> None:
        last = {(line.noun, line.object_id): line for line in self.lines().exclude(target="").order_by("seq")}
        for (noun, pk), line in last.items():
            assert flow.NOUNS[noun][0]._base_manager.get(pk=pk).state == line.target, line

    def nobody_reads_what_is_not_for_them(self) -> None:
        is_masked = Suggestion.objects.get(pk=self.pk).is_masked
        for who in ("office", "alice", "chen", "housing_officer"):
            client = Client()
            client.force_login(Account.objects.get(person=self.town.actors[who].person_id))
            for path in (f"/suggestions/{self.pk}/", "/desk/", "/suggestions/", "/people/messages/"):
                text = client.get(path).content.decode()
                assert "<script>alert" not in text, (who, path)
                if is_masked and who in ("chen", "housing_officer"):
                    assert not [name for name in ("安立夏", "柏远") if name in text], (who, path)


def test_no_life_breaks_what_may_never_be_broken(town: Town, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    run_state_machine_as_test(lambda: Lives(town), settings=BOUNDS)
    assert len(TAKEN) > 25, TAKEN  # a life that goes nowhere proves nothing
