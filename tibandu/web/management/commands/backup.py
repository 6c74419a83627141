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
from tibandu.base.files import path_of
from tibandu.base.models import StoredFile
from tibandu.web import archive


def dump_database(target: Path) -> None:
    """A consistent copy of the whole database in one file."""
    if connection.vendor == "sqlite":
        # Unlike the backup API, VACUUM INTO does not start again at each write of others.
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(target)])
    else:
        archive.postgres_tool(
            "pg_dump",
            connection.settings_dict,
            "--format=custom",
            "--no-owner",
            "--no-privileges",
            f"--file={target}",
        )


def named_files(root: Path) -> dict[str, Path]:
    """The kept files that a row names, asked after the database was copied; what is still being uploaded has no row."""
    names = StoredFile.objects.order_by("pk").values_list("sha256", flat=True)
    named = {f"{archive.FILES}/{path_of(name)}" for name in names.iterator()}
    return {name: path for name, path in archive.kept_files(root).items() if name in named}


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
            files = archive.files_root()
            members = {database.name: database, **(named_files(files) if files else {})}
            if options["with_key"] and key.exists():
                members[archive.KEY] = key
            entries = archive.write(target, members, engine=connection.vendor, version=__version__, at=at)
        size = sum(entry.size for entry in entries)
        self.stdout.write(f"✓ {target}: {len(entries)} 个文件 files, {size:,} 字节 bytes")
        if files is None:
            self.stdout.write(
                "  未含附件：附件不在本机目录里，请在存储那一侧备份 · "
                "the kept files are not inside: they are in a storage of their own; back them up there"
            )
        if archive.KEY not in members:
            self.stdout.write(
                "  未含密钥 secret-key，请另行保管（--with-key 可一并备份）· the secret key is not inside; keep it apart"
            )
