"""Knows how the lock files are made: one resolution for every platform, with hashes and without addresses."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FLAGS = [
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--no-header",
    "--no-config",
    "--quiet",
]
# dev is solved first and the others take its versions, so that one package never has two versions.
NAMES = ["dev", "runtime", "build", "node"]


def lock(name: str, *, upgrade: bool) -> None:
    """Writes requirements/NAME.txt; versions already locked are kept unless `upgrade`."""
    constraint = [] if name == "dev" else ["--constraint=requirements/dev.txt"]
    command = [sys.executable, "-m", "uv", "pip", "compile", f"requirements/{name}.in"]
    command += [
        f"--output-file=requirements/{name}.txt",
        *FLAGS,
        *constraint,
        *(["--upgrade"] if upgrade else []),
    ]
    subprocess.run(command, cwd=ROOT, check=True)
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    if re.search(r"https?:|file:|--(extra-)?index|--find-links", text):
        raise SystemExit(
            f"requirements/{name}.txt carries an address; lock again without local package folders."
        )


def main() -> None:
    for name in NAMES:
        lock(name, upgrade="--upgrade" in sys.argv[1:])
        print(f"requirements/{name}.txt")


if __name__ == "__main__":
    main()
