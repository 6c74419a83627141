"""Knows how the suite runs: on SQLite with a browser where one is found, then on PostgreSQL where a server answers."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
POSTGRES = os.environ.get("TIBANDU_TEST_DATABASE_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
REQUIRED = {word.strip() for word in os.environ.get("TIBANDU_REQUIRE", "").split(",")} - {""}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NOTHING_COLLECTED = 5
PATIENCE = 3


def find_chromium() -> str | None:
    return os.environ.get("TIBANDU_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)


def postgres_refusal() -> str:
    """Why the PostgreSQL server cannot be used, or nothing."""
    import psycopg

    try:
        psycopg.connect(POSTGRES, connect_timeout=PATIENCE).close()
    except psycopg.Error as error:
        return str(error).strip().splitlines()[0]
    return ""


def run_pytest(title: str, marks: str, environment: dict[str, str], *arguments: str) -> int:
    print(f"\n=== {title}", flush=True)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", marks, *arguments]
    with tempfile.TemporaryDirectory() as data:
        own = {"TIBANDU_DATA": data, "TIBANDU_SECRET_KEY": "test", **environment}
        return subprocess.run(command, cwd=ROOT, env={**os.environ, **own}, check=False).returncode


def missing(what: str, why: str) -> int:
    """One clear line for what is not here; a failure where it is required."""
    required = what in REQUIRED
    shown = re.sub(r"//([^:/@]+):[^@]*@", r"//\1:…@", why)
    print(f"{'FAILED' if required else 'SKIPPED'}: {what} tests: {shown}", flush=True)
    return int(required)


def run_sqlite(extra: list[str]) -> int:
    chromium = find_chromium()
    marks = "not wheel and not postgres" + ("" if chromium else " and not browser")
    environment = {"TIBANDU_DATABASE_URL": "sqlite:///test.sqlite3", "TIBANDU_CHROMIUM": chromium or ""}
    code = run_pytest("SQLite" + (" and Chromium" if chromium else ""), marks, environment, "-n", "2", *extra)
    return code or (0 if chromium else missing("chromium", "no Chromium in PATH; set TIBANDU_CHROMIUM"))


def run_postgres(extra: list[str]) -> int:
    if refusal := postgres_refusal():
        return missing("postgres", f"{POSTGRES} does not answer ({refusal}); set TIBANDU_TEST_DATABASE_URL")
    environment = {"TIBANDU_DATABASE_URL": POSTGRES}
    return run_pytest(
        "PostgreSQL",
        "not wheel and not browser and not sweep and not page",
        environment,
        "-n",
        "2",
        "--create-db",
        *extra,
    )


def main() -> int:
    extra = sys.argv[1:]
    failed = [name for name, suite in (("SQLite", run_sqlite), ("PostgreSQL", run_postgres)) if suite(extra)]
    if REQUIRED and run_pytest("Wheel", "wheel", {}, "tests/test_wheel.py") not in (0, NOTHING_COLLECTED):
        failed.append("wheel")
    print(f"\nFailed: {', '.join(failed)}" if failed else "\nAll suites passed.", flush=True)
    return int(bool(failed))


if __name__ == "__main__":
    raise SystemExit(main())
