"""Knows every check that a change must pass besides the tests, and runs them all before it says no."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PYTHON = sys.executable
LONGEST_ANSWER = 60


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


def main() -> int:
    with tempfile.TemporaryDirectory() as data:
        failed = [name for name, command in checks().items() if not run(name, command, data)]
    print(f"\nFailed: {', '.join(failed)}" if failed else "\nAll checks passed.")
    return int(bool(failed))


if __name__ == "__main__":
    raise SystemExit(main())
