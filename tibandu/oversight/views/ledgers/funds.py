"""The ledgers of earmarked money: funds with their picture by year, and projects with what all of them come to."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tibandu.base.columns import Column, page_of
from tibandu.base.ledgers import PAGE, Asked, Found, Ledger, Way
from tibandu.oversight.enums import (
    FundState,
    ProjectState,
)
from tibandu.oversight.forms import ledgers as forms
from tibandu.oversight.queries import ledgers as rows
from tibandu.oversight.queries.funds import TONES as PROJECT_TONES
from tibandu.oversight.views.ledgers.parts import money, read, state_column, title_column, wan
from tibandu.people.enums import Competence
from tibandu.people.queries import Actor

FUND_COLUMNS = [
    Column("year", _("年度"), lambda r: r.year, kind="code", width=8),
    Column("name", _("专项资金"), lambda r: r.name, kind="title", width=30, href=page_of("oversight:fund")),
    state_column(FundState, lambda r: "going" if r.state == FundState.OPEN else "ended"),
    Column("projects", _("批准项目"), lambda r: r.projects_chosen, kind="number"),
    money("total", _("安排（万元）"), lambda r: r.total),
    money("planned", _("计划（万元）"), lambda r: r.planned),
    money("given", _("已拨付（万元）"), lambda r: r.given),
    money("paid", _("已支付（万元）"), lambda r: r.paid),
    money("balance", _("余额（万元）"), lambda r: r.balance),
    money("cap", _("单项上限（万元）"), lambda r: r.cap),
    Column("source", _("资金来源"), lambda r: r.source, kind="long", width=30, default=False),
]


def _fund_begins(actor: Actor) -> list[Way]:
    found = (
        (Competence.FUND, _("设立专项资金"), "oversight:open_fund"),
        (Competence.CLOSE, _("登记其他资金项目"), "oversight:register_project"),
    )
    return [(label, reverse(name)) for power, label, name in found if actor.may(power)]


def _around_funds(asked: Asked, funds: Sequence[Any]) -> dict[str, Any]:
    """Money in ten thousands of yuan, each number opening the rows it counts; and its picture by year."""
    chosen = f"{reverse('oversight:projects')}?state=chosen"
    here = reverse("oversight:funds")
    count, paid, invested = rows.PROJECTS.sums(asked.actor, {"state": "chosen"}, of=("paid", "invested"))
    total, given, balance = (
        sum(getattr(row, name) for row in funds) for name in ("total", "given", "balance")
    )
    tiles = (
        (_("批准项目"), count, chosen, _("各年度批准的，连同不使用专项资金的项目。")),
        (_("安排（万元）"), wan(total), here, ""),
        (_("已拨付（万元）"), wan(given), chosen, _("从专项资金拨给项目的，扣除退回的。")),
        (_("已支付（万元）"), wan(paid), chosen, ""),
        (_("余额（万元）"), wan(balance), here, _("安排的减去拨付的，加上退回的。")),
        (_("其他投入（万元）"), wan(invested), chosen, _("专项资金以外的投入，不含已冲销的。")),
    )
    figures = [
        {"label": label, "value": value, "url": url, "definition": meaning}
        for label, value, url, meaning in tiles
    ]
    return {"figures": figures, "chart": _chart(funds[::-1]) if funds else None}


def _chart(funds: Sequence[Any]) -> dict[str, Any]:
    """What of each fund was paid, lies with projects, and is left; together they are what was allotted."""
    url = page_of("oversight:fund")
    urls = [url(row) for row in funds]
    has_one_name = len({row.name for row in funds}) == 1
    parts = {
        _now("已支付"): [row.paid for row in funds],
        _now("已拨付未支付"): [row.given - row.paid for row in funds],
        _now("余额"): [row.balance for row in funds],
    }
    return {
        "kind": "bar",
        "stack": True,
        "unit": _now("万元"),
        "labels": [str(row.year) if has_one_name else f"{row.year}年{row.name}" for row in funds],
        "series": [
            {"name": name, "values": [fen / 1_000_000 for fen in values], "urls": urls}
            for name, values in parts.items()
        ],
    }


FUNDS = Ledger(
    "oversight:funds",
    _("专项资金"),
    lambda asked: FUND_COLUMNS,
    read(rows.FUNDS),
    _("还没有专项资金"),
    words=_("各年度资金的安排、拨付、支付和余额，以及用这些资金办理的项目。"),
    begins=_fund_begins,
    ways=((_("资金项目台账"), "oversight:projects"),),
    beside=_around_funds,
)

PROJECT_COLUMNS = [
    title_column(_("项目"), "project", 40),
    Column("unit", _("项目单位"), lambda r: r.unit, width=16),
    state_column(ProjectState, lambda r: PROJECT_TONES[ProjectState(r.state)]),
    Column("progress", _("进度（%）"), lambda r: r.progress, kind="number"),
    money("planned", _("计划（万元）"), lambda r: r.planned),
    money("appropriated", _("已拨付（万元）"), lambda r: r.appropriated),
    money("paid", _("已支付（万元）"), lambda r: r.paid),
    money("left", _("未支付（万元）"), lambda r: r.appropriated - r.paid, default=False),
    money("invested", _("其他投入（万元）"), lambda r: r.invested),
    Column("count", _("受益人数"), lambda r: r.beneficiary_count, kind="number"),
    Column("fund", _("专项资金"), lambda r: r.fund, width=20),
    Column("beneficiaries", _("受益群众"), lambda r: r.beneficiaries, kind="long", width=30, default=False),
    Column("number", _("建议编号"), lambda r: r.number, kind="code", default=False),
    Column("nominated", _("提出日期"), lambda r: r.nominated_on, kind="date", default=False),
    Column("accepted", _("验收日期"), lambda r: r.accepted_on, kind="date", default=False),
]
SUMMED = (
    (_("计划（万元）"), "planned"),
    (_("已拨付（万元）"), "appropriated"),
    (_("已支付（万元）"), "paid"),
    (_("其他投入（万元）"), "invested"),
)


def _page_of_projects(asked: Asked) -> Found:
    """With what all of them come to, not only those of the page."""
    names = tuple(name for _label, name in SUMMED)
    count, *sums = rows.PROJECTS.sums(asked.actor, asked.wanted, of=names)
    page = rows.PROJECTS.rows(asked.actor, asked.wanted, start=asked.start, stop=asked.start + PAGE)
    totals = [(label, wan(fen)) for (label, _name), fen in zip(SUMMED, sums, strict=True)]
    return Found(page, asked.start + PAGE < count, [(_("共"), count), *totals])


PROJECTS = Ledger(
    "oversight:projects",
    _("资金项目台账"),
    lambda asked: PROJECT_COLUMNS,
    read(rows.PROJECTS),
    _("还没有资金项目"),
    form=forms.ProjectsForm,
    page=_page_of_projects,
    ways=((_("专项资金"), "oversight:funds"),),
)
