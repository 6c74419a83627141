"""Random draws 随机抽查: a frozen list of answers said to have solved their matter, a seed named beforehand, and the checks."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tibandu.base.models import Chained
from tibandu.oversight.enums import DrawState, LotState
from tibandu.people.models import Congress, Unit
from tibandu.suggestions.models import Reply


class Draw(Chained):
    """A draw that anybody can make again: list and digest stand first, the seed is a public number of a later day."""

    congress = models.ForeignKey(
        Congress, on_delete=models.PROTECT, related_name="draws", verbose_name=_("人大")
    )
    title = models.CharField(_("名称"), max_length=80)
    state = models.CharField(_("状态"), max_length=8, choices=DrawState, default=DrawState.FROZEN)
    since = models.DateField(_("答复自"))
    until = models.DateField(_("答复至"))
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("承办单位")
    )
    wanted = models.PositiveSmallIntegerField(_("抽取件数"))
    list_digest = models.CharField(_("名单摘要"), max_length=64)
    seed_name = models.CharField(_("种子来源"), max_length=120)
    seed_on = models.DateField(_("种子日期"))
    seed = models.CharField(_("种子"), max_length=60, blank=True)
    frozen_on = models.DateField(_("名单冻结日期"))
    frozen_by = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("抽查机构")
    )
    drawn_on = models.DateField(_("抽取日期"), null=True, blank=True)
    conclusion = models.TextField(_("抽查结论"), blank=True)
    closed_on = models.DateField(_("办结日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("随机抽查")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until__gte=models.F("since")), name="draw_days_in_order"
            ),
            models.CheckConstraint(
                condition=models.Q(seed_on__gt=models.F("frozen_on")), name="draw_seed_is_later"
            ),
            models.CheckConstraint(condition=models.Q(wanted__gt=0), name="draw_wants_some"),
            models.CheckConstraint(
                condition=models.Q(state=DrawState.FROZEN, seed="")
                | (~models.Q(state=DrawState.FROZEN) & ~models.Q(seed="")),
                name="draw_seed_and_state",
            ),
        ]
        indexes = [models.Index(fields=["congress", "-id"], name="draw_newest")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("oversight:draw", args=[self.pk])

    @property
    def number_text(self) -> str:
        return ""


class Lot(models.Model):
    """One answer on a frozen list under its number; when it is picked, what the site check found."""

    draw = models.ForeignKey(Draw, on_delete=models.CASCADE, related_name="lots", verbose_name=_("抽查"))
    number = models.PositiveIntegerField(_("序号"))
    reply = models.ForeignKey(Reply, on_delete=models.PROTECT, related_name="lots", verbose_name=_("答复"))
    line = models.CharField(_("名单行"), max_length=200)
    state = models.CharField(_("状态"), max_length=8, choices=LotState, default=LotState.LISTED)
    place = models.PositiveSmallIntegerField(_("抽中次序"), null=True, blank=True)
    agrees = models.BooleanField(_("与自报相符"), null=True, blank=True)
    held_on = models.DateField(_("核查日期"), null=True, blank=True)
    words = models.TextField(_("核查情况"), blank=True)
    checked_by = models.CharField(_("核查人"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("抽查名单")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["draw", "number"], name="lot_number"),
            models.UniqueConstraint(fields=["draw", "reply"], name="lot_reply"),
            models.UniqueConstraint(fields=["draw", "place"], name="lot_place"),
            models.CheckConstraint(
                condition=models.Q(state=LotState.LISTED, place=None)
                | (~models.Q(state=LotState.LISTED) & models.Q(place__isnull=False)),
                name="lot_place_and_state",
            ),
        ]
        indexes = [models.Index(fields=["state", "draw"], name="lot_state")]

    def __str__(self) -> str:
        return self.line.replace("\t", " ")

    def get_absolute_url(self) -> str:
        return self.draw.get_absolute_url()

    @property
    def journal_case(self) -> Draw:
        return self.draw

    @property
    def congress_id(self) -> int:
        return self.draw.congress_id
