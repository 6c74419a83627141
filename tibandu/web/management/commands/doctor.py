"""Knows how to tell whether an installation is well: one line a question, ✓ or ✗, and what to do."""

import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.models import Max
from django.utils import timezone

from tibandu.base import journal
from tibandu.regulations.models import CalendarYear
from tibandu.web.management.commands.serve import unapplied_migrations

# Any one of them draws every letter of a paper; the first ones are what the national standard asks for.
SONG_FONTS = (
    "FangSong",
    "FangSong_GB2312",
    "STFangsong",
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "SimSun",
)
ASSETS = ("dist/app.css", "dist/app.js", "dist/charts.js")


class Ill(Exception):
    """What is wrong and what to do, in both languages."""


def python() -> str:
    return sys.version.split()[0]


def data_folder() -> str:
    folder = Path(settings.DATA_DIR)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return str(folder)
    except OSError as error:
        raise Ill(f"{folder} 不可写 · cannot write there: {error}") from error


def database() -> str:
    try:
        connection.ensure_connection()
    except Exception as error:
        raise Ill(f"连不上 · no answer: {error}") from error
    return f"{connection.vendor} {'.'.join(map(str, connection.get_database_version()))}"


def migrations() -> str:
    if missing := unapplied_migrations():
        raise Ill(f"缺 {len(missing)} 项，运行 tibandu migrate · {len(missing)} missing; run tibandu migrate")
    return ""


def cache_table() -> str:
    table = settings.CACHES["default"].get("LOCATION")
    if table and table not in connection.introspection.table_names():
        raise Ill(f"缺表 {table}，运行 tibandu migrate · table missing; run tibandu migrate")
    return ""


def journal_guards() -> str:
    if not journal.guards_present():
        raise Ill("触发器不在，运行 tibandu migrate · the triggers are gone; run tibandu migrate")
    return ""


def journal_role() -> str:
    """On PostgreSQL whoever owns a table may drop its triggers; a file of SQLite has its system's rights only."""
    if connection.vendor != "postgresql":
        return ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        role = cursor.fetchone()[0]
    if journal.may_change():
        raise Ill(
            f"{role} 能改留痕表，日常运行请另用角色（部署说明第六节）"
            f" · {role} could change the journal; serve with the second role (docs/deploy.md, section 6)"
        )
    return f"{role} 只能追加 may only append"


def assets() -> str:
    if missing := [name for name in ASSETS if not finders.find(name)]:
        raise Ill(
            f"缺 {', '.join(missing)}，运行 python3 tools/setup.py · missing; run python3 tools/setup.py"
        )
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if not manifest.exists():
        raise Ill("缺清单，运行 tibandu collectstatic · no manifest; run tibandu collectstatic")
    return ""


def catalogues() -> str:
    missing = [
        po
        for root in settings.LOCALE_PATHS
        for po in Path(root).rglob("*.po")
        if not po.with_suffix(".mo").exists()
    ]
    if missing:
        raise Ill("未编译，运行 python3 tools/setup.py · not compiled; run python3 tools/setup.py")
    return ""


def working_days() -> str:
    """Clocks in working days need the yearly notice; beyond the last one every date is provisional."""
    year = timezone.localdate().year
    if not CalendarYear.objects.filter(year=year).exists():
        raise Ill(
            f"缺 {year} 年放假安排，运行 tibandu import · the holidays of {year} are missing; run tibandu import"
        )
    return str(CalendarYear.objects.aggregate(last=Max("year"))["last"])


def fonts() -> str:
    import typst

    families = set(typst.Fonts().families())
    if found := next((name for name in SONG_FONTS if name in families), None):
        return found
    raise Ill(
        "没有公文用的宋体、仿宋，Debian 装 fonts-noto-cjk · no Chinese serif font; Debian: fonts-noto-cjk"
    )


def origin() -> str:
    """Secure keys need HTTPS and a name: a plain intranet address can only offer one-time codes."""
    return settings.ORIGIN


CHECKS: dict[str, Callable[[], str]] = {
    "Python": python,
    "数据目录 data folder": data_folder,
    "数据库 database": database,
    "数据库升级 migrations": migrations,
    "缓存表 cache table": cache_table,
    "留痕保护 journal guards": journal_guards,
    "留痕角色 journal role": journal_role,
    "页面资源 assets": assets,
    "译文 catalogues": catalogues,
    "工作日历 working days": working_days,
    "公文字体 fonts": fonts,
    "访问地址 origin": origin,
}


def examine() -> Iterator[tuple[str, bool, str]]:
    """Every question with its answer; what cannot even be asked counts as ill."""
    for label, check in CHECKS.items():
        try:
            yield label, True, check()
        except Exception as error:
            yield label, False, str(error)


class Command(BaseCommand):
    help = "检查运行环境，有问题时退出码为 1 · Look whether this installation is well; exit code 1 when it is not"
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"提办督 Tibandu doctor  {timezone.localtime():%Y-%m-%d %H:%M}")
        well = True
        for label, is_well, words in examine():
            well = well and is_well
            self.stdout.write(f"{'✓' if is_well else '✗'} {label}{': ' if words else ''}{words}")
        if not well:
            raise SystemExit(1)
