"""What the room answers: who sees what, by noun, and what waits for whom."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from tibandu.oversight.queries import (
    desk,
    draws,
    funds,
    instruments,
    packets,
    programmes,
    promises,
    referrals,
)

# The one rule of sight of each noun, for list, detail, step, export, file and API.
SIGHT: dict[str, Callable[[Any], QuerySet[Any]]] = {}
SIGHT["fund"] = funds.funds_visible_to
SIGHT["project"] = funds.projects_visible_to
SIGHT["payment"] = funds.payments_visible_to
SIGHT["investment"] = funds.investments_visible_to
desk.AREAS.append(funds.desk)
SIGHT["referral"] = referrals.referrals_visible_to
SIGHT["procuratorial_paper"] = referrals.papers_visible_to
SIGHT["partner"] = packets.partners_visible_to
SIGHT["packet"] = packets.packets_visible_to
desk.AREAS.append(referrals.desk)
SIGHT["promise"] = promises.seen_promises
SIGHT["statement"] = promises.statements_visible_to
SIGHT["receipt"] = promises.receipts_visible_to
desk.AREAS.append(promises.tasks)
SIGHT["programme"] = programmes.programmes_visible_to
SIGHT["programme_step"] = programmes.steps_visible_to
SIGHT["programme_entry"] = programmes.entries_visible_to
SIGHT["owed"] = programmes.owed_visible_to
SIGHT["government_meeting"] = programmes.meetings_visible_to
SIGHT["instrument"] = instruments.instruments_visible_to
SIGHT["address"] = instruments.addresses_visible_to
SIGHT["opinion_case"] = instruments.opinions_visible_to
desk.AREAS.append(programmes.waiting_programmes)
desk.AREAS.append(instruments.waiting_instruments)
SIGHT["draw"] = draws.draws_visible_to
SIGHT["lot"] = draws.lots_visible_to
desk.AREAS.append(draws.waiting_draws)
