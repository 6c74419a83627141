"""Knows that the wheel alone is enough: installed without network and node, it is well and draws its first page."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LOCK = str(ROOT / "requirements" / "runtime.txt")
FIRST_PAGE = """
import re
import django
django.setup()
from django.test import Client
from django.conf import settings
client = Client(SERVER_NAME="localhost")
page = client.get("/", follow=True)
assert page.status_code == 200, page.status_code
addresses = re.findall(r'(?:href|src)="(/static/[^"?#]+)"', page.content.decode())
assert any("dist/app" in address for address in addresses), addresses
answers = {address: client.get(address).status_code for address in addresses}
assert set(answers.values()) == {200}, answers
print("drawn")
"""

pytestmark = pytest.mark.wheel


def run(command: list[str], folder: Path, environment: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}"
    return done.stdout


def complaints_of_doctor(tibandu: str, folder: Path, environment: dict[str, str]) -> list[str]:
    """What is ill besides the calendar of working days, which is the office's to import."""
    done = subprocess.run(
        [tibandu, "doctor"], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    lines = [line for line in done.stdout.splitlines() if not line.startswith("✓")][1:]
    return [line for line in [*lines, *done.stderr.splitlines()] if "工作日历" not in line]


@pytest.fixture(scope="module")
def wheelhouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The locked packages as wheels, and our own: what is carried to an office machine."""
    folder = tmp_path_factory.mktemp("wheelhouse")
    download = ["download", "-qq", "--require-hashes", "--no-deps", "--only-binary=:all:", f"--dest={folder}"]
    run([sys.executable, "-m", "pip", *download, "-r", LOCK], ROOT)
    run([sys.executable, str(ROOT / "tools" / "wheel.py"), str(folder)], ROOT)
    return folder


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, wheelhouse: Path) -> Path:
    """A bare machine: a fresh virtual environment filled from the wheelhouse alone."""
    folder = tmp_path_factory.mktemp("office")
    run([sys.executable, "-m", "venv", "venv"], folder)
    python = str(folder / "venv" / "bin" / "python")
    offline = [python, "-m", "pip", "install", "-qq", "--no-index", f"--find-links={wheelhouse}"]
    run([*offline, "--require-hashes", "--no-deps", "-r", LOCK], folder)
    run([*offline, "--no-deps", *map(str, wheelhouse.glob("tibandu-*.whl"))], folder)
    return folder


@pytest.fixture(scope="module")
def environment(office: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("HOME", "LANG", "TZ") if name in os.environ}
    return kept | {
        "PATH": str(office / "venv" / "bin"),
        "PYTHONUTF8": "1",
        "TIBANDU_DATA": str(office / "data"),
        "DJANGO_SETTINGS_MODULE": "tibandu.web.settings",
    }


def test_the_wheel_carries_what_is_read_at_run_time(office: Path) -> None:
    package = next(office.glob("venv/lib/python*/site-packages/tibandu"))
    source = ROOT / "tibandu"
    kinds = ("*/templates/**/*", "*/data/**/*", "*/static/**/*", "*/papers/**/*", "locale/**/*.mo")
    wanted = {path.relative_to(source) for kind in kinds for path in source.glob(kind) if path.is_file()}
    missing = sorted(
        str(path) for path in wanted if "__pycache__" not in path.parts and not (package / path).exists()
    )
    assert missing == []


def test_an_office_machine_without_network_and_node_draws_the_first_page(
    office: Path, environment: dict[str, str]
) -> None:
    tibandu = str(office / "venv" / "bin" / "tibandu")
    assert run([tibandu, "--help"], office, environment).startswith("提办督 Tibandu")
    run([tibandu, "migrate", "-v0"], office, environment)
    assert complaints_of_doctor(tibandu, office, environment) == []
    python = str(office / "venv" / "bin" / "python")
    assert run([python, "-c", FIRST_PAGE], office, environment).splitlines()[-1] == "drawn"


def test_a_backup_made_there_comes_back_in_an_empty_place(office: Path, environment: dict[str, str]) -> None:
    tibandu = str(office / "venv" / "bin" / "tibandu")
    run([tibandu, "migrate", "-v0"], office, environment)
    run([tibandu, "backup", "kept.tar"], office, environment)
    elsewhere = environment | {"TIBANDU_DATA": str(office / "elsewhere")}
    run([tibandu, "restore", "kept.tar"], office, elsewhere)
    run([tibandu, "migrate", "--check"], office, elsewhere)
