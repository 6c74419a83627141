"""Knows what the one command says of itself, and what serving and the doctor refuse."""

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command, get_commands
from django.db import connection

from tibandu.web.command import COMMANDS, main
from tibandu.web.management.commands import doctor, serve


def test_without_arguments_it_lists_its_commands_in_two_languages(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    shown = capsys.readouterr().out
    rows = [f"  {name:<9} {chinese} · {english}" for name, (chinese, english) in COMMANDS.items()]
    assert [line for line in shown.splitlines() if " · " in line][: len(rows)] == rows


def test_every_command_that_is_listed_exists() -> None:
    assert sorted(set(COMMANDS) - set(get_commands())) == []


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.0.0.9", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("192.0.2.7", False),
        ("intranet", False),
    ],
)
def test_which_addresses_are_of_this_machine(host: str, expected: bool) -> None:
    assert serve.is_loopback(host) is expected


def test_demo_mode_serves_this_machine_only(settings: LazySettings) -> None:
    settings.DEMO = True
    with pytest.raises(CommandError, match="loopback address only"):
        call_command("serve", host="0.0.0.0")


@pytest.mark.django_db
def test_no_migration_is_missing_after_migrating() -> None:
    assert serve.unapplied_migrations() == []


@pytest.mark.django_db
def test_the_doctor_finds_a_fresh_database_well() -> None:
    answers = {label: is_well for label, is_well, _words in doctor.examine()}
    asked = ("数据库 database", "数据库升级 migrations", "缓存表 cache table", "留痕保护 journal guards")
    assert {label: answers[label] for label in asked} == dict.fromkeys(asked, True)


@pytest.mark.django_db
def test_the_doctor_sees_that_a_table_is_gone() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE cache")
    answers = {label: (is_well, words) for label, is_well, words in doctor.examine()}
    assert answers["缓存表 cache table"] == (
        False,
        "缺表 cache，运行 tibandu migrate · table missing; run tibandu migrate",
    )
