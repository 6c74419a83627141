"""Knows what happens when a share lies with the wrong unit: objection, ruling, a new share, or the arbiter."""

from datetime import datetime
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from tibandu.base.flow import Refused
from tibandu.base.verbs import verb
from tibandu.people.enums import Competence, MessageKind
from tibandu.people.models import Unit
from tibandu.people.queries import Actor
from tibandu.regulations.enums import LimitCode
from tibandu.regulations.models import Ground
from tibandu.suggestions.actions.assigning import check_shares, open_share
from tibandu.suggestions.actions.due import due_day
from tibandu.suggestions.actions.telling import tell_authors, tell_holder, tell_unit
from tibandu.suggestions.enums import OPEN_SHARES, HandoverState, Role
from tibandu.suggestions.flow import ASSIGNMENT, OBJECTION
from tibandu.suggestions.flow.guards import objection_due
from tibandu.suggestions.models import Assignment, Handover, Objection
from tibandu.suggestions.queries import measure_for
from tibandu.suggestions.queries.assigning import bounces_of


@verb
def object(
    actor: Actor,
    share: Assignment,
    *,
    at: datetime,
    ground: Ground,
    clause: str,
    reason: str,
    proposed_unit: Unit,
) -> Objection:
    """The unit says that the share is not its own, by which clause of its duties, and whose it is (玉林)."""
    day = localdate(at)
    if proposed_unit.pk == share.unit_id:
        raise Refused(_("建议改由的单位不能是本单位。"), {"proposed_unit": _("建议改由的单位不能是本单位。")})
    due = objection_due(share, day)
    facts = {"理由": str(ground), "职责依据": clause, "建议改由": str(proposed_unit)}
    ASSIGNMENT.take("object", actor, share, at=at, words=reason, facts=facts)
    late = due is not None and day > due
    grounds = {"ground": ground, "clause": clause, "is_late": late}
    return _raise(share, at, reason, proposed_unit, **grounds)


@verb
def contest(
    actor: Actor, share: Assignment, *, at: datetime, reason: str, proposed_unit: Unit | None = None
) -> Objection:
    """The deputy says that the unit is the wrong one (SH §14)."""
    facts = {"建议改由": str(proposed_unit)} if proposed_unit else {}
    ASSIGNMENT.take("contest", actor, share, at=at, words=reason, facts=facts)
    return _raise(share, at, reason, proposed_unit, by_deputy=True)


def _raise(share: Assignment, at: datetime, reason: str, unit: Unit | None, **further: Any) -> Objection:
    day, suggestion = localdate(at), share.suggestion
    due, _provisional = due_day(measure_for(suggestion), LimitCode.REASSIGNMENT, day)
    objection = Objection.objects.create(
        assignment=share,
        n=bounces_of(share) + 1,
        reason=reason,
        proposed_unit=unit,
        raised_on=day,
        due_on=due,
        **further,
    )
    title = f"请裁定申退：{suggestion}"
    dispatcher = share.handover.organ.dispatcher
    if dispatcher and not objection.by_deputy:
        tell_unit(dispatcher, suggestion, title, at=at, key=f"rule:{objection.pk}")
    else:
        tell_holder(suggestion, Competence.ASSIGN, title, at=at, key=f"rule:{objection.pk}")
    return objection


@verb
def uphold(
    actor: Actor,
    objection: Objection,
    *,
    at: datetime,
    unit: Unit,
    role: str = "",
    part: str = "",
    stays_as_co: bool = False,
    words: str = "",
) -> Assignment:
    """Gives the share to another unit. Its clock starts anew; the clock of the suggestion runs on and is shown too."""
    share, day = objection.assignment, localdate(at)
    wanted: dict[str, Any] = {"unit": unit, "role": role or share.role, "part": part or share.part}
    _check_new_unit(actor, objection, unit, wanted["role"])
    ruling = {"ruled_on": day, "ruled_by": str(actor), "ruling": words}
    facts = {"原承办单位": str(share.unit), "改由": f"{unit}（{Role(wanted['role']).label}）"}
    OBJECTION.take("uphold", actor, objection, at=at, words=words, facts=facts, **ruling)
    asks = list(share.asks.all())
    ASSIGNMENT.take("reassign", actor, share, at=at, ended_on=day, facts={"改由": str(unit)})
    _free_place(actor, share, wanted, at)
    shares = [wanted]
    if stays_as_co:
        shares.append({"unit": share.unit, "role": Role.CO, "part": share.part})
    check_shares(share.suggestion, shares, day)
    kept = {"round": share.round, "limit_code": _limit_kept(share), "continues": share.continues}
    made = open_share(_handover_to(share, unit, at), asks=asks, replaces=share, **wanted, **kept, at=at)
    for row in shares[1:]:
        open_share(share.handover, **row, round=share.round, at=at)
    title = f"承办单位由{share.unit}改为{unit}"
    tell_authors(share.suggestion, title, at=at, key=f"ruled:{objection.pk}")
    title = f"已同意改办：{share.suggestion}"
    _tell_old_unit(share, objection, title, at)
    return made


def _limit_kept(share: Assignment) -> str:
    """A co-unit that becomes lead is under the limit of its handover, not under that of opinions."""
    return share.handover.limit_code if share.limit_code == LimitCode.OPINION else share.limit_code


def _check_new_unit(actor: Actor, objection: Objection, unit: Unit, role: str) -> None:
    share = objection.assignment
    if unit.pk == share.unit_id and role == share.role:
        raise Refused(_("改办的单位不能是原单位。"), {"unit": _("改办的单位不能是原单位。")})
    outside = actor.dispatches_organ_id and unit.organ_id != actor.dispatches_organ_id
    if outside and not actor.may(Competence.ASSIGN) and not actor.may(Competence.ARBITRATE):
        sentence = _("改由其他机关承办的，由交办机构裁定。")
        raise Refused(sentence, {"unit": sentence})
    if unit.organ.congress_id != share.suggestion.congress_id:
        raise Refused(_("该单位不属于本级。"), {"unit": _("该单位不属于本级。")})


def _free_place(actor: Actor, share: Assignment, wanted: dict[str, Any], at: datetime) -> None:
    """A co-unit that is made lead gives up its part as co-unit, for nobody is both."""
    own = share.suggestion.assignments.filter(unit=wanted["unit"], role=Role.CO, state__in=OPEN_SHARES)
    for helper in own:
        facts = {"改为": str(Role(wanted["role"]).label)}
        ASSIGNMENT.take("reassign", actor, helper, at=at, ended_on=localdate(at), facts=facts)


def _handover_to(share: Assignment, unit: Unit, at: datetime) -> Handover:
    """The handover of the new unit's organ, made by the ruling where the case goes to another organ."""
    if unit.organ_id == share.handover.organ_id:
        return share.handover
    handover, _created = Handover.objects.get_or_create(
        suggestion=share.suggestion,
        organ=unit.organ,
        defaults={
            "handed_on": localdate(at),
            "limit_code": share.handover.limit_code,
            "state": HandoverState.DISTRIBUTED,
        },
    )
    return handover


@verb
def reject(actor: Actor, objection: Objection, *, at: datetime, words: str) -> None:
    """The unit goes on handling 应当继续办理."""
    share = objection.assignment
    ruling = {"ruled_on": localdate(at), "ruled_by": str(actor), "ruling": words}
    OBJECTION.take(
        "reject", actor, objection, at=at, words=words, facts={"承办单位": str(share.unit)}, **ruling
    )
    title = f"承办单位不变，由{share.unit}继续办理"
    tell_authors(share.suggestion, title, at=at, key=f"ruled:{objection.pk}")
    if not objection.by_deputy:
        title = f"申退未获同意，应当继续办理：{share.suggestion}"
        _tell_old_unit(share, objection, title, at)


def _tell_old_unit(share: Assignment, objection: Objection, title: str, at: datetime) -> None:
    key, kind = f"ruled:{objection.pk}", MessageKind.NOTICE
    tell_unit(share.unit, share.suggestion, title, at=at, key=key, kind=kind)


@verb
def escalate(actor: Actor, objection: Objection, *, at: datetime, words: str = "") -> None:
    """Asks the named arbiter to rule, in the time the measure gives it."""
    suggestion = objection.assignment.suggestion
    due, _provisional = due_day(measure_for(suggestion), LimitCode.ARBITRATION, localdate(at))
    facts = {"第几次": str(objection.n), "裁定期限": due.isoformat()}
    OBJECTION.take("escalate", actor, objection, at=at, words=words, facts=facts, due_on=due)
    title = f"请裁定申退：{suggestion}"
    tell_holder(suggestion, Competence.ARBITRATE, title, at=at, key=f"arbitrate:{objection.pk}")
