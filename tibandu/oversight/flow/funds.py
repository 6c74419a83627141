"""The life of earmarked money: who opens a fund, who argues for a project, who decides, pays, accepts and reviews."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from tibandu.base.flow import Flow, Role, Step
from tibandu.oversight.enums import (
    PROJECTS_CHOSEN,
    PROJECTS_FUNDED,
    PROJECTS_OVER,
    FundState,
    InvestmentState,
    PaymentState,
    ProjectState,
)
from tibandu.oversight.models import Fund, Investment, Payment, Project
from tibandu.oversight.queries import funds as queries
from tibandu.people.enums import Competence, Function
from tibandu.people.queries import Actor

Sentence = str | None
S = ProjectState


# -- roles ------------------------------------------------------------------------------------------------------------


def _here(actor: Actor, case: Any) -> bool:
    return actor.is_system or actor.congress_id == case.congress_id


def _may(*competences: Competence) -> Any:
    return lambda actor, case: _here(actor, case) and any(actor.may(one) for one in competences)


def _of_unit(actor: Actor, project: Project) -> bool:
    return actor.unit_id is not None and actor.unit_id in (project.unit_id, project.unit.successor_id)


def _accepts(actor: Actor, project: Project) -> bool:
    is_committee = actor.function == Function.COMMITTEE
    return _here(actor, project) and (is_committee or actor.may(Competence.CLOSE))


def _invests(actor: Actor, row: Any) -> bool:
    return _of_unit(actor, row.journal_case) or bool(
        _may(Competence.FUND, Competence.CLOSE)(actor, row.journal_case)
    )


OFFICE = Role(gettext_lazy("代表工作机构"), _may(Competence.CLOSE))
DECIDER = Role(gettext_lazy("决定机构"), _may(Competence.DECIDE))
FINANCE = Role(gettext_lazy("财政部门"), _may(Competence.FUND))
PAYER = Role(
    gettext_lazy("财政部门"),
    lambda actor, project: project.fund_id is not None and bool(FINANCE.holds(actor, project)),
)
UNIT = Role(gettext_lazy("项目单位"), _of_unit)
PAID_UNIT = Role(
    gettext_lazy("项目单位"),
    lambda actor, project: project.fund_id is not None and _of_unit(actor, project),
)
SCORER = Role(
    gettext_lazy("人大机构和财政部门"),
    lambda actor, project: _here(actor, project) and (actor.is_congress_side or actor.may(Competence.FUND)),
)
ACCEPTOR = Role(gettext_lazy("代表工作机构或者委员会"), _accepts)
REVIEWER = Role(gettext_lazy("财政部门和代表工作机构"), _may(Competence.FUND, Competence.CLOSE))
INVESTOR = Role(gettext_lazy("项目单位、财政部门或者代表工作机构"), _invests)
ANYBODY = Role(gettext_lazy("随上一步"), lambda actor, case: True)


# -- guards -----------------------------------------------------------------------------------------------------------


def needs_settled_projects(actor: Actor, fund: Fund, today: date) -> Sentence:
    open_ = Project.objects.filter(fund=fund.pk).exclude(state__in=PROJECTS_OVER).count()
    return _("还有%(n)s个项目没有完成评价。") % {"n": open_} if open_ else None


def needs_open_fund(actor: Actor, project: Project, today: date) -> Sentence:
    return None if project.fund and project.fund.state == FundState.OPEN else _("专项资金已经结束使用。")


def needs_score_sheets(actor: Actor, project: Project, today: date) -> Sentence:
    if queries.open_sheets(project).exists() or not queries.criteria_of(project.congress_id, today):
        return None
    return _("还没有评分表，请先评分。")


def needs_criteria(actor: Actor, project: Project, today: date) -> Sentence:
    has_any = bool(queries.criteria_of(project.congress_id, today))
    return None if has_any else _("现行办法没有规定专项资金评分项。")


def needs_money_to_come(actor: Actor, project: Project, today: date) -> Sentence:
    return None if project.to_come else _("批准的资金已经全部拨付。")


def needs_unpaid_money(actor: Actor, project: Project, today: date) -> Sentence:
    free = project.unpaid - queries.asked_fen(project)
    return None if free > 0 else _("没有已拨付、尚未支付的资金。")


def needs_no_money_out(actor: Actor, project: Project, today: date) -> Sentence:
    if project.paid:
        return _("已经支付资金的项目不能取消。")
    return _("请先退回已拨付的资金。") if project.appropriated else None


def needs_suggestion(actor: Actor, project: Project, today: date) -> Sentence:
    if project.suggestion_id is None:
        return _("项目没有对应的建议。")
    return None if queries.promises_of(project).exists() else _("对应的建议没有承诺事项。")


def needs_review_due(actor: Actor, project: Project, today: date) -> Sentence:
    return None if queries.review_due(actor, project) else _("您这一方已经评价。")


# -- tables -----------------------------------------------------------------------------------------------------------

# fmt: off
FUND = Flow("fund", [
    #    verb                  label                              from                     to               who        what must hold
    Step("nominate_project",   gettext_lazy("提出项目"),          (FundState.OPEN,),       "",              OFFICE,    primary=True),
    Step("allot",              gettext_lazy("追加资金"),          (FundState.OPEN,),       "",              FINANCE),
    Step("change_fund",        gettext_lazy("修改上限和来源"),    (FundState.OPEN,),       "",              FINANCE),
    Step("close_fund",         gettext_lazy("结束使用"),          (FundState.OPEN,),       FundState.CLOSED, FINANCE,  (needs_settled_projects,)),
])

CHOOSING = Flow("project", [
    Step("change_project",     gettext_lazy("修改项目"),          (S.CANDIDATE,),          "",              OFFICE),
    Step("score_project",      gettext_lazy("评分"),              (S.CANDIDATE,),          "",              SCORER,    (needs_criteria,)),
    Step("argue_project",      gettext_lazy("记录论证"),          (S.CANDIDATE,),          S.ARGUED,        OFFICE,    (needs_score_sheets,), primary=True),
    Step("leave_out_project",  gettext_lazy("不列入"),            (S.CANDIDATE,),          S.NOT_CHOSEN,    OFFICE),
    Step("approve_project",    gettext_lazy("批准项目"),          (S.ARGUED,),             S.APPROVED,      DECIDER,   (needs_open_fund,), primary=True),
    Step("send_back_project",  gettext_lazy("退回重新论证"),      (S.ARGUED,),             S.CANDIDATE,     DECIDER),
    Step("turn_down_project",  gettext_lazy("不予安排"),          (S.ARGUED,),             S.NOT_CHOSEN,    DECIDER),
    Step("tie_promise",        gettext_lazy("对应承诺"),          (S.CANDIDATE, S.ARGUED, *PROJECTS_CHOSEN), "", OFFICE,  (needs_suggestion,)),
    Step("cancel_project",     gettext_lazy("取消项目"),          (S.APPROVED, S.APPROPRIATED, S.UNDER_WAY), S.CANCELLED, DECIDER, (needs_no_money_out,)),
])

MONEY = Flow("project", [
    Step("appropriate",        gettext_lazy("拨付"),              (S.APPROVED,),           S.APPROPRIATED,  PAYER,     (needs_open_fund, needs_money_to_come), primary=True),
    Step("appropriate_more",   gettext_lazy("再次拨付"),          (S.APPROPRIATED, S.UNDER_WAY, S.COMPLETED), "", PAYER,   (needs_open_fund, needs_money_to_come)),
    Step("return_money",       gettext_lazy("退回资金"),          PROJECTS_FUNDED,         "",              PAYER,     (needs_unpaid_money,)),
    Step("ask_payment",        gettext_lazy("申请支付"),          PROJECTS_FUNDED,         "",              PAID_UNIT, (needs_unpaid_money,)),
    Step("record_investment",  gettext_lazy("登记其他投入"),      PROJECTS_CHOSEN,         "",              INVESTOR),
])

WORKS = Flow("project", [
    Step("begin_project",      gettext_lazy("开工"),              (S.APPROPRIATED,),       S.UNDER_WAY,     UNIT,      primary=True),
    Step("report_project",     gettext_lazy("报告进度"),          (S.UNDER_WAY,),          "",              UNIT,      primary=True),
    Step("ask_acceptance",     gettext_lazy("申请验收"),          (S.UNDER_WAY,),          S.COMPLETED,     UNIT),
    Step("accept_project",     gettext_lazy("验收通过"),          (S.COMPLETED,),          S.ACCEPTED,      ACCEPTOR,  primary=True),
    Step("refuse_acceptance",  gettext_lazy("验收不通过"),        (S.COMPLETED,),          S.UNDER_WAY,     ACCEPTOR),
    Step("review_project",     gettext_lazy("绩效评价"),          (S.ACCEPTED,),           "",              REVIEWER,  (needs_review_due,), primary=True),
    Step("finish_review",      gettext_lazy("完成绩效评价"),      (S.ACCEPTED,),           S.REVIEWED,      ANYBODY,   quiet=True),
])

PAYMENT = Flow("payment", [
    Step("pay",                pgettext_lazy("step", "支付"),     (PaymentState.ASKED,),   PaymentState.PAID,    FINANCE, primary=True),
    Step("refuse_payment",     gettext_lazy("不予支付"),          (PaymentState.ASKED,),   PaymentState.REFUSED, FINANCE),
])

INVESTMENT = Flow("investment", [
    Step("strike_investment",  gettext_lazy("冲销"),              (InvestmentState.STANDING,), InvestmentState.STRUCK, INVESTOR),
])
# fmt: on

NOUNS: dict[str, tuple[Any, tuple[Flow, ...]]] = {
    "fund": (Fund, (FUND,)),
    "project": (Project, (CHOOSING, MONEY, WORKS)),
    "payment": (Payment, (PAYMENT,)),
    "investment": (Investment, (INVESTMENT,)),
}
