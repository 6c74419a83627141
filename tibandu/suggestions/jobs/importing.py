"""Knows how a table of suggestions is read, judged row by row, and written: preview and import judge alike."""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import IO, Any

from django.db import DataError, IntegrityError, transaction
from django.utils.timezone import localdate, make_aware
from django.utils.translation import gettext as _

from tibandu.base import numbering, sheets
from tibandu.base.verdicts import IMPORTED, OUTCOMES, REFUSED, REPAIRED, UNCHANGED, Report, Verdict
from tibandu.people.models import Congress, Session, Unit
from tibandu.people.queries import Actor, units_by_name
from tibandu.regulations.enums import SeriesKind
from tibandu.regulations.models import Version
from tibandu.regulations.queries import Measure, measure_of, working_days
from tibandu.suggestions import actions
from tibandu.suggestions.actions.importing import Answer, Row
from tibandu.suggestions.enums import ON_FILE, Nature, Origin, Role, State
from tibandu.suggestions.models import ImportRun
from tibandu.suggestions.queries import importing as lookups
from tibandu.suggestions.rules.summary_sheet import (
    Reading,
    known_headers,
    places_of,
    read_row,
    said,
    scheme_of,
    sequence_of,
    spellings,
)

CHUNK = 100  # rows a transaction: what went wrong in one chunk leaves the others


@dataclass(frozen=True)
class Shelf:
    """Where a table's suggestions go: into a session, or into a historical collection."""

    congress: Congress
    session: Session | None = None
    collection: str = ""

    @property
    def code(self) -> str:
        return f"session:{self.session.pk}" if self.session else f"collection:{self.collection}"


@dataclass(frozen=True)
class Table:
    """A file whose header was found: its columns, what they mean, and its rows."""

    headers: tuple[str, ...]
    places: Mapping[str, int]
    rows: Sequence[tuple[int, list[str]]]

    @property
    def unknown(self) -> list[str]:
        """The columns that mean nothing so far; they are kept with each case, but fill no field."""
        used = set(self.places.values())
        return [header for place, header in enumerate(self.headers) if header and place not in used]

    def named(self, cells: Sequence[str]) -> dict[str, str]:
        return {name: cells[place] for name, place in self.places.items()}

    def kept(self, cells: Sequence[str]) -> dict[str, str]:
        """The row as it came, for the case to keep."""
        return {
            header or str(place + 1): cell
            for place, (header, cell) in enumerate(zip(self.headers, cells, strict=True))
            if cell
        }


def read_table(file: IO[bytes], name: str, mapping: Mapping[str, str] | None = None) -> Table:
    """Finds the header, with what the user says about its columns; raises SheetProblem with a sentence.

    Where no header is known at all, the first row of several cells is taken for it, so that it can be mapped.
    """
    mapped = dict(mapping or {})
    rows = sheets.read_rows(file, name).rows
    at = sheets.find_header(rows, known_headers() | set(mapped))
    if at is None:
        at = next((place for place, row in enumerate(rows) if sum(map(bool, row)) > 1), None)
    if at is None:
        raise sheets.SheetProblem(_("找不到表头，至少要有“标题”一列。"))
    headers = sheets.header_names(rows, at)
    return Table(tuple(headers), places_of(headers, mapped), sheets.body(rows, at))


@dataclass
class Judged:
    """Every row with its verdict, and those that can be written made ready, by their place in the report."""

    report: Report
    ready: dict[int, Row] = field(default_factory=dict)


def judge(table: Table, shelf: Shelf, *, at: datetime, run: ImportRun | None = None) -> Judged:
    """What would become of each row; writes nothing. Rows of `run` itself are judged as if they had not come in."""
    if "title" not in table.places:
        raise sheets.SheetProblem(_("没有一列是标题，请指定哪一列是标题。"))
    judged = Judged(Report(table.headers))
    judge_ = _Judge(table, shelf, at, run)
    for number, cells in table.rows:
        verdict, row = judge_.row(number, cells)
        if row:
            judged.ready[len(judged.report.verdicts)] = row
        judged.report.verdicts.append(verdict)
    _set_known_aside(judged, run)
    return judged


def _set_known_aside(judged: Judged, run: ImportRun | None) -> None:
    """What came in before, or stands twice in the file, changes nothing."""
    known = lookups.keys_known((row.key for row in judged.ready.values()), without=run)
    first: dict[str, int] = {}
    for place, row in list(judged.ready.items()):
        double = first.setdefault(row.key, row.row)
        if row.key in known:
            _overrule(judged, place, UNCHANGED, _("已经导入过"))
        elif double != row.row:
            _overrule(judged, place, UNCHANGED, _("与第%(n)s行相同") % {"n": double})
    taken: dict[int, int] = {}
    for place, row in list(judged.ready.items()):
        number = row.columns.get("number")
        if number is not None and taken.setdefault(number, row.row) != row.row:
            words = {"number": row.columns["number_text"], "n": taken[number]}
            _overrule(judged, place, REFUSED, _("编号%(number)s与第%(n)s行相同") % words)


def _overrule(judged: Judged, place: int, outcome: str, reason: str) -> None:
    judged.ready.pop(place, None)
    judged.report.verdicts[place] = replace(judged.report.verdicts[place], outcome=outcome, reason=reason)


def carry_out(
    actor: Actor,
    run: ImportRun,
    judged: Judged,
    *,
    at: datetime,
    progress: Callable[[int], object] = lambda done: None,
) -> Report:
    """Writes what is ready, chunk by chunk, each chunk whole; a second import of the same file changes nothing."""
    actions.check_importer(actor, run.congress)
    places = sorted(judged.ready)
    for start in range(0, len(places), CHUNK):
        chunk = places[start : start + CHUNK]
        with transaction.atomic():
            Congress.objects.select_for_update().get(pk=run.congress_id)
            known = lookups.keys_known(judged.ready[place].key for place in chunk)
            for place in [place for place in chunk if judged.ready[place].key in known]:
                _overrule(judged, place, UNCHANGED, _("已经导入过"))
            _write(actor, run, judged, [place for place in chunk if place in judged.ready], at)
        progress(len(chunk))
    counts = judged.report.counts
    actions.finish_import(actor, run, at=at, counts={name: counts[name] for name in OUTCOMES})
    return judged.report


def _write(actor: Actor, run: ImportRun, judged: Judged, places: list[int], at: datetime) -> None:
    """All at once; where the database refuses one of them, half and half, until that one is found and named."""
    if not places:
        return
    try:
        actions.import_rows(actor, run, at=at, rows=[judged.ready[place] for place in places])
    except (IntegrityError, DataError):
        if len(places) == 1:
            _overrule(judged, places[0], REFUSED, _("与已有的登记冲突，没有写入"))
            return
        middle = len(places) // 2
        _write(actor, run, judged, places[:middle], at)
        _write(actor, run, judged, places[middle:], at)


class _Judge:
    """Reads rows for one shelf: what names mean on the rolls, what categories in the measure, which numbers are free."""

    def __init__(self, table: Table, shelf: Shelf, at: datetime, run: ImportRun | None) -> None:
        self.table, self.shelf, self.at, self.today = table, shelf, at, localdate(at)
        congress = shelf.congress.pk
        self.units = units_by_name(congress)
        self.seats = lookups.seats_by_name(congress)
        self.delegations = lookups.delegations_by_name(congress)
        self.subjects = lookups.subjects_by_name(congress)
        self.taken = lookups.numbers_taken(shelf.session, without=run)
        self.versions: dict[date, Version] = {}
        self.measures: dict[int, Measure] = {}
        self.days_worked = working_days()

    def row(self, number: int, cells: list[str]) -> tuple[Verdict, Row | None]:
        given = self.table.named(cells)
        reading = read_row(given, self.today)
        what = reading.title or said(given.get("number", ""))
        made = None if reading.refusal else _Maker(self, reading, number, cells).made()
        if reading.refusal or made is None:
            return Verdict(number, what, REFUSED, reading.refusal, tuple(cells)), None
        outcome = REPAIRED if reading.repairs else IMPORTED
        reason = "；".join(dict.fromkeys([*reading.repairs, *reading.gaps]))
        return Verdict(number, what, outcome, reason, tuple(cells)), made

    def version(self, day: date) -> Version:
        if day not in self.versions:
            found = lookups.measure_at(self.shelf.congress.pk, day, self.today)
            if found is None:
                raise sheets.SheetProblem(_("本级人大还没有现行有效的处理办法，暂时不能导入。"))
            self.versions[day] = next((v for v in self.versions.values() if v.pk == found.pk), found)
        return self.versions[day]

    def measure(self, version: Version) -> Measure:
        if version.pk not in self.measures:
            self.measures[version.pk] = measure_of(version)
        return self.measures[version.pk]


class _Maker:
    """Makes one reading ready to be written; what it cannot place becomes a repair of the reading, or its refusal."""

    def __init__(self, judge: _Judge, reading: Reading, number: int, cells: list[str]) -> None:
        self.judge, self.reading, self.number, self.cells = judge, reading, number, cells
        self.shelf, self.given = judge.shelf, judge.table.named(cells)
        self.version = judge.version(reading.happened_on or judge.today)
        self.measure = judge.measure(self.version)
        self.is_ours = self._is_ours(judge.table)

    def _is_ours(self, table: Table) -> bool:
        """Whether names mean our units and deputies: in a collection of many places the bureau of another is not ours."""
        ours, place = self.shelf.congress.short_name, self.reading.place
        if not place:
            return self.shelf.session is not None or "place" not in table.places
        return ours in place or place in ours

    def made(self) -> Row | None:
        sequence = self.sequence()
        if self.reading.refusal:
            return None
        shares = self.shares()
        category = self.category()
        state = self.state(bool(shares))
        days, given = self.reading.days, self.given
        is_on_file = state in ON_FILE
        answered = days.get("answered") or days.get("closed")
        assigned = self.assigned_on()
        answer = Answer(
            answered or assigned, category, said(given.get("answer", "")), said(given.get("doc_no", ""))[:40]
        )
        due = self.due(assigned, answer.on if state == State.CLOSED else None)
        return Row(
            row=self.number,
            key=self.key(),
            cells=self.judge.table.kept(self.cells),
            columns=self.text(sequence) | self.columns(state, shares, assigned, due),
            authors=self.authors(),
            asks=[text for text in [said(given.get("asks", ""))] if text],
            shares=shares if is_on_file else (),
            assigned_on=assigned,
            due_on=due,
            due_is_provisional="due" not in days,
            answer=answer if state == State.CLOSED else None,
            category_id=category,
            happened_at=self.moment(self.reading.happened_on),
            facts=self.facts(),
        )

    def columns(
        self, state: str, shares: Sequence[tuple[Unit, Role]], assigned: date, due: date
    ) -> dict[str, Any]:
        """The columns that follow from where it stands; what nobody on our rolls handles has no clock."""
        days, session, is_on_file = self.reading.days, self.shelf.session, state in ON_FILE
        submitted = days.get("submitted") or days.get("registered") or self.reading.happened_on
        registered = (
            days.get("registered") or days.get("submitted") or (session.closes_on if session else None)
        )
        has_clock = is_on_file and bool(shares)
        is_placed = has_clock and len(shares) == len(self.reading.units.named)
        return {
            "state": state,
            "external_units": "" if is_placed else self.reading.units.words,
            "submitted_at": self.moment(submitted) or (self.judge.at if state == State.SUBMITTED else None),
            "registered_on": registered if is_on_file else None,
            "assigned_on": assigned if has_clock else None,
            "due_on": due if has_clock and (state != State.CLOSED or "due" in days) else None,
            "closed_on": (days.get("closed") or days.get("answered")) if state == State.CLOSED else None,
        }

    def text(self, sequence: int | None) -> dict[str, Any]:
        """The columns that say what it is, as the table has them."""
        reading, session, subject = self.reading, self.shelf.session, self.subject()
        return {
            "title": reading.title,
            "facts": reading.facts,
            "nature": reading.nature,
            "origin": Origin.OTHER,
            "number": sequence,
            "number_text": reading.number,
            "external_no": "" if session else reading.number,
            "received_from": "" if session and self.is_ours else reading.received_from,
            "subject": subject,
            "committee": subject.committee if subject else None,
            "publicity": reading.publicity,
            "regulation": self.version,
        }

    def sequence(self) -> int | None:
        """The place in the session's series; a collection has none, for it holds the numbers of many places."""
        session, number = self.shelf.session, self.reading.number
        if session is None or not number or self.reading.nature == Nature.PROPOSAL or not self.is_ours:
            return None
        pattern = self.measure.patterns.get(SeriesKind.SESSION, "")
        parsed = numbering.parse(pattern, number) if pattern else None
        found = int(parsed["seq"]) if parsed else sequence_of(number, session.opens_on.year)
        if found is None:
            self.reading.repairs.append(
                _("编号“%(number)s”不在本次会议的系列里，按原文保留") % {"number": number}
            )
        elif found in self.judge.taken and self.judge.taken[found] != self.reading.title:
            words = {"number": number, "title": self.judge.taken[found]}
            self.reading.refusal = _("编号%(number)s已是《%(title)s》") % words
        return found

    def shares(self) -> list[tuple[Unit, Role]]:
        """The units of our rolls; none when nobody who answers is among them, for opinions need a lead."""
        if not self.is_ours:
            return []
        found: dict[int, tuple[Unit, Role]] = {}
        for name, role in self.reading.units.named:
            if unit := self.unit(name):
                found.setdefault(unit.pk, (unit, role))
        shares = list(found.values())
        return shares if any(role != Role.CO for _unit, role in shares) else []

    def unit(self, name: str) -> Unit | None:
        tried = spellings(name, self.shelf.congress.short_name)
        spelt = next((each for each in tried if each in self.judge.units), None)
        if spelt is None:
            words = _("没有叫“%(name)s”的单位，按原文保留") % {"name": name}
            self.reading.repairs.append(words)
            return None
        unit = self.judge.units[spelt]
        if name not in (unit.name, unit.short_name):
            self.reading.repairs.append(_("单位“%(name)s”认作%(unit)s") % {"name": name, "unit": unit})
        return unit

    def category(self) -> int | None:
        if not (text := said(self.given.get("category", ""))):
            return None
        scheme = scheme_of(self.measure.categories)
        pk, is_plain = scheme.match(text)
        if pk is None:
            self.reading.repairs.append(_("答复类别“%(text)s”不在办法的类别里，按原文保留") % {"text": text})
        elif not is_plain:
            code = next(code for key, code, _label in scheme.categories if key == pk)
            self.reading.repairs.append(_("答复类别“%(text)s”认作%(code)s") % {"text": text, "code": code})
        return pk

    def state(self, has_shares: bool) -> str:
        """What is past is closed; in a session what has no answer yet goes on from where it stands."""
        said_state = self.reading.state
        if said_state in (State.NOT_ACCEPTED, State.WITHDRAWN):
            return said_state
        told = ("category", "answer", "doc_no")
        is_answered = bool({"answered", "closed"} & set(self.reading.days)) or any(
            said(self.given.get(name, "")) for name in told
        )
        if not self.shelf.session or said_state == State.CLOSED or (is_answered and not said_state):
            return State.CLOSED
        if has_shares:
            return State.ASSIGNED
        return State.REGISTERED if self.reading.number else State.SUBMITTED

    def assigned_on(self) -> date:
        """The day of the assignment, or the nearest day that the table knows."""
        days, session = self.reading.days, self.shelf.session
        known = (days.get(name) for name in ("assigned", "registered", "submitted", "answered", "closed"))
        nearest = next((day for day in known if day), None) or (session.closes_on if session else None)
        if nearest is None and self.reading.year:
            nearest = date(self.reading.year, 12, 31)
        return min(nearest or self.judge.today, self.judge.today)

    def due(self, assigned: date, answered: date | None) -> date:
        """The day in the table; else nothing is said of lateness that is past, and for what goes on the measure's day."""
        if day := self.reading.days.get("due"):
            return max(day, assigned)
        if answered:
            return max(answered, assigned)
        return self.measure.due_on("reply", assigned, self.judge.days_worked) or assigned

    def subject(self) -> Any:
        text = said(self.given.get("subject", ""))
        found = self.judge.subjects.get(text) if text else None
        if text and found is None:
            self.reading.repairs.append(_("没有“%(text)s”这个分类，按原文保留") % {"text": text})
        return found

    def authors(self) -> list[dict[str, Any]]:
        """Those who stand behind it; a seat or delegation of ours where only one can be meant."""
        found: list[dict[str, Any]] = []
        for name in self.reading.authors:
            known = self.on_rolls(name)
            if not any(known and row.items() >= known.items() for row in found):
                found.append({"name": name, **known})
        return found

    def on_rolls(self, name: str) -> dict[str, Any]:
        if not self.is_ours or self.reading.nature == Nature.PROPOSAL:
            return {}
        if delegations := self._of_term(self.judge.delegations.get(name, [])):
            return {"delegation": delegations[0]}
        seats = self._of_term(self.judge.seats.get(name, []))
        if len(seats) > 1:
            self.reading.repairs.append(_("叫%(name)s的代表不止一位，只登记姓名") % {"name": name})
        return {"seat": seats[0]} if len(seats) == 1 else {}

    def _of_term(self, rows: list[Any]) -> list[Any]:
        """Those of the term in which the suggestion was made, where that is known."""
        if self.shelf.session:
            return [row for row in rows if row.term_id == self.shelf.session.term_id]
        day = self.reading.happened_on
        return [row for row in rows if row.term.starts_on <= day <= row.term.ends_on] if day else rows

    def moment(self, day: date | None) -> datetime | None:
        """Noon of a day that the table gives, or the present moment when that is earlier."""
        return min(make_aware(datetime.combine(day, time(12))), self.judge.at) if day else None

    def facts(self) -> dict[str, str]:
        """What the timeline says of it."""
        facts = {
            "编号": self.reading.number,
            "性质": str(Nature(self.reading.nature).label),
            "来自": self.reading.received_from,
            "承办单位": self.reading.units.words,
            "答复类别": said(self.given.get("category", "")),
            "满意度": said(self.given.get("grade", "")),
        }
        return {label: text for label, text in facts.items() if text}

    def key(self) -> str:
        """By this a row is known again: where it goes, number, nature, title, place and meeting."""
        reading = self.reading
        parts = [str(self.shelf.congress.pk), self.shelf.code, reading.number, reading.nature]
        parts += [self.given["title"], reading.place, reading.when]
        plain = (re.sub(r"\s+", "", part) for part in parts)
        return hashlib.sha256("\x1f".join(plain).encode()).hexdigest()


def import_table(
    actor: Actor,
    run: ImportRun,
    table: Table,
    *,
    at: datetime,
    progress: Callable[[int], object] = lambda done: None,
) -> Report:
    """Judges and writes the rows of a run in one go."""
    shelf = Shelf(run.congress, run.session, run.collection)
    return carry_out(actor, run, judge(table, shelf, at=at, run=run), at=at, progress=progress)
