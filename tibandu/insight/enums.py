"""Knows the closed word lists of boards: by what they are parted."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class By(TextChoices):
    """What a line of a board stands for."""

    UNIT = "unit", _("承办单位")
    SUBJECT = "subject", _("分类")
    COMMITTEE = "committee", _("对口委员会")
    YEAR = "year", _("年度")
