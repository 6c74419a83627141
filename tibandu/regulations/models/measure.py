"""The data rows of a version of the measure; whatever differs from place to place is one of these rows."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tibandu.people.models import Congress, Unit
from tibandu.regulations.enums import (
    DayUnit,
    Gate,
    GroundKind,
    LimitCode,
    OptionKind,
    SeriesKind,
    SettingKey,
    StartEvent,
)
from tibandu.regulations.models.library import Article, Frozen, Version


class Row(Frozen):
    """What every row of a measure has: its version and the article that says so."""

    version = models.ForeignKey(Version, on_delete=models.CASCADE, verbose_name=_("版本"))
    article = models.ForeignKey(
        Article,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("依据条款"),
    )

    class Meta:
        abstract = True


class Limit(Row):
    """A length of time, its unit, and the event from which it runs."""

    code = models.CharField(_("期限"), max_length=24, choices=LimitCode)
    amount = models.PositiveSmallIntegerField(_("长度"))
    unit = models.CharField(_("单位"), max_length=14, choices=DayUnit)
    start = models.CharField(_("起算"), max_length=16, choices=StartEvent)

    class Meta:
        verbose_name = _("期限")
        default_related_name = "limits"
        constraints = [
            models.UniqueConstraint(fields=["version", "code"], name="limit_code"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="limit_positive"),
        ]


class Category(Row):
    """A reply category 答复类别 with what it demands."""

    code = models.CharField(_("代码"), max_length=4)
    label = models.CharField(_("名称"), max_length=40)
    definition = models.CharField(_("含义"), max_length=120)
    order = models.PositiveSmallIntegerField(_("序"))
    counts_as_resolved = models.BooleanField(_("计为解决"), default=False)
    opens_ledger = models.BooleanField(_("列入承诺台账"), default=False)
    needs_due_date = models.BooleanField(_("须写明时限"), default=False)
    needs_reason = models.BooleanField(_("须写明理由"), default=False)
    needs_upward_report = models.BooleanField(_("须向上级反映"), default=False)

    class Meta:
        verbose_name = _("答复类别")
        default_related_name = "categories"
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["version", "code"], name="category_code")]

    def __str__(self) -> str:
        return f"{self.code}类 {self.label}" if self.code.isascii() else self.label


class Grade(Row):
    """A point of the satisfaction scale 满意度等次."""

    code = models.CharField(_("代码"), max_length=16)
    label = models.CharField(_("名称"), max_length=20)
    order = models.PositiveSmallIntegerField(_("序"))
    counts_as_satisfied = models.BooleanField(_("计为满意"), default=False)
    is_dissatisfied = models.BooleanField(_("不满意"), default=False)

    class Meta:
        verbose_name = _("满意度等次")
        default_related_name = "grades"
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["version", "code"], name="grade_code")]

    def __str__(self) -> str:
        return self.label


class Dimension(Row):
    """What is rated apart: attitude, contact, result; delivery when a promise is done. One is the headline."""

    code = models.CharField(_("代码"), max_length=16)
    label = models.CharField(_("名称"), max_length=20)
    order = models.PositiveSmallIntegerField(_("序"))
    is_headline = models.BooleanField(_("总评"), default=False)
    is_delivery = models.BooleanField(_("承诺兑现"), default=False)

    class Meta:
        verbose_name = _("评价维度")
        default_related_name = "dimensions"
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["version", "code"], name="dimension_code")]

    def __str__(self) -> str:
        return self.label


class Ground(Row):
    """A listed reason; a screening ground also says which outcomes it allows (space-separated verbs)."""

    kind = models.CharField(_("用途"), max_length=12, choices=GroundKind)
    code = models.CharField(_("代码"), max_length=24)
    label = models.CharField(_("理由"), max_length=80)
    order = models.PositiveSmallIntegerField(_("序"))
    outcomes = models.CharField(_("可作的处理"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("理由")
        default_related_name = "grounds"
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["version", "kind", "code"], name="ground_code")]

    def __str__(self) -> str:
        return self.label


class Option(Row):
    """One of a list that supervision chooses from; a mark also says how many points it can bring."""

    kind = models.CharField(_("用途"), max_length=16, choices=OptionKind)
    code = models.CharField(_("代码"), max_length=24)
    label = models.CharField(_("名称"), max_length=40)
    order = models.PositiveSmallIntegerField(_("序"))
    points = models.PositiveSmallIntegerField(_("满分"), null=True, blank=True)

    class Meta:
        verbose_name = _("督办选项")
        default_related_name = "options"
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["version", "kind", "code"], name="option_code")]

    def __str__(self) -> str:
        return self.label


class ContactStage(Row):
    """A stage of contact 办前、办中、办后 and what it holds back."""

    code = models.CharField(_("代码"), max_length=12)
    label = models.CharField(_("名称"), max_length=20)
    order = models.PositiveSmallIntegerField(_("序"))
    gate = models.CharField(_("前置于"), max_length=8, choices=Gate)
    needs_draft = models.BooleanField(_("须出示答复初稿"), default=False)

    class Meta:
        verbose_name = _("联系阶段")
        default_related_name = "contact_stages"
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["version", "code"], name="contact_stage_code")]

    def __str__(self) -> str:
        return self.label


class NumberPattern(Row):
    """How numbers of a series are written, by base.numbering."""

    kind = models.CharField(_("用途"), max_length=8, choices=SeriesKind)
    pattern = models.CharField(_("格式"), max_length=60)

    class Meta:
        verbose_name = _("编号格式")
        default_related_name = "number_patterns"
        constraints = [models.UniqueConstraint(fields=["version", "kind"], name="number_pattern_kind")]


class CopyRecipient(Row):
    """Who always gets a copy of a reply; an empty system means every system."""

    name = models.CharField(_("抄送单位"), max_length=60)
    system = models.CharField(_("适用系统"), max_length=16, blank=True)
    order = models.PositiveSmallIntegerField(_("序"), default=1)

    class Meta:
        verbose_name = _("抄送")
        default_related_name = "copy_recipients"
        ordering = ["order"]


class Setting(Row):
    """One choice of the measure from a closed list of values."""

    key = models.CharField(_("事项"), max_length=24, choices=SettingKey)
    value = models.CharField(_("选择"), max_length=16)

    class Meta:
        verbose_name = _("选择事项")
        default_related_name = "settings"
        constraints = [models.UniqueConstraint(fields=["version", "key"], name="setting_key")]


class SubjectClass(models.Model):
    """A two-level class of matters 建议分类 and the committee that follows it."""

    congress = models.ForeignKey(
        Congress, on_delete=models.PROTECT, related_name="subject_classes", verbose_name=_("人大")
    )
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("上级分类"),
    )
    name = models.CharField(_("名称"), max_length=30)
    committee = models.ForeignKey(
        Unit,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="subject_classes",
        verbose_name=_("对口委员会"),
    )
    order = models.PositiveSmallIntegerField(_("序"), default=1)

    class Meta:
        verbose_name = _("建议分类")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["congress", "parent", "name"], name="subject_class_name")
        ]

    def __str__(self) -> str:
        return self.name
