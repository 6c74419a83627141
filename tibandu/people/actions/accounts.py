"""Knows how accounts are opened with one-time codes, closed, and how tokens for scripts are given out."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext_lazy as _

from tibandu.base.codes import ALPHABET
from tibandu.base.flow import NotYourStep, Refused
from tibandu.people.actions.rolls import congress_for, line, locked, refuse_shared, rolls_open
from tibandu.people.enums import Function, Rank, Scope
from tibandu.people.models import Account, Congress, Person, SecondFactorRule, ServiceToken
from tibandu.people.queries import (
    TOKEN_PREFIX,
    Actor,
    digest_of_token,
    keeps_the_rolls,
    persons_visible_to,
)

CODE_SIGNS = 10


def remember_hat(account: Account, hat: str) -> None:
    """Which hat to put on at the next sign-in; a convenience, so it leaves no line."""
    Account.objects.filter(pk=account.pk).update(last_hat=hat)


def open_accounts(actor: Actor, persons: Iterable[Person], *, at: datetime) -> list[tuple[Person, str, str]]:
    """Opens an account for each person without one; answers (person, username, one-time code), told only here.

    The code is random, and the first sign-in can do nothing but replace it.
    """
    new = _without_account(actor, persons)
    codes = {person.pk: one_time_code() for person in new}
    # Hashed before the transaction: argon2 is slow by intent, and writers would wait for it.
    hashed = {pk: make_password(code) for pk, code in codes.items()}
    opened = _open(actor, new, hashed, at)
    return [(account.person, account.username, codes[account.person_id]) for account in opened]


def admit(actor: Actor, persons: Iterable[Person], *, at: datetime) -> list[Account]:
    """Opens accounts that no password opens: for the personas of a demo, and for sign-in from outside."""
    new = _without_account(actor, persons)
    return _open(actor, new, {person.pk: make_password(None) for person in new}, at)


def _without_account(actor: Actor, persons: Iterable[Person]) -> list[Person]:
    wanted = list(dict.fromkeys(persons))
    have = set(Account.objects.filter(person__in=wanted).values_list("person_id", flat=True))
    new = [person for person in wanted if person.pk not in have]
    for person in new:
        refuse_shared(actor, person.pk)
    return new


def _open(actor: Actor, persons: Sequence[Person], hashed: dict[int, str], at: datetime) -> list[Account]:
    accounts = []
    for person in persons:
        with rolls_open(actor, congress_for(actor, person)) as tenant:
            account = Account.objects.create(
                username=f"{tenant.slug[:30]}{person.pk:05d}",
                person=person,
                password=hashed[person.pk],
                must_change_password=not hashed[person.pk].startswith("!"),
                date_joined=at,
            )
            line(tenant, actor, account, "account.open", _("开通账号"), at=at, facts={"person": person.name})
        accounts.append(account)
    return accounts


def one_time_code() -> str:
    """Ten random signs in two groups, without any that are mistaken for others."""
    signs = "".join(secrets.choice(ALPHABET) for _sign in range(CODE_SIGNS))
    return f"{signs[:5]}-{signs[5:]}"


def reset_code(actor: Actor, account: Account, *, at: datetime) -> str:
    """A fresh one-time code for somebody who lost the password; ends all the account's sessions."""
    code = one_time_code()
    hashed = make_password(code)
    with rolls_open(actor, _congress_for(actor, account)) as tenant:
        account.password, account.must_change_password = hashed, True
        account.save(update_fields=["password", "must_change_password"])
        line(tenant, actor, account, "account.reset_code", _("重置登录码"), at=at)
    return code


def deactivate(actor: Actor, account: Account, *, at: datetime) -> None:
    """Closes an account and its tokens; its deeds stay."""
    with rolls_open(actor, _congress_for(actor, account)) as tenant:
        if account.person_id == actor.person_id:
            raise Refused(_("不能停用自己的账号。"))
        if not Account.objects.filter(pk=account.pk, is_active=True).update(is_active=False):
            raise Refused(_("账号已经停用。"))
        account.is_active = False
        ServiceToken.objects.filter(person=account.person_id, revoked_at=None).update(revoked_at=at)
        line(tenant, actor, account, "account.deactivate", _("停用账号"), at=at)


def reactivate(actor: Actor, account: Account, *, at: datetime) -> None:
    """Opens a closed account again; its tokens stay revoked."""
    with rolls_open(actor, _congress_for(actor, account)) as tenant:
        if not Account.objects.filter(pk=account.pk, is_active=False).update(is_active=True):
            raise Refused(_("账号没有停用。"))
        account.is_active = True
        line(tenant, actor, account, "account.reactivate", _("恢复账号"), at=at)


def _congress_for(actor: Actor, account: Account) -> int:
    refuse_shared(actor, account.person_id)
    return congress_for(actor, account.person)


def set_second_factor(
    actor: Actor, congress: Congress, *, asked: Iterable[tuple[Function, Rank | str]], at: datetime
) -> None:
    """Which kinds of post must sign in with a second factor, as (function, rank); an empty rank means every rank."""
    with rolls_open(actor, congress.pk) as tenant:
        wanted = sorted(set(asked))
        SecondFactorRule.objects.filter(congress=tenant).delete()
        rules = [SecondFactorRule(congress=tenant, function=function, rank=rank) for function, rank in wanted]
        SecondFactorRule.objects.bulk_create(rules)
        facts = {"asked": [f"{function}:{rank}" for function, rank in wanted]}
        line(tenant, actor, congress, "congress.set_second_factor", _("调整双重验证要求"), at=at, facts=facts)


def issue_token(actor: Actor, *, name: str, scope: Scope, at: datetime) -> tuple[ServiceToken, str]:
    """A token that acts in the actor's hat; the secret is told only here, the database keeps its digest."""
    if actor.person_id is None or actor.congress_id is None:
        raise NotYourStep(_("发放接口令牌"))
    if not name.strip():
        raise Refused(_("请给令牌起个名称，写明用在哪里。"), {"name": _("必填")})
    secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
    with locked(actor.congress_id) as tenant:
        token = ServiceToken.objects.create(
            name=name.strip(),
            digest=digest_of_token(secret),
            person_id=actor.person_id,
            unit_id=actor.unit_id,
            seat_id=actor.seat_id,
            hat=actor.hat,
            scope=scope,
            created_at=at,
        )
        facts = {"name": token.name, "scope": scope}
        line(tenant, actor, token, "servicetoken.issue", _("发放接口令牌"), at=at, facts=facts)
    return token, secret


def revoke_token(actor: Actor, token: ServiceToken, *, at: datetime) -> None:
    """Ends a token: one's own, or one of a person in the rolls one keeps."""
    is_ours = (
        keeps_the_rolls(actor, actor.congress_id)
        and persons_visible_to(actor).filter(pk=token.person_id).exists()
    )
    if actor.congress_id is None or (token.person_id != actor.person_id and not is_ours):
        raise NotYourStep(_("吊销接口令牌"))
    with locked(actor.congress_id) as tenant:
        if not ServiceToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=at):
            raise Refused(_("令牌已经吊销。"))
        token.revoked_at = at
        line(
            tenant, actor, token, "servicetoken.revoke", _("吊销接口令牌"), at=at, facts={"name": token.name}
        )
