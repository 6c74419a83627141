"""Knows how message catalogues become .mo files without the gettext of the system."""

from pathlib import Path

import polib

LOCALE = Path(__file__).resolve().parent.parent / "tibandu" / "locale"


def main() -> None:
    for path in sorted(LOCALE.glob("*/LC_MESSAGES/*.po")):
        catalogue = polib.pofile(str(path))
        catalogue.save_as_mofile(str(path.with_suffix(".mo")))
        print(f"{path.relative_to(LOCALE)}: {len(catalogue.translated_entries())} strings")


if __name__ == "__main__":
    main()
