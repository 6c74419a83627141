"""Knows how one suggestion lives: each stretch of its way by the real verbs, at moments that never pass the present."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from tibandu.base.flow import Refused
from tibandu.oversight import actions as oversight
from tibandu.oversight.queries.promises import asked_proposers
from tibandu.people.enums import RANK_ORDER, Rank
from tibandu.people.models import Unit
from tibandu.people.queries import SYSTEM, Actor
from tibandu.regulations.models import Category, ContactStage, Ground
from tibandu.suggestions import actions
from tibandu.suggestions.actions.drafting import digest_of
from tibandu.suggestions.actions.rating import asks_delivery
from tibandu.suggestions.enums import (
    Mode,
    PromiseKind,
    PublicationState,
    Publicity,
    ReplyKind,
    ReplyState,
    Role,
    ShareState,
)
from tibandu.suggestions.models import Assignment, Contact, Promise, Rating, Reply, Suggestion
from tibandu.suggestions.queries import measure_for, watching_unit
from tibandu.web.demo.cast import Place, moment, workday
from tibandu.web.demo.topics import Matter

PHONE = "0731-5550"
GRADES = {"A": "satisfied", "B": "basically", "N": "dissatisfied"}


class Present(Exception):
    """The story has come to the day on which the demo is built; what would follow has not happened yet."""


@contextmanager
def story() -> Iterator[None]:
    """One suggestion's life in one transaction, told as far as the present."""
    with transaction.atomic(), suppress(Present):
        yield


@dataclass
class Teller:
    """Tells lives in one congress; every deed asks it for its moment."""

    place: Place
    until: date

    def at(self, day: date, hour: int = 10, minute: int = 0, *, office: bool = True) -> datetime:
        """A moment of that day, or of the next working day where an office acts; raises Present beyond the present."""
        day = workday(day) if office else day
        if day > self.until:
            raise Present
        return moment(day, hour, minute)

    # -- intake -------------------------------------------------------------------------------------------------------

    def write(
        self,
        matter: Matter,
        lead: int,
        day: date,
        *,
        joint: Sequence[int] = (),
        title: str = "",
        hour: int = 9,
        submit: bool = True,
        **fields: Any,
    ) -> Suggestion:
        """Written by a deputy, co-signed by others, handed in."""
        at = self.at(day, hour, office=False)
        author = self.place.deputy(lead, day)
        suggestion = actions.create(
            author,
            at=at - timedelta(days=2),
            title=title or matter.title,
            facts=matter.facts,
            analysis=matter.analysis,
            asks=matter.asks,
            **fields,
        )
        if joint:
            self.cosign(suggestion, author, joint, at - timedelta(days=1))
        if submit:
            actions.submit(author, suggestion, at=at)
        return suggestion

    def cosign(self, suggestion: Suggestion, author: Actor, joint: Iterable[int], at: datetime) -> None:
        """Invited by name; each confirms the exact text an hour later."""
        chosen = [self.place.seats[number] for number in joint]
        actions.invite(author, suggestion, at=at, seats=chosen)
        digest = digest_of(suggestion)
        for seat in chosen:
            row = suggestion.proposers.get(seat=seat)
            deputy = self.place.deputy(self.place.seats.index(seat), at.date())
            actions.confirm_text(deputy, row, at=at + timedelta(hours=1), digest=digest)

    def register(self, suggestion: Suggestion, matter: Matter, day: date, **fields: Any) -> None:
        subject = self.place.classes.get(matter.subject)
        at = self.at(day, 11)
        actions.register(self.place.office, suggestion, at=at, subject=subject, **fields)

    def screened(self, verb: str, suggestion: Suggestion, ground: str, words: str, day: date) -> None:
        row = Ground.objects.get(version=suggestion.regulation_id, kind="screening", code=ground)
        action = getattr(actions, verb)
        action(self.place.office, suggestion, at=self.at(day, 15), ground=row, words=words)

    # -- assignment ---------------------------------------------------------------------------------------------------

    def assign(
        self,
        suggestion: Suggestion,
        day: date,
        shares: Sequence[tuple[Any, ...]],
        *,
        meeting: Any = None,
        split_on: date | None = None,
        **handing: Any,
    ) -> list[Assignment]:
        """Handed over to the government and split by its dispatch office; bodies without one get their units at once."""
        rows = [self._row(suggestion, day, *share) for share in shares]
        organ = rows[0]["unit"].organ
        straight = {} if organ.dispatcher_id else {"units": rows}
        at = self.at(day, 9)
        actions.assign(
            self.place.office, suggestion, at=at, organs=[organ], meeting=meeting, **straight, **handing
        )
        if organ.dispatcher_id:
            handover = suggestion.handovers.get()
            dispatcher = self.place.actor(self.place.key_of(organ.dispatcher_id), Rank.SECTION)
            actions.distribute(
                dispatcher, handover, at=self.at(split_on or day + timedelta(days=1), 16), shares=rows
            )
        return list(suggestion.assignments.select_related("unit").order_by("pk"))

    def _row(
        self, suggestion: Suggestion, day: date, key: str, role: str, part: str, numbers: Sequence[int] = ()
    ) -> dict[str, Any]:
        """A share as the form would give it; `numbers` are those of the asks that belong to its part."""
        asks = suggestion.asks.filter(number__in=numbers)
        return {"unit": self.unit(key, day), "role": role, "part": part, "asks": asks}

    def unit(self, key: str, day: date) -> Unit:
        """The unit of that day: culture was another unit before the reform."""
        unit = self.place.units[key]
        if unit.valid_from and unit.valid_from > day:
            unit = self.place.units[f"old_{key}"]
        return Unit.objects.select_related("organ").get(pk=unit.pk)

    def worker(self, share: Assignment, rank: str = Rank.OFFICER) -> Actor:
        return self.place.actor(self.place.key_of(share.unit_id), rank)

    def heir(self, share: Assignment, day: date) -> Assignment:
        """The share as it stands on a day; one of a unit that was merged meanwhile is taken over first."""
        share.refresh_from_db()
        unit = share.unit
        if unit.valid_until and unit.valid_until <= day and unit.successor_id:
            successor = self.place.actor(self.place.key_of(unit.successor_id))
            words = "机构改革后由本单位承接，期限连续计算。"
            actions.take_over(successor, share, at=self.at(day, 8), words=words)
            share.refresh_from_db()
            if share.state == ShareState.HANDLING:
                self.name(share, day)
        return share

    def take(self, share: Assignment, day: date, *, barred: Iterable[int | None] = ()) -> None:
        """Signed for, and responsible people named at every tier that the unit has."""
        actions.sign_for(self.worker(share), share, at=self.at(day, 10))
        self.name(share, day, barred=barred)

    def name(self, share: Assignment, day: date, *, barred: Iterable[int | None] = ()) -> None:
        key, persons = self.place.key_of(share.unit_id), set(barred)
        held = {rank: self.place.appointments.get((key, rank)) for rank in reversed(RANK_ORDER)}
        people = [
            {"rank": rank, "appointment": row}
            for rank, row in held.items()
            if row and row.person_id not in persons
        ]
        actions.name_responsible(self.worker(share), share, at=self.at(day, 14), people=people)

    def plan(self, share: Assignment, matter: Matter, day: date, due: date) -> None:
        """One measure per ask."""
        measures = [
            {"ask": ask, "measure": f"办理：{ask.text}"[:60], "owner": matter.owner, "due_on": due}
            for ask in share.suggestion.asks.order_by("number")
        ]
        actions.plan(self.worker(share), share, at=self.at(day, 15), measures=measures)

    def finish_plan(self, share: Assignment, day: date) -> None:
        for item in share.plan.filter(state="open"):
            actions.finish_measure(self.worker(share), item, at=self.at(day, 9), words="已办")

    # -- talking ------------------------------------------------------------------------------------------------------

    def talk(
        self,
        share: Assignment,
        stage: str,
        day: date,
        said: str,
        *,
        confirm: bool = True,
        most: int = 2,
        mode: str = Mode.VISIT,
    ) -> list[Contact]:
        """The unit talks with the authors, who confirm it two days later."""
        suggestion, at = share.suggestion, self.at(day, 9, 30)
        row = ContactStage.objects.get(version=suggestion.regulation_id, code=stage)
        standing = suggestion.proposers.filter(state="confirmed").order_by("-is_lead", "position")
        contacts = actions.record_contact(
            self.worker(share),
            share,
            at=at,
            stage=row,
            proposers=standing[:most],
            mode=mode,
            held_on=at.date(),
            place=str(share.unit) if mode == Mode.MEETING else "",
            persons=self.worker(share).person_name,
            rank=Rank.OFFICER,
            said=said,
            draft_shown=stage == "during",
        )
        for contact in contacts if confirm else ():
            seat = contact.proposer.delegation.head if contact.proposer.delegation else contact.proposer.seat
            deputy = self.place.deputy(self.seat_number(seat.pk), day)
            actions.confirm_contact(
                deputy, contact, at=self.at(at.date() + timedelta(days=2), 19, office=False)
            )
        return contacts

    def seat_number(self, seat_id: int) -> int:
        return next(number for number, seat in enumerate(self.place.seats) if seat.pk == seat_id)

    def opinion(self, share: Assignment, lead: Assignment, matter: Matter, day: date) -> None:
        """A co-unit's view, countersigned by the lead."""
        text = (
            f"经研究，我单位对《{matter.title}》提出会办意见如下：一、涉及我单位职责的事项，由我单位按主办单位"
            f"方案配合办理。二、{matter.place}现场由我单位派员参加。三、所需数据和资料已一并提供。"
        )
        head = self.worker(share, Rank.PRINCIPAL)
        row = actions.give_opinion(
            self.worker(share), share, at=self.at(day, 10), text=text, signed_by=head.person_name
        )
        actions.countersign(self.worker(lead), row, at=self.at(day + timedelta(days=2), 15))

    # -- replying -----------------------------------------------------------------------------------------------------

    def draft(
        self,
        share: Assignment,
        matter: Matter,
        code: str,
        day: date,
        *,
        due: date | None = None,
        kind: str = ReplyKind.LETTER,
        asks: Sequence[Any] | None = None,
        **written: str,
    ) -> Reply:
        """Every ask answered in the way that the category means; with a due day, the last ask becomes a promise."""
        suggestion = share.suggestion
        rows = list(suggestion.asks.order_by("number")) if asks is None else list(asks)
        texts = self._answers(share, matter, code, day, due)
        parts = [{"ask": ask, "text": texts[min(ask.number, len(texts)) - 1]} for ask in rows]
        promises = [self._promise(matter, rows[-1], due)] if due else []
        reason = matter.reason if code in "CD" else ""
        category = Category.objects.get(version=suggestion.regulation_id, code=code)
        officer = self.worker(share)
        return actions.draft_reply(
            officer,
            share,
            at=self.at(day, 9),
            kind=kind,
            category=category,
            parts=parts,
            promises=promises,
            reason=written.pop("reason", reason),
            contact_name=officer.person_name,
            contact_phone=f"{PHONE}{share.unit_id:03d}",
            **written,
        )

    def _answers(
        self, share: Assignment, matter: Matter, code: str, day: date, due: date | None
    ) -> list[str]:
        """An answer per ask; a later reply says what is new in it."""
        texts = matter.done(day.year)
        if due:
            texts[-1] = matter.planned(day.year, due)
        elif code in "CD":
            texts[-1] = f"这一项目前还办不到。{matter.reason}"
        if share.state == ShareState.ANSWERED:
            texts[-1] = f"上次答复承诺的“{matter.promise}”已经完成，{matter.measure}，请代表到现场查看。"
        if share.round.n > 1:
            first = "上次答复以后，我单位主要负责人到现场当面听取了代表意见，逐项重新核实。"
            texts[0] = first + texts[0]
        return texts

    def _promise(self, matter: Matter, ask: Any, due: date) -> dict[str, Any]:
        return {
            "ask": ask,
            "what": matter.promise,
            "kind": PromiseKind.WITHIN_YEAR if due.month > 6 else PromiseKind.STEP_BY_STEP,
            "measure": matter.measure,
            "money": matter.money * 1_000_000,
            "owner": matter.owner,
            "due_on": due,
        }

    def send(self, reply: Reply, day: date, *, signer: Actor | None = None) -> Reply:
        """Checked where a dispatcher checks, signed by the principal, sent on the day; the way there takes four days."""
        share = reply.assignment
        organ = share.handover.organ
        submitted = max(day - timedelta(days=4), share.assigned_on)
        actions.submit_reply(self.worker(share), reply, at=self.at(submitted, 11))
        if reply.state == "checking":
            checker = self.place.actor(self.place.key_of(organ.dispatcher_id), Rank.SECTION)
            actions.check_reply(checker, reply, at=self.at(submitted, 16))
        signer = signer or self.worker(share, Rank.PRINCIPAL)
        actions.sign_reply(signer, reply, at=self.at(max(day, submitted), 17))
        actions.send_reply(self.worker(share), reply, at=self.at(max(day, submitted), 17, 30))
        return reply

    # -- whole stretches ----------------------------------------------------------------------------------------------

    def opened(
        self,
        matter: Matter,
        lead: int,
        day: date,
        *,
        joint: Sequence[int] = (),
        shares: Sequence[tuple[Any, ...]] = (),
        take: bool = True,
        masked: bool = False,
        **fields: Any,
    ) -> tuple[Suggestion, list[Assignment]]:
        """Made between sessions and brought as far as the units' hands within eleven days."""
        suggestion = self.write(matter, lead, day, joint=joint, **fields)
        self.register(suggestion, matter, day + timedelta(days=2), is_masked=masked)
        rows = self.assign(suggestion, day + timedelta(days=5), shares or [(matter.lead, Role.LEAD, "")])
        for share in rows if take else ():
            self.take(share, day + timedelta(days=8), barred=[self.place.seats[lead].person_id])
        return suggestion, rows

    def talked(self, share: Assignment, matter: Matter, sent_on: date) -> None:
        """Both talks that must stand before a reply goes out, confirmed."""
        self.talk(share, "before", max(sent_on - timedelta(days=20), share.assigned_on), matter.said)
        said = "当面看了答复初稿，代表同意，希望把时间写实。"
        self.talk(share, "during", sent_on - timedelta(days=8), said)

    def answered(
        self, share: Assignment, matter: Matter, sent_on: date, code: str = "A", *, due: date | None = None
    ) -> Reply:
        """Talked over, drafted, checked, signed and sent on the day."""
        self.talked(share, matter, sent_on)
        return self.send(self.draft(share, matter, code, sent_on - timedelta(days=6), due=due), sent_on)

    def ended(self, suggestion: Suggestion, share: Assignment, reply: Reply, grades: str = "A") -> None:
        """Rated, talked over afterwards and closed."""
        sent_on = workday(reply.sent_on)
        self.talk(share, "after", sent_on + timedelta(days=3), "代表表示满意。", most=1, mode=Mode.CALL)
        self.rate(reply, sent_on + timedelta(days=3), grades)
        self.close(suggestion, sent_on + timedelta(days=14))

    # -- rating and after ---------------------------------------------------------------------------------------------

    def rate(self, reply: Reply, day: date, grades: str, words: str = "") -> None:
        """Each in turn by the letters of `grades`: A satisfied, B basically, N not, S silent until the window closes."""
        ratings = list(Rating.objects.filter(reply=reply).order_by("pk"))
        for number, rating in enumerate(ratings):
            letter = grades[number % len(grades)]
            if letter == "S":
                at = self.at(rating.closes_on + timedelta(days=1), 6, office=False)
                actions.let_rating_lapse(SYSTEM, rating, at=at)
                continue
            at = self.at(day + timedelta(days=number % 3), 20, number, office=False)
            seat = rating.proposer.delegation.head if rating.proposer.delegation else rating.proposer.seat
            self.rated(rating, self.place.deputy(self.seat_number(seat.pk), day), at, letter, words)

    def rated(self, rating: Rating, deputy: Actor, at: datetime, letter: str, words: str) -> None:
        wanted = measure_for(rating.suggestion).rating_dimensions(asks_delivery(rating.reply))
        softer = {"A": "satisfied", "B": "satisfied", "N": "basically"}[letter]
        marks = [
            {
                "dimension": row.code,
                "grade": GRADES[letter] if row.is_headline or row.is_delivery else softer,
            }
            for row in wanted
        ]
        said = words if letter == "N" else ""
        actions.rate(deputy, rating, at=at, marks=marks, words=said)

    def keep_promise(self, promise: Promise, day: date) -> None:
        """Claimed by the unit and found kept by the deputies and the watching body; whoever is barred, by a site check."""
        share = promise.reply.assignment
        proof = f"{promise.what}已经完成，{promise.measure}，验收资料和照片附后。"
        actions.claim_promise(self.worker(share), promise, at=self.at(day, 10), proof=proof)
        for number, who in enumerate(self._finders(promise, day)):
            at = self.at(day + timedelta(days=3 + number % 3), 15, number)
            with suppress(Refused):
                oversight.agree_delivery(who, promise, at=at, words="到现场看过，与所报一致。")
        if promise.state == "claimed":
            self._check_site(promise, day + timedelta(days=16))

    def _finders(self, promise: Promise, day: date) -> list[Actor]:
        """Who is asked about a claim: the deputies behind the text, then the watching body."""
        seats = [row.delegation.head if row.delegation else row.seat for row in asked_proposers(promise)]
        found = [self.place.deputy(self.seat_number(seat.pk), day) for seat in seats if seat]
        unit = watching_unit(promise)
        return [*found, self.place.actor(self.place.key_of(unit), Rank.PRINCIPAL)] if unit else found

    def _check_site(self, promise: Promise, day: date) -> None:
        at = self.at(day, 15)
        told = {
            "place": "项目现场",
            "attended": "市人大代表工委、承办单位",
            "found": "到现场看过，与所报一致。",
        }
        oversight.check_site(self.place.office, promise, at=at, held_on=at.date(), verdict="done", **told)

    def reply_on_promise(self, share: Assignment, matter: Matter, day: date, grades: str) -> Reply:
        """The second reply after a promise was kept, and what the deputies say to its delivery."""
        share.refresh_from_db()
        reply = self.draft(share, matter, "A", day, opening="")
        self.send(reply, day + timedelta(days=4))
        self.rate(reply, day + timedelta(days=6), grades)
        return reply

    def close(self, suggestion: Suggestion, day: date) -> None:
        """Closed by the office; of those whose authors agreed, every third is opened to everybody with its replies."""
        actions.close(self.place.clerk, suggestion, at=self.at(day, 16))
        if suggestion.publicity == Publicity.FULL and not suggestion.is_masked and suggestion.pk % 3 == 0:
            self.publish(suggestion, day)

    def publish(self, suggestion: Suggestion, day: date) -> None:
        actions.publish(self.place.clerk, suggestion, at=self.at(day, 16, 30))
        for reply in suggestion.replies.filter(state=ReplyState.SENT).select_related("assignment"):
            at = self.at(day, 17)
            actions.publish_reply(
                self.worker(reply.assignment), reply, at=at, publication=PublicationState.FULL
            )

    def open_lead(self, suggestion: Suggestion) -> Assignment:
        """The share that answers now."""
        live = (*(ShareState.SENT, ShareState.SIGNED_FOR, ShareState.HANDLING), ShareState.ANSWERED)
        shares = suggestion.assignments.filter(state__in=live).exclude(role=Role.CO)
        return shares.select_related("unit", "handover__organ__dispatcher").latest("pk")
