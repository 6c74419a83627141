"""One city, its district and town, and the people in them: the fixed cast and builders of every test.

兴澜市 has a government with a dispatch office, a court without one, and a district 汀溪区 that is another tenant.
Alice 安立夏 leads suggestions, Bob 柏远 co-signs, Chen 陈牧 is an outsider from the same congress.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.kept import is_watched, kept, watched
from tibandu.base.journal import create_guards, guards_present
from tibandu.people.enums import Competence, Function, Level, Rank, System
from tibandu.people.models import (
    Account,
    Appointment,
    CompetenceHolder,
    Congress,
    Delegation,
    Organ,
    Person,
    Post,
    Seat,
    Session,
    Term,
    Unit,
)
from tibandu.people.queries import SYSTEM, Actor, actor_of_appointment, actor_of_seat
from tibandu.regulations import actions as regulations
from tibandu.regulations.models import SubjectClass, Version

TODAY = date(2026, 3, 2)
FAR_OFF = date(2099, 1, 9)  # pages and API read today's clock, whatever year the suite runs in
SHANGHAI = ZoneInfo("Asia/Shanghai")


def moment(day: date = TODAY, hour: int = 9) -> datetime:
    """A moment of a day in Shanghai."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI)


@dataclass
class Town:
    """The built world; actors are under their role's name."""

    congress: Congress
    district: Congress
    term: Term
    session: Session
    measure: Version
    government: Organ
    court: Organ
    units: dict[str, Unit]
    subject: SubjectClass
    actors: dict[str, Actor] = field(default_factory=dict)
    seats: dict[str, Seat] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Actor:
        """`town.alice`, `town.housing_chief` … are the actors."""
        if name.startswith("_") or name not in self.__dict__.get("actors", {}):
            raise AttributeError(name)
        return self.actors[name]

    def cast(self) -> frozenset[tuple[str, Actor]]:
        """Who acts; to builders a town with the same cast is the same."""
        return frozenset(self.actors.items())


DEPUTIES = {"alice": "安立夏", "bob": "柏远", "chen": "陈牧", "dora": "杜若", "evan": "易文"}
UNITS = {
    # key: name, short name, function
    "deputy_work": ("兴澜市人大常委会代表工作委员会", "市人大代表工委", Function.DEPUTY_WORK),
    "committee": ("兴澜市人大城乡建设和环境资源保护委员会", "市人大城环委", Function.COMMITTEE),
    "chairpersons": ("兴澜市人大常委会主任会议", "市人大主任会议", Function.PRESIDIUM),
    "dispatch": ("兴澜市人民政府督查室", "市政府督查室", Function.DISPATCH),
    "housing": ("兴澜市住房和城乡建设局", "市住建局", Function.HANDLING),
    "transport": ("兴澜市交通运输局", "市交通局", Function.HANDLING),
    "police": ("兴澜市公安局", "市公安局", Function.HANDLING),
    "finance": ("兴澜市财政局", "市财政局", Function.HANDLING),
    "court_office": ("兴澜市中级人民法院办公室", "市中院办公室", Function.HANDLING),
}
POSTS = {
    # actor: unit, title, rank, name
    "office": ("deputy_work", "主任", Rank.PRINCIPAL, "高言"),
    "clerk": ("deputy_work", "工作人员", Rank.OFFICER, "葛小舟"),
    "member": ("committee", "委员", Rank.PRINCIPAL, "韩澄"),
    "chairpersons": ("chairpersons", "主任", Rank.PRINCIPAL, "何岳"),
    "dispatcher": ("dispatch", "科长", Rank.SECTION, "蒋明"),
    "dispatch_head": ("dispatch", "主任", Rank.PRINCIPAL, "季朗"),
    "housing_chief": ("housing", "局长", Rank.PRINCIPAL, "郎定"),
    "housing_deputy_head": ("housing", "副局长", Rank.DEPUTY_HEAD, "黎川"),
    "housing_section": ("housing", "科长", Rank.SECTION, "梁栋"),
    "housing_officer": ("housing", "科员", Rank.OFFICER, "林溪"),
    "transport_chief": ("transport", "局长", Rank.PRINCIPAL, "孟通"),
    "transport_officer": ("transport", "科员", Rank.OFFICER, "牧野"),
    "police_chief": ("police", "局长", Rank.PRINCIPAL, "潘卫"),
    "police_officer": ("police", "科员", Rank.OFFICER, "彭程"),
    "finance_chief": ("finance", "局长", Rank.PRINCIPAL, "钱衡"),
    "finance_officer": ("finance", "科员", Rank.OFFICER, "秦度"),
    "court_officer": ("court_office", "科员", Rank.OFFICER, "尚平"),
    "court_chief": ("court_office", "主任", Rank.PRINCIPAL, "沈律"),
}
POWERS = {
    Competence.SCREEN: "deputy_work",
    Competence.ASSIGN: "deputy_work",
    Competence.CLOSE: "deputy_work",
    Competence.DECIDE: "chairpersons",
    Competence.ARBITRATE: "chairpersons",
    Competence.FUND: "finance",
}


@kept
def build() -> Town:
    """The city with everything a case needs, and a district as a second tenant with one office and one deputy."""
    city = _congress("city", "兴澜市人民代表大会", "兴澜市", Level.CITY)
    district = _congress("district", "汀溪区人民代表大会", "汀溪区", Level.COUNTY, parent=city)
    term = Term.objects.create(congress=city, number=6, starts_on=date(2022, 1, 10), ends_on=FAR_OFF)
    session = Session.objects.create(
        term=term,
        number=5,
        slug="6-5",
        opens_on=date(2026, 1, 12),
        closes_on=date(2026, 1, 15),
        cutoff_at=moment(date(2026, 1, 13), 12),
    )
    organs = {
        system: Organ.objects.create(congress=city, system=system, name=f"兴澜市{label}")
        for system, label in (
            (System.CONGRESS, "人大常委会"),
            (System.GOVERNMENT, "人民政府"),
            (System.COURT, "中级人民法院"),
        )
    }
    units = {key: _unit(organs, key, order) for order, key in enumerate(UNITS)}
    Organ.objects.filter(pk=organs[System.GOVERNMENT].pk).update(dispatcher=units["dispatch"])
    for power, key in POWERS.items():
        CompetenceHolder.objects.create(congress=city, competence=power, unit=units[key])
    town = Town(
        congress=city,
        district=district,
        term=term,
        session=session,
        measure=_measure(city),
        government=Organ.objects.get(pk=organs[System.GOVERNMENT].pk),
        court=organs[System.COURT],
        units=units,
        subject=SubjectClass.objects.create(congress=city, name="城建环资", committee=units["committee"]),
    )
    _fill(town)
    _fill_district(town)
    return town


def built() -> Town:
    """The town in a database where it is kept, guarded as it is served."""
    if is_watched():
        return build()
    guard()
    if Congress.objects.exists():
        return build()
    with watched():
        return build()


def guard() -> None:
    """Puts back the guards that were lifted to empty the database after an earlier test."""
    if not guards_present():
        create_guards()


def _congress(slug: str, name: str, short: str, level: Level, parent: Congress | None = None) -> Congress:
    return Congress.objects.create(slug=slug, name=name, short_name=short, level=level, parent=parent)


def _measure(congress: Congress) -> Version:
    version = regulations.install_profile(
        SYSTEM,
        congress,
        "hunan-city",
        at=moment(date(2025, 12, 1)),
        effective_on=date(2026, 1, 1),
        label="2026年",
    )
    regulations.enact(SYSTEM, version, at=moment(date(2025, 12, 1)), effective_on=date(2026, 1, 1))
    version.refresh_from_db()
    return version


def _unit(organs: dict[Any, Organ], key: str, order: int) -> Unit:
    name, short, function = UNITS[key]
    system = System.CONGRESS if "人大" in name else System.COURT if "法院" in name else System.GOVERNMENT
    return Unit.objects.create(
        organ=organs[system], name=name, short_name=short, function=function, order=order
    )


def _fill(town: Town) -> None:
    delegation = Delegation.objects.create(term=town.term, name="汀溪代表团")
    for number, (key, name) in enumerate(DEPUTIES.items(), 1):
        town.seats[key] = seat(town.term, name, f"{number:03d}", delegation=delegation)
        town.actors[key] = actor_of_seat(town.seats[key], TODAY)
    Delegation.objects.filter(pk=delegation.pk).update(head=town.seats["evan"])
    for key, (unit, title, rank, name) in POSTS.items():
        town.actors[key] = appoint(town.units[unit], title, rank, name)


def _fill_district(town: Town) -> None:
    organ = Organ.objects.create(congress=town.district, system=System.CONGRESS, name="汀溪区人大常委会")
    unit = Unit.objects.create(
        organ=organ, name="汀溪区人大代表工委", short_name="区人大代表工委", function=Function.DEPUTY_WORK
    )
    for power in (Competence.SCREEN, Competence.ASSIGN, Competence.CLOSE):
        CompetenceHolder.objects.create(congress=town.district, competence=power, unit=unit)
    term = Term.objects.create(congress=town.district, number=8, starts_on=date(2022, 1, 1), ends_on=FAR_OFF)
    town.actors["foreign_office"] = appoint(unit, "主任", Rank.PRINCIPAL, "汪渡")
    town.seats["foreign_deputy"] = seat(term, "卫恒", "901")
    town.actors["foreign_deputy"] = actor_of_seat(town.seats["foreign_deputy"], TODAY)


def person(name: str) -> Person:
    """A person with an account whose username is the name."""
    made = Person.objects.create(name=name, sort_key=name)
    Account.objects.create_user(username=name, person=made)
    return made


def seat(term: Term, name: str, card: str, **fields: Any) -> Seat:
    return Seat.objects.create(term=term, person=person(name), card_no=card, since=term.starts_on, **fields)


def appoint(unit: Unit, title: str, rank: Rank, name: str) -> Actor:
    """The actor of a new person in a new post."""
    post = Post.objects.create(unit=unit, title=title, rank=rank)
    made = Appointment.objects.create(post=post, person=person(name), since=date(2025, 1, 1))
    found = Appointment.objects.select_related("person", "post__unit__organ").get(pk=made.pk)
    return actor_of_appointment(found)
