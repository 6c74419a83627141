"""Knows how an empty database gets its first congress and somebody who can sign in."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from tibandu.base.flow import Refused
from tibandu.people.actions.accounts import open_accounts
from tibandu.people.actions.bodies import add_congress, add_organ, add_unit, set_competence
from tibandu.people.actions.mandates import add_person, add_post, appoint
from tibandu.people.enums import Competence, Function, Level, Rank, System
from tibandu.people.models import Congress
from tibandu.people.queries import SYSTEM


def found(
    parent: Congress | None = None,
    *,
    slug: str,
    name: str,
    short_name: str,
    level: Level,
    office: str,
    administrator: str,
    at: datetime,
) -> tuple[str, str]:
    """A congress with one unit that holds every power and one administrator; answers username and one-time code."""
    if Congress.objects.filter(slug=slug).exists():
        raise Refused(_("代号“%(slug)s”已被使用。") % {"slug": slug}, {"slug": ""})
    with transaction.atomic():
        congress = add_congress(
            SYSTEM, parent, slug=slug, name=name, short_name=short_name, level=level, at=at
        )
        organ = add_organ(SYSTEM, congress, system=System.CONGRESS, name=name, at=at)
        unit = add_unit(SYSTEM, organ, name=office, function=Function.DEPUTY_WORK, order=1, at=at)
        for competence in Competence:
            set_competence(SYSTEM, congress, competence=competence, unit=unit, at=at)
        person = add_person(SYSTEM, congress, name=administrator, at=at)
        # Two hats, so that who keeps the system also has the desk of the office.
        for title, rank, administers in (
            (_("主任"), Rank.PRINCIPAL, False),
            (_("系统管理员"), Rank.OFFICER, True),
        ):
            post = add_post(SYSTEM, unit, title=str(title), rank=rank, administers=administers, at=at)
            appoint(SYSTEM, post, person=person, since=localdate(at), at=at)
    [(_person, username, code)] = open_accounts(SYSTEM, [person], at=at)
    return username, code
