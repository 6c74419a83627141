"""Knows how terms and sessions are opened and how deputies are grouped in them."""

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from tibandu.base.flow import Refused
from tibandu.people.actions.rolls import line, rolls_open
from tibandu.people.models import Congress, Delegation, Group, Seat, Session, Term
from tibandu.people.queries import Actor


def open_term(
    actor: Actor, congress: Congress, *, number: int, starts_on: date, ends_on: date, at: datetime
) -> Term:
    with rolls_open(actor, congress.pk) as tenant:
        if ends_on <= starts_on:
            raise Refused(_("届的结束日期必须晚于开始日期。"), {"ends_on": ""})
        if Term.objects.filter(congress=tenant, number=number).exists():
            raise Refused(_("第%(n)d届已经登记。") % {"n": number}, {"number": ""})
        if Term.objects.filter(congress=tenant, starts_on__lte=ends_on, ends_on__gte=starts_on).exists():
            raise Refused(_("与已登记的届时间重叠。"), {"starts_on": ""})
        term = Term.objects.create(congress=tenant, number=number, starts_on=starts_on, ends_on=ends_on)
        line(
            tenant, actor, term, "term.open", _("开启新一届"), at=at, facts={"from": starts_on, "to": ends_on}
        )
    return term


def open_session(
    actor: Actor,
    term: Term,
    *,
    number: int,
    slug: str,
    opens_on: date,
    closes_on: date,
    cutoff_at: datetime,
    at: datetime,
) -> Session:
    """A plenary session; suggestions after its cut-off count as made between sessions."""
    with rolls_open(actor, term.congress_id) as tenant:
        if closes_on < opens_on:
            raise Refused(_("闭幕日期早于开幕日期。"), {"closes_on": ""})
        if term.sessions.filter(number=number).exists():
            raise Refused(_("第%(n)d次会议已经登记。") % {"n": number}, {"number": ""})
        if term.sessions.filter(slug=slug).exists():
            raise Refused(_("代号“%(slug)s”已被使用。") % {"slug": slug}, {"slug": ""})
        session = Session.objects.create(
            term=term, number=number, slug=slug, opens_on=opens_on, closes_on=closes_on, cutoff_at=cutoff_at
        )
        facts = {"opens_on": opens_on, "closes_on": closes_on, "cutoff_at": cutoff_at}
        line(tenant, actor, session, "session.open", _("登记会议"), at=at, facts=facts)
    return session


def add_delegation(actor: Actor, term: Term, *, name: str, at: datetime) -> Delegation:
    with rolls_open(actor, term.congress_id) as tenant:
        if term.delegations.filter(name=name).exists():
            raise Refused(_("代表团“%(name)s”已存在。") % {"name": name}, {"name": ""})
        delegation = Delegation.objects.create(term=term, name=name)
        line(tenant, actor, delegation, "delegation.add", _("设立代表团"), at=at)
    return delegation


def set_delegation_head(actor: Actor, delegation: Delegation, *, seat: Seat | None, at: datetime) -> None:
    """Names the deputy who signs for the delegation."""
    with rolls_open(actor, delegation.term.congress_id) as tenant:
        if seat and seat.delegation_id != delegation.pk:
            raise Refused(_("团长必须是本团代表。"), {"seat": ""})
        delegation.head = seat
        delegation.save(update_fields=["head"])
        facts = {"head": str(seat or "")}
        line(tenant, actor, delegation, "delegation.set_head", _("确定团长"), at=at, facts=facts)


def add_group(actor: Actor, congress: Congress, *, name: str, at: datetime) -> Group:
    with rolls_open(actor, congress.pk) as tenant:
        if tenant.groups.filter(name=name).exists():
            raise Refused(_("代表小组“%(name)s”已存在。") % {"name": name}, {"name": ""})
        group = Group.objects.create(congress=tenant, name=name)
        line(tenant, actor, group, "group.add", _("设立代表小组"), at=at)
    return group
