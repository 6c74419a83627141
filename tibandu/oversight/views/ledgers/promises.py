"""The ledger of promises with its headline, and the ledger of yearly statements."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tibandu.base.columns import Column, label_of, page_of
from tibandu.base.ledgers import Asked, Ledger
from tibandu.oversight.enums import (
    Lamp,
    StatementState,
)
from tibandu.oversight.forms import ledgers as forms
from tibandu.oversight.queries import ledgers as rows
from tibandu.oversight.queries import promises
from tibandu.oversight.rules.promises import lamp, stopped_on
from tibandu.oversight.views.ledgers.parts import money, read, state_column
from tibandu.suggestions.enums import PromiseKind

LAMP_TONES = {
    Lamp.OVERDUE: "overdue",
    Lamp.NEAR: "near",
    Lamp.OPEN: "going",
    Lamp.CLAIMED: "waiting",
    Lamp.KEPT: "done",
    Lamp.LAPSED: "refused",
    Lamp.RELEASED: "ended",
}
STATEMENT_TONES = {
    StatementState.ASKED: "waiting",
    StatementState.GIVEN: "going",
    StatementState.CLOSED: "done",
}


def _promise_columns(asked: Asked) -> list[Column]:
    today, near = asked.today, _near(asked)
    labels = {value: str(label) for value, label in Lamp.choices}

    def colour(row: Any) -> Lamp:
        return lamp(row.state, row.due_on, near, today)

    return [
        Column("number", _("编号"), lambda r: r.number, kind="code", width=12),
        Column("title", _("承诺事项"), lambda r: r.what, kind="title", width=44, href=page_of("oversight:promise")),
        Column("unit", _("承办单位"), lambda r: r.unit, width=16),
        Column("state", _("状态"), lambda r: labels[colour(r)], kind="state", width=10, tone=lambda r: LAMP_TONES[colour(r)]),
        Column("due", _("兑现时限"), lambda r: r.due_on, kind="clock", width=16,
               done=lambda r: stopped_on(r.state, r.claimed_on, r.closed_on)),
        Column("made", _("作出日期"), lambda r: r.made_on, kind="date", width=12),
        Column("kind", _("类型"), label_of(PromiseKind, "kind"), width=10),
        Column("owner", _("责任人"), lambda r: r.owner, width=14),
        Column("measure", _("衡量标准"), lambda r: r.measure, kind="long", width=24),
        money("money", _("资金（万元）"), lambda r: r.money, default=False),
        Column("suggestion", _("建议标题"), lambda r: r.suggestion, kind="long", width=36, default=False),
        Column("claims", _("申报次数"), lambda r: r.claims, kind="number", default=False),
        Column("closed", _("认定日期"), lambda r: r.closed_on, kind="date", default=False),
        Column("closed_by", _("认定"), lambda r: r.closed_by, width=20, default=False),
    ]  # fmt: skip


def _near(asked: Asked) -> date | None:
    """Until which day a date counts as near; read once for columns and rows."""
    if "near" not in asked.kept:
        asked.kept["near"] = promises.near_until(asked.actor.congress_id, asked.today)
    near: date | None = asked.kept["near"]
    return near


def _promises(asked: Asked, start: int, stop: int) -> list[rows.PromiseRow]:
    facts = (asked.today, _near(asked))
    return rows.PROMISES.rows(asked.actor, asked.wanted, *facts, start=start, stop=stop)


def _promise_figures(asked: Asked, _rows: Sequence[Any]) -> dict[str, Any]:
    """Kept ÷ made first, with last year's beside this year's; each number opens the rows it counts."""
    found, here, year = (
        promises.figures(asked.actor, asked.today),
        reverse("oversight:ledger"),
        asked.today.year,
    )
    counts = (
        (Lamp.KEPT, found.kept),
        (Lamp.CLAIMED, found.claimed),
        (Lamp.OVERDUE, found.overdue),
        (Lamp.LAPSED, found.lapsed),
    )
    carried = {
        "label": _now("结转到%(year)s年") % {"year": year},
        "value": found.carried,
        "definition": _("以前年度作出、今年年初仍未认定的承诺。"),
        "url": f"{here}?carried={year}",
    }
    unexplained = {
        "label": _("届满未说明"),
        "value": found.unexplained,
        "definition": _("届满时仍未兑现、还没有书面说明的承诺。"),
        "url": f"{here}?state=unexplained",
    }
    tiles = [
        *_shares_kept(found, here, year),
        *({"label": key.label, "value": n, "url": f"{here}?state={key}"} for key, n in counts),
        carried,
        *([unexplained] if found.unexplained else []),
    ]
    return {"figures": tiles}


def _shares_kept(found: promises.Figures, here: str, year: int) -> list[dict[str, Any]]:
    share, before = found.share(found.kept, found.made), found.share(found.kept_before, found.made_before)
    share_now = found.share(found.kept_now, found.made_now)
    of_year = _now("%(year)s年作出的承诺中，经认定已兑现的。上年作出 %(made)s 项，已兑现 %(kept)s 项。")
    return [
        {
            "label": _("兑现率"),
            "value": share or "—",
            "unit": "%" if share else "",
            "definition": _("经认定已兑现的承诺 ÷ 已作出的承诺；随撤回解除的不计。"),
            "url": f"{here}?state=made",
        },
        {
            "label": _("本年兑现率"),
            "value": share_now or "—",
            "unit": "%" if share_now else "",
            "definition": of_year % {"year": year, "made": found.made_before, "kept": found.kept_before},
            "before": before or None,
            "url": f"{here}?state=made&year={year}",
        },
    ]


PROMISES = Ledger(
    "oversight:ledger",
    _("承诺台账"),
    _promise_columns,
    _promises,
    _("还没有列入台账的承诺"),
    form=forms.PromisesForm,
    beside=_promise_figures,
    ways=((_("年度兑现报告"), "oversight:statements"),),
    file="promises",
)

STATEMENT_COLUMNS = [
    Column("year", _("年度"), lambda r: r.year, kind="code", width=8),
    Column(
        "unit", _("承办单位"), lambda r: r.unit, kind="title", width=30, href=page_of("oversight:statement")
    ),
    state_column(StatementState, lambda r: STATEMENT_TONES[StatementState(r.state)]),
    Column("due", _("报告期限"), lambda r: r.due_on, kind="clock", width=16, done=lambda r: r.given_on),
    Column("given", _("报告日期"), lambda r: r.given_on, kind="date"),
    Column("lines", _("报告承诺"), lambda r: r.lines_count, kind="number"),
    Column("asked", _("应收回执"), lambda r: r.receipts_asked, kind="number"),
    Column("received", _("已收回执"), lambda r: r.receipts_given, kind="number"),
    Column("closed", _("办结日期"), lambda r: r.closed_on, kind="date", default=False),
]
STATEMENTS = Ledger(
    "oversight:statements",
    _("年度兑现报告"),
    lambda asked: STATEMENT_COLUMNS,
    read(rows.STATEMENTS),
    _("还没有年度兑现报告"),
    hint=_("每年第四季度，由代表工作机构要求各承办单位报告。"),
    words=_("承办单位每年向代表报告当年、上年和结转承诺的兑现情况，由代表确认收到。"),
    form=forms.StatementsForm,
    ways=((_("承诺台账"), "oversight:ledger"),),
)
