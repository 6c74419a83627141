"""Knows how the demo's two years go: how many suggestions, who wrote them, how they were answered and rated."""

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from tibandu.suggestions import actions
from tibandu.suggestions.enums import Origin, Publicity, Role
from tibandu.suggestions.models import Assignment, Suggestion
from tibandu.suggestions.queries import measure_for
from tibandu.web.demo.cast import APART, LAST_YEAR, TWO_CONGRESSES, Place, World, moment, workday
from tibandu.web.demo.lives import Teller
from tibandu.web.demo.topics import Matter, matter, ordinary

HEAVY = ("housing", "transport", "education", "water", "police")
RECEIVED, RETURNED, MERGED = 187, 8, 27
STANDING_LAST_YEAR = 120
FRESH = (12, 11, 10, 8, 6, 5, 4, 2, 1, 0)  # how many days ago the newest suggestions were made
CLASSES = (("A", 50), ("B", 83), ("C", 95), ("D", 100))
ORIGINS = (Origin.RESEARCH, Origin.VISIT, Origin.MEETING, Origin.RESIDENT)
DISSATISFIED = (
    "答复讲了道理，但是最要紧的一项没有时间表，群众问起来我没有办法回答。",
    "现场没有人去看过，答复里写的位置和实际不符，请重新调查后再答复。",
    "同样的问题去年也这样答复，今年还是列入计划，请说明为什么没有办成。",
)


@dataclass(frozen=True)
class Draw:
    """What an index decides, by arithmetic alone, so that every building of the demo is the same."""

    number: int

    def of(self, factor: int, size: int, shift: int = 0) -> int:
        return (self.number * factor + shift) % size

    @property
    def category(self) -> str:
        drawn = self.of(37, 100, 11)
        return next(code for code, below in CLASSES if drawn < below)

    def grades(self, count: int = 4) -> str:
        """The letters of the raters: nine of ten satisfied, a few basically, few not, some silent."""
        letters = ""
        for rater in range(count):
            drawn = (self.number * 61 + rater * 29 + 7) % 100
            letters += "N" if drawn < 2 else "B" if drawn < 7 else "S" if drawn < 12 else "A"
        return letters

    def promise_due(self, sent_on: date) -> date:
        """The end of a month of the same year, or of the next for every fifth."""
        month = (9, 10, 11, 12, 12)[self.of(3, 5)]
        year = sent_on.year + (1 if self.of(7, 6) == 0 else 0)
        return date(year, month, 30)

    def joint(self, lead: int, seats: int) -> list[int]:
        """Two co-signers on the average, none of them the lead."""
        count = (0, 1, 2, 3, 1, 4, 2, 0, 3, 2)[self.of(7, 10)]
        chosen = [(lead + 3 + step * 7) % seats for step in range(count)]
        return [number for number in dict.fromkeys(chosen) if number != lead and number not in APART]


def matters(rounds: range) -> Iterator[Matter]:
    """Matters in turn; the five units that hold half the load are asked in every place, the others in few."""
    for round_ in rounds:
        for place, source in enumerate(ordinary()):
            first = round_ == rounds.start
            if source["lead"] in HEAVY or first or (round_ == rounds.start + 1 and place % 5 == 0):
                yield matter(source, round_)


def shares_of(found: Matter, draw: Draw) -> list[tuple[str, str, str]]:
    """A lead and its co-units; two helpers of three are asked, the treasury less often, and now and then one of the busy five besides."""
    helpers = [key for place, key in enumerate(found.co) if _is_asked(key, draw.number + place)]
    if draw.of(5, 4) == 0:
        helpers.append(HEAVY[draw.of(3, len(HEAVY))])
    distinct = [key for key in dict.fromkeys(helpers) if key != found.lead]
    rows: list[tuple[str, str, str]] = [(found.lead, Role.LEAD, "")]
    return rows + [(key, Role.CO, "") for key in distinct]


def _is_asked(key: str, turn: int) -> bool:
    if key in HEAVY:
        return True
    return turn % 5 == 0 if key == "finance" else turn % 3 < 2


def author_of(place: Place, draw: Draw) -> int:
    """Who writes; the deputies who stand for a trouble of their own write nothing else."""
    number = draw.of(17, len(place.seats), 5)
    return number - 1 if len(place.seats) > TWO_CONGRESSES and number in APART else number


@dataclass
class Year:
    """One session's suggestions in one congress."""

    teller: Teller
    session: int
    handed_on: date
    meeting: Any = None

    @property
    def place(self) -> Place:
        return self.teller.place

    def lead_of(self, draw: Draw) -> int:
        return author_of(self.place, draw)

    def day_in_session(self, draw: Draw) -> date:
        return self.place.sessions[self.session].opens_on + timedelta(days=draw.of(5, 2))

    def receive(self, found: Matter, number: int, *, title: str = "") -> Suggestion:
        draw = Draw(number)
        lead = self.lead_of(draw)
        fields = {
            "origin": ORIGINS[draw.of(3, 4)],
            "wants_contact": draw.of(11, 4) == 0,
            "publicity": Publicity.TITLE if draw.of(13, 9) == 0 else Publicity.FULL,
        }
        return self.teller.write(
            found,
            lead,
            self.day_in_session(draw),
            joint=draw.joint(lead, len(self.place.seats)),
            title=title,
            hour=9 + draw.of(7, 9) if draw.of(5, 2) == 0 else 8,
            **fields,
        )

    def live(self, found: Matter, number: int, *, twin: bool = False) -> None:
        """From the session to as near to the end as the present allows; a twin is merged into it at intake."""
        draw, teller = Draw(number), self.teller
        suggestion = self.receive(found, number)
        registered_on = self.place.sessions[self.session].closes_on + timedelta(days=1)
        if twin:
            self._merge_twin(suggestion, found, number)
        teller.register(suggestion, found, registered_on)
        shares = teller.assign(
            suggestion,
            self.handed_on,
            shares_of(found, draw),
            meeting=self.meeting,
            split_on=self.handed_on + timedelta(days=1 + draw.of(3, 3)),
        )
        handle(teller, suggestion, shares, found, draw)

    def _merge_twin(self, suggestion: Suggestion, found: Matter, number: int) -> None:
        other = self.receive(found, number + 20, title=found.also)
        actions.merge(
            self.place.office,
            other,
            at=self.teller.at(self.place.sessions[self.session].closes_on, 17),
            master=suggestion,
            words="所提事项与该件相同，经征得领衔代表同意，合并办理。",
        )


def handle(
    teller: Teller, suggestion: Suggestion, shares: list[Assignment], found: Matter, draw: Draw
) -> None:
    """What the units do from signing for their shares to the reply, and what follows it."""
    start = shares[0].assigned_on
    lead = shares[0]
    authors = [p.seat.person_id for p in suggestion.proposers.select_related("seat") if p.seat]
    for number, share in enumerate(shares):
        teller.take(share, start + timedelta(days=1 + (draw.number + number) % 3), barred=authors)
    if teller.worker(lead).person_id in authors or teller.worker(lead, "principal").person_id in authors:
        return
    if draw.of(1, 3) == 0:
        teller.plan(lead, found, start + timedelta(days=7), start + timedelta(days=70))
    teller.talk(lead, "before", start + timedelta(days=8 + draw.of(5, 9)), found.said)
    for number, share in enumerate(shares[1:]):
        teller.opinion(share, lead, found, start + timedelta(days=14 + (draw.number * 3 + number) % 14))
    pace = 46 + draw.of(13, 36)
    if draw.of(19, 31) == 0:
        pace = 97 + draw.of(3, 9)  # late
    if suggestion.session is None:
        pace = 66 + draw.of(
            13, 41
        )  # nearer to the limit, and some beyond, so that desks show every kind of clock
    lead = teller.heir(lead, start + timedelta(days=pace - 10))
    teller.talk(
        lead,
        "during",
        start + timedelta(days=pace - 9),
        "当面看了答复初稿，代表对办理办法没有不同意见，提出把完成时间写到月。",
    )
    _answer_and_follow(teller, suggestion, lead, found, draw, start + timedelta(days=pace))


def _answer_and_follow(
    teller: Teller, suggestion: Suggestion, lead: Assignment, found: Matter, draw: Draw, sent_on: date
) -> None:
    code = draw.category
    opens_ledger = {row.code for row in measure_for(suggestion).categories if row.opens_ledger}
    due = draw.promise_due(sent_on) if code in opens_ledger else None
    teller.finish_plan(lead, sent_on - timedelta(days=7))
    reply = teller.draft(lead, found, code, sent_on - timedelta(days=6), due=due)
    teller.send(reply, sent_on)
    grades = draw.grades()
    teller.talk(
        lead,
        "after",
        workday(sent_on) + timedelta(days=4),
        "代表收到答复，认为逐项作了回应，会继续关注完成情况。",
        most=1,
        mode="call",
    )
    teller.rate(reply, workday(sent_on) + timedelta(days=2), grades, DISSATISFIED[draw.of(1, 3)])
    day = workday(sent_on) + timedelta(days=16)
    if reply.ratings.filter(marks__grade__code="dissatisfied").exists():
        again(teller, suggestion, found, draw, day)
        return
    if due:
        _keep(teller, suggestion, lead, found, draw, reply, due)
        return
    is_past = suggestion.session_id is not None and suggestion.session.number == LAST_YEAR[0]
    if is_past or draw.of(23, 12) < 11:
        teller.close(suggestion, day)


def _keep(
    teller: Teller,
    suggestion: Suggestion,
    lead: Assignment,
    found: Matter,
    draw: Draw,
    reply: Any,
    due: date,
) -> None:
    promise = reply.promises.get()
    lead = teller.heir(lead, due - timedelta(days=96))
    words = "施工图审查已通过，招标公告已经发布，按计划推进。"
    at = teller.at(due - timedelta(days=75 + draw.of(3, 20)), 10)
    if at > moment(reply.sent_on):
        actions.report_promise(teller.worker(lead), promise, at=at, words=words)
    if draw.of(29, 9) == 0:
        until = due + timedelta(days=120)
        at = teller.at(due - timedelta(days=12), 10)
        actions.extend_promise(
            teller.worker(lead), promise, at=at, until=until, words="雨季工期延误二十六天，材料进场推迟。"
        )
        due = until
    teller.heir(lead, due - timedelta(days=15))
    teller.keep_promise(promise, due - timedelta(days=14))
    teller.reply_on_promise(lead, found, due, draw.grades().replace("N", "A"))
    teller.close(suggestion, due + timedelta(days=20))


def again(teller: Teller, suggestion: Suggestion, found: Matter, draw: Draw, day: date) -> None:
    """A second assignment under the principal, a visit, a second reply."""
    suggestion.refresh_from_db()
    if suggestion.rounds.count() == 1:  # where the measure does not start it by itself
        actions.assign_again(
            teller.place.office,
            suggestion,
            at=teller.at(day, 10),
            trigger="dissatisfied",
            words="代表对办理结果不满意，请主要负责人领办，到现场核实后重新答复。",
        )
    share = teller.open_lead(suggestion)
    teller.take(share, day + timedelta(days=2))
    teller.talk(
        share, "before", day + timedelta(days=6), "主要负责人到现场听取代表意见，逐项核对。", mode="on_site"
    )
    teller.talk(share, "during", day + timedelta(days=15), "出示第二次答复初稿，代表同意办理办法。")
    reply = teller.draft(share, found, "A", day + timedelta(days=17))
    teller.send(reply, day + timedelta(days=22))
    sent_on = workday(day + timedelta(days=22))
    teller.talk(share, "after", sent_on + timedelta(days=4), "代表表示这次说清楚了。", most=1, mode="call")
    teller.rate(reply, sent_on + timedelta(days=3), "AAB")
    teller.close(suggestion, sent_on + timedelta(days=16))


# -- the years --------------------------------------------------------------------------------------------------------


def stories(world: World, scale: str, before: int = 0) -> Iterator[Callable[[], None]]:
    """Every ordinary life of the demo as something to be told; `before` counts what the session already received."""
    full = scale == "full"
    yield from _last_year(world, STANDING_LAST_YEAR if full else 4)
    if world.until >= date(2026, 2, 1):
        yield from _this_year(world, full, before)
    yield from _between(world, 30 if full else 4)
    yield from _in_town(world, full)


def _last_year(world: World, count: int) -> Iterator[Callable[[], None]]:
    year = Year(Teller(world.city, world.until), 4, date(2025, 2, 7))
    year.meeting = _meeting(year, "2025年代表建议交办会")
    for number, found in enumerate(islice(matters(range(4, 7)), count)):
        yield lambda found=found, number=number: year.live(found, number + 400)


def _this_year(world: World, full: bool, before: int) -> Iterator[Callable[[], None]]:
    year = Year(Teller(world.city, world.until), 5, date(2026, 2, 5))
    year.meeting = _meeting(year, "2026年代表建议交办会")
    merged = MERGED if full else 1
    count = RECEIVED - RETURNED - MERGED if full else 8
    for number, found in enumerate(islice(matters(range(0, 4)), count - before)):
        twin = number % 5 == 2 and number // 5 < merged
        yield lambda found=found, number=number, twin=twin: year.live(found, number, twin=twin)
    for number, row in enumerate(unfit()[: RETURNED if full else 2]):
        yield lambda number=number, row=row: _send_back(year, number, row)


def _meeting(year: Year, title: str) -> Any:
    """The assignment meeting of a session, held with its minutes."""
    if year.handed_on > year.teller.until:
        return None
    office = year.place.office
    session = year.place.sessions[year.session]
    meeting = actions.plan_meeting(
        office, session=session, title=title, held_on=year.handed_on, place="市人大常委会机关三楼会议室"
    )
    actions.hold_meeting(
        office,
        meeting,
        at=year.teller.at(year.handed_on, 9),
        attended="市人大代表工委、市政府督查室、市中级法院、市检察院和各承办单位负责人",
        minutes="会议交办了代表建议，要求三个月内逐项答复；答复前当面听取代表意见，列入计划的写明时间、资金和责任人。",
    )
    return meeting


def unfit() -> list[dict[str, str]]:
    """The texts that screening gave back, with the ground and the words of each."""
    return tomllib.loads((Path(__file__).parent / "data" / "returned.toml").read_text("utf-8"))["returned"]


def _send_back(year: Year, number: int, row: dict[str, str]) -> None:
    draw, place = Draw(number * 7 + 300), year.place
    author = place.deputy(year.lead_of(draw), year.handed_on)
    at = year.teller.at(year.day_in_session(draw), 9, office=False)
    texts = {key: row[key] for key in ("title", "facts", "analysis")}
    suggestion = actions.create(author, at=at, asks=[row["ask"]], **texts)
    actions.submit(author, suggestion, at=at + timedelta(hours=1))
    day = place.sessions[year.session].closes_on
    year.teller.screened(row["verb"], suggestion, row["ground"], row["words"], day)


def _between(world: World, count: int) -> Iterator[Callable[[], None]]:
    """Suggestions made between sessions, one every nine days, and more in the last days at every early stage."""
    teller = Teller(world.city, world.until)
    ages = [(count - number) * 9 - 6 for number in range(count)] + list(FRESH[: count // 3])
    for number, (found, age) in enumerate(zip(matters(range(7, 9)), ages, strict=False)):
        day = world.until - timedelta(days=age)
        yield lambda found=found, number=number, day=day: live_between(teller, found, number + 700, day)


def live_between(teller: Teller, found: Matter, number: int, day: date) -> None:
    draw = Draw(number)
    lead = author_of(teller.place, draw)
    joint = draw.joint(lead, len(teller.place.seats))
    suggestion = teller.write(found, lead, day, joint=joint)
    teller.register(suggestion, found, day + timedelta(days=3))
    shares = teller.assign(suggestion, day + timedelta(days=7), shares_of(found, draw))
    handle(teller, suggestion, shares, found, draw)


def _in_town(world: World, full: bool) -> Iterator[Callable[[], None]]:
    """The town's own suggestions."""
    rural = [found for found in matters(range(0, 1)) if found.key in TOWN_UNITS]
    for number, found in enumerate(rural[: 6 if full else 1]):
        day = world.until - timedelta(days=150 - number * 26)
        yield lambda found=found, number=number, day=day: _live_in_town(world, found, number, day)


TOWN_UNITS = {
    "farm_road": "farming",
    "cold_store": "farming",
    "homestead": "building",
    "sewage_village": "building",
    "culture_book": "office",
    "women_child": "office",
}


def _live_in_town(world: World, found: Matter, number: int, day: date) -> None:
    """A town has one stage of contact and three categories, and its presidium assigns."""
    teller = Teller(world.town, world.until)
    suggestion = teller.write(found, number, day, joint=[(number + 2) % 9, (number + 5) % 9])
    teller.register(suggestion, found, day + timedelta(days=2))
    [share] = teller.assign(suggestion, day + timedelta(days=5), [(TOWN_UNITS[found.key], Role.LEAD, "")])
    start = share.assigned_on
    teller.take(share, start + timedelta(days=1))
    teller.talk(share, "before", start + timedelta(days=6), found.said)
    code = "ABAC"[number % 4]
    sent_on = start + timedelta(days=50)
    due = date(sent_on.year, 12, 20) if code == "B" else None
    reply = teller.draft(share, found, code, sent_on - timedelta(days=5), due=due)
    teller.send(reply, sent_on)
    teller.rate(reply, workday(sent_on) + timedelta(days=3), "A")
    if not due:
        teller.close(suggestion, workday(sent_on) + timedelta(days=15))
