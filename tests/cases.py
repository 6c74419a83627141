"""Cases as they stand at each stage of their life, made by the real verbs at past moments; beside the town."""

from collections.abc import Iterable
from datetime import date, datetime

from tests.kept import kept
from tests.town import Town, moment
from tibandu.people.enums import Rank
from tibandu.people.models import Appointment
from tibandu.people.queries import Actor
from tibandu.regulations.models import Category, ContactStage
from tibandu.suggestions import actions
from tibandu.suggestions.enums import Mode, PromiseKind, ReplyKind, Role, ShareState
from tibandu.suggestions.models import Assignment, Contact, Proposer, Reply, Suggestion
from tibandu.suggestions.rules import text_digest

WRITTEN, HANDED_IN, ON_FILE = date(2026, 2, 2), date(2026, 2, 9), date(2026, 2, 12)
IN_SESSION = moment(date(2026, 1, 13), 10)
TITLE = "关于在兴澜大桥东侧增设过街设施的建议"
FACTS = "兴澜大桥东侧路口早晚高峰行人与车辆混行，附近有两所小学和一家医院，去年发生剐蹭事故十一起。"
ANALYSIS = "路口间距过大，信号灯配时没有考虑行人，老人和儿童需要绕行六百多米才能安全过街。"
ASKS = ("在大桥东侧路口增设人行天桥或者地下通道", "近期先调整信号灯配时并增设行人等待区")


@kept
def draft(
    town: Town,
    *,
    by: Actor | None = None,
    at: datetime | None = None,
    title: str = TITLE,
    facts: str = FACTS,
    analysis: str = ANALYSIS,
    asks: Iterable[str] = ASKS,
    **fields: object,
) -> Suggestion:
    """A draft of Alice's, or of another deputy's."""
    return actions.create(
        by or town.alice,
        at=at or moment(WRITTEN),
        title=title,
        facts=facts,
        analysis=analysis,
        asks=asks,
        **fields,
    )


def digest(suggestion: Suggestion) -> str:
    """The digest of the text as a co-signer would be shown it."""
    lines = suggestion.asks.order_by("number").values_list("text", flat=True)
    return text_digest(suggestion.title, suggestion.facts, suggestion.analysis, lines)


@kept
def confirm(town: Town, suggestion: Suggestion, who: str, *, at: datetime | None = None) -> Proposer:
    """One invited deputy of the town confirms the exact text."""
    row = suggestion.proposers.get(seat=town.seats[who])
    moment_of_it = at or moment(WRITTEN, 14)
    actions.confirm_text(town.actors[who], row, at=moment_of_it, digest=digest(suggestion))
    return row


@kept
def submitted(
    town: Town,
    *,
    cosigners: Iterable[str] = ("bob",),
    by: Actor | None = None,
    at: datetime | None = None,
    **fields: object,
) -> Suggestion:
    """Handed in between sessions (9 February 2026), or at another moment; every co-signer has confirmed."""
    lead, handed_in = by or town.alice, at or moment(HANDED_IN)
    suggestion = draft(town, by=lead, at=min(handed_in, moment(WRITTEN)), **fields)
    if names := list(cosigners):
        asked_at = min(handed_in, moment(WRITTEN, 10))
        actions.invite(lead, suggestion, at=asked_at, seats=[town.seats[name] for name in names])
        for name in names:
            confirm(town, suggestion, name, at=min(handed_in, moment(WRITTEN, 14)))
    actions.submit(lead, suggestion, at=handed_in)
    return suggestion


@kept
def registered(town: Town, *, at: datetime | None = None, **fields: object) -> Suggestion:
    """On file with a number since 12 February 2026."""
    suggestion = submitted(town, **fields)
    actions.register(town.office, suggestion, at=at or moment(ON_FILE), subject=town.subject)
    return suggestion


@kept
def registered_in_session(town: Town, **fields: object) -> Suggestion:
    """Handed in during the session, put on file with a session number at its end."""
    suggestion = submitted(town, at=IN_SESSION, **fields)
    actions.register(town.office, suggestion, at=moment(date(2026, 1, 14)), subject=town.subject)
    return suggestion


HANDED_OVER, SPLIT, TAKEN, UNDER_WAY = (
    date(2026, 2, 25),
    date(2026, 2, 26),
    date(2026, 2, 27),
    date(2026, 3, 2),
)


@kept
def handed_over(town: Town, *, at: datetime | None = None, **fields: object) -> Suggestion:
    """Given to the government on 25 February 2026; the dispatch office has not split it yet."""
    suggestion = registered(town, **fields)
    actions.assign(town.office, suggestion, at=at or moment(HANDED_OVER), organs=[town.government])
    return suggestion


@kept
def assigned(
    town: Town,
    *,
    lead: str = "housing",
    cos: Iterable[str] = (),
    separate: Iterable[str] = (),
    at: datetime | None = None,
    **fields: object,
) -> Suggestion:
    """Split by the dispatch office on 26 February 2026: lead and co-units, or separate units each with a part."""
    suggestion = handed_over(town, **fields)
    shares = [{"unit": town.units[lead], "role": Role.LEAD}] if not separate else []
    shares += [{"unit": town.units[key], "role": Role.CO} for key in cos]
    shares += [
        {"unit": town.units[key], "role": Role.SEPARATE, "part": f"{town.units[key]}负责的部分"}
        for key in separate
    ]
    handover = suggestion.handovers.get()
    actions.distribute(town.dispatcher, handover, at=at or moment(SPLIT), shares=shares)
    return suggestion


def share_of(town: Town, suggestion: Suggestion, unit: str) -> Assignment:
    """The newest share of a unit in a case."""
    return suggestion.assignments.filter(unit=town.units[unit]).latest("pk")


@kept
def sign(town: Town, suggestion: Suggestion, unit: str, *, at: datetime | None = None) -> Assignment:
    """The unit's case officer signs for its share."""
    share = share_of(town, suggestion, unit)
    actions.sign_for(town.actors[f"{unit}_officer"], share, at=at or moment(TAKEN))
    return share


@kept
def begin(town: Town, suggestion: Suggestion, unit: str, *, at: datetime | None = None) -> Assignment:
    """The unit has signed for its share and named its principal and its case officer."""
    share = share_of(town, suggestion, unit)
    if share.state == ShareState.SENT:
        sign(town, suggestion, unit)
    posts = Appointment.objects.filter(post__unit=town.units[unit])
    people = [
        {"rank": rank, "appointment": posts.get(post__rank=rank)} for rank in (Rank.PRINCIPAL, Rank.OFFICER)
    ]
    actions.name_responsible(town.actors[f"{unit}_officer"], share, at=at or moment(UNDER_WAY), people=people)
    return share_of(town, suggestion, unit)


@kept
def handling(town: Town, **fields: object) -> Suggestion:
    """Every unit has signed for its share and named its people by 2 March 2026."""
    suggestion = assigned(town, **fields)
    keys = {unit.pk: key for key, unit in town.units.items()}
    for share in suggestion.assignments.order_by("pk"):
        begin(town, suggestion, keys[share.unit_id])
    return suggestion


TALKED, DRAFTED, SENT = date(2026, 3, 9), date(2026, 3, 16), date(2026, 3, 20)
ANSWERS = (
    "经现场勘察，我局将于2026年10月底前在大桥东侧建成人行天桥1座，由市政科负责。",
    "已会同市公安局于3月10日调整信号灯配时，增设行人等待区2处。",
)
OVERPASS: dict[str, object] = {
    "what": "在大桥东侧建成人行天桥1座",
    "measure": "通过验收并开放通行",
    "kind": PromiseKind.WITHIN_YEAR,
    "owner": "市政科梁栋",
    "due_on": date(2026, 10, 31),
    "money": 118_000_000,
}


def category(town: Town, code: str) -> Category:
    return Category.objects.get(version=town.measure, code=code)


@kept
def talk(town: Town, share: Assignment, stage: str, *, at: datetime | None = None) -> list[Contact]:
    """The unit has talked with everybody who stands behind the text; each has still to confirm."""
    unit = next(key for key, unit in town.units.items() if unit == share.unit)
    return actions.record_contact(
        town.actors[f"{unit}_officer"],
        share,
        at=at or moment(TALKED),
        stage=ContactStage.objects.get(version=town.measure, code=stage),
        proposers=share.suggestion.proposers.exclude(state="declined"),
        mode=Mode.VISIT,
        held_on=(at or moment(TALKED)).date(),
        said="代表介绍了路口情况，同意先行调整配时。",
        draft_shown=stage == "during",
    )


@kept
def heard(town: Town, share: Assignment, *stages: str, at: datetime | None = None) -> None:
    """The deputies have been contacted at these stages and have confirmed it."""
    actors = {seat.pk: town.actors[key] for key, seat in town.seats.items()}
    for stage in stages:
        for contact in talk(town, share, stage, at=at):
            actions.confirm_contact(actors[contact.proposer.seat_id], contact, at=at or moment(TALKED, 15))


@kept
def drafted(
    town: Town,
    suggestion: Suggestion,
    *,
    unit: str = "housing",
    code: str = "A",
    answers: Iterable[str] = ANSWERS,
    promises: Iterable[dict[str, object]] = (),
    at: datetime | None = None,
    **written: object,
) -> Reply:
    """The case officer's draft on 16 March 2026: every ask answered."""
    asks = suggestion.asks.order_by("number")
    parts = [{"ask": ask, "text": text} for ask, text in zip(asks, answers, strict=False)]
    chosen = Category.objects.get(version=suggestion.regulation_id, code=code)
    fields = {"kind": ReplyKind.LETTER, "category": chosen, "contact_name": "林溪"} | written
    return actions.draft_reply(
        town.actors[f"{unit}_officer"],
        share_of(town, suggestion, unit),
        at=at or moment(DRAFTED),
        parts=parts,
        promises=list(promises),
        **fields,
    )


@kept
def checked(town: Town, reply: Reply, *, unit: str = "housing", at: datetime | None = None) -> Reply:
    """Submitted by the officer and found fit by the dispatch office."""
    actions.submit_reply(town.actors[f"{unit}_officer"], reply, at=at or moment(DRAFTED, 10))
    actions.check_reply(town.dispatcher, reply, at=at or moment(DRAFTED, 14))
    return reply


@kept
def signed(town: Town, reply: Reply, *, unit: str = "housing", at: datetime | None = None) -> Reply:
    """Checked, and signed by the principal of the unit on 20 March 2026."""
    checked(town, reply, unit=unit, at=at)
    actions.sign_reply(town.actors[f"{unit}_chief"], reply, at=at or moment(SENT))
    return reply


@kept
def replied(
    town: Town, *, code: str = "A", promises: Iterable[dict[str, object]] = (), **fields: object
) -> Suggestion:
    """Handled by the housing bureau alone, talked over twice, answered and sent on 20 March 2026."""
    suggestion = handling(town, **fields)
    share = share_of(town, suggestion, "housing")
    heard(town, share, "before", "during")
    reply = signed(town, drafted(town, suggestion, code=code, promises=promises))
    actions.send_reply(town.housing_officer, reply, at=moment(SENT, 15))
    return suggestion
