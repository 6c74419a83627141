"""Tables without a domain: the journal and its seals, this installation's choices, stored files, repeated requests."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Installation(models.Model):
    """The one row of choices made when the database was created."""

    digest = models.CharField(_("摘要算法"), max_length=10, default="sha256")
    is_demo = models.BooleanField(_("演示数据"), default=False)
    created_at = models.DateTimeField(_("建立时间"), default=timezone.now)

    class Meta:
        verbose_name = _("本系统")
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="installation_is_one")]


class Chained(models.Model):
    """A row that heads a chain of journal lines; the head stands on the row, so a cut tail is seen."""

    journal_seq = models.PositiveIntegerField(_("日志序号"), default=0, editable=False)
    journal_head = models.CharField(_("日志链头"), max_length=64, default="", editable=False)

    class Meta:
        abstract = True

    @property
    def journal_case(self) -> "Chained":
        return self

    @property
    def chain(self) -> str:
        return f"{self._meta.label_lower}:{self.pk}"


class JournalLine(models.Model):
    """One thing that happened to one case, in the words of the day; written once, never changed."""

    chain = models.CharField(_("链"), max_length=60)
    seq = models.PositiveIntegerField(_("序号"))
    happened_at = models.DateTimeField(_("发生时间"))
    recorded_at = models.DateTimeField(_("记录时间"))
    request_id = models.UUIDField(_("请求"), null=True)
    person_id = models.BigIntegerField(_("人员"), null=True)
    hat = models.CharField(_("身份"), max_length=40)
    who = models.JSONField(_("何人"))
    noun = models.CharField(_("事物"), max_length=40)
    object_id = models.BigIntegerField(_("编号"))
    verb = models.CharField(_("动作"), max_length=40)
    label = models.CharField(_("动作名称"), max_length=80)
    source = models.CharField(_("原状态"), max_length=24, blank=True)
    target = models.CharField(_("新状态"), max_length=24, blank=True)
    words = models.TextField(_("说明"), blank=True)
    facts = models.JSONField(_("事实"), default=dict)
    seen_by = models.CharField(_("可见范围"), max_length=20, default="all")
    previous = models.CharField(_("前一行摘要"), max_length=64, blank=True)
    digest = models.CharField(_("摘要"), max_length=64)

    class Meta:
        verbose_name = _("日志")
        constraints = [models.UniqueConstraint(fields=["chain", "seq"], name="journal_chain_seq")]
        indexes = [models.Index(fields=["recorded_at"], name="journal_recorded")]


class Seal(models.Model):
    """A day's digest over the heads that moved, all counts and the seal before it, printable and kept outside."""

    day = models.DateField(_("日期"), unique=True)
    lines = models.PositiveBigIntegerField(_("行数"))
    chains = models.PositiveBigIntegerField(_("链数"))
    previous = models.CharField(_("前一次日封摘要"), max_length=64, blank=True)
    digest = models.CharField(_("摘要"), max_length=64)
    sealed_at = models.DateTimeField(_("封存时间"))

    class Meta:
        verbose_name = _("日封")
        constraints = [models.UniqueConstraint(fields=["previous"], name="seal_previous")]


class StoredFile(models.Model):
    """A file kept under the digest of its content; the same content is kept once."""

    sha256 = models.CharField(_("摘要"), max_length=64, unique=True)
    size = models.PositiveBigIntegerField(_("字节"))
    kind = models.CharField(_("类型"), max_length=20)
    stored_at = models.DateTimeField(_("存入时间"))

    class Meta:
        verbose_name = _("文件")


class RepeatedRequest(models.Model):
    """The answer to a write that carried an idempotency key, kept so that a repetition gets the same answer."""

    hat = models.CharField(_("身份"), max_length=40)
    key = models.CharField(_("幂等键"), max_length=80)
    fingerprint = models.CharField(_("请求摘要"), max_length=64)
    status = models.PositiveSmallIntegerField(_("状态码"))
    body = models.TextField(_("答复"))
    answered_at = models.DateTimeField(_("答复时间"))

    class Meta:
        verbose_name = _("重复请求")
        constraints = [models.UniqueConstraint(fields=["hat", "key"], name="repeated_request_key")]
