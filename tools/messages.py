"""Knows how the English catalogue is kept equal to the Chinese source strings: `update` writes it, `check` compares."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = Path("locale/en/LC_MESSAGES/django.po")
PLACEHOLDER = re.compile(r"%\([a-z_]+\)[a-z]|\{[a-z_]*\}")
HAN = re.compile(r"[\u3400-\u9fff]")
# English sentences that rightly hold Chinese letters: names as printed, and labels of languages.
MAY_HOLD_HAN = frozenset({"提办督", "中文"})
SHOWN = 20
FLAGS = [
    "--locale=en",
    "--add-location=file",
    "--no-wrap",
    "--no-obsolete",
    "--ignore=static*",
    "--ignore=assets",
]
# Django's command, told of the name by which files that say most things lazily call `gettext` itself.
EXTRACTION = """
import sys
from django.core.management import execute_from_command_line
from django.core.management.commands.makemessages import Command
Command.xgettext_options = [*Command.xgettext_options, "--keyword=_now"]
execute_from_command_line(["django", "makemessages", *sys.argv[1:]])
"""


def extract(package: Path) -> None:
    """Lets Django's own extraction refresh the catalogue below this copy of the package."""
    (package / CATALOGUE).parent.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run(
        [sys.executable, "-c", EXTRACTION, *FLAGS],
        cwd=package,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )


def tidy(path: Path) -> None:
    """Drops what changes without meaning: the day, the tool's version, the order of finding."""
    catalogue = polib.pofile(str(path), wrapwidth=0)
    catalogue.metadata = {
        "Project-Id-Version": "tibandu",
        "Language": "en",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=2; plural=(n != 1);",
    }
    catalogue.metadata_is_fuzzy = False
    catalogue.header = "English words of Tibandu; the Chinese source strings are the keys."
    for entry in catalogue:
        entry.occurrences = sorted({(file, "") for file, _line in entry.occurrences})
    catalogue.sort(key=lambda entry: (entry.occurrences, entry.msgctxt or "", entry.msgid))
    catalogue.save(str(path))


def texts(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def keeps_placeholders(entry: polib.POEntry) -> bool:
    """Whether each translation fills in what the source fills in; a singular may spell its number out."""
    wanted = set(PLACEHOLDER.findall(entry.msgid + entry.msgid_plural))
    given = [set(PLACEHOLDER.findall(text)) for text in texts(entry)]
    return given[-1] == wanted and all(some <= wanted for some in given)


def complaints(kept: polib.POFile, fresh: polib.POFile | None) -> list[str]:
    """What is missing, fuzzy, no longer used or not English."""
    found = [f"fuzzy: {entry.msgid}" for entry in kept if entry.fuzzy]
    found += [f"not translated: {entry.msgid}" for entry in kept if not all(texts(entry))]
    found += [
        f"other placeholders: {entry.msgid}"
        for entry in kept
        if all(texts(entry)) and not keeps_placeholders(entry)
    ]
    for entry in kept:
        if entry.msgid not in MAY_HOLD_HAN and any(map(HAN.search, texts(entry))):
            found.append(f"not English: {entry.msgid} → {entry.msgstr}")
    if fresh is not None:
        ours, theirs = ({(entry.msgctxt, entry.msgid) for entry in po} for po in (kept, fresh))
        found += [f"not in the catalogue: {key}" for _context, key in sorted(theirs - ours, key=str)]
        found += [f"no longer in the source: {key}" for _context, key in sorted(ours - theirs, key=str)]
    return found


def extracted_afresh() -> polib.POFile | None:
    """The catalogue as extraction would leave it, made in a copy; nothing where xgettext is missing."""
    if shutil.which("xgettext") is None:
        print("messages: no xgettext here (gettext), so only the kept catalogue itself is checked.")
        return None
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "tibandu"
        shutil.copytree(
            ROOT / "tibandu", copy, ignore=shutil.ignore_patterns("__pycache__", "static*", "*.mo", "assets")
        )
        extract(copy)
        return polib.pofile(str(copy / CATALOGUE))


def check() -> int:
    path = ROOT / "tibandu" / CATALOGUE
    if not path.exists():
        print(f"messages: tibandu/{CATALOGUE} is missing; run tools/messages.py update.")
        return 1
    kept = polib.pofile(str(path))
    found = complaints(kept, extracted_afresh())
    if found:
        print(*found[:SHOWN], sep="\n")
        print(f"messages: {len(found)} complaints; run tools/messages.py update and translate.")
        return 1
    print(f"{len(kept)} strings, all translated.")
    return 0


def update() -> int:
    extract(ROOT / "tibandu")
    path = ROOT / "tibandu" / CATALOGUE
    tidy(path)
    catalogue = polib.pofile(str(path))
    print(f"{len(catalogue)} strings, {len(catalogue.untranslated_entries())} to translate.")
    return 0


def main() -> int:
    verbs = {"check": check, "update": update}
    if len(sys.argv) != 2 or sys.argv[1] not in verbs:
        print("usage: tools/messages.py check | update")
        return 2
    try:
        return verbs[sys.argv[1]]()
    except subprocess.CalledProcessError as error:
        print(f"messages: extraction failed:\n{error.stderr}")
        return 1


if __name__ == "__main__":
    raise SystemExit(main())
