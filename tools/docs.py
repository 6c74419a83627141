"""Draws the documents that follow from the code: flows as state diagrams, and the list of words."""

import os
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import django

ROOT = Path(__file__).resolve().parent.parent
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tibandu.web.settings")
os.environ.setdefault("TIBANDU_SECRET_KEY", "only for drawing documents")
ROOMS = ("people", "regulations", "suggestions", "oversight", "insight")


def main(folder: Path = ROOT / "docs") -> None:
    django.setup()
    for name, text in documents().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        sys.stdout.write(f"docs/{name}\n")


def documents() -> dict[str, str]:
    """Every generated document by its name under docs/."""
    return {**{f"flows/{noun}.mmd": text for noun, text in flows()}, "words.md": words()}


def nouns() -> dict[str, tuple[Any, tuple[Any, ...]]]:
    """Every noun with its table and all flows of its life, whichever room holds them."""
    from tibandu.oversight.flow import NOUNS as OVERSIGHT
    from tibandu.suggestions.flow import NOUNS as SUGGESTIONS

    both = {noun: (SUGGESTIONS | OVERSIGHT)[noun][0] for noun in (*SUGGESTIONS, *OVERSIGHT)}
    none: tuple[Any, tuple[Any, ...]] = (None, ())
    return {
        noun: (model, (*SUGGESTIONS.get(noun, none)[1], *OVERSIGHT.get(noun, none)[1]))
        for noun, model in both.items()
    }


def flows() -> Iterator[tuple[str, str]]:
    """A mermaid state diagram per noun: each arrow carries the verb's label and who takes it."""
    for noun, (model, parts) in nouns().items():
        labels = dict(model._meta.get_field("state").choices)
        lines = ["stateDiagram-v2", f"    %% {model._meta.verbose_name} ({noun}): drawn from the step tables"]
        lines += [f'    state "{label}" as {state}' for state, label in labels.items()]
        for part in parts:
            for step in part.steps:
                for source in step.sources:
                    quiet = "" if not step.quiet else " *"
                    lines.append(
                        f"    {source} --> {step.target or source}: {step.label}（{step.role.label}）{quiet}"
                    )
        yield noun, "\n".join(lines) + "\n"


def words() -> str:
    """Every noun and every closed list of the code with its Chinese word: the one vocabulary of the product."""
    from django.apps import apps
    from django.db.models import TextChoices

    lines = [
        "# Words",
        "",
        "One English word per term of the law. Drawn from the code by `make docs`; a test keeps it current.",
    ]
    for room in ROOMS:
        config = apps.get_app_config(room)
        lines += ["", f"## {room} {config.verbose_name}", "", "| noun | word |", "|---|---|"]
        for model in sorted(config.get_models(), key=lambda model: model.__name__):
            if not model._meta.auto_created:
                lines.append(f"| `{model.__name__}` | {model._meta.verbose_name} |")
        lines += ["", "| list | value | word |", "|---|---|---|"]
        module = import_module(f"tibandu.{room}.enums")
        for name, kind in vars(module).items():
            if isinstance(kind, type) and issubclass(kind, TextChoices) and kind is not TextChoices:
                lines += [f"| `{name}` | `{member.value}` | {member.label} |" for member in kind]
    lines += ["", "## Verbs", "", "| noun | verb | word | who |", "|---|---|---|---|"]
    return "\n".join([*lines, *_verbs()]) + "\n"


def _verbs() -> Iterator[str]:
    for noun, (_model, parts) in nouns().items():
        for part in parts:
            for step in part.steps:
                yield f"| `{noun}` | `{step.verb}` | {step.label} | {step.role.label} |"


if __name__ == "__main__":
    main()
