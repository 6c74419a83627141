"""Earmarked money at each stage of its way, made by the real verbs at past moments."""

from datetime import date
from typing import Any

from tests import cases
from tests.kept import kept
from tests.town import Town, moment
from tibandu.oversight import actions
from tibandu.oversight.models import Fund, Project
from tibandu.oversight.queries import funds as queries
from tibandu.suggestions.models import Suggestion

OPENED, NOMINATED, ARGUED, DECIDED = (
    date(2026, 2, 2),
    date(2026, 2, 16),
    date(2026, 2, 24),
    date(2026, 2, 26),
)
GIVEN, BEGUN, DONE, LOOKED = date(2026, 3, 2), date(2026, 3, 9), date(2026, 6, 29), date(2026, 7, 6)
YUAN = 100
MILLION = 1_000_000 * YUAN
PLANNED = 400_000 * YUAN


@kept
def opened(town: Town, *, amount: int = 5 * MILLION, cap: int | None = 500_000 * YUAN) -> Fund:
    """The fund of 2026: five million yuan, at most half a million a project."""
    return actions.open_fund(
        town.finance_chief,
        at=moment(OPENED),
        name="民生建议专项资金",
        year=2026,
        amount=amount,
        source="市级一般公共预算（兴财预〔2026〕3号）",
        cap=cap,
    )


@kept
def nominated(town: Town, fund: Fund, suggestion: Suggestion | None = None, **plan: Any) -> Project:
    wanted = {
        "title": "大桥东侧路口行人等待区",
        "unit": town.units["housing"],
        "planned": PLANNED,
        "beneficiaries": "大桥东侧两所小学的师生和周边居民",
        "beneficiary_count": 12_000,
    }
    return actions.nominate_project(
        town.office, fund, at=moment(NOMINATED), suggestion=suggestion, **wanted | plan
    )


def marks(town: Town, share: float = 0.8) -> list[dict[str, Any]]:
    """A full sheet with this share of every criterion's points."""
    rows = queries.criteria_of(town.congress.pk, ARGUED)
    return [{"criterion": row.code, "points": int((row.points or 0) * share)} for row in rows]


@kept
def argued(town: Town, fund: Fund, suggestion: Suggestion | None = None, **plan: Any) -> Project:
    project = nominated(town, fund, suggestion, **plan)
    for actor, share in ((town.member, 0.8), (town.finance_officer, 0.9)):
        actions.score_project(
            actor, project, at=moment(ARGUED), appraiser=actor.person_name, marks=marks(town, share)
        )
    actions.argue_project(
        town.office,
        project,
        at=moment(ARGUED, 11),
        held_on=ARGUED,
        attended="代表工委、城环委、财政局、住建局",
        words="路口人流集中，实施条件成熟，同意安排。",
    )
    return project


@kept
def approved(town: Town, fund: Fund, suggestion: Suggestion | None = None, **plan: Any) -> Project:
    project = argued(town, fund, suggestion, **plan)
    actions.approve_project(town.chairpersons, project, at=moment(DECIDED))
    return project


@kept
def appropriated(
    town: Town, fund: Fund, suggestion: Suggestion | None = None, amount: int = PLANNED, **plan: Any
) -> Project:
    project = approved(town, fund, suggestion, **plan)
    actions.appropriate(
        town.finance_officer, project, at=moment(GIVEN), amount=amount, words="兴财建〔2026〕11号"
    )
    return project


@kept
def under_way(town: Town, fund: Fund, suggestion: Suggestion | None = None, **plan: Any) -> Project:
    project = appropriated(town, fund, suggestion, **plan)
    actions.begin_project(town.housing_officer, project, at=moment(BEGUN))
    return project


@kept
def accepted(town: Town, fund: Fund, suggestion: Suggestion | None = None, **plan: Any) -> Project:
    project = under_way(town, fund, suggestion, **plan)
    actions.ask_acceptance(town.housing_chief, project, at=moment(DONE), words="已经建成")
    actions.accept_project(
        town.member,
        project,
        at=moment(LOOKED),
        held_on=LOOKED,
        attended="城环委、代表2名",
        words="现场查看，已经启用",
    )
    return project


@kept
def of_case(town: Town, **fields: Any) -> Suggestion:
    """Alice's suggestion on file, for which money is sought."""
    return cases.registered(town, cosigners=(), **fields)
