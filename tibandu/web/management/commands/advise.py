"""Knows how the advice on dispatch is asked for from the command line, a text a line, without any congress's cases."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError

from tibandu.suggestions.queries.advising import duty_list
from tibandu.suggestions.rules.advice import Proposal, ranked


class Command(BaseCommand):
    help = (
        "按职责清单提出承办单位：每行一件 {title, body} · "
        "Propose handling units from the duty list: one {title, body} a line"
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", metavar="FILE", help="JSONL 文件，- 为标准输入 · a JSONL file, - for standard input"
        )
        parser.add_argument("--json", action="store_true", help="每行输出 JSON · answer in JSON, a line each")
        parser.add_argument(
            "--top", type=int, default=5, metavar="N", help="列出几类单位 · how many kinds (default 5)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["file"] == "-":
            self.answer(sys.stdin, options)
            return
        path = Path(options["file"])
        if not path.is_file():
            raise CommandError(f"没有这个文件 · No such file: {path}")
        with path.open(encoding="utf-8-sig") as lines:
            self.answer(lines, options)

    def answer(self, lines: TextIO, options: dict[str, Any]) -> None:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            title, body = _text_of(line, number)
            found = ranked(title, body, duty_list())[: max(1, options["top"])]
            if options["json"]:
                self.stdout.write(json.dumps({"ranked": list(map(_shown, found))}, ensure_ascii=False))
                continue
            self.stdout.write(title)
            for proposal in found:
                label = duty_list().labels[proposal.code]
                self.stdout.write(f"  {proposal.share:4.0%} {label}：{_reason(proposal)}")


def _text_of(line: str, number: int) -> tuple[str, str]:
    try:
        row = json.loads(line)
        return str(row["title"]), str(row.get("body") or "")
    except (ValueError, KeyError, TypeError, AttributeError):
        raise CommandError(
            f"第{number}行应为带 title 的 JSON 对象 · Line {number} should be a JSON object with a title"
        ) from None


def _shown(proposal: Proposal) -> dict[str, Any]:
    clause = proposal.clause
    return {
        "unit_kind": proposal.code,
        "label": duty_list().labels[proposal.code],
        "share": round(proposal.share, 4),
        "reason": _reason(proposal),
        "clause": clause.text if clause else "",
        "source": clause.source if clause else "",
        "words": list(proposal.words),
    }


def _reason(proposal: Proposal) -> str:
    """The duty with its source, and the words of the text that stand under it."""
    clause = proposal.clause
    if clause is None:
        return ""
    led = "、".join(proposal.words)
    return f"{clause.text}（{clause.source}）" + (f"；文中：{led}" if led else "；依相近用语推断")
