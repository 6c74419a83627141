"""Tools of supervision 督办手段: look-back, requested meeting, special inquiry, circular, order to correct, outside review."""

from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tibandu.base.models import Chained
from tibandu.oversight.enums import DECIDED_INSTRUMENTS, AddressState, InstrumentKind, InstrumentState
from tibandu.oversight.models.programmes import Programme
from tibandu.people.models import Congress, Seat, Unit
from tibandu.regulations.models import Category
from tibandu.suggestions.models import Suggestion


class Instrument(Chained):
    """One use of a tool: who orders what, of which units, about which suggestions, and what came of it."""

    congress = models.ForeignKey(
        Congress, on_delete=models.PROTECT, related_name="instruments", verbose_name=_("人大")
    )
    kind = models.CharField(_("方式"), max_length=18, choices=InstrumentKind)
    title = models.CharField(_("标题"), max_length=120)
    words = models.TextField(_("内容"))
    number = models.CharField(_("文号"), max_length=40, blank=True)
    meeting = models.CharField(_("决定会议"), max_length=80, blank=True)
    assessor = models.CharField(_("第三方机构"), max_length=80, blank=True)
    ordered_unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("发起单位")
    )
    ordered_seat = models.ForeignKey(
        Seat, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("发起代表")
    )
    ordered_on = models.DateField(_("发起日期"))
    due_on = models.DateField(_("答复时限"), null=True, blank=True)
    programme = models.ForeignKey(
        Programme,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="instruments",
        verbose_name=_("督办项目"),
    )
    suggestions = models.ManyToManyField(
        Suggestion, related_name="instruments", verbose_name=_("建议"), blank=True
    )
    state = models.CharField(_("状态"), max_length=6, choices=InstrumentState, default=InstrumentState.OPEN)
    finding = models.TextField(_("结论"), blank=True)
    closed_on = models.DateField(_("结束日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("督办手段")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(kind__in=DECIDED_INSTRUMENTS)
                | models.Q(ordered_unit__isnull=False) & ~models.Q(meeting=""),
                name="instrument_decided",
            ),
            models.CheckConstraint(
                condition=models.Q(due_on=None) | models.Q(due_on__gte=models.F("ordered_on")),
                name="instrument_days",
            ),
        ]
        indexes = [models.Index(fields=["congress", "kind", "-ordered_on"], name="instrument_ledger")]

    def __str__(self) -> str:
        return self.title

    @property
    def number_text(self) -> str:
        return self.number

    @property
    def is_look_back(self) -> bool:
        return self.kind == InstrumentKind.LOOK_BACK

    def get_absolute_url(self) -> str:
        return reverse("oversight:instrument", args=[self.pk])


class Address(models.Model):
    """One unit to which an instrument is addressed and its answer; of a look-back, one return per suggestion."""

    instrument: Any = models.ForeignKey(
        Instrument, on_delete=models.CASCADE, related_name="addresses", verbose_name=_("督办手段")
    )
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="addresses", verbose_name=_("受文单位")
    )
    suggestion = models.ForeignKey(
        Suggestion, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("建议")
    )
    state = models.CharField(_("状态"), max_length=10, choices=AddressState, default=AddressState.SENT)
    answer = models.TextField(_("答复"), blank=True)
    answered_on = models.DateField(_("答复日期"), null=True, blank=True)
    filled_by = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("代填机构")
    )
    category = models.ForeignKey(
        Category,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("现办复类别"),
    )
    cause = models.CharField(_("未落实原因"), max_length=200, blank=True)
    finding = models.TextField(_("核查意见"), blank=True)
    checked_on = models.DateField(_("核查日期"), null=True, blank=True)
    checked_by = models.CharField(_("核查人"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("受文单位")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["instrument", "unit", "suggestion"], name="address_return_once"),
            models.UniqueConstraint(
                fields=["instrument", "unit"], condition=models.Q(suggestion=None), name="address_once"
            ),
        ]
        indexes = [models.Index(fields=["unit", "state"], name="address_waiting")]

    def __str__(self) -> str:
        return f"{self.unit}：{self.suggestion.number_text}" if self.suggestion else str(self.unit)

    def get_absolute_url(self) -> str:
        return f"{self.instrument.get_absolute_url()}#address-{self.pk}"

    @property
    def journal_case(self) -> Chained:
        case: Chained = self.instrument
        return case

    @property
    def congress_id(self) -> int:
        congress: int = self.instrument.congress_id
        return congress

    @property
    def number_text(self) -> str:
        number: str = self.instrument.number
        return number
