"""Knows the demo's earmarked money: a fund a year, its projects at every stage, and four bridges paid for by departments."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from tibandu.oversight import actions
from tibandu.oversight.enums import InvestmentSource
from tibandu.oversight.models import Fund, Project
from tibandu.oversight.queries.funds import criteria_of
from tibandu.people.enums import Rank
from tibandu.people.queries import Actor
from tibandu.suggestions.models import Suggestion
from tibandu.web.demo.cast import World
from tibandu.web.demo.lives import Teller

YUAN, WAN = 100, 1_000_000
NAME, TOTAL, CAP = "民生建议专项资金", 500 * WAN, 50 * WAN
Tale = Callable[[], None]
FITTING = "^关于.*(过街设施|路灯|路面|停车位|充电设施|饮水)"
STAGES = ("nominate", "argue", "approve", "appropriate", "begin", "pay", "ask", "accept", "review")
DAYS = dict(zip(STAGES, (10, 30, 45, 60, 75, 130, 200, 215, 245), strict=True))  # after the tenth of February


@dataclass(frozen=True)
class Item:
    """A project of one year: what, for whom, who builds it, how much, and how far it comes."""

    title: str
    unit: str
    wan: int
    whom: str
    count: int
    end: str = "review"


ITEMS = {
    2024: (
        Item("汀溪路小学门前人行过街设施", "police", 42, "汀溪路小学师生和接送家长", 3_200),
        Item("枫岭区背街小巷路灯补装", "city_management", 48, "枫岭区六个社区居民", 9_600),
        Item("云桥县偏远村饮水管网延伸", "water", 50, "云桥县三个村村民", 4_100),
        Item("老年助餐点设施配备", "civil", 36, "城北街道六十周岁以上老人", 2_700),
        Item("石浦县乡村卫生室设备更新", "health", 45, "石浦县十二个村村民", 15_300),
        Item("滨江步道健身器材", "old_culture", 28, "滨江社区居民", 6_000, "turned_down"),
    ),
    2025: (
        Item("开发区公交港湾改造", "transport", 50, "开发区务工人员", 11_800),
        Item("老旧小区电动自行车充电棚", "housing", 46, "十一个老旧小区居民", 7_900),
        Item("农村公路弯道护栏", "transport", 49, "沿线八个村村民", 13_500),
        Item("社区托幼点改造", "education", 38, "三个社区婴幼儿家庭", 860),
        Item("排水沟渠清淤加固", "water", 44, "低洼地段居民", 5_200),
        Item("农贸市场顶棚更新", "market", 40, "集镇商户和居民", 8_400, "cancelled"),
        Item("广场夜间照明", "city_management", 22, "广场周边居民", 5_500, "left_out"),
    ),
    2026: (
        Item("汀溪区中学周边人行道改造", "housing", 47, "汀溪区两所中学师生", 5_800),
        Item("石浦县山区校车停靠点", "transport", 32, "石浦县七个村学生家庭", 1_900, "accept"),
        Item("社区无障碍坡道和扶手", "housing", 39, "老年人和残疾居民", 4_600, "ask"),
        Item("农村饮水消毒设备", "water", 50, "五个村村民", 6_200, "pay"),
        Item("铁路涵洞排水泵站", "water", 48, "涵洞两侧居民", 7_300, "pay"),
        Item("乡镇集市公共厕所", "city_management", 35, "赶集群众", 10_000, "begin"),
        Item("社区日间照料设施", "civil", 41, "七十周岁以上老人", 1_500, "appropriate"),
        Item("村级文化活动室", "culture", 30, "三个村村民", 3_400, "approve"),
        Item("学校门口防撞柱", "police", 26, "九所学校师生", 14_000, "argue"),
        Item("城北老街消防栓补建", "emergency", 33, "城北老街居民", 2_800, "nominate"),
    ),
}
BRIDGES = (
    ("一号人行天桥", 428, "transport"),
    ("二号人行天桥", 376, "transport"),
    ("三号人行天桥", 412, "housing"),
    ("四号人行天桥", 380, "housing"),
)  # 1,596 in all, none of it from the fund


def tell(world: World) -> Iterator[Tale]:
    """The funds of three years, then each project as far as it has come."""
    for year, items in ITEMS.items():
        yield lambda year=year: _open(world, year)  # type: ignore[misc]
        for number, item in enumerate(items):
            yield lambda year=year, number=number, item=item: _project(world, year, number, item)  # type: ignore[misc]
        yield lambda year=year: _close(world, year)  # type: ignore[misc]


def bridges(world: World, suggestion: Suggestion) -> Iterator[Tale]:
    """The four bridges that a suggestion asked for: departments paid for them out of their own budgets."""
    for number, (name, wan, unit) in enumerate(BRIDGES):
        yield lambda number=number, name=name, wan=wan, unit=unit: _bridge(  # type: ignore[misc]
            world, suggestion, number, name, wan, unit
        )


def _open(world: World, year: int) -> None:
    teller = _teller(world)
    actions.open_fund(
        world.city.actor("finance", Rank.PRINCIPAL),
        at=teller.at(date(year, 2, 2), 9),
        name=NAME,
        year=year,
        amount=TOTAL,
        source=f"市级一般公共预算（兴财预〔{year}〕{year % 9 + 3}号）",
        cap=CAP,
    )


def _close(world: World, year: int) -> None:
    finance = world.city.actor("finance", Rank.PRINCIPAL)
    at = _teller(world).at(date(year, 12, 26), 16)
    actions.close_fund(finance, _fund(world, year), at=at, words="年度项目全部完成评价，结余交回财政。")


def _teller(world: World) -> Teller:
    return Teller(world.city, world.until)


def _fund(world: World, year: int) -> Fund:
    return Fund.objects.get(congress=world.city.congress, year=year, name=NAME)


class Works:
    """The way of one project, a deed after the other; each asks for its moment."""

    def __init__(self, world: World, year: int, number: int, item: Item) -> None:
        self.world, self.place, self.teller = world, world.city, _teller(world)
        self.year, self.number, self.item = year, number, item
        self.project: Any = None
        self.finance = self.place.actor("finance", Rank.SECTION)
        self.unit = self.place.actor(item.unit, Rank.OFFICER)

    def at(self, stage: str, hour: int = 10, later: int = 0) -> datetime:
        """The day of a stage; where a story of this year has stopped, the last weeks."""
        day = date(self.year, 2, 10) + timedelta(days=DAYS[stage] + 3 * self.number + later)
        return self.teller.at(day, hour)

    def nominate(self) -> None:
        at = self.at("nominate")
        found = self._suggestion(at.date())
        self.project = actions.nominate_project(
            self.place.office,
            _fund(self.world, self.year),
            at=at,
            suggestion=found,
            title=_named(found) or self.item.title,
            unit=self.teller.unit(self.item.unit, at.date()),
            planned=self.item.wan * WAN,
            beneficiaries="建议所说地点周边的居民" if found else self.item.whom,
            beneficiary_count=self.item.count,
        )

    def _suggestion(self, day: date) -> Suggestion | None:
        """One of the year's that this unit leads and no project came of."""
        led = Suggestion.objects.filter(
            congress=self.place.congress,
            assigned_on__year=self.year,
            assigned_on__lt=day,
            is_masked=False,
            projects=None,
            assignments__unit=self.place.units[self.item.unit],
            assignments__role="lead",
            title__regex=FITTING,
        )
        return led.order_by("pk").first()

    def argue(self) -> None:
        criteria = criteria_of(self.place.congress.pk, self.at("argue").date())
        judges = (self.place.actor("city_committee"), self.finance, self.place.clerk)
        for n, judge in enumerate(judges):
            less = (self.number + 2 * n) % 5
            marks = [{"criterion": row.code, "points": (row.points or 0) - less} for row in criteria]
            at = self.at("argue", 9 + n, later=-2)
            actions.score_project(judge, self.project, at=at, appraiser=judge.person_name, marks=marks)
        if self.item.end == "left_out":
            words = "点位权属尚未明确，本年度不具备实施条件。"
            actions.leave_out_project(self.place.office, self.project, at=self.at("argue"), words=words)
            return
        actions.argue_project(
            self.place.office,
            self.project,
            at=self.at("argue", 15),
            held_on=self.at("argue").date(),
            attended="市人大代表工委、有关专门委员会、市财政局、项目单位、代表2名",
            words="现场看过点位，群众需求集中，用地和实施单位已经落实，资金测算合理，同意列入。",
        )

    def approve(self) -> None:
        chair, at = self.place.actor("chairpersons"), self.at("approve")
        if self.item.end == "turned_down":
            words = "已有其他渠道资金安排，不重复投入。"
            actions.turn_down_project(chair, self.project, at=at, words=words)
            return
        actions.approve_project(chair, self.project, at=at, words="主任会议研究同意。")

    def appropriate(self) -> None:
        number = f"兴财建〔{self.year}〕{20 + self.number}号"
        amount = self.project.planned
        actions.appropriate(
            self.finance, self.project, at=self.at("appropriate"), amount=amount, words=number
        )

    def begin(self) -> None:
        if self.item.end == "cancelled":
            at, words = self.at("begin"), "市场整体搬迁，项目不再实施。"
            actions.return_money(
                self.finance, self.project, at=at, amount=self.project.appropriated, words=words
            )
            actions.cancel_project(self.place.actor("chairpersons"), self.project, at=at, words=words)
            return
        words = "施工单位已经进场。"
        actions.begin_project(self.unit, self.project, at=self.at("begin"), words=words)

    def pay(self) -> None:
        words = "主体工程完成过半，质量抽检合格。"
        actions.report_project(self.unit, self.project, at=self.at("pay", 9), progress=60, words=words)
        self._paid("pay", self.project.planned * 6 // 10, "工程进度款", is_paid=self.number % 4 != 0)

    def _paid(self, stage: str, amount: int, words: str, *, is_paid: bool = True) -> None:
        payee = ("兴澜市政工程有限公司", "汀溪建设有限公司", "澜江设备有限公司")[self.number % 3]
        payment = actions.ask_payment(
            self.unit, self.project, at=self.at(stage, 11), amount=amount, payee=payee, words=words
        )
        if is_paid or self.item.end == "review":
            at = self.at(stage, 16, later=5)
            voucher = f"记-{self.year % 100}{self.number:02d}{len(words)}"
            actions.pay(self.finance, payment, at=at, paid_on=at.date(), voucher=voucher)

    def ask(self) -> None:
        words = "全部完工并已试用一个月，请组织验收。"
        actions.ask_acceptance(self.unit, self.project, at=self.at("ask"), words=words)

    def accept(self) -> None:
        at = self.at("accept", 15)
        words = "按照批准内容建成，现场已经启用，群众反映良好，同意通过验收。"
        actions.accept_project(
            self.place.clerk,
            self.project,
            at=at,
            held_on=at.date(),
            attended="市人大代表工委、市财政局、提出建议的代表、居民代表3名",
            words=words,
        )

    def review(self) -> None:
        left = self.project.planned * 35 // 100
        self._paid("accept", left, "工程结算款")
        back = self.project.planned - self.project.planned * 6 // 10 - left
        self.project.refresh_from_db()
        at = self.at("review", 9)
        actions.return_money(self.finance, self.project, at=at, amount=back, words="工程结算后结余")
        words = "专款专用，支付手续齐全，结算审减后结余已经退回。"
        actions.review_project(self.finance, self.project, at=at, score=90 + self.number, words=words)
        words = "设施使用率高，提出建议的代表和居民满意。"
        at = self.at("review", 15, later=4)
        actions.review_project(self.place.clerk, self.project, at=at, score=92 + self.number % 6, words=words)


def _project(world: World, year: int, number: int, item: Item) -> None:
    works = Works(world, year, number, item)
    last = item.end if item.end in STAGES else "review"
    for stage in STAGES[: STAGES.index(last) + 1]:
        getattr(works, stage)()
        if works.project.state in ("not_chosen", "cancelled"):
            return


def _named(suggestion: Suggestion | None) -> str:
    """What a suggestion asks for, as the name of a project: without 关于 and 的建议."""
    if suggestion is None:
        return ""
    return re.sub(r"^关于|的建议$", "", suggestion.title)


def _bridge(world: World, suggestion: Suggestion, number: int, name: str, wan: int, unit: str) -> None:
    """Registered when the case was in hand, paid for in two parts, accepted, reviewed; the fund gave nothing."""
    place, teller = world.city, _teller(world)
    assert suggestion.assigned_on
    first = suggestion.assigned_on + timedelta(days=60 + 150 * number)
    worker, title = place.actor(unit), f"{_named(suggestion)[:60]}：{name}"
    project = actions.register_project(
        place.office,
        at=teller.at(first, 10),
        suggestion=suggestion,
        title=title,
        unit=place.units[unit],
        planned=wan * WAN,
        beneficiaries="过街的学生、老人和周边居民",
        beneficiary_count=18_000 + 1_500 * number,
    )
    half = wan * WAN * 6 // 10
    for days, amount, progress in ((45, half, 55), (110, wan * WAN - half, 95)):
        _invest(teller, worker, project, first + timedelta(days=days), amount, progress)
    at = teller.at(first + timedelta(days=125), 10)
    actions.ask_acceptance(worker, project, at=at, words="天桥和电梯全部完工，请组织验收。")
    at = teller.at(first + timedelta(days=140), 15)
    attended = "市人大代表工委、城环委、提出建议的代表"
    words = "天桥、电梯和盲道符合设计，同意通过验收。"
    actions.accept_project(place.clerk, project, at=at, held_on=at.date(), attended=attended, words=words)
    at = teller.at(first + timedelta(days=170), 10)
    words = "资金来自部门预算，支付手续齐全，结算未超计划。"
    actions.review_project(
        place.actor("finance", Rank.SECTION), project, at=at, score=91 + number, words=words
    )
    at = teller.at(first + timedelta(days=175), 10)
    words = "过街事故明显减少，居民和提出建议的代表满意。"
    actions.review_project(place.clerk, project, at=at, score=93 + number, words=words)


def _invest(teller: Teller, worker: Actor, project: Project, day: date, amount: int, progress: int) -> None:
    at = teller.at(day, 14)
    what = f"{project.unit}{day.year}年部门预算"
    source = InvestmentSource.DEPARTMENT
    actions.record_investment(worker, project, at=at, source=source, what=what, amount=amount, paid_on=day)
    words = "下部结构完成" if progress < 60 else "桥面和电梯安装完成"
    actions.report_project(worker, project, at=at, progress=progress, words=words)
