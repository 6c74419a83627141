"""Knows how units, staff and deputies come in from a spreadsheet, row by row, with a verdict on each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from tibandu.base import sheets
from tibandu.base.flow import Refused
from tibandu.base.verdicts import IMPORTED, REFUSED, REPAIRED, UNCHANGED, Report, Verdict
from tibandu.base.words import plain_header, split_names
from tibandu.people import actions
from tibandu.people.enums import Function, Rank, System
from tibandu.people.models import Congress, Delegation, Group, Organ, Person, Post, Seat, Term, Unit
from tibandu.people.queries import Actor, units_by_name

UNIT_HEADERS = {
    "name": ("单位名称", "单位全称", "承办单位"),
    "short_name": ("简称", "单位简称"),
    "system": ("系统", "承办系统", "所属系统"),
    "function": ("职能", "类别"),
    "aliases": ("曾用名", "别名", "其他名称"),
    "order": ("序号", "排序"),
    "valid_from": ("设立日期", "成立日期"),
}
STAFF_HEADERS = {
    "name": ("姓名",),
    "unit": ("单位", "工作单位", "所在单位"),
    "title": ("职务", "岗位"),
    "rank": ("层级", "责任层级"),
    "phone": ("手机", "手机号", "联系电话", "电话"),
    "email": ("邮箱", "电子邮箱"),
    "since": ("到任日期", "任职日期"),
}
DEPUTY_HEADERS = {
    "name": ("姓名", "代表姓名"),
    "card_no": ("代表证号", "证号"),
    "delegation": ("代表团",),
    "group": ("代表小组", "小组"),
    "constituency": ("选区", "选举单位", "选区或选举单位"),
    "phone": ("手机", "手机号", "联系电话", "电话"),
    "email": ("邮箱", "电子邮箱"),
    "since": ("当选日期",),
}
KINDS: dict[str, tuple[Mapping[str, tuple[str, ...]], frozenset[str]]] = {
    "units": (UNIT_HEADERS, frozenset({"name"})),
    "staff": (STAFF_HEADERS, frozenset({"name", "unit", "title"})),
    "deputies": (DEPUTY_HEADERS, frozenset({"name", "card_no"})),
}
RANK_WORDS = (
    (Rank.PRINCIPAL, ("主要负责人", "局长", "主任", "书记", "县长", "区长", "市长", "院长", "检察长")),
    (Rank.DEPUTY_HEAD, ("分管负责人",)),
    (Rank.SECTION, ("科室负责人", "科长", "股长")),
)


@dataclass(frozen=True)
class Rolls:
    """A file whose header was found: its kind, which column is which, and its rows."""

    kind: str
    headers: tuple[str, ...]
    places: Mapping[str, int]
    rows: list[tuple[int, list[str]]]

    def named(self, cells: list[str]) -> dict[str, str]:
        return {name: cells[place] for name, place in self.places.items()}


def read_rolls(file: IO[bytes], name: str) -> Rolls:
    """Reads a spreadsheet and tells by its header what it lists; raises SheetProblem with a sentence."""
    rows = sheets.read_rows(file, name).rows
    known = {word for headers, _needed in KINDS.values() for words in headers.values() for word in words}
    at = sheets.find_header(rows, known)
    if at is None:
        raise sheets.SheetProblem(
            _("找不到表头。第一行应写明姓名、代表证号，或姓名、单位、职务，或单位名称。")
        )
    headers = sheets.header_names(rows, at)
    for kind in ("deputies", "staff", "units"):
        words, needed = KINDS[kind]
        places = _places(headers, words)
        if needed <= set(places):
            return Rolls(kind, tuple(headers), places, sheets.body(rows, at))
    raise sheets.SheetProblem(
        _("表头不全。代表名册要有姓名、代表证号；人员名册要有姓名、单位、职务；单位名册要有单位名称。")
    )


def _places(headers: list[str], words: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    plain = [plain_header(header) for header in headers]
    return {
        name: plain.index(word)
        for name, spellings in words.items()
        if (word := next((spelling for spelling in spellings if spelling in plain), None))
    }


class _DryRun(Exception):
    """Undoes what a preview did."""


def import_rolls(actor: Actor, congress: Congress, rolls: Rolls, *, at: datetime, keep: bool) -> Report:
    """Imports each row by the same actions as the pages; without `keep`, everything is undone and only told.

    A second import of the same file changes nothing.
    """
    report = Report(rolls.headers)
    try:
        with transaction.atomic():
            taker = _TAKERS[rolls.kind](actor, congress, at)
            for number, cells in rolls.rows:
                report.verdicts.append(_take(taker, rolls, number, cells))
            if not keep:
                raise _DryRun
    except _DryRun:
        pass
    return report


def _take(taker: "_Taker", rolls: Rolls, number: int, cells: list[str]) -> Verdict:
    given = {name: value for name, value in rolls.named(cells).items() if value}
    what = given.get("name", "")
    if missing := sorted(KINDS[rolls.kind][1] - set(given)):
        words = "、".join(rolls.headers[rolls.places[name]] for name in missing)
        return Verdict(number, what, REFUSED, _("缺少%(words)s") % {"words": words}, tuple(cells))
    try:
        with transaction.atomic():
            outcome, reason = taker.take(given, number)
    except Refused as refusal:
        outcome, reason = REFUSED, str(refusal)
    return Verdict(number, what, outcome, reason, tuple(cells))


class _Taker:
    """Takes rows of one kind into one congress."""

    def __init__(self, actor: Actor, congress: Congress, at: datetime) -> None:
        self.actor, self.congress, self.at = actor, congress, at
        self.today = localdate(at)

    def take(self, given: dict[str, str], number: int) -> tuple[str, str]:
        raise NotImplementedError

    def day(self, text: str | None) -> date:
        if not text:
            return self.today
        plain = (
            text.replace("年", "-").replace("月", "-").replace("日", "").replace("/", "-").replace(".", "-")
        )
        try:
            year, month, day = (int(part) for part in plain.strip().split("-"))
            return date(year, month, day)
        except ValueError as problem:
            raise Refused(_("日期“%(text)s”认不出，应如 2026-03-01。") % {"text": text}) from problem

    def addresses(self, person: Person, given: dict[str, str]) -> bool:
        """Brings phone and mail up to date; whether anything changed."""
        phone, email = given.get("phone", person.phone), given.get("email", person.email)
        if (phone, email) == (person.phone, person.email):
            return False
        actions.change_person(self.actor, person, name=person.name, phone=phone, email=email, at=self.at)
        return True

    def person(self, given: dict[str, str], sort_key: str) -> tuple[Person, bool]:
        """The person of this name and phone whom the rolls know, or a new one; whether it was known."""
        phone = given.get("phone", "")
        known = (
            Person.objects.filter(name=given["name"], phone=phone).order_by("pk").first() if phone else None
        )
        if known:
            return known, True
        words = {"name": given["name"], "phone": phone, "email": given.get("email", "")}
        return actions.add_person(self.actor, self.congress, **words, sort_key=sort_key, at=self.at), False


class _Units(_Taker):
    def __init__(self, actor: Actor, congress: Congress, at: datetime) -> None:
        super().__init__(actor, congress, at)
        self.organs = {organ.system: organ for organ in Organ.objects.filter(congress=congress)}
        self.known = units_by_name(congress.pk)

    def take(self, given: dict[str, str], number: int) -> tuple[str, str]:
        aliases = split_names(given.get("aliases", ""))
        if known := self.known.get(given["name"]):
            new = actions.add_aliases(known, aliases)
            words = _("补充别名：%(names)s") % {"names": "、".join(new)}
            return (REPAIRED, words) if new else (UNCHANGED, _("已有此单位"))
        system, guessed = self._system(given.get("system", ""))
        unit = actions.add_unit(
            self.actor,
            self.organs[system],
            name=given["name"],
            short_name=given.get("short_name", ""),
            function=_word(Function, given.get("function", "")) or Function.HANDLING,
            order=int(given["order"]) if given.get("order", "").isdigit() else 100,
            valid_from=self.day(given["valid_from"]) if "valid_from" in given else None,
            aliases=aliases,
            at=self.at,
        )
        self.known.update({name: unit for name in (unit.name, unit.short_name, *aliases)})
        return (REPAIRED, guessed) if guessed else (IMPORTED, "")

    def _system(self, text: str) -> tuple[System, str]:
        system = _word(System, text) or (System.GOVERNMENT if not text else None)
        if system is None or system not in self.organs:
            raise Refused(_("本级没有“%(text)s”。") % {"text": text or System.GOVERNMENT.label})
        return system, "" if text else _("未写系统，按政府系统登记")


class _Staff(_Taker):
    def __init__(self, actor: Actor, congress: Congress, at: datetime) -> None:
        super().__init__(actor, congress, at)
        self.known = units_by_name(congress.pk)

    def take(self, given: dict[str, str], number: int) -> tuple[str, str]:
        unit = self.known.get(given["unit"])
        if unit is None:
            raise Refused(_("没有叫“%(name)s”的单位。") % {"name": given["unit"]})
        repairs = (
            []
            if given["unit"] in (unit.name, unit.short_name)
            else [_("按别名认作%(unit)s") % {"unit": unit}]
        )
        post = self._post(unit, given, repairs)
        held = (
            post.appointments.filter(person__name=given["name"], until=None).select_related("person").first()
        )
        if held:
            changed = self.addresses(held.person, given)
            return (REPAIRED, _("更新联系方式")) if changed else (UNCHANGED, _("已任此职"))
        person, is_known = self.person(given, "")
        if is_known:
            repairs.append(_("按姓名和手机认作已登记的人"))
        actions.appoint(self.actor, post, person=person, since=self.day(given.get("since")), at=self.at)
        return (REPAIRED, "；".join(repairs)) if repairs else (IMPORTED, "")

    def _post(self, unit: Unit, given: dict[str, str], repairs: list[str]) -> Post:
        if post := unit.posts.filter(title=given["title"]).first():
            return post
        rank = _word(Rank, given.get("rank", ""))
        if rank is None:
            rank = rank_of(given["title"])
            repairs.append(_("未写层级，按职务定为%(rank)s") % {"rank": rank.label})
        return actions.add_post(self.actor, unit, title=given["title"], rank=rank, at=self.at)


class _Deputies(_Taker):
    def __init__(self, actor: Actor, congress: Congress, at: datetime) -> None:
        super().__init__(actor, congress, at)
        self.term = Term.objects.filter(congress=congress).order_by("-number").first()

    def take(self, given: dict[str, str], number: int) -> tuple[str, str]:
        if self.term is None:
            raise Refused(_("还没有登记届，先登记届再导入代表。"))
        seat = Seat.objects.filter(term=self.term, card_no=given["card_no"]).select_related("person").first()
        if seat:
            return self._again(seat, given)
        # The office's list stands in the order of strokes already; its order is kept.
        person, is_known = self.person(given, f"{number:05d}")
        actions.seat_deputy(
            self.actor,
            self.term,
            person=person,
            card_no=given["card_no"],
            since=self.day(given["since"]) if "since" in given else self.term.starts_on,
            delegation=self._delegation(given.get("delegation", "")),
            group=self._group(given.get("group", "")),
            constituency=given.get("constituency", ""),
            at=self.at,
        )
        return (REPAIRED, _("按姓名和手机认作已登记的人")) if is_known else (IMPORTED, "")

    def _again(self, seat: Seat, given: dict[str, str]) -> tuple[str, str]:
        if seat.person.name != given["name"]:
            raise Refused(
                _("代表证号%(card)s已登记为%(name)s。") % {"card": seat.card_no, "name": seat.person.name}
            )
        return (
            (REPAIRED, _("更新联系方式"))
            if self.addresses(seat.person, given)
            else (UNCHANGED, _("已有此代表"))
        )

    def _delegation(self, name: str) -> Delegation | None:
        assert self.term is not None
        found = self.term.delegations.filter(name=name).first() if name else None
        if found or not name:
            return found
        return actions.add_delegation(self.actor, self.term, name=name, at=self.at)

    def _group(self, name: str) -> Group | None:
        found = self.congress.groups.filter(name=name).first() if name else None
        if found or not name:
            return found
        return actions.add_group(self.actor, self.congress, name=name, at=self.at)


_TAKERS: dict[str, Callable[[Actor, Congress, datetime], _Taker]] = {
    "units": _Units,
    "staff": _Staff,
    "deputies": _Deputies,
}


def _word(words: Any, text: str) -> Any:
    """The word of a closed list that a cell means: by its label or the beginning of it."""
    return next(
        (word for word in words if text and (text == word.label or str(word.label).startswith(text))), None
    )


def rank_of(title: str) -> Rank:
    """The tier that a title speaks of, when the list does not say."""
    if "副" in title:
        return Rank.DEPUTY_HEAD
    for rank, words in RANK_WORDS:
        if any(title.endswith(word) for word in words):
            return rank
    return Rank.OFFICER
