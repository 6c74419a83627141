"""What law and measures say of a suggestion, as pure functions of values."""

from tibandu.suggestions.rules.checkup import (
    EMPTY_PHRASES,
    Finding,
    ReplyText,
    checkup,
    is_like,
    mentions,
    promises_something,
    sentences,
)
from tibandu.suggestions.rules.drafts import (
    Advice,
    Parted,
    advise,
    part_draft,
)
from tibandu.suggestions.rules.shares import (
    Share,
    Wanted,
    all_parts_answered,
    consents_complete,
    distribution_fault,
    is_in_session,
    newest_shares,
    opinions_missing,
    text_digest,
    tone,
    wants_second_assignment,
)

__all__ = [
    "EMPTY_PHRASES",
    "Advice",
    "Finding",
    "Parted",
    "ReplyText",
    "Share",
    "Wanted",
    "advise",
    "all_parts_answered",
    "checkup",
    "consents_complete",
    "distribution_fault",
    "is_in_session",
    "is_like",
    "mentions",
    "newest_shares",
    "opinions_missing",
    "part_draft",
    "promises_something",
    "sentences",
    "text_digest",
    "tone",
    "wants_second_assignment",
]
