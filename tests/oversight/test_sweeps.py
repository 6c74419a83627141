"""Knows that every address of supervision keeps to the one rule of sight, and that nothing sent to a step breaks it.

The addresses are read from the resolver, so a new one with an id fails here until it is told what its id stands for.
"""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db.models import QuerySet
from django.test import Client
from django.urls import get_resolver
from django.utils.timezone import localdate

from tests.oversight.world import rows
from tests.town import Town, moment
from tests.web.test_bad_input import broken_by
from tests.web.test_doors import API, patterns
from tests.web.test_tenancy import payload_for, state_of_everything
from tibandu.oversight.api import PLURALS
from tibandu.oversight.flow import NOUNS, PROCEDURES
from tibandu.oversight.forms import form_of
from tibandu.oversight.queries import SIGHT
from tibandu.people import actions as people
from tibandu.people.enums import Scope
from tibandu.people.queries import Actor
from tibandu.suggestions.queries import visible_to
from tibandu.web.api import api

pytestmark = pytest.mark.sweep

# What the id of an address stands for, where it is not the noun of a step.
PAGES = {
    "funds/<int:pk>/": "fund",
    "projects/<int:pk>/": "project",
    "referrals/<int:pk>/": "referral",
    "referrals/<int:pk>/letter.pdf": "referral",
    "referrals/papers/<int:pk>/": "procuratorial_paper",
    "packets/<int:pk>/": "packet",
    "promises/<int:pk>/": "promise",
    "statements/<int:pk>/": "statement",
    "programmes/<int:pk>/": "programme",
    "instruments/<int:pk>/": "instrument",
    "instruments/<int:pk>/paper.pdf": "instrument",
    "meetings/<int:pk>/": "government_meeting",
    "opinions/<int:pk>/": "opinion_case",
    "enclosures/<int:pk>/": "enclosure",
    "draws/<int:pk>/": "draw",
    "draws/<int:pk>/list.txt": "draw",
    "draws/<int:pk>/draw.json": "draw",
}
LOOKING = [
    "alice",
    "office",
    "chairpersons",
    "dispatcher",
    "housing_officer",
    "finance_officer",
    "prosecutor",
]
STRANGERS = ["foreign_office", "foreign_deputy"]
# A letter goes between the congress and the procuratorate; a paper may have no file.
NARROWER = re.compile(r"/letter\.pdf$|/referrals/papers/")
# Seen: the page or its file, elsewhere, not your step, moved meanwhile, refused with a sentence.
ANSWERS = {200, 302, 403, 409, 422}


def steps() -> dict[str, str]:
    return {f"{noun}/<int:pk>/{step.verb}/": noun for noun, step in PROCEDURES.offered_steps()}


@pytest.fixture
def ids(town: Town, settings: Any, tmp_path: Path) -> dict[str, int]:
    """The key of one row of every noun, all of the city."""
    settings.MEDIA_ROOT = tmp_path
    found = rows(town)
    return {noun: row.pk for noun, row in found.items()} | {"suggestion": found["promise"].suggestion_id}


def pages(ids: dict[str, int]) -> Iterator[tuple[str, str]]:
    for path, noun in (PAGES | steps()).items():
        if noun in ids:
            yield "/oversight/" + path.replace("<int:pk>", str(ids[noun])), noun


def routes(ids: dict[str, int]) -> Iterator[tuple[str, str]]:
    """The addresses of the API, of rows and of steps."""
    for noun, plural in PLURALS.items():
        if noun != "promise":
            yield f"/{API}{plural}/{ids[noun]}", noun
    for noun, step in PROCEDURES.offered_steps():
        yield f"/{API}{PLURALS[noun]}/{ids[noun]}/steps/{step.verb}", noun


def in_sight(actor: Actor, noun: str) -> QuerySet[Any]:
    return visible_to(actor) if noun == "suggestion" else SIGHT[noun](actor)


def test_every_address_with_an_id_is_known_to_this_sweep() -> None:
    ours = [
        path.removeprefix("oversight/") for path, _one in patterns(get_resolver()) if "oversight/" in path
    ]
    assert [path for path in ours if "<" in path and path not in PAGES | steps()] == []
    told = {re.sub(r"\{\w+\}", "{pk}", path) for path in api.get_openapi_schema()["paths"] if "{" in path}
    known = {re.sub(r"/\d+", "/{pk}", path) for path, _noun in routes(dict.fromkeys(NOUNS, 1))}
    assert known <= told


def test_pages_and_routes_answer_as_the_rule_of_sight_says(
    town: Town, ids: dict[str, int], hat: Callable[..., Client], client: Client
) -> None:
    before, wrong = None, []
    for name in [*LOOKING, *STRANGERS]:
        actor = town.actors[name]
        seen = {noun: in_sight(actor, noun).filter(pk=pk).exists() for noun, pk in ids.items()}
        _row, secret = people.issue_token(actor, name="测试", scope=Scope.READ, at=moment())
        web, headers = hat(actor), {"Authorization": f"Bearer {secret}"}
        before = state_of_everything()
        for path, noun in pages(ids):
            answer = web.get(path)
            answer.close()
            seen_here = seen[noun] and not (NARROWER.search(path) and answer.status_code == 404)
            fits = answer.status_code in ANSWERS if seen_here else answer.status_code == 404
            wrong += [] if fits else [f"{name} {path}: {answer.status_code}, seen: {seen[noun]}"]
        for path, noun in routes(ids):
            if "/steps/" not in path:
                status = client.get(path, headers=headers).status_code
                fits = status == (200 if seen[noun] else 404)
                wrong += [] if fits else [f"{name} {path}: {status}, seen: {seen[noun]}"]
        assert name not in STRANGERS or not any(seen.values()), seen
        assert state_of_everything() == before
    assert wrong == []


def test_no_step_is_taken_out_of_sight(town: Town, ids: dict[str, int], hat: Callable[..., Client]) -> None:
    schema, found = api.get_openapi_schema(), []
    for name in STRANGERS:
        _row, secret = people.issue_token(town.actors[name], name="测试", scope=Scope.WRITE, at=moment())
        web, headers = hat(town.actors[name]), {"Authorization": f"Bearer {secret}"}
        before = state_of_everything()
        for path, _noun in pages(ids):
            status = web.post(path).status_code
            found += [] if status in (404, 405) else [f"{name} {path}: {status}"]
        for path, _noun in routes(ids):
            if "/steps/" in path:
                data = payload_for(path, schema)
                answer = web.post(path, data, content_type="application/json", headers=headers)
                found += [] if answer.status_code == 404 else [f"{name} {path}: {answer.status_code}"]
        assert state_of_everything() == before
    assert found == []


@pytest.mark.parametrize(
    "name", ["alice", "office", "member", "chairpersons", "housing_chief", "finance_officer", "prosecutor"]
)
def test_no_value_breaks_a_step(
    town: Town, ids: dict[str, int], hat: Callable[..., Client], name: str
) -> None:
    actor = town.actors.get(name)
    web, found = hat(actor), []
    _row, secret = people.issue_token(actor, name="测试", scope=Scope.WRITE, at=moment())
    headers = {"Authorization": f"Bearer {secret}"}
    for noun in NOUNS:
        for row in SIGHT[noun](actor).filter(pk=ids[noun]):
            for offer in PROCEDURES.offers(actor, noun, row, localdate()):
                if offer.refusal is not None:
                    continue
                path = f"/{API}{PLURALS[noun]}/{row.pk}/steps/{offer.verb}"

                def send(data: dict[str, Any], path: str = path) -> int:
                    said = json.dumps(data)
                    return web.post(path, said, content_type="application/json", headers=headers).status_code

                form = form_of(offer.verb)(actor=actor, case=row, today=localdate())
                assert web.get(f"/oversight/{noun}/{row.pk}/{offer.verb}/").status_code == 200
                found += [f"{offer.verb} {line}" for line in broken_by(send, form)]
    assert found == []
