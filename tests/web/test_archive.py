"""Knows that a backup comes back byte for byte, and that a damaged or foreign one does not come back at all."""

import io
import json
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tibandu.web import archive

AT = datetime(2026, 11, 24, 8, tzinfo=UTC)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A data folder with one database and two files."""
    root = tmp_path / "data"
    (root / "files" / "ab").mkdir(parents=True)
    (root / "database.sqlite3").write_bytes(b"rows")
    (root / "files" / "ab" / "one").write_text("关于人行天桥的建议", encoding="utf-8")
    (root / "files" / "two").write_bytes(b"")
    return root


@pytest.fixture
def backup(kept: Path, tmp_path: Path) -> Path:
    target = tmp_path / "kept.tar"
    members = {"database.sqlite3": kept / "database.sqlite3", **archive.kept_files(kept / "files")}
    archive.write(target, members, engine="sqlite", version="1", at=AT)
    return target


def contents(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()
    }


def forged(target: Path, manifest: dict[str, object], members: dict[str, bytes]) -> Path:
    with tarfile.open(target, "w") as tar:
        for name, body in {archive.MANIFEST: json.dumps(manifest).encode(), **members}.items():
            head = tarfile.TarInfo(name)
            head.size = len(body)
            tar.addfile(head, io.BytesIO(body))
    return target


def test_a_backup_comes_back_byte_for_byte(kept: Path, backup: Path, tmp_path: Path) -> None:
    manifest = archive.unpack(backup, tmp_path / "back")
    assert contents(tmp_path / "back") == contents(kept)
    assert (manifest["engine"], manifest["made_at"]) == ("sqlite", "2026-11-24T08:00:00+00:00")


def test_only_its_owner_may_read_a_backup(backup: Path) -> None:
    assert backup.stat().st_mode & 0o777 == 0o600


def test_one_changed_byte_is_refused(backup: Path, tmp_path: Path) -> None:
    backup.write_bytes(backup.read_bytes().replace(b"rows", b"rowz"))
    with pytest.raises(archive.Unusable, match=r"database\.sqlite3 is not what the manifest says"):
        archive.unpack(backup, tmp_path / "back")


def test_half_a_backup_is_refused(backup: Path, tmp_path: Path) -> None:
    body = backup.read_bytes()
    backup.write_bytes(body[: body.index(b"rows")])
    with pytest.raises(archive.Unusable, match=r"damaged|missing"):
        archive.unpack(backup, tmp_path / "back")


def test_a_file_that_the_manifest_does_not_name_is_refused(tmp_path: Path) -> None:
    manifest = {"format": archive.FORMAT, "entries": []}
    source = forged(tmp_path / "forged.tar", manifest, {"files/extra": b"x"})
    with pytest.raises(archive.Unusable, match="something its manifest does not name"):
        archive.unpack(source, tmp_path / "back")


@pytest.mark.parametrize("name", ["../escaped", "/escaped", "files/../../escaped", "elsewhere/escaped"])
def test_nothing_is_unpacked_outside_its_place(name: str, tmp_path: Path) -> None:
    manifest = {"format": archive.FORMAT, "entries": [{"path": name, "size": 1, "sha256": "0"}]}
    source = forged(tmp_path / "forged.tar", manifest, {name: b"x"})
    with pytest.raises(archive.Unusable, match="something its manifest does not name"):
        archive.unpack(source, tmp_path / "back")
    assert not list(tmp_path.rglob("escaped"))


def test_a_file_of_another_kind_is_no_backup(tmp_path: Path) -> None:
    source = tmp_path / "letter.tar"
    source.write_bytes(b"not a tar")
    with pytest.raises(archive.Unusable):
        archive.unpack(source, tmp_path / "back")


def test_a_missing_client_of_postgresql_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(archive.Unusable, match="pg_dump is not in PATH"):
        archive.postgres_tool("pg_dump", {"HOST": "", "PORT": "", "USER": "", "PASSWORD": "", "NAME": "x"})
