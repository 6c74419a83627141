"""What is told to a hat: messages on the desk, and their sendings by mail or SMS through the outbox."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tibandu.people.enums import Channel, MessageKind, SendingState
from tibandu.people.models.congresses import Unit
from tibandu.people.models.persons import Seat


class Message(models.Model):
    """A sentence to a unit or a seat with the page it leads to; `key` makes telling twice the same as telling once."""

    key = models.CharField(_("防重键"), max_length=120, unique=True)
    unit = models.ForeignKey(
        Unit, on_delete=models.CASCADE, null=True, related_name="messages", verbose_name=_("致单位")
    )
    seat = models.ForeignKey(
        Seat, on_delete=models.CASCADE, null=True, related_name="messages", verbose_name=_("致代表")
    )
    kind = models.CharField(_("类别"), max_length=10, choices=MessageKind)
    title = models.CharField(_("标题"), max_length=200)
    url = models.CharField(_("页面"), max_length=200)
    told_at = models.DateTimeField(_("告知时间"))
    read_at = models.DateTimeField(_("阅读时间"), null=True, blank=True)
    read_by = models.CharField(_("阅读人"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("消息")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(unit=None, seat__isnull=False) | models.Q(unit__isnull=False, seat=None),
                name="message_to_one",
            )
        ]
        indexes = [
            models.Index(fields=["unit", "read_at", "-told_at"], name="message_unit"),
            models.Index(fields=["seat", "read_at", "-told_at"], name="message_seat"),
        ]

    def __str__(self) -> str:
        return self.title


class Sending(models.Model):
    """One message on its way through one gateway, retried with growing pauses."""

    message = models.ForeignKey(
        Message, on_delete=models.CASCADE, related_name="sendings", verbose_name=_("消息")
    )
    channel = models.CharField(_("渠道"), max_length=8, choices=Channel)
    address = models.CharField(_("地址"), max_length=120)
    state = models.CharField(_("状态"), max_length=8, choices=SendingState, default=SendingState.WAITING)
    tries = models.PositiveSmallIntegerField(_("次数"), default=0)
    next_try_at = models.DateTimeField(_("下次发送"))
    error = models.CharField(_("错误"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("发送")
        constraints = [models.UniqueConstraint(fields=["message", "channel", "address"], name="sending_once")]
        indexes = [models.Index(fields=["state", "next_try_at"], name="sending_waiting")]
