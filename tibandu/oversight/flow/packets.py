"""The procedure of exchanging packets: who sends, and when trust in a partner ends."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from tibandu.base.flow import Flow, Role, Step
from tibandu.oversight.enums import PacketState, PartnerState
from tibandu.oversight.flow.referrals import OFFICE, PROCURATORATE
from tibandu.oversight.models import Packet, Partner
from tibandu.people.queries import Actor
from tibandu.suggestions.enums import SeenBy

ANYBODY = Role(_("随上一步"), lambda actor, row: True)


def _sends(actor: Actor, row: Any) -> bool:
    return bool(OFFICE.holds(actor, row) or PROCURATORATE.holds(actor, row))


SENDER = Role(_("审查登记机构或者人民检察院"), _sends)

# fmt: off
PARTNER = Flow("partner", [
    #    verb            label                    from                     to                    who       what must hold
    Step("send_packet",  _("制作数据包"),         (PartnerState.TRUSTED,), "",                   SENDER,   seen_by=SeenBy.CONGRESS, primary=True),
    Step("end_trust",    _("停止交换"),           (PartnerState.TRUSTED,), PartnerState.ENDED,   OFFICE),
    Step("renew_trust",  _("恢复交换"),           (PartnerState.ENDED,),   PartnerState.TRUSTED, OFFICE),
    Step("take_packet",  _("接收数据包"),         (PartnerState.TRUSTED,), "",                   ANYBODY,  seen_by=SeenBy.CONGRESS, quiet=True),
])

PACKET = Flow("packet", [
    Step("note_receipt", _("收到回执"),           (PacketState.SENT,),     PacketState.RECEIPTED, ANYBODY, seen_by=SeenBy.CONGRESS, quiet=True),
])
# fmt: on

NOUNS = {"partner": (Partner, (PARTNER,)), "packet": (Packet, (PACKET,))}
