"""Knows that no page asks anything of an address outside: every page that a real browser can open, for every kind of person."""

import re
from pathlib import Path

import pytest

from tests import cases
from tests.stories.browser import People
from tibandu.suggestions import actions
from tibandu.web import settings as product

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WHO = {
    # whose pages, and the pages that this hat opens besides those of everybody
    "office": [
        "screening",
        "meetings",
        "enter",
        "enter/classified",
        "import",
        "paper",
        "letter-template",
        "print",
    ],
    "alice": ["write", "mine"],
    "housing_officer": [],
}
EVERYBODY = [
    "/desk/",
    "/oversight/promises/",
    "/suggestions/",
    "/search/?q=大桥",
    "/people/",
    "/people/messages/",
    "/people/me/",
]
OFFICE = [
    "/people/deputies/",
    "/people/terms/",
    "/people/import/",
    "/people/accounts/open/",
    "/accounts/2fa/",
]
OFFICE += ["/rules/measure/", "/rules/library/", "/rules/classes/", "/rules/calendar/", "/rules/computation/"]
NOBODY = ["/accounts/login/", "/suggestions/open/", "/nowhere/"]
# Names of vocabularies, which nobody fetches, and a project's own page in a licence or comment.
NAMESPACE = re.compile(r"https?://(www\.w3\.org|schemas\.openxmlformats\.org|purl\.org)")
FETCHED = re.compile(r"""(?:url\(|@import|src=|href=|fetch\(|import\()\s*["']?(?:https?:)?//[^"')\s]+""")


def test_no_page_asks_anything_of_an_address_outside(people: People) -> None:
    town = people.town
    case = cases.replied(town, code="B", promises=[cases.OVERPASS])
    actions.plan_meeting(town.office, session=town.session, title="交办会", held_on=cases.HANDED_OVER)
    opened = 0
    for who, own in WHO.items():
        page = people.context(who).new_page()
        paths = [*EVERYBODY, f"/suggestions/{case.pk}/", *(f"/suggestions/{name}/" for name in own)]
        for path in [*paths, *(OFFICE if who == "office" else [])]:
            answer = page.goto(people.address + path, wait_until="load")
            assert answer, (who, path)
            assert answer.ok, (who, path, answer.status)
            opened += 1
        page.close()
    page = people.context().new_page()
    for path in NOBODY:
        page.goto(people.address + path, wait_until="load")
    assert people.strangers() == set()
    assert len(people.requests) > opened


def test_no_built_script_style_or_template_fetches_from_outside() -> None:
    built = [
        path
        for path in (product.PACKAGE / "web" / "static" / "dist").rglob("*")
        if path.suffix in (".js", ".css")
    ]
    written = [path for path in product.PACKAGE.rglob("*.html") if "static-root" not in path.parts]
    assert built, "the assets are not built"
    found = []
    for path in [*built, *written]:
        text = NAMESPACE.sub("", path.read_text(encoding="utf-8"))
        found += [f"{Path(path).name}: {address}" for address in FETCHED.findall(text)]
    assert found == []
