"""Deliberation opinions 审议意见 in one closed loop: fed back, handed over, followed, rated; sent back as often as needed."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tibandu.base.models import Chained
from tibandu.oversight.enums import OpinionCaseState
from tibandu.people.models import Congress, Unit
from tibandu.regulations.models import Grade
from tibandu.suggestions.models import Suggestion


class OpinionCase(Chained):
    """What the standing committee said of a report, until the organ or unit has done it and that was rated."""

    congress = models.ForeignKey(
        Congress, on_delete=models.PROTECT, related_name="opinion_cases", verbose_name=_("人大")
    )
    title = models.CharField(_("标题"), max_length=120)
    meeting = models.CharField(_("审议会议"), max_length=80)
    deliberated_on = models.DateField(_("审议日期"))
    words = models.TextField(_("审议意见"))
    committee = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="followed_opinions", verbose_name=_("跟踪督办机构")
    )
    unit = models.ForeignKey(
        Unit,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="opinion_cases",
        verbose_name=_("研究处理单位"),
    )
    suggestions = models.ManyToManyField(
        Suggestion, related_name="opinion_cases", verbose_name=_("有关建议"), blank=True
    )
    state = models.CharField(
        _("状态"), max_length=12, choices=OpinionCaseState, default=OpinionCaseState.FED_BACK
    )
    closed_on = models.DateField(_("办结日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("审议意见")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state=OpinionCaseState.FED_BACK) | models.Q(unit__isnull=False),
                name="opinion_case_unit",
            )
        ]
        indexes = [
            models.Index(fields=["congress", "-deliberated_on"], name="opinion_case_ledger"),
            models.Index(fields=["unit", "state"], name="opinion_case_waiting"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def number_text(self) -> str:
        return ""

    def get_absolute_url(self) -> str:
        return reverse("oversight:opinion", args=[self.pk])


class OpinionRound(models.Model):
    """One handing over: the plan, its progress and the report of that round, and how it was rated."""

    case = models.ForeignKey(
        OpinionCase, on_delete=models.CASCADE, related_name="rounds", verbose_name=_("审议意见")
    )
    number = models.PositiveSmallIntegerField(_("第几次交办"))
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("研究处理单位"))
    handed_on = models.DateField(_("交办日期"))
    words = models.TextField(_("交办要求"), blank=True)
    plan_due_on = models.DateField(_("方案期限"), null=True, blank=True)
    due_on = models.DateField(_("报告期限"))
    plan = models.TextField(_("办理方案"), blank=True)
    planned_on = models.DateField(_("方案日期"), null=True, blank=True)
    progress = models.TextField(_("进展"), blank=True)
    report = models.TextField(_("研究处理情况报告"), blank=True)
    reported_on = models.DateField(_("报告日期"), null=True, blank=True)
    grade = models.ForeignKey(
        Grade, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("评价")
    )
    rating = models.TextField(_("评价意见"), blank=True)
    rated_on = models.DateField(_("评价日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("审议意见交办")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="opinion_round_number"),
            models.CheckConstraint(
                condition=models.Q(due_on__gte=models.F("handed_on")), name="opinion_round_days"
            ),
        ]
