"""Knows the troubles of assigning: the wrong unit, the long limit, the unit that was reformed, the one that is silent."""

from datetime import date, timedelta

from tibandu.people.enums import Rank
from tibandu.regulations.models import Ground
from tibandu.suggestions import actions
from tibandu.suggestions.enums import Role
from tibandu.suggestions.models import Assignment, Objection, Suggestion
from tibandu.web.demo.cast import HEADS_A_BUREAU, REFORM, World
from tibandu.web.demo.lives import Teller
from tibandu.web.demo.topics import Matter

CLAUSE = "《{unit}职能配置、内设机构和人员编制规定》第三条"


def city(world: World) -> Teller:
    return Teller(world.city, world.until)


def _object(teller: Teller, share: Assignment, day: date, to: str, reason: str) -> Objection:
    ground = Ground.objects.get(version=share.suggestion.regulation_id, kind="objection", code="not_ours")
    return actions.object(
        teller.worker(share),
        share,
        at=teller.at(day, 10),
        ground=ground,
        clause=CLAUSE.format(unit=share.unit),
        reason=reason,
        proposed_unit=teller.place.units[to],
    )


def _bounced(
    teller: Teller, found: Matter, author: int, day: date, first: str, second: str
) -> tuple[Suggestion, Objection]:
    """The first unit is heard, the second objects as well and the ruling is asked of the arbiter."""
    place = teller.place
    suggestion, [share] = teller.opened(found, author, day, shares=[(first, Role.LEAD, "")], take=False)
    actions.sign_for(teller.worker(share), share, at=teller.at(day + timedelta(days=7), 10))
    reason = "所提事项的审批和监管职责不在我单位，建议由有审批职责的单位主办。"
    objection = _object(teller, share, day + timedelta(days=8), second, reason)
    dispatcher = place.actor("dispatch", Rank.PRINCIPAL)
    at = teller.at(day + timedelta(days=10), 15)
    words = "申退理由成立，改由所建议的单位主办。"
    share = actions.uphold(dispatcher, objection, at=at, unit=place.units[second], words=words)
    actions.sign_for(teller.worker(share), share, at=teller.at(day + timedelta(days=12), 10))
    reason = "该事项涉及的规划许可由原承办单位核发，我单位没有相应职权，请求重新确定。"
    objection = _object(teller, share, day + timedelta(days=14), first, reason)
    at = teller.at(day + timedelta(days=15), 16)
    actions.escalate(dispatcher, objection, at=at, words="两家单位意见不一致，报请指定机构裁定。")
    return suggestion, objection


def second_bounce(world: World, found: Matter) -> None:
    teller, day = city(world), world.until - timedelta(days=60)
    suggestion, objection = _bounced(teller, found, 34, day, "housing", found.lead)
    arbiter = world.city.actor("chairpersons")
    words = "村庄规划和宅基地审批属于资规部门职责，由其主办，市住建局配合，不再退回。"
    actions.reject(arbiter, objection, at=teller.at(day + timedelta(days=20), 10), words=words)
    share = teller.open_lead(suggestion)
    teller.name(share, day + timedelta(days=22))
    teller.talk(share, "before", day + timedelta(days=26), found.said)


def at_arbiter(world: World, found: Matter) -> None:
    _bounced(city(world), found, 35, world.until - timedelta(days=18), "water", found.lead)


def contested(world: World, found: Matter) -> None:
    """The deputy says that another unit holds the matter, and is heard."""
    teller, day, place = city(world), world.until - timedelta(days=44), world.city
    suggestion, [share] = teller.opened(found, 36, day, shares=[("industry", Role.LEAD, "")])
    at = teller.at(day + timedelta(days=11), 19, office=False)
    reason = "建议说的是技能培训和补贴，职责在人社部门，请改由市人社局主办。"
    unit = place.units[found.lead]
    objection = actions.contest(place.deputy(36, day), share, at=at, reason=reason, proposed_unit=unit)
    at = teller.at(day + timedelta(days=14), 10)
    words = "代表意见成立，改由市人社局主办，市工信局会办。"
    share = actions.uphold(place.office, objection, at=at, unit=unit, stays_as_co=True, words=words)
    teller.take(teller.open_lead(suggestion), day + timedelta(days=16))


def extension(world: World, found: Matter) -> None:
    teller, day = city(world), world.until - timedelta(days=112)
    _suggestion, [share] = teller.opened(found, 38, day, joint=[39])
    teller.talk(share, "before", day + timedelta(days=20), found.said)
    asked = _ask_longer(teller, share, day + timedelta(days=80), 60)
    at = teller.at(day + timedelta(days=83), 15)
    words = "情况属实，同意延期，请当面向代表说明。"
    actions.grant_extension(world.city.office, asked, at=at, words=words)


def extension_asked(world: World, found: Matter) -> None:
    teller, day = city(world), world.until - timedelta(days=84)
    _suggestion, [share] = teller.opened(found, 40, day)
    teller.talk(share, "before", day + timedelta(days=18), found.said)
    _ask_longer(teller, share, world.until - timedelta(days=4), 45)


def _ask_longer(teller: Teller, share: Assignment, day: date, days: int) -> object:
    share.refresh_from_db()
    ground = Ground.objects.get(version=share.suggestion.regulation_id, kind="extension", code="wide")
    reason = "涉及六个单位和一处选址，专家论证会排在下月，三个月内拿不出可行的办法，请求延期。"
    until = share.due_on + timedelta(days=days)
    return actions.request_extension(
        teller.worker(share), share, at=teller.at(day, 10), ground=ground, until=until, reason=reason
    )


def joint_file(world: World, found: Matter) -> None:
    """Two numbers in one file; one talk serves both, each gets its own reply."""
    teller, day, place = city(world), world.until - timedelta(days=38), world.city
    first = teller.write(found, 42, day, joint=[44])
    second = teller.write(found, 45, day, title=found.also, hour=15)
    for suggestion in (first, second):
        teller.register(suggestion, found, day + timedelta(days=2))
    at = teller.at(day + timedelta(days=3), 10)
    title = f"{found.place}果蔬储藏设施"
    actions.join_file(place.office, first, at=at, title=title, words="两件内容相近，一并办理，分别答复。")
    first.refresh_from_db()
    actions.join_file(place.office, second, at=at, case_file=first.case_file)
    for suggestion in (first, second):
        [share] = teller.assign(suggestion, day + timedelta(days=5), [(found.lead, Role.LEAD, "")])
        teller.take(share, day + timedelta(days=8))


def separate(world: World, found: Matter) -> None:
    """Each unit answers its own part; one has, the other has not yet."""
    teller, day = city(world), world.until - timedelta(days=66)
    parts = [
        ("education", Role.SEPARATE, "开通校车线路和乘车补助", (1, 2)),
        ("police", Role.SEPARATE, "查处非法接送车辆", (3,)),
    ]
    _suggestion, shares = teller.opened(found, 46, day, joint=[47], shares=parts)
    share, sent_on = shares[1], day + timedelta(days=45)
    teller.talked(share, found, sent_on)
    draft = teller.draft(share, found, "A", sent_on - timedelta(days=6), asks=share.asks.all())
    teller.send(draft, sent_on)
    teller.rate(draft, sent_on + timedelta(days=3), "AA")


def no_dispatcher(world: World, found: Matter) -> None:
    """A court has no dispatch office: the assigner goes straight to it, and nobody checks its draft."""
    teller, day = city(world), world.until - timedelta(days=80)
    suggestion, [share] = teller.opened(found, 48, day, joint=[49])
    reply = teller.answered(share, found, day + timedelta(days=55))
    teller.ended(suggestion, share, reply)


def reform(world: World, found: Matter) -> None:
    """Assigned to the old bureau, taken over by the new one, the clock running through."""
    teller, day = city(world), REFORM - timedelta(days=30)
    suggestion, [share] = teller.opened(found, 50, day, joint=[51])
    teller.talk(share, "before", day + timedelta(days=16), found.said)
    share = teller.heir(share, REFORM + timedelta(days=5))
    sent_on = day + timedelta(days=70)
    said = "新单位当面出示答复初稿，代表同意。"
    teller.talk(share, "during", sent_on - timedelta(days=9), said)
    reply = teller.send(teller.draft(share, found, "A", sent_on - timedelta(days=6)), sent_on)
    teller.ended(suggestion, share, reply)


def heads_unit(world: World, found: Matter) -> None:
    """The author heads the bureau that handles it: others are responsible, another principal signs."""
    teller, day = city(world), world.until - timedelta(days=76)
    suggestion, [share] = teller.opened(found, HEADS_A_BUREAU, day)
    reply = teller.answered(share, found, day + timedelta(days=54))
    teller.ended(suggestion, share, reply)


def unsigned(world: World, found: Matter) -> None:
    teller, day = city(world), world.until - timedelta(days=17)
    teller.opened(found, 52, day, joint=[53], take=False)


def overdue(world: World, found: Matter) -> None:
    teller, day = city(world), world.until - timedelta(days=115)
    suggestion, [share] = teller.opened(found, 54, day, joint=[55])
    teller.talk(share, "before", day + timedelta(days=24), found.said)
    at = teller.at(world.until - timedelta(days=6), 10)
    words = "期限已过，请在五个工作日内答复，并向代表当面说明原因。"
    actions.urge(world.city.office, suggestion, at=at, words=words)


def near(world: World, found: Matter) -> None:
    """Drafted and waiting for the dispatch office with a few days left."""
    teller, day = city(world), world.until - timedelta(days=94)
    _suggestion, [share] = teller.opened(found, 56, day)
    teller.talk(share, "before", day + timedelta(days=22), found.said)
    teller.talk(share, "during", world.until - timedelta(days=9), "看了初稿，没有不同意见。")
    reply = teller.draft(share, found, "A", world.until - timedelta(days=5))
    actions.submit_reply(teller.worker(share), reply, at=teller.at(world.until - timedelta(days=4), 11))
