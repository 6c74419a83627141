"""Earmarked money 专项资金 as tables: the fund and its entries, projects, how they were chosen, paid for and accepted."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tibandu.base.models import Chained
from tibandu.oversight.enums import (
    FundEntryKind,
    FundState,
    InvestmentSource,
    InvestmentState,
    PaymentState,
    ProjectState,
    ReviewSide,
)
from tibandu.people.models import Congress, Unit
from tibandu.regulations.models import Option
from tibandu.suggestions.models import Promise, Suggestion

TITLE_LENGTH = 120


class Fund(Chained):
    """The money of one year for one purpose; its balance moves only together with an entry, and never below nothing."""

    congress = models.ForeignKey(
        Congress, on_delete=models.PROTECT, related_name="funds", verbose_name=_("人大")
    )
    name = models.CharField(_("名称"), max_length=60)
    year = models.PositiveSmallIntegerField(_("年度"))
    source = models.CharField(_("资金来源"), max_length=200)
    total = models.BigIntegerField(_("安排总额（分）"), default=0)
    balance = models.BigIntegerField(_("余额（分）"), default=0)
    cap = models.BigIntegerField(_("单个项目上限（分）"), null=True, blank=True)
    opened_on = models.DateField(_("设立日期"))
    closed_on = models.DateField(_("结束日期"), null=True, blank=True)
    state = models.CharField(_("状态"), max_length=8, choices=FundState, default=FundState.OPEN)

    class Meta:
        verbose_name = _("专项资金")
        ordering = ["-year", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["congress", "year", "name"], name="fund_name"),
            models.CheckConstraint(
                condition=Q(balance__gte=0, balance__lte=F("total")), name="fund_balance_not_negative"
            ),
            models.CheckConstraint(condition=Q(cap=None) | Q(cap__gt=0), name="fund_cap_positive"),
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(closed_on__gte=F("opened_on")), name="fund_days_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}年{self.name}"

    def get_absolute_url(self) -> str:
        return reverse("oversight:fund", args=[self.pk])

    @property
    def number_text(self) -> str:
        return ""


class Project(Chained):
    """A thing that is built or bought for residents: chosen for a fund's money, or paid for from elsewhere only."""

    congress = models.ForeignKey(
        Congress, on_delete=models.PROTECT, related_name="projects", verbose_name=_("人大")
    )
    fund = models.ForeignKey(
        Fund,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="projects",
        verbose_name=_("专项资金"),
    )
    suggestion = models.ForeignKey(
        Suggestion,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="projects",
        verbose_name=_("建议"),
    )
    promise = models.ForeignKey(
        Promise,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="projects",
        verbose_name=_("承诺"),
    )
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="projects", verbose_name=_("项目单位")
    )
    title = models.CharField(_("项目名称"), max_length=TITLE_LENGTH)
    beneficiaries = models.CharField(_("受益群众"), max_length=200)
    beneficiary_count = models.PositiveIntegerField(_("受益人数"), null=True, blank=True)
    planned = models.BigIntegerField(_("计划资金（分）"))
    appropriated = models.BigIntegerField(_("已拨付（分）"), default=0)
    paid = models.BigIntegerField(_("已支付（分）"), default=0)
    progress = models.PositiveSmallIntegerField(_("进度（%）"), default=0)
    progress_on = models.DateField(_("进度日期"), null=True, blank=True)
    state = models.CharField(_("状态"), max_length=12, choices=ProjectState, default=ProjectState.CANDIDATE)
    nominated_on = models.DateField(_("提出日期"))
    decided_on = models.DateField(_("决定日期"), null=True, blank=True)
    accepted_on = models.DateField(_("验收日期"), null=True, blank=True)
    due_on = models.DateField(_("验收或者评价期限"), null=True, blank=True)

    class Meta:
        verbose_name = _("资金项目")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    planned__gt=0, paid__gte=0, paid__lte=F("appropriated"), appropriated__lte=F("planned")
                ),
                name="project_money_in_order",
            ),
            models.CheckConstraint(
                condition=Q(fund__isnull=False) | Q(appropriated=0), name="project_money_from_fund"
            ),
            models.CheckConstraint(
                condition=Q(promise=None) | Q(suggestion__isnull=False), name="project_promise_of_suggestion"
            ),
            models.CheckConstraint(condition=Q(progress__lte=100), name="project_progress"),
        ]
        indexes = [
            models.Index(fields=["congress", "state", "-id"], name="project_state"),
            models.Index(fields=["congress", "-id"], name="project_newest"),
            models.Index(fields=["unit", "state"], name="project_unit_state"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("oversight:project", args=[self.pk])

    @property
    def number_text(self) -> str:
        return ""

    @property
    def unpaid(self) -> int:
        """What was appropriated and not paid out yet."""
        return self.appropriated - self.paid

    @property
    def to_come(self) -> int:
        """What was planned from the fund and not appropriated yet."""
        return self.planned - self.appropriated if self.fund_id else 0


class FundEntry(models.Model):
    """A movement of a fund's balance, signed: what came in and came back is above nothing, what went out below."""

    fund = models.ForeignKey(
        Fund, on_delete=models.PROTECT, related_name="entries", verbose_name=_("专项资金")
    )
    project = models.ForeignKey(
        Project,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="entries",
        verbose_name=_("项目"),
    )
    kind = models.CharField(_("类型"), max_length=12, choices=FundEntryKind)
    fen = models.BigIntegerField(_("金额（分）"))
    entered_on = models.DateField(_("日期"))
    words = models.CharField(_("摘要"), max_length=200)
    entered_by = models.CharField(_("经办"), max_length=60)

    class Meta:
        verbose_name = _("资金明细")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="allot", fen__gt=0, project=None)
                | Q(kind="appropriate", fen__lt=0, project__isnull=False)
                | Q(kind="return", fen__gt=0, project__isnull=False),
                name="fund_entry_sign",
            )
        ]


class OfProject(models.Model):
    """A row with a `project`, on whose chain it writes."""

    project: models.ForeignKey[Project]

    class Meta:
        abstract = True

    @property
    def journal_case(self) -> Project:
        return self.project

    @property
    def congress_id(self) -> int:
        return self.project.congress_id

    @property
    def number_text(self) -> str:
        return ""


class Screening(OfProject):
    """One meeting that argued for or against a candidate 筛选论证, with its minutes and the average of its sheets."""

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="screenings", verbose_name=_("项目")
    )
    held_on = models.DateField(_("论证日期"))
    attended = models.CharField(_("参加人"), max_length=400)
    words = models.TextField(_("论证意见"))
    score = models.PositiveSmallIntegerField(_("平均得分"))
    recorded_by = models.CharField(_("记录人"), max_length=60)

    class Meta:
        verbose_name = _("筛选论证")
        ordering = ["pk"]


class ScoreSheet(OfProject):
    """What one appraiser gave a candidate; it belongs to the meeting that took it up, to none before."""

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="sheets", verbose_name=_("项目")
    )
    screening = models.ForeignKey(
        Screening,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="sheets",
        verbose_name=_("筛选论证"),
    )
    appraiser = models.CharField(_("评分人"), max_length=40)
    total = models.PositiveSmallIntegerField(_("得分"))
    words = models.TextField(_("评语"), blank=True)
    entered_on = models.DateField(_("评分日期"))
    entered_by = models.CharField(_("录入"), max_length=60)

    class Meta:
        verbose_name = _("评分表")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["screening", "appraiser"], name="score_sheet_of_meeting"),
            models.UniqueConstraint(
                fields=["project", "appraiser"], condition=Q(screening=None), name="score_sheet_waiting"
            ),
        ]


class SheetPoint(models.Model):
    """The points of one sheet for one criterion of the measure."""

    sheet = models.ForeignKey(
        ScoreSheet, on_delete=models.CASCADE, related_name="points", verbose_name=_("评分表")
    )
    option = models.ForeignKey(Option, on_delete=models.PROTECT, related_name="+", verbose_name=_("评分项"))
    points = models.PositiveSmallIntegerField(_("得分"))

    class Meta:
        verbose_name = _("评分项得分")
        ordering = ["option__order"]
        constraints = [models.UniqueConstraint(fields=["sheet", "option"], name="sheet_point_once")]


class Payment(OfProject):
    """Money that a unit asks to be paid out of what its project was given, and whether finance paid it."""

    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="payments", verbose_name=_("项目")
    )
    payee = models.CharField(_("收款单位"), max_length=80)
    fen = models.BigIntegerField(_("金额（分）"))
    words = models.CharField(_("用途"), max_length=200)
    asked_on = models.DateField(_("申请日期"))
    asked_by = models.CharField(_("申请人"), max_length=60)
    state = models.CharField(_("状态"), max_length=8, choices=PaymentState, default=PaymentState.ASKED)
    paid_on = models.DateField(_("支付日期"), null=True, blank=True)
    voucher = models.CharField(_("凭证号"), max_length=40, blank=True)
    answer = models.CharField(_("财政部门的话"), max_length=400, blank=True)

    class Meta:
        verbose_name = _("支付")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(fen__gt=0), name="payment_positive"),
            models.CheckConstraint(
                condition=Q(state="paid", paid_on__isnull=False) | (~Q(state="paid") & Q(paid_on=None)),
                name="payment_day",
            ),
        ]
        indexes = [models.Index(fields=["state", "project"], name="payment_state")]

    def __str__(self) -> str:
        return f"{self.payee} {self.fen / 100:,.2f}元"


class Investment(OfProject):
    """Money for a project from another source, recorded as such; no fund's balance moves."""

    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="investments", verbose_name=_("项目")
    )
    source = models.CharField(_("来源"), max_length=12, choices=InvestmentSource)
    what = models.CharField(_("说明"), max_length=200)
    fen = models.BigIntegerField(_("金额（分）"))
    paid_on = models.DateField(_("投入日期"))
    entered_by = models.CharField(_("录入"), max_length=60)
    state = models.CharField(
        _("状态"), max_length=10, choices=InvestmentState, default=InvestmentState.STANDING
    )

    class Meta:
        verbose_name = _("其他投入")
        ordering = ["paid_on", "pk"]
        constraints = [models.CheckConstraint(condition=Q(fen__gt=0), name="investment_positive")]

    def __str__(self) -> str:
        return f"{self.get_source_display()} {self.fen / 100:,.2f}元"


class Acceptance(OfProject):
    """One look at a finished project: who came, what they saw, whether it passed."""

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="acceptances", verbose_name=_("项目")
    )
    held_on = models.DateField(_("验收日期"))
    attended = models.CharField(_("参加人"), max_length=400)
    words = models.TextField(_("验收意见"))
    is_passed = models.BooleanField(_("通过"))
    recorded_by = models.CharField(_("记录人"), max_length=60)

    class Meta:
        verbose_name = _("验收")
        ordering = ["pk"]


class PerformanceReview(OfProject):
    """What one side found of the money's use 绩效评价: finance and the office each say it once."""

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="reviews", verbose_name=_("项目")
    )
    side = models.CharField(_("评价方"), max_length=8, choices=ReviewSide)
    score = models.PositiveSmallIntegerField(_("得分"))
    words = models.TextField(_("评价意见"))
    reviewed_on = models.DateField(_("评价日期"))
    reviewed_by = models.CharField(_("评价人"), max_length=60)

    class Meta:
        verbose_name = _("绩效评价")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["project", "side"], name="review_side_once"),
            models.CheckConstraint(condition=Q(score__lte=100), name="review_score"),
        ]
