"""The ledger of promises 承诺台账, the page of one promise with its three parties, and the yearly statements."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tibandu.base import columns as table
from tibandu.base.casepages import buttons, entries
from tibandu.base.columns import Column
from tibandu.base.doors import actor_required
from tibandu.base.flow import NotYourStep
from tibandu.base.sheets import write_xlsx
from tibandu.base.whole import whole
from tibandu.oversight import actions
from tibandu.oversight.enums import Lamp, ReceiptState, StatementState
from tibandu.oversight.forms.promises import AskStatementsForm, LedgerForm
from tibandu.oversight.queries import promises as queries
from tibandu.oversight.room import ROOM
from tibandu.oversight.rules.promises import lamp, stopped_on
from tibandu.oversight.views.casepage import context_of
from tibandu.people.enums import Competence
from tibandu.people.queries import Actor
from tibandu.suggestions import actions as suggestions
from tibandu.suggestions import queries as cases
from tibandu.suggestions.models import Promise

PAGE, MOST, MOST_PRINTED = 50, 5000, 2000
FEN_PER_WAN = 1_000_000
TONES = {
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

# -- the ledger -------------------------------------------------------------------------------------------------------


def columns(today: date, near: date | None) -> list[Column]:
    """Every column of the ledger, in order."""

    def colour(row: Promise) -> Lamp:
        return lamp(row.state, row.due_on, near, today)

    def stopped(row: Promise) -> date | None:
        return stopped_on(row.state, row.claimed_on, row.closed_on)

    return [
        Column("number", _("编号"), lambda r: r.number_text, kind="code", width=12),
        Column(
            "title",
            _("承诺事项"),
            lambda r: r.what,
            kind="title",
            width=44,
            href=lambda r: reverse("oversight:promise", args=[r.pk]),
        ),
        Column("unit", _("承办单位"), lambda r: str(r.reply.assignment.unit), width=16),
        Column(
            "state",
            _("状态"),
            lambda r: str(colour(r).label),
            kind="state",
            width=10,
            tone=lambda r: TONES[colour(r)],
        ),
        Column("due", _("兑现时限"), lambda r: r.due_on, kind="clock", width=16, done=stopped),
        Column("made", _("作出日期"), lambda r: r.made_on, kind="date", width=12),
        Column("kind", _("类型"), lambda r: r.get_kind_display(), width=10),
        Column("owner", _("责任人"), lambda r: r.owner, width=14),
        Column("measure", _("衡量标准"), lambda r: r.measure, kind="long", width=24),
        Column("money", _("资金（万元）"), _wan, kind="number", width=12, default=False),
        Column(
            "suggestion", _("建议标题"), lambda r: r.suggestion.title, kind="long", width=36, default=False
        ),
        Column("claims", _("申报次数"), lambda r: r.claims, kind="number", default=False),
        Column("closed", _("认定日期"), lambda r: r.closed_on, kind="date", default=False),
        Column("closed_by", _("认定"), lambda r: r.closed_by, width=20, default=False),
    ]


def _wan(promise: Promise) -> str:
    if promise.money is None:
        return ""
    return f"{promise.money / FEN_PER_WAN:,.2f}".rstrip("0").rstrip(".")


def _asked(request: HttpRequest) -> tuple[LedgerForm, date, date | None, list[Column]]:
    """What is asked of the ledger: its filters, the day, until when a date is near, and the chosen columns."""
    today = localdate()
    near = queries.near_until(request.actor.congress_id, today)
    form = LedgerForm(request.GET, actor=request.actor, today=today)
    return form, today, near, table.chosen(columns(today, near), request.GET.getlist("c"))


@actor_required
def ledger(request: HttpRequest) -> HttpResponse:
    """The page of the ledger, with its headline: promises kept ÷ made."""
    form, today, near, chosen = _asked(request)
    wanted = form.wanted()
    start = min(whole(request.GET.get("start", "")) or 0, 1_000_000)
    rows = list(queries.ledger_page(request.actor, wanted, today, near, start, PAGE + 1))
    shown = {
        "menu": table.menu_html(columns(today, near), chosen),
        "head": table.head_html(chosen),
        "body": table.rows_html(chosen, rows[:PAGE], today=today),
        "rows": rows[:PAGE],
        "filters": _chips(request.GET, form, wanted),
        "filter_form": form if "filter" in request.GET else None,
        "filter_url": _with(request.GET, filter=1),
        "close_url": _with(request.GET, filter=""),
        "totals": [(_("本页"), len(rows[:PAGE]))],
        "export_url": reverse("oversight:ledger_export") + _with(request.GET),
        "print_url": reverse("oversight:ledger_print") + _with(request.GET),
        "next_url": _with(request.GET, start=start + PAGE) if len(rows) > PAGE else "",
        "previous_url": _with(request.GET, start=max(0, start - PAGE)) if start else "",
        "empty": _("没有符合条件的承诺"),
    }
    context = {"ledger": shown, "figures": _figures(request.actor, today)}
    return render(request, "oversight/promises.html", context)


def _figures(actor: Actor, today: date) -> list[dict[str, Any]]:
    """Kept ÷ made first, with last year's beside this year's; each number opens the rows it counts."""
    found, here, year = queries.figures(actor, today), reverse("oversight:ledger"), today.year
    share, before = found.share(found.kept, found.made), found.share(found.kept_before, found.made_before)
    share_now = found.share(found.kept_now, found.made_now)
    counts = (
        (Lamp.KEPT, found.kept),
        (Lamp.CLAIMED, found.claimed),
        (Lamp.OVERDUE, found.overdue),
        (Lamp.LAPSED, found.lapsed),
    )
    tiles = [
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
            "definition": _now(
                "%(year)s年作出的承诺中，经认定已兑现的。上年作出 %(made)s 项，已兑现 %(kept)s 项。"
            )
            % {"year": year, "made": found.made_before, "kept": found.kept_before},
            "before": before or None,
            "url": f"{here}?state=made&year={year}",
        },
    ]
    tiles += [{"label": key.label, "value": n, "url": f"{here}?state={key}"} for key, n in counts]
    carried = {
        "label": _now("结转到%(year)s年") % {"year": year},
        "value": found.carried,
        "definition": _("以前年度作出、今年年初仍未认定的承诺。"),
        "url": f"{here}?carried={year}",
    }
    return [*tiles, carried, *_unexplained(found, here)]


def _unexplained(found: queries.Figures, here: str) -> list[dict[str, Any]]:
    if not found.unexplained:
        return []
    words = _("届满时仍未兑现、还没有书面说明的承诺。")
    url = f"{here}?state=unexplained"
    return [{"label": _("届满未说明"), "value": found.unexplained, "definition": words, "url": url}]


@actor_required
def export(request: HttpRequest) -> HttpResponse:
    """The same rows and columns as a spreadsheet."""
    form, today, near, chosen = _asked(request)
    rows = queries.ledger_page(request.actor, form.wanted(), today, near, 0, MOST)
    response = HttpResponse(
        write_xlsx(chosen, list(rows), title=_now("承诺台账")),
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
    response["Content-Disposition"] = f'attachment; filename="promises-{today.isoformat()}.xlsx"'
    return response


@actor_required
def printed(request: HttpRequest) -> HttpResponse:
    """The same rows and columns for paper."""
    form, today, near, chosen = _asked(request)
    wanted = form.wanted()
    rows = list(queries.ledger_page(request.actor, wanted, today, near, 0, MOST_PRINTED))
    context = {
        "head": table.head_html(chosen),
        "body": table.rows_html(chosen, rows, today=today),
        "filters": _chips(request.GET, form, wanted),
        "count": len(rows),
        "most": MOST_PRINTED,
    }
    return render(request, "oversight/promises_print.html", context)


def _with(query: QueryDict, **changes: Any) -> str:
    """The address of this ledger with some parameters changed; paging starts anew unless it is the change."""
    gone = {*changes, "start"}
    kept = [(key, value) for key, values in query.lists() for value in values if key not in gone]
    return "?" + urlencode([*kept, *((key, value) for key, value in changes.items() if value != "")])


def _chips(query: QueryDict, form: LedgerForm, wanted: dict[str, Any]) -> list[tuple[Any, str, str]]:
    chips = []
    for name, value in wanted.items():
        labels = dict(getattr(form.fields[name], "choices", ())) if isinstance(value, str) else {}
        chips.append((form.fields[name].label, str(labels.get(value, value)), _with(query, **{name: ""})))
    return chips


# -- one promise ------------------------------------------------------------------------------------------------------


@actor_required
def promise(request: HttpRequest, pk: int) -> HttpResponse:
    """One promise: its clock, the unit and the two sides that find on its claim, what was done, what was changed."""
    found = queries.promise_on_page(request.actor, pk)
    if found is None:
        raise Http404
    today, actor = localdate(), request.actor
    colour = lamp(found.state, found.due_on, queries.near_until(actor.congress_id, today), today)
    files = queries.files_of(actor, found)
    context = {
        "case": found,
        "suggestion": found.suggestion,
        "tone": TONES[colour],
        "word": colour.label,
        "stopped_on": stopped_on(found.state, found.claimed_on, found.closed_on),
        "people": cases.author_names(actor, found.suggestion),
        "offers": _offers(request, found, today),
        "entries": entries(_lines(actor, found)),
        "parties": queries.parties_of(actor, found),
        "speak_until": queries.speak_until(found, today) if found.state == "claimed" else None,
        "files": files.get("promise", []),
        "checks": [(row, files.get(f"site_check:{row.pk}", [])) for row in found.site_checks.all()],
        "progress": [(row, files.get(f"promise_entry:{row.pk}", [])) for row in found.entries.all()],
        "answers": queries.answers_to(actor, found),
        "rounds": list(found.suggestion.rounds.all()),
    }
    return render(request, "oversight/promise.html", context)


def _lines(actor: Actor, row: Promise) -> Iterable[Any]:
    """The lines of the case's journal that are about this promise; its own name need not be said on each."""
    for line in cases.timeline(actor, row.suggestion):
        if line.noun == "promise" and line.object_id == row.pk:
            yield line._replace(facts={key: said for key, said in line.facts.items() if key != "承诺事项"})


def _offers(request: HttpRequest, row: Promise, today: date) -> list[Any]:
    """The steps of both rooms on a promise; those of the room below lead back here."""
    here = urlencode({"next": request.path})
    below = [
        {
            "verb": offer.verb,
            "label": offer.label,
            "refusal": offer.refusal,
            "primary": offer.primary,
            "url": f"{reverse(f'suggestions:{offer.verb}', args=[row.pk])}?{here}",
        }
        for offer in suggestions.offers_on_promise(request.actor, row, today)
    ]
    return [*buttons(ROOM, request.actor, {"promise": [row]}, today, case="promise"), *below]


# -- the yearly statements --------------------------------------------------------------------------------------------


@actor_required
def statements(request: HttpRequest) -> HttpResponse:
    """The statements one sees, and for whoever closes a form that asks the units for theirs."""
    actor, today = request.actor, localdate()
    may_ask = actor.may(Competence.CLOSE)
    form = AskStatementsForm(request.POST or None, today=today, initial={"year": today.year})
    if request.method == "POST":
        if not may_ask:
            raise NotYourStep(_("要求报告年度兑现情况"))
        if form.is_valid():
            made = actions.ask_statements(actor, at=now(), **form.cleaned_data)
            messages.success(request, _now("已要求 %(n)s 个单位报告") % {"n": len(made)})
            return redirect("oversight:statements")
    year = whole(request.GET.get("year", ""))
    rows = list(queries.statements_on_list(actor, year)[:MOST_PRINTED])
    context = {
        "statements": [(row, STATEMENT_TONES[StatementState(row.state)]) for row in rows],
        "form": form if may_ask else None,
        "year": year,
    }
    return render(request, "oversight/statements.html", context, status=422 if form.is_bound else 200)


@actor_required
def statement(request: HttpRequest, pk: int) -> HttpResponse:
    """One unit's statement of a year: line by line, and who has confirmed it."""
    found = queries.statements_visible_to(request.actor).filter(pk=pk).first()
    if found is None:
        raise Http404
    today, actor = localdate(), request.actor
    receipts = list(queries.receipts_visible_to(actor).filter(statement=found))
    lines = queries.lines_visible_to(actor, found)
    expected = queries.promises_in(found) if found.state == StatementState.ASKED else ()
    context = context_of(actor, "statement", found, {"receipt": receipts}, today, "receipt")
    context |= {
        "tone": STATEMENT_TONES[StatementState(found.state)],
        "lines": lines,
        "receipts": receipts,
        "expected": expected,
        "is_late": found.receipts_due_on is not None and found.receipts_due_on < today,
        "given": _confirmed(receipts),
        "sections": _sections(expected, lines, receipts),
    }
    return render(request, "oversight/statement.html", context)


def _confirmed(receipts: Iterable[Any]) -> int:
    return sum(row.state == ReceiptState.ACKNOWLEDGED for row in receipts)


def _sections(expected: Any, lines: Any, receipts: list[Any]) -> list[tuple[str, Any, int | None]]:
    parts = [
        ("expected", _("应当报告的承诺"), len(expected)),
        ("lines", _("逐项情况"), len(lines)),
        ("receipts", _("回执"), len(receipts)),
        ("timeline", _("时间线"), None),
    ]
    return [part for part in parts if part[2] is None or part[2]]
