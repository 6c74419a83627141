"""Knows when the rated may read a rating: when its window has closed, or when another deed ended the window."""

from datetime import datetime

from django.utils.timezone import localdate

from tibandu.suggestions.enums import RatingState
from tibandu.suggestions.models import Rating, Reply, Suggestion


def unseal(reply: Reply, *, at: datetime) -> None:
    """Shows the ratings of one reply to whom they are about; from then on nobody changes them (advantage A2)."""
    Rating.objects.filter(reply=reply, unsealed_on=None).update(unsealed_on=localdate(at))


def unseal_case(suggestion: Suggestion, *, at: datetime) -> None:
    """Shows every rating of a case of which no one is waited for any more."""
    waiting = Rating.objects.filter(suggestion=suggestion, state=RatingState.OPEN).values("reply")
    sealed = Rating.objects.filter(suggestion=suggestion, unsealed_on=None)
    sealed.exclude(reply__in=waiting).update(unsealed_on=localdate(at))
