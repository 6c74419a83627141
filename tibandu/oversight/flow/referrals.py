"""The procedure between suggestions and the procuratorate: what the congress passes, and what the procuratorate alone decides."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from tibandu.base.flow import Flow, Role, Step
from tibandu.oversight.enums import WITH_PROCURATORATE, CopyState, ReferralState
from tibandu.oversight.models import ProcuratorialPaper, Referral
from tibandu.oversight.queries.referrals import is_procuratorate
from tibandu.people.enums import Competence
from tibandu.people.queries import Actor
from tibandu.suggestions.enums import UNSEEN, SeenBy, State

S = ReferralState
AT_PROCURATORATE = tuple(WITH_PROCURATORATE)
SINCE_PASSED = (*WITH_PROCURATORATE, S.NOT_FILED, S.CLOSED)
RESULTS = (
    State.FOLLOW_UP,
    State.CLOSED,
    State.WITHDRAWN,
    State.NOT_ACCEPTED,
    State.LETTER,
    State.REFERENCE,
    State.SENT_ON,
    State.MERGED,
)


def _is_ours(actor: Actor, row: Any) -> bool:
    return actor.congress_id is not None and actor.congress_id == row.congress_id


CONGRESS = Role(_("人大有关机构"), lambda actor, row: actor.is_congress_side and _is_ours(actor, row))
OFFICE = Role(_("审查登记机构"), lambda actor, row: actor.may(Competence.SCREEN) and _is_ours(actor, row))
PROCURATORATE = Role(_("人民检察院"), lambda actor, row: is_procuratorate(actor, row.congress_id))
BOTH = Role(
    _("人大有关机构或者人民检察院"),
    lambda actor, row: bool(CONGRESS.holds(actor, row) or PROCURATORATE.holds(actor, row)),
)
ASKED = Role(
    _("受邀代表"),
    lambda actor, row: actor.seat_id is not None and actor.seat_id == row.asked_id and not actor.seat_ended,
)


def needs_late_agency(actor: Actor, referral: Referral, today: date) -> Any:
    """Until the agency answers or its time is over nobody can say that it did nothing (PIL article 21)."""
    if referral.state == S.RECOMMENDED and referral.due_on and today <= referral.due_on:
        return _("行政机关的回复期限还没有到。")
    return None


def needs_results(actor: Actor, referral: Referral, today: date) -> Any:
    """What goes back to the procuratorate is what became of the suggestion."""
    suggestion = referral.suggestion
    if suggestion is None or suggestion.state in UNSEEN or suggestion.state not in RESULTS:
        return _("建议还没有办出结果，办结或者转入跟踪落实以后再反馈。")
    return None


# fmt: off
PASSING = Flow("referral", [
    #    verb                   label                   from                         to                  who              what must hold
    Step("pass_referral",       _("移送检察院"),         (S.SCREENED,),               S.PASSED,           OFFICE,          primary=True),
    Step("drop_referral",       _("不移送"),             (S.SCREENED,),               S.DROPPED,          OFFICE,          seen_by=SeenBy.CONGRESS),
    Step("note_referral",       _("记录情况"),           SINCE_PASSED,                "",                 CONGRESS,        seen_by=SeenBy.CONGRESS),
    Step("record_copy",         _("登记收到的文书"),      SINCE_PASSED,                "",                 OFFICE),
    Step("record_consultation", _("记录会商会"),         SINCE_PASSED,                "",                 BOTH),
    Step("note_result",         _("收到结果数据包"),      SINCE_PASSED,                "",                 OFFICE,          quiet=True),
])

CASE = Flow("referral", [
    Step("log_lead",            _("登记线索"),           (S.PASSED,),                 S.LOGGED,           PROCURATORATE,   primary=True),
    Step("assess_lead",         _("评估线索"),           (S.LOGGED,),                 S.ASSESSED,         PROCURATORATE,   primary=True),
    Step("not_file",            _("不予立案"),           (S.ASSESSED,),               S.NOT_FILED,        PROCURATORATE),
    Step("file_case",           _("公益诉讼立案"),       (S.ASSESSED,),               S.FILED,            PROCURATORATE,   primary=True),
    Step("recommend",           _("发出检察建议"),       (S.FILED,),                  S.RECOMMENDED,      PROCURATORATE,   primary=True),
    Step("record_agency_reply", _("登记行政机关回复"),   (S.RECOMMENDED,),            S.AGENCY_REPLIED,   PROCURATORATE,   primary=True),
    Step("find_rectified",      _("认定已整改"),         (S.RECOMMENDED, S.AGENCY_REPLIED), S.RECTIFIED,  PROCURATORATE,   primary=True),
    Step("find_not_rectified",  _("认定未整改到位"),     (S.RECOMMENDED, S.AGENCY_REPLIED), S.NOT_RECTIFIED, PROCURATORATE, (needs_late_agency,)),
    Step("bring_suit",          _("提起公益诉讼"),       (S.NOT_RECTIFIED,),          S.SUIT,             PROCURATORATE,   primary=True),
    Step("record_judgment",     _("登记裁判"),           (S.SUIT,),                   S.JUDGED,           PROCURATORATE,   primary=True),
    Step("conclude_case",       _("终结案件"),           (S.RECTIFIED, S.JUDGED),     S.CLOSED,           PROCURATORATE,   primary=True),
    Step("add_case_paper",      _("添加文书"),           AT_PROCURATORATE,            "",                 PROCURATORATE),
])

TURNING = Flow("referral", [
    Step("evaluate_paper",      _("评估转化"),           (S.RECEIVED,),               S.EVALUATED,        OFFICE,          primary=True),
    Step("set_paper_aside",     _("不转为建议"),         (S.RECEIVED, S.EVALUATED),   S.SET_ASIDE,        OFFICE),
    Step("ask_deputy",          _("邀请代表"),           (S.EVALUATED,),              S.ASKED,            OFFICE,          seen_by=SeenBy.AUTHORS, primary=True),
    Step("accept_drafting",     _("接受并起草建议"),     (S.ASKED,),                  S.DRAFTING,         ASKED,           seen_by=SeenBy.AUTHORS, primary=True),
    Step("decline_drafting",    _("谢绝"),               (S.ASKED,),                  S.EVALUATED,        ASKED,           seen_by=SeenBy.AUTHORS),
    Step("report_back",         _("向检察院反馈结果"),   (S.DRAFTING,),               S.CLOSED,           OFFICE,          (needs_results,), primary=True),
])

PAPER = Flow("procuratorial_paper", [
    Step("copy_paper",          _("抄送人大"),           (CopyState.MADE,),           CopyState.COPIED,   PROCURATORATE,   primary=True),
])
# fmt: on

NOUNS = {
    "referral": (Referral, (PASSING, CASE, TURNING)),
    "procuratorial_paper": (ProcuratorialPaper, (PAPER,)),
}
