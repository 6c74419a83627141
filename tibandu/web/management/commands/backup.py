"""Knows how a backup is made while people work: the database first, then the files, which are never changed or deleted."""

import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from tibandu import __version__
from tibandu.web import archive


def dump_database(target: Path) -> None:
    """A consistent copy of the whole database in one file."""
    if connection.vendor == "sqlite":
        # Unlike the backup API, VACUUM INTO does not start again at each write of others.
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(target)])
    else:
        archive.postgres_tool(
            "pg_dump", connection.settings_dict, "--format=custom", "--no-owner", f"--file={target}"
        )


class Command(BaseCommand):
    help = "备份数据库和附件到一个 .tar 文件 · Write database and files into one .tar with digests"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", help="目标文件 · file to write (default: tibandu-DATE.tar)")
        parser.add_argument(
            "--with-key",
            action="store_true",
            help="同时备份密钥 · also the secret key: keep such a file locked away",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        at = timezone.now()
        target = Path(options["file"] or f"tibandu-{timezone.localtime(at):%Y%m%d-%H%M%S}.tar")
        if target.exists():
            raise CommandError(f"{target} 已存在 · {target} exists already.")
        key = Path(settings.DATA_DIR) / archive.KEY
        with tempfile.TemporaryDirectory(dir=target.resolve().parent) as folder:
            database = Path(folder) / archive.DATABASE[connection.vendor]
            try:
                dump_database(database)
            except archive.Unusable as error:
                raise CommandError(str(error)) from error
            members = {database.name: database, **archive.kept_files(Path(settings.MEDIA_ROOT))}
            if options["with_key"] and key.exists():
                members[archive.KEY] = key
            entries = archive.write(target, members, engine=connection.vendor, version=__version__, at=at)
        size = sum(entry.size for entry in entries)
        self.stdout.write(f"✓ {target}: {len(entries)} 个文件 files, {size:,} 字节 bytes")
        if archive.KEY not in members:
            self.stdout.write(
                "  未含密钥 secret-key，请另行保管（--with-key 可一并备份）· the secret key is not inside; keep it apart"
            )
