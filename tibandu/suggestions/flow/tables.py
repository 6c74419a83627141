"""The procedure: who does what, from which state to which, and what must hold. One row is one verb."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tibandu.base.flow import Flow, Step
from tibandu.suggestions.enums import (
    ON_FILE,
    OPEN,
    OPEN_SHARES,
    WRITABLE,
    Consent,
    ContactState,
    ExtensionState,
    HandoverState,
    MeetingState,
    ObjectionState,
    OpinionState,
    PaperState,
    PlanState,
    PromiseState,
    RatingState,
    ReplyState,
    RequestState,
    SeenBy,
    ShareState,
    State,
)
from tibandu.suggestions.flow import guards as g
from tibandu.suggestions.flow import roles as r

S, A, R = State, ShareState, ReplyState
WORKING = (A.SIGNED_FOR, A.HANDLING)

# fmt: off
INTAKE = Flow("suggestion", [
    #    verb                  label                 from                       to                      who             what must hold
    Step("edit",               _("修改"),             WRITABLE,                  "",                     r.LEAD_AUTHOR,  seen_by=SeenBy.AUTHORS),
    Step("attach",             _("添加附件"),         WRITABLE,                  "",                     r.LEAD_AUTHOR,  seen_by=SeenBy.AUTHORS),
    Step("detach",             _("删除附件"),         WRITABLE,                  "",                     r.LEAD_AUTHOR,  seen_by=SeenBy.AUTHORS),
    Step("invite",             _("邀请联名"),         (S.DRAFT, S.COSIGNING),    S.COSIGNING,            r.LEAD_AUTHOR,  (g.needs_title_and_ask,), seen_by=SeenBy.AUTHORS),
    Step("submit",             _("提交"),             WRITABLE,                  S.SUBMITTED,            r.LEAD_AUTHOR,  (g.needs_title_and_ask, g.needs_confirmed_cosigners, g.needs_session_open), primary=True),
    Step("withdraw",           _("撤回"),             (*WRITABLE, S.SUBMITTED, S.REGISTERED), S.WITHDRAWN, r.LEAD_AUTHOR, (g.needs_all_authors,)),
    Step("register",           _("立案编号"),         (S.SUBMITTED,),            S.REGISTERED,           r.SCREENER,     primary=True),
    Step("return_for_edit",    pgettext_lazy("step", "退回修改"),         (S.SUBMITTED,),            S.RETURNED,             r.SCREENER,     seen_by=SeenBy.AUTHORS),
    Step("refuse",             _("不予受理"),         (S.SUBMITTED, S.WITHDRAWAL_SUGGESTED), S.NOT_ACCEPTED,         r.SCREENER,     seen_by=SeenBy.AUTHORS),
    Step("treat_as_letter",    _("作来信处理"),       (S.SUBMITTED,),            S.LETTER,               r.SCREENER,     seen_by=SeenBy.AUTHORS),
    Step("pass_for_reference", _("转有关方面参考"),   (S.SUBMITTED,),            S.REFERENCE,            r.SCREENER,     seen_by=SeenBy.AUTHORS),
    Step("suggest_withdrawal", _("建议代表撤回"),     (S.SUBMITTED,),            S.WITHDRAWAL_SUGGESTED, r.SCREENER,     seen_by=SeenBy.AUTHORS),
    Step("send_on",            _("转其他层级"),       (S.SUBMITTED,),            S.SENT_ON,              r.SCREENER),
    Step("merge",              _("合并"),             (S.SUBMITTED, S.REGISTERED), S.MERGED,             r.SCREENER,     (g.needs_unclassified,)),
    Step("unmerge",            _("取消合并"),         (S.MERGED,),               S.SUBMITTED,            r.SCREENER),
])

CASE = Flow("suggestion", [
    Step("classify",           _("分类和标记"),       ON_FILE,                   "",                     r.SCREENER,     seen_by=SeenBy.CONGRESS),
    Step("assign",             pgettext_lazy("step", "交办"),             (S.REGISTERED,),           S.ASSIGNED,             r.ASSIGNER,     (g.needs_unclassified,), primary=True),
    Step("hand_over_too",      _("增加交办机关"),     (S.ASSIGNED,),             "",                     r.ASSIGNER),
    Step("join_file",          _("并案办理"),         (S.REGISTERED, S.ASSIGNED), "",                    r.ASSIGNER),
    Step("leave_file",         _("移出并案"),         (S.REGISTERED, S.ASSIGNED), "",                    r.ASSIGNER),
    Step("urge",               _("催办"),             (S.ASSIGNED, S.FOLLOW_UP), "",                     r.WATCHER),
    Step("assign_again",       _("二次交办"),         (S.ASSIGNED, S.FOLLOW_UP), S.ASSIGNED,             r.ASSIGNER,     (g.needs_reason_for_another_round,)),
    Step("record_meeting",     _("记录协调会"),       (S.ASSIGNED, S.FOLLOW_UP), "",                     r.CLOSER,       (g.needs_dissatisfied_rating,)),
    Step("follow",             _("转入跟踪落实"),     (S.ASSIGNED,),             S.FOLLOW_UP,            r.ANYBODY,      quiet=True),
    Step("close",              pgettext_lazy("step", "办结"),             (S.ASSIGNED, S.FOLLOW_UP), S.CLOSED,               r.CLOSER,       (g.needs_all_answered, g.needs_closed_windows, g.needs_contacts_before_closing, g.needs_no_open_promise, g.needs_no_unheard_dissatisfaction), primary=True),
    Step("reopen",             _("重新启动"),         (S.CLOSED,),               S.FOLLOW_UP,            r.CLOSER),
    Step("request_withdrawal", _("申请撤回"),         (S.SUBMITTED, *OPEN),      "",                     r.AUTHOR,       (g.needs_no_open_request,)),
    Step("end_withdrawn",      _("撤回终止办理"),     (S.SUBMITTED, *OPEN),      S.WITHDRAWN,            r.ANYBODY,      quiet=True),
    Step("publish",            _("公开原文"),         ON_FILE,                   "",                     r.CLOSER,       (g.needs_open_publication,)),
])

PROPOSER = Flow("proposer", [
    Step("confirm_text",       _("确认联名"),         (Consent.INVITED,),        Consent.CONFIRMED,      r.INVITED,      (g.needs_text_still_open,), seen_by=SeenBy.AUTHORS, primary=True),
    Step("decline",            _("不联名"),           (Consent.INVITED,),        Consent.DECLINED,       r.INVITED,      seen_by=SeenBy.AUTHORS),
    Step("leave",              _("退出联名"),         (Consent.CONFIRMED,),      Consent.LEFT,           r.COSIGNER,     (g.needs_unassigned,), seen_by=SeenBy.AUTHORS),
    Step("take_off",           _("撤下邀请"),         (Consent.INVITED,),        Consent.DECLINED,       r.LEAD_AUTHOR,  seen_by=SeenBy.AUTHORS),
    Step("invite_again",       _("再次邀请"),         (Consent.DECLINED, Consent.LEFT), Consent.INVITED, r.ANYBODY,      seen_by=SeenBy.AUTHORS, quiet=True),
    Step("ask_again",          _("请重新确认"),       (Consent.CONFIRMED,),      Consent.INVITED,        r.ANYBODY,      seen_by=SeenBy.AUTHORS, quiet=True),
    Step("join_master",        _("随合并列为提出人"), (Consent.LEFT, Consent.DECLINED), Consent.CONFIRMED,      r.ANYBODY,      quiet=True),
    Step("part_from_master",   _("随取消合并移出"),   (Consent.CONFIRMED,),      Consent.LEFT,           r.ANYBODY,      quiet=True),
])

WITHDRAWAL = Flow("withdrawal", [
    Step("consent",            _("同意撤回"),         (RequestState.OPEN,),      "",                     r.AUTHOR,       (g.needs_own_consent,), primary=True),
    Step("grant_withdrawal",   _("准予撤回"),         (RequestState.OPEN,),      RequestState.GRANTED,   r.CLOSER,       (g.needs_all_consents,), primary=True),
    Step("refuse_withdrawal",  _("不准撤回"),         (RequestState.OPEN,),      RequestState.REFUSED,   r.CLOSER),
])

MEETING = Flow("meeting", [
    Step("hold_meeting",       _("召开交办会"),       (MeetingState.PLANNED,),   MeetingState.HELD,      r.ASSIGNER),
])

HANDOVER = Flow("handover", [
    Step("distribute",         pgettext_lazy("step", "分办"),             (HandoverState.SENT,),     HandoverState.DISTRIBUTED, r.DISTRIBUTOR, primary=True),
    Step("add_units",          _("增加承办单位"),     (HandoverState.DISTRIBUTED,), "",                    r.DISTRIBUTOR,  (g.needs_open_case,)),
])

ASSIGNMENT = Flow("assignment", [
    Step("sign_for",           _("签收"),             (A.SENT,),                 A.SIGNED_FOR,           r.UNIT,         (g.needs_no_open_objection,), primary=True),
    Step("object",             _("申退"),             (A.SENT, A.SIGNED_FOR),    "",                     r.UNIT,         (g.needs_no_open_objection, g.needs_objection_window)),
    Step("contest",            _("对承办单位提出异议"), OPEN_SHARES,             "",                     r.AUTHOR,       (g.needs_no_open_objection,)),
    Step("name_responsible",   _("明确责任人"),       WORKING,                   A.HANDLING,             r.UNIT,         (g.needs_no_open_objection,), primary=True),
    Step("plan",               _("列办理措施"),       (A.HANDLING, A.ANSWERED),  "",                     r.NEWEST_UNIT),
    Step("record_contact",     _("记录联系"),         (A.HANDLING, A.ANSWERED),  "",                     r.TALKING_UNIT, (g.needs_distance,)),
    Step("waive_contact",      pgettext_lazy("step", "免予联系"),         (A.HANDLING, A.ANSWERED),  "",                     r.WAIVER),
    Step("request_extension",  _("申请延期"),         WORKING,                   "",                     r.UNIT,         (g.needs_before_due, g.needs_no_open_extension)),
    Step("give_opinion",       _("提出会办意见"),     (A.HANDLING,),             "",                     r.CO_UNIT,      (g.needs_distance, g.needs_responsibles), seen_by=SeenBy.HANDLERS, primary=True),
    Step("draft_reply",        _("起草答复"),         (A.HANDLING, A.ANSWERED),  "",                     r.ANSWERING_UNIT, (g.needs_responsibles, g.needs_no_open_reply, g.needs_kept_promise), seen_by=SeenBy.HANDLERS, primary=True),
    Step("answer",             _("完成答复"),         (A.HANDLING, A.ANSWERED),  A.ANSWERED,             r.ANYBODY,      quiet=True),
    Step("resume",             _("补充会办意见"),     (A.ANSWERED,),             A.HANDLING,             r.ANYBODY,      quiet=True),
    Step("reassign",           _("改办"),             OPEN_SHARES,               A.REASSIGNED,           r.ANYBODY,      quiet=True),
    Step("stop",               _("停办"),             (*OPEN_SHARES, A.ANSWERED), A.STOPPED,             r.ANYBODY,      quiet=True),
    Step("take_over",          _("承接办理"),         (*OPEN_SHARES, A.ANSWERED), "",                    r.SUCCESSOR,    primary=True),
    Step("move_due",           _("重算期限"),         OPEN_SHARES,               "",                     r.ANYBODY,      quiet=True),
])

OBJECTION = Flow("objection", [
    Step("uphold",             _("同意改办"),         (ObjectionState.OPEN, ObjectionState.ESCALATED), ObjectionState.UPHELD,   r.RULER, (g.needs_first_bounce,), primary=True),
    Step("reject",             _("不同意，继续办理"), (ObjectionState.OPEN, ObjectionState.ESCALATED), ObjectionState.REJECTED, r.RULER, (g.needs_first_bounce,)),
    Step("escalate",           _("报请指定机构裁定"), (ObjectionState.OPEN,),    ObjectionState.ESCALATED, r.RULER, (g.needs_arbiter,)),
])

EXTENSION = Flow("extension", [
    Step("grant_extension",    pgettext_lazy("step", "同意延期"),         (ExtensionState.ASKED,),   ExtensionState.GRANTED, r.ASSIGNER,     (g.needs_running_share,), primary=True),
    Step("refuse_extension",   pgettext_lazy("step", "不同意延期"),       (ExtensionState.ASKED,),   ExtensionState.REFUSED, r.ASSIGNER),
])

CONTACT = Flow("contact", [
    Step("confirm_contact",    _("确认联系属实"),     (ContactState.RECORDED, ContactState.UNCONFIRMED), ContactState.CONFIRMED, r.CONTACTED, primary=True),
    Step("dispute_contact",    _("对联系记录有异议"), (ContactState.RECORDED, ContactState.UNCONFIRMED), ContactState.DISPUTED,  r.CONTACTED),
    Step("let_contact_pass",   _("逾期未确认"),       (ContactState.RECORDED,),  ContactState.UNCONFIRMED, r.SYSTEM,     quiet=True),
])

PLAN = Flow("plan", [
    Step("report_progress",    _("填报进展"),         (PlanState.OPEN,),         "",                     r.UNIT),
    Step("finish_measure",     _("完成措施"),         (PlanState.OPEN,),         PlanState.DONE,         r.UNIT),
])

OPINION = Flow("opinion", [
    Step("countersign",        _("会签"),             (OpinionState.GIVEN,),     OpinionState.COUNTERSIGNED, r.LEAD_UNIT, (g.needs_distance,), seen_by=SeenBy.HANDLERS, primary=True),
    Step("send_back_opinion",  _("退回补充"),         (OpinionState.GIVEN,),     OpinionState.SENT_BACK, r.LEAD_UNIT,    seen_by=SeenBy.HANDLERS),
])

REPLY = Flow("reply", [
    Step("edit_reply",         _("修改答复"),         (R.DRAFT,),                "",                     r.UNIT,         (g.needs_live_share,), seen_by=SeenBy.HANDLERS),
    Step("submit_reply",       _("送核"),             (R.DRAFT,),                R.CHECKING,             r.UNIT,         (g.needs_live_share, g.needs_content, g.needs_promises), seen_by=SeenBy.HANDLERS, primary=True),
    Step("check_reply",        _("核稿通过"),         (R.CHECKING,),             R.SIGNING,              r.CHECKER,      (g.needs_live_share, g.needs_other_than_drafter), seen_by=SeenBy.HANDLERS, primary=True),
    Step("return_reply",       _("退回修改答复"),     (R.CHECKING, R.SIGNING),   R.DRAFT,                r.CHECKER,      seen_by=SeenBy.HANDLERS),
    Step("sign_reply",         _("签发"),             (R.SIGNING,),              R.SIGNED,               r.SIGNER,       (g.needs_live_share, g.needs_other_than_drafter, g.needs_not_an_author, g.needs_content, g.needs_promises, g.needs_opinions), seen_by=SeenBy.HANDLERS, primary=True),
    Step("send_back_to_drafter", _("退回起草人"),     (R.SIGNING,),              R.DRAFT,                r.SIGNER,       seen_by=SeenBy.HANDLERS),
    Step("send_reply",         _("发出答复"),         (R.SIGNED,),               R.SENT,                 r.UNIT,         (g.needs_live_share, g.needs_contacts_before_sending), primary=True),
    Step("attach_scan",        _("附盖章件"),         (R.SIGNED, R.SENT),        "",                     r.UNIT),
    Step("correct_reply",      _("更正答复"),         (R.SENT,),                 "",                     r.UNIT,         (g.needs_no_open_correction,), seen_by=SeenBy.HANDLERS),
    Step("replace_reply",      _("以更正件代替"),     (R.SENT,),                 R.REPLACED,             r.ANYBODY,      quiet=True),
    Step("publish_reply",      _("决定公开"),         (R.SENT,),                 "",                     r.UNIT),
])

RATING = Flow("rating", [
    Step("rate",               pgettext_lazy("step", "评价"),             (RatingState.OPEN,),       RatingState.RATED,      r.RATER,        (g.needs_not_a_handler, g.needs_open_window), seen_by=SeenBy.AUTHORS, primary=True),
    Step("change_rating",      _("修改评价"),         (RatingState.RATED,),      "",                     r.RATER,        (g.needs_not_a_handler, g.needs_sealed_rating, g.needs_open_window), seen_by=SeenBy.AUTHORS),
    Step("let_rating_lapse",   _("逾期未评价"),       (RatingState.OPEN,),       RatingState.UNRATED,    r.SYSTEM,       quiet=True),
])

PROMISE = Flow("promise", [
    Step("open_promise",       _("列入台账"),         (PromiseState.DRAFT,),     PromiseState.OPEN,      r.ANYBODY,      quiet=True),
    Step("report_promise",     _("填报兑现进展"),     (PromiseState.OPEN,),      "",                     r.UNIT_OF_REPLY),
    Step("extend_promise",     _("变更兑现时限"),     (PromiseState.OPEN,),      "",                     r.UNIT_OF_REPLY, (g.needs_promise_in_time,)),
    Step("change_promise",     _("变更承诺内容"),     (PromiseState.OPEN,),      "",                     r.UNIT_OF_REPLY, (g.needs_promise_in_time,)),
    Step("claim_promise",      _("申报兑现"),         (PromiseState.OPEN,),      PromiseState.CLAIMED,   r.UNIT_OF_REPLY, primary=True),
    Step("accept_promise",     _("认定兑现"),         (PromiseState.CLAIMED,),   PromiseState.KEPT,      r.ANYBODY,      (g.needs_not_own_unit,), quiet=True),
    Step("refuse_claim",       _("退回，继续兑现"),   (PromiseState.CLAIMED,),   PromiseState.OPEN,      r.ANYBODY,      (g.needs_not_own_unit,), quiet=True),
    Step("lapse_promise",      _("认定未兑现"),       (PromiseState.OPEN,),      PromiseState.LAPSED,    r.CLOSER,       (g.needs_not_own_unit, g.needs_past_due)),
    Step("release_promise",    _("解除承诺"),         (PromiseState.DRAFT, PromiseState.OPEN, PromiseState.CLAIMED), PromiseState.RELEASED, r.ANYBODY, quiet=True),
])

PAPER = Flow("paper", [
    Step("enter_paper",        _("录入纸件"),         (PaperState.ENTERED,),     "",                     r.SCREENER,     seen_by=SeenBy.CONGRESS, quiet=True),
    Step("confirm_paper",      _("复核纸件"),         (PaperState.ENTERED,),     PaperState.CONFIRMED,   r.PAPER_CONFIRMER, (g.needs_second_person,), seen_by=SeenBy.CONGRESS, primary=True),
    Step("refuse_paper",       _("退回纸件"),         (PaperState.ENTERED,),     PaperState.REFUSED,     r.PAPER_CONFIRMER, (g.needs_second_person,), seen_by=SeenBy.CONGRESS),
])
# fmt: on
