"""Knows how a person proves who they are: the password's adapter, the second factor, the personas of a demo."""

import base64
import hashlib
from functools import cache
from ipaddress import ip_address
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter, get_adapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tibandu.base.models import Installation
from tibandu.people import queries
from tibandu.people.models import Account

LOOPBACK_NAMES = {"localhost", "127.0.0.1", "[::1]"}


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are opened by an office, never by visitors; a new password ends the initial one."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("这个账号已停用。"),
        "enter_current_password": _("请输入现在的密码。"),
        "incorrect_code": _("验证码不对。"),
        "incorrect_password": _("密码不对。"),
        "invalid_login": _("登录没有成功，请重新登录。"),
        "too_many_login_attempts": _("连续输错次数太多，请五分钟后再试。"),
        "username_password_mismatch": _("用户名或密码不对。"),
        "same_as_current": _("新密码不能与现在的相同。"),
        "rate_limited": _("操作太频繁，请稍后再试。"),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def set_password(self, user: Any, password: str) -> None:
        user.must_change_password = False
        super().set_password(user, password)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Wrong passwords are counted by name alone: the host and port of the address are the caller's to choose."""
        return str(credentials.get("username", "")).lower()

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Accounts carry no address; the session list shows where one is signed in."""


class SecondFactorAdapter(DefaultMFAAdapter):
    """Keeps the secrets of second factors encrypted and names things in the product's words."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": _("不能停用双重验证。"),
        "cannot_generate_recovery_codes": _("先开通一种双重验证，再生成备用码。"),
        "incorrect_code": _("验证码不对。"),
    }

    def get_totp_issuer(self) -> str:
        return str(_("提办督"))

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return str(_("安全钥匙%(n)d") % {"n": number})

    def encrypt(self, text: str) -> str:
        return _locks().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return _locks().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            return ""


@cache
def _locks() -> MultiFernet:
    """Old secret keys still open what they closed."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [hashlib.sha256(b"tibandu.second-factor:" + key.encode()).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


def has_second_factor(request: HttpRequest) -> bool:
    """Whether this session was opened with a second factor, or its account has one by now."""
    if any(record.get("method") == "mfa" for record in get_authentication_records(request, request.user)):
        return True
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    return get_adapter().is_mfa_enabled(request.user, kinds)


def webauthn_refusal(request: HttpRequest) -> Any:
    """Why security keys do not work at this address, or None: browsers want a name and an encrypted line."""
    host = request.get_host().rpartition(":")[0] or request.get_host()
    if host == "localhost":
        return None
    if is_ip(host):
        return _("安全钥匙只能用在有域名的地址上，现在用的是 IP 地址。请改用动态验证码。")
    return (
        None if request.is_secure() else _("安全钥匙要求 https 地址，现在的地址是 http。请改用动态验证码。")
    )


def is_ip(host: str) -> bool:
    try:
        return bool(ip_address(host.strip("[]")))
    except ValueError:
        return False


class DemoBackend(ModelBackend):
    """Opens the door to an invented person by one click, in a database marked as demo and on this machine only."""

    def authenticate(self, request: HttpRequest | None, persona: str = "", **kwargs: Any) -> Account | None:  # type: ignore[override]
        if request is None or not persona or demo_refusal(request):
            return None
        return queries.account_of_hat(persona)


def demo_refusal(request: HttpRequest) -> Any:
    """Why nobody may enter here without a password, or None."""
    if not settings.DEMO:
        return _("演示模式没有打开。")
    if any(name == "HTTP_FORWARDED" or name.startswith("HTTP_X_FORWARDED") for name in request.META):
        return _("演示模式不能放在代理后面。")
    host = request.get_host()
    name = (
        host if host.endswith("]") else host.partition(":")[0] if host[0] != "[" else host.rpartition(":")[0]
    )
    if name not in LOOPBACK_NAMES:
        return _("演示模式只能在本机地址上使用。")
    if not Installation.objects.filter(is_demo=True).exists():
        return _("这个数据库不是演示数据。")
    return None
