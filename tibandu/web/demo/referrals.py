"""Knows what went between the district's deputies and its procuratorate: two leads and two papers, to different ends."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from tibandu.oversight import actions as oversight
from tibandu.oversight.enums import CopyState
from tibandu.oversight.models import Referral
from tibandu.people.enums import Rank
from tibandu.people.queries import Actor
from tibandu.regulations.enums import OptionKind
from tibandu.regulations.models import Option
from tibandu.regulations.queries import measure_in_force, options_of
from tibandu.suggestions import actions
from tibandu.suggestions.enums import Role
from tibandu.web.demo.cast import World
from tibandu.web.demo.lives import Teller
from tibandu.web.demo.topics import Matter, matter

COPIED_AFTER = 3  # days


def tell(world: World) -> Iterator[Callable[[], None]]:
    """Each a story of its own."""
    if "procuratorate_office" in world.district.units:
        yield lambda: rectified(world)
        yield lambda: not_filed(world)
        yield lambda: answered(world)
        yield lambda: being_written(world)


def _teller(world: World) -> Teller:
    return Teller(world.district, world.until)


def _prosecutor(teller: Teller) -> Actor:
    return teller.place.actor("procuratorate_office", Rank.PRINCIPAL)


def _field(teller: Teller, code: str, day: date) -> Option:
    found = options_of(measure_in_force(teller.place.congress.pk, day), OptionKind.LEGAL_FIELD)
    return next(option for option in found if option.code == code)


def _paper(teller: Teller, number: str, day: date, words: str = "", **further: Any) -> dict[str, Any]:
    at = teller.at(day, 10)
    return {"at": at, "number": number, "issued_on": at.date(), "words": words} | further


def _copied(teller: Teller, referral: Referral, day: date) -> None:
    """Whatever was issued has its copy on the way some days later."""
    for paper in referral.papers.filter(state=CopyState.MADE):
        at = teller.at(day + timedelta(days=COPIED_AFTER), 11)
        oversight.copy_paper(_prosecutor(teller), paper, at=at)


def _passed(
    teller: Teller, found: Matter, author: int, day: date, code: str, reason: str
) -> tuple[Referral, Any, Any]:
    """A suggestion on its ordinary way, passed on as a lead beside it and registered."""
    place = teller.place
    suggestion, [share] = teller.opened(found, author, day, shares=[(found.lead, Role.LEAD, "")])
    referral = oversight.open_referral(
        place.office,
        at=teller.at(day + timedelta(days=6), 8, 30),
        suggestion=suggestion,
        field=_field(teller, code, day),
        reason=reason,
    )
    at = teller.at(day + timedelta(days=7), 9)
    letter = f"汀人代函〔{at.year}〕{referral.pk}号"
    oversight.pass_referral(place.office, referral, at=at, letter_no=letter)
    at = teller.at(day + timedelta(days=9), 10)
    case_no = f"汀检公线〔{at.year}〕{referral.pk}号"
    oversight.log_lead(_prosecutor(teller), referral, at=at, case_no=case_no)
    return referral, suggestion, share


def rectified(world: World) -> None:
    """Ramps and tactile paving: a case, a recommendation, an answer in time, and the deputies see it done."""
    teller, day = _teller(world), world.until - timedelta(days=190)
    prosecutor, found = _prosecutor(teller), matter("disabled_ramp", 2, "双溪镇集镇")
    reason = "盲道断续、坡道被占，残疾人和老年人出行权益长期受损，主管单位未依法履行管护职责。"
    referral, suggestion, share = _passed(teller, found, 4, day, "barrier_free", reason)
    words = "经现场勘查，无障碍设施损毁十一处，属于法定领域，有立案必要。"
    oversight.assess_lead(prosecutor, referral, at=teller.at(day + timedelta(days=16), 15), words=words)
    filing = _paper(teller, f"汀检公立〔{day.year}〕4号", day + timedelta(days=20))
    oversight.file_case(prosecutor, referral, **filing)
    _copied(teller, referral, day + timedelta(days=20))
    issued = day + timedelta(days=27)
    received = {"received_on": teller.at(issued).date(), "agency": teller.place.units[found.lead]}
    words = "建议依法履行监管职责，限期修复盲道和坡道，并建立日常巡查。"
    oversight.recommend(
        prosecutor, referral, **_paper(teller, f"汀检公建〔{day.year}〕3号", issued, words, **received)
    )
    _copied(teller, referral, issued)
    _consulted(teller, referral, teller.at(day + timedelta(days=40), 15))
    _agency_replied(teller, referral, day + timedelta(days=78))
    reply = teller.answered(share, found, day + timedelta(days=85))
    teller.ended(suggestion, share, reply)
    words = "会同代表现场回访，设施畅通，整改到位。"
    oversight.find_rectified(prosecutor, referral, at=teller.at(day + timedelta(days=100), 15), words=words)
    closing = _paper(
        teller, f"汀检公终〔{day.year}〕2号", day + timedelta(days=105), "行政机关已依法全面履职，终结案件。"
    )
    oversight.conclude_case(prosecutor, referral, **closing)
    _copied(teller, referral, day + timedelta(days=105))


def _consulted(teller: Teller, referral: Referral, met: datetime) -> None:
    oversight.record_consultation(
        teller.place.office,
        referral,
        at=met,
        held_on=met.date(),
        place="区人大三楼会议室",
        attended="区人大代表工委、区检察院、区住建局和提出建议的代表",
        words="核对了十一处点位，明确六处由镇里先行清理占道，五处列入年度维修。",
        agreed="整改完成后请代表一同回访。",
    )


def _agency_replied(teller: Teller, referral: Referral, day: date) -> None:
    replied = teller.at(day, 10)
    oversight.record_agency_reply(
        _prosecutor(teller),
        referral,
        at=replied,
        replied_on=replied.date(),
        words="十一处点位全部修复，已建立月度巡查。",
        number="汀住建函〔2026〕12号",
    )
    _copied(teller, referral, day)


def not_filed(world: World) -> None:
    """A river that is being cleaned already: no case, with the reason, while the suggestion goes on."""
    teller, day = _teller(world), world.until - timedelta(days=66)
    prosecutor, found = _prosecutor(teller), matter("river_clean", 3, "双溪河下游")
    reason = "河段水体发黑发臭，群众饮水和灌溉受到影响。"
    referral, _suggestion, _share = _passed(teller, found, 9, day, "environment", reason)
    words = "水质监测结果较去年好转，截污管网正在施工。"
    oversight.assess_lead(prosecutor, referral, at=teller.at(day + timedelta(days=18), 15), words=words)
    words = "主管单位已制定方案并按期施工，属于正在依法履职，现阶段不符合立案条件；将持续跟踪。"
    notice = _paper(teller, f"汀检公不立〔{day.year}〕1号", day + timedelta(days=24), words)
    oversight.not_file(prosecutor, referral, **notice)
    _copied(teller, referral, day + timedelta(days=24))


def _asked(
    teller: Teller, found: Matter, deputy: int, day: date, number: str, words: str, code: str
) -> Referral:
    """A paper brought by the procuratorate, evaluated, and a deputy asked who knows the matter."""
    office = teller.place.office
    brought = _paper(teller, number, day, words)
    referral = oversight.receive_paper(
        _prosecutor(teller),
        title=found.title,
        agency=teller.place.units[found.lead],
        field=_field(teller, code, day),
        **brought,
    )
    words = "不止一处，需要从制度上解决，适合由代表提出建议。"
    oversight.evaluate_paper(office, referral, at=teller.at(day + timedelta(days=3), 10), words=words)
    at, seat = teller.at(day + timedelta(days=4), 10), teller.place.seats[deputy]
    oversight.ask_deputy(office, referral, at=at, seat=seat, words="您长期关注这方面的工作。")
    return referral


def _accepted(teller: Teller, referral: Referral, deputy: int, day: date) -> Any:
    at = teller.at(day, 20, office=False)
    return oversight.accept_drafting(teller.place.deputy(deputy, day), referral, at=at)


def answered(world: World) -> None:
    """School meals: the deputy writes, the bureau answers, the result goes back to the procuratorate."""
    teller, day = _teller(world), world.until - timedelta(days=150)
    found = matter("school_lunch", 1, "城北街道各中小学")
    words = "办案中发现多所学校食堂食材溯源记录不全，属于共性问题。"
    number = f"汀检公建〔{day.year}〕5号"
    referral = _asked(teller, found, 6, day, number, words, "food_drug")
    suggestion = _accepted(teller, referral, 6, day + timedelta(days=6))
    author, written = teller.place.deputy(6, day), day + timedelta(days=9)
    at = teller.at(written, 20, office=False)
    facts = f"{suggestion.facts}\n\n{found.facts}"
    actions.edit(author, suggestion, at=at, facts=facts, analysis=found.analysis, asks=found.asks)
    actions.submit(author, suggestion, at=teller.at(written, 20, 30, office=False))
    teller.register(suggestion, found, written + timedelta(days=2))
    [share] = teller.assign(suggestion, written + timedelta(days=5), [(found.lead, Role.LEAD, "")])
    teller.take(share, written + timedelta(days=8), barred=[teller.place.seats[6].person_id])
    reply = teller.answered(share, found, written + timedelta(days=75))
    teller.ended(suggestion, share, reply)
    words = "教育部门已统一食材采购和溯源平台，代表表示满意。"
    at = teller.at(written + timedelta(days=96), 10)
    oversight.report_back(teller.place.office, Referral.objects.get(pk=referral.pk), at=at, words=words)


def being_written(world: World) -> None:
    """Waste at the roadside: the deputy has taken it up and is writing."""
    teller, day = _teller(world), world.until - timedelta(days=12)
    found = matter("garbage", 4, "双溪镇沿河各村")
    words = "沿河垃圾堆放点清运不及时，汛期入河风险突出。"
    number = f"汀检公建〔{day.year}〕9号"
    referral = _asked(teller, found, 11, day, number, words, "environment")
    _accepted(teller, referral, 11, day + timedelta(days=6))
