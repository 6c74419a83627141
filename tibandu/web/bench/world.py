"""Knows the invented province of a bench: congress, organs, units, posts and deputies, entered by the product's own verbs."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction

from tibandu.base import clock
from tibandu.people import actions as people
from tibandu.people.actions.mandates import sort_key_of
from tibandu.people.enums import Competence, Function, Level, Rank, System
from tibandu.people.models import (
    Account,
    Appointment,
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
from tibandu.regulations.enums import LimitCode, SeriesKind
from tibandu.regulations.models import SubjectClass
from tibandu.regulations.queries import measure_of, working_days
from tibandu.regulations.rules import Measure
from tibandu.suggestions.models import Series
from tibandu.web.demo.cast import moment, names, seed_calendar

YEARS = 10
TERM_YEARS = 5
LAST_YEAR_DAYS = (
    110  # the last session opened so many days before the building, so that its cases are still alive
)
SESSION_DAYS = 6
COMMITTEES = ("财政经济", "农业农村", "城乡建设", "教科文卫", "监察司法", "社会建设", "民族侨务", "环境资源")
AREAS = "东南西北中上下前后左右内外新旧大小高长远安宁"
FIELDS = ("教育", "交通", "水务", "住建", "民政", "卫健", "农业", "工信", "文旅", "环境", "财政", "人社")


@dataclass(frozen=True)
class Signer:
    """Who stands in a journal line: the actor's keys and facts, as JSON is stored and as the digest reads it."""

    person_id: int
    name: str
    hat: str
    hat_name: str
    owner_id: int
    stored: str
    hashed: str


@dataclass(frozen=True)
class Year:
    """One year: its session, from which day to which it runs, and the counters of its numbers."""

    session_id: int
    opens_on: date
    ends_on: date
    series: tuple[int, int]
    facts: dict[str, Any]


@dataclass
class World:
    """Everything a case is drawn from, as plain values that another process can take."""

    today: date
    congress_id: int
    office: Signer
    dispatcher: Signer
    organs: list[tuple[int, str, list[Signer], list[Signer]]] = field(default_factory=list)
    years: list[Year] = field(default_factory=list)
    seats: list[list[Signer]] = field(default_factory=list)
    subjects: list[tuple[int, str, int | None]] = field(default_factory=list)
    measure_id: int = 0
    categories: list[tuple[int, str]] = field(default_factory=list)
    grades: list[int] = field(default_factory=list)
    dimensions: list[int] = field(default_factory=list)
    stages: list[int] = field(default_factory=list)
    patterns: dict[str, str] = field(default_factory=dict)
    due: dict[int, str] = field(default_factory=dict)


def sizes(rows: int) -> tuple[int, int]:
    """How many units and deputies go with so many suggestions: a province's, or a few for a small trial."""
    return min(500, max(14, rows // 20)), min(2_000, max(20, rows // 5))


def found(today: date, rows: int) -> World:
    """Founds the province in an empty database, in one transaction."""
    units, deputies = sizes(rows)
    with transaction.atomic():
        seed_calendar()
        return _Builder(today).build(units, deputies)


def signer(actor: Actor) -> Signer:
    facts = actor.facts()
    hashed = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    owner = actor.seat_id or actor.unit_id or 0
    person = actor.person_id or 0
    return Signer(person, actor.person_name, actor.hat, actor.hat_name, owner, json.dumps(facts), hashed)


class _Builder:
    """Enters body after body; what the cases need is collected on the way."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.first = today - timedelta(days=LAST_YEAR_DAYS + 365 * (YEARS - 1))
        self.at = moment(self.first - timedelta(days=60))
        self.names = names()
        self.congress: Congress = people.add_congress(
            SYSTEM,
            slug="bench",
            name="云澜省人民代表大会",
            short_name="云澜省",
            level=Level.PROVINCE,
            at=self.at,
        )
        self.with_account: list[Person] = []

    def build(self, units: int, deputies: int) -> World:
        organs = [
            self._organ(s, n)
            for s, n in (
                (System.CONGRESS, "云澜省人大常委会"),
                (System.GOVERNMENT, "云澜省人民政府"),
                (System.PARTY, "中共云澜省委"),
            )
        ]
        office, dispatch, committees = self._desks(organs)
        handling = self._bureaus(organs, units - len(committees) - 3)
        measure = self._measure()
        subjects = self._subjects(committees)
        terms = [self._term(number) for number in (1, 2)]
        seats = self._deputies(terms, deputies)
        self._open_accounts()
        world = World(self.today, self.congress.pk, self._signers([office])[0], self._signers([dispatch])[0])
        for organ in organs[1:]:
            mine = [unit for unit in handling if unit.organ_id == organ.pk]
            world.organs.append(
                (organ.pk, organ.name, self._signers(mine), self._signers(mine, Rank.PRINCIPAL))
            )
        world.subjects = subjects
        world.years = [self._year(terms, number) for number in range(YEARS)]
        world.seats = [[signer(actor_of_seat(seat, self.today)) for seat in row] for row in seats]
        _read_measure(world, measure)
        return world

    def _organ(self, system: System, name: str) -> Organ:
        return people.add_organ(SYSTEM, self.congress, system=system, name=name, at=self.at)

    def _units(self, rows: list[Unit]) -> list[Unit]:
        """Units with an officer and a principal each, in bulk: a line on the congress's chain for each would take minutes."""
        units = Unit.objects.bulk_create(rows)
        tiers = (("承办人", Rank.OFFICER), ("主要负责人", Rank.PRINCIPAL))
        posts = Post.objects.bulk_create(
            Post(unit=unit, title=title, rank=rank) for unit in units for title, rank in tiers
        )
        persons = self._persons(len(posts))
        Appointment.objects.bulk_create(
            Appointment(post=post, person=person, since=self.first)
            for post, person in zip(posts, persons, strict=True)
        )
        self.with_account += persons
        return units

    def _persons(self, count: int) -> list[Person]:
        given = [next(self.names) for _n in range(count)]
        return Person.objects.bulk_create(Person(name=name, sort_key=sort_key_of(name)) for name in given)

    def _desks(self, organs: list[Organ]) -> tuple[Unit, Unit, list[Unit]]:
        """The congress's own desks and the one that splits the government's work."""
        congress, government, _party = organs
        wanted = [
            (congress, "云澜省人大常委会代表工作委员会", "省人大代表工委", Function.DEPUTY_WORK),
            (congress, "云澜省人大常委会主任会议", "省人大主任会议", Function.PRESIDIUM),
            (government, "云澜省人民政府督查室", "省政府督查室", Function.DISPATCH),
            *(
                (congress, f"云澜省人大{name}委员会", f"省人大{name}委", Function.COMMITTEE)
                for name in COMMITTEES
            ),
        ]
        office, chairs, dispatch, *committees = self._units(
            [
                Unit(organ=organ, name=name, short_name=short, function=function, order=order)
                for order, (organ, name, short, function) in enumerate(wanted, 1)
            ]
        )
        people.set_dispatcher(SYSTEM, government, unit=dispatch, at=self.at)
        for power in Competence:
            holder = chairs if power in (Competence.DECIDE, Competence.ARBITRATE) else office
            people.set_competence(SYSTEM, self.congress, competence=power, unit=holder, at=self.at)
        return office, dispatch, committees

    def _bureaus(self, organs: list[Organ], count: int) -> list[Unit]:
        """Bureaus of the government, and one in ten of the party; the first of each are the busiest."""
        made = []
        for number in range(count):
            organ, place = organs[2 if number % 10 == 9 else 1], number // len(FIELDS)
            short = f"{AREAS[place % len(AREAS)]}{FIELDS[number % len(FIELDS)]}{'局' if place < len(AREAS) else '处'}"
            name = f"{organ.name}{short}"
            made.append(
                Unit(organ=organ, name=name, short_name=short, function=Function.HANDLING, order=20 + number)
            )
        return self._units(made)

    def _measure(self) -> Any:
        started = {"effective_on": self.first - timedelta(days=30)}
        version = regulations.install_profile(
            SYSTEM, self.congress, "hunan-city", at=self.at, label="试行", **started
        )
        regulations.enact(SYSTEM, version, at=self.at, **started)
        version.refresh_from_db()
        return version

    def _subjects(self, committees: list[Unit]) -> list[tuple[int, str, int | None]]:
        regulations.install_subject_classes(SYSTEM, self.congress, at=self.at)
        rows = list(SubjectClass.objects.filter(congress=self.congress).order_by("pk"))
        top = [row for row in rows if row.parent_id is None]
        watched = {row.pk: committees[place % len(committees)].pk for place, row in enumerate(top)}
        for row in top:
            SubjectClass.objects.filter(pk=row.pk).update(committee=watched[row.pk])
        return [(row.pk, row.name, watched[row.parent_id]) for row in rows if row.parent_id]

    def _term(self, number: int) -> Term:
        starts = self.first + timedelta(days=365 * TERM_YEARS * (number - 1) - 10)
        # The last term lasts as long as somebody measures on this database.
        ends = starts + timedelta(days=365 * TERM_YEARS * (1 if number == 1 else 4) - 1)
        return people.open_term(
            SYSTEM, self.congress, number=number, starts_on=starts, ends_on=ends, at=self.at
        )

    def _deputies(self, terms: list[Term], count: int) -> list[list[Seat]]:
        """Half of the second term's deputies sat in the first as well."""
        made: list[list[Seat]] = []
        pool: list[Person] = []
        for term in terms:
            kept = pool[: count // 2]
            pool = [*kept, *self._persons(count - len(kept))]
            towns = [
                people.add_delegation(SYSTEM, term, name=f"{name}代表团", at=self.at) for name in AREAS[:16]
            ]
            made.append(self._seats(term, pool, towns))
        self.with_account += pool
        return made

    def _seats(self, term: Term, pool: list[Person], towns: list[Delegation]) -> list[Seat]:
        return Seat.objects.bulk_create(
            Seat(
                person=person,
                term=term,
                card_no=f"{number + 1:04d}",
                since=term.starts_on,
                delegation=towns[number % len(towns)],
                constituency=towns[number % len(towns)].name[:-3],
            )
            for number, person in enumerate(pool)
        )

    def _open_accounts(self) -> None:
        """Accounts that no password opens; whoever measures makes the sessions."""
        Account.objects.bulk_create(
            Account(
                username=f"bench{person.pk:05d}",
                person=person,
                password=make_password(None),
                date_joined=self.at,
            )
            for person in self.with_account
        )

    def _signers(self, units: Iterable[Unit], rank: Rank = Rank.OFFICER) -> list[Signer]:
        keys = [unit.pk for unit in units]
        rows = Appointment.objects.filter(post__unit__in=keys, post__rank=rank)
        found = {row.post.unit_id: row for row in rows.select_related("person", "post__unit__organ")}
        return [signer(actor_of_appointment(found[key])) for key in keys]

    def _year(self, terms: list[Term], number: int) -> Year:
        term, place = terms[number // TERM_YEARS], number % TERM_YEARS + 1
        opens = self.first + timedelta(days=365 * number)
        session: Session = people.open_session(
            SYSTEM,
            term,
            number=place,
            slug=f"{term.number}-{place}",
            opens_on=opens,
            closes_on=opens + timedelta(days=SESSION_DAYS),
            cutoff_at=moment(opens + timedelta(days=SESSION_DAYS - 1), 12),
            at=self.at,
        )
        keys = (f"session:{session.pk}", f"between:{opens.year}")
        series = tuple(Series.objects.create(congress=self.congress, key=key).pk for key in keys)
        ends = min(opens + timedelta(days=364), self.today)
        facts = {"term": term.number, "session": place, "year": opens.year, "month": 1, "day": 1, "round": 1}
        return Year(
            session.pk, opens, ends, (series[0], series[1]), facts | {"code": "云澜省", "organ": "云澜省"}
        )


def _read_measure(world: World, version: Any) -> None:
    measure: Measure = measure_of(version)
    world.measure_id = version.pk
    world.categories = [(row.pk, row.code) for row in measure.categories]
    world.grades = [row.pk for row in measure.grades]
    world.dimensions = [row.pk for row in measure.dimensions if not row.is_delivery]
    world.stages = [row.pk for row in version.contact_stages.all()]
    world.patterns = {str(kind): measure.patterns[kind] for kind in (SeriesKind.SESSION, SeriesKind.BETWEEN)}
    days, limit = working_days(), measure.limits[LimitCode.REPLY].limit
    first = world.years[0].opens_on.toordinal()
    for ordinal in range(first, world.today.toordinal() + 2):
        world.due[ordinal] = clock.due_on(date.fromordinal(ordinal), limit, days).isoformat()
