"""Who may do what with a version, in which state, and the sentences that refuse it."""

from dataclasses import replace

import pytest

from tests.town import TODAY, moment
from tibandu.people.queries import SYSTEM
from tibandu.regulations import actions, flow
from tibandu.regulations.enums import VersionState
from tibandu.regulations.models import Version

WHO = ["office", "clerk", "member", "chairpersons", "dispatcher", "housing_chief", "alice", "foreign_office"]


@pytest.fixture
def draft(town):
    return actions.draft_version(town.office, town.measure.document, at=moment(), label="2027年")


def test_the_whole_table_of_rights(town, draft):
    lines = []
    for state in VersionState:
        version = Version.objects.select_related("document").get(pk=draft.pk)
        version.state = state
        for who in WHO:
            verbs = sorted(offer.verb for offer in flow.VERSION.offers(town.actors[who], version, TODAY))
            lines.append(f"{state} {who}: {' '.join(verbs)}".rstrip())
    assert lines == [
        "draft office: discard edit enact",
        "draft clerk: discard edit enact",
        "draft member:",
        "draft chairpersons:",
        "draft dispatcher:",
        "draft housing_chief:",
        "draft alice:",
        "draft foreign_office:",
        "in_force office: read repeal",
        "in_force clerk: read repeal",
        "in_force member: read",
        "in_force chairpersons: read",
        "in_force dispatcher: read",
        "in_force housing_chief: read",
        "in_force alice: read",
        "in_force foreign_office:",
        "revised office: read",
        "revised clerk: read",
        "revised member: read",
        "revised chairpersons: read",
        "revised dispatcher: read",
        "revised housing_chief: read",
        "revised alice: read",
        "revised foreign_office:",
        "repealed office: read",
        "repealed clerk: read",
        "repealed member: read",
        "repealed chairpersons: read",
        "repealed dispatcher: read",
        "repealed housing_chief: read",
        "repealed alice: read",
        "repealed foreign_office:",
    ]


def refusal(actor, version):
    offers = flow.VERSION.offers(actor, version, TODAY)
    return next(str(offer.refusal) for offer in offers if offer.verb == "enact")


def test_a_whole_draft_may_be_enacted(town, draft):
    assert refusal(town.office, draft) == "None"


def test_a_draft_without_articles_is_refused(town, draft):
    draft.articles.all().delete()
    assert refusal(town.office, draft) == "还没有条文，不能施行。"


def test_a_draft_that_misses_something_names_it(town, draft):
    draft.limits.get(code="reply").delete()
    draft.settings.get(key="rated_by").delete()
    draft.dimensions.get(code="result").delete()
    assert refusal(town.office, draft) == "还缺少：唯一的总评维度、答复期限、联名建议由谁评价。"


def test_a_number_pattern_without_a_running_number_is_refused(town, draft):
    draft.number_patterns.filter(kind="session").update(pattern="{year}年")
    assert refusal(town.office, draft) == "编号格式里缺少顺序号 {seq}。"


@pytest.mark.parametrize(
    ("code", "amount", "name"), [("reply", 4, "答复期限"), ("reply_long", 8, "复杂建议答复期限")]
)
def test_a_limit_over_the_statute_needs_a_legal_basis(town, draft, code, amount, name):
    draft.limits.filter(code=code).update(amount=amount)
    assert refusal(town.office, draft) == f"{name}超过代表法第五十一条规定的时间，须先写明法律依据。"
    actions.describe(town.office, draft, at=moment(), legal_basis="省条例第九条")
    assert refusal(town.office, draft) == "None"


def test_another_document_needs_articles_only(town):
    rule = actions.add_document(
        town.office,
        town.congress.pk,
        at=moment(),
        kind="rule",
        title="值班制度",
        adopted_by="",
        label="一",
        text="第一条 值班。",
    )
    assert refusal(town.office, rule) == "None"


def test_in_a_town_the_presidium_keeps_the_measure(town, draft):
    chair = replace(town.chairpersons, competences=town.office.competences)
    assert refusal(chair, draft) == "None"
    assert refusal(SYSTEM, draft) == "None"
