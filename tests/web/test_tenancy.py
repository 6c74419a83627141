"""Knows that what is out of sight is not there: every address with an id, for every kind of stranger, and no row moves.

The addresses are read from the resolver, so a new one with an id fails here until it is told what its id stands for.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db.models import Model
from django.test import Client
from django.urls import get_resolver

from tests import cases
from tests.suggestions.test_papers import PDF, entered
from tests.suggestions.test_rating import rating_of
from tests.town import TODAY, Town, moment
from tests.web.test_doors import API, FOREIGN, patterns
from tibandu.base.files import Stored, store_content
from tibandu.base.models import JournalLine, StoredFile
from tibandu.oversight.api import PLURALS as OVERSEEN
from tibandu.people import actions as people
from tibandu.people.enums import Scope
from tibandu.people.models import Account, Appointment, Delegation, Organ, Post, ServiceToken, Session, Term
from tibandu.people.queries import SYSTEM, Actor, actor_of_seat
from tibandu.regulations import actions as regulations
from tibandu.regulations.models import Ground, SubjectClass, Version
from tibandu.suggestions import actions
from tibandu.suggestions.api import PLURALS
from tibandu.suggestions.enums import Publicity
from tibandu.suggestions.flow import NOUNS, offered_steps
from tibandu.suggestions.models import Attachment, Suggestion
from tibandu.web.api import api

pytestmark = pytest.mark.sweep

PAPERS = [("assignment", "sign_for"), ("contact", "confirm_contact"), ("rating", "rate")]
PAPERS += [("suggestion", "request_withdrawal"), ("assignment", "object")]

# What the id of an address stands for, where it is not the noun of a step.
OF_SUGGESTIONS = {
    "suggestions/<int:pk>/": "suggestion",
    "suggestions/<int:pk>/autosave/": "suggestion",
    "beside/<int:pk>/": "suggestion",
    "suggestions/reply/<int:pk>/letter.<slug:form>": "reply",
    "suggestions/reply/<int:pk>/scan": "reply",
    "suggestions/open/<int:pk>/": "suggestion",
    "suggestions/open/files/<int:pk>/": "attachment",
    "suggestions/import/<int:pk>/": "import",
    "suggestions/import/<int:pk>/refused.xlsx": "import",
    "suggestions/files/<int:pk>/": "attachment",
    "suggestions/meetings/<int:pk>/": "meeting",
    "suggestions/meetings/<int:pk>/hold/": "meeting",
    "suggestions/meetings/<int:pk>/<slug:kind>.pdf": "meeting",
    "suggestions/paper/rating/<int:pk>/rate.pdf": "rating",
    "suggestions/paper/<slug:noun>/<int:pk>/<slug:verb>.pdf": "of the paper",
    "suggestions/paper/<slug:noun>/<int:pk>/<slug:verb>/": "of the paper",
    "suggestions/paper/<int:pk>/scan": "paper",
}
ROLLS = {
    "unit": "units change-unit rename-unit merge-unit end-unit add-post",
    "post": "appoint",
    "appointment": "relieve",
    "person": "persons change-person",
    "term": "seat-deputy open-session add-delegation",
    "seat": "change-seat end-seat",
    "congress": "add-unit open-term add-group set-competence set-second-factor",
    "delegation": "set-delegation-head",
    "organ": "set-dispatcher",
}
OF_ROLLS = {f"people/{word}/<int:pk>/": noun for noun, words in ROLLS.items() for word in words.split()}
OF_ROLLS |= {f"people/accounts/<int:pk>/{verb}/": "account" for verb in ("reset", "deactivate", "reactivate")}
OF_ROLLS["people/me/tokens/<int:pk>/revoke/"] = "token"
OF_RULES = {f"rules/documents/<int:pk>/{rest}": "document" for rest in ("", "compare/", "draft/")}
OF_RULES |= {
    f"rules/versions/<int:pk>/{rest}": "version"
    for rest in ("", *["describe/", "articles/", "categories/", "discard/", "preview/", "read/", "repeal/"])
}
OF_RULES["rules/versions/<int:pk>/rows/<slug:kind>/"] = "version"
OF_RULES |= {f"rules/classes/<int:pk>/{rest}": "class" for rest in ("change/", "place/")}
# Named by a day and not by a row: the seal over the whole journal, for who administers.
BY_DAY = {"seals/<day:day>.pdf"}
# Rooms whose addresses have sweeps of their own: tests/oversight/test_sweeps.py, tests/insight/test_lineage.py.
SWEPT_ELSEWHERE = ("oversight/", "insight/", *(f"{plural}/" for plural in OVERSEEN.values()))
WORDS = {"form": ["pdf", "docx"], "kind": ["list", "minutes", "waiting", "limits"]}

# Pages closed to a kind of people whatever the id, so that the answer says nothing of a row.
CLOSED_AS_A_WHOLE = ("suggestions/import/", "suggestions/paper/")


def of_steps() -> dict[str, str]:
    """The address of every step, with the noun its id is of."""
    return {
        f"suggestions/{'' if noun == 'suggestion' else noun + '/'}<int:pk>/{step.verb}/": noun
        for noun, step in offered_steps()
        if step.verb != "hold_meeting"  # it has a page of its own beside the meeting
    }


def of_api() -> dict[str, str]:
    """The same for programs."""
    details = {f"{API}{plural}/<pk>": noun for noun, plural in PLURALS.items()}
    details[f"{API}suggestions/<pk>/advice"] = "suggestion"
    return details | {f"{API}{PLURALS[noun]}/<pk>/steps/{step.verb}": noun for noun, step in offered_steps()}


@dataclass
class World:
    """The town with every noun in the city, some in the district, and the keys of their rows."""

    town: Town
    city: dict[str, int]
    district: dict[str, int]


@pytest.fixture
def world(town: Town, settings: Any, tmp_path: Path) -> World:
    settings.MEDIA_ROOT = tmp_path
    rows = _rows_of_city(town)
    city = {noun: row.pk for noun, row in rows.items()} | _rolls(town, town.office)
    assert set(NOUNS) <= set(city)
    hidden = Suggestion.objects.filter(congress=town.congress)
    hidden.update(is_masked=True, publicity=Publicity.NONE)
    made = actions.create(
        town.foreign_deputy, at=moment(), title="关于修路的建议", facts="路坏了。", analysis="", asks=["修路"]
    )
    proposer = made.proposers.get()
    district = {"suggestion": made.pk, "proposer": proposer.pk} | _rolls(town, town.foreign_office)
    town.seats["dora"].ended_on = date(2026, 2, 1)
    town.seats["dora"].save()
    town.actors["dora"] = actor_of_seat(town.seats["dora"], TODAY)
    return World(town, city, district)


def _rows_of_city(town: Town) -> dict[str, Model]:
    """One row of every noun, in cases of Alice and Bob."""
    case = cases.replied(town, code="B", promises=[cases.OVERPASS])
    reply, rating = case.replies.get(), rating_of(town, case, "alice")
    other = cases.assigned(town, cos=["transport"])
    share = cases.share_of(town, other, "housing")
    scan = store_content(PDF, "scan.pdf")
    kept = StoredFile.objects.create(sha256=scan.sha256, kind="pdf", size=scan.size, stored_at=moment())
    type(reply).objects.filter(pk=reply.pk).update(scan=kept)
    paper = entered(town, rating)
    type(paper).objects.filter(pk=paper.pk).update(scan=kept)
    attachment = Attachment.objects.create(
        suggestion=case, file=kept, public_file=kept, name="图.pdf", object_id=case.pk, added_at=moment()
    )
    return {
        "suggestion": case,
        "proposer": case.proposers.first(),
        "withdrawal": actions.request_withdrawal(town.alice, case, at=moment(), reason="情况变了"),
        "meeting": actions.plan_meeting(town.office, session=town.session, title="交办会", held_on=TODAY),
        "handover": case.handovers.get(),
        "assignment": case.assignments.get(),
        "contact": case.assignments.get().contacts.first(),
        "reply": reply,
        "rating": rating,
        "promise": case.promises.get(),
        "paper": paper,
        "attachment": attachment,
        "import": _import_run(town, scan),
        **_rows_of_handling(town, share),
    }


def _import_run(town: Town, file: Stored) -> Model:
    return actions.start_import(town.office, town.congress, at=moment(), file=file, session=town.session)


def _rows_of_handling(town: Town, share: Any) -> dict[str, Model]:
    """What units write in a case under way, and an objection in another."""
    ground = Ground.objects.filter(version=town.measure, kind="objection").first()
    reason = Ground.objects.filter(version=town.measure, kind="extension").first()
    disputed = cases.share_of(town, cases.assigned(town), "housing")
    objection = actions.object(
        town.housing_officer,
        disputed,
        at=moment(cases.TAKEN),
        ground=ground,
        clause="三定方案",
        reason="不归我局",
        proposed_unit=town.units["transport"],
    )
    case = share.suggestion
    for unit in ("housing", "transport"):
        share = cases.begin(town, case, unit)
    opinion = actions.give_opinion(town.transport_officer, share, at=moment(), text="同意", signed_by="孟通")
    share = cases.share_of(town, case, "housing")
    measures = [{"measure": "勘察", "owner": "梁栋", "due_on": date(2026, 4, 1)}]
    actions.plan(town.housing_officer, share, at=moment(), measures=measures)
    extension = actions.request_extension(
        town.housing_officer, share, at=moment(), ground=reason, until=date(2026, 6, 10), reason="须论证"
    )
    return {"objection": objection, "extension": extension, "opinion": opinion, "plan": share.plan.get()}


def _rolls(town: Town, keeper: Actor) -> dict[str, int]:
    """A row of each kind on the rolls and in the rules of the keeper's congress."""
    here = keeper.congress_id
    congress = town.congress if here == town.congress.pk else town.district
    if congress == town.district:
        at, day = moment(date(2025, 12, 1)), date(2026, 1, 1)
        regulations.install_profile(SYSTEM, congress, "hunan-city", at=at, effective_on=day, label="2026年")
    post = Appointment.objects.get(pk=int(keeper.hat.partition(":")[2])).post
    term = Term.objects.filter(congress=here).latest("pk")
    Session.objects.get_or_create(
        term=term,
        number=5,
        defaults={"slug": "x-5", "opens_on": TODAY, "closes_on": TODAY, "cutoff_at": moment()},
    )
    version = Version.objects.filter(document__congress=here).latest("pk")
    token, _secret = people.issue_token(keeper, name="测试", scope=Scope.READ, at=moment())
    rows: dict[str, Model] = {
        "unit": post.unit,
        "post": Post.objects.filter(unit=post.unit).latest("pk"),
        "appointment": post.appointments.latest("pk"),
        "term": term,
        "seat": term.seats.first(),
        "congress": congress,
        "delegation": Delegation.objects.get_or_create(term=term, name="汀溪代表团")[0],
        "organ": Organ.objects.filter(congress=here).latest("pk"),
        "account": Account.objects.get(person=keeper.person_id),
        "token": token,
        "version": version,
        "document": version.document,
        "class": SubjectClass.objects.get_or_create(congress=congress, name="城建环资")[0],
    }
    return {noun: row.pk for noun, row in rows.items()} | {"person": keeper.person_id}


def addresses(known: dict[str, str], ids: dict[str, int]) -> Iterator[str]:
    """Every known address whose row there is, filled in; with all the words its other parts may take."""
    for path, noun in known.items():
        if noun == "of the paper":
            for paper, verb in PAPERS:
                if paper in ids:
                    filled = path.replace("<slug:noun>", paper).replace("<slug:verb>", verb)
                    yield "/" + filled.replace("<int:pk>", str(ids[paper]))
        elif noun in ids:
            filled = re.sub(r"<(int:)?pk>", str(ids[noun]), path)
            word = re.search(r"<slug:(\w+)>", filled)
            for choice in WORDS[word[1]] if word else [""]:
                yield "/" + re.sub(r"<slug:\w+>", choice, filled)


def state_of_everything() -> dict[str, list[Any]]:
    """Every row of the rooms, to be compared."""
    rooms = {"people", "regulations", "suggestions", "oversight"}
    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.app_label in rooms]
    return {
        model.__name__: list(model._base_manager.order_by("pk").values()) for model in [*models, JournalLine]
    }


def wrong_answers(client: Client, paths: Iterator[str], *, allowed: Callable[[str, int], bool]) -> list[str]:
    """Which answers are not as if nothing were there."""
    found = []
    for path in paths:
        for method in ("get", "post"):
            status = getattr(client, method)(path).status_code
            if status != 405 and not allowed(path, status):
                found.append(f"{method} {path}: {status}")
    return found


def not_there(path: str, status: int) -> bool:
    return status == 404 or (status == 403 and path.startswith(tuple("/" + p for p in CLOSED_AS_A_WHOLE)))


def test_every_address_with_an_id_is_known_to_this_sweep() -> None:
    known = OF_SUGGESTIONS | OF_ROLLS | OF_RULES | of_steps() | of_api()
    ours = [
        path
        for path, pattern in patterns(get_resolver())
        if "<" in path and not getattr(pattern.callback, "__module__", "").startswith(FOREIGN)
        if not path.removeprefix(API).startswith(SWEPT_ELSEWHERE)
    ]
    assert [path for path in ours if path not in {*known, *BY_DAY}] == []


@pytest.mark.parametrize("persona", ["foreign_office", "foreign_deputy"])
def test_nothing_of_the_city_is_there_for_the_district(
    world: World, hat: Callable[..., Client], persona: str
) -> None:
    client = hat(world.town.actors[persona])
    before = state_of_everything()
    known = OF_SUGGESTIONS | OF_ROLLS | OF_RULES | of_steps()
    assert wrong_answers(client, addresses(known, world.city), allowed=not_there) == []
    assert state_of_everything() == before


def test_nothing_of_the_district_is_there_for_the_city(world: World, hat: Callable[..., Client]) -> None:
    client = hat(world.town.office)
    before = state_of_everything()
    known = OF_SUGGESTIONS | OF_ROLLS | OF_RULES | of_steps()
    assert wrong_answers(client, addresses(known, world.district), allowed=not_there) == []
    assert state_of_everything() == before


@pytest.mark.parametrize("persona", ["finance_officer", "chen", "dora"])
def test_a_case_out_of_sight_is_not_there(world: World, hat: Callable[..., Client], persona: str) -> None:
    """A unit that has no share, a deputy who is no author of a masked case, and one who left office."""
    client = hat(world.town.actors[persona])
    before = state_of_everything()
    paths = addresses(OF_SUGGESTIONS | of_steps(), world.city)
    assert wrong_answers(client, paths, allowed=not_there) == []
    assert state_of_everything() == before


def test_nobody_signed_in_is_asked_to_sign_in(world: World, client: Client) -> None:
    before = state_of_everything()

    def asked(path: str, status: int) -> bool:
        return status == (404 if path.startswith("/suggestions/open/") else 302)

    known = OF_SUGGESTIONS | OF_ROLLS | OF_RULES | of_steps()
    assert wrong_answers(client, addresses(known, world.city), allowed=asked) == []
    assert state_of_everything() == before


def payload_for(path: str, schema: dict[str, Any]) -> dict[str, Any]:
    """The least that the schema of an address takes, so that an answer is about the row and not about the fields."""
    found = schema["paths"].get(re.sub(r"/\d+", "/{pk}", path), {}).get("post", {})
    body = found.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    return _least(body, schema["components"]["schemas"]) if body else {}


def _least(schema: dict[str, Any], defined: dict[str, Any]) -> Any:
    if "$ref" in schema:
        return _least(defined[schema["$ref"].rpartition("/")[2]], defined)
    if "anyOf" in schema:
        return _least(schema["anyOf"][0], defined)
    if schema.get("type") == "object":
        return {key: _least(schema["properties"][key], defined) for key in schema.get("required", [])}
    if schema.get("format", "").startswith("date"):
        return "2026-03-02" if schema["format"] == "date" else "2026-03-02T09:00:00+08:00"
    return {"integer": 1, "boolean": True, "array": [], "number": 1}.get(schema.get("type", ""), "x")


@pytest.mark.parametrize("persona", ["foreign_office", "foreign_deputy", "finance_officer", "chen", "dora"])
def test_the_api_does_not_know_what_is_out_of_sight(world: World, client: Client, persona: str) -> None:
    _token, secret = people.issue_token(
        world.town.actors[persona], name="测试", scope=Scope.WRITE, at=moment()
    )
    headers = {"Authorization": f"Bearer {secret}"}
    before, found, schema = state_of_everything(), [], api.get_openapi_schema()
    for path in addresses(of_api(), world.city):
        if "/steps/" in path:
            data = payload_for(path, schema)
            answer = client.post(path, data, content_type="application/json", headers=headers)
        else:
            answer = client.get(path, headers=headers)
        if answer.status_code != 404:
            found.append(f"{path}: {answer.status_code}")
    assert found == []
    assert state_of_everything() == before


def test_lists_exports_and_prints_hold_nothing_of_another_congress(
    world: World, hat: Callable[..., Client]
) -> None:
    client = hat(world.town.foreign_office)
    names = [cases.TITLE, "关于在兴澜大桥", "市住建局", "安立夏", "高言"]
    lists = (
        "desk/ search/?q=大桥 suggestions/ suggestions/print/ suggestions/screening/ suggestions/meetings/"
    )
    lists += " oversight/promises/ oversight/statements/ suggestions/paper/ suggestions/import/ people/ people/deputies/ people/terms/"
    lists += " people/messages/ rules/library/ rules/measure/ rules/classes/ suggestions/open/"
    for path in lists.split():
        answer = client.get(f"/{path}")
        assert answer.status_code == 200, path
        page = answer.content.decode()
        assert [name for name in names if name in page] == [], path
    assert not ServiceToken.objects.filter(
        person=world.town.foreign_office.person_id, scope=Scope.WRITE
    ).exists()
