"""Knows the rules of the house that no other tool holds: doors, purity, sizes, names, templates."""

import ast
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "tibandu"
ROOMS = sorted(path.parent.name for path in PACKAGE.glob("*/apps.py"))
DOORS = {"models", "queries", "actions", "enums"}
OPEN_TO_ALL = {"base"}  # whose every file is a tool
GOES_ANYWHERE = {"web"}  # the shell puts the rooms together
LONGEST_FUNCTION, LONGEST_TEST, LONGEST_FILE = 40, 60, 600
FORBIDDEN_NAMES = {"utils", "helpers", "common", "services", "managers", "signals", "mixins", "misc"}
# Files of base that know neither database nor request nor clock; rules.py may take them.
PURE_BASE = {"clock", "words", "numbering"}
IMPURE_STDLIB = {"os", "pathlib", "socket", "subprocess", "time", "random", "sqlite3", "tempfile", "urllib"}
WORDS_OF_THE_CLOCK = re.compile(r"\b(date\.today|datetime\.now|datetime\.utcnow|timezone\.now|localdate)\(")
# Lazy labels stand in enums and refusals; they touch nothing before they are read.
PURE_DJANGO = ("django.utils.translation", "django.utils.functional.Promise")


def sources(*folders: Path) -> list[Path]:
    paths = [path for folder in folders for path in folder.rglob("*.py")]
    return sorted(
        path for path in paths if not {"__pycache__", "migrations", "node_modules"} & set(path.parts)
    )


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Line and full dotted name of all that a file imports, inside functions too."""
    package = ["tibandu", *path.relative_to(PACKAGE).parent.parts] if path.is_relative_to(PACKAGE) else []
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = package[: len(package) - node.level + 1] if node.level else []
            start = ".".join([*origin, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{start}.{alias.name}") for alias in node.names)


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0]


def in_rooms(*names: str) -> list[Path]:
    """Files that bear one of these names, or stand in a package that bears it."""
    wanted = set(names)
    return [
        path
        for path in sources(PACKAGE)
        if len(path.relative_to(PACKAGE).parts) > 1
        and wanted & {path.stem, path.relative_to(PACKAGE).parts[1]}
    ]


def complain(found: list[str], rule: str) -> None:
    assert not found, f"{rule}\n  " + "\n  ".join(found)


def test_a_room_is_entered_by_its_four_doors_only() -> None:
    found = []
    for path in sources(PACKAGE):
        room = room_of(path)
        if room not in ROOMS or room in GOES_ANYWHERE:
            continue
        for line, name in imports(path):
            parts = name.split(".")
            other = parts[1] if parts[0] == "tibandu" and len(parts) > 1 else room
            if other not in ROOMS or other == room or other in OPEN_TO_ALL:
                continue
            if len(parts) < 3 or parts[2] not in DOORS:
                found.append(f"{shown(path)}:{line} imports {name}")
    complain(found, f"another room is entered by {', '.join(sorted(DOORS))} only:")


def may_stand_in_rules(name: str, room: str) -> bool:
    parts = name.split(".")
    if parts[0] == "tibandu":
        own = parts[1] == room and parts[2:3] in (["enums"], ["rules"])
        return own or (parts[1] == "base" and parts[2:3] != [] and parts[2] in PURE_BASE)
    if parts[0] in sys.stdlib_module_names:
        return parts[0] not in IMPURE_STDLIB
    return any(name == pure or name.startswith(f"{pure}.") for pure in PURE_DJANGO)


def test_rules_are_pure() -> None:
    found = []
    for path in in_rooms("rules"):
        found += [
            f"{shown(path)}:{line} imports {name}"
            for line, name in imports(path)
            if not may_stand_in_rules(name, room_of(path))
        ]
        text = path.read_text(encoding="utf-8")
        found += [
            f"{shown(path)}:{number} reads the clock"
            for number, line in enumerate(text.splitlines(), 1)
            if WORDS_OF_THE_CLOCK.search(line)
        ]
    complain(found, "rules.py knows the standard library, its own enums and the pure files of base:")


def test_the_pure_files_of_base_stay_pure() -> None:
    found = [
        f"{shown(path)}:{line} imports {name}"
        for path in sources(PACKAGE / "base")
        if path.stem in PURE_BASE and path.parent == PACKAGE / "base"
        for line, name in imports(path)
        if not may_stand_in_rules(name, "base")
    ]
    complain(found, "these files of base are used by rules:")


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of the function without its decorators and its docstring."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    has_docstring = ast.get_docstring(function) is not None
    return lines - ((first.end_lineno or first.lineno) - first.lineno + 1 if has_docstring else 0)


def test_functions_are_short() -> None:
    found = []
    for path in sources(PACKAGE, ROOT / "tests", ROOT / "tools"):
        limit = LONGEST_TEST if path.is_relative_to(ROOT / "tests") else LONGEST_FUNCTION
        found += [
            f"{shown(path)}:{node.lineno} {node.name} has {length(node)} lines (limit {limit})"
            for node in ast.walk(tree(path))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and length(node) > limit
        ]
    complain(found, "a function fits in one look:")


def test_files_are_short() -> None:
    sizes = {
        path: len(path.read_text(encoding="utf-8").splitlines()) for path in sources(PACKAGE, ROOT / "tests")
    }
    found = [f"{shown(path)} has {size} lines" for path, size in sizes.items() if size > LONGEST_FILE]
    complain(found, f"past {LONGEST_FILE} lines a file becomes a package split by noun:")


def test_every_file_says_what_it_knows() -> None:
    files = sources(PACKAGE, ROOT / "tests", ROOT / "tools")
    found = [
        shown(path)
        for path in files
        if path.read_text(encoding="utf-8").strip() and not ast.get_docstring(tree(path))
    ]
    complain(found, "every file opens with one sentence:")


def test_no_file_bears_a_name_that_says_nothing() -> None:
    found = [
        shown(path)
        for path in sources(PACKAGE)
        if path.stem in FORBIDDEN_NAMES or path.parent.name in FORBIDDEN_NAMES
    ]
    complain(found, f"no {', '.join(sorted(FORBIDDEN_NAMES))}:")


def test_views_and_api_ask_queries_and_actions_instead_of_tables() -> None:
    found = [
        f"{shown(path)}:{node.lineno} uses .{node.attr}"
        for path in in_rooms("views", "api")
        if room_of(path) not in OPEN_TO_ALL
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager", "_base_manager"}
    ]
    complain(found, "rows come from queries, changes from actions:")


def test_unfinished_moves_stand_in_one_place() -> None:
    mark = re.compile(r"#.*\b(TODO|FIXME|XXX|HACK)\b")
    found = [
        f"{shown(path)}:{number}"
        for path in sources(PACKAGE, ROOT / "tools")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if mark.search(line)
    ]
    complain(found, "unfinished moves stand in docs/ongoing.md:")


def declared() -> set[str]:
    lines = (ROOT / "requirements" / "runtime.in").read_text().split()
    return {re.split(r"[\[<>=~;]", line)[0].lower() for line in lines}


def test_every_package_that_is_imported_is_declared() -> None:
    owners = packages_distributions()
    found = []
    for path in sources(PACKAGE):
        for line, name in imports(path):
            top = name.split(".")[0]
            if top == "tibandu" or top in sys.stdlib_module_names:
                continue
            if not {owner.lower() for owner in owners.get(top, [])} & declared():
                found.append(f"{shown(path)}:{line} imports {top}")
    complain(found, "requirements/runtime.in names all that runs:")


def locked_names(name: str) -> set[str]:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    return {match[1].lower() for match in re.finditer(r"^([A-Za-z0-9_.-]+)==", text, re.MULTILINE)}


def test_what_is_declared_is_locked() -> None:
    assert sorted(declared() - locked_names("runtime")) == []
    assert sorted(locked_names("runtime") - locked_names("dev")) == []


@pytest.mark.parametrize("name", ["runtime.txt", "dev.txt", "build.txt", "node.txt"])
def test_locks_carry_hashes_and_no_address(name: str) -> None:
    text = (ROOT / "requirements" / name).read_text()
    unhashed = re.findall(r"^([a-z0-9._-]+==\S+)(?!.*\n(?:\s+#.*\n)*\s+--hash=sha256:)", text, re.MULTILINE)
    assert (unhashed, re.findall(r"https?:|file:|--index|--find-links", text)) == ([], [])


def test_the_lock_of_npm_carries_no_address() -> None:
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text()


# Templates

TEMPLATES = sorted(PACKAGE.glob("*/templates/**/*.html"))
NAMES = {
    path.as_posix().split("/templates/", 1)[1] for path in PACKAGE.glob("*/templates/**/*") if path.is_file()
}
# Names that a library looks up by itself.
LOOKED_UP_BY_LIBRARIES = re.compile(
    r"^(account/|mfa/|usersessions/|allauth/|django/|4[0-9]{2}(_csrf)?\.html|500\.html)"
)
INLINE = {
    "a style attribute": re.compile(r"<[a-z][^<>]*\sstyle\s*=", re.IGNORECASE),
    "an on… attribute": re.compile(r"<[a-z][^<>]*\s(on[a-z]+|hx-on[:a-z-]*)\s*=", re.IGNORECASE),
    "an inline style": re.compile(r"<style\b", re.IGNORECASE),
    "an inline script": re.compile(
        r"<script\b(?![^>]*\bsrc\s*=)(?![^>]*\btype\s*=\s*[\"']application/json)", re.IGNORECASE
    ),
    "a script address": re.compile(r"(href|src|action)\s*=\s*[\"']\s*javascript:", re.IGNORECASE),
    "something from outside": re.compile(
        r"<(script|link|img|iframe)\b[^>]*(src|href)\s*=\s*[\"'](https?:)?//", re.IGNORECASE
    ),
}


def test_templates_hold_nothing_inline() -> None:
    found = []
    for path in TEMPLATES:
        text = re.sub(
            r"\{#.*?#\}|\{% comment.*?endcomment %\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL
        )
        found += [
            f"{shown(path)}:{text.count(chr(10), 0, match.start()) + 1} has {what}"
            for what, pattern in INLINE.items()
            for match in pattern.finditer(text)
        ]
    complain(found, "the content security policy lets none of this run:")


def named_in_python() -> dict[str, str]:
    """Templates that Python names as a whole string, with the place."""
    pattern = re.compile(r"[\"']([a-z_0-9/-]+\.(?:html|txt|xml|typ))(?:#[a-z_-]+)?[\"']")
    return {
        match[1]: shown(path)
        for path in sources(PACKAGE)
        for match in pattern.finditer(path.read_text(encoding="utf-8"))
    }


def named_in_templates() -> dict[str, str]:
    pattern = re.compile(r"\{%\s*(?:include|extends)\s+[\"']([^\"'#]+)(?:#[^\"']*)?[\"']")
    return {
        match[1]: shown(path)
        for path in TEMPLATES
        for match in pattern.finditer(path.read_text(encoding="utf-8"))
    }


def test_every_template_that_is_named_exists() -> None:
    from django.template import TemplateDoesNotExist
    from django.template.loader import get_template

    found = []
    for name, place in sorted({**named_in_python(), **named_in_templates()}.items()):
        if name in NAMES or LOOKED_UP_BY_LIBRARIES.match(name) or not name.endswith(".html"):
            continue
        try:
            get_template(name)
        except TemplateDoesNotExist:
            found.append(f"{place} names {name}")
    complain(found, "these templates do not exist:")


def test_every_template_is_used() -> None:
    used = {**named_in_python(), **named_in_templates()}
    # A name may be put together: `f"suggestions/steps/{verb}.html"` or `template_name = f"{noun}/list.html"`.
    put_together = [
        re.compile("^" + re.sub(r"\\\{[^}]*\}", "[a-z_0-9-]+", re.escape(match[1])) + "$")
        for path in sources(PACKAGE)
        for match in re.finditer(
            r"[\"']([a-z_0-9/{}.\[\]-]*\{[^\"']*?\}[a-z_0-9/{}-]*\.html)", path.read_text(encoding="utf-8")
        )
    ]
    unused = [
        name
        for name in sorted(NAMES)
        if name.endswith(".html")
        and name not in used
        and not LOOKED_UP_BY_LIBRARIES.match(name)
        and not any(pattern.match(name) for pattern in put_together)
    ]
    complain(unused, "nobody draws these templates:")


@pytest.mark.parametrize("name", ["tests", "tools"])
def test_no_path_of_one_machine_is_committed(name: str) -> None:
    mark = re.compile("/" + r"(work/(main|shared)|root/|home/[a-z]+)")
    found = [
        f"{shown(path)}:{number}"
        for path in sources(ROOT / name, PACKAGE)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if mark.search(line)
    ]
    complain(found, "a committed file names no machine:")
