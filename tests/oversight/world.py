"""One row of every noun of supervision in the city, for sweeps over every address; the district has none of them."""

from datetime import date
from typing import Any

from django.db.models import Model

from tests import cases
from tests.oversight import funds_cases, packets_cases, programmes_cases, promises_cases, referrals_cases
from tests.town import Town, moment
from tibandu.oversight import actions
from tibandu.oversight.enums import InstrumentKind, InvestmentSource, PacketKind
from tibandu.oversight.flow import NOUNS
from tibandu.oversight.models import (
    Address,
    Owed,
    ProcuratorialPaper,
    ProgrammeStep,
    StatementReceipt,
)

LATER = moment(date(2026, 6, 20))


def rows(town: Town) -> dict[str, Any]:
    """Every noun with a row of the city's; the procuratorate joins the cast."""
    found: dict[str, Model] = {
        "statement": promises_cases.given(town),
        "promise": promises_cases.claimed(town),
    }
    found["receipt"] = StatementReceipt.objects.filter(statement=found["statement"]).latest("pk")
    found |= _of_programmes(town) | _of_money(town)
    cases.replied(town)
    referrals_cases.with_procuratorate(town)
    found |= _of_referrals(town)
    found["draw"] = draw = actions.freeze_draw(
        town.office,
        at=LATER,
        title="A类抽查",
        since=date(2026, 1, 1),
        until=date(2026, 6, 19),
        wanted=1,
        seed_name="公开数字",
        seed_on=date(2026, 6, 25),
    )
    found["lot"] = draw.lots.get()
    assert set(NOUNS) == set(found)
    return found


def _of_programmes(town: Town) -> dict[str, Model]:
    programme = programmes_cases.owing(town)
    programmes_cases.ordered(town, InstrumentKind.CORRECTION_ORDER)
    return {
        "programme": programme,
        "programme_step": ProgrammeStep.objects.filter(programme=programme).latest("pk"),
        "owed": Owed.objects.latest("pk"),
        "instrument": Address.objects.latest("pk").instrument,
        "address": Address.objects.latest("pk"),
        "government_meeting": programmes_cases.convened(town),
        "opinion_case": programmes_cases.handed(town),
    }


def _of_money(town: Town) -> dict[str, Model]:
    fund = funds_cases.opened(town)
    project = funds_cases.under_way(town, fund)
    asked = {"amount": 100_00, "payee": "兴澜市政工程公司", "words": "首期工程款"}
    payment = actions.ask_payment(town.housing_officer, project, at=LATER, **asked)
    investment = actions.record_investment(
        town.finance_officer,
        project,
        at=LATER,
        source=InvestmentSource.DEPARTMENT,
        what="部门预算",
        amount=100_00,
        paid_on=date(2026, 6, 1),
    )
    return {"fund": fund, "project": project, "payment": payment, "investment": investment}


def _of_referrals(town: Town) -> dict[str, Model]:
    referral = referrals_cases.recommended(town)
    partner = packets_cases.neighbour(town)
    packet = actions.send_packet(
        town.office, partner, at=LATER, kind=PacketKind.SUGGESTION, suggestion=referral.suggestion
    )
    paper = ProcuratorialPaper.objects.filter(referral=referral).latest("pk")
    return {"referral": referral, "procuratorial_paper": paper, "partner": partner, "packet": packet}
