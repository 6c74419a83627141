"""The figures of this room: what was taken under supervision, by kind."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tibandu.base.figures import Figure, Part, Source, register
from tibandu.oversight.enums import STANDING_PROGRAMMES, ProgrammeKind
from tibandu.oversight.queries.programmes import programmes_visible_to

PROGRAMMES = Source("programme", programmes_visible_to, {"committee": "committee"})


def _of(kind: ProgrammeKind, day: str) -> Part:
    return Part(day, Q(kind=kind, state__in=STANDING_PROGRAMMES))


FIGURES = register(
    Figure(
        "key_programmes",
        _("重点督办"),
        _("本期决定列入的重点督办项目。"),
        PROGRAMMES,
        _of(ProgrammeKind.KEY, "decided_on"),
    ),
    Figure(
        "joint_programmes",
        _("联合督办"),
        _("本期发起的联合督办项目。"),
        PROGRAMMES,
        _of(ProgrammeKind.JOINT, "nominated_on"),
    ),
    Figure(
        "tracking_programmes",
        _("跟踪督办"),
        _("本期决定列入的跟踪督办项目。"),
        PROGRAMMES,
        _of(ProgrammeKind.TRACKING, "decided_on"),
    ),
)
