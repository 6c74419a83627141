"""Draws what belongs to accounts: slips with one-time codes, closing, and one's own addresses and tokens."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tibandu.base.doors import actor_required
from tibandu.base.flow import NotYourStep
from tibandu.base.papers import Slip, slips_pdf
from tibandu.base.whole import wholes
from tibandu.people import actions, forms, queries
from tibandu.people.models import Person


@actor_required
def open_accounts(request: HttpRequest) -> HttpResponse:
    """Who cannot sign in yet; opening answers the slips to print, the only time the codes are shown."""
    if not queries.keeps_the_rolls(request.actor, request.actor.congress_id):
        raise NotYourStep(_("开通账号"))
    persons = queries.persons_without_account(request.actor, timezone.localdate())
    if request.method != "POST":
        return render(request, "people/open_accounts.html", {"persons": persons})
    picked = wholes(request.POST.getlist("pick"))
    opened = actions.open_accounts(request.actor, persons.filter(pk__in=picked), at=timezone.now())
    if not opened:
        messages.error(request, _("没有选中要开通的人员。"))
        return redirect("people:open_accounts")
    return slips(request, opened)


@require_POST
@actor_required
def reset_code(request: HttpRequest, pk: int) -> HttpResponse:
    account = get_object_or_404(queries.accounts_visible_to(request.actor), pk=pk)
    code = actions.reset_code(request.actor, account, at=timezone.now())
    return slips(request, [(account.person, account.username, code)])


@require_POST
@actor_required
def deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    account = get_object_or_404(queries.accounts_visible_to(request.actor), pk=pk)
    actions.deactivate(request.actor, account, at=timezone.now())
    return redirect("people:person", account.person_id)


@require_POST
@actor_required
def reactivate(request: HttpRequest, pk: int) -> HttpResponse:
    account = get_object_or_404(queries.accounts_visible_to(request.actor), pk=pk)
    actions.reactivate(request.actor, account, at=timezone.now())
    return redirect("people:person", account.person_id)


def slips(request: HttpRequest, opened: Iterable[tuple[Person, str, str]]) -> HttpResponse:
    """The codes as slips to cut apart and hand over; nobody keeps a copy."""
    address = settings.ORIGIN + reverse("account_login")
    sheet = [
        Slip(
            heading=_("提办督登录条"),
            fields=((_("姓名"), person.name), (_("用户名"), username), (_("网址"), address)),
            secret_label=_("一次性登录码"),
            secret=code,
            note=_("首次登录须改密码，改后此码作废。区分大小写，连字符要输入。"),
            link=address,
        )
        for person, username, code in opened
    ]
    response = HttpResponse(slips_pdf(sheet), content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="slips.pdf"'
    response["Cache-Control"] = "no-store"
    return response


@actor_required
def me(request: HttpRequest) -> HttpResponse:
    """One's own addresses, sign-in and tokens."""
    person = queries.persons_visible_to(request.actor).get(pk=request.actor.person_id)
    form = forms.OwnAddressesForm(request.POST or None, actor=request.actor, row=person)
    if request.method == "POST" and form.is_valid():
        actions.change_own_addresses(request.actor, at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("联系方式已更新。"))
        return redirect("people:me")
    return _own_page(request, form, forms.TokenForm(actor=request.actor), 422 if form.errors else 200)


def _own_page(
    request: HttpRequest, form: Any, token_form: Any, status: int = 200, secret: str = ""
) -> HttpResponse:
    page = {"form": form, "token_form": token_form, "secret": secret}
    page["tokens"] = queries.tokens_of(request.actor.person_id)
    response = render(request, "people/me.html", page, status=status)
    if secret:
        response["Cache-Control"] = "no-store"
    return response


@require_POST
@actor_required
def issue_token(request: HttpRequest) -> HttpResponse:
    """A new token for the hat one wears; its secret is on this answer and nowhere else."""
    person = queries.persons_visible_to(request.actor).get(pk=request.actor.person_id)
    form = forms.OwnAddressesForm(actor=request.actor, row=person)
    token_form = forms.TokenForm(request.POST, actor=request.actor)
    if not token_form.is_valid():
        return _own_page(request, form, token_form, 422)
    _token, secret = actions.issue_token(request.actor, at=timezone.now(), **token_form.cleaned_data)
    return _own_page(request, form, forms.TokenForm(actor=request.actor), secret=secret)


@require_POST
@actor_required
def revoke_token(request: HttpRequest, pk: int) -> HttpResponse:
    token = get_object_or_404(queries.tokens_of(request.actor.person_id), pk=pk)
    actions.revoke_token(request.actor, token, at=timezone.now())
    return redirect("people:me")
