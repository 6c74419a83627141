"""Knows the short codes printed on papers: typeable, checked, and signed so that nobody can guess the next one."""

import re
import unicodedata

from django.conf import settings
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

# 31 signs, a prime: one wrong sign and two neighbours swapped are always caught. No 0 O 1 I L.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_KIND = re.compile(f"[{ALPHABET[8:]}]{{1,4}}")
_SEAL = 4
_GROUP = 4


class CodeProblem(ValueError):
    """A typed code that cannot be read; its text is a sentence for the person who typed it."""


def form_code(kind: str, key: int) -> str:
    """Such as `QS-7K3M-9XP`: behind a kind of one to four letters stand the key, a seal of four signs and a check sign."""
    return _form_code(kind, key, settings.SECRET_KEY)


def read_code(text: str) -> tuple[str, int]:
    """The kind and the key of a code as a person typed it; capitals, full width, blanks and dashes do not matter."""
    signs = re.sub(r"[\s\-_—–－.·]", "", unicodedata.normalize("NFKC", text)).upper()
    if not signs:
        raise CodeProblem(_("请输入表上的编码。"))
    if strangers := sorted(set(signs) - set(ALPHABET)):
        raise CodeProblem(
            _("编码里不会出现“%(signs)s”：编码不用数字 0、1 和字母 O、I、L，请对照表上再看一遍。")
            % {"signs": "、".join(strangers)}
        )
    # A kind has no fixed length; only one split carries a sound seal.
    for length in range(1, 5):
        kind, rest = signs[:length], signs[length:]
        if _KIND.fullmatch(kind) and len(rest) > _SEAL + 2 and _is_sound(kind, rest):
            return kind, _number(rest[: -_SEAL - 1])
    raise CodeProblem(_("这个编码不对，多半是输错了一位，请对照表上再看一遍。"))


def _is_sound(kind: str, rest: str) -> bool:
    """Old secret keys stay good, so that a paper printed before the key was changed can still be entered."""
    key = _number(rest[: -_SEAL - 1])
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return any(_form_code(kind, key, secret).replace("-", "") == kind + rest for secret in keys)


def _form_code(kind: str, key: int, secret: str | bytes) -> str:
    if not _KIND.fullmatch(kind):
        raise ValueError(f"kind must be 1-4 capital letters without I, L, O: {kind!r}")
    if key < 0:
        raise ValueError(f"key must not be negative: {key}")
    body = _digits(key, at_least=2) + _seal(kind, key, secret)
    body += _check(kind + body)
    groups = [body[start : start + _GROUP] for start in range(0, len(body), _GROUP)]
    return "-".join([kind, *groups])


def _digits(number: int, at_least: int) -> str:
    signs = ""
    while number or len(signs) < at_least:
        number, rest = divmod(number, len(ALPHABET))
        signs = ALPHABET[rest] + signs
    return signs


def _number(signs: str) -> int:
    number = 0
    for sign in signs:
        number = number * len(ALPHABET) + ALPHABET.index(sign)
    return number


def _seal(kind: str, key: int, secret: str | bytes) -> str:
    digest = salted_hmac("tibandu.base.codes", f"{kind}:{key}", secret=secret, algorithm="sha256").digest()
    return _digits(int.from_bytes(digest) % len(ALPHABET) ** _SEAL, at_least=_SEAL)


def _check(signs: str) -> str:
    weighed = sum(place * ALPHABET.index(sign) for place, sign in enumerate(signs, start=1))
    return ALPHABET[weighed % len(ALPHABET)]
