"""The procedures of supervision, and which noun each belongs to."""

from typing import Any

from tibandu.base.flow import Flow
from tibandu.base.procedures import Procedures
from tibandu.oversight.flow import draws, funds, instruments, packets, programmes, promises, referrals

# Each noun with its table and its flows; pages, API and documents are drawn from here.
NOUNS: dict[str, tuple[Any, tuple[Flow, ...]]] = {
    **draws.NOUNS,
    **funds.NOUNS,
    **referrals.NOUNS,
    **packets.NOUNS,
    **promises.NOUNS,
    **programmes.NOUNS,
    **instruments.NOUNS,
}
PROCEDURES = Procedures(NOUNS)
