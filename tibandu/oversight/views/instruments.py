"""The pages of instruments with their papers, of government meetings, and of deliberation opinions."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate

from tibandu.base.doors import actor_required
from tibandu.base.papers import Letter, Listing, chinese_date, letter_pdf, listing_pdf
from tibandu.oversight.models import Instrument
from tibandu.oversight.queries import instruments as queries
from tibandu.oversight.queries.programmes import meetings_visible_to
from tibandu.oversight.views.casepage import context_of
from tibandu.oversight.views.ledgers.parts import tone_of
from tibandu.oversight.views.programmes import files_of, loop


def _newest(case: Any) -> Any:
    return max(case.rounds.all(), key=lambda one: one.number, default=None)


@actor_required
def instrument(request: HttpRequest, pk: int) -> HttpResponse:
    """One instrument: what was ordered, what each unit answered, what came of it."""
    found = _instrument(request, pk)
    addresses = list(queries.addresses_of(request.actor, found))
    context = context_of(request.actor, "instrument", found, {"address": addresses}, localdate(), "address")
    context |= {
        "about": queries.suggestions_in_sight(request.actor, found),
        "files": files_of({"instrument": [found], "address": addresses}),
        "tone": tone_of(found),
    }
    return render(request, "oversight/instrument.html", context)


def _instrument(request: HttpRequest, pk: int) -> Instrument:
    found = queries.instruments_visible_to(request.actor).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@actor_required
def instrument_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """The instrument on paper: a letter, or of a look-back the form with one line per return."""
    found = _instrument(request, pk)
    content = _form(request, found) if found.is_look_back else _letter(request, found)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="instrument-{pk}.pdf"'
    return response


def _letter(request: HttpRequest, found: Instrument) -> bytes:
    units = list(dict.fromkeys(row.unit.name for row in queries.addresses_of(request.actor, found)))
    who = found.ordered_unit.name if found.ordered_unit else str(found.congress)
    body = [(0, line) for line in found.words.splitlines() if line.strip()]
    about = queries.suggestions_in_sight(request.actor, found)
    if about:
        named = "、".join(f"《{row.title}》（{row.number_text}）" for row in about)
        body.append((0, f"涉及的代表建议：{named}。"))
    if found.meeting:
        body.append((0, f"以上由{found.meeting}决定。"))
    if found.due_on:
        body.append((0, f"请于{chinese_date(found.due_on)}前书面报告落实情况。"))
    return letter_pdf(
        Letter(
            organ=who,
            masthead=who,
            number=found.number,
            title=found.title,
            salutation=f"{'、'.join(units)}：" if units else "",
            body=tuple(body),
            signatory=who,
            signed_on=found.ordered_on,
        )
    )


FORM_COLUMNS = (
    ("案号", 1.1), ("案由", 3.6), ("承办单位", 1.6), ("原办复类别", 1.0), ("现办复类别", 1.0),
    ("落实情况", 3.4), ("未落实原因", 1.8), ("核查意见", 2.2),
)  # fmt: skip


def _form(request: HttpRequest, found: Instrument) -> bytes:
    """What is known is printed; what is not yet known stays open for the pen."""
    rows = [
        (
            row.suggestion.number_text if row.suggestion else "",
            row.suggestion.title if row.suggestion else "",
            str(row.unit),
            row.first_category or "",
            row.category.code if row.category else "",
            row.answer,
            row.cause,
            row.finding,
        )
        for row in queries.addresses_of(request.actor, found)
    ]
    due = f"　{chinese_date(found.due_on)}前填报" if found.due_on else ""
    listing = Listing(
        title=f"{found.title}（回头看核查表）",
        subtitle=f"{found.ordered_unit or ''}　{chinese_date(found.ordered_on)}{due}",
        columns=FORM_COLUMNS,
        rows=tuple(rows),
        footer=f"共 {len(rows)} 件",
    )
    return listing_pdf(listing)


@actor_required
def meeting(request: HttpRequest, pk: int) -> HttpResponse:
    """One meeting of a government: agenda, who came, what was decided and what became of it."""
    found = meetings_visible_to(request.actor).filter(pk=pk).prefetch_related("owed__unit").first()
    if found is None:
        raise Http404
    owed = list(found.owed.all())
    context = context_of(request.actor, "government_meeting", found, {"owed": owed}, localdate())
    context |= {
        "items": queries.agenda_of(request.actor, found),
        "attendances": list(found.attendances.select_related("unit")),
        "files": files_of({"owed": owed}),
        "tone": tone_of(found),
    }
    return render(request, "oversight/meeting.html", context)


@actor_required
def opinion(request: HttpRequest, pk: int) -> HttpResponse:
    """One deliberation opinion in its loop."""
    found = (
        queries.opinions_visible_to(request.actor)
        .filter(pk=pk)
        .prefetch_related("rounds__unit", "rounds__grade")
        .first()
    )
    if found is None:
        raise Http404
    context = context_of(request.actor, "opinion_case", found, {}, localdate())
    context |= {
        "about": queries.suggestions_in_sight(request.actor, found),
        "files": files_of({"opinion_case": [found]}),
        "loop": loop(found),
        "tone": tone_of(found),
        "newest": _newest(found),
    }
    return render(request, "oversight/opinion.html", context)
