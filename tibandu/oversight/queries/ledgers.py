"""Knows what the ledgers of this room show of each row: light values of what the queries of each area find."""

from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Case, CharField, F, OuterRef, Q, Subquery, Value, When
from django.db.models.expressions import Combinable

from tibandu.base.listings import Listing, count_of, first_of
from tibandu.oversight.models import OpinionRound
from tibandu.oversight.queries.draws import draws_on_ledger
from tibandu.oversight.queries.funds import funds_with_sums, projects_on_ledger
from tibandu.oversight.queries.instruments import instruments_on_ledger, opinions_on_ledger
from tibandu.oversight.queries.packets import packets_on_page
from tibandu.oversight.queries.programmes import meetings_on_ledger, nominations, programmes_on_ledger
from tibandu.oversight.queries.promises import on_ledger, statements_on_ledger
from tibandu.oversight.queries.referrals import referrals_on_ledger
from tibandu.suggestions.enums import UNSEEN

NOTHING = Value("", output_field=CharField())


def unit_name(path: str) -> Combinable:
    """A unit as it is called in ledgers: its short name where it has one."""
    return first_of(f"{path}__short_name", f"{path}__name")


# -- promises and statements ------------------------------------------------------------------------------------------


class PromiseRow(NamedTuple):
    pk: int
    number: str
    what: str
    unit: str
    state: str
    due_on: date
    made_on: date | None
    claimed_on: date | None
    closed_on: date | None
    kind: str
    owner: str
    measure: str
    money: int | None
    suggestion: str
    claims: int
    closed_by: str


PROMISES = Listing(
    on_ledger,
    PromiseRow,
    number="suggestion__number_text",
    unit=unit_name("reply__assignment__unit"),
    suggestion="suggestion__title",
)


class StatementRow(NamedTuple):
    pk: int
    year: int
    unit: str
    state: str
    due_on: date | None
    given_on: date | None
    closed_on: date | None
    lines_count: int
    receipts_asked: int
    receipts_given: int


STATEMENTS = Listing(statements_on_ledger, StatementRow, unit=unit_name("unit"))


# -- programmes, instruments, meetings, opinions ----------------------------------------------------------------------


class ProgrammeRow(NamedTuple):
    pk: int
    year: int
    kind: str
    title: str
    state: str
    committee: str
    bundled: int
    answered: int
    open_owed: int
    decided_at_meeting: str
    decided_on: date | None
    concluded_on: date | None


PROGRAMMES = Listing(programmes_on_ledger, ProgrammeRow, committee=unit_name("committee"))


class NominationRow(NamedTuple):
    pk: int
    nominated_on: date | None
    kind: str
    title: str
    state: str
    committee: str
    bundled: int
    reason: str
    sheets: int
    points: int | None


NOMINATIONS = Listing(nominations, NominationRow, committee=unit_name("committee"))


class InstrumentRow(NamedTuple):
    pk: int
    ordered_on: date
    kind: str
    title: str
    state: str
    by: str
    due_on: date | None
    closed_on: date | None
    addressed: int
    answered: int
    number: str
    meeting: str


INSTRUMENTS = Listing(
    instruments_on_ledger,
    InstrumentRow,
    by=first_of("ordered_unit__short_name", "ordered_unit__name", "ordered_seat__person__name"),
)


class MeetingRow(NamedTuple):
    pk: int
    held_on: date
    kind: str
    title: str
    state: str
    item_count: int
    task_count: int
    done_count: int


MEETINGS = Listing(meetings_on_ledger, MeetingRow)


class OpinionRow(NamedTuple):
    pk: int
    deliberated_on: date
    title: str
    state: str
    unit: str
    due_on: date | None
    reported_on: date | None
    rounds: int
    grade: str | None
    committee: str


def _of_newest(path: str) -> Subquery:
    newest = OpinionRound.objects.filter(case=OuterRef("pk")).order_by("-number")
    return Subquery(newest.values(path)[:1])


OPINIONS = Listing(
    opinions_on_ledger,
    OpinionRow,
    unit=unit_name("unit"),
    due_on=_of_newest("due_on"),
    reported_on=_of_newest("reported_on"),
    rounds=count_of(OpinionRound.objects.all(), "case"),
    grade=_of_newest("grade__label"),
    committee=unit_name("committee"),
)


# -- money ------------------------------------------------------------------------------------------------------------


class FundRow(NamedTuple):
    pk: int
    year: int
    name: str
    state: str
    projects_chosen: int
    total: int
    planned: int
    balance: int
    paid: int
    cap: int | None
    source: str

    @property
    def given(self) -> int:
        """What projects were given and have not returned."""
        return self.total - self.balance


FUNDS = Listing(lambda actor, _wanted: funds_with_sums(actor), FundRow)


class ProjectRow(NamedTuple):
    pk: int
    title: str
    unit: str
    state: str
    progress: int
    planned: int
    appropriated: int
    paid: int
    invested: int
    beneficiaries: str
    beneficiary_count: int | None
    fund_year: int | None
    fund_name: str | None
    number: str
    nominated_on: date
    accepted_on: date | None

    @property
    def fund(self) -> str:
        return f"{self.fund_year}年{self.fund_name}" if self.fund_year else ""


PROJECTS = Listing(
    projects_on_ledger,
    ProjectRow,
    unit=unit_name("unit"),
    fund_year="fund__year",
    fund_name="fund__name",
    number=Case(When(sees_suggestion=True, then=F("suggestion__number_text")), default=NOTHING),
)


# -- referrals, packets, draws ----------------------------------------------------------------------------------------


class ReferralRow(NamedTuple):
    pk: int
    number: str
    title: str
    direction: str
    state: str
    due_on: date | None
    agency_replied_on: date | None
    closed_on: date | None
    copy_due: date | None
    field: str | None
    agency: str
    suggestion: str
    opened_on: date
    outcome: str


REFERRALS = Listing(
    referrals_on_ledger,
    ReferralRow,
    number=first_of("case_no", "letter_no"),
    field="field__label",
    agency=Case(When(agency=None, then=F("agency_name")), default=unit_name("agency")),
    suggestion=Case(
        When(Q(suggestion=None) | Q(suggestion__state__in=UNSEEN), then=NOTHING),
        default=F("suggestion__number_text"),
    ),
)


class PacketRow(NamedTuple):
    pk: int
    recorded_at: datetime
    partner: str
    direction: str
    sequence: int
    kind: str
    title: str
    words: str
    state: str
    digest: str
    suggestion_id: int | None
    referral_id: int | None


PACKETS = Listing(
    lambda actor, wanted: packets_on_page(actor, wanted.get("partner"), wanted.get("direction", "")),
    PacketRow,
    partner="partner__name",
)


class DrawRow(NamedTuple):
    pk: int
    title: str
    state: str
    frozen_on: date
    seed: str
    seed_on: date
    listed: int
    wanted: int
    checked: int
    disagreed: int


DRAWS = Listing(lambda actor, _wanted: draws_on_ledger(actor), DrawRow)
