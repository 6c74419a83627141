"""The root of the API: who calls by which token, every room's routes, and the answers to what goes wrong."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.security import HttpBearer

from tibandu.base.api import WholeText, answer_refusals
from tibandu.insight.api import router as insight
from tibandu.oversight.api import router as oversight
from tibandu.people.enums import Scope
from tibandu.people.queries import Actor, bearer
from tibandu.suggestions.api import router as suggestions


@dataclass(frozen=True)
class Caller:
    """The actor behind a token, and whether the token may write."""

    actor: Actor
    may_write: bool


class Token(HttpBearer):
    """`Authorization: Bearer …` with a service token of one hat."""

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        found = bearer(token, localdate())
        return Caller(found[0], found[1] == Scope.WRITE) if found else None


# The interactive documentation would load scripts from outside; the document itself is what programs need.
api = NinjaAPI(
    title="Tibandu 提办督", version="1", auth=Token(), parser=WholeText(), docs_url=None, urls_namespace="api"
)
api.add_router("", suggestions)
api.add_router("", oversight)
api.add_router("", insight)
answer_refusals(api)


@api.exception_handler(Http404)
def out_of_sight(request: HttpRequest, error: Http404) -> HttpResponse:
    """What one may not see is not there."""
    return api.create_response(request, {"refusal": _("没有找到。"), "fields": {}}, status=404)
