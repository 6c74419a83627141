"""Knows how one comes in: password, initial code, second factor, hats, personas of a demo, and refusals as pages."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.test import Client, RequestFactory
from django.urls import get_resolver, reverse

from tests.town import TODAY, Town, moment
from tibandu.base.flow import Moved, NotYourStep, Refused
from tibandu.base.models import Installation
from tibandu.people import actions, queries
from tibandu.people.enums import Function, Rank
from tibandu.people.models import Account, Person
from tibandu.web import middleware, signin

AT = moment(TODAY)
Hat = Callable[..., Client]
LOGIN = "/accounts/login/"
PASSWORD = "一段足够长的口令 2026"
SECRET = "JBSWY3DPEHPK3PXP"
ENGLISH = re.compile(r">[^<>{}]*\b(?!iPad|Tibandu|English|Enter|IP|https?|TOTP)[A-Za-z]{3,}[^<>]*<")


@pytest.fixture(autouse=True)
def fresh_limits(db: None) -> None:
    cache.clear()


@pytest.fixture
def demo(settings: Any, town: Town) -> Town:
    settings.DEMO = True
    settings.LOGIN_URL = "web:personas"
    settings.AUTHENTICATION_BACKENDS = [*settings.AUTHENTICATION_BACKENDS, "tibandu.web.signin.DemoBackend"]
    Installation.objects.update_or_create(pk=1, defaults={"is_demo": True})
    return town


def with_password(town: Town, name: str = "alice") -> Account:
    account = Account.objects.get(person=town.actors[name].person_id)
    account.set_password(PASSWORD)
    account.save()
    return account


def enter(client: Client, username: str, password: str = PASSWORD) -> Any:
    return client.post(LOGIN, {"login": username, "password": password})


def totp_now() -> str:
    _before, now, _after = yield_hotp_counters_from_time()
    return format_hotp_value(hotp_value(SECRET, now))


def test_a_password_opens_the_desk(client: Client, town: Town) -> None:
    with_password(town)
    assert enter(client, "安立夏")["Location"] == "/"
    answer = client.get(reverse("people:me"))
    assert answer.wsgi_request.actor == town.alice


def test_a_wrong_password_says_so_in_chinese_and_locks_after_five(client: Client, town: Town) -> None:
    with_password(town)
    wrong = [enter(client, "安立夏", "错的") for _try in range(5)]
    assert wrong[0].context["form"].non_field_errors() == ["用户名或密码不对。"]
    locked = enter(client, "安立夏")
    assert locked.context["form"].non_field_errors() == ["连续输错次数太多，请五分钟后再试。"]


def test_nobody_signs_up(client: Client, db: None) -> None:
    assert "不开放注册" in client.get("/accounts/signup/").content.decode()
    client.post("/accounts/signup/", {"username": "x", "password1": PASSWORD, "password2": PASSWORD})
    assert Account.objects.count() == 0


def test_a_one_time_code_opens_nothing_but_the_page_that_replaces_it(client: Client, town: Town) -> None:
    person = Person.objects.create(name="新来")
    actions.seat_deputy(town.office, town.term, person=person, card_no="077", since=TODAY, at=AT)
    [(_person, username, code)] = actions.open_accounts(town.office, [person], at=AT)
    enter(client, username, code)
    assert client.get(reverse("people:roll"))["Location"] == "/accounts/password/change/"
    assert client.get("/accounts/2fa/")["Location"] == "/accounts/password/change/"
    given = {"oldpassword": code, "password1": PASSWORD, "password2": PASSWORD}
    assert client.post("/accounts/password/change/", given).status_code == 302
    assert client.get(reverse("people:roll")).status_code == 200
    assert not Account.objects.get(person=person).must_change_password


def test_a_post_that_needs_a_second_factor_goes_nowhere_without_one(hat: Hat, town: Town) -> None:
    actions.set_second_factor(town.office, town.congress, asked=[(Function.HANDLING, Rank.PRINCIPAL)], at=AT)
    assert hat(town.housing_officer).get(reverse("people:roll")).status_code == 200
    client = hat(town.housing_chief)
    assert client.get(reverse("people:roll"))["Location"] == "/accounts/2fa/"
    assert client.get("/accounts/2fa/").status_code == 200
    TOTP.activate(Account.objects.get(person=town.housing_chief.person_id), SECRET)
    assert client.get(reverse("people:roll")).status_code == 200


def test_a_second_factor_is_asked_at_sign_in_and_a_spare_code_works_once(client: Client, town: Town) -> None:
    account = with_password(town)
    TOTP.activate(account, SECRET)
    spare = RecoveryCodes.activate(account).get_unused_codes()[0]
    assert enter(client, "安立夏")["Location"] == "/accounts/2fa/authenticate/"
    assert client.get(reverse("people:roll")).status_code == 302
    wrong = client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert wrong.context["form"].errors == {"code": ["验证码不对。"]}
    assert client.post("/accounts/2fa/authenticate/", {"code": totp_now()})["Location"] == "/"
    client.post("/accounts/logout/")
    enter(client, "安立夏")
    assert client.post("/accounts/2fa/authenticate/", {"code": spare})["Location"] == "/"


def test_the_secret_of_a_second_factor_is_not_readable_in_the_database(town: Town) -> None:
    TOTP.activate(Account.objects.get(person=town.alice.person_id), SECRET)
    assert SECRET not in str(Authenticator.objects.values_list("data", flat=True))
    assert TOTP(Authenticator.objects.get()).validate_code(totp_now())


@pytest.mark.parametrize(("address", "sentence"), [
    ("localhost:8000", None),
    ("127.0.0.1:8000", "安全钥匙只能用在有域名的地址上，现在用的是 IP 地址。请改用动态验证码。"),
    ("tibandu.example", "安全钥匙要求 https 地址，现在的地址是 http。请改用动态验证码。"),
])  # fmt: skip
def test_the_page_says_why_a_security_key_does_not_work_here(
    address: str, sentence: str | None, settings: Any
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    assert signin.webauthn_refusal(RequestFactory().get("/", HTTP_HOST=address)) == sentence


def test_one_changes_the_hat_and_finds_it_again_next_time(client: Client, town: Town) -> None:
    chief = Person.objects.get(pk=town.housing_chief.person_id)
    seat = actions.seat_deputy(town.office, town.term, person=chief, card_no="078", since=TODAY, at=AT)
    account = chief.account
    client.force_login(account)
    assert client.get(reverse("people:me")).wsgi_request.actor.kind == "handling"
    assert client.post(reverse("web:hat"), {"hat": f"seat:{seat.pk}"}).status_code == 302
    answer = client.get(reverse("people:me"))
    assert answer.wsgi_request.actor.kind == "deputy"
    assert [hat["current"] for hat in answer.context["hats"]] == [False, True]
    assert f'name="hat" value="{town.housing_chief.hat}"' in answer.content.decode()
    client.logout()
    client.force_login(account)
    assert client.get(reverse("people:me")).wsgi_request.actor.seat_id == seat.pk
    assert client.post(reverse("web:hat"), {"hat": town.office.hat}).status_code == 404


def test_an_account_without_a_hat_is_told_whom_to_ask(client: Client, town: Town) -> None:
    person = Person.objects.create(name="无职")
    client.force_login(Account.objects.create_user("nobody", person))
    answer = client.get(reverse("people:roll"))
    assert answer.status_code == 403
    assert "没有可用的身份" in answer.content.decode()


def test_who_acts_costs_one_query(town: Town, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        worn = queries.worn_by(town.office.person_id, town.office.hat, TODAY)
    assert worn == queries.Worn(town.office, [(town.office.hat, "市人大代表工委主任")])
    with django_assert_num_queries(1):
        assert queries.worn_by(town.alice.person_id, "", TODAY).actor == town.alice


@pytest.mark.parametrize(("exception", "status", "title", "sentence"), [
    (Refused("办前联系尚未完成"), 422, "现在不能办理", "办前联系尚未完成"),
    (NotYourStep("交办"), 403, "这一步不由您办理", "“交办”由别的岗位办理。"),
    (Moved(), 409, "情况有变", "刚刚被别人办理过，请刷新后再看。"),
])  # fmt: skip
@pytest.mark.parametrize("piece", [False, True])
def test_a_refusal_is_a_sentence_with_a_way_back(
    exception: Exception, status: int, title: str, sentence: str, piece: bool, rf: RequestFactory
) -> None:
    request = rf.get("/", HTTP_REFERER="http://testserver/suggestions/7/", HTTP_HOST="testserver")
    request.actor, request.hats, request.counts, request.htmx = None, [], {}, piece
    answer = middleware.refusals(lambda _request: None).process_exception(request, exception)
    text = answer.content.decode()
    assert (answer.status_code, title in text, sentence in text) == (status, True, True)
    assert (
        'href="/suggestions/7/"' in text or 'href="http://testserver/suggestions/7/"' in text
    ) is not piece
    assert text.startswith("<div") is piece


def test_a_demo_begins_with_its_people_and_one_click_enters(client: Client, demo: Town) -> None:
    assert client.get("/", HTTP_HOST="localhost")["Location"] == "/personas/"
    groups = client.get("/personas/", HTTP_HOST="localhost").context["groups"]
    assert [(place, kind, len(people)) for place, kind, people in groups] == [
        ("兴澜市人民代表大会", "人大代表", 5),
        ("兴澜市人民代表大会", "代表工作机构", 2),
        ("兴澜市人民代表大会", "主席团、主任会议", 1),
        ("兴澜市人民代表大会", "专门委员会、工作委员会", 1),
        ("兴澜市人民代表大会", "分办督查机构", 2),
        ("兴澜市人民代表大会", "承办单位", 12),
        ("汀溪区人民代表大会", "人大代表", 1),
        ("汀溪区人民代表大会", "代表工作机构", 1),
    ]
    client.post("/personas/", {"persona": demo.office.hat}, HTTP_HOST="localhost")
    assert client.get(reverse("people:me"), HTTP_HOST="localhost").wsgi_request.actor == demo.office


@pytest.mark.parametrize("extra", [
    {"HTTP_HOST": "localhost", "HTTP_X_FORWARDED_FOR": "10.0.0.7"},
    {"HTTP_HOST": "localhost", "HTTP_FORWARDED": "for=10.0.0.7"},
    {"HTTP_HOST": "tibandu.example"},
])  # fmt: skip
def test_a_demo_is_closed_behind_a_proxy_and_under_any_other_name(
    client: Client, demo: Town, settings: Any, extra: dict[str, str]
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    assert client.get("/personas/", **extra)["Location"] == "/accounts/login/"
    assert client.post("/personas/", {"persona": demo.office.hat}, **extra).status_code == 404


def test_a_real_database_has_no_personas_even_when_the_setting_says_demo(client: Client, demo: Town) -> None:
    Installation.objects.update(is_demo=False)
    assert client.post("/personas/", {"persona": demo.office.hat}, HTTP_HOST="localhost").status_code == 404


def test_large_type_is_kept_on_the_device(client: Client, db: None) -> None:
    client.post(reverse("web:large_type"), {"large": "1", "next": LOGIN})
    assert client.cookies["large_type"].value == "1"
    assert client.get(LOGIN).context["large_type"]


def test_no_page_of_the_sign_in_library_speaks_english(client: Client, town: Town) -> None:
    account = with_password(town)
    pages = {
        name: client.get(name).content.decode()
        for name in (LOGIN, "/accounts/signup/", "/accounts/inactive/")
    }
    enter(client, "安立夏")
    names = ["reauthenticate/", "logout/", "password/change/", "2fa/", "2fa/webauthn/", "sessions/"]
    pages |= {name: client.get(f"/accounts/{name}").content.decode() for name in names}
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    names = ["2fa/totp/activate/", "2fa/webauthn/add/"]
    pages |= {name: client.get(f"/accounts/{name}").content.decode() for name in names}
    TOTP.activate(account, SECRET)
    RecoveryCodes.activate(account)
    names = [
        "2fa/",
        "2fa/totp/deactivate/",
        "2fa/recovery-codes/",
        "2fa/recovery-codes/generate/",
        "2fa/reauthenticate/",
    ]
    pages |= {f"{name} with": client.get(f"/accounts/{name}").content.decode() for name in names}
    found = {
        name: ENGLISH.findall(re.sub(r"(?s)<script.*?</script>|<samp>.*?</samp>", "", text))
        for name, text in pages.items()
    }
    assert {name: words for name, words in found.items() if words} == {}
    assert [name for name, text in pages.items() if "<h1>" not in text] == []


def test_every_page_of_the_sign_in_library_that_exists_is_one_of_ours() -> None:
    names = {key for key in get_resolver("tibandu.web.accounts").reverse_dict if isinstance(key, str)}
    assert names == {
        "account_change_password", "account_inactive", "account_login", "account_logout", "account_reauthenticate",
        "account_set_password",
        "account_signup", "mfa_activate_totp", "mfa_add_webauthn", "mfa_authenticate", "mfa_deactivate_totp",
        "mfa_download_recovery_codes", "mfa_edit_webauthn", "mfa_generate_recovery_codes", "mfa_index",
        "mfa_list_webauthn", "mfa_reauthenticate", "mfa_reauthenticate_webauthn", "mfa_remove_webauthn",
        "mfa_view_recovery_codes", "usersessions_list",
    }  # fmt: skip
