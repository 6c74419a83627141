"""Knows how a bench's suggestions are invented: each number decides one case with all that hangs on it, by a seed alone."""

import json
from bisect import bisect
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate
from random import Random
from typing import Any

from tibandu.base import numbering
from tibandu.people.enums import MessageKind, Rank
from tibandu.suggestions import models as m
from tibandu.suggestions.enums import Role, ShareState, State
from tibandu.web.bench.lines import Chain
from tibandu.web.bench.vocabulary import COMMON_SHARE, Clause, Vocabulary, clause
from tibandu.web.bench.world import SESSION_DAYS, Signer, World, Year

IN_SESSION = 0.6  # this part of a year's suggestions is made in session
OPEN = 0.05  # the newest of all are alive
UNREGISTERED, UNASSIGNED = 0.004, 0.008  # the newest of these
SHARES = (1, 2, 2, 3, 5)  # 2.6 on the average
LINES = 10
SECOND_ROUND = 0.02
PARTY = 25  # every so manyth case goes to the party's bureaus
# Room for the rows of one case in the tables of its children, so that keys follow from the number alone.
MOST_SHARES, MOST_PROPOSERS, MOST_ASKS = 6, 4, 3

# Columns in the order of the tuples below; what is not named has the column's default.
COLUMNS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "suggestion": (m.Suggestion, (
        "id", "journal_seq", "journal_head", "congress_id", "session_id", "state", "revision", "title", "facts",
        "analysis", "origin", "publicity", "series_id", "number", "number_text", "subject_id", "committee_id", "is_masked",
        "regulation_id", "submitted_at", "registered_on", "assigned_on", "due_on", "closed_on", "is_published")),
    "ask": (m.Ask, ("id", "suggestion_id", "number", "text")),
    "proposer": (m.Proposer, ("id", "suggestion_id", "seat_id", "name", "position", "is_lead", "state", "answered_at")),
    "screening": (m.Screening, ("id", "suggestion_id", "outcome", "decided_on", "decided_by")),
    "handover": (m.Handover, ("id", "suggestion_id", "organ_id", "handed_on", "state")),
    "round": (m.Round, ("id", "suggestion_id", "n", "trigger", "decided_on", "decided_by", "words", "rank")),
    "assignment": (m.Assignment, (
        "id", "suggestion_id", "handover_id", "round_id", "unit_id", "role", "state", "assigned_on", "limit_code", "due_on",
        "signed_for_on", "answered_on", "continues_id")),
    "responsible": (m.Responsible, ("id", "assignment_id", "rank", "name", "phone")),
    "contact": (m.Contact, (
        "id", "assignment_id", "stage_id", "proposer_id", "mode", "held_on", "place", "persons", "rank", "said", "state",
        "confirm_by", "answered_on")),
    "opinion": (m.Opinion, (
        "id", "assignment_id", "number_text", "text", "signed_by", "given_on", "state", "answered_on")),
    "reply": (m.Reply, (
        "id", "assignment_id", "suggestion_id", "seq", "state", "category_id", "doc_no", "contact_name", "contact_phone",
        "drafted_by_id", "drafted_by", "checked_by_id", "checked_by", "signed_by_id", "signed_by", "signer_rank",
        "signed_on", "sent_on", "letter")),
    "part": (m.ReplyPart, ("id", "reply_id", "ask_id", "text")),
    "delivery": (m.Delivery, ("id", "reply_id", "proposer_id", "sent_on")),
    "rating": (m.Rating, (
        "id", "reply_id", "suggestion_id", "proposer_id", "state", "opened_on", "closes_on", "version", "rated_on",
        "unsealed_on")),
    "mark": (m.RatingMark, ("id", "rating_id", "version", "dimension_id", "grade_id")),
}  # fmt: skip

MESSAGE_COLUMNS = ("id", "key", "unit_id", "kind", "title", "url", "told_at")

Deed = tuple[str, Signer, int, str, dict[str, Any] | None]
Text = tuple[str, list[Clause], list[Clause], list[list[Clause]]]


@dataclass
class Plan:
    """All that a chunk of cases is made from; it goes to other processes as it is."""

    world: World
    vocabulary: Vocabulary
    rows: int
    seed: int
    shapes: dict[str, tuple[str, str, str, str, str]]
    algorithm: str
    first_line: int
    rare: dict[int, list[Clause]] = field(default_factory=dict)
    busy: dict[int, list[float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """The first bureau of an organ has a hundred times the load of the last, as desks of a province do."""
        for place, (_pk, _name, officers, _heads) in enumerate(self.world.organs):
            self.busy[place] = list(accumulate(1 / (rank + 3) for rank in range(len(officers))))


def chunk(plan: Plan, start: int, stop: int) -> dict[str, list[tuple[Any, ...]]]:
    """The cases from `start` up to `stop`, whichever process makes them."""
    rng = Random(f"{plan.seed}:{start}")
    made: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for number in range(start, stop):
        _Case(plan, rng, number, made).tell()
    return made


def year_of(plan: Plan, number: int) -> tuple[int, Year, bool, int, float]:
    """The year of a case, whether it was made in session, its place there from 1, and from 0 to 1."""
    years = plan.world.years
    index = number * len(years) // plan.rows
    first = -(-index * plan.rows // len(years))
    size = -(-(index + 1) * plan.rows // len(years)) - first
    within = int(size * IN_SESSION)
    place = number - first
    if place < within:
        return index, years[index], True, place + 1, place / within
    return index, years[index], False, place - within + 1, (place - within) / (size - within)


class _Case:
    """One suggestion on its way into the rows."""

    def __init__(self, plan: Plan, rng: Random, number: int, made: dict[str, list[tuple[Any, ...]]]) -> None:
        self.plan, self.rng, self.number, self.made = plan, rng, number, made
        self.world, self.pk = plan.world, number + 1
        index, self.year, self.in_session, self.place, along = year_of(plan, number)
        first, last = self.year.opens_on.toordinal(), self.year.ends_on.toordinal()
        after = first + SESSION_DAYS + 1
        self.day = (
            first + int(along * SESSION_DAYS) if self.in_session else after + int(along * (last - after))
        )
        self.seats = self.world.seats[index * len(self.world.seats) // len(self.world.years)]
        self.age = 1 - number / plan.rows
        self.stage = self._stage()
        self.chain = Chain(
            f"suggestions.suggestion:{self.pk}", plan.first_line + number * LINES, plan.shapes, plan.algorithm
        )

    def _stage(self) -> str:
        if self.age <= UNREGISTERED:
            return "submitted"
        if self.age <= UNASSIGNED:
            return "registered"
        if self.age > OPEN:
            return "closed"
        return self.rng.choices(("sent", "signed_for", "handling", "answered"), (50, 12, 25, 13))[0]

    def on(self, days: int) -> str:
        """So many days after the case was made."""
        return date.fromordinal(self.day + days).isoformat()

    def at(self, days: int, hour: int = 1) -> str:
        return f"{self.on(days)} {hour:02d}:{self.number % 60:02d}:00"

    def tell(self) -> None:
        self.authors = self.rng.sample(self.seats, self.rng.choices((1, 2, 3, 4), (45, 30, 15, 10))[0])
        text = self._write()
        if self.stage != "submitted":
            self.subject = self.rng.choice(self.world.subjects)
            self._number()
            self._index(text)
        if self.stage not in ("submitted", "registered"):
            self._assign()
        if self.stage in ("answered", "closed"):
            self._answer()
        self._journal()
        self._suggestion(text)

    # -- text ---------------------------------------------------------------------------------------------------------

    def _write(self) -> Text:
        """Title, facts, analysis and asks: about three hundred characters, with the counted words strewn in."""
        rng, vocabulary = self.rng, self.plan.vocabulary
        clauses = rng.choices(vocabulary.plain, k=18)
        for kind in vocabulary.common:
            if rng.random() < COMMON_SHARE:
                clauses[rng.randrange(18)] = rng.choice(kind)
        drawn = rng.randrange(100)
        strewn = [rng.choice(vocabulary.middling[drawn])] if drawn < len(vocabulary.middling) else []
        clauses += strewn + self.plan.rare.get(self.number, [])
        asks = [rng.choices(vocabulary.plain, k=2) for _n in range(rng.choice((1, 2, 2, 3)))]
        title = f"关于{''.join(rng.choices(vocabulary.words, k=4))}的建议"
        for place, ask in enumerate(asks):
            self.made["ask"].append((self.pk * MOST_ASKS + place, self.pk, place + 1, _sentence(ask)))
        self.asks = len(asks)
        for place, who in enumerate(self.authors):
            key = self.pk * MOST_PROPOSERS + place
            self.made["proposer"].append(
                (key, self.pk, who.owner_id, who.name, place, int(place == 0), "confirmed", self.at(0))
            )
        return title, clauses[:9], clauses[9:], asks

    def _index(self, text: Text) -> None:
        title, facts, analysis, asks = text
        head = clause(title).tokens
        words = [head, head, *(c.tokens for c in facts), *(c.tokens for c in analysis)]
        words += [c.tokens for ask in asks for c in ask]
        self.made["index"].append((self.pk, " ".join(words)))

    # -- rows ---------------------------------------------------------------------------------------------------------

    def _number(self) -> None:
        kind = "session" if self.in_session else "between"
        self.number_text = numbering.render(
            self.world.patterns[kind], seq=self.place, **self.year.facts, series="", kind=""
        )
        self.made["screening"].append((self.pk, self.pk, "register", self.on(2), self.world.office.name))

    def _assign(self) -> None:
        rng = self.rng
        organ = 1 if self.number % PARTY == 0 and len(self.world.organs[1][2]) >= MOST_SHARES else 0
        organ_id, self.organ_name, officers, heads = self.world.organs[organ]
        count = SHARES[(self.number * 3 + self.number // 5) % 5]
        weights = self.plan.busy[organ]
        chosen: dict[int, None] = {}
        while len(chosen) < min(count, len(officers)):
            chosen[bisect(weights, rng.random() * weights[-1])] = None
        self.units = [(officers[place], heads[place]) for place in chosen]
        self.made["handover"].append((self.pk, self.pk, organ_id, self.on(8), "distributed"))
        decided = str(self.world.office.name)
        self.made["round"].append((self.pk * 2, self.pk, 1, "first", self.on(8), decided, "", ""))
        for place, (officer, _head) in enumerate(self.units):
            self._share(place, officer)
        if self.stage in ("handling", "answered", "closed"):
            self._handle()

    def _share(self, place: int, officer: Signer) -> None:
        key = self.pk * MOST_SHARES + place
        role = Role.LEAD if place == 0 else Role.CO
        state, signed, answered = ShareState.SENT, None, None
        if self.stage != "sent":
            state, signed = (
                (ShareState.SIGNED_FOR if self.stage == "signed_for" else ShareState.HANDLING),
                self.on(11),
            )
        if self.stage in ("answered", "closed"):
            state, answered = ShareState.ANSWERED, self.on(30 if place else self.reply_day)
        due = self.world.due[self.day + 9]
        self.made["assignment"].append(
            (key, self.pk, self.pk, self.pk * 2, officer.owner_id, str(role), str(state), self.on(9), "reply", due,
             signed, answered, None)
        )  # fmt: skip
        if self.stage == "sent":
            title = f"请签收：{self.number_text}"
            told = f"suggestion:{self.pk}:sign_for:{key}:unit:{officer.owner_id}"
            url = f"/suggestions/{self.pk}/"
            self.made["message"].append(
                (key, told, officer.owner_id, str(MessageKind.TODO), title, url, self.at(9))
            )

    @property
    def reply_day(self) -> int:
        return 50 + self.number * 7 % 30

    def _handle(self) -> None:
        officer, head = self.units[0]
        share = self.pk * MOST_SHARES
        for place, (rank, who) in enumerate(((Rank.OFFICER, officer), (Rank.PRINCIPAL, head))):
            self.made["responsible"].append((self.pk * 2 + place, share, str(rank), who.name, "0000-5550000"))
        stages = self.world.stages[:1] if self.stage == "handling" else self.world.stages[:2]
        for place, stage in enumerate(stages):
            day = (15, 40)[place]
            said = _sentence(self.rng.choices(self.plan.vocabulary.plain, k=2))
            self.made["contact"].append(
                (self.pk * 2 + place, share, stage, self.pk * MOST_PROPOSERS, "visit", self.on(day), "现场", officer.name,
                 str(Rank.OFFICER), said, "confirmed", self.on(day + 5), self.on(day + 2))
            )  # fmt: skip

    def _answer(self) -> None:
        share, sent = self.pk * MOST_SHARES, self.on(self.reply_day)
        for place, (officer, head) in enumerate(self.units[1:], 1):
            text = _sentence(self.rng.choices(self.plan.vocabulary.plain, k=4))
            number = f"{officer.owner_id}会办〔{self.year.facts['year']}〕{self.place}号"
            self.made["opinion"].append(
                (
                    share + place,
                    share + place,
                    number,
                    text,
                    head.name,
                    self.on(30),
                    "countersigned",
                    self.on(33),
                )
            )
        officer, head = self.units[0]
        desk = self.world.dispatcher
        category = self.rng.choices(self.world.categories, (50, 33, 12, 5))[0][0]
        parts = [self.rng.choices(self.plan.vocabulary.plain, k=4) for _n in range(self.asks)]
        number = f"{officer.owner_id}函〔{self.year.facts['year']}〕{self.place}号"
        self.made["reply"].append(
            (self.pk, share, self.pk, 1, "sent", category, number, officer.name, "0000-5550000",
             officer.person_id, officer.name, desk.person_id, desk.name, head.person_id, head.name, str(Rank.PRINCIPAL),
             sent, sent, _letter(officer, number, map(_sentence, parts), sent))
        )  # fmt: skip
        for place, part in enumerate(parts):
            key = self.pk * MOST_ASKS + place
            self.made["part"].append((key, self.pk, key, _sentence(part)))
        self._rate(sent)
        if self.stage == "closed" and self.rng.random() < SECOND_ROUND:
            self._second_round(officer)

    def _rate(self, sent: str) -> None:
        done = self.stage == "closed"
        rated = self.on(self.reply_day + 6) if done else None
        for place in range(len(self.authors)):
            key = self.pk * MOST_PROPOSERS + place
            self.made["delivery"].append((key, self.pk, key, sent))
            state, unsealed = ("rated", self.on(self.reply_day + 13)) if done else ("open", None)
            closes = self.on(self.reply_day + 15)
            self.made["rating"].append(
                (key, self.pk, self.pk, key, state, sent, closes, int(done), rated, unsealed)
            )
            if done:
                grade = self.rng.choices(self.world.grades, (88, 9, 3))[0]
                for dimension, pk in enumerate(self.world.dimensions):
                    self.made["mark"].append((key * 3 + dimension, key, 1, pk, grade))

    def _second_round(self, officer: Signer) -> None:
        first, key = self.pk * MOST_SHARES, self.pk * MOST_SHARES + MOST_SHARES - 1
        day, decided = self.on(self.reply_day + 8), self.world.office.name
        self.made["round"].append(
            (self.pk * 2 + 1, self.pk, 2, "dissatisfied", day, decided, "再办", str(Rank.PRINCIPAL))
        )
        self.made["assignment"].append(
            (key, self.pk, self.pk, self.pk * 2 + 1, officer.owner_id, str(Role.LEAD), str(ShareState.ANSWERED), day,
             "rehandling", self.on(self.reply_day + 38), day, self.on(self.reply_day + 12), first)
        )  # fmt: skip

    # -- journal and the row itself -----------------------------------------------------------------------------------

    def _deeds(self) -> Iterator[Deed]:
        """What happened, in order: verb, who, on which row, when, with which facts."""
        yield "submit", self.authors[0], self.pk, self.at(0), {"联名": len(self.authors) - 1}
        if self.stage != "submitted":
            facts = {"编号": self.number_text, "分类": self.subject[1]}
            yield "register", self.world.office, self.pk, self.at(2, 2), facts
        if self.stage not in ("submitted", "registered"):
            yield from self._deeds_of_assigning()
        if self.stage in ("handling", "answered", "closed"):
            yield from self._deeds_of_handling()

    def _deeds_of_assigning(self) -> Iterator[Deed]:
        names = [_unit_name(officer) for officer, _head in self.units]
        facts = {"交办机关": self.organ_name, "期限": self.world.due[self.day + 8]}
        yield "assign", self.world.office, self.pk, self.at(8), facts
        shared = {"主办": names[0]} | ({"会办": "、".join(names[1:])} if names[1:] else {})
        yield "distribute", self.world.dispatcher, self.pk, self.at(9, 6), shared
        if self.stage != "sent":
            for place, (officer, _head) in enumerate(self.units[:3]):
                share = self.pk * MOST_SHARES + place
                yield "sign_for", officer, share, self.at(11, 2), {"承办单位": names[place]}

    def _deeds_of_handling(self) -> Iterator[Deed]:
        (officer, head), lead, share = self.units[0], self.authors[0], self.pk * MOST_SHARES
        if self.stage != "closed" or len(self.units) < 3:
            facts = {"承办人": officer.name, "主要负责人": head.name}
            yield "name_responsible", officer, share, self.at(12), facts
        if self.stage == "handling":
            facts = {"日期": self.on(15), "代表": lead.name}
            yield "record_contact", officer, share, self.at(15, 3), facts
            return
        yield "send_reply", officer, self.pk, self.at(self.reply_day, 7), {"主办": _unit_name(officer)}
        if self.stage == "closed":
            yield "rate", lead, self.pk * MOST_PROPOSERS, self.at(self.reply_day + 6, 12), None
            yield "close", self.world.office, self.pk, self.at(self.reply_day + 15, 8), None

    def _journal(self) -> None:
        """Ten lines: what happened, after as many changes of the draft as there is room for."""
        deeds = list(self._deeds())
        for _n in range(LINES - len(deeds)):
            self.chain.add("edit", self.authors[0], self.pk, self.at(0, 0))
        for verb, who, row, at, facts in deeds:
            self.chain.add(verb, who, row, at, facts)
        self.made["line"].extend(self.chain.lines)

    def _suggestion(self, text: Text) -> None:
        title, facts, analysis, _asks = text
        registered = self.stage != "submitted"
        assigned = self.stage not in ("submitted", "registered")
        closed = self.stage == "closed"
        state = State.ASSIGNED if assigned and not closed else State(self.stage)
        subject, _name, committee = self.subject if registered else (None, "", None)
        drawn = self.number * 13 % 100
        self.made["suggestion"].append(
            (self.pk, self.chain.seq, self.chain.head, self.world.congress_id,
             self.year.session_id if self.in_session else None, str(state), 1, title, _sentence(facts), _sentence(analysis),
             ("research", "visit", "meeting", "resident")[self.number % 4],
             "none" if drawn < 2 else "title" if drawn < 10 else "full",
             self.year.series[0 if self.in_session else 1] if registered else None, self.place if registered else None,
             self.number_text if registered else "", subject, committee, int(self.number % 199 == 0),
             self.world.measure_id if assigned else None, self.at(0), self.on(2) if registered else None,
             self.on(8) if assigned else None, self.world.due[self.day + 8] if assigned else None,
             self.on(self.reply_day + 15) if closed else None, int(closed and drawn > 90))
        )  # fmt: skip


def _sentence(clauses: Iterable[Clause]) -> str:
    return "，".join([clause.text for clause in clauses]) + "。"


def _unit_name(officer: Signer) -> str:
    return officer.hat_name.removesuffix("承办人")


def _letter(officer: Signer, number: str, parts: Iterable[str], sent: str) -> str:
    organ = _unit_name(officer)
    body = [
        [0, "您提出的建议收悉，现答复如下："],
        *([0, part] for part in parts),
        [0, "感谢您对我们工作的关心和支持。"],
    ]
    return json.dumps(
        {"organ": organ, "masthead": organ, "number": number, "title": "关于对代表建议的答复", "salutation": "代表：",
         "body": body, "signatory": organ, "signed_on": sent, "category": "", "secrecy": "", "urgency": "", "signer": "",
         "attachments": [], "contact": officer.name, "phone": "0000-5550000", "copies": [], "code": ""}
    )  # fmt: skip
