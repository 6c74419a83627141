"""What was imported from a table: the run with its file, and for each suggestion the row it came from."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tibandu.base.models import StoredFile
from tibandu.people.models import Congress, Session
from tibandu.regulations.models import Category
from tibandu.suggestions.models.suggestion import Suggestion


class ImportRun(models.Model):
    """A file of suggestions that somebody wants to import into a session or a historical collection."""

    congress = models.ForeignKey(
        Congress, on_delete=models.PROTECT, related_name="import_runs", verbose_name=_("人大")
    )
    session = models.ForeignKey(
        Session, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("会议")
    )
    collection = models.CharField(_("历史汇编"), max_length=60, blank=True)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+", verbose_name=_("文件"))
    name = models.CharField(_("文件名"), max_length=160)
    mapping = models.JSONField(_("列的对应"), default=dict)
    started_at = models.DateTimeField(_("上传时间"))
    started_by = models.CharField(_("上传人"), max_length=60)
    finished_at = models.DateTimeField(_("导入时间"), null=True, blank=True)
    imported = models.PositiveIntegerField(_("导入"), default=0)
    repaired = models.PositiveIntegerField(_("修正后导入"), default=0)
    refused = models.PositiveIntegerField(_("不能导入"), default=0)
    unchanged = models.PositiveIntegerField(_("无变化"), default=0)

    class Meta:
        verbose_name = _("建议导入")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(session__isnull=False, collection="")
                | (models.Q(session=None) & ~models.Q(collection="")),
                name="import_run_goes_somewhere",
            )
        ]

    def __str__(self) -> str:
        return self.name


class ImportedRow(models.Model):
    """The row of a table from which a suggestion was made; its key is why a second import changes nothing."""

    suggestion = models.OneToOneField(
        Suggestion, on_delete=models.CASCADE, related_name="imported", verbose_name=_("建议")
    )
    run = models.ForeignKey(
        ImportRun, on_delete=models.PROTECT, related_name="rows", verbose_name=_("建议导入")
    )
    row = models.PositiveIntegerField(_("行"))
    key = models.CharField(_("摘要"), max_length=64, unique=True)
    category = models.ForeignKey(
        Category,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("答复类别"),
    )
    cells = models.JSONField(_("原表内容"))

    class Meta:
        verbose_name = _("导入的行")
