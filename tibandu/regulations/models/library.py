"""The rule library: documents, their versions with articles, and who has read them."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from tibandu.base.flow import Refused
from tibandu.base.models import Chained
from tibandu.people.models import Congress, Person
from tibandu.regulations.enums import DocumentKind, VersionState


class Document(models.Model):
    """A rule of a congress, whatever its versions."""

    congress = models.ForeignKey(
        Congress, on_delete=models.PROTECT, related_name="documents", verbose_name=_("人大")
    )
    kind = models.CharField(_("类别"), max_length=10, choices=DocumentKind)
    title = models.CharField(_("标题"), max_length=120)
    adopted_by = models.CharField(_("制定机关"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("制度文件")
        constraints = [
            models.UniqueConstraint(fields=["congress", "title"], name="document_title"),
            models.UniqueConstraint(
                fields=["congress"],
                condition=models.Q(kind=DocumentKind.MEASURE),
                name="document_one_measure",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Version(Chained):
    """A document as adopted on a day. Of the measure, its data rows stand in `measure.py` and are frozen in force."""

    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, related_name="versions", verbose_name=_("制度文件")
    )
    label = models.CharField(_("版本"), max_length=40)
    number = models.CharField(_("文号"), max_length=40, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=VersionState, default=VersionState.DRAFT)
    adopted_on = models.DateField(_("通过日期"), null=True, blank=True)
    effective_on = models.DateField(_("施行日期"), null=True, blank=True)
    ended_on = models.DateField(_("失效日期"), null=True, blank=True)
    legal_basis = models.CharField(_("超过法定期限的依据"), max_length=200, blank=True)
    compiled = models.TextField(_("施行时固定的数据"), blank=True, editable=False)

    class Meta:
        verbose_name = _("版本")
        constraints = [
            models.UniqueConstraint(fields=["document", "label"], name="version_label"),
            models.UniqueConstraint(
                fields=["document"],
                condition=models.Q(state=VersionState.IN_FORCE),
                name="version_one_in_force",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document}（{self.label}）"


class Frozen(models.Model):
    """What belongs to a version and changes only while that is a draft: cases are pinned to what was enacted."""

    version_id: int

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        self._refuse_unless_draft()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        self._refuse_unless_draft()
        return super().delete(*args, **kwargs)

    def _refuse_unless_draft(self) -> None:
        state = Version.objects.values_list("state", flat=True).filter(pk=self.version_id).first()
        if state != VersionState.DRAFT:
            raise Refused(_("已经施行的版本不能改动，请起草新版本。"))


class Article(Frozen):
    """One article of a version: its number as written and its text."""

    version = models.ForeignKey(
        Version, on_delete=models.CASCADE, related_name="articles", verbose_name=_("版本")
    )
    order = models.PositiveSmallIntegerField(_("序"))
    number = models.CharField(_("条"), max_length=20)
    text = models.TextField(_("条文"))

    class Meta:
        verbose_name = _("条")
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["version", "order"], name="article_order")]

    def __str__(self) -> str:
        return self.number


class ReadReceipt(models.Model):
    """Somebody has read a version."""

    version = models.ForeignKey(
        Version, on_delete=models.CASCADE, related_name="receipts", verbose_name=_("版本")
    )
    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="receipts", verbose_name=_("人员")
    )
    read_at = models.DateTimeField(_("阅读时间"))

    class Meta:
        verbose_name = _("阅读回执")
        constraints = [models.UniqueConstraint(fields=["version", "person"], name="receipt_once")]
