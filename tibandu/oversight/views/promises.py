"""The page of one promise with its three parties, and the yearly statements: asked for, and one of them."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tibandu.base.casepages import buttons, entries
from tibandu.base.doors import actor_required
from tibandu.base.flow import NotYourStep
from tibandu.base.ledgers import shown
from tibandu.oversight import actions
from tibandu.oversight.enums import ReceiptState, StatementState
from tibandu.oversight.forms.promises import AskStatementsForm
from tibandu.oversight.queries import promises as queries
from tibandu.oversight.room import ROOM
from tibandu.oversight.rules.promises import lamp, stopped_on
from tibandu.oversight.views.casepage import context_of
from tibandu.oversight.views.ledgers.promises import LAMP_TONES, STATEMENT_TONES, STATEMENTS
from tibandu.people.enums import Competence
from tibandu.people.queries import Actor
from tibandu.suggestions import actions as suggestions
from tibandu.suggestions import queries as cases
from tibandu.suggestions.models import Promise

# -- one promise ------------------------------------------------------------------------------------------------------


@actor_required
def promise(request: HttpRequest, pk: int) -> HttpResponse:
    """One promise: its clock, the unit and the two sides that find on its claim, what was done, what was changed."""
    found = queries.promise_on_page(request.actor, pk)
    if found is None:
        raise Http404
    today, actor = localdate(), request.actor
    colour = lamp(found.state, found.due_on, queries.near_until(actor.congress_id, today), today)
    files = queries.files_of(actor, found)
    context = {
        "case": found,
        "suggestion": found.suggestion,
        "tone": LAMP_TONES[colour],
        "word": colour.label,
        "stopped_on": stopped_on(found.state, found.claimed_on, found.closed_on),
        "people": cases.author_names(actor, found.suggestion),
        "offers": _offers(request, found, today),
        "entries": entries(_lines(actor, found)),
        "parties": queries.parties_of(actor, found),
        "speak_until": queries.speak_until(found, today) if found.state == "claimed" else None,
        "files": files.get("promise", []),
        "checks": [(row, files.get(f"site_check:{row.pk}", [])) for row in found.site_checks.all()],
        "progress": [(row, files.get(f"promise_entry:{row.pk}", [])) for row in queries.own_entries(found)],
        "answers": queries.answers_to(actor, found),
        "rounds": list(found.suggestion.rounds.all()),
    }
    return render(request, "oversight/promise.html", context)


def _lines(actor: Actor, row: Promise) -> Iterable[Any]:
    """The lines of the case's journal that are about this promise; its own name need not be said on each.

    A step that followed by itself from another does not repeat the words of that one, which stands below it.
    """
    every = cases.timeline(actor, row.suggestion)
    lines = [line for line in every if line.noun == "promise" and line.object_id == row.pk]
    for place, line in enumerate(lines):
        deed = (line.happened_at, line.hat, line.words)
        is_said = any((before.happened_at, before.hat, before.words) == deed for before in lines[place + 1 :])
        facts = {key: said for key, said in line.facts.items() if key != "承诺事项"}
        yield line._replace(facts=facts, words="" if is_said else line.words)


def _offers(request: HttpRequest, row: Promise, today: date) -> list[Any]:
    """The steps of both rooms on a promise; those of the room below lead back here."""
    here = urlencode({"next": request.path})
    below = [
        {
            "verb": offer.verb,
            "label": offer.label,
            "refusal": offer.refusal,
            "primary": offer.primary,
            "url": f"{reverse(f'suggestions:{offer.verb}', args=[row.pk])}?{here}",
        }
        for offer in suggestions.offers_on_promise(request.actor, row, today)
    ]
    return [*buttons(ROOM, request.actor, {"promise": [row]}, today, case="promise"), *below]


# -- the yearly statements --------------------------------------------------------------------------------------------


@actor_required
def statements(request: HttpRequest) -> HttpResponse:
    """The statements one sees, and for whoever closes a form that asks the units for theirs."""
    actor, today = request.actor, localdate()
    may_ask = actor.may(Competence.CLOSE)
    form = AskStatementsForm(request.POST or None, today=today, initial={"year": today.year})
    if request.method == "POST":
        if not may_ask:
            raise NotYourStep(_("要求报告年度兑现情况"))
        if form.is_valid():
            made = actions.ask_statements(actor, at=now(), **form.cleaned_data)
            messages.success(request, _now("已要求 %(n)s 个单位报告") % {"n": len(made)})
            return redirect("oversight:statements")
    asking = {"form": form, "form_title": _("要求报告")} if may_ask else {}
    return shown(STATEMENTS, request, 422 if form.is_bound else 200, **asking)


@actor_required
def statement(request: HttpRequest, pk: int) -> HttpResponse:
    """One unit's statement of a year: line by line, and who has confirmed it."""
    found = queries.statements_visible_to(request.actor).filter(pk=pk).first()
    if found is None:
        raise Http404
    today, actor = localdate(), request.actor
    receipts = list(queries.receipts_visible_to(actor).filter(statement=found))
    lines = queries.lines_visible_to(actor, found)
    expected = queries.promises_in(found) if found.state == StatementState.ASKED else ()
    context = context_of(actor, "statement", found, {"receipt": receipts}, today, "receipt")
    context |= {
        "tone": STATEMENT_TONES[StatementState(found.state)],
        "lines": lines,
        "receipts": receipts,
        "expected": expected,
        "is_late": found.receipts_due_on is not None and found.receipts_due_on < today,
        "given": _confirmed(receipts),
        "sections": _sections(expected, lines, receipts),
    }
    return render(request, "oversight/statement.html", context)


def _confirmed(receipts: Iterable[Any]) -> int:
    return sum(row.state == ReceiptState.ACKNOWLEDGED for row in receipts)


def _sections(expected: Any, lines: Any, receipts: list[Any]) -> list[tuple[str, Any, int | None]]:
    parts = [
        ("expected", _("应当报告的承诺"), len(expected)),
        ("lines", _("逐项情况"), len(lines)),
        ("receipts", _("回执"), len(receipts)),
        ("timeline", _("时间线"), None),
    ]
    return [part for part in parts if part[2] is None or part[2]]
