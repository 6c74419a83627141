"""Knows who takes a step: each role is a predicate over the actor's hat and the case."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from tibandu.base.flow import Role
from tibandu.people.enums import RANK_ORDER, Competence, Rank
from tibandu.people.queries import Actor
from tibandu.suggestions.enums import LIVE_SHARES, OPEN, Consent
from tibandu.suggestions.enums import Role as ShareRole
from tibandu.suggestions.models import Assignment, Suggestion
from tibandu.suggestions.queries import is_mine, measure_for


def _competent(competence: Competence, label: Any) -> Role:
    return Role(
        label,
        lambda actor, case: (
            actor.may(competence) and (actor.is_system or _congress_of(case) == actor.congress_id)
        ),
    )


def _congress_of(case: Any) -> int:
    return case.congress_id if hasattr(case, "congress_id") else case.suggestion.congress_id


def _share(case: Any) -> Assignment:
    return case if isinstance(case, Assignment) else case.assignment


def _of_unit(actor: Actor, case: Any) -> bool:
    return actor.unit_id is not None and actor.unit_id == _share(case).unit_id


def _is_newest(share: Assignment) -> bool:
    """Whether no later round took this share up; what happens then belongs to the later one."""
    return not any(later.continues_id == share.pk for later in share.suggestion.assignments.all())


def _leads(actor: Actor, case: Any) -> bool:
    suggestion: Suggestion = case if isinstance(case, Suggestion) else case.suggestion
    lead = [p for p in suggestion.proposers.all() if p.is_lead]
    return any(is_mine(actor, proposer) for proposer in lead)


def _speaks_for(actor: Actor, case: Any) -> bool:
    """One of those who stand behind the text now; who declined or left may read on, and no more."""
    suggestion: Suggestion = case if isinstance(case, Suggestion) else case.suggestion
    return any(
        is_mine(actor, proposer) and (proposer.is_lead or proposer.state == Consent.CONFIRMED)
        for proposer in suggestion.proposers.all()
    )


def _leads_sharing(actor: Actor, case: Any) -> bool:
    """The lead unit of the same suggestion, for what co-units hand to it."""
    return actor.unit_id is not None and any(
        share.unit_id == actor.unit_id and share.role == ShareRole.LEAD and share.state in LIVE_SHARES
        for share in case.suggestion.assignments.all()
    )


def _may_sign(actor: Actor, reply: Any) -> bool:
    """A head of the unit whose rank is at least what the measure (or a later round) asks of the signer."""
    share = reply.assignment
    asked = share.round.rank or measure_for(reply.suggestion).setting("signer_rank")
    return _of_unit(actor, share) and RANK_ORDER.index(Rank(actor.rank)) >= RANK_ORDER.index(Rank(asked))


def _dispatches(actor: Actor, case: Any) -> bool:
    handover = case if hasattr(case, "organ_id") else _share(case).handover
    return actor.dispatches_organ_id is not None and actor.dispatches_organ_id == handover.organ_id


def _distributes(actor: Actor, handover: Any) -> bool:
    """The organ's dispatcher; of a body without one, the assigner goes straight to the unit."""
    if handover.organ.dispatcher_id:
        return _dispatches(actor, handover)
    return bool(_ASSIGNER.holds(actor, handover))


def _rules_objection(actor: Actor, objection: Any) -> bool:
    if objection.state == "escalated":
        return bool(_ARBITER.holds(actor, objection))
    if objection.assignment.handover.organ.dispatcher_id and not objection.by_deputy:
        return _dispatches(actor, objection) or bool(_ASSIGNER.holds(actor, objection))
    return bool(_ASSIGNER.holds(actor, objection))


_ASSIGNER = _competent(Competence.ASSIGN, _("交办机构"))
_ARBITER = _competent(Competence.ARBITRATE, _("指定裁定机构"))

SCREENER = _competent(Competence.SCREEN, _("审查登记机构"))
ASSIGNER = _ASSIGNER
CLOSER = _competent(Competence.CLOSE, _("办结机构"))
ARBITER = _ARBITER
SYSTEM = Role(_("系统"), lambda actor, case: actor.is_system)
ANYBODY = Role(_("随上一步"), lambda actor, case: True)

LEAD_AUTHOR = Role(_("领衔代表"), _leads)
AUTHOR = Role(_("提出人"), _speaks_for)
INVITED = Role(_("受邀代表"), lambda actor, proposer: is_mine(actor, proposer))
COSIGNER = Role(_("联名代表"), lambda actor, proposer: is_mine(actor, proposer) and not proposer.is_lead)
CONTACTED = Role(_("被联系的代表"), lambda actor, contact: is_mine(actor, contact.proposer))
RATER = Role(_("评价的代表"), lambda actor, rating: is_mine(actor, rating.proposer))

DISTRIBUTOR = Role(_("分办机构"), _distributes)
CHECKER = Role(_("核稿的分办机构"), _dispatches)
UNIT = Role(_("承办单位"), _of_unit)
UNIT_OF_REPLY = Role(_("作出承诺的单位"), lambda actor, promise: _of_unit(actor, promise.reply.assignment))
LEAD_UNIT = Role(_("主办单位"), _leads_sharing)
CO_UNIT = Role(_("会办单位"), lambda actor, share: _of_unit(actor, share) and share.role == ShareRole.CO)
NEWEST_UNIT = Role(_("承办单位"), lambda actor, share: _of_unit(actor, share) and _is_newest(share))
TALKING_UNIT = Role(
    _("主办或分办单位"),
    lambda actor, share: _of_unit(actor, share) and share.role != ShareRole.CO and _is_newest(share),
)
ANSWERING_UNIT = Role(
    _("主办或分办单位"), lambda actor, share: _of_unit(actor, share) and share.role != ShareRole.CO
)
WAIVER = Role(
    _("办结机构"),
    lambda actor, share: (
        bool(CLOSER.holds(actor, share))
        and share.suggestion.state in OPEN
        and share.role != ShareRole.CO
        and _is_newest(share)
    ),
)
SIGNER = Role(_("签发人"), _may_sign)
RULER = Role(_("裁定申退的机构"), _rules_objection)
SUCCESSOR = Role(
    _("承接单位"),
    lambda actor, share: actor.unit_id is not None and share.unit.successor_id == actor.unit_id,
)
PAPER_CONFIRMER = Role(
    _("另一名录入人员或者本人"),
    lambda actor, paper: actor.hat == paper.hat or bool(SCREENER.holds(actor, paper)),
)
WATCHER = Role(
    _("人大有关机构"), lambda actor, case: actor.is_congress_side and _congress_of(case) == actor.congress_id
)
