"""Knows the demo's footbridges, followed over two years from a no to four accepted bridges, and the yearly statements."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from tibandu.oversight import actions as oversight
from tibandu.oversight.enums import ReceiptState, Verdict
from tibandu.oversight.models import Statement, StatementReceipt
from tibandu.oversight.queries.promises import promises_in
from tibandu.people.enums import Rank
from tibandu.regulations.models import Category
from tibandu.suggestions import actions
from tibandu.suggestions.enums import PromiseKind, PromiseState, ReplyKind
from tibandu.suggestions.models import Assignment, Promise, Reply, Suggestion
from tibandu.web.demo.cast import World
from tibandu.web.demo.lives import PHONE, Teller, story
from tibandu.web.demo.topics import Matter, matter

WAN = 1_000_000
TITLE = "关于在学校、医院门前建设人行天桥的建议"
LEAD, JOINT = 12, (27, 46)
Tale = Callable[[], None]


@dataclass(frozen=True)
class Bridge:
    """A bridge as it was promised: where, for how much, until when, and when the unit said that it was done."""

    place: str
    wan: int
    due_on: date
    claimed_on: date


FIRST = Bridge("市第一中学门前", 428, date(2023, 9, 30), date(2023, 8, 16))
MISSED = Bridge("市人民医院门前", 376, date(2023, 12, 20), date(2024, 2, 20))
LATER = (
    replace(MISSED, due_on=date(2024, 3, 31)),
    Bridge("实验小学门前", 412, date(2024, 7, 31), date(2024, 6, 12)),
    Bridge("汽车客运站门前", 380, date(2024, 12, 10), date(2024, 11, 8)),
)
WRITTEN, LAPSED = date(2023, 1, 16), date(2023, 12, 28)
UNSURE = "只说管线没有改迁、办不了，没有说改迁要多久、天桥还建不建，家长问起来我答不上。"


def tell(world: World) -> Iterator[Tale]:
    """The footbridges of 2023 and 2024, then what units state at the end of each year."""
    yield lambda: _footbridges(Teller(world.city, world.until))
    for year in range(2024, world.until.year + 1):
        yield lambda year=year: _statements(world, year)  # type: ignore[misc]


def footbridges() -> Suggestion | None:
    """The suggestion of the four bridges, for whoever tells of the money."""
    return Suggestion.objects.filter(title=TITLE).first()


def _matter() -> Matter:
    """Four places in one suggestion; what the unit says of each ask when all is built."""
    found = matter("crossing", 0, "学校、医院")
    asks = ("在学校、医院和客运站门前分批建设人行天桥", "天桥同步加装电梯和盲道，方便老人和残疾人")
    done = ["四座人行天桥已经全部建成开放，高峰时段行人不再横穿车行道。", "八部电梯和盲道随天桥同时开放。"]
    return replace(
        found,
        title=TITLE,
        asks=asks,
        facts="市第一中学、市人民医院、实验小学和汽车客运站门前都是双向六车道，最近的人行横道在三百米以外，"
        "行人横穿车行道，去年四处共发生剐蹭十九起。",
        analysis="四处路口间距大、车流量大，单靠信号灯和劝导解决不了，需要人车分离的过街设施，分批建设。",
        subject="城建环资",
        lead="housing",
        co=(),
        measure="通过验收，电梯和盲道同时开放",
        source={**found.source, "done": done, "promise": "分批建成人行天桥四座"},
    )


def _footbridges(teller: Teller) -> None:
    """No, then two promises of which one is missed, then three more under the principal: four bridges in two years."""
    found, office = _matter(), teller.place.office
    suggestion, [share] = teller.opened(found, LEAD, WRITTEN, joint=JOINT)
    reply = teller.answered(share, found, date(2023, 3, 31), "C")
    teller.rate(reply, date(2023, 4, 4), "N", UNSURE)
    words = "代表不满意，请分管负责人到现场，和代表一起定点位、定时间。"
    at = teller.at(date(2023, 4, 18), 10)
    actions.assign_again(office, suggestion, at=at, trigger="dissatisfied", words=words)
    reply = _answered(teller, suggestion, date(2023, 4, 20), date(2023, 5, 26), (FIRST, MISSED))
    teller.rate(reply, date(2023, 5, 31), "B")
    _built(teller, reply, FIRST)
    missed = reply.promises.get(state=PromiseState.OPEN)
    words = "到现场查看，桥墩刚刚完工，桥面没有安装，认定未兑现。"
    actions.lapse_promise(office, missed, at=teller.at(LAPSED, 15), words=words)
    words = "第二座天桥没有按期建成。请主要负责人领办，余下三座逐座定时间，一年内全部建成。"
    at = teller.at(date(2024, 1, 3), 10)
    actions.assign_again(office, suggestion, at=at, trigger="lapsed", words=words)
    reply = _answered(teller, suggestion, date(2024, 1, 5), date(2024, 1, 29), LATER)
    teller.rate(reply, date(2024, 2, 2), "A")
    for bridge in LATER:
        _built(teller, reply, bridge)
    _end(teller, suggestion, found, reply.assignment)


def _answered(
    teller: Teller, suggestion: Suggestion, taken: date, sent_on: date, bridges: Sequence[Bridge]
) -> Reply:
    """Another round: taken in hand, talked over, answered with what is promised bridge by bridge."""
    share = teller.open_lead(Suggestion.objects.get(pk=suggestion.pk))
    teller.take(share, taken)
    teller.talked(share, _matter(), sent_on)
    officer, asks = teller.worker(share), list(suggestion.asks.order_by("number"))
    said = "、".join(f"{row.place}（投资{row.wan}万元，{row.due_on.isoformat()}前）" for row in bridges)
    texts = (
        f"经现场定点，由我局负责依次建设人行天桥：{said}。",
        "每座天桥加装电梯2部，铺设盲道，由道路设施科负责，与桥面同时开放。",
    )
    reply = actions.draft_reply(
        officer,
        share,
        at=teller.at(sent_on - timedelta(days=6), 9),
        kind=ReplyKind.LETTER,
        category=Category.objects.get(version=suggestion.regulation_id, code="B"),
        parts=[{"ask": ask, "text": text} for ask, text in zip(asks, texts, strict=True)],
        promises=[_promised(row, asks[0]) for row in bridges],
        contact_name=officer.person_name,
        contact_phone=f"{PHONE}{share.unit_id:03d}",
    )
    return teller.send(reply, sent_on)


def _promised(bridge: Bridge, ask: Any) -> dict[str, Any]:
    return {
        "ask": ask,
        "what": f"在{bridge.place}建成人行天桥1座",
        "kind": PromiseKind.STEP_BY_STEP,
        "measure": "通过验收，电梯和盲道同时开放",
        "money": bridge.wan * WAN,
        "owner": "道路设施科",
        "due_on": bridge.due_on,
    }


def _built(teller: Teller, reply: Reply, bridge: Bridge) -> None:
    """Reported on at half, claimed when it was accepted, found kept by the deputies and the committee."""
    promise = Promise.objects.select_related("suggestion", "reply__assignment").get(
        reply=reply, what__contains=bridge.place
    )
    at = teller.at(bridge.claimed_on - timedelta(days=21), 10)
    words = "桥面已经吊装，正在安装电梯和雨棚，下月组织验收。"
    actions.report_promise(teller.worker(reply.assignment), promise, at=at, words=words)
    teller.keep_promise(promise, bridge.claimed_on)


def _end(teller: Teller, suggestion: Suggestion, found: Matter, share: Assignment) -> None:
    """The fourth is kept: answered again as settled, the delivery rated, the place looked at once more, closed."""
    teller.reply_on_promise(share, found, date(2024, 11, 25), "A")
    last = Promise.objects.filter(suggestion=suggestion, state=PromiseState.KEPT).latest("closed_on")
    oversight.check_site(
        teller.place.office,
        last,
        at=teller.at(date(2024, 12, 6), 16),
        held_on=date(2024, 12, 6),
        place=LATER[-1].place,
        attended="市人大代表工委、市人大城环委、提出建议的代表",
        found="四座天桥和八部电梯全部开放，盲道连通，早晚高峰行人不再横穿车行道。",
        verdict=Verdict.DONE,
    )
    share.refresh_from_db()
    teller.talk(share, "after", date(2024, 12, 9), "三位代表和家长代表一起走了一遍，表示满意。", most=1)
    teller.close(suggestion, date(2024, 12, 20))


def _statements(world: World, year: int) -> None:
    """Asked in October, given within three weeks by nearly all, confirmed by most of the deputies."""
    teller = Teller(world.city, world.until)
    at = teller.at(date(year, 10, 9), 9)
    for number, row in enumerate(oversight.ask_statements(world.city.office, at=at, year=year)):
        if number % 7 == 6 and year == world.until.year:
            continue  # one that is owed still
        with story():
            _state(teller, row, date(year, 10, 16) + timedelta(days=number % 9))


def _state(teller: Teller, row: Statement, day: date) -> None:
    worker = teller.place.actor(teller.place.key_of(row.unit_id), Rank.PRINCIPAL)
    lines = [{"promise": promise, "words": _said(promise)} for promise in promises_in(row)]
    words = "逐项核对了台账，未完成的已经明确责任人和时间。"
    oversight.give_statement(worker, row, at=teller.at(day, 11), lines=lines, words=words)
    for number, receipt in enumerate(row.receipts.filter(state=ReceiptState.WAITING).order_by("pk")):
        if receipt.seat_id and number % 4 != 3:
            _confirm(teller, receipt, day + timedelta(days=3 + number % 5))


def _confirm(teller: Teller, receipt: StatementReceipt, day: date) -> None:
    assert receipt.seat_id is not None
    deputy = teller.place.deputy(teller.seat_number(receipt.seat_id), day)
    oversight.acknowledge(deputy, receipt, at=teller.at(day, 20, office=False))


def _said(promise: Promise) -> str:
    if promise.state == PromiseState.KEPT:
        return f"已经完成，{promise.measure}，经认定已兑现。"
    if promise.state == PromiseState.LAPSED:
        return "没有按期完成，原因和下一步安排已经向代表书面说明。"
    return f"正在推进，由{promise.owner}负责，{promise.due_on.isoformat()}前完成。"
