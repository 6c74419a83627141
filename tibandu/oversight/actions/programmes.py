"""Knows every verb of key, joint and tracked supervision: nominated, decided, planned, carried out, concluded."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from tibandu.base.files import Stored
from tibandu.base.flow import Refused
from tibandu.base.verbs import verb
from tibandu.oversight.actions.cases import begun, enclose, may_open, owe, refuse_late, tell_case, tell_holder
from tibandu.oversight.enums import EntryKind, OwedKind, ProgrammeKind, ProgrammeState
from tibandu.oversight.flow.programmes import (
    CONDUCT,
    NOMINATOR,
    OPENER_OF_JOINT,
    SELECTION,
    STEP,
)
from tibandu.oversight.models import (
    Capacity,
    Participant,
    Programme,
    ProgrammeEntry,
    ProgrammeStep,
    Score,
)
from tibandu.oversight.queries.programmes import members_of
from tibandu.oversight.rules.programmes import over_the_top
from tibandu.people.enums import Competence, MessageKind
from tibandu.people.models import Unit
from tibandu.people.queries import Actor, unit_holding
from tibandu.regulations.enums import OptionKind
from tibandu.regulations.models import Grade
from tibandu.regulations.queries import measure_in_force, options_of
from tibandu.suggestions.actions.telling import tell_authors
from tibandu.suggestions.models import Suggestion


@transaction.atomic
def nominate_programme(
    actor: Actor,
    *,
    at: datetime,
    kind: str,
    year: int,
    title: str,
    reason: str,
    committee: Unit,
    suggestions: Sequence[Suggestion] = (),
) -> Programme:
    """Proposes a key topic, or a matter for the tracking list; nothing is fixed before the deciding organ says so."""
    label = _("推荐督办项目")
    congress = may_open(actor, NOMINATOR, label)
    if kind == ProgrammeKind.JOINT or (actor.is_deputy and kind != ProgrammeKind.KEY):
        raise Refused(_("这种督办方式不由推荐产生。"), {"kind": _("请另选")})
    row = Programme.objects.create(
        congress_id=congress,
        kind=kind,
        year=year,
        title=title,
        reason=reason,
        committee=committee,
        nominated_unit_id=actor.unit_id,
        nominated_seat_id=actor.seat_id,
        nominated_on=localdate(at),
    )
    row.suggestions.set(suggestions)
    begun(actor, row, "programme", "nominate_programme", label, at=at, seen_by="congress")
    tell_holder(row, Competence.DECIDE, f"推荐{row.get_kind_display()}，请研究：{row}", at=at)
    return row


@transaction.atomic
def open_joint_programme(
    actor: Actor,
    *,
    at: datetime,
    year: int,
    title: str,
    reason: str,
    suggestions: Sequence[Suggestion] = (),
    participants: Iterable[Mapping[str, Any]] = (),
    work_kind: str = "",
    works_with: str = "",
    party_activity: str = "",
) -> Programme:
    """A committee bundles related suggestions with its other supervision work and with party-branch activity."""
    label = _("发起联合督办")
    congress = may_open(actor, OPENER_OF_JOINT, label)
    if not suggestions:
        raise Refused(_("联合督办至少要有一件建议。"), {"suggestions": _("请写建议编号")})
    row = Programme.objects.create(
        congress_id=congress,
        kind=ProgrammeKind.JOINT,
        year=year,
        title=title,
        reason=reason,
        committee_id=actor.unit_id,
        state=ProgrammeState.FIXED,
        nominated_unit_id=actor.unit_id,
        nominated_on=localdate(at),
        work_kind=work_kind,
        works_with=works_with,
        party_activity=party_activity,
    )
    row.suggestions.set(suggestions)
    begun(actor, row, "programme", "open_joint_programme", label, at=at)
    _take_part(row, participants, at)
    _tell_of_fixing(row, at)
    return row


@verb
def bundle_suggestions(
    actor: Actor, programme: Programme, *, at: datetime, suggestions: Sequence[Suggestion], words: str = ""
) -> None:
    """Takes further suggestions into the topic."""
    held = set(programme.suggestions.values_list("pk", flat=True))
    new = [row for row in suggestions if row.pk not in held]
    if not new:
        raise Refused(_("这些建议已经在本题目里。"), {"suggestions": _("已经纳入")})
    facts = {"建议": "、".join(row.number_text or row.title for row in new)}
    SELECTION.take("bundle_suggestions", actor, programme, at=at, words=words, facts=facts)
    programme.suggestions.add(*new)
    if programme.state != ProgrammeState.NOMINATED:
        _tell_authors(programme, new, at)


@verb
def score_programme(
    actor: Actor, programme: Programme, *, at: datetime, marks: Sequence[Mapping[str, Any]]
) -> None:
    """The sheet of the actor's body on a nomination; giving it anew replaces it while nothing is decided."""
    version = measure_in_force(programme.congress_id, localdate(at))
    known = {row.code: row for row in options_of(version, OptionKind.KEY_CRITERION)}
    given = {mark["criterion"]: mark["points"] for mark in marks if mark["points"] is not None}
    if missing := [row.label for code, row in known.items() if code not in given]:
        raise Refused(
            _("还没有评分：%(names)s。") % {"names": "、".join(missing)}, {"marks": _("请逐项评分")}
        )
    over = over_the_top([(row.label, given[code], row.points) for code, row in known.items()])
    if over:
        raise Refused(_("超过满分：%(names)s。") % {"names": "、".join(over)}, {"marks": _("超过满分")})
    total = sum(given[code] for code in known)
    SELECTION.take("score_programme", actor, programme, at=at, facts={"合计": total})
    programme.scores.filter(unit=actor.unit_id).delete()
    Score.objects.bulk_create(
        Score(
            programme=programme,
            unit_id=actor.unit_id,
            criterion=row,
            points=given[code],
            scored_on=localdate(at),
            scored_by=actor.person_name,
        )
        for code, row in known.items()
    )


@verb
def decide_programme(
    actor: Actor,
    programme: Programme,
    *,
    at: datetime,
    decided_on: date,
    meeting: str,
    decision: str,
    number: str = "",
) -> None:
    """The one way to a key topic or onto the tracking list: the record of the deciding organ (Deputies Law §52)."""
    if decided_on > localdate(at):
        raise Refused(_("决定日期还没有到。"), {"decided_on": _("不能晚于今天")})
    organ = unit_holding(programme.congress_id, Competence.DECIDE)
    facts = {"会议": meeting, "决定日期": decided_on.isoformat()} | ({"文号": number} if number else {})
    SELECTION.take(
        "decide_programme",
        actor,
        programme,
        at=at,
        words=decision,
        facts=facts,
        decided_by_id=organ.pk if organ else actor.unit_id,
        decided_on=decided_on,
        decided_at_meeting=meeting,
        decision=decision,
        decision_no=number,
    )
    _tell_of_fixing(programme, at)


@verb
def decline_programme(actor: Actor, programme: Programme, *, at: datetime, words: str) -> None:
    """Not taken up this time, with the reason; whoever nominated it is told."""
    SELECTION.take("decline_programme", actor, programme, at=at, words=words, decision=words)
    title = f"推荐的督办项目未列入：{programme}"
    tell_case(
        programme,
        [programme.nominated_unit_id],
        title,
        at=at,
        kind=MessageKind.NOTICE,
        seats=[programme.nominated_seat_id],
    )


@verb
def name_capacities(
    actor: Actor, programme: Programme, *, at: datetime, capacities: Sequence[Mapping[str, Any]]
) -> None:
    """Who leads, who takes it in hand, which body matches it, which departments handle it; the list replaces the former."""
    if nameless := [row for row in capacities if not (row.get("unit") or row.get("person"))]:
        raise Refused(
            _("“%(option)s”没有写姓名或者单位。") % {"option": nameless[0]["option"]},
            {"capacities": _("请写姓名或者单位")},
        )
    facts: dict[str, str] = {}
    for row in capacities:
        named = " ".join(filter(None, (str(row.get("unit") or ""), row.get("person", ""))))
        label = str(row["option"])
        facts[label] = "、".join(filter(None, (facts.get(label, ""), named)))
    SELECTION.take("name_capacities", actor, programme, at=at, facts=facts)
    programme.capacities.all().delete()
    Capacity.objects.bulk_create(Capacity(programme=programme, **row) for row in capacities)
    units = [row["unit"].pk for row in capacities if row.get("unit")]
    tell_case(programme, units, f"您单位承担督办责任：{programme}", at=at, kind=MessageKind.NOTICE)


@verb
def name_participants(
    actor: Actor, programme: Programme, *, at: datetime, participants: Sequence[Mapping[str, Any]]
) -> None:
    """Which bodies and party branches take part; the list replaces the former."""
    named = "、".join(str(row.get("unit") or row.get("name")) for row in participants)
    SELECTION.take("name_participants", actor, programme, at=at, facts={"单位": named})
    programme.participants.all().delete()
    _take_part(programme, participants, at)


def _take_part(programme: Programme, participants: Iterable[Mapping[str, Any]], at: datetime) -> None:
    rows = [Participant(programme=programme, **row) for row in participants]
    if any(row.unit is None and not row.name for row in rows):
        raise Refused(_("每行写明一个单位或者党支部。"), {"participants": _("请写单位")})
    Participant.objects.bulk_create(rows)
    units = [row.unit_id for row in rows]
    tell_case(programme, units, f"参加联合督办：{programme}", at=at, kind=MessageKind.NOTICE)


@verb
def plan_programme(
    actor: Actor, programme: Programme, *, at: datetime, steps: Sequence[Mapping[str, Any]], words: str = ""
) -> None:
    """The dated steps of the plan; a plan made again keeps what was done and replaces what was not."""
    CONDUCT.take("plan_programme", actor, programme, at=at, words=words, facts={"安排": len(steps)})
    programme.steps.filter(done_on=None).delete()
    ProgrammeStep.objects.bulk_create(ProgrammeStep(programme=programme, **row) for row in steps)
    units = [row.unit_id for held in (programme.capacities, programme.participants) for row in held.all()]
    tell_case(programme, units, f"督办方案已制定：{programme}", at=at, kind=MessageKind.NOTICE)


@verb
def finish_step(actor: Actor, step: ProgrammeStep, *, at: datetime, done_on: date, words: str) -> None:
    """A step of the plan was taken."""
    STEP.take("finish_step", actor, step, at=at, words=words, done_on=done_on)
    ProgrammeStep.objects.filter(pk=step.pk).update(words=words)


@verb
def record_visit(
    actor: Actor,
    programme: Programme,
    *,
    at: datetime,
    held_on: date,
    place: str,
    persons: str,
    words: str,
    files: Sequence[Stored] = (),
) -> None:
    """A visit on site with what was found there."""
    fields = {"held_on": held_on, "place": place, "persons": persons, "words": words}
    _enter(actor, programme, "record_visit", EntryKind.VISIT, at, fields, files)


@verb
def record_coordination(
    actor: Actor,
    programme: Programme,
    *,
    at: datetime,
    held_on: date,
    place: str,
    persons: str,
    words: str,
    settled: Sequence[Mapping[str, Any]] = (),
    files: Sequence[Stored] = (),
) -> None:
    """A meeting with its minutes, and what was settled there: which unit owes what until when."""
    refuse_late(settled, held_on)
    fields = {"held_on": held_on, "place": place, "persons": persons, "words": words}
    _enter(actor, programme, "record_coordination", EntryKind.COORDINATION, at, fields, files)
    owe(programme, settled, OwedKind.SETTLED, at=at, programme=programme)


@verb
def hand_over_point(
    actor: Actor, programme: Programme, *, at: datetime, unit: Unit, what: str, due_on: date
) -> None:
    """An opinion handed over to one unit, which answers in time."""
    row = {"unit": unit, "what": what, "due_on": due_on}
    refuse_late([row], localdate(at))
    facts = {"责任单位": str(unit), "完成时限": due_on.isoformat()}
    CONDUCT.take("hand_over_point", actor, programme, at=at, words=what, facts=facts)
    owe(programme, [row], OwedKind.OPINION, at=at, programme=programme)


@verb
def record_face_reply(
    actor: Actor,
    programme: Programme,
    *,
    at: datetime,
    suggestion: Suggestion,
    held_on: date,
    persons: str,
    words: str,
) -> None:
    """The principal answered the deputies of one suggestion face to face (QD §28)."""
    fields = {"held_on": held_on, "persons": persons, "words": words, "suggestion": suggestion}
    _enter(actor, programme, "record_face_reply", EntryKind.FACE_REPLY, at, fields)


@verb
def report_programme(
    actor: Actor, programme: Programme, *, at: datetime, words: str, files: Sequence[Stored] = ()
) -> None:
    """What moved since the last word, by the leading body or by a unit that takes part."""
    fields = {"held_on": localdate(at), "words": words}
    _enter(actor, programme, "report_programme", EntryKind.PROGRESS, at, fields, files)


@verb
def note_year(actor: Actor, programme: Programme, *, at: datetime, words: str) -> None:
    """The yearly note on a tracked matter: one a year."""
    day = localdate(at)
    if programme.entries.filter(kind=EntryKind.YEAR, held_on__year=day.year).exists():
        raise Refused(_("%(year)d年的年度小结已经写过。") % {"year": day.year})
    _enter(actor, programme, "note_year", EntryKind.YEAR, at, {"held_on": day, "words": words})


def _enter(
    actor: Actor,
    programme: Programme,
    step: str,
    kind: EntryKind,
    at: datetime,
    fields: Mapping[str, Any],
    files: Sequence[Stored] = (),
) -> None:
    if fields["held_on"] > localdate(at):
        raise Refused(_("日期还没有到。"), {"held_on": _("不能晚于今天")})
    facts = {"日期": fields["held_on"].isoformat(), "地点": fields.get("place", "")}
    about = fields.get("suggestion")
    facts |= {"建议": about.number_text} if about else {}
    CONDUCT.take(
        step, actor, programme, at=at, words=fields["words"], facts={k: v for k, v in facts.items() if v}
    )
    entry = ProgrammeEntry.objects.create(programme=programme, kind=kind, entered_by=str(actor), **fields)
    enclose(actor, "programme_entry", entry.pk, files, at=at)


@verb
def report_result(
    actor: Actor,
    programme: Programme,
    *,
    at: datetime,
    words: str,
    field_effect: str = "",
    files: Sequence[Stored] = (),
) -> None:
    """What came of it, and what it moved in its whole field 促进一个领域工作; the figures of that day stand in the journal."""
    members = members_of(actor, programme)
    facts = {"建议": len(members.seen), "已答复": members.answered}
    facts |= {"承诺": members.promised, "已兑现": members.kept}
    CONDUCT.take(
        "report_result",
        actor,
        programme,
        at=at,
        words=words,
        facts=facts,
        result=words,
        field_effect=field_effect,
        reported_on=localdate(at),
    )
    enclose(actor, "programme", programme.pk, files, at=at)
    title = f"督办结果已报告，请评价：{programme}"
    if programme.kind == ProgrammeKind.JOINT:
        tell_case(programme, [programme.committee_id], title, at=at)
    else:
        tell_holder(programme, Competence.DECIDE, title, at=at)


@verb
def accept_result(
    actor: Actor, programme: Programme, *, at: datetime, words: str, grade: Grade | None = None
) -> None:
    """Rated and closed by whoever fixed it."""
    facts = {"评价": str(grade)} if grade else {}
    CONDUCT.take(
        "accept_result",
        actor,
        programme,
        at=at,
        words=words,
        facts=facts,
        grade_id=grade.pk if grade else None,
        conclusion=words,
        concluded_on=localdate(at),
    )
    units = [programme.committee_id, *(row.unit_id for row in programme.capacities.all())]
    tell_case(programme, units, f"督办项目已办结：{programme}", at=at, kind=MessageKind.NOTICE)
    _tell_authors(programme, programme.suggestions.all(), at)


@verb
def return_result(actor: Actor, programme: Programme, *, at: datetime, words: str) -> None:
    """Not enough yet; supervision goes on."""
    CONDUCT.take("return_result", actor, programme, at=at, words=words)
    tell_case(programme, [programme.committee_id], f"督办结果退回，请继续督办：{programme}", at=at)


def _tell_of_fixing(programme: Programme, at: datetime) -> None:
    """The leading body, the units that handle the suggestions, and their authors."""
    shares = programme.suggestions.values_list("assignments__unit", flat=True)
    title = f"列为{programme.get_kind_display()}：{programme}"
    units = [programme.committee_id, *shares.distinct()]
    tell_case(programme, units, title, at=at, kind=MessageKind.NOTICE, key="fixed")
    _tell_authors(programme, programme.suggestions.all(), at)


def _tell_authors(programme: Programme, suggestions: Iterable[Suggestion], at: datetime) -> None:
    """The authors of masked suggestions are told by the office, as everywhere."""
    words = f"{programme.get_kind_display()}（{programme.get_state_display()}）：{programme}"
    for row in suggestions:
        tell_authors(row, words, at=at, key=f"programme:{programme.pk}:{programme.state}")
