"""The pages that everybody reads without an account: published suggestions with their replies."""

from django.core.exceptions import ObjectDoesNotExist
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from tibandu.base.doors import public
from tibandu.base.files import KINDS, open_stored
from tibandu.suggestions.enums import Consent, Publicity, Role
from tibandu.suggestions.forms.open import OpenListForm
from tibandu.suggestions.models import Reply, Suggestion
from tibandu.suggestions.queries.publishing import PAGE, public_case, public_file, published


@public
def open_list(request: HttpRequest) -> HttpResponse:
    """One page of what is published, newest first."""
    form = OpenListForm(request.GET)
    form.is_valid()  # a filter that is no longer offered is left out, the rest still counts
    wanted = form.cleaned_data
    found = published(
        wanted.get("q", ""),
        congress=wanted.get("congress"),
        year=wanted.get("year"),
        subject=wanted.get("subject"),
        unit=wanted.get("unit"),
        before=wanted.get("before"),
    )
    rows, more = found[:PAGE], found[PAGE:]
    query = request.GET.copy()
    query["before"] = str(rows[-1].pk) if rows else ""
    context = {
        "form": form,
        "items": [_item(row) for row in rows],
        "next_url": f"?{query.urlencode()}" if more else "",
        "is_filtered": any(wanted.values()),
    }
    return render(request, "suggestions/public.html", context)


@public
def open_case(request: HttpRequest, pk: int) -> HttpResponse:
    """One published suggestion as far as its author agreed, with what was published of the replies."""
    try:
        suggestion = public_case(pk)
    except ObjectDoesNotExist:
        raise Http404 from None
    context = _item(suggestion) | {
        "shows_text": suggestion.publicity == Publicity.FULL,
        "replies": [_reply(reply) for reply in suggestion.replies.all()],
        "files": list(suggestion.attachments.all()),
    }
    return render(request, "suggestions/public_case.html", context)


@public
def open_file(request: HttpRequest, pk: int) -> FileResponse:
    """The scrubbed copy of an attachment, never the file as it came."""
    try:
        attachment = public_file(pk)
    except ObjectDoesNotExist:
        raise Http404 from None
    copy = attachment.public_file
    return FileResponse(
        open_stored(copy.sha256), filename=attachment.name, as_attachment=True, content_type=KINDS[copy.kind]
    )


def _item(suggestion: Suggestion) -> dict[str, object]:
    shares = [share for share in suggestion.assignments.all() if share.state not in ("reassigned", "stopped")]
    answering = [share.unit.name for share in shares if share.role != Role.CO]
    return {
        "case": suggestion,
        "authors": _authors(suggestion),
        "units": list(dict.fromkeys(answering)),
        "helpers": list(dict.fromkeys(share.unit.name for share in shares if share.role == Role.CO)),
        "answered": bool(suggestion.replies.all()),
    }


def _authors(suggestion: Suggestion) -> list[dict[str, str]]:
    """Name and delegation are public; how to reach a deputy is not (domain 1.18)."""
    standing = [p for p in suggestion.proposers.all() if p.is_lead or p.state == Consent.CONFIRMED]
    return [
        {"name": p.name, "note": str(p.seat.delegation) if p.seat and p.seat.delegation else ""}
        for p in standing
    ]


def _reply(reply: Reply) -> dict[str, object]:
    summary = _("（摘要）") if reply.publication == "summary" else ""
    return {
        "unit": reply.assignment.unit.name,
        "sent_on": reply.sent_on,
        "category": str(reply.category or ""),
        "note": summary,
        "paragraphs": [line for line in reply.public_text.splitlines() if line.strip()],
    }
