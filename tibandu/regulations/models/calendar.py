"""Working days as data: the yearly notice of holidays and make-up working days, signed off by a person."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CalendarYear(models.Model):
    """The arrangement of one year; years without a row are provisional."""

    year = models.PositiveSmallIntegerField(_("年"), unique=True)
    notice = models.CharField(_("依据通知"), max_length=120)
    confirmed_by = models.CharField(_("核对人"), max_length=40)
    confirmed_at = models.DateTimeField(_("核对时间"))

    class Meta:
        verbose_name = _("年度放假安排")


class CalendarDay(models.Model):
    """A day that a notice names: a day of a holiday, or a Saturday or Sunday that is worked for it."""

    year = models.ForeignKey(
        CalendarYear, on_delete=models.CASCADE, related_name="days", verbose_name=_("年")
    )
    day = models.DateField(_("日期"), unique=True)
    works = models.BooleanField(_("上班"))
    name = models.CharField(_("名称"), max_length=20)

    class Meta:
        verbose_name = _("调整日")
        ordering = ["day"]
