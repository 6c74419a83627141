"""Knows what must hold before a step: each guard answers with the sentence of refusal, or None."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from tibandu.people.enums import Competence
from tibandu.people.queries import Actor, unit_holding
from tibandu.regulations.enums import Gate
from tibandu.regulations.queries import working_days
from tibandu.suggestions import rules
from tibandu.suggestions.enums import (
    LIVE_SHARES,
    OPEN_PROMISES,
    OPEN_SHARES,
    WRITABLE,
    Consent,
    ContactState,
    ExtensionState,
    ObjectionState,
    OpinionState,
    PromiseState,
    Publicity,
    RatingState,
    ReplyKind,
    ReplyState,
    RequestState,
    ShareState,
    State,
)
from tibandu.suggestions.enums import Role as ShareRole
from tibandu.suggestions.models import (
    Assignment,
    Extension,
    Handover,
    Objection,
    PaperEntry,
    Promise,
    Proposer,
    Rating,
    Reply,
    Suggestion,
    WithdrawalRequest,
)
from tibandu.suggestions.queries import is_mine, measure_for, persons_who_handled
from tibandu.suggestions.queries.following import is_dissatisfied, lapsed_promises, unheard_ratings
from tibandu.suggestions.queries.intake import session_on

Sentence = str | None
SETTLED_CONTACTS = (ContactState.CONFIRMED, ContactState.UNCONFIRMED, ContactState.WAIVED)


# -- intake -----------------------------------------------------------------------------------------------------------


def needs_title_and_ask(actor: Actor, suggestion: Suggestion, today: date) -> Sentence:
    if not suggestion.title.strip():
        return _("请先写标题。")
    if not suggestion.facts.strip():
        return _("请先写情况。")
    return None if suggestion.asks.all() else _("请至少写一条具体要求。")


def needs_confirmed_cosigners(actor: Actor, suggestion: Suggestion, today: date) -> Sentence:
    """Whoever was asked again after a change must answer or be taken off before the text goes out (SD §7)."""
    asked = [p.name for p in suggestion.proposers.all() if p.state == Consent.INVITED and not p.is_lead]
    return (
        _("还有联名代表未确认：%(names)s。可等待确认，或将其移除。") % {"names": "、".join(asked)}
        if asked
        else None
    )


def needs_session_open(actor: Actor, suggestion: Suggestion, today: date) -> Sentence:
    """A delegation suggests in session only (CQ §8)."""
    by_delegation = any(p.delegation_id for p in suggestion.proposers.all())
    if not by_delegation or suggestion.session_id or session_on(suggestion.congress_id, today):
        return None
    return _("代表团只能在大会期间提出建议。")


def needs_text_still_open(actor: Actor, proposer: Proposer, today: date) -> Sentence:
    return None if proposer.suggestion.state in WRITABLE else _("建议已经提交，不能再联名。")


def needs_unclassified(actor: Actor, suggestion: Suggestion, today: date) -> Sentence:
    """Of a classified item only the stub is here (涉密件线下办理)."""
    return _("涉密件线下办理。") if suggestion.is_classified else None


def needs_unassigned(actor: Actor, proposer: Proposer, today: date) -> Sentence:
    return _("建议已经交办，不能再退出联名。") if proposer.suggestion.assigned_on else None


def needs_all_authors(actor: Actor, suggestion: Suggestion, today: date) -> Sentence:
    joint = [p for p in suggestion.proposers.all() if p.state == Consent.CONFIRMED and not p.is_lead]
    if joint and suggestion.submitted_at and _withdrawal_rule(suggestion) == "all":
        return _("联名建议须全体联名代表同意才能撤回，请发起撤回申请。")
    return None


def _withdrawal_rule(suggestion: Suggestion) -> str:
    return measure_for(suggestion).setting("withdrawal_consent") if suggestion.regulation_id else "all"


# -- assignment -------------------------------------------------------------------------------------------------------


def needs_no_open_objection(actor: Actor, share: Assignment, today: date) -> Sentence:
    waiting = (ObjectionState.OPEN, ObjectionState.ESCALATED)
    if any(o.state in waiting for o in share.objections.all()):
        return _("本件申退尚待裁定，裁定后再办理。")
    return None


def needs_objection_window(actor: Actor, share: Assignment, today: date) -> Sentence:
    """After the window the unit goes on handling, unless the measure takes late objections with a mark (domain 1.7)."""
    measure = measure_for(share.suggestion)
    if measure.settings.get("objection_late") == "flagged" or "objection" not in measure.limits:
        return None
    due = objection_due(share, today)
    return (
        _("申退期限已过（%(day)s），应当继续办理。") % {"day": due.isoformat()}
        if due and today > due
        else None
    )


def objection_due(share: Assignment, today: date) -> date | None:
    return measure_for(share.suggestion).due_on(
        "objection", share.signed_for_on or share.assigned_on, working_days()
    )


def needs_no_open_extension(actor: Actor, share: Assignment, today: date) -> Sentence:
    if any(e.state == ExtensionState.ASKED for e in share.extensions.all()):
        return _("已有一份延期申请待审批。")
    if any(e.state == ExtensionState.GRANTED for e in share.extensions.all()):
        return _("本件已延期一次，不能再延。")
    return None


def needs_before_due(actor: Actor, share: Assignment, today: date) -> Sentence:
    return _("期限已过，不能再申请延期。") if today > share.due_on else None


def needs_open_case(actor: Actor, handover: Handover, today: date) -> Sentence:
    return None if handover.suggestion.state == State.ASSIGNED else _("本件已不在办理中。")


def needs_first_bounce(actor: Actor, objection: Objection, today: date) -> Sentence:
    """A part that bounces a second time goes to the named arbiter, where the congress has one (玉林)."""
    if objection.state == ObjectionState.ESCALATED or objection.n < 2 or actor.may(Competence.ARBITRATE):
        return None
    if unit_holding(objection.suggestion.congress_id, Competence.ARBITRATE) is None:
        return None
    return _("同一内容第%(n)s次申退，应当报请指定机构裁定。") % {"n": objection.n}


def needs_arbiter(actor: Actor, objection: Objection, today: date) -> Sentence:
    holder = unit_holding(objection.suggestion.congress_id, Competence.ARBITRATE)
    return None if holder else _("本级没有指定裁定机构，请直接裁定。")


def needs_distance(actor: Actor, case: Any, today: date) -> Sentence:
    """A proposer who also works in the unit does not handle their own suggestion (model.md rule 7)."""
    persons = {p.seat.person_id for p in case.suggestion.proposers.all() if p.seat is not None}
    if actor.person_id in persons:
        return _("您本人是提出人，应当回避，请由本单位其他人办理。")
    return None


def needs_responsibles(actor: Actor, share: Assignment, today: date) -> Sentence:
    return None if share.responsibles.all() else _("请先明确各级责任人。")


# -- reply ------------------------------------------------------------------------------------------------------------


def needs_running_share(actor: Actor, extension: Extension, today: date) -> Sentence:
    """An extension that was asked for before the share was answered or ended is granted to nobody."""
    return None if extension.assignment.state in OPEN_SHARES else _("本件已经不在办理中，无需延期。")


def needs_live_share(actor: Actor, reply: Reply, today: date) -> Sentence:
    """What was drafted for a share that ended by withdrawal or went to another unit goes no further."""
    return None if reply.assignment.state in LIVE_SHARES else _("本单位的承办已经终止，不再答复。")


def needs_no_open_reply(actor: Actor, share: Assignment, today: date) -> Sentence:
    unsent = (ReplyState.DRAFT, ReplyState.CHECKING, ReplyState.SIGNING, ReplyState.SIGNED)
    if any(r.assignment_id == share.pk and r.state in unsent for r in share.suggestion.replies.all()):
        return _("已有一份答复在办。")
    return None


def needs_kept_promise(actor: Actor, share: Assignment, today: date) -> Sentence:
    """An answered share is answered again only when what it promised is done (domain 1.14)."""
    if share.state != ShareState.ANSWERED:
        return None
    replies = [r for r in share.suggestion.replies.all() if r.assignment_id == share.pk]
    if any(p.state == PromiseState.KEPT for r in replies for p in r.promises.all()):
        return None
    return _("本件已经答复。承诺认定兑现后再次答复，文字有误的请更正答复。")


def needs_no_open_correction(actor: Actor, reply: Reply, today: date) -> Sentence:
    """One correction at a time, and none beside a further reply of the same share."""
    return needs_no_open_reply(actor, reply.assignment, today)


def needs_open_publication(actor: Actor, suggestion: Suggestion, today: date) -> Sentence:
    """What the author keeps back, a masked or a classified paper is never public (domain 1.18)."""
    if suggestion.is_classified or suggestion.is_masked:
        return _("涉密件和隐去提出人的件不公开。")
    if suggestion.publicity == Publicity.NONE:
        return _("提出人不同意公开。")
    return _("原文已经公开。") if suggestion.is_published else None


def needs_content(actor: Actor, reply: Reply, today: date) -> Sentence:
    """A reply says something, has a category, and what the category's flags demand (domain 1.11)."""
    if not any(part.text.strip() for part in reply.parts.all()):
        return _("答复还没有内容。")
    if reply.kind == ReplyKind.INTERIM:
        return None
    if reply.category is None:
        return _("请选择答复类别。")
    return _needs_of_category(reply)


def _needs_of_category(reply: Reply) -> Sentence:
    category = reply.category
    assert category is not None
    if category.needs_reason and not reply.reason.strip():
        return _("%(category)s须写明理由。") % {"category": category}
    if category.needs_upward_report and not reply.reported_up.strip():
        return _("%(category)s须写明向上级反映的情况。") % {"category": category}
    return None


def needs_promises(actor: Actor, reply: Reply, today: date) -> Sentence:
    """A category that opens the ledger, or asks for a date, is not sent without promises (advantage A1)."""
    category = reply.category
    demanded = category is not None and (category.opens_ledger or category.needs_due_date)
    if demanded and reply.kind != ReplyKind.INTERIM and not reply.standing_promises:
        return _("%(category)s列入承诺台账，请先把承诺逐项写清：事项、标准、责任人、时限。") % {
            "category": category
        }
    return None


def needs_contacts_before_sending(actor: Actor, reply: Reply, today: date) -> Sentence:
    """The stages that the measure puts before sending are settled with the deputy (DL25 §51; model.md rule 1)."""
    if reply.kind in (ReplyKind.INTERIM, ReplyKind.IN_SESSION):  # the reply in session is itself the talk
        return None
    missing = missing_stages(reply.suggestion, reply.assignment, Gate.SENDING)
    return _("%(stages)s尚未完成。") % {"stages": "、".join(missing)} if missing else None


def missing_stages(suggestion: Suggestion, share: Assignment, gate: str) -> list[str]:
    """The labels of the stages of a gate that no settled contact of this share covers."""
    settled = {c.stage.code for c in share.contacts.all() if c.state in SETTLED_CONTACTS}
    return [s.label for s in measure_for(suggestion).stages_before(gate) if s.code not in settled]


def needs_opinions(actor: Actor, reply: Reply, today: date) -> Sentence:
    """The lead states the co-units' views, so they are countersigned first (QD §24, SH §17; advantage A7)."""
    if reply.assignment.role != ShareRole.LEAD or reply.kind == ReplyKind.INTERIM:
        return None
    newest = rules.newest_shares(list(reply.suggestion.assignments.all()))
    owing = [s.unit.short_name for s in newest if s.role == ShareRole.CO and not _countersigned(s)]
    return _("会办意见尚未会签：%(units)s。") % {"units": "、".join(owing)} if owing else None


def _countersigned(share: Assignment) -> bool:
    return any(o.state == OpinionState.COUNTERSIGNED for o in share.opinions.all())


def needs_other_than_drafter(actor: Actor, reply: Reply, today: date) -> Sentence:
    """Nobody checks what they drafted themselves (model.md rule 7)."""
    return (
        _("您本人起草了这份答复，应当由他人核稿、签发。") if actor.person_id == reply.drafted_by_id else None
    )


def needs_not_an_author(actor: Actor, reply: Reply, today: date) -> Sentence:
    """A proposer who also heads the unit does not sign the reply to themselves (model.md rule 7)."""
    persons = {p.seat.person_id for p in reply.suggestion.proposers.all() if p.seat is not None}
    return _("您本人是提出人，应当回避，请由其他负责人签发。") if actor.person_id in persons else None


# -- rating and closing -----------------------------------------------------------------------------------------------


def needs_not_a_handler(actor: Actor, rating: Rating, today: date) -> Sentence:
    if actor.person_id in persons_who_handled(rating.suggestion):
        return _("您本人参与了本件办理，应当回避评价。")
    return None


def needs_open_window(actor: Actor, rating: Rating, today: date) -> Sentence:
    return (
        _("评价期已于%(day)s截止。") % {"day": rating.closes_on.isoformat()}
        if today > rating.closes_on
        else None
    )


def needs_sealed_rating(actor: Actor, rating: Rating, today: date) -> Sentence:
    """What the unit has read is not changed any more, so that nobody is talked out of a rating (advantage A2)."""
    return _("评价已向承办单位公布，不能再改。") if rating.unsealed_on else None


def needs_reason_for_another_round(actor: Actor, suggestion: Suggestion, today: date) -> Sentence:
    """A second assignment answers a dissatisfied rating, a lapsed promise or a look-back, never a whim (domain 1.13)."""
    if suggestion.state == State.FOLLOW_UP or unheard_ratings(suggestion) or lapsed_promises(suggestion):
        return None
    return _("没有不满意的评价或未兑现的承诺，无需二次交办。")


def needs_dissatisfied_rating(actor: Actor, suggestion: Suggestion, today: date) -> Sentence:
    if any(is_dissatisfied(rating) for rating in suggestion.ratings.all()):
        return None
    return _("没有代表不满意，无需召开协调会。")


def needs_all_answered(actor: Actor, suggestion: Suggestion, today: date) -> Sentence:
    if rules.all_parts_answered(list(suggestion.assignments.all())):
        return None
    return _("还有承办单位没有答复。")


def needs_closed_windows(actor: Actor, suggestion: Suggestion, today: date) -> Sentence:
    """Silence is waited for until the window closes, and then is no satisfaction (CQ §29)."""
    waiting = [r.proposer.name for r in suggestion.ratings.all() if r.state == RatingState.OPEN]
    return _("还在等待评价：%(names)s。") % {"names": "、".join(waiting)} if waiting else None


def needs_contacts_before_closing(actor: Actor, suggestion: Suggestion, today: date) -> Sentence:
    newest = rules.newest_shares(list(suggestion.assignments.all()))
    for share in newest:
        if share.role != ShareRole.CO and (missing := missing_stages(suggestion, share, Gate.CLOSING)):
            return _("%(unit)s的%(stages)s尚未完成。") % {
                "unit": share.unit,
                "stages": "、".join(missing),
            }
    return None


def needs_no_open_promise(actor: Actor, suggestion: Suggestion, today: date) -> Sentence:
    owed = [p for r in suggestion.replies.all() for p in r.promises.all() if p.state in OPEN_PROMISES]
    return _("还有 %(n)s 项承诺未兑现。") % {"n": len(owed)} if owed else None


def needs_no_unheard_dissatisfaction(actor: Actor, suggestion: Suggestion, today: date) -> Sentence:
    """A dissatisfied deputy is answered by another round, or by a meeting of both sides (CQ §28, Sichuan)."""
    unheard = [rating.rated_on for rating in unheard_ratings(suggestion) if rating.rated_on]
    met = [meeting.held_on for meeting in suggestion.review_meetings.all()]
    if unheard and (not met or max(met) < max(unheard)):
        return _("有代表不满意：请二次交办，或召开协调会并记录结果。")
    return None


def needs_no_open_request(actor: Actor, suggestion: Suggestion, today: date) -> Sentence:
    if any(w.state == RequestState.OPEN for w in suggestion.withdrawals.all()):
        return _("已有一份撤回申请待处理。")
    return None


def needs_own_consent(actor: Actor, withdrawal: WithdrawalRequest, today: date) -> Sentence:
    given = {proposer.pk for proposer in withdrawal.consenting.all()}
    asked = [p for p in withdrawal.suggestion.proposers.all() if is_mine(actor, p) and p.pk not in given]
    return None if asked else _("您已同意撤回。")


def needs_all_consents(actor: Actor, withdrawal: WithdrawalRequest, today: date) -> Sentence:
    """A joint suggestion is withdrawn when all ask for it, or as the measure says (SH §10)."""
    missing = consents_missing(withdrawal)
    return _("还有提出人未同意撤回：%(names)s。") % {"names": "、".join(missing)} if missing else None


def consents_missing(withdrawal: WithdrawalRequest) -> list[str]:
    """Whose consent is still asked for, under the measure: everybody behind the text, or the lead alone."""
    given = {proposer.pk for proposer in withdrawal.consenting.all()}
    only_lead = _withdrawal_rule(withdrawal.suggestion) == "lead"
    return [
        proposer.name
        for proposer in withdrawal.suggestion.proposers.all()
        if proposer.pk not in given
        and (proposer.is_lead or (proposer.state == Consent.CONFIRMED and not only_lead))
    ]


# -- promise ----------------------------------------------------------------------------------------------------------


def needs_past_due(actor: Actor, promise: Promise, today: date) -> Sentence:
    return None if today > promise.due_on else _("时限未到，不能认定为未兑现。")


def needs_promise_in_time(actor: Actor, promise: Promise, today: date) -> Sentence:
    """A date is changed before it passes; afterwards it is late and others say what follows."""
    return _("时限已过，不能自行变更，请填报进展说明情况。") if today > promise.due_on else None


def needs_not_own_unit(actor: Actor, promise: Promise, today: date) -> Sentence:
    """Done is claimed by the unit and closed by somebody else (advantage A1)."""
    return _("承诺须由承办单位以外的人认定。") if actor.unit_id == promise.reply.assignment.unit_id else None


# -- paper ------------------------------------------------------------------------------------------------------------


def needs_second_person(actor: Actor, entry: PaperEntry, today: date) -> Sentence:
    """What one clerk typed another confirms, so that nobody votes alone for somebody else (advantage A12)."""
    return _("录入人不能复核自己录入的纸件。") if actor.person_id == entry.entered_by_id else None
