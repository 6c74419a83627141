"""Knows what is done with earmarked money: a fund is opened, projects chosen, paid for, accepted and reviewed."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Required, TypedDict, Unpack

from django.db import transaction
from django.db.models import F
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from tibandu.base import journal
from tibandu.base.flow import Moved, NotYourStep, Refused, in_the_language_of_the_law
from tibandu.base.verbs import verb
from tibandu.oversight.enums import (
    FundEntryKind,
    FundState,
    InvestmentSource,
    ProjectState,
    ReviewSide,
)
from tibandu.oversight.flow.funds import CHOOSING, FUND, INVESTMENT, MONEY, PAYMENT, WORKS
from tibandu.oversight.models import (
    Acceptance,
    Fund,
    FundEntry,
    Investment,
    Payment,
    PerformanceReview,
    Project,
    ScoreSheet,
    Screening,
    SheetPoint,
)
from tibandu.oversight.queries import funds as queries
from tibandu.oversight.queries.promises import limit_of
from tibandu.oversight.rules import funds as rules
from tibandu.people.actions import tell
from tibandu.people.enums import Competence, MessageKind
from tibandu.people.models import Unit
from tibandu.people.queries import Actor, unit_holding
from tibandu.regulations.enums import LimitCode
from tibandu.suggestions.actions.telling import tell_authors
from tibandu.suggestions.models import Promise, Suggestion

OPENING, REGISTERING = "设立专项资金", "登记其他资金项目"


class Plan(TypedDict, total=False):
    """What a project is: who builds it, what it costs in fen, whom it serves; without a title it takes the suggestion's."""

    unit: Required[Unit]
    planned: Required[int]
    beneficiaries: Required[str]
    suggestion: Suggestion | None
    title: str
    beneficiary_count: int | None


# -- the fund ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def open_fund(
    actor: Actor, *, at: datetime, name: str, year: int, amount: int, source: str, cap: int | None = None
) -> Fund:
    """Finance opens the year's fund with its first money."""
    if not actor.may(Competence.FUND) or actor.congress_id is None:
        raise NotYourStep(_("设立专项资金"))
    if Fund.objects.filter(congress=actor.congress_id, year=year, name=name).exists():
        sentence = _("%(year)s年已经有同名的专项资金。") % {"year": year}
        raise Refused(sentence, {"name": sentence})
    fund = Fund.objects.create(
        congress_id=actor.congress_id,
        name=name,
        year=year,
        source=source,
        cap=cap,
        total=amount,
        balance=amount,
        opened_on=localdate(at),
    )
    _enter(fund, None, FundEntryKind.ALLOT, amount, source, actor, at)
    facts = {"安排": rules.in_yuan(amount), "单个项目上限": rules.in_yuan(cap) if cap else "不限"}
    _opened(fund, actor, "open_fund", OPENING, at, facts)
    title = f"已设立{fund}{rules.in_yuan(amount)}，可以提出项目"
    _tell_holder(fund, Competence.CLOSE, title, at, MessageKind.NOTICE)
    return fund


@verb
def allot(actor: Actor, fund: Fund, *, at: datetime, amount: int, words: str) -> None:
    """More money comes into the fund."""
    FUND.take("allot", actor, fund, at=at, words=words, facts={"金额": rules.in_yuan(amount)})
    Fund.objects.filter(pk=fund.pk).update(total=F("total") + amount, balance=F("balance") + amount)
    _enter(fund, None, FundEntryKind.ALLOT, amount, words, actor, at)


@verb
def change_fund(actor: Actor, fund: Fund, *, at: datetime, source: str, cap: int | None = None) -> None:
    """Another cap or another wording of the source; what was approved stays approved."""
    facts = {
        "原上限": rules.in_yuan(fund.cap) if fund.cap else "不限",
        "上限": rules.in_yuan(cap) if cap else "不限",
    }
    FUND.take("change_fund", actor, fund, at=at, facts=facts, source=source, cap=cap)


@verb
def close_fund(actor: Actor, fund: Fund, *, at: datetime, words: str = "") -> None:
    """The year is over; the journal keeps what is left."""
    facts = {"结余": rules.in_yuan(fund.balance)}
    FUND.take("close_fund", actor, fund, at=at, words=words, facts=facts, closed_on=localdate(at))


# -- choosing ---------------------------------------------------------------------------------------------------------


@verb
def nominate_project(actor: Actor, fund: Fund, *, at: datetime, **plan: Unpack[Plan]) -> Project:
    """The office proposes a matter for the fund's money; nobody has argued for it yet."""
    FUND.check("nominate_project", actor, fund, localdate(at))
    _within_cap(fund, plan["planned"])
    project = _new_project(actor, at, plan, fund=fund)
    FUND.take("nominate_project", actor, fund, at=at, facts={"项目": project.title})
    _opened(project, actor, "nominate_project", FUND.step("nominate_project").label, at, _plan(project))
    if project.suggestion:
        title = f"已提为{fund}候选项目：{project}"
        tell_authors(project.suggestion, title, at=at, key=f"project:{project.pk}")
    return project


@transaction.atomic
def register_project(actor: Actor, *, at: datetime, **plan: Unpack[Plan]) -> Project:
    """A project that is paid for from other sources only: it takes no fund's money, so nobody need argue for it."""
    if not actor.may(Competence.CLOSE) or actor.congress_id is None:
        raise NotYourStep(_("登记其他资金项目"))
    project = _new_project(actor, at, plan, state=ProjectState.UNDER_WAY, decided_on=localdate(at))
    _opened(project, actor, "register_project", REGISTERING, at, _plan(project))
    _tell(project, [project.unit], f"已登记项目，请报告进度和投入：{project}", at)
    return project


@verb
def change_project(actor: Actor, project: Project, *, at: datetime, **plan: Unpack[Plan]) -> None:
    """What a candidate is, who builds it and what it costs, before it is argued for."""
    CHOOSING.check("change_project", actor, project, localdate(at))
    _within_cap(project.fund, plan["planned"])
    before = {f"原{key}": value for key, value in _plan(project).items()}
    CHOOSING.take("change_project", actor, project, at=at, facts=before, **plan)


@verb
def score_project(
    actor: Actor,
    project: Project,
    *,
    at: datetime,
    appraiser: str,
    marks: Sequence[Mapping[str, Any]],
    words: str = "",
) -> ScoreSheet:
    """One appraiser's sheet, by the criteria of the measure in force."""
    day, given = localdate(at), {row["criterion"]: row["points"] for row in marks}
    criteria = queries.criteria_of(project.congress_id, day)
    _check_marks(criteria, given, len(marks))
    if queries.open_sheets(project).filter(appraiser=appraiser).exists():
        sentence = _("%(who)s已经评过分。") % {"who": appraiser}
        raise Refused(sentence, {"appraiser": sentence})
    total = sum(given.values())
    facts = {"评分人": appraiser, "得分": total}
    CHOOSING.take("score_project", actor, project, at=at, words=words, facts=facts)
    sheet = ScoreSheet.objects.create(
        project=project,
        appraiser=appraiser,
        total=total,
        words=words,
        entered_on=day,
        entered_by=str(actor)[:60],
    )
    SheetPoint.objects.bulk_create(
        SheetPoint(sheet=sheet, option=option, points=given[option.code]) for option in criteria
    )
    return sheet


def _check_marks(criteria: Sequence[Any], given: Mapping[str, int], rows: int) -> None:
    if set(given) != {option.code for option in criteria} or rows != len(criteria):
        sentence = _("每个评分项评一次分：%(names)s。") % {"names": "、".join(map(str, criteria))}
        raise Refused(sentence, {"marks": sentence})
    for option in criteria:
        if option.points is not None and given[option.code] > option.points:
            sentence = _("%(name)s最高%(n)s分。") % {"name": option, "n": option.points}
            raise Refused(sentence, {"marks": sentence})


@verb
def argue_project(
    actor: Actor, project: Project, *, at: datetime, held_on: date, attended: str, words: str
) -> None:
    """The meeting 筛选论证 takes up the sheets that wait and says in its minutes why the project should have money."""
    _not_later(held_on, at)
    sheets = queries.open_sheets(project)
    score = rules.average(list(sheets.values_list("total", flat=True)))
    facts = {"日期": held_on.isoformat(), "参加人": attended, "平均得分": score}
    CHOOSING.take("argue_project", actor, project, at=at, words=words, facts=facts)
    screening = Screening.objects.create(
        project=project,
        held_on=held_on,
        attended=attended,
        words=words,
        score=score,
        recorded_by=str(actor)[:60],
    )
    sheets.update(screening=screening)
    _tell_holder(project, Competence.DECIDE, f"项目已经论证，请决定：{project}", at)


@verb
def leave_out_project(actor: Actor, project: Project, *, at: datetime, words: str) -> None:
    """A candidate is dropped before it is decided on."""
    CHOOSING.take("leave_out_project", actor, project, at=at, words=words, decided_on=localdate(at))
    _tell_authors(project, f"候选项目未列入：{project}", at)


@verb
def approve_project(
    actor: Actor, project: Project, *, at: datetime, planned: int | None = None, words: str = ""
) -> None:
    """Decided: the project may be given money, up to the sum that is fixed now."""
    CHOOSING.check("approve_project", actor, project, localdate(at))
    planned = planned or project.planned
    _within_cap(project.fund, planned)
    facts = {"批准资金": rules.in_yuan(planned)}
    changes = {"planned": planned, "decided_on": localdate(at)}
    CHOOSING.take("approve_project", actor, project, at=at, words=words, facts=facts, **changes)
    title = f"项目已批准{rules.in_yuan(planned)}：{project}"
    _tell_holder(project, Competence.FUND, f"{title}，请拨付", at)
    _tell(project, [project.unit], title, at, MessageKind.NOTICE)
    _tell_authors(project, title, at)


@verb
def send_back_project(actor: Actor, project: Project, *, at: datetime, words: str) -> None:
    """It is to be argued anew, with new sheets."""
    CHOOSING.take("send_back_project", actor, project, at=at, words=words)
    _tell_holder(project, Competence.CLOSE, f"项目退回重新论证：{project}", at)


@verb
def turn_down_project(actor: Actor, project: Project, *, at: datetime, words: str) -> None:
    """Decided against."""
    CHOOSING.take("turn_down_project", actor, project, at=at, words=words, decided_on=localdate(at))
    title = f"项目未安排资金：{project}"
    _tell_holder(project, Competence.CLOSE, title, at, MessageKind.NOTICE)
    _tell_authors(project, title, at)


@verb
def tie_promise(actor: Actor, project: Project, *, at: datetime, promise: Promise) -> None:
    """Says which promise of the reply the project keeps."""
    CHOOSING.check("tie_promise", actor, project, localdate(at))
    if promise.suggestion_id != project.suggestion_id:
        raise Refused(_("这项承诺属于别的建议。"), {"promise": _("这项承诺属于别的建议。")})
    CHOOSING.take("tie_promise", actor, project, at=at, facts={"承诺事项": promise.what}, promise=promise)


@verb
def cancel_project(actor: Actor, project: Project, *, at: datetime, words: str) -> None:
    """A chosen project falls through before anything was paid; its money has gone back already."""
    CHOOSING.take("cancel_project", actor, project, at=at, words=words)
    title = f"项目已取消：{project}"
    _tell(project, [project.unit], title, at, MessageKind.NOTICE)
    _tell_holder(project, Competence.FUND, title, at, MessageKind.NOTICE)
    _tell_authors(project, title, at)


# -- money ------------------------------------------------------------------------------------------------------------


@verb
def appropriate(actor: Actor, project: Project, *, at: datetime, amount: int, words: str = "") -> None:
    """The first money goes from the fund to the project."""
    _appropriate("appropriate", actor, project, at, amount, words)


@verb
def appropriate_more(actor: Actor, project: Project, *, at: datetime, amount: int, words: str = "") -> None:
    """A further part of what was approved."""
    _appropriate("appropriate_more", actor, project, at, amount, words)


def _appropriate(step: str, actor: Actor, project: Project, at: datetime, amount: int, words: str) -> None:
    MONEY.check(step, actor, project, localdate(at))
    if amount > project.to_come:
        sentence = _("批准的资金只剩%(sum)s未拨付。") % {"sum": rules.in_yuan(project.to_come)}
        raise Refused(sentence, {"amount": sentence})
    _within_cap(project.fund, project.appropriated + amount)
    facts = {"金额": rules.in_yuan(amount)}
    changes = {"appropriated": project.appropriated + amount}
    MONEY.take(step, actor, project, at=at, words=words, facts=facts, **changes)
    _draw(project, amount)
    _enter(project.fund, project, FundEntryKind.APPROPRIATE, -amount, words or project.title, actor, at)
    title = f"已拨付{rules.in_yuan(amount)}：{project}"
    _tell(project, [project.unit], title, at)


def _draw(project: Project, amount: int) -> None:
    """The balance goes down only where it holds the sum: of two who draw at once the second is refused."""
    assert project.fund is not None
    rows = Fund.objects.filter(pk=project.fund_id)
    if rows.filter(state=FundState.OPEN, balance__gte=amount).update(balance=F("balance") - amount):
        return
    left = rows.values_list("balance", flat=True).get()
    sentence = _("专项资金余额只有%(sum)s。") % {"sum": rules.in_yuan(left)}
    raise Refused(sentence, {"amount": sentence})


@verb
def return_money(actor: Actor, project: Project, *, at: datetime, amount: int, words: str) -> None:
    """What a project does not need goes back into the fund."""
    MONEY.check("return_money", actor, project, localdate(at))
    _free(project, amount)
    changes = {"appropriated": project.appropriated - amount}
    facts = {"金额": rules.in_yuan(amount)}
    MONEY.take("return_money", actor, project, at=at, words=words, facts=facts, **changes)
    Fund.objects.filter(pk=project.fund_id).update(balance=F("balance") + amount)
    _enter(project.fund, project, FundEntryKind.RETURN, amount, words, actor, at)
    _tell(project, [project.unit], f"已退回资金{rules.in_yuan(amount)}：{project}", at, MessageKind.NOTICE)


@verb
def ask_payment(
    actor: Actor, project: Project, *, at: datetime, amount: int, payee: str, words: str
) -> Payment:
    """The unit asks finance to pay somebody out of the project's money."""
    MONEY.check("ask_payment", actor, project, localdate(at))
    _free(project, amount)
    facts = {"收款单位": payee, "金额": rules.in_yuan(amount)}
    MONEY.take("ask_payment", actor, project, at=at, words=words, facts=facts)
    payment = Payment.objects.create(
        project=project,
        payee=payee,
        fen=amount,
        words=words,
        asked_on=localdate(at),
        asked_by=str(actor)[:60],
    )
    _tell_holder(project, Competence.FUND, f"申请支付{rules.in_yuan(amount)}：{project}", at)
    return payment


@verb
def pay(actor: Actor, payment: Payment, *, at: datetime, paid_on: date, voucher: str = "") -> None:
    """Finance paid; the project's paid sum never passes what it was given."""
    _not_later(paid_on, at)
    facts = {"收款单位": payment.payee, "金额": rules.in_yuan(payment.fen)} | (
        {"凭证号": voucher} if voucher else {}
    )
    PAYMENT.take("pay", actor, payment, at=at, facts=facts, paid_on=paid_on, voucher=voucher)
    held = Project.objects.filter(pk=payment.project_id, appropriated__gte=F("paid") + payment.fen)
    if not held.update(paid=F("paid") + payment.fen):
        raise Moved
    title = f"已支付{rules.in_yuan(payment.fen)}：{payment.project}"
    _tell(payment.project, [payment.project.unit], title, at, MessageKind.NOTICE)


@verb
def refuse_payment(actor: Actor, payment: Payment, *, at: datetime, words: str) -> None:
    facts = {"收款单位": payment.payee, "金额": rules.in_yuan(payment.fen)}
    PAYMENT.take("refuse_payment", actor, payment, at=at, words=words, facts=facts, answer=words)
    _tell(payment.project, [payment.project.unit], f"支付申请未通过：{payment.project}", at)


@verb
def record_investment(
    actor: Actor,
    project: Project,
    *,
    at: datetime,
    source: InvestmentSource,
    what: str,
    amount: int,
    paid_on: date,
) -> Investment:
    """Money from another source; the fund's balance does not move."""
    _not_later(paid_on, at)
    facts = {"来源": InvestmentSource(source).label, "金额": rules.in_yuan(amount)}
    MONEY.take("record_investment", actor, project, at=at, words=what, facts=facts)
    return Investment.objects.create(
        project=project, source=source, what=what, fen=amount, paid_on=paid_on, entered_by=str(actor)[:60]
    )


@verb
def strike_investment(actor: Actor, investment: Investment, *, at: datetime, words: str) -> None:
    """It was entered wrongly and counts no longer."""
    facts = {"其他投入": str(investment)}
    INVESTMENT.take("strike_investment", actor, investment, at=at, words=words, facts=facts)


# -- works ------------------------------------------------------------------------------------------------------------


@verb
def begin_project(actor: Actor, project: Project, *, at: datetime, words: str = "") -> None:
    WORKS.take("begin_project", actor, project, at=at, words=words, progress_on=localdate(at))
    _tell_authors(project, f"项目已开工：{project}", at)


@verb
def report_project(actor: Actor, project: Project, *, at: datetime, progress: int, words: str) -> None:
    """How far it is, in a hundred parts and in words; it never goes back."""
    if progress < project.progress:
        sentence = _("进度不能低于上次的%(n)s%%。") % {"n": project.progress}
        raise Refused(sentence, {"progress": sentence})
    changes = {"progress": progress, "progress_on": localdate(at)}
    facts = {"进度": f"{progress}%"}
    WORKS.take("report_project", actor, project, at=at, words=words, facts=facts, **changes)


@verb
def ask_acceptance(actor: Actor, project: Project, *, at: datetime, words: str) -> None:
    """The unit says it is done; the office or a committee comes to look within the measure's limit."""
    day = localdate(at)
    due = limit_of(project.congress_id, LimitCode.ACCEPTANCE, day, day)
    changes = {"progress": 100, "progress_on": day, "due_on": due}
    WORKS.take("ask_acceptance", actor, project, at=at, words=words, **changes)
    _tell_holder(project, Competence.CLOSE, f"项目申请验收：{project}", at)


@verb
def accept_project(
    actor: Actor, project: Project, *, at: datetime, held_on: date, attended: str, words: str
) -> None:
    _look(actor, project, "accept_project", at, held_on, attended, words)
    title = f"项目已通过验收：{project}"
    for power in (Competence.FUND, Competence.CLOSE):
        _tell_holder(project, power, f"{title}，请作绩效评价", at)
    _tell(project, [project.unit], title, at, MessageKind.NOTICE)
    _tell_authors(project, title, at)


@verb
def refuse_acceptance(
    actor: Actor, project: Project, *, at: datetime, held_on: date, attended: str, words: str
) -> None:
    _look(actor, project, "refuse_acceptance", at, held_on, attended, words)
    _tell(project, [project.unit], f"项目没有通过验收，请整改：{project}", at)


def _look(
    actor: Actor, project: Project, step: str, at: datetime, held_on: date, attended: str, words: str
) -> None:
    _not_later(held_on, at)
    is_passed = step == "accept_project"
    facts = {"日期": held_on.isoformat(), "参加人": attended}
    changes: dict[str, date | None] = {"due_on": None}
    if is_passed:
        due = limit_of(project.congress_id, LimitCode.PERFORMANCE, held_on, localdate(at))
        changes = {"accepted_on": held_on, "due_on": due}
    WORKS.take(step, actor, project, at=at, words=words, facts=facts, **changes)
    Acceptance.objects.create(
        project=project,
        held_on=held_on,
        attended=attended,
        words=words,
        is_passed=is_passed,
        recorded_by=str(actor)[:60],
    )


@verb
def review_project(actor: Actor, project: Project, *, at: datetime, score: int, words: str) -> None:
    """Finance and the office each review once; with the second the project is reviewed."""
    WORKS.check("review_project", actor, project, localdate(at))
    side = queries.review_due(actor, project)
    assert side is not None
    facts = {"评价方": side.label, "得分": score}
    WORKS.take("review_project", actor, project, at=at, words=words, facts=facts)
    PerformanceReview.objects.create(
        project=project,
        side=side,
        score=score,
        words=words,
        reviewed_on=localdate(at),
        reviewed_by=str(actor)[:60],
    )
    if project.reviews.count() == len(ReviewSide):
        WORKS.take("finish_review", actor, project, at=at, due_on=None)
        _tell(project, [project.unit], f"项目绩效评价完成：{project}", at, MessageKind.NOTICE)


# -- what they share --------------------------------------------------------------------------------------------------


def _new_project(actor: Actor, at: datetime, plan: Plan, **fields: Any) -> Project:
    suggestion = plan.get("suggestion")
    title = plan.get("title") or (suggestion.title if suggestion else "")
    if not title:
        sentence = _("请写项目名称，或者填写建议编号。")
        raise Refused(sentence, {"title": sentence})
    return Project.objects.create(
        congress_id=actor.congress_id, nominated_on=localdate(at), **{**plan, "title": title}, **fields
    )


def _opened(
    row: Fund | Project, actor: Actor, verb_name: str, label: Any, at: datetime, facts: dict[str, Any]
) -> None:
    """The first line of a new chain."""
    journal.record(
        row,
        actor,
        noun=type(row)._meta.model_name or "",
        object_id=row.pk,
        verb=verb_name,
        label=in_the_language_of_the_law(label),
        at=at,
        target=row.state,
        facts=facts,
    )


def _plan(project: Project) -> dict[str, Any]:
    return {
        "项目": project.title,
        "项目单位": str(project.unit),
        "计划资金": rules.in_yuan(project.planned),
        "受益群众": project.beneficiaries,
    }


def _within_cap(fund: Fund | None, fen: int) -> None:
    if fund and fund.cap and fen > fund.cap:
        sentence = _("单个项目不超过%(sum)s。") % {"sum": rules.in_yuan(fund.cap)}
        raise Refused(sentence, {"planned": sentence, "amount": sentence})


def _free(project: Project, amount: int) -> None:
    """Money is free that was appropriated, is not paid and is not asked for."""
    free = project.unpaid - queries.asked_fen(project)
    if amount > free:
        sentence = _("已拨付、尚未支付的资金只有%(sum)s。") % {"sum": rules.in_yuan(free)}
        raise Refused(sentence, {"amount": sentence})


def _not_later(day: date, at: datetime) -> None:
    if day > localdate(at):
        raise Refused(_("日期不能晚于今天。"))


def _enter(
    fund: Fund | None,
    project: Project | None,
    kind: FundEntryKind,
    fen: int,
    words: str,
    actor: Actor,
    at: datetime,
) -> None:
    FundEntry.objects.create(
        fund=fund,
        project=project,
        kind=kind,
        fen=fen,
        words=words[:200],
        entered_on=localdate(at),
        entered_by=str(actor)[:60],
    )


def _tell(
    case: Fund | Project,
    units: Sequence[Unit],
    title: str,
    at: datetime,
    kind: MessageKind = MessageKind.TODO,
) -> None:
    key = f"{case.chain}:{case.journal_seq}"
    tell(key=key, units=units, kind=kind, title=title, url=case.get_absolute_url(), at=at)


def _tell_holder(
    case: Fund | Project,
    power: Competence,
    title: str,
    at: datetime,
    kind: MessageKind = MessageKind.TODO,
) -> None:
    if unit := unit_holding(case.congress_id, power):
        _tell(case, [unit], title, at, kind)


def _tell_authors(project: Project, title: str, at: datetime) -> None:
    if project.suggestion:
        key = f"project:{project.pk}:{project.journal_seq}"
        tell_authors(project.suggestion, title, at=at, key=key)
