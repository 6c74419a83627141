"""Founds a congress in an empty database: one office with every power, and one administrator with a one-time code."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from tibandu.base.flow import Refused
from tibandu.people import actions, queries
from tibandu.people.enums import Level


class Command(BaseCommand):
    help = (
        "新设一级人大，并给第一位管理员开通账号 · Found a congress and open its first administrator's account"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="代号，如 city · code, such as city")
        parser.add_argument("name", help="全称 · full name")
        parser.add_argument("--short-name", required=True, help="简称，如 兴澜市 · short name")
        parser.add_argument("--level", required=True, choices=Level.values, help="层级 · level")
        parser.add_argument("--parent", help="上级人大的代号 · code of the congress above")
        parser.add_argument(
            "--office", required=True, help="代表工作机构名称 · name of the deputy-work office"
        )
        parser.add_argument(
            "--administrator", required=True, help="第一位管理员姓名 · name of the first administrator"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        parent = queries.congress_by_slug(options["parent"]) if options["parent"] else None
        if options["parent"] and parent is None:
            raise CommandError(
                f"没有代号为 {options['parent']} 的人大 · No congress has the code {options['parent']}."
            )
        wanted = ("slug", "name", "short_name", "level", "office", "administrator")
        try:
            username, code = actions.found(parent, **{one: options[one] for one in wanted}, at=timezone.now())
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"用户名 username: {username}\n一次性登录码 one-time code: {code}")
