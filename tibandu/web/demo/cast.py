"""Knows the invented congresses, bodies and people of the demo, and enters them by the verbs of the rolls."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tibandu.people import actions as people
from tibandu.people.enums import Competence, Function, Level, Rank, System
from tibandu.people.models import Appointment, Congress, Delegation, Organ, Seat, Session, Term, Unit
from tibandu.people.queries import SYSTEM, Actor, actor_of_appointment, actor_of_seat
from tibandu.regulations import actions as regulations
from tibandu.regulations.models import SubjectClass
from tibandu.regulations.queries import working_days

SHANGHAI = ZoneInfo("Asia/Shanghai")
FOUNDED, TERM_STARTS, TERM_ENDS = date(2021, 12, 1), date(2022, 1, 10), date(2027, 1, 9)
REFORM = date(2026, 4, 1)
EARLIER = ((2, date(2023, 1, 4), date(2023, 1, 7)), (3, date(2024, 1, 9), date(2024, 1, 12)))
LAST_YEAR = (4, date(2025, 1, 7), date(2025, 1, 10))
THIS_YEAR = (5, date(2026, 1, 12), date(2026, 1, 15))
TIERS = {
    1: ((Rank.PRINCIPAL, "主任"),),
    2: ((Rank.PRINCIPAL, "主要负责人"), (Rank.OFFICER, "承办人")),
    3: ((Rank.PRINCIPAL, "主要负责人"), (Rank.SECTION, "科长"), (Rank.OFFICER, "承办人")),
    4: (
        (Rank.PRINCIPAL, "主要负责人"),
        (Rank.DEPUTY_HEAD, "分管负责人"),
        (Rank.SECTION, "科长"),
        (Rank.OFFICER, "承办人"),
    ),
}
# Deputies of the city who stand for a trouble of their own, by their place in the list of seats.
HEADS_A_BUREAU, LEFT_OFFICE, OVER_SEVENTY, TWO_CONGRESSES, MASKED, SILENT = 7, 19, 23, 31, 37, 41
APART = (HEADS_A_BUREAU, LEFT_OFFICE, OVER_SEVENTY, TWO_CONGRESSES, MASKED, SILENT)


@dataclass
class Place:
    """A built congress: its bodies, its people as actors, its sessions."""

    congress: Congress
    term: Term
    sessions: dict[int, Session] = field(default_factory=dict)
    organs: dict[str, Organ] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    actors: dict[tuple[str, str], Actor] = field(default_factory=dict)
    appointments: dict[tuple[str, str], Appointment] = field(default_factory=dict)
    seats: list[Seat] = field(default_factory=list)
    delegations: list[Delegation] = field(default_factory=list)
    classes: dict[str, SubjectClass] = field(default_factory=dict)
    assigner: str = "deputy_work"

    def actor(self, unit: str, rank: str = Rank.OFFICER) -> Actor:
        """Who wears the hat of a rank in a unit; where that rank has no post, the principal."""
        return self.actors.get((unit, rank)) or self.actors[unit, Rank.PRINCIPAL]

    def deputy(self, number: int, day: date) -> Actor:
        return actor_of_seat(self.seats[number], day)

    def key_of(self, unit_id: int) -> str:
        return next(key for key, unit in self.units.items() if unit.pk == unit_id)

    @property
    def office(self) -> Actor:
        return self.actor(self.assigner, Rank.PRINCIPAL)

    @property
    def clerk(self) -> Actor:
        return self.actor(self.assigner, Rank.OFFICER)


@dataclass
class World:
    """The demo's three congresses, and the last day on which anything may have happened in them."""

    city: Place
    district: Place
    town: Place
    until: date


@cache
def _script() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "data" / "cast.toml").read_text("utf-8"))


def moment(day: date, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)


def names() -> Iterator[str]:
    """Names without end that do not repeat among the first thousands."""
    surnames, given = _script()["surnames"], _script()["given"]
    number = 0
    while True:
        yield surnames[number % len(surnames)] + given[(number * 11 + 5) % len(given)]
        number += 1


def found(until: date) -> World:
    """Enters the three congresses with everybody in them."""
    name = names()
    seed_calendar()
    city = _place("city", None, name, until)
    district = _place("district", city.congress, name, until)
    town = _place("town", district.congress, name, until)
    town.assigner = "presidium"
    _special_people(city, district, name)
    for place in (city, district, town):
        _admit(place)
    world = World(city, district, town, until)
    reform(world)
    return world


def _place(slug: str, parent: Congress | None, name: Iterator[str], until: date) -> Place:
    script, at = _script()[slug], moment(FOUNDED)
    level = Level(script["level"])
    titles = {"name": script["name"], "short_name": script["short"], "level": level}
    congress = people.add_congress(SYSTEM, parent, slug=slug, at=at, **titles)
    # The term lasts as long as somebody looks at the demo.
    ends_on = max(TERM_ENDS, until + timedelta(days=60))
    term = people.open_term(SYSTEM, congress, number=6, starts_on=TERM_STARTS, ends_on=ends_on, at=at)
    place = Place(congress, term)
    for number, opens_on, closes_on in (*EARLIER, LAST_YEAR, THIS_YEAR):
        if opens_on <= until:
            place.sessions[number] = people.open_session(
                SYSTEM,
                term,
                number=number,
                slug=f"6-{number}",
                opens_on=opens_on,
                closes_on=closes_on,
                cutoff_at=moment(closes_on - timedelta(days=1), 12),
                at=moment(opens_on - timedelta(days=40)),
            )
    _bodies(place, script, name)
    _measures(place, script["profile"], until)
    _deputies(place, script, name)
    return place


def _bodies(place: Place, script: dict[str, Any], name: Iterator[str]) -> None:
    at = moment(FOUNDED)
    for system, title in script["organs"].items():
        organ = people.add_organ(SYSTEM, place.congress, system=System(system), name=title, at=at)
        place.organs[system] = organ
    for order, (key, system, function, title, short, tiers) in enumerate(script["units"], 1):
        unit = people.add_unit(
            SYSTEM,
            place.organs[system],
            name=title,
            short_name=short,
            function=Function(function),
            order=order,
            valid_from=REFORM if f"old_{key}" in place.units else None,
            at=at,
        )
        place.units[key] = unit
        for rank, post in TIERS[tiers]:
            _staff(place, key, post, rank, next(name))
    if dispatcher := script.get("dispatcher"):
        organ = place.organs["government"]
        people.set_dispatcher(SYSTEM, organ, unit=place.units[dispatcher], at=at)
        place.organs["government"] = Organ.objects.select_related("dispatcher").get(pk=organ.pk)
    for power, key in script["powers"].items():
        unit = place.units[key]
        people.set_competence(SYSTEM, place.congress, competence=Competence(power), unit=unit, at=at)
    _wear_hats(place)


def _staff(place: Place, key: str, title: str, rank: Rank, name: str, **further: Any) -> Appointment:
    """A new person in a new post."""
    at = moment(FOUNDED)
    person = further.pop("person", None) or people.add_person(SYSTEM, place.congress, name=name, at=at)
    post = people.add_post(SYSTEM, place.units[key], title=title, rank=rank, at=at, **further)
    made = people.appoint(SYSTEM, post, person=person, since=TERM_STARTS, at=at)
    place.appointments.setdefault((key, rank), made)
    place.appointments[key, title] = made
    return made


def _wear_hats(place: Place) -> None:
    """Actors are made when the powers and the dispatcher are known."""
    rows = Appointment.objects.select_related("person", "post__unit__organ")
    fresh = rows.in_bulk([row.pk for row in place.appointments.values()])
    for key, row in place.appointments.items():
        place.actors[key] = actor_of_appointment(fresh[row.pk])


def _measures(place: Place, profile: str, until: date) -> None:
    """The measure of 2023, and its revision of 2026, which says the same under a new day."""
    at = moment(date(2022, 12, 5))
    started = {"effective_on": date(2023, 1, 1)}
    first = regulations.install_profile(SYSTEM, place.congress, profile, at=at, label="2023年", **started)
    regulations.enact(SYSTEM, first, at=at, **started)
    if until >= date(2026, 1, 1):
        at = moment(date(2025, 12, 8))
        second = regulations.draft_version(SYSTEM, first.document, at=at, label="2026年修订")
        regulations.enact(SYSTEM, second, at=at, effective_on=date(2026, 1, 1))
    regulations.install_subject_classes(SYSTEM, place.congress, at=at)
    committees = _script()[place.congress.slug]["classes"]
    for row in SubjectClass.objects.filter(congress=place.congress).select_related("parent"):
        if row.parent is None and row.name in committees:
            row.committee = place.units[committees[row.name]]
            row.save(update_fields=["committee"])
        place.classes[f"{row.parent.name}/{row.name}" if row.parent else row.name] = row


def _deputies(place: Place, script: dict[str, Any], name: Iterator[str]) -> None:
    at, term = moment(TERM_STARTS), place.term
    delegations = [people.add_delegation(SYSTEM, term, name=title, at=at) for title in script["delegations"]]
    groups = [people.add_group(SYSTEM, place.congress, name=title, at=at) for title in script["groups"]]
    areas = script["constituencies"]
    for number in range(script["deputies"]):
        person = people.add_person(SYSTEM, place.congress, name=next(name), at=at)
        seat = people.seat_deputy(
            SYSTEM,
            term,
            person=person,
            card_no=f"{number + 1:03d}",
            since=TERM_STARTS,
            delegation=delegations[number % len(delegations)] if delegations else None,
            group=groups[(number * 3 + number // 7) % len(groups)],
            constituency=areas[number % len(areas)],
            at=at,
        )
        place.seats.append(seat)
    for number, delegation in enumerate(delegations):
        people.set_delegation_head(SYSTEM, delegation, seat=place.seats[number], at=at)
    place.delegations = list(Delegation.objects.filter(term=term).order_by("pk"))


def _special_people(city: Place, district: Place, name: Iterator[str]) -> None:
    """A deputy who heads a bureau with a second principal beside, one with seats in two congresses, an administrator."""
    at = moment(TERM_STARTS)
    head = city.seats[HEADS_A_BUREAU].person
    _staff(city, "farming", "局长", Rank.PRINCIPAL, "", person=head)
    people.seat_deputy(
        SYSTEM,
        district.term,
        person=city.seats[TWO_CONGRESSES].person,
        card_no="017",
        since=TERM_STARTS,
        delegation=district.delegations[1],
        constituency="双溪镇",
        at=at,
    )
    _staff(city, "deputy_work", "系统管理员", Rank.OFFICER, next(name), administers=True)
    _staff(city, "deputy_work", "联络员", Rank.OFFICER, next(name))
    _wear_hats(city)


def reform(world: World) -> None:
    """The bureau of culture and tourism goes into a new one that also has sports; its shares are taken over."""
    if world.until >= REFORM:
        old, new = world.city.units["old_culture"], world.city.units["culture"]
        people.merge_unit(SYSTEM, old, successor=new, on=REFORM, at=moment(REFORM - timedelta(days=14)))


def _admit(place: Place) -> None:
    """Everybody may enter by one click; the screen of personas lists them."""
    posts = Appointment.objects.filter(post__unit__organ__congress=place.congress).select_related("person")
    persons = [post.person for post in posts] + [seat.person for seat in place.seats]
    people.admit(SYSTEM, persons, at=moment(TERM_STARTS))
    place.seats = list(
        Seat.objects.filter(pk__in=[seat.pk for seat in place.seats])
        .select_related("person", "term__congress", "delegation")
        .order_by("pk")
    )


def workday(day: date) -> date:
    """The day, or the next on which offices work."""
    days = working_days()
    while not days.is_working(day):
        day += timedelta(days=1)
    return day


def seed_calendar() -> None:
    """The known years; nothing changes where they are held already."""
    regulations.seed_calendar(SYSTEM, at=moment(FOUNDED), confirmed_by="系统")


def last_workday(today: date) -> date:
    """The last working day before a day, so that what offices did lately is never put off into the future."""
    days, day = working_days(), today - timedelta(days=1)
    while not days.is_working(day):
        day -= timedelta(days=1)
    return day
