"""The figures of this room: what was received, assigned, answered, rated and promised, each over rows in the actor's sight."""

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from tibandu.base.figures import Figure, Part, Source, register
from tibandu.people.queries import Actor
from tibandu.regulations.models import ContactStage
from tibandu.suggestions.enums import (
    LIVE_SHARES,
    MADE_PROMISES,
    OPEN_PROMISES,
    UNSEEN,
    Cause,
    ContactState,
    ExtensionState,
    PromiseState,
    RatingState,
    ReplyState,
    Role,
)
from tibandu.suggestions.models import (
    Assignment,
    Contact,
    Extension,
    Objection,
    Rating,
    RatingMark,
    Reply,
)
from tibandu.suggestions.queries.following import promises_visible_to
from tibandu.suggestions.queries.sight import ratings_visible_to, replies_visible_to, visible_to


def _paths(to_unit: str, to_suggestion: str) -> dict[str, str]:
    """Where a row's unit, subject class and committee stand."""
    return {
        "unit": to_unit,
        "subject": f"{to_suggestion}subject",
        "committee": f"{to_suggestion}committee",
    }


def _seen(actor: Actor, rows: QuerySet[Any], path: str) -> QuerySet[Any]:
    return rows.filter(**{f"{path}__in": visible_to(actor).values("pk")})


def _shares(actor: Actor) -> QuerySet[Assignment]:
    answering = Assignment.objects.exclude(role=Role.CO).filter(state__in=LIVE_SHARES)
    return _seen(actor, answering, "suggestion")


def _replies(actor: Actor) -> QuerySet[Reply]:
    """The newest sent reply of each share, whose category stands."""
    later = Reply.objects.filter(
        assignment=OuterRef("assignment"),
        state=ReplyState.SENT,
        category__isnull=False,
        pk__gt=OuterRef("pk"),
    )
    sent = replies_visible_to(actor).filter(~Exists(later), state=ReplyState.SENT, category__isnull=False)
    return _seen(actor, sent, "suggestion")


def _ratings(actor: Actor) -> QuerySet[Rating]:
    """The ratings of first replies, as far as the actor may read them."""
    first = ratings_visible_to(actor).filter(reply__cause=Cause.FIRST)
    return _seen(actor, first, "suggestion")


SUGGESTIONS = Source(
    "suggestion",
    lambda actor: visible_to(actor).exclude(state__in=UNSEEN),
    {"subject": "subject", "committee": "committee"},
)
SHARES = Source("assignment", _shares, _paths("unit", "suggestion__"))
OF_SHARE = _paths("assignment__unit", "assignment__suggestion__")
OBJECTIONS = Source(
    "objection", lambda actor: _seen(actor, Objection.objects.all(), "assignment__suggestion"), OF_SHARE
)
EXTENSIONS = Source(
    "extension", lambda actor: _seen(actor, Extension.objects.all(), "assignment__suggestion"), OF_SHARE
)
REPLIES = Source(
    "reply",
    _replies,
    {
        **_paths("assignment__unit", "suggestion__"),
        "category": "category__code",
        "resolved": "category__counts_as_resolved",
    },
)
RATINGS = Source("rating", _ratings, _paths("reply__assignment__unit", "suggestion__"))
PROMISES = Source("promise", promises_visible_to, _paths("reply__assignment__unit", "suggestion__"))

# Every stage of contact that the measure names has been confirmed by a deputy, or was waived with a ground.
_MET = Contact.objects.filter(
    assignment=OuterRef(OuterRef("pk")),
    stage=OuterRef("pk"),
    state__in=[ContactState.CONFIRMED, ContactState.WAIVED],
)
_STAGES = ContactStage.objects.filter(version=OuterRef("suggestion__regulation"))
ALL_MET = Exists(_STAGES) & ~Exists(_STAGES.filter(~Exists(_MET)))


def first_said(**grade: bool) -> Exists:
    """Whether a rating, as it was first given, bears such a grade on the headline; a later change does not count."""
    marks = RatingMark.objects.filter(rating=OuterRef("pk"), version=1, dimension__is_headline=True)
    return Exists(marks.filter(**{f"grade__{name}": value for name, value in grade.items()}))


ANSWERED = Part("answered_on", Q(answered_on__isnull=False))
REPLIED = Part("sent_on")
RATED = Part("reply__sent_on", Q(state=RatingState.RATED))
ASKED_TO_RATE = Part("reply__sent_on", Q(state__in=[RatingState.RATED, RatingState.UNRATED]))
MADE = Part("reply__sent_on", Q(state__in=MADE_PROMISES))


def _promises(*states: str) -> Part:
    return Part("reply__sent_on", Q(state__in=states))


FIGURES = register(
    Figure("received", _("收到"), _("本期提交的建议，含未立案的。"), SUGGESTIONS, Part("submitted_at", is_moment=True)),
    Figure("registered", _("立案"), _("本期立案编号的建议。"), SUGGESTIONS, Part("registered_on")),
    Figure("handed_over", _("交办"), _("本期首次交办的建议。"), SUGGESTIONS, Part("assigned_on")),
    Figure("assigned", _("承办"), _("本期交给单位主办、分办的件次；会办不计，改办、停办的不计。"), SHARES, Part("assigned_on")),
    Figure("answered", _("答复"), _("本期答复的主办、分办件次。"), SHARES, ANSWERED),
    Figure(
        "on_time", _("按期答复率"), _("在期限日以前答复的件次 ÷ 已答复的件次。"),
        SHARES, Part("answered_on", Q(answered_on__lte=F("due_on"))), ANSWERED,
    ),
    Figure(
        "contacted", _("三见面率"), _("办法所列各阶段联系均经代表确认（或按办法免予联系）的件次 ÷ 已答复的件次；未经代表确认的不算。"),
        SHARES, Part("answered_on", Q(ALL_MET)), ANSWERED,
    ),
    Figure("again", _("二次交办"), _("本期交办的第二轮及以后的件次。"), SHARES, Part("assigned_on", Q(round__n__gte=2))),
    Figure("objections", _("申退"), _("本期承办单位提出的申退，代表提出的不计。"), OBJECTIONS, Part("raised_on", Q(by_deputy=False))),
    Figure("extensions", _("延期"), _("本期同意的延期。"), EXTENSIONS, Part("ruled_on", Q(state=ExtensionState.GRANTED))),
    Figure("replied", _("有类别的答复"), _("本期发出、标明类别的答复；一件次多次答复的，以最近一次为准。"), REPLIES, REPLIED),
    Figure(
        "resolved", _("办成率"), _("类别在办法中计为解决的答复 ÷ 标明类别的答复；类别是单位自报的。"),
        REPLIES, Part("sent_on", Q(category__counts_as_resolved=True)), REPLIED,
    ),
    Figure(
        "satisfied", _("首评满意率"), _("代表对首次答复第一次所评总评计为满意的 ÷ 已评的；未评不算满意，修改后的评价不计。"),
        RATINGS, Part("reply__sent_on", Q(first_said(counts_as_satisfied=True), state=RatingState.RATED)), RATED,
    ),
    Figure(
        "dissatisfied", _("首评不满意"), _("代表对首次答复第一次所评总评为不满意的。"),
        RATINGS, Part("reply__sent_on", Q(first_said(is_dissatisfied=True), state=RatingState.RATED)),
    ),
    Figure(
        "unrated", _("未评率"), _("到期没有评价的 ÷ 已评的和到期未评的。"),
        RATINGS, Part("reply__sent_on", Q(state=RatingState.UNRATED)), ASKED_TO_RATE,
    ),
    Figure("promised", _("承诺"), _("本期发出的答复所作的承诺；随撤回解除的不计。"), PROMISES, MADE),
    Figure("kept", _("承诺兑现率"), _("经认定已兑现的承诺 ÷ 已作出的承诺。"), PROMISES, _promises(PromiseState.KEPT), MADE),
    Figure("lapsed", _("未兑现"), _("经认定未兑现的承诺。"), PROMISES, _promises(PromiseState.LAPSED)),
    Figure("owed", _("兑现中"), _("尚未认定的承诺，含已申报完成的。"), PROMISES, _promises(*OPEN_PROMISES)),
)  # fmt: skip
