"""What a unit does inside its share: persons responsible, plan, contacts with the deputy, opinions of co-units."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tibandu.people.enums import Rank
from tibandu.people.models import Appointment
from tibandu.regulations.models import ContactStage, Ground
from tibandu.suggestions.enums import ContactState, Mode, OpinionState, PlanState
from tibandu.suggestions.models.assignment import Assignment
from tibandu.suggestions.models.belonging import OfShare
from tibandu.suggestions.models.suggestion import Ask, Proposer


class Responsible(models.Model):
    """The person of one tier for one share 分级负责; the name is kept when the clerk has gone."""

    assignment = models.ForeignKey(
        Assignment, on_delete=models.CASCADE, related_name="responsibles", verbose_name=_("承办")
    )
    rank = models.CharField(_("层级"), max_length=12, choices=Rank)
    appointment = models.ForeignKey(
        Appointment, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("任职")
    )
    name = models.CharField(_("姓名"), max_length=40)
    phone = models.CharField(_("电话"), max_length=30, blank=True)

    class Meta:
        verbose_name = _("责任人")
        constraints = [models.UniqueConstraint(fields=["assignment", "rank"], name="responsible_rank")]


class PlanItem(OfShare):
    """A measure with owner and date 项目化清单化, tied to an ask where it answers one."""

    assignment = models.ForeignKey(
        Assignment, on_delete=models.CASCADE, related_name="plan", verbose_name=_("承办")
    )
    ask = models.ForeignKey(
        Ask, on_delete=models.PROTECT, null=True, blank=True, related_name="plan", verbose_name=_("对应要求")
    )
    measure = models.CharField(_("措施"), max_length=200)
    owner = models.CharField(_("责任人"), max_length=60)
    due_on = models.DateField(_("完成时限"))
    state = models.CharField(_("状态"), max_length=6, choices=PlanState, default=PlanState.OPEN)
    done_on = models.DateField(_("完成日期"), null=True, blank=True)
    progress = models.TextField(_("进展"), blank=True)

    class Meta:
        verbose_name = _("办理措施")
        ordering = ["due_on", "pk"]

    def __str__(self) -> str:
        return self.measure


class Contact(OfShare):
    """One talk with a deputy at one stage: recorded by the unit, confirmed or disputed by the deputy. Words, no grade."""

    assignment = models.ForeignKey(
        Assignment, on_delete=models.CASCADE, related_name="contacts", verbose_name=_("承办")
    )
    stage = models.ForeignKey(
        ContactStage, on_delete=models.PROTECT, related_name="+", verbose_name=_("阶段")
    )
    proposer = models.ForeignKey(
        Proposer, on_delete=models.PROTECT, related_name="contacts", verbose_name=_("代表")
    )
    mode = models.CharField(_("方式"), max_length=8, choices=Mode, blank=True)
    held_on = models.DateField(_("日期"))
    place = models.CharField(_("地点"), max_length=60, blank=True)
    persons = models.CharField(_("承办方参加人"), max_length=120, blank=True)
    rank = models.CharField(_("最高层级"), max_length=12, choices=Rank, blank=True)
    said = models.TextField(_("沟通内容"), blank=True)
    draft_shown = models.BooleanField(_("已出示答复初稿"), default=False)
    state = models.CharField(_("状态"), max_length=12, choices=ContactState, default=ContactState.RECORDED)
    confirm_by = models.DateField(_("请代表确认的期限"))
    answered_on = models.DateField(_("确认日期"), null=True, blank=True)
    answer = models.TextField(_("代表的话"), blank=True)
    waiver = models.ForeignKey(
        Ground,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("免予联系理由"),
    )

    class Meta:
        verbose_name = _("联系记录")
        ordering = ["held_on", "pk"]
        indexes = [models.Index(fields=["state", "confirm_by"], name="contact_waiting")]

    def __str__(self) -> str:
        return f"{self.assignment.unit}（{self.stage.label}）"


class Opinion(OfShare):
    """A co-unit's written view to the lead, which countersigns it or sends it back 会办意见."""

    assignment = models.ForeignKey(
        Assignment, on_delete=models.CASCADE, related_name="opinions", verbose_name=_("会办")
    )
    number_text = models.CharField(_("文号"), max_length=40, blank=True)
    text = models.TextField(_("会办意见"))
    signed_by = models.CharField(_("签发人"), max_length=40)
    given_on = models.DateField(_("提出日期"))
    state = models.CharField(_("状态"), max_length=14, choices=OpinionState, default=OpinionState.GIVEN)
    answered_on = models.DateField(_("会签日期"), null=True, blank=True)
    answer = models.TextField(_("主办单位的话"), blank=True)

    class Meta:
        verbose_name = _("会办意见")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.assignment.unit}（{self.number_text}）"
