"""Knows the `tibandu` command: what it offers, in Chinese and English, before Django takes over."""

import os
import sys

COMMANDS = {
    "serve": ("启动服务", "serve the pages and the API"),
    "demo": ("建立演示数据并启动服务", "build the demo data and serve it"),
    "worker": ("发出邮件、短信提醒", "send mail and SMS from the outbox"),
    "tick": (
        "按时钟办事：提醒、逾期（可重复运行）",
        "do what the clock asks: reminders, lateness (safe to repeat)",
    ),
    "verify": ("核对留痕链条", "re-compute the journal and say where it breaks"),
    "backup": ("备份数据库和附件", "write database and files into one archive"),
    "restore": ("从备份恢复到空库", "bring an archive back into an empty place"),
    "doctor": ("检查运行环境", "look whether this installation is well"),
    "import": ("导入建议、人员、单位、日历", "import suggestions, people, units, calendars"),
    "packet": ("收发建议数据包", "exchange signed packets with other installations"),
    "advise": ("按职责清单提出承办单位", "propose handling units from the duty list"),
    "lineage": ("把同一问题历年的建议归成一族", "place suggestions in families of the same matter"),
    "bench": ("测量速度", "measure the speed of pages and steps"),
}
HELP = ("help", "-h", "--help")


def overview() -> str:
    lines = ["提办督 Tibandu", "", "用法 usage: tibandu 命令 COMMAND [--help]", ""]
    lines += [f"  {name:<9} {chinese} · {english}" for name, (chinese, english) in COMMANDS.items()]
    lines += [
        "",
        "Django 的命令（migrate 等）也可使用 · Django's own commands (migrate …) work too",
    ]
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Runs one command and answers its exit code."""
    words = sys.argv[1:] if arguments is None else arguments
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tibandu.web.settings")
    if not words or (len(words) == 1 and words[0] in HELP):
        print(overview())
        return 0
    if words == ["--version"]:
        from tibandu import __version__

        print(f"tibandu {__version__}")
        return 0
    if words[0] == "demo":
        # Read by the settings, which are loaded before the command itself.
        os.environ.setdefault("TIBANDU_DEMO", "1")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["tibandu", *words])
    return 0
