"""Knows who is acting and what the rolls show to whom: hats, actors, units in being, persons of a congress."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    FilteredRelation,
    Func,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    TextField,
    When,
)
from django.utils.translation import gettext_lazy as _

from tibandu.base.prepared import Prepared
from tibandu.base.whole import whole
from tibandu.people.enums import RANK_ORDER, Competence, Function, SendingState
from tibandu.people.models import (
    Account,
    Appointment,
    CompetenceHolder,
    Congress,
    Delegation,
    Group,
    Message,
    Organ,
    Person,
    Post,
    Seat,
    SecondFactorRule,
    Sending,
    ServiceToken,
    Session,
    Term,
    Unit,
    UnitAlias,
)

PERSONA_ORDER = (
    Function.DEPUTY_WORK,
    Function.PRESIDIUM,
    Function.COMMITTEE,
    Function.DISPATCH,
    Function.HANDLING,
)

RANK_FIRST = Case(
    *(When(rank=rank, then=place) for place, rank in enumerate(reversed(RANK_ORDER))), default=9
)


@dataclass(frozen=True)
class Actor:
    """A person wearing one hat. Rights follow from it: the unit or seat, its rank, and the powers its unit holds."""

    person_id: int | None
    person_name: str
    hat: str
    hat_name: str
    congress_id: int | None
    unit_id: int | None = None
    organ_id: int | None = None
    dispatches_organ_id: int | None = None
    system: str = ""
    function: str = ""
    rank: str = ""
    seat_id: int | None = None
    seat_ended: bool = False
    administers: bool = False
    competences: frozenset[str] = field(default_factory=frozenset)
    entered_by: str = ""
    confirmed_by: str = ""

    def __str__(self) -> str:
        return f"{self.person_name} · {self.hat_name}"

    @property
    def is_deputy(self) -> bool:
        return self.seat_id is not None

    @property
    def is_system(self) -> bool:
        return self.hat == "system"

    @property
    def is_congress_side(self) -> bool:
        return (
            self.function in (Function.DEPUTY_WORK, Function.COMMITTEE, Function.PRESIDIUM) or self.is_system
        )

    @property
    def kind(self) -> str:
        """The kind of desk: deputy, deputy_work, committee, presidium, dispatch, handling, admin or system."""
        if self.is_deputy or self.is_system:
            return "deputy" if self.is_deputy else "system"
        return "admin" if self.administers else self.function

    def may(self, competence: Competence) -> bool:
        return competence in self.competences or self.is_system

    def nameless(self) -> "Actor":
        """What of an actor decides sight: two in like posts differ by their keys alone."""
        hat = self.hat if self.is_system else ""
        return replace(self, person_name="", hat=hat, hat_name="", entered_by="", confirmed_by="")

    def facts(self) -> dict[str, Any]:
        """Who acted, as keys and as text; both helpers of a paper entry are named."""
        named = {"person": self.person_name, "hat": self.hat_name, "unit": self.unit_id, "seat": self.seat_id}
        helpers = {"entered_by": self.entered_by, "confirmed_by": self.confirmed_by}
        return named | {key: value for key, value in helpers.items() if value}

    def entered(self, by: str, confirmed: str) -> "Actor":
        """The same actor, whose paper a clerk typed and a second person confirmed."""
        return replace(self, entered_by=by, confirmed_by=confirmed)


SYSTEM = Actor(None, "系统", "system", "系统", None)


def actor_of_appointment(appointment: Appointment) -> Actor:
    """The actor of a person in a post; needs person and post__unit__organ selected to cost no further query but one."""
    held = CompetenceHolder.objects.filter(unit=appointment.post.unit_id).values_list("competence", flat=True)
    return _actor_in_post(appointment, frozenset(held))


def _actor_in_post(appointment: Appointment, held: frozenset[str]) -> Actor:
    post, unit, organ = appointment.post, appointment.post.unit, appointment.post.unit.organ
    return Actor(
        person_id=appointment.person_id,
        person_name=appointment.person.name,
        hat=f"post:{appointment.pk}",
        hat_name=f"{unit}{post.title}",
        congress_id=organ.congress_id,
        unit_id=unit.pk,
        organ_id=organ.pk,
        dispatches_organ_id=organ.pk if organ.dispatcher_id == unit.pk else None,
        system=organ.system,
        function=unit.function,
        rank=post.rank,
        administers=post.administers,
        competences=held,
    )


def actor_of_seat(seat: Seat, today: date) -> Actor:
    """The actor of a deputy; an ended seat still acts on its own cases. Needs person and term__congress selected."""
    return Actor(
        person_id=seat.person_id,
        person_name=seat.person.name,
        hat=f"seat:{seat.pk}",
        hat_name=f"{seat.term.congress.short_name}代表",
        congress_id=seat.term.congress_id,
        seat_id=seat.pk,
        seat_ended=bool(seat.ended_on and seat.ended_on <= today) or seat.term.ends_on < today,
    )


def current_appointments(today: date) -> QuerySet[Appointment]:
    return Appointment.objects.filter(Q(until=None) | Q(until__gt=today), since__lte=today).select_related(
        "person", "post__unit__organ"
    )


def actor_for(person_id: int, hat: str, today: date) -> Actor | None:
    """The actor for a hat key if the person may wear it today, else None."""
    kind, _, key = hat.partition(":")
    if whole(key) is None:
        return None
    if kind == "post":
        found = current_appointments(today).filter(person=person_id, pk=key).first()
        return actor_of_appointment(found) if found else None
    seat = Seat.objects.filter(person=person_id, pk=key).select_related("person", "term__congress").first()
    return actor_of_seat(seat, today) if kind == "seat" and seat else None


@dataclass(frozen=True)
class Worn:
    """The hat on a person's head, all hats on the shelf, whether it asks for a second factor, its unread messages."""

    actor: Actor | None
    hats: list[tuple[str, str]]
    asks_second_factor: bool = False
    unread: int = 0


def worn_by(person_id: int, wished: str, today: date) -> Worn:
    """What a person wears: the wished hat, else the first; one query, for it runs on every request."""
    posts: dict[int, list[Any]] = {}
    seats: dict[int, list[Any]] = {}
    person = None
    for pk, name, *columns in HATS.rows(person=person_id, today=today):
        person = person or Person(pk=pk, name=name)
        post, seat = columns[: len(_POST)], columns[len(_POST) :]
        if post[0]:
            posts[post[0]] = post
        if seat[0]:
            seats[seat[0]] = seat
    hats = {f"post:{pk}": f"{post[6] or post[5]}{post[1]}" for pk, post in posts.items()}
    hats |= {f"seat:{pk}": _seat_hat(seat[3], seat[4]) for pk, seat in seats.items()}
    worn = wished if wished in hats else next(iter(hats), "")
    kind, _colon, key = worn.partition(":")
    if person is None or not worn:
        return Worn(None, list(hats.items()))
    if kind == "post":
        return _worn_post(person, posts[int(key)], list(hats.items()))
    return _worn_seat(person, seats[int(key)], list(hats.items()), today)


def _worn_post(person: Person, row: Sequence[Any], hats: list[tuple[str, str]]) -> Worn:
    pk, title, rank, administers, unit_id, name, short_name, function, organ_id, *rest = row
    congress_id, system, dispatcher_id, powers, asks_second_factor, unread = rest
    organ = Organ(pk=organ_id, congress_id=congress_id, system=system, dispatcher_id=dispatcher_id)
    unit = Unit(pk=unit_id, name=name, short_name=short_name, function=function, organ=organ)
    post = Post(title=title, rank=rank, administers=administers, unit=unit)
    actor = _actor_in_post(
        Appointment(pk=pk, person=person, post=post), frozenset(filter(None, (powers or "").split(",")))
    )
    return Worn(actor, hats, asks_second_factor, unread or 0)


def _worn_seat(person: Person, row: Sequence[Any], hats: list[tuple[str, str]], today: date) -> Worn:
    pk, ended_on, congress_id, short_name, number, ends_on, unread = row
    congress = Congress(pk=congress_id, short_name=short_name)
    term = Term(congress=congress, number=number, ends_on=ends_on)
    seat = Seat(pk=pk, person=person, term=term, ended_on=ended_on)
    return Worn(actor_of_seat(seat, today), hats, unread=unread or 0)


_POST = (
    "held__pk", "held__post__title", "held__post__rank", "held__post__administers", "held__post__unit",
    "held__post__unit__name", "held__post__unit__short_name", "held__post__unit__function",
    "held__post__unit__organ", "held__post__unit__organ__congress", "held__post__unit__organ__system",
    "held__post__unit__organ__dispatcher", "powers", "asks_second_factor", "unread_by_unit",
)  # fmt: skip
_SEAT = (
    "seats__pk", "seats__ended_on", "seats__term__congress", "seats__term__congress__short_name",
    "seats__term__number", "seats__term__ends_on", "unread_by_seat",
)  # fmt: skip


class _Listed(Func):
    """The values of a group in one text, separated by commas."""

    function = "GROUP_CONCAT"
    output_field = TextField()
    template = "%(function)s(%(expressions)s, ',')"

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, function="STRING_AGG", **extra)


def _shelf(person: int, today: date) -> QuerySet[Any, Any]:
    """Every post held today beside every seat of a person, with powers, second factor and unread messages."""
    held = Q(appointments__until=None) | Q(appointments__until__gt=today)
    unit = OuterRef("held__post__unit")
    holders = CompetenceHolder.objects.filter(unit=unit).order_by()
    rule = SecondFactorRule.objects.filter(
        Q(rank="") | Q(rank=OuterRef("held__post__rank")),
        congress=OuterRef("held__post__unit__organ__congress"),
        function=OuterRef("held__post__unit__function"),
    )
    return (
        Person.objects.filter(pk=person)
        .annotate(held=FilteredRelation("appointments", condition=held & Q(appointments__since__lte=today)))
        .annotate(
            powers=Subquery(holders.annotate(all=_Listed("competence")).values("all")),
            asks_second_factor=Exists(rule),
            unread_by_unit=_unread(Message.objects.filter(unit=unit)),
            unread_by_seat=_unread(Message.objects.filter(seat=OuterRef("seats"))),
        )
        .order_by("-held__since", "held__pk", "-seats__since", "-seats__pk")
        .values_list("pk", "name", *_POST, *_SEAT)
    )


def _unread(messages: QuerySet[Message]) -> Subquery:
    every = Func(template="COUNT(*)", output_field=IntegerField())
    return Subquery(messages.filter(read_at=None).order_by().annotate(n=every).values("n"))


HATS = Prepared(_shelf, person=int, today=date)


def seat_hat(seat: Seat) -> str:
    """The name of a deputy's hat in a list of hats, where two terms must be told apart."""
    return _seat_hat(seat.term.congress.short_name, seat.term.number)


def _seat_hat(congress: str, term: int) -> str:
    return f"{congress}第{term}届代表"


TOKEN_PREFIX = "tbd_"


def digest_of_token(secret: str) -> str:
    """Tokens are long and random, so a plain digest keeps them as well as a slow one."""
    return hashlib.sha256(secret.encode()).hexdigest()


def bearer(secret: str, today: date) -> tuple[Actor, str] | None:
    """The actor and the scope of a token that is not revoked, if its person may still wear the hat."""
    found = ServiceToken.objects.filter(
        digest=digest_of_token(secret), revoked_at=None, person__account__is_active=True
    )
    token = found.first()
    actor = actor_for(token.person_id, token.hat, today) if token else None
    return (actor, token.scope) if token and actor else None


def tokens_of(person_id: int) -> QuerySet[ServiceToken]:
    return ServiceToken.objects.filter(person=person_id).order_by("revoked_at", "-created_at", "-pk")


@dataclass(frozen=True)
class Persona:
    """An account in one of its hats, as a demo offers it."""

    hat: str
    person_name: str
    hat_name: str


def personas(today: date) -> list[tuple[str, str, list[Persona]]]:
    """Everybody with an account, as (congress, kind of desk, people), in the order work goes round."""
    groups: dict[tuple[int, int], tuple[str, str, list[Persona]]] = {}
    posts = current_appointments(today).filter(person__account__is_active=True)
    for post in posts.select_related("post__unit__organ__congress").order_by("post__unit__order", "pk"):
        unit, congress = post.post.unit, post.post.unit.organ.congress
        kind = Function(unit.function)
        group = groups.setdefault(
            (congress.pk, PERSONA_ORDER.index(kind)), (congress.name, str(kind.label), [])
        )
        group[2].append(Persona(f"post:{post.pk}", post.person.name, f"{unit}{post.post.title}"))
    seats = Seat.objects.filter(person__account__is_active=True).select_related("person", "term__congress")
    for seat in seats.order_by("person__sort_key", "pk"):
        congress = seat.term.congress
        group = groups.setdefault((congress.pk, -1), (congress.name, str(_("人大代表")), []))
        group[2].append(Persona(f"seat:{seat.pk}", seat.person.name, seat_hat(seat)))
    return [groups[key] for key in sorted(groups)]


def account_of_hat(hat: str) -> Account | None:
    """The active account of whoever holds this hat."""
    kind, _colon, key = hat.partition(":")
    holder = {"post": "person__appointments", "seat": "person__seats"}.get(kind)
    if not holder or whole(key) is None:
        return None
    return Account.objects.filter(**{holder: key}, is_active=True).first()


def messages_for(actor: Actor) -> QuerySet[Message]:
    """What was told to this hat, newest first: a unit's messages belong to all its posts."""
    if actor.seat_id:
        return Message.objects.filter(seat=actor.seat_id).order_by("-told_at", "-pk")
    if actor.unit_id:
        return Message.objects.filter(unit=actor.unit_id).order_by("-told_at", "-pk")
    return Message.objects.none()


def told_before(told: QuerySet[Message], pk: int) -> QuerySet[Message]:
    """What stands below a message in the list."""
    last = told.model._default_manager.filter(pk=pk).values_list("told_at", flat=True).first()
    return told.filter(Q(told_at__lt=last) | Q(told_at=last, pk__lt=pk)) if last else told


def sendings_visible_to(actor: Actor) -> QuerySet[Sending]:
    """What went, or did not go, to the deputies of the actor's congress, for its administrators."""
    if not actor.administers:
        return Sending.objects.none()
    ours = Sending.objects.filter(message__seat__term__congress=actor.congress_id)
    return ours.select_related("message__seat__person").order_by("-message__told_at", "-pk")


def failed_sendings(actor: Actor) -> int:
    """How many reminders to deputies were given up."""
    return sendings_visible_to(actor).filter(state=SendingState.FAILED).order_by().count()


def initial_passwords(actor: Actor) -> list[Person]:
    """People of the actor's rolls who can sign in and never changed their initial password."""
    idle = accounts_visible_to(actor).filter(is_active=True, must_change_password=True)
    return [account.person for account in idle.order_by("person__sort_key", "pk")]


def in_being(units: QuerySet[Unit], on: date) -> QuerySet[Unit]:
    """Those of the units that exist on a day."""
    begun = Q(valid_from=None) | Q(valid_from__lte=on)
    return units.filter(begun, Q(valid_until=None) | Q(valid_until__gt=on))


def units_in_being(congress_id: int, on: date) -> QuerySet[Unit]:
    """The units of a congress that exist on a day, in the order offices list them."""
    ours = Unit.objects.filter(organ__congress=congress_id)
    return in_being(ours, on).select_related("organ").order_by("order", "pk")


def units_by_name(congress_id: int) -> dict[str, Unit]:
    """Every name of a congress's units, past ones and short ones too; a unit that ended answers by its successor."""
    units = {
        unit.pk: unit for unit in Unit.objects.filter(organ__congress=congress_id).select_related("organ")
    }
    names: dict[str, Unit] = {}
    aliases = (
        UnitAlias.objects.filter(unit__organ__congress=congress_id).values_list("unit", "name").order_by("pk")
    )
    spoken = [(pk, name) for pk, name in aliases]
    in_being_last = sorted(units.values(), key=lambda unit: (unit.valid_until is None, unit.pk))
    spoken += [(unit.pk, name) for unit in in_being_last for name in (unit.short_name, unit.name)]
    for pk, name in spoken:
        unit = units[pk]
        while unit.successor_id in units:
            unit = units[unit.successor_id]
        names[name] = unit
    return names


def seats_in_force(congress_id: int, on: date) -> QuerySet[Seat]:
    """The seats of a congress that are held on a day, by sort key of the name."""
    held = Q(ended_on=None) | Q(ended_on__gt=on)
    return (
        Seat.objects.filter(held, term__congress=congress_id, term__starts_on__lte=on, term__ends_on__gte=on)
        .select_related("person", "delegation", "group")
        .order_by("person__sort_key", "pk")
    )


def units_visible_to(actor: Actor) -> QuerySet[Unit]:
    """Units of the actor's own congress, those that ended too; nobody else's."""
    units = Unit.objects.filter(organ__congress=actor.congress_id).select_related("organ", "successor")
    return units.order_by("organ", "order", "pk")


def staffed(units: QuerySet[Unit], today: date) -> QuerySet[Unit]:
    """Units with their posts and who holds them today, in three queries however many there are."""
    posts = Post.objects.order_by(RANK_FIRST, "pk")
    return units.prefetch_related(
        Prefetch("posts", posts),
        Prefetch("posts__appointments", current_appointments(today).order_by("since", "pk")),
    )


def units_named(units: QuerySet[Unit], words: str) -> QuerySet[Unit]:
    """Units whose present or past name, or one of whose people, holds the words."""
    people = Unit.objects.filter(posts__appointments__person__name__contains=words).values("pk")
    spoken = UnitAlias.objects.filter(name__contains=words).values("unit")
    return units.filter(
        Q(name__contains=words) | Q(short_name__contains=words) | Q(pk__in=people) | Q(pk__in=spoken)
    )


def posts_visible_to(actor: Actor) -> QuerySet[Post]:
    return Post.objects.filter(unit__organ__congress=actor.congress_id).select_related("unit__organ")


def appointments_visible_to(actor: Actor) -> QuerySet[Appointment]:
    ours = Appointment.objects.filter(post__unit__organ__congress=actor.congress_id)
    return ours.select_related("person", "post__unit__organ").order_by("-since", "-pk")


def seats_visible_to(actor: Actor) -> QuerySet[Seat]:
    """Every seat of the actor's own congress, of past terms too, in the order of the office's list."""
    ours = Seat.objects.filter(term__congress=actor.congress_id)
    return ours.select_related("person__account", "term__congress", "delegation", "group").order_by(
        "-term__number", F("delegation").asc(nulls_last=True), "person__sort_key", "pk"
    )


def terms_visible_to(actor: Actor) -> QuerySet[Term]:
    """Terms newest first, with their sessions and delegations, in three queries."""
    ours = Term.objects.filter(congress=actor.congress_id).select_related("congress").order_by("-number")
    sessions = Session.objects.select_related("term__congress").order_by("-number")
    delegations = (
        Delegation.objects.select_related("head__person").annotate(seat_count=Count("seats")).order_by("pk")
    )
    return ours.prefetch_related(Prefetch("sessions", sessions), Prefetch("delegations", delegations))


def delegations_visible_to(actor: Actor) -> QuerySet[Delegation]:
    return Delegation.objects.filter(term__congress=actor.congress_id).select_related("term__congress")


def groups_visible_to(actor: Actor) -> QuerySet[Group]:
    return Group.objects.filter(congress=actor.congress_id).annotate(seat_count=Count("seats")).order_by("pk")


def organs_visible_to(actor: Actor) -> QuerySet[Organ]:
    return Organ.objects.filter(congress=actor.congress_id).select_related("dispatcher").order_by("pk")


def powers_of(congress_id: int | None) -> dict[str, Unit]:
    """Who holds which power in a congress."""
    held = CompetenceHolder.objects.filter(congress=congress_id).select_related("unit__organ")
    return {holder.competence: holder.unit for holder in held}


def second_factor_rules(congress_id: int | None) -> QuerySet[SecondFactorRule]:
    return SecondFactorRule.objects.filter(congress=congress_id).order_by("function", "rank")


def congress_of(actor: Actor) -> Congress:
    return Congress.objects.get(pk=actor.congress_id)


def congress_by_slug(slug: str) -> Congress | None:
    return Congress.objects.filter(slug=slug).first()


def account_named(username: str) -> Account | None:
    return Account.objects.filter(username=username).select_related("person").first()


def persons_without_account(actor: Actor, today: date) -> QuerySet[Person]:
    """People of the actor's rolls who hold a post or a seat today and cannot sign in yet."""
    seats = Seat.objects.filter(Q(ended_on=None) | Q(ended_on__gt=today), term__congress=actor.congress_id)
    posts = current_appointments(today).filter(post__unit__organ__congress=actor.congress_id)
    here = Q(pk__in=seats.values("person")) | Q(pk__in=posts.order_by().values("person"))
    return Person.objects.filter(here, account=None).order_by("sort_key", "pk")


def accounts_visible_to(actor: Actor) -> QuerySet[Account]:
    return Account.objects.filter(person__in=persons_visible_to(actor).values("pk")).select_related("person")


def unit_holding(congress_id: int, competence: Competence) -> Unit | None:
    """The unit that holds a power in a congress."""
    return Unit.objects.filter(competences__congress=congress_id, competences__competence=competence).first()


def congresses_of(person_id: int) -> QuerySet[Congress]:
    """Every congress in which a person ever held a post or a seat."""
    posts = Congress.objects.filter(organs__units__posts__appointments__person=person_id).values("pk")
    seats = Congress.objects.filter(terms__seats__person=person_id).values("pk")
    return Congress.objects.filter(Q(pk__in=posts) | Q(pk__in=seats))


def keeps_the_rolls(actor: Actor, congress_id: int | None) -> bool:
    """Whether the actor may change who is who in a congress: its administrators, whoever screens, and the system."""
    ours = actor.congress_id == congress_id and (actor.administers or actor.may(Competence.SCREEN))
    return ours or actor.is_system


def persons_visible_to(actor: Actor) -> QuerySet[Person]:
    """People of the actor's own congress: deputies and holders of posts; nobody else's."""
    seats = Seat.objects.filter(term__congress=actor.congress_id).values("person")
    posts = Appointment.objects.filter(post__unit__organ__congress=actor.congress_id).values("person")
    return Person.objects.filter(Q(pk__in=seats) | Q(pk__in=posts))
