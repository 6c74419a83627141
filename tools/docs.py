"""Knows how the step tables become drawings in docs/flows; `--check` says whether the kept drawings are current."""

import os
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tibandu.web.settings")

import django  # noqa: E402

django.setup()

from django.apps import apps  # noqa: E402

from tibandu.base.flow import Flow  # noqa: E402

BASE = "tibandu.base"
FLOWS = ROOT / "docs" / "flows"


def every_flow() -> dict[str, Flow]:
    """The flows of all rooms under the names that the rooms give them."""
    rooms = [config.name for config in apps.get_app_configs() if config.name.startswith("tibandu.")]
    modules = [import_module(f"{room}.flow") for room in rooms if room != BASE and find_spec(f"{room}.flow")]
    named = {name: value for module in modules for name, value in vars(module).items()}
    return {name.lower(): value for name, value in sorted(named.items()) if isinstance(value, Flow)}


def drawing(flow: Flow) -> str:
    """One state diagram in Mermaid: an arrow a step, with its label and who takes it."""
    lines = ["stateDiagram-v2"]
    for step in flow.steps:
        for source in step.sources:
            start, goal = source or "[*]", step.target or source or "[*]"
            lines.append(f"    {start} --> {goal}: {step.label}（{step.role.label}）")
    return "\n".join(lines) + "\n"


def drawings() -> dict[Path, str]:
    return {FLOWS / f"{name}.mmd": drawing(flow) for name, flow in every_flow().items()}


def main() -> int:
    wanted = drawings()
    kept = {path: path.read_text() for path in FLOWS.glob("*.mmd")}
    if "--check" in sys.argv[1:]:
        stale = sorted(
            path.name for path in wanted.keys() | kept.keys() if wanted.get(path) != kept.get(path)
        )
        print(
            f"not current: {', '.join(stale)}; run make docs."
            if stale
            else f"{len(wanted)} drawings, all current."
        )
        return int(bool(stale))
    FLOWS.mkdir(parents=True, exist_ok=True)
    for path in kept.keys() - wanted.keys():
        path.unlink()
    for path, text in wanted.items():
        path.write_text(text)
        print(path.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
