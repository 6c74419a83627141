"""Knows how the suite runs: on SQLite with a browser where one is found, then on PostgreSQL where a server answers."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
POSTGRES = os.environ.get("TIBANDU_TEST_DATABASE_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
REQUIRED = {word.strip() for word in os.environ.get("TIBANDU_REQUIRE", "").split(",")} - {""}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NOTHING_COLLECTED = 5
PATIENCE = 3
# Two at once; who is done takes over what the other has still before it, so none ends alone with the longest stories.
SHARED = ("-n", "2", "--dist", "worksteal")


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


def run_pytest(marks: str, environment: dict[str, str], *arguments: str, to: Any = None) -> int:
    """Runs the tests with these marks in a data folder of their own, and tells it there or into a file."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", marks, *arguments]
    with tempfile.TemporaryDirectory() as data:
        own = {"TIBANDU_DATA": data, "TIBANDU_SECRET_KEY": "test", **environment}
        done = subprocess.run(command, cwd=ROOT, env={**os.environ, **own}, stdout=to, stderr=to, check=False)
    return done.returncode


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
    print("\n=== SQLite" + (" and Chromium" if chromium else ""), flush=True)
    code = run_pytest(marks, environment, *SHARED, *extra)
    return code or (0 if chromium else missing("chromium", "no Chromium in PATH; set TIBANDU_CHROMIUM"))


def run_postgres(extra: list[str]) -> int:
    if refusal := postgres_refusal():
        return missing("postgres", f"{POSTGRES} does not answer ({refusal}); set TIBANDU_TEST_DATABASE_URL")
    print("\n=== PostgreSQL", flush=True)
    marks = "not wheel and not browser and not sweep and not page and not pure"
    return run_pytest(marks, {"TIBANDU_DATABASE_URL": POSTGRES}, *SHARED, "--create-db", *extra)


def run_wheel() -> tuple[int, str]:
    """Runs beside the others, for it mostly waits for packages; what it says comes at the end."""
    with tempfile.TemporaryFile("w+") as said:
        code = run_pytest("wheel", {}, "tests/test_wheel.py", to=said)
        said.seek(0)
        return 0 if code == NOTHING_COLLECTED else code, said.read()


def main() -> int:
    extra = sys.argv[1:]
    with ThreadPoolExecutor(1) as beside:
        wheel = beside.submit(run_wheel) if REQUIRED else None
        failed = [
            name for name, suite in (("SQLite", run_sqlite), ("PostgreSQL", run_postgres)) if suite(extra)
        ]
    if wheel:
        code, said = wheel.result()
        print(f"\n=== Wheel\n{said}", flush=True)
        failed += ["wheel"] if code else []
    print(f"\nFailed: {', '.join(failed)}" if failed else "\nAll suites passed.", flush=True)
    return int(bool(failed))


if __name__ == "__main__":
    raise SystemExit(main())
