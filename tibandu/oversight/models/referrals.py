"""What goes between suggestions and the procuratorate: the referral, papers about it, meetings over it."""

from datetime import date

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tibandu.base.models import Chained, StoredFile
from tibandu.oversight.enums import (
    ENDED_REFERRALS,
    CopyState,
    Direction,
    ProcuratorialKind,
    ReferralState,
)
from tibandu.people.models import Congress, Seat, Unit
from tibandu.regulations.models import Option
from tibandu.suggestions.models import TITLE_LENGTH, Suggestion


class Referral(Chained):
    """A suggestion passed on as a lead for public-interest litigation, or a procuratorial paper that becomes a suggestion.

    It runs beside the suggestion and never moves it. What comes after passing is moved by the procuratorate alone.
    """

    congress = models.ForeignKey(
        Congress, on_delete=models.PROTECT, related_name="referrals", verbose_name=_("人大")
    )
    direction = models.CharField(_("方向"), max_length=3, choices=Direction)
    state = models.CharField(_("状态"), max_length=16, choices=ReferralState)
    title = models.CharField(_("事项"), max_length=TITLE_LENGTH)
    reason = models.TextField(_("公共利益受损情况"), blank=True)
    field = models.ForeignKey(
        Option, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("法定领域")
    )
    suggestion = models.ForeignKey(
        Suggestion,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="referrals",
        verbose_name=_("建议"),
    )
    source = models.CharField(_("来自"), max_length=60, blank=True)
    source_words = models.TextField(_("来件原文"), blank=True)
    names_authors = models.BooleanField(_("向检察院告知提出人"), default=False)
    opened_on = models.DateField(_("开始日期"))
    letter_no = models.CharField(_("移送文号"), max_length=60, blank=True)
    passed_on = models.DateField(_("移送日期"), null=True, blank=True)
    case_no = models.CharField(_("检察院登记号"), max_length=60, blank=True)
    agency = models.ForeignKey(
        Unit,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="referrals",
        verbose_name=_("行政机关"),
    )
    agency_name = models.CharField(_("行政机关名称"), max_length=80, blank=True)
    is_urgent = models.BooleanField(_("紧急情形"), default=False)
    due_on = models.DateField(_("回复期限"), null=True, blank=True)
    agency_replied_on = models.DateField(_("行政机关回复日期"), null=True, blank=True)
    asked = models.ForeignKey(
        Seat, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("受邀代表")
    )
    outcome = models.TextField(_("结果"), blank=True)
    closed_on = models.DateField(_("终结日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("公益诉讼衔接")
        ordering = ["-opened_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["suggestion"],
                condition=models.Q(direction=Direction.OUT) & ~models.Q(state__in=ENDED_REFERRALS),
                name="referral_one_open",
            ),
            models.CheckConstraint(
                condition=models.Q(direction=Direction.IN)
                | models.Q(suggestion__isnull=False)
                | ~models.Q(source=""),
                name="referral_out_of_something",
            ),
            models.CheckConstraint(
                condition=models.Q(closed_on=None) | models.Q(closed_on__gte=models.F("opened_on")),
                name="referral_days_in_order",
            ),
        ]
        indexes = [
            models.Index(fields=["congress", "-opened_on", "-id"], name="referral_newest"),
            models.Index(fields=["congress", "state", "due_on"], name="referral_state_due"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("oversight:referral", args=[self.pk])

    @property
    def number_text(self) -> str:
        return self.case_no or self.letter_no

    @property
    def agency_text(self) -> str:
        return str(self.agency) if self.agency_id else self.agency_name

    @property
    def stopped_on(self) -> date | None:
        """When the agency's clock stopped, if it did."""
        return self.agency_replied_on or (None if self.state == ReferralState.RECOMMENDED else self.closed_on)


class ProcuratorialPaper(models.Model):
    """A paper of the procuratorate's case; the congress is owed a copy of each within the limit of the measure."""

    referral = models.ForeignKey(
        Referral, on_delete=models.CASCADE, related_name="papers", verbose_name=_("公益诉讼衔接")
    )
    kind = models.CharField(_("文书"), max_length=16, choices=ProcuratorialKind)
    number = models.CharField(_("文号"), max_length=60)
    issued_on = models.DateField(_("作出日期"))
    words = models.TextField(_("主要内容"), blank=True)
    file = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("文件")
    )
    file_name = models.CharField(_("文件名"), max_length=160, blank=True)
    state = models.CharField(_("抄送"), max_length=8, choices=CopyState, default=CopyState.MADE)
    due_on = models.DateField(_("抄送期限"), null=True, blank=True)
    copied_on = models.DateField(_("抄送日期"), null=True, blank=True)
    recorded_by = models.CharField(_("登记人"), max_length=60)

    class Meta:
        verbose_name = _("检察文书")
        ordering = ["issued_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["referral", "kind", "number"], name="procuratorial_paper_number"),
            models.CheckConstraint(
                condition=models.Q(state=CopyState.MADE, copied_on=None)
                | models.Q(state=CopyState.COPIED, copied_on__isnull=False),
                name="procuratorial_paper_copied",
            ),
        ]
        indexes = [models.Index(fields=["state", "due_on"], name="procuratorial_paper_due")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"

    def get_absolute_url(self) -> str:
        return f"{self.referral.get_absolute_url()}#papers"

    @property
    def journal_case(self) -> Referral:
        return self.referral

    @property
    def congress_id(self) -> int:
        return self.referral.congress_id


class Consultation(models.Model):
    """A meeting of congress and procuratorate over one referral 会商会: who came, what was said, what was agreed."""

    referral = models.ForeignKey(
        Referral, on_delete=models.CASCADE, related_name="consultations", verbose_name=_("公益诉讼衔接")
    )
    held_on = models.DateField(_("日期"))
    place = models.CharField(_("地点"), max_length=80, blank=True)
    attended = models.CharField(_("参加人"), max_length=400)
    words = models.TextField(_("会商情况"))
    agreed = models.TextField(_("商定事项"), blank=True)
    recorded_by = models.CharField(_("记录人"), max_length=60)

    class Meta:
        verbose_name = _("会商会")
        ordering = ["held_on", "pk"]
