"""Knows what a bench asks for: whose desks, and seeded requests of which none repeats."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from random import Random
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count
from django.test import Client
from django.urls import reverse

from tibandu.people.models import Appointment, Seat, Session, Unit
from tibandu.people.queries import Actor, account_of_hat, actor_for
from tibandu.regulations.models import SubjectClass
from tibandu.suggestions.enums import ShareState
from tibandu.suggestions.models import Assignment
from tibandu.suggestions.queries import visible_to
from tibandu.web.bench.client import Asked, wire
from tibandu.web.bench.vocabulary import COMMON, MIDDLING, rare_words

CSRF = "benchbenchbenchbenchbenchbenchbe"
BUSY = 10  # officers of so many of the busiest bureaus
DEPUTIES = 10
PAGE = 50
DEEPEST = 20
SEARCHES = ("rare", "middling", "common", "three")
SORTS = ("-id",) * 10 + ("id", "number", "-number", "due", "-due")


@dataclass(frozen=True)
class Persona:
    """A hat with its session; the session is made in the database, as sign-in would."""

    kind: str
    hat: str
    actor: Actor
    cookie: str


@dataclass(frozen=True)
class Want:
    """A page that shall be asked for: by whom, where, and the key that its limit reads."""

    persona: Persona
    path: str
    key: int

    def asked(self) -> Asked:
        return Asked(
            self.persona.hat, self.persona.kind, self.path, wire("GET", self.path, self.persona.cookie)
        )

    def limit(self, kind: str, page: str, number: int) -> Asked:
        path = f"/bench/{kind}/{page}/{number}/{self.key}/"
        return Asked(self.persona.hat, self.persona.kind, path, wire("GET", path, self.persona.cookie))


def personas(today: date) -> list[Persona]:
    """Case officers of busy bureaus, deputies, and the office; as many turns for each kind."""
    busy = (
        Assignment.objects.values("unit")
        .annotate(shares=Count("pk"))
        .order_by("-shares")
        .values_list("unit", flat=True)
    )
    posts = Appointment.objects.filter(until=None, post__rank="officer")
    officers = [f"post:{posts.get(post__unit=unit).pk}" for unit in busy[:BUSY]]
    newest = Seat.objects.filter(person__account__isnull=False, term__number=2).order_by("pk")
    seats = [
        f"seat:{pk}"
        for pk in newest.values_list("pk", flat=True)[:: max(1, newest.count() // DEPUTIES)][:DEPUTIES]
    ]
    office = Unit.objects.get(function="deputy_work")
    desk = [f"post:{pk}" for pk in Appointment.objects.filter(post__unit=office).values_list("pk", flat=True)]
    kinds = (("officer", officers), ("deputy", seats), ("office", desk))
    return [persona(kind, hat, today) for kind, hats in kinds for hat in hats]


def persona(kind: str, hat: str, today: date) -> Persona:
    account = account_of_hat(hat)
    actor = actor_for(account.person_id, hat, today) if account else None
    if account is None or actor is None:
        raise LookupError(hat)
    client = Client()
    client.force_login(account)
    session = client.session
    session["hat"] = hat
    session.save()
    return Persona(kind, hat, actor, f"sessionid={session.session_key}; csrftoken={CSRF}")


class Lists:
    """Draws wants; every draw is new."""

    def __init__(self, people: Sequence[Persona], rows: int, seed: int) -> None:
        self.rng, self.rows = Random(seed), rows
        self.by_kind = {
            kind: [p for p in people if p.kind == kind] for kind in ("officer", "deputy", "office")
        }
        self.seen: set[tuple[str, str]] = set()
        self.sessions = list(Session.objects.values_list("pk", flat=True))
        self.subjects = list(SubjectClass.objects.exclude(parent=None).values_list("pk", flat=True))
        self.committees = list(Unit.objects.filter(function="committee").values_list("pk", flat=True))
        self.units = list(Unit.objects.filter(function="handling").values_list("pk", flat=True)[:60])
        self.authors = list(Seat.objects.filter(term__number=2).values_list("person__name", flat=True)[:200])

    def draw(self, page: str, count: int) -> list[Want]:
        """So many wants of a page, or of a class of searches, in turn for each kind of person."""
        make = {"ledger": self._ledger, "detail": self._detail}.get(
            page, lambda person: self._search(person, page)
        )
        found: list[Want] = []
        for _try in range(count * 40):
            person = self.rng.choice(self.by_kind[("officer", "deputy", "office")[len(found) % 3]])
            path = make(person)
            if (person.hat, path) not in self.seen:
                self.seen.add((person.hat, path))
                key = (
                    int(path.split("/")[2])
                    if page == "detail"
                    else self.rng.randint(1, max(1, self.rows - PAGE))
                )
                found.append(Want(person, path, key))
            if len(found) == count:
                break
        return found

    def _ledger(self, person: Persona) -> str:
        asked = dict(self.rng.choice(self._filters()))
        asked["sort"] = self.rng.choice(SORTS)
        asked["start"] = PAGE * self.rng.randint(0, DEEPEST)
        return _address(asked)

    def _filters(self) -> list[dict[str, Any]]:
        pick = self.rng.choice
        session, subject = {"session": pick(self.sessions)}, {"subject": pick(self.subjects)}
        return [
            {},
            {},
            {"state": "closed"},
            {"state": "assigned"},
            session,
            subject,
            {"committee": pick(self.committees)},
            {"unit": pick(self.units)},
            {"category": pick("ABC")},
            {"clock": pick(("overdue", "near"))},
            {"round": 2},
            {"author": pick(self.authors)},
            {"state": "closed"} | session,
            subject | {"category": pick("AB")},
        ]

    def _search(self, person: Persona, page: str) -> str:
        pick = self.rng.choice
        start = PAGE * self.rng.randint(0, DEEPEST // 2)
        words = {
            "rare": lambda: (pick(rare_words(self.rows)), 0),
            "middling": lambda: (pick(MIDDLING), start if start <= self.rows // 200 else 0),
            "common": lambda: (pick(COMMON), start),
            "three": lambda: (
                " ".join(pick(list(combinations(COMMON, 3)))),
                start if start <= self.rows // 100 else 0,
            ),
        }
        found, offset = words[page]()
        return _address({"q": found, "start": offset})

    def _detail(self, person: Persona) -> str:
        start = self.rng.randint(1, self.rows)
        seen = visible_to(person.actor)
        pk = seen.filter(pk__gte=start).order_by("pk").values_list("pk", flat=True).first()
        return reverse("suggestions:case", args=[pk or seen.values_list("pk", flat=True).first() or 1])


def _address(asked: dict[str, Any]) -> str:
    kept = {name: value for name, value in asked.items() if value not in (0, "-id")}
    return reverse("suggestions:ledger") + (f"?{urlencode(kept)}" if kept else "")


def steps(count: int, today: date, rng: Random) -> list[Asked]:
    """Fresh shares, each signed for by the case officer of its unit; the newest suggestions have them."""
    fresh = Assignment.objects.filter(state=ShareState.SENT).order_by("-pk").values_list("pk", "unit")
    by_unit: dict[int, list[int]] = {}
    for pk, unit in fresh[: count * 20]:
        by_unit.setdefault(unit, []).append(pk)
    units = sorted(by_unit, key=lambda unit: -len(by_unit[unit]))
    found: list[Asked] = []
    for unit in units:
        if len(found) >= count:
            break
        post = Appointment.objects.get(until=None, post__rank="officer", post__unit=unit)
        found += _signing(persona("officer", f"post:{post.pk}", today), by_unit[unit])
    found = found[:count]
    rng.shuffle(found)
    return found


def _signing(person: Persona, shares: Sequence[int]) -> Iterator[Asked]:
    for share in shares:
        yield posted(person, reverse("suggestions:sign_for", args=[share]))


def posted(person: Persona, path: str) -> Asked:
    body = urlencode({"csrfmiddlewaretoken": CSRF})
    return Asked(person.hat, person.kind, path, wire("POST", path, person.cookie, body))


def limit_steps(like: Sequence[Asked], person: Persona) -> list[Asked]:
    return [posted(person, f"/bench/step/{pk}/") for pk in range(1, len(like) + 1)]
