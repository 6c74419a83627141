"""Knows who sees which fund and project, what money did in them, what of it waits for whom, and where sums disagree."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from tibandu.oversight.enums import (
    PROJECTS_CHOSEN,
    FundEntryKind,
    InvestmentState,
    PaymentState,
    ProjectState,
    ReviewSide,
)
from tibandu.oversight.models import (
    Fund,
    FundEntry,
    Investment,
    Payment,
    PerformanceReview,
    Project,
    ScoreSheet,
    Screening,
    SheetPoint,
)
from tibandu.oversight.queries.desk import Task
from tibandu.oversight.rules import funds as rules
from tibandu.people.enums import Competence
from tibandu.people.models import Unit
from tibandu.people.queries import Actor, unit_holding
from tibandu.regulations.enums import OptionKind
from tibandu.regulations.models import Option
from tibandu.regulations.queries import measure_in_force, options_of
from tibandu.suggestions.enums import ON_FILE, Consent
from tibandu.suggestions.models import Promise, Proposer, Suggestion
from tibandu.suggestions.queries import visible_to

MOST = 200
TONES = {
    ProjectState.CANDIDATE: "draft",
    ProjectState.ARGUED: "waiting",
    ProjectState.APPROVED: "waiting",
    ProjectState.APPROPRIATED: "going",
    ProjectState.UNDER_WAY: "going",
    ProjectState.COMPLETED: "waiting",
    ProjectState.ACCEPTED: "done",
    ProjectState.REVIEWED: "done",
    ProjectState.NOT_CHOSEN: "ended",
    ProjectState.CANCELLED: "ended",
}


# -- sight ------------------------------------------------------------------------------------------------------------


def funds_visible_to(actor: Actor) -> QuerySet[Fund]:
    """A fund is public money: its congress's deputies and offices and finance read it, a unit where it has a project."""
    funds = Fund.objects.select_related("congress")
    if actor.is_system:
        return funds
    own = funds.filter(congress=actor.congress_id)
    if _reads_all(actor) or (actor.is_deputy and not actor.seat_ended):
        return own
    return own.filter(Exists(projects_visible_to(actor).filter(fund=OuterRef("pk"))))


def projects_visible_to(actor: Actor) -> QuerySet[Project]:
    """Offices and finance read every project of their congress, units their own, deputies their own and the chosen."""
    projects = Project.objects.select_related("fund", "unit", "suggestion", "promise")
    if actor.is_system:
        return projects
    own = projects.filter(congress=actor.congress_id)
    if _reads_all(actor):
        return own
    if actor.is_deputy:
        mine = Q(Exists(_behind(actor).filter(suggestion=OuterRef("suggestion"))))
        return own.filter(mine if actor.seat_ended else mine | Q(state__in=PROJECTS_CHOSEN))
    at_unit = Q(unit=actor.unit_id) | Q(unit__in=Unit.objects.filter(successor=actor.unit_id).values("pk"))
    if actor.dispatches_organ_id:
        at_unit |= Q(unit__organ=actor.dispatches_organ_id)
    return own.filter(at_unit)


def payments_visible_to(actor: Actor) -> QuerySet[Payment]:
    return Payment.objects.filter(project__in=projects_visible_to(actor).values("pk")).select_related(
        "project__fund"
    )


def investments_visible_to(actor: Actor) -> QuerySet[Investment]:
    return Investment.objects.filter(project__in=projects_visible_to(actor).values("pk")).select_related(
        "project__fund"
    )


def _reads_all(actor: Actor) -> bool:
    return actor.is_congress_side or actor.may(Competence.FUND)


def _behind(actor: Actor) -> QuerySet[Proposer]:
    here = Q(seat=actor.seat_id) | Q(delegation__head=actor.seat_id)
    return Proposer.objects.filter(here).exclude(state=Consent.DECLINED)


# -- what a step may choose -------------------------------------------------------------------------------------------


def suggestion_numbered(actor: Actor, number: str) -> Suggestion | None:
    """The newest case on file that bears a number and may be spoken of here."""
    found = visible_to(actor).filter(
        congress=actor.congress_id, number_text=number, state__in=ON_FILE, is_classified=False
    )
    return found.order_by("-pk").first()


def promises_of(project: Project) -> QuerySet[Promise]:
    return Promise.objects.filter(suggestion=project.suggestion_id).exclude(state="draft").order_by("pk")


def criteria_of(congress_id: int, on: date) -> list[Option]:
    """What candidates are marked by, as the measure in force says."""
    return options_of(measure_in_force(congress_id, on), OptionKind.FUND_CRITERION)


def open_sheets(project: Project) -> QuerySet[ScoreSheet]:
    """The sheets that no meeting has taken up yet."""
    return ScoreSheet.objects.filter(project=project.pk, screening=None)


def asked_fen(project: Project) -> int:
    """What its unit asked to be paid and finance has not answered."""
    asked = Payment.objects.filter(project=project.pk, state=PaymentState.ASKED)
    return asked.aggregate(fen=Sum("fen"))["fen"] or 0


def review_due(actor: Actor, project: Project) -> ReviewSide | None:
    """The side for which this actor still owes a performance review."""
    given = PerformanceReview.objects.filter(project=project.pk).values_list("side", flat=True)
    return rules.side_due(sides_of(actor), list(given))


def owing_review(project: Project) -> list[int]:
    """The units whose performance review of an accepted project is still out."""
    given = {review.side for review in project.reviews.all()}
    owed = [power for power, side in SIDES if side not in given]
    holders = (unit_holding(project.congress_id, power) for power in owed)
    return [unit.pk for unit in holders if unit]


SIDES = ((Competence.FUND, ReviewSide.FINANCE), (Competence.CLOSE, ReviewSide.OFFICE))


def sides_of(actor: Actor) -> list[ReviewSide]:
    return [side for power, side in SIDES if actor.may(power)]


# -- the pages --------------------------------------------------------------------------------------------------------


def _sum(rows: QuerySet[Any], column: str, by: str) -> Coalesce:
    """The sum of a column over the rows that point at the outer row."""
    grouped = rows.filter(**{by: OuterRef("pk")}).order_by().values(by).annotate(sum=Sum(column))
    return Coalesce(Subquery(grouped.values("sum")), 0)


def funds_with_sums(actor: Actor) -> QuerySet[Fund]:
    """Funds with what their chosen projects plan and were paid, and how many those are."""
    chosen = Project.objects.filter(state__in=PROJECTS_CHOSEN)
    counted = chosen.filter(fund=OuterRef("pk")).order_by().values("fund").annotate(n=Count("pk"))
    return funds_visible_to(actor).annotate(
        planned=_sum(chosen, "planned", "fund"),
        paid=_sum(Project.objects.all(), "paid", "fund"),
        projects_chosen=Coalesce(Subquery(counted.values("n")), 0),
    )


def projects_on_ledger(actor: Actor, wanted: dict[str, Any]) -> QuerySet[Any]:
    """Projects with what came from other sources and whether the reader sees the suggestion behind, newest first."""
    standing = Investment.objects.filter(state=InvestmentState.STANDING)
    rows = projects_visible_to(actor).annotate(
        invested=_sum(standing, "fen", "project"),
        sees_suggestion=Exists(visible_to(actor).filter(pk=OuterRef("suggestion"))),
    )
    for name in ("fund", "unit"):
        if name in wanted:
            rows = rows.filter(**{name: wanted[name]})
    if year := wanted.get("year"):
        rows = rows.filter(fund__year=year)
    if source := wanted.get("source"):
        paid_by = standing.filter(project=OuterRef("pk"), source=source)
        rows = rows.filter(fund__isnull=False) if source == "fund" else rows.filter(Exists(paid_by))
    if state := wanted.get("state"):
        states = PROJECTS_CHOSEN if state == "chosen" else (state,)
        rows = rows.filter(state__in=states)
    return rows.order_by("-pk")


def entries_of(fund: Fund) -> list[FundEntry]:
    """A fund's movements newest first, each with the balance after it."""
    balance, rows = 0, list(fund.entries.select_related("project").order_by("entered_on", "pk"))
    for row in rows:
        balance += row.fen
        row.balance = balance  # type: ignore[attr-defined]
    return rows[::-1]


def project_on_page(actor: Actor, pk: int) -> Project | None:
    """A project with all that its page shows."""
    points = SheetPoint.objects.select_related("option")
    sheets = ScoreSheet.objects.prefetch_related(Prefetch("points", points))
    return (
        projects_visible_to(actor)
        .annotate(sees_suggestion=Exists(visible_to(actor).filter(pk=OuterRef("suggestion"))))
        .prefetch_related(
            Prefetch("sheets", sheets.filter(screening=None)),
            Prefetch("screenings", Screening.objects.prefetch_related(Prefetch("sheets", sheets))),
            "payments",
            "investments",
            "acceptances",
            "reviews",
        )
        .filter(pk=pk)
        .first()
    )


def beside(actor: Actor, suggestion: Suggestion) -> list[tuple[Any, str, str, Any, str]]:
    """What of this area stands beside a suggestion, as (label, title, url, state, tone)."""
    rows = projects_visible_to(actor).filter(suggestion=suggestion.pk).order_by("pk")
    return [
        (
            _("资金项目"),
            row.title,
            row.get_absolute_url(),
            row.get_state_display(),
            TONES[ProjectState(row.state)],
        )
        for row in rows
    ]


# -- the desk ---------------------------------------------------------------------------------------------------------


def desk(actor: Actor, today: date) -> Iterable[Task]:
    """Projects that this hat moves next, and payments that finance is asked for."""
    waits = _waits(actor)
    if not waits:
        return
    states = [state for state, _verb, _where in waits]
    rows = Project.objects.filter(congress=actor.congress_id, state__in=states)
    where = Q()
    for state, _verb, condition in waits:
        where |= Q(state=state) & condition
    for row in rows.filter(where).select_related("fund", "unit").order_by("pk")[:MOST]:
        verb = next(verb for state, verb, _where in waits if state == row.state)
        yield Task("project", row, verb, row.due_on, str(row.fund or row.unit))
    if actor.may(Competence.FUND):
        asked = payments_visible_to(actor).filter(state=PaymentState.ASKED)
        for payment in asked.select_related("project__unit").order_by("pk")[:MOST]:
            yield Task("payment", payment, "pay", from_whom=str(payment.project.unit))


def _waits(actor: Actor) -> list[tuple[ProjectState, str, Q]]:
    """In which state of which projects the next verb is this hat's."""
    if actor.is_deputy or actor.is_system:
        return []
    found: list[tuple[ProjectState, str, Q]] = []
    if actor.may(Competence.CLOSE):
        found += [
            (ProjectState.CANDIDATE, "argue_project", Q()),
            (ProjectState.COMPLETED, "accept_project", Q()),
        ]
    if actor.may(Competence.DECIDE):
        found.append((ProjectState.ARGUED, "approve_project", Q()))
    if actor.may(Competence.FUND):
        found.append((ProjectState.APPROVED, "appropriate", Q()))
    if sides := sides_of(actor):
        given = PerformanceReview.objects.filter(project=OuterRef("pk"), side__in=sides).order_by()
        counted = given.values("project").annotate(n=Count("pk")).values("n")
        owed = Q(pk__in=Project.objects.annotate(n=Coalesce(Subquery(counted), 0)).filter(n__lt=len(sides)))
        found.append((ProjectState.ACCEPTED, "review_project", owed))
    if not actor.is_congress_side:
        mine = Q(unit=actor.unit_id)
        found += [
            (ProjectState.APPROPRIATED, "begin_project", mine),
            (ProjectState.UNDER_WAY, "report_project", mine),
        ]
    return found


# -- verification -----------------------------------------------------------------------------------------------------


def balance_breaks() -> Iterator[str]:
    """Where a stored sum is not the sum of its rows; a sentence each, for `tibandu verify`."""
    entries = FundEntry.objects.all()
    funds = Fund.objects.annotate(
        moved=_sum(entries, "fen", "fund"),
        allotted=_sum(entries.filter(kind=FundEntryKind.ALLOT), "fen", "fund"),
    )
    for fund in funds.exclude(balance=F("moved"), total=F("allotted")):
        yield _("%(fund)s：余额%(kept)s，明细合计%(counted)s") % {
            "fund": fund,
            "kept": rules.in_yuan(fund.balance),
            "counted": rules.in_yuan(fund.moved),
        }
    paid = Payment.objects.filter(state=PaymentState.PAID)
    projects = Project.objects.annotate(
        given=_sum(entries, "fen", "project"), paid_out=_sum(paid, "fen", "project")
    )
    for project in projects.exclude(appropriated=-F("given"), paid=F("paid_out")):
        yield _("%(project)s：已拨付%(kept)s，明细合计%(counted)s；已支付%(paid)s，支付合计%(out)s") % {
            "project": project,
            "kept": rules.in_yuan(project.appropriated),
            "counted": rules.in_yuan(-project.given),
            "paid": rules.in_yuan(project.paid),
            "out": rules.in_yuan(project.paid_out),
        }
