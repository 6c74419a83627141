"""Knows that every address shows a row to exactly those whom the rule of sight names, and which pages stand open to whom."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import QuerySet
from django.test import Client
from django.urls import get_resolver

from tests.town import Town, appoint, moment
from tests.web.test_doors import API, FOREIGN, patterns
from tests.web.test_tenancy import OF_SUGGESTIONS, World, addresses, of_api, of_steps
from tests.web.test_tenancy import world as world
from tibandu.people import actions as people
from tibandu.people.enums import Rank, Scope
from tibandu.people.models import Appointment, Post
from tibandu.people.queries import Actor, actor_of_appointment
from tibandu.suggestions import queries
from tibandu.suggestions.models import Attachment
from tibandu.suggestions.queries.assigning import meetings_visible_to
from tibandu.suggestions.queries.case import CHILDREN
from tibandu.suggestions.queries.importing import may_import, runs_visible_to
from tibandu.suggestions.queries.sight import attachments_visible_to, child_visible_to, opinions_visible_to

pytestmark = pytest.mark.sweep

# Each kind of hat that sees a part; who sees nothing of it all is swept in test_tenancy.
SEEING = ["alice", "evan", "office", "member", "dispatcher", "housing_officer", "transport_officer", "admin"]
# Addresses where sight alone decides; the others ask for the right to the step as well, and say so in words.
OPEN_IN_SIGHT = ("/api/", "/letter.", "/files/", "/scan")
# Seen: the page, back to the case, not your step, moved meanwhile, refused with a sentence.
ANSWERS = {200, 302, 403, 409, 422}
CLOSED_AS_A_WHOLE = ("/suggestions/import/", "/suggestions/paper/")


RULES: dict[str, Callable[[Actor], QuerySet[Any]]] = {
    "suggestion": queries.visible_to,
    "meeting": meetings_visible_to,
    "import": runs_visible_to,
}
SIGHT = {*RULES, "attachment", *CHILDREN}


def rows_in_sight(actor: Actor, noun: str) -> QuerySet[Any]:
    """What the rule of sight of a noun lets the actor see, asked of the rule itself and not of a page."""
    if noun in RULES:
        return RULES[noun](actor)
    if noun == "attachment":
        seen = attachments_visible_to(actor).filter(suggestion__in=queries.visible_to(actor).values("pk"))
        return Attachment.objects.filter(pk__in=seen.values("pk"))
    rows = child_visible_to(actor, CHILDREN[noun])
    return rows.filter(pk__in=opinions_visible_to(actor).values("pk")) if noun == "opinion" else rows


def admin_of(town: Town) -> Actor:
    """Somebody who keeps the machine: a post in no unit that handles, with no power over cases."""
    made = appoint(town.units["finance"], "系统管理员", Rank.OFFICER, "管钟")
    Post.objects.filter(appointments__pk=int(made.hat.partition(":")[2])).update(administers=True)
    found = Appointment.objects.select_related("person", "post__unit__organ")
    return actor_of_appointment(found.get(pk=int(made.hat.partition(":")[2])))


@pytest.fixture
def cast(world: World) -> dict[str, Actor]:
    world.town.actors["admin"] = admin_of(world.town)
    return {name: world.town.actors[name] for name in SEEING}


def nouns_of(known: dict[str, str], ids: dict[str, int]) -> list[tuple[str, str]]:
    """Each address of a row with the noun of that row."""
    found = []
    for path, noun in known.items():
        for filled in addresses({path: noun}, ids):
            found.append((filled, filled.split("/")[3] if noun == "of the paper" else noun))
    return found


def wrong_of(
    actor: Actor, name: str, ids: dict[str, int], get: Callable[[str], int], known: Any
) -> list[str]:
    """Which addresses answer otherwise than the rule of sight says."""
    seen = {
        noun: rows_in_sight(actor, noun).filter(pk=pk).exists() for noun, pk in ids.items() if noun in SIGHT
    }
    case = f"/suggestions/{ids['suggestion']}/"
    found = []
    for path, noun in nouns_of(known, ids):
        status = get(path)
        if not seen[noun]:
            fits = status == 404 or (status == 403 and path.startswith(CLOSED_AS_A_WHOLE))
        elif path == case or any(part in path for part in OPEN_IN_SIGHT):
            fits = status == 200
        else:
            fits = status in ANSWERS
        found += [] if fits or status == 405 else [f"{name} {path}: {status}, seen: {seen[noun]}"]
    return found


def test_every_page_of_a_row_answers_as_the_rule_of_sight_says(
    world: World, cast: dict[str, Actor], hat: Callable[..., Client]
) -> None:
    """Eight hats before every page, letter, file, print and step of a row; published pages have a rule of their own."""
    known = {path: noun for path, noun in (OF_SUGGESTIONS | of_steps()).items() if "/open/" not in path}
    meeting = "suggestions/meetings/<int:pk>/<slug:kind>.pdf"  # of which a meeting has some only
    known |= {meeting.replace("<slug:kind>", "list"): known.pop(meeting)}
    wrong: list[str] = []
    for name, actor in cast.items():
        client = hat(actor)

        def get(path: str, client: Client = client) -> int:
            answer = client.get(path)
            answer.close()  # a file is sent in pieces
            return answer.status_code

        here = {path: noun for path, noun in known.items() if noun != "import" or not may_import(actor)}
        wrong += wrong_of(actor, name, world.city, get, here)
    assert wrong == []


def test_every_answer_of_the_api_is_as_the_rule_of_sight_says(
    world: World, cast: dict[str, Actor], client: Client
) -> None:
    known = {
        path: noun
        for path, noun in of_api().items()
        if not path.endswith("/advice") and "/steps/" not in path
    }
    wrong: list[str] = []
    for name, actor in cast.items():
        _row, secret = people.issue_token(actor, name="测试", scope=Scope.READ, at=moment())

        def get(path: str, secret: str = secret) -> int:
            return client.get(path, headers={"Authorization": f"Bearer {secret}"}).status_code

        wrong += wrong_of(actor, name, world.city, get, known)
    assert wrong == []


# Who gets a page without a row in its address; a new page fails here until it is said who. What answers nobody takes
# posts, sends elsewhere, or has nothing yet.
EVERYBODY = """
/desk/ /search/ /people/ /people/deputies/ /people/terms/ /people/me/ /people/messages/
/rules/measure/ /rules/library/ /rules/classes/ /rules/calendar/ /rules/computation/
/suggestions/ /suggestions/export.xlsx /suggestions/print/ /suggestions/open/
/oversight/promises/ /oversight/promises/export.xlsx /oversight/promises/print/ /oversight/statements/
/insight/ /insight/export.xlsx /insight/lineage/ /insight/scissors/ /insight/scissors/export.xlsx
/oversight/ /oversight/draws/ /oversight/draws/export.xlsx /oversight/draws/print/ /oversight/funds/print/
/oversight/statements/export.xlsx /oversight/statements/print/ /oversight/instruments/print/
/oversight/meetings/print/ /oversight/nominations/print/ /oversight/opinions/print/ /oversight/programmes/print/
/oversight/projects/print/ /oversight/referrals/print/ /oversight/funds/ /oversight/funds/export.xlsx /oversight/instruments/
/oversight/instruments/export.xlsx /oversight/meetings/ /oversight/meetings/export.xlsx
/oversight/nominations/ /oversight/nominations/export.xlsx /oversight/opinions/
/oversight/opinions/export.xlsx /oversight/programmes/ /oversight/programmes/export.xlsx
/oversight/projects/ /oversight/projects/export.xlsx /oversight/referrals/ /oversight/referrals/export.xlsx
"""
NOBODY = """
/ /personas/ /troubles/ /demo/personas.json /hat/ /large-type/ /people/me/tokens/ /people/import/preview/
/people/import/refused.xlsx /people/messages/read/ /people/sendings/again/ /rules/classes/start/
/suggestions/views/ /suggestions/letter-template/current.docx /suggestions/write/autosave/
/suggestions/write/similar/ /suggestions/write/word/ /suggestions/batch/
/insight/rows/ /insight/rows/export.xlsx /insight/rows/print/
"""
SOME = """
/oversight/draws/freeze/: office member
/oversight/funds/open/: admin
/oversight/new/convene_government_meeting/: dispatcher
/oversight/new/nominate_programme/: alice evan office member
/oversight/new/open_joint_programme/: office member
/oversight/new/open_opinion/: office member
/oversight/new/order_instrument/: alice evan office member
/oversight/packets/: office member
/oversight/packets/export.xlsx: office member
/oversight/packets/import/: office
/oversight/packets/partners/add/: office
/oversight/packets/print/: office member
/oversight/projects/register/: office
/oversight/referrals/open/: office member
/oversight/referrals/receive/: office
/people/accounts/open/: office admin
/people/import/: office admin
/people/sendings/: admin
/rules/calendar/import/: office admin
/rules/calendar/record/: office admin
/rules/classes/add/: office
/rules/library/add/: office
/rules/measure/start/: office
/suggestions/enter/: office
/suggestions/enter/classified/: office
/suggestions/import/: office
/suggestions/letter-template/: office dispatcher
/suggestions/meetings/: office member dispatcher
/suggestions/mine/: alice evan
/suggestions/paper/: office
/suggestions/screening/: office
/suggestions/write/: alice evan
"""


def test_the_pages_without_a_row_stand_open_to_these(
    world: World, cast: dict[str, Actor], hat: Callable[..., Client]
) -> None:
    paths = [
        path
        for path, one in patterns(get_resolver())
        if "<" not in path and not path.startswith(API) and not one.callback.__module__.startswith(FOREIGN)
    ]
    open_to: dict[str, list[str]] = {path: [] for path in paths}
    for name, actor in cast.items():
        client = hat(actor)
        for path in paths:
            answer = client.get(f"/{path}")
            answer.close()
            assert answer.status_code < 500, path
            open_to[path] += [name] if answer.status_code == 200 else []
    lines = {f"/{path}: {' '.join(names)}" for path, names in open_to.items() if names not in ([], SEEING)}
    assert sorted(lines) == SOME.strip().splitlines()
    assert {f"/{path}" for path, names in open_to.items() if names == SEEING} == set(EVERYBODY.split())
    assert {f"/{path}" for path, names in open_to.items() if names == []} == set(NOBODY.split())
