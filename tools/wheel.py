"""Knows how the wheel is made from a tree whose assets and catalogues are built, without asking the network."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NEEDED = ("tibandu/web/static/dist/app.css", "tibandu/web/static-root/staticfiles.json")
LEFT_OUT = shutil.ignore_patterns("__pycache__", "assets", "*.egg-info")


def build(target: Path) -> Path:
    """Builds in a copy, so that nothing left over from an earlier build slips in; answers the wheel."""
    if missing := [name for name in NEEDED if not (ROOT / name).exists()]:
        raise SystemExit(f"wheel: {missing[0]} is missing; run python3 tools/setup.py first.")
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        shutil.copytree(ROOT / "tibandu", copy / "tibandu", ignore=LEFT_OUT)
        (copy / "requirements").mkdir()
        names = ["pyproject.toml", "LICENSE", "README.md", "MANIFEST.in", "requirements/runtime.in"]
        for name in names:
            if (ROOT / name).exists():
                shutil.copy(ROOT / name, copy / name)
        command = [
            sys.executable,
            "-m",
            "build",
            "--wheel",
            "--no-isolation",
            "--outdir",
            str(target.resolve()),
        ]
        done = subprocess.run([*command, str(copy)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"wheel: the build failed:\n{done.stdout}\n{done.stderr}")
    return max(target.glob("tibandu-*.whl"), key=lambda path: path.stat().st_mtime)


def main() -> None:
    print(build(Path(sys.argv[1] if len(sys.argv) > 1 else "dist")))


if __name__ == "__main__":
    main()
