"""Knows how a backup comes back: into an empty place only, when every byte is proved, and verified once it is there."""

import shutil
import sqlite3
import tempfile
from argparse import ArgumentParser
from contextlib import closing
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from tibandu.base.files import path_of
from tibandu.base.models import StoredFile
from tibandu.web import archive


def check_place_is_empty(files: Path | None) -> None:
    """Raises Unusable when a database or files would be overwritten."""
    if files and files.exists() and any(files.iterdir()):
        raise archive.Unusable(f"{files} 不是空目录 · {files} is not empty.")
    if connection.vendor == "sqlite":
        path = Path(connection.settings_dict["NAME"])
        if path.exists() and path.stat().st_size:
            raise archive.Unusable(f"{path} 已存在 · The database {path} exists already.")
    elif connection.introspection.table_names():
        raise archive.Unusable("数据库不是空的 · The database is not empty.")


def check_sqlite(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        answer = database.execute("PRAGMA integrity_check").fetchone()[0]
    if answer != "ok":
        raise archive.Unusable(f"数据库文件已损坏 · The database file is damaged: {answer}")


def put_database(source: Path) -> None:
    if connection.vendor == "sqlite":
        check_sqlite(source)
        target = Path(connection.settings_dict["NAME"])
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(source, target)
    else:
        archive.postgres_tool(
            "pg_restore",
            connection.settings_dict,
            "--no-owner",
            "--no-privileges",
            "--exit-on-error",
            "--single-transaction",
            str(source),
        )


def put_files(source: Path, target: Path | None) -> None:
    """To the folder they are kept in, or into a storage that is no folder; what is there already is the same content."""
    if target is None:
        for path in (path for path in source.rglob("*") if path.is_file()):
            name = path.relative_to(source).as_posix()
            if not default_storage.exists(name):
                with path.open("rb") as file:
                    default_storage.save(name, File(file))
    elif source.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():
            target.rmdir()
        shutil.move(source, target)


class Command(BaseCommand):
    help = "把备份恢复到空的数据库和目录 · Bring a backup back into an empty database and folder"
    # The database may not be there yet.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="备份文件 · the backup")

    def handle(self, *args: Any, **options: Any) -> None:
        data, files = Path(settings.DATA_DIR), archive.files_root()
        if not options["file"].is_file():
            raise CommandError(f"没有这个文件 · No such file: {options['file']}")
        data.mkdir(parents=True, exist_ok=True)
        try:
            with tempfile.TemporaryDirectory(dir=data) as folder:
                entries = self.restore(options["file"], Path(folder), files)
        except archive.Unusable as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"✓ 已恢复 restored: {entries} 个文件 files")
        self.prove()
        self.stdout.write("  请再运行 now run: tibandu doctor")

    def prove(self) -> None:
        """Guards and grants are put back, then the journal is verified and every file that a row names looked for."""
        call_command("migrate", interactive=False, verbosity=0)
        call_command("verify", stdout=self.stdout)
        names = StoredFile.objects.order_by("pk").values_list("sha256", flat=True)
        missing = [name for name in names.iterator() if not default_storage.exists(path_of(name))]
        if missing:
            raise CommandError(f"缺 {len(missing)} 个附件 · {len(missing)} files are missing: {missing[0]} …")
        self.stdout.write("✓ 附件齐全 every file is there")

    def restore(self, source: Path, folder: Path, files: Path | None) -> int:
        """Nothing is moved to its place before everything is proved; answers the number of files."""
        check_place_is_empty(files)
        manifest = archive.unpack(source, folder)
        if manifest["engine"] != connection.vendor:
            raise archive.Unusable(
                f"备份来自 {manifest['engine']}，这里是 {connection.vendor} · The backup is of another kind of database."
            )
        put_database(folder / archive.DATABASE[connection.vendor])
        put_files(folder / archive.FILES, files)
        key = folder / archive.KEY
        if key.exists():
            shutil.move(key, Path(settings.DATA_DIR) / archive.KEY)
        return len(manifest["entries"])
