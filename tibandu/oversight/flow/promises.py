"""The life of a promise after its claim, and of the yearly statement: who finds, who checks, who reports, who receives."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tibandu.base.flow import Flow, Role, Step
from tibandu.oversight.enums import ReceiptState, StatementState
from tibandu.oversight.models import Statement, StatementReceipt
from tibandu.oversight.queries import promises as queries
from tibandu.oversight.rules.promises import may_settle_by_check
from tibandu.people.enums import Competence
from tibandu.people.queries import Actor
from tibandu.suggestions.enums import PromiseState
from tibandu.suggestions.models import Promise
from tibandu.suggestions.queries import persons_who_handled

Sentence = str | None
P = PromiseState
CHECKED_IN = (P.OPEN, P.CLAIMED, P.KEPT, P.LAPSED)


# -- roles ------------------------------------------------------------------------------------------------------------


def _finds(actor: Actor, promise: Promise) -> bool:
    return queries.proposer_of(actor, promise) is not None or queries.watches(actor, promise)


def _closes(actor: Actor, row: Any) -> bool:
    congress = row.congress_id if hasattr(row, "congress_id") else row.suggestion.congress_id
    return actor.is_system or (actor.may(Competence.CLOSE) and actor.congress_id == congress)


def _checks(actor: Actor, promise: Promise) -> bool:
    return actor.unit_id is not None and (queries.watches(actor, promise) or _closes(actor, promise))


def _receives(actor: Actor, receipt: StatementReceipt) -> bool:
    if receipt.seat_id:
        return actor.seat_id == receipt.seat_id
    return actor.unit_id is not None and actor.unit_id == receipt.unit_id


PARTY = Role(gettext_lazy("提出建议的代表、人大对口机构"), _finds)
CHECKER = Role(gettext_lazy("人大对口机构、办结机构"), _checks)
UNIT_OF_PROMISE = Role(
    gettext_lazy("作出承诺的单位"),
    lambda actor, promise: actor.unit_id is not None and actor.unit_id == promise.reply.assignment.unit_id,
)
UNIT = Role(
    gettext_lazy("承办单位"),
    lambda actor, statement: actor.unit_id is not None and actor.unit_id == statement.unit_id,
)
OFFICE = Role(gettext_lazy("办结机构"), _closes)
RECEIVER = Role(gettext_lazy("收到报告的代表"), _receives)
ANYBODY = Role(gettext_lazy("随上一步"), lambda actor, row: True)


# -- guards -----------------------------------------------------------------------------------------------------------


def needs_outsider(actor: Actor, promise: Promise, today: date) -> Sentence:
    """Nobody finds on what they handled, or what their own unit promised, whatever hat they wear."""
    if actor.person_id in persons_who_handled(promise.suggestion):
        return _("您本人参与了本件办理，应当回避。")
    if queries.works_for_unit(actor.person_id, promise, today):
        return _("您在作出承诺的单位任职，应当回避。")
    return None


def needs_own_silence(actor: Actor, promise: Promise, today: date) -> Sentence:
    """One finding of each on one claim."""
    proposer = queries.proposer_of(actor, promise)
    said = [row for row in promise.findings.all() if row.claim == promise.claims]
    mine = [
        row
        for row in said
        if (proposer and row.proposer_id == proposer.pk)
        or (not proposer and row.unit_id is not None and row.unit_id == actor.unit_id)
    ]
    return _("对这次申报已经表明意见。") if mine else None


def needs_time_to_speak(actor: Actor, promise: Promise, today: date) -> Sentence:
    """Silence is no consent: a claim is settled on the spot when the sides differ, or when the time to speak is over."""
    if promise.state != P.CLAIMED:
        return None
    until = queries.speak_until(promise, today)
    if until is None or may_settle_by_check(queries.heard_on(promise), until, today):
        return None
    return _("代表和对口机构可在%(day)s前表明意见；意见不一致或者逾期未表明的，再现场核查认定。") % {
        "day": until.isoformat()
    }


def needs_end_of_term(actor: Actor, promise: Promise, today: date) -> Sentence:
    """An open promise is explained when its term ends; a lapsed one at any time (SH §22)."""
    if promise.state == P.LAPSED:
        return None
    term = queries.term_of(promise)
    if term is None or today >= term.ends_on:
        return None
    return _("本届至%(day)s届满，届满时仍未兑现的再作书面说明。") % {"day": term.ends_on.isoformat()}


# fmt: off
VERIFICATION = Flow("promise", [
    #    verb                  label                              from                          to                            who              what must hold
    Step("agree_delivery",     gettext_lazy("认同兑现"),           (P.CLAIMED,),                 "",                           PARTY,           (needs_outsider, needs_own_silence), primary=True),
    Step("doubt_delivery",     gettext_lazy("对兑现有异议"),       (P.CLAIMED,),                 "",                           PARTY,           (needs_outsider, needs_own_silence)),
    Step("check_site",         gettext_lazy("现场核查"),           CHECKED_IN,                   "",                           CHECKER,         (needs_outsider, needs_time_to_speak)),
    Step("explain_unmet",      gettext_lazy("书面说明未兑现原因"), (P.OPEN, P.CLAIMED, P.LAPSED), "",                          UNIT_OF_PROMISE, (needs_end_of_term,)),
])

STATEMENT = Flow("statement", [
    Step("give_statement",     gettext_lazy("报告兑现情况"),       (StatementState.ASKED,),      StatementState.GIVEN,         UNIT,            primary=True),
    Step("return_statement",   gettext_lazy("退回补充"),           (StatementState.GIVEN,),      StatementState.ASKED,         OFFICE),
    Step("close_statement",    gettext_lazy("年度报告办结"),       (StatementState.GIVEN,),      StatementState.CLOSED,        ANYBODY,         quiet=True),
])

RECEIPT = Flow("receipt", [
    Step("acknowledge",        gettext_lazy("确认收到"),           (ReceiptState.WAITING,),      ReceiptState.ACKNOWLEDGED,    RECEIVER,        primary=True),
])
# fmt: on
NOUNS = {
    "promise": (Promise, (VERIFICATION,)),
    "statement": (Statement, (STATEMENT,)),
    "receipt": (StatementReceipt, (RECEIPT,)),
}
