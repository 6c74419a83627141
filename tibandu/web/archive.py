"""Knows what a backup is: one tar of the database and the kept files, with a manifest that proves each byte."""

import hashlib
import io
import json
import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from django.core.files.storage import FileSystemStorage, default_storage
from tqdm import tqdm

from tibandu.base.prepared import is_direct

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE = {"sqlite": "database.sqlite3", "postgresql": "database.pgdump"}
FILES = "files"
KEY = "secret-key"
BLOCK = 1 << 20


class Unusable(Exception):
    """An archive, a tool or a place that does not serve, with the sentence that says why in both languages."""


@dataclass(frozen=True)
class Entry:
    """One file of the archive and the digest it must have."""

    path: str
    size: int
    sha256: str


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def progress(rows: Any, label: str, total: int | None = None) -> Any:
    """A bar for what may take over two seconds; silent when nobody looks."""
    return tqdm(rows, desc=label, total=total, unit="", delay=1, leave=False, disable=None)


def write(
    target: Path, members: Mapping[str, Path], *, engine: str, version: str, at: datetime
) -> list[Entry]:
    """Writes the archive beside its final name and moves it there when it is whole; the manifest comes first."""
    entries = [
        Entry(name, path.stat().st_size, digest(path))
        for name, path in progress(members.items(), "校验 digests", len(members))
    ]
    manifest = {"format": FORMAT, "version": version, "made_at": at.isoformat(), "engine": engine}
    text = json.dumps(manifest | {"entries": [asdict(entry) for entry in entries]}, indent=1).encode()
    part = target.with_name(target.name + ".part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file, tarfile.open(fileobj=file, mode="w") as tar:
        head = tarfile.TarInfo(MANIFEST)
        head.size, head.mode, head.mtime = len(text), 0o600, int(at.timestamp())
        tar.addfile(head, io.BytesIO(text))
        for name, path in progress(members.items(), "写入 writing", len(members)):
            tar.add(path, arcname=name, recursive=False)
    part.replace(target)
    return entries


def read_manifest(tar: tarfile.TarFile) -> dict[str, Any]:
    first = tar.next()
    source = tar.extractfile(first) if first and first.name == MANIFEST else None
    if source is None:
        raise Unusable("这不是提办督的备份 · This is no backup of Tibandu: it does not open with a manifest.")
    manifest: dict[str, Any] = json.loads(source.read())
    if manifest["format"] != FORMAT:
        raise Unusable(
            f"备份格式 {manifest['format']} 不认识 · Unknown format of backup: {manifest['format']}."
        )
    return manifest


def _is_safe(name: str) -> bool:
    path = PurePosixPath(name)
    allowed = len(path.parts) == 1 or path.parts[0] == FILES
    return allowed and not path.is_absolute() and ".." not in path.parts


def unpack(source: Path, place: Path) -> dict[str, Any]:
    """Unpacks into an empty folder and answers the manifest; raises Unusable unless every byte is the one written."""
    try:
        with tarfile.open(source, mode="r:") as tar:
            manifest = read_manifest(tar)
            expected = {entry["path"]: entry for entry in manifest["entries"]}
            for member in progress(_members(tar), "恢复 unpacking", len(expected)):
                _unpack_one(tar, member, expected.pop(member.name, None), place)
    except (tarfile.TarError, EOFError, ValueError, KeyError) as error:
        raise Unusable(f"备份已损坏 · The backup is damaged: {error}") from error
    if expected:
        raise Unusable(
            f"备份缺少 {len(expected)} 个文件 · {len(expected)} files are missing: {sorted(expected)[0]} …"
        )
    return manifest


def _members(tar: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    while member := tar.next():
        yield member


def _unpack_one(
    tar: tarfile.TarFile, member: tarfile.TarInfo, entry: dict[str, Any] | None, place: Path
) -> None:
    stream = tar.extractfile(member) if member.isfile() else None
    if entry is None or stream is None or not _is_safe(member.name):
        raise Unusable(
            f"备份里有不该有的 {member.name} · The backup holds something its manifest does not name."
        )
    target = place / member.name
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as file:
        shutil.copyfileobj(stream, file, BLOCK)
    if digest(target) != entry["sha256"]:
        raise Unusable(f"{member.name} 与清单不符 · {member.name} is not what the manifest says.")


def files_root() -> Path | None:
    """The folder of the kept files; None where they are kept in a storage that is no folder of this machine."""
    kept = default_storage
    return Path(kept.location) if isinstance(kept, FileSystemStorage) else None


def kept_files(root: Path) -> dict[str, Path]:
    """The stored files under their names in the archive."""
    paths = sorted(path for path in root.rglob("*") if path.is_file()) if root.exists() else []
    return {f"{FILES}/{path.relative_to(root).as_posix()}": path for path in paths}


def refuse_a_pool() -> None:
    """The tools change settings of their connection; a pool would pass those on to everybody who is working."""
    if not is_direct():
        raise Unusable(
            "数据库地址经过连接池，备份和恢复请用直连地址（TIBANDU_DATABASE_URL）· "
            "This address leads through a connection pool; give TIBANDU_DATABASE_URL the database's own address for this."
        )


def postgres_tool(name: str, settings: Mapping[str, Any], *arguments: str) -> None:
    """Runs pg_dump or pg_restore on the configured database; the password never stands on the command line."""
    if shutil.which(name) is None:
        raise Unusable(
            f"找不到 {name}，请安装 PostgreSQL 客户端 · {name} is not in PATH; install PostgreSQL's client."
        )
    refuse_a_pool()
    place = {"host": settings["HOST"], "port": settings["PORT"], "username": settings["USER"]}
    flags = [f"--{key}={value}" for key, value in place.items() if value]
    environment = {**os.environ, **({"PGPASSWORD": settings["PASSWORD"]} if settings["PASSWORD"] else {})}
    command = [name, "--no-password", *flags, f"--dbname={settings['NAME']}", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Unusable(f"{name}: {done.stderr.strip()}")
