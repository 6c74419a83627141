"""Knows the life of a version: drafted, discarded or enacted, revised by the next one or repealed; who keeps the measure."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from tibandu.base import numbering
from tibandu.base.flow import Flow, Role, Step
from tibandu.regulations import queries
from tibandu.regulations.enums import DocumentKind, LimitCode, SeriesKind, SettingKey, VersionState
from tibandu.regulations.models import Version
from tibandu.regulations.rules import over_statute, what_is_missing

_MISSING_LABELS = {
    "categories": _("答复类别"),
    "dissatisfied": _("不满意等次"),
    "satisfied": _("计为满意的等次"),
    "headline": _("唯一的总评维度"),
}
_MISSING_KINDS = {"limit": LimitCode, "setting": SettingKey, "pattern": SeriesKind}


def _is_keeper(actor: Any, version: Version) -> bool:
    return queries.keeps(actor, version.document.congress_id)


def _sees(actor: Any, version: Version) -> bool:
    return actor.is_system or actor.congress_id == version.document.congress_id


def _has_articles(_actor: Any, version: Version, _today: date) -> Any:
    return None if version.articles.exists() else _("还没有条文，不能施行。")


def _is_complete(_actor: Any, version: Version, _today: date) -> Any:
    """A measure says everything that the procedure will ask for; other documents have no data."""
    if version.document.kind != DocumentKind.MEASURE:
        return None
    measure = queries.compiled(version)
    if missing := what_is_missing(measure):
        return _("还缺少：%(names)s。") % {"names": "、".join(missing_label(code) for code in missing)}
    wrong = [sentence for pattern in measure.patterns.values() for sentence in numbering.problems(pattern)]
    if wrong:
        return wrong[0]
    if (over := over_statute(measure.limits)) and not version.legal_basis:
        names = "、".join(str(LimitCode(code).label) for code in over)
        return _("%(names)s超过代表法第五十一条规定的时间，须先写明法律依据。") % {"names": names}
    return None


def missing_label(code: str) -> str:
    kind, _colon, value = code.partition(":")
    return str(_MISSING_KINDS[kind](value).label if value else _MISSING_LABELS[kind])


KEEPER = Role(_("代表工作机构（乡镇为主席团）"), _is_keeper)
READER = Role(_("本级人大各方"), _sees)
HOUSE = Role(_("系统"), lambda actor, version: True)

DRAFT, IN_FORCE, REVISED, REPEALED = VersionState

# fmt: off
VERSION = Flow("version", [
    Step("edit",    _("修改草案"), (DRAFT,),                        "",       KEEPER),
    Step("enact",   _("公布施行"), (DRAFT,),                        IN_FORCE, KEEPER, (_has_articles, _is_complete), primary=True),
    Step("discard", _("放弃草案"), (DRAFT,),                        "",       KEEPER),
    Step("read",    _("我已阅读"), (IN_FORCE, REVISED, REPEALED),   "",       READER),
    Step("repeal",  _("废止"),     (IN_FORCE,),                     REPEALED, KEEPER),
    Step("revised", _("被修订"),   (IN_FORCE,),                     REVISED,  HOUSE, quiet=True),
])
# fmt: on
