"""Knows how a limit of the measure becomes the due day of a row, and whether the calendar behind it is known."""

from datetime import date

from django.utils.translation import gettext as _

from tibandu.base import clock
from tibandu.base.flow import Refused
from tibandu.regulations.queries import Measure, working_days


def due_day(measure: Measure, code: str, start: date) -> tuple[date, bool]:
    """The last day of a limit from a day, and whether it rests on a year whose calendar is not yet known."""
    rule = measure.limits.get(code)
    if rule is None:
        raise Refused(_("办法没有规定这一期限，请先在办法中补上。"))
    computed = clock.explain(start, rule.limit, working_days())
    return computed.end, computed.is_provisional
