"""What follows a promise as tables: findings on a claim, site checks, written explanations, the yearly statement."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tibandu.base.models import Chained
from tibandu.oversight.enums import Party, ReceiptState, StatementState, Verdict
from tibandu.people.models import Congress, Seat, Unit
from tibandu.suggestions.enums import PromiseState
from tibandu.suggestions.models import Promise, Proposer


class Finding(models.Model):
    """What one proposer or the watching body says to one claim that a promise is kept; silence is no row."""

    promise = models.ForeignKey(
        Promise, on_delete=models.CASCADE, related_name="findings", verbose_name=_("承诺")
    )
    claim = models.PositiveSmallIntegerField(_("第几次申报"))
    party = models.CharField(_("一方"), max_length=8, choices=Party)
    proposer = models.ForeignKey(
        Proposer,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="findings",
        verbose_name=_("提出人"),
    )
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("对口机构")
    )
    agrees = models.BooleanField(_("认同兑现"))
    words = models.TextField(_("意见"), blank=True)
    found_on = models.DateField(_("日期"))

    class Meta:
        verbose_name = _("认定意见")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["promise", "claim", "proposer"], name="finding_of_proposer"),
            models.UniqueConstraint(fields=["promise", "claim", "unit"], name="finding_of_unit"),
            models.CheckConstraint(
                condition=Q(party=Party.DEPUTY, proposer__isnull=False, unit=None)
                | Q(party=Party.WATCHER, proposer=None, unit__isnull=False),
                name="finding_of_one_party",
            ),
        ]


class SiteCheck(models.Model):
    """A look at the place 现场核查: who took part, what was found; on a claim it settles what the parties left open."""

    promise = models.ForeignKey(
        Promise, on_delete=models.CASCADE, related_name="site_checks", verbose_name=_("承诺")
    )
    claim = models.PositiveSmallIntegerField(_("第几次申报"))
    held_on = models.DateField(_("核查日期"))
    place = models.CharField(_("地点"), max_length=60)
    attended = models.TextField(_("参加人"))
    found = models.TextField(_("核查情况"))
    verdict = models.CharField(_("结论"), max_length=10, choices=Verdict)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("核查机构"))
    checked_by = models.CharField(_("核查人"), max_length=60)

    class Meta:
        verbose_name = _("现场核查")
        ordering = ["held_on", "pk"]


class Explanation(models.Model):
    """Why a promise was not kept, in writing to the deputy (SH §22): when the term ends, or when it lapsed."""

    promise = models.ForeignKey(
        Promise, on_delete=models.CASCADE, related_name="explanations", verbose_name=_("承诺")
    )
    words = models.TextField(_("书面说明"))
    signed_by = models.CharField(_("签发人"), max_length=60)
    given_on = models.DateField(_("日期"))

    class Meta:
        verbose_name = _("未兑现说明")
        ordering = ["pk"]


class Statement(Chained):
    """One unit's statement for one year 年度承诺兑现情况: what became of this and last year's promises (CQ §24)."""

    congress = models.ForeignKey(
        Congress, on_delete=models.PROTECT, related_name="statements", verbose_name=_("人大")
    )
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="statements", verbose_name=_("承办单位")
    )
    year = models.PositiveSmallIntegerField(_("年度"))
    state = models.CharField(_("状态"), max_length=8, choices=StatementState, default=StatementState.ASKED)
    asked_on = models.DateField(_("提出日期"))
    due_on = models.DateField(_("报告期限"), null=True, blank=True)
    given_on = models.DateField(_("报告日期"), null=True, blank=True)
    receipts_due_on = models.DateField(_("确认期限"), null=True, blank=True)
    closed_on = models.DateField(_("办结日期"), null=True, blank=True)
    words = models.TextField(_("总的情况"), blank=True)

    class Meta:
        verbose_name = _("年度兑现报告")
        ordering = ["-year", "unit__order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["congress", "unit", "year"], name="statement_once_a_year"),
            models.CheckConstraint(
                condition=Q(given_on=None) | Q(given_on__gte=F("asked_on")), name="statement_days_in_order"
            ),
        ]
        indexes = [models.Index(fields=["state", "unit"], name="statement_waiting")]

    def __str__(self) -> str:
        return _("%(unit)s%(year)s年承诺兑现情况") % {"unit": self.unit, "year": self.year}

    def get_absolute_url(self) -> str:
        return reverse("oversight:statement", args=[self.pk])

    @property
    def number_text(self) -> str:
        return str(self.year)


class StatementLine(models.Model):
    """What a statement says of one promise, and where that stood on the day."""

    statement = models.ForeignKey(
        Statement, on_delete=models.CASCADE, related_name="lines", verbose_name=_("年度兑现报告")
    )
    promise = models.ForeignKey(
        Promise, on_delete=models.CASCADE, related_name="statement_lines", verbose_name=_("承诺")
    )
    state = models.CharField(_("当时状态"), max_length=8, choices=PromiseState)
    words = models.TextField(_("兑现情况"))

    class Meta:
        verbose_name = _("报告条目")
        ordering = ["promise__due_on", "pk"]
        constraints = [models.UniqueConstraint(fields=["statement", "promise"], name="statement_line_once")]


class StatementReceipt(models.Model):
    """One deputy's receipt for a statement 回执; that of a masked author goes through the office, which the unit reads."""

    statement = models.ForeignKey(
        Statement, on_delete=models.CASCADE, related_name="receipts", verbose_name=_("年度兑现报告")
    )
    seat = models.ForeignKey(
        Seat, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("代表")
    )
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("转交机构")
    )
    state = models.CharField(_("状态"), max_length=12, choices=ReceiptState, default=ReceiptState.WAITING)
    words = models.TextField(_("意见"), blank=True)
    acknowledged_on = models.DateField(_("确认日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("报告回执")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["statement", "seat"], name="receipt_of_seat"),
            models.UniqueConstraint(fields=["statement", "unit"], name="receipt_of_unit"),
            models.CheckConstraint(
                condition=Q(seat=None, unit__isnull=False) | Q(seat__isnull=False, unit=None),
                name="receipt_of_one",
            ),
        ]
        indexes = [models.Index(fields=["seat", "state"], name="receipt_waiting")]

    def __str__(self) -> str:
        return str(self.seat.person if self.seat else self.unit)

    def get_absolute_url(self) -> str:
        return self.statement.get_absolute_url()

    @property
    def journal_case(self) -> Chained:
        return self.statement

    @property
    def number_text(self) -> str:
        return self.statement.number_text
