"""Who packets are exchanged with, and every packet that was sent or taken."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tibandu.base.models import Chained, StoredFile
from tibandu.oversight.enums import Direction, PacketKind, PacketState, PartnerKind, PartnerState
from tibandu.oversight.models.referrals import ProcuratorialPaper, Referral
from tibandu.people.models import Congress
from tibandu.suggestions.models import Suggestion


class Partner(Chained):
    """Somebody at the other end of an exchange, known by the public key that was handed over in person."""

    congress = models.ForeignKey(
        Congress, on_delete=models.PROTECT, related_name="partners", verbose_name=_("人大")
    )
    name = models.CharField(_("名称"), max_length=60)
    kind = models.CharField(_("类别"), max_length=16, choices=PartnerKind)
    code = models.CharField(_("代码"), max_length=60)
    public_key = models.CharField(_("公钥"), max_length=44)
    state = models.CharField(_("状态"), max_length=8, choices=PartnerState, default=PartnerState.TRUSTED)
    last_sent = models.PositiveIntegerField(_("已发到第几号"), default=0)
    last_seen = models.PositiveIntegerField(_("已收到第几号"), default=0)

    class Meta:
        verbose_name = _("交换对象")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["congress", "public_key", "code"], name="partner_key"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def number_text(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return f"{reverse('oversight:packets')}?partner={self.pk}"


class Packet(models.Model):
    """One packet, sent or taken; its bytes are kept as they went, so that it can be carried again or looked into."""

    partner = models.ForeignKey(
        Partner, on_delete=models.PROTECT, related_name="packets", verbose_name=_("交换对象")
    )
    direction = models.CharField(_("收发"), max_length=3, choices=Direction)
    kind = models.CharField(_("内容"), max_length=20, choices=PacketKind)
    state = models.CharField(_("状态"), max_length=10, choices=PacketState)
    sequence = models.PositiveIntegerField(_("序号"))
    digest = models.CharField(_("摘要"), max_length=64)
    previous = models.CharField(_("前一包摘要"), max_length=64, blank=True)
    title = models.CharField(_("事项"), max_length=200)
    words = models.TextField(_("对方所述"), blank=True)
    made_at = models.DateTimeField(_("制成时间"))
    recorded_at = models.DateTimeField(_("发出或接收时间"))
    recorded_by = models.CharField(_("经办人"), max_length=60)
    receipted_at = models.DateTimeField(_("收到回执时间"), null=True, blank=True)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+", verbose_name=_("文件"))
    answers = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="answered_by",
        verbose_name=_("所答的包"),
    )
    suggestion = models.ForeignKey(
        Suggestion, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("建议")
    )
    referral = models.ForeignKey(
        Referral, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("衔接")
    )
    paper = models.ForeignKey(
        ProcuratorialPaper,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("检察文书"),
    )

    class Meta:
        verbose_name = _("建议数据包")
        ordering = ["-recorded_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["partner", "direction", "sequence"], name="packet_sequence"),
            models.UniqueConstraint(fields=["partner", "direction", "digest"], name="packet_digest"),
        ]
        indexes = [models.Index(fields=["digest"], name="packet_by_digest")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.title}"

    @property
    def journal_case(self) -> Partner:
        return self.partner

    @property
    def congress_id(self) -> int:
        return self.partner.congress_id
