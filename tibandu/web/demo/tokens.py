"""Knows the demo's bearer tokens: derived from the installation's key, so that they can be shown again at any time."""

import hashlib
import hmac
from datetime import datetime
from typing import Any

from django.conf import settings

from tibandu.people.enums import Scope
from tibandu.people.models import Appointment, Seat, ServiceToken
from tibandu.people.queries import TOKEN_PREFIX, digest_of_token

NAME = "演示"


def token_of(hat: str) -> str:
    """The secret of a persona's hat; whoever knows the installation's key could make it, nobody else."""
    mixed = hmac.new(settings.SECRET_KEY.encode(), f"tibandu.demo:{hat}".encode(), hashlib.sha256)
    return TOKEN_PREFIX + mixed.hexdigest()


def are_issued() -> bool:
    return ServiceToken.objects.filter(name=NAME).exists()


def issue(at: datetime) -> int:
    """A token that reads and writes for every hat that is worn; answers how many."""
    posts = Appointment.objects.filter(until=None).select_related("post")
    rows = [_row(f"post:{row.pk}", row.person_id, at, unit_id=row.post.unit_id) for row in posts]
    rows += [_row(f"seat:{seat.pk}", seat.person_id, at, seat=seat) for seat in Seat.objects.all()]
    return len(ServiceToken.objects.bulk_create(rows))


def _row(hat: str, person: int, at: datetime, **worn: Any) -> ServiceToken:
    digest = digest_of_token(token_of(hat))
    return ServiceToken(
        name=NAME, digest=digest, person_id=person, hat=hat, scope=Scope.WRITE, created_at=at, **worn
    )
