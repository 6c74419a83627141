"""Meetings of a government that study suggestions 政府会议研究: agenda, who must attend, decisions, tasks that follow."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tibandu.base.models import Chained
from tibandu.oversight.enums import GovernmentMeetingKind, GovernmentMeetingState
from tibandu.oversight.models.programmes import Programme
from tibandu.people.models import Congress, Organ, Unit
from tibandu.suggestions.models import Suggestion


class GovernmentMeeting(Chained):
    """A whole or executive meeting, entered by the office that dispatches for the organ."""

    congress = models.ForeignKey(
        Congress, on_delete=models.PROTECT, related_name="government_meetings", verbose_name=_("人大")
    )
    organ = models.ForeignKey(Organ, on_delete=models.PROTECT, related_name="+", verbose_name=_("机关"))
    kind = models.CharField(_("会议种类"), max_length=10, choices=GovernmentMeetingKind)
    title = models.CharField(_("会议名称"), max_length=80)
    held_on = models.DateField(_("会议日期"))
    place = models.CharField(_("地点"), max_length=60, blank=True)
    state = models.CharField(
        _("状态"), max_length=8, choices=GovernmentMeetingState, default=GovernmentMeetingState.PLANNED
    )
    minutes = models.TextField(_("会议纪要"), blank=True)

    class Meta:
        verbose_name = _("政府会议")
        indexes = [models.Index(fields=["congress", "-held_on"], name="government_meeting_ledger")]

    def __str__(self) -> str:
        return self.title

    @property
    def number_text(self) -> str:
        return ""

    def get_absolute_url(self) -> str:
        return reverse("oversight:meeting", args=[self.pk])


class AgendaItem(models.Model):
    """One item of the agenda, the suggestions or the programme it is about, and what was decided."""

    meeting = models.ForeignKey(
        GovernmentMeeting, on_delete=models.CASCADE, related_name="items", verbose_name=_("政府会议")
    )
    order = models.PositiveSmallIntegerField(_("序"))
    subject = models.CharField(_("议题"), max_length=120)
    suggestions = models.ManyToManyField(
        Suggestion, related_name="agenda_items", verbose_name=_("建议"), blank=True
    )
    programme = models.ForeignKey(
        Programme,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="agenda_items",
        verbose_name=_("督办项目"),
    )
    decision = models.TextField(_("议定事项"), blank=True)

    class Meta:
        verbose_name = _("议题")
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["meeting", "order"], name="agenda_item_order")]

    def __str__(self) -> str:
        return self.subject


class Attendance(models.Model):
    """A unit that must attend, by whom, and whether it did."""

    meeting = models.ForeignKey(
        GovernmentMeeting, on_delete=models.CASCADE, related_name="attendances", verbose_name=_("政府会议")
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("单位"))
    person = models.CharField(_("参会人"), max_length=60, blank=True)
    came = models.BooleanField(_("到会"), default=False)

    class Meta:
        verbose_name = _("参会")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["meeting", "unit"], name="attendance_once")]

    def __str__(self) -> str:
        return f"{self.unit} {self.person}".strip()
