"""Knows the pages of the rolls: who sees what, how many queries a list costs, and by which door each is entered."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.town import TODAY, Town, moment
from tibandu.people import actions
from tibandu.people.enums import MessageKind, Rank
from tibandu.people.models import Account, Appointment, Message, Person, Seat, ServiceToken, Unit
from tibandu.people.urls import urlpatterns

AT = moment(TODAY)
Hat = Callable[..., Client]
# The session, the account and its hats stand before what the page itself asks.
SHELL = 3
ROLL_QUERIES = SHELL + 4
DEPUTIES_QUERIES = SHELL + 3
MESSAGES_QUERIES = SHELL + 1

DOORS = {
    "add_delegation": "actor",
    "add_group": "actor",
    "add_post": "actor",
    "add_unit": "actor",
    "appoint": "actor",
    "change_person": "actor",
    "change_seat": "actor",
    "change_unit": "actor",
    "deactivate": "actor",
    "deputies": "actor",
    "end_seat": "actor",
    "end_unit": "actor",
    "import": "actor",
    "import_preview": "actor",
    "import_refused": "actor",
    "issue_token": "actor",
    "me": "actor",
    "merge_unit": "actor",
    "messages": "actor",
    "open_accounts": "actor",
    "open_session": "actor",
    "open_term": "actor",
    "person": "actor",
    "reactivate": "actor",
    "read_messages": "actor",
    "relieve": "actor",
    "rename_unit": "actor",
    "reset_code": "actor",
    "revoke_token": "actor",
    "roll": "actor",
    "seat_deputy": "actor",
    "send_again": "actor",
    "sendings": "actor",
    "set_competence": "actor",
    "set_delegation_head": "actor",
    "set_dispatcher": "actor",
    "set_second_factor": "actor",
    "terms": "actor",
    "unit": "actor",
}


def page(name: str, *args: Any) -> str:
    return reverse(f"people:{name}", args=args)


def test_every_address_says_by_which_door_it_is_entered() -> None:
    assert {pattern.name: getattr(pattern.callback, "entrance", None) for pattern in urlpatterns} == DOORS


def test_nobody_enters_without_signing_in(client: Client, town: Town) -> None:
    answer = client.get(page("roll"))
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=/people/")


@pytest.mark.parametrize("who", ["alice", "office", "housing_officer"])
@pytest.mark.parametrize("name", ["roll", "deputies", "terms", "messages", "me"])
def test_the_rolls_open_for_every_hat(hat: Hat, town: Town, who: str, name: str) -> None:
    assert hat(town.actors[who]).get(page(name)).status_code == 200


@pytest.mark.parametrize("extra", [0, 3])
def test_lists_cost_the_same_however_long_they_are(
    hat: Hat, town: Town, extra: int, django_assert_num_queries: Any
) -> None:
    for number in range(extra):
        unit = Unit.objects.create(organ=town.government, name=f"第{number}局", short_name=f"第{number}局")
        post = actions.add_post(town.office, unit, title="局长", rank=Rank.PRINCIPAL, at=AT)
        person = Person.objects.create(name=f"甲{number}")
        Appointment.objects.create(post=post, person=person, since=TODAY)
        Seat.objects.create(term=town.term, person=person, card_no=f"9{number}", since=TODAY)
        Message.objects.create(
            key=str(number), unit=town.units["housing"], kind="todo", title="签收", url="/", told_at=AT
        )
    client = hat(town.housing_officer)
    with django_assert_num_queries(ROLL_QUERIES):
        client.get(page("roll"))
    with django_assert_num_queries(DEPUTIES_QUERIES):
        client.get(page("deputies"))
    with django_assert_num_queries(MESSAGES_QUERIES):
        client.get(page("messages"))


def test_the_roll_finds_a_unit_by_a_past_name_and_by_its_people(hat: Hat, town: Town) -> None:
    actions.rename_unit(
        town.office, town.units["police"], name="兴澜市公安和应急局", short_name="市公安应急局", at=AT
    )
    client = hat(town.alice)
    for words in ("市公安局", "彭程"):
        tree = client.get(page("roll"), {"q": words}).context["tree"]
        assert [[unit.name for unit in units] for _organ, units in tree] == [["兴澜市公安和应急局"]]


@pytest.mark.parametrize("name", ["unit", "person", "rename_unit", "change_person", "end_seat", "reset_code"])
def test_what_belongs_to_another_congress_does_not_exist(hat: Hat, town: Town, name: str) -> None:
    foreign = {
        "unit": Unit.objects.get(organ__congress=town.district).pk,
        "rename_unit": Unit.objects.get(organ__congress=town.district).pk,
        "person": town.foreign_deputy.person_id,
        "change_person": town.foreign_deputy.person_id,
        "end_seat": town.seats["foreign_deputy"].pk,
        "reset_code": Account.objects.get(person=town.foreign_deputy.person_id).pk,
    }
    client = hat(town.office)
    ask = client.post if name == "reset_code" else client.get
    assert ask(page(name, foreign[name])).status_code == 404


def test_addresses_are_shown_to_the_office_and_to_oneself_only(hat: Hat, town: Town) -> None:
    Person.objects.filter(pk=town.alice.person_id).update(phone="13900000001")
    shown = {}
    for who in ("office", "alice", "bob", "housing_chief"):
        answer = hat(town.actors[who]).get(page("person", town.alice.person_id))
        shown[who] = "13900000001" in answer.content.decode()
    assert shown == {"office": True, "alice": True, "bob": False, "housing_chief": False}


def test_a_unit_cannot_change_the_rolls(hat: Hat, town: Town) -> None:
    answer = hat(town.housing_chief).get(page("rename_unit", town.units["housing"].pk))
    assert answer.status_code == 403
    assert "“单位更名”由别的岗位办理。" in answer.content.decode()


def test_the_office_renames_a_unit_on_a_page_and_sees_a_refusal_at_the_field(hat: Hat, town: Town) -> None:
    client = hat(town.office)
    address = page("rename_unit", town.units["housing"].pk)
    assert client.get(address).status_code == 200
    refused = client.post(address, {"name": "兴澜市财政局"})
    assert refused.status_code == 422
    assert refused.context["form"].errors == {"name": ["兴澜市人民政府已有名为“兴澜市财政局”的单位。"]}
    assert client.post(address, {"name": "兴澜市住建局"})["Location"] == page(
        "unit", town.units["housing"].pk
    )


@pytest.mark.parametrize(("verb", "of", "given"), [
    ("add_unit", "congress", {"organ": "government", "name": "兴澜市水务局", "function": "handling", "order": "20"}),
    ("change_unit", "unit", {"short_name": "住建", "function": "handling", "order": "3", "aliases": "建委、住建委"}),
    ("add_post", "unit", {"title": "总工程师", "rank": "section"}),
    ("appoint", "post", {"name": "新来", "since": "2026-03-02"}),
    ("seat_deputy", "term", {"name": "新来", "since": "2026-03-02", "card_no": "300"}),
    ("change_seat", "seat", {"constituency": "柳塘镇"}),
    ("end_seat", "seat", {"on": "2026-03-02", "words": "调离本市"}),
    ("open_session", "term", {"number": "6", "slug": "6-6", "opens_on": "2026-12-01", "closes_on": "2026-12-03",
                              "cutoff_on": "2026-12-02", "cutoff_time": "12:00"}),
    ("open_term", "congress", {"number": "7", "starts_on": "2099-02-01", "ends_on": "2104-02-01"}),
    ("add_group", "congress", {"name": "第一小组"}),
    ("set_second_factor", "congress", {"asked": ["deputy_work:", "handling:principal"]}),
])  # fmt: skip
def test_each_change_has_a_form_that_works(
    hat: Hat, town: Town, verb: str, of: str, given: dict[str, Any]
) -> None:
    rows = {
        "congress": town.congress.pk,
        "unit": town.units["housing"].pk,
        "post": town.units["housing"].posts.get(title="局长").pk,
        "term": town.term.pk,
        "seat": town.seats["dora"].pk,
    }
    given = given | ({"organ": town.government.pk} if "organ" in given else {})
    client = hat(town.office)
    assert client.get(page(verb, rows[of])).status_code == 200
    answer = client.post(page(verb, rows[of]), given)
    assert answer.status_code == 302, answer.context["form"].errors


def test_the_slips_are_a_paper_and_the_codes_are_on_no_page(hat: Hat, town: Town) -> None:
    person = actions.add_person(town.office, town.congress, name="新来", at=AT)
    actions.seat_deputy(town.office, town.term, person=person, card_no="077", since=TODAY, at=AT)
    client = hat(town.office)
    assert list(client.get(page("open_accounts")).context["persons"]) == [person]
    answer = client.post(page("open_accounts"), {"pick": [person.pk]})
    assert (answer["Content-Type"], answer["Cache-Control"], answer.content[:4]) == (
        "application/pdf",
        "no-store",
        b"%PDF",
    )
    assert list(client.get(page("open_accounts")).context["persons"]) == []


def test_a_file_is_previewed_then_imported_then_its_refused_rows_downloaded(hat: Hat, town: Town) -> None:
    client = hat(town.office)
    text = "姓名,代表证号\n申屠远,101\n路人,\n"
    sent = client.post(page("import"), {"file": SimpleUploadedFile("名册.csv", text.encode())})
    assert sent["Location"] == page("import_preview")
    assert [count for _tone, _word, count in client.get(page("import_preview")).context["counts"]] == [
        1,
        0,
        1,
        0,
    ]
    assert not Seat.objects.filter(card_no="101").exists()
    client.post(page("import_preview"))
    assert Seat.objects.filter(card_no="101").count() == 1
    assert client.get(page("import_refused")).content[:2] == b"PK"
    assert io.BytesIO(client.get(page("import_refused")).content).read(2) == b"PK"


def test_a_message_is_read_from_the_list_and_only_by_its_hat(hat: Hat, town: Town) -> None:
    actions.tell(
        key="a",
        units=[town.units["housing"]],
        kind=MessageKind.TODO,
        title="请签收",
        url="/suggestions/1/",
        at=AT,
    )
    message = Message.objects.get()
    hat(town.transport_chief).post(page("read_messages"), {"pick": [message.pk]})
    assert Message.objects.get().read_at is None
    answer = hat(town.housing_officer).post(
        page("read_messages"), {"pick": [message.pk], "next": "/suggestions/1/"}
    )
    assert (answer["Location"], Message.objects.get().read_by) == ("/suggestions/1/", "林溪")


def test_the_outbox_is_for_administrators(hat: Hat, town: Town) -> None:
    assert hat(town.office).get(page("sendings")).status_code == 403
    town.units["deputy_work"].posts.filter(title="主任").update(administers=True)
    assert hat(town.office).get(page("sendings")).status_code == 200


def test_a_token_is_shown_once(hat: Hat, town: Town) -> None:
    client = hat(town.housing_officer)
    answer = client.post(page("issue_token"), {"name": "局内系统", "scope": "read"})
    secret = answer.context["secret"]
    assert secret in answer.content.decode()
    assert secret not in client.get(page("me")).content.decode()
    client.post(page("revoke_token", ServiceToken.objects.get().pk))
    assert ServiceToken.objects.get().revoked_at is not None
