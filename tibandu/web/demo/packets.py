"""Knows the demo's exchange of packets: a suggestion sent to the province, a lead sent to the procuratorate's own system."""

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from tibandu.base import packets
from tibandu.base.papers import Letter, letter_pdf
from tibandu.oversight import actions
from tibandu.oversight.enums import PacketKind, PartnerKind, ProcuratorialKind, ReferralState
from tibandu.oversight.models import Packet, Partner, Referral
from tibandu.oversight.queries.packets import own_party
from tibandu.suggestions.enums import State
from tibandu.suggestions.models import Suggestion
from tibandu.web.demo.cast import Place, World
from tibandu.web.demo.lives import Teller


def tell(world: World) -> Iterator[Callable[[], None]]:
    """Each a story of its own."""
    yield lambda: _to_the_province(world)
    if "procuratorate_office" in world.district.units:
        yield lambda: _to_the_procuratorate(world)


@dataclass
class OtherSide:
    """The other end of an exchange: it signs with a key that is no secret, and numbers what it sends."""

    place: Place
    name: str
    kind: PartnerKind
    code: str
    sent: list[bytes] = field(default_factory=list)

    @property
    def key(self) -> str:
        """A private key made of the code alone, so that every demo has the same."""
        return base64.b64encode(hashlib.sha256(f"demo {self.code}".encode()).digest()).decode()

    def trusted(self, at: datetime) -> Partner:
        return actions.add_partner(
            self.place.office,
            at=at,
            name=self.name,
            kind=self.kind,
            code=self.code,
            public_key=packets.public_key(self.key),
        )

    def bring(
        self, kind: PacketKind, at: datetime, body: dict[str, Any], files: dict[str, bytes] | None = None
    ) -> Packet:
        """Makes the next packet of its own and has the office take it."""
        heading = packets.Heading(
            kind=kind,
            sender=packets.Party(packets.public_key(self.key), self.code, self.name),
            recipient=own_party(self.place.congress),
            sequence=len(self.sent) + 1,
            previous=packets.digest_of(self.sent[-1]) if self.sent else "",
            created_at=at - timedelta(hours=3),
        )
        members = {packets.BODY: json.dumps(body, ensure_ascii=False).encode(), **(files or {})}
        self.sent.append(packets.build(self.key, heading, members))
        return actions.take_packet(self.place.office, self.sent[-1], at=at)


def _to_the_province(world: World) -> None:
    """A suggestion that asks for what the city cannot give alone goes up, and its receipt comes back."""
    teller, day = Teller(world.city, world.until), world.until - timedelta(days=40)
    province = OtherSide(world.city, "省人大代表建议平台", PartnerKind.PLATFORM, "province")
    partner = province.trusted(teller.at(day))
    open_ = Suggestion.objects.filter(
        congress=world.city.congress,
        state=State.ASSIGNED,
        is_masked=False,
        is_classified=False,
        registered_on__lt=day,
    )
    suggestion = open_.order_by("-registered_on", "pk").first()
    if suggestion is None:
        return
    at = teller.at(day + timedelta(days=1), 15)
    sent = actions.send_packet(
        world.city.office, partner, at=at, kind=PacketKind.SUGGESTION, suggestion=suggestion
    )
    receipt = {"about": sent.digest, "number": f"省转〔{day.year}〕128号", "words": "已接收"}
    province.bring(PacketKind.RECEIPT, teller.at(day + timedelta(days=6), 11), receipt)


def _to_the_procuratorate(world: World) -> None:
    """The lead that was rectified is carried to the procuratorate's own network; receipt and result are carried back."""
    referral = Referral.objects.filter(
        congress=world.district.congress, state=ReferralState.CLOSED, agency_replied_on__isnull=False
    ).first()
    if referral is None:
        return
    assert referral.passed_on
    assert referral.agency_replied_on
    assert referral.closed_on
    teller, day = Teller(world.district, world.until), referral.passed_on
    system = OtherSide(world.district, "汀溪区检察院检察业务系统", PartnerKind.PROCURATORATE, "tingxi-jc")
    partner = system.trusted(teller.at(day, 10))
    at = teller.at(day, 15)
    sent = actions.send_packet(
        world.district.office, partner, at=at, kind=PacketKind.REFERRAL, referral=referral
    )
    receipt = {"about": sent.digest, "number": referral.case_no, "words": "已接收"}
    system.bring(PacketKind.RECEIPT, teller.at(day + timedelta(days=4), 11), receipt)
    number = referral.papers.get(kind=ProcuratorialKind.AGENCY_REPLY).number
    content = letter_pdf(_answer_of(referral, number, referral.agency_replied_on))
    letter = {"member": "files/letter-1.pdf", "name": f"{number}.pdf"}
    reply = {
        "unit": referral.agency_text,
        "number": number,
        "sent_on": referral.agency_replied_on.isoformat(),
        "category": "已整改",
        "letter": letter | {"sha256": hashlib.sha256(content).hexdigest()},
    }
    result = {"about": sent.digest, "state": "已终结案件", "words": referral.outcome, "replies": [reply]}
    at = teller.at(referral.closed_on + timedelta(days=7), 11)
    system.bring(PacketKind.RESULT, at, result, {"files/letter-1.pdf": content})


def _answer_of(referral: Referral, number: str, day: date) -> Letter:
    """What the agency wrote to the procuratorate."""
    words = "收到检察建议后，我局逐处核查，十一处损毁点位已全部修复，被占用的坡道已清理，并建立月度巡查制度。"
    return Letter(
        organ=referral.agency_text,
        masthead=referral.agency_text,
        number=number,
        title="关于检察建议落实情况的回复",
        salutation="区人民检察院：",
        body=((0, words),),
        signatory=referral.agency_text,
        signed_on=day,
    )
