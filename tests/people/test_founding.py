"""Knows that a fresh database gets a congress that works and an administrator who can sign in."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core.management import CommandError, call_command
from django.utils.timezone import localdate

from tests.town import Town
from tibandu.base import journal
from tibandu.people import queries
from tibandu.people.enums import Competence
from tibandu.people.models import Account

WILLOW = ["willow", "柳塘镇人民代表大会", "--short-name", "柳塘镇", "--level", "town"]
PEOPLE = ["--office", "柳塘镇人大主席团", "--administrator", "柳青"]


def test_a_congress_is_founded_with_one_office_that_holds_every_power(
    db: None, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("found", *WILLOW, *PEOPLE)
    account = Account.objects.get()
    username, code = [line.partition(": ")[2] for line in capsys.readouterr().out.splitlines()]
    assert (username, account.check_password(code)) == (account.username, True)
    worn = queries.worn_by(account.person_id, "", localdate())
    assert [name for _key, name in worn.hats] == ["柳塘镇人大主席团主任", "柳塘镇人大主席团系统管理员"]
    assert worn.actor is not None
    assert worn.actor.competences == frozenset(Competence.values)
    administrator = queries.worn_by(account.person_id, worn.hats[1][0], localdate()).actor
    assert administrator is not None
    assert administrator.administers
    assert list(journal.verify()) == []


def test_a_code_is_used_once_and_a_parent_must_exist(town: Town) -> None:
    with pytest.raises(CommandError, match="代号“city”已被使用。"):
        call_command("found", "city", "某市", "--short-name", "某市", "--level", "city", *PEOPLE)
    with pytest.raises(CommandError, match="没有代号为 nowhere 的人大"):
        call_command("found", *WILLOW, "--parent", "nowhere", *PEOPLE)


def test_a_lost_password_and_a_lost_phone_are_mended_at_the_server(
    town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    account = Account.objects.get(person=town.office.person_id)
    TOTP.activate(account, "JBSWY3DPEHPK3PXP")
    call_command("resetcode", account.username, "--drop-second-factor")
    account.refresh_from_db()
    code = capsys.readouterr().out.strip().partition(": ")[2]
    assert (account.check_password(code), account.must_change_password) == (True, True)
    assert Authenticator.objects.count() == 0
    with pytest.raises(CommandError, match="No account has this username"):
        call_command("resetcode", "nobody")
