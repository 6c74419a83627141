"""Knows every check that a change must pass besides the tests, and runs them all before it says no."""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from setup import node_from_wheel, node_of_this_machine

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PYTHON = sys.executable
LONGEST_ANSWER = 60
REQUIRED = {word.strip() for word in os.environ.get("TIBANDU_REQUIRE", "").split(",")}
PIN = re.compile(r"^([\w.\[\]-]+==[^\s;\\]+)( *;[^\\\n]*)?", re.MULTILINE)
CLEAN, FOUND = 0, 1  # what uv answers; anything else is that it could not ask


def templates() -> list[str]:
    """Only linted: the formatter refuses tags that are opened in one branch and closed in another."""
    return [str(path) for path in sorted(ROOT.glob("tibandu/*/templates"))]


def checks() -> dict[str, list[str]]:
    return {
        "format": [str(BIN / "ruff"), "format", "--check", "--output-format=concise", "."],
        "lint": [str(BIN / "ruff"), "check", "--output-format=concise", "."],
        "templates": [str(BIN / "djangofmt"), "check", "--output-format=concise", *templates()],
        "types": [PYTHON, "-m", "mypy"],
        "import contracts": [str(BIN / "lint-imports"), "--no-cache"],
        "migrations": [PYTHON, "-m", "tibandu", "makemigrations", "--check", "--dry-run"],
        "django": [PYTHON, "-m", "tibandu", "check", "--fail-level", "WARNING"],
        "messages": [PYTHON, "tools/messages.py", "check"],
    }


def run(name: str, command: list[str], data: str) -> bool:
    environment = {**os.environ, "TIBANDU_DATA": data, "TIBANDU_SECRET_KEY": "check", "NO_COLOR": "1"}
    started = time.monotonic()
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    seconds = time.monotonic() - started
    lines = done.stdout.strip().splitlines()
    if done.returncode:
        print(f"✗ {name} ({seconds:.0f} s)", *lines[-LONGEST_ANSWER:], sep="\n    ", flush=True)
    else:
        print(f"✓ {name} ({seconds:.0f} s): {lines[-1] if lines else 'nothing to say'}", flush=True)
    return done.returncode == 0


def pinned(folder: str) -> str:
    """The locked packages as a script that names what it needs, which is the form that uv audits."""
    pins = PIN.findall((ROOT / "requirements" / "dev.txt").read_text())
    needs = [f"#   {json.dumps((name + marker).strip())}," for name, marker in pins]
    path = Path(folder) / "pinned.py"
    head = [
        "# /// script",
        f'# requires-python = ">={sys.version_info[0]}.{sys.version_info[1]}"',
        "# dependencies = [",
    ]
    path.write_text("\n".join([*head, *needs, "# ]", "# ///", ""]))
    return str(path)


def advisories_on_python(folder: str) -> tuple[bool | None, str]:
    """Whether no locked Python package has a known weakness, or None where the advisories cannot be asked."""
    command = [str(BIN / "uv"), "audit", "--preview-features", "audit-command", "--script", pinned(folder)]
    asked = {**os.environ, "UV_HTTP_RETRIES": "0", "NO_COLOR": "1"}
    done = subprocess.run(command, env=asked, capture_output=True, text=True, check=False)
    return {CLEAN: True, FOUND: False}.get(done.returncode), (done.stdout + done.stderr).strip()


def advisories_on_node(folder: str) -> tuple[bool | None, str]:
    """The same for the packages of the page's scripts and styles."""
    node, npm = node_of_this_machine() or node_from_wheel()
    search = os.pathsep.join([str(Path(node[0]).parent), os.environ.get("PATH", "")])
    command = [*npm, "audit", "--package-lock-only", "--json", "--fetch-retries=0"]
    asked = {**os.environ, "PATH": search}
    done = subprocess.run(command, cwd=ROOT, env=asked, capture_output=True, text=True, check=False)
    try:
        told = json.loads(done.stdout)
    except ValueError:
        told = {}
    if "vulnerabilities" not in told:
        return None, str(told.get("message") or done.stderr).strip()
    found = [f"{name}: {one['severity']}" for name, one in told["vulnerabilities"].items()]
    return not found, "\n".join(found) or "found no known vulnerabilities"


def audit(name: str, ask: Callable[[str], tuple[bool | None, str]], data: str) -> bool | None:
    """Says what an audit found, or that it could not be made, which is no pass."""
    holds, told = ask(data)
    lines = told.splitlines() or ["nothing to say"]
    if holds is None:
        print(f"– {name}: COULD NOT RUN, nothing is known: {lines[-1].strip()}", flush=True)
    else:
        print(
            f"{'✓' if holds else '✗'} {name}: {lines[-1]}",
            *([] if holds else lines),
            sep="\n    ",
            flush=True,
        )
    return holds


AUDITS = {"python advisories": advisories_on_python, "node advisories": advisories_on_node}


def main() -> int:
    with tempfile.TemporaryDirectory() as data:
        failed = [name for name, command in checks().items() if not run(name, command, data)]
        audits = {name: audit(name, ask, data) for name, ask in AUDITS.items()}
    unknown = [name for name, holds in audits.items() if holds is None]
    failed += [name for name, holds in audits.items() if holds is False]
    failed += unknown if "advisories" in REQUIRED else []
    passed = (
        f"All checks that could run passed; not run: {', '.join(unknown)}."
        if unknown
        else "All checks passed."
    )
    print(f"\nFailed: {', '.join(failed)}" if failed else f"\n{passed}")
    return int(bool(failed))


if __name__ == "__main__":
    raise SystemExit(main())
