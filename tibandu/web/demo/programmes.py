"""Knows the demo's supervision: key topics of three years, joint and tracked supervision, the tools, a government that meets."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tibandu.oversight import actions
from tibandu.oversight.enums import InstrumentKind
from tibandu.oversight.models import Owed, Programme
from tibandu.people.enums import Rank
from tibandu.people.queries import Actor
from tibandu.regulations.enums import OptionKind
from tibandu.regulations.models import Grade
from tibandu.regulations.queries import measure_in_force, options_of
from tibandu.suggestions.enums import PromiseState, ReplyState
from tibandu.suggestions.models import Promise, Reply, Suggestion
from tibandu.web.demo.cast import World
from tibandu.web.demo.lives import Teller
from tibandu.web.demo.topics import matter
from tibandu.web.demo.year import Year

Tale = Callable[[], None]
LEADERS = ("主任", "常务副主任", "第一副主任", "第二副主任", "第三副主任", "秘书长")
MAYORS = ("常务副市长", "分管城建的副市长", "分管农业的副市长", "分管教育卫生的副市长", "分管工业的副市长")
# A topic of every committee's field: the words that find its suggestions, the committee, the department, a matter of it.
TOPICS = (
    ("城市停车设施建设", "停车位", "city_committee", "city_management", "parking"),
    ("背街小巷照明补齐", "路灯", "city_committee", "city_management", "street_light"),
    ("学校门前过街安全", "过街设施", "justice_committee", "police", "crossing"),
    ("老旧小区改造提质", "小区", "city_committee", "housing", "old_estate"),
    ("农村饮水安全巩固", "饮水", "farming_committee", "water", "tap_water"),
    ("村卫生室服务能力", "卫生", "culture_committee", "health", "clinic"),
    ("养老助餐服务", "老年食堂", "social_committee", "civil", "elderly_meal"),
    ("农产品冷链和销路", "冷", "farming_committee", "farming", "cold_store"),
    ("劳动技能培训", "技能", "finance_committee", "labour", "skill"),
    ("破损道路修复养护", "路面", "city_committee", "transport", "pothole"),
)
# The suggestions of earlier sessions that joint supervision bundled: the matter, how many, of which session and year.
JOINTS = (
    (2, 2023, "公园绿地建设管护", "city_committee", ("green_park", "air_dust", "garbage"), 9),
    (2, 2023, "停车位和停车收费", "city_committee", ("parking", "parking_fee", "charging"), 9),
    (3, 2024, "国省干线和村道破损修复", "city_committee", ("pothole", "rural_bus"), 4),
    (3, 2024, "森林防火道路和隔离带", "farming_committee", ("forest_fire", "fire_village"), 4),
)


@dataclass(frozen=True)
class Stage:
    """How far the topics of a year have come: how many ran to their result, how many are under way."""

    year: int
    session: str
    concluded: int
    under_way: int


STAGES = (Stage(2024, "第二十六次", 10, 0), Stage(2025, "第三十五次", 9, 1), Stage(2026, "第四十六次", 1, 8))


def tell(world: World) -> Iterator[Tale]:
    """All of supervision, oldest first, as things to be told."""
    told = Telling(world)
    for number, joint in enumerate(JOINTS):
        yield lambda joint=joint, number=number: told.joint(number, *joint)
    for stage in STAGES:
        for place, topic in enumerate(TOPICS):
            yield lambda stage=stage, place=place, topic=topic: told.key(stage, place, *topic)
    yield from (told.tracking, told.look_back, told.inquiry, told.circular, told.correction)
    yield from (told.requested, told.meetings, told.opinion)


class Telling:
    """Tells supervision in the city of the demo; every deed asks the teller for its moment."""

    def __init__(self, world: World) -> None:
        self.place = world.city
        self.teller = Teller(world.city, world.until)
        self.until = world.until

    def principal(self, unit: str) -> Actor:
        return self.place.actor(unit, Rank.PRINCIPAL)

    def grade(self, code: str, on: date) -> Grade:
        return Grade.objects.get(version=measure_in_force(self.place.congress.pk, on), code=code)

    def about(self, words: str, day: date, most: int = 3) -> list[Suggestion]:
        """Suggestions of the city that spoke of it and were on file on a day, the newest first."""
        found = Suggestion.objects.filter(
            congress=self.place.congress,
            title__contains=words,
            is_masked=False,
            is_classified=False,
            registered_on__lt=day,
        ).exclude(number_text="")
        return list(found.order_by("-registered_on", "pk")[:most])

    def begin(
        self, number: int, session: int, year: int, keys: tuple[str, ...], count: int
    ) -> list[Suggestion]:
        """The suggestions of an earlier session, from the session to their end."""
        lived = Year(self.teller, session, date(year, 2, 8))
        made = []
        for place in range(count):
            found = matter(keys[place % len(keys)], place // len(keys) + 6)
            lived.live(found, 700 + number * 20 + place)
            made.append(Suggestion.objects.latest("pk"))
        return made

    def joint(
        self,
        number: int,
        session: int,
        year: int,
        title: str,
        committee: str,
        keys: tuple[str, ...],
        count: int,
    ) -> None:
        """Related suggestions bundled with the committee's other work and a party branch's day."""
        members = self.begin(number, session, year, keys, count)
        lead, day = self.principal(committee), date(year, 4, 10)
        units = self.place.units
        programme = actions.open_joint_programme(
            lead,
            at=self.teller.at(day),
            year=year,
            title=title,
            reason="几件建议指向同一类问题，单件督办难以见效，合在一起到现场看、一起商量。",
            suggestions=members,
            participants=[
                {"unit": units["deputy_work"], "name": "", "part": "联系代表"},
                {"unit": None, "name": "人大机关联合党支部", "part": "主题党日"},
            ],
            work_kind="inspection",
            works_with=f"{year}年城乡建设和环境保护视察",
            party_activity="到项目现场开展主题党日",
        )
        unit = members[0].assignments.order_by("pk")[0].unit
        self.plan(programme, lead, day + timedelta(days=5), "现场察看并座谈")
        self.visit(programme, lead, day + timedelta(days=40), "项目现场")
        row = {"unit": unit, "what": "列出点位清单，逐个明确完成时间", "due_on": day + timedelta(days=100)}
        self.coordinate(programme, lead, day + timedelta(days=41), [row])
        self.settle(programme, lead, day + timedelta(days=95))
        self.report(programme, lead, day + timedelta(days=200), f"{title}的点位清单全部落实。")
        grade = self.grade("satisfied", date(year, 12, 1))
        actions.accept_result(
            lead, programme, at=self.teller.at(date(year, 12, 5)), words="按方案完成。", grade=grade
        )

    def key(
        self, stage: Stage, place: int, title: str, words: str, committee: str, unit: str, of: str
    ) -> None:
        """A key topic from its nomination as far as its year has come."""
        lead, day = self.principal(committee), date(stage.year, 2, 12)
        members = self.about(words, day)
        if not members:  # the earlier sessions hold few suggestions; a topic has at least its own
            members = self.begin(10 * (stage.year - 2023) + place, stage.year - 2021, stage.year, (of,), 1)
        programme = actions.nominate_programme(
            lead,
            at=self.teller.at(day),
            kind="key",
            year=stage.year,
            title=f"{title}（{stage.year}年）",
            reason="代表建议集中，群众关注，需要几个部门一起解决。",
            committee=self.place.units[committee],
            suggestions=members,
        )
        self.score(programme, day + timedelta(days=6), place)
        self.decide(programme, day + timedelta(days=14), stage.session)
        if place >= stage.concluded + stage.under_way:
            return
        self.conduct(programme, lead, day + timedelta(days=20), place, unit)
        if place < stage.concluded:
            self.settle(programme, lead, date(stage.year, 8, 20))
            self.conclude(programme, lead, date(stage.year, 10, 15))

    def score(self, programme: Programme, day: date, place: int) -> None:
        version = measure_in_force(self.place.congress.pk, day)
        marks = options_of(version, OptionKind.KEY_CRITERION)
        for less, unit in enumerate(("deputy_work", "finance_committee", "social_committee")):
            points = [
                {"criterion": mark.code, "points": (mark.points or 0) - (place + less * 3 + n) % 7}
                for n, mark in enumerate(marks)
            ]
            actions.score_programme(self.principal(unit), programme, at=self.teller.at(day, 15), marks=points)

    def decide(self, programme: Programme, day: date, meeting: str) -> None:
        at = self.teller.at(day, 16)
        actions.decide_programme(
            self.principal("chairpersons"),
            programme,
            at=at,
            decided_on=at.date(),
            meeting=f"{meeting}主任会议",
            decision=f"同意将“{programme}”列为{programme.get_kind_display()}，由有关负责人领衔，按方案组织实施。",
        )

    def conduct(self, programme: Programme, lead: Actor, day: date, place: int, unit: str) -> None:
        """Posts, plan, a visit, a coordination with what it settled, an opinion handed over."""
        leader, sponsor, committee, department = options_of(
            measure_in_force(self.place.congress.pk, day), OptionKind.CAPACITY
        )
        rows: list[dict[str, Any]] = [
            {"option": leader, "person": f"市人大常委会{LEADERS[place % len(LEADERS)]}", "unit": None},
            {"option": sponsor, "person": MAYORS[place % len(MAYORS)], "unit": None},
            {"option": committee, "person": "", "unit": programme.committee},
            {"option": department, "person": "", "unit": self.place.units[unit]},
        ]
        actions.name_capacities(lead, programme, at=self.teller.at(day), capacities=rows)
        self.plan(programme, lead, day + timedelta(days=2), "领衔领导现场督办")
        self.visit(programme, lead, day + timedelta(days=45), "有代表性的三个点位")
        row = {
            "unit": self.place.units[unit],
            "what": "按月报送点位完成情况",
            "due_on": date(programme.year, 8, 31),
        }
        self.coordinate(programme, lead, day + timedelta(days=46), [row])
        actions.hand_over_point(
            lead,
            programme,
            at=self.teller.at(day + timedelta(days=50)),
            unit=self.place.units[unit],
            what="对年内难以完成的点位，逐个说明原因并提出时间表",
            due_on=date(programme.year, 7, 31),
        )

    def plan(self, programme: Programme, lead: Actor, day: date, what: str) -> None:
        steps = [
            {
                "what": "调阅建议和答复，列出问题清单",
                "owner": lead.person_name,
                "due_on": day + timedelta(days=15),
            },
            {"what": what, "owner": lead.person_name, "due_on": day + timedelta(days=45)},
            {"what": "向决定机关报告督办结果", "owner": lead.person_name, "due_on": date(day.year, 11, 15)},
        ]
        actions.plan_programme(lead, programme, at=self.teller.at(day), steps=steps)
        first = programme.steps.order_by("due_on")[0]
        done = self.teller.at(first.due_on)
        words = "已梳理问题清单，分给有关部门核对。"
        actions.finish_step(lead, first, at=done, done_on=done.date(), words=words)

    def visit(self, programme: Programme, lead: Actor, day: date, where: str) -> None:
        at = self.teller.at(day)
        actions.record_visit(
            lead,
            programme,
            at=at,
            held_on=at.date(),
            place=where,
            persons="领衔领导、提出建议的代表、有关部门负责人",
            words="三个点位两个已经动工，一个因管线迁改没有开工。代表提出先把群众意见最大的一处解决。",
        )
        step = programme.steps.filter(done_on=None).order_by("due_on").first()
        if step is not None:
            words = "已到现场督办。"
            actions.finish_step(lead, step, at=at, done_on=at.date(), words=words)

    def coordinate(self, programme: Programme, lead: Actor, day: date, settled: list[dict[str, Any]]) -> None:
        at = self.teller.at(day, 15)
        actions.record_coordination(
            lead,
            programme,
            at=at,
            held_on=at.date(),
            place="市人大常委会机关二楼会议室",
            persons="牵头机构、承办部门、财政部门",
            words="会议逐件核对建议办理进度，明确牵头单位、资金来源和完成时间，按月通报。",
            settled=settled,
        )

    def settle(self, programme: Programme, lead: Actor, day: date) -> None:
        """Every duty answered by its unit and found done."""
        for owed in Owed.objects.filter(programme=programme, state="open").order_by("pk"):
            worker = self.place.actor(self.place.key_of(owed.unit_id))
            words = "已按要求落实，点位清单和照片附后。"
            actions.answer_owed(worker, owed, at=self.teller.at(day), words=words)
            at = self.teller.at(day + timedelta(days=6))
            actions.verify_owed(lead, owed, at=at, words="抽查三处，与所报一致。")

    def report(self, programme: Programme, lead: Actor, day: date, words: str) -> None:
        actions.report_result(
            lead,
            programme,
            at=self.teller.at(day),
            words=words,
            field_effect="全市同类问题同步排查，有关部门修订了管理办法，纳入下一年度项目计划。",
        )

    def conclude(self, programme: Programme, lead: Actor, day: date) -> None:
        """The principal answers face to face where it was answered; then the result and its rating."""
        sent = Reply.objects.filter(suggestion__in=programme.suggestions.all(), state=ReplyState.SENT)
        for reply in sent.filter(sent_on__lt=day).select_related("suggestion", "assignment__unit")[:2]:
            at = self.teller.at(day - timedelta(days=20), 10)
            actions.record_face_reply(
                lead,
                programme,
                at=at,
                suggestion=reply.suggestion,
                held_on=at.date(),
                persons=f"{reply.assignment.unit}主要负责人",
                words="主要负责人当面说明办理结果和后续安排，代表表示认可。",
            )
        self.report(programme, lead, day, "清单内点位基本完成，群众反映明显减少，余下事项转入跟踪督办。")
        grade = self.grade("satisfied" if programme.pk % 4 else "basically", day)
        chair = self.principal("chairpersons")
        at = self.teller.at(day + timedelta(days=20))
        actions.accept_result(chair, programme, at=at, words="督办扎实，结果具体。", grade=grade)

    def tracking(self) -> None:
        """The tracking list of last year: what is still promised."""
        owing = Promise.objects.filter(
            suggestion__congress=self.place.congress,
            state=PromiseState.OPEN,
            due_on__year__gte=2026,
            reply__sent_on__lt=date(2026, 5, 11),
        ).order_by("due_on", "pk")
        members = list(dict.fromkeys(promise.suggestion for promise in owing.select_related("suggestion")))[
            :6
        ]
        if not members:  # a small demo owes nothing that long
            return
        lead, day = self.place.office, date(2026, 5, 11)
        programme = actions.nominate_programme(
            lead,
            at=self.teller.at(day),
            kind="tracking",
            year=2026,
            title="跨年度承诺事项跟踪督办",
            reason="答复为B类、承诺跨年度的建议，须逐件跟踪到落实。",
            committee=self.place.units["deputy_work"],
            suggestions=members,
        )
        self.decide(programme, day + timedelta(days=7), "第四十九次")
        self.plan(programme, lead, day + timedelta(days=10), "逐件到承诺地点察看")

    def look_back(self) -> None:
        """Replies of last year's session looked at again; some returns are in, some are checked."""
        sent = Reply.objects.filter(
            suggestion__congress=self.place.congress,
            suggestion__session=self.place.sessions[4],
            state=ReplyState.SENT,
            category__code="B",
        ).order_by("pk")
        members = list(dict.fromkeys(reply.suggestion for reply in sent.select_related("suggestion")))[:8]
        office, day = self.place.office, date(2026, 4, 13)
        campaign = actions.order_instrument(
            office,
            at=self.teller.at(day),
            kind=InstrumentKind.LOOK_BACK,
            title="2025年B类答复建议回头看",
            words="对2025年答复为B类的建议逐件回头看，填报现在的办复类别、落实情况和未落实的原因。",
            suggestions=members,
            due_on=day + timedelta(days=30),
        )
        for number, row in enumerate(campaign.addresses.select_related("unit").order_by("pk")[:6]):
            version = row.suggestion.regulation if row.suggestion else None
            code = "B" if number % 3 == 2 else "A"
            category = version.categories.get(code=code) if version else None
            worker = self.place.actor(self.place.key_of(row.unit_id))
            cause = "资金须跨年安排" if code == "B" else ""
            at = self.teller.at(day + timedelta(days=12 + number))
            words = "承诺事项已完成并投入使用。" if code == "A" else "主体已完成，附属设施下半年完工。"
            actions.answer_address(worker, row, at=at, words=words, category=category, cause=cause)
            if number < 4:
                at = self.teller.at(day + timedelta(days=25 + number))
                actions.check_address(office, row, at=at, words="到现场看过，属实。", checked_on=at.date())

    def ordered(self, kind: InstrumentKind, day: date, unit: str, **fields: Any) -> Any:
        given = {"kind": kind, "units": [self.place.units[unit]], "due_on": day + timedelta(days=30)}
        by = self.principal("chairpersons") if fields.get("meeting") else self.place.office
        return actions.order_instrument(by, at=self.teller.at(day), **(given | fields))

    def finish(self, tool: Any, unit: str, day: date, answer: str, finding: str) -> None:
        by = self.principal("chairpersons") if tool.meeting else self.place.office
        for row in tool.addresses.all():
            worker = self.place.actor(unit, Rank.PRINCIPAL)
            actions.answer_address(worker, row, at=self.teller.at(day), words=answer)
            at = self.teller.at(day + timedelta(days=5))
            actions.check_address(by, row, at=at, words=finding, checked_on=at.date())
        actions.close_instrument(by, tool, at=self.teller.at(day + timedelta(days=10)), words=finding)

    def inquiry(self) -> None:
        title = "关于城市停车管理工作的专题询问"
        words = "一、新增公共停车位为何集中在三个街道？\n二、路内停车收费标准多久没有调整？\n三、学校医院周边怎样错时共享？"
        tool = self.ordered(
            InstrumentKind.SPECIAL_INQUIRY,
            date(2025, 6, 18),
            "city_management",
            title=title,
            words=words,
            meeting="第四十一次主任会议",
            suggestions=self.about("停车", date(2025, 6, 18)),
        )
        answer = "三个问题逐一作了书面答复，年内再增公共停车位六百个，收费标准10月前完成调整论证。"
        self.finish(tool, "city_management", date(2025, 7, 8), answer, "询问的问题均已答复，转入跟踪。")

    def circular(self) -> None:
        self.ordered(
            InstrumentKind.CIRCULAR,
            date(2026, 5, 20),
            "transport",
            title="关于第一季度代表建议办理进度的通报",
            words="第一季度多数单位按期签收、按期联系代表。少数单位办前联系不及时，请抓紧补办。",
            due_on=None,
            number="兴人办〔2026〕17号",
        )

    def correction(self) -> None:
        tool = self.ordered(
            InstrumentKind.CORRECTION_ORDER,
            date(2025, 9, 10),
            "housing",
            title="关于限期改正老旧小区改造建议逾期答复的决定",
            words="经查，有关建议逾期未答复，未说明理由。请在期限内改正，逐件答复代表并说明责任。",
            meeting="第四十三次主任会议",
            number="兴人主〔2025〕9号",
            suggestions=self.about("小区", date(2025, 9, 10), 2),
        )
        answer = "逾期的建议已全部答复代表，对责任科室作了批评，建立到期前十天提醒制度。"
        self.finish(tool, "housing", date(2025, 9, 28), answer, "已按期改正。")

    def requested(self) -> None:
        """A deputy asks to meet the head of a bureau."""
        day = date(2026, 6, 3)
        actions.order_instrument(
            self.place.deputy(12, day),
            at=self.teller.at(day),
            kind=InstrumentKind.REQUESTED_MEETING,
            title="约见市水利局负责人",
            words="村民自来水夏季断水，想当面了解管网改造的时间。",
            units=[self.place.units["water"]],
            due_on=day + timedelta(days=20),
        )

    def meetings(self) -> None:
        """The government's executive meeting of last year, whose tasks are done, and the one of this year, whose are not."""
        for year, words, unit, number in (
            (2025, "停车", "city_management", "四十"),
            (2026, "路灯", "city_management", "五十二"),
        ):
            self.meeting(date(year, 4, 15), words, unit, f"市政府第{number}次常务会议", is_done=year == 2025)

    def meeting(self, day: date, words: str, unit: str, title: str, *, is_done: bool) -> None:
        dispatcher, units = self.place.actor("dispatch", Rank.PRINCIPAL), self.place.units
        invited = [
            {"unit": units[key], "person": self.principal(key).person_name} for key in (unit, "finance")
        ]
        at = self.teller.at(day - timedelta(days=7))
        day = self.teller.at(day).date()
        meeting = actions.convene_government_meeting(
            dispatcher,
            at=at,
            kind="executive",
            title=title,
            held_on=day,
            place="市政府常务会议室",
            attendances=invited,
        )
        about = self.about(words, day)
        subject = f"研究“{words}”类代表建议办理工作"
        actions.add_agenda_item(dispatcher, meeting, at=at, subject=subject, suggestions=about)
        actions.hold_government_meeting(
            dispatcher,
            meeting,
            at=self.teller.at(day, 17),
            held_on=day,
            minutes="会议听取承办单位汇报，要求把代表建议办理与民生项目一并安排，按月调度。",
            decisions=[{"item": 1, "decision": "同意列入年度计划，资金由财政部门统筹，6月底前完成选址。"}],
            came=list(meeting.attendances.all()),
            tasks=[
                {"unit": units[unit], "what": "完成选址并公示", "due_on": day + timedelta(days=75)},
                {"unit": units["finance"], "what": "落实年度资金", "due_on": day + timedelta(days=60)},
            ],
        )
        for owed in meeting.owed.order_by("pk") if is_done else ():
            worker = self.place.actor(self.place.key_of(owed.unit_id))
            at = self.teller.at(owed.due_on - timedelta(days=6))
            actions.answer_owed(worker, owed, at=at, words="已完成。")
            at = self.teller.at(owed.due_on - timedelta(days=2))
            actions.verify_owed(dispatcher, owed, at=at, words="核对台账，属实。")

    def opinion(self) -> None:
        """A deliberation opinion: handed over, planned, reported, rated."""
        day, unit = date(2026, 3, 20), self.place.units["police"]
        committee, worker = self.principal("justice_committee"), self.principal("police")
        case = actions.open_opinion(
            self.place.office,
            at=self.teller.at(day),
            title="关于道路交通安全管理情况报告的审议意见",
            meeting="市六届人大常委会第三十二次会议",
            deliberated_on=day - timedelta(days=2),
            words="一、加快补齐学校周边和背街小巷过街设施。\n二、严管重点时段货车闯禁。\n三、建立事故多发点段季度排查机制。",
            committee=self.place.units["justice_committee"],
            suggestions=self.about("过街", day, 2),
        )
        at = self.teller.at(day + timedelta(days=5))
        actions.hand_over_opinion_case(committee, case, at=at, unit=unit, due_on=date(2026, 8, 31))
        at = self.teller.at(day + timedelta(days=20))
        actions.plan_opinion_case(worker, case, at=at, words="分排查、整治、巩固三步，列出四十二处点位清单。")
        actions.note_opinion_case(
            worker, case, at=self.teller.at(date(2026, 6, 10)), words="已完成二十八处。"
        )
        words = "四十二处点位完成三十九处，余下三处因管线迁改年底完成。"
        actions.report_opinion_case(worker, case, at=self.teller.at(date(2026, 8, 25)), words=words)
        grade, at = self.grade("basically", date(2026, 9, 10)), self.teller.at(date(2026, 9, 10))
        actions.rate_opinion_case(
            committee, case, at=at, grade=grade, words="总体落实较好，余下三处继续跟踪。"
        )
