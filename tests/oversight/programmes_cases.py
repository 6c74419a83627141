"""Programmes, instruments, meetings and opinions as they stand at each stage, made by the real verbs at past moments."""

from datetime import date
from typing import Any

from tests import cases
from tests.kept import kept
from tests.town import Town, moment
from tibandu.oversight import actions
from tibandu.oversight.enums import InstrumentKind
from tibandu.oversight.models import GovernmentMeeting, Instrument, OpinionCase, Programme
from tibandu.regulations.enums import OptionKind
from tibandu.regulations.models import Grade
from tibandu.regulations.queries import options_of
from tibandu.suggestions.models import Suggestion

NOMINATED, DECIDED, PLANNED, VISITED = (
    date(2026, 3, 2),
    date(2026, 3, 5),
    date(2026, 3, 10),
    date(2026, 4, 8),
)
DUE, ANSWERED, CHECKED, REPORTED, CONCLUDED = (
    date(2026, 5, 8),
    date(2026, 4, 28),
    date(2026, 5, 6),
    date(2026, 6, 1),
    date(2026, 6, 10),
)


@kept
def nominated(town: Town, *suggestions: Suggestion, **fields: Any) -> Programme:
    """Nominated by the committee on 2 March 2026, over one suggestion that the housing bureau handles."""
    given: dict[str, Any] = {
        "kind": "key",
        "year": 2026,
        "title": "过街设施建设",
        "reason": "群众反映集中，三年没有解决",
        "committee": town.units["committee"],
        "suggestions": list(suggestions) or [cases.assigned(town)],
    }
    return actions.nominate_programme(town.member, at=moment(NOMINATED), **(given | fields))


WHOLE_SHEET = [("whole", 28), ("concern", 25), ("hard", 15), ("agenda", 10)]


def marks(*pairs: tuple[str, int | None]) -> list[dict[str, object]]:
    return [{"criterion": code, "points": points} for code, points in pairs]


def scored(town: Town, programme: Programme) -> Programme:
    """The office has given its whole sheet."""
    actions.score_programme(town.office, programme, at=moment(NOMINATED), marks=marks(*WHOLE_SHEET))
    return programme


def decide(town: Town, programme: Programme) -> Programme:
    """Decided on 5 March 2026, on the office's sheet where that is asked for."""
    if programme.kind == "key":
        scored(town, programme)
    actions.decide_programme(
        town.chairpersons,
        programme,
        at=moment(DECIDED),
        decided_on=DECIDED,
        meeting="第四十六次主任会议",
        decision="同意列为重点督办建议",
        number="兴人主〔2026〕3号",
    )
    return programme


@kept
def under_way(town: Town, *suggestions: Suggestion, **fields: Any) -> Programme:
    """Decided on 5 March, with posts and a plan since 10 March 2026."""
    programme = decide(town, nominated(town, *suggestions, **fields))
    leader, sponsor, committee, department = options_of(town.measure, OptionKind.CAPACITY)
    rows: list[dict[str, Any]] = [
        {"option": leader, "person": "何岳（常委会主任）", "unit": None},
        {"option": sponsor, "person": "季朗（副市长）", "unit": None},
        {"option": committee, "person": "", "unit": town.units["committee"]},
        {"option": department, "person": "", "unit": town.units["housing"]},
    ]
    actions.name_capacities(town.member, programme, at=moment(PLANNED), capacities=rows)
    steps = [{"what": "现场察看大桥东侧路口", "owner": "韩澄", "due_on": VISITED}]
    actions.plan_programme(town.member, programme, at=moment(PLANNED), steps=steps)
    return programme


@kept
def owing(town: Town, *suggestions: Suggestion, **fields: Any) -> Programme:
    """An opinion was handed to the housing bureau on 8 April, to be answered until 8 May 2026."""
    programme = under_way(town, *suggestions, **fields)
    actions.hand_over_point(
        town.member, programme, at=moment(VISITED), unit=town.units["housing"], what="补设盲道", due_on=DUE
    )
    return programme


def settle(town: Town, programme: Programme) -> None:
    """Answered by the bureau and found done by the committee."""
    owed = programme.owed.get()
    actions.answer_owed(town.housing_officer, owed, at=moment(ANSWERED), words="盲道已补设")
    actions.verify_owed(town.member, owed, at=moment(CHECKED), words="现场看过，属实")


@kept
def reported(town: Town, *suggestions: Suggestion, **fields: Any) -> Programme:
    programme = under_way(town, *suggestions, **fields)
    actions.report_result(
        town.member,
        programme,
        at=moment(REPORTED),
        words="天桥已开工，路口事故下降",
        field_effect="全市排查过街设施二十一处",
    )
    return programme


@kept
def joint(town: Town, *suggestions: Suggestion) -> Programme:
    """Opened by the committee on 2 March 2026 with a party branch."""
    return actions.open_joint_programme(
        town.member,
        at=moment(NOMINATED),
        year=2026,
        title="停车难综合治理",
        reason="几件建议同指一事",
        suggestions=list(suggestions) or [cases.assigned(town)],
        participants=[
            {"unit": town.units["deputy_work"], "name": "", "part": "联系代表"},
            {"unit": None, "name": "城环委机关党支部", "part": "主题党日"},
        ],
        work_kind="inspection",
        works_with="城市更新视察",
        party_activity="停车问题现场主题党日",
    )


@kept
def ordered(town: Town, kind: InstrumentKind, **fields: Any) -> Instrument:
    """Ordered on 8 April 2026 of the housing bureau, to be answered until 8 May; by whoever may order it."""
    decided = kind in (InstrumentKind.SPECIAL_INQUIRY, InstrumentKind.CORRECTION_ORDER)
    given: dict[str, Any] = {
        "kind": kind,
        "title": f"关于过街设施建设的{kind.label}",
        "words": "请说明工期为何推迟。\n请提出改正措施。",
        "units": [town.units["housing"]],
        "due_on": DUE,
        "number": "兴人办〔2026〕7号",
        "meeting": "第四十七次主任会议" if decided else "",
    }
    by = town.chairpersons if decided else town.office
    return actions.order_instrument(by, at=moment(VISITED), **(given | fields))


@kept
def convened(town: Town, *suggestions: Suggestion) -> GovernmentMeeting:
    """Entered by the dispatch office for 10 March 2026, with one item."""
    meeting = actions.convene_government_meeting(
        town.dispatcher,
        at=moment(DECIDED),
        kind="executive",
        title="市政府第五十二次常务会议",
        held_on=PLANNED,
        attendances=[{"unit": town.units["housing"], "person": "郎定"}],
    )
    about = list(suggestions) or [cases.assigned(town)]
    actions.add_agenda_item(
        town.dispatcher, meeting, at=moment(DECIDED), subject="研究过街设施建设", suggestions=about
    )
    return meeting


@kept
def held(town: Town, *suggestions: Suggestion) -> GovernmentMeeting:
    meeting = convened(town, *suggestions)
    actions.hold_government_meeting(
        town.dispatcher,
        meeting,
        at=moment(PLANNED, 17),
        held_on=PLANNED,
        minutes="会议听取了汇报",
        decisions=[{"item": 1, "decision": "年内建成天桥一座"}],
        came=list(meeting.attendances.all()),
        tasks=[{"unit": town.units["housing"], "what": "完成天桥设计", "due_on": DUE}],
    )
    return meeting


@kept
def opinion(town: Town) -> OpinionCase:
    """Entered by the deputy-work committee on 2 March 2026; the city committee follows it."""
    return actions.open_opinion(
        town.office,
        at=moment(NOMINATED),
        title="关于道路交通安全管理情况报告的审议意见",
        meeting="第三十次会议",
        deliberated_on=date(2026, 2, 27),
        words="一、加快补齐过街设施短板。",
        committee=town.units["committee"],
    )


@kept
def handed(town: Town) -> OpinionCase:
    """In the hands of the housing bureau since 5 March 2026, to be reported on until 1 June."""
    case = opinion(town)
    actions.hand_over_opinion_case(
        town.member, case, at=moment(DECIDED), unit=town.units["housing"], due_on=REPORTED
    )
    return case


@kept
def told_back(town: Town) -> OpinionCase:
    case = handed(town)
    actions.plan_opinion_case(town.housing_officer, case, at=moment(PLANNED), words="分三步推进")
    actions.note_opinion_case(town.housing_officer, case, at=moment(VISITED), words="完成排查")
    actions.report_opinion_case(town.housing_officer, case, at=moment(CHECKED), words="已补齐两处")
    return case


def grade(town: Town, code: str) -> Grade:
    return Grade.objects.get(version=town.measure, code=code)
