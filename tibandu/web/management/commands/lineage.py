"""Knows how families of suggestions are made from the command line: what is new, or all anew."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from tqdm import tqdm

from tibandu.insight.actions import forget, refresh


class Command(BaseCommand):
    help = "把新立案的建议归入家谱；--anew 全部重做 · Place new suggestions in their families; --anew makes all anew"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--anew", action="store_true", help="先清空再重做 · forget all families first")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["anew"]:
            forget()
        with tqdm(unit="件", disable=None) as bar:

            def show(done: int, of: int) -> None:
                bar.total = of
                bar.update(done - bar.n)

            placed = refresh(show)
        self.stdout.write(f"家谱 lineage: {placed} 件新归入 placed")
