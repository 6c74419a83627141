"""The daily seal on paper: day, counts and digests to be signed and kept apart from the machine."""

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from tibandu.base.doors import actor_required
from tibandu.base.models import Seal
from tibandu.base.papers import Listing, chinese_date, listing_pdf

GROUP = 8


@actor_required
def seal(request: HttpRequest, day: date) -> HttpResponse:
    """The seal of a day, for who administers; it names no case."""
    found = Seal.objects.filter(day=day).first() if request.actor.administers else None
    if found is None:
        raise Http404
    response = HttpResponse(listing_pdf(sheet(found)), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="seal-{day}.pdf"'
    return response


def sheet(found: Seal) -> Listing:
    rows = (
        (_("日期"), chinese_date(found.day)),
        (_("封存时间"), f"{localtime(found.sealed_at):%Y-%m-%d %H:%M:%S.%f}"),
        (_("行数"), f"{found.lines:,}"),
        (_("链数"), f"{found.chains:,}"),
        (_("前一次日封摘要"), grouped(found.previous) or _("这是第一次日封")),
        (_("本日摘要"), grouped(found.digest)),
        (_("封存人签名"), ""),
        (_("监督人签名"), ""),
    )
    return Listing(
        title=_("办理日志日封单"),
        subtitle=_("本日摘要变了，就是以前的日志被人动过。请签名后与本机分开保管。"),
        columns=((_("项目"), 1), (_("内容"), 4)),
        rows=rows,
        footer="tibandu verify",
        paper="portrait",
    )


def grouped(digest: str) -> str:
    """In groups of eight, so that eyes can compare it and a line can break."""
    return " ".join(digest[start : start + GROUP] for start in range(0, len(digest), GROUP))
