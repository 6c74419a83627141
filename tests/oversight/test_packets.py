"""Knows that a packet is taken whole, once, and from whom it says; and what each unsound one is told."""

import base64
import hashlib
import io
import json
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse
from pypdf import PdfReader

from tests import cases
from tests.oversight import packets_cases as p
from tests.oversight import referrals_cases as c
from tests.races import at_once, town_to_share
from tests.town import Town, moment
from tibandu.base import packets
from tibandu.base.flow import NotYourStep, Refused
from tibandu.base.journal import verify
from tibandu.oversight import actions
from tibandu.oversight.enums import Direction, PacketState, ReferralState
from tibandu.oversight.models import Enclosure, Packet, Referral
from tibandu.oversight.queries import packets as queries
from tibandu.oversight.queries.letters import travelling_replies
from tibandu.people.models import Message
from tibandu.suggestions.models import Suggestion

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = Path(__file__).parent / "data" / "packet.b64"
GOLDEN_RESULT = Path(__file__).parent / "data" / "result.b64"


@pytest.fixture(autouse=True)
def _our_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIBANDU_PACKET_KEY", p.OUR_KEY)


def test_the_same_words_give_the_same_bytes() -> None:
    us = packets.Party(packets.public_key(p.OUR_KEY), "xinglan", "兴澜市人民代表大会")
    heading = packets.Heading("suggestion", p.NEIGHBOUR, us, 1, "", p.MADE)
    members = {packets.BODY: json.dumps(p.BODY, ensure_ascii=False).encode(), "files/1.txt": "附件".encode()}
    made = packets.build(p.NEIGHBOUR_KEY, heading, members)
    assert base64.b64encode(made).decode() == GOLDEN.read_text().replace("\n", "")
    read = packets.read(made)
    assert (read.heading, dict(read.members), read.body) == (heading, members, p.BODY)


def test_a_result_with_a_letter_gives_the_same_bytes() -> None:
    us = packets.Party(packets.public_key(p.OUR_KEY), "xinglan", "兴澜市人民代表大会")
    heading = packets.Heading("result", p.NEIGHBOUR, us, 2, "0" * 64, p.MADE)
    reply = {"unit": "临江市水利局", "number": "", "sent_on": None, "category": "", "letter": letter_said()}
    said = {"about": "1" * 64, "state": "办结", "words": "", "replies": [reply]}
    body = queries.BODIES["result"].model_validate(said)
    members = queries.members_of(body, (), [("files/letter.pdf", letter_said()["name"], LETTER)])
    made = packets.build(p.NEIGHBOUR_KEY, heading, members)
    assert base64.b64encode(made).decode() == GOLDEN_RESULT.read_text().replace("\n", "")
    assert packets.read(made).body == said
    assert "临江市水利局 兴人代函〔2026〕3号.pdf" in members[packets.LEDGER].decode()


def test_the_schema_in_the_documents_is_that_of_the_code() -> None:
    written = json.loads((ROOT / "docs" / "packet.schema.json").read_text("utf-8"))
    assert written == json.loads(json.dumps(queries.schema()))


def test_the_private_key_is_made_once_and_read_by_nobody_else(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TIBANDU_PACKET_KEY")
    settings.DATA_DIR = tmp_path
    first = queries.private_key()
    assert (queries.private_key(), stat.S_IMODE((tmp_path / queries.KEY_FILE).stat().st_mode)) == (
        first,
        0o600,
    )


def test_a_suggestion_is_put_on_file_once_and_receipted(town: Town) -> None:
    partner = p.neighbour(town)
    content = p.brought(town)
    taken = actions.take_packet(town.office, content, at=moment())
    made = taken.suggestion
    assert made is not None
    assert (made.state, made.external_no, made.received_from) == ("registered", "临6-5-021", p.NEIGHBOUR.name)
    assert [ask.text for ask in made.asks.all()] == ["统一监测断面", "联合执法"]
    with pytest.raises(Refused, match="已经接收过"):
        actions.take_packet(town.office, content, at=moment())
    receipt = partner.packets.get(direction=Direction.OUT)
    body = packets.read(queries.bytes_of(receipt)).body
    assert (body["about"], body["number"]) == (taken.digest, made.number_text)
    assert Suggestion.objects.filter(external_no="临6-5-021").count() == 1
    assert list(verify()) == []


def test_what_the_hotline_sends_waits_for_screening(town: Town) -> None:
    p.neighbour(town, "hotline")
    taken = actions.take_packet(town.office, p.brought(town), at=moment())
    assert taken.suggestion is not None
    assert taken.suggestion.state == "submitted"


UNSOUND: dict[str, tuple[str, Callable[[Town, bytes], bytes]]] = {
    "not a packet": ("文件已经损坏", lambda town, content: b"hello"),
    "cut short": ("文件已经损坏", lambda town, content: content[:200]),
    "another manifest": ("签名不符", lambda town, content: p.changed(content, "manifest.json", _renamed(content))),
    "tampered member": ("成员“body.json”与清单不符", lambda town, content: p.changed(content, "body.json", b"{}")),
    "member too many": ("成员“extra.txt”与清单不符", lambda town, content: p.changed(content, "extra.txt", b"x")),
    "no signature": ("缺少清单或者签名", lambda town, content: p.changed(content, "signature", b"")),
    "wrong signature": ("签名不符", lambda town, content: p.brought(town, key=p.OUR_KEY)),
    "unknown sender": ("不在交换对象名单中", lambda town, content: _from_stranger(town)),
    "wrong recipient": ("不是给本级的", lambda town, content: p.brought(town, recipient=p.NEIGHBOUR)),
    "newer version": ("格式版本是 2", lambda town, content: p.resigned(content, version=2)),
    "unknown kind": ("还不认识", lambda town, content: p.brought(town, kind="telegram")),
    "compressed": (
        "压缩或者加密", lambda town, content: p.changed(content, "x.txt", b"0" * 200, compression=zipfile.ZIP_DEFLATED),
    ),
    "zip bomb": (
        "太多或者太大", lambda town, content: p.changed(content, "x.txt", b"0" * 10**6, compression=zipfile.ZIP_DEFLATED),
    ),
    "too many": ("太多或者太大", lambda town, content: _crowded(content)),
    "path name": ("不允许的成员名", lambda town, content: p.changed(content, "../../etc/passwd", b"x")),
    "half a body": ("正文不完整", lambda town, content: p.brought(town, {"suggestion": {"number": "1"}})),
    "no body": ("与清单不符|缺少正文|读不懂", lambda town, content: p.brought(town, ["x"])),
    "zero character": ("读不懂", lambda town, content: p.brought(town, {"suggestion": {"title": "\x00"}})),
    "no sequence": ("清单不完整", lambda town, content: p.resigned(content, sequence=0)),
    "bad file": ("不收“exe”", lambda town, content: _with_program(town)),
    "letter left out": ("files/letter.pdf”与清单不符", lambda town, content: _with_letter(town, None)),
    "letter exchanged": ("files/letter.pdf”与清单不符", lambda town, content: _with_letter(town, b"%PDF-1.7 other")),
    "letter no letter": ("内容与扩展名", lambda town, content: _with_letter(town, b"hello", sha256=hashlib.sha256(b"hello").hexdigest())),
}  # fmt: skip


def _crowded(content: bytes) -> bytes:
    out = io.BytesIO(content)
    with zipfile.ZipFile(out, "a") as archive:
        for number in range(packets.MOST_MEMBERS):
            archive.writestr(f"files/{number}.txt", b"")
    return out.getvalue()


def _renamed(content: bytes) -> bytes:
    return json.dumps(p.manifest_of(content) | {"sequence": 9}).encode()


def _from_stranger(town: Town) -> bytes:
    key = base64.b64encode(b"s" * 32).decode()
    return p.brought(town, key=key, sender=packets.Party(packets.public_key(key), "x", "不相识市"))


def _with_program(town: Town) -> bytes:
    body = p.BODY | {"files": [{"member": "files/1.exe", "name": "安装.exe"}]}
    return p.brought(town, body, files={"files/1.exe": b"MZ"})


LETTER = b"%PDF-1.7 a letter"


def letter_said(**changes: str) -> dict[str, str]:
    """A letter as a body names it."""
    said = {"member": "files/letter.pdf", "name": "兴人代函〔2026〕3号.pdf"}
    return said | {"sha256": hashlib.sha256(LETTER).hexdigest()} | changes


def _with_letter(town: Town, content: bytes | None, **changes: str) -> bytes:
    lead = {"referral": {"title": "线索", "reason": "受损"}, "letter": letter_said(**changes)}
    files = {"files/letter.pdf": content} if content is not None else {}
    return p.brought(town, lead, kind="referral", files=files)


def test_what_is_unsound_is_told_why_and_nothing_is_taken(town: Town) -> None:
    p.neighbour(town)
    sound = p.brought(town)
    for name, (sentence, spoil) in UNSOUND.items():
        with pytest.raises(Refused, match=sentence):
            pytest.fail(f"{name}: {actions.take_packet(town.office, spoil(town, sound), at=moment())}")
    assert (Packet.objects.count(), Suggestion.objects.count()) == (0, 0)


def test_a_packet_that_is_too_big_is_not_opened(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    p.neighbour(town)
    monkeypatch.setattr(packets, "MOST_BYTES", 100)
    with pytest.raises(PacketTooBig, match="超过"):
        packets.read(b"x" * 101)


PacketTooBig = packets.PacketProblem


def test_a_number_is_taken_once_and_the_chain_does_not_fork(town: Town) -> None:
    p.neighbour(town)
    first = actions.take_packet(town.office, p.brought(town), at=moment())
    with pytest.raises(Refused, match="内容却不同"):
        actions.take_packet(town.office, p.brought(town, created_at=moment()), at=moment())
    with pytest.raises(Refused, match="不衔接"):
        actions.take_packet(town.office, p.brought(town, sequence=2, previous="0" * 64), at=moment())
    late = p.brought(town, sequence=4, previous="1" * 64)
    assert actions.take_packet(town.office, late, at=moment()).sequence == 4
    second = p.brought(town, sequence=2, previous=first.digest)
    assert actions.take_packet(town.office, second, at=moment()).sequence == 2


def test_nothing_goes_to_or_comes_from_who_is_trusted_no_more(town: Town) -> None:
    partner = p.neighbour(town)
    actions.end_trust(town.office, partner, at=moment(), words="密钥更换。")
    with pytest.raises(Refused, match="已停止与"):
        actions.take_packet(town.office, p.brought(town), at=moment())
    actions.renew_trust(town.office, partner, at=moment())
    assert actions.take_packet(town.office, p.brought(town), at=moment()).state == PacketState.TAKEN
    with pytest.raises(Refused, match="已经在名单中"):
        p.neighbour(town)


def test_only_the_office_trusts_and_takes(town: Town) -> None:
    p.neighbour(town)
    for actor in (town.alice, town.housing_chief, town.member, town.foreign_office):
        with pytest.raises((NotYourStep, Refused)):
            actions.take_packet(actor, p.brought(town), at=moment())
    with pytest.raises(Refused, match="44 个字符"):
        actions.add_partner(
            town.office, at=moment(), name="某市", kind="congress", code="x", public_key="不是公钥"
        )


def test_a_sent_suggestion_is_numbered_chained_and_receipted(town: Town) -> None:
    partner = p.neighbour(town)
    suggestion = cases.registered(town)
    first = actions.send_packet(town.office, partner, at=moment(), kind="suggestion", suggestion=suggestion)
    second = actions.send_packet(town.office, partner, at=moment(), kind="suggestion", suggestion=suggestion)
    assert [first.sequence, second.sequence, second.previous] == [1, 2, first.digest]
    body = packets.read(queries.bytes_of(first)).body
    assert body["suggestion"]["authors"] == ["安立夏", "柏远"]
    receipt = {"about": first.digest, "number": "临收〔2026〕1号", "words": "已接收"}
    noted = actions.take_packet(town.office, p.brought(town, receipt, kind="receipt"), at=moment())
    first.refresh_from_db()
    assert (first.state, partner.packets.filter(kind="receipt", direction="out").count()) == (
        PacketState.RECEIPTED,
        0,
    )
    result = {"about": first.digest, "state": "办结", "words": "已联合治理。", "replies": []}
    content = p.brought(town, result, kind="result", sequence=2, previous=noted.digest)
    taken = actions.take_packet(town.office, content, at=moment())
    assert (taken.answers, taken.suggestion) == (first, suggestion)
    assert Message.objects.filter(unit=town.units["deputy_work"], title__contains="反馈结果").exists()
    for kind in ("receipt", "result"):
        stray = p.brought(town, result | {"about": "2" * 64}, kind=kind, sequence=9)
        with pytest.raises(Refused, match="不是由本级发出的"):
            actions.take_packet(town.office, stray, at=moment())


def test_a_masked_author_does_not_leave_the_house(town: Town) -> None:
    suggestion = cases.registered(town)
    Suggestion.objects.filter(pk=suggestion.pk).update(is_masked=True)
    suggestion.refresh_from_db()
    sent = actions.send_packet(
        town.office, p.neighbour(town), at=moment(), kind="suggestion", suggestion=suggestion
    )
    assert "安立夏".encode() not in queries.bytes_of(sent)


def test_a_lead_travels_and_its_papers_come_back(town: Town) -> None:
    partner = p.neighbour(town, "procuratorate")
    referral = c.passed(c.with_procuratorate(town))
    sent = actions.send_packet(town.office, partner, at=moment(), kind="referral", referral=referral)
    paper = {"kind": "filing", "number": "临检立〔2026〕1号", "issued_on": "2026-03-01", "title": "立案"}
    about = {"paper": paper, "about": sent.digest}
    taken = actions.take_packet(town.office, p.brought(town, about, kind="procuratorial_paper"), at=moment())
    referral.refresh_from_db()
    assert (referral.papers.get().number, referral.state) == ("临检立〔2026〕1号", ReferralState.PASSED)
    alone = {"paper": paper | {"title": "关于完善窨井盖管理"}}
    content = p.brought(town, alone, kind="procuratorial_paper", sequence=2, previous=taken.digest)
    taken = actions.take_packet(town.office, content, at=moment())
    assert taken.referral is not None
    assert taken.referral.state == ReferralState.RECEIVED
    lead = packets.read(queries.bytes_of(sent)).body | {"letter": None}
    content = p.brought(town, lead, kind="referral", sequence=3, previous=taken.digest)
    taken = actions.take_packet(town.office, content, at=moment())
    made = Referral.objects.get(pk=taken.referral_id)
    assert (made.state, made.suggestion, made.field) == (ReferralState.PASSED, None, referral.field)
    assert cases.TITLE in made.source_words
    actions.log_lead(town.prosecutor, made, at=moment(), case_no="兴检线〔2026〕8号")
    reported = actions.send_packet(
        town.prosecutor, partner, at=moment(), kind="result", referral=made, words="已登记。"
    )
    assert packets.read(queries.bytes_of(reported)).body["about"] == taken.digest


def test_the_letter_of_a_lead_goes_with_it_and_stands_beside_it_on_arrival(town: Town) -> None:
    partner = p.neighbour(town, "procuratorate")
    referral = c.passed(c.with_procuratorate(town))
    sent = packets.read(
        queries.bytes_of(
            actions.send_packet(town.office, partner, at=moment(), kind="referral", referral=referral)
        )
    )
    letter = sent.members["files/letter.pdf"]
    assert letter.startswith(b"%PDF-")
    assert sent.body["letter"] == {
        "member": "files/letter.pdf",
        "name": "兴人代函〔2026〕3号.pdf",
        "sha256": hashlib.sha256(letter).hexdigest(),
    }
    content = p.brought(town, sent.body, kind="referral", files={"files/letter.pdf": letter})
    taken = actions.take_packet(town.office, content, at=moment())
    kept = Enclosure.objects.get(noun="referral", object_id=taken.referral_id)
    assert (kept.name, kept.file.sha256) == ("兴人代函〔2026〕3号.pdf", sent.body["letter"]["sha256"])


def test_a_result_brings_the_letters_of_the_replies(town: Town) -> None:
    partner = p.neighbour(town)
    made = actions.take_packet(town.office, p.brought(town), at=moment()).suggestion
    assert made is not None
    replied = cases.replied(town, cosigners=())
    Packet.objects.filter(suggestion=made).update(suggestion=replied)
    Suggestion.objects.filter(pk=replied.pk).update(is_masked=True)
    replied.refresh_from_db()
    sent = actions.send_packet(town.office, partner, at=moment(), kind="result", suggestion=replied)
    read = packets.read(queries.bytes_of(sent))
    [reply] = read.body["replies"]
    assert read.members["files/letter-1.pdf"].startswith(b"%PDF-")
    assert reply["letter"]["sha256"] == hashlib.sha256(read.members["files/letter-1.pdf"]).hexdigest()
    assert next(iter(travelling_replies(replied)))[0].letter["salutation"] == "安立夏代表："
    letter = PdfReader(io.BytesIO(read.members["files/letter-1.pdf"])).pages[0].extract_text()
    assert ("提出建议的代表" in letter, "安立夏" in letter) == (True, False)
    assert "安立夏".encode() not in read.members["body.json"] + read.members["ledger.csv"]


def test_letters_that_come_with_a_result_are_kept_under_it(town: Town, hat: Callable[..., Any]) -> None:
    partner = p.neighbour(town)
    suggestion = cases.registered(town)
    sent = actions.send_packet(town.office, partner, at=moment(), kind="suggestion", suggestion=suggestion)
    reply = {"unit": "临江市水利局", "letter": letter_said()}
    result = {"about": sent.digest, "state": "办结", "replies": [reply]}
    content = p.brought(town, result, kind="result", files={"files/letter.pdf": LETTER})
    taken = actions.take_packet(town.office, content, at=moment())
    kept = Enclosure.objects.get(noun="packet", object_id=taken.pk)
    browser = hat(town.office)
    assert kept.name in browser.get(reverse("oversight:packets")).content.decode()
    answer = browser.get(reverse("oversight:enclosure", args=[kept.pk]))
    assert c.carried(answer) == LETTER


def test_more_letters_than_a_packet_holds_are_not_packed(town: Town) -> None:
    members = {f"files/letter-{n}.pdf": LETTER for n in range(packets.MOST_MEMBERS - 1)}
    with pytest.raises(packets.PacketProblem, match="装不下"):
        packets.build(p.OUR_KEY, p.heading(town), members)


def test_what_may_not_be_sent(town: Town) -> None:
    partner = p.neighbour(town)
    suggestion = cases.registered(town)
    send: Callable[..., Packet] = actions.send_packet
    for sentence, actor, said in (
        ("装哪一件", town.office, {"kind": "suggestion"}),
        ("没有可以反馈的对象", town.office, {"kind": "result", "suggestion": suggestion}),
        ("移送以后", town.office, {"kind": "referral", "referral": c.screened(town, suggestion)}),
        ("立案编号以后", town.office, {"kind": "suggestion", "suggestion": cases.submitted(town, by=town.chen, cosigners=())}),
    ):  # fmt: skip
        with pytest.raises(Refused, match=sentence):
            send(actor, partner, at=moment(), **said)
    for actor in (town.alice, town.housing_chief, town.member, town.foreign_office):
        with pytest.raises(NotYourStep):
            send(actor, partner, at=moment(), kind="suggestion", suggestion=suggestion)


def test_the_command_carries_packets(town: Town, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    partner = p.neighbour(town)
    path = tmp_path / "in.zip"
    path.write_bytes(p.brought(town))
    call_command("packet", "keys", congress="city")
    call_command("packet", "import", path, congress="city")
    assert Packet.objects.count() == 0
    call_command("packet", "import", path, congress="city", take=True)
    taken = Packet.objects.get(direction=Direction.IN)
    call_command("packet", "receipt", tmp_path / "receipt.zip", congress="city", digest=taken.digest)
    number = taken.suggestion.number_text if taken.suggestion else ""
    call_command("packet", "export", tmp_path / "out.zip", congress="city", partner=partner.pk, number=number)
    assert packets.read((tmp_path / "out.zip").read_bytes()).heading.sequence == 2
    assert "统一监测断面" in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
def test_two_clerks_take_one_packet_once(transactional_db: None, tmp_path: Path) -> None:
    with town_to_share(tmp_path) as town:
        p.neighbour(town)
        content = p.brought(town)
        clerks = (town.office, town.clerk)
        done = at_once(*(lambda a=actor: actions.take_packet(a, content, at=moment()) for actor in clerks))
        assert sorted(type(result).__name__ for result in done) == ["Packet", "Refused"]
        assert Packet.objects.filter(direction=Direction.IN).count() == 1
