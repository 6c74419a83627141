"""What became of each row of a file that was imported, what is printed of it, and the refused rows as a sheet to mend."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from tibandu.base import sheets
from tibandu.base.columns import Column

IMPORTED, REPAIRED, REFUSED, UNCHANGED = "imported", "repaired", "refused", "unchanged"
OUTCOMES = (IMPORTED, REPAIRED, REFUSED, UNCHANGED)


@dataclass(frozen=True)
class Verdict:
    """What became of one row of the file."""

    row: int
    what: str
    outcome: str
    reason: str = ""
    cells: tuple[str, ...] = ()


@dataclass
class Report:
    """What became of a whole file."""

    headers: tuple[str, ...]
    verdicts: list[Verdict] = field(default_factory=list)

    def count(self, outcome: str) -> int:
        return sum(verdict.outcome == outcome for verdict in self.verdicts)

    @property
    def counts(self) -> dict[str, int]:
        return {outcome: self.count(outcome) for outcome in OUTCOMES}

    @property
    def last_line(self) -> str:
        """What the command prints last, for people and scripts."""
        return ", ".join(f"{outcome} {self.count(outcome)}" for outcome in (IMPORTED, REPAIRED, REFUSED))

    def refused_sheet(self) -> bytes:
        """The refused rows as they came, with the reason beside each, to mend and import again."""
        columns = [
            Column(str(place), header or str(place + 1), _cell(place))
            for place, header in enumerate(self.headers)
        ]
        columns.append(Column("reason", _("不能导入的原因"), lambda verdict: verdict.reason, width=40))
        refused = [verdict for verdict in self.verdicts if verdict.outcome == REFUSED]
        return sheets.write_xlsx(columns, refused, title=_("未导入的行"))


def _cell(place: int) -> Callable[[Verdict], str]:
    return lambda verdict: verdict.cells[place]
