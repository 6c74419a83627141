"""Knows what a unit does inside its share: who is responsible, which measures, and what co-units tell the lead."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from tibandu.base.flow import Refused
from tibandu.base.verbs import verb
from tibandu.people.enums import RANK_ORDER, MessageKind, Rank
from tibandu.people.models import Appointment
from tibandu.people.queries import Actor
from tibandu.suggestions import rules
from tibandu.suggestions.actions.telling import tell_unit
from tibandu.suggestions.actions.together import companions
from tibandu.suggestions.actions.unit_numbers import unit_number
from tibandu.suggestions.enums import LIVE_SHARES, OpinionState, PlanState, Role
from tibandu.suggestions.flow import ASSIGNMENT, OPINION, PLAN
from tibandu.suggestions.models import Assignment, Opinion, PlanItem, Responsible, Suggestion

Rows = Sequence[Mapping[str, Any]]


@verb
def name_responsible(actor: Actor, share: Assignment, *, at: datetime, people: Rows) -> None:
    """Who answers for the share at each tier 分级负责; taken again it names others."""
    named = {row["rank"]: _person_of(row) for row in people}
    _check_tiers(share, people, named)
    facts = {str(Rank(rank).label): person["name"] for rank, person in named.items()}
    ASSIGNMENT.take("name_responsible", actor, share, at=at, facts=facts)
    share.responsibles.exclude(rank__in=named).delete()
    for rank, person in named.items():
        Responsible.objects.update_or_create(assignment=share, rank=rank, defaults=person)


def _person_of(row: Mapping[str, Any]) -> dict[str, Any]:
    appointment: Appointment | None = row.get("appointment")
    name = row.get("name") or (appointment.person.name if appointment else "")
    phone = row.get("phone") or (appointment.person.phone if appointment else "")
    return {"appointment": appointment, "name": name, "phone": phone}


def _check_tiers(share: Assignment, people: Rows, named: Mapping[str, Mapping[str, Any]]) -> None:
    if len(named) < len(people):
        raise Refused(_("每一层级只写一人。"), {"people": _("每一层级只写一人。")})
    if any(not person["name"].strip() for person in named.values()):
        raise Refused(_("请选择任职人员，或写明姓名。"), {"people": _("请选择任职人员，或写明姓名。")})
    asked = share.round.rank
    if asked and not any(RANK_ORDER.index(Rank(rank)) >= RANK_ORDER.index(Rank(asked)) for rank in named):
        sentence = _("本轮须由%(rank)s领办。") % {"rank": Rank(asked).label}
        raise Refused(sentence, {"people": sentence})
    persons = {row["appointment"].person_id for row in people if row.get("appointment")}
    if persons & _author_persons(share.suggestion):
        sentence = _("提出人本人应当回避，不能担任责任人。")
        raise Refused(sentence, {"people": sentence})


def _author_persons(suggestion: Suggestion) -> set[int]:
    """The proposers as human beings: one of them may also head the unit (model.md rule 7)."""
    return set(suggestion.proposers.filter(seat__isnull=False).values_list("seat__person", flat=True))


@transaction.atomic
def plan(
    actor: Actor,
    share: Assignment,
    *,
    at: datetime,
    measures: Rows,
    shown: Iterable[int] = (),
    for_file: bool = False,
) -> None:
    """Writes the measures of the share, new ones and changes of open ones 项目化、清单化.

    `shown` are the open ones that the writer had before them: those left out were struck off, and what a colleague
    added meanwhile stays. `for_file` writes the new ones into the unit's other cases of the file too, without the ask,
    which differs there.
    """
    others = companions(share) if for_file else []
    _plan(actor, share, at=at, measures=measures, shown=shown)
    new = [{**row, "ask": None} for row in measures if not row.get("item")]
    for other in others if new else []:
        _plan(actor, other, at=at, measures=new)


@verb
def _plan(
    actor: Actor, share: Assignment, *, at: datetime, measures: Rows, shown: Iterable[int] = ()
) -> None:
    struck = share.plan.filter(
        pk__in=set(shown) - {row.get("item") for row in measures}, state=PlanState.OPEN
    )
    facts = {
        f"措施{n}": f"{row['measure']}（{row['owner']}，{row['due_on']}）"
        for n, row in enumerate(measures, 1)
    }
    if names := [item.measure for item in struck]:
        facts["删去"] = "、".join(names)
    ASSIGNMENT.take("plan", actor, share, at=at, facts=facts)
    struck.delete()
    for row in measures:
        _write(share, row)


def _write(share: Assignment, row: Mapping[str, Any]) -> None:
    values = {key: row.get(key) for key in ("ask", "measure", "owner", "due_on")}
    if not (item := row.get("item")):
        PlanItem.objects.create(assignment=share, **values)
    elif not share.plan.filter(pk=item, state=PlanState.OPEN).update(**values):
        raise Refused(_("这项措施已完成或者不属于本件，不能再改。"))


@verb
def report_progress(actor: Actor, item: PlanItem, *, at: datetime, words: str) -> None:
    """How far a measure has come; the earlier words stay in the timeline."""
    facts = {"措施": item.measure}
    PLAN.take("report_progress", actor, item, at=at, words=words, facts=facts, progress=words)


@verb
def finish_measure(actor: Actor, item: PlanItem, *, at: datetime, words: str = "") -> None:
    """A measure is done."""
    changes = {"done_on": localdate(at)} | ({"progress": words} if words else {})
    facts = {"措施": item.measure}
    PLAN.take("finish_measure", actor, item, at=at, words=words, facts=facts, **changes)


@verb
def give_opinion(
    actor: Actor, share: Assignment, *, at: datetime, text: str, signed_by: str, number_text: str = ""
) -> Opinion:
    """The co-unit's view in writing, numbered in its own series unless it brings a number; the lead countersigns."""
    day = localdate(at)
    lead = _lead_of(share.suggestion)
    facts = {"会办单位": str(share.unit), "签发人": signed_by}
    ASSIGNMENT.take("give_opinion", actor, share, at=at, facts=facts)
    number = number_text.strip() or unit_number(share, day)
    opinion = Opinion.objects.create(
        assignment=share, number_text=number, text=text, signed_by=signed_by, given_on=day
    )
    ASSIGNMENT.take("answer", actor, share, at=at, answered_on=day, facts={"文号": number})
    title = f"{share.unit}提出会办意见，请会签：{share.suggestion}"
    if lead is not None:
        tell_unit(lead.unit, share.suggestion, title, at=at, key=f"countersign:{opinion.pk}")
    return opinion


def _lead_of(suggestion: Suggestion) -> Assignment | None:
    live = suggestion.assignments.filter(state__in=LIVE_SHARES).select_related("unit").order_by("pk")
    return next((share for share in rules.newest_shares(list(live)) if share.role == Role.LEAD), None)


@verb
def countersign(actor: Actor, opinion: Opinion, *, at: datetime, words: str = "") -> None:
    """The lead takes the opinion into its reply."""
    _answer(actor, opinion, "countersign", at, words)


@verb
def send_back_opinion(actor: Actor, opinion: Opinion, *, at: datetime, words: str) -> None:
    """The lead asks for more; the co-unit's share is open again under its old clock."""
    _answer(actor, opinion, "send_back_opinion", at, words)
    share = opinion.assignment
    facts = {"会办单位": str(share.unit)}
    ASSIGNMENT.take("resume", actor, share, at=at, words=words, facts=facts, answered_on=None)


def _answer(actor: Actor, opinion: Opinion, verb_: str, at: datetime, words: str) -> None:
    share = opinion.assignment
    changes: dict[str, date | str] = {"answered_on": localdate(at), "answer": words}
    facts = {"会办单位": str(share.unit), "文号": opinion.number_text}
    OPINION.take(verb_, actor, opinion, at=at, words=words, facts=facts, **changes)
    back = opinion.state == OpinionState.SENT_BACK
    title = f"会办意见{'退回补充' if back else '已会签'}：{share.suggestion}"
    kind = MessageKind.TODO if back else MessageKind.NOTICE
    tell_unit(share.unit, share.suggestion, title, at=at, key=f"opinion_answered:{opinion.pk}", kind=kind)
