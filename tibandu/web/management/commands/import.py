"""Knows how tables come in from the command line: suggestions, people, units, and a year's calendar."""

from argparse import ArgumentParser
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from tibandu.base.files import FileProblem, store_content
from tibandu.base.flow import Refused
from tibandu.base.sheets import SheetProblem
from tibandu.base.verdicts import REFUSED, REPAIRED, UNCHANGED, Report, Verdict
from tibandu.people.jobs import import_rolls, read_rolls
from tibandu.people.models import Congress
from tibandu.people.queries import SYSTEM, congress_by_slug
from tibandu.regulations.actions import record_calendar_year
from tibandu.regulations.calendar_file import likely_year, read_calendar
from tibandu.suggestions import actions, jobs
from tibandu.suggestions.queries.importing import session_named
from tibandu.suggestions.rules.summary_sheet import FIELDS, field_named

SOME_REFUSED = 3
SECONDS_BEFORE_A_BAR = 2
WORDS = {REPAIRED: "修正 repaired", REFUSED: "不收 refused", UNCHANGED: "已有 already there"}
EXIT_CODES = """退出码 exit codes: 0 全部办妥 · all done; 1 不能导入 · cannot import;
2 用法不对 · wrong usage; 3 有行未收，见清单 · some rows refused, see the sheet"""


class Command(BaseCommand):
    help = f"导入建议、人员、单位、日历 · Import suggestions, people, units, calendars. {EXIT_CODES}"

    def add_arguments(self, parser: ArgumentParser) -> None:
        kinds = parser.add_subparsers(dest="kind", required=True, metavar="KIND")
        suggestions = kinds.add_parser(
            "suggestions", help="建议汇总表 · a table of suggestions", description=EXIT_CODES
        )
        _add_file(suggestions)
        _add_congress(suggestions)
        where = suggestions.add_mutually_exclusive_group(required=True)
        where.add_argument("--session", metavar="SLUG", help="归入哪次会议 · the session they belong to")
        where.add_argument("--collection", metavar="NAME", help="归入历史汇编 · a historical collection")
        labels = "、".join(str(label) for label, _spellings in FIELDS.values())
        suggestions.add_argument(
            "--map",
            action="append",
            default=[],
            metavar="原列名=字段",
            help=f"指定某列的含义，可重复 · what a column means, repeatable. 字段 fields: {labels}",
        )
        _add_refused(suggestions)
        for kind, help_text in (
            ("people", "代表或工作人员名册 · deputies or staff"),
            ("units", "单位名册 · units"),
        ):
            rolls = kinds.add_parser(kind, help=help_text, description=EXIT_CODES)
            _add_file(rolls)
            _add_congress(rolls)
            _add_refused(rolls)
        calendar = kinds.add_parser("calendar", help="放假调休安排 · a year's rest days")
        _add_file(calendar)
        calendar.add_argument("--year", type=int, help="年份 · the year (default: of most of the days)")
        calendar.add_argument("--notice", default="", help="通知文号 · number of the notice")
        calendar.add_argument(
            "--confirmed-by", default="命令行导入", help="核对人 · who compared it with the notice"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"没有这个文件 · No such file: {path}")
        run: Callable[..., Report | None] = getattr(self, f"import_{options['kind']}")
        try:
            report = run(path, options, timezone.now())
        except (SheetProblem, FileProblem) as problem:
            raise CommandError(str(problem)) from problem
        except Refused as refusal:
            raise CommandError(str(refusal.sentence)) from refusal
        if report is not None:
            self.tell(report, path, options)

    def import_suggestions(self, path: Path, options: dict[str, Any], at: datetime) -> Report:
        congress = _congress(options)
        session = session_named(congress, options["session"]) if options["session"] else None
        if options["session"] and session is None:
            raise CommandError(f"没有这次会议 · No such session: {options['session']}")
        mapping = dict(_mapped(pair) for pair in options["map"])
        content = path.read_bytes()
        with path.open("rb") as file:
            table = jobs.read_table(file, path.name, mapping)
        shelf = jobs.Shelf(congress, session, "" if session else options["collection"].strip())
        judged = jobs.judge(table, shelf, at=at)
        if options["dry_run"]:
            return judged.report
        run = actions.start_import(
            SYSTEM,
            congress,
            at=at,
            file=store_content(content, path.name),
            session=session,
            collection=shelf.collection,
            mapping=mapping,
        )
        with tqdm(total=len(judged.ready), delay=SECONDS_BEFORE_A_BAR, unit="行", leave=False) as bar:
            return jobs.carry_out(SYSTEM, run, judged, at=at, progress=bar.update)

    def import_people(self, path: Path, options: dict[str, Any], at: datetime) -> Report:
        return self.import_rolls(path, options, at, {"deputies", "staff"})

    def import_units(self, path: Path, options: dict[str, Any], at: datetime) -> Report:
        return self.import_rolls(path, options, at, {"units"})

    def import_rolls(self, path: Path, options: dict[str, Any], at: datetime, kinds: set[str]) -> Report:
        with path.open("rb") as file:
            rolls = read_rolls(file, path.name)
        if rolls.kind not in kinds:
            raise CommandError(
                "这份表列的不是这类内容，请换一个子命令 · The file lists another kind of rows."
            )
        return import_rolls(SYSTEM, _congress(options), rolls, at=at, keep=not options["dry_run"])

    def import_calendar(self, path: Path, options: dict[str, Any], at: datetime) -> None:
        with path.open("rb") as file:
            days = read_calendar(file, path.name)
        year = options["year"] or likely_year(days)
        if year is None:
            raise CommandError("表里没有任何一天 · The file holds no day.")
        changed = False
        if not options["dry_run"]:
            changed = record_calendar_year(
                SYSTEM,
                year,
                notice=options["notice"],
                days=days,
                confirmed_by=options["confirmed_by"],
                at=at,
            )
        self.stdout.write(f"{year}: {len(days)} 天 days")
        self.stdout.write(
            f"imported {len(days) if changed or options['dry_run'] else 0}, repaired 0, refused 0"
        )

    def tell(self, report: Report, path: Path, options: dict[str, Any]) -> None:
        """Row by row what was repaired or refused, then the refused rows as a sheet, then the one line for scripts."""
        for verdict in report.verdicts:
            if verdict.outcome in (REPAIRED, REFUSED) or options["verbosity"] > 1:
                self.stdout.write(_line(verdict))
        if report.count(REFUSED) and (options["refused"] or not options["dry_run"]):
            target = options["refused"] or Path(f"{path.stem}-refused.xlsx")
            target.write_bytes(report.refused_sheet())
            self.stdout.write(f"未收的行 refused rows: {target}")
        if known := report.count(UNCHANGED):
            self.stdout.write(f"已有 already there {known}")
        if options["dry_run"]:
            self.stdout.write("试运行，没有写入 · dry run, nothing was written")
        self.stdout.write(report.last_line)
        if report.count(REFUSED):
            raise SystemExit(SOME_REFUSED)


def _add_file(parser: ArgumentParser) -> None:
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="xlsx、xls、et、ods、csv（UTF-8 或 GBK · or GBK）"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="只看结果，不写入 · judge the rows, write nothing"
    )


def _add_congress(parser: ArgumentParser) -> None:
    parser.add_argument("--congress", required=True, metavar="SLUG", help="哪级人大 · slug of the congress")


def _add_refused(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--refused",
        type=Path,
        metavar="XLSX",
        help="未收的行存到哪里 · where refused rows go (default: FILE-refused.xlsx in this folder)",
    )


def _congress(options: dict[str, Any]) -> Congress:
    congress = congress_by_slug(options["congress"])
    if congress is None:
        raise CommandError(f"没有这级人大 · No such congress: {options['congress']}")
    return congress


def _mapped(pair: str) -> tuple[str, str]:
    header, _equals, name = pair.partition("=")
    code = field_named(name)
    if not (header and code):
        raise CommandError(f"--map 应写成 原列名=字段 · should read HEADER=FIELD: {pair}")
    return header.strip(), code


def _line(verdict: Verdict) -> str:
    word = WORDS.get(verdict.outcome, "导入 imported")
    return f"第{verdict.row}行 row {verdict.row} {word} {verdict.what[:40]}{'：' if verdict.reason else ''}{verdict.reason}"
