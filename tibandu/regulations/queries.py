"""Knows which version holds on a day, what a version says, how matters are classed, and which days are worked."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum, Value

from tibandu.base.clock import WorkingDays
from tibandu.base.prepared import Prepared
from tibandu.people.enums import Competence, Function
from tibandu.people.models import Congress, Unit
from tibandu.people.queries import Actor, units_in_being
from tibandu.regulations.enums import DocumentKind, GroundKind, OptionKind, VersionState
from tibandu.regulations.models import (
    Article,
    CalendarDay,
    CalendarYear,
    Category,
    ContactStage,
    CopyRecipient,
    Dimension,
    Document,
    Grade,
    Ground,
    Limit,
    NumberPattern,
    Option,
    ReadReceipt,
    Setting,
    SubjectClass,
    Version,
)
from tibandu.regulations.models.measure import Row
from tibandu.regulations.rules import (
    CategoryRule,
    DimensionRule,
    GradeRule,
    LimitRule,
    Measure,
    StageRule,
    measure_from_json,
)

# The kinds of rows of a measure, in the order in which a page shows them.
KINDS: dict[str, type[Row]] = {
    "limits": Limit,
    "settings": Setting,
    "categories": Category,
    "grades": Grade,
    "dimensions": Dimension,
    "contact_stages": ContactStage,
    "grounds": Ground,
    "options": Option,
    "number_patterns": NumberPattern,
    "copy_recipients": CopyRecipient,
}


def measure_of(version: Version) -> Measure:
    """What a version of the measure says; a version in force answers from its frozen text without a query."""
    return measure_from_json(version.compiled) if version.compiled else compiled(version)


def compiled(version: Version) -> Measure:
    """The value of a version read from its rows: eight queries, so only for drafts and for freezing."""

    def article(row: object) -> str:
        return str(row.article or "")  # type: ignore[attr-defined]

    def flags(row: Category) -> tuple[bool, bool, bool, bool, bool]:
        demands = (row.needs_due_date, row.needs_reason, row.needs_upward_report)
        return (row.counts_as_resolved, row.opens_ledger, *demands)

    limits = version.limits.select_related("article")
    settings = list(version.settings.select_related("article"))
    return Measure(
        limits={row.code: LimitRule(row.amount, row.unit, row.start, article(row)) for row in limits},
        settings={row.key: row.value for row in settings},
        setting_articles={row.key: article(row) for row in settings},
        categories=tuple(
            CategoryRule(row.pk, row.code, row.label, row.order, *flags(row), article(row))
            for row in version.categories.select_related("article")
        ),
        grades=tuple(
            GradeRule(row.pk, row.code, row.label, row.counts_as_satisfied, row.is_dissatisfied)
            for row in version.grades.all()
        ),
        dimensions=tuple(
            DimensionRule(row.pk, row.code, row.label, row.is_headline, row.is_delivery)
            for row in version.dimensions.all()
        ),
        stages=tuple(
            StageRule(row.pk, row.code, row.label, row.gate, row.needs_draft, article(row))
            for row in version.contact_stages.select_related("article")
        ),
        patterns={row.kind: row.pattern for row in version.number_patterns.all()},
        copies=tuple((row.name, row.system) for row in version.copy_recipients.all()),
    )


def measure_in_force(congress_id: int, on: date) -> Version | None:
    """The version of a congress's measure that holds on a day."""
    return _in_force(congress_id, on).first()


def _in_force(congress_id: int, on: date) -> QuerySet[Version]:
    held = Q(ended_on=None) | Q(ended_on__gt=on)
    return Version.objects.filter(
        held,
        document__congress=congress_id,
        document__kind=DocumentKind.MEASURE,
        effective_on__lte=on,
        state__in=[VersionState.IN_FORCE, VersionState.REVISED, VersionState.REPEALED],
    ).order_by("-effective_on")


def current_version(document: Document) -> Version | None:
    """The version in force, else the newest one."""
    return _current(list(document.versions.order_by("-pk")))


def _current(versions: list[Version]) -> Version | None:
    """Of versions from the newest down: the one in force, else the newest that was ever in force, else a draft."""
    held = (version for version in versions if version.state == VersionState.IN_FORCE)
    ended = (version for version in versions if version.state != VersionState.DRAFT)
    return next(held, None) or next(ended, None) or (versions[0] if versions else None)


def version_on(versions: QuerySet[Version], on: date) -> Version | None:
    """The version that held on a day."""
    held = Q(ended_on=None) | Q(ended_on__gt=on)
    enacted = versions.exclude(state=VersionState.DRAFT)
    return enacted.filter(held, effective_on__lte=on).order_by("-effective_on").first()


def keeps(actor: Actor, congress_id: int) -> bool:
    """Whether the actor keeps the rules of a congress: its deputy-work committee, in a town its presidium."""
    return actor.is_system or (actor.may(Competence.SCREEN) and actor.congress_id == congress_id)


def is_keeper(actor: Actor) -> bool:
    return actor.congress_id is not None and keeps(actor, actor.congress_id)


def may_record_calendar(actor: Actor) -> bool:
    """Whether the actor may sign off a year's rest days: who keeps the rules, or who administers the system."""
    return actor.is_system or actor.administers or actor.may(Competence.SCREEN)


def congress_of(actor: Actor) -> Congress:
    return Congress.objects.get(pk=actor.congress_id or 0)


def in_force(document: Document) -> Version | None:
    return document.versions.filter(state=VersionState.IN_FORCE).select_related("document").first()


def documents_visible_to(actor: Actor) -> QuerySet[Document]:
    """The rules of the actor's own congress; what is only a draft is seen by those who keep the rules."""
    documents = Document.objects.filter(congress=actor.congress_id)
    if is_keeper(actor):
        return documents
    enacted = Version.objects.filter(document=OuterRef("pk")).exclude(state=VersionState.DRAFT)
    return documents.filter(Exists(enacted))


def versions_visible_to(actor: Actor) -> QuerySet[Version]:
    """The versions of the actor's own congress, without drafts for those who do not keep the rules."""
    versions = Version.objects.filter(document__congress=actor.congress_id).select_related(
        "document__congress"
    )
    return versions if is_keeper(actor) else versions.exclude(state=VersionState.DRAFT)


def measures_visible_to(actor: Actor) -> QuerySet[Version]:
    """The versions of the measure, newest first."""
    return versions_visible_to(actor).filter(document__kind=DocumentKind.MEASURE).order_by("-pk")


@dataclass(frozen=True)
class Shelved:
    """A document with the version to show and the articles of it that hold the words looked for."""

    document: Document
    version: Version
    hits: tuple[Article, ...] = ()


def library(actor: Actor, *, words: str = "", kind: str = "", state: str = "") -> list[Shelved]:
    """The documents an actor sees, by kind and title: three queries at most."""
    versions = versions_visible_to(actor).order_by("-pk")
    documents = documents_visible_to(actor).order_by("kind", "title")
    if kind:
        documents = documents.filter(kind=kind)
    if words:
        found = Article.objects.filter(
            version__document=OuterRef("pk"), version__in=versions, text__icontains=words
        )
        documents = documents.filter(Q(title__icontains=words) | Exists(found))
    shown: list[tuple[Document, Version]] = []
    for row in documents.prefetch_related(Prefetch("versions", queryset=versions, to_attr="seen")):
        current = _current(row.seen)
        if current and state in ("", current.state):
            shown.append((row, current))
    hits = _hits([version for _row, version in shown], words) if words else {}
    return [Shelved(row, version, tuple(hits.get(version.pk, ()))) for row, version in shown]


def _hits(versions: list[Version], words: str) -> dict[int, list[Article]]:
    found: dict[int, list[Article]] = {}
    for article in Article.objects.filter(version__in=versions, text__icontains=words).order_by(
        "version", "order"
    ):
        found.setdefault(article.version_id, []).append(article)
    return found


def classes_visible_to(actor: Actor) -> QuerySet[SubjectClass]:
    """The classes of matters of the actor's own congress, in their order."""
    ours = SubjectClass.objects.filter(congress=actor.congress_id)
    return ours.select_related("parent", "committee").order_by("order", "pk")


def first_level(actor: Actor) -> QuerySet[SubjectClass]:
    return classes_visible_to(actor).filter(parent=None)


def class_tree(actor: Actor) -> list[tuple[SubjectClass, list[SubjectClass]]]:
    """The first level, each with its second: one query."""
    rows = list(classes_visible_to(actor))
    below: dict[int | None, list[SubjectClass]] = {}
    for row in rows:
        below.setdefault(row.parent_id, []).append(row)
    return [(row, below.get(row.pk, [])) for row in below.get(None, [])]


def committees_for(actor: Actor, on: date) -> QuerySet[Unit]:
    """The committees of the actor's congress that may follow a class of matters."""
    return units_in_being(actor.congress_id or 0, on).filter(function=Function.COMMITTEE)


# The kinds of rows that are many, each read and edited by one use at a time.
USES: dict[str, type[GroundKind | OptionKind]] = {"grounds": GroundKind, "options": OptionKind}


def use_counts(version: Version, kind: str) -> list[tuple[str, str, int]]:
    """Every use of such rows (reasons for what, options of what) with its label and how many the version lists."""
    rows = KINDS[kind]._base_manager.filter(version=version)
    held = dict(rows.order_by().values_list("kind").annotate(Count("pk")))
    return [(use, label, held.get(use, 0)) for use, label in USES[kind].choices]


def options_of(version: Version | None, kind: str) -> list[Option]:
    """What a version of the measure offers to choose from for a use, in its order; nothing without a measure."""
    return list(version.options.filter(kind=kind).select_related("article")) if version else []


def receipts_of(version: Version) -> QuerySet[ReadReceipt]:
    """Who has read a version, the latest first."""
    return version.receipts.select_related("person").order_by("-read_at", "-pk")


def read_at(actor: Actor, version: Version) -> datetime | None:
    """When the actor read a version."""
    return version.receipts.filter(person=actor.person_id).values_list("read_at", flat=True).first()


def calendar_years() -> QuerySet[CalendarYear]:
    """All recorded years with their days, the newest first."""
    return CalendarYear.objects.prefetch_related("days").order_by("-year")


def recorded_years() -> set[int]:
    """The years whose arrangement is confirmed."""
    return set(CalendarYear.objects.values_list("year", flat=True))


def working_days() -> WorkingDays:
    """The calendar of all confirmed years; read again only when a year was added or confirmed anew."""
    return _working_days(tuple(CalendarYear.objects.aggregate(**_STAMP).values()))


_STAMP = {"years": Count("pk"), "sum": Sum("year"), "confirmed": Max("confirmed_at")}


def limit_ends(congress_id: int, code: str, start: date, on: date) -> date | None:
    """The last day of a limit of the measure that holds on a day; measure and calendar are read by one statement."""
    found = _MEASURE_AND_STAMP.rows(congress=congress_id, on=on)
    if not found:
        return None
    text, *stamp = found[0]
    return measure_from_json(text).due_on(code, start, _working_days(tuple(stamp)))


def _measure_and_stamp(congress: int, on: date) -> QuerySet[Version, Any]:
    years = CalendarYear.objects.annotate(all=Value(1)).order_by().values("all")
    stamp = {name: Subquery(years.annotate(**{name: what}).values(name)) for name, what in _STAMP.items()}
    return _in_force(congress, on).annotate(**stamp).values_list("compiled", *_STAMP)[:1]


_MEASURE_AND_STAMP = Prepared(_measure_and_stamp, congress=int, on=date)


@lru_cache(maxsize=2)
def _working_days(_stamp: tuple[object, ...]) -> WorkingDays:
    days = list(CalendarDay.objects.values_list("day", "works", "name"))
    return WorkingDays.of(
        holidays={day: name for day, works, name in days if not works},
        adjusted=[day for day, works, _name in days if works],
        known_years=CalendarYear.objects.values_list("year", flat=True),
    )
