"""The ledgers of this room, each under the folder of its address."""

from tibandu.base.ledgers import Ledger
from tibandu.oversight.views.ledgers.funds import FUNDS, PROJECTS
from tibandu.oversight.views.ledgers.programmes import (
    DRAWS,
    INSTRUMENTS,
    MEETINGS,
    NOMINATIONS,
    OPINIONS,
    PROGRAMMES,
)
from tibandu.oversight.views.ledgers.promises import PROMISES, STATEMENTS
from tibandu.oversight.views.ledgers.referrals import PACKETS, REFERRALS

LEDGERS: dict[str, Ledger] = {
    "promises/": PROMISES,
    "statements/": STATEMENTS,
    "programmes/": PROGRAMMES,
    "nominations/": NOMINATIONS,
    "instruments/": INSTRUMENTS,
    "meetings/": MEETINGS,
    "opinions/": OPINIONS,
    "funds/": FUNDS,
    "projects/": PROJECTS,
    "referrals/": REFERRALS,
    "packets/": PACKETS,
    "draws/": DRAWS,
}
