"""Knows how people come into posts and seats and leave them, and how they are reached."""

from datetime import date, datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tibandu.base.flow import Refused
from tibandu.people.actions.rolls import (
    congress_for,
    line,
    locked,
    refuse_shared,
    refuse_stranger,
    rolls_open,
)
from tibandu.people.enums import Rank
from tibandu.people.models import Appointment, Congress, Delegation, Group, Person, Post, Seat, Term, Unit
from tibandu.people.queries import Actor


def add_person(
    actor: Actor,
    congress: Congress,
    *,
    name: str,
    phone: str = "",
    email: str = "",
    sort_key: str = "",
    at: datetime,
) -> Person:
    """A person without a post or seat yet; unseen in the rolls until one is given."""
    with rolls_open(actor, congress.pk) as tenant:
        person = Person.objects.create(
            name=name, phone=phone, email=email, sort_key=sort_key or sort_key_of(name)
        )
        line(tenant, actor, person, "person.add", _("登记人员"), at=at)
    return person


def sort_key_of(name: str) -> str:
    """The order of a name whose place in the office's own list is not known: behind it, by the national encoding."""
    return "z" + name.encode("gb18030").hex()[:79]


def change_person(actor: Actor, person: Person, *, name: str, phone: str, email: str, at: datetime) -> None:
    """By the office that keeps the rolls; addresses are not repeated in the journal."""
    refuse_shared(actor, person.pk)
    with rolls_open(actor, congress_for(actor, person)) as tenant:
        before, person.name, person.phone, person.email = person.name, name, phone, email
        person.save(update_fields=["name", "phone", "email"])
        line(
            tenant,
            actor,
            person,
            "person.change",
            _("修改人员"),
            at=at,
            words="" if before == name else before,
        )


def change_own_addresses(actor: Actor, *, phone: str, email: str, at: datetime) -> None:
    """A person says where to be reached."""
    person = Person.objects.get(pk=actor.person_id)
    with locked(congress_for(actor, person)) as tenant:
        person.phone, person.email = phone, email
        person.save(update_fields=["phone", "email"])
        line(tenant, actor, person, "person.change_own_addresses", _("更新本人联系方式"), at=at)


def add_post(
    actor: Actor, unit: Unit, *, title: str, rank: Rank, administers: bool = False, at: datetime
) -> Post:
    with rolls_open(actor, unit.organ.congress_id) as tenant:
        if unit.posts.filter(title=title).exists():
            raise Refused(_("%(unit)s已有“%(title)s”岗位。") % {"unit": unit, "title": title}, {"title": ""})
        post = Post.objects.create(unit=unit, title=title, rank=rank, administers=administers)
        line(
            tenant,
            actor,
            post,
            "post.add",
            _("设立岗位"),
            at=at,
            facts={"rank": rank, "administers": administers},
        )
    return post


def appoint(actor: Actor, post: Post, *, person: Person, since: date, at: datetime) -> Appointment:
    """Puts a person into a post; several may hold a post of one kind."""
    with rolls_open(actor, post.unit.organ.congress_id) as tenant:
        if post.unit.valid_until and post.unit.valid_until <= since:
            raise Refused(_("该单位届时已撤销，不能任职。"), {"since": ""})
        refuse_stranger(actor, person.pk)
        held = Q(until=None) | Q(until__gt=since)
        if Appointment.objects.filter(held, post=post, person=person).exists():
            raise Refused(_("%(person)s已任此职。") % {"person": person}, {"person": ""})
        appointment = Appointment.objects.create(post=post, person=person, since=since)
        line(tenant, actor, appointment, "appointment.appoint", _("任职"), at=at, facts={"since": since})
    return appointment


def relieve(actor: Actor, appointment: Appointment, *, until: date, at: datetime) -> None:
    """Ends an appointment; the work stays with the post."""
    with rolls_open(actor, appointment.post.unit.organ.congress_id) as tenant:
        if until < appointment.since:
            raise Refused(_("离任日期早于到任日期。"), {"until": ""})
        if not Appointment.objects.filter(pk=appointment.pk, until=None).update(until=until):
            raise Refused(_("此任职已经结束。"))
        appointment.until = until
        line(tenant, actor, appointment, "appointment.relieve", _("免职"), at=at, facts={"until": until})


def seat_deputy(
    actor: Actor,
    term: Term,
    *,
    person: Person,
    card_no: str,
    since: date,
    delegation: Delegation | None = None,
    group: Group | None = None,
    constituency: str = "",
    at: datetime,
) -> Seat:
    with rolls_open(actor, term.congress_id) as tenant:
        refuse_stranger(actor, person.pk)
        _refuse_taken_seat(term, person, card_no)
        if (delegation and delegation.term_id != term.pk) or (group and group.congress_id != tenant.pk):
            raise Refused(_("代表团、代表小组须属于同一届人大。"), {"delegation": ""})
        seat = Seat.objects.create(
            person=person,
            term=term,
            card_no=card_no,
            since=since,
            delegation=delegation,
            group=group,
            constituency=constituency,
        )
        line(
            tenant,
            actor,
            seat,
            "seat.seat_deputy",
            _("代表就任"),
            at=at,
            facts={"card_no": card_no, "since": since},
        )
    return seat


def _refuse_taken_seat(term: Term, person: Person, card_no: str) -> None:
    if Seat.objects.filter(term=term, person=person).exists():
        raise Refused(_("%(person)s已是本届代表。") % {"person": person}, {"person": ""})
    if Seat.objects.filter(term=term, card_no=card_no).exists():
        raise Refused(_("代表证号%(card)s已被使用。") % {"card": card_no}, {"card_no": ""})


def change_seat(
    actor: Actor,
    seat: Seat,
    *,
    delegation: Delegation | None,
    group: Group | None,
    constituency: str,
    at: datetime,
) -> None:
    """Moves a deputy to another delegation or group, or corrects the constituency."""
    with rolls_open(actor, seat.term.congress_id) as tenant:
        seat.delegation, seat.group, seat.constituency = delegation, group, constituency
        seat.save(update_fields=["delegation", "group", "constituency"])
        facts = {"delegation": str(delegation or ""), "group": str(group or "")}
        line(tenant, actor, seat, "seat.change", _("调整代表编组"), at=at, facts=facts)


def end_seat(actor: Actor, seat: Seat, *, on: date, words: str, at: datetime) -> None:
    """Ends a mandate on a ground of the Deputies Law; the seat keeps its own cases."""
    with rolls_open(actor, seat.term.congress_id) as tenant:
        if on < seat.since:
            raise Refused(_("终止日期早于当选日期。"), {"on": ""})
        if not words:
            raise Refused(_("请写明代表资格终止的事由。"), {"words": _("必填")})
        if not Seat.objects.filter(pk=seat.pk, ended_on=None).update(ended_on=on):
            raise Refused(_("代表资格已经终止。"))
        seat.ended_on = on
        line(tenant, actor, seat, "seat.end", _("代表资格终止"), at=at, words=words, facts={"on": on})
