"""Knows what the deeds of a referral share: how a paper of the case is kept, and who is told of what."""

from collections.abc import Sequence
from datetime import date, datetime

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from tibandu.base.files import Stored
from tibandu.base.flow import Refused
from tibandu.oversight.enums import CopyState, ProcuratorialKind
from tibandu.oversight.models import ProcuratorialPaper, Referral
from tibandu.oversight.queries.referrals import procuratorate_of
from tibandu.people.actions import tell
from tibandu.people.enums import Competence, MessageKind
from tibandu.people.models import Unit
from tibandu.people.queries import Actor, unit_holding
from tibandu.regulations.enums import LimitCode
from tibandu.regulations.queries import measure_in_force, measure_of, working_days
from tibandu.suggestions.actions.filing import kept_file
from tibandu.suggestions.actions.telling import tell_authors

Kind = ProcuratorialKind


def check_day(day: date, at: datetime, name: str) -> None:
    if day > localdate(at):
        raise Refused(_("日期不能晚于今天。"), {name: _("日期还没有到")})


def due_on(referral: Referral, code: str, start: date) -> date:
    """The last day of a limit as the measure in force says."""
    version = measure_in_force(referral.congress_id, start)
    last = measure_of(version).due_on(code, start, working_days()) if version else None
    if last is None:
        raise Refused(_("办法没有规定这一期限，请先在办法中补上。"))
    return last


def paper_facts(kind: str, number: str, issued_on: date) -> dict[str, str]:
    return {str(Kind(kind).label): number, "作出日期": issued_on.isoformat()}


def keep_paper(
    actor: Actor,
    referral: Referral,
    at: datetime,
    kind: str,
    number: str,
    issued_on: date,
    words: str,
    files: Sequence[Stored],
    *,
    is_copy: bool = False,
) -> ProcuratorialPaper:
    """A paper of the case; unless it is a copy already, one is owed to the congress within the limit of the measure."""
    check_day(issued_on, at, "issued_on")
    if referral.papers.filter(kind=kind, number=number).exists():
        raise Refused(_("这一文号的文书已经登记。"), {"number": _("文号重复")})
    file = files[0] if files else None
    state = (
        {"state": CopyState.COPIED, "copied_on": localdate(at)}
        if is_copy
        else {"due_on": due_on(referral, LimitCode.PAPER_COPY, issued_on)}
    )
    return ProcuratorialPaper.objects.create(
        referral=referral,
        kind=kind,
        number=number,
        issued_on=issued_on,
        words=words,
        file=kept_file(file, at=at) if file else None,
        file_name=file.name if file else "",
        recorded_by=actor.person_name,
        **state,
    )


def tell_of(
    referral: Referral,
    title: str,
    at: datetime,
    kind: MessageKind,
    *,
    units: Sequence[Unit] = (),
    seats: Sequence[int] = (),
    key: str = "",
) -> None:
    """One message per deed: the journal line names it."""
    tell(
        key=f"referral:{referral.pk}:{key}:{referral.journal_seq}",
        units=units,
        seats=seats,
        kind=kind,
        title=title,
        url=referral.get_absolute_url(),
        at=at,
    )


def tell_procuratorate(
    referral: Referral, title: str, at: datetime, kind: MessageKind = MessageKind.NOTICE
) -> None:
    tell_of(referral, title, at, kind, units=procuratorate_of(referral.congress_id, localdate(at)))


def tell_office(
    referral: Referral, title: str, at: datetime, kind: MessageKind = MessageKind.NOTICE, *, key: str = ""
) -> None:
    holder = unit_holding(referral.congress_id, Competence.SCREEN)
    tell_of(referral, title, at, kind, units=[holder] if holder else [], key=key)


def tell_authors_of(referral: Referral, title: str, at: datetime) -> None:
    if referral.suggestion:
        tell_authors(referral.suggestion, title, at=at, key=f"referral:{referral.pk}:{referral.journal_seq}")


def tell_congress(referral: Referral, at: datetime) -> None:
    """Where the case stands now, to the office and to the deputies who asked."""
    title = f"公益诉讼线索{referral.get_state_display()}：{referral}"
    tell_office(referral, title, at)
    tell_authors_of(referral, title, at)
