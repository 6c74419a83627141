"""Small things a person keeps for a hat: the ledger's saved views. They move no case and leave no journal line."""

from django.utils.translation import gettext as _

from tibandu.base.flow import Refused
from tibandu.people.queries import Actor
from tibandu.suggestions.models import SavedView

MOST_VIEWS = 12


def save_view(actor: Actor, name: str, *, query: str) -> SavedView:
    """Keeps a ledger's filters under a name; the same name is kept anew."""
    others = SavedView.objects.filter(hat=actor.hat).exclude(name=name)
    if others.count() >= MOST_VIEWS:
        raise Refused(_("最多保存 %(n)s 个常用视图。") % {"n": MOST_VIEWS})
    view, _made = SavedView.objects.update_or_create(
        hat=actor.hat, name=name, defaults={"query": query[:400]}
    )
    return view
