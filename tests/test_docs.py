"""Knows that the documents drawn from the code are current."""

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
_spec = importlib.util.spec_from_file_location("docs_tool", ROOT / "tools" / "docs.py")
assert _spec
assert _spec.loader
docs = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(docs)


@pytest.mark.parametrize("name", sorted(docs.documents()))
def test_a_generated_document_is_current(name: str) -> None:
    """`make docs` draws it anew."""
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == docs.documents()[name]
