"""Knows which entries the rail holds for each kind of hat: at most seven, the first four also at the foot of a phone."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from tibandu.people.enums import Competence

ADDRESSES = {
    "desk": ("web:desk", _("工作台"), "inbox"),
    "write": ("suggestions:write", _("写建议"), "pen-line"),
    "ledger": ("suggestions:ledger", _("建议台账"), "table-2"),
    "screening": ("suggestions:screening", _("审查"), "stamp"),
    "meetings": ("suggestions:meetings", _("交办会"), "send"),
    "promises": ("oversight:ledger", _("承诺台账"), "list-checks"),
    "oversight": ("oversight:index", _("督办"), "eye"),
    "insight": ("insight:overview", _("研判"), "chart-column"),
    "messages": ("people:messages", _("消息"), "bell"),
    "library": ("regulations:library", _("制度库"), "library"),
    "measure": ("regulations:measure", _("处理办法"), "scale"),
    "roll": ("people:roll", _("人员制度"), "users"),
    "mine": ("suggestions:mine", _("我的建议"), "files"),
}
OFFICE = ("desk", "screening", "ledger", "meetings", "oversight", "insight", "roll")
READ = ("desk", "ledger", "oversight", "promises", "messages", "library", "measure")
COMMITTEE = ("desk", "ledger", "oversight", "promises", "insight", "messages", "library")
BY_KIND = {
    "deputy": ("desk", "write", "mine", "messages", "ledger", "oversight", "library"),
    "deputy_work": OFFICE,
    "presidium": OFFICE,
    "dispatch": ("desk", "ledger", "meetings", "oversight", "insight", "roll", "library"),
    "committee": COMMITTEE,
    "handling": READ,
    "admin": ("desk", "roll", "ledger", "messages", "measure", "library"),
}


@dataclass(frozen=True)
class Entry:
    """One line of the rail."""

    name: str
    label: Any
    url: str
    icon: str
    current: bool
    count: int = 0


def entries(request: HttpRequest, actor: Any) -> list[Entry]:
    """The rail for the hat one wears; an address that this installation does not have is left out."""
    counts = getattr(request, "counts", {})
    found = [
        (name, url)
        for name in BY_KIND.get(str(getattr(actor, "kind", "")), READ)
        if (url := _url(name)) and (name != "screening" or actor.may(Competence.SCREEN))
    ]
    here = max((url for _name, url in found if _covers(url, request.path)), key=len, default="")
    return [
        Entry(
            name, ADDRESSES[name][1], url, ADDRESSES[name][2], url == here, counts.get(ADDRESSES[name][0], 0)
        )
        for name, url in found
    ]


def _covers(url: str, path: str) -> bool:
    return path == url or (url != "/" and path.startswith(url))


def _url(name: str) -> str:
    try:
        return reverse(ADDRESSES[name][0])
    except NoReverseMatch:
        return ""
