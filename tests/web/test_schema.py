"""Knows that the API keeps to its own document whatever is sent: right types, wrong types, missing and unknown keys."""

import json
from typing import Any

import pytest
import schemathesis
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as bounds
from schemathesis import GenerationMode
from schemathesis.openapi import from_dict

from tests.town import Town, moment
from tests.web.test_bad_input import PERSONAS, open_steps
from tests.web.test_bad_input import lives as lives
from tibandu.people import actions as people
from tibandu.people.enums import Scope
from tibandu.suggestions import queries
from tibandu.suggestions.api import PLURALS
from tibandu.web.api import api

pytestmark = pytest.mark.sweep

BOUNDS = bounds(
    max_examples=3,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
SAID = {200, 201, 400, 401, 403, 404, 409, 413, 422}


def document() -> dict[str, Any]:
    """What programs read, as they read it."""
    return json.loads(json.dumps(api.get_openapi_schema()))  # type: ignore[no-any-return]


def targets(town: Town) -> dict[str, tuple[str, int]]:
    """For each address with an id, a hat to which the step stands open and the row on which it does."""
    found: dict[str, tuple[str, int]] = {}
    for persona in PERSONAS:
        actor = town.actors[persona]
        for noun, row, verb in open_steps(actor):
            found.setdefault(f"/api/v1/{PLURALS[noun]}/{{pk}}/steps/{verb}", (persona, row.pk))
        case = queries.visible_to(actor).order_by("pk").last()
        for noun, rows in queries.rows_of(queries.on_page(actor, case.pk)).items():
            if rows:
                found.setdefault(f"/api/v1/{PLURALS[noun]}/{{pk}}", (persona, rows[0].pk))
    return found


class Asked:
    """Sends what was made up, with a token that may write, and keeps nothing of what it did."""

    def __init__(self, client: Client, town: Town) -> None:
        self.client, self.wrong, self.statuses = client, [], set()
        self.secrets = {
            name: people.issue_token(town.actors[name], name="测试", scope=Scope.WRITE, at=moment())[1]
            for name in PERSONAS
        }

    def ask(self, operation: schemathesis.APIOperation, mode: GenerationMode, hat: str, pk: int) -> None:
        """A few requests to one route; the right ones ask for a row that is there."""

        @BOUNDS
        @given(case=operation.as_strategy(generation_mode=mode))
        def made_up(case: schemathesis.Case) -> None:
            if "{pk}" in operation.path and mode is GenerationMode.POSITIVE:
                case.path_parameters = {"pk": pk}
            self.send(case, hat)

        made_up()

    def send(self, case: schemathesis.Case, hat: str) -> None:
        if not isinstance(case.body, (dict, list, str, int, float, bool, type(None))):
            case.body = None
        body = json.dumps(case.body).encode() if case.operation.body else b""
        with transaction.atomic():
            answer = self.client.generic(
                case.method,
                case.formatted_path,
                body,
                content_type="application/json",
                query_params=case.query or {},
                headers={"Authorization": f"Bearer {self.secrets[hat]}"},
            )
            transaction.set_rollback(True)
        self.statuses.add(answer.status_code)
        said = answer.json()
        if answer.status_code not in SAID or (answer.status_code >= 400 and not said.get("refusal")):
            self.wrong.append(
                f"{hat} {case.method} {case.formatted_path} {body[:200]!r}: {answer.status_code}"
            )


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["right", "wrong"])
def test_every_route_answers_what_its_document_says(
    lives: Town, client: Client, mode: GenerationMode
) -> None:
    asked, found = Asked(client, lives), targets(lives)
    for result in from_dict(document()).get_all_operations():
        operation = result.ok()

        asked.ask(operation, mode, *found.get(operation.path, ("office", 1)))
    assert asked.wrong == []
    assert {200, 422} <= asked.statuses if mode is GenerationMode.POSITIVE else 422 in asked.statuses
