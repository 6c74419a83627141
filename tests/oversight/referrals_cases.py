"""Builds what goes between suggestions and the procuratorate, on top of the cases of the suggestions room."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from tests import cases
from tests.kept import kept
from tests.town import Town, appoint, moment
from tibandu.oversight import actions
from tibandu.oversight.enums import CopyState
from tibandu.oversight.models import ProcuratorialPaper, Referral
from tibandu.people.enums import Function, Rank, System
from tibandu.people.models import Organ, Unit
from tibandu.people.queries import Actor
from tibandu.regulations.models import Option
from tibandu.suggestions.models import Suggestion

SCREENED, PASSED, LOGGED = date(2026, 2, 13), date(2026, 2, 14), date(2026, 2, 16)
ASSESSED, FILED, SERVED = date(2026, 2, 20), date(2026, 2, 24), date(2026, 2, 27)
REPLIED, ENDED = date(2026, 4, 20), date(2026, 5, 6)
REASON = "路口长期缺少无障碍过街设施，附近学校学生和残疾人通行安全受到威胁。"


def with_procuratorate(town: Town) -> Town:
    """The town with its procuratorate: one unit, a chief and an officer."""
    organ = Organ.objects.create(congress=town.congress, system=System.PROCURATORATE, name="兴澜市人民检察院")
    unit = Unit.objects.create(
        organ=organ, name="兴澜市人民检察院", short_name="市检察院", function=Function.HANDLING, order=90
    )
    town.units["procuratorate"] = unit
    town.actors["prosecutor"] = appoint(unit, "第五检察部主任", Rank.SECTION, "容正")
    town.actors["prosecutor_chief"] = appoint(unit, "检察长", Rank.PRINCIPAL, "单明")
    return town


def legal_field(town: Town, code: str = "barrier_free") -> Option:
    return Option.objects.get(version=town.measure, kind="legal_field", code=code)


@kept
def screened(town: Town, suggestion: Suggestion | None = None, *, by: Actor | None = None) -> Referral:
    """Found by the office on 13 February 2026."""
    return actions.open_referral(
        by or town.office,
        at=moment(SCREENED),
        suggestion=suggestion or cases.registered(town),
        field=legal_field(town),
        reason=REASON,
    )


@kept
def passed(town: Town, suggestion: Suggestion | None = None, **fields: Any) -> Referral:
    """With the procuratorate since 14 February 2026."""
    referral = screened(town, suggestion)
    actions.pass_referral(town.office, referral, at=moment(PASSED), letter_no="兴人代函〔2026〕3号", **fields)
    return referral


def paper(number: str, day: date, words: str = "", **further: Any) -> Mapping[str, Any]:
    """A paper as a form gives it."""
    return {"at": moment(day), "number": number, "issued_on": day, "words": words} | further


@kept
def filed(town: Town, suggestion: Suggestion | None = None, **fields: Any) -> Referral:
    """A case since 24 February 2026."""
    referral = passed(town, suggestion, **fields)
    actions.log_lead(town.prosecutor, referral, at=moment(LOGGED), case_no="兴检线〔2026〕1号")
    actions.assess_lead(town.prosecutor, referral, at=moment(ASSESSED), words="属于法定领域，有立案必要。")
    actions.file_case(town.prosecutor, referral, **paper("兴检立〔2026〕1号", FILED))
    return referral


@kept
def recommended(town: Town, suggestion: Suggestion | None = None, **fields: Any) -> Referral:
    """The housing bureau received a recommendation on 27 February 2026."""
    referral = filed(town, suggestion)
    served = {"received_on": SERVED, "agency": town.units["housing"]} | fields
    actions.recommend(town.prosecutor, referral, **paper("兴检建〔2026〕1号", SERVED, "限期整改。", **served))
    return referral


@kept
def received(town: Town, *, by: Actor | None = None) -> Referral:
    """A recommendation that points at more than one case, brought on 13 February 2026."""
    return actions.receive_paper(
        by or town.prosecutor,
        at=moment(SCREENED),
        title="关于完善既有小区无障碍设施管护机制",
        number="兴检建〔2026〕2号",
        issued_on=date(2026, 2, 10),
        words="多个小区无障碍坡道被占用，缺少统一的管护办法。",
        agency=town.units["housing"],
    )


@kept
def asked(town: Town, who: str = "chen") -> Referral:
    """A deputy is asked to make a suggestion of the paper."""
    referral = received(town)
    actions.evaluate_paper(town.office, referral, at=moment(PASSED), words="适合由代表提出建议。")
    actions.ask_deputy(town.office, referral, at=moment(LOGGED), seat=town.seats[who])
    return referral


def owed(referral: Referral) -> list[ProcuratorialPaper]:
    """Papers of which the congress has no copy yet."""
    return list(ProcuratorialPaper.objects.filter(referral=referral, state=CopyState.MADE))


def carried(response: Any) -> bytes:
    """What a download holds, read to its end and closed."""
    content: bytes = response.getvalue()
    response.close()
    return content
