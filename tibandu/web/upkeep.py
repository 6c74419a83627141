"""Knows what an administrator looks after: six questions to the rooms, each answered in words with the page to go to."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tibandu.base import journal
from tibandu.people import queries as people
from tibandu.people.models import Person
from tibandu.people.queries import Actor
from tibandu.regulations import queries as regulations
from tibandu.web.templatetags.look import day

MOST_NAMED = 20
# The notice of next year's holidays comes out in November.
NOTICE_MONTH = 11


@dataclass(frozen=True)
class Check:
    """One question: what it is about, how it stands, the sentence, and where one sees to it."""

    label: str
    tone: str
    word: str
    words: str
    url: str = ""
    link: str = ""
    people: tuple[Person, ...] = ()

    @property
    def is_well(self) -> bool:
        return self.tone == "done"


def checks(actor: Actor, today: date) -> list[Check]:
    """What is not well first; six queries."""
    asked = [
        _clock(today),
        _measure(actor, today),
        _calendar(actor, today),
        _sendings(actor),
        _initial_passwords(actor),
        _accounts(actor, today),
    ]
    order = {"overdue": 0, "near": 1, "waiting": 2, "done": 3}
    return sorted(asked, key=lambda check: order[check.tone])


def _clock(today: date) -> Check:
    """The first run of a day seals the journal: a missing seal means that nothing ran, no reminder, no lapse."""
    label, found = _("定时运行与日封"), journal.last_seal()
    if found is None:
        return Check(label, "overdue", _("未运行"), _("还没有一次日封。请设置定时运行 tibandu tick。"))
    facts = {"day": day(found.day), "lines": f"{found.lines:,}"}
    where = {"url": reverse("web:seal", args=[found.day]), "link": _("打印日封")}
    told = _("最近一次日封：%(day)s，共 %(lines)s 行日志。") % facts
    if found.day < today - timedelta(days=1):
        return Check(
            label,
            "overdue",
            _("已停"),
            told + _("此后提醒、逾期都没有处理，请检查定时运行 tibandu tick。"),
            **where,
        )
    return Check(label, "done", _("正常"), told, **where)


def _measure(actor: Actor, today: date) -> Check:
    label, found = _("处理办法"), regulations.measure_in_force(actor.congress_id or 0, today)
    where = {"url": reverse("regulations:measure"), "link": _("查看办法")}
    if found is None:
        words = _("没有正在施行的办法，建议不能登记、交办。由代表工作机构制定并公布施行。")
        return Check(label, "overdue", _("缺"), words, **where)
    return Check(label, "done", _("施行中"), _("现行版本：%(label)s。") % {"label": found.label}, **where)


def _calendar(actor: Actor, today: date) -> Check:
    label, years = _("放假安排"), regulations.recorded_years()
    where = {"url": reverse("regulations:calendar"), "link": _("登记安排")}
    missing = next((year for year in (today.year, today.year + 1) if year not in years), None)
    if missing is None:
        return Check(
            label, "done", _("齐全"), _("已确认到 %(year)d 年。") % {"year": today.year + 1}, **where
        )
    tone = "overdue" if missing == today.year else "near" if today.month >= NOTICE_MONTH else "waiting"
    words = _("%(year)d 年的安排还没有登记，期限暂按周一至周五推算。") % {"year": missing}
    return Check(label, tone, _("待公布") if tone == "waiting" else _("缺"), words, **where)


def _sendings(actor: Actor) -> Check:
    label, count = _("提醒发送"), people.failed_sendings(actor)
    where = {"url": reverse("people:sendings"), "link": _("查看发送")}
    if not count:
        return Check(label, "done", _("正常"), _("没有发送失败的提醒。"), **where)
    words = ngettext("%(n)d 条提醒没有发出去。", "%(n)d 条提醒没有发出去。", count) % {"n": count}
    return Check(label, "overdue", _("失败"), words, **where)


def _initial_passwords(actor: Actor) -> Check:
    label, idle = _("初始密码"), people.initial_passwords(actor)
    if not idle:
        return Check(label, "done", _("正常"), _("有账号的人都改过初始密码。"))
    count = len(idle)
    words = ngettext("%(n)d 人还没有改初始密码。", "%(n)d 人还没有改初始密码。", count) % {"n": count}
    if count > MOST_NAMED:
        words += _("先列出 %(n)d 人：") % {"n": MOST_NAMED}
    return Check(label, "near", _("未改"), words, people=tuple(idle[:MOST_NAMED]))


def _accounts(actor: Actor, today: date) -> Check:
    label, count = _("开通账号"), people.persons_without_account(actor, today).count()
    where: dict[str, Any] = {"url": reverse("people:open_accounts"), "link": _("开通账号")}
    if not count:
        return Check(label, "done", _("齐全"), _("在任的人都有账号。"), **where)
    words = ngettext("%(n)d 人在任而没有账号。", "%(n)d 人在任而没有账号。", count) % {"n": count}
    return Check(label, "near", _("待开通"), words, **where)
