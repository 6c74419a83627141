"""Builds two ends of an exchange: the town as it is, and a neighbour that exists only as a key."""

import base64
import json
import zipfile
from datetime import datetime
from io import BytesIO
from typing import Any

from tests.town import SHANGHAI, Town, moment
from tibandu.base import packets
from tibandu.base.packets import Heading, Party
from tibandu.oversight import actions
from tibandu.oversight.enums import PartnerKind
from tibandu.oversight.models import Partner
from tibandu.oversight.queries.packets import own_party

# The neighbour's private key is no secret: these are thirty-two times the letter n.
NEIGHBOUR_KEY = base64.b64encode(b"n" * 32).decode()
OUR_KEY = base64.b64encode(b"o" * 32).decode()
NEIGHBOUR = Party(packets.public_key(NEIGHBOUR_KEY), "linjiang", "临江市人民代表大会")
MADE = datetime(2026, 3, 1, 10, tzinfo=SHANGHAI)
BODY: dict[str, Any] = {
    "suggestion": {
        "number": "临6-5-021",
        "title": "关于共同治理界河水环境的建议",
        "facts": "界河上游来水浑浊。",
        "analysis": "两地监测断面不一致。",
        "asks": ["统一监测断面", "联合执法"],
        "authors": ["文澜"],
        "publicity": "full",
        "registered_on": "2026-02-20",
    }
}


def neighbour(town: Town, kind: str = PartnerKind.CONGRESS) -> Partner:
    """The neighbour, trusted by the office."""
    return actions.add_partner(
        town.office,
        at=moment(),
        name=NEIGHBOUR.name,
        kind=kind,
        code=NEIGHBOUR.code,
        public_key=NEIGHBOUR.key,
    )


def heading(town: Town, **changes: Any) -> Heading:
    said = {
        "kind": "suggestion",
        "sender": NEIGHBOUR,
        "recipient": own_party(town.congress),
        "sequence": 1,
        "previous": "",
        "created_at": MADE,
    }
    return Heading(**(said | changes))


def brought(
    town: Town, body: Any = None, *, files: dict[str, bytes] | None = None, key: str = "", **changes: Any
) -> bytes:
    """A packet of the neighbour's."""
    members = {packets.BODY: json.dumps(body or BODY, ensure_ascii=False).encode(), **(files or {})}
    return packets.build(key or NEIGHBOUR_KEY, heading(town, **changes), members)


def changed(content: bytes, name: str, new: bytes, *, compression: int = zipfile.ZIP_STORED) -> bytes:
    """The same packet with one member exchanged, or one more."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(out, "w") as made:
        for entry in old.infolist():
            if entry.filename != name:
                made.writestr(entry, old.read(entry))
        made.writestr(name, new, compress_type=compression)
    return out.getvalue()


def manifest_of(content: bytes) -> dict[str, Any]:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        found: dict[str, Any] = json.loads(archive.read(packets.MANIFEST))
        return found


def resigned(content: bytes, **changes: Any) -> bytes:
    """The packet with another manifest, signed by the neighbour after all."""
    manifest = json.dumps(manifest_of(content) | changes, ensure_ascii=False).encode()
    signer = packets._private(NEIGHBOUR_KEY)
    signature = base64.b64encode(signer.sign(manifest))
    return changed(changed(content, packets.MANIFEST, manifest), packets.SIGNATURE, signature)
