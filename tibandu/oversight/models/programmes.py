"""Programmes 督办项目: key topics, joint and tracked supervision, who answers for them, what was done and what is owed."""

from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tibandu.base.models import Chained, StoredFile
from tibandu.oversight.enums import (
    EntryKind,
    OwedKind,
    OwedState,
    PlannedState,
    ProgrammeKind,
    ProgrammeState,
    WorkKind,
)
from tibandu.people.models import Congress, Seat, Unit
from tibandu.regulations.models import Grade, Option
from tibandu.suggestions.models import Suggestion


class Programme(Chained):
    """A topic of supervision over several suggestions; how these stand is read from them, never kept here.

    Only a decision record of the deciding organ makes a key topic or puts a matter on the tracking list.
    """

    congress = models.ForeignKey(
        Congress, on_delete=models.PROTECT, related_name="programmes", verbose_name=_("人大")
    )
    kind = models.CharField(_("督办方式"), max_length=8, choices=ProgrammeKind)
    year = models.PositiveSmallIntegerField(_("年度"))
    title = models.CharField(_("主题"), max_length=120)
    reason = models.TextField(_("理由"))
    suggestions = models.ManyToManyField(
        Suggestion, related_name="programmes", verbose_name=_("建议"), blank=True
    )
    committee = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="led_programmes", verbose_name=_("牵头督办机构")
    )
    state = models.CharField(
        _("状态"), max_length=10, choices=ProgrammeState, default=ProgrammeState.NOMINATED
    )
    nominated_unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("推荐单位")
    )
    nominated_seat = models.ForeignKey(
        Seat, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("推荐代表")
    )
    nominated_on = models.DateField(_("推荐日期"))

    decided_by = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("决定机关")
    )
    decided_on = models.DateField(_("决定日期"), null=True, blank=True)
    decided_at_meeting = models.CharField(_("决定会议"), max_length=80, blank=True)
    decision_no = models.CharField(_("决定文号"), max_length=40, blank=True)
    decision = models.TextField(_("决定内容"), blank=True)

    work_kind = models.CharField(_("结合的监督工作"), max_length=12, choices=WorkKind, blank=True)
    works_with = models.CharField(_("监督工作名称"), max_length=120, blank=True)
    party_activity = models.CharField(_("党支部活动"), max_length=120, blank=True)

    result = models.TextField(_("督办结果"), blank=True)
    field_effect = models.TextField(_("推动领域工作"), blank=True)
    reported_on = models.DateField(_("报告日期"), null=True, blank=True)
    grade = models.ForeignKey(
        Grade, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("评价")
    )
    conclusion = models.TextField(_("评价意见"), blank=True)
    concluded_on = models.DateField(_("办结日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("督办项目")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind=ProgrammeKind.JOINT)
                | models.Q(state__in=[ProgrammeState.NOMINATED, ProgrammeState.DECLINED])
                | models.Q(decided_by__isnull=False, decided_on__isnull=False)
                & ~models.Q(decided_at_meeting="")
                & ~models.Q(decision=""),
                name="programme_decided",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=ProgrammeState.CONCLUDED) | models.Q(concluded_on__isnull=False),
                name="programme_concluded_on",
            ),
            models.CheckConstraint(
                condition=models.Q(nominated_unit=None) | models.Q(nominated_seat=None),
                name="programme_one_nominator",
            ),
        ]
        indexes = [
            models.Index(fields=["congress", "kind", "-year"], name="programme_ledger"),
            models.Index(fields=["committee", "state"], name="programme_committee"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def number_text(self) -> str:
        return self.decision_no

    def get_absolute_url(self) -> str:
        return reverse("oversight:programme", args=[self.pk])


class OfProgramme(models.Model):
    """A row that hangs on a programme and writes on its chain."""

    programme: Any

    class Meta:
        abstract = True

    @property
    def journal_case(self) -> Chained:
        case: Chained = self.programme
        return case

    @property
    def congress_id(self) -> int:
        congress: int = self.programme.congress_id
        return congress


class Score(OfProgramme):
    """The points one body gives a nomination on one criterion: together they are its score sheet."""

    programme = models.ForeignKey(
        Programme, on_delete=models.CASCADE, related_name="scores", verbose_name=_("督办项目")
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("评分单位"))
    criterion = models.ForeignKey(
        Option, on_delete=models.PROTECT, related_name="+", verbose_name=_("评分项")
    )
    points = models.PositiveSmallIntegerField(_("得分"))
    scored_on = models.DateField(_("评分日期"))
    scored_by = models.CharField(_("评分人"), max_length=40)

    class Meta:
        verbose_name = _("评分")
        ordering = ["unit", "criterion__order"]
        constraints = [models.UniqueConstraint(fields=["programme", "unit", "criterion"], name="score_once")]


class Capacity(OfProgramme):
    """Who answers for a programme in which capacity: led by, taken by, matched by, handled by."""

    programme = models.ForeignKey(
        Programme, on_delete=models.CASCADE, related_name="capacities", verbose_name=_("督办项目")
    )
    option = models.ForeignKey(Option, on_delete=models.PROTECT, related_name="+", verbose_name=_("责任"))
    person = models.CharField(_("姓名职务"), max_length=60, blank=True)
    unit = models.ForeignKey(
        Unit,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="capacities",
        verbose_name=_("单位"),
    )

    class Meta:
        verbose_name = _("督办责任")
        ordering = ["option__order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(unit__isnull=False) | ~models.Q(person=""), name="capacity_named"
            )
        ]


class Participant(OfProgramme):
    """A body that takes part in joint supervision: a unit, or a party branch or another body by its name."""

    programme = models.ForeignKey(
        Programme, on_delete=models.CASCADE, related_name="participants", verbose_name=_("督办项目")
    )
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("单位")
    )
    name = models.CharField(_("其他单位或者党支部"), max_length=60, blank=True)
    part = models.CharField(_("分工"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("联合督办单位")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(unit__isnull=False) | ~models.Q(name=""), name="participant_named"
            )
        ]

    def __str__(self) -> str:
        return str(self.unit or self.name)


class ProgrammeStep(OfProgramme):
    """A dated step of a programme's plan."""

    programme = models.ForeignKey(
        Programme, on_delete=models.CASCADE, related_name="steps", verbose_name=_("督办项目")
    )
    what = models.CharField(_("安排"), max_length=120)
    owner = models.CharField(_("责任人"), max_length=60, blank=True)
    due_on = models.DateField(_("时间"))
    state = models.CharField(_("状态"), max_length=6, choices=PlannedState, default=PlannedState.OPEN)
    done_on = models.DateField(_("开展日期"), null=True, blank=True)
    words = models.TextField(_("开展情况"), blank=True)

    class Meta:
        verbose_name = _("督办安排")
        ordering = ["due_on", "pk"]

    def __str__(self) -> str:
        return self.what

    def get_absolute_url(self) -> str:
        return f"{self.programme.get_absolute_url()}#plan"

    @property
    def number_text(self) -> str:
        number: str = self.programme.number_text
        return number


class ProgrammeEntry(OfProgramme):
    """What was done on a day: a visit with findings, a meeting with minutes, a reply face to face, a year's note."""

    programme = models.ForeignKey(
        Programme, on_delete=models.CASCADE, related_name="entries", verbose_name=_("督办项目")
    )
    kind = models.CharField(_("形式"), max_length=12, choices=EntryKind)
    held_on = models.DateField(_("日期"))
    place = models.CharField(_("地点"), max_length=60, blank=True)
    persons = models.CharField(_("参加人员"), max_length=200, blank=True)
    words = models.TextField(_("内容"))
    suggestion = models.ForeignKey(
        Suggestion, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("建议")
    )
    entered_by = models.CharField(_("记录人"), max_length=60)

    class Meta:
        verbose_name = _("督办记录")
        ordering = ["held_on", "pk"]


class Owed(models.Model):
    """What one unit owes to a programme or a government meeting, until when, what it answered, and whether that was so."""

    programme = models.ForeignKey(
        Programme,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="owed",
        verbose_name=_("督办项目"),
    )
    meeting = models.ForeignKey(
        "GovernmentMeeting",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="owed",
        verbose_name=_("政府会议"),
    )
    kind = models.CharField(_("来由"), max_length=10, choices=OwedKind)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="owed", verbose_name=_("责任单位"))
    what = models.CharField(_("事项"), max_length=300)
    due_on = models.DateField(_("完成时限"))
    state = models.CharField(_("状态"), max_length=10, choices=OwedState, default=OwedState.OPEN)
    progress = models.TextField(_("进展"), blank=True)
    answer = models.TextField(_("落实情况"), blank=True)
    answered_on = models.DateField(_("报告日期"), null=True, blank=True)
    finding = models.TextField(_("核实意见"), blank=True)
    verified_by = models.CharField(_("核实人"), max_length=60, blank=True)
    verified_on = models.DateField(_("核实日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("交办事项")
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(programme=None, meeting__isnull=False)
                | models.Q(programme__isnull=False, meeting=None),
                name="owed_to_one",
            )
        ]
        indexes = [models.Index(fields=["unit", "state", "due_on"], name="owed_waiting")]

    def __str__(self) -> str:
        return f"{self.unit}：{self.what}"

    def get_absolute_url(self) -> str:
        url: str = self.journal_case.get_absolute_url()  # type: ignore[attr-defined]
        return f"{url}#owed-{self.pk}"

    @property
    def journal_case(self) -> Chained:
        case: Chained = self.programme or self.meeting  # type: ignore[assignment]
        return case

    @property
    def congress_id(self) -> int:
        congress: int = self.journal_case.congress_id  # type: ignore[attr-defined]
        return congress

    @property
    def number_text(self) -> str:
        number: str = self.journal_case.number_text  # type: ignore[attr-defined]
        return number


class Enclosure(models.Model):
    """A file put under a row of supervision; who sees the row sees the file."""

    noun = models.CharField(_("事物"), max_length=24)
    object_id = models.BigIntegerField(_("编号"))
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+", verbose_name=_("文件"))
    name = models.CharField(_("名称"), max_length=200)
    added_at = models.DateTimeField(_("添加时间"))
    added_by = models.CharField(_("添加人"), max_length=60)

    class Meta:
        verbose_name = _("督办材料")
        constraints = [models.UniqueConstraint(fields=["noun", "object_id", "file"], name="enclosure_once")]

    def __str__(self) -> str:
        return self.name
