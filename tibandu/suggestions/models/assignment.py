"""How a suggestion reaches those who handle it: meetings, handovers, rounds, shares, objections, extensions."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tibandu.people.enums import Rank
from tibandu.people.models import Congress, Organ, Session, Unit
from tibandu.regulations.enums import LimitCode
from tibandu.regulations.models import Ground
from tibandu.suggestions.enums import (
    OPEN_SHARES,
    ExtensionState,
    HandoverState,
    MeetingState,
    ObjectionState,
    Role,
    ShareState,
    Trigger,
)
from tibandu.suggestions.models.belonging import OfShare, OfSuggestion
from tibandu.suggestions.models.suggestion import Ask, Suggestion


class AssignmentMeeting(models.Model):
    """A meeting that hands whole batches to the organs 交办会, with its minutes."""

    congress = models.ForeignKey(
        Congress, on_delete=models.PROTECT, related_name="assignment_meetings", verbose_name=_("人大")
    )
    session = models.ForeignKey(
        Session, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("会议")
    )
    title = models.CharField(_("名称"), max_length=80)
    held_on = models.DateField(_("日期"))
    place = models.CharField(_("地点"), max_length=60, blank=True)
    attended = models.TextField(_("参加单位和人员"), blank=True)
    minutes = models.TextField(_("会议纪要"), blank=True)
    state = models.CharField(_("状态"), max_length=8, choices=MeetingState, default=MeetingState.PLANNED)

    class Meta:
        verbose_name = _("交办会")

    def __str__(self) -> str:
        return self.title

    @property
    def journal_case(self) -> Congress:
        return self.congress


class Handover(OfSuggestion):
    """A suggestion given to one organ; the clock of the suggestion starts here."""

    suggestion = models.ForeignKey(
        Suggestion, on_delete=models.CASCADE, related_name="handovers", verbose_name=_("建议")
    )
    organ = models.ForeignKey(
        Organ, on_delete=models.PROTECT, related_name="handovers", verbose_name=_("机关")
    )
    meeting = models.ForeignKey(
        AssignmentMeeting,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="handovers",
        verbose_name=_("交办会"),
    )
    handed_on = models.DateField(_("交办日期"))
    limit_code = models.CharField(_("期限"), max_length=24, choices=LimitCode, default=LimitCode.REPLY)
    words = models.TextField(_("交办意见"), blank=True)
    state = models.CharField(_("状态"), max_length=12, choices=HandoverState, default=HandoverState.SENT)

    class Meta:
        verbose_name = _("交办")
        constraints = [models.UniqueConstraint(fields=["suggestion", "organ"], name="handover_organ")]
        indexes = [
            models.Index(fields=["organ", "state", "-suggestion"], name="handover_organ_state"),
            models.Index(fields=["organ", "-suggestion"], name="handover_organ_newest"),
        ]

    def __str__(self) -> str:
        return str(self.organ)


class Round(models.Model):
    """The decision that starts a round of handling; state lives in the shares, so one unit alone may be in round two."""

    suggestion = models.ForeignKey(
        Suggestion, on_delete=models.CASCADE, related_name="rounds", verbose_name=_("建议")
    )
    n = models.PositiveSmallIntegerField(_("轮次"))
    trigger = models.CharField(_("缘由"), max_length=14, choices=Trigger)
    decided_on = models.DateField(_("决定日期"))
    decided_by = models.CharField(_("决定人"), max_length=60)
    words = models.TextField(_("说明"), blank=True)
    rank = models.CharField(_("领办层级"), max_length=12, choices=Rank, blank=True)

    class Meta:
        verbose_name = _("轮次")
        ordering = ["n"]
        constraints = [models.UniqueConstraint(fields=["suggestion", "n"], name="round_n")]
        indexes = [models.Index(fields=["n", "-suggestion"], name="round_newest")]


class Assignment(OfSuggestion):
    """One unit's share of a suggestion, with its own clock. `continues` is the share of the round before."""

    suggestion = models.ForeignKey(
        Suggestion, on_delete=models.CASCADE, related_name="assignments", verbose_name=_("建议")
    )
    handover = models.ForeignKey(
        Handover, on_delete=models.CASCADE, related_name="assignments", verbose_name=_("交办")
    )
    round = models.ForeignKey(
        Round, on_delete=models.PROTECT, related_name="assignments", verbose_name=_("轮次")
    )
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="assignments", verbose_name=_("承办单位")
    )
    role = models.CharField(_("承办方式"), max_length=10, choices=Role)
    part = models.CharField(_("承办内容"), max_length=200, blank=True)
    asks = models.ManyToManyField(Ask, blank=True, related_name="assignments", verbose_name=_("所办要求"))
    state = models.CharField(_("状态"), max_length=12, choices=ShareState, default=ShareState.SENT)
    assigned_on = models.DateField(_("交办日期"))
    limit_code = models.CharField(_("期限"), max_length=24, choices=LimitCode)
    due_on = models.DateField(_("期限日"))
    due_is_provisional = models.BooleanField(_("期限日待核"), default=False)
    signed_for_on = models.DateField(_("签收日期"), null=True, blank=True)
    answered_on = models.DateField(_("答复日期"), null=True, blank=True)
    ended_on = models.DateField(_("终止日期"), null=True, blank=True)
    continues = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="continued_by",
        verbose_name=_("接续"),
    )
    replaces = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="replaced_by",
        verbose_name=_("改办自"),
    )

    class Meta:
        verbose_name = _("承办")
        constraints = [
            models.UniqueConstraint(
                fields=["suggestion", "unit", "part"],
                condition=models.Q(state__in=OPEN_SHARES),
                name="assignment_unit_once",
            ),
            models.UniqueConstraint(
                fields=["suggestion"],
                condition=models.Q(role=Role.LEAD, state__in=OPEN_SHARES),
                name="assignment_one_open_lead",
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "state", "due_on"], name="assignment_unit"),
            models.Index(fields=["unit", "-suggestion", "state"], name="assignment_unit_newest"),
            models.Index(fields=["suggestion", "unit", "state"], name="assignment_suggestion_unit"),
            models.Index(
                fields=["-suggestion", "due_on"],
                condition=models.Q(state__in=OPEN_SHARES),
                name="assignment_open_due",
            ),
            models.Index(fields=["state", "due_on"], name="assignment_due"),
        ]

    def __str__(self) -> str:
        return f"{self.unit}（{self.get_role_display()}）"


class Objection(OfShare):
    """A unit (or the deputy) says the share lies with the wrong unit; every bounce is a row, rulings are precedents."""

    assignment = models.ForeignKey(
        Assignment, on_delete=models.CASCADE, related_name="objections", verbose_name=_("承办")
    )
    n = models.PositiveSmallIntegerField(_("第几次"))
    by_deputy = models.BooleanField(_("代表提出"), default=False)
    ground = models.ForeignKey(
        Ground, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("理由")
    )
    clause = models.CharField(_("职责依据"), max_length=200, blank=True)
    reason = models.TextField(_("说明"))
    proposed_unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("建议改由")
    )
    raised_on = models.DateField(_("提出日期"))
    is_late = models.BooleanField(_("逾期提出"), default=False)
    due_on = models.DateField(_("裁定期限"))
    state = models.CharField(_("状态"), max_length=10, choices=ObjectionState, default=ObjectionState.OPEN)
    ruled_on = models.DateField(_("裁定日期"), null=True, blank=True)
    ruled_by = models.CharField(_("裁定人"), max_length=60, blank=True)
    ruling = models.TextField(_("裁定意见"), blank=True)

    class Meta:
        verbose_name = _("申退")
        constraints = [
            models.UniqueConstraint(fields=["assignment", "n"], name="objection_n"),
            models.UniqueConstraint(
                fields=["assignment"],
                condition=models.Q(state__in=[ObjectionState.OPEN, ObjectionState.ESCALATED]),
                name="objection_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assignment.unit}（{self.raised_on:%m-%d}）"


class Extension(OfShare):
    """A longer limit asked for, ruled, and told to the deputy; measured from the base date, never piled up."""

    assignment = models.ForeignKey(
        Assignment, on_delete=models.CASCADE, related_name="extensions", verbose_name=_("承办")
    )
    ground = models.ForeignKey(
        Ground, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("理由")
    )
    reason = models.TextField(_("说明"))
    asked_on = models.DateField(_("申请日期"))
    until = models.DateField(_("延至"))
    old_due_on = models.DateField(_("原期限"))
    state = models.CharField(_("状态"), max_length=8, choices=ExtensionState, default=ExtensionState.ASKED)
    ruled_on = models.DateField(_("审批日期"), null=True, blank=True)
    words = models.TextField(_("审批意见"), blank=True)
    told_on = models.DateField(_("告知代表日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("延期")
        constraints = [
            models.UniqueConstraint(
                fields=["assignment"],
                condition=models.Q(state=ExtensionState.ASKED),
                name="extension_one_open",
            ),
            models.CheckConstraint(
                condition=models.Q(until__gt=models.F("old_due_on")), name="extension_longer"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assignment.unit}（{self.until:%Y-%m-%d}）"


class DueChange(models.Model):
    """Every change of a share's due day with its cause, so that the day can be explained without the journal."""

    assignment = models.ForeignKey(
        Assignment, on_delete=models.CASCADE, related_name="due_changes", verbose_name=_("承办")
    )
    changed_on = models.DateField(_("变更日期"))
    old = models.DateField(_("原期限"))
    new = models.DateField(_("新期限"))
    cause = models.CharField(_("原因"), max_length=80)

    class Meta:
        verbose_name = _("期限变更")
        ordering = ["pk"]
