"""Congresses in a tree, their terms and sessions, the organs of each system and the units in them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tibandu.base.models import Chained
from tibandu.people.enums import Competence, Function, Level, System


class Congress(Chained):
    """A people's congress: the tenant of every row below it."""

    slug = models.SlugField(_("代号"), unique=True)
    name = models.CharField(_("名称"), max_length=60)
    short_name = models.CharField(_("简称"), max_length=20)
    level = models.CharField(_("层级"), max_length=10, choices=Level)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("上级"),
    )

    class Meta:
        verbose_name = _("人民代表大会")

    def __str__(self) -> str:
        return self.name


class Term(models.Model):
    """A five-year term 届."""

    congress = models.ForeignKey(
        Congress, on_delete=models.PROTECT, related_name="terms", verbose_name=_("人大")
    )
    number = models.PositiveSmallIntegerField(_("届"))
    starts_on = models.DateField(_("开始"))
    ends_on = models.DateField(_("结束"))

    class Meta:
        verbose_name = _("届")
        constraints = [
            models.UniqueConstraint(fields=["congress", "number"], name="term_number"),
            models.CheckConstraint(condition=models.Q(ends_on__gt=models.F("starts_on")), name="term_order"),
        ]

    def __str__(self) -> str:
        return f"{self.congress.short_name}第{self.number}届"


class Session(models.Model):
    """A plenary session 会议 of a term, with the moment after which suggestions count as made between sessions."""

    term = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="sessions", verbose_name=_("届"))
    number = models.PositiveSmallIntegerField(_("次"))
    slug = models.SlugField(_("代号"))
    opens_on = models.DateField(_("开幕"))
    closes_on = models.DateField(_("闭幕"))
    cutoff_at = models.DateTimeField(_("建议截止时间"))

    class Meta:
        verbose_name = _("会议")
        constraints = [
            models.UniqueConstraint(fields=["term", "number"], name="session_number"),
            models.UniqueConstraint(fields=["term", "slug"], name="session_slug"),
            models.CheckConstraint(
                condition=models.Q(closes_on__gte=models.F("opens_on")), name="session_order"
            ),
        ]

    def __str__(self) -> str:
        return f"第{self.term.number}届第{self.number}次会议"


class Organ(models.Model):
    """A body of one system beside a congress: a government, a court …; its dispatcher splits what is handed over."""

    congress = models.ForeignKey(
        Congress, on_delete=models.PROTECT, related_name="organs", verbose_name=_("人大")
    )
    system = models.CharField(_("系统"), max_length=16, choices=System)
    name = models.CharField(_("名称"), max_length=60)
    dispatcher = models.ForeignKey(
        "Unit",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="dispatches_for",
        verbose_name=_("分办机构"),
    )

    class Meta:
        verbose_name = _("机关")
        constraints = [models.UniqueConstraint(fields=["congress", "system"], name="organ_system")]

    def __str__(self) -> str:
        return self.name


class Unit(models.Model):
    """A unit of an organ: a bureau, a committee, a dispatch office. Reforms end it and name a successor."""

    organ = models.ForeignKey(Organ, on_delete=models.PROTECT, related_name="units", verbose_name=_("机关"))
    name = models.CharField(_("名称"), max_length=60)
    short_name = models.CharField(_("简称"), max_length=30)
    function = models.CharField(_("职能"), max_length=12, choices=Function, default=Function.HANDLING)
    order = models.PositiveSmallIntegerField(_("序"), default=100)
    valid_from = models.DateField(_("设立"), null=True, blank=True)
    valid_until = models.DateField(_("撤销"), null=True, blank=True)
    successor = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="predecessors",
        verbose_name=_("承接单位"),
    )

    class Meta:
        verbose_name = _("单位")
        constraints = [
            models.UniqueConstraint(fields=["organ", "name"], name="unit_name"),
            models.CheckConstraint(
                condition=models.Q(successor=None) | ~models.Q(successor=models.F("pk")),
                name="unit_not_own_successor",
            ),
        ]

    def __str__(self) -> str:
        return self.short_name or self.name


class UnitAlias(models.Model):
    """A past or spoken name by which a unit is still written."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="aliases", verbose_name=_("单位"))
    name = models.CharField(_("别名"), max_length=60)

    class Meta:
        verbose_name = _("单位别名")
        constraints = [models.UniqueConstraint(fields=["unit", "name"], name="unit_alias")]


class CompetenceHolder(models.Model):
    """Which unit of a congress holds a power."""

    congress = models.ForeignKey(
        Congress, on_delete=models.CASCADE, related_name="competences", verbose_name=_("人大")
    )
    competence = models.CharField(_("权限"), max_length=12, choices=Competence)
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="competences", verbose_name=_("单位")
    )

    class Meta:
        verbose_name = _("权限归属")
        constraints = [models.UniqueConstraint(fields=["congress", "competence"], name="competence_once")]
