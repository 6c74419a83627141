"""Knows how the results of a bench are shown to people."""

from collections.abc import Iterator
from typing import Any

HEAD = f"{'page':10} {'p50 1/16':>15} {'p95 1/16 ms':>15} {'rps':>8} {'limit':>8} {'ratio':>6} {'SQL':>4} {'bytes':>8}"


def table(found: dict[str, Any]) -> str:
    """One line a page, the classes of searches below theirs."""
    return "\n".join([HEAD, *_lines(found["pages"]), *_facts(found)])


def _lines(pages: dict[str, Any], indent: str = "") -> Iterator[str]:
    for name, row in pages.items():
        middle, slow = (f"{row[key]['1']} / {row[key]['16']}" for key in ("p50_ms", "p95_ms"))
        yield (
            f"{indent + name:10} {middle:>15} {slow:>15} {row['rps']:8} {row['limit_rps']:8} {row['ratio']!s:>6} "
            f"{row['sql']:4} {row['bytes']:8}"
        )
        yield from _lines(row.get("classes", {}), "  ")


def _facts(found: dict[str, Any]) -> Iterator[str]:
    size = found["database_bytes"] / 1e9
    yield f"{found['rows']:,} suggestions, {found['database']}, {size:.2f} GB, made in {found['generate_seconds']} s"
    yield f"workers {found['worker_mb']} MB; the client took {found['client_cpu_ms']} ms a request"
    if found["growth"]:
        yield f"growth from {found['growth_from']:,}: {found['growth']} {found['growth_by_page']}"
