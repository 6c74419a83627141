"""Which suggestions are about the same matter: made from their texts, and made anew from them at any time."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tibandu.suggestions.models import Suggestion


class Kin(models.Model):
    """The place of one suggestion in a family 家谱; a family is called by the key of its eldest."""

    suggestion = models.OneToOneField(
        Suggestion, on_delete=models.CASCADE, related_name="kin", verbose_name=_("建议")
    )
    family = models.BigIntegerField(_("家谱"))
    nearest = models.ForeignKey(
        Suggestion,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("最相近的前件"),
    )
    score = models.FloatField(_("相近程度"), default=0.0)

    class Meta:
        verbose_name = _("建议家谱")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(score__gte=0, score__lte=1), name="kin_score_is_a_share"
            )
        ]
        indexes = [models.Index(fields=["family", "suggestion"], name="kin_family")]

    def __str__(self) -> str:
        return str(self.suggestion)
