"""Knows every setting of the product; each value that differs from place to place comes from the environment."""

import json
import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

PACKAGE = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("TIBANDU_DATA", "var")).resolve()
DEMO = os.environ.get("TIBANDU_DEMO") == "1"
DEBUG = False


def _secret_key() -> str:
    """The key from the environment, or one made once and kept beside the data."""
    if key := os.environ.get("TIBANDU_SECRET_KEY"):
        return key
    path = DATA_DIR / "secret-key"
    if not path.exists():
        DATA_DIR.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text()


def _database(url: str) -> dict:
    """`sqlite:///path` or `postgresql://user:password@host:port/name?sslmode=…` as Django wants it."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        # IMMEDIATE: a transaction that means to write takes the write lock first, so it waits instead of failing.
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": parts.path[1:],
            "CONN_MAX_AGE": 600,  # to open a file anew for every page costs more than most questions to it
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
            },
        }
    if parts.scheme in ("postgres", "postgresql"):
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parts.path.lstrip("/"),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
            "OPTIONS": dict(parse_qsl(parts.query)),
            "CONN_MAX_AGE": 60,
            # A pool in front lends another connection to every transaction: nothing may outlive one. Prepared
            # statements, the other thing that would, are off in Django unless asked for.
            "DISABLE_SERVER_SIDE_CURSORS": True,
        }
    raise ImproperlyConfigured(f"TIBANDU_DATABASE_URL: unknown database {parts.scheme!r}")


def _storage(text: str) -> dict[str, Any]:
    """Where files are kept: the data folder, or what Django's setting says as JSON, which all hosts then share."""
    if not text:
        return {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    try:
        found = json.loads(text)
    except ValueError as error:
        raise ImproperlyConfigured(f"TIBANDU_STORAGE: {error}") from error
    if not isinstance(found, dict) or not set(found) <= {"BACKEND", "OPTIONS"} or "BACKEND" not in found:
        raise ImproperlyConfigured(
            'TIBANDU_STORAGE: {"BACKEND": "dotted.path", "OPTIONS": {…}} is what it takes'
        )
    return found


SECRET_KEY = _secret_key()
# The PostgreSQL role that serves, where another one owns the tables; `migrate` grants it what it needs and no more.
APP_ROLE = os.environ.get("TIBANDU_APP_ROLE", "")
DATABASES = {
    "default": _database(os.environ.get("TIBANDU_DATABASE_URL", f"sqlite:///{DATA_DIR}/tibandu.sqlite3"))
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# The address people type. It decides the host check, the cookies' `secure` flag and what WebAuthn may do.
ORIGIN = os.environ.get("TIBANDU_ORIGIN", "http://localhost:8000")
_origin = urlsplit(ORIGIN)
ALLOWED_HOSTS = sorted({_origin.hostname or "localhost", "localhost", "127.0.0.1", "[::1]"})
CSRF_TRUSTED_ORIGINS = [ORIGIN]
# How many of our own proxies stand in front: only then is what they say about the client believed.
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("TIBANDU_PROXIES", "0"))
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ALLAUTH_TRUSTED_PROXY_COUNT else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _origin.scheme == "https"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django_htmx",
    "template_partials",
    "lucide",
    "tibandu.web",  # before allauth, whose templates it dresses
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "tibandu.base",
    "tibandu.people",
    "tibandu.regulations",
    "tibandu.suggestions",
    "tibandu.oversight",
    "tibandu.insight",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "tibandu.web.middleware.content_security_policy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "tibandu.web.middleware.actor",
    "tibandu.web.middleware.refusals",
]
ROOT_URLCONF = "tibandu.web.urls"
WSGI_APPLICATION = "tibandu.web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tibandu.web.context.shell",
            ],
        },
    }
]

AUTH_USER_MODEL = "people.Account"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
if DEMO:
    AUTHENTICATION_BACKENDS.append("tibandu.web.signin.DemoBackend")
ACCOUNT_USER_MODEL_EMAIL_FIELD = (
    None  # accounts have a name, no e-mail; allauth's migrations ask for the field otherwise
)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]

# Sign-in: accounts are opened by the office, so there is no sign-up and no e-mail to prove.
LOGIN_URL = "web:personas" if DEMO else "account_login"
LOGIN_REDIRECT_URL = "web:home"
LOGOUT_REDIRECT_URL = "web:home"
SESSION_COOKIE_AGE = 12 * 3600
ACCOUNT_ADAPTER = "tibandu.web.signin.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "20/m/ip,5/300s/key",
    "reauthenticate": "10/m/user",
}
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _origin.scheme
ACCOUNT_FORMS = {
    "login": "tibandu.web.signin_forms.LoginForm",
    "change_password": "tibandu.web.signin_forms.ChangePasswordForm",
    "reauthenticate": "tibandu.web.signin_forms.ReauthenticateForm",
}
MFA_FORMS = {
    "authenticate": "tibandu.web.signin_forms.CodeForm",
    "reauthenticate": "tibandu.web.signin_forms.CodeAgainForm",
    "activate_totp": "tibandu.web.signin_forms.ActivateForm",
    "add_webauthn": "tibandu.web.signin_forms.AddKeyForm",
    "edit_webauthn": "tibandu.web.signin_forms.EditKeyForm",
}
MFA_ADAPTER = "tibandu.web.signin.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = _origin.hostname == "localhost"
MFA_TOTP_TOLERANCE = 1
USERSESSIONS_TRACK_ACTIVITY = False  # a write on every page would queue all readers behind one another
# Dotted paths of gateways that carry what is told to deputies, by channel.
TIBANDU_GATEWAYS = {
    channel: os.environ.get(
        f"TIBANDU_GATEWAY_{channel.upper()}", "tibandu.people.jobs.console" if DEMO else ""
    )
    for channel in ("mail", "sms")
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "static/"
# The wheel carries its assets collected; set only while collecting them for another web server.
STATIC_ROOT = Path(os.environ.get("TIBANDU_STATIC_ROOT", PACKAGE / "web" / "static-root"))
STATICFILES_DIRS: list[str] = []
MEDIA_ROOT = DATA_DIR / "files"
STORAGES = {
    "default": _storage(os.environ.get("TIBANDU_STORAGE", "")),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True

# Rate limits and lockout count in the database, so that they hold with more than one worker.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}

MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
LANGUAGE_COOKIE_HTTPONLY = True


# Errors and warnings go to the standard error, where the service manager keeps them.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
