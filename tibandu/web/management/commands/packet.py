"""Carries packets from the command line, for gateways and machines that are not on the network."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from tibandu.base.packets import fingerprint
from tibandu.base.refusals import NotYourStep, Refused
from tibandu.oversight import actions
from tibandu.oversight.enums import PacketKind
from tibandu.oversight.queries import packets as queries
from tibandu.oversight.queries.referrals import papers_visible_to, referable, referrals_visible_to
from tibandu.people.models import Congress
from tibandu.people.queries import Actor, congress_by_slug


class Command(BaseCommand):
    help = "收发建议数据包：keys 看公钥，export 制作，import 查看或接收，receipt 取回执 · exchange signed packets"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("deed", choices=("keys", "export", "import", "receipt"))
        parser.add_argument("file", nargs="?", type=Path, help="数据包文件 · the packet's file")
        parser.add_argument("--congress", required=True, help="本级人大的代码 · our congress (slug)")
        parser.add_argument("--partner", type=int, help="交换对象编号 · the partner's id")
        parser.add_argument("--kind", choices=PacketKind.values, default=PacketKind.SUGGESTION)
        parser.add_argument("--number", default="", help="建议编号 · the suggestion's number")
        parser.add_argument("--referral", type=int, help="衔接编号 · the referral's id")
        parser.add_argument("--paper", type=int, help="检察文书编号 · the paper's id")
        parser.add_argument("--words", default="", help="结果说明 · words of a result")
        parser.add_argument("--digest", default="", help="所回执的数据包摘要 · digest of the packet taken")
        parser.add_argument("--take", action="store_true", help="接收，不只是查看 · take it, not only look")

    def handle(self, *args: Any, **options: Any) -> None:
        congress = congress_by_slug(options["congress"])
        if congress is None:
            raise CommandError("没有这个代码的人大 · no congress has this code")
        deed = options["deed"]
        if deed != "keys" and options["file"] is None:
            raise CommandError("请写明文件 · name the file")
        try:
            getattr(self, f"_{deed}")(congress, actions.hand_of(congress), options)
        except (Refused, NotYourStep) as refusal:
            raise CommandError(str(refusal)) from refusal

    def _keys(self, congress: Congress, actor: Actor, options: dict[str, Any]) -> None:
        us = queries.own_party(congress)
        self.stdout.write(
            f"{us.name}\n  代码 code: {us.code}\n  公钥 key: {us.key}\n  指纹: {fingerprint(us.key)}"
        )
        for row in queries.partners_visible_to(actor).filter(congress=congress):
            state = row.get_state_display()
            self.stdout.write(f"{row.pk}. {row.name} ({row.code}) {state}: {fingerprint(row.public_key)}")

    def _export(self, congress: Congress, actor: Actor, options: dict[str, Any]) -> None:
        partner = queries.partners_visible_to(actor).filter(congress=congress, pk=options["partner"]).first()
        if partner is None:
            raise CommandError("没有这个交换对象 · no such partner")
        rows = {
            "suggestion": referable(actor).filter(number_text=options["number"] or None).first(),
            "referral": referrals_visible_to(actor).filter(pk=options["referral"]).first(),
            "paper": papers_visible_to(actor).filter(pk=options["paper"]).first(),
        }
        made = actions.send_packet(
            actor, partner, at=timezone.now(), kind=options["kind"], words=options["words"], **rows
        )
        self._write(made, options["file"])

    def _import(self, congress: Congress, actor: Actor, options: dict[str, Any]) -> None:
        content = options["file"].read_bytes()
        partner, packet, body = actions.look_at(actor, content)
        kind = queries.kind_label(packet.heading.kind)
        self.stdout.write(f"{partner.name} · {kind} · 第 {packet.heading.sequence} 号 · {packet.digest}")
        for name, text in queries.lines_of(body.model_dump(mode="json")):
            self.stdout.write(f"  {name}: {text}")
        if options["take"]:
            taken = actions.take_packet(actor, content, at=timezone.now())
            self.stdout.write(f"已接收 taken: {taken.title}")

    def _receipt(self, congress: Congress, actor: Actor, options: dict[str, Any]) -> None:
        made = queries.receipt_of(congress.pk, options["digest"])
        if made is None:
            raise CommandError("没有接收过这个数据包 · no packet with this digest was taken")
        self._write(made, options["file"])

    def _write(self, packet: Any, path: Path) -> None:
        path.write_bytes(queries.bytes_of(packet))
        self.stdout.write(f"{packet.title} · 第 {packet.sequence} 号 · {packet.digest}")
