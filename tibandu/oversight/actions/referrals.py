"""Knows the deeds between suggestions and the procuratorate: screening and passing, the case, and a paper turned suggestion."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from tibandu.base import journal
from tibandu.base.files import Stored
from tibandu.base.flow import NotYourStep, Refused
from tibandu.base.verbs import verb
from tibandu.oversight.actions.referring import (
    check_day,
    due_on,
    keep_paper,
    paper_facts,
    tell_authors_of,
    tell_congress,
    tell_of,
    tell_office,
    tell_procuratorate,
)
from tibandu.oversight.enums import (
    ENDED_REFERRALS,
    Direction,
    ProcuratorialKind,
    ReferralState,
)
from tibandu.oversight.flow.referrals import CASE, CONGRESS, PAPER, PASSING, PROCURATORATE, TURNING
from tibandu.oversight.models import Consultation, ProcuratorialPaper, Referral
from tibandu.oversight.queries.referrals import procuratorate_name, results_of
from tibandu.people.enums import Competence, MessageKind
from tibandu.people.models import Congress, Seat, Unit
from tibandu.people.queries import Actor
from tibandu.regulations.enums import LimitCode
from tibandu.regulations.models import Option
from tibandu.suggestions import actions as suggestions
from tibandu.suggestions.enums import ON_FILE, Origin
from tibandu.suggestions.models import TITLE_LENGTH, Suggestion

Kind = ProcuratorialKind


# -- screening and passing ----------------------------------------------------------------------------------------------


@transaction.atomic
def open_referral(
    actor: Actor,
    *,
    at: datetime,
    suggestion: Suggestion,
    field: Option,
    reason: str,
    title: str = "",
) -> Referral:
    """A suggestion that was found to touch the public interest; its handling goes on beside, untouched."""
    if not CONGRESS.holds(actor, suggestion):
        raise NotYourStep(_("筛选线索"))
    if suggestion.state not in ON_FILE or suggestion.is_classified:
        raise Refused(_("立案编号以后的建议才能作为线索移送，涉密件线下办理。"))
    if suggestion.referrals.filter(direction=Direction.OUT).exclude(state__in=ENDED_REFERRALS).exists():
        raise Refused(_("这件建议已有正在办理的线索。"))
    try:
        with transaction.atomic():
            referral = Referral.objects.create(
                congress_id=suggestion.congress_id,
                direction=Direction.OUT,
                state=ReferralState.SCREENED,
                title=title.strip() or suggestion.title,
                reason=reason,
                field=field,
                suggestion=suggestion,
                opened_on=localdate(at),
            )
    except IntegrityError:
        raise Refused(_("这件建议已有正在办理的线索。")) from None
    facts = {"建议": str(suggestion), "法定领域": str(field)}
    _begin(actor, referral, "open_referral", _("筛选线索"), at, reason, facts, seen_by="congress")
    tell_office(referral, f"请决定是否移送检察院：{referral}", at, MessageKind.TODO)
    return referral


def _begin(
    actor: Actor,
    referral: Referral,
    verb: str,
    label: str,
    at: datetime,
    words: str,
    facts: dict[str, str],
    seen_by: str = "all",
) -> None:
    journal.record(
        referral,
        actor,
        noun="referral",
        object_id=referral.pk,
        verb=verb,
        label=label,
        at=at,
        target=referral.state,
        words=words,
        facts=facts,
        seen_by=seen_by,
    )


@verb
def pass_referral(
    actor: Actor,
    referral: Referral,
    *,
    at: datetime,
    letter_no: str = "",
    words: str = "",
    names_authors: bool = False,
) -> None:
    """Hands the lead to the procuratorate with a letter; what happens from here on it decides alone."""
    facts = {"移送文号": letter_no} if letter_no else None
    changes = {"letter_no": letter_no, "passed_on": localdate(at), "names_authors": names_authors}
    PASSING.take("pass_referral", actor, referral, at=at, words=words, facts=facts, **changes)
    tell_procuratorate(referral, f"请登记线索：{referral}", at, MessageKind.TODO)
    tell_authors_of(referral, f"您的建议已作为公益诉讼线索移送检察院：{referral}", at)


@verb
def drop_referral(actor: Actor, referral: Referral, *, at: datetime, words: str) -> None:
    """The lead is not passed on, with the reason."""
    PASSING.take("drop_referral", actor, referral, at=at, words=words, outcome=words, closed_on=localdate(at))


@verb
def note_referral(actor: Actor, referral: Referral, *, at: datetime, words: str) -> None:
    """What the congress notes down beside the case; the state stays the procuratorate's."""
    PASSING.take("note_referral", actor, referral, at=at, words=words)


@verb
def record_copy(
    actor: Actor,
    referral: Referral,
    *,
    at: datetime,
    kind: str,
    number: str,
    issued_on: date,
    words: str = "",
    files: Sequence[Stored] = (),
) -> None:
    """Keeps a copy that came on paper or in a packet; it moves nothing."""
    PASSING.take("record_copy", actor, referral, at=at, facts=paper_facts(kind, number, issued_on))
    keep_paper(actor, referral, at, kind, number, issued_on, words, files, is_copy=True)


@verb
def record_consultation(
    actor: Actor,
    referral: Referral,
    *,
    at: datetime,
    held_on: date,
    attended: str,
    words: str,
    place: str = "",
    agreed: str = "",
) -> None:
    """Keeps what both sides said and agreed at a meeting 会商会."""
    check_day(held_on, at, "held_on")
    facts = {"日期": held_on.isoformat(), "参加人": attended}
    PASSING.take("record_consultation", actor, referral, at=at, words=agreed or words, facts=facts)
    Consultation.objects.create(
        referral=referral,
        held_on=held_on,
        place=place,
        attended=attended,
        words=words,
        agreed=agreed,
        recorded_by=actor.person_name,
    )
    if PROCURATORATE.holds(actor, referral):
        tell_office(referral, f"会商会已记录：{referral}", at)
    else:
        tell_procuratorate(referral, f"会商会已记录：{referral}", at)


# -- the case of the procuratorate -------------------------------------------------------------------------------------


@verb
def log_lead(actor: Actor, referral: Referral, *, at: datetime, case_no: str, words: str = "") -> None:
    """The procuratorate registers what it was handed."""
    facts = {"登记号": case_no}
    CASE.take("log_lead", actor, referral, at=at, words=words, facts=facts, case_no=case_no)
    tell_congress(referral, at)


@verb
def assess_lead(actor: Actor, referral: Referral, *, at: datetime, words: str) -> None:
    """What the procuratorate found when it looked into the lead."""
    CASE.take("assess_lead", actor, referral, at=at, words=words)
    tell_congress(referral, at)


@verb
def not_file(
    actor: Actor,
    referral: Referral,
    *,
    at: datetime,
    words: str,
    number: str = "",
    issued_on: date | None = None,
    files: Sequence[Stored] = (),
) -> None:
    """No case is filed; the reason goes to the congress and to the deputies."""
    CASE.take("not_file", actor, referral, at=at, words=words, outcome=words, closed_on=localdate(at))
    if number:
        day = issued_on or localdate(at)
        keep_paper(actor, referral, at, Kind.NOT_FILING, number, day, words, files)
    tell_congress(referral, at)


@verb
def file_case(
    actor: Actor,
    referral: Referral,
    *,
    at: datetime,
    number: str,
    issued_on: date,
    words: str = "",
    files: Sequence[Stored] = (),
) -> None:
    """A case is filed by a decision in writing 立案决定书."""
    CASE.take(
        "file_case", actor, referral, at=at, words=words, facts=paper_facts(Kind.FILING, number, issued_on)
    )
    keep_paper(actor, referral, at, Kind.FILING, number, issued_on, words, files)
    tell_congress(referral, at)


@verb
def recommend(
    actor: Actor,
    referral: Referral,
    *,
    at: datetime,
    number: str,
    issued_on: date,
    received_on: date,
    agency: Unit | None = None,
    agency_name: str = "",
    is_urgent: bool = False,
    words: str = "",
    files: Sequence[Stored] = (),
) -> None:
    """A recommendation 检察建议 is served on an agency, whose clock starts when it received it (PIL article 21)."""
    named = str(agency) if agency else agency_name.strip()
    if not named:
        raise Refused(_("请写明向哪个行政机关发出。"), {"agency_name": _("请选择或者写明行政机关")})
    if received_on < issued_on:
        raise Refused(_("送达日期不能早于作出日期。"), {"received_on": _("请核对日期")})
    check_day(received_on, at, "received_on")
    code = LimitCode.AGENCY_URGENT if is_urgent else LimitCode.AGENCY_REPLY
    due = due_on(referral, code, received_on)
    facts = {
        **paper_facts(Kind.RECOMMENDATION, number, issued_on),
        "行政机关": named,
        "回复期限": due.isoformat(),
    }
    changes = {
        "agency": agency,
        "agency_name": "" if agency else named,
        "is_urgent": is_urgent,
        "due_on": due,
    }
    CASE.take("recommend", actor, referral, at=at, words=words, facts=facts, **changes)
    keep_paper(actor, referral, at, Kind.RECOMMENDATION, number, issued_on, words, files)
    if agency:
        title = f"收到检察建议，请在{due.isoformat()}前书面回复检察院：{referral}"
        tell_of(referral, title, at, MessageKind.TODO, units=[agency], key="agency")
    tell_congress(referral, at)


@verb
def record_agency_reply(
    actor: Actor,
    referral: Referral,
    *,
    at: datetime,
    replied_on: date,
    words: str,
    number: str = "",
    files: Sequence[Stored] = (),
) -> None:
    """What the agency answered in writing."""
    check_day(replied_on, at, "replied_on")
    facts = {"回复日期": replied_on.isoformat()}
    CASE.take(
        "record_agency_reply",
        actor,
        referral,
        at=at,
        words=words,
        facts=facts,
        agency_replied_on=replied_on,
    )
    if number or files:
        named = number or _("无文号")
        keep_paper(actor, referral, at, Kind.AGENCY_REPLY, named, replied_on, words, files)
    tell_congress(referral, at)


@verb
def find_rectified(actor: Actor, referral: Referral, *, at: datetime, words: str) -> None:
    """The harm is mended, as the procuratorate saw for itself."""
    CASE.take("find_rectified", actor, referral, at=at, words=words, outcome=words)
    tell_congress(referral, at)


@verb
def find_not_rectified(actor: Actor, referral: Referral, *, at: datetime, words: str) -> None:
    """The agency did not answer in time, or what it did is not enough."""
    CASE.take("find_not_rectified", actor, referral, at=at, words=words)
    tell_congress(referral, at)


@verb
def bring_suit(
    actor: Actor,
    referral: Referral,
    *,
    at: datetime,
    number: str,
    issued_on: date,
    words: str = "",
    files: Sequence[Stored] = (),
) -> None:
    """The procuratorate sues the agency before a court."""
    facts = paper_facts(Kind.SUIT, number, issued_on)
    CASE.take("bring_suit", actor, referral, at=at, words=words, facts=facts)
    keep_paper(actor, referral, at, Kind.SUIT, number, issued_on, words, files)
    tell_congress(referral, at)


@verb
def record_judgment(
    actor: Actor,
    referral: Referral,
    *,
    at: datetime,
    number: str,
    issued_on: date,
    words: str,
    files: Sequence[Stored] = (),
) -> None:
    """What the court decided."""
    facts = paper_facts(Kind.JUDGMENT, number, issued_on)
    CASE.take("record_judgment", actor, referral, at=at, words=words, facts=facts, outcome=words)
    keep_paper(actor, referral, at, Kind.JUDGMENT, number, issued_on, words, files)
    tell_congress(referral, at)


@verb
def conclude_case(
    actor: Actor,
    referral: Referral,
    *,
    at: datetime,
    number: str,
    issued_on: date,
    words: str,
    files: Sequence[Stored] = (),
) -> None:
    """The case is over; the result goes back to the congress and to the deputies who asked."""
    facts = paper_facts(Kind.CLOSING, number, issued_on)
    changes = {"outcome": words, "closed_on": localdate(at)}
    CASE.take("conclude_case", actor, referral, at=at, words=words, facts=facts, **changes)
    keep_paper(actor, referral, at, Kind.CLOSING, number, issued_on, words, files)
    tell_congress(referral, at)


@verb
def add_case_paper(
    actor: Actor,
    referral: Referral,
    *,
    at: datetime,
    kind: str,
    number: str,
    issued_on: date,
    words: str = "",
    files: Sequence[Stored] = (),
) -> None:
    """A further paper of the case, owed to the congress as the others are."""
    CASE.take("add_case_paper", actor, referral, at=at, facts=paper_facts(kind, number, issued_on))
    keep_paper(actor, referral, at, kind, number, issued_on, words, files)


@verb
def copy_paper(actor: Actor, paper: ProcuratorialPaper, *, at: datetime, words: str = "") -> None:
    """The congress is given its copy."""
    facts = paper_facts(paper.kind, paper.number, paper.issued_on)
    PAPER.take("copy_paper", actor, paper, at=at, words=words, facts=facts, copied_on=localdate(at))
    tell_office(paper.referral, f"收到抄送的{paper}：{paper.referral}", at, key=f"copy:{paper.pk}")


# -- a paper of the procuratorate that becomes a suggestion ------------------------------------------------------------


@transaction.atomic
def receive_paper(
    actor: Actor,
    *,
    at: datetime,
    title: str,
    number: str,
    issued_on: date,
    words: str,
    kind: str = Kind.RECOMMENDATION,
    agency: Unit | None = None,
    agency_name: str = "",
    field: Option | None = None,
    source: str = "",
    files: Sequence[Stored] = (),
) -> Referral:
    """A paper that points at what a suggestion could mend, brought by the procuratorate or taken in by the office."""
    congress = Congress(pk=actor.congress_id)
    here = Referral(congress=congress)
    is_theirs = PROCURATORATE.holds(actor, here)
    if not (is_theirs or (actor.congress_id and actor.may(Competence.SCREEN))):
        raise NotYourStep(_("登记检察文书"))
    check_day(issued_on, at, "issued_on")
    referral = Referral.objects.create(
        congress_id=actor.congress_id,
        direction=Direction.IN,
        state=ReferralState.RECEIVED,
        title=title.strip()[:TITLE_LENGTH],
        reason=words,
        field=field,
        source=(source or (procuratorate_name(here) if is_theirs else ""))[:60],
        agency=agency,
        agency_name="" if agency else agency_name,
        opened_on=localdate(at),
    )
    facts = paper_facts(kind, number, issued_on)
    _begin(actor, referral, "receive_paper", _("收到检察文书"), at, words, facts)
    keep_paper(actor, referral, at, kind, number, issued_on, words, files, is_copy=True)
    tell_office(referral, f"请评估能否转为代表建议：{referral}", at, MessageKind.TODO)
    return referral


@verb
def evaluate_paper(actor: Actor, referral: Referral, *, at: datetime, words: str) -> None:
    """The office finds that a suggestion would help, and says why."""
    TURNING.take("evaluate_paper", actor, referral, at=at, words=words)


@verb
def set_paper_aside(actor: Actor, referral: Referral, *, at: datetime, words: str) -> None:
    """No suggestion comes of it; the procuratorate is told why."""
    changes = {"outcome": words, "closed_on": localdate(at)}
    TURNING.take("set_paper_aside", actor, referral, at=at, words=words, **changes)
    tell_procuratorate(referral, f"检察文书未转为代表建议：{referral}", at)


@verb
def ask_deputy(actor: Actor, referral: Referral, *, at: datetime, seat: Seat, words: str = "") -> None:
    """A deputy who knows the matter is asked to make a suggestion of it; nobody has to."""
    facts = {"代表": seat.person.name}
    TURNING.take("ask_deputy", actor, referral, at=at, words=words, facts=facts, asked=seat)
    title = f"请您看看能否把检察文书反映的问题写成建议：{referral}"
    tell_of(referral, title, at, MessageKind.TODO, seats=[seat.pk])


@verb
def accept_drafting(actor: Actor, referral: Referral, *, at: datetime) -> Suggestion:
    """A draft of the deputy's own that cites the paper; from here it is a suggestion like any other."""
    paper = referral.papers.first()
    cited = _("（本件由检察文书转化：%(paper)s，%(day)s。）") % {
        "paper": str(paper),
        "day": paper.issued_on.isoformat() if paper else "",
    }
    made = suggestions.create(
        actor,
        at=at,
        title=referral.title,
        facts=f"{referral.reason}\n\n{cited}".strip(),
        origin=Origin.OTHER,
    )
    TURNING.take("accept_drafting", actor, referral, at=at, suggestion=made)
    tell_office(referral, f"代表已接受，正在起草建议：{referral}", at)
    return made


@verb
def decline_drafting(actor: Actor, referral: Referral, *, at: datetime, words: str = "") -> None:
    """The deputy does not take it up; the office may ask another."""
    TURNING.take("decline_drafting", actor, referral, at=at, words=words, asked=None)
    tell_office(referral, f"代表未接受，请另请代表：{referral}", at, MessageKind.TODO)


@verb
def report_back(actor: Actor, referral: Referral, *, at: datetime, words: str) -> None:
    """What became of the suggestion goes back to the procuratorate."""
    suggestion = referral.suggestion
    facts = {"建议": str(suggestion), "办理": str(suggestion.get_state_display()) if suggestion else ""}
    replies = [f"{r.assignment.unit}（{r.category.code}）" for r in results_of(suggestion) if r.category]
    if replies:
        facts["答复"] = "、".join(replies)
    changes = {"outcome": words, "closed_on": localdate(at)}
    TURNING.take("report_back", actor, referral, at=at, words=words, facts=facts, **changes)
    tell_procuratorate(referral, f"转化的建议已有办理结果：{referral}", at)
