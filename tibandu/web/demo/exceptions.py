"""Knows the troubles of writing and screening: who asks, in whose name, and what comes in by another door."""

from datetime import date, timedelta

from tibandu.regulations.models import Ground
from tibandu.suggestions import actions
from tibandu.suggestions.enums import Nature, ReplyKind, Role
from tibandu.suggestions.models import Suggestion
from tibandu.web.demo.cast import MASKED, THIS_YEAR, World, moment
from tibandu.web.demo.lives import Teller
from tibandu.web.demo.topics import Matter

OPENS, CLOSES = THIS_YEAR[1], THIS_YEAR[2]


def city(world: World) -> Teller:
    return Teller(world.city, world.until)


def in_session(world: World, found: Matter) -> None:
    """Asked on the first day, answered face to face before the session closed."""
    teller, second = city(world), OPENS + timedelta(days=1)
    suggestion = teller.write(found, 12, OPENS, hour=8)
    teller.register(suggestion, found, OPENS)
    [share] = teller.assign(suggestion, second, [(found.lead, Role.LEAD, "")], split_on=second)
    teller.take(share, second + timedelta(days=1))
    reply = teller.draft(share, found, "A", second + timedelta(days=1), kind=ReplyKind.IN_SESSION)
    teller.send(reply, CLOSES)
    teller.ended(suggestion, share, reply)


def delegation(world: World, found: Matter) -> None:
    """The head signs for the whole delegation; every talk and the rating go to the head."""
    teller = city(world)
    body = world.city.delegations[1]
    suggestion = teller.write(found, 1, OPENS + timedelta(days=1), hour=15, delegation=body)
    teller.register(suggestion, found, CLOSES + timedelta(days=1))
    [share] = teller.assign(suggestion, CLOSES + timedelta(days=21), [(found.lead, Role.LEAD, "")])
    teller.take(share, CLOSES + timedelta(days=23))
    reply = teller.answered(share, found, CLOSES + timedelta(days=80))
    teller.ended(suggestion, share, reply)


def motion(world: World, found: Matter) -> None:
    """The presidium decided that a motion is handled as a suggestion; the office typed it in."""
    teller, place = city(world), world.city
    suggestion = actions.enter(
        place.office,
        at=teller.at(OPENS + timedelta(days=1), 16),
        seats=[place.seats[number] for number in (2, 14, 26, 38, 50, 5, 17, 29, 43, 53)],
        nature=Nature.MOTION,
        title=found.title,
        facts=found.facts,
        analysis=found.analysis,
        asks=found.asks,
    )
    teller.register(suggestion, found, CLOSES + timedelta(days=1))
    rows = teller.assign(
        suggestion, CLOSES + timedelta(days=21), [(found.lead, Role.LEAD, ""), ("education", Role.CO, "")]
    )
    for share in rows:
        teller.take(share, CLOSES + timedelta(days=24))
    teller.opinion(rows[1], rows[0], found, CLOSES + timedelta(days=40))
    reply = teller.answered(rows[0], found, CLOSES + timedelta(days=76))
    teller.ended(suggestion, rows[0], reply, "ABA")


def waiting(world: World, found: Matter) -> None:
    """One invited deputy has confirmed, two have not answered yet."""
    teller, day = city(world), world.until - timedelta(days=1)
    suggestion = teller.write(found, 15, day, submit=False)
    author = world.city.deputy(15, day)
    teller.cosign(suggestion, author, [16], moment(day, 10))
    more = [world.city.seats[number] for number in (18, 20)]
    actions.invite(author, suggestion, at=moment(day, 11), seats=more)


def merged(world: World, found: Matter) -> None:
    teller, day = city(world), world.until - timedelta(days=90)
    master, twin = _pair(teller, found, day)
    _merge(teller, twin, master, day)
    teller.register(master, found, day + timedelta(days=3))
    [share] = teller.assign(master, day + timedelta(days=6), [(found.lead, Role.LEAD, "")])
    teller.take(share, day + timedelta(days=8))
    teller.answered(share, found, day + timedelta(days=60), "C")


def unmerged(world: World, found: Matter) -> None:
    """Merged at intake, taken out again three days later when the author showed the difference."""
    teller, day = city(world), world.until - timedelta(days=24)
    master, twin = _pair(teller, found, day)
    _merge(teller, twin, master, day)
    words = "经与领衔代表核对，两件所指河段不同，取消合并，各自办理。"
    actions.unmerge(world.city.office, twin, at=teller.at(day + timedelta(days=4), 10), words=words)
    for suggestion in (master, twin):
        suggestion.refresh_from_db()
        teller.register(suggestion, found, day + timedelta(days=5))
        teller.assign(suggestion, day + timedelta(days=8), [(found.lead, Role.LEAD, "")])


def _pair(teller: Teller, found: Matter, day: date) -> tuple[Suggestion, Suggestion]:
    """Two texts on one matter by different deputies."""
    master = teller.write(found, 10, day, joint=[11])
    return master, teller.write(found, 22, day, title=found.also, hour=14)


def _merge(teller: Teller, twin: Suggestion, master: Suggestion, day: date) -> None:
    words = "所提事项相同，经征得领衔代表同意，合并办理。"
    at = teller.at(day + timedelta(days=1), 10)
    actions.merge(teller.place.office, twin, at=at, master=master, words=words)


def withdrawn_early(world: World, found: Matter) -> None:
    teller, day = city(world), world.until - timedelta(days=33)
    suggestion = teller.write(found, 27, day)
    teller.register(suggestion, found, day + timedelta(days=2))
    at = teller.at(day + timedelta(days=4), 9, office=False)
    words = "学校已经主动开放，不需要再办理。"
    actions.withdraw(world.city.deputy(27, day), suggestion, at=at, words=words)


def withdrawn_late(world: World, found: Matter) -> None:
    """One of the authors asks, the other agrees, the office grants, the unit stops."""
    teller, day, place = city(world), world.until - timedelta(days=48), world.city
    suggestion, [share] = teller.opened(found, 28, day, joint=[30])
    teller.talk(share, "before", day + timedelta(days=15), found.said)
    at = teller.at(day + timedelta(days=20), 9, office=False)
    reason = "镇里已经把密闭桶和清运车辆落实到位，代表到现场看过，申请撤回。"
    request = actions.request_withdrawal(place.deputy(28, day), suggestion, at=at, reason=reason)
    at = teller.at(day + timedelta(days=21), 9, office=False)
    actions.consent(place.deputy(30, day), request, at=at)
    at = teller.at(day + timedelta(days=24), 10)
    words = "全体提出人同意，准予撤回，请承办单位停办并归档。"
    actions.grant_withdrawal(place.office, request, at=at, words=words)


def masked(world: World, found: Matter) -> None:
    """Contacts, letter and rating of a protected author run through the deputy-work committee."""
    teller, day = city(world), world.until - timedelta(days=70)
    suggestion, [share] = teller.opened(found, MASKED, day, masked=True)
    reply = teller.answered(share, found, day + timedelta(days=48))
    teller.ended(suggestion, share, reply)


def classified(world: World, found: Matter | None) -> None:
    """Number, day and unit; nothing else is kept here."""
    at = city(world).at(world.until - timedelta(days=61), 10)
    actions.register_classified(world.city.office, at=at, unit_words="市发改委（线下办理）")


def from_district(world: World, found: Matter) -> None:
    """The district finds that it is the city's matter and passes it on; the city registers and assigns it."""
    below, teller = Teller(world.district, world.until), city(world)
    day = world.until - timedelta(days=58)
    first = below.write(found, 4, day, joint=[6])
    ground = Ground.objects.get(version=first.regulation_id, kind="screening", code="remit")
    words = "铁路沿线噪声治理属于市级职权，转市人大处理，结果由市人大告知代表。"
    at = below.at(day + timedelta(days=2), 10)
    actions.send_on(
        world.district.office, first, at=at, ground=ground, words=words, congress=world.city.congress
    )
    copy = Suggestion.objects.get(congress=world.city.congress, title=found.title)
    teller.register(copy, found, day + timedelta(days=4))
    [share] = teller.assign(copy, day + timedelta(days=7), [(found.lead, Role.LEAD, "")])
    teller.take(share, day + timedelta(days=9))


def many(world: World, found: Matter) -> None:
    """There is no cap on those who sign; each of them confirms the same text."""
    teller, day = city(world), world.until - timedelta(days=40)
    joint = [number for number in range(56) if number not in (33, MASKED)][:23]
    _suggestion, shares = teller.opened(
        found, 33, day, joint=joint, shares=[(found.lead, Role.LEAD, ""), ("health", Role.CO, "")]
    )
    teller.talk(shares[0], "before", day + timedelta(days=16), found.said, most=3, mode="meeting")
    teller.opinion(shares[1], shares[0], found, day + timedelta(days=25))
