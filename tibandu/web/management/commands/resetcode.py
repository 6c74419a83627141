"""Gives an account a fresh one-time code from the server, where no office may: the only administrator, or a shared account."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from tibandu.people import actions, queries


class Command(BaseCommand):
    help = "重置一个账号的登录码，可同时去掉双重验证 · Give an account a fresh one-time code, and drop its second factor if asked"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", help="用户名 · username")
        parser.add_argument(
            "--drop-second-factor", action="store_true", help="去掉双重验证 · remove the second factor too"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        account = queries.account_named(options["username"])
        if account is None:
            raise CommandError(f"没有用户名为 {options['username']} 的账号 · No account has this username.")
        code = actions.reset_code(queries.SYSTEM, account, at=timezone.now())
        if options["drop_second_factor"]:
            account.authenticator_set.all().delete()
        self.stdout.write(f"一次性登录码 one-time code: {code}")
