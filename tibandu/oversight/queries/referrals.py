"""Knows who sees which referral and which of its papers, what waits for whom, and what a referral tells of its suggestion."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from tibandu.oversight.enums import (
    ENDED_REFERRALS,
    NOT_PASSED,
    CopyState,
    ReferralState,
)
from tibandu.oversight.models import Consultation, ProcuratorialPaper, Referral
from tibandu.oversight.queries.desk import Task
from tibandu.people.enums import Competence, System
from tibandu.people.models import Organ, Seat, Unit
from tibandu.people.queries import SYSTEM, Actor, in_being, seats_in_force
from tibandu.suggestions.enums import ON_FILE, UNSEEN, Consent, ReplyState, State
from tibandu.suggestions.models import Proposer, Reply, Suggestion
from tibandu.suggestions.queries import author_names, knows_authors, visible_to

S = ReferralState
MASKED = "（提出人已隐去）"
CANDIDATES = 20
MOST_SKIPPED = 10_000_000
# From which state the procuratorate takes which step next, the office, and a deputy who is asked.
PROCURATORATE_NEXT = {
    S.PASSED: "log_lead",
    S.LOGGED: "assess_lead",
    S.ASSESSED: "file_case",
    S.FILED: "recommend",
    S.RECOMMENDED: "record_agency_reply",
    S.AGENCY_REPLIED: "find_rectified",
    S.NOT_RECTIFIED: "bring_suit",
    S.SUIT: "record_judgment",
    S.RECTIFIED: "conclude_case",
    S.JUDGED: "conclude_case",
}
OFFICE_NEXT = {S.SCREENED: "pass_referral", S.RECEIVED: "evaluate_paper", S.EVALUATED: "ask_deputy"}


def is_procuratorate(actor: Actor, congress_id: int) -> bool:
    """Whether the actor sits in the procuratorate beside a congress."""
    return (
        actor.unit_id is not None
        and actor.system == System.PROCURATORATE
        and actor.congress_id == congress_id
    )


def procuratorate_of(congress_id: int, on: date) -> list[Unit]:
    """The units of the procuratorate beside a congress."""
    units = Unit.objects.filter(organ__congress=congress_id, organ__system=System.PROCURATORATE)
    return list(in_being(units, on))


def referrals_visible_to(actor: Actor) -> QuerySet[Referral]:
    """The congress sees all of its own; the procuratorate what was passed; deputies and agencies what names them."""
    rows = Referral.objects.select_related("field", "suggestion", "agency", "asked__person", "congress")
    if actor.is_system:
        return rows
    ours = rows.filter(congress=actor.congress_id)
    if actor.is_deputy:
        return rows.filter(_of_deputy(actor))
    if actor.is_congress_side:
        return ours
    if actor.system == System.PROCURATORATE:
        return ours.exclude(state__in=NOT_PASSED)
    return ours.filter(agency=actor.unit_id) if actor.unit_id else rows.none()


def _of_deputy(actor: Actor) -> Q:
    behind = Proposer.objects.exclude(state=Consent.DECLINED).filter(suggestion=OuterRef("suggestion"))
    mine = behind.filter(Q(seat=actor.seat_id) | Q(delegation__head=actor.seat_id))
    return Q(asked=actor.seat_id) | (Q(Exists(mine)) & ~Q(state__in=NOT_PASSED))


def papers_visible_to(actor: Actor) -> QuerySet[ProcuratorialPaper]:
    """A paper that was not copied yet is the procuratorate's own."""
    rows = ProcuratorialPaper.objects.select_related("referral__congress", "file").filter(
        referral__in=referrals_visible_to(actor).values("pk")
    )
    is_theirs = actor.system == System.PROCURATORATE or actor.is_system
    return rows if is_theirs else rows.filter(state=CopyState.COPIED)


def papers_of(actor: Actor, referral: Referral) -> list[ProcuratorialPaper]:
    """The papers of a referral on its page: the congress also reads which ones it is still owed."""
    is_owed_to = actor.is_congress_side or is_procuratorate(actor, referral.congress_id)
    rows = list(referral.papers.all())
    for row in rows:
        row.referral = referral
    return [row for row in rows if is_owed_to or row.state == CopyState.COPIED]


def with_names(rows: QuerySet[Referral]) -> QuerySet[Referral]:
    """The same rows read with their papers and with those who stand behind the suggestions."""
    return rows.prefetch_related("papers", "suggestion__proposers__delegation")


def sees_case(actor: Actor, suggestion: Suggestion | None) -> bool:
    """Whether the page of the suggestion itself is in sight; the procuratorate often handles no part of it."""
    return suggestion is not None and visible_to(actor).filter(pk=suggestion.pk).exists()


def procuratorate_name(referral: Referral) -> str:
    """How the procuratorate beside a congress is called in a letter."""
    organ = Organ.objects.filter(congress=referral.congress_id, system=System.PROCURATORATE).first()
    return organ.name if organ else _("人民检察院")


def consultations_of(referral: Referral) -> QuerySet[Consultation]:
    return referral.consultations.all()


def paper_with_file(actor: Actor, pk: int) -> ProcuratorialPaper | None:
    """A paper in sight whose file may be opened."""
    return papers_visible_to(actor).filter(pk=pk, file__isnull=False).first()


def referrals_on_ledger(actor: Actor, wanted: dict[str, Any], today: date) -> QuerySet[Referral]:
    """The ledger's rows, each with the nearest day on which a copy of a paper is owed to the congress."""
    owed = ProcuratorialPaper.objects.filter(
        referral=OuterRef("pk"), state=CopyState.MADE, due_on__isnull=False
    )
    nearest = Subquery(owed.order_by("due_on").values("due_on")[:1])
    rows = referrals_visible_to(actor).annotate(copy_due=nearest)
    if direction := wanted.get("direction"):
        rows = rows.filter(direction=direction)
    if state := wanted.get("state"):
        rows = rows.exclude(state__in=ENDED_REFERRALS) if state == "open" else rows.filter(state=state)
    if field := wanted.get("field"):
        rows = rows.filter(field__code=field)
    if wanted.get("clock") == "overdue":
        late = Q(state=S.RECOMMENDED, due_on__lt=today) | Q(copy_due__lt=today)
        rows = rows.filter(late)
    return rows.order_by("-opened_on", "-pk")


def referable(actor: Actor, words: str = "") -> QuerySet[Suggestion]:
    """Suggestions of one's congress that can be passed on as a lead, newest first."""
    rows = visible_to(actor).filter(
        congress=actor.congress_id,
        state__in=ON_FILE,
        is_classified=False,
        nature__in=("suggestion", "motion"),
    )
    if words:
        rows = rows.filter(Q(number_text__contains=words) | Q(title__contains=words))
    return rows.order_by("-pk")


def deputies_to_ask(congress_id: int, on: date) -> QuerySet[Seat]:
    return seats_in_force(congress_id, on)


def names_of(actor: Actor, referral: Referral) -> list[str]:
    """Who stands behind the suggestion; of a masked one the procuratorate reads it only where the congress says so."""
    suggestion = referral.suggestion
    if suggestion is None or suggestion.state in UNSEEN:
        return []
    if knows_authors(actor, suggestion):
        return author_names(actor, suggestion)
    if referral.names_authors and is_procuratorate(actor, referral.congress_id):
        return author_names(SYSTEM, suggestion)
    return [MASKED]


def knows_asked(actor: Actor, referral: Referral) -> bool:
    """Whether the actor may read which deputy was asked; where the suggestion is masked that is its author."""
    if actor.is_congress_side or actor.seat_id == referral.asked_id:
        return True
    suggestion = referral.suggestion
    return suggestion is not None and suggestion.state not in UNSEEN and knows_authors(actor, suggestion)


def shown_suggestion(referral: Referral) -> Suggestion | None:
    """The suggestion with its asks, once it was handed in; a draft is its author's alone."""
    suggestion = referral.suggestion
    return None if suggestion is None or suggestion.state in UNSEEN else suggestion


def results_of(suggestion: Suggestion | None) -> list[Reply]:
    """The replies that were sent, as results that go back to the procuratorate."""
    if suggestion is None:
        return []
    sent = Reply.objects.filter(suggestion=suggestion, state=ReplyState.SENT)
    return list(sent.select_related("category", "assignment__unit").order_by("pk"))


@dataclass(frozen=True)
class Beside:
    """One line of supervision on the page of a suggestion."""

    label: Any
    title: str
    url: str
    word: Any
    tone: str


def beside(actor: Actor, suggestion: Suggestion) -> list[Beside]:
    """The referrals of a suggestion that the actor sees, newest first."""
    rows = referrals_visible_to(actor).filter(suggestion=suggestion)
    return [
        Beside(_("公益诉讼衔接"), row.title, row.get_absolute_url(), row.get_state_display(), tone_of(row))
        for row in rows
    ]


def tone_of(referral: Referral, today: date | None = None) -> str:
    """The tone of a referral's state; with a day also that of the agency's clock."""
    if referral.state == S.CLOSED or referral.state in (S.RECTIFIED, S.JUDGED):
        return "done"
    if referral.state in ENDED_REFERRALS:
        return "ended"
    if referral.state == S.NOT_RECTIFIED:
        return "refused"
    if referral.state == S.RECOMMENDED and today and referral.due_on and referral.due_on < today:
        return "overdue"
    return "waiting" if referral.state in (*OFFICE_NEXT, S.PASSED, S.ASKED) else "going"


def desk(actor: Actor, today: date) -> Iterable[Task]:
    """What waits for this hat: an asked deputy, the procuratorate, or whoever screens."""
    if actor.is_deputy:
        return [] if actor.seat_ended else _waiting_for_deputy(actor)
    if actor.system == System.PROCURATORATE:
        return _waiting_for_procuratorate(actor)
    return _waiting_for_office(actor) if actor.may(Competence.SCREEN) else []


def _waiting_for_deputy(actor: Actor) -> Iterable[Task]:
    rows = Referral.objects.filter(asked=actor.seat_id, state=S.ASKED)
    return [Task("referral", row, "accept_drafting") for row in rows]


def _waiting_for_office(actor: Actor) -> Iterable[Task]:
    ripe = Q(state=S.DRAFTING, suggestion__state=State.CLOSED)
    rows = Referral.objects.filter(Q(state__in=list(OFFICE_NEXT)) | ripe, congress=actor.congress_id)
    return [
        Task("referral", row, OFFICE_NEXT.get(S(row.state), "report_back"), from_whom=row.source)
        for row in rows
    ]


def _waiting_for_procuratorate(actor: Actor) -> Iterable[Task]:
    rows = Referral.objects.filter(congress=actor.congress_id, state__in=list(PROCURATORATE_NEXT))
    owed = ProcuratorialPaper.objects.filter(referral__congress=actor.congress_id, state=CopyState.MADE)
    cases = [
        Task(
            "referral",
            row,
            PROCURATORATE_NEXT[S(row.state)],
            row.due_on if row.state == S.RECOMMENDED else None,
        )
        for row in rows
    ]
    papers = owed.select_related("referral").order_by("due_on", "pk")
    return cases + [Task("procuratorial_paper", paper, "copy_paper", paper.due_on) for paper in papers]
